"""What the verbs of a committee share: who holds it, its locks (R26)."""

from __future__ import annotations

from portal.commun.erreurs import TransitionInterdite
from portal.commun.verrous import sous_verrou
from structures.enums import EtatComite
from structures.models import Comite, LigneComite


def verrouiller_comite(comite: Comite) -> Comite:
    """The committee under lock; a closed one is immutable (R26)."""
    comite = Comite.objects.select_for_update(of=("self",), no_key=True).select_related("campagne").get(pk=comite.pk)
    if comite.etat != EtatComite.PREPARATION:
        raise TransitionInterdite(
            f"Le comité n° {comite.numero} est clos : il ne change plus. Une correction est une nouvelle décision, "
            "dans un autre comité."
        )
    return comite


def verrouiller_ligne(ligne: LigneComite) -> LigneComite:
    """The line under lock, with what the rules read of it; somebody may have taken it off the agenda."""
    lies = ("candidature__structure", "candidature__commune", "demande")
    try:
        return sous_verrou(LigneComite, ligne.pk, *lies)
    except LigneComite.DoesNotExist as disparue:
        raise TransitionInterdite("Cette ligne a été retirée de l’ordre du jour entre-temps.") from disparue
