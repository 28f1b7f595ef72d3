"""How allauth is bent to the house: our mails, our redirects, our words."""

from __future__ import annotations

import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context as contexte_allauth
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from portal.commun import courriels
from portal.comptes import acces, second_facteur


class AdaptateurCompte(DefaultAccountAdapter):
    """Sign-up creates a person without a role, who then chooses at /espace/ what to do."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "L’adresse électronique ou le mot de passe ne sont pas corrects.",
        "too_many_login_attempts": "Trop de tentatives de connexion. Attendez quelques minutes avant de réessayer.",
        "incorrect_password": "Le mot de passe n’est pas correct.",
        "enter_current_password": "Saisissez votre mot de passe actuel.",
        "incorrect_code": "Ce code n’est pas correct ou a expiré. Saisissez celui qui est affiché maintenant.",
        "email_taken": "Un compte existe déjà avec cette adresse.",
        "duplicate_email": "Cette adresse est déjà associée à votre compte.",
        "rate_limited": "Trop de demandes en peu de temps. Attendez quelques minutes avant de réessayer.",
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Every mail of allauth goes to the outbox, with the templates of `courriels/comptes/` (R113)."""
        donnees = {cle: valeur for cle, valeur in context.items() if cle not in ("request", "current_site")}
        with transaction.atomic():
            courriels.envoyer(
                f"comptes/{template_prefix.rsplit('/', 1)[-1]}",
                destinataires=[email],
                contexte=donnees,
                objet=context.get("user"),
            )

    def clean_email(self, email: str) -> str:
        """Addresses are compared and stored without case (R43)."""
        return super().clean_email(email).lower()

    def is_safe_url(self, url: str | None) -> bool:
        """Only this very host: another allowed host is still another site."""
        request = contexte_allauth.request
        return bool(url) and url_has_allowed_host_and_scheme(
            url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )

    def is_reauthentication_required(self, *, app: str = "") -> bool:
        """Somebody who has just signed in is not asked for the password a second time."""
        request = contexte_allauth.request
        if request is not None and request.user.is_authenticated:
            signatures = get_authentication_records(request, request.user)
            if signatures and time.time() - signatures[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT:
                return False
        return super().is_reauthentication_required(app=app)

    def get_logout_redirect_url(self, request: Any) -> str:
        return "/"

    def get_email_verification_redirect_url(self, email_address: Any) -> str:
        return reverse("espace") if self.request.user.is_authenticated else reverse("account_login")

    def get_password_change_redirect_url(self, request: Any) -> str:
        return reverse("comptes:compte")


class AdaptateurMFA(DefaultMFAAdapter):
    """The second factor: French messages, and agents cannot switch theirs off."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "Ce code n’est pas correct ou a expiré. Saisissez celui qui est affiché maintenant.",
        "cannot_delete_authenticator": "Votre rôle rend le second facteur obligatoire : il ne peut pas être désactivé.",
        "unverified_email": "Confirmez d’abord votre adresse électronique.",
    }

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        utilisateur = authenticator.user
        if not settings.MFA_OBLIGATOIRE_POUR_AGENTS:
            return True
        return not second_facteur.est_exige(utilisateur, acces.rattachements_de(utilisateur))
