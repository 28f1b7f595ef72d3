"""Content check of uploaded files (R44, R60): a file is what its bytes say, never what its name says."""

from __future__ import annotations

import hashlib
import io
import re
import unicodedata
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from PIL import Image
from pypdf import PdfReader

from portal.commun.erreurs import RegleNonRespectee

NOM_MAX = 150
PIXELS_MAX = 50_000_000
PAGES_LUES = 500
ACTIONS_INTERDITES = frozenset({"/JavaScript", "/Launch", "/ImportData", "/GoToE", "/Rendition"})
ANNOTATIONS_ACTIVES = frozenset({"/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"})
LIBELLES = {"pdf": "PDF", "jpg": "JPEG", "png": "PNG"}
TYPES_MIME = {"pdf": "application/pdf", "jpg": "image/jpeg", "png": "image/png"}


@dataclass(frozen=True, slots=True)
class FichierControle:
    """A file whose content was checked; `nom` is for people, `extension` and `type_mime` come from the content."""

    contenu: bytes
    extension: str
    type_mime: str
    empreinte: str
    taille: int
    nom: str


class _Refus(Exception):
    """Why a content is refused, in French."""


def controler_fichier(
    fichier: Any,
    *,
    types: Iterable[str] = ("pdf",),
    taille_max: int | None = None,
    nom: str = "",
    regle: str = "R60",
    champ: str | None = None,
) -> FichierControle:
    """Read and check `fichier` (uploaded file, file object, bytes, or one already checked).

    Raises `RegleNonRespectee` with a sentence that says what is wrong and what to do.
    """
    types = tuple(types)
    taille_max = taille_max or settings.DOCUMENT_TAILLE_MAX
    try:
        if isinstance(fichier, FichierControle):
            return _deja_controle(fichier, types, taille_max)
        nom = nom or getattr(fichier, "name", "") or "document"
        contenu = _lire(fichier, taille_max)
        extension = _reconnaitre(contenu, types)
        CONTROLES[extension](contenu)
    except _Refus as refus:
        raise RegleNonRespectee(regle, str(refus), champ) from refus.__cause__
    return FichierControle(
        contenu=contenu,
        extension=extension,
        type_mime=TYPES_MIME[extension],
        empreinte=hashlib.sha256(contenu).hexdigest(),
        taille=len(contenu),
        nom=nom_propre(nom, extension),
    )


def nom_propre(nom: str, extension: str) -> str:
    """The name shown to people: no path, no control character, the extension of the real content."""
    nom = unicodedata.normalize("NFC", nom).replace("\\", "/")
    base = PurePosixPath(nom).name
    base = re.sub(r"\.(pdf|jpe?g|png)$", "", base, flags=re.IGNORECASE)
    base = "".join(lettre for lettre in base if unicodedata.category(lettre)[0] != "C")
    base = re.sub(r'[<>:"|?*\s]+', " ", base).strip(" .") or "document"
    return f"{base[: NOM_MAX - len(extension) - 1]}.{extension}"


def _deja_controle(fichier: FichierControle, types: tuple[str, ...], taille_max: int) -> FichierControle:
    if fichier.extension not in types:
        raise _Refus(_phrase_types(types))
    if fichier.taille > taille_max:
        raise _Refus(_phrase_taille(taille_max))
    return fichier


def _lire(fichier: Any, taille_max: int) -> bytes:
    if isinstance(fichier, bytes):
        contenu = fichier
    else:
        taille = getattr(fichier, "size", None)
        if taille is not None and taille > taille_max:
            raise _Refus(_phrase_taille(taille_max))
        fichier.seek(0)
        contenu = fichier.read(taille_max + 1)
    if not contenu:
        raise _Refus("Ce fichier est vide. Choisissez-en un autre.")
    if len(contenu) > taille_max:
        raise _Refus(_phrase_taille(taille_max))
    return contenu


def _reconnaitre(contenu: bytes, types: tuple[str, ...]) -> str:
    signatures = {
        "pdf": b"%PDF-" in contenu[:1024],
        "jpg": contenu.startswith(b"\xff\xd8\xff"),
        "png": contenu.startswith(b"\x89PNG\r\n\x1a\n"),
    }
    for extension in types:
        if signatures[extension]:
            return extension
    raise _Refus(_phrase_types(types))


def _controler_pdf(contenu: bytes) -> None:
    try:
        lecteur = PdfReader(io.BytesIO(contenu), strict=False)
        if lecteur.is_encrypted:
            raise _Refus("Ce PDF est protégé par un mot de passe. Enregistrez-le sans protection, puis déposez-le.")
        pages = len(lecteur.pages)
        actif = _contenu_actif(lecteur)
    except _Refus:
        raise
    # A hostile or broken file makes the reader fail in many ways: all of them mean the same for the person.
    except Exception as erreur:
        raise _Refus("Ce PDF est abîmé et ne peut pas être lu. Enregistrez-le de nouveau, puis déposez-le.") from erreur
    if pages == 0:
        raise _Refus("Ce PDF ne contient aucune page. Choisissez-en un autre.")
    if actif:
        raise _Refus("Ce PDF contient un programme ou un fichier caché. Imprimez-le en PDF, puis déposez le résultat.")


def _contenu_actif(lecteur: PdfReader) -> bool:
    """True when the document runs something or carries other files: a piece of evidence needs neither.

    The scripts that check the fields of a form are let through: many official forms have some.
    """
    racine = lecteur.root_object
    noms = _dictionnaire(racine.get("/Names"))
    if {"/JavaScript", "/EmbeddedFiles"} & set(noms) or "/AA" in racine or _agit(racine.get("/OpenAction")):
        return True
    return any("/AA" in page or _annotation_active(page) for page in lecteur.pages[:PAGES_LUES])


def _annotation_active(page: Any) -> bool:
    annotations = page.get("/Annots")
    annotations = annotations.get_object() if annotations is not None else None
    for annotation in annotations if isinstance(annotations, list) else ():
        lue = _dictionnaire(annotation)
        if lue.get("/Subtype") in ANNOTATIONS_ACTIVES or _agit(lue.get("/A")):
            return True
    return False


def _agit(action: Any) -> bool:
    return _dictionnaire(action).get("/S") in ACTIONS_INTERDITES


def _dictionnaire(objet: Any) -> dict[str, Any]:
    lu = objet.get_object() if objet is not None else None
    return lu if isinstance(lu, dict) else {}


def _controler_image(contenu: bytes) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(contenu), formats=["JPEG", "PNG"]) as image:
                largeur, hauteur = image.size
                image.verify()
    except Exception as erreur:
        raise _Refus("Cette image est abîmée et ne peut pas être lue. Choisissez-en une autre.") from erreur
    if largeur * hauteur > PIXELS_MAX:
        raise _Refus("Cette image est trop grande. Réduisez-la, puis déposez-la.")


def _phrase_types(types: tuple[str, ...]) -> str:
    libelles = [LIBELLES[extension] for extension in types]
    liste = libelles[0] if len(libelles) == 1 else f"{', '.join(libelles[:-1])} ou {libelles[-1]}"
    return f"Ce fichier n’est pas au format {liste}. Choisissez un fichier {liste}."


def _phrase_taille(taille_max: int) -> str:
    return f"Ce fichier est trop lourd : {_taille(taille_max)} au plus. Réduisez-le, puis déposez-le."


def _taille(octets: int) -> str:
    if octets >= 1024 * 1024:
        return f"{octets / (1024 * 1024):.1f}".rstrip("0").rstrip(".").replace(".", ",") + " Mo"
    return f"{max(1, octets // 1024)} Ko"


CONTROLES: dict[str, Callable[[bytes], None]] = {
    "pdf": _controler_pdf,
    "jpg": _controler_image,
    "png": _controler_image,
}
