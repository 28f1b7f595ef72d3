"""Many objects through one transition of their machine, in two statements: the rows, then their history (R65, R110).

The table of the machine still decides: a role it does not name is refused, an object in another state is left alone.
The caller holds the locks and gives the keys of rows it has read in a state the transition starts from.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.utils import timezone

from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, TransitionInterdite
from portal.commun.historique import historiser, par_lots
from portal.commun.machines import Machine


def franchir_en_lot(
    modele: type[models.Model], cles: Sequence[int], machine: Machine, nom: str, *, acteur: Acteur, **champs: Any
) -> None:
    """Take every row of `cles` through the transition `nom`, with the same new value of each of `champs`."""
    ligne = machine[nom]
    if acteur.role not in ligne.roles:
        raise AccesRefuse(f"Votre rôle ne permet pas cette action : {ligne.libelle}.")
    maintenant = timezone.now()
    for lot in par_lots(cles):
        changees = modele.objects.filter(pk__in=lot, etat__in=ligne.sources).update(
            etat=ligne.cible,
            etat_le=maintenant,
            etat_par_id=acteur.utilisateur_id,
            etat_role=acteur.role,
            modifie_le=maintenant,
            **champs,
        )
        if changees != len(lot):
            raise TransitionInterdite(f"Action impossible ({ligne.libelle}) : un des objets n’est plus dans cet état.")
        historiser(modele, lot, acteur=acteur)
