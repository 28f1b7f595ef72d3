"""A form field for a commune, whole without JavaScript and helped by it when it is there.

People type a name, a postal code or both. One commune matches: it is the value. Several match: the field is refused
with the list of candidates as radio buttons, and what was typed stays. None matches: a sentence says so. The value is
always a `Commune`, that is an INSEE code: a postal code identifies nothing (hard cases 12 and 14).
"""

from typing import NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EMPTY_VALUES

from .models import Commune
from .recherche import LONGUEUR_MAX, chercher_communes

CANDIDATS_PROPOSES = 12


class Saisie(NamedTuple):
    """What the two controls of the widget send: the text, and the INSEE code of the candidate ticked, if any."""

    texte: str
    choix: str = ""


class SaisieCommune(forms.TextInput):
    template_name = "territoires/widgets/commune.html"
    group_class = "fr-input-group"
    # Set by the field when it has refused an ambiguous text; the widget belongs to one form instance.
    candidats = ()
    choix = ""
    a_une_aide = False

    def value_from_datadict(self, data, files, name):
        return Saisie((data.get(name) or "").replace("\x00", "").strip(), data.get(f"{name}_choix") or "")

    def value_omitted_from_data(self, data, files, name):
        return name not in data

    def get_context(self, name, value, attrs):
        contexte = super().get_context(name, value, attrs)
        attributs = contexte["widget"]["attrs"]
        identifiant = attributs.get("id", f"id_{name}")
        # django-dsfr's own form replaces the hint by the error in aria-describedby; a person in trouble needs both.
        if self.a_une_aide and attributs.get("aria-describedby") == f"{identifiant}-desc-error":
            attributs["aria-describedby"] = f"{identifiant}_helptext {identifiant}-desc-error"
        contexte["widget"].update(identifiant=identifiant, candidats=self.candidats, choix=self.choix)
        return contexte


class ChampCommune(forms.Field):
    widget = SaisieCommune
    default_error_messages = {
        "required": "Indiquez une commune : son nom ou son code postal.",
        "aucune": "Aucune commune ne correspond à « %(texte)s ». Vérifiez l’orthographe, ou saisissez le code postal.",
        "plusieurs": "Plusieurs communes correspondent à « %(texte)s » : choisissez la bonne dans la liste.",
        "trop": (
            "%(total)s communes correspondent à « %(texte)s », voici les %(affichees)s premières : "
            "choisissez la bonne dans la liste, ou précisez le nom ou le code postal."
        ),
    }

    def __init__(self, *, label="Commune", help_text="Nom de la commune ou code postal, par exemple 03000", **options):
        super().__init__(label=label, help_text=help_text, **options)
        self.widget.a_une_aide = bool(self.help_text)

    def widget_attrs(self, widget):
        return {"maxlength": str(LONGUEUR_MAX), "autocomplete": "off", "spellcheck": "false", "data-commune": ""}

    def prepare_value(self, value):
        """What the text control shows: what was typed, or the label of the commune of a stored object."""
        if isinstance(value, Saisie):
            return value.texte
        commune = self.commune_de(value)
        return commune.libelle if commune else value

    def to_python(self, value):
        if not isinstance(value, Saisie):
            return self.commune_de(value)
        return self.resoudre(value) if value.texte else None

    def has_changed(self, initial, data):
        avant = self.prepare_value(initial) or ""
        return not self.disabled and (data.texte != avant or bool(data.choix)) if data else bool(avant)

    def resoudre(self, saisie):
        self.widget.candidats, self.widget.choix = (), ""
        if len(saisie.texte) > LONGUEUR_MAX:
            raise self.refus("aucune", texte=f"{saisie.texte[:40]}…")
        resultat = chercher_communes(saisie.texte, limite=CANDIDATS_PROPOSES)
        for commune in resultat.communes:
            # A tick left from an earlier text does not count: it must be among the candidates of this one.
            if commune.code == saisie.choix:
                # The form may come back for another field: the answer stays ticked.
                self.widget.candidats, self.widget.choix = resultat.communes, commune.code
                return commune
        if resultat.exactes == 1 or resultat.total == 1:
            return resultat.communes[0]
        if not resultat.total:
            raise self.refus("aucune", texte=saisie.texte)
        self.widget.candidats = resultat.communes
        if resultat.tronque:
            affichees = len(resultat.communes)
            raise self.refus("trop", texte=saisie.texte, total=resultat.total, affichees=affichees)
        raise self.refus("plusieurs", texte=saisie.texte)

    def refus(self, code, **params):
        return ValidationError(self.error_messages[code], code=code, params=params)

    @staticmethod
    def commune_de(value):
        """A stored value: the commune itself, or its INSEE code."""
        if isinstance(value, Commune) or value in EMPTY_VALUES:
            return value or None
        return Commune.objects.avec_libelle().filter(pk=value).first()
