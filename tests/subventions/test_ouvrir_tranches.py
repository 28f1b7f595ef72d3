"""INTERFACES: `ouvrir_tranches [--date D] [--json]`; two runs at the same moment (R65)."""

from __future__ import annotations

import json
import threading
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.utils import timezone
from post_office.models import Email

from portal.celery import app
from portal.commun.acteurs import Acteur
from portal.commun.erreurs import ErreurMetier
from portal.commun.taches import tache_suivie
from subventions import tasks
from subventions.actions import lever, ouvrir_tranches, signer_convention, suspendre
from subventions.enums import EtatConvention, EtatTranche
from subventions.models import Convention, Tranche
from tests.comptes.factories import RattachementFactory, acteur
from tests.subventions.factories import acteur_du_dossier
from tests.subventions.factories_contrats import ConventionFactory, signataire_bdt


def lancer(*arguments):
    sortie = StringIO()
    call_command("ouvrir_tranches", *arguments, stdout=sortie)
    return sortie.getvalue()


def due(**champs):
    convention = ConventionFactory(signee=True, **champs)
    Tranche.objects.filter(convention=convention, rang=1).update(prevue_le=timezone.localdate())
    return convention


@pytest.mark.django_db
def test_json():
    """One JSON document, amounts as strings with two decimals; a second run opens nothing."""
    due()
    assert json.loads(lancer("--json")) == {"exigibles": 1, "montant": "10000.00"}
    assert json.loads(lancer("--json")) == {"exigibles": 0, "montant": "0.00"}


@pytest.mark.django_db
def test_a_une_date():
    """As of a later day: the second tranche too."""
    convention = due()
    jour = convention.tranches.get(rang=2).prevue_le
    assert "2 tranches rendues exigibles" in lancer("--date", jour.isoformat())


@pytest.mark.django_db
def test_date_mal_ecrite():
    with pytest.raises(CommandError, match="AAAA-MM-JJ"):
        lancer("--date", "31/03/2021")


@pytest.mark.django_db(transaction=True)
def test_deja_en_cours():
    """A second run at the same time is refused with a sentence; the task does nothing."""
    due()
    pret, fin = threading.Event(), threading.Event()

    def tenir():
        with tache_suivie(tasks.NOM):
            pret.set()
            fin.wait(10)
        connections.close_all()

    fil = threading.Thread(target=tenir)
    fil.start()
    try:
        assert pret.wait(10)
        with pytest.raises(CommandError, match="déjà en cours"):
            lancer()
        tasks.ouvrir_les_tranches()
    finally:
        fin.set()
        fil.join()
    assert not Tranche.objects.filter(etat=EtatTranche.EXIGIBLE).exists()


def test_la_tache_est_programmee():
    """R65: every night."""
    assert app.conf.beat_schedule[tasks.NOM]["task"] == tasks.ouvrir_les_tranches.name


# --- at the same moment ---------------------------------------------------------------------------------------------


def ensemble(*fonctions):
    """Run functions at the same moment, each on its own connection; what each returned or raised."""
    depart, resultats = threading.Barrier(len(fonctions)), [None] * len(fonctions)

    def courir(rang, fonction):
        depart.wait()
        try:
            resultats[rang] = fonction()
        except ErreurMetier as erreur:
            resultats[rang] = erreur
        finally:
            connection.close()

    fils = [threading.Thread(target=courir, args=(rang, f)) for rang, f in enumerate(fonctions)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    return resultats


@pytest.mark.django_db(transaction=True)
def test_deux_passages_au_meme_moment():
    """R65: each tranche is opened once, each mail sent once."""
    conventions = [due() for _ in range(5)]
    RattachementFactory(bdt=True)
    chef = RattachementFactory(organisation=conventions[0].dossier.structure.organisation, administrateur=True)
    attendus = Email.objects.count()
    le = timezone.localdate()
    bilans = ensemble(*[lambda: ouvrir_tranches(acteur=Acteur.systeme(), le=le)] * 4)
    assert sorted(bilan.exigibles for bilan in bilans) == [0, 0, 0, 5]
    assert Tranche.objects.filter(etat=EtatTranche.EXIGIBLE).count() == 5
    assert Tranche.history.filter(etat=EtatTranche.EXIGIBLE).count() == 5
    assert Email.objects.filter(to=chef.utilisateur.email).count() == 1
    assert Email.objects.filter(subject__startswith="5 tranches exigibles").count() == 6
    assert attendus == 0


@pytest.mark.django_db(transaction=True)
def test_suspension_pendant_un_passage():
    """R12, R13: whoever comes first, no tranche stays payable under an open suspension."""
    bdt = acteur("bdt")
    le = timezone.localdate()
    for _ in range(5):
        convention = due()
        ensemble(
            lambda: ouvrir_tranches(acteur=Acteur.systeme(), le=le),
            lambda c=convention: suspendre(acteur=bdt, convention=c, motif="Contrôle"),
        )
        tranche = convention.tranches.get(rang=1)
        assert (tranche.etat, tranche.exigible_le) == (EtatTranche.PREVUE, None)
        lever(acteur=bdt, suspension=convention.suspensions.get(), motif="Réglé")
        assert ouvrir_tranches(acteur=Acteur.systeme(), le=le).exigibles == 1


@pytest.mark.django_db(transaction=True)
def test_deux_signatures_au_meme_moment():
    """R63: two signatories of the structure click at the same second: one signature, a clear sentence for the other."""
    convention = ConventionFactory()
    signataires = [acteur_du_dossier(convention.dossier) for _ in range(2)]
    resultats = ensemble(
        *[lambda a=a: signer_convention(acteur=a, convention=convention, fonction="Maire") for a in signataires]
    )
    assert sum(isinstance(r, ErreurMetier) for r in resultats) == 1
    assert convention.signatures.count() == 1


@pytest.mark.django_db(transaction=True)
def test_deux_signatures_de_la_bdt_au_meme_moment():
    """R63, R64: one schedule."""
    convention = ConventionFactory(signee_structure=True)
    agents = [signataire_bdt() for _ in range(3)]
    ensemble(*[lambda a=a: signer_convention(acteur=a, convention=convention, fonction="Responsable") for a in agents])
    assert Convention.objects.get(pk=convention.pk).etat == EtatConvention.SIGNEE
    assert convention.tranches.count() == 3
    assert convention.signatures.count() == 2
