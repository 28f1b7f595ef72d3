"""What two registrations of one person had each, put together (R43): called by the merge, under its locks."""

from __future__ import annotations

from candidats import notifications
from candidats.actions.communs import annuler_entretiens
from candidats.cv import NATURE
from candidats.enums import ETATS_DECIDES, EtatEntretien, EtatInvitation, MotifCloture
from candidats.etats import MACHINE_INVITATION, MACHINE_MISE_EN_RELATION
from candidats.models import Candidat, ConsultationCandidat, Entretien, InvitationCandidat, MiseEnRelation
from candidats.regles_doublons import avancement
from portal.commun.acteurs import Acteur
from portal.commun.documents import documents_de, supprimer_document
from portal.commun.jetons import reference
from portal.commun.models import Document


def reunir_pour_un_poste(acteur: Acteur, garde: Candidat, paires: list[MiseEnRelation]) -> MiseEnRelation:
    """Two pairs of one person for one post: the furthest goes on, the other ends with its history; returns the latter.

    Between two that are as far, the one with an interview to come, then the one of the registration that is kept.
    """
    ouverts = set(
        Entretien.objects.filter(
            mise_en_relation__in=paires, etat__in=[EtatEntretien.PROPOSE, EtatEntretien.ACCEPTE]
        ).values_list("mise_en_relation", flat=True)
    )
    perdue, tenue = sorted(
        paires, key=lambda paire: (avancement(paire.etat), paire.pk in ouverts, paire.candidat_id == garde.pk)
    )
    etait_decidee = perdue.etat in ETATS_DECIDES
    MACHINE_MISE_EN_RELATION.franchir(perdue, "reunir", acteur=acteur)
    perdue.motif = MotifCloture.DOUBLON
    perdue._change_reason = MotifCloture.DOUBLON.label
    perdue.save()
    if perdue.interet_candidat_le and (
        tenue.interet_candidat_le is None or perdue.interet_candidat_le < tenue.interet_candidat_le
    ):
        tenue.interet_candidat_le = perdue.interet_candidat_le
        tenue.save()
    annules = annuler_entretiens(perdue)
    for entretien in annules:
        entretien.mise_en_relation = perdue
    if not etait_decidee:
        notifications.annoncer_paires_reunies(tenue, annules)
    return perdue


def reunir_les_traces(acteur: Acteur, garde: Candidat, absorbe: Candidat) -> None:
    """Documents with their readings, who looked, invitations."""
    for document in Document.objects.filter(objet=reference(absorbe)).order_by("pk"):
        document.objet = reference(garde)
        document.save()
    for ancien in documents_de(garde, NATURE)[1:]:
        supprimer_document(acteur=acteur, document=ancien, motif="Un CV plus récent de la même personne est gardé")
    _reunir_consultations(garde, absorbe)
    _reunir_invitations(acteur, garde, absorbe)


def _reunir_consultations(garde: Candidat, absorbe: Candidat) -> None:
    """One line per person who looked and day: who looked at both the same day looked at one person."""
    champs = ("utilisateur", "organisation", "role", "nature", "le")
    siennes = {tuple(c[champ] for champ in champs): c["pk"] for c in absorbe.consultations.values("pk", *champs)}
    deja = set(garde.consultations.values_list(*champs))
    en_trop = [cle for regard, cle in siennes.items() if regard in deja]
    ConsultationCandidat.objects.filter(pk__in=en_trop).delete()
    ConsultationCandidat.objects.filter(candidat=absorbe).update(candidat=garde)


def _reunir_invitations(acteur: Acteur, garde: Candidat, absorbe: Candidat) -> None:
    """R49: what was sent to the other address is for the person; the links already received go on working."""
    courriel = garde.utilisateur.email
    en_attente = set(
        InvitationCandidat.objects.filter(courriel__iexact=courriel, etat=EtatInvitation.ENVOYEE).values_list(
            "poste", flat=True
        )
    )
    siennes = InvitationCandidat.objects.select_for_update(of=("self",), no_key=True)
    for invitation in siennes.filter(courriel__iexact=absorbe.utilisateur.email).order_by("pk"):
        if invitation.etat == EtatInvitation.ENVOYEE and invitation.poste_id in en_attente:
            MACHINE_INVITATION.franchir(invitation, "annuler", acteur=acteur)
        invitation.courriel = courriel
        invitation.save()
