"""Numbered rows of fields in a form without JavaScript: « lieu_1_nom », « lieu_1_commune », « lieu_2_nom »…"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms

LIBELLES = {"nom": "nom", "commune": "commune", "courriel": "adresse électronique"}


def ajouter_rangees(
    form: forms.Form, prefixe: str, objet: str, maximum: int, longueur: int, **champs: Callable[..., forms.Field]
) -> None:
    """`maximum` rows of optional fields; `longueur` is that of the names."""
    for rang in range(1, maximum + 1):
        for nom, classe in champs.items():
            options: dict[str, Any] = {"label": f"{objet} {rang} : {LIBELLES[nom]}", "required": False, "help_text": ""}
            if nom == "nom":
                options["max_length"] = longueur
            champ = classe(**options)
            # A field added after the form was built gets the class of the design system as the others.
            champ.widget.attrs.setdefault("class", "fr-input")
            form.fields[f"{prefixe}_{rang}_{nom}"] = champ


def lignes_remplies(form: forms.Form, prefixe: str, champs: tuple[str, ...], maximum: int) -> list[dict[str, Any]]:
    """The rows filled in; a row that is half filled gets its error from the caller, where it lacks."""
    lignes = []
    for rang in range(1, maximum + 1):
        valeurs = {champ: form.cleaned_data.get(f"{prefixe}_{rang}_{champ}") for champ in champs}
        if any(valeurs.values()):
            lignes.append({"rang": rang, **valeurs})
    return lignes


def rangees(form: forms.Form, prefixe: str, visibles: int) -> dict[str, Any]:
    """For the page: a few rows shown, the others folded unless one of them holds something."""
    par_rang: dict[str, list[forms.BoundField]] = {}
    for nom in form.fields:
        if nom.startswith(f"{prefixe}_"):
            par_rang.setdefault(nom.rpartition("_")[0], []).append(form[nom])
    liste = list(par_rang.values())
    suite = liste[visibles:]
    ouvert = any(_contient(champ) for rangee in suite for champ in rangee)
    return {"visibles": liste[:visibles], "suite": suite, "ouvert": ouvert}


def _contient(champ: forms.BoundField) -> bool:
    """True when something was typed in a field, or is wrong in it."""
    valeur = champ.value()
    return bool(champ.field.prepare_value(valeur) if valeur else "") or bool(champ.errors)
