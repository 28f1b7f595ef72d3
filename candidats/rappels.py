"""Reminders: interviews, proposals without an answer, CVs about to be deleted, availability to confirm; each once,
whatever the day the job runs."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from candidats import notifications
from candidats.actions.disponibilite import demander_disponibilite
from candidats.cv import candidat_du_cv, cv_bientot_supprimes
from candidats.enums import ETATS_OUVERTS, EtatMiseEnRelation
from candidats.models import Candidat, Entretien, MiseEnRelation
from candidats.regles_espace import SILENCE
from portal.commun.acteurs import Acteur
from portal.commun.erreurs import TransitionInterdite
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


@rappel("candidats.cv")
def rappeler_cv(le: date) -> int:
    """R44: fifteen days before a CV is deleted, once for each time that it is kept."""
    envoyes = 0
    for document in cv_bientot_supprimes(le):
        candidat = candidat_du_cv(document)
        with transaction.atomic():
            if candidat is not None and une_fois(f"candidats.cv:{document.uuid}:{document.expire_le:%Y-%m-%d}"):
                notifications.rappeler_cv(candidat, document)
                envoyes += 1
    return envoyes


@rappel("candidats.disponibilite")
def demander_disponibilites(le: date) -> int:
    """R51: « Êtes-vous toujours disponible ? », one transaction each; whoever gave a sign meanwhile is left alone."""
    limite, portail, envoyes = le - SILENCE, Acteur.systeme(), 0
    silencieux = (
        Candidat.objects.proposables()
        .annotate(signe_le=Coalesce("disponibilite_confirmee_le", TruncDate("confirme_le")))
        .filter(signe_le__lte=limite, disponible_le__lte=limite)
        .filter(Q(disponibilite_demandee_le__isnull=True) | Q(disponibilite_demandee_le__lte=limite))
        .order_by("pk")
    )
    for cle in list(silencieux.values_list("pk", flat=True)):
        try:
            demander_disponibilite(acteur=portail, candidat=Candidat(pk=cle), le=le)
        except (TransitionInterdite, Candidat.DoesNotExist):
            continue
        envoyes += 1
    return envoyes
