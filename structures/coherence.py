"""Invariants of structures, committees and posts that SQL constraints cannot say."""

from __future__ import annotations

from typing import Any

from django.db.models import (
    BigIntegerField,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce

from portal.commun.coherence import invariant
from portal.commun.roles import Role
from portal.comptes.models import EtatInvitation, Invitation, Rattachement
from structures import enveloppe
from structures.enums import (
    ETATS_CANDIDATURE_VIVANTE,
    ETATS_POSTE_COMPTE,
    Decision,
    EtatCandidature,
    EtatComite,
    EtatDemande,
    EtatPoste,
    NatureLigne,
)
from structures.models import (
    Avis,
    Campagne,
    Candidature,
    Comite,
    DemandePostes,
    LieuExercice,
    LigneComite,
    Poste,
    Structure,
    TransfertPoste,
)
from structures.postes_confies import confiantes


@invariant("structures.enveloppe", "R15 : les postes accordés tiennent dans l’enveloppe de leur campagne")
def enveloppe_tenue() -> list[Campagne]:
    fautives = []
    for campagne in Campagne.objects.all():
        pris = enveloppe.accorde(campagne)
        if pris.postes > campagne.enveloppe_postes or pris.montant > campagne.enveloppe_montant:
            fautives.append(campagne)
    return fautives


# R15: what a line took from the envelopes; those closed before the figure existed created what they granted.
_VARIATION = Coalesce(F("variation"), F("nb_postes"), output_field=IntegerField())


@invariant("structures.enveloppe-comite", "R15 : un comité n’accorde pas plus que son enveloppe")
def comite_dans_son_enveloppe() -> QuerySet[Comite]:
    variations = Coalesce(F("lignes__variation"), F("lignes__nb_postes"), output_field=IntegerField())
    return Comite.objects.annotate(accordes=Coalesce(Sum(variations), 0)).filter(accordes__gt=F("enveloppe_postes"))


def _d_origine() -> QuerySet[Poste]:
    """Each post with the application that it was granted to: a transfer changes who holds it (R29)."""
    premier = TransfertPoste.objects.filter(poste=OuterRef("pk")).order_by("pk").values("candidature_avant")[:1]
    return Poste.objects.annotate(origine=Coalesce(Subquery(premier), F("candidature"), output_field=BigIntegerField()))


def _par_ligne(postes: QuerySet[Poste], champ: str) -> Coalesce:
    """The number of these posts for a line, from its committee (`champ`) and its application (`origine`)."""
    nombre = (
        postes.filter(**{champ: OuterRef("comite")}, origine=OuterRef("candidature"))
        .order_by()
        .values(champ)
        .annotate(nombre=Count("pk"))
        .values("nombre")
    )
    return Coalesce(Subquery(nombre), 0)


@invariant(
    "structures.postes-des-comites", "R26 : chaque décision d’un comité clos a créé ou retiré exactement ses postes"
)
def postes_des_decisions() -> QuerySet[LigneComite]:
    retires = Poste.objects.annotate(origine=F("candidature"))
    return (
        LigneComite.objects.filter(comite__etat=EtatComite.CLOS)
        .annotate(crees=_par_ligne(_d_origine(), "comite"), retires=_par_ligne(retires, "retire_par"))
        .annotate(attendue=_VARIATION)
        .filter(
            Q(attendue__gte=0) & (~Q(crees=F("attendue")) | ~Q(retires=0))
            | Q(attendue__lt=0) & (~Q(retires=-F("attendue")) | ~Q(crees=0))
        )
    )


@invariant("structures.postes-cedes", "R29 : un poste repris par un comité l’a été à la structure de sa décision")
def postes_cedes() -> QuerySet[TransfertPoste]:
    decision = LigneComite.objects.filter(
        comite=OuterRef("comite"),
        candidature=OuterRef("candidature"),
        structure_cedante=OuterRef("de"),
        comite__etat=EtatComite.CLOS,
        decision=Decision.RETENUE,
    )
    return TransfertPoste.objects.filter(comite__isnull=False).exclude(Exists(decision))


@invariant("structures.demande-decidee", "R29 : une demande accordée ou refusée l’a été par un comité clos")
def demandes_decidees() -> QuerySet[DemandePostes]:
    decision = LigneComite.objects.filter(demande=OuterRef("pk"), comite__etat=EtatComite.CLOS)
    accordee = Exists(decision.filter(decision=Decision.RETENUE, nb_postes=OuterRef("nb_accordes")))
    refusee = Exists(decision.filter(decision=Decision.REFUSEE))
    return DemandePostes.objects.filter(
        Q(etat=EtatDemande.ACCORDEE) & ~Q(accordee) | Q(etat=EtatDemande.REFUSEE) & ~Q(refusee)
    )


@invariant("structures.postes-sans-decision", "R26 : chaque poste vient d’une décision d’un comité clos")
def postes_sans_decision() -> QuerySet[Poste]:
    decision = LigneComite.objects.filter(
        comite=OuterRef("comite"),
        candidature=OuterRef("origine"),
        comite__etat=EtatComite.CLOS,
        decision=Decision.RETENUE,
    )
    return _d_origine().filter(~Exists(decision))


@invariant("structures.decisions-completes", "R26 : un comité clos a toutes ses décisions")
def decisions_completes() -> QuerySet[LigneComite]:
    return LigneComite.objects.filter(comite__etat=EtatComite.CLOS, decision="")


@invariant("structures.comites-clos", "R26 : l’ordre du jour d’un comité ne change plus après sa clôture")
def comites_clos_intacts() -> QuerySet[Any]:
    return LigneComite.history.filter(comite__etat=EtatComite.CLOS, history_date__gt=F("comite__clos_le"))


@invariant("structures.decisions-en-attente", "R26 : une candidature n’est qu’à un seul ordre du jour en préparation")
def ordres_du_jour() -> QuerySet[Candidature]:
    en_preparation = Count("lignes_comite", filter=Q(lignes_comite__comite__etat=EtatComite.PREPARATION))
    return Candidature.objects.annotate(n=en_preparation).filter(n__gt=1)


@invariant(
    "structures.candidature-decidee",
    "R26 : une candidature retenue ou refusée l’a été par le dernier comité clos qui l’a décidée",
)
def candidatures_decidees() -> QuerySet[Candidature]:
    # A further examination leaves the decision before it as it is, and added posts decide on a request.
    derniere = (
        LigneComite.objects.filter(
            candidature=OuterRef("pk"),
            comite__etat=EtatComite.CLOS,
            nature__in=[NatureLigne.EXAMEN, NatureLigne.CORRECTION],
            decision__in=[Decision.RETENUE, Decision.REFUSEE],
        )
        .order_by("-comite__clos_le", "-pk")
        .values("decision")[:1]
    )
    decidees = Candidature.objects.annotate(derniere=Coalesce(Subquery(derniere), Value("")))
    retenues = Q(etat__in=[EtatCandidature.RETENUE, EtatCandidature.ACTIVEE]) & ~Q(derniere=Decision.RETENUE)
    refusees = Q(etat=EtatCandidature.REFUSEE) & ~Q(derniere=Decision.REFUSEE)
    return decidees.filter(retenues | refusees)


@invariant(
    "structures.postes-coordinateurs",
    "R95 : un poste est de coordinateur par sa candidature ou par une décision qui le lui confie, et jamais autrement",
)
def postes_coordinateurs() -> QuerySet[Poste]:
    confie = Exists(confiantes().filter(poste_concerne=OuterRef("pk")))
    par_decision = Q(candidature__coordinateur=True) | Q(confie)
    return Poste.objects.filter(Q(coordinateur=True) & ~par_decision | Q(coordinateur=False) & par_decision)


@invariant("structures.candidature-regime", "Le régime d’une candidature et d’un poste est celui de leur campagne")
def regimes() -> int:
    return (
        Candidature.objects.exclude(regime=F("campagne__regime")).count()
        + Poste.objects.exclude(regime=F("campagne__regime")).count()
    )


@invariant(
    "structures.candidature-structure", "R22 : une candidature en cours est celle de l’établissement de sa structure"
)
def candidatures_et_structures() -> QuerySet[Candidature]:
    meme = Q(siret__isnull=False, siret=F("structure__siret")) | Q(ridet__isnull=False, ridet=F("structure__ridet"))
    return Candidature.objects.filter(etat__in=ETATS_CANDIDATURE_VIVANTE).exclude(
        pk__in=Candidature.objects.filter(meme).values("pk")
    )


@invariant("structures.avis-en-vigueur", "R25 : un avis rendu a sa dernière version, et elle seule, en vigueur")
def avis_en_vigueur() -> QuerySet[Avis]:
    suivante = Avis.objects.filter(candidature=OuterRef("candidature"), version=OuterRef("version") + 1)
    return Avis.objects.filter(Q(en_vigueur=True) & Exists(suivante) | Q(en_vigueur=False) & ~Exists(suivante))


@invariant("structures.compte", "R27 : une structure activée a un membre ou une invitation en attente")
def structures_sans_compte() -> QuerySet[Structure]:
    membre = Rattachement.objects.en_vigueur().filter(organisation=OuterRef("organisation"), role=Role.STRUCTURE)
    invitation = Invitation.objects.filter(
        organisation=OuterRef("organisation"), role=Role.STRUCTURE, etat=EtatInvitation.ENVOYEE
    )
    return Structure.objects.en_propre().filter(~Exists(membre), ~Exists(invitation), activee_le__isnull=False)


@invariant("structures.activation", "R27 : une candidature activée a une structure activée")
def candidatures_activees() -> QuerySet[Candidature]:
    return Candidature.objects.filter(etat=EtatCandidature.ACTIVEE, structure__activee_le__isnull=True)


@invariant("structures.participation", "R29 : une structure dont la participation a pris fin n’a plus de poste")
def participations_finies() -> QuerySet[Structure]:
    vivant = Poste.objects.filter(structure=OuterRef("pk"), etat__in=ETATS_POSTE_COMPTE)
    return Structure.objects.filter(Exists(vivant), participation_fin_le__isnull=False)


@invariant("structures.poste-occupe", "R53 : seul un poste d’une structure activée est réservé ou pourvu")
def postes_occupes() -> QuerySet[Poste]:
    return Poste.objects.filter(etat__in=[EtatPoste.RESERVE, EtatPoste.POURVU], structure__activee_le__isnull=True)


@invariant("structures.poste-dates", "R1 : l’échéance de recrutement d’un poste suit la date du comité")
def postes_dates() -> QuerySet[Poste]:
    return Poste.objects.filter(echeance_recrutement__lt=F("accorde_le"))


@invariant("structures.fusionnee", "R22 : une structure fusionnée dans une autre ne porte plus rien")
def structures_fusionnees() -> QuerySet[Structure]:
    ici = {"structure": OuterRef("pk")}
    organisation = {"organisation": OuterRef("organisation")}
    porte = (
        Exists(Candidature.objects.filter(**ici))
        | Exists(Poste.objects.filter(**ici))
        | Exists(LieuExercice.objects.filter(**ici))
        | Exists(DemandePostes.objects.filter(**ici))
        | Exists(Rattachement.objects.filter(**organisation, fin_le__isnull=True))
        | Exists(Invitation.objects.filter(**organisation, etat=EtatInvitation.ENVOYEE))
    )
    vers_une_fusionnee = Q(fusionnee_dans__fusionnee_dans__isnull=False)
    return Structure.objects.filter(porte | vers_une_fusionnee, fusionnee_dans__isnull=False)
