"""A structure chooses somebody in the CVthèque (R44, R49): a pair made by hand, shortlisted from the start."""

from __future__ import annotations

from django.utils import timezone

from candidats import notifications, regles
from candidats.actions.communs import exiger_structure, verrouiller_candidat, verrouiller_poste
from candidats.actions.distances import faits_du_candidat, faits_du_poste
from candidats.cvtheque import comptes_de
from candidats.enums import ETATS_VALIDES, EtatCandidat, EtatMiseEnRelation, Origine
from candidats.etats import MACHINE_MISE_EN_RELATION
from candidats.models import Candidat, MiseEnRelation
from candidats.regles_cvtheque import verifier_preselection
from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, exiger
from portal.commun.roles import Role
from portal.commun.verbes import verbe
from structures.enums import EtatPoste
from structures.models import Poste


class CandidatureExistante(RegleNonRespectee):
    """This person and this post already have a pair: `mise_en_relation` leads to it."""

    def __init__(self, mise_en_relation: MiseEnRelation, message: str) -> None:
        super().__init__("R46", message, "poste")
        self.mise_en_relation = mise_en_relation


@verbe
def preselectionner_candidat(*, acteur: Acteur, poste: Poste, candidat: Candidat) -> MiseEnRelation:
    """R49: a pair chosen by hand; it is not one of the three of the engine (R47). The candidate is told (R51).

    Two clicks at the same second wait for each other on the post: the second one finds the pair of the first.
    """
    if not acteur.est(Role.STRUCTURE, Role.SYSTEME):
        raise AccesRefuse("Seule la structure choisit elle-même une personne pour ses postes.")
    poste = verrouiller_poste(poste.pk)
    exiger_structure(acteur, poste.structure)
    candidat = verrouiller_candidat(candidat.pk)
    existante = (
        MiseEnRelation.objects.exclude(etat=EtatMiseEnRelation.CADUQUE).filter(poste=poste, candidat=candidat).first()
    )
    manquements = verifier_preselection(
        **_faits(poste, candidat), etat_existant=existante.etat if existante is not None else ""
    )
    if existante is not None:
        raise CandidatureExistante(existante, manquements[0].message)
    exiger(manquements)
    mise_en_relation = _composer(poste, candidat)
    MACHINE_MISE_EN_RELATION.franchir(mise_en_relation, "preselectionner", acteur=acteur)
    mise_en_relation._change_reason = "Choisie dans la CVthèque"
    mise_en_relation.save()
    notifications.annoncer_au_candidat("preselection_cvtheque", mise_en_relation)
    return mise_en_relation


def _faits(poste: Poste, candidat: Candidat) -> dict[str, bool]:
    valides = MiseEnRelation.objects.filter(etat__in=ETATS_VALIDES)
    proposable = candidat.etat == EtatCandidat.DISPONIBLE and candidat.confirme_le is not None
    return {
        "poste_libre": poste.etat == EtatPoste.A_POURVOIR and poste.structure.participation_fin_le is None,
        "poste_a_un_valide": valides.filter(poste=poste).exists(),
        "candidat_recrute": candidat.etat == EtatCandidat.RECRUTE,
        "candidat_valide_ailleurs": valides.filter(candidat=candidat).exclude(poste=poste).exists(),
        "candidat_disponible": proposable and candidat.utilisateur.is_active,
        "de_la_structure": bool(comptes_de(poste.structure, [candidat])),
    }


def _composer(poste: Poste, candidat: Candidat) -> MiseEnRelation:
    """R48: the same explanation as a proposal of the engine, from wherever the person lives."""
    faits, du_poste = faits_du_candidat(candidat), faits_du_poste(poste)
    distance = regles.distance_acceptee(faits, du_poste.lieux)
    if distance is None:
        distance = regles.distance_minimale(faits.lieu, du_poste.lieux)
    note = regles.noter(faits, du_poste, distance, timezone.localdate())
    return MiseEnRelation(
        poste=poste,
        candidat=candidat,
        origine=Origine.MANUELLE,
        distance_km=round(distance, 3),
        score=note.score,
        explication=[critere.en_dict() for critere in note.criteres],
    )
