"""The machines of the file and of its pieces: every state, every transition, every role (R60, R61)."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from subventions.etats import MACHINE_DOSSIER, MACHINE_PIECE
from subventions.models import Dossier, Piece
from tests.outils_machines import verifier_machine
from tests.subventions.factories import DossierFactory, MiseEnRelationValideeFactory

DOSSIER = {
    "deposer": ({"constitution", "rejete"}, "depose", {"structure"}),
    "demander_complement": ({"depose"}, "complement", {"bdt"}),
    "repondre": ({"complement"}, "depose", {"structure"}),
    "declarer_conforme": ({"depose"}, "conforme", {"bdt"}),
    "rejeter": ({"depose"}, "rejete", {"bdt"}),
    "clore": (
        {"constitution", "depose", "complement", "conforme", "rejete"},
        "clos",
        {"structure", "bdt", "anct"},
    ),
}
PIECE = {
    "recevoir": ({"attendue", "recue", "refusee"}, "recue", {"structure"}),
    "accepter": ({"recue"}, "acceptee", {"bdt"}),
    "refuser": ({"recue", "acceptee"}, "refusee", {"bdt"}),
}


def test_machine_du_dossier():
    verifier_machine(MACHINE_DOSSIER, DOSSIER, Dossier)


def test_machine_de_la_piece():
    verifier_machine(MACHINE_PIECE, PIECE, Piece)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("champs", "contrainte"),
    [
        ({"etat": "depose"}, "dossier_depose_date"),
        ({"etat": "conforme", "depose_le": "2026-01-01T00:00Z"}, "dossier_conforme_date"),
        ({"etat": "rejete", "depose_le": "2026-01-01T00:00Z"}, "dossier_rejete_motive"),
    ],
)
def test_un_etat_ne_va_pas_sans_sa_date_ni_son_motif(champs, contrainte):
    paire = MiseEnRelationValideeFactory()
    with pytest.raises(IntegrityError, match=contrainte), transaction.atomic():
        Dossier.objects.create(
            numero=1,
            mise_en_relation=paire,
            poste=paire.poste,
            structure=paire.poste.structure,
            statut_juridique="public",
            **champs,
        )


@pytest.mark.django_db
def test_un_seul_dossier_vivant_par_candidat_valide_r53():
    dossier = DossierFactory()
    with pytest.raises(IntegrityError, match="dossier_un_vivant_par_candidat"), transaction.atomic():
        DossierFactory(mise_en_relation=dossier.mise_en_relation)
    DossierFactory(mise_en_relation=dossier.mise_en_relation, etat="clos")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("etat", "contrainte"), [("recue", "piece_recue_a_son_document"), ("acceptee", "piece_recue_a_son_document")]
)
def test_une_piece_recue_a_son_document_r60(etat, contrainte):
    dossier = DossierFactory()
    with pytest.raises(IntegrityError, match=contrainte), transaction.atomic():
        Piece.objects.filter(dossier=dossier, nature="rib").update(etat=etat)
