"""What this floor does when the floor below says something happened (R46, R47, R55)."""

from __future__ import annotations

from candidats import notifications, suites
from candidats.actions import distances
from candidats.actions.communs import clore, verrouiller_vivantes
from candidats.enums import EtatInvitation, MotifCloture
from candidats.etats import MACHINE_INVITATION
from candidats.models import InvitationCandidat
from portal.commun.acteurs import Acteur
from portal.commun.evenements import abonner
from structures.models import Poste, Structure

# Above this number of posts, the structure waits for the worker rather than the person who activates it.
POSTES_COMPLETES_AUSSITOT = 5


def abonner_tout() -> None:
    abonner("structure.activee", structure_activee)
    abonner("poste.libere", poste_libere)
    abonner("poste.ferme", poste_ferme)
    abonner("poste.transfere", poste_transfere)
    abonner("poste.deplace", poste_deplace)


def structure_activee(*, structure: Structure, **_: object) -> None:
    """R27, R46: three candidates for each of its posts, at once."""
    postes = list(Poste.objects.filter(structure=structure).order_by("pk").values_list("pk", flat=True))
    if len(postes) > POSTES_COMPLETES_AUSSITOT:
        suites.tout_apparier()
        return
    for poste_id in postes:
        suites.poste_a_completer(poste_id)


def poste_libere(*, poste: Poste, **_: object) -> None:
    suites.poste_a_completer(poste.pk)


def poste_ferme(*, poste: Poste, **_: object) -> None:
    """R29, R30: nobody can be recruited on this post any longer; the candidates are told."""
    _clore(poste, MotifCloture.POSTE_FERME)


def poste_transfere(*, poste: Poste, **_: object) -> None:
    """R29: what a structure had chosen is not the choice of another one; the engine starts again from the new place."""
    _clore(poste, MotifCloture.POSTE_TRANSFERE)
    suites.poste_a_completer(poste.pk)


def poste_deplace(*, postes: list[Poste], **_: object) -> None:
    """R46, R55: distances are those of the new places; what nobody had decided on and is now out of reach ends, and
    the next best come. A choice made by either side stays."""
    distances.actualiser(poste__in=postes)
    if len(postes) > POSTES_COMPLETES_AUSSITOT:
        suites.tout_apparier()
        return
    for poste in postes:
        suites.poste_a_reexaminer(poste.pk)


def _clore(poste: Poste, motif: MotifCloture) -> None:
    notifications.annoncer_fin(clore(verrouiller_vivantes(poste=poste), motif))
    for invitation in InvitationCandidat.objects.select_for_update(of=("self",), no_key=True).filter(
        poste=poste, etat=EtatInvitation.ENVOYEE
    ):
        MACHINE_INVITATION.franchir(invitation, "annuler", acteur=Acteur.systeme())
        invitation.save()
