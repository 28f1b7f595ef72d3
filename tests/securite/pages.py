"""Reading a page as a browser does: what its elements really are, and what its forms would send."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

ADRESSES = frozenset({"href", "src", "action", "formaction", "srcset", "poster", "data", "xlink:href"})
# What the portal never draws itself.
ELEMENTS_INTERDITS = frozenset(
    {"iframe", "object", "embed", "base", "applet", "frame", "style", "marquee", "foreignobject"}
)
PROTOCOLES = frozenset({"", "http", "https", "mailto", "tel"})
TYPES_DE_SCRIPT = frozenset({"application/json", "importmap"})


@dataclass
class Champ:
    nom: str
    # The type of an input, `select` or `textarea`.
    genre: str
    valeurs: list[str] = field(default_factory=list)
    choix: list[str] = field(default_factory=list)
    attributs: dict[str, str] = field(default_factory=dict)


@dataclass
class FormulaireHtml:
    action: str
    champs: dict[str, Champ] = field(default_factory=dict)

    def champ(self, nom: str, genre: str, attributs: dict[str, str]) -> Champ:
        return self.champs.setdefault(nom, Champ(nom, genre, attributs=attributs))


class Lecteur(HTMLParser):
    """One pass over a page: `dangers` says what should not be there, `formulaires` are those that post."""

    def __init__(self, texte: str) -> None:
        super().__init__(convert_charrefs=True)
        self.dangers: list[str] = []
        self.formulaires: list[FormulaireHtml] = []
        self.parametres: set[str] = set()
        self._formulaire: FormulaireHtml | None = None
        self._recherche = False
        self._liste: Champ | None = None
        self._zone: Champ | None = None
        self.feed(texte)
        self.close()

    def handle_startendtag(self, tag: str, attrs: list[Any]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_starttag(self, tag: str, attrs: list[Any]) -> None:
        attributs = {nom: valeur or "" for nom, valeur in attrs}
        self._surveiller(tag, attributs)
        if tag == "form":
            self._recherche = attributs.get("method", "get").lower() == "get"
            self._formulaire = None if self._recherche else FormulaireHtml(attributs.get("action", ""))
            if self._formulaire:
                self.formulaires.append(self._formulaire)
        elif tag == "option" and self._liste is not None:
            valeur = attributs.get("value", "")
            self._liste.choix.append(valeur)
            if "selected" in attributs:
                self._liste.valeurs.append(valeur)
        elif tag in ("input", "select", "textarea"):
            self._lire_champ(tag, attributs)

    def _lire_champ(self, tag: str, attributs: dict[str, str]) -> None:
        nom = attributs.get("name", "")
        if nom and self._recherche:
            self.parametres.add(nom)
        if not nom or self._formulaire is None or "disabled" in attributs:
            return
        genre = attributs.get("type", "text") if tag == "input" else tag
        if nom == "csrfmiddlewaretoken" or genre in ("submit", "button", "image", "reset"):
            return
        champ = self._formulaire.champ(nom, genre, attributs)
        if tag == "select":
            self._liste = champ
        elif tag == "textarea":
            self._zone, champ.valeurs = champ, [""]
        elif genre in ("radio", "checkbox"):
            champ.choix.append(attributs.get("value", "on"))
            champ.valeurs += [champ.choix[-1]] if "checked" in attributs else []
        elif attributs.get("value"):
            champ.valeurs.append(attributs["value"])

    def handle_data(self, data: str) -> None:
        if self._zone is not None:
            self._zone.valeurs[0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._formulaire, self._recherche = None, False
        elif tag == "select":
            self._liste = None
        elif tag == "textarea" and self._zone is not None:
            # The first line break after the tag is not part of the value.
            self._zone.valeurs[0] = self._zone.valeurs[0].removeprefix("\r").removeprefix("\n")
            self._zone = None

    def _surveiller(self, tag: str, attributs: dict[str, str]) -> None:
        if tag in ELEMENTS_INTERDITS:
            self.dangers.append(f"<{tag}>")
        if tag == "script" and not attributs.get("src") and attributs.get("type") not in TYPES_DE_SCRIPT:
            self.dangers.append("inline <script>")
        if tag == "meta" and attributs.get("http-equiv", "").lower() == "refresh":
            self.dangers.append("<meta refresh>")
        for nom, valeur in attributs.items():
            if nom.startswith("on") or nom in ("style", "srcdoc", "autofocus"):
                self.dangers.append(f"<{tag} {nom}={valeur!r}>")
            # The QR code of the second factor is drawn in the page.
            dessin = tag == "img" and valeur.startswith("data:image/svg+xml;base64,")
            if nom in ADRESSES and not dessin and (_protocole(valeur) not in PROTOCOLES or valeur == "x"):
                self.dangers.append(f"<{tag} {nom}={valeur[:60]!r}>")


def _protocole(adresse: str) -> str:
    """As a browser reads it: blanks and control characters do not count."""
    net = "".join(lettre for lettre in adresse if lettre > " ")
    return "illisible" if net.startswith("//") else urlsplit(net.partition("?")[0]).scheme.lower()
