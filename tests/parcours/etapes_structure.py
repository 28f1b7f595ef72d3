"""Steps 1 and 2: a town hall applies, the prefecture gives its opinion, a committee decides, ANCT activates."""

from __future__ import annotations

from structures.enums import EtatCandidature, EtatPoste
from structures.models import Candidature, Comite, Poste
from tests.comptes.factories import MOT_DE_PASSE
from tests.parcours.histoire import MAIRIE, Histoire
from tests.parcours.visite import dernier_courriel, lien_du_courriel


def candidater(h: Histoire) -> None:
    """R20 to R23: six steps, two of them wrong at first, then the link of the mail."""
    mairie = h.visite("structure")
    mairie.aller("/")
    mairie.suivre("Accueillir un conseiller")
    mairie.suivre("Déposer une candidature")
    mairie.presser("Continuer")
    mairie.voit("Indiquez le type de votre structure.")
    mairie.choisir("Commune", exact=True)
    mairie.choisir(h.campagne.nom)
    mairie.presser("Continuer")
    mairie.saisir({"Quel est le SIRET": h.siret})
    mairie.presser("Continuer")
    mairie.saisir(
        {
            "Quel est le nom": "Commune de Moulins",
            "Adresse": "Place de l’Hôtel-de-Ville",
            "Commune de votre structure": "Moulins",
            "Prénom de la personne": "Dominique",
            "Nom de la personne": "Lefort",
            "Fonction": "Directrice générale des services",
            "Adresse électronique": MAIRIE,
            "Téléphone": "04 70 00 00 00",
        }
    )
    # Twenty-four communes have this name: the page asks which one, and keeps the rest.
    mairie.presser("Continuer")
    mairie.choisir("Moulins Allier – 03000")
    mairie.presser("Continuer")
    mairie.saisir({"Combien de conseillers": "1", "À partir de quelle date": h.jour(5).isoformat()})
    mairie.choisir("Non")
    mairie.presser("Continuer")
    mairie.saisir(
        {
            "Pourquoi": "Beaucoup d’habitants demandent de l’aide pour leurs démarches.",
            "Quelles missions": "Accompagner les demandeurs d’emploi et les personnes âgées.",
        }
    )
    mairie.presser("Continuer")
    mairie.voit("Moulins (03)", "Directrice générale des services")
    for case in mairie.page.locator("main input[type=checkbox]").all():
        case.check(force=True)
    mairie.presser("Envoyer ma candidature")
    mairie.voit(MAIRIE)
    assert Candidature.objects.get().etat == EtatCandidature.A_CONFIRMER
    mairie.aller(lien_du_courriel(MAIRIE, "Confirmez", "/accueillir/confirmer/"))
    mairie.presser("Confirmer ma candidature")
    mairie.voit("Votre candidature est déposée")
    mairie.aller(lien_du_courriel(MAIRIE, "est déposée", "/accueillir/suivi/"))
    mairie.voit("Déposée")


def rendre_un_avis(h: Histoire) -> None:
    """R25: the prefecture found the application by itself; a comment is compulsory."""
    prefecture = h.chez("prefecture")
    prefecture.suivre("Candidatures")
    prefecture.suivre("Commune de Moulins")
    prefecture.suivre("Rendre un avis")
    prefecture.choisir("Favorable")
    prefecture.saisir({"Nombre de postes": "1", "Rang": "1"})
    prefecture.presser("Rendre un avis")
    prefecture.voit("Remplissez ce champ : commentaire.")
    prefecture.saisir({"Commentaire": "Projet solide, attendu par les habitants."})
    prefecture.presser("Rendre un avis")
    prefecture.voit("L’avis sur la candidature n° 1 est enregistré.")


def tenir_le_comite(h: Histoire) -> None:
    """R26, R15: agenda, decision, closing; the minutes are a PDF. R27: activation."""
    anct = h.chez("anct")
    anct.suivre("Comités")
    anct.suivre("Créer un comité")
    anct.saisir({"Campagne": h.campagne.nom, "Date de séance": h.jour().isoformat(), "Postes à répartir": "10"})
    anct.presser("Enregistrer")
    anct.suivre("Préparer l’ordre du jour")
    anct.presser("Inscrire cette candidature")
    anct.suivre("Clôturer le comité")
    anct.voit("Ce comité ne peut pas être clôturé")
    anct.suivre("Revenir au comité")
    anct.suivre("Décider : candidature n° 1")
    anct.choisir("Retenue")
    anct.saisir({"Postes accordés": "1"})
    anct.presser("Enregistrer la décision")
    anct.suivre("Revenir au comité")
    anct.suivre("Clôturer le comité")
    anct.presser("Clôturer le comité")
    assert anct.telecharge("Procès-verbal").startswith(b"%PDF")
    assert Comite.objects.get().proces_verbal is not None
    assert Poste.objects.get().etat == EtatPoste.A_POURVOIR
    assert dernier_courriel(h.acces["prefecture"][0], "Comité de sélection n° 1")
    assert dernier_courriel(MAIRIE, "est retenue")
    anct.suivre("n° 1, Commune de Moulins")
    anct.suivre("Activer la structure")
    anct.presser("Activer la structure")
    anct.voit("Commune de Moulins est activée")


def ouvrir_son_espace(h: Histoire) -> None:
    """R27: the contact chooses a password from the invitation, and sees the post and who must act."""
    mairie = h.visite("structure")
    mairie.aller(lien_du_courriel(MAIRIE, "créez votre compte", "/invitation/"))
    mairie.saisir({"Mot de passe": MOT_DE_PASSE})
    mairie.presser("Créer mon compte")
    mairie.voit("Remplissez ce champ : mot de passe, une seconde fois.")
    mairie.saisir({"Mot de passe": MOT_DE_PASSE, "Mot de passe, une seconde fois": MOT_DE_PASSE})
    mairie.presser("Créer mon compte")
    mairie.voit("Poste n° 1", "Étape 3 sur 9", "Le portail")
    mairie.suivre("Poste n° 1")
    mairie.suivre("Ma structure")
    mairie.voit("Dominique Lefort")
