"""Verbs on campaigns: ANCT opens and closes them and sets their envelope (DOMAIN §4, R15)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils import timezone

from portal.commun.acteurs import Acteur
from portal.commun.affichage import euros
from portal.commun.erreurs import RegleNonRespectee
from portal.commun.verbes import verbe
from structures import droits, enveloppe
from structures.etats import MACHINE_CAMPAGNE
from structures.models import Campagne
from structures.regimes import Horloge, obtenir_regime


@verbe
def creer_campagne(
    *,
    acteur: Acteur,
    code: str,
    nom: str,
    regime: str,
    ouvre_le: dt.date,
    enveloppe_postes: int,
    enveloppe_montant: Decimal,
    ferme_le: dt.date | None = None,
    horloge: str = "",
) -> Campagne:
    """A campaign being prepared: nobody may apply to it before it is opened."""
    droits.CREER_CAMPAGNE.exiger(acteur)
    obtenir_regime(regime)
    if Campagne.objects.filter(code=code).exists():
        raise RegleNonRespectee("§4", f"Une campagne porte déjà le code « {code} ».", "code")
    _verifier(ouvre_le, ferme_le, horloge)
    return Campagne.objects.create(
        code=code,
        nom=nom,
        regime=regime,
        ouvre_le=ouvre_le,
        ferme_le=ferme_le,
        enveloppe_postes=enveloppe_postes,
        enveloppe_montant=enveloppe_montant,
        horloge=horloge,
    )


@verbe
def modifier_campagne(
    *,
    acteur: Acteur,
    campagne: Campagne,
    nom: str,
    ouvre_le: dt.date,
    ferme_le: dt.date | None,
    enveloppe_postes: int,
    enveloppe_montant: Decimal,
    horloge: str = "",
    motif: str = "",
) -> Campagne:
    """Dates, envelope and clock; the regime and the code are for life. What is granted is never taken back (R15)."""
    droits.MODIFIER_CAMPAGNE.exiger(acteur)
    campagne = verrouiller_campagne(campagne)
    _verifier(ouvre_le, ferme_le, horloge)
    accorde = enveloppe.accorde(campagne)
    if enveloppe_postes < accorde.postes:
        deja = "postes sont déjà accordés" if accorde.postes > 1 else "poste est déjà accordé"
        message = f"{accorde.postes} {deja} : l’enveloppe ne peut pas descendre au-dessous."
        raise RegleNonRespectee("R15", message, "enveloppe_postes")
    if enveloppe_montant < accorde.montant:
        message = f"Les postes déjà accordés engagent {euros(accorde.montant)} : indiquez au moins ce montant."
        raise RegleNonRespectee("R15", message, "enveloppe_montant")
    campagne.nom, campagne.ouvre_le, campagne.ferme_le = nom, ouvre_le, ferme_le
    campagne.enveloppe_postes, campagne.enveloppe_montant = enveloppe_postes, enveloppe_montant
    campagne.horloge = horloge
    campagne.save()
    return campagne


@verbe
def ouvrir_campagne(*, acteur: Acteur, campagne: Campagne) -> Campagne:
    """Applications are received between its two dates."""
    campagne = verrouiller_campagne(campagne)
    MACHINE_CAMPAGNE.franchir(campagne, "ouvrir", acteur=acteur)
    if campagne.ferme_le and campagne.ferme_le < timezone.localdate():
        message = "La date de fermeture est passée : modifiez-la avant d’ouvrir la campagne."
        raise RegleNonRespectee("§4", message, "ferme_le")
    if not campagne.enveloppe_postes:
        raise RegleNonRespectee(
            "R15", "L’enveloppe est vide : indiquez combien de postes la campagne finance.", "enveloppe_postes"
        )
    campagne.save()
    return campagne


@verbe
def fermer_campagne(*, acteur: Acteur, campagne: Campagne, motif: str = "") -> Campagne:
    """No more applications; those already filed are still examined and their posts granted."""
    campagne = verrouiller_campagne(campagne)
    MACHINE_CAMPAGNE.franchir(campagne, "fermer", acteur=acteur)
    aujourdhui = timezone.localdate()
    if campagne.ouvre_le <= aujourdhui and (campagne.ferme_le is None or campagne.ferme_le > aujourdhui):
        campagne.ferme_le = aujourdhui
    campagne.save()
    return campagne


def verrouiller_campagne(campagne: Campagne) -> Campagne:
    """The row that serialises every grant of posts: whoever holds it may count and then take (R15)."""
    return Campagne.objects.select_for_update(of=("self",), no_key=True).get(pk=campagne.pk)


def _verifier(ouvre_le: dt.date, ferme_le: dt.date | None, horloge: str) -> None:
    if ferme_le and ferme_le < ouvre_le:
        raise RegleNonRespectee("§4", "La date de fermeture doit suivre la date d’ouverture.", "ferme_le")
    if horloge and horloge not in set(Horloge):
        raise RegleNonRespectee("R4", "Choisissez l’un des départs d’échéances proposés.", "horloge")
