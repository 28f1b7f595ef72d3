"""R45: whose each result is, before anything is written: the review page and the import read the same sorting.

A constant number of queries, whatever the number of lines.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils import timezone

from candidats.enums import EtatCandidat, EtatLignePix, MotifRevue
from candidats.models import Candidat, LignePix, ResultatPix
from candidats.pix import FORME, Lecture, Participation, Rejet, departager, lire, memes_noms
from portal.commun.verrous import toutes_sous_verrou

# Nothing of the result is kept for these reasons: the person has not agreed, or no longer does, or has left.
SANS_DONNEES = frozenset({MotifRevue.SANS_CONSENTEMENT, MotifRevue.CONSENTEMENT_RETIRE, MotifRevue.PARTIE})


@dataclass(frozen=True, slots=True)
class Jonction:
    """A result that joins a person; `actuel` is the one in force for this campaign, `change` what must be written."""

    candidat: Candidat
    lue: Participation
    actuel: ResultatPix | None
    change: bool


@dataclass(frozen=True, slots=True)
class Revue:
    """A line that joins nobody; `ligne` is the one of an earlier import that said the same."""

    lue: Participation
    motif: MotifRevue
    ligne: LignePix | None

    @property
    def classee(self) -> bool:
        """ANCT has already decided on it, and that still holds."""
        if self.ligne is None or self.ligne.etat == EtatLignePix.A_REVOIR:
            return False
        return self.ligne.etat == EtatLignePix.ECARTEE or self.motif not in SANS_DONNEES

    @property
    def a_ecrire(self) -> bool:
        if self.ligne is None:
            return True
        return not self.classee and (self.ligne.etat, self.ligne.motif_revue) != (EtatLignePix.A_REVOIR, self.motif)


@dataclass(slots=True)
class Tri:
    jonctions: list[Jonction] = field(default_factory=list)
    revues: list[Revue] = field(default_factory=list)
    # Left for a later one of the same person, in the file or already in force.
    remplacees: list[Participation] = field(default_factory=list)
    # Lines of earlier imports that these results answer.
    resolues: list[tuple[LignePix, Candidat]] = field(default_factory=list)


@dataclass(slots=True)
class BilanPix:
    """What an import did, or would do."""

    lues: int = 0
    rattachees: int = 0
    a_revoir: int = 0
    rejetees: int = 0
    non_partagees: int = 0
    remplacees: int = 0
    inchangees: int = 0
    # Something is to be written.
    a_ecrire: bool = False
    rejets: list[Rejet] = field(default_factory=list)
    revues: list[Revue] = field(default_factory=list)
    laissees: list[int] = field(default_factory=list)
    erreurs: tuple[Any, ...] = ()

    @classmethod
    def de(cls, lecture: Lecture, tri: Tri) -> BilanPix:
        ouvertes = [revue for revue in tri.revues if not revue.classee]
        inchangees = sum(1 for jonction in tri.jonctions if not jonction.change)
        par_main = sum(1 for r in tri.revues if r.classee and r.ligne.etat == EtatLignePix.RATTACHEE)
        return cls(
            lues=lecture.lues,
            rattachees=len(tri.jonctions) + par_main,
            a_revoir=len(ouvertes),
            rejetees=len(lecture.rejets),
            non_partagees=lecture.non_partagees,
            remplacees=len(tri.remplacees),
            inchangees=inchangees + par_main,
            a_ecrire=bool(len(tri.jonctions) - inchangees or tri.resolues or any(r.a_ecrire for r in ouvertes)),
            rejets=lecture.rejets,
            revues=ouvertes,
            laissees=[lue.numero for lue in tri.remplacees],
        )

    def en_json(self) -> dict[str, int]:
        """INTERFACES."""
        return {nom: getattr(self, nom) for nom in ("lues", "rattachees", "a_revoir", "rejetees")}


def lire_fichier(contenu: bytes) -> Lecture:
    return lire(contenu, maintenant=timezone.now(), colonne_identifiant=settings.PIX_COLONNE_IDENTIFIANT)


def previsualiser(contenu: bytes) -> BilanPix:
    """What a file would do; nothing is written."""
    lecture = lire_fichier(contenu)
    return BilanPix.de(lecture, trier(lecture.participations))


def identifiant_garde(lue: Participation) -> str:
    """Ours as we write it, another one as the file does."""
    return lue.cle if FORME.fullmatch(lue.cle) else lue.identifiant


def trier(lues: list[Participation], *, verrou: bool = False) -> Tri:
    """Each line joined or to review. With `verrou`, inside a verb: the people stay as they are until its end."""
    lues = list({lue.empreinte(): lue for lue in lues}.values())
    personnes = _personnes({lue.cle for lue in lues}, verrou)
    empreintes = {lue.empreinte(): lue for lue in lues}
    lignes = {ligne.empreinte: ligne for ligne in LignePix.objects.filter(empreinte__in=empreintes)}
    alias = _rattachees_a_la_main(lues, personnes)
    tri, acceptees = Tri(), []
    for empreinte, lue in empreintes.items():
        ligne = lignes.get(empreinte)
        candidat = personnes.get(lue.cle)
        connue = alias.get(identifiant_garde(lue)) if candidat is None else None
        if candidat is None and ligne is not None and ligne.candidat_id:
            connue = connue or ligne.candidat
        motif = motif_de_revue(lue, candidat, connue)
        if motif is None:
            acceptees.append(lue)
        else:
            tri.revues.append(Revue(lue, motif, ligne))
    gardees, tri.remplacees = departager(acceptees)
    _comparer(tri, gardees, personnes)
    _resoudre(tri)
    return tri


def motif_de_revue(lue: Participation, candidat: Candidat | None, connue: Candidat | None) -> MotifRevue | None:
    """Why a line joins nobody. `connue`: whom ANCT said that an unknown identifier was; it only protects them."""
    if candidat is None:
        if connue is not None and connue.pix_consenti_le is None:
            return MotifRevue.CONSENTEMENT_RETIRE
        return MotifRevue.IDENTIFIANT_INCONNU if lue.cle else MotifRevue.SANS_IDENTIFIANT
    if candidat.etat == EtatCandidat.RETIRE or not candidat.utilisateur.is_active:
        return MotifRevue.PARTIE
    if candidat.pix_consenti_le is None:
        return MotifRevue.CONSENTEMENT_RETIRE if candidat.pix_retire_le else MotifRevue.SANS_CONSENTEMENT
    if not memes_noms(lue.nom, lue.prenom, candidat.utilisateur.nom, candidat.utilisateur.prenom):
        return MotifRevue.NOMS_DIFFERENTS
    return None


def _personnes(cles: set[str], verrou: bool) -> dict[str, Candidat]:
    candidats = Candidat.objects.filter(identifiant_pix__in=cles - {""})
    trouves = toutes_sous_verrou(candidats, "utilisateur") if verrou else candidats.select_related("utilisateur")
    return {candidat.identifiant_pix: candidat for candidat in trouves}


def _rattachees_a_la_main(lues: list[Participation], personnes: dict[str, Candidat]) -> dict[str, Candidat]:
    inconnus = {identifiant_garde(lue) for lue in lues if lue.cle and lue.cle not in personnes}
    lignes = LignePix.objects.filter(identifiant__in=inconnus, candidat__isnull=False).select_related("candidat")
    return {ligne.identifiant: ligne.candidat for ligne in lignes.order_by("pk")}


def _comparer(tri: Tri, gardees: list[Participation], personnes: dict[str, Candidat]) -> None:
    """Newer or of the same minute wins; the same result again changes nothing."""
    en_vigueur = ResultatPix.objects.filter(en_vigueur=True, candidat__in=[personnes[lue.cle].pk for lue in gardees])
    actuels = {(resultat.candidat_id, resultat.campagne_cle): resultat for resultat in en_vigueur}
    for lue in gardees:
        candidat = personnes[lue.cle]
        actuel = actuels.get((candidat.pk, lue.campagne.cle))
        if actuel is not None and actuel.partage_le > lue.partage_le:
            tri.remplacees.append(lue)
        else:
            tri.jonctions.append(Jonction(candidat, lue, actuel, actuel is None or _different(actuel, lue)))


def _different(actuel: ResultatPix, lue: Participation) -> bool:
    resultat = lue.resultat()
    if actuel.partage_le == lue.partage_le and not lue.competences:
        # Pix’s interface does not give them: the file that did stays.
        del resultat["competences"]
    return any(getattr(actuel, champ) != valeur for champ, valeur in resultat.items())


def _resoudre(tri: Tri) -> None:
    """A person who has agreed since, a corrected name: the lines that waited for it wait no longer."""
    attendues = {(jonction.lue.cle, jonction.lue.campagne.cle): jonction.candidat for jonction in tri.jonctions}
    lignes = LignePix.objects.filter(etat=EtatLignePix.A_REVOIR, identifiant__in={cle for cle, _ in attendues})
    for ligne in lignes.order_by("pk"):
        candidat = attendues.get((ligne.identifiant, ligne.campagne_cle))
        # Another name under the same identifier may be somebody else: a person decides.
        if candidat is not None and ligne.motif_revue in SANS_DONNEES:
            tri.resolues.append((ligne, candidat))
