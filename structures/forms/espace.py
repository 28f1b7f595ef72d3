"""Forms of the structure's space and of the follow-up of an application."""

from __future__ import annotations

from typing import Any

from django import forms

from portal.commun.formulaires import ChampTelephone, Formulaire
from portal.territoires.champs import ChampCommune
from structures.forms.candidature import question
from structures.models import LieuExercice, Poste
from structures.regles import MOTIF_MAX


class FormulaireMotif(Formulaire):
    """A reason, asked before what cannot be undone; the label says for what."""

    motif = forms.CharField(label="Motif", max_length=1000, widget=forms.Textarea(attrs={"rows": 5}))

    def __init__(self, *args: Any, libelle: str = "Motif", aide: str = "", maximum: int = 1000, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["motif"].label = libelle
        self.fields["motif"].help_text = aide or f"{maximum} caractères au plus."
        self.fields["motif"].error_messages["required"] = "Indiquez le motif."


class FormulaireReexamen(FormulaireMotif):
    motif = forms.CharField(
        label="Motif",
        max_length=MOTIF_MAX,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": "Expliquez ce qui justifie un nouvel examen."},
    )


class FormulaireReprise(Formulaire):
    motif = forms.CharField(
        label="Ce que vous voulez corriger",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Pour vous en souvenir, et pour informer la préfecture.",
    )


class FormulaireConsultation(Formulaire):
    """The answer of one structure consulted about a coordinator (S2, I.b)."""

    favorable = forms.TypedChoiceField(
        label="Quelle est sa réponse ?",
        choices=[("oui", "Favorable"), ("non", "Défavorable")],
        coerce=lambda valeur: valeur == "oui",
        widget=forms.RadioSelect,
    )
    commentaire = forms.CharField(
        label="Commentaire",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="1 000 caractères au plus.",
    )


class FormulaireContact(Formulaire):
    contact_prenom = forms.CharField(max_length=100, **question("contact_prenom"))
    contact_nom = forms.CharField(max_length=100, **question("contact_nom"))
    contact_fonction = forms.CharField(max_length=100, **question("contact_fonction"))
    contact_courriel = forms.EmailField(max_length=254, **question("contact_courriel"))
    contact_telephone = ChampTelephone(required=False, **question("contact_telephone"))


class FormulaireLieu(Formulaire):
    nom = forms.CharField(label="Nom du lieu", max_length=150, help_text="Par exemple : Médiathèque, France services.")
    adresse = forms.CharField(label="Adresse", max_length=250, required=False, help_text="Numéro et voie.")
    commune = ChampCommune()

    def __init__(self, *args: Any, lieu: LieuExercice | None = None, **kwargs: Any):
        if lieu is not None:
            kwargs.setdefault("initial", {"nom": lieu.nom, "adresse": lieu.adresse, "commune": lieu.commune})
        super().__init__(*args, **kwargs)


class FormulaireLieuxDuPoste(Formulaire):
    """The places of one post, among those of the structure."""

    lieux = forms.ModelMultipleChoiceField(
        queryset=LieuExercice.objects.none(),
        label="Dans quels lieux travaillera le conseiller ?",
        help_text="Aucun choix : les distances sont comptées depuis le siège de la structure.",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, poste: Poste, **kwargs: Any):
        kwargs.setdefault("initial", {"lieux": list(poste.lieux.all())})
        super().__init__(*args, **kwargs)
        self.fields["lieux"].queryset = (
            LieuExercice.objects.filter(structure=poste.structure_id).select_related("commune").order_by("nom", "pk")
        )
