"""Many objects through one transition of their machine, in two statements: the rows, then their history (R65, R110).

The table of the machine still decides: a role it does not name is refused, an object in another state is left alone.
The caller holds the locks and gives the keys of rows it has read in a state the transition starts from.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection, models
from django.utils import timezone

from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, TransitionInterdite
from portal.commun.journal import contexte_courant
from portal.commun.machines import Machine

TAILLE = 5_000


def par_lots(elements: Sequence[Any], taille: int = TAILLE) -> Iterator[Sequence[Any]]:
    """Slices short enough for one statement."""
    for debut in range(0, len(elements), taille):
        yield elements[debut : debut + taille]


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
        historiser(modele, lot, acteur)


def historiser(modele: type[models.Model], cles: Sequence[int], acteur: Acteur) -> None:
    """One history row per key, copied from the present row, signed like those of django-simple-history (R110)."""
    contexte = contexte_courant()
    historique = modele.history.model
    colonnes = [champ.column for champ in historique.tracked_fields]
    signature = {
        "history_date": timezone.now(),
        "history_type": "~",
        "history_change_reason": (contexte.motif or None) if contexte else None,
        "history_user_id": acteur.utilisateur_id,
        "history_role": acteur.role,
    }
    citer = connection.ops.quote_name
    liste = ", ".join(map(citer, colonnes))
    ordre = (
        f"INSERT INTO {citer(historique._meta.db_table)} ({liste}, {', '.join(map(citer, signature))}) "  # noqa: S608 - names of the model
        f"SELECT {liste}, {', '.join(['%s'] * len(signature))} "
        f"FROM {citer(modele._meta.db_table)} WHERE {citer(modele._meta.pk.column)} = ANY(%s)"
    )
    with connection.cursor() as curseur:
        curseur.execute(ordre, [*signature.values(), list(cles)])
