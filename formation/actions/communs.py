"""What the verbs of training share: locks and who may.

Locks are taken in this order: post, file, session, enrolments of the session. It continues the order of the floors
below (post, file, then what hangs on it), so that two verbs wait for each other and never lock each other out.
"""

from __future__ import annotations

from typing import Any

from formation.acces import organismes_de
from formation.enums import EtatInscription
from formation.models import Inscription, Organisme, PriseDeContact, SessionFormation
from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite
from portal.commun.roles import Role
from subventions.actions.communs import verrouiller
from subventions.enums import EtatDossier
from subventions.models import Dossier

TEXTE_MAX = 2500
MOTIF_MAX = 1000
LIES_DOSSIER = (
    "dossier__poste",
    "dossier__structure__commune",
    "dossier__structure__organisation",
    "dossier__mise_en_relation__candidat__utilisateur",
)
ETATS_PARTIS = (EtatInscription.PARTIE, EtatInscription.TERMINEE)
ETATS_OCCUPENT_UNE_PLACE = [EtatInscription.INSCRITE, EtatInscription.PARTIE, EtatInscription.TERMINEE]
ETATS_ANNULABLES = [EtatInscription.INSCRITE, EtatInscription.ATTENTE, EtatInscription.PROPOSEE]


def verrouiller_dossier(dossier: Dossier) -> Dossier:
    """The file under lock, read again; a closed one has no training to organise any more."""
    dossier = verrouiller(dossier)
    if dossier.etat == EtatDossier.CLOS:
        raise TransitionInterdite("Ce dossier est clos : il n’y a plus de formation à organiser.")
    return dossier


def verrouiller_session(session_id: int) -> SessionFormation:
    """The row that serialises the seats of a session."""
    return (
        SessionFormation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organisme", "commune")
        .get(pk=session_id)
    )


def verrouiller_inscriptions(session: SessionFormation, *etats: str) -> list[Inscription]:
    """Enrolments of a session in these states, oldest first, with what their mails say; the session is locked."""
    inscriptions = list(
        session.inscriptions.select_for_update(of=("self",), no_key=True)
        .select_related(*LIES_DOSSIER)
        .filter(etat__in=etats)
        .order_by("inscrite_le", "pk")
    )
    for inscription in inscriptions:
        inscription.session = session
    return inscriptions


def relire_inscription(inscription: Inscription, session: SessionFormation) -> Inscription:
    """The enrolment under lock, after its file and its session."""
    inscription = (
        Inscription.objects.select_for_update(of=("self",), no_key=True)
        .select_related(*LIES_DOSSIER)
        .get(pk=inscription.pk)
    )
    inscription.session = session
    return inscription


def par(acteur: Acteur) -> dict[str, Any]:
    """The author of the first state of a new object."""
    return {"etat_par_id": acteur.utilisateur_id, "etat_role": acteur.role}


# --- who may --------------------------------------------------------------------------------------------------------


def exiger_organisme(acteur: Acteur, organisme: Organisme) -> None:
    """A body acts in its own name."""
    if not acteur.est(Role.ORGANISME, Role.SYSTEME):
        raise AccesRefuse("Seul l’organisme de formation fait cette action.")
    if acteur.est(Role.ORGANISME) and acteur.organisation_id != organisme.organisation_id:
        raise AccesRefuse("Cette action revient à un autre organisme de formation.")


def exiger_structure(acteur: Acteur, dossier: Dossier) -> None:
    """A structure acts on its own files."""
    if not acteur.est(Role.STRUCTURE, Role.SYSTEME):
        raise AccesRefuse("Seule la structure fait cette action.")
    if acteur.est(Role.STRUCTURE) and acteur.organisation_id != dossier.structure.organisation_id:
        raise AccesRefuse("Ce dossier est celui d’une autre structure.")


def exiger_partie(acteur: Acteur, dossier: Dossier, organisme: Organisme) -> None:
    """The structure of the file, or the body of the session."""
    if acteur.est(Role.STRUCTURE):
        exiger_structure(acteur, dossier)
    elif acteur.est(Role.ORGANISME):
        exiger_organisme(acteur, organisme)
    elif not acteur.est(Role.SYSTEME):
        raise AccesRefuse("La structure et l’organisme de formation organisent la formation.")


def exiger_territoire(organisme: Organisme, dossier: Dossier) -> None:
    """R80: a body trains the people of its lots, and those whose structure wrote to it."""
    if organismes_de(dossier.structure).filter(pk=organisme.pk).exists():
        return
    if PriseDeContact.objects.filter(dossier=dossier, organisme=organisme).exists():
        return
    raise RegleNonRespectee("R80", "Cet organisme n’intervient pas sur le territoire de la structure.", "organisme")


def exiger_texte(texte: str, *, regle: str, champ: str, vide: str, maximum: int = MOTIF_MAX) -> str:
    """The text without its outer spaces; refused when empty or too long."""
    texte = texte.strip()
    if not texte:
        raise RegleNonRespectee(regle, vide, champ)
    if len(texte) > maximum:
        raise RegleNonRespectee(regle, f"Ce texte ne peut pas dépasser {maximum} caractères.", champ)
    return texte
