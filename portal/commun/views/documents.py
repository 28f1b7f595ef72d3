"""The only door to a private file."""

from __future__ import annotations

import uuid as uuid_module

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from portal.commun.documents import noter_lecture, obtenir_document


@require_safe
def document(request: HttpRequest, uuid: uuid_module.UUID) -> HttpResponse:
    """Serve a file to who may read it; `?telecharger` asks for a download instead of a display."""
    piece = obtenir_document(request.acteur, uuid)
    try:
        with piece.fichier.open("rb") as fichier:
            # Five megabytes at most: read at once, so that no file stays open behind a slow reader.
            contenu = fichier.read()
    except FileNotFoundError as erreur:
        raise Http404("fichier") from erreur
    if request.method == "GET":
        noter_lecture(request.acteur, piece)
    affichable = piece.extension == "pdf" and "telecharger" not in request.GET
    reponse = HttpResponse(contenu, content_type=piece.type_mime)
    reponse["Content-Disposition"] = content_disposition_header(not affichable, piece.nom)
    reponse["Cache-Control"] = "private, no-store"
    reponse["X-Content-Type-Options"] = "nosniff"
    reponse["Referrer-Policy"] = "no-referrer"
    return reponse
