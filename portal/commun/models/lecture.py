"""Who read a private file whose owner is entitled to know (R44)."""

from django.db import models

from portal.commun.models.document import Document
from portal.commun.roles import Role


class LectureDocument(models.Model):
    """One reading of a document, by whom and for which body."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="lectures")
    utilisateur = models.ForeignKey("comptes.Utilisateur", models.PROTECT, null=True, blank=True, related_name="+")
    organisation = models.ForeignKey("comptes.Organisation", models.PROTECT, null=True, blank=True, related_name="+")
    role = models.CharField("en tant que", max_length=20, choices=Role.choices)
    lu_le = models.DateTimeField("lu le", auto_now_add=True)

    class Meta:
        verbose_name = "lecture de document"
        verbose_name_plural = "lectures de documents"
        indexes = [models.Index(fields=["document", "-lu_le"])]

    def __str__(self) -> str:
        return f"{self.document_id} {self.lu_le:%Y-%m-%d %H:%M}"
