"""The forms of allauth in the design system, with our labels; what they check stays allauth's."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as allauth_forms
from django import forms
from django.http import HttpRequest

from portal.commun.formulaires import Formulaire
from portal.comptes.models import Utilisateur

AIDE_COURRIEL = "Format attendu : nom@domaine.fr"
AIDE_MOT_DE_PASSE = "Au moins 12 caractères, qui ne soient ni courants, ni votre nom, ni seulement des chiffres."


def regler(form: forms.BaseForm, nom: str, libelle: str, aide: str = "", autocomplete: str = "") -> None:
    """Label, hint and autocomplete of a field declared by allauth; a placeholder is no label (RGAA): it goes."""
    champ = form.fields.get(nom)
    if champ is None:
        return
    champ.label, champ.help_text = libelle, aide
    champ.error_messages["required"] = f"Remplissez ce champ : {libelle[:1].lower()}{libelle[1:]}."
    champ.widget.attrs.pop("placeholder", None)
    if autocomplete:
        champ.widget.attrs["autocomplete"] = autocomplete
    # A field bound before keeps the earlier words.
    form._bound_fields_cache.pop(nom, None)


class Inscription(Formulaire, allauth_forms.SignupForm):
    """Names are asked at once: mails and colleagues need them."""

    prenom = forms.CharField(label="Prénom", max_length=100)
    nom = forms.CharField(label="Nom", max_length=100)
    field_order = ["prenom", "nom", "email", "password1", "password2"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        regler(self, "prenom", "Prénom", autocomplete="given-name")
        regler(self, "nom", "Nom", autocomplete="family-name")
        regler(self, "email", "Adresse électronique", AIDE_COURRIEL, "email")
        regler(self, "password1", "Mot de passe", AIDE_MOT_DE_PASSE, "new-password")
        regler(self, "password2", "Mot de passe, une seconde fois", autocomplete="new-password")

    def custom_signup(self, request: HttpRequest, user: Utilisateur) -> None:
        user.prenom, user.nom = self.cleaned_data["prenom"].strip(), self.cleaned_data["nom"].strip()
        user.save(update_fields=["prenom", "nom", "modifie_le"])


class Connexion(Formulaire, allauth_forms.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        regler(self, "login", "Adresse électronique", AIDE_COURRIEL, "email")
        regler(self, "password", "Mot de passe", autocomplete="current-password")
        regler(self, "remember", "Rester connecté sur cet appareil", "À ne pas cocher sur un ordinateur partagé.")


class AjoutAdresse(Formulaire, allauth_forms.AddEmailForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        regler(self, "email", "Nouvelle adresse électronique", AIDE_COURRIEL, "email")


class ChangementMotDePasse(Formulaire, allauth_forms.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        regler(self, "oldpassword", "Mot de passe actuel", autocomplete="current-password")
        regler(self, "password1", "Nouveau mot de passe", AIDE_MOT_DE_PASSE, "new-password")
        regler(self, "password2", "Nouveau mot de passe, une seconde fois", autocomplete="new-password")


class DefinitionMotDePasse(Formulaire, allauth_forms.SetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        regler(self, "password1", "Mot de passe", AIDE_MOT_DE_PASSE, "new-password")
        regler(self, "password2", "Mot de passe, une seconde fois", autocomplete="new-password")


class DemandeReinitialisation(Formulaire, allauth_forms.ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        regler(self, "email", "Adresse électronique de votre compte", AIDE_COURRIEL, "email")


class Reinitialisation(Formulaire, allauth_forms.ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        regler(self, "password1", "Nouveau mot de passe", AIDE_MOT_DE_PASSE, "new-password")
        regler(self, "password2", "Nouveau mot de passe, une seconde fois", autocomplete="new-password")


class Reauthentification(Formulaire, allauth_forms.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        regler(self, "password", "Votre mot de passe", autocomplete="current-password")
