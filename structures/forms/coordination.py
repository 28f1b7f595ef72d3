"""What only the call for coordinators asks (S2): the post and its perimeter, then the structures to consult."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from portal.commun.formulaires import ChampDate, avec_aide
from portal.territoires.models import Departement
from structures import coordination
from structures.coordination import CAS, DEPARTEMENTS_MAX
from structures.depot import CONSULTATIONS_MAX
from structures.enums import EchellePerimetre
from structures.forms.besoin import choix_oui_non
from structures.forms.candidature import FormulaireEtape, borner, question, zone_de_texte
from structures.forms.identite import choix_du_cas
from structures.forms.rangees import ajouter_rangees, lignes_remplies, rangees
from structures.models import Poste, Structure

NUMERO_INCONNU = "Aucun poste de cet établissement ne porte ce numéro : vérifiez-le dans votre espace ou vos messages."


class EtapeCoordination(FormulaireEtape):
    """The questions of one case, then the territory. On the page that corrects an application, every case's questions
    are there and the case itself can change (R31)."""

    poste_concerne = forms.TypedChoiceField(
        coerce=int,
        empty_value=None,
        label="Quel est le poste concerné ?",
        help_text="Les postes de votre structure.",
        error_messages={"required": coordination.MANQUES["poste_concerne"], "invalid_choice": NUMERO_INCONNU},
    )
    personne_en_poste = forms.CharField(
        max_length=200,
        label="Prénom et nom de la personne qui occupe ce poste",
        help_text="Prévenez-la : son nom est transmis à la préfecture et à l’ANCT avec votre candidature.",
        error_messages={"required": coordination.MANQUES["personne_en_poste"]},
    )
    poste_actuel_fin_le = ChampDate(
        label="Fin du financement ou du contrat actuel",
        error_messages={"required": coordination.MANQUES["poste_actuel_fin_le"]},
    )
    poste_existant_precisions = borner(
        forms.CharField(
            label="Le poste actuel de coordination",
            help_text="Missions, temps de travail, financement. 1 000 caractères au plus.",
            widget=forms.Textarea(attrs={"rows": 4}),
            error_messages={"required": coordination.MANQUES["poste_existant_precisions"]},
        ),
        1000,
    )
    coordination_temps_plein = forms.TypedChoiceField(
        choices=[("oui", "Oui, entièrement"), ("non", "Non, il accompagnera aussi des publics")],
        coerce=choix_oui_non,
        widget=forms.RadioSelect,
        **question("coordination_temps_plein"),
    )
    perimetre_echelle = forms.ChoiceField(
        choices=EchellePerimetre.choices,
        widget=forms.RadioSelect,
        label="À quelle échelle ?",
        error_messages={"required": "Indiquez l’échelle du territoire à animer."},
    )
    perimetre_coordination = zone_de_texte("perimetre_coordination", 1000, rows=3)

    def __init__(
        self,
        *args: Any,
        cas: str = "",
        postes: Iterable[Poste] = (),
        connue: bool = False,
        departement: str = "",
        choisir_le_cas: bool = False,
        **kwargs: Any,
    ):
        """`postes`: those of the establishment; listed only when `connue`, to who may read them, else typed by number.
        `departement`: that of the seat, proposed first."""
        super().__init__(*args, **kwargs)
        self.postes = {poste.numero: poste for poste in postes}
        self.cas = CAS.get(cas)
        if choisir_le_cas:
            self._ajouter_le_cas()
        else:
            for champ in coordination.CHAMPS:
                if self.cas is None or champ not in self.cas.champs:
                    del self.fields[champ]
        self._preparer_le_poste(connue)
        for champ in coordination.CHAMPS:
            if champ in self.fields and (choisir_le_cas or champ in (self.cas.facultatifs if self.cas else ())):
                self.fields[champ].required = False
        self._ajouter_departements(departement)

    def _ajouter_le_cas(self) -> None:
        champ = forms.ChoiceField(choices=choix_du_cas, widget=forms.RadioSelect, **question("cas_coordinateur"))
        self.fields = {"cas_coordinateur": champ, **self.fields}

    def _preparer_le_poste(self, connue: bool) -> None:
        if "poste_concerne" not in self.fields:
            return
        if connue:
            choix = [(p.numero, f"Poste n° {p.numero} ({p.get_etat_display().lower()})") for p in self.postes.values()]
            self.fields["poste_concerne"].choices = [("", "Choisissez un poste"), *choix]
            self.fields["poste_concerne"].widget.attrs["class"] = "fr-select"
            return
        # The base form has drawn the field once already.
        self._bound_fields_cache.pop("poste_concerne", None)
        self.fields["poste_concerne"] = forms.IntegerField(
            label="Quel est le numéro du poste concerné ?",
            help_text="Il est dans votre espace et dans chaque message reçu à propos de ce poste.",
            widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "fr-input"}),
            error_messages={
                "required": coordination.MANQUES["poste_concerne"],
                "invalid": "Le numéro d’un poste s’écrit en chiffres.",
            },
        )

    def _ajouter_departements(self, departement: str) -> None:
        connus = [(d.code, str(d)) for d in Departement.objects.order_by("code")]
        for rang in range(1, DEPARTEMENTS_MAX + 1):
            champ = forms.ChoiceField(
                choices=[("", "Aucun" if rang > 1 else "Choisissez un département"), *connus],
                required=rang == 1,
                initial=departement if rang == 1 else "",
                label="Département du territoire" if rang == 1 else f"Autre département ({rang})",
                help_text="Les structures employeuses de ce département vous seront proposées." if rang == 1 else "",
                error_messages={"required": "Indiquez le département du territoire à animer."},
            )
            champ.widget.attrs["class"] = "fr-select"
            self.fields[f"departement_{rang}"] = champ

    def clean(self) -> dict[str, Any]:
        donnees = super().clean()
        codes = [donnees.get(f"departement_{rang}") for rang in range(1, DEPARTEMENTS_MAX + 1)]
        donnees["perimetre_departements"] = list(dict.fromkeys(code for code in codes if code))
        numero = donnees.get("poste_concerne")
        if numero is not None:
            donnees["poste_concerne"] = self.postes.get(numero)
            if donnees["poste_concerne"] is None:
                self.add_error("poste_concerne", NUMERO_INCONNU)
        if "cas_coordinateur" in self.fields:
            self._exiger_du_cas(donnees)
        return donnees

    def _exiger_du_cas(self, donnees: dict[str, Any]) -> None:
        cas = CAS.get(donnees.get("cas_coordinateur") or "")
        if cas is None:
            return
        for champ in cas.champs:
            if champ not in cas.facultatifs and not donnees.get(champ) and champ not in self.errors:
                self.add_error(champ, coordination.MANQUES[champ])
        if not cas.nouveau_poste:
            donnees |= {"nb_conseillers": 1}


class EtapeConsultation(FormulaireEtape):
    """S2, I.b: every structure that employs conseillers in the perimeter is consulted. Those the portal knows are
    proposed; the mail goes to their contact, whose address is not shown to somebody who only fills a form in."""

    structures = forms.MultipleChoiceField(
        required=False,
        label="Structures connues du portail dans ce périmètre",
        help_text="Décochez celles qui sont en dehors du territoire à animer.",
        widget=forms.CheckboxSelectMultiple,
    )
    aucune = forms.BooleanField(
        required=False, label="Aucune structure n’emploie de conseiller numérique dans le territoire à animer"
    )

    def __init__(
        self, *args: Any, employeuses: Iterable[Structure] = (), proposees: Iterable[Structure] = (), **kwargs: Any
    ):
        """`employeuses`: those of the départements; `proposees`: the ones ticked at first."""
        super().__init__(*args, **kwargs)
        self.employeuses = {str(structure.uuid): structure for structure in employeuses}
        if self.employeuses:
            self.fields["structures"].choices = [(cle, _presenter(s)) for cle, s in self.employeuses.items()]
            self.fields["structures"].initial = [str(structure.uuid) for structure in proposees]
        else:
            del self.fields["structures"]
        ajouter_rangees(
            self,
            "consultation",
            "Structure consultée",
            CONSULTATIONS_MAX,
            250,
            nom=forms.CharField,
            courriel=forms.EmailField,
        )

    @property
    def consultations(self) -> dict[str, Any]:
        return rangees(self, "consultation", 2)

    def clean(self) -> dict[str, Any]:
        donnees = super().clean()
        lignes = lignes_remplies(self, "consultation", ("nom", "courriel"), CONSULTATIONS_MAX)
        for ligne in lignes:
            rang = ligne.pop("rang")
            if not ligne["nom"]:
                self.add_error(f"consultation_{rang}_nom", "Indiquez le nom de la structure consultée.")
        choisies = [self.employeuses[cle] for cle in donnees.get("structures") or []]
        donnees["consultations"] = [
            *({"nom": structure.nom, "courriel": "", "structure": structure} for structure in choisies),
            *lignes,
        ]
        if donnees["consultations"] and donnees.get("aucune"):
            message = "Choisissez : des structures à consulter, ou « Aucune structure n’emploie de conseiller »."
            self.add_error("aucune", message)
        elif not donnees["consultations"] and not donnees.get("aucune") and not self.errors:
            premier = "structures" if "structures" in self.fields else "consultation_1_nom"
            message = "Nommez au moins une structure à consulter, ou cochez qu’il n’y en a aucune."
            self.add_error(premier, message)
        return donnees


def _presenter(structure: Structure) -> str:
    return avec_aide(
        structure.nom,
        f"{structure.commune.nom} ({structure.commune.departement_id}), {structure.identifiant_nomme}. "
        "Message envoyé à son contact : "
        f"{masquer_adresse(structure.contact_courriel)}.",
    )


def masquer_adresse(adresse: str) -> str:
    """« p…@ville.fr »: enough to recognise an address, not enough to write to it (R112)."""
    nom, _, domaine = adresse.rpartition("@")
    return f"{nom[:1]}…@{domaine}"
