"""Whatever is typed stays a text: pages, administration, exports, calendars, PDF files (issue 2, R112)."""

from __future__ import annotations

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook
from post_office.models import Email
from pypdf import PdfReader

from portal.commun.exports import TYPES
from portal.commun.models import Document
from portal.commun.roles import Role
from tests.securite import hostile as textes
from tests.securite.pages import Lecteur
from tests.securite.reponses import defauts
from tests.securite.saisies import formulaire, remplir
from tests.test_urls_roles import TABLE
from tests.urls_roles import Ligne

# An address that only takes a POST draws nothing; who does not enter sees a page of error.
LUES = [ligne for ligne in TABLE if ligne.roles and not ligne.post]
MOTIF = textes.texte(1, 900).replace("\r", "")
COURRIELS = [
    ("subventions:message_structure", Role.STRUCTURE, "depose", {"texte": MOTIF}),
    ("subventions:demander_complement", Role.BDT, "depose", {"texte": MOTIF}),
    ("candidats:preselectionner", Role.STRUCTURE, "nouvelle", {}),
    ("structures:rendre_poste", Role.STRUCTURE, "poste", {"raison": "autre", "precision": MOTIF[:800]}),
    ("formation:session_annuler", Role.ORGANISME, "session", {"motif": MOTIF}),
]
# Who sees the most of a page: signed out and signed in, the administration of ANCT and the buttons of a prefecture.
VOIENT_LE_PLUS = (Role.VISITEUR, Role.STRUCTURE, Role.ANCT, Role.PREFECTURE)
# Its header and its menu are those of each role.
DE_CHACUN = frozenset({"comptes:compte"})


def _roles(ligne: Ligne) -> list[Role]:
    """The roles that see another page there; who is answered otherwise (sent elsewhere, an extract) counts too."""
    if ligne.nom in DE_CHACUN:
        return sorted(ligne.roles)
    meme = not ligne.nom.startswith("admin:") or ligne.nom.endswith(("_changelist", "_history", "_export"))
    deux = Role.VISITEUR in ligne.roles or not meme
    voient = [role for role in VOIENT_LE_PLUS if role in ligne.roles][: 2 if deux else 1]
    connus = {ligne.attendu(role) for role in voient}
    for role in sorted(ligne.roles):
        if (statut := ligne.attendu(role)) not in connus:
            connus.add(statut)
            voient.append(role)
    return voient or sorted(ligne.roles)[:1]


def test_les_textes_hostiles_sont_en_place(hostile):
    """Every column where a person writes holds one: a page that shows it safely proves something."""
    attendues = {
        "structures.Structure.nom",
        "structures.Candidature.motivation",
        "structures.Poste.motif_fin",
        "candidats.Candidat.motivation",
        "candidats.Entretien.lieu",
        "subventions.Dossier.annonce_url",
        "subventions.Suspension.motif",
        "formation.SessionFormation.lieu",
        "comptes.Utilisateur.nom",
        "comptes.Utilisateur.email",
        "commun.Document.nom",
    }
    assert attendues <= hostile.remplies


@pytest.mark.parametrize("ligne", LUES, ids=str)
def test_une_page_montre_le_texte_et_ne_l_execute_pas(hostile, ligne: Ligne):
    for role in _roles(ligne):
        adresse = ligne.adresse(hostile.scene.ici.pour(role))
        reponse = hostile.scene.client(role).get(adresse)
        assert reponse.status_code < 500, f"{adresse} as {role}"
        assert not list(defauts(reponse)), f"{adresse} as {role}"


@pytest.mark.parametrize("ligne", [ligne for ligne in LUES if ligne.fixe.get("format") in TYPES], ids=str)
def test_un_tableau_ne_calcule_rien(hostile, ligne: Ligne):
    """XLSX: no cell is a formula, no link leaves the file; the CSV one is read with the pages."""
    role = _roles(ligne)[0]
    monde = hostile.scene.ici.pour(role)
    reponse = hostile.scene.client(role).get(ligne.adresse(monde, format="xlsx"))
    assert reponse.status_code == 200
    cellules = [cellule for rangee in load_workbook(io.BytesIO(reponse.content)).active for cellule in rangee]
    assert not [cellule.value for cellule in cellules if cellule.data_type == "f" or cellule.hyperlink]


def test_un_document_imprime_ne_va_rien_chercher(hostile):
    """WeasyPrint reads no address that a text gives, and the document links to nothing outside."""
    scene = hostile.scene
    adresse = reverse("subventions:convention_etablir", args=[scene.ici.prepare.uuid])
    avant = set(Document.objects.values_list("pk", flat=True))
    assert scene.client(Role.BDT).post(adresse).status_code == 302
    document = Document.objects.exclude(pk__in=avant).get()
    with document.fichier.open("rb") as fichier:
        pages = PdfReader(io.BytesIO(fichier.read())).pages
    textes_lus = "".join(page.extract_text() for page in pages)
    assert "<script>" in textes_lus and textes.EVALUE not in textes_lus
    liens = [note.get_object().get("/A", {}).get("/URI", "") for page in pages for note in page.get("/Annots", [])]
    assert not [lien for lien in liens if "pirate" in str(lien)]


def test_un_courriel_ne_devient_pas_autre_chose(hostile):
    """Subject on one line, no recipient added, HTML without an element that a text brought."""
    scene = hostile.scene
    Email.objects.all().delete()
    for nom, role, objet, saisie in COURRIELS:
        adresse = reverse(nom, args=[getattr(scene.ici, objet).uuid])
        client = scene.client(role)
        page = formulaire(client, adresse)
        propre = {**(remplir(page) if page else {}), **saisie}
        assert client.post(adresse, propre).status_code == 302, nom
    assert Email.objects.count() >= len(COURRIELS)
    for courriel in Email.objects.all():
        assert "\n" not in courriel.subject and "\r" not in courriel.subject
        assert len(courriel.to) == 1 and not courriel.cc and not courriel.bcc
        # The wrapper has its own style, since a mail has no style sheet.
        dangers = [danger for danger in Lecteur(courriel.html_message).dangers if "style" not in danger]
        assert not dangers, courriel.subject
        assert textes.EVALUE not in courriel.html_message + courriel.message
        entetes = courriel.email_message().message()
        assert entetes["Bcc"] is None and "pirate@exemple.fr" not in str(entetes["To"])
