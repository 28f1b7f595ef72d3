"""Who sees which file, who reads which piece (DOMAIN §2, R60, R112)."""

from __future__ import annotations

import pytest
from django.http import Http404

from portal.commun.acteurs import Acteur
from portal.commun.models import LectureDocument
from portal.commun.roles import Role
from subventions import acces, actions
from subventions.enums import EtatPiece
from tests.comptes.factories import acteur
from tests.subventions.factories import (
    DossierFactory,
    acteur_du_dossier,
    fichier_pdf,
    membre_du_dossier,
    piece_de,
)

pytestmark = pytest.mark.django_db
VOIENT_TOUT = {Role.BDT, Role.ANCT, Role.SUPPORT, Role.SYSTEME}
# R112: inside the perimeter, these two read identities.
LISENT_LES_PIECES = {Role.BDT}


def acteur_de_role(role: Role) -> Acteur:
    if role is Role.SYSTEME:
        return Acteur.systeme()
    return Acteur.visiteur() if role is Role.VISITEUR else acteur(role)


@pytest.mark.parametrize("role", list(Role))
def test_perimetre_de_chaque_role(role):
    """A structure made by `acteur` is another one than the file's."""
    dossier = DossierFactory(depose=True)
    qui = acteur_de_role(role)
    if role in VOIENT_TOUT:
        assert acces.obtenir_dossier(qui, dossier.uuid) == dossier
    else:
        assert not acces.dossiers_visibles_par(qui).exists()
        with pytest.raises(Http404):
            acces.obtenir_dossier(qui, dossier.uuid)


def test_une_structure_voit_ses_dossiers_seulement():
    dossier, autre = DossierFactory(), DossierFactory()
    qui = acteur_du_dossier(dossier)
    assert list(acces.dossiers_visibles_par(qui)) == [dossier]
    with pytest.raises(Http404):
        acces.obtenir_dossier(qui, autre.uuid)


@pytest.mark.parametrize("role", list(Role))
def test_qui_lit_une_piece_r112(role):
    dossier = DossierFactory(depose=True)
    piece = piece_de(dossier, "identite-president")
    qui = acteur_de_role(role)
    assert acces.peut_lire_piece(qui, piece.document) is (role in LISENT_LES_PIECES)
    assert acces.pieces_visibles_par(qui).exists() is (role in LISENT_LES_PIECES)


def test_la_structure_du_dossier_lit_ses_pieces_r112():
    dossier = DossierFactory(depose=True)
    assert acces.peut_lire_piece(acteur_du_dossier(dossier), piece_de(dossier, "rib").document)


def test_la_piece_d_un_autre_dossier_est_introuvable():
    dossier, autre = DossierFactory(depose=True), DossierFactory(depose=True)
    with pytest.raises(Http404):
        acces.obtenir_piece(acteur(Role.BDT), piece_de(autre, "rib").uuid, dossier=dossier)


@pytest.mark.parametrize("role", [r for r in Role if r not in (Role.SYSTEME, Role.BDT)])
def test_l_adresse_d_une_piece_repond_404_aux_autres_r112(client_de, role):
    document = piece_de(DossierFactory(depose=True), "identite-dgs").document
    assert client_de(role).get(f"/fichiers/{document.uuid}/").status_code == 404


def test_chaque_lecture_d_une_piece_est_gardee_r112(client_de):
    dossier = DossierFactory()
    membre = membre_du_dossier(dossier)
    piece = actions.deposer_piece(
        acteur=acteur_du_dossier(dossier), piece=piece_de(dossier, "rib"), fichier=fichier_pdf()
    )
    for client in (client_de(rattachement=membre), client_de("bdt")):
        reponse = client.get(f"/fichiers/{piece.document.uuid}/")
        assert reponse.status_code == 200
        assert reponse["Cache-Control"] == "private, no-store"
    roles = LectureDocument.objects.filter(document=piece.document).order_by("pk").values_list("role", flat=True)
    assert list(roles) == [Role.STRUCTURE, Role.BDT]


def test_un_fichier_remplace_ne_se_lit_plus_r112(client_de):
    dossier = DossierFactory(complet=True)
    ancien = piece_de(dossier, "rib").document
    actions.deposer_piece(acteur=acteur_du_dossier(dossier), piece=piece_de(dossier, "rib"), fichier=fichier_pdf())
    assert piece_de(dossier, "rib").etat == EtatPiece.RECUE
    assert client_de("bdt").get(f"/fichiers/{ancien.uuid}/").status_code == 404
