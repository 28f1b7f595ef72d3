"""Somebody in front of the portal: reads, clicks, fills in, as people do, and every page crossed is checked."""

from __future__ import annotations

import re
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from playwright.sync_api import expect
from post_office.models import Email

from tests.commun.fichiers_exemples import pdf
from tests.outils_navigateur import verifier_accessibilite

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|/[\w:-]{40,}(?=/)|/\d+(?=/)")
FICHIER = {"name": "piece.pdf", "mimeType": "application/pdf", "buffer": pdf()}


class Visite:
    """One person's browser. With JavaScript, axe runs on each page that this journey has not seen yet."""

    def __init__(self, page: Any, *, js: bool, vues: set[tuple[str, str]]):
        self.page, self.js, self.vues = page, js, vues
        self.statut = 200
        page.on("response", self._noter)

    def _noter(self, reponse: Any) -> None:
        if reponse.request.is_navigation_request() and not 300 <= reponse.status < 400:
            self.statut = reponse.status

    # --- moving ---

    def aller(self, adresse: str) -> None:
        self.page.goto(adresse)
        self._verifier()

    def suivre(self, lien: str, *, dans: str = "", exact: bool = False) -> None:
        """Click a link by its first words; `dans` selects the part of the page when they stand in several."""
        self._cliquer("link", lien, dans, exact)

    def presser(self, bouton: str, *, dans: str = "", exact: bool = False) -> None:
        self._cliquer("button", bouton, dans, exact)

    def _cliquer(self, role: str, nom: str, dans: str, exact: bool) -> None:
        """In the content of the page first, then in its header and menus."""
        debut = _debut(nom, r"\s*$" if exact else "")
        trouves = self.page.locator(dans or "main").first.get_by_role(role, name=debut)
        if not dans and not trouves.count():
            trouves = self.page.get_by_role(role, name=debut)
        trouves.first.click()
        self._verifier()

    def _verifier(self) -> None:
        """The page answered, has its one title, and axe finds nothing to say about it."""
        self.page.wait_for_load_state()
        assert self.statut < 400, f"{self.page.url}: {self.statut}"
        assert self.page.locator("h1").count() == 1, f"{self.page.url}: {self.page.locator('h1').count()} h1"
        titre = self.page.title()
        assert titre, self.page.url
        cle = UUID.sub("…", self.page.url), re.sub(r"\d+", "…", titre)
        if self.js and cle not in self.vues:
            verifier_accessibilite(self.page)
        self.vues.add(cle)

    # --- filling in ---

    def saisir(self, valeurs: dict[str, str]) -> None:
        for libelle, valeur in valeurs.items():
            champ = self._champ(libelle)
            if champ.evaluate("champ => champ.tagName") == "SELECT":
                champ.select_option(label=valeur)
            else:
                champ.fill(valeur)

    def choisir(self, *libelles: str, groupe: str = "", exact: bool = False) -> None:
        """Tick radio buttons or boxes by their words; `groupe`: the question, when the words are those of several."""
        zone = self.page.get_by_role("group", name=_debut(groupe)).first if groupe else self.page
        for libelle in libelles:
            self._champ(libelle, zone, exact=exact).check(force=True)

    def joindre(self, libelle: str, fichier: dict[str, Any] | None = None) -> None:
        self._champ(libelle).set_input_files(fichier or FICHIER)

    def _champ(self, libelle: str, zone: Any = None, *, exact: bool = False) -> Any:
        return (zone or self.page).get_by_label(_debut(libelle, r"\s*$" if exact else "")).first

    # --- reading ---

    def voit(self, *textes: str) -> None:
        for texte in textes:
            expect(self.page.get_by_text(texte).first).to_be_visible()

    def ne_voit_pas(self, *textes: str) -> None:
        for texte in textes:
            assert not self.page.get_by_text(texte).count(), f"{self.page.url} shows « {texte} »"

    def telecharge(self, lien: str) -> bytes:
        """The file behind a link, with the person's session."""
        adresse = self.page.get_by_role("link", name=lien).first.get_attribute("href")
        reponse = self.page.request.get(adresse)
        assert reponse.ok, f"{adresse}: {reponse.status}"
        return reponse.body()

    # --- signing in ---

    def se_connecter(self, courriel: str, mot_de_passe: str, secret_totp: str = "") -> None:
        if "/comptes/login/" not in self.page.url:
            self.aller("/comptes/login/")
        self.saisir({"Adresse": courriel, "Mot de passe": mot_de_passe})
        self.presser("Se connecter")
        if secret_totp:
            self.saisir({"Code de sécurité": code_totp(secret_totp)})
            self.presser("Se connecter")


def _debut(texte: str, fin: str = "") -> re.Pattern[str]:
    """The first words of a label (the whole of it with `fin`), however the page cuts its lines."""
    mots = r"\s+".join(map(re.escape, texte.split()))
    return re.compile(rf"^\s*{mots}{fin}")


def code_totp(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def dernier_courriel(adresse: str, contient: str = "") -> Email:
    """The last mail to somebody in the outbox; the subject or the text holds `contient`."""
    for courriel in Email.objects.filter(to__contains=adresse).order_by("-pk"):
        if contient in courriel.subject or contient in courriel.message:
            return courriel
    recus = list(Email.objects.filter(to__contains=adresse).values_list("subject", flat=True))
    raise AssertionError(f"no mail to {adresse} with « {contient} » among {recus}")


def lien_du_courriel(adresse: str, contient: str, chemin: str = "") -> str:
    """The path of the first link of that mail whose path holds `chemin`."""
    texte = dernier_courriel(adresse, contient).message
    liens = [lien for lien in re.findall(r"https?://[^/\s]+(/[^\s<>)]*)", texte) if chemin in lien]
    assert liens, texte
    return liens[0].rstrip(".,")
