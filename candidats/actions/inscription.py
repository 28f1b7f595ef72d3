"""Registration and its confirmation by e-mail (R40 to R43)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.utils import timezone
from redis.exceptions import RedisError

from candidats import notifications, suites
from candidats.actions.communs import SYSTEME, acteur_candidat, verrouiller_candidat
from candidats.actions.invitations import accueillir_invite
from candidats.enums import EtatCandidat
from candidats.etats import MACHINE_CANDIDAT
from candidats.liens import USAGE_CONFIRMATION
from candidats.models import Candidat
from candidats.regles import verifier_inscription
from candidats.signes import noter_signe
from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, exiger
from portal.commun.jetons import consommer_jeton, emettre_jeton, uuid_de
from portal.commun.journal import journal
from portal.commun.roles import Role
from portal.commun.verbes import verbe
from portal.comptes import actions as comptes
from portal.comptes.actions.comptes import confirmer_adresse, poser_mot_de_passe
from portal.comptes.models import Utilisateur

# Between two messages asked for by an anonymous visitor for one address.
DELAI_ENTRE_MESSAGES_S = 300
# The answers of R40 that stand on `Candidat`; names and address stand on the account.
CHAMPS_PROFIL = (
    "recherche_emploi",
    "en_emploi",
    "en_formation",
    "diplome",
    "diplome_nom",
    "experience",
    "commune",
    "mobilite_km",
    "disponible_le",
    "telephone",
    "date_naissance",
    "interet_coordination",
    "motivation",
    "retraite",
)


@verbe
def inscrire_candidat(*, acteur: Acteur, donnees: Mapping[str, Any]) -> Candidat | None:
    """R40: register the person, who confirms the address before anything else happens (R42).

    Somebody signed in registers with their own account. For an anonymous visitor whose address is already known,
    nothing is created and None is returned: the page says the same thing in both cases, only the mail differs (R43).
    """
    exiger(verifier_inscription(donnees, timezone.localdate()))
    if acteur.authentifie:
        return _inscrire_connecte(acteur, donnees)
    courriel = donnees["courriel"].strip().lower()
    connu = Utilisateur.objects.filter(email__iexact=courriel).first()
    if connu is not None:
        return _deja_connu(acteur, connu, donnees)
    utilisateur = Utilisateur(email=courriel, prenom=donnees["prenom"].strip(), nom=donnees["nom"].strip())
    poser_mot_de_passe(utilisateur, donnees["mot_de_passe"])
    utilisateur.save()
    EmailAddress.objects.create(user=utilisateur, email=courriel, primary=True, verified=False)
    candidat = _creer(utilisateur, donnees)
    comptes.rattacher(acteur=acteur_candidat(candidat), utilisateur=utilisateur, role=Role.CANDIDAT)
    notifications.demander_confirmation(candidat, _secret(candidat))
    return candidat


def _inscrire_connecte(acteur: Acteur, donnees: Mapping[str, Any]) -> Candidat:
    """The address of somebody signed in is already proven: the person is available at once."""
    utilisateur = Utilisateur.objects.select_for_update(of=("self",), no_key=True).get(pk=acteur.utilisateur_id)
    if Candidat.objects.filter(utilisateur=utilisateur).exists():
        raise RegleNonRespectee("R43", "Votre inscription existe déjà : modifiez votre profil dans votre espace.")
    if donnees.get("prenom") and donnees.get("nom"):
        utilisateur = comptes.changer_identite(
            acteur=acteur, utilisateur=utilisateur, prenom=donnees["prenom"], nom=donnees["nom"]
        )
    candidat = _creer(utilisateur, donnees)
    comptes.rattacher(acteur=acteur, utilisateur=utilisateur, role=Role.CANDIDAT)
    if EmailAddress.objects.filter(user=utilisateur, email__iexact=utilisateur.email, verified=True).exists():
        return _confirmer(acteur_candidat(candidat), candidat)
    notifications.demander_confirmation(candidat, _secret(candidat))
    return candidat


def _deja_connu(acteur: Acteur, utilisateur: Utilisateur, donnees: Mapping[str, Any]) -> None:
    """R43: the answer takes as long, and looks the same, as for a new address."""
    make_password(donnees["mot_de_passe"])
    if not _premier_message(utilisateur.email):
        return
    candidat = Candidat.objects.filter(utilisateur=utilisateur).first()
    if candidat is not None and candidat.etat == EtatCandidat.A_CONFIRMER:
        # What was first typed is kept: who types now may be somebody else.
        notifications.demander_confirmation(candidat, _secret(candidat), deja_commencee=True)
    else:
        notifications.signaler_compte_existant(utilisateur.email)
    return


def _creer(utilisateur: Utilisateur, donnees: Mapping[str, Any]) -> Candidat:
    champs = {nom: donnees[nom] for nom in CHAMPS_PROFIL if nom in donnees}
    with journal(Acteur(Role.CANDIDAT, utilisateur.pk, utilisateur.nom_complet, utilisateur.email)):
        return Candidat.objects.create(utilisateur=utilisateur, **champs)


@verbe
def renvoyer_confirmation(*, acteur: Acteur, courriel: str) -> None:
    """R42: a new link, the earlier one stops working. Says nothing of whether the address is known."""
    candidat = (
        Candidat.objects.select_related("utilisateur")
        .filter(utilisateur__email__iexact=courriel.strip(), etat=EtatCandidat.A_CONFIRMER)
        .first()
    )
    if candidat is not None and _premier_message(candidat.utilisateur.email):
        notifications.demander_confirmation(candidat, _secret(candidat))


@verbe
def confirmer(*, acteur: Acteur, secret: str = "", candidat: Candidat | None = None) -> Candidat:
    """R42: the address is proven, the person can be proposed. Whoever holds the link is the candidate.

    The portal itself (demo data, commands) confirms without a link.
    """
    if acteur.est(Role.SYSTEME) and candidat is not None:
        return _confirmer(acteur, verrouiller_candidat(candidat.pk))
    jeton = consommer_jeton(secret, usage=USAGE_CONFIRMATION)
    identifiant = Candidat.objects.filter(uuid=uuid_de(jeton, Candidat)).values_list("pk", flat=True).first()
    if identifiant is None:
        raise AccesRefuse("Cette inscription n’existe plus.")
    candidat = verrouiller_candidat(identifiant)
    with journal(acteur_candidat(candidat)):
        return _confirmer(acteur_candidat(candidat), candidat)


def _confirmer(acteur: Acteur, candidat: Candidat) -> Candidat:
    MACHINE_CANDIDAT.franchir(candidat, "confirmer", acteur=acteur)
    candidat.confirme_le = timezone.now()
    noter_signe(candidat)
    candidat.save()
    confirmer_adresse(candidat.utilisateur)
    # Demo data and imports come here without having gone through a sign-up.
    comptes.rattacher(acteur=SYSTEME, utilisateur=candidat.utilisateur, role=Role.CANDIDAT)
    notifications.souhaiter_bienvenue(candidat, accueillir_invite(candidat))
    suites.candidat_a_proposer(candidat)
    return candidat


def _secret(candidat: Candidat) -> str:
    return emettre_jeton(usage=USAGE_CONFIRMATION, objet=candidat, duree=notifications.DUREE_CONFIRMATION)


def _premier_message(courriel: str) -> bool:
    """False when this address was written to a few minutes ago: nobody floods a mailbox through the form."""
    try:
        return cache.add(f"candidats:message:{courriel.lower()}", True, DELAI_ENTRE_MESSAGES_S)
    except RedisError:
        return True
