"""Reminders of the subsidy file: once each, late or run twice (R2, R60, R61, R113)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from post_office.models import Email

from portal.commun.roles import Role
from subventions import rappels
from subventions.models import DemandeComplement, Dossier
from tests.comptes.factories import acteur
from tests.subventions.factories import DossierFactory, acteur_du_dossier

pytestmark = pytest.mark.django_db


def dans(jours: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=jours)


def test_un_dossier_ouvert_depuis_une_semaine_est_rappele_une_fois_r60():
    dossier = DossierFactory(complet=True, iban="")
    agent = acteur_du_dossier(dossier)
    assert rappels.dossiers_a_deposer(dans(6)) == 0
    assert rappels.dossiers_a_deposer(dans(7)) == 1
    assert rappels.dossiers_a_deposer(dans(8)) == 0
    courriel = Email.objects.get()
    assert courriel.to == [agent.courriel]
    assert "L’IBAN de la structure" in courriel.message
    assert rappels.dossiers_a_deposer(dans(21)) == 1


def test_un_rappel_en_retard_ne_rattrape_pas_les_precedents_r60():
    DossierFactory()
    assert rappels.dossiers_a_deposer(dans(50)) == 1
    assert rappels.dossiers_a_deposer(dans(51)) == 0


def test_un_dossier_depose_n_est_plus_rappele_r60():
    DossierFactory(depose=True)
    assert rappels.dossiers_a_deposer(dans(30)) == 0


def test_un_complement_sans_reponse_est_rappele_r61():
    dossier = DossierFactory(complement=True)
    acteur_du_dossier(dossier)
    assert rappels.complements_attendus(dans(6)) == 0
    assert rappels.complements_attendus(dans(7)) == 1
    assert rappels.complements_attendus(dans(7)) == 0
    assert "Joignez la délibération signée." in Email.objects.get().message


def test_bdt_est_prevenue_avant_puis_apres_l_echeance_r2():
    gestionnaire = acteur(Role.BDT)
    DossierFactory(depose=True, gestionnaire_id=gestionnaire.utilisateur_id)
    assert rappels.echeances_instruction(dans(11)) == 0
    assert rappels.echeances_instruction(dans(12)) == 1
    assert rappels.echeances_instruction(dans(15)) == 0
    assert rappels.echeances_instruction(dans(16)) == 1
    assert rappels.echeances_instruction(dans(30)) == 0
    assert {tuple(courriel.to) for courriel in Email.objects.all()} == {(gestionnaire.courriel,)}


def test_une_nouvelle_echeance_a_ses_propres_rappels_r2():
    acteur(Role.BDT)
    dossier = DossierFactory(depose=True)
    assert rappels.echeances_instruction(dans(13)) == 1
    DemandeComplement.objects.create(
        dossier=Dossier.objects.get(pk=dossier.pk),
        texte="Le budget.",
        reponse="Voici.",
        demandee_le=timezone.now() + dt.timedelta(days=13),
        repondue_le=timezone.now() + dt.timedelta(days=23),
    )
    assert rappels.echeances_instruction(dans(24)) == 1


def test_l_appel_prive_n_a_pas_d_echeance_imperative_r2():
    DossierFactory(privee=True, depose=True)
    assert rappels.echeances_instruction(dans(60)) == 0
