"""Where the CV of a candidate is (R44): the last document of its nature whose time is not over."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.utils import timezone

from candidats.models import Candidat
from candidats.regles_espace import CV_RAPPEL
from portal.commun.documents import documents_de
from portal.commun.models import Document

NATURE = "cv"
_PREFIXE = f"{Candidat._meta.label_lower}:"


def cv_de(candidat: Candidat) -> Document | None:
    """What the nightly clean-up has not deleted yet, but whose last day has passed, is not a CV any more."""
    return documents_de(candidat, NATURE).filter(expire_le__gt=timezone.localdate()).first()


def candidat_du_cv(document: Document) -> Candidat | None:
    """The person whose CV this is."""
    if document.nature != NATURE or not document.objet.startswith(_PREFIXE):
        return None
    return Candidat.objects.select_related("utilisateur").filter(uuid=document.objet.removeprefix(_PREFIXE)).first()


def cv_bientot_supprimes(jour: date) -> QuerySet[Document]:
    """R44: those in their last fifteen days on `jour` (`regles_espace.cv_a_rappeler`)."""
    return Document.objects.filter(
        nature=NATURE, supprime_le__isnull=True, expire_le__gt=jour, expire_le__lte=jour + CV_RAPPEL
    ).order_by("pk")
