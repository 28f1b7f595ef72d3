"""No migration is missing, and none waits for another in a circle."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, migrations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from portal.commun.migration_initiale import MigrationInitiale


@pytest.mark.django_db
def test_aucune_migration_ne_manque():
    # Exits with an error when a model and its migrations disagree.
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


@pytest.mark.django_db
def test_le_graphe_des_migrations_est_entier_et_applique():
    chargeur = MigrationLoader(connection)
    chargeur.check_consistent_history(connection)
    chargeur.graph.ensure_not_cyclic()
    assert not chargeur.detect_conflicts()
    assert set(chargeur.graph.nodes) <= set(chargeur.applied_migrations)


def test_une_migration_initiale_ne_fait_que_creer():
    """What it would skip is refused rather than forgotten."""

    class Autre(MigrationInitiale):
        operations = [migrations.RunSQL("SELECT 1")]

    with pytest.raises(TypeError, match="neither creates a model"):
        Autre("0001", "commun").apply(ProjectState(), None)


@pytest.mark.django_db
def test_chaque_table_est_celle_de_son_modele():
    """The initial migrations skip what they hold to be done with the table: indexes and constraints are there."""
    with connection.cursor() as curseur:
        for modele in apps.get_models(include_auto_created=True):
            presents = connection.introspection.get_constraints(curseur, modele._meta.db_table)
            attendus = {objet.name for objet in (*modele._meta.indexes, *modele._meta.constraints)}
            assert attendus <= set(presents), modele._meta.label
            for champ in modele._meta.local_fields:
                if champ.remote_field and champ.db_constraint:
                    assert any(c["foreign_key"] and c["columns"] == [champ.column] for c in presents.values()), champ
