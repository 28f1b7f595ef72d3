"""Steps 3 and 4: candidates register, the engine proposes them, the town hall meets them and validates one."""

from __future__ import annotations

from candidats.enums import EtatMiseEnRelation
from candidats.models import MiseEnRelation
from candidats.tasks import lancer_appariement
from portal.commun.models import ExecutionTache
from structures.enums import EtatPoste
from structures.models import Poste
from subventions.models import Dossier
from tests.candidats.factories import CandidatFactory
from tests.comptes.factories import MOT_DE_PASSE
from tests.parcours.histoire import CANDIDATS, MAIRIE, Histoire
from tests.parcours.visite import dernier_courriel, lien_du_courriel
from tests.structures.factories import lieu

INES, MALIK, SALOME = CANDIDATS
IDENTITES = {
    INES: ("Inès", "Bellanger", "Moulins (03000)"),
    MALIK: ("Malik", "Roche", "Yzeure"),
    SALOME: ("Salomé", "Faure", "Avermes"),
}


def s_inscrire(h: Histoire) -> None:
    """R40 to R43: three people register and confirm their address; the third one forgets something first."""
    for courriel in CANDIDATS:
        _inscrire(h, courriel, oubli=courriel == SALOME)
    # Somebody a little further away, for when a place becomes free.
    CandidatFactory(
        commune=lieu("03310"), mobilite_km=100, utilisateur__prenom="Noé", utilisateur__nom="Petit", experience=False
    )


def _inscrire(h: Histoire, courriel: str, *, oubli: bool) -> None:
    prenom, nom, commune = IDENTITES[courriel]
    personne = h.visite(courriel)
    personne.aller("/devenir-conseiller/")
    personne.suivre("M’inscrire")
    personne.saisir(
        {
            "Prénom": prenom,
            "Nom": nom,
            "Date de naissance": "1990-05-17",
            "Votre commune de résidence": commune,
            "À partir de quand": h.jour().isoformat(),
            "Pourquoi voulez-vous": "J’aime transmettre, et j’ai déjà aidé mes voisins.",
            "Adresse électronique": courriel,
        }
    )
    personne.choisir("Non", groupe="Êtes-vous à la retraite")
    personne.choisir("Non", groupe="Avez-vous déjà une expérience")
    personne.choisir("Non", groupe="Un poste de coordinateur")
    personne.choisir("Jusqu’à 40 km")
    if oubli:
        personne.presser("M’inscrire")
        personne.voit("Cochez au moins une réponse.")
    personne.choisir("Je cherche un emploi")
    personne.saisir({"Mot de passe": MOT_DE_PASSE, "Mot de passe, une seconde fois": MOT_DE_PASSE})
    personne.presser("M’inscrire")
    personne.voit("Confirmez votre adresse", courriel)
    personne.aller(lien_du_courriel(courriel, "Confirmez", "/devenir-conseiller/confirmer/"))
    personne.presser("Confirmer mon inscription")
    personne.se_connecter(*h.acces[courriel])
    personne.voit("Mes propositions")


def proposer(h: Histoire) -> None:
    """R46, R47, R55: three proposals, and the nightly run finds nothing to add, then nothing again."""
    for _ in range(2):
        lancer_appariement()
        assert ExecutionTache.objects.latest("pk").reussie
        assert MiseEnRelation.objects.filter(etat=EtatMiseEnRelation.NOUVELLE).count() == 3
    mairie = h.chez("structure")
    mairie.voit("3 profils proposés")
    mairie.suivre("Candidats")
    mairie.voit("Nouvelles (3)", "Inès Bellanger", "Malik Roche", "Salomé Faure")
    assert dernier_courriel(MAIRIE, "proposé")
    h.chez(INES, "/espace/candidat/").presser("Ce poste m’intéresse")


def choisir(h: Histoire) -> None:
    """R47, R50 to R52: one shortlisted, one set aside (another comes at once), one invited, who accepts."""
    mairie = h.chez("structure", "/espace/structure/candidats/")
    mairie.presser("Présélectionner Malik Roche")
    mairie.suivre("Candidats")
    mairie.suivre("Pas intéressé par Salomé Faure")
    mairie.presser("Pas intéressé")
    mairie.voit("Une réponse est à corriger")
    mairie.choisir("La personne habite trop loin")
    mairie.presser("Pas intéressé")
    mairie.voit("Une autre personne vous est proposée.", "Noé Petit", "Écartées (1)")
    mairie.suivre("Voir le profil de Inès Bellanger")
    mairie.presser("Présélectionner")
    mairie.suivre("Proposer un entretien", exact=True)
    mairie.saisir(
        {"Date": h.jour(1).isoformat(), "Heure": "14:30", "Durée": "45 minutes", "Lieu": "Mairie, salle du conseil"}
    )
    mairie.presser("Proposer cet entretien")
    ines = h.chez(INES, lien_du_courriel(INES, "entretien", "/espace/"))
    assert b"BEGIN:VCALENDAR" in ines.telecharge("Ajouter à mon agenda")
    ines.presser("Accepter l’entretien")
    ines.voit("Vous avez accepté l’entretien")
    assert dernier_courriel(MAIRIE, "entretien")


def valider(h: Histoire) -> None:
    """R53: « Valider cette candidature » reserves the post and opens the subsidy file."""
    mairie = h.chez("structure", "/espace/structure/candidats/")
    mairie.suivre("Entretiens")
    mairie.suivre("Inès Bellanger")
    mairie.suivre("Valider cette candidature")
    mairie.voit("Nous vous conseillons de rencontrer plusieurs personnes")
    mairie.presser("Valider cette candidature")
    mairie.voit("Une réponse est à corriger")
    mairie.choisir("M", exact=True)
    mairie.presser("Valider cette candidature")
    mairie.voit("Candidature validée : Inès Bellanger.")
    assert Poste.objects.get().etat == EtatPoste.RESERVE
    assert Dossier.objects.count() == 1
    assert dernier_courriel(INES, "valid")
    assert dernier_courriel(h.organisme.courriel, "Inès")
