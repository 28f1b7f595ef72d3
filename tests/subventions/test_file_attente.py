"""R61: the order of the queue, by the clock of R2; in the private call by recruitment, then training entry."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from subventions import file_attente
from subventions.models import DemandeComplement, Dossier
from tests.subventions.factories import DossierFactory
from tests.subventions.factories_contrats import ContratFactory

pytestmark = pytest.mark.django_db
AUJOURDHUI = dt.date(2026, 3, 20)


def depose_le(dossier: Dossier, jour: dt.date) -> Dossier:
    instant = dt.datetime(jour.year, jour.month, jour.day, 12, tzinfo=dt.UTC)
    Dossier.objects.filter(pk=dossier.pk).update(depose_le=instant)
    return dossier


def ordre() -> list[int]:
    return file_attente.ordonner(Dossier.objects.all(), AUJOURDHUI)


def test_l_attente_d_un_complement_recule_l_echeance_r61_r2():
    premier = depose_le(DossierFactory(depose=True), dt.date(2026, 3, 2))
    second = depose_le(DossierFactory(depose=True), dt.date(2026, 3, 4))
    assert ordre() == [premier.pk, second.pk]
    DemandeComplement.objects.create(
        dossier=premier,
        texte="Le budget.",
        reponse="Voici.",
        demandee_le=dt.datetime(2026, 3, 5, 9, tzinfo=dt.UTC),
        repondue_le=dt.datetime(2026, 3, 15, 9, tzinfo=dt.UTC),
    )
    assert ordre() == [second.pk, premier.pk]
    lignes = file_attente.lire([second.pk, premier.pk], AUJOURDHUI)
    assert [ligne.echeance for ligne in lignes] == [dt.date(2026, 3, 19), dt.date(2026, 3, 27)]
    assert [ligne.en_retard for ligne in lignes] == [True, False]


def test_l_appel_prive_va_par_date_de_recrutement_r61():
    """S1: the order of filing does not count."""
    depose_tot = depose_le(DossierFactory(privee=True, depose=True), dt.date(2026, 3, 1))
    recrute_tot = depose_le(DossierFactory(privee=True, depose=True), dt.date(2026, 3, 10))
    recrute_tard = depose_le(DossierFactory(privee=True, depose=True), dt.date(2026, 3, 5))
    ContratFactory(dossier=recrute_tot, debut=dt.date(2026, 4, 1))
    ContratFactory(dossier=recrute_tard, debut=dt.date(2026, 5, 1))
    assert ordre() == [recrute_tot.pk, recrute_tard.pk, depose_tot.pk]


def test_a_recrutement_egal_l_entree_en_formation_departage_r61():
    un, deux = (DossierFactory(privee=True, depose=True) for _ in range(2))
    for dossier, entree in ((un, dt.date(2026, 4, 20)), (deux, dt.date(2026, 4, 10))):
        ContratFactory(dossier=dossier, debut=dt.date(2026, 4, 1))
        Dossier.objects.filter(pk=dossier.pk).update(depart_formation_le=entree)
    assert ordre() == [deux.pk, un.pk]


def test_l_ordre_est_le_meme_a_chaque_fois_r61():
    instant = timezone.now()
    for _ in range(4):
        DossierFactory(depose=True, depose_le=instant)
    assert ordre() == ordre() == sorted(ordre())


def test_l_ordre_coute_deux_requetes(django_assert_num_queries):
    for _ in range(5):
        DossierFactory(complement=True)
    with django_assert_num_queries(2):
        ordre()
