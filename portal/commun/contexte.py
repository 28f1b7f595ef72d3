"""What every page knows about the site. django-dsfr reads a table for it; ours is constant and costs no query."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.http import HttpRequest

SITE = SimpleNamespace(
    site_title="Conseiller numérique",
    site_tagline="Accueillir ou devenir conseiller numérique",
    mourning=False,
    beta_tag=False,
    operator_logo_file=None,
    operator_logo_alt="",
    operator_logo_width=0,
    notice_title="",
    notice_description="",
    header_brand_html=None,
    footer_brand_html=None,
    footer_brand="république française",
    footer_description="",
)


def site(request: HttpRequest) -> dict[str, Any]:
    """`SITE_CONFIG` for django-dsfr's templates, and whether this is the demo."""
    return {"SITE_CONFIG": SITE, "DEMO": settings.DEMO, "SUPPORT_COURRIEL": settings.SUPPORT_COURRIEL}
