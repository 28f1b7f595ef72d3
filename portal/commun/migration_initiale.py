"""The first migration of an app: all its tables from the models as the whole migration leaves them.

Django makes the models of every app again after each table. With a hundred tables whose histories all point at the
people, that is most of the time of `migrate` on an empty database; here they are made once per app.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations

AJOUTS = (migrations.AddField, migrations.AddIndex, migrations.AddConstraint)


class MigrationInitiale(migrations.Migration):
    """`CreateModel`, and what is added afterwards to the models so created: a table is made with all of it at once."""

    initial = True

    def apply(self, project_state: Any, schema_editor: Any, collect_sql: bool = False) -> Any:
        if collect_sql:
            return super().apply(project_state, schema_editor, collect_sql)
        apres = project_state.clone()
        apres.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(self.app_label, apres)
        crees = set()
        for operation in self.operations:
            if isinstance(operation, migrations.CreateModel):
                operation.database_forwards(self.app_label, schema_editor, project_state, apres)
                crees.add(operation.name_lower)
            elif not isinstance(operation, AJOUTS) or operation.model_name_lower not in crees:
                raise TypeError(f"{self}: {operation} neither creates a model nor adds to one created before it")
        return apres
