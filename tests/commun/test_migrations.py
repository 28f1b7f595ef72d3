"""No migration is missing, and none waits for another in a circle."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader


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
