"""Invariants and reminders: declared by each app, run by one command each."""

from __future__ import annotations

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from post_office.models import Email

from portal.commun import coherence, rappels
from portal.commun.coherence import invariant
from portal.commun.models import ExecutionTache, RappelEnvoye
from portal.commun.rappels import rappel, rappeler_une_fois, une_fois
from portal.comptes.models import Organisation
from tests.comptes.factories import OrganisationFactory

pytestmark = pytest.mark.django_db
JOUR = date(2021, 6, 1)


@pytest.fixture(autouse=True)
def registres(monkeypatch):
    """Only what the test declares."""
    monkeypatch.setattr(coherence, "_invariants", {})
    monkeypatch.setattr(rappels, "_rappels", {})
    for module in (coherence, rappels):
        monkeypatch.setattr(module, "autodiscover_modules", lambda nom: None)


def commande(*arguments) -> tuple[str, str]:
    sortie, erreur = StringIO(), ""
    try:
        call_command(*arguments, stdout=sortie)
    except CommandError as refus:
        erreur = str(refus)
        assert refus.returncode == 1
    return sortie.getvalue(), erreur


def test_sans_violation_la_commande_reussit():
    invariant("b", "Deuxième")(lambda: 0)
    invariant("a", "Première")(lambda: Organisation.objects.none())
    sortie, erreur = commande("verifier_coherence", "--json")
    assert erreur == ""
    assert json.loads(sortie) == {
        "violations": 0,
        "invariants": [
            {"cle": "a", "description": "Première", "violations": 0, "exemples": []},
            {"cle": "b", "description": "Deuxième", "violations": 0, "exemples": []},
        ],
    }


def test_les_violations_sont_comptees_nommees_par_leur_uuid_et_font_echouer():
    organisations = OrganisationFactory.create_batch(6, nom="Nom à ne pas montrer")
    invariant("a", "Trop de structures")(lambda: Organisation.objects.order_by("pk"))
    invariant("b", "Trois")(lambda: 3)
    invariant("c", "Une liste")(lambda: ["x"])
    sortie, erreur = commande("verifier_coherence", "--json")
    resultat = json.loads(sortie)
    assert "10" in erreur
    assert resultat["violations"] == 10
    assert resultat["invariants"][0]["exemples"] == [str(o.uuid) for o in organisations[:5]]
    assert "Nom à ne pas montrer" not in sortie
    texte, _ = commande("verifier_coherence")
    assert "✗ a : Trop de structures (6)" in texte


def test_une_cle_ne_sert_qu_a_un_invariant():
    invariant("a", "Première")(lambda: 0)
    with pytest.raises(ValueError, match="twice"):
        invariant("a", "Autre")(len)


def test_un_rappel_lance_deux_fois_le_meme_jour_ne_part_qu_une_fois_R30(monkeypatch):
    organisation = OrganisationFactory()

    @rappel("essai")
    def rappeler(le):
        return sum(une_fois(f"essai:{organisation.uuid}:{le}") for _ in range(2))

    sortie, _ = commande("rappels", "--date", "2021-06-01", "--json")
    assert json.loads(sortie) == {"date": "2021-06-01", "envoyes": 1, "detail": {"essai": 1}, "en_echec": []}
    sortie, _ = commande("rappels", "--date", "2021-06-01", "--json")
    assert json.loads(sortie)["envoyes"] == 0
    sortie, _ = commande("rappels", "--date", "2021-06-02")
    assert "1 rappel(s) pour le 02/06/2021." in sortie


def test_un_rappel_en_panne_n_arrete_pas_les_autres():
    @rappel("a-panne")
    def panne(le):
        raise RuntimeError("en panne")

    @rappel("b-marche")
    def marche(le):
        return 2

    sortie, erreur = commande("rappels", "--date", "2021-06-01", "--json")
    assert json.loads(sortie) == {
        "date": "2021-06-01", "envoyes": 2, "detail": {"b-marche": 2}, "en_echec": ["a-panne"],
    }  # fmt: skip
    assert "a-panne" in erreur


def test_une_mauvaise_date_est_un_mauvais_usage(capsys):
    with pytest.raises(CommandError, match="AAAA-MM-JJ"):
        call_command("rappels", "--date", "01/06/2021")


def test_la_cle_et_le_courriel_tiennent_ou_tombent_ensemble_R113(monkeypatch):
    monkeypatch.setattr(rappels, "envoyer", lambda *a, **k: Email.objects.create(from_email="a@b.fr", to=["c@d.fr"]))
    assert rappeler_une_fois("cle", "essai", destinataires=["c@d.fr"], contexte={})
    assert not rappeler_une_fois("cle", "essai", destinataires=["c@d.fr"], contexte={})
    assert Email.objects.count() == 1

    def panne(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(rappels, "envoyer", panne)
    with pytest.raises(RuntimeError):
        rappeler_une_fois("autre", "essai", destinataires=["c@d.fr"], contexte={})
    assert not RappelEnvoye.objects.filter(cle="autre").exists(), "the reminder must be tried again"


@pytest.mark.django_db(transaction=True)
def test_une_fois_se_demande_dans_une_transaction():
    with pytest.raises(RuntimeError, match="transaction"):
        une_fois("cle")
    with transaction.atomic():
        assert une_fois("cle")
    with transaction.atomic():
        assert not une_fois("cle")


def test_la_commande_laisse_la_meme_trace_que_la_tache():
    commande("rappels", "--date", "2021-06-01")
    assert ExecutionTache.objects.get(nom="commun.rappels").reussie
