"""The forms of the second factor in the design system."""

from __future__ import annotations

from typing import Any

from allauth.mfa.base import forms as base
from allauth.mfa.recovery_codes.forms import GenerateRecoveryCodesForm
from allauth.mfa.totp.forms import ActivateTOTPForm, DeactivateTOTPForm
from django import forms

from portal.commun.formulaires import Formulaire
from portal.comptes.forms.compte import regler


def _regler_code(form: forms.BaseForm, aide: str) -> None:
    regler(form, "code", "Code de sécurité", aide, "one-time-code")


class Authentification(Formulaire, base.AuthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _regler_code(
            self, "Les 6 chiffres affichés par votre application, ou un code de secours si vous n’avez plus l’appareil."
        )


class Reauthentification(Formulaire, base.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _regler_code(self, "Les 6 chiffres affichés par votre application, ou un code de secours.")


class Activation(Formulaire, ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _regler_code(self, "Les 6 chiffres que l’application affiche pour « Conseiller numérique ».")
        self.fields["code"].widget.attrs["inputmode"] = "numeric"


class Desactivation(Formulaire, DeactivateTOTPForm):
    """Only a confirmation."""


class CodesDeSecours(Formulaire, GenerateRecoveryCodesForm):
    """Only a confirmation."""
