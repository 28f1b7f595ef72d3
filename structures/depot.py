"""What the application form and its verbs both need to know: open calls, what is already filed, the legal kind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from portal.commun.affichage import date_longue
from portal.commun.erreurs import Manquement
from structures.enums import EtatCandidature
from structures.identifiants import classer, statut_dans_regime
from structures.models import Campagne, Candidature, Poste, Structure
from structures.regimes import TYPES_PRIVES, CodeRegime, StatutJuridique

LIEUX_MAX = 5
CONSULTATIONS_MAX = 10

# The answers of R20 that are columns of the application; places, consultations and commitments are rows of their own.
IDENTITE = ("type", "siret", "ridet", "categorie_juridique")
REPONSES = (
    "nom",
    "adresse",
    "code_postal",
    "commune",
    "contact_prenom",
    "contact_nom",
    "contact_fonction",
    "contact_courriel",
    "contact_telephone",
    "candidat_identifie",
    "candidat_courriel",
    "nb_conseillers",
    "demarrage_le",
    "motivation",
    "missions",
    "partenaires",
    "poste_existant",
    "poste_existant_precisions",
    "cas_coordinateur",
    "coordination_temps_plein",
    "perimetre_coordination",
    "perimetre_echelle",
    "perimetre_departements",
    "poste_concerne",
    "personne_en_poste",
    "poste_actuel_fin_le",
    "contestation_statut",
)


def campagnes_ouvertes(le: dt.date) -> list[Campagne]:
    """The calls to which a structure may apply on a day, the first to close first."""
    return sorted(Campagne.objects.ouvertes(le), key=lambda c: (c.ferme_le or dt.date.max, c.regime, c.code))


def candidature_vivante(
    *, siret: str | None, ridet: str | None, regime: str, coordinateur: bool, hors: Candidature | None = None
) -> Candidature | None:
    """R22: the application of this establishment that prevents another one in this call, if any."""
    siret, ridet = etablissement_garde(siret, ridet)
    vivantes = Candidature.objects.vivantes().filter(regime=regime, coordinateur=coordinateur)
    vivantes = vivantes.filter(siret=siret) if siret else vivantes.filter(ridet=ridet)
    return vivantes.exclude(pk=hors.pk if hors else None).first()


def etablissement_garde(siret: str | None, ridet: str | None) -> tuple[str | None, str | None]:
    """R22: the number of a structure merged into another leads to the one that was kept."""
    cle = {"siret": siret} if siret else {"ridet": ridet}
    garde = (
        Structure.objects.filter(**cle, fusionnee_dans__isnull=False)
        .values_list("fusionnee_dans__siret", "fusionnee_dans__ridet")
        .first()
    )
    return garde or (siret, ridet)


def message_doublon(vivante: Candidature) -> str:
    """R22: what is told to somebody who applies twice; nothing in it that the public may not know."""
    depot = f"déposée le {date_longue(vivante.confirmee_le)}" if vivante.confirmee_le else "en cours"
    suite = "dans l’espace de votre structure" if vivante.etat == EtatCandidature.ACTIVEE else "par son lien de suivi"
    return (
        f"Une candidature de cet établissement existe déjà pour cet appel (n° {vivante.numero}, {depot}) : "
        f"retrouvez-la {suite}, envoyé à la personne qui l’a déposée. En cas de doute, écrivez à "
        f"{settings.SUPPORT_COURRIEL}."
    )


def manquement_doublon(vivante: Candidature) -> Manquement:
    return Manquement("R22", message_doublon(vivante), "siret" if vivante.siret else "ridet")


def postes_de(siret: str | None, ridet: str | None) -> QuerySet[Poste]:
    """The posts that an establishment has now in the scheme: what tells the five cases of S2 II.a apart."""
    siret, ridet = etablissement_garde(siret, ridet)
    etablissement = {"structure__siret": siret} if siret else {"structure__ridet": ridet}
    return Poste.objects.comptes().filter(**etablissement)


def contradiction(genre: str, regime: str, categorie: str, siren: str) -> str:
    """R21: why the legal category does not allow what was chosen, or nothing; it may then be contested."""
    classement = classer(categorie, siren=siren)
    if not classement.eligible:
        return classement.explication
    if classement.coordinateur_seulement and regime != CodeRegime.AAC_COORDINATEUR_2023:
        return classement.explication
    if classement.statut is None or classement.a_confirmer:
        return ""
    if (classement.statut == StatutJuridique.PRIVE) == (genre in TYPES_PRIVES):
        return ""
    choisi = "privée" if genre in TYPES_PRIVES else "publique"
    return f"Vous avez indiqué une structure {choisi}, mais l’annuaire dit autre chose. {classement.explication}"


def statut_retenu(genre: str, regime: str, categorie: str, siren: str, *, conteste: bool = False) -> str:
    """R21: the legal category decides when it is known and says so; otherwise the type that was chosen does.

    When the applicant contests it, the kind is theirs until ANCT settles: it is the one of the call they answer.
    """
    classement = classer(categorie, siren=siren)
    if conteste:
        return statut_dans_regime(genre, regime)
    if classement.statut is not None and classement.type is not None and not classement.a_confirmer:
        genre = classement.type
    return statut_dans_regime(genre, regime, categorie)


def verifier_precisions(reponses: Mapping[str, Any], lieux: list[Any]) -> list[Manquement]:
    """R20: what `questionnaire` leaves to the answers that depend on one another."""
    manquements = []
    if reponses.get("candidat_identifie") and not reponses.get("candidat_courriel"):
        message = "Indiquez l’adresse électronique du candidat : il sera invité quand votre structure sera activée."
        manquements.append(Manquement("R20", message, "candidat_courriel"))
    if len(lieux) > LIEUX_MAX:
        message = f"Indiquez {LIEUX_MAX} lieux d’exercice au plus ; vous pourrez en ajouter dans votre espace."
        manquements.append(Manquement("R20", message, "lieux"))
    return manquements
