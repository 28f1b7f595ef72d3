"""The mails of the application and of the posts, to the structure and to whoever waits for it (R113)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Model

from portal.commun import courriels
from portal.commun.purge import JAMAIS_CONFIRME
from structures.destinataires import adresses_prefecture, lecteurs
from structures.models import Candidature, Poste, Structure
from structures.suivi_candidature import DUREE_CONFIRMATION, lien_confirmation, lien_suivi


def prevenir_la_structure(
    modele: str, structure: Structure, contexte: dict[str, Any], *, lien: str, objet: Model, sauf: str = ""
) -> None:
    """The contact of the structure and those who manage its space; the link only for those whom it opens (R113).

    `sauf`: an address that has its own mail about the same thing.
    """
    for destinataires, suite in envois(structure, lien):
        adresses = [adresse for adresse in destinataires if adresse.lower() != sauf.lower()]
        if adresses:
            courriels.envoyer(modele, destinataires=adresses, contexte={**contexte, **suite}, objet=objet)


def envois(structure: Structure, lien: str) -> list[tuple[list[str], dict[str, Any]]]:
    """The two groups of readers, each with how the mail ends: the link, or how to get an account."""
    qui = lecteurs(structure)
    groupes = [(qui.espace, {"lien": lien}), (qui.sans_compte, {"lien": "", "espace_ouvert": bool(qui.espace)})]
    return [(adresses, suite) for adresses, suite in groupes if adresses]


def demander_confirmation(candidature: Candidature) -> None:
    """R23: the single-use link, to the address that it proves."""
    courriels.envoyer(
        "structures/candidature_confirmation",
        destinataires=[candidature.contact_courriel],
        contexte={
            "candidature": candidature,
            "lien": lien_confirmation(candidature),
            "jours": DUREE_CONFIRMATION.days,
            "effacement_jours": JAMAIS_CONFIRME.days,
        },
        objet=candidature,
    )


def accuser_reception(candidature: Candidature, *, nouvelle_structure: bool) -> None:
    """R23: filed, its number, how to follow it. The people of a space that exists learn it too."""
    courriels.envoyer(
        "structures/candidature_deposee",
        destinataires=[candidature.contact_courriel],
        contexte={"candidature": candidature, "lien": lien_suivi(candidature)},
        objet=candidature,
    )
    if nouvelle_structure:
        return
    prevenir_la_structure(
        "structures/candidature_deposee_collegues",
        candidature.structure,
        {"candidature": candidature},
        lien=courriels.lien("structures:espace"),
        objet=candidature,
        sauf=candidature.contact_courriel,
    )


def annoncer_reprise(candidature: Candidature) -> None:
    """R31: taken back by the structure; the link to correct it."""
    courriels.envoyer(
        "structures/candidature_reprise",
        destinataires=[candidature.contact_courriel],
        contexte={"candidature": candidature, "lien": lien_suivi(candidature)},
        objet=candidature,
    )


def annoncer_suite(candidature: Candidature, modele: str) -> None:
    """A correction, a re-examination or a withdrawal: to the structure, and to the prefecture that examines."""
    contexte = {"candidature": candidature, "lien": lien_suivi(candidature)}
    courriels.envoyer(
        f"structures/{modele}", destinataires=[candidature.contact_courriel], contexte=contexte, objet=candidature
    )
    if candidature.confirmee_le is None:
        return
    courriels.envoyer(
        f"structures/{modele}_prefecture",
        destinataires=adresses_prefecture(candidature.commune.departement_id),
        contexte={"candidature": candidature, "departement": candidature.commune.departement},
        objet=candidature,
    )


def annoncer_fin_de_poste(poste: Poste, modele: str) -> None:
    """R29, R30: a post is returned or withdrawn; the prefecture may propose it to another structure."""
    contexte = {"poste": poste, "structure": poste.structure}
    lien = courriels.lien("structures:espace")
    prevenir_la_structure(f"structures/{modele}", poste.structure, contexte, lien=lien, objet=poste)
    courriels.envoyer(
        "structures/poste_fini_prefecture",
        destinataires=adresses_prefecture(poste.structure.commune.departement_id),
        contexte={"poste": poste, "structure": poste.structure, "departement": poste.structure.commune.departement},
        objet=poste,
    )


def annoncer_prolongation(poste: Poste, echeance_avant: dt.date, motif: str) -> None:
    """R30: ANCT gives more time to recruit."""
    prevenir_la_structure(
        "structures/poste_prolonge",
        poste.structure,
        {"poste": poste, "echeance_avant": echeance_avant, "motif": motif},
        lien=courriels.lien("structures:poste", poste.uuid),
        objet=poste,
    )
