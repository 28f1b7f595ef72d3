"""Posts that exist and that a committee made coordinators' posts, without granting a new one (R95; S2, II.a)."""

from __future__ import annotations

from django.db.models import OuterRef, QuerySet, Subquery

from structures.coordination import CAS
from structures.enums import Decision, EtatComite, NatureLigne
from structures.models import Candidature, LigneComite, Poste

CAS_D_UN_POSTE = [cas.code for cas in CAS.values() if not cas.nouveau_poste]


def confiantes() -> QuerySet[Candidature]:
    """The applications by which a post was made a coordinator's: the last decision of a closed committee grants it."""
    derniere = (
        LigneComite.objects.filter(
            candidature=OuterRef("pk"),
            comite__etat=EtatComite.CLOS,
            nature__in=[NatureLigne.EXAMEN, NatureLigne.CORRECTION],
            decision__in=[Decision.RETENUE, Decision.REFUSEE],
        )
        .order_by("-comite__clos_le", "-pk")
        .values("decision")[:1]
    )
    cas = Candidature.objects.filter(cas_coordinateur__in=CAS_D_UN_POSTE, poste_concerne__isnull=False)
    return cas.annotate(derniere_decision=Subquery(derniere)).filter(derniere_decision=Decision.RETENUE)


def coordonne_sans(poste: Poste, candidature: Candidature) -> bool:
    """Is it a coordinator's post for another reason than this application?"""
    return (
        poste.candidature.coordinateur or confiantes().filter(poste_concerne=poste).exclude(pk=candidature.pk).exists()
    )
