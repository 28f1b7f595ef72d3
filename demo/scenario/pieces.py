"""The files that people of the demo hand in: real PDF documents that say they are samples."""

from __future__ import annotations

from functools import lru_cache

from django.core.files.uploadedfile import SimpleUploadedFile

from portal.commun.pdf import rendre_pdf


@lru_cache(maxsize=32)
def _pdf(titre: str) -> bytes:
    return rendre_pdf("pdf/demo/piece.html", {}, titre=titre)


def piece(titre: str) -> SimpleUploadedFile:
    """A sample document with this title."""
    return SimpleUploadedFile("piece-de-demonstration.pdf", _pdf(titre), content_type="application/pdf")
