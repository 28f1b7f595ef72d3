"""Buttons of the page of an application: shown to who may, and each refusal says why (R25, R27, R31, §2)."""

from __future__ import annotations

import re

import pytest
from django.db import connection

from structures.models import Candidature
from tests.structures.factories import CandidatureFactory
from tests.structures.outils_admin import avis, page, texte

pytestmark = pytest.mark.django_db

TRAITS = ("", "deposee", "a_corriger", "examen", "retenue", "activee", "refusee", "abandonnee")
VERBES = ("avis", "correction", "faits", "statut", "activer", "confirmation")
CHAMPS = {
    "avis": avis(),
    "correction": {"motif": "Précisez les lieux d’exercice."},
    "faits": {"faits": ["quartier_prioritaire"]},
    "statut": {"statut": "prive", "motif": "Statuts lus au répertoire des associations."},
    "activer": {},
    "confirmation": {},
}
# What each role may do, by state; nothing else, whatever the button (the verbs are the judges).
PERMIS = {
    "prefecture": {
        "deposee": {"avis", "correction", "faits"},
        "examen": {"avis", "correction", "faits"},
        **{trait: {"faits"} for trait in ("a_corriger", "retenue", "activee", "refusee", "abandonnee")},
    },
    "sgar": {},
    "anct": {
        "": {"confirmation"},
        "deposee": {"correction", "faits", "statut"},
        "examen": {"correction", "faits", "statut"},
        "a_corriger": {"faits", "statut"},
        "retenue": {"activer", "faits"},
        **{trait: {"faits"} for trait in ("activee", "refusee", "abandonnee")},
    },
    "support": {"": {"confirmation"}},
}


def boutons(html):
    return set(re.findall(r'/verbe/([a-z]+)/"', html))


def etat_complet(candidature):
    """Everything a button may change."""
    valeurs = Candidature.objects.filter(pk=candidature.pk).values().get()
    with connection.cursor() as curseur:
        curseur.execute("SELECT count(*) FROM structures_avis")
        valeurs["avis"] = curseur.fetchone()
    return valeurs


@pytest.mark.parametrize("trait", TRAITS)
@pytest.mark.parametrize("role", ["prefecture", "sgar", "anct", "support"])
def test_chaque_bouton_est_montre_a_qui_peut_et_chaque_refus_dit_pourquoi(client_de, role, trait):
    candidature = CandidatureFactory(**({trait: True} if trait else {}))
    client = client_de(role)
    fiche = client.get(page(candidature))
    if role in ("prefecture", "sgar") and not trait:
        assert fiche.status_code == 404
        return
    permis = PERMIS[role].get(trait, set())
    assert boutons(texte(fiche)) == permis
    for verbe in VERBES:
        assert client.get(page(candidature, verbe)).status_code in (200, 403)
        if verbe in permis:
            continue
        avant = etat_complet(candidature)
        reponse = client.post(page(candidature, verbe), CHAMPS[verbe])
        assert etat_complet(candidature) == avant
        if reponse.status_code == 403:
            assert "Votre rôle ne permet pas cette action" in texte(reponse)
        else:
            assert reponse.status_code == 200
            erreurs = reponse.context["form"].errors
            assert erreurs
            assert all(len(phrase) > 20 for liste in erreurs.values() for phrase in liste)


def test_les_faits_attendent_que_l_adresse_soit_confirmee(client_de):
    """R23, R24: no structure yet; an old page of the browser may still send the form."""
    candidature = CandidatureFactory()
    client = client_de("anct")
    assert client.get(page(candidature, "faits")).status_code == 200
    assert "n’est pas confirmée" in texte(client.post(page(candidature, "faits"), {"faits": ["quartier_prioritaire"]}))
