"""Issue, read and use the links sent to people (R23, R27, R50): single-use, purpose-bound, expiring.

A GET only reads (a mail scanner must not consume a link); the POST of the confirmation page uses it.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.db import models
from django.utils import timezone

from portal.commun.erreurs import ErreurMetier
from portal.commun.models import Jeton


class JetonInvalide(ErreurMetier):
    """Unknown, expired, used, revoked, or issued for something else; the message never says which one is secret."""


def reference(objet: models.Model) -> str:
    """« app.model:uuid », the way tokens and documents name what they are about."""
    return f"{objet._meta.label_lower}:{objet.uuid}"


def _empreinte(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def emettre_jeton(
    *, usage: str, objet: models.Model, duree: timedelta, donnees: dict[str, Any] | None = None, remplace: bool = True
) -> str:
    """Create a token and return its secret (the only time it is known). `remplace` revokes the earlier live ones."""
    if remplace:
        revoquer_jetons(usage=usage, objet=objet)
    secret = secrets.token_urlsafe(32)
    Jeton.objects.create(
        empreinte=_empreinte(secret),
        usage=usage,
        objet=reference(objet),
        donnees=donnees or {},
        expire_le=timezone.now() + duree,
    )
    return secret


def revoquer_jetons(*, usage: str, objet: models.Model) -> None:
    """End every live token of this purpose for this object."""
    Jeton.objects.filter(usage=usage, objet=reference(objet), utilise_le__isnull=True, revoque_le__isnull=True).update(
        revoque_le=timezone.now()
    )


def lire_jeton(secret: str, *, usage: str, verrouiller: bool = False) -> Jeton:
    """The live token of this secret and purpose, or `JetonInvalide` with a sentence that says what to do."""
    jetons = Jeton.objects.select_for_update(of=("self",)) if verrouiller else Jeton.objects
    jeton = jetons.filter(empreinte=_empreinte(secret), usage=usage).first()
    if jeton is None or jeton.revoque_le is not None:
        raise JetonInvalide("Ce lien n’est pas valable. Vérifiez que vous avez ouvert le dernier message reçu.")
    if jeton.utilise_le is not None:
        raise JetonInvalide("Ce lien a déjà servi.")
    if jeton.expire_le <= timezone.now():
        raise JetonInvalide("Ce lien a expiré. Demandez-en un nouveau.")
    return jeton


def retrouver_jeton(secret: str, *, usage: str) -> Jeton | None:
    """The token of this secret whatever its state: it authorises nothing, it only says what an old link was about."""
    return Jeton.objects.filter(empreinte=_empreinte(secret), usage=usage).first()


def uuid_de(jeton: Jeton, modele: type[models.Model]) -> str:
    """The UUID of the object of a token, checked to be of `modele`."""
    label, _, identifiant = jeton.objet.partition(":")
    if label != modele._meta.label_lower:
        raise JetonInvalide("Ce lien n’est pas valable.")
    return identifiant


def consommer_jeton(secret: str, *, usage: str) -> Jeton:
    """Use a token, once, under lock: to be called inside the verb it authorises."""
    jeton = lire_jeton(secret, usage=usage, verrouiller=True)
    jeton.utilise_le = timezone.now()
    jeton.save(update_fields=["utilise_le"])
    return jeton
