"""Still available? (R51): what counts as a sign of the person, the question of the portal, the answer by its link."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from candidats import notifications
from candidats.actions.communs import acteur_candidat, exiger_soi, verrouiller_candidat
from candidats.actions.profil import suspendre
from candidats.enums import EtatCandidat
from candidats.liens import USAGE_DISPONIBILITE
from candidats.models import Candidat
from candidats.regles_espace import LIEN, disponibilite_a_demander
from candidats.signes import noter_signe
from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, TransitionInterdite
from portal.commun.jetons import consommer_jeton, emettre_jeton, revoquer_jetons, uuid_de
from portal.commun.journal import journal
from portal.commun.roles import Role
from portal.commun.verbes import verbe

PLUS_DISPONIBLE = "Votre profil n’est pas proposé en ce moment : connectez-vous à votre espace pour le changer."


@verbe
def confirmer_disponibilite(*, acteur: Acteur, candidat: Candidat) -> Candidat:
    """« Je suis toujours disponible ». Said twice the same day, it says nothing more."""
    if not acteur.est(Role.CANDIDAT, Role.SYSTEME):
        raise AccesRefuse("Chaque personne dit elle-même si elle est disponible.")
    candidat = verrouiller_candidat(candidat.pk)
    exiger_soi(acteur, candidat)
    if candidat.etat != EtatCandidat.DISPONIBLE:
        raise TransitionInterdite(PLUS_DISPONIBLE)
    if noter_signe(candidat):
        candidat._change_reason = "Disponibilité confirmée"
        candidat.save()
    # Answered in one's space: the link of the mail has nothing left to ask.
    revoquer_jetons(usage=USAGE_DISPONIBILITE, objet=candidat)
    return candidat


@verbe
def repondre_disponibilite(*, acteur: Acteur, secret: str, disponible: bool) -> Candidat:
    """The same, or « Je ne suis plus disponible », by the link of the mail: whoever holds it is the candidate."""
    jeton = consommer_jeton(secret, usage=USAGE_DISPONIBILITE)
    identifiant = Candidat.objects.filter(uuid=uuid_de(jeton, Candidat)).values_list("pk", flat=True).first()
    if identifiant is None:
        raise AccesRefuse("Cette inscription n’existe plus.")
    candidat = verrouiller_candidat(identifiant)
    if candidat.etat != EtatCandidat.DISPONIBLE:
        raise TransitionInterdite(PLUS_DISPONIBLE)
    personne = acteur_candidat(candidat)
    with journal(personne):
        decider = confirmer_disponibilite if disponible else suspendre
        return decider(acteur=personne, candidat=candidat)


@verbe
def demander_disponibilite(*, acteur: Acteur, candidat: Candidat, le: date | None = None) -> Candidat:
    """The mail with the link; refused when the person gave a sign, or was asked, meanwhile."""
    if not acteur.est(Role.SYSTEME):
        raise AccesRefuse("Seul le portail pose cette question.")
    le = le or timezone.localdate()
    candidat = verrouiller_candidat(candidat.pk)
    signe = candidat.dernier_signe_le
    if (
        candidat.etat != EtatCandidat.DISPONIBLE
        or signe is None
        or not disponibilite_a_demander(signe, candidat.disponible_le, candidat.disponibilite_demandee_le, le)
    ):
        raise TransitionInterdite("Cette personne n’a pas à confirmer sa disponibilité.")
    candidat.disponibilite_demandee_le = le
    candidat._change_reason = "Le portail demande si la personne est toujours disponible"
    candidat.save()
    secret = emettre_jeton(usage=USAGE_DISPONIBILITE, objet=candidat, duree=LIEN)
    notifications.demander_disponibilite(candidat, secret)
    return candidat
