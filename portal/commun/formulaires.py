"""The base of every form: DSFR look, hint and error both read by a screen reader, optional fields marked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django import forms
from django.core.validators import MaxLengthValidator
from dsfr.forms import DsfrBaseForm
from dsfr.utils import dsfr_input_class_attr

from portal.commun.champs import ChampDate, ChampFichier, ChampMontant, ChampPdf, ChampTelephone
from portal.commun.erreurs import ErreurMetier, Manquement

__all__ = [
    "ChampDate",
    "ChampFichier",
    "ChampLie",
    "ChampMontant",
    "ChampPdf",
    "ChampTelephone",
    "Formulaire",
    "FormulaireModele",
    "ajouter_erreur_metier",
    "ajouter_manquements",
    "avec_aide",
]


LONGUEUR_MAX = 5000
COURRIEL_MAX = 254
# The NUL character stays: Django's own check refuses it.
INVISIBLES = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
GABARIT_BALISE = "django/forms/widgets/input.html"


class LibelleAvecAide(str):
    """The label of an answer, with the hint shown under it."""

    aide: str


def avec_aide(libelle: str, aide: str) -> LibelleAvecAide:
    """`choices=[("prive", avec_aide("Privé", "Association, entreprise de l’ESS"))]`."""
    texte = LibelleAvecAide(libelle)
    texte.aide = aide
    return texte


class OptionDeChoix(NamedTuple):
    """One answer of a group: what the template needs to draw it."""

    id: str
    libelle: str
    aide: str
    balise: str


class ChampLie(forms.BoundField):
    """A field and its value: chooses the template and ties the hint and the error to the input."""

    GABARITS = {
        forms.CheckboxInput: "commun/champs/case.html",
        forms.CheckboxSelectMultiple: "commun/champs/choix.html",
        forms.RadioSelect: "commun/champs/choix.html",
        forms.FileInput: "commun/champs/fichier.html",
    }

    @property
    def template_name(self) -> str:
        if self.field.template_name:
            return self.field.template_name
        for widget, gabarit in self.GABARITS.items():
            if isinstance(self.field.widget, widget):
                return gabarit
        return "commun/champs/saisie.html"

    @property
    def id_aide(self) -> str:
        return f"{self.auto_id}_helptext"

    @property
    def id_erreur(self) -> str:
        return f"{self.auto_id}-desc-error"

    @property
    def ancre(self) -> str:
        """Where the error summary sends: the input itself, or the first one of a group."""
        if isinstance(self.field.widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
            return f"{self.auto_id}_0"
        return self.id_for_label or self.auto_id

    @property
    def classe_groupe(self) -> str:
        return "fr-select-group" if isinstance(self.field.widget, forms.Select) else "fr-input-group"

    @property
    def genre_choix(self) -> str:
        # Django's check boxes derive from its radio buttons.
        return "checkbox" if isinstance(self.field.widget, forms.CheckboxSelectMultiple) else "radio"

    @property
    def en_ligne(self) -> bool:
        return bool(getattr(self.field.widget, "inline", False))

    @property
    def options(self) -> Iterator[OptionDeChoix]:
        """The radio buttons or check boxes; a label made by `avec_aide` brings a hint of its own."""
        for option in self.subwidgets:
            libelle = option.choice_label
            aide = getattr(libelle, "aide", "")
            identifiant = option.id_for_label
            attributs = {**option.data["attrs"], **({"aria-describedby": f"{identifiant}-aide"} if aide else {})}
            attributs.pop("dsfr", None)
            widget = {**option.data, "attrs": attributs, "wrap_label": False}
            # The input alone: django-dsfr's template of an option would draw the group and its label a second time.
            balise = option.parent_widget._render(GABARIT_BALISE, {"widget": widget}, option.renderer)
            yield OptionDeChoix(identifiant, libelle, aide, balise)

    @property
    def decrit_par(self) -> str:
        """Ids of the hint and of the error, those that are there."""
        identifiants = [self.id_aide] if self.help_text else []
        if self.errors:
            identifiants.append(self.id_erreur)
        return " ".join(identifiants)

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        widget = widget or self.field.widget
        attrs = super().build_widget_attrs(attrs, widget)
        if widget.is_hidden:
            return attrs
        attrs.pop("aria-describedby", None)
        groupe = isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple))
        # In a group, the hint and the error belong to the fieldset; repeating them on each choice is noise.
        if self.decrit_par and not groupe:
            attrs["aria-describedby"] = self.decrit_par
        if self.errors:
            attrs["aria-invalid"] = "true"
        return attrs


class _Commun:
    """What the two base classes share."""

    bound_field_class = ChampLie
    # A search, where nothing is asked for: its fields need not say so one by one.
    tout_facultatif = False
    template_name = "commun/champs/formulaire.html"
    error_css_class = ""

    def __init__(self, *args: Any, **kwargs: Any):
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for champ in self.fields.values():
            _traduire_obligatoire(champ)
            _borner(champ)
            _assainir(champ)
        for champ in self.visible_fields():
            # Twice is harmless: it also covers the fields of a model form.
            dsfr_input_class_attr(champ)
        # A bound field copies its label and its hint: those that a form changes after this would not be shown.
        self._bound_fields_cache.clear()

    def get_context(self) -> dict[str, Any]:
        # django-dsfr's own version warns about the setting that it reads; optional fields are marked by our templates.
        return super(DsfrBaseForm, self).get_context()


class Formulaire(_Commun, DsfrBaseForm):
    """A form of the portal."""


class FormulaireModele(_Commun, forms.ModelForm, DsfrBaseForm):
    """A form whose fields come from a model. It is never saved by itself: a verb of `actions.py` writes."""

    def save(self, commit: bool = True) -> Any:
        raise TypeError("a form does not write: call the verb of actions.py with cleaned_data")


def _traduire_obligatoire(champ: forms.Field) -> None:
    """« Ce champ est obligatoire » helps nobody: name what is missing."""
    defaut = forms.Field.default_error_messages["required"]
    if not champ.required or champ.error_messages.get("required") != defaut or not champ.label:
        return
    if isinstance(champ.widget, (forms.RadioSelect, forms.Select, forms.CheckboxSelectMultiple)):
        champ.error_messages["required"] = f"Choisissez une réponse : {_minuscule(str(champ.label))}."
    elif isinstance(champ.widget, forms.CheckboxInput):
        champ.error_messages["required"] = "Cochez cette case pour continuer."
    else:
        champ.error_messages["required"] = f"Remplissez ce champ : {_minuscule(str(champ.label))}."


def _minuscule(libelle: str) -> str:
    libelle = libelle.rstrip(" ?:.\u00a0\u202f")
    # An acronym keeps its capitals.
    return libelle if libelle[1:2].isupper() else libelle[:1].lower() + libelle[1:]


def _borner(champ: forms.Field) -> None:
    """No text is without limit: a field that says none gets the longest that a person may have to write."""
    if isinstance(champ, forms.CharField) and champ.max_length is None:
        champ.max_length = LONGUEUR_MAX
        # A list of its own: the fields of a form share the one of their class.
        champ.validators = [*champ.validators, MaxLengthValidator(LONGUEUR_MAX)]
        champ.widget.attrs.setdefault("maxlength", str(LONGUEUR_MAX))

    elif isinstance(champ, forms.EmailField) and champ.max_length > COURRIEL_MAX:
        # Django lets 320 characters in; no mailbox has more than 254, nor do the columns.
        champ.max_length = COURRIEL_MAX
        champ.validators = [*champ.validators, MaxLengthValidator(COURRIEL_MAX)]
        champ.widget.attrs["maxlength"] = str(COURRIEL_MAX)


def _assainir(champ: forms.Field) -> None:
    """A password is taken as it is; every other text through `texte_propre`."""
    if isinstance(champ, forms.CharField) and not isinstance(champ.widget, forms.PasswordInput):
        lire = champ.to_python
        nettoyer = texte_propre if isinstance(champ.widget, forms.Textarea) else ligne_propre
        champ.to_python = lambda valeur: lire(nettoyer(valeur) if isinstance(valeur, str) else valeur)


def texte_propre(texte: str) -> str:
    """What was typed or pasted, without the characters that nobody sees: control ones, which make a payment file or a
    spreadsheet unreadable, and those that turn the reading order, which show an address as another. A line break
    counts for one character, as in the browser."""
    return INVISIBLES.sub("", texte.replace("\r\n", "\n"))


def ligne_propre(texte: str) -> str:
    """The same for an input of one line: a browser sends no line break from it, and a name goes into subjects."""
    return re.sub(r"[\t\r\n\u2028\u2029]+", " ", texte_propre(texte))


def ajouter_erreur_metier(form: forms.BaseForm, erreur: ErreurMetier) -> None:
    """Show what a verb refused: next to the field it names, on top of the form otherwise."""
    champ = getattr(erreur, "champ", None)
    form.add_error(champ if champ in form.fields else None, erreur.message)


def ajouter_manquements(form: forms.BaseForm, manquements: Iterable[Manquement]) -> None:
    """Show every broken rule at once, each next to its field."""
    for manquement in manquements:
        if manquement.bloquant:
            form.add_error(manquement.champ if manquement.champ in form.fields else None, manquement.message)
