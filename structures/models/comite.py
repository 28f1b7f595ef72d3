"""The selection committee chaired by ANCT (R26): agenda, decisions, minutes."""

from django.core.validators import MaxLengthValidator, MaxValueValidator
from django.db import models
from django.db.models import Q

from portal.commun.machines import ChampEtat, ModeleAEtat
from portal.commun.models import Document, ModeleDeBase
from structures.coordination import change_un_poste, phrase_du_poste
from structures.enums import Decision, EtatComite, NatureLigne
from structures.etats import MACHINE_COMITE
from structures.models.campagne import Campagne
from structures.models.candidature import Candidature
from structures.models.demande import DemandePostes
from structures.models.structure import Structure


class Comite(ModeleAEtat, ModeleDeBase):
    """A committee over the applications of one campaign; immutable once closed."""

    numero = models.PositiveSmallIntegerField("numéro", unique=True)
    campagne = models.ForeignKey(Campagne, models.PROTECT, related_name="comites")
    date = models.DateField("date de séance")
    enveloppe_postes = models.PositiveIntegerField("postes à répartir dans ce comité")
    presidence = models.CharField(
        "présidence de séance",
        max_length=150,
        blank=True,
        help_text="Nom et fonction, tels que les écrit le procès-verbal.",
    )
    etat = ChampEtat(MACHINE_COMITE)
    clos_le = models.DateTimeField("clos le", null=True, blank=True)
    proces_verbal = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="procès-verbal"
    )

    class Meta:
        verbose_name = "comité"
        ordering = ["-date", "-numero"]
        constraints = [
            models.CheckConstraint(
                condition=Q(etat=EtatComite.PREPARATION, clos_le__isnull=True)
                | Q(etat=EtatComite.CLOS, clos_le__isnull=False, proces_verbal__isnull=False),
                name="comite_clos_a_son_proces_verbal",
            )
        ]

    def __str__(self) -> str:
        return f"Comité n° {self.numero}"


class LigneComite(ModeleDeBase):
    """One application on the agenda and what was decided about it: examined, given more posts, or corrected.

    `nb_postes` is what the decision grants: for a correction, the number of posts that the application has in all.
    """

    comite = models.ForeignKey(Comite, models.PROTECT, related_name="lignes", verbose_name="comité")
    candidature = models.ForeignKey(Candidature, models.PROTECT, related_name="lignes_comite")
    nature = models.CharField("nature", max_length=20, choices=NatureLigne.choices, default=NatureLigne.EXAMEN)
    demande = models.ForeignKey(
        DemandePostes, models.PROTECT, null=True, blank=True, related_name="lignes_comite", verbose_name="demande"
    )
    decision = models.CharField("décision", max_length=20, choices=Decision.choices, blank=True)
    nb_postes = models.PositiveSmallIntegerField("postes accordés", default=0, validators=[MaxValueValidator(200)])
    motif = models.TextField("motif communiqué à la structure", blank=True, validators=[MaxLengthValidator(2500)])
    structure_cedante = models.ForeignKey(
        Structure,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="structure qui cède les postes",
        help_text="Les postes accordés viennent de ses postes libres, sans prendre sur l’enveloppe.",
    )
    variation = models.SmallIntegerField(
        "postes créés ou retirés",
        null=True,
        editable=False,
        help_text="Postes que la clôture a créés (positif) ou retirés (négatif) ; ceux qui sont cédés n’y sont pas.",
    )
    sans_avis = models.BooleanField("décidée sans avis de la préfecture", default=False)
    # The count of the votes, when the committee took one; empty when it decided by consensus.
    voix_pour = models.PositiveSmallIntegerField("voix pour", null=True, blank=True)
    voix_contre = models.PositiveSmallIntegerField("voix contre", null=True, blank=True)
    abstentions = models.PositiveSmallIntegerField("abstentions", null=True, blank=True)

    class Meta:
        verbose_name = "ligne de l’ordre du jour"
        verbose_name_plural = "lignes de l’ordre du jour"
        constraints = [
            models.UniqueConstraint(fields=["comite", "candidature", "nature"], name="ligne_comite_unique"),
            models.CheckConstraint(
                condition=Q(nature=NatureLigne.AJOUT, demande__isnull=False)
                | (~Q(nature=NatureLigne.AJOUT) & Q(demande__isnull=True)),
                name="ligne_comite_ajout_a_sa_demande",
            ),
            models.CheckConstraint(
                condition=Q(decision=Decision.RETENUE, nb_postes__gte=1)
                | (~Q(decision=Decision.RETENUE) & Q(nb_postes=0)),
                name="ligne_comite_postes_si_retenue",
            ),
            models.CheckConstraint(
                condition=~Q(decision__in=[Decision.REFUSEE, Decision.EXAMEN]) | ~Q(motif=""),
                name="ligne_comite_motivee",
            ),
            models.CheckConstraint(
                condition=Q(voix_pour__isnull=True, voix_contre__isnull=True, abstentions__isnull=True)
                | Q(voix_pour__isnull=False, voix_contre__isnull=False, abstentions__isnull=False),
                name="ligne_comite_vote_complet",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.comite} – {self.candidature.nom}"

    @property
    def poste_confie(self) -> str:
        """S2, II.a: what is granted to an application about a post that exists; empty for any other line."""
        candidature = self.candidature
        if (
            self.decision != Decision.RETENUE
            or self.nature == NatureLigne.AJOUT
            or not change_un_poste(candidature.cas_coordinateur)
            or candidature.poste_concerne is None
        ):
            return ""
        return phrase_du_poste(candidature.cas_coordinateur, candidature.poste_concerne.numero)
