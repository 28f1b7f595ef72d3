"""What the institutions' lists, agendas and exports read, in a constant number of queries."""

from __future__ import annotations

from itertools import zip_longest

from django.db.models import Prefetch, QuerySet

from structures.densite import attacher_densites
from structures.models import Avis, Candidature, Comite, LigneComite


def avec_avis(candidatures: QuerySet[Candidature]) -> QuerySet[Candidature]:
    """What lists, exports and agendas read of each application, in a constant number of queries."""
    return candidatures.select_related(
        "campagne", "structure__commune", "commune__departement", "commune__epci"
    ).prefetch_related(
        Prefetch(
            "avis",
            queryset=Avis.objects.filter(en_vigueur=True).select_related("structure_cedante", "organisation"),
            to_attr="avis_courants",
        )
    )


def avis_de(candidature: Candidature) -> Avis | None:
    """The opinion in force of an application read through `avec_avis`."""
    return next(iter(candidature.avis_courants), None)


def versions_de_l_avis(candidature: Candidature) -> list[Avis]:
    """R25: every version, the last one first; `quoi` says in words what each one changed."""
    versions = list(candidature.avis.select_related("auteur", "organisation", "structure_cedante").order_by("-version"))
    for version, avant in zip_longest(versions, versions[1:]):
        version.quoi = _ce_qui_change(avant, version) if avant else ["Premier avis"]
    return versions


def _ce_qui_change(avant: Avis, apres: Avis) -> list[str]:
    valeurs = {
        "Avis": lambda avis: avis.get_sens_display(),
        "Postes": lambda avis: avis.nb_postes,
        "Rang": lambda avis: avis.rang or "aucun",
        "Structure cédante": lambda avis: avis.structure_cedante.designation if avis.structure_cedante else "aucune",
    }
    changements = [
        f"{nom} : {lire(avant)} → {lire(apres)}" for nom, lire in valeurs.items() if lire(avant) != lire(apres)
    ]
    if avant.commentaire != apres.commentaire:
        changements.append("Commentaire modifié")
    return changements or ["Avis confirmé sans changement"]


def lignes_du_comite(comite: Comite, departements: frozenset[str] | None = None) -> list[LigneComite]:
    """The agenda, in the order of the minutes; limited to a territory when it is given."""
    lignes = comite.lignes.select_related("demande", "structure_cedante").prefetch_related(
        Prefetch("candidature", queryset=avec_avis(Candidature.objects.all()))
    )
    if departements is not None:
        lignes = lignes.filter(candidature__commune__departement__in=departements)
    lignes = list(lignes)
    for ligne in lignes:
        ligne.comite = comite
        ligne.avis_en_vigueur = avis_de(ligne.candidature)
    attacher_densites([ligne.candidature for ligne in lignes])
    return sorted(lignes, key=ordre_du_jour)


def lignes_a_la_cloture(comite: Comite, departements: frozenset[str]) -> list[LigneComite]:
    """R25, R26: the lines of a territory in a closed committee, each with the opinion known at its closing."""
    lignes = list(
        comite.lignes.select_related("candidature__commune__departement").filter(
            candidature__commune__departement__in=departements
        )
    )
    versions = Avis.objects.filter(
        candidature__in=[ligne.candidature_id for ligne in lignes], rendu_le__lte=comite.clos_le
    )
    connus = {avis.candidature_id: avis for avis in versions.order_by("version")}
    for ligne in lignes:
        ligne.comite = comite
        ligne.avis_en_vigueur = connus.get(ligne.candidature_id)
    return sorted(lignes, key=ordre_du_jour)


def ordre_du_jour(ligne: LigneComite) -> tuple[str, int, int]:
    """By département, then by the prefecture's rank, then by number."""
    rang = ligne.avis_en_vigueur.rang if ligne.avis_en_vigueur and ligne.avis_en_vigueur.rang else 10**6
    return (ligne.candidature.commune.departement_id, rang, ligne.candidature.numero or 0)
