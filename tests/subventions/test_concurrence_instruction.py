"""Two people on the same file at the same moment: one effect, and the other one is told (R61)."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from portal.commun.erreurs import ErreurMetier
from portal.commun.roles import Role
from subventions import actions
from subventions.enums import EtatDossier, EtatPiece
from subventions.models import DemandeComplement, Dossier, Piece
from tests.comptes.factories import acteur
from tests.subventions.factories import DossierFactory, acteur_du_dossier, fichier_pdf, piece_de

pytestmark = pytest.mark.django_db(transaction=True)


def en_meme_temps(*verbes: Callable[[], object]) -> list[ErreurMetier]:
    """Run the verbs at once, each with its own connection; what each refused says."""
    barriere, refus, pannes = threading.Barrier(len(verbes)), [], []

    def lancer(verbe: Callable[[], object]) -> None:
        try:
            barriere.wait(timeout=10)
            verbe()
        except ErreurMetier as erreur:
            refus.append(erreur)
        except Exception as erreur:
            pannes.append(erreur)
        finally:
            connection.close()

    fils = [threading.Thread(target=lancer, args=[verbe]) for verbe in verbes]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join(timeout=30)
    assert not pannes
    return refus


def test_deux_gestionnaires_decident_au_meme_moment_r61():
    dossier = DossierFactory(depose=True, etat_pieces=EtatPiece.ACCEPTEE)
    un, deux = acteur(Role.BDT), acteur(Role.BDT)
    refus = en_meme_temps(
        lambda: actions.declarer_conforme(acteur=un, dossier=dossier),
        lambda: actions.rejeter(acteur=deux, dossier=dossier, motif="Poste déjà financé."),
    )
    dossier = Dossier.objects.get(pk=dossier.pk)
    gagnant, etat = (un, EtatDossier.CONFORME) if dossier.conforme_le else (deux, EtatDossier.REJETE)
    assert (dossier.etat, dossier.etat_par_id) == (etat, gagnant.utilisateur_id)
    [seul] = refus
    assert gagnant.nom in seul.message


def test_deux_gestionnaires_prennent_le_meme_dossier_r61():
    dossier = DossierFactory(depose=True)
    agents = [acteur(Role.BDT), acteur(Role.BDT)]
    refus = en_meme_temps(*(lambda qui=qui: actions.prendre_en_charge(acteur=qui, dossier=dossier) for qui in agents))
    dossier.refresh_from_db()
    assert len(refus) == 1
    assert str(dossier.gestionnaire) in refus[0].message


def test_deux_demandes_de_complement_n_en_font_qu_une_r61():
    dossier = DossierFactory(depose=True)
    agents = [acteur(Role.BDT), acteur(Role.BDT)]
    refus = en_meme_temps(
        *(lambda qui=qui: actions.demander_complement(acteur=qui, dossier=dossier, texte="Précisez.") for qui in agents)
    )
    assert len(refus) == 1
    assert DemandeComplement.objects.filter(dossier=dossier).count() == 1


def test_deux_collegues_deposent_le_meme_dossier_r60():
    dossier = DossierFactory(complet=True)
    collegues = [acteur_du_dossier(dossier), acteur_du_dossier(dossier)]
    refus = en_meme_temps(*(lambda qui=qui: actions.deposer_dossier(acteur=qui, dossier=dossier) for qui in collegues))
    assert len(refus) == 1
    assert Dossier.objects.get(pk=dossier.pk).history.filter(etat=EtatDossier.DEPOSE).count() == 1


def test_une_piece_remplacee_pendant_qu_on_l_accepte_r60():
    dossier = DossierFactory(complement=True)
    lue = piece_de(dossier, "rib")
    structure, bdt = acteur_du_dossier(dossier), acteur(Role.BDT)
    refus = en_meme_temps(
        lambda: actions.deposer_piece(acteur=structure, piece=lue, fichier=fichier_pdf("nouveau.pdf")),
        lambda: actions.accepter_piece(acteur=bdt, piece=lue, document=lue.document),
    )
    assert len(refus) == 1
    piece = Piece.objects.get(pk=lue.pk)
    # Whoever came first: what is accepted is what was read.
    assert (piece.etat == EtatPiece.ACCEPTEE) == (piece.document_id == lue.document_id)
