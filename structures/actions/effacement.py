"""An application that nobody ever confirmed does not stay (R23, R111)."""

from __future__ import annotations

from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, TransitionInterdite
from portal.commun.purge import effacer
from portal.commun.roles import Role
from portal.commun.verbes import verbe
from structures.actions.concertation import verrouiller_candidature
from structures.models import Candidature

# What the line that stays in the history no longer says. The body and its SIRET name nobody.
VIDES = dict.fromkeys(
    (
        "contact_prenom",
        "contact_nom",
        "contact_fonction",
        "contact_courriel",
        "contact_telephone",
        "candidat_courriel",
        "adresse",
        "motivation",
        "missions",
        "partenaires",
        "poste_existant_precisions",
        "perimetre_coordination",
        "personne_en_poste",
        "contestation_statut",
        "correction_demandee",
    ),
    "",
)


@verbe
def effacer_candidature(*, acteur: Acteur, candidature: Candidature, motif: str) -> None:
    """R111: the application and its lines. Confirmed meanwhile, it stays."""
    if not acteur.est(Role.SYSTEME):
        raise AccesRefuse("Seul le portail efface une candidature.")
    candidature = verrouiller_candidature(candidature)
    if candidature.confirmee_le is not None:
        raise TransitionInterdite("Cette candidature est confirmée : elle ne s’efface pas.")
    for consultation in candidature.consultations.all():
        effacer(consultation, motif=motif, vides={"courriel": "", "commentaire": ""})
    effacer(candidature, motif=motif, vides=VIDES)
