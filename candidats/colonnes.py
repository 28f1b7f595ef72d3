"""What the engine reads, as columns (R55): a handful of queries whatever the number of posts and candidates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import cos, degrees, radians

import numpy as np
from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BooleanField,
    Count,
    ExpressionWrapper,
    F,
    Func,
    IntegerField,
    Q,
    TextField,
    Value,
)

from candidats import appariement, copie, regles
from candidats.copie import ENTIER, ENTIER_COURT, JOUR, OUI_NON, REEL, UUID, entiers, jours, reels
from candidats.enums import EtatMiseEnRelation, Mobilite, Origine
from candidats.models import Candidat, MiseEnRelation
from portal.territoires.distance import RAYON_TERRE_KM
from portal.territoires.models import Departement
from structures.enums import ETATS_POSTE_COMPTE, EtatPoste
from structures.models import Poste

TOUT = Q()
MOBILITE_LOCALE_MAX = max(m for m in Mobilite.values if m != Mobilite.FRANCE)


@dataclass
class Tableau:
    """The columns and what leads back from a line to its row. Posts by key, candidates by UUID (which breaks ties)."""

    postes: appariement.Postes
    candidats: appariement.Candidats
    cles_postes: np.ndarray
    cles_candidats: np.ndarray
    # When each row last changed, as it was read: what moved meanwhile is seen under the locks.
    postes_modifies: np.ndarray
    candidats_modifies: np.ndarray
    valide: np.ndarray

    def __post_init__(self) -> None:
        self._ordre_candidats = np.argsort(self.cles_candidats, kind="stable")

    def lignes_postes(self, cles: np.ndarray) -> np.ndarray:
        """The lines of these keys, -1 for those that were not read."""
        return _chercher(self.cles_postes, np.arange(len(self.cles_postes)), cles)

    def lignes_candidats(self, cles: np.ndarray) -> np.ndarray:
        return _chercher(self.cles_candidats[self._ordre_candidats], self._ordre_candidats, cles)

    def retirer(self, paires: PairesExistantes, rangs: np.ndarray) -> None:
        """Count the pairs of these ranks as closed: their places and the candidates' capacity come back."""
        postes, candidats = self.lignes_postes(paires.poste[rangs]), self.lignes_candidats(paires.candidat[rangs])
        postes, candidats = postes[postes >= 0], candidats[candidats >= 0]
        np.add.at(self.postes.places, postes[self.postes.libre[postes]], 1)
        np.minimum(self.postes.places, regles.PROPOSITIONS_PAR_POSTE, out=self.postes.places)
        np.add.at(self.candidats.capacite, candidats[~self.valide[candidats]], 1)


@dataclass
class PairesExistantes:
    """Pairs that are not lapsed, as columns of keys; `indecise`: made by the engine, nobody has said a word."""

    cle: np.ndarray
    poste: np.ndarray
    candidat: np.ndarray
    indecise: np.ndarray


def lire(postes: Q = TOUT, candidats: Q = TOUT) -> Tableau:
    """Posts of activated structures that are not over, and candidates who may be proposed (R46).

    A post that is not free has no place to fill and a person validated somewhere no capacity: they are here because
    their existing pairs are checked too.
    """
    # Zones as numbers: columns of COPY have a fixed size.
    zones = lire_zones()
    lus, lieux = _lire_postes(postes, zones), _lire_lieux(postes, zones)
    cles_postes = entiers(lus["cle"])
    sieges = np.flatnonzero(~np.isin(cles_postes, lieux["poste"]))
    libre = lus["libre"].astype(bool)
    vivantes = _vivantes_du_moteur("poste_id", cles_postes)
    candidats_lus = _lire_candidats(candidats, zones)
    cles_candidats = entiers(candidats_lus["cle"])
    # R53: somebody validated for a post is not proposed for another one while it lasts.
    valide = np.isin(cles_candidats, list(MiseEnRelation.objects.validees().values_list("candidat_id", flat=True)))
    capacite = regles.PROPOSITIONS_PAR_CANDIDAT - _vivantes_du_moteur("candidat_id", cles_candidats)
    return Tableau(
        postes=appariement.Postes(
            demarrage=jours(lus["demarrage"]),
            coordinateur=lus["coordinateur"].astype(bool),
            libre=libre,
            places=np.where(libre, np.maximum(0, regles.PROPOSITIONS_PAR_POSTE - vivantes), 0),
            # R46: the seat when no place of work is given.
            lieu_poste=np.concatenate((np.searchsorted(cles_postes, entiers(lieux["poste"])), sieges)),
            lieu_latitude=np.concatenate((reels(lieux["latitude"]), reels(lus["latitude"])[sieges])),
            lieu_longitude=np.concatenate((reels(lieux["longitude"]), reels(lus["longitude"])[sieges])),
            lieu_zone=np.concatenate((entiers(lieux["zone"]), entiers(lus["zone"])[sieges])),
        ),
        candidats=appariement.Candidats(
            latitude=reels(candidats_lus["latitude"]),
            longitude=reels(candidats_lus["longitude"]),
            zone=entiers(candidats_lus["zone"]),
            mobilite=entiers(candidats_lus["mobilite"]),
            disponible=jours(candidats_lus["disponible"]),
            coordination=candidats_lus["coordination"].astype(bool),
            experience=candidats_lus["experience"].astype(bool),
            # R45: a result is in force and the person agrees to share it.
            pix=candidats_lus["pix"].astype(bool),
            capacite=np.where(valide, 0, np.maximum(0, capacite)),
        ),
        cles_postes=cles_postes,
        cles_candidats=cles_candidats,
        postes_modifies=entiers(lus["modifie"]),
        candidats_modifies=entiers(candidats_lus["modifie"]),
        valide=valide,
    )


def lire_zones() -> list[str]:
    """Every zone, in one order: a column holds the rank of its own."""
    return sorted(set(Departement.objects.values_list("zone", flat=True)))


def _lire_postes(filtre: Q, zones: list[str]) -> np.ndarray:
    return copie.lire(
        Poste.objects.filter(
            filtre,
            etat__in=ETATS_POSTE_COMPTE,
            structure__activee_le__isnull=False,
            structure__participation_fin_le__isnull=True,
        )
        .order_by("pk")
        .values_list(
            "pk", "modifie_le", _oui_non(Q(etat=EtatPoste.A_POURVOIR)), "demarrage_le", "coordinateur",
            "structure__commune__latitude", "structure__commune__longitude", _rang(zones, "structure__commune__zone"),
        ),
        cle=ENTIER, modifie=ENTIER, libre=OUI_NON, demarrage=JOUR, coordinateur=OUI_NON,
        latitude=REEL, longitude=REEL, zone=JOUR,
    )  # fmt: skip


def _lire_lieux(filtre: Q, zones: list[str]) -> np.ndarray:
    postes = Poste.objects.filter(
        filtre,
        etat__in=ETATS_POSTE_COMPTE,
        structure__activee_le__isnull=False,
        structure__participation_fin_le__isnull=True,
    )
    return copie.lire(
        Poste.lieux.through.objects.filter(poste__in=postes.order_by())
        .order_by("poste_id", "pk")
        .values_list(
            "poste_id", "lieuexercice__commune__latitude", "lieuexercice__commune__longitude",
            _rang(zones, "lieuexercice__commune__zone"),
        ),
        poste=ENTIER, latitude=REEL, longitude=REEL, zone=JOUR,
    )  # fmt: skip


def _lire_candidats(filtre: Q, zones: list[str]) -> np.ndarray:
    lus = copie.lire(
        Candidat.objects.proposables()
        .filter(filtre, utilisateur__is_active=True)
        .order_by()
        .values_list(
            "pk", "uuid", "modifie_le", "commune__latitude", "commune__longitude", _rang(zones, "commune__zone"),
            "mobilite_km", "disponible_le", "interet_coordination", "experience", "pix_partage",
        ),
        cle=ENTIER, uuid=UUID, modifie=ENTIER, latitude=REEL, longitude=REEL, zone=JOUR,
        mobilite=ENTIER_COURT, disponible=JOUR, coordination=OUI_NON, experience=OUI_NON, pix=OUI_NON,
    )  # fmt: skip
    # By UUID: the order of its bytes is that of its text (`regles.CandidatFacts.identifiant`).
    uuids = np.ascontiguousarray(lus["uuid"]).view(">u8").reshape(-1, 2)
    return lus[np.lexsort((uuids[:, 1], uuids[:, 0]))]


def _oui_non(condition: Q) -> ExpressionWrapper:
    return ExpressionWrapper(condition, output_field=BooleanField())


def _rang(zones: list[str], champ: str) -> Func:
    liste = Value(zones, output_field=ArrayField(TextField()))
    return Func(liste, F(champ), template="array_position(%(expressions)s)", output_field=IntegerField())


def _vivantes_du_moteur(par: str, cles: np.ndarray) -> np.ndarray:
    """R47, R48: how many live proposals of the engine each of these posts, or candidates, holds."""
    comptes = copie.lire(
        MiseEnRelation.objects.du_moteur().order_by().values_list(par).annotate(n=Count("pk")), cle=ENTIER, n=ENTIER
    )
    ordre = np.argsort(comptes["cle"])
    lignes = _chercher(entiers(comptes["cle"])[ordre], ordre, cles)
    return np.where(lignes >= 0, entiers(comptes["n"])[lignes] if len(comptes) else 0, 0)


def lire_paires(filtre: Q = TOUT) -> PairesExistantes:
    """The pairs that are not lapsed."""
    indecise = Q(etat=EtatMiseEnRelation.NOUVELLE, origine=Origine.MOTEUR, interet_candidat_le__isnull=True)
    lues = copie.lire(
        MiseEnRelation.objects.filter(filtre)
        .exclude(etat=EtatMiseEnRelation.CADUQUE)
        .order_by("pk")
        .values_list("pk", "poste_id", "candidat_id", _oui_non(indecise)),
        cle=ENTIER,
        poste=ENTIER,
        candidat=ENTIER,
        indecise=OUI_NON,
    )
    return PairesExistantes(
        entiers(lues["cle"]), entiers(lues["poste"]), entiers(lues["candidat"]), lues["indecise"].astype(bool)
    )


def obsoletes(tableau: Tableau, paires: PairesExistantes, aujourdhui: date) -> np.ndarray:
    """R51, R55: the ranks of undecided pairs of the engine that R46 no longer allows."""
    indecises = np.flatnonzero(paires.indecise)
    lignes_p = tableau.lignes_postes(paires.poste[indecises])
    lignes_c = tableau.lignes_candidats(paires.candidat[indecises])
    connues = (lignes_p >= 0) & (lignes_c >= 0)
    tenues = np.zeros(len(indecises), dtype=bool)
    tenues[connues] = appariement.restent_admissibles(
        tableau.postes, tableau.candidats, lignes_p[connues], lignes_c[connues], aujourdhui
    )
    return indecises[~tenues]


def interdites(tableau: Tableau, paires: PairesExistantes) -> np.ndarray:
    """R46: a pair that exists, or that either side turned down, is not proposed again for this post."""
    lignes_p, lignes_c = tableau.lignes_postes(paires.poste), tableau.lignes_candidats(paires.candidat)
    connues = (lignes_p >= 0) & (lignes_c >= 0)
    return np.unique(appariement.cles_de_paires(lignes_p[connues], lignes_c[connues], len(tableau.candidats)))


def autour(poste: Poste) -> Q:
    """Candidates who may reach a place of the post: a box on latitude and longitude, or the whole of France."""
    communes = [lieu.commune for lieu in poste.lieux.select_related("commune")] or [poste.structure.commune]
    filtre = Q(mobilite_km=Mobilite.FRANCE)
    marge = degrees((MOBILITE_LOCALE_MAX + 1) / RAYON_TERRE_KM)
    for commune in communes:
        marge_longitude = marge / max(0.1, cos(radians(abs(commune.latitude) + marge)))
        filtre |= Q(
            commune__zone=commune.zone,
            commune__latitude__range=(commune.latitude - marge, commune.latitude + marge),
            commune__longitude__range=(commune.longitude - marge_longitude, commune.longitude + marge_longitude),
        )
    return filtre


def _chercher(tries: np.ndarray, lignes: np.ndarray, cles: np.ndarray) -> np.ndarray:
    """For each key, its line in a sorted column, -1 when it is not there."""
    if not len(tries):
        return np.full(len(cles), -1, dtype=np.int64)
    rangs = np.minimum(np.searchsorted(tries, cles), len(tries) - 1)
    return np.where(tries[rangs] == cles, lignes[rangs], -1).astype(np.int64)
