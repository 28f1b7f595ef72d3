"""What the jobs leave behind: when each one ran (for /sante/) and which reminders were sent (once each)."""

from django.db import models


class ExecutionTache(models.Model):
    """One run of a job."""

    nom = models.CharField(max_length=80)
    debut = models.DateTimeField(auto_now_add=True)
    fin = models.DateTimeField(null=True, blank=True)
    reussie = models.BooleanField(null=True)
    resultat = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = "exécution de tâche"
        verbose_name_plural = "exécutions de tâches"
        indexes = [models.Index(fields=["nom", "-debut"])]
        get_latest_by = "debut"

    def __str__(self) -> str:
        return f"{self.nom} {self.debut:%Y-%m-%d %H:%M}"


class RappelEnvoye(models.Model):
    """A reminder that was sent: its key makes a second run of the day without effect."""

    cle = models.CharField(max_length=160, unique=True)
    envoye_le = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "rappel envoyé"
        verbose_name_plural = "rappels envoyés"

    def __str__(self) -> str:
        return self.cle
