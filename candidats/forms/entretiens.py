"""Interviews and their evaluation (R52): slots, the candidate's choice, the grid."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone

from candidats import grille
from candidats.creneaux import CRENEAUX_MAX, DUREES_MIN, verifier_creneaux
from candidats.models import Entretien, Evaluation
from portal.commun.affichage import moment
from portal.commun.formulaires import ChampDate, Formulaire, ajouter_manquements, avec_aide


def _heure(libelle: str, **options: Any) -> forms.TimeField:
    return forms.TimeField(
        label=libelle,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        input_formats=["%H:%M", "%Hh%M", "%H h %M", "%Hh"],
        error_messages={"invalid": "Saisissez une heure, par exemple 14:30."},
        **options,
    )


class EntretienForm(Formulaire):
    """One slot; day and hour are two fields, which every browser knows how to ask."""

    # What each slot is made of: the field of the day, then that of the hour.
    CRENEAUX = (("jour", "heure"),)

    jour = ChampDate(label="Date")
    heure = _heure("Heure", help_text="Heure de Paris, par exemple 14:30")
    duree_min = forms.TypedChoiceField(
        label="Durée", coerce=int, choices=[(duree, f"{duree} minutes") for duree in DUREES_MIN], initial=45
    )
    lieu = forms.CharField(label="Lieu ou lien de visioconférence", max_length=250)
    message = forms.CharField(
        label="Message à la personne", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 4})
    )
    # A rule of the verb is about the moment; people correct it in the day.
    champs_des_regles = {"debut": "jour", "debut_2": "jour_2", "debut_3": "jour_3"}

    def clean(self) -> dict[str, Any]:
        donnees = super().clean()
        debuts, jours = [], []
        for champ_jour, champ_heure in self.CRENEAUX:
            jour, heure = donnees.pop(champ_jour, None), donnees.pop(champ_heure, None)
            if jour and heure:
                debuts.append(timezone.make_aware(dt.datetime.combine(jour, heure)))
                jours.append(champ_jour)
            elif (jour or heure) and not {champ_jour, champ_heure} & set(self.errors):
                manquant = champ_heure if jour else champ_jour
                self.add_error(manquant, "Indiquez la date et l’heure de ce créneau, ou laissez les deux vides.")
        self._verifier(debuts, jours)
        return {**donnees, **self._debuts(debuts)}

    def _verifier(self, debuts: list[dt.datetime], jours: list[str]) -> None:
        """The moments only: what else is wrong is next to its own field already."""
        manquements = verifier_creneaux(debuts, duree_min=DUREES_MIN[0], lieu="—", maintenant=timezone.now())
        par_rang = {"debut": 0, "debut_2": 1, "debut_3": 2}
        for manquement in manquements if debuts else []:
            self.add_error(jours[par_rang[manquement.champ]], manquement.message)

    def _debuts(self, debuts: list[dt.datetime]) -> dict[str, Any]:
        return {"debut": debuts[0]} if debuts else {}

    @staticmethod
    def initial_de(entretien: Entretien) -> dict[str, Any]:
        debut = timezone.localtime(entretien.debut)
        communs = {nom: getattr(entretien, nom) for nom in ("duree_min", "lieu", "message")}
        return {"jour": debut.date(), "heure": debut.time(), **communs}


class CreneauxForm(EntretienForm):
    """R52: one to three slots in one message."""

    CRENEAUX = (("jour", "heure"), ("jour_2", "heure_2"), ("jour_3", "heure_3"))

    jour_2 = ChampDate(label="Deuxième date", required=False)
    heure_2 = _heure("Deuxième heure", required=False)
    jour_3 = ChampDate(label="Troisième date", required=False)
    heure_3 = _heure("Troisième heure", required=False)
    field_order = ("jour", "heure", "jour_2", "heure_2", "jour_3", "heure_3", "duree_min", "lieu", "message")

    def _debuts(self, debuts: list[dt.datetime]) -> dict[str, Any]:
        return {"debuts": debuts[:CRENEAUX_MAX]}


class ReponseCreneauxForm(Formulaire):
    """R51, R52: choose one of the slots, or say that none suits; a word may go with it."""

    AUCUN = "aucun"

    choix = forms.ChoiceField(label="Quelle date choisissez-vous ?", widget=forms.RadioSelect)
    mot = forms.CharField(
        label="Un mot à la structure",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Par exemple vos disponibilités. La structure lit ce texte.",
    )

    def __init__(self, *args: Any, creneaux: Sequence[Entretien], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dates = [
            (str(creneau.uuid), avec_aide(f"Le {moment(creneau.debut)}", f"{creneau.duree_min} minutes"))
            for creneau in creneaux
        ]
        aucune = "Aucune de ces dates ne me convient" if len(dates) > 1 else "Cette date ne me convient pas"
        self.fields["choix"].choices = [*dates, (self.AUCUN, aucune)]


class EmpechementForm(Formulaire):
    """R51: an accepted interview to which the person can no longer come.

    It says so itself (`choix`): the choice of a date sent twice must not become its cancellation.
    """

    choix = forms.CharField(required=False, initial=ReponseCreneauxForm.AUCUN, widget=forms.HiddenInput)
    mot = forms.CharField(
        label="Un mot à la structure",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Par exemple vos autres disponibilités. La structure lit ce texte.",
    )

    def clean(self) -> dict[str, Any]:
        donnees = super().clean()
        if donnees.get("choix") != ReponseCreneauxForm.AUCUN:
            raise forms.ValidationError(
                "Vous avez déjà choisi une date. Si vous ne pouvez plus venir, envoyez ce formulaire."
            )
        return donnees


def _niveaux(critere: grille.Critere) -> forms.TypedChoiceField:
    niveaux = zip(grille.NIVEAUX, critere.niveaux, strict=True)
    return forms.TypedChoiceField(
        label=critere.libelle,
        help_text=critere.question,
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
        choices=[*((n, avec_aide(f"Niveau {n}", phrase)) for n, phrase in niveaux), ("", "Non évalué")],
        initial="",
    )


# The criteria are data: so are their fields.
_ChampsDeLaGrille = type(
    "_ChampsDeLaGrille", (Formulaire,), {critere.code: _niveaux(critere) for critere in grille.CRITERES}
)


class EvaluationForm(_ChampsDeLaGrille):
    """R52: one level per criterion, each said in a sentence; « Non évalué » is an answer."""

    avis = forms.ChoiceField(label="Avis d’ensemble", widget=forms.RadioSelect, choices=grille.Avis.choix())
    commentaire = forms.CharField(
        label="Commentaire",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Des faits utiles au choix. La personne peut demander à lire ce qui est écrit d’elle.",
    )

    def clean(self) -> dict[str, Any]:
        donnees = super().clean()
        notes = {code: note for code in grille.CODES if (note := donnees.pop(code, None)) is not None}
        if "avis" in donnees:
            ajouter_manquements(self, grille.verifier_grille(notes, donnees["avis"]))
        return {**donnees, "notes": notes}

    @staticmethod
    def initial_de(evaluation: Evaluation | None) -> dict[str, Any]:
        if evaluation is None:
            return {}
        return {"avis": evaluation.avis, "commentaire": evaluation.commentaire, **evaluation.notes}
