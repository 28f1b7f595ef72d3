"""Outgoing mails (R113): stored in the same transaction as what happened, sent afterwards by a job, retried.

A mail is one plain-text template, `templates/courriels/<modele>.txt`: its first line is the subject, then a blank
line, then the body. The HTML part is made from it by one wrapper, so that the two never say different things.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import models, transaction
from django.template import Context, engines
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from post_office.mail import get_queued, send_queued
from post_office.models import PRIORITY, STATUS, Attachment, Email

from portal.commun.acteurs import Acteur
from portal.commun.jetons import reference
from portal.commun.verbes import verbe

logger = logging.getLogger(__name__)

ENTETE_MODELE = "X-Portail-Modele"
ENTETE_OBJET = "X-Portail-Objet"
# The database remembers what was sent this long; a mail says who did what, which is personal data.
CONSERVATION = timedelta(days=395)
LOTS_PAR_PASSAGE = 20
SUJET_MAX = 900
# `en_lots`: that many mails are kept before they are stored together.
TAILLE_DU_LOT = 500
_lot: ContextVar[list[Email] | None] = ContextVar("lot_de_courriels", default=None)

URL = re.compile(r"https?://[^\s<>\"']+")
UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
# The part of a link that opens something: a long word that is not a UUID (a UUID authorises nothing).
SECRET = re.compile(r"[A-Za-z0-9_:\-]{20,}")
MASQUE = "••••••"


class PieceJointe(NamedTuple):
    """A file joined to a mail (the calendar file of an interview, for instance)."""

    nom: str
    contenu: bytes
    type_mime: str


class Message(NamedTuple):
    sujet: str
    texte: str
    html: str


def lien(nom_url: str, *args: Any, **kwargs: Any) -> str:
    """Absolute address of a page, for a mail."""
    return settings.SITE_URL.rstrip("/") + reverse(nom_url, args=args or None, kwargs=kwargs or None)


def rediger(modele: str, contexte: Mapping[str, Any]) -> Message:
    """Subject, text and HTML of a mail, without sending anything."""
    complet = {"site_url": settings.SITE_URL.rstrip("/"), "support_courriel": settings.SUPPORT_COURRIEL, **contexte}
    # A plain text is not HTML: nothing is escaped in it. The HTML part escapes all of it (`en_html`).
    gabarit = engines["django"].get_template(f"courriels/{modele}.txt").template
    rendu = gabarit.render(Context(complet, autoescape=False)).strip("\n")
    # The name of a structure may hold a line break: the subject ends at the blank line.
    premiere, _, reste = re.sub(r"\r\n?", "\n", rendu).partition("\n\n")
    sujet = " ".join(premiere.split())[:SUJET_MAX]
    if not sujet or not reste.strip():
        raise ValueError(f"courriels/{modele}.txt: the first line is the subject, followed by a blank line")
    texte = re.sub(r"\n{3,}", "\n\n", reste.strip()) + "\n"
    html = render_to_string("courriels/enveloppe.html", {**complet, "sujet": sujet, "corps": en_html(texte)})
    return Message(sujet, texte, html)


def envoyer(
    modele: str,
    *,
    destinataires: Iterable[str],
    contexte: Mapping[str, Any],
    objet: models.Model | None = None,
    copie: Iterable[str] = (),
    pieces: Iterable[PieceJointe] = (),
) -> None:
    """Queue one mail per recipient in the current transaction: if what happened is undone, nothing is sent."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("courriels.envoyer() is called inside the transaction of what it tells")
    adresses = _sans_doublon(destinataires)
    if not adresses:
        logger.warning("Courriel %s sans destinataire", modele)
        return
    message = rediger(modele, contexte)
    entetes = {"Auto-Submitted": "auto-generated", "Reply-To": settings.SUPPORT_COURRIEL, ENTETE_MODELE: modele}
    if objet is not None:
        entetes[ENTETE_OBJET] = reference(objet)
    courriels = [
        Email(
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[adresse],
            # A copy goes once, with the first mail, not once per recipient.
            cc=[a for a in _sans_doublon(copie) if a not in adresses] if rang == 0 else [],
            bcc=[],
            subject=message.sujet,
            message=message.texte,
            html_message=message.html,
            status=STATUS.queued,
            priority=PRIORITY.medium,
            headers=entetes,
        )
        for rang, adresse in enumerate(adresses)
    ]
    # Rows are built here and not by post_office.mail.send(), which would read what people typed as a template.
    lot, pieces = _lot.get(), list(pieces)
    if lot is not None and not pieces:
        lot += courriels
        if len(lot) >= TAILLE_DU_LOT:
            _ranger(lot)
        return
    Email.objects.bulk_create(courriels)
    for piece in pieces:
        _joindre(piece, courriels)


@contextmanager
def en_lots() -> Iterator[None]:
    """Inside, mails are stored many at a time, still in the transaction of what they tell."""
    lot: list[Email] = []
    jeton = _lot.set(lot)
    try:
        yield
        _ranger(lot)
    finally:
        _lot.reset(jeton)


def _ranger(lot: list[Email]) -> None:
    Email.objects.bulk_create(lot)
    lot.clear()


def _joindre(piece: PieceJointe, courriels: list[Email]) -> None:
    jointe = Attachment(name=piece.nom, mimetype=piece.type_mime)
    jointe.file.save(piece.nom, ContentFile(piece.contenu), save=True)
    jointe.emails.set(courriels)


def _sans_doublon(adresses: Iterable[str]) -> list[str]:
    """Addresses in their order, empty ones left out, each once whatever its case."""
    if isinstance(adresses, str):
        raise TypeError("a list of addresses is expected, not one string")
    return list(
        {adresse.strip().lower(): adresse.strip() for adresse in adresses if adresse and adresse.strip()}.values()
    )


def envoyer_en_attente() -> dict[str, int]:
    """Send what is queued, batch by batch; the caller holds the lock (`taches.tache_suivie`)."""
    total = {"envoyes": 0, "echecs": 0, "reportes": 0}
    for _ in range(LOTS_PAR_PASSAGE):
        if not get_queued().exists():
            break
        envoyes, echecs, reportes = send_queued(processes=1)
        total["envoyes"] += envoyes
        total["echecs"] += echecs
        total["reportes"] += reportes
    return total


@verbe
def relancer(*, acteur: Acteur, courriels: models.QuerySet[Email]) -> int:
    """Put failed mails back in the queue; how many were. The ones already sent are left alone."""
    nombre = courriels.filter(status=STATUS.failed).update(
        status=STATUS.queued, scheduled_time=None, number_of_retries=None
    )
    logger.info("%s courriel(s) relancé(s) par l’utilisateur %s", nombre, acteur.utilisateur_id)
    return nombre


def purger_courriels() -> int:
    """Delete the mails older than `CONSERVATION`, with their attachments when no other mail holds them."""
    limite = timezone.now() - CONSERVATION
    nombre, _ = Email.objects.filter(created__lt=limite).exclude(status__in=[STATUS.queued, STATUS.requeued]).delete()
    for jointe in Attachment.objects.filter(emails__isnull=True):
        jointe.file.delete(save=False)
        jointe.delete()
    return nombre


def masquer_secrets(texte: str) -> str:
    """R112: the text of a mail as support may read it, without what its links would open."""

    def masquer_lien(trouve: re.Match[str]) -> str:
        morceaux = re.split(r"([/?&=#])", trouve.group())
        return "".join(MASQUE if SECRET.fullmatch(m) and not UUID.fullmatch(m) else m for m in morceaux)

    return URL.sub(masquer_lien, texte)


def en_html(texte: str) -> SafeString:
    """The paragraphs, lists and links of a plain text, as HTML; everything else is escaped."""
    blocs = []
    for bloc in re.split(r"\n\s*\n", texte.strip()):
        lignes = bloc.splitlines()
        if all(ligne.startswith("- ") for ligne in lignes):
            points = "".join(f"<li>{_ligne_html(ligne[2:])}</li>" for ligne in lignes)
            blocs.append(f"<ul>{points}</ul>")
        else:
            blocs.append("<p>" + "<br>".join(_ligne_html(ligne) for ligne in lignes) + "</p>")
    return mark_safe("\n".join(blocs))  # noqa: S308 - built from escaped lines just above


def _ligne_html(ligne: str) -> str:
    morceaux, debut = [], 0
    for trouve in URL.finditer(ligne):
        # The full stop that ends the sentence is not part of the address.
        adresse = trouve.group().rstrip(".,;:!?)")
        morceaux.append(escape(ligne[debut : trouve.start()]))
        morceaux.append(f'<a href="{escape(adresse)}">{escape(adresse)}</a>')
        debut = trouve.start() + len(adresse)
    morceaux.append(escape(ligne[debut:]))
    return "".join(morceaux)
