"""The invariants of this floor: none is broken by the verbs, each one sees what it is for."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from portal.commun.coherence import invariants
from structures.actions import activer, cloturer, decider, inscrire, rendre_avis
from structures.enums import EtatPoste
from structures.models import Campagne, Candidature, LigneComite, Poste, Structure, TransfertPoste
from tests.comptes.factories import acteur
from tests.structures.factories import (
    AvisFactory,
    CandidatureFactory,
    ComiteFactory,
    LigneComiteFactory,
    StructureFactory,
)
from tests.structures.outils_seance import demande_de

pytestmark = pytest.mark.django_db


def violations():
    """The keys of the broken invariants of this floor."""
    cles = []
    for ligne in invariants():
        if ligne.cle.startswith("structures."):
            resultat = ligne.controle()
            if resultat if isinstance(resultat, int) else list(resultat):
                cles.append(ligne.cle)
    return cles


@pytest.fixture
def parcours():
    """An application from its filing to its activation, by the verbs."""
    anct, prefecture = acteur("anct"), acteur("prefecture")
    comite = ComiteFactory()
    candidature = CandidatureFactory(deposee=True, campagne=comite.campagne)
    for nb_postes in (1, 2):
        rendre_avis(
            acteur=prefecture,
            candidature=candidature,
            sens="favorable",
            nb_postes=nb_postes,
            rang=1,
            commentaire="Projet attendu par le territoire.",
        )
    ligne = inscrire(acteur=anct, comite=comite, candidature=candidature)
    decider(acteur=anct, ligne=ligne, decision="retenue", nb_postes=2, motif="")
    cloturer(acteur=anct, comite=comite)
    activer(acteur=anct, candidature=candidature)
    return candidature


def test_les_verbes_ne_cassent_aucun_invariant(parcours):
    assert violations() == []


def casser_enveloppe(candidature):
    """R15"""
    Campagne.objects.update(enveloppe_postes=1)


def casser_enveloppe_en_euros(candidature):
    """R15"""
    Campagne.objects.update(enveloppe_montant=99_999)


def casser_enveloppe_comite(candidature):
    """R15"""
    comite = ComiteFactory(enveloppe_postes=1)
    LigneComiteFactory(comite=comite, decision="retenue", nb_postes=2)


def casser_postes(candidature):
    """R26: one post fewer than decided."""
    Poste.objects.filter(candidature=candidature).first().delete()


def casser_poste_sans_decision(candidature):
    """R26: the post says that it comes from another committee."""
    Poste.objects.filter(candidature=candidature).update(comite=ComiteFactory(clos=True))


def casser_comite_clos(candidature):
    """R26: a line added after the closing."""
    LigneComite.objects.create(
        comite=candidature.lignes_comite.get().comite, candidature=CandidatureFactory(deposee=True)
    )


def casser_ordres_du_jour(candidature):
    """R26"""
    ligne = LigneComiteFactory()
    LigneComiteFactory(comite=ComiteFactory(campagne=ligne.comite.campagne), candidature=ligne.candidature)


def casser_decision(candidature):
    """R26: refused without a decision."""
    CandidatureFactory(refusee=True)


def casser_derniere_decision(candidature):
    """R26: the last committee retained it, with a further examination after; the state says refused."""
    comite = ComiteFactory(clos=True, campagne=candidature.campagne, clos_le=timezone.now() + dt.timedelta(days=1))
    LigneComiteFactory(
        comite=comite, candidature=candidature, nature="correction", decision="examen", motif="À revoir."
    )
    Candidature.objects.filter(pk=candidature.pk).update(etat="refusee", motif_decision="Non.")


def casser_retrait(candidature):
    """R26: a correction says that it withdrew a post; none was."""
    comite = ComiteFactory(clos=True, campagne=candidature.campagne)
    LigneComiteFactory(
        comite=comite, candidature=candidature, nature="correction", decision="retenue", nb_postes=1, variation=-1
    )


def casser_cession(candidature):
    """R29: a post taken by a committee from a structure that its decision does not name."""
    poste = Poste.objects.first()
    TransfertPoste.objects.create(
        poste=poste,
        de=StructureFactory(),
        vers=poste.structure,
        candidature_avant=candidature,
        candidature=candidature,
        comite=poste.comite,
        motif="Erreur.",
        effectue_le=timezone.localdate(),
    )


def casser_demande(candidature):
    """R29: granted without a committee."""
    demande_de(candidature, etat="accordee", nb_accordes=1)


def casser_regime(candidature):
    Candidature.objects.filter(pk=candidature.pk).update(regime="ami-prive-2021")


def casser_structure(candidature):
    """R22"""
    Candidature.objects.filter(pk=candidature.pk).update(structure=StructureFactory(a_activer=True))


def casser_avis(candidature):
    """R25: the last version is not the one in force."""
    AvisFactory(candidature=candidature, version=3, en_vigueur=False)


def casser_compte(candidature):
    """R27: nobody may open the space."""
    candidature.structure.organisation.invitations.update(etat="annulee")


def casser_activation(candidature):
    """R27"""
    Structure.objects.update(activee_le=None)


def casser_participation(candidature):
    """R29"""
    Structure.objects.update(participation_fin_le=timezone.now())


def casser_fusion(candidature):
    """R22"""
    autre = StructureFactory()
    Structure.objects.exclude(pk=autre.pk).update(fusionnee_dans=autre, fusionnee_le=timezone.now())


def casser_poste_occupe(candidature):
    """R53"""
    Poste.objects.update(etat=EtatPoste.POURVU)
    Structure.objects.update(activee_le=None)


def casser_dates(candidature):
    """R1"""
    Poste.objects.update(echeance_recrutement=timezone.localdate() - dt.timedelta(days=1))


def casser_coordinateur(candidature):
    """R95: a post that coordinates though nobody decided it."""
    Poste.objects.update(coordinateur=True)


CASSES = [
    (casser_enveloppe, "structures.enveloppe"),
    (casser_enveloppe_en_euros, "structures.enveloppe"),
    (casser_enveloppe_comite, "structures.enveloppe-comite"),
    (casser_postes, "structures.postes-des-comites"),
    (casser_poste_sans_decision, "structures.postes-sans-decision"),
    (casser_comite_clos, "structures.comites-clos"),
    (casser_comite_clos, "structures.decisions-completes"),
    (casser_ordres_du_jour, "structures.decisions-en-attente"),
    (casser_decision, "structures.candidature-decidee"),
    (casser_derniere_decision, "structures.candidature-decidee"),
    (casser_retrait, "structures.postes-des-comites"),
    (casser_cession, "structures.postes-cedes"),
    (casser_demande, "structures.demande-decidee"),
    (casser_regime, "structures.candidature-regime"),
    (casser_structure, "structures.candidature-structure"),
    (casser_avis, "structures.avis-en-vigueur"),
    (casser_compte, "structures.compte"),
    (casser_activation, "structures.activation"),
    (casser_participation, "structures.participation"),
    (casser_fusion, "structures.fusionnee"),
    (casser_poste_occupe, "structures.poste-occupe"),
    (casser_dates, "structures.poste-dates"),
    (casser_coordinateur, "structures.postes-coordinateurs"),
]


@pytest.mark.parametrize(("casser", "cle"), CASSES, ids=lambda valeur: getattr(valeur, "__name__", valeur))
def test_chaque_invariant_voit_sa_violation(parcours, casser, cle):
    casser(parcours)
    assert cle in violations()


def test_chaque_invariant_a_sa_violation():
    """A new invariant without a test fails here."""
    declares = {ligne.cle for ligne in invariants() if ligne.cle.startswith("structures.")}
    assert declares == {cle for _, cle in CASSES}
