"""What makes the tests stricter than production: undefined variables of our templates, ambiguous locks."""

from __future__ import annotations

import inspect
from typing import Any

from django.conf import settings
from django.db.models.sql.compiler import SQLCompiler
from django.template.base import FilterExpression, Node

GABARITS = str(settings.BASE_DIR / "templates")


class VariableIndefinie(str):
    """Django's `string_if_invalid`: raises when the `{{ … }}` stands in a template of ours.

    Django asks whether it is empty before it goes on with the filters: that question is where we look. Templates of
    the admin and of the libraries rely on undefined variables being empty, then on `|default`: they see an empty text.
    `{% if %}`, `{% for %}` and `{% firstof %}` never come here.
    """

    def __new__(cls) -> VariableIndefinie:
        return super().__new__(cls, "")

    def __bool__(self) -> bool:
        appelant = inspect.currentframe().f_back
        expression = appelant.f_locals.get("self")
        if appelant.f_code.co_name == "resolve" and isinstance(expression, FilterExpression):
            gabarit = _gabarit_en_cours()
            if gabarit.startswith(GABARITS):
                raise NameError(f"undefined {{{{ {expression.var} }}}} in {gabarit.removeprefix(GABARITS)}")
        return False


def _gabarit_en_cours() -> str:
    cadre = inspect.currentframe()
    while cadre is not None:
        if cadre.f_code.co_name == "render_annotated":
            noeud = cadre.f_locals.get("self")
            origine = getattr(noeud, "origin", None)
            if isinstance(noeud, Node) and origine is not None:
                return str(origine.name)
        cadre = cadre.f_back
    return ""


def exiger_of_sur_les_verrous() -> None:
    """`select_for_update()` over a join locks every table of the join: name the one that is meant."""
    origine = SQLCompiler.as_sql

    def as_sql(self: SQLCompiler, *args: Any, **kwargs: Any) -> Any:
        resultat = origine(self, *args, **kwargs)
        requete = self.query
        if requete.select_for_update and not requete.select_for_update_of:
            tables = {a for a, nombre in requete.alias_refcount.items() if nombre}
            if len(tables) > 1:
                raise AssertionError(f"select_for_update() without `of` over {', '.join(sorted(tables))}")
        return resultat

    SQLCompiler.as_sql = as_sql
