"""Posts asked, granted, filled, vacant and overdue, by territory: nation → région → département → EPCI → commune.

The rules of counting are those of the lists and of the envelope: a post counts while it is free, reserved or filled
(R15), at the seat of its structure, whose commune gives the département (R7); an application asks while it waits for a
decision (R26), a request while it is in progress (R29). A constant number of queries, whatever the number of posts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from enum import Enum
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.http import Http404
from django.utils import timezone

from portal.commun.acteurs import Acteur
from portal.territoires.models import Commune, Departement, Epci, Region
from structures import acces
from structures.enums import ETATS_A_EXAMINER, ETATS_A_RECRUTER, ETATS_POSTE_COMPTE, EtatDemande, EtatPoste
from structures.models import Campagne, Candidature, DemandePostes, Poste

HORS_EPCI = "aucun"


class Echelle(Enum):
    """What one row of the table is: its parameter in addresses, and its words."""

    REGION = ("region", "Région")
    DEPARTEMENT = ("departement", "Département")
    EPCI = ("epci", "EPCI")
    COMMUNE = ("commune", "Commune")

    def __init__(self, parametre: str, libelle: str) -> None:
        self.parametre, self.libelle = parametre, libelle

    @property
    def mot(self) -> str:
        """Inside a sentence."""
        return self.libelle if self is Echelle.EPCI else self.libelle.lower()


@dataclass(slots=True)
class Chiffres:
    """What is counted of one territory."""

    candidatures: int = 0
    postes_candidatures: int = 0
    demandes: int = 0
    postes_demandes: int = 0
    accordes: int = 0
    pourvus: int = 0
    reserves: int = 0
    vacants: int = 0
    en_retard: int = 0

    @property
    def demandes_en_tout(self) -> int:
        """Posts asked, by the applications to be examined and by the requests in progress."""
        return self.postes_candidatures + self.postes_demandes

    @property
    def vide(self) -> bool:
        return not any(getattr(self, champ.name) for champ in fields(self))

    def ajouter(self, autres: Chiffres) -> None:
        for champ in fields(self):
            setattr(self, champ.name, getattr(self, champ.name) + getattr(autres, champ.name))


@dataclass(frozen=True, slots=True)
class Territoire:
    """Where the reader stands, from the widest that the role sees to the narrowest chosen."""

    region: Region | None = None
    departement: Departement | None = None
    epci: Epci | None = None
    hors_epci: bool = False

    @property
    def echelle(self) -> Echelle:
        """What the rows of its table are; the perimeter of a role may start lower than the nation."""
        if self.epci or self.hors_epci:
            return Echelle.COMMUNE
        if self.departement:
            return Echelle.EPCI
        return Echelle.DEPARTEMENT if self.region else Echelle.REGION

    @property
    def nom(self) -> str:
        if self.hors_epci:
            return f"Communes hors EPCI, {self.departement}"
        if self.epci:
            return f"{self.epci} ({self.departement.code})"
        return str(self.departement or self.region or "France entière")

    def filtre(self, commune: str) -> Q:
        """The rows of this territory, given the path to their commune."""
        if self.departement is None:
            return Q(**{f"{commune}__region": self.region}) if self.region else Q()
        filtre = Q(**{f"{commune}__departement": self.departement})
        if self.hors_epci:
            return filtre & Q(**{f"{commune}__epci__isnull": True})
        return filtre & Q(**{f"{commune}__epci": self.epci}) if self.epci else filtre


@dataclass(slots=True)
class Ligne:
    """One territory of the table; `code` is None for the total."""

    code: str | None
    nom: str
    chiffres: Chiffres


@dataclass(frozen=True, slots=True)
class Tableau:
    territoire: Territoire
    echelle: Echelle
    campagne: Campagne | None
    lignes: list[Ligne]
    total: Ligne


def lire_territoire(acteur: Acteur, region: str = "", departement: str = "", epci: str = "") -> Territoire:
    """The territory asked for, inside the perimeter of the acting role (404 outside); its start when none is given."""
    if departement := departement or _seul_departement(acteur):
        _exiger(not acteur.departements or departement in acteur.departements)
        trouve = _un(Departement.objects.select_related("region"), departement)
        if epci == HORS_EPCI:
            return Territoire(trouve.region, trouve, hors_epci=True)
        communes = Commune.objects.filter(departement=trouve).values("epci")
        choisi = _un(Epci.objects.filter(pk__in=communes), epci) if epci else None
        return Territoire(trouve.region, trouve, choisi)
    if region := region or _seule_region(acteur):
        _exiger(not acteur.departements or region in acteur.regions)
        return Territoire(_un(Region.objects.all(), region))
    return Territoire()


def _seul_departement(acteur: Acteur) -> str:
    return next(iter(acteur.departements)) if len(acteur.departements) == 1 else ""


def _seule_region(acteur: Acteur) -> str:
    return next(iter(acteur.regions)) if len(acteur.regions) == 1 else ""


def _exiger(dedans: bool) -> None:
    if not dedans:
        raise Http404


def _un(objets: QuerySet[Any], code: str) -> Any:
    objet = objets.filter(pk=code).first()
    _exiger(objet is not None)
    return objet


def tableau_de_bord(acteur: Acteur, territoire: Territoire, campagne: Campagne | None = None) -> Tableau:
    """The figures of a territory and of what it is made of; four queries, whatever the numbers."""
    echelle = territoire.echelle
    if echelle is Echelle.REGION and acteur.departements:
        # A perimeter of several départements, that no région sums up.
        echelle = Echelle.DEPARTEMENT
    lignes = {code: Ligne(code, nom, Chiffres()) for code, nom in _noms(acteur, territoire, echelle)}
    hors = Ligne(HORS_EPCI, "Hors EPCI", Chiffres())
    for source in (_candidatures, _demandes, _postes):
        for code, valeurs in source(acteur, territoire, echelle, campagne):
            ligne = hors if code is None else lignes[code]
            for champ, valeur in valeurs.items():
                setattr(ligne.chiffres, champ, valeur)
    rangees = [ligne for ligne in lignes.values() if echelle is not Echelle.COMMUNE or not ligne.chiffres.vide]
    if not hors.chiffres.vide:
        rangees.append(hors)
    total = Ligne(None, "Total", Chiffres())
    for ligne in rangees:
        total.chiffres.ajouter(ligne.chiffres)
    return Tableau(territoire, echelle, campagne, rangees, total)


def _noms(acteur: Acteur, territoire: Territoire, echelle: Echelle) -> Iterable[tuple[str, str]]:
    """The territories of the table, those where nothing was asked included: what has no post is worth seeing."""
    if echelle is Echelle.REGION:
        return Region.objects.values_list("code", "nom")
    if echelle is Echelle.DEPARTEMENT:
        departements = Departement.objects.all()
        if territoire.region:
            departements = departements.filter(region=territoire.region)
        if acteur.departements:
            departements = departements.filter(pk__in=acteur.departements)
        return [(code, f"{nom} ({code})") for code, nom in departements.values_list("code", "nom")]
    communes = Commune.objects.filter(departement=territoire.departement)
    if echelle is Echelle.EPCI:
        return Epci.objects.filter(pk__in=communes.values("epci")).values_list("code", "nom")
    # A commune that left the official list keeps its structures.
    return communes.filter(epci=territoire.epci).values_list("code", "nom")


Groupes = Iterable[tuple[str | None, dict[str, int]]]


def candidatures_comptees(acteur: Acteur) -> QuerySet[Candidature]:
    """R26: those that ask for posts now."""
    return acces.candidatures_visibles_par(acteur).filter(etat__in=ETATS_A_EXAMINER)


def demandes_comptees(acteur: Acteur) -> QuerySet[DemandePostes]:
    """R29: requests for more posts that no committee has decided yet."""
    return acces.demandes_visibles_par(acteur).filter(etat=EtatDemande.EN_COURS)


def postes_comptes(acteur: Acteur) -> QuerySet[Poste]:
    """R15: those that count against an envelope."""
    return acces.postes_visibles_par(acteur).filter(etat__in=ETATS_POSTE_COMPTE)


def _candidatures(acteur: Acteur, territoire: Territoire, echelle: Echelle, campagne: Campagne | None) -> Groupes:
    return _groupes(
        candidatures_comptees(acteur),
        "commune",
        territoire,
        echelle,
        campagne,
        candidatures=Count("pk"),
        postes_candidatures=Sum("nb_conseillers", default=0),
    )


def _demandes(acteur: Acteur, territoire: Territoire, echelle: Echelle, campagne: Campagne | None) -> Groupes:
    return _groupes(
        demandes_comptees(acteur),
        "structure__commune",
        territoire,
        echelle,
        campagne,
        demandes=Count("pk"),
        postes_demandes=Sum("nb_postes", default=0),
    )


def _postes(acteur: Acteur, territoire: Territoire, echelle: Echelle, campagne: Campagne | None) -> Groupes:
    def en_etat(etat: str) -> Count:
        return Count("pk", filter=Q(etat=etat))

    retard = Q(etat__in=ETATS_A_RECRUTER, echeance_recrutement__lt=timezone.localdate())
    return _groupes(
        postes_comptes(acteur),
        "structure__commune",
        territoire,
        echelle,
        campagne,
        accordes=Count("pk"),
        pourvus=en_etat(EtatPoste.POURVU),
        reserves=en_etat(EtatPoste.RESERVE),
        vacants=en_etat(EtatPoste.A_POURVOIR),
        en_retard=Count("pk", filter=retard),
    )


def _groupes(
    objets: QuerySet[Any],
    commune: str,
    territoire: Territoire,
    echelle: Echelle,
    campagne: Campagne | None,
    **comptes: Any,
) -> Groupes:
    cle = commune if echelle is Echelle.COMMUNE else f"{commune}__{echelle.parametre}"
    objets = objets.filter(territoire.filtre(commune))
    if campagne is not None:
        objets = objets.filter(campagne=campagne)
    for groupe in objets.order_by().values(cle).annotate(**comptes):
        yield groupe.pop(cle), groupe
