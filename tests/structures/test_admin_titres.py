"""In a real Chromium: the title of an object and the buttons of its verbs are both readable (360 px and 1280 px)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.structures.factories import CandidatureFactory

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]
# The longest that the form takes, with a word that cannot be cut at a space.
NOM = f"Syndicat mixte {'intercommunal ' * 12}{'anticonstitutionnellement' * 2}"
BOITES = """() => {
  const boite = (s) => document.querySelector(s).getBoundingClientRect();
  const titre = boite('#content > h1');
  return {bas: titre.bottom, droite: titre.right, boutons: boite('.object-tools').top,
          largeur: document.documentElement.scrollWidth};
}"""


def test_un_long_titre_ne_passe_pas_sous_les_boutons(nouvelle_page, connecter, client_de):
    candidature = CandidatureFactory(deposee=True, nom=NOM)
    page = nouvelle_page()
    connecter(page, client_de("anct"))
    for largeur in (1280, 360):
        page.set_viewport_size({"width": largeur, "height": 800})
        page.goto(reverse("admin:structures_candidature_change", args=[candidature.uuid]))
        vu = page.evaluate(BOITES)
        assert vu["bas"] <= vu["boutons"], (largeur, vu)
        assert max(vu["largeur"], vu["droite"]) <= largeur, vu
