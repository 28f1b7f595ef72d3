"""Reminders of the subsidy file: to the structure that must act, to BdT before and after the day of R2 (R61, R113)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.utils import timezone

from portal.commun.rappels import rappel, rappeler_une_fois
from subventions import notifications
from subventions.enums import EtatDossier
from subventions.models import DemandeComplement, Dossier
from subventions.suivi import instruction_de, manques_de

# Days without anything from the structure after which it is reminded.
JOURS_CONSTITUTION = (7, 21, 42)
JOURS_COMPLEMENT = (7, 21, 42)
AVANT_ECHEANCE = dt.timedelta(days=3)
LIES = ("poste", "structure__organisation", "mise_en_relation__candidat__utilisateur")


@rappel("subventions.dossier_a_deposer")
def dossiers_a_deposer(le: dt.date) -> int:
    """R60: a file that was opened and not filed, with what it lacks."""
    envoyes = 0
    dossiers = Dossier.objects.filter(etat=EtatDossier.CONSTITUTION).select_related(*LIES).prefetch_related("pieces")
    for dossier in dossiers.order_by("pk"):
        palier = _palier(timezone.localdate(dossier.cree_le), JOURS_CONSTITUTION, le)
        if palier is None:
            continue
        envoyes += rappeler_une_fois(
            f"subventions.dossier_a_deposer:{dossier.uuid}:{palier}",
            "subventions/rappel_depot",
            destinataires=notifications.adresses_structure(dossier.structure),
            contexte={
                **notifications.contexte_structure(dossier),
                "manques": manques_de(dossier, list(dossier.pieces.all())).libelles,
            },
            objet=dossier,
        )
    return envoyes


@rappel("subventions.complement_attendu")
def complements_attendus(le: dt.date) -> int:
    """R61: a request for complements that the structure has not answered."""
    envoyes = 0
    demandes = DemandeComplement.objects.filter(repondue_le__isnull=True, dossier__etat=EtatDossier.COMPLEMENT)
    for demande in demandes.select_related(*(f"dossier__{nom}" for nom in LIES)).order_by("pk"):
        palier = _palier(timezone.localdate(demande.demandee_le), JOURS_COMPLEMENT, le)
        if palier is None:
            continue
        envoyes += rappeler_une_fois(
            f"subventions.complement_attendu:{demande.uuid}:{palier}",
            "subventions/rappel_complement",
            destinataires=notifications.adresses_structure(demande.dossier.structure),
            contexte={**notifications.contexte_structure(demande.dossier), "demande": demande},
            objet=demande.dossier,
        )
    return envoyes


@rappel("subventions.echeance_instruction")
def echeances_instruction(le: dt.date) -> int:
    """R2: three days before the answer is due, then once it is late; the private call has no binding date."""
    envoyes = 0
    for dossier, echeance in _echeances(le):
        if le > echeance:
            moment, modele = "retard", "subventions/rappel_instruction_retard"
        elif le >= echeance - AVANT_ECHEANCE:
            moment, modele = "avant", "subventions/rappel_instruction"
        else:
            continue
        # A clock that stopped and resumed has another day, which deserves its own reminder.
        envoyes += rappeler_une_fois(
            f"subventions.echeance_instruction:{dossier.uuid}:{moment}:{echeance}",
            modele,
            destinataires=notifications.adresses_gestionnaire(dossier),
            contexte={**notifications.contexte_bdt(dossier), "echeance": echeance},
            objet=dossier,
        )
    return envoyes


def _echeances(le: dt.date) -> Iterator[tuple[Dossier, dt.date]]:
    """The files being instructed whose answer is due on a binding day."""
    dossiers = Dossier.objects.filter(etat=EtatDossier.DEPOSE).select_related(*LIES, "gestionnaire")
    for dossier in dossiers.prefetch_related("demandes_complement").order_by("pk"):
        instruction = instruction_de(dossier, dossier.demandes_complement.all(), le)
        if instruction.ferme and instruction.echeance is not None:
            yield dossier, instruction.echeance


def _palier(depuis: dt.date, paliers: tuple[int, ...], le: dt.date) -> int | None:
    """The last step reached on `le`: a job that is late by a week sends one reminder, not all it missed."""
    ecoules = (le - depuis).days
    return max((palier for palier in paliers if palier <= ecoules), default=None)
