"""Verbs of the application being filled in (R20): kept at each step, resumed from a link, forgotten once sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q
from django.utils import timezone

from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee
from portal.commun.jetons import reference, revoquer_jetons
from portal.commun.models import Jeton
from portal.commun.roles import Role
from portal.commun.verbes import verbe
from structures import courriels_candidature
from structures.brouillons import CONSERVATION, TAILLE_ETAPE_MAX, USAGE_BROUILLON, taille
from structures.models import BrouillonCandidature, Campagne

DELAI_ENTRE_ENVOIS = dt.timedelta(minutes=2)
ENVOIS_MAX = 5
# So that nobody floods an address that is not theirs, whatever the number of drafts.
ENVOIS_PAR_ADRESSE = 5
JOUR = dt.timedelta(days=1)


@verbe
def enregistrer_brouillon(
    *,
    acteur: Acteur,
    brouillon: BrouillonCandidature | None,
    etape: str,
    donnees: Mapping[str, list[str]],
    annexes: Mapping[str, Any],
    campagne: Campagne | None = None,
    courriel: str = "",
) -> BrouillonCandidature:
    """One step as it was typed, right or wrong. Two browsers on the same draft each keep their own steps.

    `courriel`: the address of the contact, once it is known; it is where the reminder goes, unless the link already
    went to another one.
    """
    if taille(donnees) > TAILLE_ETAPE_MAX:
        raise RegleNonRespectee("R20", "Ces réponses sont trop longues pour être gardées : raccourcissez-les.")
    if brouillon is not None:
        verrouille = BrouillonCandidature.objects.select_for_update(of=("self",)).filter(pk=brouillon.pk).first()
        brouillon = verrouille
    brouillon = brouillon or BrouillonCandidature()
    brouillon.etapes = {**brouillon.etapes, etape: dict(donnees)}
    brouillon.annexes, brouillon.etape = dict(annexes), etape
    brouillon.campagne = campagne or brouillon.campagne
    if courriel and brouillon.lien_envoye_le is None:
        brouillon.courriel = courriel
    brouillon.save()
    return brouillon


@verbe
def envoyer_lien_brouillon(*, acteur: Acteur, brouillon: BrouillonCandidature, courriel: str) -> BrouillonCandidature:
    """The link to go on from another browser, to this address and to no other any more."""
    courriel = courriel.strip()
    try:
        validate_email(courriel)
    except ValidationError as erreur:
        raise RegleNonRespectee("R20", "Saisissez une adresse électronique valable.", "courriel") from erreur
    brouillon = BrouillonCandidature.objects.select_for_update(of=("self",)).get(pk=brouillon.pk)
    _limiter_les_envois(brouillon, courriel)
    _changer_d_adresse(brouillon, courriel)
    brouillon.lien_envoye_le = timezone.now()
    brouillon.save()
    courriels_candidature.envoyer_lien(brouillon, "brouillon_lien")
    return brouillon


@verbe
def rappeler_brouillon(*, acteur: Acteur, brouillon: BrouillonCandidature, avant: dt.datetime) -> bool:
    """The link sent once to who left, by the portal; nothing when they asked for it or came back meanwhile."""
    if not acteur.est(Role.SYSTEME):
        raise AccesRefuse("Ce rappel est envoyé par le portail.")
    brouillon = (
        BrouillonCandidature.objects.select_for_update(of=("self",))
        .filter(pk=brouillon.pk, lien_envoye_le__isnull=True, modifie_le__lt=avant)
        .exclude(courriel="")
        .first()
    )
    if brouillon is None or _envoyes_a(brouillon.courriel) >= ENVOIS_PAR_ADRESSE:
        return False
    # Not `save()`: leaving an application is not working on it, and the thirty days go on.
    BrouillonCandidature.objects.filter(pk=brouillon.pk).update(lien_envoye_le=timezone.now())
    courriels_candidature.envoyer_lien(brouillon, "brouillon_rappel")
    return True


@verbe
def supprimer_brouillon(*, acteur: Acteur, brouillon: BrouillonCandidature) -> None:
    """Sent, or begun again: nothing of it stays, and its links open nothing any more."""
    revoquer_jetons(usage=USAGE_BROUILLON, objet=brouillon)
    BrouillonCandidature.objects.filter(pk=brouillon.pk).delete()


@verbe
def purger_brouillons(*, acteur: Acteur, jour: dt.date) -> int:
    """R111: what nobody went on with for thirty days."""
    if not acteur.est(Role.SYSTEME):
        raise AccesRefuse("Les brouillons sont effacés par le portail.")
    anciens = list(BrouillonCandidature.objects.filter(modifie_le__date__lte=jour - CONSERVATION))
    for brouillon in anciens:
        supprimer_brouillon(acteur=acteur, brouillon=brouillon)
    return len(anciens)


def _changer_d_adresse(brouillon: BrouillonCandidature, courriel: str) -> None:
    """A wrong address was corrected: whoever received the link there does not hold the draft any more."""
    if brouillon.courriel and brouillon.courriel.lower() != courriel.lower():
        revoquer_jetons(usage=USAGE_BROUILLON, objet=brouillon)
        brouillon.lien_envoye_le = None
    brouillon.courriel = courriel


def _limiter_les_envois(brouillon: BrouillonCandidature, courriel: str) -> None:
    jetons = Jeton.objects.filter(usage=USAGE_BROUILLON, objet=reference(brouillon))
    if jetons.filter(emis_le__gt=timezone.now() - DELAI_ENTRE_ENVOIS).exists():
        message = "Un message vient de partir. Attendez quelques minutes et regardez dans vos courriers indésirables."
        raise RegleNonRespectee("R23", message, "courriel")
    if jetons.count() >= ENVOIS_MAX or _envoyes_a(courriel) >= ENVOIS_PAR_ADRESSE:
        message = "Ce lien a déjà été envoyé plusieurs fois : ouvrez les messages reçus, ou réessayez demain."
        raise RegleNonRespectee("R23", message, "courriel")


def _envoyes_a(courriel: str) -> int:
    """The links sent to an address since yesterday, for any draft, those that were sent since included."""
    meme = Q(donnees__courriel=courriel.lower())
    return Jeton.objects.filter(meme, usage=USAGE_BROUILLON, emis_le__gt=timezone.now() - JOUR).count()
