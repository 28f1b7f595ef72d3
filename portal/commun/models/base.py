"""The base of every domain object: a UUID for the outside, dates, and a signed history (R110)."""

from __future__ import annotations

import uuid as uuid_module
from collections.abc import Collection
from typing import Any, Self

from django.db import models
from django.dispatch import receiver
from simple_history.models import HistoricalRecords
from simple_history.signals import pre_create_historical_record

from portal.commun.journal import contexte_courant
from portal.commun.roles import Role


class HistoriqueSigne(models.Model):
    """What each history row says besides django-simple-history's own columns: the role of its author."""

    history_role = models.CharField("en tant que", max_length=20, choices=Role.choices, default=Role.SYSTEME)

    class Meta:
        abstract = True


def auteur_du_journal(instance: models.Model, request: Any = None, **kwargs: Any) -> Any:
    contexte = contexte_courant()
    if contexte is None or contexte.acteur.utilisateur_id is None:
        return None
    from django.contrib.auth import get_user_model

    # Only the key is written: no need to read the person again for each row.
    return get_user_model()(pk=contexte.acteur.utilisateur_id)


class HistoriqueUtile(HistoricalRecords):
    """A history of changes: the same form sent twice, or saved as it was, does not say that something happened (R110).

    A new reason makes a row by itself: somebody stated something, even if no column moved.
    """

    def post_save(self, instance: models.Model, created: bool, using: str | None = None, **kwargs: Any) -> None:
        # Saving the date alone is how a verb says « done again » (a link sent again).
        repete = kwargs.get("update_fields") == frozenset({"modifie_le"})
        champs = [champ for champ in self.fields_included(instance) if not getattr(champ, "auto_now", False)]
        if created or repete or self._a_change(instance, champs) or not self._deja_dit(instance, champs):
            super().post_save(instance, created, using=using, **kwargs)
        instance._lu = {champ.attname: _valeur_gardee(champ, instance) for champ in champs}

    def _a_change(self, instance: models.Model, champs: list[models.Field]) -> bool:
        """A column is not what it was when the row was read or last saved: no need to ask the history.

        A list or a dictionary may have been changed in place: it proves nothing, and the history is asked.
        """
        lu = getattr(instance, "_lu", None)
        return lu is not None and any(
            champ.attname in lu and lu[champ.attname] != _valeur_gardee(champ, instance) for champ in champs
        )

    def _deja_dit(self, instance: models.Model, champs: list[models.Field]) -> bool:
        """The last row of the history says all that this one would."""
        colonnes = ["history_change_reason", *[champ.attname for champ in champs]]
        lignes = getattr(type(instance), self.manager_name).filter(**{instance._meta.pk.attname: instance.pk})
        # `history_id` settles what two rows of the same instant leave open.
        derniere = lignes.order_by("-history_date", "-history_id").values(*colonnes).first()
        contexte = contexte_courant()
        motif = getattr(instance, "_change_reason", None) or (contexte.motif if contexte else "")
        return (
            derniere is not None
            and (not motif or motif == derniere["history_change_reason"])
            and all(derniere[champ.attname] == _valeur_gardee(champ, instance) for champ in champs)
        )


def _valeur_gardee(champ: models.Field, instance: models.Model) -> Any:
    valeur = getattr(instance, champ.attname)
    # The history keeps the name of a file.
    return str(valeur) if isinstance(champ, models.FileField) else valeur


class ModeleIdentifie(models.Model):
    """Numeric key inside, UUID outside (in URLs; it authorises nothing), dates."""

    uuid = models.UUIDField(default=uuid_module.uuid4, unique=True, editable=False)
    cree_le = models.DateTimeField("créé le", auto_now_add=True)
    modifie_le = models.DateTimeField("modifié le", auto_now=True)

    class Meta:
        abstract = True

    # What `HistoriqueUtile` compares with: the columns as they were read or last saved; None when it cannot be known.
    _lu: dict[str, Any] | None = None

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any]) -> Self:
        instance = super().from_db(db, field_names, values)
        instance._lu = dict(zip(field_names, values, strict=False))
        return instance

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        super().refresh_from_db(*args, **kwargs)
        self._lu = None


class ModeleDeBase(ModeleIdentifie):
    """The base of every domain object: identified, dated, and each change kept with its author, role and reason."""

    history = HistoriqueUtile(
        inherit=True,
        bases=[HistoriqueSigne],
        get_user=auteur_du_journal,
        history_change_reason_field=models.TextField(null=True),  # noqa: DJ001 - the library leaves it null
    )

    class Meta:
        abstract = True


@receiver(pre_create_historical_record, dispatch_uid="commun.signer_historique")
def signer_historique(sender: Any, history_instance: Any = None, **kwargs: Any) -> None:
    """Sign each history row with the role and the reason of the verb being run."""
    contexte = contexte_courant()
    if contexte is None or history_instance is None:
        return
    history_instance.history_role = contexte.acteur.role
    if contexte.motif and not history_instance.history_change_reason:
        history_instance.history_change_reason = contexte.motif
