"""Single-use, purpose-bound, expiring tokens. Only a digest is stored: a copy of the table opens nothing."""

from django.db import models


class Jeton(models.Model):
    """A link sent to somebody: what for (`usage`), about which object, until when, used when."""

    empreinte = models.CharField(max_length=64, unique=True)
    usage = models.CharField(max_length=60)
    objet = models.CharField(max_length=80, help_text="label of the model and UUID, « structures.candidature:… »")
    donnees = models.JSONField(default=dict, blank=True)
    emis_le = models.DateTimeField(auto_now_add=True)
    expire_le = models.DateTimeField()
    utilise_le = models.DateTimeField(null=True, blank=True)
    revoque_le = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "jeton"
        indexes = [models.Index(fields=["objet", "usage"])]

    def __str__(self) -> str:
        return f"{self.usage} ({self.emis_le:%Y-%m-%d})"
