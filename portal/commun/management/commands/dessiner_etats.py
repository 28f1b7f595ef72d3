"""Draw `docs/etats/<machine>.md` and `docs/droits.md` from the machines and the rights themselves.

The code reads the same tables, so that the documentation cannot drift.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.commun.droits import droits
from portal.commun.machines import ChampEtat, Machine
from portal.commun.roles import Role

ENTETE = "<!-- Written by `bin/manage dessiner_etats`; edit the machine, not this page. -->"


def machines() -> dict[str, tuple[Machine, str]]:
    """Every machine that a model uses, by its name, with the label of the model."""
    trouvees: dict[str, tuple[Machine, str]] = {}
    for modele in apps.get_models():
        for champ in modele._meta.get_fields():
            if (
                isinstance(champ, ChampEtat)
                and champ.machine is not None
                and not modele.__name__.startswith("Historical")
            ):
                trouvees[champ.machine.nom] = (champ.machine, modele._meta.label)
    return dict(sorted(trouvees.items()))


def page(machine: Machine, modele: str) -> str:
    """The page of one machine: a diagram, its states and its transitions with who may make each."""
    lignes = [
        ENTETE,
        "",
        f"# {machine.nom}",
        "",
        f"Model: `{modele}`. First state: `{machine.initial}`.",
        "",
        "```mermaid",
    ]
    lignes += ["stateDiagram-v2", f"    [*] --> {machine.initial}"]
    for ligne in machine:
        lignes += [f"    {source} --> {ligne.cible} : {ligne.nom}" for source in sorted(ligne.sources)]
    lignes += ["```", "", "| state | label |", "|---|---|"]
    lignes += [f"| `{etat.value}` | {etat.label} |" for etat in machine.etats]
    lignes += ["", "| transition | from | to | who | label |", "|---|---|---|---|---|"]
    for ligne in machine:
        sources = ", ".join(f"`{source}`" for source in sorted(ligne.sources))
        roles = ", ".join(str(Role(role).label) for role in sorted(ligne.roles - {Role.SYSTEME}))
        lignes.append(
            f"| `{ligne.nom}` | {sources} | `{ligne.cible}` | {roles or Role.SYSTEME.label} | {ligne.libelle} |"
        )
    return "\n".join(lignes) + "\n"


def page_des_droits() -> str:
    """Who may do what, in one table: the transitions of every machine, then the verbs that no machine holds."""
    lignes = [(nom, ligne.nom, ligne.libelle, ligne.roles) for nom, (m, _) in machines().items() for ligne in m]
    lignes += [(droit.regle, droit.nom, droit.libelle, droit.roles) for droit in droits()]
    colonnes = [role for role in Role if role != Role.SYSTEME and any(role in roles for *_, roles in lignes)]
    titres = " | ".join(["machine or rule", "verb", "what", *(str(role.label) for role in colonnes)])
    texte = [
        ENTETE,
        "",
        "# Who may do what",
        "",
        "One line per transition of a machine, then one per verb without a machine (its rule is named instead).",
        "The role comes first, then the perimeter: an object outside it answers 404. The portal may do it all.",
        "",
        f"| {titres} |",
        "|" + "---|" * (3 + len(colonnes)),
    ]
    for domaine, verbe, libelle, roles in lignes:
        cases = " | ".join("✓" if role in roles else " " for role in colonnes)
        texte.append(f"| {domaine} | `{verbe}` | {libelle} | {cases} |")
    return "\n".join(texte) + "\n"


class Command(BaseCommand):
    help = "Dessine docs/etats et docs/droits.md (--verifier : échoue si une page n’est plus à jour)."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--verifier", action="store_true")

    def handle(self, *args: Any, verifier: bool = False, **options: Any) -> None:
        dossier = Path(settings.BASE_DIR) / "docs" / "etats"
        dossier.mkdir(parents=True, exist_ok=True)
        attendues = {f"{nom}.md": page(machine, modele) for nom, (machine, modele) in machines().items()}
        perimees = [
            nom
            for nom, texte in attendues.items()
            if not (dossier / nom).exists() or (dossier / nom).read_text() != texte
        ]
        en_trop = [chemin.name for chemin in dossier.glob("*.md") if chemin.name not in attendues]
        table, droits_attendus = dossier.parent / "droits.md", page_des_droits()
        droits_perimes = not table.exists() or table.read_text() != droits_attendus
        if verifier and (perimees or en_trop or droits_perimes):
            noms = sorted([*perimees, *en_trop, *([table.name] if droits_perimes else [])])
            raise CommandError("Pages à redessiner : " + ", ".join(noms))
        if droits_perimes:
            table.write_text(droits_attendus)
        for nom in perimees:
            (dossier / nom).write_text(attendues[nom])
        for nom in en_trop:
            (dossier / nom).unlink()
        self.stdout.write(f"{len(attendues)} machines, {len(perimees)} page(s) redessinée(s).")
