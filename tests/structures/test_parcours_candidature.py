"""Three applications in a real Chromium (R20 to R23): a town hall, an association, a département for a coordinator.

axe at zero on every page crossed, errors included.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from post_office.models import Email

from structures.enums import EtatCandidature
from structures.models import Campagne, Candidature, ConsultationCoordinateur
from tests.structures.factories import CampagneFactory, PosteFactory, lieu
from tests.structures.outils_candidature import ETAPES, reponses

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]


def dernier_lien(chemin: str) -> str:
    """The path of the last link of this kind that was sent."""
    for courriel in Email.objects.order_by("-pk"):
        trouve = re.search(rf"https?://[^/]+({re.escape(chemin)}\S+)", courriel.message)
        if trouve:
            return trouve.group(1)
    raise AssertionError(f"no mail with {chemin}")


class Parcours:
    """Fills the steps in as somebody who types, and looks at each page before leaving it."""

    def __init__(self, page: Any, verifier: Callable[..., None], *, deja_vues: tuple[str, ...] = ()) -> None:
        """`deja_vues`: the steps that another journey looks at, the same in this one."""
        self.page, self.verifier, self.deja_vues = page, verifier, deja_vues

    def regarder(self, page: Any) -> None:
        if not any(f"/candidater/{etape}/" in page.url for etape in self.deja_vues):
            self.verifier(page)

    def remplir(self, etape: str, champs: dict[str, Any]) -> None:
        for nom, valeur in champs.items():
            for un in valeur if isinstance(valeur, list) else [valeur]:
                self._saisir(f"{etape}-{nom}", str(un))

    def _saisir(self, nom: str, valeur: str) -> None:
        for option in (f'input[type=radio][name="{nom}"][value="{valeur}"]', f'input[type=checkbox][name="{nom}"]'):
            if self.page.locator(option).count():
                self.page.locator(option).first.check(force=True)
                return
        if self.page.locator(f'select[name="{nom}"]').count():
            self.page.select_option(f'select[name="{nom}"]', valeur)
        elif self.page.locator(f'[name="{nom}"]').count():
            self.page.fill(f'[name="{nom}"]', valeur)

    def presser(self, bouton: str) -> None:
        self.page.get_by_role("button", name=bouton, exact=True).last.click()
        self.page.wait_for_load_state()
        self.regarder(self.page)

    def candidater(self, campagne: Campagne, etapes: dict[str, dict[str, Any]]) -> Candidature:
        self.page.goto("/accueillir/candidater/")
        self.regarder(self.page)
        self.presser("Continuer")
        assert "Erreur" in self.page.title()
        for etape in (etape for etape in ETAPES if etape in etapes):
            self.remplir(etape, etapes[etape])
            self.presser("Envoyer ma candidature" if etape == "engagements" else "Continuer")
        self.page.get_by_role("heading", name="Vérifiez votre messagerie").wait_for()
        self.page.goto(dernier_lien("/accueillir/confirmer/"))
        self.presser("Confirmer ma candidature")
        self.page.get_by_role("heading", name="Votre candidature est déposée").wait_for()
        candidature = Candidature.objects.get(campagne=campagne)
        assert candidature.etat == EtatCandidature.DEPOSEE
        return candidature


def test_une_mairie_candidate_et_reprend_ailleurs(nouvelle_page, verifier_accessibilite):
    """R20: begun on a computer, resumed from the mail on a telephone, filed there."""
    campagne = CampagneFactory()
    lieu("03190")
    etapes = reponses(campagne)
    bureau = Parcours(nouvelle_page(), verifier_accessibilite)
    bureau.page.goto("/accueillir/candidater/")
    for etape in ("eligibilite", "identite"):
        bureau.remplir(etape, etapes[etape])
        bureau.presser("Continuer")
    bureau.remplir("structure", {"nom": "Commune de Moulins", "contact_prenom": "Claude"})
    bureau.presser("Enregistrer et recevoir un lien")
    bureau.page.fill('[name="courriel"]', "agent@exemple.fr")
    bureau.presser("Recevoir le lien")

    mobile = Parcours(nouvelle_page(largeur=360, hauteur=740), verifier_accessibilite)
    mobile.page.goto(dernier_lien("/accueillir/reprendre/"))
    mobile.regarder(mobile.page)
    mobile.presser("Reprendre ma candidature")
    assert mobile.page.input_value('[name="structure-nom"]') == "Commune de Moulins"
    mobile.presser("Continuer")
    assert "Erreur" in mobile.page.title()
    for etape in ("structure", "besoin", "projet", "engagements"):
        mobile.remplir(etape, etapes[etape])
        mobile.presser("Envoyer ma candidature" if etape == "engagements" else "Continuer")
    assert Candidature.objects.get().contact_prenom == "Claude"


def test_une_association_candidate_sans_javascript(nouvelle_page):
    """R20: the private call, without a script; what is wrong comes back with what was typed."""
    campagne = CampagneFactory(privee=True, nom="Structures privées")
    lieu("03190")
    etapes = reponses(campagne, eligibilite__type="association", structure__nom="Les Claviers du Bocage")
    parcours = Parcours(nouvelle_page(js=False, largeur=360), lambda page: None)
    candidature = parcours.candidater(campagne, etapes)
    assert (candidature.type, candidature.statut_juridique) == ("association", "prive")


def test_un_departement_demande_un_coordinateur(nouvelle_page, verifier_accessibilite):
    """S2: the case, the perimeter, the structures of the département; one of them answers by its link."""
    campagne = CampagneFactory(coordinateurs=True)
    employeuse = PosteFactory(structure__commune=lieu("03310")).structure
    etapes = reponses(campagne, eligibilite__type="departement", structure__nom="Département de l’Allier")
    communes = ("eligibilite", "structure", "besoin", "projet")
    parcours = Parcours(nouvelle_page(), verifier_accessibilite, deja_vues=communes)
    candidature = parcours.candidater(campagne, etapes)
    assert set(candidature.consultations.values_list("structure", flat=True)) == {employeuse.pk, None}
    parcours.page.goto(dernier_lien("/accueillir/consultation/"))
    parcours.presser("Envoyer ma réponse")
    assert "Erreur" in parcours.page.title()
    parcours.page.locator('input[name="favorable"][value="oui"]').check(force=True)
    parcours.presser("Envoyer ma réponse")
    assert ConsultationCoordinateur.objects.filter(favorable=True).count() == 1
    parcours.page.goto(dernier_lien("/accueillir/suivi/"))
    parcours.regarder(parcours.page)
    assert parcours.page.get_by_text("réponse favorable").count()
