"""Steps 3 and 4 of each post (DOMAIN §3): how many proposals, which interview, who is validated.

One query for any number of posts, plus one for the interviews to come.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone

from candidats.enums import ETATS_OUVERTS, ETATS_VALIDES, ETATS_VIVANTS, EtatMiseEnRelation
from candidats.models import Entretien, MiseEnRelation
from portal.commun.acteurs import Acteur
from portal.commun.affichage import moment
from portal.commun.roles import Role
from structures.enums import EtatPoste
from structures.models import Poste
from structures.parcours import Situation

_E = EtatMiseEnRelation
PORTAIL = "Le portail"


def fournir(postes: Sequence[Poste], acteur: Acteur) -> dict[int, Situation]:
    """The posts that this floor knows something of: free ones of activated structures, and validated ones."""
    concernes = [poste for poste in postes if poste.etat in (EtatPoste.A_POURVOIR, EtatPoste.RESERVE)]
    if not concernes:
        return {}
    par_poste: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    lignes = MiseEnRelation.objects.filter(
        poste__in=[poste.pk for poste in concernes], etat__in=[*ETATS_VIVANTS, *ETATS_VALIDES]
    ).values_list("poste_id", "etat", "poste__structure__activee_le")
    actives = set()
    for poste_id, etat, activee_le in lignes:
        par_poste[poste_id][etat] += 1
        if activee_le is not None:
            actives.add(poste_id)
    entretiens = _prochains_entretiens([poste.pk for poste in concernes])
    vous = "Vous" if acteur.est(Role.STRUCTURE) else "La structure"
    aujourdhui = timezone.localdate()
    resultat = {}
    for poste in concernes:
        comptes = par_poste.get(poste.pk)
        if comptes and poste.pk in actives:
            resultat[poste.pk] = _situation(poste, comptes, entretiens.get(poste.pk), vous, aujourdhui)
        elif comptes is None and poste.etat == EtatPoste.A_POURVOIR and poste.structure.activee_le is not None:
            resultat[poste.pk] = Situation(
                3,
                "Recherche de candidats",
                "Nous vous écrivons dès qu’un profil correspond",
                PORTAIL,
                avant_le=poste.echeance_recrutement,
                url=_url(poste),
                en_retard=aujourdhui > poste.echeance_recrutement,
            )
    return resultat


def _situation(
    poste: Poste, comptes: dict[str, int], entretien: datetime | None, vous: str, aujourdhui: date
) -> Situation:
    if any(comptes[etat] for etat in ETATS_VALIDES):
        return Situation(5, "Candidat validé", "Constituer le dossier de subvention", vous, url=_url(poste))
    if comptes[_E.ENTRETIEN]:
        etape, libelle = 4, _pluriel(comptes[_E.ENTRETIEN], "personne en entretien", "personnes en entretien")
        suite = f"Entretien le {moment(entretien)}" if entretien else "Valider une candidature"
    elif comptes[_E.PRESELECTIONNEE]:
        etape = 4
        libelle = _pluriel(comptes[_E.PRESELECTIONNEE], "profil présélectionné", "profils présélectionnés")
        suite = "Proposer un entretien"
    else:
        etape = 3
        libelle = _pluriel(comptes[_E.NOUVELLE], "profil proposé", "profils proposés")
        suite = "Examiner les profils proposés"
    return Situation(
        etape,
        libelle,
        suite,
        vous,
        avant_le=poste.echeance_recrutement,
        url=_url(poste),
        en_retard=aujourdhui > poste.echeance_recrutement,
    )


def _prochains_entretiens(postes: list[int]) -> dict[int, datetime]:
    a_venir = Entretien.objects.filter(
        mise_en_relation__poste__in=postes,
        etat__in=ETATS_OUVERTS,
        debut__gte=timezone.now(),
        # The last one read stays: an accepted one before those proposed, then the nearest.
    ).order_by("-etat", "-debut")
    return dict(a_venir.values_list("mise_en_relation__poste", "debut"))


def _pluriel(nombre: int, un: str, plusieurs: str) -> str:
    return f"1 {un}" if nombre == 1 else f"{nombre} {plusieurs}"


def _url(poste: Poste) -> str:
    return f"{reverse('candidats:propositions')}?poste={poste.uuid}"
