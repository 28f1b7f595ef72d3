"""Verbs of the local review: the prefect's opinion, the facts it looks at, the hand-back (R24, R25, R31)."""

from __future__ import annotations

from collections.abc import Iterable

from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite, exiger
from portal.commun.roles import Role
from portal.commun.verbes import verbe
from portal.commun.verrous import sous_verrou
from structures import courriels_decision, droits
from structures.avis import ContenuAvis, change_l_avis, verifier_cedante, version_suivante
from structures.enums import ETATS_A_EXAMINER
from structures.etats import MACHINE_CANDIDATURE
from structures.faits import FAITS, declarer_faits
from structures.models import Avis, Candidature, Structure
from structures.regles import COMMENTAIRE_MAX, COMMENTAIRE_MIN, verifier_avis


@verbe
def rendre_avis(
    *,
    acteur: Acteur,
    candidature: Candidature,
    sens: str,
    nb_postes: int,
    rang: int | None,
    commentaire: str,
    structure_cedante: Structure | None = None,
) -> Avis:
    """R25: a new version of the opinion, until the committee that decides is closed. Every version is kept.

    Sending the same opinion again (a second click) makes no new version, unless a re-examination was asked since (R28).
    """
    droits.RENDRE_AVIS.exiger(acteur)
    candidature = verrouiller_candidature(candidature)
    exiger_prefecture(acteur, candidature)
    if candidature.etat not in ETATS_A_EXAMINER:
        raise TransitionInterdite(
            f"L’avis ne peut plus être rendu : la candidature est « {candidature.etat_institution} »."
        )
    contenu = ContenuAvis(
        sens, nb_postes, rang, commentaire.strip(), structure_cedante.pk if structure_cedante else None
    )
    exiger(verifier_avis(sens, nb_postes, contenu.commentaire, rang))
    if structure_cedante is not None:
        verifier_cedante(candidature, structure_cedante)
    courant = candidature.avis.filter(en_vigueur=True).first()
    return enregistrer_avis(acteur, candidature, courant, contenu)


@verbe
def rendre_pour_correction(*, acteur: Acteur, candidature: Candidature, motif: str) -> Candidature:
    """R31: hand the application back to the structure, with what to correct."""
    candidature = verrouiller_candidature(candidature)
    MACHINE_CANDIDATURE.verifier(candidature, "rendre", acteur)
    exiger_prefecture(acteur, candidature)
    motif = motif.strip()
    if not COMMENTAIRE_MIN <= len(motif) <= COMMENTAIRE_MAX:
        message = f"Dites ce qu’il faut corriger, en {COMMENTAIRE_MIN} à {COMMENTAIRE_MAX} caractères."
        raise RegleNonRespectee("R31", message, "motif")
    MACHINE_CANDIDATURE.franchir(candidature, "rendre", acteur=acteur)
    candidature.correction_demandee = motif
    candidature.save()
    courriels_decision.demander_correction(candidature)
    return candidature


@verbe
def renseigner_faits(*, acteur: Acteur, structure: Structure, faits: Iterable[str]) -> Structure:
    """R24: the priority facts about a structure, told by the prefecture or by ANCT; `faits` are the true ones."""
    droits.RENSEIGNER_FAITS.exiger(acteur)
    structure = sous_verrou(Structure, structure.pk, "commune")
    if acteur.est(Role.PREFECTURE) and structure.departement_id not in acteur.departements:
        raise AccesRefuse("Cette structure relève d’une autre préfecture.")
    vrais = set(faits)
    if inconnus := vrais - set(FAITS):
        raise RegleNonRespectee("R24", f"Fait inconnu : {', '.join(sorted(inconnus))}.", "faits")
    declarer_faits(structure, vrais)
    structure.save(update_fields=[*FAITS, "faits_declares", "modifie_le"])
    return structure


def rangs_deja_donnes(candidature: Candidature, rang: int) -> list[Candidature]:
    """The other applications of the département and campaign that hold this rank: shown, never refused (R25)."""
    autres = Candidature.objects.filter(
        campagne=candidature.campagne_id,
        commune__departement=candidature.commune.departement_id,
        avis__en_vigueur=True,
        avis__rang=rang,
        etat__in=ETATS_A_EXAMINER,
    )
    return list(autres.exclude(pk=candidature.pk).order_by("numero"))


def verrouiller_candidature(candidature: Candidature) -> Candidature:
    """The application under lock, with what the rules and the mails read: a correction may have changed its commune,
    a merge its structure, while it was waited for."""
    return sous_verrou(
        Candidature, candidature.pk, "campagne", "structure__commune__departement", "commune__departement"
    )


def enregistrer_avis(acteur: Acteur, candidature: Candidature, courant: Avis | None, contenu: ContenuAvis) -> Avis:
    """R25: the next version of the opinion on an application under lock; the caller has checked who and what."""
    if courant is not None:
        if not change_l_avis(candidature, courant, contenu):
            return courant
        courant.en_vigueur = False
        courant.save(update_fields=["en_vigueur", "modifie_le"])
    nouveau = version_suivante(acteur, candidature, courant, contenu)
    nouveau.save()
    if courant is None:
        courriels_decision.annoncer_avis(candidature)
    return nouveau


def exiger_prefecture(acteur: Acteur, candidature: Candidature) -> None:
    """The right is checked by the verb: here, whose département it is."""
    if acteur.est(Role.PREFECTURE) and candidature.commune.departement_id not in acteur.departements:
        raise AccesRefuse("Cette candidature relève d’une autre préfecture.")
