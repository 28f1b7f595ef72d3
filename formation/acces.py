"""Reading training inside the perimeter of the acting role (DOMAIN §2, R80).

A body sees the files it was put in touch with, those of the territories of its lots, and its own sessions; a structure
sees the bodies of its own territory and the sessions of these.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from formation.enums import Modalite
from formation.models import Inscription, Lot, Organisme, Positionnement, PriseDeContact, SessionFormation
from portal.commun.acteurs import Acteur
from portal.commun.models import Document
from portal.commun.roles import Role
from structures.models import Structure
from subventions.enums import EtatDossier
from subventions.models import Dossier

ROLES_NATIONAUX = frozenset({Role.ANCT, Role.SUPPORT, Role.SYSTEME})
# Their training stays theirs when the candidate becomes conseiller.
ROLES_DE_LA_PERSONNE = frozenset({Role.CANDIDAT, Role.CONSEILLER, Role.COORDINATEUR})


def organisme_de(acteur: Acteur) -> Organisme:
    """The body in whose name somebody acts; 404 for any other role."""
    if acteur.est(Role.ORGANISME) and acteur.organisation_id is not None:
        organisme = Organisme.objects.filter(organisation=acteur.organisation_id).first()
        if organisme is not None:
            return organisme
    raise Http404


def modalites_de(organisme: Organisme) -> list[str]:
    """R80: what its lots let a body publish, in person first."""
    presentes = set(organisme.lots.values_list("modalite", flat=True))
    return [modalite for modalite in Modalite.values if modalite in presentes]


def lots_de(structure: Structure) -> QuerySet[Lot]:
    """R80: the lots of the structure's région, in person first, and the remote national ones."""
    return (
        Lot.objects.filter(Q(national=True) | Q(regions=structure.commune.region_id))
        .select_related("organisme")
        .order_by("-modalite", "nom")
        .distinct()
    )


def organismes_de(structure: Structure) -> QuerySet[Organisme]:
    """R80: the bodies that a structure may contact."""
    return Organisme.objects.filter(lots__in=lots_de(structure)).distinct().order_by("nom")


def organismes_a_prevenir(structure: Structure) -> QuerySet[Organisme]:
    """R53, R80: the bodies of the structure's région are told of a new candidate; the national remote one learns of
    the people who come to it, and of those whose région has no other body."""
    du_territoire = Organisme.objects.filter(lots__regions=structure.commune.region_id).distinct().order_by("nom")
    return du_territoire if du_territoire.exists() else organismes_de(structure)


def dossiers_de(organisme: Organisme) -> QuerySet[Dossier]:
    """The files of the régions of its lots, those of the people who came to it, and of its enrolments."""
    filtre = Q(
        structure__commune__region__in=list(organisme.lots.exclude(regions=None).values_list("regions", flat=True))
    )
    if organisme.lots.filter(national=True).exists():
        couvertes = Lot.objects.exclude(regions=None).values_list("regions", flat=True)
        filtre |= ~Q(structure__commune__region__in=list(couvertes))
    venus = PriseDeContact.objects.filter(organisme=organisme).values("dossier")
    inscrits = Inscription.objects.filter(session__organisme=organisme).values("dossier")
    # Sub-queries rather than joins: a file stands once, and can be counted or locked.
    filtre |= Q(pk__in=venus) | Q(pk__in=inscrits)
    return Dossier.objects.exclude(etat=EtatDossier.CLOS).filter(filtre)


def dossiers_formation_visibles_par(acteur: Acteur) -> QuerySet[Dossier]:
    """The files whose person is to be trained: the structure's own, the body's, all of them for ANCT."""
    dossiers = Dossier.objects.exclude(etat=EtatDossier.CLOS)
    if acteur.est(*ROLES_NATIONAUX):
        return dossiers
    if acteur.est(Role.STRUCTURE) and acteur.organisation_id is not None:
        return dossiers.filter(structure__organisation=acteur.organisation_id)
    if acteur.est(Role.ORGANISME) and acteur.organisation_id is not None:
        return dossiers_de(organisme_de(acteur))
    if acteur.est(*ROLES_DE_LA_PERSONNE) and acteur.utilisateur_id is not None:
        return dossiers.filter(mise_en_relation__candidat__utilisateur=acteur.utilisateur_id)
    return Dossier.objects.none()


def sessions_visibles_par(acteur: Acteur) -> QuerySet[SessionFormation]:
    """A body: its own; a structure: those of its bodies; ANCT: all; a person: those they are enrolled in."""
    if acteur.est(*ROLES_NATIONAUX):
        return SessionFormation.objects.all()
    if acteur.est(Role.ORGANISME):
        return SessionFormation.objects.filter(organisme=organisme_de(acteur))
    if acteur.est(Role.STRUCTURE) and acteur.organisation_id is not None:
        structure = Structure.objects.select_related("commune").filter(organisation=acteur.organisation_id).first()
        if structure is not None:
            return SessionFormation.objects.filter(organisme__in=organismes_de(structure))
    if acteur.est(*ROLES_DE_LA_PERSONNE) and acteur.utilisateur_id is not None:
        return SessionFormation.objects.filter(
            inscriptions__dossier__mise_en_relation__candidat__utilisateur=acteur.utilisateur_id
        ).distinct()
    return SessionFormation.objects.none()


def inscriptions_visibles_par(acteur: Acteur) -> QuerySet[Inscription]:
    if acteur.est(Role.ORGANISME):
        return Inscription.objects.filter(session__organisme=organisme_de(acteur))
    return Inscription.objects.filter(dossier__in=dossiers_formation_visibles_par(acteur))


def positionnements_visibles_par(acteur: Acteur) -> QuerySet[Positionnement]:
    if acteur.est(Role.ORGANISME):
        return Positionnement.objects.filter(organisme=organisme_de(acteur))
    return Positionnement.objects.filter(dossier__in=dossiers_formation_visibles_par(acteur))


def _obtenir(objets: QuerySet[Any], uuid: UUID | str) -> Any:
    objet = objets.filter(uuid=uuid).first()
    if objet is None:
        raise Http404
    return objet


def obtenir_dossier_formation(acteur: Acteur, uuid: UUID | str) -> Dossier:
    return _obtenir(
        dossiers_formation_visibles_par(acteur).select_related(
            "poste", "structure__commune", "mise_en_relation__candidat__utilisateur"
        ),
        uuid,
    )


def obtenir_session(acteur: Acteur, uuid: UUID | str) -> SessionFormation:
    return _obtenir(sessions_visibles_par(acteur).select_related("organisme", "commune"), uuid)


def obtenir_inscription(acteur: Acteur, uuid: UUID | str) -> Inscription:
    return _obtenir(
        inscriptions_visibles_par(acteur).select_related(
            "session__organisme", "session__commune", "dossier__poste", "dossier__structure__commune",
            "dossier__mise_en_relation__candidat__utilisateur",
        ),
        uuid,
    )  # fmt: skip


def obtenir_positionnement(acteur: Acteur, uuid: UUID | str) -> Positionnement:
    return _obtenir(positionnements_visibles_par(acteur).select_related("organisme", "dossier"), uuid)


def obtenir_organisme_de(dossier: Dossier, uuid: UUID | str) -> Organisme:
    """R80: a body that the structure of this file may contact."""
    return _obtenir(organismes_de(dossier.structure), uuid)


def organismes_visibles_par(acteur: Acteur) -> QuerySet[Organisme]:
    """ANCT and support: all; the others read the contact details through their own files."""
    return Organisme.objects.all() if acteur.est(*ROLES_NATIONAUX) else Organisme.objects.none()


def lots_visibles_par(acteur: Acteur) -> QuerySet[Lot]:
    return Lot.objects.all() if acteur.est(*ROLES_NATIONAUX) else Lot.objects.none()


def peut_lire_titre(acteur: Acteur, document: Document) -> bool:
    """R84, R112: the body that exempted, the structure of the file, BdT, and the person."""
    dispenses = Positionnement.objects.filter(justificatif=document)
    if acteur.est(Role.ORGANISME) and acteur.organisation_id is not None:
        return dispenses.filter(organisme__organisation=acteur.organisation_id).exists()
    if acteur.est(Role.STRUCTURE) and acteur.organisation_id is not None:
        return dispenses.filter(dossier__structure__organisation=acteur.organisation_id).exists()
    if acteur.est(*ROLES_DE_LA_PERSONNE) and acteur.utilisateur_id is not None:
        return dispenses.filter(dossier__mise_en_relation__candidat__utilisateur=acteur.utilisateur_id).exists()
    return acteur.est(Role.BDT) and dispenses.exists()
