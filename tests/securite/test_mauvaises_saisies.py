"""What a form is not made for: nothing, too much, the wrong kind. The page says so and keeps what was typed (issue 2).

Wrong values go in all the fields at once, so that each is read; then in one field of each kind among good answers, for
what only looks at the whole. The values take turns from one form to the next: each meets each kind of field.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.utils.html import escape

from tests.securite import hostile as textes
from tests.securite.envois import PREPARATIONS, preparer, saisie_propre
from tests.securite.pages import FormulaireHtml
from tests.securite.reponses import defauts
from tests.securite.saisies import fichier, formulaire, remplir, role_de
from tests.test_urls_roles import TABLE, _a_defaire
from tests.urls_roles import Ligne

SANS_FORMULAIRE = ("_change", "_changelist", "_history", "_delete")
FORMULAIRES = [ligne for ligne in TABLE if ligne.roles and not ligne.nom.endswith(SANS_FORMULAIRE)]
# 404: an object named in the form that does not exist; 403: a page of Django that only reads.
ADMIS = frozenset({200, 302, 400, 403, 404, 405, 409, 410, 413, 422})

VALEURS: dict[str, Any] = {
    "hostile": textes.texte(0),
    "long": "é" * 20_000,
    "nul": "avant\x00après",
    "utf-8 illisible": [b"avant\xed\xa0\x80apr\xe8s"],
    "enorme": str(10**30),
    "negatif": "-1",
    "exposant": "1e400",
    "an 1": "0001-01-01",
    "an 9999": "9999-12-31",
    "chiffre etrange": "²٣",
    "uuid": "00000000-0000-0000-0000-000000000000",
}
FICHIERS = {"vide": b"", "texte": b"<script>alert(1)</script>", "pdf coupe": b"%PDF-1.7\n1 0 obj"}


# The same form, by the link of the mail and from the space: the whole round for the first one.
JUMEAUX = frozenset({"structures:candidature_corriger"})


def _partout(page: FormulaireHtml, valeur: Any) -> dict[str, Any]:
    return {nom: fichier() if champ.genre == "file" else valeur for nom, champ in page.champs.items()}


def _mauvaises(page: FormulaireHtml, bonnes: dict[str, Any], tour: int) -> dict[str, dict[str, Any]]:
    if not page.champs:
        # A button alone has nothing to be wrong; it is pressed, twice, in `test_double_envoi.py`.
        return {}
    sortes = list(VALEURS)
    tournantes = {nom: VALEURS[sortes[(rang + tour) % len(sortes)]] for rang, nom in enumerate(page.champs)}
    fichiers = {nom: fichier() for nom, champ in page.champs.items() if champ.genre == "file"}
    saisies: dict[str, dict[str, Any]] = {
        "vide": {},
        "hostile": _partout(page, VALEURS["hostile"]),
        f"tour {tour}": {**tournantes, **fichiers},
    }
    if len(page.champs) == 1 and not fichiers:
        # One field alone is all the fields.
        return saisies
    uns = list({champ.genre: champ.nom for champ in page.champs.values() if champ.genre != "file"}.values())
    for rang, nom in enumerate(uns):
        sorte = sortes[(2 * rang + tour) % len(sortes)]
        # One field in four is missing instead: for who reads the whole, the same as wrong.
        autres = {cle: valeur for cle, valeur in bonnes.items() if cle != nom}
        saisies[f"{nom} {sorte}"] = autres if (rang + tour) % 4 == 0 else {**autres, nom: VALEURS[sorte]}
    for nom in list(fichiers)[:1]:
        for sorte, contenu in FICHIERS.items():
            saisies[f"{nom} {sorte}"] = {**bonnes, nom: fichier(contenu, "../\x01<b>.pdf")}
        saisies[f"{nom} texte seul"] = {**bonnes, nom: "pas un fichier"}
    return saisies


@pytest.mark.parametrize("ligne", FORMULAIRES, ids=str)
def test_une_mauvaise_saisie_n_est_pas_une_panne(scene, lectures, ligne: Ligne):
    role, cle = role_de(ligne), str(ligne)
    monde = scene.ici.pour(role)
    preparer(cle, monde)
    adresse, client = ligne.adresse(monde), scene.client(role)
    lire = formulaire if cle in PREPARATIONS else lectures.formulaire
    lue = lire(client, adresse) if not ligne.post else FormulaireHtml(adresse)
    if lue is None:
        return
    page = FormulaireHtml(lue.action, {**lue.champs})
    propre = saisie_propre(cle, monde)
    for nom in propre:
        page.champ(nom, "text", {})
    bonnes = {**remplir(page), **propre}
    saisies = _mauvaises(page, bonnes, FORMULAIRES.index(ligne))
    if cle in JUMEAUX:
        saisies = {nom: saisies[nom] for nom in ("vide", "hostile")}
    for nom, saisie in saisies.items():
        with _a_defaire():
            reponse = scene.client(role).post(adresse, saisie)
            assert reponse.status_code in ADMIS, nom
            _verifier_la_page(reponse, saisie, nom)


def _verifier_la_page(reponse: Any, saisie: dict[str, Any], nom: str) -> None:
    """Nothing typed is run; what was typed is shown again."""
    assert not list(defauts(reponse)), nom
    html = reponse.get("Content-Type", "").startswith("text/html")
    if nom == "hostile" and html and reponse.status_code == 200 and "<textarea" in (page := reponse.content.decode()):
        assert escape(textes.CORPS) in page


def test_un_corps_illisible_ou_trop_gros_est_refuse(scene, settings):
    """An invalid UTF-8 body, a broken multipart one, and more than the portal reads."""
    lignes = [
        ligne for ligne in FORMULAIRES if ligne.nom in {"structures:contact", "subventions:piece", "account_login"}
    ]
    corps = {
        "application/x-www-form-urlencoded": b"nom=%ff%fe\xff&texte=%ed%a0%80",
        "multipart/form-data; boundary=x": b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\xfe',
        "multipart/form-data": b"--x",
        "application/json": b"{",
        "text/plain; charset=inconnu": b"\xff",
    }
    maximum = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    for ligne in lignes:
        role = role_de(ligne)
        adresse = ligne.adresse(scene.ici.pour(role))
        for genre, contenu in corps.items():
            reponse = scene.client(role).generic("POST", adresse, contenu, content_type=genre)
            assert reponse.status_code in ADMIS, genre
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100_000
        gros = scene.client(role).post(adresse, {"texte": "x" * 100_001})
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = maximum
        assert gros.status_code == 413, ligne
