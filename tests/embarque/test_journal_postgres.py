"""R112: nothing that people type is ever written in the journal of the embedded PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest

from tests.embarque.outils import attendre_que

SECRET = "FR7630006000011234567890189"
SECRET_EN_PARAMETRE = "camille.martin@exemple.fr"


def _cle_en_double(connexion: psycopg.Connection) -> None:
    connexion.execute("CREATE TABLE essai (courriel text PRIMARY KEY)")
    for _ in range(2):
        connexion.execute("INSERT INTO essai VALUES (%s)", [SECRET_EN_PARAMETRE])


def _valeur_impossible(connexion: psycopg.Connection) -> None:
    connexion.execute(f"SELECT '{SECRET}'::integer")


def _parametre_impossible(connexion: psycopg.Connection) -> None:
    connexion.execute("SELECT %s::text::uuid", [SECRET])


def _message_du_serveur(connexion: psycopg.Connection) -> None:
    connexion.execute(f"DO $$ BEGIN RAISE EXCEPTION 'refus de {SECRET}'; END $$")


FAUTES = (_cle_en_double, _valeur_impossible, _parametre_impossible, _message_du_serveur)


def test_ni_erreur_ni_lenteur_n_ecrivent_une_valeur_dans_le_journal(lancer_squelette: Callable):
    lance = lancer_squelette()
    with psycopg.connect(lance.annonce["DATABASE_URL"], autocommit=True) as connexion:
        for faute in FAUTES:
            with pytest.raises(psycopg.Error, match=f"{SECRET}|{SECRET_EN_PARAMETRE}"):  # the application is told
                faute(connexion)
        # Longer than the threshold that once stood here.
        connexion.execute("SELECT pg_sleep(2.1), %s::text", [SECRET])
        connexion.execute("CHECKPOINT")
    journal = lance.donnees / "journaux" / "postgres.log"
    assert attendre_que(lambda: "checkpoint complete" in journal.read_text(encoding="utf-8")), "the journal is alive"
    ecrit = journal.read_text(encoding="utf-8")
    for secret in (SECRET, SECRET_EN_PARAMETRE, "pg_sleep", "INSERT"):
        assert secret not in ecrit
