"""The people of the demo, as actors: each acts in their own role, as on screen."""

from __future__ import annotations

import re
from typing import Any

from post_office.models import Email

from demo.comptes import COMPTES, MOT_DE_PASSE, CompteDemo
from formation.actions import creer_lot, creer_organisme
from formation.enums import Modalite
from formation.models import Organisme
from portal.commun.acteurs import Acteur
from portal.commun.roles import Role
from portal.comptes.acces import acteur_de
from portal.comptes.actions import accepter_invitation, creer_compte, creer_organisation, rattacher
from portal.comptes.models import Organisation, TypeOrganisation, Utilisateur
from portal.territoires.models import Departement, Region
from structures.models import Structure

SYSTEME = Acteur.systeme("Démonstration")
VISITEUR = Acteur.visiteur()
AUVERGNE_RHONE_ALPES = "84"
# Five in-person bodies share the régions, one has the whole country remotely (S1, step 5). The names are ours.
ORGANISMES = (
    ("Ateliers du numérique Centre-Est", ("84", "27")),
    ("Médiation Formation Ouest", ("52", "53", "28", "24")),
    ("École des usages du Sud", ("76", "93", "94", "75")),
    ("Tremplin numérique Nord", ("32", "44", "11")),
    ("Formation et lien outre-mer", ("01", "02", "03", "04", "06")),
)
A_DISTANCE = "Campus à distance du numérique"


def acteur(courriel: str) -> Acteur:
    """The person of this address in their last role."""
    return acteur_de(Utilisateur.objects.get(email=courriel))


def compte(courriel: str) -> CompteDemo:
    return next(c for c in COMPTES if c.courriel == courriel)


def creer_institutions() -> None:
    """Prefecture, SGAR, ANCT, BdT, hub and the training bodies, with their people."""
    region = Region.objects.get(code=AUVERGNE_RHONE_ALPES)
    allier = Departement.objects.get(code="03")
    _membre(
        "anct@demo.example", _organisation(TypeOrganisation.ANCT, "Agence nationale de la cohésion des territoires")
    )
    _membre(
        "prefecture@demo.example",
        _organisation(TypeOrganisation.PREFECTURE, "Préfecture de l’Allier", departements=[allier]),
    )
    _membre("sgar@demo.example", _organisation(TypeOrganisation.SGAR, "SGAR Auvergne-Rhône-Alpes", regions=[region]))
    _membre("bdt@demo.example", _organisation(TypeOrganisation.BDT, "Banque des Territoires"), signataire=True)
    _membre("hub@demo.example", _organisation(TypeOrganisation.HUB, "Hub Auvergne-Rhône-Alpes", regions=[region]))
    for rang, (nom, regions) in enumerate(ORGANISMES):
        organisme = _organisme(nom, f"contact{rang + 1}@organismes.demo.example")
        creer_lot(
            acteur=SYSTEME,
            organisme=organisme,
            nom=f"Présentiel – {nom}",
            modalite=Modalite.PRESENTIEL,
            regions=Region.objects.filter(code__in=regions),
        )
        if AUVERGNE_RHONE_ALPES in regions:
            _membre("organisme@demo.example", organisme.organisation)
    creer_lot(
        acteur=SYSTEME,
        organisme=_organisme(A_DISTANCE, "contact@campus-distance.demo.example"),
        nom="À distance – France entière",
        modalite=Modalite.DISTANCE,
        national=True,
    )


def _organisation(type_: str, nom: str, **champs: Any) -> Organisation:
    return creer_organisation(acteur=SYSTEME, type=type_, nom=nom, **champs)


def _organisme(nom: str, courriel: str) -> Organisme:
    return creer_organisme(
        acteur=SYSTEME, nom=nom, courriel=courriel, telephone="04 70 00 00 00", contact="Les inscriptions"
    )


def _membre(courriel: str, organisation: Organisation, *, signataire: bool = False) -> None:
    demo = compte(courriel)
    utilisateur = creer_compte(
        acteur=SYSTEME, courriel=courriel, mot_de_passe=MOT_DE_PASSE, prenom=demo.prenom, nom=demo.nom
    )
    rattacher(
        acteur=SYSTEME,
        utilisateur=utilisateur,
        role=demo.role,
        organisation=organisation,
        administrateur=True,
        signataire=signataire,
    )


def entrer_dans_l_espace(structure: Structure) -> Acteur:
    """The contact of an activated structure opens the mail of invitation and chooses a password (R27)."""
    courriel = structure.contact_courriel
    secret = _secret_du_courriel(courriel)
    accepter_invitation(
        acteur=VISITEUR,
        secret=secret,
        mot_de_passe=MOT_DE_PASSE,
        prenom=structure.contact_prenom,
        nom=structure.contact_nom,
    )
    return acteur(courriel)


def _secret_du_courriel(courriel: str) -> str:
    for message in Email.objects.filter(to=courriel, message__contains="/invitation").order_by("-pk"):
        trouve = re.search(r"/invitation[^\s]*?/([\w-]{30,})/", message.message)
        if trouve:
            return trouve.group(1)
    raise LookupError(f"no mail of invitation for {courriel}")


def role_conseiller(courriel: str, role: Role) -> None:
    """The person recruited also holds the role of conseiller, or coordinates."""
    rattacher(acteur=SYSTEME, utilisateur=Utilisateur.objects.get(email=courriel), role=role)
