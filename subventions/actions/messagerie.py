"""Messages inside a file, between the structure and the Banque des Territoires, with their read receipts (R61)."""

from __future__ import annotations

from django.utils import timezone

from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, TransitionInterdite
from portal.commun.roles import Role
from portal.commun.verbes import verbe
from subventions import notifications
from subventions.actions.communs import exiger_sa_structure, exiger_texte, verrouiller
from subventions.enums import EtatDossier
from subventions.models import Dossier, MessageDossier


@verbe
def envoyer_message(*, acteur: Acteur, dossier: Dossier, texte: str) -> MessageDossier:
    """Write to the other side; answering also acknowledges what it wrote."""
    dossier = verrouiller(dossier)
    _exiger_correspondant(acteur, dossier)
    if dossier.etat == EtatDossier.CLOS:
        raise TransitionInterdite("Ce dossier est clos : sa messagerie est fermée.")
    texte = exiger_texte(texte, regle="R61", champ="texte", vide="Écrivez votre message.")
    _marquer(acteur, dossier)
    message = MessageDossier.objects.create(
        dossier=dossier, auteur_id=acteur.utilisateur_id, auteur_role=acteur.role, texte=texte
    )
    notifications.annoncer_message(message)
    return message


@verbe
def marquer_lus(*, acteur: Acteur, dossier: Dossier) -> int:
    """The read receipt of what the other side wrote; how many messages it acknowledges."""
    dossier = verrouiller(dossier)
    _exiger_correspondant(acteur, dossier)
    return _marquer(acteur, dossier)


def _exiger_correspondant(acteur: Acteur, dossier: Dossier) -> None:
    if not acteur.est(Role.STRUCTURE, Role.BDT):
        raise AccesRefuse("La messagerie d’un dossier relie la structure et la Banque des Territoires.")
    if acteur.est(Role.STRUCTURE):
        exiger_sa_structure(acteur, dossier)


def _marquer(acteur: Acteur, dossier: Dossier) -> int:
    non_lus = dossier.messages.select_for_update(of=("self",)).filter(lu_le__isnull=True)
    maintenant, nombre = timezone.now(), 0
    for message in non_lus.exclude(auteur_role=acteur.role):
        message.lu_le = maintenant
        message.save()
        nombre += 1
    return nombre
