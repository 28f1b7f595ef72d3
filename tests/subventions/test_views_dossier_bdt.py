"""The desk of the Banque des Territoires: queue, filters, exports, instruction of a file (R2, R61, R112)."""

from __future__ import annotations

import datetime as dt
import io
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from portal.commun.roles import Role
from subventions import actions, file_attente
from subventions.enums import EtatDossier, EtatPiece
from subventions.models import Dossier
from tests.comptes.factories import acteur
from tests.structures.factories import lieu
from tests.subventions.factories import (
    DossierFactory,
    MessageFactory,
    acteur_du_dossier,
    fichier_pdf,
    piece_de,
)

pytestmark = pytest.mark.django_db
FILE = "/espace/bdt/"


def page(nom: str, dossier: Dossier, *args) -> str:
    return reverse(f"subventions:{nom}", args=[dossier.uuid, *args])


def depose_il_y_a(dossier: Dossier, jours: int) -> Dossier:
    Dossier.objects.filter(pk=dossier.pk).update(depose_le=timezone.now() - dt.timedelta(days=jours))
    dossier.refresh_from_db()
    return dossier


def numeros(reponse) -> list[int]:
    return [ligne.dossier.numero for ligne in reponse.context["lignes"]]


@pytest.fixture
def bdt(client_de):
    return client_de("bdt")


# --- queue ----------------------------------------------------------------------------------------------------------


def test_la_file_commence_par_le_plus_urgent_r61(bdt):
    recent, ancien = DossierFactory(depose=True), depose_il_y_a(DossierFactory(depose=True), 10)
    attente, _ = DossierFactory(complement=True), DossierFactory(complet=True)
    reponse = bdt.get(FILE)
    assert numeros(reponse) == [ancien.numero, recent.numero, attente.numero]
    assert "Délai arrêté" in reponse.content.decode()


def test_un_dossier_en_retard_est_signale_r2(bdt):
    depose_il_y_a(DossierFactory(depose=True), 15)
    assert "En retard" not in bdt.get(FILE).content.decode()
    depose_il_y_a(Dossier.objects.get(), 16)
    reponse = bdt.get(FILE)
    assert "En retard" in reponse.content.decode()
    assert "subv-retard" in reponse.content.decode()


def test_l_appel_prive_n_a_qu_une_date_previsible_r2(bdt):
    depose_il_y_a(DossierFactory(privee=True, depose=True), 30)
    contenu = bdt.get(FILE).content.decode()
    assert "Prévisible le" in contenu
    assert "En retard" not in contenu


def test_filtrer_la_file_r61(bdt):
    public = DossierFactory(depose=True)
    prive = DossierFactory(privee=True, depose=True, gestionnaire_id=bdt.acteur.utilisateur_id)
    prive.structure.commune = lieu("63113")
    prive.structure.save()
    conforme = DossierFactory(conforme=True)
    assert numeros(bdt.get(FILE, {"etat": "conforme"})) == [conforme.numero]
    assert set(numeros(bdt.get(FILE, {"etat": "tous"}))) == {public.numero, prive.numero, conforme.numero}
    assert numeros(bdt.get(FILE, {"regime": "ami-prive-2021"})) == [prive.numero]
    assert numeros(bdt.get(FILE, {"departement": "03"})) == [public.numero]
    assert numeros(bdt.get(FILE, {"traitement": "miens"})) == [prive.numero]
    assert numeros(bdt.get(FILE, {"traitement": "libres"})) == [public.numero]


def test_chercher_dans_la_file(bdt):
    un, deux = DossierFactory(depose=True), DossierFactory(depose=True)
    un.structure.nom, un.structure.nom_normalise = "Mairie de L’Haÿ", "mairie de l hay"
    un.structure.save()
    personne = deux.candidat.utilisateur
    personne.nom = "Zimmermann"
    personne.save()
    assert numeros(bdt.get(FILE, {"q": "haÿ"})) == [un.numero]
    assert numeros(bdt.get(FILE, {"q": "HAY mairie"})) == [un.numero]
    assert numeros(bdt.get(FILE, {"q": "zimmer"})) == [deux.numero]
    assert numeros(bdt.get(FILE, {"q": str(deux.numero)})) == [deux.numero]
    assert numeros(bdt.get(FILE, {"q": un.structure.siret})) == [un.numero]
    reponse = bdt.get(FILE, {"q": "9" * 30})
    assert reponse.context["lignes"] == []
    assert "Aucun dossier ne correspond" in reponse.content.decode()


@pytest.mark.parametrize("mauvais", [{"etat": "inconnu"}, {"departement": "999"}, {"q": "x" * 200}])
def test_un_mauvais_filtre_le_dit(bdt, mauvais):
    DossierFactory(depose=True)
    reponse = bdt.get(FILE, mauvais)
    assert reponse.status_code == 200
    assert reponse.context["lignes"] == []
    assert "à corriger" in reponse.content.decode()


def test_la_file_vide_dit_quoi_faire(bdt):
    assert "Aucun dossier n’est en cours d’instruction" in bdt.get(FILE).content.decode()


def test_la_file_coute_le_meme_nombre_de_requetes(bdt):
    def compter() -> int:
        with CaptureQueriesContext(connection) as requetes:
            assert bdt.get(FILE).status_code == 200
        return len(requetes)

    for _ in range(3):
        MessageFactory(dossier=DossierFactory(complement=True))
    bdt.get(FILE)
    peu = compter()
    for _ in range(12):
        MessageFactory(dossier=DossierFactory(complement=True))
    assert compter() == peu


def test_la_file_est_paginee(bdt, monkeypatch):
    monkeypatch.setattr(file_attente, "PAR_PAGE", 2)
    dossiers = [depose_il_y_a(DossierFactory(depose=True), jours) for jours in (5, 3, 1)]
    assert numeros(bdt.get(FILE)) == [dossiers[0].numero, dossiers[1].numero]
    assert numeros(bdt.get(FILE, {"page": 2})) == [dossiers[2].numero]
    assert "3 dossiers" in bdt.get(FILE, {"page": "n’importe quoi"}).content.decode()


# --- exports --------------------------------------------------------------------------------------------------------


def test_l_export_suit_les_filtres_sans_donnee_d_identite_r112(bdt):
    dossier = depose_il_y_a(DossierFactory(depose=True), 20)
    DossierFactory(conforme=True)
    reponse = bdt.get("/espace/bdt/export/csv/")
    texte = reponse.content.decode("utf-8-sig")
    lignes = texte.strip().split("\r\n")
    assert len(lignes) == 2
    assert str(dossier.numero) in lignes[1]
    assert dossier.structure.siret in lignes[1]
    for secret in (dossier.president_nom, dossier.dgs_nom, dossier.iban, str(dossier.candidat), "1962", "1990"):
        assert secret not in texte
    classeur = load_workbook(io.BytesIO(bdt.get("/espace/bdt/export/xlsx/?etat=tous").content))
    assert classeur.active.max_row == 3


def test_un_format_inconnu_n_existe_pas(bdt):
    assert bdt.get("/espace/bdt/export/pdf/").status_code == 404


# --- one file -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("etat", ["complet", "depose", "complement", "conforme", "rejete", "clos"])
def test_la_page_du_dossier_dans_chaque_etat(bdt, etat):
    dossier = DossierFactory(**{etat: True})
    reponse = bdt.get(page("dossier_bdt", dossier))
    contenu = reponse.content.decode()
    assert reponse.status_code == 200
    assert contenu.count("<h1") == 1
    assert dossier.etat_bdt in contenu
    assert (page("declarer_conforme", dossier) in contenu) is (etat == "depose")
    assert ("Accepter<" in contenu) is (etat in ("depose", "complement"))


@pytest.mark.parametrize("adresse", [FILE, "/espace/bdt/tranches/"])
def test_une_seule_entree_du_menu_est_la_courante(bdt, adresse):
    """The address of the queue begins that of every page of the desk."""
    menu = bdt.get(adresse).content.decode().split("menu-lateral-titre", 1)[1].split("</nav>")[0]
    assert menu.count("aria-current") == 1


def test_un_dossier_inconnu_est_introuvable(bdt):
    assert bdt.get(reverse("subventions:dossier_bdt", args=[uuid.uuid4()])).status_code == 404


def test_prendre_en_charge_puis_reprendre_r61(bdt):
    dossier = DossierFactory(depose=True)
    bdt.post(page("prendre_en_charge", dossier))
    dossier.refresh_from_db()
    assert dossier.gestionnaire_id == bdt.acteur.utilisateur_id
    collegue = acteur(Role.BDT)
    actions.prendre_en_charge(acteur=collegue, dossier=dossier, releve=True)
    # A stale page does not dispossess the colleague who took the file meanwhile.
    reponse = bdt.post(page("prendre_en_charge", dossier), {"releve": ""}, follow=True)
    assert "a déjà pris ce dossier en charge" in reponse.content.decode()
    assert collegue.nom in bdt.get(page("prendre_en_charge", dossier)).content.decode()
    bdt.post(page("prendre_en_charge", dossier), {"releve": collegue.utilisateur_id})
    dossier.refresh_from_db()
    assert dossier.gestionnaire_id == bdt.acteur.utilisateur_id


def test_accepter_une_piece_r60(bdt):
    dossier = DossierFactory(depose=True)
    piece = piece_de(dossier, "rib")
    adresse = page("accepter_piece", dossier, piece.uuid)
    assert bdt.get(adresse).status_code == 405
    assert bdt.post(adresse, {"document": piece.document.uuid})["Location"].endswith("#pieces")
    assert piece_de(dossier, "rib").etat == EtatPiece.ACCEPTEE
    reponse = bdt.post(adresse, {"document": piece.document.uuid}, follow=True)
    assert "Action impossible" in reponse.content.decode()


def test_on_n_accepte_pas_une_piece_remplacee_depuis_l_affichage_r60(bdt):
    dossier = DossierFactory(complement=True)
    vue = piece_de(dossier, "rib")
    actions.deposer_piece(acteur=acteur_du_dossier(dossier), piece=vue, fichier=fichier_pdf())
    for nom in ("accepter_piece", "refuser_piece"):
        reponse = bdt.post(
            page(nom, dossier, vue.uuid), {"document": vue.document.uuid, "motif": "Illisible."}, follow=True
        )
        assert "vient de remplacer cette pièce" in reponse.content.decode()
    assert piece_de(dossier, "rib").etat == EtatPiece.RECUE


def test_refuser_une_piece_r60(bdt):
    dossier = DossierFactory(depose=True)
    piece = piece_de(dossier, "rib")
    adresse = page("refuser_piece", dossier, piece.uuid)
    assert "Motif du refus" in bdt.get(adresse).content.decode()
    assert "Remplissez ce champ" in bdt.post(adresse, {"motif": ""}).content.decode()
    bdt.post(adresse, {"motif": "Illisible.", "document": piece.document.uuid})
    assert piece_de(dossier, "rib").motif_refus == "Illisible."
    assert "Demandez un complément" in bdt.get(page("dossier_bdt", dossier)).content.decode()


def test_demander_un_complement_r61(bdt):
    dossier = DossierFactory(depose=True)
    assert bdt.get(page("demander_complement", dossier)).status_code == 200
    assert bdt.post(page("demander_complement", dossier), {"texte": "Le budget."}).status_code == 302
    dossier.refresh_from_db()
    assert dossier.etat == EtatDossier.COMPLEMENT
    contenu = bdt.get(page("dossier_bdt", dossier)).content.decode()
    assert "Le délai est arrêté" in contenu
    assert "Le budget." in contenu


def test_valider_la_conformite_r60(bdt):
    dossier = DossierFactory(depose=True)
    contenu = bdt.get(page("declarer_conforme", dossier)).content.decode()
    assert "Acceptez d’abord toutes les pièces obligatoires" in contenu
    reponse = bdt.post(page("declarer_conforme", dossier))
    assert "Pièces qui restent à accepter" in reponse.content.decode()
    for piece in dossier.pieces.filter(etat=EtatPiece.RECUE):
        actions.accepter_piece(acteur=bdt.acteur, piece=piece)
    assert "Cette décision ne s’annule pas" in bdt.get(page("declarer_conforme", dossier)).content.decode()
    assert Dossier.objects.get(pk=dossier.pk).etat == EtatDossier.DEPOSE
    assert bdt.post(page("declarer_conforme", dossier)).status_code == 302
    assert Dossier.objects.get(pk=dossier.pk).etat == EtatDossier.CONFORME


def test_rejeter_puis_second_depot_r61(bdt):
    dossier = DossierFactory(depose=True)
    bdt.post(page("rejeter", dossier), {"motif": "Poste déjà financé."})
    dossier.refresh_from_db()
    assert dossier.etat == EtatDossier.REJETE
    actions.deposer_dossier(acteur=acteur_du_dossier(dossier), dossier=dossier)
    contenu = bdt.get(page("dossier_bdt", dossier)).content.decode()
    assert "Dossier déjà rejeté une fois" in contenu
    assert "Poste déjà financé." in contenu


def test_le_second_a_decider_lit_qui_l_a_precede_r61(bdt):
    dossier = DossierFactory(depose=True, etat_pieces=EtatPiece.ACCEPTEE)
    collegue = acteur(Role.BDT)
    actions.declarer_conforme(acteur=collegue, dossier=dossier)
    reponse = bdt.post(page("rejeter", dossier), {"motif": "Trop tard."})
    contenu = reponse.content.decode()
    assert f"{collegue.nom} est passé avant vous" in contenu
    # What was typed is kept.
    assert "Trop tard." in contenu


def test_la_messagerie_de_bdt_r61(bdt):
    dossier = DossierFactory(depose=True)
    message = MessageFactory(dossier=dossier)
    assert "1 message" in bdt.get(FILE).content.decode()
    assert "J’ai lu ce message" in bdt.get(page("dossier_bdt", dossier)).content.decode()
    bdt.post(page("lus_bdt", dossier))
    message.refresh_from_db()
    assert message.lu_le is not None
    bdt.post(page("message_bdt", dossier), {"texte": "Nous instruisons."})
    assert dossier.messages.last().texte == "Nous instruisons."
    assert "Remplissez ce champ" in bdt.post(page("message_bdt", dossier), {"texte": ""}).content.decode()


def test_la_page_d_un_dossier_coute_le_meme_nombre_de_requetes(bdt):
    dossier = DossierFactory(complement=True)

    def compter() -> int:
        with CaptureQueriesContext(connection) as requetes:
            bdt.get(page("dossier_bdt", dossier))
        return len(requetes)

    MessageFactory(dossier=dossier)
    bdt.get(page("dossier_bdt", dossier))
    peu = compter()
    for _ in range(10):
        MessageFactory(dossier=dossier)
    assert compter() == peu


# --- access ---------------------------------------------------------------------------------------------------------

PAGES_BDT = ["dossier_bdt", "prendre_en_charge", "demander_complement", "declarer_conforme", "rejeter"]


@pytest.mark.parametrize("nom", PAGES_BDT)
@pytest.mark.parametrize("role", ["structure", "anct", "candidat", "prefecture", "organisme", "support"])
def test_le_bureau_est_a_la_banque_des_territoires(client_de, nom, role):
    assert client_de(role).get(page(nom, DossierFactory(depose=True))).status_code == 403


@pytest.mark.parametrize("role", ["structure", "anct", "prefecture"])
def test_la_file_est_a_la_banque_des_territoires(client_de, role):
    client = client_de(role)
    assert client.get(FILE).status_code == 403
    assert client.get("/espace/bdt/export/csv/").status_code == 403
