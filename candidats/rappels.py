"""Reminders of interviews and of proposals left without an answer; each once, whatever the day the job runs."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from candidats import notifications
from candidats.enums import EtatEntretien, EtatMiseEnRelation
from candidats.models import Entretien, MiseEnRelation
from portal.commun.rappels import rappel, une_fois
from portal.commun.roles import Role
from structures.enums import EtatPoste

# S4: fifteen days to select; indicative, it closes nothing (R30).
DELAI_DE_REPONSE = timedelta(days=15)


@rappel("candidats.entretiens")
def rappeler_entretiens(le: date) -> int:
    """R52: the day before, to both sides."""
    demain = le + timedelta(days=1)
    entretiens = (
        Entretien.objects.filter(etat__in=[EtatEntretien.PROPOSE, EtatEntretien.ACCEPTE])
        .filter(debut__date=demain)
        .select_related("mise_en_relation__poste__structure__organisation", "mise_en_relation__candidat__utilisateur")
        .order_by("pk")
    )
    envoyes = 0
    for entretien in entretiens:
        with transaction.atomic():
            if une_fois(f"candidats.entretien:{entretien.uuid}"):
                notifications.annoncer_entretien("entretien_demain", entretien, a_qui=Role.CANDIDAT)
                notifications.annoncer_entretien("entretien_demain_structure", entretien, a_qui=Role.STRUCTURE)
                envoyes += 2
    return envoyes


@rappel("candidats.propositions")
def rappeler_propositions(le: date) -> int:
    """S4: one mail per structure for the candidates it has not answered for fifteen days; each of them once."""
    limite = le - DELAI_DE_REPONSE
    paires = (
        MiseEnRelation.objects.filter(
            etat=EtatMiseEnRelation.NOUVELLE, poste__etat=EtatPoste.A_POURVOIR, cree_le__date__lte=limite
        )
        .select_related("poste__structure__organisation", "poste__structure__commune", "candidat__utilisateur")
        .select_related("candidat__commune")
        .order_by("poste__structure", "pk")
    )
    par_structure: dict[int, list[MiseEnRelation]] = defaultdict(list)
    for paire in paires:
        par_structure[paire.poste.structure_id].append(paire)
    envoyes = 0
    for en_attente in par_structure.values():
        with transaction.atomic():
            nouvelles = [paire for paire in en_attente if une_fois(f"candidats.proposition:{paire.uuid}")]
            if nouvelles:
                notifications.rappeler_propositions(nouvelles, (timezone.localdate() - limite).days)
                envoyes += 1
    return envoyes
