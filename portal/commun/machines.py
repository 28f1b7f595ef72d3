"""State machines as data (ARCHITECTURE §3): one table per machine, read in one screen, held by django-fsm-2.

A refused POST, a hidden button, the documentation page and the exhaustive test all read the same table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils import timezone
from django_fsm import FSMField, FSMModelMixin
from django_fsm import transition as transition_fsm

from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, TransitionInterdite
from portal.commun.roles import Role


@dataclass(frozen=True, slots=True)
class Transition:
    """`nom` takes an object from one of `sources` to `cible`; only `roles` may ask for it."""

    nom: str
    sources: frozenset[str]
    cible: str
    roles: frozenset[str]
    libelle: str


def t(nom: str, sources: str | Iterable[str], cible: str, roles: str | Iterable[str], libelle: str) -> Transition:
    """Short form of a line of a table; the portal itself may always make a transition it is given to."""
    sources = {sources} if isinstance(sources, str) else set(sources)
    roles = {roles} if isinstance(roles, str) else set(roles)
    return Transition(nom, frozenset(map(str, sources)), str(cible), frozenset(roles | {Role.SYSTEME}), libelle)


class Machine:
    """One state machine: its states, its first state and its table of transitions."""

    def __init__(self, nom: str, etats: type[models.TextChoices], initial: str, transitions: Iterable[Transition]):
        self.nom = nom
        self.etats = etats
        self.initial = str(initial)
        self.transitions = {ligne.nom: ligne for ligne in transitions}

    def __getitem__(self, nom: str) -> Transition:
        return self.transitions[nom]

    def __iter__(self) -> Iterator[Transition]:
        return iter(self.transitions.values())

    def autorise(self, etat: str, nom: str, acteur: Acteur) -> bool:
        """True when `acteur` may make the transition `nom` from `etat`: what shows or hides a button."""
        ligne = self.transitions[nom]
        return etat in ligne.sources and acteur.role in ligne.roles

    def verifier(self, objet: Any, nom: str, acteur: Acteur) -> Transition:
        """Raise `TransitionInterdite` or `AccesRefuse` with a sentence for people; return the line otherwise."""
        ligne = self.transitions[nom]
        if acteur.role not in ligne.roles:
            raise AccesRefuse(f"Votre rôle ({Role(acteur.role).label}) ne permet pas cette action : {ligne.libelle}.")
        if objet.etat not in ligne.sources:
            actuel = self.etats(objet.etat).label
            raise TransitionInterdite(f"Action impossible ({ligne.libelle}) : l’état actuel est « {actuel} ».")
        return ligne

    def franchir(self, objet: Any, nom: str, *, acteur: Acteur) -> None:
        """Check, then change the state with its date, author and role; the caller saves."""
        self.verifier(objet, nom, acteur)
        getattr(objet, f"_fsm_{nom}")()
        objet.etat_le = timezone.now()
        objet.etat_par_id = acteur.utilisateur_id
        objet.etat_role = acteur.role


class ChampEtat(FSMField):
    """A protected state field that takes its states and its transitions from a `Machine`."""

    def __init__(self, machine: Machine | None = None, **kwargs: Any):
        self.machine = machine
        if machine is not None:
            kwargs.setdefault("default", machine.initial)
            kwargs.setdefault("choices", machine.etats.choices)
        kwargs.setdefault("max_length", 30)
        kwargs.setdefault("db_index", True)
        kwargs["protected"] = True
        kwargs.setdefault("verbose_name", "état")
        super().__init__(**kwargs)

    def deconstruct(self) -> Any:
        nom, _, _, kwargs = super().deconstruct()
        kwargs.pop("protected", None)
        kwargs.pop("choices", None)
        return nom, "django.db.models.CharField", [], kwargs

    def contribute_to_class(self, cls: type, name: str, **kwargs: Any) -> None:
        if self.machine is not None and issubclass(cls, ModeleAEtat):
            for ligne in self.machine:
                corps = _corps_vide()
                setattr(
                    cls,
                    f"_fsm_{ligne.nom}",
                    transition_fsm(field=self, source=sorted(ligne.sources), target=ligne.cible)(corps),
                )
        super().contribute_to_class(cls, name, **kwargs)


def _corps_vide():
    # What a transition changes besides the state stands in the verb of `actions.py`.
    def corps(self) -> None:
        return None

    return corps


class ModeleAEtat(FSMModelMixin, models.Model):
    """Mixin of an object with a state: the state never stands without its date, author and role."""

    etat_le = models.DateTimeField("dans cet état depuis", default=timezone.now, editable=False)
    etat_par = models.ForeignKey(
        "comptes.Utilisateur",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="par",
    )
    etat_role = models.CharField(
        "en tant que", max_length=20, choices=Role.choices, default=Role.SYSTEME, editable=False
    )

    class Meta:
        abstract = True

    def actions_permises(self, acteur: Acteur) -> list[Transition]:
        """The transitions that `acteur` may ask for now."""
        machine = self._meta.get_field("etat").machine
        return [ligne for ligne in machine if machine.autorise(self.etat, ligne.nom, acteur)]
