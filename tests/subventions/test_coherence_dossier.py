"""The invariants of the subsidy file, each one seen broken once (R53, R60, R61, R112)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from candidats.enums import EtatMiseEnRelation
from candidats.models import MiseEnRelation
from portal.commun.coherence import invariants
from portal.commun.models import Document
from subventions.enums import EtatPiece
from subventions.models import DemandeComplement, Dossier, Piece
from tests.subventions.factories import DossierFactory, MiseEnRelationValideeFactory, piece_de

pytestmark = pytest.mark.django_db
SIENS = [ligne for ligne in invariants() if ligne.controle.__module__ == "subventions.coherence"]


def violes() -> set[str]:
    fautes = set()
    for ligne in SIENS:
        resultat = ligne.controle()
        nombre = resultat if isinstance(resultat, int) else len(list(resultat))
        if nombre:
            fautes.add(ligne.cle.removeprefix("subventions."))
    return fautes


def test_les_dossiers_justes_ne_violent_rien():
    for trait in ("complet", "depose", "complement", "conforme", "rejete", "clos"):
        DossierFactory(**{trait: True})
    DossierFactory(privee=True, depose=True, aides=Decimal("100.00"))
    assert SIENS
    assert violes() == set()


def test_une_validation_sans_dossier_r53():
    MiseEnRelationValideeFactory()
    assert violes() == {"dossier_par_validation"}


def test_un_dossier_sans_validation_r53():
    dossier = DossierFactory(complet=True)
    MiseEnRelation.objects.filter(pk=dossier.mise_en_relation_id).update(
        etat=EtatMiseEnRelation.ECARTEE, motif="profil"
    )
    assert violes() == {"dossier_sans_validation"}


def test_un_dossier_d_un_autre_poste_r60():
    un, deux = DossierFactory(), DossierFactory()
    Dossier.objects.filter(pk=un.pk).update(poste=deux.poste)
    assert violes() == {"dossier_du_poste"}


def test_un_dossier_conforme_incomplet_r60():
    dossier = DossierFactory(conforme=True)
    Piece.objects.filter(dossier=dossier, nature="rib").update(etat=EtatPiece.RECUE)
    assert violes() == {"conforme_pieces_acceptees"}


def test_un_dossier_depose_incomplet_r60():
    dossier = DossierFactory(depose=True)
    Piece.objects.filter(dossier=dossier, nature="rib").update(etat=EtatPiece.ATTENDUE)
    assert violes() == {"depose_pieces_recues"}


def test_un_complement_sans_demande_et_une_demande_sans_complement_r61():
    DemandeComplement.objects.filter(dossier=DossierFactory(complement=True)).delete()
    assert violes() == {"complement_demande"}
    DossierFactory(depose=True, demande=True)
    assert violes() == {"complement_demande"}


def test_une_piece_oubliee_r8():
    dossier = DossierFactory()
    Dossier.objects.filter(pk=dossier.pk).update(aides=Decimal("100.00"))
    assert violes() == {"pieces_attendues"}


def test_un_fichier_mal_rattache_r112():
    un, deux = DossierFactory(depose=True), DossierFactory(depose=True)
    Document.objects.filter(pk=piece_de(un, "rib").document_id).update(nature="cv")
    assert violes() == {"document_de_piece"}
    Document.objects.filter(pk=piece_de(un, "rib").document_id).update(nature="piece-subvention")
    Piece.objects.filter(pk=piece_de(deux, "rib").pk).update(document=piece_de(un, "rib").document)
    assert violes() == {"document_partage"}
