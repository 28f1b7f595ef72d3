"""Results of Pix (R45): the imports, the results that joined a person, the lines that joined nobody."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from candidats.enums import EtatLignePix, MotifRevue, SourcePix
from candidats.etats import MACHINE_LIGNE_PIX
from candidats.models.candidat import Candidat
from portal.commun.machines import ChampEtat, ModeleAEtat
from portal.commun.models import ModeleDeBase

NIVEAUX_SUR_3 = {1: "débutant", 2: "intermédiaire", 3: "avancé"}


class ImportPix(ModeleDeBase):
    """One file, or one pull from Pix’s interface, that changed something; the counts are those of that day."""

    source = models.CharField("source", max_length=5, choices=SourcePix.choices)
    nom_fichier = models.CharField("fichier", max_length=150, blank=True)
    empreinte = models.CharField("empreinte SHA-256", max_length=64, blank=True, db_index=True)
    importe_par = models.ForeignKey(
        "comptes.Utilisateur", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="importé par"
    )
    lues = models.PositiveIntegerField("lignes lues", default=0)
    rattachees = models.PositiveIntegerField("rattachées", default=0)
    a_revoir = models.PositiveIntegerField("à revoir", default=0)
    rejetees = models.PositiveIntegerField("illisibles", default=0)
    non_partagees = models.PositiveIntegerField("non partagées", default=0)
    remplacees = models.PositiveIntegerField("remplacées par une plus récente", default=0)

    class Meta:
        verbose_name = "import Pix"
        verbose_name_plural = "imports Pix"
        ordering = ["-cree_le", "-pk"]

    def __str__(self) -> str:
        return self.nom_fichier or self.get_source_display()


class LignePix(ModeleAEtat, ModeleDeBase):
    """A shared result that joined nobody. `donnees` holds it while it may be joined by hand; it is empty when the
    person it names has not agreed to share, or no longer does: nothing of theirs is kept."""

    import_pix = models.ForeignKey(ImportPix, models.PROTECT, related_name="lignes", verbose_name="import")
    numero = models.PositiveIntegerField("ligne du fichier")
    empreinte = models.CharField("empreinte", max_length=64, unique=True, editable=False)
    motif_revue = models.CharField("raison", max_length=25, choices=MotifRevue.choices)
    etat = ChampEtat(MACHINE_LIGNE_PIX)
    identifiant = models.CharField("identifiant", max_length=255, blank=True)
    nom = models.CharField("nom", max_length=255, blank=True)
    prenom = models.CharField("prénom", max_length=255, blank=True)
    campagne_cle = models.CharField(max_length=80, editable=False)
    campagne_nom = models.CharField("campagne", max_length=255, blank=True)
    partage_le = models.DateTimeField("partagé le")
    donnees = models.JSONField("résultat", default=dict, blank=True)
    candidat = models.ForeignKey(Candidat, models.PROTECT, null=True, blank=True, related_name="lignes_pix")
    motif_ecart = models.CharField("raison de l’écart", max_length=500, blank=True)

    class Meta:
        verbose_name = "ligne Pix à revoir"
        verbose_name_plural = "lignes Pix à revoir"
        ordering = ["-cree_le", "numero", "pk"]
        indexes = [models.Index(fields=["campagne_cle", "identifiant"])]
        constraints = [
            models.CheckConstraint(
                condition=~Q(etat=EtatLignePix.RATTACHEE) | Q(candidat__isnull=False), name="ligne_pix_rattachee"
            ),
        ]

    def __str__(self) -> str:
        return f"Ligne {self.numero} de {self.import_pix}"

    @property
    def rattachable(self) -> bool:
        """There is a result to join."""
        return self.etat == EtatLignePix.A_REVOIR and bool(self.donnees)


class ResultatPix(ModeleDeBase):
    """What Pix says of one person for one campaign; a later one takes its place and the former stays, superseded."""

    candidat = models.ForeignKey(Candidat, models.PROTECT, related_name="resultats_pix")
    import_pix = models.ForeignKey(ImportPix, models.PROTECT, related_name="resultats", verbose_name="import")
    ligne = models.ForeignKey(LignePix, models.PROTECT, null=True, blank=True, related_name="resultats")
    campagne_cle = models.CharField(max_length=80, editable=False)
    campagne_code = models.CharField("code de la campagne", max_length=255, blank=True)
    campagne_nom = models.CharField("campagne", max_length=255, blank=True)
    partage_le = models.DateTimeField("partagé le")
    niveau = models.PositiveSmallIntegerField("palier", null=True, blank=True)
    niveau_max = models.PositiveSmallIntegerField("sur", null=True, blank=True)
    badges = models.JSONField("badges", default=list, blank=True)
    maitrise = models.DecimalField("taux de maîtrise", max_digits=5, decimal_places=4, null=True, blank=True)
    competences = models.JSONField("compétences", default=list, blank=True)
    en_vigueur = models.BooleanField("en vigueur", default=True)

    class Meta:
        verbose_name = "résultat Pix"
        verbose_name_plural = "résultats Pix"
        ordering = ["-partage_le", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["candidat", "campagne_cle"], condition=Q(en_vigueur=True), name="resultat_pix_un_en_vigueur"
            ),
            models.CheckConstraint(
                condition=Q(niveau__isnull=True, niveau_max__isnull=True) | Q(niveau__lte=F("niveau_max")),
                name="resultat_pix_niveau",
            ),
            models.CheckConstraint(
                condition=Q(maitrise__isnull=True) | Q(maitrise__gte=0, maitrise__lte=1), name="resultat_pix_maitrise"
            ),
        ]

    def __str__(self) -> str:
        return self.campagne_nom or "Parcours Pix"

    @property
    def niveau_en_mots(self) -> str:
        """« 2 sur 3 (intermédiaire) »; empty when the campaign has no levels."""
        if self.niveau is None:
            return ""
        mot = NIVEAUX_SUR_3.get(self.niveau, "") if self.niveau_max == 3 else ""
        return f"{self.niveau} sur {self.niveau_max}" + (f" ({mot})" if mot else "")

    @property
    def badges_obtenus(self) -> list[str]:
        return [badge["nom"] for badge in self.badges if badge["obtenu"]]

    @property
    def maitrise_pourcent(self) -> int | None:
        return None if self.maitrise is None else round(self.maitrise * 100)
