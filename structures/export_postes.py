"""The posts of one structure as a file, from its space: what its page shows, the posts that ended included, as CSV
or XLSX (DOMAIN §2: a structure reads its own posts only)."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse

from portal.commun.acteurs import Acteur
from portal.commun.exports import Colonne, exporter
from structures import acces, parcours
from structures.models import Poste
from structures.parcours import Situation

FORMATS = ("csv", "xlsx")


@dataclass(frozen=True)
class LignePoste:
    poste: Poste
    situation: Situation | None

    @property
    def lieux(self) -> str:
        return ", ".join(f"{lieu.nom} ({lieu.commune.nom})" for lieu in self.poste.lieux.all())

    def dit(self, champ: str) -> object:
        """What the journey says of it; a post that ended waits for nothing."""
        return getattr(self.situation, champ) if self.situation else None


COLONNES = [
    Colonne("Numéro", "poste.numero"),
    Colonne("Poste de coordinateur", "poste.coordinateur"),
    Colonne("État", "poste.get_etat_display"),
    Colonne("Étape", lambda ligne: ligne.dit("etape_libelle")),
    Colonne("Prochaine action", lambda ligne: ligne.dit("suite")),
    Colonne("À faire par", lambda ligne: ligne.dit("qui")),
    Colonne("Avant le", lambda ligne: ligne.dit("avant_le")),
    Colonne("En retard", lambda ligne: bool(ligne.dit("en_retard"))),
    Colonne("Campagne", "poste.campagne.nom"),
    Colonne("Accordé le", "poste.accorde_le"),
    Colonne("À pourvoir à partir du", "poste.demarrage_le"),
    Colonne("À pourvoir avant le", "poste.echeance_recrutement"),
    Colonne("Lieux d’exercice", "lieux"),
    Colonne("Motif de la restitution ou du retrait", "poste.motif_fin"),
]


def exporter_les_miens(acteur: Acteur, *, format: str) -> HttpResponse:
    postes = list(
        acces.postes_visibles_par(acteur)
        .select_related("structure", "campagne")
        .prefetch_related("lieux__commune")
        .order_by("numero")
    )
    situations = parcours.situations([poste for poste in postes if not poste.motif_fin], acteur)
    lignes = [LignePoste(poste, situations.get(poste.pk)) for poste in postes]
    return exporter("mes-postes", COLONNES, lignes, format=format)
