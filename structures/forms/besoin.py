"""Step 4 of the application: how many, from when, where (R20); and the coordinator's own questions (S2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils import timezone

from portal.commun.formulaires import ChampDate
from portal.territoires.champs import ChampCommune
from structures.depot import CONSULTATIONS_MAX, LIEUX_MAX
from structures.enums import CasCoordinateur
from structures.forms.candidature import FormulaireEtape, borner, intitule, question, zone_de_texte
from structures.questionnaire import POSTES_MAX

OUI_NON = [("oui", "Oui"), ("non", "Non")]


def choix_oui_non(valeur: str) -> bool:
    return valeur == "oui"


def _lignes(form: forms.Form, prefixe: str, champs: tuple[str, ...], maximum: int) -> list[dict[str, Any]]:
    """The rows filled in, from the numbered fields; a row that is half filled gets its error where it lacks."""
    lignes = []
    for rang in range(1, maximum + 1):
        valeurs = {champ: form.cleaned_data.get(f"{prefixe}_{rang}_{champ}") for champ in champs}
        if any(valeurs.values()):
            lignes.append({"rang": rang, **valeurs})
    return lignes


class Nombre(forms.IntegerField):
    """Compulsory unless « pas encore connu » is ticked: marked as such, and judged by the step."""

    def validate(self, value: Any) -> None:
        return None


class EtapeBesoin(FormulaireEtape):
    """Step 4: how many, from when, where; the coordinator's own questions when the call is theirs (S2)."""

    nb_conseillers = Nombre(
        min_value=1,
        max_value=POSTES_MAX,
        label=intitule("nb_conseillers"),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "invalid": f"Indiquez un nombre entier de 1 à {POSTES_MAX}.",
            "min_value": f"Indiquez un nombre entier de 1 à {POSTES_MAX}.",
            "max_value": f"Indiquez un nombre entier de 1 à {POSTES_MAX}.",
        },
    )
    nb_inconnu = forms.BooleanField(required=False, label="Je ne connais pas encore le nombre")
    demarrage_le = ChampDate(**question("demarrage_le"))
    candidat_identifie = forms.TypedChoiceField(
        choices=OUI_NON, coerce=choix_oui_non, widget=forms.RadioSelect, **question("candidat_identifie")
    )
    candidat_courriel = forms.EmailField(
        required=False,
        max_length=254,
        label="Adresse électronique du candidat",
        help_text="Si vous avez répondu oui. Il recevra une invitation quand votre structure sera activée.",
    )
    poste_existant = forms.BooleanField(required=False, **question("poste_existant"))
    poste_existant_precisions = borner(
        forms.CharField(
            required=False,
            label="Précisions sur le poste existant",
            help_text="Temps de travail, fin du contrat, missions actuelles. 1 000 caractères au plus.",
            widget=forms.Textarea(attrs={"rows": 3}),
        ),
        1000,
    )
    cas_coordinateur = forms.ChoiceField(
        choices=CasCoordinateur.choices, widget=forms.RadioSelect, **question("cas_coordinateur")
    )
    coordination_temps_plein = forms.TypedChoiceField(
        choices=[("oui", "Oui, à temps plein"), ("non", "Non, pour une part du temps de travail")],
        coerce=choix_oui_non,
        widget=forms.RadioSelect,
        **question("coordination_temps_plein"),
    )
    perimetre_coordination = zone_de_texte("perimetre_coordination", 1000, rows=3)

    COORDINATION = ("cas_coordinateur", "coordination_temps_plein", "perimetre_coordination")
    POSTE_EXISTANT = ("poste_existant", "poste_existant_precisions")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        coordinateur = self.campagne is not None and self.campagne.donnees_regime.coordinateur
        for champ in self.POSTE_EXISTANT if coordinateur else self.COORDINATION:
            del self.fields[champ]
        if coordinateur:
            self.fields["nb_conseillers"].label = "Combien de coordinateurs souhaitez-vous accueillir ?"
            self.fields["demarrage_le"].label = "À partir de quelle date pouvez-vous accueillir un coordinateur ?"
        self.fields["demarrage_le"].min_value = timezone.localdate()
        self._ajouter_lignes("lieu", LIEUX_MAX, nom=forms.CharField, commune=ChampCommune)
        if coordinateur:
            self._ajouter_lignes("consultation", CONSULTATIONS_MAX, nom=forms.CharField, courriel=forms.EmailField)

    def _ajouter_lignes(self, prefixe: str, maximum: int, **champs: Callable[..., forms.Field]) -> None:
        libelles = {"nom": "nom", "commune": "commune", "courriel": "adresse électronique"}
        objets = {"lieu": "Lieu", "consultation": "Structure consultée"}
        longueurs = {"lieu": 150, "consultation": 250}
        for rang in range(1, maximum + 1):
            for nom, classe in champs.items():
                options: dict[str, Any] = {
                    "label": f"{objets[prefixe]} {rang} : {libelles[nom]}",
                    "required": False,
                    "help_text": "",
                }
                if nom == "nom":
                    options["max_length"] = longueurs[prefixe]
                self.fields[f"{prefixe}_{rang}_{nom}"] = _preparer(classe(**options))

    def _rangees(self, prefixe: str, visibles: int) -> dict[str, Any]:
        """The numbered rows: a few shown, the others folded unless one of them holds something."""
        rangees: dict[str, list[forms.BoundField]] = {}
        for nom in self.fields:
            if nom.startswith(f"{prefixe}_"):
                rangees.setdefault(nom.rpartition("_")[0], []).append(self[nom])
        liste = list(rangees.values())
        suite = liste[visibles:]
        ouvert = any(_contient(champ) for rangee in suite for champ in rangee)
        return {"visibles": liste[:visibles], "suite": suite, "ouvert": ouvert}

    @property
    def lieux(self) -> dict[str, Any]:
        return self._rangees("lieu", 2)

    @property
    def consultations(self) -> dict[str, Any]:
        return self._rangees("consultation", 3)

    def principaux(self) -> list[forms.BoundField]:
        return [self[nom] for nom in self.fields if not nom.startswith(("lieu_", "consultation_"))]

    def clean(self) -> dict[str, Any]:
        donnees = super().clean()
        if "nb_conseillers" not in self.errors:
            nombre, inconnu = donnees.get("nb_conseillers"), donnees.get("nb_inconnu")
            if nombre is None and not inconnu:
                message = "Indiquez un nombre, ou cochez « Je ne connais pas encore le nombre »."
                self.add_error("nb_conseillers", message)
            elif nombre is not None and inconnu:
                self.add_error("nb_conseillers", "Choisissez : un nombre, ou « Je ne connais pas encore le nombre ».")
        if donnees.get("candidat_identifie") and donnees.get("candidat_courriel") == "":
            self.add_error("candidat_courriel", "Indiquez l’adresse électronique du candidat.")
        if donnees.get("poste_existant") and donnees.get("poste_existant_precisions") == "":
            self.add_error("poste_existant_precisions", "Précisez le poste existant : la demande est examinée à part.")
        self._verifier_lignes(donnees)
        return donnees

    def _verifier_lignes(self, donnees: dict[str, Any]) -> None:
        donnees["lieux"] = _lignes(self, "lieu", ("nom", "commune"), LIEUX_MAX)
        for ligne in donnees["lieux"]:
            rang = ligne.pop("rang")
            if not ligne["nom"]:
                self.add_error(f"lieu_{rang}_nom", "Donnez un nom à ce lieu, par exemple « Médiathèque ».")
            if not ligne["commune"] and f"lieu_{rang}_commune" not in self.errors:
                self.add_error(f"lieu_{rang}_commune", "Indiquez la commune de ce lieu.")
        donnees["consultations"] = _lignes(self, "consultation", ("nom", "courriel"), CONSULTATIONS_MAX)
        for ligne in donnees["consultations"]:
            rang = ligne.pop("rang")
            if not ligne["nom"]:
                self.add_error(f"consultation_{rang}_nom", "Indiquez le nom de la structure consultée.")


def _contient(champ: forms.BoundField) -> bool:
    """True when something was typed in a field, or is wrong in it."""
    valeur = champ.value()
    return bool(champ.field.prepare_value(valeur) if valeur else "") or bool(champ.errors)


def _preparer(champ: forms.Field) -> forms.Field:
    """A field added after the form was built gets the class of the design system as the others."""
    champ.widget.attrs.setdefault("class", "fr-input")
    return champ
