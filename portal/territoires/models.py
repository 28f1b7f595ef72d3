"""Communes, postal codes, EPCI, départements and régions (ARCHITECTURE §5).

The key of a place is always its official code (INSEE for a commune): a postal code may cover several communes and a
commune may have several postal codes (hard case 12), so a postal code identifies nothing.
"""

from django.db import models

from .enums import NatureEpci, Precision


class Region(models.Model):
    code = models.CharField("code", max_length=3, primary_key=True)
    nom = models.CharField("nom", max_length=100)
    nom_normalise = models.CharField("nom normalisé", max_length=100, editable=False)

    class Meta:
        verbose_name = "région"
        ordering = ["nom_normalise"]

    def __str__(self):
        return self.nom


class Departement(models.Model):
    code = models.CharField("code", max_length=3, primary_key=True)
    nom = models.CharField("nom", max_length=100)
    nom_normalise = models.CharField("nom normalisé", max_length=100, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name="région", related_name="departements")
    zone = models.CharField("zone de mobilité", max_length=9, db_index=True)

    class Meta:
        verbose_name = "département"
        ordering = ["code"]

    def __str__(self):
        return f"{self.nom} ({self.code})"


class Epci(models.Model):
    code = models.CharField("code SIREN", max_length=9, primary_key=True)
    nom = models.CharField("nom", max_length=200)
    nom_normalise = models.CharField("nom normalisé", max_length=200, editable=False)
    nature = models.CharField("nature", max_length=5, choices=NatureEpci.choices, blank=True)

    class Meta:
        verbose_name = "EPCI"
        verbose_name_plural = "EPCI"
        ordering = ["nom_normalise"]

    def __str__(self):
        return self.nom


class CommuneQuerySet(models.QuerySet):
    def actuelles(self):
        return self.filter(actuelle=True)

    def avec_libelle(self):
        """Everything `Commune.libelle` and `libelle_complet` read, in two queries whatever the number of rows."""
        return self.select_related("departement").prefetch_related("codes_postaux")


class Commune(models.Model):
    code = models.CharField("code INSEE", max_length=5, primary_key=True)
    nom = models.CharField("nom", max_length=100)
    nom_normalise = models.CharField("nom normalisé", max_length=100, editable=False)
    departement = models.ForeignKey(Departement, models.PROTECT, verbose_name="département", related_name="communes")
    region = models.ForeignKey(Region, models.PROTECT, verbose_name="région", related_name="communes")
    epci = models.ForeignKey(Epci, models.PROTECT, verbose_name="EPCI", related_name="communes", null=True, blank=True)
    zone = models.CharField("zone de mobilité", max_length=9, db_index=True)
    population = models.PositiveIntegerField("population", null=True, blank=True)
    latitude = models.FloatField("latitude")
    longitude = models.FloatField("longitude")
    precision = models.CharField("précision du point", max_length=11, choices=Precision.choices)
    # A commune that left the official list stays while something refers to it, but is no longer proposed.
    actuelle = models.BooleanField("figure dans la liste officielle", default=True)

    objects = CommuneQuerySet.as_manager()

    class Meta:
        verbose_name = "commune"
        ordering = ["nom_normalise", "code"]
        indexes = [
            # varchar_pattern_ops: a prefix search must use the index whatever the locale of the database.
            models.Index(fields=["nom_normalise"], opclasses=["varchar_pattern_ops"], name="commune_nom_prefixe"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="commune_coordonnees_possibles",
            ),
        ]

    def __str__(self):
        return f"{self.nom} ({self.departement_id})"

    @property
    def liste_codes_postaux(self):
        """Sorted in Python, so that a prefetch is used when there is one."""
        return sorted(ligne.code for ligne in self.codes_postaux.all())

    @property
    def libelle(self):
        """What the search proposes and accepts back: "Moulins (03000)"."""
        codes = self.liste_codes_postaux
        return f"{self.nom} ({codes[0] if codes else self.code})"

    @property
    def precisions_libelle(self):
        """What tells homonyms apart: "Allier – 03000"; the large cities have up to 21 postal codes."""
        codes = self.liste_codes_postaux or [self.code]
        return f"{self.departement.nom} – {', '.join(codes[:3])}{'…' if len(codes) > 3 else ''}"

    @property
    def libelle_complet(self):
        """ "Moulins (Allier) – 03000", accepted back by the search too."""
        nom_departement, _, codes = self.precisions_libelle.partition(" – ")
        return f"{self.nom} ({nom_departement}) – {codes}"


class CodePostal(models.Model):
    code = models.CharField("code postal", max_length=5)
    commune = models.ForeignKey(Commune, models.PROTECT, verbose_name="commune", related_name="codes_postaux")

    class Meta:
        verbose_name = "code postal"
        verbose_name_plural = "codes postaux"
        ordering = ["code", "commune_id"]
        constraints = [models.UniqueConstraint(fields=["code", "commune"], name="code_postal_unique_par_commune")]
        indexes = [models.Index(fields=["code"], opclasses=["varchar_pattern_ops"], name="code_postal_prefixe")]

    def __str__(self):
        return self.code


class Chargement(models.Model):
    """The stamp of the territory data in the database: loading the same data again costs one query."""

    source = models.CharField("source", max_length=200)
    empreinte = models.CharField("empreinte", max_length=64)
    le = models.DateTimeField("chargé le", auto_now_add=True)
    communes = models.PositiveIntegerField("communes")

    class Meta:
        verbose_name = "chargement des territoires"
        verbose_name_plural = "chargements des territoires"
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.source} ({self.communes} communes)"
