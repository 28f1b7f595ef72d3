"""What a campaign has granted and what is left of it, in posts and in money (R15).

A granted post has no contract yet, so the money it takes from the envelope is the most that the scale may pay for it.
The scale belongs to a higher floor, which registers the function that reads it at start-up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from decimal import Decimal

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Count, F, IntegerField, QuerySet, Sum
from django.db.models.functions import Coalesce

from structures.models import Campagne, LigneComite, Poste
from structures.regles import Enveloppe

# (regime, legal kind, département) → the most that one post may cost.
Plafond = Callable[[str, str, str], Decimal]

_plafond: Plafond | None = None


def enregistrer_plafond(fonction: Plafond) -> None:
    """Called once at start-up by the floor that holds the scale of amounts (R6)."""
    global _plafond
    _plafond = fonction


def plafond_par_poste(regime: str, statut: str, departement: str) -> Decimal:
    """The most that one post of a structure may cost in a regime (R6, R7)."""
    if _plafond is None:
        raise ImproperlyConfigured("no scale of amounts is registered: see structures.enveloppe.enregistrer_plafond")
    return _plafond(regime, statut, departement)


def accorde(campagne: Campagne) -> Enveloppe:
    """R15: the posts that count against the campaign now, and the most they may cost. One query.

    The legal kind is that of the application which obtained the post: the scale speaks the language of its call (R6),
    and what was granted does not change because the structure later describes itself otherwise. The département is the
    structure's (R7).
    """
    groupes = (
        campagne.postes.comptes()
        .order_by()
        .values_list("candidature__statut_juridique", "structure__commune__departement")
        .annotate(nombre=Count("pk"))
    )
    postes, montant = 0, Decimal(0)
    for statut, departement, nombre in groupes:
        postes += nombre
        montant += nombre * plafond_par_poste(campagne.regime, statut, departement)
    return Enveloppe(postes, montant)


def postes_accordes(campagnes: Iterable[Campagne]) -> Counter[int]:
    """R15: the number of posts alone, by campaign, for a list. One query."""
    groupes = (
        Poste.objects.comptes()
        .filter(campagne__in=[campagne.pk for campagne in campagnes])
        .order_by()
        .values_list("campagne")
        .annotate(nombre=Count("pk"))
    )
    return Counter(dict(groupes))


def demande(lignes: Iterable[LigneComite]) -> Enveloppe:
    """What the decisions of a committee take, withdrawals deducted; posts that another structure gives take nothing.

    The structures and their communes come with the lines. A line closed before its variation was kept created what it
    granted.
    """
    postes, montant = 0, Decimal(0)
    for ligne in lignes:
        variation = ligne.nb_postes if ligne.variation is None else ligne.variation
        if not variation:
            continue
        candidature = ligne.candidature
        structure = candidature.structure
        postes += variation
        montant += variation * plafond_par_poste(
            candidature.regime, candidature.statut_juridique, structure.departement_id
        )
    return Enveloppe(postes, montant)


def demande_par_groupes(lignes: QuerySet[LigneComite]) -> Enveloppe:
    """The same in one query, whatever the length of the agenda; lines that grant and take nothing are left out."""
    groupes = (
        lignes.order_by()
        .exclude(nb_postes=0, variation__isnull=True)
        .values_list(
            "candidature__regime",
            "candidature__statut_juridique",
            "candidature__structure__commune__departement",
        )
        .annotate(nombre=Sum(Coalesce(F("variation"), F("nb_postes"), output_field=IntegerField())))
    )
    postes, montant = 0, Decimal(0)
    for regime, statut, departement, nombre in groupes:
        postes += nombre
        montant += nombre * plafond_par_poste(regime, statut, departement)
    return Enveloppe(postes, montant)


def totale(campagne: Campagne) -> Enveloppe:
    return Enveloppe(campagne.enveloppe_postes, campagne.enveloppe_montant)


def reste(campagne: Campagne) -> Enveloppe:
    """What can still be granted; never below zero."""
    pris = accorde(campagne)
    return Enveloppe(
        max(campagne.enveloppe_postes - pris.postes, 0), max(campagne.enveloppe_montant - pris.montant, Decimal(0))
    )
