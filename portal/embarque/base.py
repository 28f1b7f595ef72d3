"""Bring the database up to date: only what changed since the last time."""

from __future__ import annotations

from collections.abc import Mapping

from portal.embarque import environnement
from portal.embarque.affichage import Etapes, Refus
from portal.embarque.donnees import (
    RACINE,
    Donnees,
    empreinte_des_migrations,
    empreinte_des_territoires,
)
from portal.embarque.processus import Superviseur


def etapes_necessaires(donnees: Donnees) -> list[tuple[str, str, str, list[str]]]:
    """What must be done, in order: (key, digest, label, manage.py arguments)."""
    possibles = [
        ("migrations", empreinte_des_migrations(), "Migrations de la base", ["migrate", "--noinput"]),
        ("territoires", empreinte_des_territoires(), "Communes et territoires", ["charger_territoires"]),
    ]
    # With a database of the caller's, our notes say nothing about its content.
    fournie = "DATABASE_URL" in environnement.services_fournis()
    return [etape for etape in possibles if fournie or not donnees.est_prepare(etape[0], etape[1])]


def preparer(superviseur: Superviseur, donnees: Donnees, env: Mapping[str, str], etapes: Etapes, a_faire: list) -> None:
    """Run the steps of `etapes_necessaires`."""
    for cle, empreinte, libelle, commande in a_faire:
        with etapes.etape(libelle):
            executer_manage(superviseur, cle, commande, env)
        donnees.marquer_prepare(cle, empreinte)


def executer_manage(superviseur: Superviseur, nom: str, commande: list[str], env: Mapping[str, str]) -> None:
    """One manage.py command with its output in a log; a failure shows the end of it."""
    code = superviseur.executer(nom, environnement.manage(*commande), env=env, cwd=RACINE, journal=True)
    if code:
        journal = superviseur.journaux / f"{nom}.log"
        fin = "\n".join(journal.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
        raise Refus(f"« manage.py {' '.join(commande)} » a échoué (code {code}). Journal : {journal}\n{fin}")
