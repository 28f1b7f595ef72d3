"""The second factor of agents (issue 2 §4): compulsory outside the demo, checked at each request.

A session opened before its owner had a second factor never becomes good by itself: somebody holding only the password
must not be let in because the real owner activates the second factor elsewhere. Such a session is marked at sign-in;
the mark goes away only by activating the second factor in that very session, or by signing in again.
"""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest

from portal.commun.roles import ROLES_AGENTS

MARQUE = "ouverte_sans_second_facteur"


def possede_second_facteur(utilisateur: Any) -> bool:
    """Recovery codes alone are no second factor: they only stand in for the TOTP application."""
    return Authenticator.objects.filter(user=utilisateur, type=Authenticator.Type.TOTP).exists()


def est_exige(utilisateur: Any, rattachements: list[Any]) -> bool:
    """True for whoever holds one role of agent, whatever the role acted in now, and for technical support."""
    if not settings.MFA_OBLIGATOIRE_POUR_AGENTS:
        return False
    return utilisateur.is_superuser or any(rattachement.role in ROLES_AGENTS for rattachement in rattachements)


def session_suffisante(request: HttpRequest) -> bool:
    return MARQUE not in request.session


def _a_la_connexion(sender: Any, request: HttpRequest | None, user: Any, **kwargs: Any) -> None:
    if request is None or not hasattr(request, "session"):
        return
    if possede_second_facteur(user):
        request.session.pop(MARQUE, None)
    else:
        request.session[MARQUE] = True


def _a_l_activation(sender: Any, request: HttpRequest | None, **kwargs: Any) -> None:
    if request is not None and hasattr(request, "session"):
        request.session.pop(MARQUE, None)


def ecouter() -> None:
    """Called once at start-up."""
    user_logged_in.connect(_a_la_connexion, dispatch_uid="comptes.second_facteur.connexion")
    authenticator_added.connect(_a_l_activation, dispatch_uid="comptes.second_facteur.activation")
