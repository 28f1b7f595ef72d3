"""`verifier_coherence`: zero on what the verbs and factories make, each invariant able to fail (R4, R8 to R12, R62 to
R64)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db.models import F
from django.utils import timezone

from portal.commun.coherence import verifier
from subventions.enums import EtatContrat, EtatConvention, EtatTranche, Partie
from subventions.models import Contrat, Convention, SignatureConvention, Tranche
from tests.candidats.factories import mettre_poste
from tests.subventions.factories import DossierFactory
from tests.subventions.factories_contrats import (
    ContratFactory,
    ConventionFactory,
    SuspensionFactory,
    document_prive,
    mettre_tranche,
)

pytestmark = pytest.mark.django_db
JOUR = dt.timedelta(days=1)


def fautes():
    """What is violated, by key, on this floor's own invariants."""
    nous = ("subventions.tranche", "subventions.convention", "subventions.contrat", "subventions.signature")
    return {
        c.cle.removeprefix("subventions."): c.violations for c in verifier() if c.violations and c.cle.startswith(nous)
    }


def test_rien_a_redire():
    """Every state the factories give is one that the verbs could have reached."""
    ContratFactory()
    ConventionFactory()
    ConventionFactory(signee_structure=True)
    ConventionFactory(annulee=True)
    ConventionFactory(signee=True, contrat_signe=False)
    ConventionFactory(signee=True, dossier=DossierFactory(conforme=True, privee=True))
    ConventionFactory(signee=True, dossier=DossierFactory(conforme=True, coordinateurs=True))
    SuspensionFactory()
    assert fautes() == {}


def dire(convention, **champs):
    Convention.objects.filter(pk=convention.pk).update(**champs)


def tranche(convention, rang=1, **champs):
    Tranche.objects.filter(convention=convention, rang=rang).update(**champs)


def remplacer_le_fichier(convention):
    with open(convention.document.fichier.path, "ab") as fichier:
        fichier.write(b"%")


def exigible(convention):
    tranche(convention, prevue_le=timezone.localdate() - 31 * JOUR)
    dire(convention, evenement_le=timezone.localdate() - 60 * JOUR)
    mettre_tranche(convention.tranches.get(rang=1), EtatTranche.EXIGIBLE)


CAS = {
    "tranches_montant": lambda c: tranche(c, montant=F("montant") + Decimal("0.01")),
    "tranches_dates": lambda c: tranche(c, rang=3, prevue_le=timezone.localdate() + 900 * JOUR),
    "tranches_ordre": lambda c: tranche(c, prevue_le=timezone.localdate() + 900 * JOUR),
    "tranches_exigibles": lambda c: (exigible(c), SuspensionFactory(convention=c)),
    "convention_signatures": lambda c: c.signatures.filter(partie=Partie.BDT).delete(),
    "convention_echeancier": lambda c: c.tranches.all().delete(),
    "convention_evenement": lambda c: dire(c, evenement_le=timezone.localdate() - JOUR),
    "convention_montant": lambda c: dire(c, majoration=Decimal("1.00")),
    "convention_empreinte": remplacer_le_fichier,
    "contrat_poste": lambda c: mettre_poste(c.dossier.poste, "reserve"),
    "contrat_copie": lambda c: Contrat.objects.filter(dossier=c.dossier).update(candidat=ContratFactory().candidat_id),
    "signature_ordre": lambda c: SignatureConvention.objects.filter(convention=c, partie=Partie.BDT).update(
        signee_le=timezone.now() - JOUR
    ),
}


@pytest.mark.parametrize("cle", CAS)
def test_chaque_invariant_sait_echouer(cle):
    convention = ConventionFactory(signee=True)
    CAS[cle](convention)
    assert cle in fautes()


def test_une_convention_non_signee_n_a_pas_de_tranches():
    """R64"""
    convention = ConventionFactory(signee=True)
    dire(convention, etat=EtatConvention.SIGNEE_STRUCTURE)
    assert "convention_echeancier" in fautes()


def test_un_echeancier_coupe_par_la_fin_du_contrat():
    """R14: cancelled tranches are no violation."""
    convention = ConventionFactory(signee=True)
    Contrat.objects.filter(dossier=convention.dossier).update(etat=EtatContrat.ROMPU)
    tranche(convention, rang=3, etat=EtatTranche.ANNULEE)
    assert fautes() == {}


def test_document_perdu():
    """R63: a file that is no longer there is found."""
    convention = ConventionFactory(signee=True)
    autre = document_prive(convention.dossier, "subventions-convention", "autre.pdf")
    autre.fichier.storage.delete(convention.document.fichier.name)
    assert fautes()["convention_empreinte"] == 1
