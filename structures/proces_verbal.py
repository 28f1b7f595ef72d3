"""The minutes of a committee: an accessible PDF, kept as a private document (R26)."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from itertools import groupby

from portal.commun.acteurs import Acteur
from portal.commun.documents import enregistrer_nature
from portal.commun.models import Document
from portal.commun.pdf import rendre_pdf
from portal.commun.roles import Role
from structures import enveloppe
from structures.enums import Decision
from structures.models import Comite, LigneComite

NATURE_PROCES_VERBAL = "proces-verbal-comite"


def nom_fichier(comite: Comite) -> str:
    return f"proces-verbal-comite-{comite.numero}.pdf"


def rendre_proces_verbal(comite: Comite, lignes: list[LigneComite]) -> bytes:
    """The PDF of a committee, from the same objects as those whose decisions are being applied.

    The lines come in the order of the minutes, each with `avis_en_vigueur`; the posts of this committee exist already,
    so what is granted is what the campaign has granted, this committee included.
    """
    titre = f"Procès-verbal du comité de sélection n° {comite.numero}"
    return rendre_pdf(
        "pdf/structures/proces_verbal.html", {"titre": titre, **contexte_proces_verbal(comite, lignes)}, titre=titre
    )


def contexte_proces_verbal(comite: Comite, lignes: list[LigneComite]) -> dict[str, object]:
    """What the minutes say, ready for the template (and for the summary shown before the closing)."""
    apres = enveloppe.accorde(comite.campagne)
    ici = enveloppe.demande(lignes)
    departements = [
        {"departement": departement, "lignes": list(groupe)}
        for departement, groupe in groupby(lignes, key=lambda ligne: ligne.candidature.commune.departement)
    ]
    return {
        "comite": comite,
        "campagne": comite.campagne,
        "departements": departements,
        "bilan": bilan(lignes),
        "accorde_ici": ici,
        "accorde_apres": apres,
        "reste_postes": comite.campagne.enveloppe_postes - apres.postes,
        "reste_montant": max(comite.campagne.enveloppe_montant - apres.montant, Decimal(0)),
    }


def bilan(lignes: list[LigneComite]) -> dict[str, int]:
    """How many applications, by decision, and how many posts."""
    nombre = Counter(ligne.decision for ligne in lignes)
    return {
        "candidatures": len(lignes),
        "retenues": nombre[Decision.RETENUE],
        "refusees": nombre[Decision.REFUSEE],
        "examens": nombre[Decision.EXAMEN],
        "sans_decision": nombre[""],
        "postes": sum(ligne.nb_postes for ligne in lignes),
        "sans_avis": sum(1 for ligne in lignes if ligne.sans_avis),
    }


def peut_lire(acteur: Acteur, document: Document) -> bool:
    """ANCT and support; a prefecture or a SGAR when the committee examined an application of its territory."""
    if acteur.est(Role.ANCT, Role.SUPPORT):
        return True
    if not acteur.est(Role.PREFECTURE, Role.SGAR):
        return False
    return LigneComite.objects.filter(
        comite__proces_verbal=document, candidature__commune__departement__in=acteur.departements
    ).exists()


def declarer() -> None:
    """Called at start-up."""
    enregistrer_nature(NATURE_PROCES_VERBAL, "Procès-verbal de comité", peut_lire)
