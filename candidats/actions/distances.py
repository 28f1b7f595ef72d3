"""How far a pair is, again, when one of its two ends has moved (R46, R48): a fact, nobody's decision.

What nobody has decided on and R46 no longer allows is left as it was proposed: the engine closes it (R55).
"""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from candidats import regles
from candidats.actions.communs import verrouiller_vivantes
from candidats.enums import EtatMiseEnRelation, Origine
from candidats.models import Candidat, MiseEnRelation
from portal.territoires.models import Commune
from structures.models import Poste

MOTIF = "La distance a changé"


def actualiser(**filtres: object) -> list[MiseEnRelation]:
    """Live pairs of these posts or candidates whose distance is no longer the stored one, brought up to date."""
    le = timezone.localdate()
    lieux: dict[int, tuple[regles.Lieu, ...]] = {}
    changees = []
    for paire in verrouiller_vivantes(**filtres):
        if paire.poste_id not in lieux:
            lieux[paire.poste_id] = lieux_du_poste(paire.poste)
        if _actualiser(paire, lieux[paire.poste_id], le):
            paire._change_reason = MOTIF
            paire.save()
            changees.append(paire)
    return changees


def _actualiser(paire: MiseEnRelation, lieux: tuple[regles.Lieu, ...], le: date) -> bool:
    candidat = faits_du_candidat(paire.candidat)
    distance = regles.distance_acceptee(candidat, lieux)
    if distance is None:
        if _indecise(paire):
            return False
        distance = regles.distance_minimale(candidat.lieu, lieux)
    if paire.distance_km is not None and round(distance, 3) == round(paire.distance_km, 3):
        return False
    paire.distance_km = round(distance, 3)
    # Whoever made it: a pair chosen by hand is explained too.
    if paire.explication:
        note = regles.noter(candidat, faits_du_poste(paire.poste, lieux), distance, le)
        paire.score, paire.explication = note.score, [critere.en_dict() for critere in note.criteres]
    return True


def _indecise(paire: MiseEnRelation) -> bool:
    return (
        paire.etat == EtatMiseEnRelation.NOUVELLE
        and paire.origine == Origine.MOTEUR
        and paire.interet_candidat_le is None
    )


def faits_du_poste(poste: Poste, lieux: tuple[regles.Lieu, ...] | None = None) -> regles.PosteFacts:
    return regles.PosteFacts(
        identifiant=str(poste.uuid),
        lieux=lieux_du_poste(poste) if lieux is None else lieux,
        demarrage_le=poste.demarrage_le,
        coordinateur=poste.coordinateur,
    )


def faits_du_candidat(candidat: Candidat) -> regles.CandidatFacts:
    return regles.CandidatFacts(
        identifiant=str(candidat.uuid),
        lieu=lieu_de(candidat.commune),
        mobilite_km=candidat.mobilite_km,
        disponible_le=candidat.disponible_le,
        veut_coordination=candidat.interet_coordination,
        experience=candidat.experience,
        pix_partage=candidat.pix_partage,
    )


def lieux_du_poste(poste: Poste) -> tuple[regles.Lieu, ...]:
    """R46: the places of work of the post, or the seat when none is given."""
    communes = [lieu.commune for lieu in poste.lieux.select_related("commune")] or [poste.structure.commune]
    return tuple(lieu_de(commune) for commune in communes)


def lieu_de(commune: Commune) -> regles.Lieu:
    return regles.Lieu(commune.latitude, commune.longitude, commune.zone)
