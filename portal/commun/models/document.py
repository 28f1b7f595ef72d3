"""Private files: stored outside the web root, described here, served only by a view that checks who asks."""

from __future__ import annotations

import uuid as uuid_module

from django.core.files.storage import storages
from django.db import models
from django.utils import timezone

from portal.commun.models.base import ModeleDeBase


def _chemin(document: Document, nom: str) -> str:
    # The name given by a person never becomes a path; the extension comes from the checked content.
    jour = timezone.localdate()
    return f"{document.nature}/{jour:%Y/%m}/{uuid_module.uuid4().hex}.{document.extension}"


def stockage_prive():
    """The private storage, resolved late so that each environment has its own."""
    return storages["prive"]


class Document(ModeleDeBase):
    """One private file. `nature` chooses the rule of access (see `portal.commun.documents`)."""

    nature = models.SlugField("nature", max_length=60)
    objet = models.CharField("rattaché à", max_length=80, db_index=True)
    fichier = models.FileField("fichier", storage=stockage_prive, upload_to=_chemin, max_length=200)
    nom = models.CharField("nom d’origine", max_length=150)
    type_mime = models.CharField("type", max_length=100)
    extension = models.CharField(max_length=10)
    taille = models.PositiveIntegerField("taille en octets")
    empreinte = models.CharField("empreinte SHA-256", max_length=64)
    depose_par = models.ForeignKey("comptes.Utilisateur", models.PROTECT, null=True, blank=True, related_name="+")
    expire_le = models.DateField("à supprimer le", null=True, blank=True)
    supprime_le = models.DateTimeField("supprimé le", null=True, blank=True)

    class Meta:
        verbose_name = "document"

    def __str__(self) -> str:
        return self.nom
