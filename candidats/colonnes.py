"""What the engine reads, as columns (R55): a handful of queries whatever the number of posts and candidates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from math import cos, degrees, radians
from typing import Any

import numpy as np
from django.db.models import Count, Q

from candidats import appariement, regles
from candidats.enums import EtatMiseEnRelation, Mobilite, Origine
from candidats.models import Candidat, MiseEnRelation
from portal.territoires.distance import RAYON_TERRE_KM
from structures.enums import ETATS_POSTE_COMPTE, EtatPoste
from structures.models import Poste

TOUT = Q()
MOBILITE_LOCALE_MAX = max(m for m in Mobilite.values if m != Mobilite.FRANCE)


@dataclass
class Tableau:
    """The columns and what leads back from a line to its row."""

    postes: appariement.Postes
    candidats: appariement.Candidats
    cles_postes: np.ndarray
    cles_candidats: np.ndarray
    faits_postes: list[regles.PosteFacts]
    lignes_candidats: list[tuple]
    ligne_de_poste: dict[int, int]
    ligne_de_candidat: dict[int, int]
    valides: set[int]

    def retirer(self, paires: PairesExistantes, rangs: np.ndarray) -> None:
        """Count the pairs of these ranks as closed: their places and the candidates' capacity come back."""
        for cle_poste, cle_candidat in zip(paires.poste[rangs].tolist(), paires.candidat[rangs].tolist(), strict=True):
            poste, candidat = self.ligne_de_poste.get(cle_poste), self.ligne_de_candidat.get(cle_candidat)
            if poste is not None:
                fait = self.faits_postes[poste]
                fait = replace(fait, propositions_vivantes=fait.propositions_vivantes - 1)
                self.faits_postes[poste] = fait
                self.postes.places[poste] = _places(fait)
            if candidat is not None and cle_candidat not in self.valides:
                self.candidats.capacite[candidat] += 1

    def faits_candidat(self, ligne: int) -> regles.CandidatFacts:
        """Made for the pairs that are kept only."""
        _, uuid, latitude, longitude, zone, mobilite, disponible, coordination, experience, pix = self.lignes_candidats[
            ligne
        ]
        return regles.CandidatFacts(
            identifiant=str(uuid),
            lieu=regles.Lieu(latitude, longitude, zone),
            mobilite_km=mobilite,
            disponible_le=disponible,
            veut_coordination=coordination,
            experience=experience,
            pix_partage=pix,
        )


@dataclass
class PairesExistantes:
    """Pairs that are not lapsed, as columns of keys."""

    cle: np.ndarray
    poste: np.ndarray
    candidat: np.ndarray
    indecise: np.ndarray


def lire(postes: Q = TOUT, candidats: Q = TOUT) -> Tableau:
    """Posts of activated structures that are not over, and candidates who may be proposed (R46).

    A post that is not free has no place to fill and a person validated somewhere no capacity: they are here because
    their existing pairs are checked too.
    """
    zones: dict[str, int] = {}
    colonnes_postes, faits, cles_postes = _lire_postes(postes, zones)
    # R53: somebody validated for a post is not proposed for another one while it lasts.
    valides = set(MiseEnRelation.objects.validees().values_list("candidat_id", flat=True))
    colonnes_candidats, lignes, cles_candidats = _lire_candidats(candidats, zones, valides)
    return Tableau(
        postes=colonnes_postes,
        candidats=colonnes_candidats,
        cles_postes=cles_postes,
        cles_candidats=cles_candidats,
        faits_postes=faits,
        lignes_candidats=lignes,
        ligne_de_poste={cle: rang for rang, cle in enumerate(cles_postes.tolist())},
        ligne_de_candidat={cle: rang for rang, cle in enumerate(cles_candidats.tolist())},
        valides=valides,
    )


def _vivantes_du_moteur(par: str) -> dict[int, int]:
    """R47, R48: how many live proposals of the engine each post, or each candidate, holds."""
    comptes = MiseEnRelation.objects.du_moteur().order_by().values_list(par).annotate(n=Count("pk"))
    return dict(comptes)


def _places(fait: regles.PosteFacts) -> int:
    return regles.places_a_pourvoir(fait.propositions_vivantes) if fait.libre else 0


def _zone(zones: dict[str, int], zone: str) -> int:
    return zones.setdefault(zone, len(zones))


def _lire_postes(filtre: Q, zones: dict[str, int]) -> tuple[appariement.Postes, list[regles.PosteFacts], np.ndarray]:
    postes = list(
        Poste.objects.filter(
            filtre,
            etat__in=ETATS_POSTE_COMPTE,
            structure__activee_le__isnull=False,
            structure__participation_fin_le__isnull=True,
        )
        .order_by("pk")
        .values_list(
            "pk", "uuid", "etat", "demarrage_le", "coordinateur",
            "structure__commune__latitude", "structure__commune__longitude", "structure__commune__zone",
        )
    )  # fmt: skip
    lieux: dict[int, list[regles.Lieu]] = {}
    rattaches = Poste.lieux.through.objects.filter(poste__in=Poste.objects.filter(filtre)).order_by("poste_id", "pk")
    for cle, *lieu in rattaches.values_list(
        "poste_id", "lieuexercice__commune__latitude", "lieuexercice__commune__longitude", "lieuexercice__commune__zone"
    ):
        lieux.setdefault(cle, []).append(regles.Lieu(*lieu))
    vivantes = _vivantes_du_moteur("poste_id")
    faits = [
        regles.PosteFacts(
            identifiant=str(uuid),
            # R46: the seat when no place of work is given.
            lieux=tuple(lieux.get(cle) or [regles.Lieu(*siege)]),
            demarrage_le=demarrage,
            libre=etat == EtatPoste.A_POURVOIR,
            coordinateur=coordinateur,
            propositions_vivantes=vivantes.get(cle, 0),
        )
        for cle, uuid, etat, demarrage, coordinateur, *siege in postes
    ]
    plats = [(ligne, lieu) for ligne, fait in enumerate(faits) for lieu in fait.lieux]
    colonnes = appariement.Postes(
        demarrage=_entiers(f.demarrage_le.toordinal() for f in faits),
        coordinateur=_booleens(f.coordinateur for f in faits),
        places=_entiers(_places(f) for f in faits),
        lieu_poste=_entiers(ligne for ligne, _ in plats),
        lieu_latitude=_reels(lieu.latitude for _, lieu in plats),
        lieu_longitude=_reels(lieu.longitude for _, lieu in plats),
        lieu_zone=_entiers(_zone(zones, lieu.zone) for _, lieu in plats),
    )
    return colonnes, faits, _entiers(ligne[0] for ligne in postes)


def _lire_candidats(
    filtre: Q, zones: dict[str, int], valides: set[int]
) -> tuple[appariement.Candidats, list[tuple], np.ndarray]:
    lignes = list(
        Candidat.objects.proposables()
        .filter(filtre, utilisateur__is_active=True)
        .order_by("uuid")
        .values_list(
            "pk", "uuid", "commune__latitude", "commune__longitude", "commune__zone", "mobilite_km", "disponible_le",
            "interet_coordination", "experience", "pix_partage",
        )
    )  # fmt: skip
    vivantes = _vivantes_du_moteur("candidat_id")
    maximum = regles.PROPOSITIONS_PAR_CANDIDAT
    colonnes = appariement.Candidats(
        latitude=_reels(ligne[2] for ligne in lignes),
        longitude=_reels(ligne[3] for ligne in lignes),
        zone=_entiers(_zone(zones, ligne[4]) for ligne in lignes),
        mobilite=_entiers(ligne[5] for ligne in lignes),
        disponible=_entiers(ligne[6].toordinal() for ligne in lignes),
        coordination=_booleens(ligne[7] for ligne in lignes),
        experience=_booleens(ligne[8] for ligne in lignes),
        # R45: a result is in force and the person agrees to share it.
        pix=_booleens(ligne[9] for ligne in lignes),
        capacite=_entiers(
            0 if ligne[0] in valides else max(0, maximum - vivantes.get(ligne[0], 0)) for ligne in lignes
        ),
    )
    return colonnes, lignes, _entiers(ligne[0] for ligne in lignes)


def lire_paires(filtre: Q = TOUT) -> PairesExistantes:
    """The pairs that are not lapsed; `indecise`: made by the engine, and nobody on either side has said a word."""
    lignes = list(
        MiseEnRelation.objects.filter(filtre)
        .exclude(etat=EtatMiseEnRelation.CADUQUE)
        .order_by("pk")
        .values_list("pk", "poste_id", "candidat_id", "etat", "origine", "interet_candidat_le")
    )
    return PairesExistantes(
        cle=_entiers(ligne[0] for ligne in lignes),
        poste=_entiers(ligne[1] for ligne in lignes),
        candidat=_entiers(ligne[2] for ligne in lignes),
        indecise=_booleens(
            etat == EtatMiseEnRelation.NOUVELLE and origine == Origine.MOTEUR and interet is None
            for _, _, _, etat, origine, interet in lignes
        ),
    )


def obsoletes(tableau: Tableau, paires: PairesExistantes, aujourdhui: date) -> np.ndarray:
    """R51, R55: the ranks of undecided pairs of the engine that R46 no longer allows."""
    indecises = np.flatnonzero(paires.indecise)
    lignes_p = _lignes(tableau.ligne_de_poste, paires.poste[indecises])
    lignes_c = _lignes(tableau.ligne_de_candidat, paires.candidat[indecises])
    connues = (lignes_p >= 0) & (lignes_c >= 0)
    tenues = np.zeros(len(indecises), dtype=bool)
    tenues[connues] = appariement.restent_admissibles(
        tableau.postes, tableau.candidats, lignes_p[connues], lignes_c[connues], aujourdhui
    )
    return indecises[~tenues]


def interdites(tableau: Tableau, paires: PairesExistantes) -> np.ndarray:
    """R46: a pair that exists, or that either side turned down, is not proposed again for this post."""
    lignes_p = _lignes(tableau.ligne_de_poste, paires.poste)
    lignes_c = _lignes(tableau.ligne_de_candidat, paires.candidat)
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


def _lignes(index: dict[int, int], cles: np.ndarray) -> np.ndarray:
    return _entiers(index.get(cle, -1) for cle in cles.tolist())


def _entiers(valeurs: Any) -> np.ndarray:
    return np.array(list(valeurs), dtype=np.int64)


def _reels(valeurs: Any) -> np.ndarray:
    return np.array(list(valeurs), dtype=np.float64)


def _booleens(valeurs: Any) -> np.ndarray:
    return np.array(list(valeurs), dtype=bool)
