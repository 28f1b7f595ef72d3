"""The mails of what happens to a post or to a structure once it is in the scheme (R29, R30, R113)."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

from portal.commun import courriels
from structures.destinataires import adresses_administrateurs, adresses_prefecture
from structures.models import Structure, TransfertPoste


def prevenir_la_structure(
    modele: str, structure: Structure, contexte: dict[str, Any], *, lien: str, objet: Model
) -> None:
    """The contact of the structure and those who manage its space."""
    courriels.envoyer(
        modele,
        destinataires=[structure.contact_courriel, *adresses_administrateurs(structure)],
        contexte={**contexte, "lien": lien},
        objet=objet,
    )


def annoncer_transfert(transfert: TransfertPoste) -> None:
    """R29: both sides and the prefecture learn it together."""
    poste, departement = transfert.poste, transfert.vers.commune.departement
    contexte = {"transfert": transfert, "poste": poste, "departement": departement}
    espace, page = courriels.lien("structures:espace"), courriels.lien("structures:poste", poste.uuid)
    prevenir_la_structure("structures/poste_cede", transfert.de, contexte, lien=espace, objet=poste)
    prevenir_la_structure("structures/poste_repris", transfert.vers, contexte, lien=page, objet=poste)
    courriels.envoyer(
        "structures/poste_transfere_prefecture",
        destinataires=adresses_prefecture(departement.code),
        contexte=contexte,
        objet=poste,
    )
