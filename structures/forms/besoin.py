"""The need: how many, from when, where (R20)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from portal.commun.formulaires import ChampDate
from portal.territoires.champs import ChampCommune
from structures.coordination import CAS
from structures.depot import LIEUX_MAX
from structures.forms.candidature import FormulaireEtape, borner, intitule, question
from structures.forms.rangees import ajouter_rangees, lignes_remplies, rangees
from structures.questionnaire import POSTES_MAX

OUI_NON = [("oui", "Oui"), ("non", "Non")]


def choix_oui_non(valeur: str) -> bool:
    return valeur == "oui"


class Nombre(forms.IntegerField):
    """Compulsory unless « pas encore connu » is ticked: marked as such, and judged by the step."""

    def validate(self, value: Any) -> None:
        return None


class EtapeBesoin(FormulaireEtape):
    """How many, from when, where; in the words of the call and of the case (S2, II.a)."""

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
    POSTE_EXISTANT = ("poste_existant", "poste_existant_precisions")
    NOUVEAU_POSTE = ("nb_conseillers", "nb_inconnu", "candidat_identifie", "candidat_courriel")

    def __init__(self, *args: Any, cas: str = "", **kwargs: Any):
        super().__init__(*args, **kwargs)
        coordinateur = self.campagne is not None and self.campagne.donnees_regime.coordinateur
        # S2, II.a: a post that exists keeps its occupant, and is only one.
        self.sur_poste_existant = cas in CAS and not CAS[cas].nouveau_poste
        retires = self.POSTE_EXISTANT if coordinateur else ()
        for champ in (*retires, *(self.NOUVEAU_POSTE if self.sur_poste_existant else ())):
            del self.fields[champ]
        if coordinateur:
            self._parler_de_coordination()
        self.fields["demarrage_le"].min_value = timezone.localdate()
        ajouter_rangees(self, "lieu", "Lieu", LIEUX_MAX, 150, nom=forms.CharField, commune=ChampCommune)

    def _parler_de_coordination(self) -> None:
        if not self.sur_poste_existant:
            self.fields["nb_conseillers"].label = "Combien de coordinateurs souhaitez-vous accueillir ?"
            self.fields["demarrage_le"].label = "À partir de quelle date pouvez-vous accueillir un coordinateur ?"
        else:
            self.fields["demarrage_le"].label = "À partir de quelle date ce poste assurera-t-il la coordination ?"

    @property
    def lieux(self) -> dict[str, Any]:
        return rangees(self, "lieu", 2)

    def principaux(self) -> list[forms.BoundField]:
        return [self[nom] for nom in self.fields if not nom.startswith("lieu_")]

    def clean(self) -> dict[str, Any]:
        donnees = super().clean()
        if self.sur_poste_existant:
            donnees |= {"nb_conseillers": 1, "candidat_identifie": False, "candidat_courriel": ""}
        elif "nb_conseillers" not in self.errors:
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
        self._verifier_lieux(donnees)
        return donnees

    def _verifier_lieux(self, donnees: dict[str, Any]) -> None:
        donnees["lieux"] = lignes_remplies(self, "lieu", ("nom", "commune"), LIEUX_MAX)
        for ligne in donnees["lieux"]:
            rang = ligne.pop("rang")
            if not ligne["nom"]:
                self.add_error(f"lieu_{rang}_nom", "Donnez un nom à ce lieu, par exemple « Médiathèque ».")
            if not ligne["commune"] and f"lieu_{rang}_commune" not in self.errors:
                self.add_error(f"lieu_{rang}_commune", "Indiquez la commune de ce lieu.")
