"""Another SIRET or RIDET for the same body: asked with a proof, checked by ANCT before anything changes (R21, R22)."""

from __future__ import annotations

from typing import Any

from portal.commun.acteurs import Acteur
from portal.commun.documents import deposer_document
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee
from portal.commun.evenements import emettre
from portal.commun.normalisation import normaliser
from portal.commun.roles import Role
from portal.commun.verbes import verbe
from portal.commun.verrous import sous_verrou
from structures import droits, notifications_postes
from structures.actions.postes import exiger_motif
from structures.actions.transferts import verrouiller_structures
from structures.enums import EtatChangement
from structures.etats import MACHINE_CHANGEMENT
from structures.faits import appliquer
from structures.identifiants import classer, identifiant_unique
from structures.justificatifs import NATURE_JUSTIFICATIF
from structures.models import Candidature, ChangementEtablissement, Poste, Structure
from structures.regimes import StatutJuridique

# What a change brings to the structure; the legal kind and the type are not part of it.
CHAMPS = ("siret", "ridet", "nom", "adresse", "code_postal", "commune", "categorie_juridique")


@verbe
def demander_changement(
    *,
    acteur: Acteur,
    structure: Structure,
    siret: str = "",
    ridet: str = "",
    nom: str,
    adresse: str,
    code_postal: str,
    commune: Any,
    categorie_juridique: str = "",
    motif: str,
    justificatif: Any,
) -> ChangementEtablissement:
    """R21: the new establishment, why, and the paper that proves it; one request at a time."""
    droits.DEMANDER_CHANGEMENT.exiger(acteur)
    structure = verrouiller_structures(structure.pk)[structure.pk]
    _exiger_la_sienne(acteur, structure)
    if ChangementEtablissement.objects.filter(structure=structure, etat=EtatChangement.DEMANDE).exists():
        message = "Une demande de changement est déjà en cours : attendez sa réponse ou retirez-la."
        raise RegleNonRespectee("R21", message)
    nouveau_siret, nouveau_ridet = identifiant_unique(siret, ridet, commune.departement_id)
    if not nom.strip():
        raise RegleNonRespectee("R20", "Indiquez le nom de votre structure.", "nom")
    changement = ChangementEtablissement(
        structure=structure,
        siret=nouveau_siret,
        ridet=nouveau_ridet,
        siret_avant=structure.siret or "",
        ridet_avant=structure.ridet or "",
        nom=" ".join(nom.split()),
        adresse=adresse.strip(),
        code_postal=code_postal,
        commune=commune,
        categorie_juridique=categorie_juridique,
        motif=exiger_motif(motif),
        etat_par_id=acteur.utilisateur_id,
        etat_role=acteur.role,
    )
    for obstacle in obstacles_au_changement(changement, structure):
        raise obstacle
    changement.justificatif = deposer_document(
        acteur=acteur,
        nature=NATURE_JUSTIFICATIF,
        objet=structure,
        fichier=justificatif,
        types=("pdf", "jpg", "png"),
        champ="justificatif",
    )
    changement.save()
    notifications_postes.annoncer_changement(changement, "changement_demande")
    return changement


@verbe
def accepter_changement(*, acteur: Acteur, changement: ChangementEtablissement) -> ChangementEtablissement:
    """R21, R22: the structure takes its new identity; its live applications follow, its posts stay."""
    structures = verrouiller_structures(changement.structure_id)
    changement = verrouiller_changement(changement)
    structure = structures[changement.structure_id]
    MACHINE_CHANGEMENT.verifier(changement, "accepter", acteur)
    for obstacle in obstacles_au_changement(changement, structure):
        raise obstacle
    MACHINE_CHANGEMENT.franchir(changement, "accepter", acteur=acteur)
    changement.siret_avant, changement.ridet_avant = structure.siret or "", structure.ridet or ""
    changement.save()
    commune_avant = structure.commune_id
    for champ in CHAMPS:
        setattr(structure, champ, getattr(changement, champ))
    structure.nom_normalise = normaliser(structure.nom)[:250]
    structure._change_reason = changement.motif
    structure.save()
    structure.organisation.nom = structure.nom
    structure.organisation.save()
    for candidature in _candidatures_vivantes(structure):
        candidature.siret, candidature.ridet = structure.siret, structure.ridet
        candidature._change_reason = changement.motif
        candidature.save()
    # R24: the lists may name the new establishment or its commune.
    appliquer([structure])
    if structure.commune_id != commune_avant:
        # R46: the seat is the place of work of the posts that have none.
        postes = list(Poste.objects.comptes().filter(structure=structure, lieux__isnull=True).order_by("pk"))
        if postes:
            emettre("poste.deplace", postes=postes)
    changement.structure = structure
    notifications_postes.annoncer_changement(changement, "changement_accepte")
    return changement


@verbe
def refuser_changement(*, acteur: Acteur, changement: ChangementEtablissement, motif: str) -> ChangementEtablissement:
    """Nothing changes; the reason is told to the structure, which may ask again."""
    changement = verrouiller_changement(changement)
    MACHINE_CHANGEMENT.verifier(changement, "refuser", acteur)
    changement.motif_decision = exiger_motif(motif)
    MACHINE_CHANGEMENT.franchir(changement, "refuser", acteur=acteur)
    changement.save()
    notifications_postes.annoncer_changement(changement, "changement_refuse")
    return changement


@verbe
def retirer_changement(*, acteur: Acteur, changement: ChangementEtablissement) -> ChangementEtablissement:
    changement = verrouiller_changement(changement)
    _exiger_la_sienne(acteur, changement.structure)
    MACHINE_CHANGEMENT.franchir(changement, "retirer", acteur=acteur)
    changement.save()
    return changement


def obstacles_au_changement(changement: ChangementEtablissement, structure: Structure) -> list[RegleNonRespectee]:
    """What prevents it: told when it is asked, shown to ANCT, and checked again under lock when it is accepted."""
    cle, valeur = ("siret", changement.siret) if changement.siret else ("ridet", changement.ridet)
    obstacles = []
    if valeur == structure.identifiant:
        message = "C’est déjà l’établissement de votre structure : indiquez le nouveau."
        obstacles.append(RegleNonRespectee("R21", message, cle))
    if Structure.objects.filter(**{cle: valeur}).exclude(pk=structure.pk).exists():
        message = "Cet établissement est déjà celui d’une autre structure du portail : écrivez au support."
        obstacles.append(RegleNonRespectee("R22", message, cle))
    appels = {(c.regime, c.coordinateur) for c in _candidatures_vivantes(structure)}
    autres = Candidature.objects.vivantes().filter(**{cle: valeur}).exclude(structure=structure)
    if any((c.regime, c.coordinateur) in appels for c in autres):
        message = "Une autre candidature de cet établissement est déjà en cours pour le même appel."
        obstacles.append(RegleNonRespectee("R22", message, cle))
    a_des_postes = structure.pk is not None and Poste.objects.comptes().filter(structure=structure).exists()
    if a_des_postes and changement.commune.departement_id != structure.departement_id:
        message = "Vos postes sont accordés pour votre département : rendez-les, puis candidatez dans l’autre."
        obstacles.append(RegleNonRespectee("R29", message, "commune"))
    classement = classer(changement.categorie_juridique, siren=(changement.siret or "")[:9])
    prive = structure.statut_juridique == StatutJuridique.PRIVE
    if classement.statut is not None and (classement.statut == StatutJuridique.PRIVE) != prive:
        message = (
            f"{classement.explication} Votre structure est {'privée' if prive else 'publique'} : un organisme "
            "d’un autre statut dépose sa propre candidature."
        )
        obstacles.append(RegleNonRespectee("R21", message, cle))
    return obstacles


def verrouiller_changement(changement: ChangementEtablissement) -> ChangementEtablissement:
    """A merge may have given it to another structure while it was waited for (R22)."""
    lies = ("structure__commune__departement", "structure__organisation", "commune", "justificatif")
    return sous_verrou(ChangementEtablissement, changement.pk, *lies)


def _candidatures_vivantes(structure: Structure) -> list[Candidature]:
    return list(structure.candidatures.vivantes().order_by("pk"))


def _exiger_la_sienne(acteur: Acteur, structure: Structure) -> None:
    if acteur.est(Role.STRUCTURE) and structure.organisation_id != acteur.organisation_id:
        raise AccesRefuse("Cette structure n’est pas la vôtre.")
