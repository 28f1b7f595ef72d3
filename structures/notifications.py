"""The mails of the application and of the posts, to the structure and to whoever waits for it (R113)."""

from __future__ import annotations

import datetime as dt

from portal.commun import courriels
from structures.destinataires import adresses_administrateurs, adresses_prefecture
from structures.models import Candidature, Poste, Structure
from structures.suivi_candidature import DUREE_CONFIRMATION, lien_confirmation, lien_suivi


def adresses_structure(structure: Structure) -> list[str]:
    """The contact of the structure and those who manage its space."""
    return [structure.contact_courriel, *adresses_administrateurs(structure)]


def demander_confirmation(candidature: Candidature) -> None:
    """R23: the single-use link, to the address that it proves."""
    courriels.envoyer(
        "structures/candidature_confirmation",
        destinataires=[candidature.contact_courriel],
        contexte={
            "candidature": candidature,
            "lien": lien_confirmation(candidature),
            "jours": DUREE_CONFIRMATION.days,
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
    contact = candidature.contact_courriel.lower()
    collegues = [a for a in adresses_structure(candidature.structure) if a.lower() != contact]
    if collegues:
        courriels.envoyer(
            "structures/candidature_deposee_collegues",
            destinataires=collegues,
            contexte={"candidature": candidature, "lien": courriels.lien("structures:espace")},
            objet=candidature,
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
    contexte = {"poste": poste, "structure": poste.structure, "lien": courriels.lien("structures:espace")}
    courriels.envoyer(
        f"structures/{modele}", destinataires=adresses_structure(poste.structure), contexte=contexte, objet=poste
    )
    courriels.envoyer(
        "structures/poste_fini_prefecture",
        destinataires=adresses_prefecture(poste.structure.commune.departement_id),
        contexte={"poste": poste, "structure": poste.structure, "departement": poste.structure.commune.departement},
        objet=poste,
    )


def annoncer_prolongation(poste: Poste, echeance_avant: dt.date, motif: str) -> None:
    """R30: ANCT gives more time to recruit."""
    courriels.envoyer(
        "structures/poste_prolonge",
        destinataires=adresses_structure(poste.structure),
        contexte={
            "poste": poste,
            "echeance_avant": echeance_avant,
            "motif": motif,
            "lien": courriels.lien("structures:poste", poste.uuid),
        },
        objet=poste,
    )
