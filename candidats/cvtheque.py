"""The search of the CVthèque (R44): candidates around places, in an order, one page at a time.

Fast at any size: communes of the radius are found first, candidates then come by their indexes; results are counted,
paged and exported up to `RESULTATS_MAX`, so that no request sorts or counts the whole country for its own sake.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from math import cos, radians, sin

from django.db.models import BooleanField, F, Func, Q, QuerySet, Value
from django.db.models.expressions import Combinable, RawSQL
from django.db.models.functions import Cos, Greatest, Radians, Sin

from candidats.actions.distances import lieu_de, lieux_du_poste
from candidats.enums import EtatMiseEnRelation, Mobilite
from candidats.models import Candidat, MiseEnRelation
from candidats.regles import Lieu, distance_minimale
from candidats.regles_cvtheque import (
    RAYONS,
    RESULTATS_MAX,
    SELON_MOBILITE,
    TOUTE_LA_FRANCE,
    communes_acceptees,
)
from portal.commun.normalisation import normaliser
from portal.commun.roles import Role
from portal.comptes.models import Rattachement
from portal.territoires.models import Commune
from portal.territoires.proximite import communes_proches
from structures.models import Poste, Structure

PROCHE_KM = max(RAYONS)
# PostgreSQL's French list of words to leave out holds every article but this one.
ARTICLE_GARDE = "les"
TRIS = {
    "distance": "Du plus proche au plus éloigné",
    "disponibilite": "Disponible le plus tôt",
    "experience": "Avec de l’expérience d’abord",
    "inscription": "Inscrit le plus récemment",
}
# `pk` settles what is equal: a page never shows somebody twice.
_ORDRES = {
    "disponibilite": ("disponible_le", "pk"),
    "experience": ("-experience", "-cree_le", "-pk"),
    "inscription": ("-cree_le", "-pk"),
}


@dataclass(frozen=True)
class Centre:
    """Where people are looked for around: `nom` completes « autour de »."""

    lieux: tuple[Lieu, ...]
    nom: str


def centre_de(structure: Structure, poste: Poste | None = None, commune: Commune | None = None) -> Centre:
    """The commune asked for, otherwise the places of work of the post, otherwise the seat."""
    if commune is not None:
        return Centre((lieu_de(commune),), str(commune))
    if poste is not None:
        return Centre(lieux_du_poste(poste), f"{poste} ({structure.commune.nom})")
    return Centre((lieu_de(structure.commune),), f"{structure.commune} (siège)")


# --- filters --------------------------------------------------------------------------------------------------------


def a_portee(candidats: QuerySet[Candidat], centre: Centre, rayon: str) -> QuerySet[Candidat]:
    """Who lives within the radius, or accepts to come (R46); « France entière » keeps everybody."""
    if rayon == TOUTE_LA_FRANCE:
        return candidats
    if rayon != SELON_MOBILITE:
        return candidats.filter(_habite(communes_proches(centre.lieux, int(rayon))))
    portee = Q(mobilite_km=Mobilite.FRANCE)
    for mobilite, communes in communes_acceptees(communes_proches(centre.lieux, PROCHE_KM)).items():
        portee |= Q(_habite(communes), mobilite_km=mobilite)
    return candidats.filter(portee)


def _habite(codes: Iterable[str]) -> RawSQL:
    """`commune__in` with one parameter in place of thousands, which Django takes longer to write than they to run."""
    return RawSQL('"candidats_candidat"."commune_id" = ANY(%s::varchar[])', [list(codes)], output_field=BooleanField())


def mots_cherches(texte: str) -> str:
    """As the column was folded; single letters are left out: they are what accents leave of « à »."""
    mots = (mot for mot in normaliser(texte).split() if mot != ARTICLE_GARDE)
    return " ".join(mot for mot in mots if len(mot) > 1 or mot.isdigit())


def dit_quelque_chose(mots: str) -> bool:
    """False for words that French full-text search leaves out (« le », « pour »…): they would find nobody."""
    from django.db import connection

    with connection.cursor() as curseur:
        curseur.execute("SELECT numnode(plainto_tsquery('french', %s))", [mots])
        return curseur.fetchone()[0] > 0


def qui_dit(candidats: QuerySet[Candidat], mots: str) -> QuerySet[Candidat]:
    """All these words in the motivation or in the diploma; accents, case and endings forgiven.

    The column is kept by the database (migration `cvtheque`); the models do not know it, so that nobody reads it.
    """
    trouve = RawSQL(  # noqa: S611 - a constant, its parameter apart
        '"candidats_candidat"."texte_recherche" @@ plainto_tsquery(\'french\', %s)',
        [mots],
        output_field=BooleanField(),
    )
    return candidats.filter(trouve)


# --- order ----------------------------------------------------------------------------------------------------------


def _proximite(lieu: Lieu) -> Combinable:
    """The cosine of the angle between a candidate's commune and a place: the greater, the nearer (R46).

    Only sorts; to the decimetre, which is enough for points noted to the metre. What is shown is the exact distance.
    """
    latitude = Radians(F("commune__latitude"))
    ecart = Radians(F("commune__longitude") - Value(lieu.longitude))
    return Value(sin(radians(lieu.latitude))) * Sin(latitude) + Value(cos(radians(lieu.latitude))) * Cos(
        latitude
    ) * Cos(ecart)


def ordonner(candidats: QuerySet[Candidat], tri: str, centre: Centre) -> QuerySet[Candidat]:
    if tri in _ORDRES:
        return candidats.order_by(*_ORDRES[tri])
    proximites = [_proximite(lieu) for lieu in centre.lieux]
    proximite: Func | Combinable = Greatest(*proximites) if len(proximites) > 1 else proximites[0]
    return candidats.order_by(proximite.desc(), "disponible_le", "pk")


class Resultats:
    """What a search found, as a list that a paginator may slice: at most `RESULTATS_MAX` people."""

    def __init__(self, candidats: QuerySet[Candidat], centre: Centre, rayon: str, tri: str) -> None:
        self.candidats, self.centre, self.rayon, self.tri = candidats, centre, rayon, tri

    @cached_property
    def _compte(self) -> int:
        return _compter(self.candidats)

    @property
    def en_trop(self) -> bool:
        """There are more: the figure is a bound."""
        return self._compte > RESULTATS_MAX

    def __len__(self) -> int:
        return min(self._compte, RESULTATS_MAX)

    count = __len__

    def cles(self, debut: int, fin: int) -> list[int]:
        """The keys of these ranks, in order: only keys are sorted, whole rows are read afterwards."""
        fin = min(fin, RESULTATS_MAX)
        source = self._proches(fin) if self.tri == "distance" and self.rayon == TOUTE_LA_FRANCE else self.candidats
        return list(ordonner(source, self.tri, self.centre).values_list("pk", flat=True)[debut:fin])

    def _proches(self, fin: int) -> QuerySet[Candidat]:
        """The nearest of the whole country are looked for within 100 km when there are enough of them."""
        if self._compte > fin:
            proches = self.candidats.filter(_habite(communes_proches(self.centre.lieux, PROCHE_KM, outre_mer=True)))
            if _compter(proches, fin) >= fin:
                return proches
        return self.candidats

    def __getitem__(self, tranche: slice) -> list[Candidat]:
        return lire(self.cles(tranche.start or 0, len(self) if tranche.stop is None else tranche.stop), self.centre)


def _compter(candidats: QuerySet[Candidat], maximum: int = RESULTATS_MAX) -> int:
    """Exact up to the bound; one more than the bound says « more than »."""
    return candidats.order_by().values("pk")[: maximum + 1].count()


def lire(cles: list[int], centre: Centre) -> list[Candidat]:
    """The rows of these keys in this order, each with `distance_km` to the nearest place; one query."""
    par_cle = Candidat.objects.select_related("utilisateur", "commune__departement").in_bulk(cles)
    candidats = [par_cle[cle] for cle in cles if cle in par_cle]
    for candidat in candidats:
        candidat.distance_km = distance_de(candidat, centre)
    return candidats


def distance_de(candidat: Candidat, centre: Centre) -> float:
    return distance_minimale(lieu_de(candidat.commune), centre.lieux)


# --- what the structure already has with these people ---------------------------------------------------------------


def marquer(structure: Structure, candidats: list[Candidat]) -> None:
    """Each person with `liens` (the pairs of the structure's posts) and `de_la_structure`: shown, never hidden."""
    par_candidat: dict[int, list[MiseEnRelation]] = {}
    paires = (
        MiseEnRelation.objects.filter(candidat__in=candidats, poste__structure=structure)
        .exclude(etat=EtatMiseEnRelation.CADUQUE)
        .select_related("poste")
        .order_by("poste__numero")
    )
    for paire in paires:
        par_candidat.setdefault(paire.candidat_id, []).append(paire)
    des_notres = comptes_de(structure, candidats)
    for candidat in candidats:
        candidat.liens = par_candidat.get(candidat.pk, [])
        candidat.de_la_structure = candidat.utilisateur_id in des_notres


def comptes_de(structure: Structure, candidats: list[Candidat]) -> set[int]:
    """Among these candidates' accounts, those of the structure itself: a member, or its contact's address."""
    comptes = {candidat.utilisateur_id for candidat in candidats}
    membres = Rattachement.objects.filter(
        role=Role.STRUCTURE, organisation=structure.organisation_id, fin_le__isnull=True, utilisateur__in=comptes
    )
    contact = structure.contact_courriel.strip().lower()
    return set(membres.values_list("utilisateur_id", flat=True)) | {
        candidat.utilisateur_id for candidat in candidats if candidat.utilisateur.email.lower() == contact
    }
