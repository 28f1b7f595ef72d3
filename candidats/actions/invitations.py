"""A structure invites a candidate it already knows (R49)."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from candidats import notifications
from candidats.actions.communs import LIES_CANDIDAT, SYSTEME, exiger_structure, verrouiller_poste
from candidats.actions.distances import lieu_de, lieux_du_poste
from candidats.enums import ETATS_VALIDES, EtatCandidat, EtatInvitation, EtatMiseEnRelation, Origine
from candidats.etats import MACHINE_INVITATION
from candidats.liens import USAGE_INVITATION
from candidats.models import Candidat, InvitationCandidat, MiseEnRelation
from candidats.regles import distance_minimale
from portal.commun import courriels
from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee
from portal.commun.jetons import emettre_jeton, revoquer_jetons
from portal.commun.roles import Role
from portal.commun.verbes import verbe
from portal.commun.verrous import toutes_sous_verrou
from structures.enums import EtatPoste
from structures.models import Poste

DUREE_INVITATION = timedelta(days=28)
DELAI_ENTRE_RENVOIS = timedelta(minutes=10)


@verbe
def inviter_candidat_identifie(*, acteur: Acteur, poste: Poste, courriel: str) -> InvitationCandidat:
    """R49: the person receives a link to register; the pair exists once they have confirmed.

    Somebody already registered and available is linked to the post at once.
    """
    poste = verrouiller_poste(poste.pk)
    _exiger_invitation_possible(acteur, poste)
    courriel = courriel.strip().lower()
    # A confirmation going on for this address is waited for: it would not see this invitation, nor we the candidate.
    candidat = _inscrit(courriel)
    _exiger_personne_nouvelle(poste, candidat, courriel)
    invitation = InvitationCandidat.objects.create(
        poste=poste, courriel=courriel, etat_role=acteur.role, etat_par_id=acteur.utilisateur_id
    )
    proposable = candidat is not None and candidat.etat == EtatCandidat.DISPONIBLE
    if proposable:
        _rattacher(invitation, candidat)
    _envoyer(invitation, deja_inscrit=proposable)
    return invitation


def _exiger_personne_nouvelle(poste: Poste, candidat: Candidat | None, courriel: str) -> None:
    en_attente = InvitationCandidat.objects.filter(poste=poste, courriel__iexact=courriel, etat=EtatInvitation.ENVOYEE)
    if en_attente.exists():
        message = "Une invitation est déjà en attente pour cette adresse : vous pouvez la renvoyer."
        raise RegleNonRespectee("R49", message, "courriel")
    paire = (
        MiseEnRelation.objects.exclude(etat=EtatMiseEnRelation.CADUQUE).filter(poste=poste, candidat=candidat).first()
        if candidat is not None
        else None
    )
    if paire is not None:
        message = {
            EtatMiseEnRelation.ECARTEE: "Vous avez écarté cette personne : reprenez sa candidature dans « Écartées ».",
            EtatMiseEnRelation.DECLINEE: "Cette personne a décliné ce poste.",
        }.get(EtatMiseEnRelation(paire.etat), "Cette personne a déjà une candidature pour ce poste.")
        raise RegleNonRespectee("R49", message, "courriel")


@verbe
def renvoyer_invitation(*, acteur: Acteur, invitation: InvitationCandidat) -> InvitationCandidat:
    """A new link; the earlier one stops working."""
    invitation = _verrouiller(invitation)
    _exiger_invitation_possible(acteur, invitation.poste)
    if invitation.etat != EtatInvitation.ENVOYEE:
        raise RegleNonRespectee("R49", "Cette invitation n’est plus en attente.")
    if timezone.now() - invitation.modifie_le < DELAI_ENTRE_RENVOIS:
        raise RegleNonRespectee("R49", "Cette invitation vient d’être envoyée : attendez quelques minutes.")
    invitation.save(update_fields=["modifie_le"])
    _envoyer(invitation, deja_inscrit=False)
    return invitation


@verbe
def annuler_invitation(*, acteur: Acteur, invitation: InvitationCandidat, motif: str = "") -> InvitationCandidat:
    """The link stops working."""
    invitation = _verrouiller(invitation)
    exiger_structure(acteur, invitation.poste.structure)
    MACHINE_INVITATION.franchir(invitation, "annuler", acteur=acteur)
    invitation.save()
    revoquer_jetons(usage=USAGE_INVITATION, objet=invitation)
    return invitation


def accueillir_invite(candidat: Candidat) -> list[MiseEnRelation]:
    """R49: the pairs of the structures that had invited this address; called when the address is confirmed."""
    invitations = (
        InvitationCandidat.objects.select_for_update(of=("self",), no_key=True)
        .select_related("poste__structure__organisation")
        .filter(
            courriel__iexact=candidat.utilisateur.email,
            etat=EtatInvitation.ENVOYEE,
            poste__etat__in=[EtatPoste.A_POURVOIR, EtatPoste.RESERVE],
        )
        .order_by("pk")
    )
    paires = []
    for invitation in invitations:
        paire = _rattacher(invitation, candidat)
        revoquer_jetons(usage=USAGE_INVITATION, objet=invitation)
        notifications.annoncer_a_la_structure("invite_inscrit", paire)
        paires.append(paire)
    return paires


def _rattacher(invitation: InvitationCandidat, candidat: Candidat) -> MiseEnRelation:
    """The pair of an invitation; one that the engine had already made is kept as it stands."""
    paire = (
        MiseEnRelation.objects.exclude(etat=EtatMiseEnRelation.CADUQUE)
        .filter(poste=invitation.poste, candidat=candidat)
        .first()
    )
    if paire is None:
        paire = MiseEnRelation.objects.create(
            poste=invitation.poste,
            candidat=candidat,
            origine=Origine.INVITATION,
            distance_km=distance_minimale(lieu_de(candidat.commune), lieux_du_poste(invitation.poste)),
        )
    MACHINE_INVITATION.franchir(invitation, "accepter", acteur=SYSTEME)
    # A pair is tied to the invitation that made it, or to the first one that met it.
    if not InvitationCandidat.objects.filter(mise_en_relation=paire).exists():
        invitation.mise_en_relation = paire
    invitation.save()
    return paire


def _inscrit(courriel: str) -> Candidat | None:
    """The candidate of this address, under lock."""
    candidats = toutes_sous_verrou(Candidat.objects.filter(utilisateur__email__iexact=courriel), *LIES_CANDIDAT)
    return candidats[0] if candidats else None


def _exiger_invitation_possible(acteur: Acteur, poste: Poste) -> None:
    if not acteur.est(Role.STRUCTURE, Role.SYSTEME):
        raise AccesRefuse("Seule la structure invite une personne qu’elle connaît.")
    exiger_structure(acteur, poste.structure)
    if poste.etat != EtatPoste.A_POURVOIR:
        raise RegleNonRespectee("R49", "Ce poste n’est plus à pourvoir.")
    if MiseEnRelation.objects.filter(poste=poste, etat__in=ETATS_VALIDES).exists():
        raise RegleNonRespectee("R53", "Une candidature est déjà validée pour ce poste.")


def _verrouiller(invitation: InvitationCandidat) -> InvitationCandidat:
    return (
        InvitationCandidat.objects.select_for_update(of=("self",), no_key=True)
        .select_related("poste__structure__organisation")
        .get(pk=invitation.pk)
    )


def _envoyer(invitation: InvitationCandidat, *, deja_inscrit: bool) -> None:
    if deja_inscrit:
        lien = courriels.lien("candidats:espace")
    else:
        secret = emettre_jeton(usage=USAGE_INVITATION, objet=invitation, duree=DUREE_INVITATION)
        lien = courriels.lien("candidats:invitation", secret)
    notifications.inviter_candidat(invitation, lien, DUREE_INVITATION.days, deja_inscrit=deja_inscrit)
