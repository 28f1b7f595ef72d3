"""Forms of the verbs of the administration on people and bodies."""

from __future__ import annotations

from typing import Any

from django import forms

from portal.commun.acteurs import Acteur
from portal.commun.formulaires import Formulaire
from portal.comptes import acces, regles
from portal.comptes.forms.compte import AIDE_COURRIEL
from portal.comptes.models import Organisation
from portal.territoires.models import Departement, Region


class FormulaireMotif(Formulaire):
    motif = forms.CharField(
        label="Motif",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Conservé dans l’historique.",
    )


class FormulaireInvitationAdmin(Formulaire):
    """ANCT and support invite the first people of a body."""

    prenom = forms.CharField(label="Prénom", max_length=100)
    nom = forms.CharField(label="Nom", max_length=100)
    courriel = forms.EmailField(label="Adresse électronique", help_text=AIDE_COURRIEL)
    administrateur = forms.BooleanField(label="Peut inviter et retirer des collègues", required=False, initial=True)
    signataire = forms.BooleanField(label="Peut signer au nom de l’organisation", required=False)

    def __init__(self, *args: Any, acteur: Acteur, objet: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if regles.ROLE_DU_TYPE.get(objet.type) not in regles.ROLES_SIGNATAIRES:
            del self.fields["signataire"]


class FormulaireOrganisation(Formulaire):
    """Name, address and territory of a body."""

    nom = forms.CharField(label="Nom", max_length=250)
    courriel = forms.EmailField(label="Adresse électronique du service", required=False, help_text=AIDE_COURRIEL)
    departements = forms.ModelMultipleChoiceField(
        label="Départements", queryset=Departement.objects.all(), required=False
    )
    regions = forms.ModelMultipleChoiceField(label="Régions", queryset=Region.objects.all(), required=False)

    def __init__(self, *args: Any, acteur: Acteur, objet: Organisation, **kwargs: Any) -> None:
        initial = {
            "nom": objet.nom,
            "courriel": objet.courriel,
            "departements": objet.departements.all(),
            "regions": objet.regions.all(),
        }
        super().__init__(*args, initial=initial, **kwargs)
        if objet.type not in acces.TYPES_A_TERRITOIRE:
            del self.fields["departements"], self.fields["regions"]


class FormulaireDroitsAdmin(Formulaire):
    administrateur = forms.BooleanField(label="Peut inviter et retirer des collègues", required=False)
    signataire = forms.BooleanField(label="Peut signer au nom de l’organisation", required=False)
    motif = forms.CharField(label="Motif", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, acteur: Acteur, objet: Any, **kwargs: Any) -> None:
        initial = {"administrateur": objet.administrateur, "signataire": objet.signataire}
        super().__init__(*args, initial=initial, **kwargs)
