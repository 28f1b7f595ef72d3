"""Addresses with what no page of ours puts in them: filters, pages and sorts that mean nothing (issue 2)."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from tests.securite.pages import Lecteur
from tests.securite.reponses import defauts
from tests.securite.saisies import role_de
from tests.test_urls_roles import TABLE
from tests.urls_roles import Ligne

LUES = [ligne for ligne in TABLE if ligne.roles and not ligne.post and not ligne.nom.startswith(("account_", "mfa_"))]
# Known to one list or another, Django's administration included.
CONNUS = ("page", "p", "o", "q", "tri", "etat", "departement", "regime", "poste", "onglet", "mois", "vue", "all", "e")
VALEURS = (
    "0",
    "-1",
    "abc",
    "1" + "0" * 30,
    "²",
    '\u202e"><script>alert(1)</script>',
    "{{ 719122|add:7 }}",
    "0000-99-99",
    "1.2.-3.x",
    "a" * 3000,
)
ADMIS = frozenset({200, 302, 400, 403, 404, 409, 414})


@pytest.mark.parametrize("ligne", LUES, ids=str)
def test_un_parametre_inconnu_n_est_pas_une_panne(scene, ligne: Ligne):
    role = role_de(ligne)
    adresse = ligne.adresse(scene.ici.pour(role))
    client = scene.client(role)
    page = client.get(adresse)
    html = page.get("Content-Type", "").startswith("text/html")
    noms = (*CONNUS, *sorted(Lecteur(page.content.decode()).parametres if html else ()))
    liste = ligne.nom.endswith(
        ("_changelist", "_export", "export", "communes", "bdt", "sessions", "personnes", "propositions")
    )
    requetes = [dict.fromkeys(noms, valeur) for valeur in (VALEURS[::2] if liste else VALEURS[5:6])]
    if liste:
        # One at a time as well: the first wrong one may hide the next.
        requetes += [{nom: VALEURS[rang % len(VALEURS)]} for rang, nom in enumerate(noms[-8:])]
        requetes.append({nom: ["1", "abc", ""] for nom in noms})
    for requete in requetes:
        reponse = client.get(f"{adresse}?{urlencode(requete, doseq=True)}")
        assert reponse.status_code in ADMIS, requete
        assert not list(defauts(reponse)), requete
