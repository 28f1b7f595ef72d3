"""The structure's tab: list, page of a file, information, pieces, filing, answer, messages (R60, R61)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from portal.commun.roles import Role
from subventions.enums import EtatDossier, EtatPiece
from subventions.models import Dossier
from tests.structures.factories import PosteFactory, membre
from tests.subventions.factories import (
    IBAN,
    DossierFactory,
    MessageFactory,
    MiseEnRelationValideeFactory,
    PieceFactory,
    fichier_pdf,
    membre_du_dossier,
    piece_de,
)

pytestmark = pytest.mark.django_db
LISTE = "/espace/structure/subvention/"
SAISIE = {
    "president_nom": "Dominique Lefort",
    "president_naissance": "04/03/1962",
    "dgs_nom": "",
    "dgs_naissance": "",
    "iban": "FR76 3000 6000 0112 3456 7890 189",
    "aides": "1 500,00",
    "cofinancement": "",
    "annonce_url": "",
    "annonce_le": "",
}


def page(nom: str, dossier: Dossier, *args) -> str:
    return reverse(f"subventions:{nom}", args=[dossier.uuid, *args])


@pytest.fixture
def client_du(client_de):
    return lambda dossier, **droits: client_de(rattachement=membre_du_dossier(dossier, **droits))


# --- list -----------------------------------------------------------------------------------------------------------


def test_la_liste_dit_ou_en_est_chaque_dossier(client_du):
    dossier = DossierFactory()
    contenu = client_du(dossier).get(LISTE).content.decode()
    assert f"Dossier n° {dossier.numero}" in contenu
    assert "Dossier de subvention à compléter" in contenu
    assert "Qui doit agir : Vous" in contenu


def test_la_liste_vide_dit_quoi_faire(client_de):
    poste = PosteFactory()
    contenu = client_de(rattachement=membre(poste.structure)).get(LISTE).content.decode()
    assert "Il s’ouvre quand vous validez la candidature" in contenu


def test_la_liste_ne_montre_que_ses_dossiers(client_du):
    dossier, autre = DossierFactory(), DossierFactory()
    contenu = client_du(dossier).get(LISTE).content.decode()
    assert str(dossier.uuid) in contenu
    assert str(autre.uuid) not in contenu


def test_la_liste_coute_le_meme_nombre_de_requetes(client_de):
    poste = PosteFactory(reserve=True)
    client = client_de(rattachement=membre(poste.structure))

    def ajouter(nombre: int) -> None:
        for _ in range(nombre):
            paire = MiseEnRelationValideeFactory(poste__structure=poste.structure)
            DossierFactory(mise_en_relation=paire, depose=True)

    def compter() -> int:
        with CaptureQueriesContext(connection) as requetes:
            assert client.get(LISTE).status_code == 200
        return len(requetes)

    ajouter(2)
    client.get(LISTE)
    peu = compter()
    ajouter(10)
    assert compter() == peu


# --- page -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("etat", ["complet", "depose", "complement", "conforme", "rejete", "clos"])
def test_la_page_du_dossier_dans_chaque_etat(client_du, etat):
    dossier = DossierFactory(**{etat: True})
    reponse = client_du(dossier).get(page("dossier_structure", dossier))
    contenu = reponse.content.decode()
    assert reponse.status_code == 200
    assert contenu.count("<h1") == 1
    assert dossier.get_etat_display() in contenu
    attendu = {
        "complet": "Le dossier est complet",
        "depose": "Réponse au plus tard le",
        "complement": "Joignez la délibération signée.",
        "conforme": "Le dossier est conforme depuis le",
        "rejete": "déjà financé par un autre dispositif",
        "clos": "sa messagerie est fermée",
    }
    assert attendu[etat] in contenu


def test_la_page_dit_ce_qui_manque_r60(client_du):
    dossier = DossierFactory()
    contenu = client_du(dossier).get(page("dossier_structure", dossier)).content.decode()
    assert "Il manque 13 éléments" in contenu
    assert "L’IBAN de la structure" in contenu
    assert page("deposer", dossier) not in contenu


def test_le_motif_du_refus_d_une_piece_est_montre_r60(client_du):
    dossier = DossierFactory(complement=True)
    piece_de(dossier, "rib").delete()
    PieceFactory(dossier=dossier, nature="rib", etat=EtatPiece.REFUSEE, motif_refus="Compte d’un particulier.")
    contenu = client_du(dossier).get(page("dossier_structure", dossier)).content.decode()
    assert "Compte d’un particulier." in contenu
    assert "Remplacer" in contenu


# --- information ----------------------------------------------------------------------------------------------------


def test_enregistrer_une_partie_des_informations_r60(client_du):
    dossier = DossierFactory()
    reponse = client_du(dossier).post(page("informations", dossier), SAISIE)
    assert reponse.status_code == 302
    dossier.refresh_from_db()
    assert (dossier.president_naissance, dossier.iban, dossier.dgs_nom) == (dt.date(1962, 3, 4), IBAN, "")
    assert str(dossier.aides) == "1500.00"
    assert piece_de(dossier, "autres-aides").obligatoire


def test_une_erreur_ne_perd_rien_de_ce_qui_est_tape(client_du):
    dossier = DossierFactory()
    saisie = {**SAISIE, "iban": "FR76 0000", "annonce_url": "https://exemple.fr/offre", "president_naissance": "hier"}
    reponse = client_du(dossier).post(page("informations", dossier), saisie)
    contenu = reponse.content.decode()
    assert reponse.status_code == 200
    assert "Erreur (3)" in contenu
    for message in (
        "Cet IBAN n’existe pas",
        "emploi-territorial.fr, qui commence par",
        "Saisissez une date qui existe",
    ):
        assert message in contenu
    for tape in ("FR76 0000", "https://exemple.fr/offre", "Dominique Lefort", "1 500,00", 'value="hier"'):
        assert tape in contenu
    dossier.refresh_from_db()
    assert dossier.president_nom == ""


def test_une_structure_privee_n_a_pas_d_annonce_a_saisir_r3(client_du):
    dossier = DossierFactory(privee=True)
    contenu = client_du(dossier).get(page("informations", dossier)).content.decode()
    assert "annonce_url" not in contenu
    assert "Directeur général" in contenu


@pytest.mark.parametrize("etat", ["depose", "conforme", "clos"])
def test_les_informations_ne_se_modifient_plus_en_instruction_r61(client_du, etat):
    dossier = DossierFactory(**{etat: True})
    client = client_du(dossier)
    assert client.get(page("informations", dossier)).status_code == 409
    assert client.post(page("informations", dossier), SAISIE).status_code == 409


# --- pieces ---------------------------------------------------------------------------------------------------------


def test_deposer_une_piece_r60(client_du):
    dossier = DossierFactory()
    piece = piece_de(dossier, "rib")
    client = client_du(dossier)
    assert "Au nom de la structure." in client.get(page("piece", dossier, piece.uuid)).content.decode()
    reponse = client.post(page("piece", dossier, piece.uuid), {"fichier": fichier_pdf("mon rib.pdf")})
    assert reponse["Location"].endswith("#pieces")
    assert piece_de(dossier, "rib").etat == EtatPiece.RECUE


@pytest.mark.parametrize(
    ("contenu", "message"),
    [
        (b"texte", "n’est pas au format PDF, JPEG ou PNG"),
        (b"%PDF-1.4 abime", "abîmé"),
        (b"x" * (5 * 1024 * 1024 + 1), "trop lourd"),
    ],
)
def test_un_mauvais_fichier_est_refuse_avec_sa_raison_r60(client_du, contenu, message):
    dossier = DossierFactory()
    piece = piece_de(dossier, "rib")
    fichier = SimpleUploadedFile("rib.pdf", contenu, content_type="application/pdf")
    reponse = client_du(dossier).post(page("piece", dossier, piece.uuid), {"fichier": fichier})
    assert reponse.status_code == 200
    assert message in reponse.content.decode()


def test_deposer_sans_fichier(client_du):
    dossier = DossierFactory()
    reponse = client_du(dossier).post(page("piece", dossier, piece_de(dossier, "rib").uuid))
    assert "Choisissez un fichier." in reponse.content.decode()


def test_une_piece_acceptee_ne_propose_plus_de_fichier_r60(client_du):
    dossier = DossierFactory(complement=True, etat_pieces=EtatPiece.ACCEPTEE)
    piece = piece_de(dossier, "rib")
    client = client_du(dossier)
    assert "ne peut pas être remplacée" in client.get(page("piece", dossier, piece.uuid)).content.decode()
    client.post(page("piece", dossier, piece.uuid), {"fichier": fichier_pdf()})
    assert piece_de(dossier, "rib").etat == EtatPiece.ACCEPTEE


def test_la_piece_d_un_autre_dossier_est_introuvable(client_du):
    dossier, autre = DossierFactory(), DossierFactory()
    client = client_du(dossier)
    assert client.get(page("piece", dossier, piece_de(autre, "rib").uuid)).status_code == 404
    assert client.get(page("piece", autre, piece_de(autre, "rib").uuid)).status_code == 404


# --- filing ---------------------------------------------------------------------------------------------------------


def test_la_page_de_depot_liste_ce_qui_manque_r60(client_du):
    dossier = DossierFactory(complet=True, iban="")
    dossier.pieces.filter(nature="rib").update(etat=EtatPiece.ATTENDUE)
    client = client_du(dossier)
    contenu = client.get(page("deposer", dossier)).content.decode()
    assert "n’est pas complet" in contenu
    assert page("informations", dossier) + "#id_iban" in contenu
    assert page("piece", dossier, piece_de(dossier, "rib").uuid) in contenu
    # A POST that goes around the page is refused with the same list.
    assert "Il manque" in client.post(page("deposer", dossier)).content.decode()
    assert Dossier.objects.get(pk=dossier.pk).etat == EtatDossier.CONSTITUTION


def test_deposer_demande_une_confirmation_puis_depose_r2(client_du):
    dossier = DossierFactory(complet=True)
    client = client_du(dossier)
    contenu = client.get(page("deposer", dossier)).content.decode()
    assert "Relisez ces informations" in contenu
    # The GET changed nothing.
    assert Dossier.objects.get(pk=dossier.pk).etat == EtatDossier.CONSTITUTION
    assert client.post(page("deposer", dossier)).status_code == 302
    assert Dossier.objects.get(pk=dossier.pk).etat == EtatDossier.DEPOSE
    assert client.get(page("deposer", dossier)).status_code == 409


# --- complement -----------------------------------------------------------------------------------------------------


def test_repondre_a_une_demande_de_complement_r61(client_du):
    dossier = DossierFactory(complement=True)
    client = client_du(dossier)
    assert "Joignez la délibération signée." in client.get(page("repondre", dossier)).content.decode()
    assert "Remplissez ce champ" in client.post(page("repondre", dossier), {"reponse": " "}).content.decode()
    assert client.post(page("repondre", dossier), {"reponse": "C’est fait."}).status_code == 302
    dossier.refresh_from_db()
    assert dossier.etat == EtatDossier.DEPOSE
    assert dossier.demandes_complement.get().reponse == "C’est fait."


def test_une_reponse_trop_tot_garde_ce_qui_est_tape_r60(client_du):
    dossier = DossierFactory(complement=True, iban="")
    contenu = client_du(dossier).post(page("repondre", dossier), {"reponse": "Voici la suite."}).content.decode()
    assert "Avant de répondre, ajoutez ce qui manque" in contenu
    assert "Voici la suite." in contenu


def test_repondre_sans_demande_est_refuse(client_du):
    dossier = DossierFactory(depose=True)
    assert client_du(dossier).get(page("repondre", dossier)).status_code == 409


# --- messages -------------------------------------------------------------------------------------------------------


def test_ecrire_a_la_banque_des_territoires_r61(client_du):
    dossier = DossierFactory(depose=True)
    client = client_du(dossier)
    reponse = client.post(page("message_structure", dossier), {"texte": "Avez-vous reçu <b>tout</b> ?"})
    assert reponse["Location"].endswith("#messagerie")
    contenu = client.get(page("dossier_structure", dossier)).content.decode()
    assert "Avez-vous reçu &lt;b&gt;tout&lt;/b&gt; ?" in contenu
    assert "Pas encore lu" in contenu


def test_un_message_vide_est_refuse_sur_la_page_du_dossier(client_du):
    dossier = DossierFactory(depose=True)
    reponse = client_du(dossier).post(page("message_structure", dossier), {"texte": "  "})
    contenu = reponse.content.decode()
    assert reponse.status_code == 200
    assert "Erreur (1)" in contenu
    assert "Remplissez ce champ : votre message." in contenu


def test_lire_ne_change_rien_marquer_lu_si_r61(client_du):
    dossier = DossierFactory(depose=True)
    message = MessageFactory(dossier=dossier, bdt=True)
    client = client_du(dossier)
    assert "J’ai lu ce message" in client.get(page("dossier_structure", dossier)).content.decode()
    message.refresh_from_db()
    assert message.lu_le is None
    assert client.get(page("lus_structure", dossier)).status_code == 405
    client.post(page("lus_structure", dossier))
    message.refresh_from_db()
    assert timezone.localdate(message.lu_le) == timezone.localdate()


# --- access ---------------------------------------------------------------------------------------------------------

PAGES = ["dossier_structure", "informations", "deposer", "repondre"]


@pytest.mark.parametrize("nom", PAGES)
def test_le_dossier_d_une_autre_structure_repond_404(client_de, nom):
    dossier = DossierFactory(complement=True)
    autre = client_de("structure")
    assert autre.get(page(nom, dossier)).status_code == 404
    assert autre.post(page(nom, dossier), {}).status_code in (404, 405)


@pytest.mark.parametrize("nom", PAGES)
@pytest.mark.parametrize("role", ["bdt", "anct", "candidat", "prefecture", "organisme"])
def test_les_pages_de_la_structure_sont_a_la_structure(client_de, nom, role):
    dossier = DossierFactory(complement=True)
    assert client_de(role).get(page(nom, dossier)).status_code == 403


def test_un_visiteur_se_connecte_d_abord(client_de):
    dossier = DossierFactory()
    reponse = client_de(Role.VISITEUR).get(page("dossier_structure", dossier))
    assert reponse.status_code == 302
    assert reponse["Location"].startswith(reverse("account_login"))
