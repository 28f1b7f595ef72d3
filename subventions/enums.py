"""Choices and states of the subsidy: file, pieces, contract, convention, tranches."""

from django.db import models


class EtatDossier(models.TextChoices):
    """Labels of the structure; `LIBELLES_BDT` gives those of the Banque des Territoires."""

    CONSTITUTION = "constitution", "À compléter"
    DEPOSE = "depose", "En instruction"
    COMPLEMENT = "complement", "Complément demandé"
    CONFORME = "conforme", "Conforme"
    REJETE = "rejete", "Rejeté"
    CLOS = "clos", "Clos"


LIBELLES_BDT = {
    EtatDossier.CONSTITUTION: "En constitution par la structure",
    EtatDossier.DEPOSE: "À instruire",
    EtatDossier.COMPLEMENT: "En attente de la structure",
    EtatDossier.CONFORME: "Conforme",
    EtatDossier.REJETE: "Rejeté",
    EtatDossier.CLOS: "Clos",
}


class NaturePiece(models.TextChoices):
    """Pieces of R60 (S0 step 5, S1 step 4)."""

    SIRENE = "sirene", "Avis de situation au répertoire SIRENE"
    IDENTITE_PRESIDENT = "identite-president", "Pièce d’identité du président ou du maire"
    IDENTITE_DGS = "identite-dgs", "Pièce d’identité du directeur général"
    RIB = "rib", "Relevé d’identité bancaire"
    DELIBERATION = "deliberation", "Délibération autorisant le recrutement"
    STATUTS = "statuts", "Statuts de la structure"
    CONTRAT = "contrat", "Contrat de travail ou projet de contrat"
    COFINANCEMENT = "cofinancement", "Justificatif de cofinancement"
    AUTRES_AIDES = "autres-aides", "Justificatif des autres aides perçues"


class EtatPiece(models.TextChoices):
    ATTENDUE = "attendue", "Attendue"
    RECUE = "recue", "Reçue"
    ACCEPTEE = "acceptee", "Acceptée"
    REFUSEE = "refusee", "Refusée"


class EtatContrat(models.TextChoices):
    PREPARE = "prepare", "Préparé"
    SIGNE = "signe", "Signé"
    ROMPU = "rompu", "Rompu"
    TERMINE = "termine", "Terminé"
    ABANDONNE = "abandonne", "Abandonné"


class EtatConvention(models.TextChoices):
    A_SIGNER = "a_signer", "À signer par la structure"
    SIGNEE_STRUCTURE = "signee_structure", "Signée par la structure, à signer par la Banque des Territoires"
    SIGNEE = "signee", "Signée par toutes les parties"
    ANNULEE = "annulee", "Annulée"


# What the structure reads of its own agreement.
LIBELLES_CONVENTION_STRUCTURE = {
    EtatConvention.A_SIGNER: "À signer par votre structure",
    EtatConvention.SIGNEE_STRUCTURE: "Signée par votre structure, à signer par la Banque des Territoires",
}


class Partie(models.TextChoices):
    STRUCTURE = "structure", "Structure"
    BDT = "bdt", "Banque des Territoires"


class EtatTranche(models.TextChoices):
    PREVUE = "prevue", "Prévue"
    EXIGIBLE = "exigible", "Exigible"
    VALIDEE = "validee", "Validée pour paiement"
    PAYEE = "payee", "Payée"
    ANNULEE = "annulee", "Annulée"
