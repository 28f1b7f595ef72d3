"""Where posts and applications stand on the first steps of the journey (DOMAIN §3): what this floor knows.

Upper floors answer for the steps that follow (`structures.parcours`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import prefetch_related_objects
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from portal.commun.acteurs import Acteur
from portal.commun.affichage import date_longue
from portal.commun.roles import Role
from structures.enums import EtatCandidature, EtatPoste
from structures.models import Candidature, Poste
from structures.parcours import Situation
from structures.regles import en_retard

PREFECTURE, ANCT = "La préfecture de votre département", "L’ANCT"
PERSONNE = "Personne : rien à faire"


def fournir(postes: Sequence[Poste], acteur: Acteur) -> dict[int, Situation]:
    """The situation of each post as this floor knows it; at most one query, whatever the number of posts."""
    postes = list(postes)
    prefetch_related_objects(postes, "structure")
    aujourdhui = timezone.localdate()
    return {poste.pk: _situation_du_poste(poste, acteur, aujourdhui) for poste in postes}


def _situation_du_poste(poste: Poste, acteur: Acteur, aujourdhui: dt.date) -> Situation:
    vous = nommer_la_structure(acteur)
    page = reverse("structures:poste", args=[poste.uuid])
    if poste.etat in (EtatPoste.RENDU, EtatPoste.RETIRE):
        return Situation(3, f"Poste {poste.get_etat_display().lower()}", "Aucune suite", PERSONNE, url=page)
    if poste.structure.activee_le is None:
        libelle = f"Poste accordé le {date_longue(poste.accorde_le)}"
        return Situation(2, libelle, "Activation de l’espace de la structure", ANCT, url=page)
    if poste.etat == EtatPoste.RESERVE:
        return Situation(4, "Candidat validé", "Constitution du dossier de subvention", vous, url=page)
    if poste.etat == EtatPoste.POURVU:
        return Situation(8, "Poste pourvu", "Suivi de l’activité et des versements", vous, url=page)
    return Situation(
        3,
        "À pourvoir",
        "Examiner les candidats proposés",
        vous,
        avant_le=poste.echeance_recrutement,
        url=_url_si_elle_existe("candidats:propositions") or page,
        en_retard=en_retard(poste.echeance_recrutement, aujourdhui),
    )


def situation_candidature(candidature: Candidature, acteur: Acteur) -> Situation:
    """What an application waits for, from whom; its posts take over once it is activated."""
    vous = nommer_la_structure(acteur)
    libelle = candidature.get_etat_display()
    match candidature.etat:
        case EtatCandidature.A_CONFIRMER:
            return Situation(1, libelle, "Confirmer l’adresse par le lien reçu par courriel", vous)
        case EtatCandidature.A_CORRIGER:
            return Situation(1, libelle, "Corriger les réponses et déposer de nouveau", vous)
        case EtatCandidature.DEPOSEE:
            return Situation(2, libelle, "Avis de la préfecture, puis décision du comité", PREFECTURE)
        case EtatCandidature.EXAMEN:
            return Situation(2, libelle, "Nouvel examen, puis décision d’un prochain comité", PREFECTURE)
        case EtatCandidature.RETENUE:
            return Situation(2, libelle, "Activation de l’espace de la structure", ANCT)
        case EtatCandidature.ACTIVEE:
            return Situation(3, libelle, "Recruter : chaque poste est suivi séparément", vous)
        case EtatCandidature.REFUSEE if candidature.reexamen_demande_le is None:
            return Situation(2, libelle, "Vous pouvez demander un réexamen, une fois", vous)
        case _:
            return Situation(2, libelle, "Aucune suite", PERSONNE)


def nommer_la_structure(acteur: Acteur) -> str:
    """« Vous » for its own people and for who holds its link."""
    return "Vous" if acteur.est(Role.STRUCTURE, Role.VISITEUR) else "La structure"


def _url_si_elle_existe(nom: str) -> str:
    # The page belongs to an upper floor: this one only knows its name.
    try:
        return reverse(nom)
    except NoReverseMatch:
        return ""
