"""The whole story, in the order of its days."""

from __future__ import annotations

import datetime as dt

from demo.agenda import Agenda
from demo.scenario.acteurs import creer_institutions, role_conseiller
from demo.scenario.candidats import Candidats
from demo.scenario.postes import Postes
from demo.scenario.structures import Structures
from portal.commun.acteurs import Acteur
from portal.commun.roles import Role
from subventions.actions import ouvrir_tranches


def jouer_l_histoire(aujourdhui: dt.date) -> None:
    """Everything that happened in the Allier until this morning."""
    agenda = Agenda(aujourdhui)
    agenda.noter(-90, creer_institutions)
    structures = Structures(agenda)
    structures.noter()
    Candidats(agenda).noter()
    Postes(agenda, structures).noter()
    agenda.noter(-29, lambda: role_conseiller("conseiller@demo.example", Role.CONSEILLER))
    agenda.noter(-18, lambda: role_conseiller("coordinateur@demo.example", Role.COORDINATEUR))
    # The night job, as it ran (R65).
    for jour in range(-3, 1):
        agenda.noter(
            jour, lambda jour=jour: ouvrir_tranches(acteur=Acteur.systeme("Démonstration"), le=agenda.jour(jour))
        )
    agenda.jouer()
