"""Links sent to people (R23, R27, R50): single use, one purpose, a term, and nothing readable in the table."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection, transaction

from portal.commun.jetons import (
    JetonInvalide,
    consommer_jeton,
    emettre_jeton,
    lire_jeton,
    reference,
    revoquer_jetons,
    uuid_de,
)
from portal.commun.models import Jeton
from portal.comptes.models import Organisation, Utilisateur
from tests.comptes.factories import OrganisationFactory

UN_JOUR = timedelta(days=1)


@pytest.fixture
def organisation(db):
    return OrganisationFactory()


def emettre(organisation, usage="essai", duree=UN_JOUR, **options):
    return emettre_jeton(usage=usage, objet=organisation, duree=duree, **options)


def test_lire_ne_consomme_pas_et_consommer_ne_sert_qu_une_fois_R23(organisation):
    secret = emettre(organisation, donnees={"cle": "valeur"})
    for _ in range(3):
        assert lire_jeton(secret, usage="essai").donnees == {"cle": "valeur"}
    consommer_jeton(secret, usage="essai")
    with pytest.raises(JetonInvalide, match="déjà servi"):
        lire_jeton(secret, usage="essai")
    with pytest.raises(JetonInvalide, match="déjà servi"):
        consommer_jeton(secret, usage="essai")


def test_un_jeton_n_ouvre_que_ce_pour_quoi_il_est_emis_R23(organisation):
    secret = emettre(organisation)
    with pytest.raises(JetonInvalide, match="n’est pas valable"):
        lire_jeton(secret, usage="autre")
    jeton = lire_jeton(secret, usage="essai")
    assert uuid_de(jeton, Organisation) == str(organisation.uuid)
    with pytest.raises(JetonInvalide):
        uuid_de(jeton, Utilisateur)


def test_un_jeton_expire_a_la_seconde_dite_R23(organisation):
    with time_machine.travel(datetime(2021, 3, 1, 10, tzinfo=UTC), tick=False) as horloge:
        secret = emettre(organisation)
        horloge.shift(UN_JOUR - timedelta(seconds=1))
        assert lire_jeton(secret, usage="essai")
        horloge.shift(timedelta(seconds=1))
        with pytest.raises(JetonInvalide, match="expiré"):
            lire_jeton(secret, usage="essai")


def test_un_nouveau_lien_remplace_le_precedent_R27(organisation):
    ancien, nouveau = emettre(organisation), emettre(organisation)
    with pytest.raises(JetonInvalide, match="dernier message"):
        lire_jeton(ancien, usage="essai")
    assert lire_jeton(nouveau, usage="essai")


def test_un_nouveau_lien_laisse_ceux_d_un_autre_usage_ou_d_un_autre_objet(organisation):
    autre_usage = emettre(organisation, usage="autre")
    autre_objet = emettre(OrganisationFactory())
    emettre(organisation)
    assert lire_jeton(autre_usage, usage="autre")
    assert lire_jeton(autre_objet, usage="essai")


def test_plusieurs_liens_peuvent_vivre_ensemble_quand_on_le_demande(organisation):
    secrets = [emettre(organisation, remplace=False) for _ in range(2)]
    assert all(lire_jeton(secret, usage="essai") for secret in secrets)
    revoquer_jetons(usage="essai", objet=organisation)
    for secret in secrets:
        with pytest.raises(JetonInvalide):
            lire_jeton(secret, usage="essai")


def test_la_table_ne_contient_aucun_secret_R112(organisation):
    secret = emettre(organisation)
    ligne = Jeton.objects.values().get()
    assert secret not in str(ligne)
    assert ligne["objet"] == reference(organisation) == f"comptes.organisation:{organisation.uuid}"


@pytest.mark.django_db(transaction=True)
def test_deux_usages_a_la_meme_seconde_un_seul_passe_R23():
    secret = emettre(OrganisationFactory())
    depart = threading.Barrier(2)
    resultats: list[str] = []

    def utiliser():
        try:
            depart.wait(timeout=10)
            with transaction.atomic():
                consommer_jeton(secret, usage="essai")
                # Long enough for the other one to be waiting on the lock.
                with connection.cursor() as curseur:
                    curseur.execute("SELECT pg_sleep(0.2)")
            resultats.append("servi")
        except JetonInvalide as erreur:
            resultats.append(erreur.message)
        finally:
            connection.close()

    fils = [threading.Thread(target=utiliser) for _ in range(2)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join(timeout=20)
    assert sorted(resultats) == ["Ce lien a déjà servi.", "servi"]
