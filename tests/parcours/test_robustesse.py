"""Forms given what is too long, too large or not a text: a sentence next to the field, never an error 500."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.commun.dates import fin_de_periode
from portal.comptes.models import Invitation, Utilisateur
from subventions.models import Contrat, Convention
from tests.commun.fichiers_exemples import pdf
from tests.comptes.factories import MOT_DE_PASSE, RattachementFactory
from tests.structures.factories import lieu
from tests.subventions.factories import DossierFactory, membre_du_dossier
from tests.subventions.factories_contrats import ContratFactory

pytestmark = pytest.mark.django_db

JOUR = dt.timedelta(days=1)
# 64 characters, then labels of 60: each part is lawful, the whole does not fit in a mailbox's 254.
ADRESSE_TROP_LONGUE = f"{'a' * 64}@{'.'.join(['b' * 60] * 3)}.{'c' * 20}.fr"
NUL = "ab\x00cd"


def erreurs(reponse) -> set[str]:
    assert reponse.status_code == 200, reponse
    return set(reponse.context["form"].errors)


# --- addresses ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("courriel", [ADRESSE_TROP_LONGUE, NUL, "a@b.fr\r\nBcc: c@d.fr", "é@é"])
def test_une_adresse_impossible_est_refusee_a_l_inscription(courriel):
    donnees = {"prenom": "A", "nom": "B", "email": courriel, "password1": MOT_DE_PASSE, "password2": MOT_DE_PASSE}
    assert erreurs(Client().post(reverse("account_signup"), donnees)) == {"email"}
    assert not Utilisateur.objects.exists()


@pytest.mark.parametrize("courriel", [ADRESSE_TROP_LONGUE, NUL])
def test_une_adresse_impossible_est_refusee_a_l_invitation(client_de, courriel):
    chef = client_de(rattachement=RattachementFactory(administrateur=True))
    donnees = {"prenom": "Lou", "nom": "Petit", "courriel": courriel}
    assert erreurs(chef.post(reverse("comptes:inviter"), donnees)) == {"courriel"}
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("courriel", [ADRESSE_TROP_LONGUE, NUL])
@pytest.mark.parametrize("action", ["action_add", "action_remove", "action_primary", "action_send"])
def test_une_adresse_impossible_ne_casse_pas_la_page_des_adresses(client_de, courriel, action):
    client = client_de("structure")
    reponse = client.post(reverse("account_email"), {action: "", "email": courriel})
    assert reponse.status_code in (200, 302)


@pytest.mark.parametrize("courriel", [ADRESSE_TROP_LONGUE, NUL])
def test_une_adresse_impossible_ne_casse_ni_la_connexion_ni_le_mot_de_passe(courriel):
    connexion = {"login": courriel, "password": "x"}
    assert Client().post(reverse("account_login"), connexion).status_code == 200
    assert Client().post(reverse("account_login"), {"login": "a@b.fr", "password": NUL}).status_code == 200
    assert Client().post(reverse("account_reset_password"), {"email": courriel}).status_code in (200, 302)


def test_un_role_illisible_n_est_pas_l_un_des_siens(client_de):
    client = client_de("structure")
    assert client.post(reverse("comptes:role"), {"rattachement": NUL}).status_code == 404
    for ailleurs in ("//pirate.example", "https://pirate.example/", "javascript:alert(1)"):
        donnees = {"rattachement": str(client.rattachement.uuid), "next": ailleurs}
        assert client.post(reverse("comptes:role"), donnees)["Location"] == reverse("espace")


# --- texts ----------------------------------------------------------------------------------------------------------


def test_les_caracteres_invisibles_ne_sont_pas_gardes(client_de):
    """What is pasted from a PDF or meant to deceive: control and reading-order characters; accents and emoji stay."""
    dossier = DossierFactory()
    client = client_de(rattachement=membre_du_dossier(dossier))
    adresse = reverse("subventions:informations", args=[dossier.uuid])
    reponse = client.post(adresse, {"president_nom": "Ze\u202e\x02\x1bno\u2066é 🙂", "cofinancement": "a\r\nb\x0c\tc"})
    assert reponse.status_code == 302
    dossier.refresh_from_db()
    assert dossier.president_nom == "Zenoé 🙂"
    assert dossier.cofinancement == "a\nb\tc"


def test_un_saut_de_ligne_compte_pour_un_caractere(client_de):
    """The browser lets 1,000 characters in; it sends each line break as two."""
    dossier = DossierFactory()
    client = client_de(rattachement=membre_du_dossier(dossier))
    texte = "é\r\n" * 499 + "fin"
    adresse = reverse("subventions:informations", args=[dossier.uuid])
    assert erreurs(client.post(adresse, {"cofinancement": texte})) == {"cofinancement"}
    assert client.post(adresse, {"cofinancement": texte[:-1]}).status_code == 302
    dossier.refresh_from_db()
    assert len(dossier.cofinancement) == 1000


def test_un_mot_de_passe_est_pris_tel_quel():
    donnees = {
        "prenom": "A",
        "nom": "B",
        "email": "a@b.fr",
        "password1": "Tilleul\u202e-Ardoise",
        "password2": "Tilleul-Ardoise",
    }
    assert erreurs(Client().post(reverse("account_signup"), donnees)) == {"password2"}


# --- amounts --------------------------------------------------------------------------------------------------------


def contrat(**champs):
    debut = timezone.localdate() + JOUR
    fin = fin_de_periode(debut, 24)
    defaut = {"nature": "contrat-projet", "debut": debut.isoformat(), "fin": fin.isoformat(), "temps_plein": "on"}
    return {**defaut, "salaire_brut": "2 100,00", **champs}


@pytest.mark.parametrize(
    "salaire",
    ["1 000 000", "9" * 12, "9" * 400, "1e400", "1e5", "NaN", "Infinity", "-2 100", "0", "2100,001", "٢١٠٠x", NUL],
)
def test_un_salaire_impossible_est_refuse_et_reste_affiche(client_de, salaire):
    """R62."""
    dossier = DossierFactory(conforme=True)
    client = client_de(rattachement=membre_du_dossier(dossier))
    adresse = reverse("subventions:contrat_preparer", args=[dossier.uuid])
    assert erreurs(client.post(adresse, contrat(salaire_brut=salaire))) == {"salaire_brut"}
    assert not Contrat.objects.exists()


@pytest.mark.parametrize("champ", ["debut", "fin"])
@pytest.mark.parametrize("jour", ["0001-01-01", "9999-12-31", "2023-02-29", "29/02/2023", "2024-13-01", NUL, "9" * 99])
def test_une_date_impossible_est_refusee(client_de, champ, jour):
    """R62."""
    dossier = DossierFactory(conforme=True)
    client = client_de(rattachement=membre_du_dossier(dossier))
    adresse = reverse("subventions:contrat_preparer", args=[dossier.uuid])
    assert erreurs(client.post(adresse, contrat(**{champ: jour}))) == {champ}


@pytest.mark.parametrize("montant", ["99 999 999 999", "100 000 000", "1 000 001", "9" * 300, "NaN"])
def test_un_montant_fixe_demesure_est_refuse(client_de, montant):
    """R6: what BdT sets by itself still fits in a subsidy."""
    dossier = DossierFactory(
        conforme=True,
        coordinateurs=True,
        mise_en_relation__poste__structure__type="gip",
        mise_en_relation__poste__structure__commune=lieu("97411"),
    )
    ContratFactory(dossier=dossier, nature="cdd-public", fin=timezone.localdate() + 300 * JOUR)
    adresse = reverse("subventions:convention_etablir", args=[dossier.uuid])
    reponse = client_de("bdt").post(adresse, {"montant_fixe": montant, "motif_montant": "Décision"})
    assert erreurs(reponse) == {"montant_fixe"}
    assert not Convention.objects.exists()


# --- files ----------------------------------------------------------------------------------------------------------


def test_un_nom_de_fichier_hostile_est_nettoye(client_de):
    """R60: the name is shown and sent back in a header; it can be neither a path nor a second header."""
    dossier = DossierFactory()
    client = client_de(rattachement=membre_du_dossier(dossier))
    piece = dossier.pieces.first()
    nom = "../../" + "é🙂\u202e" * 200 + "<script>.pdf"
    adresse = reverse("subventions:piece", args=[dossier.uuid, piece.uuid])
    fichier = SimpleUploadedFile(nom, pdf(), content_type="text/html")
    assert client.post(adresse, {"fichier": fichier}).status_code == 302
    piece.refresh_from_db()
    reponse = client.get(reverse("commun:document", args=[piece.document.uuid]))
    assert reponse["Content-Type"] == "application/pdf"
    assert len(piece.document.nom) <= 150
    assert not {"/", "\\", "\u202e", "<", "\n"} & set(piece.document.nom)
