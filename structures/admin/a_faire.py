"""« À faire » of this floor: committees, applications and posts that wait for a prefecture or for ANCT."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Count, Min, QuerySet
from django.urls import reverse

from portal.commun.acteurs import Acteur
from portal.commun.affichage import date_longue
from portal.commun.roles import Role
from portal.comptes.admin_a_faire import AFaire, fournir
from structures import acces
from structures.a_faire import CANDIDATURES, CHANGEMENTS, COMITES, DEMANDES, Tache, sans_avis
from structures.admin.filtres import FiltreCandidaturesAFaire, FiltreEcheance, en_retard_de_recrutement
from structures.doublons import rapprochements
from structures.enums import ETATS_CANDIDATURE_VIVANTE, EtatComite
from structures.models import LigneComite


def liste(modele: str, **parametres: Any) -> str:
    """The address of a list of this floor, filtered."""
    requete = "&".join(f"{cle}={valeur}" for cle, valeur in parametres.items())
    return f"{reverse(f'admin:structures_{modele}_changelist')}?{requete}"


def taches_de(acteur: Acteur) -> Iterator[AFaire]:
    """§2: one query per list, whatever the number of rows and of lines."""
    yield from _lignes(acteur, "comite", COMITES, acces.comites_visibles_par(acteur))
    candidatures = acces.candidatures_visibles_par(acteur).filter(etat__in=ETATS_CANDIDATURE_VIVANTE)
    yield from _lignes(acteur, "candidature", CANDIDATURES, candidatures)
    yield from _lignes(acteur, "demandepostes", DEMANDES, acces.demandes_visibles_par(acteur))
    yield from _lignes(acteur, "changementetablissement", CHANGEMENTS, acces.changements_visibles_par(acteur))
    if acteur.est(Role.ANCT):
        yield AFaire(
            nombre=en_retard_de_recrutement(acces.postes_visibles_par(acteur)).count(),
            un="poste dont le délai de recrutement est dépassé : à prolonger ou à retirer",
            plusieurs="postes dont le délai de recrutement est dépassé : à prolonger ou à retirer",
            lien=liste("poste", **{FiltreEcheance.parameter_name: FiltreEcheance.DEPASSEE}),
        )
        yield AFaire(
            nombre=len(rapprochements()),
            un="doublon probable : fusionner, ou dire que ce sont deux structures",
            plusieurs="doublons probables : fusionner, ou dire que ce sont deux structures",
            lien=reverse("admin:structures_doublons"),
        )


def _lignes(acteur: Acteur, modele: str, taches: Iterable[Tache], objets: QuerySet[Any]) -> Iterator[AFaire]:
    siennes = [tache for tache in taches if acteur.est(*tache.roles)]
    if not siennes:
        return
    comptes = objets.order_by().aggregate(
        **{tache.cle: Count("pk", filter=tache.condition()) for tache in siennes},
    )
    for tache in siennes:
        yield AFaire(
            nombre=comptes[tache.cle],
            un=tache.un,
            plusieurs=tache.plusieurs,
            lien=liste(modele, **{FiltreCandidaturesAFaire.parameter_name: tache.cle}),
            precision=_prochain_comite(acteur) if tache.condition is sans_avis and comptes[tache.cle] else "",
        )


def _prochain_comite(acteur: Acteur) -> str:
    """R25: the opinion may be given until the committee closes; its date is told, not what it prepares."""
    attendues = acces.candidatures_visibles_par(acteur).filter(sans_avis())
    lignes = LigneComite.objects.filter(comite__etat=EtatComite.PREPARATION, candidature__in=attendues)
    date = lignes.aggregate(date=Min("comite__date"))["date"]
    return f"Un comité les examine le {date_longue(date)}." if date else "Aucune date de comité pour l’instant."


fournir("structures", taches_de)
