"""What the nightly clean-up deletes: dead tokens, expired private files, old traces of jobs, sessions, mails.

A floor adds its own in `<app>/purges.py`: a function of the day that returns how many it deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.db import models
from django.db.models import Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules

from portal.commun.acteurs import Acteur
from portal.commun.courriels import purger_courriels
from portal.commun.documents import documents_expires, fichiers_orphelins, supprimer_document
from portal.commun.models import Document, ExecutionTache, Jeton

# A dead link is kept a while so that its page can say « expired » or « already used » instead of « unknown ».
JETONS_MORTS = timedelta(days=90)
EXECUTIONS = timedelta(days=60)
# R111: what somebody typed and never confirmed (R23, R42). The mails take the figure from here: four times the life of
# a link, counted from the last one that was sent, so that nobody who asked for another finds nothing behind it.
JAMAIS_CONFIRME = timedelta(days=30)
MOTIF_JAMAIS_CONFIRME = "Jamais confirmée : durée de conservation atteinte"

FonctionPurge = Callable[[date], int]
_purges: dict[str, FonctionPurge] = {}


def purge(nom: str) -> Callable[[FonctionPurge], FonctionPurge]:
    """Register a function that deletes what may go on a day and returns how many it deleted."""

    def enregistrer(fonction: FonctionPurge) -> FonctionPurge:
        deja = _purges.get(nom)
        if deja is not None and deja.__qualname__ != fonction.__qualname__:
            raise ValueError(f"clean-up declared twice: {nom}")
        _purges[nom] = fonction
        return fonction

    return enregistrer


def purges() -> dict[str, FonctionPurge]:
    """What the floors delete, by name."""
    autodiscover_modules("purges")
    return dict(sorted(_purges.items()))


def jamais_confirmes(objets: models.QuerySet[Any], *, usage: str, jour: date) -> models.QuerySet[Any]:
    """R111: those of `objets`, none of them confirmed, that may go on `jour`: no link `usage` since the delay."""
    limite = jour - JAMAIS_CONFIRME
    nom = Concat(Value(f"{objets.model._meta.label_lower}:"), Cast(OuterRef("uuid"), models.TextField()))
    relances = Jeton.objects.filter(usage=usage, objet=nom, emis_le__date__gt=limite)
    return objets.filter(~Exists(relances), cree_le__date__lte=limite).order_by("pk")


def effacer(objet: Any, *, motif: str, vides: Mapping[str, Any]) -> None:
    """Delete a row for good. Of its history one line stays (R110): that it existed, when it went and why; `vides` says
    what that line no longer tells (R111)."""
    modele, cle = type(objet), objet.pk
    objet._change_reason = motif
    objet.delete()
    historique = modele.history.filter(**{modele._meta.pk.attname: cle})
    derniere = historique.order_by("history_id").last()
    historique.exclude(pk=derniere.pk).delete()
    historique.filter(pk=derniere.pk).update(**vides)


def purger(jour: date) -> dict[str, int]:
    """Everything that may go on `jour`; run again, it deletes nothing more."""
    maintenant = timezone.now()
    return {
        "documents": _documents(jour),
        "orphelins": _orphelins(jour),
        "jetons": Jeton.objects.filter(expire_le__lt=maintenant - JETONS_MORTS).delete()[0],
        "executions": ExecutionTache.objects.filter(debut__lt=maintenant - EXECUTIONS).delete()[0],
        "sessions": Session.objects.filter(expire_date__lt=maintenant).delete()[0],
        "courriels": purger_courriels(),
        **{nom: fonction(jour) for nom, fonction in purges().items()},
    }


def _documents(jour: date) -> int:
    portail = Acteur.systeme()
    nombre = 0
    for document in documents_expires(jour).iterator():
        supprimer_document(acteur=portail, document=document, motif="Durée de conservation atteinte")
        nombre += 1
    return nombre


def _orphelins(jour: date) -> int:
    """Only files older than a day: the transaction of a younger one may still be open."""
    stockage = Document._meta.get_field("fichier").storage
    mois = {jour.replace(day=1), (jour.replace(day=1) - timedelta(days=1)).replace(day=1)}
    limite = timezone.now() - timedelta(days=1)
    vieux = [chemin for chemin in fichiers_orphelins(sorted(mois)) if stockage.get_modified_time(chemin) < limite]
    for chemin in vieux:
        stockage.delete(chemin)
    return len(vieux)
