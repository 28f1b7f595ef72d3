"""Forms of the team, of the invitation and of one's own account."""

from __future__ import annotations

from typing import Any

from django import forms

from portal.commun.formulaires import Formulaire
from portal.comptes import regles
from portal.comptes.forms.compte import AIDE_COURRIEL, AIDE_MOT_DE_PASSE


class _Droits(forms.Form):
    administrateur = forms.BooleanField(
        label="Peut inviter et retirer des collègues",
        required=False,
        help_text="Cette personne devient administratrice de votre équipe.",
    )
    signataire = forms.BooleanField(
        label="Peut signer au nom de l’organisation",
        required=False,
        help_text="Pour la convention de subvention et ses avenants.",
    )

    def retirer_signature(self, role: str) -> None:
        """Bodies that sign nothing are not asked who signs (R63)."""
        if role not in regles.ROLES_SIGNATAIRES:
            del self.fields["signataire"]


class FormulaireInvitation(Formulaire, _Droits):
    """Who to invite, and with which rights."""

    courriel = forms.EmailField(label="Adresse électronique", help_text=AIDE_COURRIEL)
    prenom = forms.CharField(label="Prénom", max_length=100)
    nom = forms.CharField(label="Nom", max_length=100)
    field_order = ["prenom", "nom", "courriel", "administrateur", "signataire"]

    def __init__(self, *args: Any, role: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.retirer_signature(role)


class FormulaireDroits(Formulaire, _Droits):
    """The rights of a colleague."""

    def __init__(self, *args: Any, role: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.retirer_signature(role)


class FormulaireAcceptation(Formulaire):
    """Somebody new: names and a password; the address is the invitation's."""

    prenom = forms.CharField(
        label="Prénom", max_length=100, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    nom = forms.CharField(label="Nom", max_length=100, widget=forms.TextInput(attrs={"autocomplete": "family-name"}))
    mot_de_passe = forms.CharField(
        label="Mot de passe",
        strip=False,
        help_text=AIDE_MOT_DE_PASSE,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    confirmation = forms.CharField(
        label="Mot de passe, une seconde fois",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or self.cleaned_data
        un, deux = donnees.get("mot_de_passe"), donnees.get("confirmation")
        if un and deux and un != deux:
            self.add_error("confirmation", "Les deux mots de passe ne sont pas identiques.")
        return donnees


class FormulaireIdentite(Formulaire):
    """One's own names."""

    prenom = forms.CharField(
        label="Prénom", max_length=100, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    nom = forms.CharField(label="Nom", max_length=100, widget=forms.TextInput(attrs={"autocomplete": "family-name"}))
