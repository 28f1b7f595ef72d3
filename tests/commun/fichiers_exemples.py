"""Small real files for the tests: a PDF, an image, and what must be refused."""

from __future__ import annotations

import io

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject


def pdf(pages: int = 1, *, mot_de_passe: str = "", script: str = "", piece: bytes = b"", ouverture: str = "") -> bytes:
    redacteur = PdfWriter()
    for _ in range(pages):
        redacteur.add_blank_page(width=200, height=200)
    if script:
        action = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject(script)}
        noms = ArrayObject([TextStringObject("script"), DictionaryObject(action)])
        arbre = DictionaryObject({NameObject("/Names"): noms})
        redacteur._root_object[NameObject("/Names")] = DictionaryObject({NameObject("/JavaScript"): arbre})
    if piece:
        redacteur.add_attachment("cache.exe", piece)
    if ouverture:
        action = {NameObject("/S"): NameObject(ouverture), NameObject("/F"): TextStringObject("calc.exe")}
        redacteur._root_object[NameObject("/OpenAction")] = DictionaryObject(action)
    if mot_de_passe:
        redacteur.encrypt(mot_de_passe)
    tampon = io.BytesIO()
    redacteur.write(tampon)
    return tampon.getvalue()


def pdf_avec_annotation(genre: str = "/Link", action: str = "", *, sur_la_page: bool = False) -> bytes:
    """A page with an annotation of this kind that runs this action (or a page that acts when it opens)."""
    redacteur = PdfWriter()
    page = redacteur.add_blank_page(width=200, height=200)
    geste = DictionaryObject({NameObject("/S"): NameObject(action or "/URI"), NameObject("/F"): TextStringObject("x")})
    if sur_la_page:
        page[NameObject("/AA")] = DictionaryObject({NameObject("/O"): geste})
    annotation = {NameObject("/Type"): NameObject("/Annot"), NameObject("/Subtype"): NameObject(genre)}
    annotation[NameObject("/A")] = geste
    page[NameObject("/Annots")] = ArrayObject([redacteur._add_object(DictionaryObject(annotation))])
    tampon = io.BytesIO()
    redacteur.write(tampon)
    return tampon.getvalue()


def image(format: str = "PNG", taille: tuple[int, int] = (4, 4)) -> bytes:
    tampon = io.BytesIO()
    Image.new("RGB", taille, "white").save(tampon, format)
    return tampon.getvalue()
