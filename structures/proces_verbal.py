"""The minutes of a committee: an accessible PDF, kept as a private document (R26).

ANCT reads it whole. A prefecture and a SGAR read an extract with the lines of their territory, made when it is asked
for: a closed committee does not change, so the same extract comes out each time.
"""

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
from structures.lectures import lignes_a_la_cloture
from structures.models import Comite, LigneComite

NATURE_PROCES_VERBAL = "proces-verbal-comite"


def nom_fichier(comite: Comite, *, extrait: bool = False) -> str:
    debut = "extrait-proces-verbal" if extrait else "proces-verbal"
    return f"{debut}-comite-{comite.numero}.pdf"


def rendre_proces_verbal(comite: Comite, lignes: list[LigneComite], *, extrait_pour: str = "") -> bytes:
    """The PDF of a committee, from the same objects as those whose decisions are being applied.

    The lines come in the order of the minutes, each with `avis_en_vigueur`. With `extrait_pour`, they are those of a
    territory only, and nothing is said of the rest of the country.
    """
    titre = f"Procès-verbal du comité de sélection n° {comite.numero}"
    if extrait_pour:
        titre = f"Extrait du procès-verbal du comité de sélection n° {comite.numero}"
    contexte = contexte_proces_verbal(comite, lignes, extrait_pour=extrait_pour)
    return rendre_pdf("pdf/structures/proces_verbal.html", {"titre": titre, **contexte}, titre=titre)


def rendre_extrait(comite: Comite, departements: frozenset[str], *, pour: str) -> bytes:
    """R26, §2: the minutes of a closed committee for a territory, as they were at its closing."""
    lignes = lignes_a_la_cloture(comite, departements)
    return rendre_proces_verbal(comite, lignes, extrait_pour=pour or "votre territoire")


def contexte_proces_verbal(comite: Comite, lignes: list[LigneComite], *, extrait_pour: str = "") -> dict[str, object]:
    """What the minutes say, ready for the template.

    The posts of this committee exist already, so what is granted is what the campaign has granted, this committee
    included. An extract has no envelope: it is that of the whole country, and goes on after the closing.
    """
    departements = [
        {"departement": departement, "lignes": list(groupe)}
        for departement, groupe in groupby(lignes, key=lambda ligne: ligne.candidature.commune.departement)
    ]
    contexte = {
        "comite": comite,
        "campagne": comite.campagne,
        "departements": departements,
        "bilan": bilan(lignes),
        "extrait_pour": extrait_pour,
    }
    if extrait_pour:
        return contexte
    apres = enveloppe.accorde(comite.campagne)
    return {
        **contexte,
        "accorde_ici": enveloppe.demande(lignes),
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
    """The whole minutes: ANCT and support. The territories have their extract (`rendre_extrait`)."""
    return acteur.est(Role.ANCT, Role.SUPPORT)


def declarer() -> None:
    """Called at start-up."""
    enregistrer_nature(NATURE_PROCES_VERBAL, "Procès-verbal de comité", peut_lire)
