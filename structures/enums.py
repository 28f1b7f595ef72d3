"""Choices and states of structures, applications, opinions, committees and posts."""

from django.db import models


class TypeStructure(models.TextChoices):
    COMMUNE = "commune", "Commune"
    EPCI = "epci", "Groupement de communes (EPCI)"
    DEPARTEMENT = "departement", "Département"
    REGION = "region", "Région"
    COLLECTIVITE = "collectivite", "Collectivité à statut particulier"
    ETABLISSEMENT_PUBLIC = "etablissement-public", "Établissement public (CCAS, CIAS, syndicat mixte…)"
    GIP = "gip", "Groupement d’intérêt public"
    ASSOCIATION = "association", "Association"
    ESS = "ess", "Entreprise de l’économie sociale et solidaire"
    PRIVE_INTERET_GENERAL = "prive-interet-general", "Autre organisme privé d’intérêt général"


class EtatCampagne(models.TextChoices):
    PREPAREE = "preparee", "Préparée"
    OUVERTE = "ouverte", "Ouverte"
    FERMEE = "fermee", "Fermée"


class EtatCandidature(models.TextChoices):
    """Labels of the structure; `LIBELLES_INSTITUTION` gives those of prefectures and ANCT."""

    A_CONFIRMER = "a_confirmer", "À confirmer par courriel"
    DEPOSEE = "deposee", "Déposée"
    A_CORRIGER = "a_corriger", "À corriger"
    EXAMEN = "examen", "En examen complémentaire"
    RETENUE = "retenue", "Retenue"
    ACTIVEE = "activee", "Activée"
    REFUSEE = "refusee", "Refusée"
    ABANDONNEE = "abandonnee", "Abandonnée"


LIBELLES_INSTITUTION = {
    EtatCandidature.A_CONFIRMER: "Adresse non confirmée",
    EtatCandidature.DEPOSEE: "À examiner",
    EtatCandidature.A_CORRIGER: "Rendue pour correction",
    EtatCandidature.EXAMEN: "Examen complémentaire",
    EtatCandidature.RETENUE: "Retenue, à activer",
    EtatCandidature.ACTIVEE: "Activée",
    EtatCandidature.REFUSEE: "Refusée",
    EtatCandidature.ABANDONNEE: "Abandonnée par la structure",
}

# R22: one application in one of these states per SIRET, regime and coordinator flag.
ETATS_CANDIDATURE_VIVANTE = [
    EtatCandidature.DEPOSEE,
    EtatCandidature.A_CORRIGER,
    EtatCandidature.EXAMEN,
    EtatCandidature.RETENUE,
    EtatCandidature.ACTIVEE,
]

# R25, R26: waits for a decision; its opinion may change.
ETATS_A_EXAMINER = frozenset({EtatCandidature.DEPOSEE, EtatCandidature.EXAMEN})


class SensAvis(models.TextChoices):
    FAVORABLE = "favorable", "Favorable"
    RESERVE = "reserve", "Réservé"
    DEFAVORABLE = "defavorable", "Défavorable"


class EtatComite(models.TextChoices):
    PREPARATION = "preparation", "En préparation"
    CLOS = "clos", "Clos"


class Decision(models.TextChoices):
    RETENUE = "retenue", "Retenue"
    REFUSEE = "refusee", "Refusée"
    EXAMEN = "examen", "Examen complémentaire"


class NatureLigne(models.TextChoices):
    """What a line of the agenda decides (R26, R29)."""

    EXAMEN = "examen", "Candidature"
    AJOUT = "ajout", "Demande de postes supplémentaires"
    CORRECTION = "correction", "Correction d’une décision"


class EtatDemande(models.TextChoices):
    """A request for more posts (R29)."""

    EN_COURS = "en_cours", "En cours d’examen"
    ACCORDEE = "accordee", "Accordée"
    REFUSEE = "refusee", "Refusée"
    RETIREE = "retiree", "Retirée par la structure"


class EtatChangement(models.TextChoices):
    """A change of establishment asked by a structure, with its proof (R21, R22)."""

    DEMANDE = "demande", "À vérifier"
    ACCEPTE = "accepte", "Accepté"
    REFUSE = "refuse", "Refusé"
    RETIRE = "retire", "Retiré par la structure"


class EtatPoste(models.TextChoices):
    A_POURVOIR = "a_pourvoir", "À pourvoir"
    RESERVE = "reserve", "Candidat validé"
    POURVU = "pourvu", "Pourvu"
    RENDU = "rendu", "Rendu"
    RETIRE = "retire", "Retiré"


# A post in one of these states counts against the envelope of its campaign (R15).
ETATS_POSTE_COMPTE = [EtatPoste.A_POURVOIR, EtatPoste.RESERVE, EtatPoste.POURVU]
# R30: nobody is in post yet: its deadline runs.
ETATS_A_RECRUTER = (EtatPoste.A_POURVOIR, EtatPoste.RESERVE)


class CasCoordinateur(models.TextChoices):
    """The five cases of S2 II.a."""

    PROLONGATION = "prolongation", "La structure porte déjà un poste de coordination et demande une prolongation"
    ROLE = "role", "Un conseiller en poste reçoit un rôle de coordination"
    SUPPLEMENTAIRE = "supplementaire", "Un poste supplémentaire de coordination"
    CREATION = "creation", "Création d’un poste par une structure hors dispositif"
    INTEGRATION = "integration", "Un poste de coordination existant entre dans le dispositif"


class EchellePerimetre(models.TextChoices):
    """The territory that a coordinator animates (S2 I.b)."""

    INTERCOMMUNALITE = "intercommunalite", "Une intercommunalité"
    DEPARTEMENT = "departement", "Un département"
    AUTRE = "autre", "Un autre territoire, sur un ou plusieurs départements"


class OrigineReponse(models.TextChoices):
    """Who wrote down the answer of a consulted structure (S2 I.b)."""

    LIEN = "lien", "Réponse donnée par la structure elle-même"
    NOTEE = "notee", "Réponse rapportée par la structure candidate"


class MotifRestitution(models.TextChoices):
    """Why a structure gives a post back (R29)."""

    BESOIN = "besoin", "Le besoin n’est pas ou n’est plus justifié"
    RECRUTEMENT = "recrutement", "Difficultés de recrutement"
    FINANCES = "finances", "La structure n’a pas ou n’a plus les capacités financières"
    VISIBILITE = "visibilite", "Manque de visibilité sur la suite du dispositif"
    FIN_SUBVENTION = "fin-subvention", "Fin de la subvention"
    AUTRE = "autre", "Autre motif"


class MotifAjout(models.TextChoices):
    """Why a structure asks for more posts (R29)."""

    EQUIPE = "equipe", "Renforcer l’équipe"
    OFFRE = "offre", "Développer l’offre d’accompagnement"
    AFFLUENCE = "affluence", "Répondre à une forte demande"
    AUTRE = "autre", "Autre motif"
