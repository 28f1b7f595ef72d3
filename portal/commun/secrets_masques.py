"""R112: the secret of a link never reaches a log nor an error report, even when its page is refused or breaks."""

from __future__ import annotations

import logging
import re
from typing import Any

MASQUE = "[masqué]"
# A part of an address long enough to open something, and that is not a UUID (a UUID authorises nothing).
SECRET_D_ADRESSE = re.compile(r"(?<=[/=])(?![0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}(?![\w:-]))[\w:-]{30,}")


def masquer_adresse(texte: str) -> str:
    """An address (or a sentence that holds some) without what its links would open."""
    return SECRET_D_ADRESSE.sub(MASQUE, texte)


class FormateurSansSecrets(logging.Formatter):
    """Masks the whole line, traceback included: an address may come as an object of a client, or in its error."""

    def format(self, record: logging.LogRecord) -> str:
        return masquer_adresse(super().format(record))


def masquer_evenement(evenement: dict[str, Any], indice: dict[str, Any] | None = None) -> dict[str, Any]:
    """The same for all that an error reporter is about to send (`before_send` of Sentry): the request, the line of the
    log, the text of the error, what came before."""
    demande = evenement.get("request") or {}
    # What was typed, and cookies, say nothing of a defect that its traceback does not.
    for cle in ("data", "cookies"):
        demande.pop(cle, None)
    return _masquer(evenement)


def _masquer(valeur: Any) -> Any:
    """All texts of an event, which is made of dictionaries and lists by the time it is sent."""
    if isinstance(valeur, str):
        return masquer_adresse(valeur)
    if isinstance(valeur, dict):
        return {cle: _masquer(contenu) for cle, contenu in valeur.items()}
    if isinstance(valeur, (list, tuple)):
        return [_masquer(contenu) for contenu in valeur]
    return valeur
