"""Campaigns: opened and closed by ANCT, an envelope that never goes under what is granted (DOMAIN §4, R15)."""

from __future__ import annotations

import datetime as dt
import importlib
from decimal import Decimal

import pytest
from django.apps import apps
from django.utils import timezone

from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite
from portal.commun.roles import Role
from structures.actions import creer_campagne, fermer_campagne, modifier_campagne, ouvrir_campagne
from structures.enums import EtatCampagne
from structures.models import Campagne
from tests.comptes.factories import acteur
from tests.structures.factories import CampagneFactory, PosteFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def anct():
    return acteur(Role.ANCT)


def donnees(**champs):
    return {
        "nom": "Structures publiques 2027",
        "ouvre_le": timezone.localdate(),
        "ferme_le": None,
        "enveloppe_postes": 100,
        "enveloppe_montant": Decimal("5000000.00"),
        **champs,
    }


def creer(anct, **champs):
    return creer_campagne(acteur=anct, **donnees(**{"code": "public-2027", "regime": "ami-public-2020", **champs}))


def test_creer_puis_ouvrir_puis_fermer(anct):
    """§4: nobody may apply before the opening nor after the closing."""
    aujourdhui = timezone.localdate()
    campagne = creer(anct)
    assert campagne.etat == EtatCampagne.PREPAREE
    assert campagne not in Campagne.objects.ouvertes(aujourdhui)
    campagne = ouvrir_campagne(acteur=anct, campagne=campagne)
    assert campagne in Campagne.objects.ouvertes(aujourdhui)
    campagne = fermer_campagne(acteur=anct, campagne=campagne)
    assert campagne.ferme_le == aujourdhui
    assert campagne not in Campagne.objects.ouvertes(aujourdhui)


def test_une_campagne_fermee_se_rouvre_avec_une_nouvelle_date(anct):
    """§4"""
    campagne = CampagneFactory(fermee=True, ferme_le=timezone.localdate() - dt.timedelta(days=1))
    with pytest.raises(RegleNonRespectee) as refus:
        ouvrir_campagne(acteur=anct, campagne=campagne)
    assert refus.value.champ == "ferme_le"
    assert Campagne.objects.get(pk=campagne.pk).etat == EtatCampagne.FERMEE
    ferme_le = timezone.localdate() + dt.timedelta(days=30)
    modifier_campagne(acteur=anct, campagne=campagne, **donnees(ouvre_le=campagne.ouvre_le, ferme_le=ferme_le))
    assert ouvrir_campagne(acteur=anct, campagne=campagne).etat == EtatCampagne.OUVERTE


def test_une_campagne_fermee_avant_son_ouverture_garde_ses_dates(anct):
    """§4: the closing date never comes before the opening one."""
    ouvre_le = timezone.localdate() + dt.timedelta(days=10)
    campagne = fermer_campagne(acteur=anct, campagne=CampagneFactory(ouvre_le=ouvre_le))
    assert campagne.ferme_le is None


def test_une_campagne_sans_enveloppe_ne_s_ouvre_pas(anct):
    """R15"""
    with pytest.raises(RegleNonRespectee) as refus:
        ouvrir_campagne(acteur=anct, campagne=CampagneFactory(preparee=True, enveloppe_postes=0))
    assert (refus.value.regle, refus.value.champ) == ("R15", "enveloppe_postes")


def test_l_enveloppe_ne_descend_pas_sous_ce_qui_est_accorde(anct):
    """R15: in posts and in money."""
    campagne = CampagneFactory()
    PosteFactory(campagne=campagne)
    PosteFactory(campagne=campagne)
    for champs, champ in (
        ({"enveloppe_postes": 1}, "enveloppe_postes"),
        ({"enveloppe_montant": Decimal("99999.99")}, "enveloppe_montant"),
    ):
        with pytest.raises(RegleNonRespectee) as refus:
            modifier_campagne(acteur=anct, campagne=campagne, **donnees(**champs))
        assert (refus.value.regle, refus.value.champ) == ("R15", champ)
    exacte = donnees(enveloppe_postes=2, enveloppe_montant=Decimal("100000.00"))
    assert modifier_campagne(acteur=anct, campagne=campagne, **exacte).enveloppe_postes == 2


@pytest.mark.parametrize(
    ("champs", "champ"),
    [
        ({"ferme_le": dt.date(2020, 1, 1)}, "ferme_le"),
        ({"horloge": "au_hasard"}, "horloge"),
        ({"regime": "inconnu"}, "regime"),
    ],
)
def test_campagne_impossible(anct, champs, champ):
    """§4, R4, R9"""
    with pytest.raises(RegleNonRespectee) as refus:
        creer(anct, **champs)
    assert refus.value.champ == champ


def test_code_unique(anct):
    creer(anct)
    with pytest.raises(RegleNonRespectee) as refus:
        creer(anct)
    assert refus.value.champ == "code"


def test_l_anct_choisit_l_horloge_sans_nouvelle_version(anct):
    """R4"""
    assert creer(anct, horloge="signature_convention").horloge == "signature_convention"


@pytest.mark.parametrize("role", [Role.PREFECTURE, Role.SGAR, Role.STRUCTURE, Role.BDT, Role.SUPPORT])
def test_seule_l_anct_tient_les_campagnes(role):
    """§4"""
    autre, campagne = acteur(role), CampagneFactory()
    appels = [
        lambda: creer(autre),
        lambda: modifier_campagne(acteur=autre, campagne=campagne, **donnees()),
        lambda: fermer_campagne(acteur=autre, campagne=campagne),
        lambda: ouvrir_campagne(acteur=autre, campagne=CampagneFactory(preparee=True)),
    ]
    for appel in appels:
        with pytest.raises(AccesRefuse):
            appel()


def test_on_n_ouvre_pas_deux_fois(anct):
    with pytest.raises(TransitionInterdite):
        ouvrir_campagne(acteur=anct, campagne=CampagneFactory())


def test_campagnes_historiques():
    """§4, R15: closed, with what the texts give."""
    Campagne.objects.filter(code__endswith="-historique").delete()
    importlib.import_module("structures.migrations.0002_campagnes_historiques").creer(apps, None)
    publique, privee, coordinateurs = Campagne.objects.filter(code__endswith="-historique").order_by(
        "ouvre_le", "-regime"
    )
    assert (publique.regime, privee.regime) == ("ami-public-2020", "ami-prive-2021")
    assert publique.ouvre_le == dt.date(2020, 11, 17)
    assert (publique.enveloppe_postes, publique.enveloppe_montant) == (4000, Decimal("200000000.00"))
    assert coordinateurs.regime == "aac-coordinateur-2023"
    assert coordinateurs.ferme_le == dt.date(2023, 12, 10)
    assert {publique.etat, privee.etat, coordinateurs.etat} == {EtatCampagne.FERMEE}
    assert not Campagne.objects.ouvertes(dt.date(2023, 12, 1)).exists()
