"""Reading candidates and pairs inside the perimeter of the acting role (DOMAIN §2).

Contact data of candidates are for themselves, for the structures their profile is proposed to, and for the national
roles that run the matching; in the CVthèque, activated structures read the names and the rest of the profile (R44).
Prefectures and SGAR read no candidate by name; training bodies know theirs through their own floor.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404

from candidats import liens
from candidats.cv import candidat_du_cv, cv_de
from candidats.enums import ETATS_VALIDES, ETATS_VIVANTS, EtatCandidat, EtatInvitation
from candidats.liens import USAGE_CONFIRMATION, USAGE_DISPONIBILITE, USAGE_INVITATION
from candidats.models import Candidat, Entretien, Evaluation, ImportPix, InvitationCandidat, LignePix, MiseEnRelation
from portal.commun.acteurs import Acteur
from portal.commun.jetons import JetonInvalide, lire_jeton, uuid_de
from portal.commun.models import Document
from portal.commun.roles import Role
from portal.comptes.models import Utilisateur
from structures.acces import structures_visibles_par
from structures.models import Structure

ROLES_NATIONAUX = frozenset({Role.ANCT, Role.SUPPORT, Role.SYSTEME})


def mises_en_relation_visibles_par(acteur: Acteur) -> QuerySet[MiseEnRelation]:
    """National roles: all; a structure: those of its posts, once activated; a candidate: their own."""
    if acteur.est(*ROLES_NATIONAUX):
        return MiseEnRelation.objects.all()
    if acteur.est(Role.STRUCTURE) and acteur.organisation_id is not None:
        return MiseEnRelation.objects.filter(
            poste__structure__organisation=acteur.organisation_id, poste__structure__activee_le__isnull=False
        )
    if acteur.est(Role.CANDIDAT) and acteur.authentifie:
        return MiseEnRelation.objects.filter(candidat__utilisateur=acteur.utilisateur_id)
    return MiseEnRelation.objects.none()


def candidats_visibles_par(acteur: Acteur) -> QuerySet[Candidat]:
    """National roles: all; oneself; a structure: those linked to its posts."""
    if acteur.est(*ROLES_NATIONAUX):
        return Candidat.objects.all()
    if acteur.est(Role.CANDIDAT) and acteur.authentifie:
        return Candidat.objects.filter(utilisateur=acteur.utilisateur_id)
    if acteur.est(Role.STRUCTURE):
        return Candidat.objects.filter(pk__in=mises_en_relation_visibles_par(acteur).values("candidat"))
    return Candidat.objects.none()


def cvtheque_visible_par(acteur: Acteur) -> QuerySet[Candidat]:
    """R44: the people who may be proposed, for an activated structure that still takes part.

    Whoever is validated or recruited somewhere is out of it (R53). ANCT reads candidates in the administration.
    """
    structures = structures_visibles_par(acteur).filter(activee_le__isnull=False, participation_fin_le__isnull=True)
    if not acteur.est(Role.STRUCTURE) or not structures.exists():
        return Candidat.objects.none()
    valides = MiseEnRelation.objects.validees().filter(candidat=OuterRef("pk"))
    # Not a join: accounts that are closed are few, and found by an index of their own.
    fermes = Utilisateur.objects.filter(is_active=False).order_by().values("pk")
    return Candidat.objects.proposables().filter(~Exists(valides)).exclude(utilisateur__in=fermes)


def entretiens_visibles_par(acteur: Acteur) -> QuerySet[Entretien]:
    return Entretien.objects.filter(mise_en_relation__in=mises_en_relation_visibles_par(acteur))


def evaluations_visibles_par(acteur: Acteur) -> QuerySet[Evaluation]:
    """R52, R111: the structure that evaluates, and the national roles, who answer the person that asks for their data.

    Never another structure, nor the candidate's pages.
    """
    if acteur.est(Role.STRUCTURE, *ROLES_NATIONAUX):
        return Evaluation.objects.filter(mise_en_relation__in=mises_en_relation_visibles_par(acteur))
    return Evaluation.objects.none()


def invitations_visibles_par(acteur: Acteur) -> QuerySet[InvitationCandidat]:
    """R49: the structure that invited, and national roles; the invited person holds a link."""
    if acteur.est(*ROLES_NATIONAUX):
        return InvitationCandidat.objects.all()
    if acteur.est(Role.STRUCTURE) and acteur.organisation_id is not None:
        return InvitationCandidat.objects.filter(poste__structure__organisation=acteur.organisation_id)
    return InvitationCandidat.objects.none()


def imports_pix_visibles_par(acteur: Acteur) -> QuerySet[ImportPix]:
    """R45: ANCT and support; what a file says of a person is in the person's own page."""
    return ImportPix.objects.all() if acteur.est(*ROLES_NATIONAUX) else ImportPix.objects.none()


def lignes_pix_visibles_par(acteur: Acteur) -> QuerySet[LignePix]:
    return LignePix.objects.all() if acteur.est(*ROLES_NATIONAUX) else LignePix.objects.none()


def obtenir_mise_en_relation(acteur: Acteur, uuid: UUID | str) -> MiseEnRelation:
    return _un(
        mises_en_relation_visibles_par(acteur).select_related(
            "poste__structure__commune", "poste__structure__organisation", "candidat__utilisateur", "candidat__commune"
        ),
        uuid,
    )


def obtenir_candidat(acteur: Acteur, uuid: UUID | str) -> Candidat:
    return _un(candidats_visibles_par(acteur).select_related("utilisateur", "commune"), uuid)


def obtenir_de_la_cvtheque(acteur: Acteur, uuid: UUID | str) -> Candidat:
    return _un(cvtheque_visible_par(acteur).select_related("utilisateur", "commune__departement"), uuid)


def candidat_de(acteur: Acteur) -> Candidat:
    """The registration of the person who acts as a candidate; 404 without one."""
    candidat = (
        Candidat.objects.select_related("utilisateur", "commune").filter(utilisateur=acteur.utilisateur_id).first()
        if acteur.est(Role.CANDIDAT) and acteur.authentifie
        else None
    )
    if candidat is None:
        raise Http404
    return candidat


def obtenir_entretien(acteur: Acteur, uuid: UUID | str) -> Entretien:
    return _un(
        entretiens_visibles_par(acteur).select_related(
            "mise_en_relation__poste__structure__organisation", "mise_en_relation__candidat__utilisateur"
        ),
        uuid,
    )


def obtenir_invitation(acteur: Acteur, uuid: UUID | str) -> InvitationCandidat:
    return _un(invitations_visibles_par(acteur).select_related("poste__structure"), uuid)


def coordonnees_visibles(acteur: Acteur, mise_en_relation: MiseEnRelation) -> bool:
    """R112: phone and address while the pair lives or is validated; never afterwards."""
    if acteur.est(Role.STRUCTURE):
        return mise_en_relation.etat in (*ETATS_VIVANTS, *ETATS_VALIDES)
    return acteur.est(*ROLES_NATIONAUX)


# --- CV -------------------------------------------------------------------------------------------------------------


def cv_lisible(acteur: Acteur, candidat: Candidat) -> bool:
    """R44: by the person, and by activated structures: those that hold a live or validated pair with the person, and,
    while the person is available, those that search the CVthèque. By nobody else: neither ANCT nor support."""
    if acteur.est(Role.CANDIDAT):
        return acteur.authentifie and candidat.utilisateur_id == acteur.utilisateur_id
    if not acteur.est(Role.STRUCTURE) or acteur.organisation_id is None:
        return False
    if candidat.etat == EtatCandidat.DISPONIBLE:
        return Structure.objects.filter(organisation=acteur.organisation_id, activee_le__isnull=False).exists()
    tenues = mises_en_relation_visibles_par(acteur).filter(candidat=candidat)
    return tenues.filter(etat__in=[*ETATS_VIVANTS, *ETATS_VALIDES]).exists()


def cv_visible_par(acteur: Acteur, candidat: Candidat) -> Document | None:
    """The CV to show on a page about `candidat`, None when there is none for `acteur`."""
    return cv_de(candidat) if cv_lisible(acteur, candidat) else None


def peut_lire_cv(acteur: Acteur, document: Document) -> bool:
    """The rule of the nature « cv » (`portal.commun.documents`)."""
    candidat = candidat_du_cv(document)
    return candidat is not None and cv_de(candidat) == document and cv_lisible(acteur, candidat)


# --- links ----------------------------------------------------------------------------------------------------------


def candidat_a_confirmer(secret: str) -> Candidat:
    """R42: what a confirmation link is about; nothing is used by reading."""
    jeton = lire_jeton(secret, usage=USAGE_CONFIRMATION)
    candidat = Candidat.objects.select_related("utilisateur").filter(uuid=uuid_de(jeton, Candidat)).first()
    if candidat is None:
        raise JetonInvalide("Ce lien n’est pas valable.")
    return candidat


def candidat_du_lien_disponibilite(secret: str) -> Candidat:
    """R51: whom « Êtes-vous toujours disponible ? » was asked; nothing is used by reading."""
    jeton = lire_jeton(secret, usage=USAGE_DISPONIBILITE)
    candidat = Candidat.objects.select_related("utilisateur", "commune").filter(uuid=uuid_de(jeton, Candidat)).first()
    if candidat is None:
        raise JetonInvalide("Ce lien n’est pas valable.")
    return candidat


def invitation_du_lien(secret: str) -> InvitationCandidat:
    """R49: what an invitation link is about, while it waits for the person."""
    jeton = lire_jeton(secret, usage=USAGE_INVITATION)
    invitation = (
        InvitationCandidat.objects.select_related("poste__structure__commune")
        .filter(uuid=uuid_de(jeton, InvitationCandidat), etat=EtatInvitation.ENVOYEE)
        .first()
    )
    if invitation is None:
        raise JetonInvalide("Cette invitation n’est plus en attente.")
    return invitation


def mise_en_relation_du_lien(secret: str) -> MiseEnRelation:
    """R50: the pair that a « Pas intéressé » link names."""
    paires = MiseEnRelation.objects.select_related(
        "poste__structure__commune", "poste__structure__organisation", "candidat__utilisateur", "candidat__commune"
    )
    return liens.mise_en_relation_du_lien(secret, paires)


def mise_en_relation_de_la_reponse(secret: str) -> MiseEnRelation:
    """R51: the pair that a candidate answers from the mail."""
    paires = MiseEnRelation.objects.select_related(
        "poste__structure__commune", "poste__structure__organisation", "candidat__utilisateur", "candidat__commune"
    )
    return liens.mise_en_relation_de_la_reponse(secret, paires)


def _un(objets: QuerySet[Any], uuid: UUID | str) -> Any:
    objet = objets.filter(uuid=uuid).first()
    if objet is None:
        raise Http404
    return objet
