"""Steps 6 and 8: the training body contacted, the placement test, the session, the departure (R80 to R83)."""

from __future__ import annotations

from candidats.enums import EtatMiseEnRelation
from candidats.models import MiseEnRelation
from formation.enums import EtatSession
from formation.models import SessionFormation
from formation.tasks import lancer_clotures
from tests.parcours.etapes_candidats import INES
from tests.parcours.histoire import MAIRIE, Histoire
from tests.parcours.verbes import Recrutement
from tests.parcours.visite import dernier_courriel

# Days after the first click: the session begins within fifteen days of the contract (R83).
DEPART = 10


def contacter(h: Histoire) -> None:
    """R80: the structure writes to the body of its territory; the date is noted."""
    mairie = h.chez("structure")
    mairie.suivre("Formation")
    mairie.suivre("Inès Bellanger")
    mairie.suivre("Contacter cet organisme")
    mairie.saisir({"Votre message": "Bonjour, quand le test de positionnement peut-il avoir lieu ?"})
    mairie.presser("Envoyer le message")
    mairie.voit("Test de positionnement à proposer")
    assert dernier_courriel(h.organisme.courriel, "quand le test")


def proposer_le_test(h: Histoire) -> None:
    """R81: a slot, which the candidate finds in their space."""
    organisme = h.chez("organisme")
    organisme.suivre("Inès Bellanger")
    organisme.suivre("Proposer un test")
    organisme.saisir({"Date": h.jour(1).isoformat(), "Heure": "10:00", "Lieu": "12 rue des Écoles, Moulins"})
    organisme.presser("Proposer cette date")
    ines = h.chez(INES, "/espace/candidat/")
    ines.suivre("Ma formation")
    ines.voit("Test de positionnement proposé", "12 rue des Écoles, Moulins")
    assert b"BEGIN:VCALENDAR" in ines.telecharge("Ajouter à l’agenda")


def recruter_ailleurs(h: Histoire) -> None:
    """Seven other communes, in Vichy, at the same point by the verbs: an in-person session needs eight people (R82)."""
    for _ in range(7):
        autre = Recrutement(h.campagne, anct=h.acteur("anct"), bdt=h.acteur("bdt"), type="commune", commune="03310")
        autre.candidater().recruter().contacter(h.organisme, h.centre, creneau=h.moment(1, 15))
        h.autres.append(autre)


def enregistrer_le_resultat(h: Histoire) -> None:
    """R81: the hours, two days later."""
    organisme = h.chez("organisme")
    organisme.voit("Résultat du test attendu")
    organisme.suivre("Inès Bellanger")
    organisme.suivre("Enregistrer le résultat")
    organisme.presser("Enregistrer le résultat")
    organisme.voit("Une réponse est à corriger")
    organisme.choisir("280 heures")
    organisme.presser("Enregistrer le résultat")
    assert dernier_courriel(INES, "280")
    assert dernier_courriel(MAIRIE, "280")


def publier_une_session(h: Histoire) -> None:
    """R82: closing after the first day is refused; the session waits for eight people."""
    organisme = h.visite("organisme")
    organisme.suivre("Sessions")
    organisme.suivre("Créer une session")
    organisme.choisir("280 heures")
    organisme.saisir(
        {
            "Commune": "Moulins (03000)",
            "Adresse de la salle": "12 rue des Écoles",
            "Premier jour": h.jour(DEPART).isoformat(),
            "Dernier jour": h.jour(66).isoformat(),
            "Clôture des inscriptions": h.jour(20).isoformat(),
            "Nombre de places": "12",
        }
    )
    organisme.presser("Publier la session")
    organisme.voit("Une réponse est à corriger")
    organisme.saisir({"Clôture des inscriptions": h.jour(8).isoformat()})
    organisme.presser("Publier la session")
    organisme.voit("Ouverte aux inscriptions")


def inscrire(h: Histoire) -> None:
    """R82: the town hall enrols its candidate; seven other structures do the same elsewhere."""
    mairie = h.chez("structure")
    mairie.suivre("Formation")
    mairie.suivre("Inès Bellanger")
    mairie.suivre("Inscrire à cette session")
    mairie.presser("Confirmer l’inscription")
    mairie.voit("Inscription à une session")
    session = SessionFormation.objects.get()
    for autre in h.autres:
        autre.former(session, h.centre)


def partir(h: Histoire) -> None:
    """R82, R83, R54: enrolment closed by the nightly job, then the departure, which makes the person « Recruté »."""
    lancer_clotures()
    assert SessionFormation.objects.get().etat == EtatSession.CONFIRMEE
    assert dernier_courriel(INES, "confirmée")
    organisme = h.chez("organisme")
    organisme.voit("Départ à enregistrer (1)")
    organisme.suivre("Inès Bellanger")
    organisme.suivre("Enregistrer le départ")
    organisme.presser("Enregistrer le départ")
    assert MiseEnRelation.objects.get(candidat__utilisateur__email=INES).etat == EtatMiseEnRelation.RECRUTEE
    mairie = h.chez("structure")
    mairie.voit("En formation")
    mairie.suivre("Candidats")
    mairie.suivre("Recrutées (1)")
    mairie.voit("Inès Bellanger")
    assert dernier_courriel(INES, "départ")
