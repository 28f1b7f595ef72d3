"""The spreadsheets that ANCT and prefectures exchange: an agenda with its decisions, a list of applications (R26)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse

from portal.commun.exports import Colonne, exporter
from structures.densite import attacher_densites
from structures.faits import faits_de
from structures.lectures import avis_de, lignes_du_comite
from structures.models import Avis, Candidature, Comite

# What `lecture_avis` reads back: the titles are written once.
TITRES_AVIS = {
    "numero": "Numéro",
    "identifiant": "SIRET ou RIDET",
    "sens": "Avis de la préfecture",
    "nb_postes": "Postes proposés",
    "rang": "Rang",
    "commentaire": "Commentaire de la préfecture",
    "structure_cedante": "SIRET de la structure cédante",
}


def _avis(lire: Callable[[Avis], Any]) -> Callable[[Candidature], Any]:
    def valeur(candidature: Candidature) -> Any:
        avis = avis_de(candidature)
        return lire(avis) if avis else ""

    return valeur


def colonnes_candidature() -> list[Colonne]:
    """One application: who asks for what, the facts of R24, the opinion of R25."""
    return [
        Colonne(TITRES_AVIS["numero"], "numero"),
        Colonne(TITRES_AVIS["identifiant"], "identifiant"),
        Colonne("Structure", "nom"),
        Colonne("Type", "get_type_display"),
        Colonne("Code département", "commune.departement_id"),
        Colonne("Département", "commune.departement.nom"),
        Colonne("EPCI", "commune.epci.nom"),
        Colonne("Code commune", "commune_id"),
        Colonne("Commune", "commune.nom"),
        Colonne("Code postal", "code_postal"),
        Colonne("Campagne", "campagne.nom"),
        Colonne("État", "etat_institution"),
        Colonne("Déposée le", "confirmee_le"),
        Colonne("Postes demandés", "nb_conseillers"),
        Colonne("À partir du", "demarrage_le"),
        Colonne("Faits prioritaires", lambda c: ", ".join(faits_de(c.structure))),
        Colonne("Postes déjà accordés dans le département", lambda c: c.densites.departement),
        Colonne("Postes déjà accordés dans l’EPCI", lambda c: c.densites.epci),
        Colonne("Postes déjà accordés dans la commune", lambda c: c.densites.commune),
        Colonne(TITRES_AVIS["sens"], _avis(lambda a: a.get_sens_display())),
        Colonne(TITRES_AVIS["nb_postes"], _avis(lambda a: a.nb_postes)),
        Colonne(TITRES_AVIS["rang"], _avis(lambda a: a.rang)),
        Colonne(TITRES_AVIS["commentaire"], _avis(lambda a: a.commentaire)),
        Colonne("Structure cédante", _avis(lambda a: a.structure_cedante.nom if a.structure_cedante else "")),
        Colonne(
            TITRES_AVIS["structure_cedante"],
            _avis(lambda a: a.structure_cedante.identifiant if a.structure_cedante else ""),
        ),
        Colonne("Contact", lambda c: f"{c.contact_prenom} {c.contact_nom}"),
        Colonne("Courriel du contact", "contact_courriel"),
    ]


def exporter_candidatures(
    candidatures: QuerySet[Candidature], *, format: str, nom: str = "candidatures"
) -> HttpResponse:
    """The filtered list, as the person sees it; the queryset comes through `avec_avis`."""
    lignes = list(candidatures)
    attacher_densites(lignes)
    return exporter(nom, colonnes_candidature(), lignes, format=format)


def exporter_comite(comite: Comite, *, format: str, departements: frozenset[str] | None = None) -> HttpResponse:
    """One row per application on the agenda: what was asked, advised and decided."""
    colonnes = [
        Colonne("Comité", lambda ligne: ligne.comite.numero),
        Colonne("Date du comité", lambda ligne: ligne.comite.date),
        *[
            Colonne(colonne.titre, lambda ligne, colonne=colonne: colonne.lire(ligne.candidature))
            for colonne in colonnes_candidature()
        ],
        Colonne("Décision", "get_decision_display"),
        Colonne("Postes accordés", "nb_postes"),
        Colonne("Motif communiqué à la structure", "motif"),
        Colonne("Décidée sans avis", lambda ligne: bool(ligne.decision) and ligne.sans_avis),
        Colonne("Nature de la ligne", "get_nature_display"),
        Colonne("Postes demandés en plus", lambda ligne: ligne.demande.nb_postes if ligne.demande else ""),
        Colonne(
            "Postes créés ou retirés", lambda ligne: ligne.nb_postes if ligne.variation is None else ligne.variation
        ),
        Colonne("Postes pris à", lambda ligne: ligne.structure_cedante.designation if ligne.structure_cedante else ""),
    ]
    return exporter(f"comite-{comite.numero}", colonnes, lignes_du_comite(comite, departements), format=format)
