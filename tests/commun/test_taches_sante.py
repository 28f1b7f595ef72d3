"""Jobs: alone, traced, seen at /sante/; a real worker runs them."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.utils import timezone
from post_office.models import STATUS, Email

from portal.celery import app
from portal.commun import purge, sante, tasks
from portal.commun.jetons import emettre_jeton
from portal.commun.models import ExecutionTache, Jeton
from portal.commun.taches import cle_de_verrou, dernieres_executions, tache_suivie
from tests.comptes.factories import OrganisationFactory

pytestmark = pytest.mark.django_db
# Written down: another value would let an old process and a new one run the same job together.
VERROU_APPARIER = -2796607227459131713


def test_une_tache_laisse_sa_trace():
    with tache_suivie("essai") as execution:
        execution.resultat["faits"] = 3
    ligne = ExecutionTache.objects.get()
    assert (ligne.nom, ligne.reussie, ligne.resultat) == ("essai", True, {"faits": 3})
    assert ligne.fin >= ligne.debut


def test_une_tache_en_echec_le_dit_sans_le_message_de_l_erreur_R112():
    with pytest.raises(ValueError, match="jean@exemple.fr"), tache_suivie("essai") as execution:
        execution.resultat["faits"] = 1
        raise ValueError("jean@exemple.fr est en double")
    ligne = ExecutionTache.objects.get()
    assert (ligne.reussie, ligne.resultat) == (False, {"faits": 1, "erreur": "ValueError"})
    with tache_suivie("essai") as suivante:
        assert suivante is not None, "the lock of a failed run is released"


def test_une_tache_frequente_ne_garde_qu_une_ligne():
    for _ in range(3):
        with tache_suivie("essai", historique=False):
            pass
    assert ExecutionTache.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_la_meme_tache_ne_tourne_pas_deux_fois_a_la_fois_R55():
    autre = {}

    def second():
        with tache_suivie("essai") as execution:
            autre["essai"] = execution
        with tache_suivie("autre") as execution:
            autre["autre"] = execution
        connection.close()

    with tache_suivie("essai") as premiere:
        assert premiere is not None
        fil = threading.Thread(target=second)
        fil.start()
        fil.join(timeout=20)
    assert autre["essai"] is None
    assert autre["autre"] is not None
    assert ExecutionTache.objects.filter(nom="essai").count() == 1


def test_le_numero_d_un_verrou_ne_depend_que_du_nom():
    assert cle_de_verrou("candidats.apparier") == VERROU_APPARIER
    assert cle_de_verrou("a") != cle_de_verrou("b")
    assert -(2**63) <= cle_de_verrou("a") < 2**63


def test_la_derniere_execution_de_chaque_tache():
    for nom in ("a", "b", "a"):
        with tache_suivie(nom) as execution:
            execution.resultat["rang"] = ExecutionTache.objects.count()
    assert [(e.nom, e.resultat["rang"]) for e in dernieres_executions()] == [("a", 3), ("b", 2)]


def test_toutes_les_taches_du_calendrier_existent():
    app.loader.import_default_modules()
    for nom in ("commun.envoyer_courriels", "commun.rappels", "commun.purger"):
        assert nom in app.tasks
        assert any(ligne["task"] == nom for ligne in app.conf.beat_schedule.values())


# --- /sante/ ---------------------------------------------------------------------------------------------------------


def test_la_sante_dit_tout_va_bien_quand_l_ouvrier_vient_de_passer(client):
    tasks.envoyer_courriels()
    reponse = client.get("/sante/")
    etat = reponse.json()
    assert reponse.status_code == 200
    assert (etat["etat"], etat["base"], etat["redis"], etat["ouvrier"]) == ("ok", "ok", "ok", "ok")
    tache = etat["taches"]["commun.envoyer_courriels"]
    assert tache["reussie"] is True
    assert 0 <= tache["age_s"] < 60
    assert "no-cache" in reponse["Cache-Control"]


def test_sans_ouvrier_la_page_repond_mais_le_dit(client):
    reponse = client.get("/sante/")
    assert (reponse.status_code, reponse.json()["etat"], reponse.json()["ouvrier"]) == (200, "degrade", "absent")


def test_sans_redis_la_page_repond_mais_le_dit(client, monkeypatch):
    def panne(*args, **kwargs):
        raise ConnectionError("redis://secret@hote")

    monkeypatch.setattr(cache, "get", panne)
    reponse = client.get("/sante/")
    assert (reponse.status_code, reponse.json()["redis"], reponse.json()["ouvrier"]) == (200, "absent", "inconnu")
    assert b"secret" not in reponse.content


def test_sans_base_la_page_repond_503(client, monkeypatch):
    def panne():
        raise OperationalError("mot de passe secret")

    monkeypatch.setattr(sante, "dernieres_executions", panne)
    reponse = client.get("/sante/")
    assert (reponse.status_code, reponse.json()["base"]) == (503, "absente")
    assert b"secret" not in reponse.content


def test_la_sante_coute_deux_requetes(client, django_assert_num_queries):
    with django_assert_num_queries(2):
        client.get("/sante/")


# --- clean-up --------------------------------------------------------------------------------------------------------


def test_la_purge_efface_ce_qui_est_mort_et_rien_d_autre():
    maintenant = timezone.now()
    for age in (1, 200):
        emettre_jeton(usage="essai", objet=OrganisationFactory(), duree=timedelta(days=1))
        Jeton.objects.filter(pk=Jeton.objects.latest("pk").pk).update(expire_le=maintenant - timedelta(days=age))
        ligne = ExecutionTache.objects.create(nom="essai")
        ExecutionTache.objects.filter(pk=ligne.pk).update(debut=maintenant - timedelta(days=age))
    bilan = purge.purger(timezone.localdate())
    assert (bilan["jetons"], bilan["executions"]) == (1, 1)
    assert Jeton.objects.count() == ExecutionTache.objects.count() == 1
    bilan = purge.purger(timezone.localdate())
    assert set(bilan.values()) == {0}


def test_chaque_etage_apporte_sa_purge_R111():
    bilan = purge.purger(timezone.localdate())
    assert {"candidats.jamais_confirmes", "structures.jamais_confirmees"} <= set(bilan)
    with pytest.raises(ValueError, match="twice"):
        purge.purge("candidats.jamais_confirmes")(lambda jour: 0)


@pytest.mark.service
@pytest.mark.django_db(transaction=True)
def test_un_vrai_ouvrier_envoie_les_courriels_R113(worker_celery):
    Email.objects.create(
        from_email="a@exemple.fr", to=["b@exemple.fr"], subject="Essai", message="x", status=STATUS.queued
    )
    tasks.envoyer_courriels.delay()
    limite = time.monotonic() + 30
    while time.monotonic() < limite and Email.objects.get().status != STATUS.sent:
        time.sleep(0.1)
    assert Email.objects.get().status == STATUS.sent
    assert ExecutionTache.objects.get(nom="commun.envoyer_courriels").resultat["envoyes"] == 1
