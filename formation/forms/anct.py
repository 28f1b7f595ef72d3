"""What ANCT types about training bodies and their lots, in the administration (R80)."""

from __future__ import annotations

from typing import Any

from django import forms

from formation.enums import Modalite
from formation.models import Lot, Organisme
from portal.commun.acteurs import Acteur
from portal.commun.formulaires import ChampTelephone, Formulaire
from portal.territoires.models import Region


class FormulaireOrganisme(Formulaire):
    """The contact details that the structures read; the people of the body are invited from its organisation."""

    nom = forms.CharField(label="Nom", max_length=200)
    courriel = forms.EmailField(
        label="Adresse électronique",
        max_length=254,
        help_text="Elle est montrée aux structures et reçoit les messages du portail. Format attendu : nom@domaine.fr",
    )
    telephone = ChampTelephone(label="Téléphone", required=False)
    contact = forms.CharField(label="Personne ou service à contacter", max_length=200, required=False)

    def __init__(self, *args: Any, acteur: Acteur, objet: Organisme | None = None, **kwargs: Any):
        if objet is not None:
            kwargs["initial"] = {nom: getattr(objet, nom) for nom in ("nom", "courriel", "telephone", "contact")}
        super().__init__(*args, **kwargs)


class FormulaireLot(Formulaire):
    """In person: régions. Remote: régions, or the whole country."""

    nom = forms.CharField(label="Nom du lot", max_length=150)
    modalite = forms.ChoiceField(label="Modalité", choices=Modalite.choices, widget=forms.RadioSelect)
    national = forms.BooleanField(
        label="Tout le territoire", required=False, help_text="Pour un lot à distance seulement."
    )
    regions = forms.ModelMultipleChoiceField(
        label="Régions",
        queryset=Region.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="À choisir, sauf pour un lot qui couvre tout le territoire.",
    )

    def __init__(self, *args: Any, acteur: Acteur, objet: Lot | Organisme | None = None, **kwargs: Any):
        if isinstance(objet, Lot):
            kwargs["initial"] = {
                "nom": objet.nom,
                "modalite": objet.modalite,
                "national": objet.national,
                "regions": list(objet.regions.all()),
            }
        super().__init__(*args, **kwargs)
