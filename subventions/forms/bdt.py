"""What the gestionnaires of the Banque des Territoires type, and the filters of their queue."""

from __future__ import annotations

from typing import Any

from django import forms

from portal.commun.formulaires import Formulaire
from structures.regimes import CodeRegime
from subventions.actions.communs import TEXTE_MAX
from subventions.actions.instruction import MOTIF_PIECE_MAX
from subventions.enums import LIBELLES_BDT, EtatDossier
from subventions.file_attente import A_INSTRUIRE, LIBELLES_TRAITEMENT, TOUS


class FormulaireRefusPiece(Formulaire):
    motif = forms.CharField(
        label="Motif du refus",
        max_length=MOTIF_PIECE_MAX,
        help_text="Il est montré à la structure : dites ce qu’elle doit fournir.",
        widget=forms.Textarea({"rows": 4}),
    )


class FormulaireComplement(Formulaire):
    texte = forms.CharField(
        label="Ce que vous attendez de la structure", max_length=TEXTE_MAX, widget=forms.Textarea({"rows": 6})
    )


class FormulaireRejet(Formulaire):
    motif = forms.CharField(
        label="Motif du rejet",
        max_length=TEXTE_MAX,
        help_text="Il est communiqué à la structure, qui pourra corriger le dossier et le déposer de nouveau.",
        widget=forms.Textarea({"rows": 6}),
    )


class FormulaireDispense(Formulaire):
    """For ANCT, in the administration (R3)."""

    motif = forms.CharField(
        label="Motif de la dispense d’annonce",
        max_length=MOTIF_PIECE_MAX,
        help_text="Il est communiqué à la structure.",
        widget=forms.Textarea({"rows": 4}),
    )


class FiltreFile(Formulaire):
    """The queue's filters live in the address; an unknown value shows what can be chosen."""

    q = forms.CharField(
        label="Recherche", required=False, max_length=100, help_text="Numéro du dossier, structure, SIRET ou candidat."
    )
    etat = forms.ChoiceField(
        label="État",
        required=False,
        choices=[
            (A_INSTRUIRE, "En cours d’instruction"),
            *[(etat.value, LIBELLES_BDT[etat]) for etat in EtatDossier],
            (TOUS, "Tous les états"),
        ],
    )
    regime = forms.ChoiceField(label="Appel", required=False, choices=[("", "Tous les appels"), *CodeRegime.choix()])
    departement = forms.ChoiceField(label="Département", required=False)
    traitement = forms.ChoiceField(
        label="Gestionnaire", required=False, choices=[("", "Tous les dossiers"), *LIBELLES_TRAITEMENT]
    )

    def __init__(self, *args: Any, departements: list[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["departement"].choices = [("", "Tous les départements"), *departements]
