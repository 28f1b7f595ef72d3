"""Steps 7 and 9: contract and agreement signed, then the tranches that become payable on their day (R62 to R65)."""

from __future__ import annotations

from portal.commun.dates import fin_de_periode
from structures.enums import EtatPoste
from structures.models import Poste
from subventions.enums import EtatConvention, EtatTranche
from subventions.models import Convention, Tranche
from tests.comptes.factories import MOT_DE_PASSE
from tests.parcours.histoire import MAIRIE, Histoire
from tests.parcours.verbes import ouvrir_tranches
from tests.parcours.visite import Visite, dernier_courriel, lien_du_courriel

# Days after the first click.
DEBUT_CONTRAT, SIGNATURE = 5, 3


def preparer_le_contrat(h: Histoire) -> None:
    """R62, R6: what the rules refuse is told with the figure expected; the amount is shown before anything is kept."""
    mairie = h.chez("structure")
    mairie.suivre("Subvention")
    mairie.suivre("Dossier n° 1")
    mairie.suivre("Préparer le contrat", exact=True)
    mairie.suivre("Préparer le contrat", exact=True)
    debut = h.jour(DEBUT_CONTRAT)
    mairie.choisir("Contrat de projet", "Le contrat est à temps plein")
    mairie.saisir(
        {
            "Début du contrat": debut.isoformat(),
            "Fin du contrat": fin_de_periode(debut, 12).isoformat(),
            "Salaire brut": "1 200,00",
        }
    )
    mairie.presser("Calculer le montant")
    mairie.voit("Ce contrat doit durer 24 mois au moins.", "au moins égal au SMIC")
    mairie.saisir({"Fin du contrat": fin_de_periode(debut, 24).isoformat(), "Salaire brut": "2 500,00"})
    mairie.presser("Calculer le montant")
    mairie.voit("Rien n’est encore enregistré.", "50 000,00 €", "10 000,00 €", "15 000,00 €", "25 000,00 €")
    mairie.presser("Enregistrer le contrat")
    mairie.voit("Le projet de contrat est enregistré.")


def signer_le_contrat(h: Histoire) -> None:
    """R62, R3: not tomorrow, and with the file; the post is filled."""
    mairie = h.chez("structure")
    mairie.suivre("Subvention")
    mairie.suivre("Dossier n° 1")
    mairie.suivre("Voir le contrat")
    mairie.suivre("Enregistrer la signature")
    mairie.saisir({"Contrat signé le": h.jour(SIGNATURE + 1).isoformat()})
    mairie.presser("Enregistrer la signature")
    mairie.voit("2 réponses sont à corriger")
    mairie.saisir({"Contrat signé le": h.jour(SIGNATURE).isoformat()})
    mairie.joindre("Contrat signé Format PDF")
    mairie.presser("Enregistrer la signature")
    mairie.voit("Le poste est pourvu.")
    assert Poste.objects.get(numero=1).etat == EtatPoste.POURVU


def signer_la_convention(h: Histoire) -> None:
    """R63: established by BdT, signed by the structure then by BdT, each with their password."""
    bdt = h.chez("bdt")
    bdt.suivre("Conventions")
    bdt.suivre("Établir la convention")
    bdt.voit("50 000,00 €")
    bdt.presser("Établir la convention")

    mairie = h.chez("structure", lien_du_courriel(MAIRIE, "convention", "/espace/"))
    assert mairie.telecharge("Télécharger le fichier").startswith(b"%PDF")
    mairie.suivre("Signer la convention", exact=True)
    mairie.presser("Signer la convention")
    mairie.voit("3 réponses sont à corriger")
    _signer(mairie, "Maire")
    mairie.voit("Vous avez signé la convention")

    bdt = h.chez("bdt", "/espace/bdt/conventions/")
    bdt.suivre("À signer par la Banque des Territoires (1)")
    bdt.suivre("Relire et signer")
    bdt.suivre("Signer la convention")
    _signer(bdt, "Responsable des conventions")
    bdt.voit("Vous avez signé la convention")
    convention = Convention.objects.get()
    assert convention.etat == EtatConvention.SIGNEE
    assert dernier_courriel(MAIRIE, convention.numero)
    # R4, R11: the public clock is the signature of the contract.
    signature = h.jour(SIGNATURE)
    assert [t.prevue_le for t in _tranches()] == [h.jour(mois=n, depuis=signature) for n in (1, 6, 12)]


def _signer(visite: Visite, fonction: str) -> None:
    visite.saisir({"Votre fonction": fonction, "Votre mot de passe": MOT_DE_PASSE})
    visite.choisir("Je suis habilité")
    visite.presser("Signer la convention")


def _tranches() -> list[Tranche]:
    return list(Tranche.objects.order_by("rang"))


def verser(h: Histoire) -> None:
    """R12, R65: nothing the day before, the tranche on its day, nothing again; told to both, seen by both."""
    rien = {"exigibles": 0, "montant": "0.00"}
    for tranche, montant in zip(_tranches(), ("10000.00", "15000.00", "25000.00"), strict=True):
        assert ouvrir_tranches(h.le(-1, depuis=tranche.prevue_le)) == rien
        jour = h.le(depuis=tranche.prevue_le)
        assert ouvrir_tranches(jour) == {"exigibles": 1, "montant": montant}
        assert ouvrir_tranches(jour) == rien
        if tranche.rang == 1:
            _voir_la_premiere_tranche(h)
    assert {t.etat for t in _tranches()} == {EtatTranche.EXIGIBLE}


def _voir_la_premiere_tranche(h: Histoire) -> None:
    mairie = h.chez("structure", lien_du_courriel(MAIRIE, "exigible", "/espace/"))
    mairie.voit("Tranche 1 exigible")
    mairie.suivre("Dossier n° 1")
    mairie.suivre("Voir la convention et les versements")
    mairie.voit("10 000,00 €", "Exigible")
    bdt = h.chez("bdt")
    bdt.suivre("Tranches")
    bdt.voit("1 tranche, 10 000,00 €", "Commune de Moulins")
