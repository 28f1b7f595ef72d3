"""The steps of the application (R20): one form each, every error next to its field.

The establishment is in `identite`, the need in `besoin`, what only coordinators are asked in `coordination`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator

from portal.commun.affichage import date_longue
from portal.commun.formulaires import ChampTelephone, Formulaire, avec_aide
from portal.territoires.champs import ChampCommune
from structures.enums import TypeStructure
from structures.identifiants import NOUVELLE_CALEDONIE
from structures.models import Campagne
from structures.questionnaire import (
    MOTIVATION_MAX,
    QUESTIONS,
    engagements,
    regimes_possibles,
    verifier_eligibilite,
)

_QUESTIONS = {question.champ: question for question in QUESTIONS}


# What is told when the answer is missing: a question makes a poor reminder.
MANQUES = {
    "type": "Indiquez le type de votre structure.",
    "nom": "Indiquez le nom de votre structure.",
    "contact_prenom": "Indiquez le prénom de la personne à contacter.",
    "contact_nom": "Indiquez le nom de la personne à contacter.",
    "contact_fonction": "Indiquez la fonction de la personne à contacter.",
    "contact_courriel": "Indiquez une adresse électronique.",
    "contact_telephone": "Indiquez un numéro de téléphone.",
    "candidat_identifie": "Dites si vous avez déjà identifié un candidat.",
    "demarrage_le": "Indiquez la date à partir de laquelle vous pouvez accueillir.",
    "motivation": "Dites pourquoi vous souhaitez accueillir un conseiller.",
    "missions": "Décrivez les missions et les publics prévus.",
    "cas_coordinateur": "Indiquez le cas de votre structure.",
    "coordination_temps_plein": "Dites si le poste est consacré en entier à la coordination.",
    "perimetre_coordination": "Décrivez le territoire à animer.",
}


def question(champ: str) -> dict[str, Any]:
    """Label and hint of a question of R20, written once in `questionnaire`, and what is told when it is left out."""
    manque = {"error_messages": {"required": MANQUES[champ]}} if champ in MANQUES else {}
    return {"label": _QUESTIONS[champ].intitule, "help_text": _QUESTIONS[champ].aide, **manque}


def intitule(champ: str) -> str:
    return _QUESTIONS[champ].intitule


def zone_de_texte(champ: str, maximum: int, *, required: bool = True, rows: int = 6) -> forms.CharField:
    """A long answer. The browser does not cut it: what is too long is kept, and told."""
    options = question(champ)
    options["help_text"] = f"{options['help_text']} {maximum} caractères au plus.".strip()
    return borner(forms.CharField(**options, required=required, widget=forms.Textarea(attrs={"rows": rows})), maximum)


def borner(champ: forms.CharField, maximum: int) -> forms.CharField:
    champ.max_length = maximum
    message = "Ce texte compte %(show_value)d caractères : %(limit_value)d au plus."
    champ.validators = [*champ.validators, MaxLengthValidator(maximum, message)]
    return champ


class FormulaireEtape(Formulaire):
    """What each step is given by the wizard: the call that was chosen (None at the first step)."""

    def __init__(self, *args: Any, campagne: Campagne | None = None, **kwargs: Any):
        self.campagne = campagne
        super().__init__(*args, **kwargs)

    def full_clean(self) -> None:
        """The errors in the order of the fields, whichever was found first: that of the summary on top."""
        super().full_clean()
        rangs = {nom: rang for rang, nom in enumerate(self.fields)}
        for nom in sorted(self._errors, key=lambda nom: rangs.get(nom, -1)):
            self._errors[nom] = self._errors.pop(nom)


class EtapeEligibilite(FormulaireEtape):
    """Step 1: who may apply to what, told before anything is filled."""

    type = forms.ChoiceField(choices=TypeStructure.choices, widget=forms.RadioSelect, **question("type"))
    campagne = forms.ChoiceField(
        label="À quel appel candidatez-vous ?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez l’appel auquel vous candidatez."},
    )

    def __init__(self, *args: Any, campagnes: Iterable[Campagne] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.campagnes = {campagne.code: campagne for campagne in campagnes}
        self.fields["campagne"].choices = [
            (code, avec_aide(campagne.nom, _presenter(campagne))) for code, campagne in self.campagnes.items()
        ]

    def clean(self) -> dict[str, Any]:
        donnees = super().clean()
        campagne, genre = self.campagnes.get(donnees.get("campagne", "")), donnees.get("type")
        if campagne is None or not genre:
            return donnees
        if verifier_eligibilite(campagne.donnees_regime, genre):
            ouvertes = [c.nom for c in self.campagnes.values() if c.regime in regimes_possibles(genre)]
            message = f"Cet appel est réservé à d’autres structures. {campagne.donnees_regime.pour_qui} "
            if ouvertes:
                message += f"Avec votre type de structure, choisissez : {' ou '.join(ouvertes)}."
            else:
                message += "Aucun appel n’est ouvert à votre type de structure en ce moment."
            self.add_error("campagne", message)
        return donnees


def _presenter(campagne: Campagne) -> str:
    cloture = f" Jusqu’au {date_longue(campagne.ferme_le)} inclus." if campagne.ferme_le else ""
    return f"{campagne.donnees_regime.pour_qui}{cloture}"


class EtapeStructure(FormulaireEtape):
    """Step 3: name, place, person to contact; prefilled from the directory when it answered."""

    nom = forms.CharField(max_length=250, **question("nom"))
    adresse = forms.CharField(max_length=250, label="Adresse", help_text="Numéro et voie, ou lieu-dit.")
    commune = ChampCommune(label="Commune de votre structure")
    code_postal = forms.CharField(
        required=False,
        label="Code postal",
        help_text="5 chiffres. Laissez vide pour prendre celui de la commune.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "postal-code"}),
    )
    contact_prenom = forms.CharField(
        max_length=100, widget=forms.TextInput(attrs={"autocomplete": "given-name"}), **question("contact_prenom")
    )
    contact_nom = forms.CharField(
        max_length=100, widget=forms.TextInput(attrs={"autocomplete": "family-name"}), **question("contact_nom")
    )
    contact_fonction = forms.CharField(max_length=100, **question("contact_fonction"))
    contact_courriel = forms.EmailField(
        max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"}), **question("contact_courriel")
    )
    contact_telephone = ChampTelephone(**question("contact_telephone"))

    def __init__(self, *args: Any, ridet: bool = False, **kwargs: Any):
        self.ridet = ridet
        super().__init__(*args, **kwargs)

    def clean_code_postal(self) -> str:
        code = "".join(self.cleaned_data["code_postal"].split())
        if code and not (len(code) == 5 and code.isascii() and code.isdigit()):
            raise forms.ValidationError("Le code postal comporte 5 chiffres, par exemple 03000.")
        return code

    def clean(self) -> dict[str, Any]:
        donnees = super().clean()
        commune = donnees.get("commune")
        if commune is None:
            return donnees
        if self.ridet and commune.departement_id != NOUVELLE_CALEDONIE:
            self.add_error("commune", "Avec un RIDET, indiquez une commune de Nouvelle-Calédonie.")
        if "code_postal" in donnees and not donnees["code_postal"]:
            codes = commune.liste_codes_postaux
            saisi = str(self.data.get(self.add_prefix("commune"), "")).strip()
            donnees["code_postal"] = saisi if saisi in codes else (codes or [commune.code])[0]
        return donnees


class EtapeProjet(FormulaireEtape):
    """Why, for what and for whom."""

    motivation = zone_de_texte("motivation", MOTIVATION_MAX)
    missions = zone_de_texte("missions", MOTIVATION_MAX)
    partenaires = zone_de_texte("partenaires", 1000, required=False, rows=3)


class EtapeEngagements(FormulaireEtape):
    """The last step: the summary, and the commitments of the call accepted one by one (S0, S1, S2)."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for engagement in engagements(self.campagne.donnees_regime) if self.campagne else []:
            champ = forms.BooleanField(
                label=engagement.texte, error_messages={"required": "Acceptez cet engagement pour candidater."}
            )
            self.fields[f"engagement_{engagement.cle}"] = champ

    @property
    def acceptes(self) -> list[str]:
        return [nom.removeprefix("engagement_") for nom, valeur in self.cleaned_data.items() if valeur is True]
