"""Form fields that accept what people really type, and say what is expected when they cannot."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from portal.commun.erreurs import RegleNonRespectee
from portal.commun.fichiers import FichierControle, controler_fichier

ANNEE_MIN, ANNEE_MAX = 1900, 2100


class ChampDate(forms.DateField):
    """A date: the browser's own picker, and `31/03/2021` or `2021-03-31` typed by hand."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    input_formats = ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y"]
    default_error_messages = {
        "invalid": "Saisissez une date qui existe, par exemple 31/03/2021.",
        "required": "Indiquez une date.",
        "annee": "Vérifiez l’année de cette date.",
    }

    def __init__(self, *, min_value: date | None = None, max_value: date | None = None, **kwargs: Any):
        kwargs.setdefault("input_formats", self.input_formats)
        self.min_value, self.max_value = min_value, max_value
        super().__init__(**kwargs)
        self.widget.input_type = "date"

    def widget_attrs(self, widget: forms.Widget) -> dict[str, str]:
        attrs = super().widget_attrs(widget)
        if self.min_value:
            attrs["min"] = self.min_value.isoformat()
        if self.max_value:
            attrs["max"] = self.max_value.isoformat()
        return attrs

    def to_python(self, value: Any) -> date | None:
        jour = super().to_python(value)
        if jour is not None and not ANNEE_MIN <= jour.year <= ANNEE_MAX:
            raise ValidationError(self.error_messages["annee"], code="annee")
        return jour

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is None:
            return
        if self.min_value and value < self.min_value:
            raise ValidationError(f"Indiquez une date à partir du {self.min_value:%d/%m/%Y}.", code="min_value")
        if self.max_value and value > self.max_value:
            raise ValidationError(f"Indiquez une date au plus tard le {self.max_value:%d/%m/%Y}.", code="max_value")


class SaisieMontant(forms.TextInput):
    """Shows an amount the French way; what was typed comes back as it was."""

    def __init__(self, attrs: dict[str, Any] | None = None):
        super().__init__({"inputmode": "decimal", "autocomplete": "off", **(attrs or {})})

    def format_value(self, value: Any) -> str | None:
        return f"{value:.2f}".replace(".", ",") if isinstance(value, Decimal) else super().format_value(value)


class ChampMontant(forms.DecimalField):
    """An amount in euros: `1 234,50`, `1234.5` and `1 234,50 €` are the same."""

    widget = SaisieMontant
    default_error_messages = {
        "invalid": "Saisissez un montant en euros, par exemple 1 234,50.",
        "required": "Indiquez un montant.",
        "max_decimal_places": "Saisissez un montant avec deux décimales au plus, par exemple 1 234,50.",
        "min_value": "Saisissez un montant de %(limit_value)s € au moins.",
        "max_value": "Saisissez un montant de %(limit_value)s € au plus.",
    }

    def __init__(self, *, min_value: Any = 0, max_value: Any = None, **kwargs: Any):
        kwargs.setdefault("max_digits", 12)
        kwargs.setdefault("decimal_places", 2)
        super().__init__(min_value=min_value, max_value=max_value, **kwargs)

    def to_python(self, value: Any) -> Decimal | None:
        if isinstance(value, str):
            value = re.sub(r"[\s\u00a0\u202f€]", "", value)
            if "," in value:
                # A full stop beside a comma can only separate thousands.
                value = value.replace(".", "").replace(",", ".")
        return super().to_python(value)


class SaisieTelephone(forms.TextInput):
    input_type = "tel"

    def __init__(self, attrs: dict[str, Any] | None = None):
        super().__init__({"autocomplete": "tel", **(attrs or {})})


class ChampTelephone(forms.CharField):
    """A telephone number, kept as `0612345678` for a French one and `+687123456` for another."""

    widget = SaisieTelephone
    default_error_messages = {
        "invalid": "Saisissez un numéro de téléphone, par exemple 06 12 34 56 78 ou +687 12 34 56.",
        "required": "Indiquez un numéro de téléphone.",
    }

    def __init__(self, **kwargs: Any):
        kwargs.setdefault("max_length", 25)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        texte = super().to_python(value)
        if texte in self.empty_values:
            return self.empty_value
        numero = re.sub(r"[\s\u00a0\u202f.\-()/]", "", texte)
        numero = re.sub(r"^00", "+", numero)
        numero = re.sub(r"^\+330?(?=[1-9]\d{8}$)", "0", numero)
        if not re.fullmatch(r"0[1-9]\d{8}|\+[1-9]\d{6,14}", numero):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return numero


class ChampFichier(forms.FileField):
    """A file whose content is checked by the form; the cleaned value is a `FichierControle`."""

    widget = forms.FileInput
    default_error_messages = {
        "required": "Choisissez un fichier.",
        "empty": "Ce fichier est vide. Choisissez-en un autre.",
        "invalid": "Le fichier n’a pas été transmis. Choisissez-le de nouveau.",
    }
    ACCEPTES = {"pdf": ".pdf,application/pdf", "jpg": ".jpg,.jpeg,image/jpeg", "png": ".png,image/png"}

    def __init__(self, *, types: tuple[str, ...] = ("pdf",), taille_max: int | None = None, **kwargs: Any):
        self.types, self.taille_max = types, taille_max
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, str]:
        return {**super().widget_attrs(widget), "accept": ",".join(self.ACCEPTES[nom] for nom in self.types)}

    def clean(self, data: Any, initial: Any = None) -> FichierControle | Any:
        fichier = super().clean(data, initial)
        if not fichier or fichier is initial:
            return fichier
        try:
            return controler_fichier(fichier, types=self.types, taille_max=self.taille_max)
        except RegleNonRespectee as erreur:
            raise ValidationError(erreur.message, code="contenu") from erreur


class ChampPdf(ChampFichier):
    """A PDF file."""

    def __init__(self, **kwargs: Any):
        kwargs.setdefault("help_text", "Format PDF, 5 Mo au plus.")
        super().__init__(types=("pdf",), **kwargs)
