"""Choices and states of training."""

from django.db import models


class Modalite(models.TextChoices):
    PRESENTIEL = "presentiel", "En présentiel"
    DISTANCE = "distance", "À distance"


class Heures(models.IntegerChoices):
    """Hours decided by the placement test (R81)."""

    H105 = 105, "105 heures, un jour par semaine"
    H280 = 280, "280 heures"
    H350 = 350, "350 heures"
    H420 = 420, "420 heures"


class EtatPositionnement(models.TextChoices):
    PROPOSE = "propose", "Test proposé"
    PASSE = "passe", "Test passé"
    DISPENSE = "dispense", "Dispense de formation"
    ANNULE = "annule", "Annulé"


class EtatSession(models.TextChoices):
    OUVERTE = "ouverte", "Ouverte aux inscriptions"
    CONFIRMEE = "confirmee", "Confirmée"
    REPORTEE = "reportee", "Reportée à distance"
    TERMINEE = "terminee", "Terminée"
    ANNULEE = "annulee", "Annulée"


class EtatInscription(models.TextChoices):
    INSCRITE = "inscrite", "Inscription enregistrée"
    ATTENTE = "attente", "Sur liste d’attente"
    PROPOSEE = "proposee", "Formation à distance proposée"
    PARTIE = "partie", "Départ enregistré"
    TERMINEE = "terminee", "Formation terminée"
    ANNULEE = "annulee", "Inscription annulée"


ETATS_INSCRIPTION_VIVANTE = [
    EtatInscription.INSCRITE,
    EtatInscription.ATTENTE,
    EtatInscription.PROPOSEE,
    EtatInscription.PARTIE,
    EtatInscription.TERMINEE,
]


class Etape(models.TextChoices):
    """Where the training of one person stands: read by every page, never stored."""

    CONTACT = "contact", "Contact à prendre"
    TEST = "test", "Test de positionnement à proposer"
    TEST_PREVU = "test_prevu", "Test de positionnement proposé"
    RESULTAT = "resultat", "Résultat du test attendu"
    SESSION = "session", "Session à choisir"
    PUBLIER = "publier", "Session à publier"
    DISTANCE = "distance", "Formation à distance proposée"
    ATTENTE = "attente", "Sur liste d’attente"
    INSCRIT = "inscrit", "Inscription à une session"
    DEPART = "depart", "Départ à enregistrer"
    EN_FORMATION = "en_formation", "En formation"
    FORME = "forme", "Formation suivie"
    DISPENSE = "dispense", "Dispense de formation"
