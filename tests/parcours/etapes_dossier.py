"""Step 5: the subsidy file, filled in, filed, completed and declared compliant (R60, R61)."""

from __future__ import annotations

from subventions.enums import EtatDossier
from subventions.models import Dossier
from tests.parcours.histoire import MAIRIE, Histoire
from tests.parcours.visite import dernier_courriel, lien_du_courriel

PIECES = (
    "Avis de situation",
    "Pièce d’identité du président",
    "Pièce d’identité du directeur",
    "Relevé d’identité bancaire",
    "Délibération",
    "Contrat de travail",
)


def constituer(h: Histoire) -> None:
    """R60, R3: information and pieces; the advert is forty days old. A false IBAN is refused, the rest is kept."""
    mairie = h.chez("structure")
    mairie.suivre("Subvention")
    mairie.suivre("Dossier n° 1")
    mairie.voit("Il manque 13 éléments")
    mairie.suivre("Modifier les informations")
    mairie.saisir(
        {
            "Prénom et nom du président": "Dominique Lefort",
            "Date de naissance du président": "1962-03-04",
            "Prénom et nom du directeur": "Claude Roussel",
            "Date de naissance du directeur": "1971-09-30",
            "IBAN": "FR76 3000 6000 0112 3456 7890 188",
            "Adresse de l’annonce": "https://www.emploi-territorial.fr/offre/o0312345",
            "Date de publication": h.jour(-40).isoformat(),
        }
    )
    mairie.presser("Enregistrer")
    mairie.voit("Une réponse est à corriger")
    mairie.saisir({"IBAN": "FR76 3000 6000 0112 3456 7890 189"})
    mairie.presser("Enregistrer")
    mairie.suivre(f"Déposer : {PIECES[0]}")
    mairie.joindre("Fichier", {"name": "sirene.pdf", "mimeType": "application/pdf", "buffer": b"pas un PDF"})
    mairie.presser("Déposer")
    mairie.voit("Une réponse est à corriger")
    mairie.suivre("Annuler")
    for piece in PIECES:
        mairie.suivre(f"Déposer : {piece}")
        mairie.joindre("Fichier")
        mairie.presser("Déposer")
    mairie.suivre("Déposer le dossier")
    mairie.presser("Déposer le dossier")
    mairie.voit("La Banque des Territoires l’instruit.", "Réponse au plus tard le")


def instruire(h: Histoire) -> None:
    """R61: a piece refused, a complement asked, which stops the clock; the answer; compliance."""
    bdt = h.chez("bdt")
    bdt.suivre("N° 1", exact=True)
    bdt.presser("Prendre en charge")
    bdt.suivre("Refuser : Relevé")
    bdt.presser("Refuser la pièce")
    bdt.voit("Remplissez ce champ : motif du refus.")
    bdt.saisir({"Motif du refus": "Le relevé est illisible."})
    bdt.presser("Refuser la pièce")
    bdt.suivre("Demander un complément")
    bdt.saisir({"Ce que vous attendez": "Joignez un relevé d’identité bancaire lisible."})
    bdt.presser("Envoyer la demande")
    bdt.voit("Le délai est arrêté jusqu’à sa réponse.")

    mairie = h.chez("structure", lien_du_courriel(MAIRIE, "omplément", "/espace/"))
    mairie.voit("Un complément vous est demandé")
    mairie.suivre("Remplacer : Relevé")
    mairie.joindre("Fichier")
    mairie.presser("Déposer")
    mairie.suivre("Répondre à la demande", exact=True)
    mairie.saisir({"Votre réponse": "Le nouveau relevé est joint."})
    mairie.presser("Envoyer la réponse")
    mairie.saisir({"Votre message": "Merci de votre patience."})
    mairie.presser("Envoyer le message")

    bdt = h.chez("bdt")
    bdt.suivre("N° 1", exact=True)
    bdt.voit("Le nouveau relevé est joint.", "Merci de votre patience.")
    for _ in PIECES:
        bdt.presser("Accepter")
    bdt.suivre("Valider la conformité")
    bdt.presser("Déclarer le dossier conforme")
    bdt.voit("Le dossier est conforme depuis le")
    assert Dossier.objects.get().etat == EtatDossier.CONFORME
    assert dernier_courriel(MAIRIE, "conforme")
