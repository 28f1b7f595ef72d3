"""Training bodies and their lots, kept by ANCT (R80, S1 step 5)."""

from __future__ import annotations

from collections.abc import Iterable

from formation.enums import Modalite
from formation.models import Lot, Organisme
from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee
from portal.commun.roles import Role
from portal.commun.verbes import verbe
from portal.comptes.models import Organisation, TypeOrganisation
from portal.territoires.models import Region


@verbe
def creer_organisme(*, acteur: Acteur, nom: str, courriel: str, telephone: str = "", contact: str = "") -> Organisme:
    """A body and the organisation in whose name its people act; they are then invited into it."""
    _exiger_anct(acteur)
    nom = nom.strip()
    if Organisme.objects.filter(nom__iexact=nom).exists():
        raise RegleNonRespectee("R80", "Un organisme de formation porte déjà ce nom.", "nom")
    organisation = Organisation.objects.create(type=TypeOrganisation.ORGANISME, nom=nom, courriel=courriel)
    return Organisme.objects.create(
        organisation=organisation, nom=nom, courriel=courriel, telephone=telephone, contact=contact.strip()
    )


@verbe
def modifier_organisme(
    *, acteur: Acteur, organisme: Organisme, nom: str, courriel: str, telephone: str = "", contact: str = ""
) -> Organisme:
    """The contact details that the structures read."""
    _exiger_anct(acteur)
    organisme = Organisme.objects.select_for_update(of=("self",), no_key=True).get(pk=organisme.pk)
    nom = nom.strip()
    if Organisme.objects.filter(nom__iexact=nom).exclude(pk=organisme.pk).exists():
        raise RegleNonRespectee("R80", "Un organisme de formation porte déjà ce nom.", "nom")
    organisme.nom, organisme.courriel = nom, courriel
    organisme.telephone, organisme.contact = telephone, contact.strip()
    organisme.save()
    organisation = Organisation.objects.select_for_update(of=("self",), no_key=True).get(pk=organisme.organisation_id)
    organisation.nom, organisation.courriel = nom, courriel
    organisation.save()
    return organisme


@verbe
def creer_lot(
    *,
    acteur: Acteur,
    organisme: Organisme,
    nom: str,
    modalite: str,
    regions: Iterable[Region] = (),
    national: bool = False,
) -> Lot:
    """In person: some régions. Remote: some régions, or the whole country (S1 step 5)."""
    _exiger_anct(acteur)
    nom, regions = nom.strip(), list(regions)
    _verifier_lot(organisme, nom, modalite, regions, national)
    lot = Lot.objects.create(organisme=organisme, nom=nom, modalite=modalite, national=national)
    lot.regions.set(regions)
    return lot


@verbe
def modifier_lot(
    *, acteur: Acteur, lot: Lot, nom: str, modalite: str, regions: Iterable[Region] = (), national: bool = False
) -> Lot:
    """The territory of a lot changes: from now on for who may be contacted; what was organised stays."""
    _exiger_anct(acteur)
    lot = Lot.objects.select_for_update(of=("self",), no_key=True).select_related("organisme").get(pk=lot.pk)
    nom, regions = nom.strip(), list(regions)
    _verifier_lot(lot.organisme, nom, modalite, regions, national, sauf=lot)
    lot.nom, lot.modalite, lot.national = nom, modalite, national
    lot.save()
    lot.regions.set(regions)
    return lot


def _verifier_lot(
    organisme: Organisme, nom: str, modalite: str, regions: list[Region], national: bool, sauf: Lot | None = None
) -> None:
    if national and modalite != Modalite.DISTANCE:
        raise RegleNonRespectee("R80", "Seul un lot à distance couvre tout le territoire.", "national")
    if national and regions:
        raise RegleNonRespectee("R80", "Un lot national n’a pas de région à choisir.", "regions")
    if not national and not regions:
        raise RegleNonRespectee("R80", "Choisissez les régions du lot.", "regions")
    meme_nom = Lot.objects.filter(organisme=organisme, nom=nom)
    if (meme_nom.exclude(pk=sauf.pk) if sauf else meme_nom).exists():
        raise RegleNonRespectee("R80", "Cet organisme a déjà un lot de ce nom.", "nom")


def _exiger_anct(acteur: Acteur) -> None:
    if not acteur.est(Role.ANCT, Role.SYSTEME):
        raise AccesRefuse("Seule l’ANCT gère les organismes de formation et leurs lots.")
