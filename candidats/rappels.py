"""Reminders of interviews and of proposals left without an answer; each once, whatever the day the job runs."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from candidats import notifications
from candidats.enums import ETATS_OUVERTS, EtatMiseEnRelation
from candidats.models import Entretien, MiseEnRelation
from portal.commun.rappels import rappel, une_fois
from portal.commun.roles import Role
from structures.enums import EtatPoste

# S4: fifteen days to select; indicative, it closes nothing (R30).
DELAI_DE_REPONSE = timedelta(days=15)


_RAPPELS_DE_LA_VEILLE = (("entretien_demain", Role.CANDIDAT), ("entretien_demain_structure", Role.STRUCTURE))


@rappel("candidats.entretiens")
def rappeler_entretiens(le: date) -> int:
    """R52: the day before, to both sides; one mail for the slots of one proposal."""
    demain = le + timedelta(days=1)
    entretiens = (
        Entretien.objects.filter(etat__in=ETATS_OUVERTS)
        .filter(debut__date=demain)
        .select_related("mise_en_relation__poste__structure__organisation", "mise_en_relation__candidat__utilisateur")
        .order_by("debut", "pk")
    )
    par_paire: dict[int, list[Entretien]] = defaultdict(list)
    for entretien in entretiens:
        par_paire[entretien.mise_en_relation_id].append(entretien)
    envoyes = 0
    for de_la_paire in par_paire.values():
        with transaction.atomic():
            # Moved to another day, an interview is recalled again.
            creneaux = [e for e in de_la_paire if une_fois(f"candidats.entretien:{e.uuid}:{demain}")]
            if creneaux:
                for modele, a_qui in _RAPPELS_DE_LA_VEILLE:
                    notifications.annoncer_creneaux(modele, creneaux, a_qui=a_qui)
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
