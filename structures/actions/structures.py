"""Verbs of a structure on its own data: its contact, its places of work (R20, R46)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import ProtectedError

from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee
from portal.commun.evenements import emettre
from portal.commun.roles import Role
from portal.commun.verbes import verbe
from portal.comptes.actions import annuler_invitation, inviter
from portal.comptes.models import EtatInvitation, Invitation
from structures import droits
from structures.actions.postes import exiger_son_poste, verrouiller_poste, verrouiller_structure
from structures.enums import EtatPoste
from structures.models import LieuExercice, Poste, Structure

CHAMPS_CONTACT = ("contact_prenom", "contact_nom", "contact_fonction", "contact_courriel", "contact_telephone")
LIEUX_PAR_STRUCTURE_MAX = 50


@verbe
def modifier_contact(
    *,
    acteur: Acteur,
    structure: Structure,
    contact_prenom: str,
    contact_nom: str,
    contact_fonction: str,
    contact_courriel: str,
    contact_telephone: str = "",
) -> Structure:
    """Who is written to about the posts; the access to the space is not changed by it."""
    structure = _ouvrir(acteur, structure)
    valeurs = (contact_prenom, contact_nom, contact_fonction, contact_courriel, contact_telephone)
    for champ, valeur in zip(CHAMPS_CONTACT, valeurs, strict=True):
        if not valeur.strip() and champ != "contact_telephone":
            raise RegleNonRespectee("R20", "Cette réponse est obligatoire.", champ)
        setattr(structure, champ, valeur.strip())
    try:
        validate_email(structure.contact_courriel)
    except ValidationError as erreur:
        raise RegleNonRespectee("R20", "Saisissez une adresse électronique valable.", "contact_courriel") from erreur
    structure.save()
    return structure


@verbe
def inviter_contact(
    *, acteur: Acteur, structure: Structure, prenom: str, nom: str, fonction: str, courriel: str
) -> Structure:
    """R27, hard case 19: the contact left or never opened the space; another person becomes the contact and is invited.

    The invitations that nobody accepted stop working; the people who have an account keep it.
    """
    droits.INVITER_CONTACT.exiger(acteur)
    structure = verrouiller_structure(structure)
    if structure.activee_le is None:
        message = "Cette structure n’est pas encore activée : son contact sera invité à ce moment-là."
        raise RegleNonRespectee("R27", message)
    en_attente = Invitation.objects.filter(
        organisation=structure.organisation_id, role=Role.STRUCTURE, etat=EtatInvitation.ENVOYEE
    )
    # The same person again: a second mail would only make the link of the first one dead. Another person at the same
    # address (that of a service) is invited.
    meme = {"courriel__iexact": courriel.strip(), "prenom": prenom.strip(), "nom": nom.strip()}
    if en_attente.filter(administrateur=True, signataire=True, **meme).exists():
        message = "Une invitation est déjà en attente pour cette personne : vous pouvez la renvoyer."
        raise RegleNonRespectee("R27", message, "courriel")
    valeurs = {"contact_prenom": prenom, "contact_nom": nom, "contact_fonction": fonction, "contact_courriel": courriel}
    structure = modifier_contact(acteur=acteur, structure=structure, contact_telephone="", **valeurs)
    for invitation in en_attente.order_by("pk"):
        annuler_invitation(acteur=acteur, invitation=invitation, motif="Un autre contact est invité.")
    inviter(
        acteur=acteur,
        organisation=structure.organisation,
        role=Role.STRUCTURE,
        courriel=courriel,
        prenom=prenom,
        nom=nom,
        administrateur=True,
        signataire=True,
    )
    return structure


@verbe
def ajouter_lieu(*, acteur: Acteur, structure: Structure, nom: str, commune: Any, adresse: str = "") -> LieuExercice:
    """A place of work; distances to candidates start from there (R46)."""
    structure = _ouvrir(acteur, structure)
    if structure.lieux.count() >= LIEUX_PAR_STRUCTURE_MAX:
        raise RegleNonRespectee("R20", f"Une structure a {LIEUX_PAR_STRUCTURE_MAX} lieux d’exercice au plus.", "nom")
    lieu = LieuExercice(structure=structure)
    return _enregistrer_lieu(lieu, nom, commune, adresse)


@verbe
def modifier_lieu(*, acteur: Acteur, lieu: LieuExercice, nom: str, commune: Any, adresse: str = "") -> LieuExercice:
    _ouvrir(acteur, lieu.structure)
    lieu = LieuExercice.objects.select_for_update(of=("self",)).get(pk=lieu.pk)
    commune_avant = lieu.commune_id
    lieu = _enregistrer_lieu(lieu, nom, commune, adresse)
    if lieu.commune_id != commune_avant:
        _annoncer_deplaces(lieu.postes.comptes())
    return lieu


@verbe
def retirer_lieu(*, acteur: Acteur, lieu: LieuExercice) -> Structure:
    """A place where nobody works any more; the one of an occupied post stays."""
    structure = _ouvrir(acteur, lieu.structure)
    occupes = lieu.postes.filter(etat__in=[EtatPoste.RESERVE, EtatPoste.POURVU]).order_by("numero")
    if occupes:
        numeros = ", ".join(f"n° {poste.numero}" for poste in occupes)
        message = f"Un conseiller travaille dans ce lieu (poste {numeros}) : donnez d’abord un autre lieu à ce poste."
        raise RegleNonRespectee("R46", message)
    deplaces = list(lieu.postes.comptes())
    try:
        lieu.delete()
    except ProtectedError as erreur:
        raise RegleNonRespectee("R46", "Ce lieu est encore utilisé : il ne peut pas être retiré.") from erreur
    _annoncer_deplaces(deplaces)
    return structure


@verbe
def affecter_lieux(*, acteur: Acteur, poste: Poste, lieux: Iterable[LieuExercice]) -> Poste:
    """The places of work of one post; none means the seat (R46)."""
    poste = verrouiller_poste(poste)
    exiger_son_poste(acteur, poste)
    _exiger_representant(acteur)
    lieux = list(lieux)
    if any(lieu.structure_id != poste.structure_id for lieu in lieux):
        raise RegleNonRespectee("R46", "Choisissez des lieux de votre structure.", "lieux")
    avant = set(poste.lieux.values_list("pk", flat=True))
    poste.lieux.set(lieux)
    if {lieu.pk for lieu in lieux} != avant:
        _annoncer_deplaces([poste])
    return poste


def _annoncer_deplaces(postes: Iterable[Poste]) -> None:
    """R46, R55: candidates near the old places may be far from the new ones."""
    postes = sorted(postes, key=lambda poste: poste.pk)
    if postes:
        emettre("poste.deplace", postes=postes)


def _ouvrir(acteur: Acteur, structure: Structure) -> Structure:
    _exiger_representant(acteur)
    structure = verrouiller_structure(structure)
    if acteur.est(Role.STRUCTURE) and structure.organisation_id != acteur.organisation_id:
        raise AccesRefuse("Cette structure n’est pas la vôtre.")
    return structure


def _exiger_representant(acteur: Acteur) -> None:
    droits.SA_STRUCTURE.exiger(acteur)


def _enregistrer_lieu(lieu: LieuExercice, nom: str, commune: Any, adresse: str) -> LieuExercice:
    lieu.nom, lieu.commune, lieu.adresse = " ".join(nom.split()), commune, adresse.strip()
    if not lieu.nom:
        raise RegleNonRespectee("R20", "Indiquez le nom du lieu.", "nom")
    homonymes = LieuExercice.objects.filter(structure=lieu.structure, nom__iexact=lieu.nom, commune=commune)
    if homonymes.exclude(pk=lieu.pk).exists():
        raise RegleNonRespectee("R20", "Ce lieu est déjà dans votre liste.", "nom")
    lieu.save()
    return lieu
