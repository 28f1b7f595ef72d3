"""What the verbs of this floor share: locks, who may, how a pair is closed.

Locks are always taken in this order: post, candidate, pair, interview; several rows of one table by key. A verb that
only changes one pair locks the pair alone, and asks for what follows on other rows once its transaction is committed.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from candidats.enums import ETATS_OUVERTS, ETATS_VIVANTS, EtatEntretien, MotifCloture
from candidats.etats import MACHINE_ENTRETIEN, MACHINE_MISE_EN_RELATION
from candidats.models import Candidat, Entretien, MiseEnRelation
from candidats.signes import noter_signe
from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse
from portal.commun.roles import Role
from portal.commun.verrous import sous_verrou, toutes_sous_verrou
from structures.models import Poste, Structure

SYSTEME = Acteur.systeme()
LIES_POSTE = ("structure__organisation", "structure__commune")
LIES_CANDIDAT = ("utilisateur", "commune")
LIES_RELATION = ("poste__structure__organisation", "poste__structure__commune", "candidat__utilisateur")


# --- locks ----------------------------------------------------------------------------------------------------------


def verrouiller_poste(poste_id: int) -> Poste:
    """The post under lock; it may have been transferred while it was waited for (R29)."""
    return sous_verrou(Poste, poste_id, *LIES_POSTE)


def verrouiller_candidat(candidat_id: int) -> Candidat:
    """The candidate under lock; the commune may have changed while the row was waited for (R43)."""
    return sous_verrou(Candidat, candidat_id, *LIES_CANDIDAT)


def verrouiller_relation(mise_en_relation: MiseEnRelation) -> MiseEnRelation:
    """The pair under lock, read again, with what its mails say."""
    return sous_verrou(MiseEnRelation, mise_en_relation.pk, *LIES_RELATION)


def verrouiller_vivantes(**filtres: object) -> list[MiseEnRelation]:
    """Live pairs under lock, by key; with what their mails say."""
    vivantes = MiseEnRelation.objects.filter(etat__in=ETATS_VIVANTS, **filtres)
    return toutes_sous_verrou(vivantes, *LIES_RELATION, "candidat__commune")


def signer(acteur: Acteur, candidat_id: int) -> None:
    """R51: an answer of the person is a sign; the person's row before that of the pair (order of locks)."""
    if acteur.est(Role.CANDIDAT):
        candidat = verrouiller_candidat(candidat_id)
        exiger_soi(acteur, candidat)
        if noter_signe(candidat):
            candidat.save()


# --- who may --------------------------------------------------------------------------------------------------------


def exiger_structure(acteur: Acteur, structure: Structure) -> None:
    """The structure acts on the pairs of its own posts, once activated (R46)."""
    if acteur.est(Role.STRUCTURE):
        if acteur.organisation_id != structure.organisation_id:
            raise AccesRefuse("Cette candidature concerne une autre structure.")
        if structure.activee_le is None:
            raise AccesRefuse("Votre structure n’est pas encore activée.")


def exiger_soi(acteur: Acteur, candidat: Candidat) -> None:
    """A candidate acts for themselves only."""
    if acteur.est(Role.CANDIDAT) and acteur.utilisateur_id != candidat.utilisateur_id:
        raise AccesRefuse("Cette candidature concerne une autre personne.")


def acteur_candidat(candidat: Candidat) -> Acteur:
    """The candidate, known by a link sent to their address."""
    utilisateur = candidat.utilisateur
    return Acteur(Role.CANDIDAT, utilisateur.pk, utilisateur.nom_complet, utilisateur.email)


# --- closing --------------------------------------------------------------------------------------------------------


def clore(mises_en_relation: Iterable[MiseEnRelation], motif: MotifCloture) -> list[MiseEnRelation]:
    """R47, R54: the portal closes live pairs, already locked; the history keeps who caused it, and why."""
    closes = []
    for mise_en_relation in mises_en_relation:
        MACHINE_MISE_EN_RELATION.franchir(mise_en_relation, "clore", acteur=SYSTEME)
        mise_en_relation.motif = motif
        mise_en_relation._change_reason = motif.label
        mise_en_relation.save()
        annuler_entretiens(mise_en_relation)
        closes.append(mise_en_relation)
    return closes


def annuler_entretiens(mise_en_relation: MiseEnRelation) -> list[Entretien]:
    """No interview outlives its pair: what is open is cancelled, and those to come are kept for the mails (R52)."""
    entretiens = list(
        Entretien.objects.select_for_update(of=("self",), no_key=True)
        .filter(mise_en_relation=mise_en_relation, etat__in=ETATS_OUVERTS)
        .order_by("pk")
    )
    maintenant = timezone.now()
    for entretien in entretiens:
        # An accepted one whose hour has passed was held; a slot that nobody chose was not.
        tenu = entretien.etat == EtatEntretien.ACCEPTE and entretien.debut <= maintenant
        MACHINE_ENTRETIEN.franchir(entretien, "passer" if tenu else "annuler", acteur=SYSTEME)
        entretien.sequence += 1
        entretien.mise_en_relation = mise_en_relation
        entretien.save()
    annules = [entretien for entretien in entretiens if entretien.etat == EtatEntretien.ANNULE]
    mise_en_relation.entretiens_annules = [entretien for entretien in annules if entretien.debut > maintenant]
    return annules
