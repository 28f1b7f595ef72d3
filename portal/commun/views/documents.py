"""The only door to a private file."""

from __future__ import annotations

import uuid as uuid_module

from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from portal.commun.documents import noter_lecture, obtenir_document


@require_safe
def document(request: HttpRequest, uuid: uuid_module.UUID) -> FileResponse:
    """Serve a file to who may read it; `?telecharger` asks for a download instead of a display."""
    piece = obtenir_document(request.acteur, uuid)
    try:
        contenu = piece.fichier.open("rb")
    except FileNotFoundError as erreur:
        raise Http404("fichier") from erreur
    if request.method == "GET":
        noter_lecture(request.acteur, piece)
    affichable = piece.extension == "pdf" and "telecharger" not in request.GET
    reponse = FileResponse(contenu, as_attachment=not affichable, filename=piece.nom, content_type=piece.type_mime)
    reponse["Cache-Control"] = "private, no-store"
    reponse["X-Content-Type-Options"] = "nosniff"
    reponse["Referrer-Policy"] = "no-referrer"
    return reponse
