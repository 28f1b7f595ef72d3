"""Private files: one function to store, one registry that says who may read, one view that serves.

The owning app names each nature of document in its `AppConfig.ready`, with the rule of who reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.files.base import ContentFile
from django.db import models, transaction
from django.http import Http404
from django.utils import timezone

from portal.commun.acteurs import Acteur
from portal.commun.fichiers import controler_fichier
from portal.commun.jetons import reference
from portal.commun.models import Document, LectureDocument
from portal.commun.verbes import verbe


@dataclass(frozen=True, slots=True)
class Nature:
    """A kind of document: its label, who reads it, and whether each reading is kept (R44: the CV)."""

    nom: str
    libelle: str
    peut_lire: Callable[[Acteur, Document], bool]
    trace: bool


_natures: dict[str, Nature] = {}


def enregistrer_nature(
    nature: str, libelle: str, peut_lire: Callable[[Acteur, Document], bool], *, trace: bool = False
) -> None:
    """Declare a nature of document; a nature has one rule, declared once."""
    deja = _natures.get(nature)
    if deja is not None and deja.peut_lire is not peut_lire:
        raise ValueError(f"nature of document declared twice: {nature}")
    _natures[nature] = Nature(nature, libelle, peut_lire, trace)


def nature_de(document: Document) -> Nature:
    """The declared nature of a document."""
    return _natures[document.nature]


@verbe
def deposer_document(
    *,
    acteur: Acteur,
    nature: str,
    objet: models.Model,
    fichier: Any = None,
    contenu: bytes | None = None,
    nom: str = "",
    types: Iterable[str] = ("pdf",),
    taille_max: int | None = None,
    expire_le: date | None = None,
    champ: str | None = None,
) -> Document:
    """Check and store a private file about `objet`; `contenu` is for a file that the portal made itself."""
    if nature not in _natures:
        raise KeyError(f"unknown nature of document: {nature}")
    controle = controler_fichier(
        fichier if contenu is None else contenu, types=types, taille_max=taille_max, nom=nom, champ=champ
    )
    document = Document(
        nature=nature,
        objet=reference(objet),
        nom=controle.nom,
        type_mime=controle.type_mime,
        extension=controle.extension,
        taille=controle.taille,
        empreinte=controle.empreinte,
        depose_par_id=acteur.utilisateur_id,
        expire_le=expire_le,
    )
    document.fichier.save(controle.nom, ContentFile(controle.contenu), save=False)
    document.save()
    return document


@verbe
def supprimer_document(*, acteur: Acteur, document: Document, motif: str = "") -> Document:
    """Delete the file for good and keep the line that says it existed (R44, R111)."""
    document = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
    if document.supprime_le is not None:
        return document
    stockage, chemin = document.fichier.storage, document.fichier.name
    document.supprime_le = timezone.now()
    document.save(update_fields=["supprime_le", "modifie_le"])
    # Only once the line is committed: a rolled back deletion must not lose the file.
    transaction.on_commit(lambda: stockage.delete(chemin), robust=True)
    return document


def documents_de(objet: models.Model, *natures: str) -> models.QuerySet[Document]:
    """The present documents of an object, newest first."""
    documents = Document.objects.filter(objet=reference(objet), supprime_le__isnull=True)
    if natures:
        documents = documents.filter(nature__in=natures)
    return documents.order_by("-cree_le", "-pk")


def obtenir_document(acteur: Acteur, uuid: Any) -> Document:
    """The document if `acteur` may read it, 404 otherwise: its existence is not told (R44, R112)."""
    document = Document.objects.filter(uuid=uuid, supprime_le__isnull=True).first()
    if document is None or document.nature not in _natures or not nature_de(document).peut_lire(acteur, document):
        raise Http404("document")
    return document


def noter_lecture(acteur: Acteur, document: Document) -> None:
    """Keep who read a document of a traced nature, so that its owner sees it (R44)."""
    if not nature_de(document).trace:
        return
    LectureDocument.objects.create(
        document=document,
        utilisateur_id=acteur.utilisateur_id,
        organisation_id=acteur.organisation_id,
        role=acteur.role,
    )


def documents_expires(jour: date) -> models.QuerySet[Document]:
    """The documents whose time is over on `jour` (R44: a CV lives six months)."""
    return Document.objects.filter(expire_le__lte=jour, supprime_le__isnull=True).order_by("pk")


def fichiers_orphelins(mois: Iterable[date]) -> list[str]:
    """Stored files that no line describes: left behind when the transaction of an upload was undone."""
    stockage = Document._meta.get_field("fichier").storage
    orphelins = []
    for nature in _natures:
        for jour in mois:
            dossier = f"{nature}/{jour:%Y/%m}"
            chemins = {f"{dossier}/{nom}" for nom in _lister(stockage, dossier)}
            connus = set(Document.objects.filter(fichier__in=chemins).values_list("fichier", flat=True))
            orphelins += sorted(chemins - connus)
    return orphelins


def _lister(stockage: Any, dossier: str) -> list[str]:
    try:
        return stockage.listdir(dossier)[1]
    except FileNotFoundError:
        return []
