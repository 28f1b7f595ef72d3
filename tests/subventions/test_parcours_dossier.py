"""Where each post stands on steps 5, 7 and 9: what is next, who must act, by when (DOMAIN §3)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.commun.roles import Role
from structures.models import Poste
from subventions import parcours
from subventions.enums import EtatContrat
from subventions.models import Contrat, Dossier
from tests.comptes.factories import acteur
from tests.subventions.factories import DossierFactory, acteur_du_dossier
from tests.subventions.factories_contrats import ContratFactory, ConventionFactory

pytestmark = pytest.mark.django_db


def situation(dossier: Dossier, qui=None):
    return parcours.fournisseur([dossier.poste], qui or acteur_du_dossier(dossier)).get(dossier.poste_id)


@pytest.mark.parametrize(
    ("etat", "etape", "libelle", "qui"),
    [
        ("complet", 5, "Dossier de subvention à compléter", "Vous"),
        ("depose", 5, "Dossier en instruction", "La Banque des Territoires"),
        ("complement", 5, "Complément demandé", "Vous"),
        ("rejete", 5, "Dossier rejeté, à corriger", "Vous"),
        ("conforme", 7, "Contrat à préparer", "Vous"),
    ],
)
def test_chaque_etat_du_dossier(etat, etape, libelle, qui):
    dossier = DossierFactory(**{etat: True})
    resultat = situation(dossier)
    assert (resultat.etape, resultat.libelle, resultat.qui) == (etape, libelle, qui)
    assert str(dossier.uuid) in resultat.url


def test_une_autre_personne_lit_le_nom_de_la_structure():
    dossier = DossierFactory(complement=True)
    resultat = situation(dossier, acteur(Role.ANCT))
    assert (resultat.qui, resultat.url) == (dossier.structure.nom, "")


def test_l_echeance_de_l_instruction_est_dite_et_son_retard_r2():
    dossier = DossierFactory(depose=True, depose_le=timezone.now() - dt.timedelta(days=16))
    resultat = situation(dossier)
    assert resultat.avant_le == timezone.localdate() - dt.timedelta(days=1)
    assert resultat.en_retard
    # The private call promises no binding date.
    prive = situation(DossierFactory(privee=True, depose=True, depose_le=timezone.now() - dt.timedelta(days=60)))
    assert (prive.avant_le, prive.en_retard) == (None, False)


def test_ce_qui_manque_est_compte_r60():
    assert situation(DossierFactory(complet=True, iban="")).suite == "Il manque 1 élément avant le dépôt."


@pytest.mark.parametrize(
    ("convention", "contrat_signe", "libelle", "qui"),
    [
        (None, False, "Convention à établir", "La Banque des Territoires"),
        ({}, False, "Convention à signer", "Vous"),
        ({"signee_structure": True}, False, "Convention à signer", "La Banque des Territoires"),
        ({"signee": True}, False, "Contrat à signer", "Vous"),
    ],
)
def test_contrat_et_convention(convention, contrat_signe, libelle, qui):
    contrat = ContratFactory(signe=contrat_signe)
    if convention is not None:
        ConventionFactory(dossier=contrat.dossier, **convention)
    resultat = situation(contrat.dossier)
    assert (resultat.etape, resultat.libelle, resultat.qui) == (7, libelle, qui)


def test_les_versements_programmes_r65():
    contrat = ContratFactory(signe=True)
    ConventionFactory(dossier=contrat.dossier, signee=True)
    resultat = situation(contrat.dossier)
    assert (resultat.etape, resultat.libelle) == (9, "Versements programmés")
    assert resultat.avant_le is not None


def test_un_dossier_clos_ne_dit_plus_rien():
    assert situation(DossierFactory(clos=True)) is None


def test_un_contrat_fini_rend_la_parole_aux_autres_etages():
    contrat = ContratFactory(signe=True)
    Contrat.objects.filter(pk=contrat.pk).update(etat=EtatContrat.ROMPU)
    assert situation(contrat.dossier) is None


def test_le_nombre_de_requetes_ne_depend_pas_du_nombre_de_postes():
    def compter() -> int:
        with CaptureQueriesContext(connection) as requetes:
            parcours.fournisseur(list(Poste.objects.all()), qui)
        return len(requetes)

    qui = acteur_du_dossier(DossierFactory(complement=True))

    def peupler(nombre: int) -> None:
        for _ in range(nombre):
            DossierFactory(complement=True)
            contrat = ContratFactory(signe=True)
            ConventionFactory(dossier=contrat.dossier, signee=True)

    peupler(1)
    peu = compter()
    peupler(6)
    assert compter() == peu
