"""Choices and states of candidates and of what links them to posts."""

from django.db import models


class Mobilite(models.IntegerChoices):
    """How far a candidate goes, in km; the last one is « whole of France » (R40)."""

    KM_5 = 5, "5 km"
    KM_10 = 10, "10 km"
    KM_15 = 15, "15 km"
    KM_20 = 20, "20 km"
    KM_40 = 40, "40 km"
    KM_100 = 100, "100 km"
    FRANCE = 20_000, "France entière"


class EtatCandidat(models.TextChoices):
    A_CONFIRMER = "a_confirmer", "Adresse à confirmer"
    DISPONIBLE = "disponible", "Disponible"
    INDISPONIBLE = "indisponible", "Indisponible"
    RECRUTE = "recrute", "Recruté"
    RETIRE = "retire", "Retiré"
    FUSIONNE = "fusionne", "Réuni avec une autre inscription"


class Origine(models.TextChoices):
    """Who brought a candidate to a post."""

    MOTEUR = "moteur", "Proposée par le portail"
    MANUELLE = "manuelle", "Choisie par la structure"
    INVITATION = "invitation", "Candidat identifié par la structure"


class EtatMiseEnRelation(models.TextChoices):
    """Tabs of the structure (R50); a candidate reads `LIBELLES_CANDIDAT`."""

    NOUVELLE = "nouvelle", "Nouvelle"
    PRESELECTIONNEE = "preselectionnee", "Présélectionnée"
    ENTRETIEN = "entretien", "Entretien"
    VALIDEE = "validee", "Validée"
    RECRUTEE = "recrutee", "Recrutée"
    ECARTEE = "ecartee", "Écartée"
    DECLINEE = "declinee", "Déclinée par le candidat"
    CADUQUE = "caduque", "Caduque"


LIBELLES_CANDIDAT = {
    EtatMiseEnRelation.NOUVELLE: "Votre profil a été proposé",
    EtatMiseEnRelation.PRESELECTIONNEE: "Votre profil intéresse la structure",
    EtatMiseEnRelation.ENTRETIEN: "Entretien",
    EtatMiseEnRelation.VALIDEE: "Votre candidature est validée",
    EtatMiseEnRelation.RECRUTEE: "Votre recrutement est enregistré",
    EtatMiseEnRelation.ECARTEE: "La structure n’a pas donné suite",
    EtatMiseEnRelation.DECLINEE: "Vous avez décliné",
    EtatMiseEnRelation.CADUQUE: "Proposition close",
}


class MotifCloture(models.TextChoices):
    """Why a pair ended without either side turning it down (R43, R47, R54, R68)."""

    RECRUTE = "recrute", "La personne a été recrutée"
    POSTE_POURVU = "poste-pourvu", "Le poste a été pourvu"
    POSTE_FERME = "poste-ferme", "Le poste n’est plus proposé"
    POSTE_TRANSFERE = "poste-transfere", "Le poste a changé de structure"
    INDISPONIBLE = "indisponible", "La personne n’est plus disponible"
    RETRAIT = "retrait", "La personne a retiré sa candidature"
    CRITERES = "criteres", "Les souhaits de la personne et le poste ne correspondent plus"
    DOUBLON = "doublon", "Deux inscriptions de la même personne ont été réunies"
    FIN_CONTRAT = "fin-contrat", "Le contrat a pris fin"


class EtatInvitation(models.TextChoices):
    """An identified candidate invited by a structure (R49)."""

    ENVOYEE = "envoyee", "Envoyée"
    ACCEPTEE = "acceptee", "Le candidat s’est inscrit"
    ANNULEE = "annulee", "Annulée"


# R47: what occupies one of the three slots of a post.
ETATS_VIVANTS = [EtatMiseEnRelation.NOUVELLE, EtatMiseEnRelation.PRESELECTIONNEE, EtatMiseEnRelation.ENTRETIEN]
# A pair in one of these states is never proposed again by the engine (R46, R51).
ETATS_DECIDES = [EtatMiseEnRelation.ECARTEE, EtatMiseEnRelation.DECLINEE]
# R53: one per post and one per person.
ETATS_VALIDES = [EtatMiseEnRelation.VALIDEE, EtatMiseEnRelation.RECRUTEE]


class EtatEntretien(models.TextChoices):
    PROPOSE = "propose", "Proposé"
    ACCEPTE = "accepte", "Accepté"
    PASSE = "passe", "Passé"
    ABSENT = "absent", "La personne n’est pas venue"
    ANNULE = "annule", "Annulé"


# R52: what is to come, or whose outcome nobody has noted.
ETATS_OUVERTS = [EtatEntretien.PROPOSE, EtatEntretien.ACCEPTE]


class NatureConsultation(models.TextChoices):
    """How somebody came to see a candidate's data; the words are those the candidate reads (R44, R111)."""

    PROFIL = "profil", "Profil lu"
    CVTHEQUE = "cvtheque", "Profil lu dans la CVthèque"
    EXPORT = "export", "Profil dans une liste exportée"


class SourcePix(models.TextChoices):
    """Where results come from (R45)."""

    CSV = "csv", "Fichier de Pix Orga"
    API = "api", "Interface de Pix"


class MotifRevue(models.TextChoices):
    """Why a line of results joined nobody: said to ANCT, which has it reviewed (R45)."""

    SANS_IDENTIFIANT = "sans-identifiant", "La ligne ne porte pas d’identifiant"
    IDENTIFIANT_INCONNU = "identifiant-inconnu", "Cet identifiant n’est celui de personne"
    NOMS_DIFFERENTS = "noms-differents", "Le nom de la ligne contredit l’identifiant"
    PARTIE = "partie", "La personne a quitté le portail"
    SANS_CONSENTEMENT = "sans-consentement", "La personne n’a pas donné son accord"
    CONSENTEMENT_RETIRE = "consentement-retire", "Consentement retiré"


class EtatLignePix(models.TextChoices):
    """A line to review (R45)."""

    A_REVOIR = "a_revoir", "À revoir"
    RATTACHEE = "rattachee", "Rattachée"
    ECARTEE = "ecartee", "Écartée"


class Taille(models.TextChoices):
    """Outfit size asked when a candidate is validated (S0 step 5)."""

    XS = "XS", "XS"
    S = "S", "S"
    M = "M", "M"
    L = "L", "L"
    XL = "XL", "XL"
    XXL = "XXL", "XXL"
    XXXL = "3XL", "3XL"
