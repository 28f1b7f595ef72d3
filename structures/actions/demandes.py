"""More posts for a structure in the scheme: asked, seen by the prefecture, decided by a committee (R29, R25)."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, exiger
from portal.commun.roles import Role
from portal.commun.verbes import verbe
from portal.commun.verrous import sous_verrou
from structures import droits, notifications_postes
from structures.actions.postes import exiger_motif
from structures.actions.transferts import verrouiller_structures
from structures.enums import EtatCandidature, EtatDemande
from structures.etats import MACHINE_DEMANDE
from structures.models import Campagne, Candidature, DemandePostes, Structure
from structures.regles import verifier_ajout, verifier_avis

POSTES_MAX = 200


@verbe
def demander_postes(
    *,
    acteur: Acteur,
    structure: Structure,
    nb_postes: int,
    demarrage_le: dt.date,
    motif: str,
    candidature: Candidature | None = None,
) -> DemandePostes:
    """R29: one request at a time, in the open campaign of the call in which the structure was activated."""
    droits.DEMANDER_POSTES.exiger(acteur)
    structure = verrouiller_structures(structure.pk)[structure.pk]
    _exiger_la_sienne(acteur, structure)
    if structure.activee_le is None or structure.participation_fin_le is not None:
        message = "Seule une structure activée et qui a encore un poste en demande d’autres : déposez une candidature."
        raise RegleNonRespectee("R29", message)
    en_cours = DemandePostes.objects.filter(structure=structure, etat=EtatDemande.EN_COURS).exists()
    exiger(verifier_ajout(nb_postes=nb_postes, motif=motif, demande_en_cours=en_cours))
    if nb_postes > POSTES_MAX:
        raise RegleNonRespectee("R29", f"Une demande porte sur {POSTES_MAX} postes au plus.", "nb_postes")
    if demarrage_le < timezone.localdate():
        raise RegleNonRespectee("R29", "Indiquez une date à venir.", "demarrage_le")
    possibles = origines_possibles(structure)
    if candidature is not None:
        possibles = [couple for couple in possibles if couple[0].pk == candidature.pk]
    if not possibles:
        message = "Aucun appel auquel votre structure a été retenue n’est ouvert en ce moment."
        raise RegleNonRespectee("R29", message)
    origine, campagne = possibles[0]
    demande = DemandePostes.objects.create(
        structure=structure,
        campagne=campagne,
        candidature=origine,
        nb_postes=nb_postes,
        demarrage_le=demarrage_le,
        motif=exiger_motif(motif),
        etat_par_id=acteur.utilisateur_id,
        etat_role=acteur.role,
    )
    notifications_postes.annoncer_demande(demande)
    return demande


@verbe
def retirer_demande(*, acteur: Acteur, demande: DemandePostes) -> DemandePostes:
    """R29: the structure no longer asks; a new request is then possible."""
    demande = verrouiller_demande(demande)
    _exiger_la_sienne(acteur, demande.structure)
    MACHINE_DEMANDE.franchir(demande, "retirer", acteur=acteur)
    demande.save()
    notifications_postes.annoncer_suite_de_demande(demande, "demande_retiree")
    return demande


@verbe
def rendre_avis_demande(*, acteur: Acteur, demande: DemandePostes, sens: str, commentaire: str) -> DemandePostes:
    """R25: the prefecture's opinion; it can change until the committee decides, and every version is kept."""
    droits.AVIS_DEMANDE.exiger(acteur)
    demande = verrouiller_demande(demande)
    if acteur.est(Role.PREFECTURE) and demande.structure.departement_id not in acteur.departements:
        raise AccesRefuse("Cette structure n’est pas dans votre département.")
    if demande.etat != EtatDemande.EN_COURS:
        raise RegleNonRespectee("R25", "Cette demande n’est plus en cours d’examen : l’avis ne change plus.")
    exiger(verifier_avis(sens, 1, commentaire))
    premier, commentaire = not demande.avis_sens, commentaire.strip()
    if (demande.avis_sens, demande.avis_commentaire) == (sens, commentaire):
        # The same opinion again (a second click) makes no new version.
        return demande
    demande.avis_sens, demande.avis_commentaire = sens, commentaire
    demande.avis_rendu_le = timezone.now()
    demande.save()
    if premier:
        notifications_postes.annoncer_avis_sur_demande(demande)
    return demande


def origines_possibles(structure: Structure) -> list[tuple[Candidature, Campagne]]:
    """The activated applications of a structure and the open campaign of their call, coordinators last."""
    candidatures = structure.candidatures.filter(etat=EtatCandidature.ACTIVEE).order_by("coordinateur", "-confirmee_le")
    ouvertes: dict[str, Campagne] = {}
    for campagne in Campagne.objects.ouvertes(timezone.localdate()).order_by("ouvre_le", "pk"):
        ouvertes.setdefault(campagne.regime, campagne)
    return [(c, ouvertes[c.regime]) for c in candidatures if c.regime in ouvertes]


def verrouiller_demande(demande: DemandePostes) -> DemandePostes:
    """A merge may have given it to another structure while it was waited for (R22)."""
    lies = ("structure__commune__departement", "structure__organisation", "campagne", "candidature")
    return sous_verrou(DemandePostes, demande.pk, *lies)


def _exiger_la_sienne(acteur: Acteur, structure: Structure) -> None:
    if acteur.est(Role.STRUCTURE) and structure.organisation_id != acteur.organisation_id:
        raise AccesRefuse("Cette demande est celle d’une autre structure.")
