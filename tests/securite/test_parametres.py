"""Addresses with what no page of ours puts in them: filters, pages and sorts that mean nothing (issue 2)."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from tests.securite.reponses import defauts
from tests.securite.saisies import role_de
from tests.test_urls_roles import TABLE
from tests.urls_roles import Ligne

# One view for all the models: the first one answers for the others.
COMMUNES = ("_history", "_delete", "_verbe")


def _lues() -> Iterator[Ligne]:
    vues = set()
    for ligne in TABLE:
        if not ligne.roles or ligne.post or ligne.nom.startswith(("account_", "mfa_")):
            continue
        vue = next((fin for fin in COMMUNES if ligne.nom.endswith(fin)), ligne)
        if str(vue) not in vues:
            vues.add(str(vue))
            yield ligne


LUES = list(_lues())
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
LISTES = (
    "_changelist",
    "_export",
    "export",
    "communes",
    "bdt",
    "sessions",
    "personnes",
    "propositions",
    "concertation",
)
ADMIS = frozenset({200, 302, 400, 403, 404, 409, 414})


@pytest.mark.parametrize("ligne", LUES, ids=str)
def test_un_parametre_inconnu_n_est_pas_une_panne(scene, lectures, ligne: Ligne):
    role = role_de(ligne)
    adresse = ligne.adresse(scene.ici.pour(role))
    client = scene.client(role)
    liste = ligne.nom.endswith(LISTES)
    page = lectures.lire(client, adresse) if liste else None
    siens = sorted(page.parametres) if page else []
    noms = (*CONNUS, *siens)
    if not liste:
        requetes = [dict.fromkeys(noms, VALEURS[5])]
    else:
        # Neighbours with different values, from another one on each list.
        tour = LUES.index(ligne)
        tournantes = [VALEURS[(rang + tour) % len(VALEURS)] for rang in range(len(noms) + len(siens))]
        requetes = [
            dict(zip(noms, tournantes, strict=False)),
            {nom: ["1", "abc", ""] for nom in noms},
            # One at a time as well: the first wrong one may hide the next.
            *({nom: valeur} for nom, valeur in zip(siens or noms[:3], tournantes[3:], strict=False)),
        ]
    for requete in requetes:
        reponse = client.get(f"{adresse}?{urlencode(requete, doseq=True)}")
        assert reponse.status_code in ADMIS, requete
        assert not list(defauts(reponse)), requete
