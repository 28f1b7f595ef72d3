"""The selection committee: agenda and decisions (R15, R25, R26)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite
from portal.commun.roles import Role
from structures.actions import (
    activer,
    cloturer,
    creer_comite,
    decider,
    desinscrire,
    inscrire,
    inscrire_lot,
    modifier_comite,
)
from structures.actions.comites import inscriptibles, numero_propose
from structures.enums import EtatComite
from structures.models import LigneComite
from tests.comptes.factories import acteur
from tests.structures.factories import (
    AvisFactory,
    CampagneFactory,
    CandidatureFactory,
    ComiteFactory,
    LigneComiteFactory,
    PosteFactory,
)
from tests.structures.outils_comites import MOTIF, decidee

pytestmark = pytest.mark.django_db


# --- creation and agenda --------------------------------------------------------------------------------------------


def test_creer_un_comite(anct, campagne):
    """R26"""
    numero = numero_propose()
    comite = creer_comite(acteur=anct, campagne=campagne, numero=numero, date=timezone.localdate(), enveloppe_postes=10)
    assert comite.etat == EtatComite.PREPARATION
    assert numero_propose() == numero + 1


def test_deux_comites_ne_portent_pas_le_meme_numero(anct, campagne, comite):
    """R26"""
    with pytest.raises(RegleNonRespectee) as refus:
        creer_comite(
            acteur=anct, campagne=campagne, numero=comite.numero, date=timezone.localdate(), enveloppe_postes=10
        )
    assert (refus.value.regle, refus.value.champ) == ("R26", "numero")


def test_un_comite_ne_repartit_pas_plus_que_le_reste_de_la_campagne(anct):
    """R15"""
    campagne = CampagneFactory(enveloppe_postes=5)
    PosteFactory(campagne=campagne)
    date = timezone.localdate()
    with pytest.raises(RegleNonRespectee, match="Il reste 4 poste") as refus:
        creer_comite(acteur=anct, campagne=campagne, numero=900, date=date, enveloppe_postes=5)
    assert (refus.value.regle, refus.value.champ) == ("R15", "enveloppe_postes")
    comite = creer_comite(acteur=anct, campagne=campagne, numero=900, date=date, enveloppe_postes=4)
    with pytest.raises(RegleNonRespectee):
        modifier_comite(acteur=anct, comite=comite, date=date, enveloppe_postes=5)


def test_l_enveloppe_d_un_comite_ne_descend_pas_sous_ses_decisions(anct, comite):
    """R15"""
    decidee(comite, anct, nb_postes=3)
    with pytest.raises(RegleNonRespectee, match="3 postes"):
        modifier_comite(acteur=anct, comite=comite, date=comite.date, enveloppe_postes=2)


@pytest.mark.parametrize("role", [Role.PREFECTURE, Role.SGAR, Role.STRUCTURE, Role.BDT, Role.SUPPORT])
def test_seule_l_anct_tient_les_comites(role, campagne, comite):
    """R26"""
    autre = acteur(role)
    ligne = LigneComiteFactory(comite=comite)
    candidature = CandidatureFactory(deposee=True, campagne=campagne)
    appels = [
        lambda: creer_comite(
            acteur=autre, campagne=campagne, numero=900, date=timezone.localdate(), enveloppe_postes=1
        ),
        lambda: modifier_comite(acteur=autre, comite=comite, date=comite.date, enveloppe_postes=1),
        lambda: inscrire(acteur=autre, comite=comite, candidature=candidature),
        lambda: inscrire_lot(acteur=autre, comite=comite, candidatures=[candidature]),
        lambda: desinscrire(acteur=autre, ligne=ligne),
        lambda: decider(acteur=autre, ligne=ligne, decision="retenue", nb_postes=1, motif=""),
        lambda: cloturer(acteur=autre, comite=comite),
        lambda: activer(acteur=autre, candidature=CandidatureFactory(retenue=True)),
    ]
    for appel in appels:
        with pytest.raises(AccesRefuse):
            appel()


def test_inscrire_avec_ou_sans_avis(anct, comite):
    """R26"""
    avec = AvisFactory(candidature__campagne=comite.campagne).candidature
    sans = CandidatureFactory(deposee=True, campagne=comite.campagne)
    examen = CandidatureFactory(examen=True, campagne=comite.campagne)
    CandidatureFactory(deposee=True)
    CandidatureFactory(a_corriger=True, campagne=comite.campagne)
    assert set(inscriptibles(comite)) == {avec, sans, examen}
    assert len(inscrire_lot(acteur=anct, comite=comite, candidatures=inscriptibles(comite))) == 3
    assert not inscriptibles(comite).exists()


@pytest.mark.parametrize("trait", ["a_corriger", "retenue", "activee", "refusee", "abandonnee"])
def test_on_n_inscrit_que_ce_qui_attend_une_decision(anct, comite, trait):
    """R26"""
    candidature = CandidatureFactory(campagne=comite.campagne, **{trait: True})
    with pytest.raises(TransitionInterdite):
        inscrire(acteur=anct, comite=comite, candidature=candidature)
    assert inscrire_lot(acteur=anct, comite=comite, candidatures=[candidature]) == []


def test_une_candidature_n_est_qu_a_un_ordre_du_jour(anct, comite):
    """R26"""
    candidature = CandidatureFactory(deposee=True, campagne=comite.campagne)
    inscrire(acteur=anct, comite=comite, candidature=candidature)
    autre = ComiteFactory(campagne=comite.campagne)
    for ou in (comite, autre):
        with pytest.raises(RegleNonRespectee, match=f"comité n° {comite.numero}"):
            inscrire(acteur=anct, comite=ou, candidature=candidature)


def test_une_candidature_d_une_autre_campagne_est_refusee(anct, comite):
    """R26"""
    with pytest.raises(RegleNonRespectee, match="autre campagne"):
        inscrire(acteur=anct, comite=comite, candidature=CandidatureFactory(deposee=True))


def test_retirer_de_l_ordre_du_jour(anct, comite):
    """R26: it can be put on another agenda, and what was there stays in the history (R110)."""
    ligne = decidee(comite, anct)
    desinscrire(acteur=anct, ligne=ligne)
    assert not comite.lignes.exists()
    assert LigneComite.history.filter(id=ligne.pk, history_type="-").get().history_role == Role.ANCT
    assert inscrire(acteur=anct, comite=comite, candidature=ligne.candidature)
    with pytest.raises(TransitionInterdite, match="entre-temps"):
        desinscrire(acteur=anct, ligne=ligne)


# --- decisions ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("decision", "nb_postes", "motif", "champ"),
    [
        ("", 1, "", "decision"),
        ("retenue", 0, "", "nb_postes"),
        ("refusee", 0, "", "motif"),
        ("refusee", 0, "   ", "motif"),
        ("examen", 0, "", "motif"),
        ("refusee", 1, MOTIF, "nb_postes"),
        ("retenue", 1, "x" * 2501, "motif"),
    ],
)
def test_decision_refusee_avec_son_champ(anct, comite, decision, nb_postes, motif, champ):
    """R26: posts when granted, a reason otherwise."""
    ligne = LigneComiteFactory(comite=comite)
    with pytest.raises(RegleNonRespectee) as refus:
        decider(acteur=anct, ligne=ligne, decision=decision, nb_postes=nb_postes, motif=motif)
    assert (refus.value.regle, refus.value.champ) == ("R26", champ)


def test_decision_sans_avis_marquee(anct, comite):
    """R25: shown, never blocked."""
    assert decidee(comite, anct).sans_avis
    avec = AvisFactory(candidature__campagne=comite.campagne).candidature
    ligne = inscrire(acteur=anct, comite=comite, candidature=avec)
    assert not decider(acteur=anct, ligne=ligne, decision="retenue", nb_postes=1, motif="").sans_avis


def test_les_decisions_tiennent_dans_l_enveloppe_du_comite(anct, campagne):
    """R15: counted again when a decision is changed."""
    comite = ComiteFactory(campagne=campagne, enveloppe_postes=3)
    ligne = decidee(comite, anct, nb_postes=2)
    with pytest.raises(RegleNonRespectee, match="il reste 1 poste") as refus:
        decidee(comite, anct, nb_postes=2)
    assert refus.value.champ == "nb_postes"
    assert decider(acteur=anct, ligne=ligne, decision="retenue", nb_postes=3, motif="").nb_postes == 3


def test_un_comite_ne_se_reunit_pas_avant_l_ouverture_de_sa_campagne():
    """R26, R1: the time to recruit runs from its date."""
    campagne, anct = CampagneFactory(), acteur("anct")
    avant = campagne.ouvre_le - dt.timedelta(days=1)
    with pytest.raises(RegleNonRespectee, match="ne peut pas se réunir avant") as erreur:
        creer_comite(acteur=anct, campagne=campagne, numero=7, date=avant, enveloppe_postes=3)
    assert erreur.value.champ == "date"
    comite = creer_comite(acteur=anct, campagne=campagne, numero=7, date=campagne.ouvre_le, enveloppe_postes=3)
    with pytest.raises(RegleNonRespectee, match="ne peut pas se réunir avant"):
        modifier_comite(acteur=anct, comite=comite, date=avant, enveloppe_postes=3)
