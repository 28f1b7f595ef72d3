"""The people of the journey, their browsers, and the calendar: today, then the days that the rules ask to wait for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from portal.commun.acteurs import Acteur
from portal.commun.roles import Role
from portal.comptes.acces import acteur_de
from portal.comptes.models import Utilisateur
from tests.comptes.factories import MOT_DE_PASSE, RattachementFactory, activer_second_facteur
from tests.formation.factories import OrganismeFactory
from tests.parcours.calendrier import Calendrier
from tests.parcours.verbes import Recrutement
from tests.parcours.visite import Visite
from tests.structures.factories import CampagneFactory, siret_suivant

MAIRIE = "mairie@moulins.example"
CANDIDATS = ("ines@candidat.example", "malik@candidat.example", "salome@candidat.example")


class Histoire(Calendrier):
    """What exists before the first click: an open call, the agents of the State and of BdT, one training body."""

    def __init__(self, nouvelle_page: Callable[..., Any], *, js: bool):
        super().__init__()
        self._nouvelle_page, self.js = nouvelle_page, js
        self._visites: dict[str, Visite] = {}
        self.pages_vues: set[tuple[str, str]] = set()
        self.campagne = CampagneFactory(nom="Conseillers des structures publiques", enveloppe_postes=100)
        self.siret = siret_suivant()
        self.organisme = OrganismeFactory(nom="Centre de formation de l’Allier")
        # Who signs in with what: address, password, secret of the second factor.
        self.acces = {
            "prefecture": self._agent(Role.PREFECTURE),
            "anct": self._agent(Role.ANCT),
            "bdt": self._agent(Role.BDT, signataire=True),
            "organisme": self._agent(Role.ORGANISME, organisation=self.organisme.organisation),
            "structure": (MAIRIE, MOT_DE_PASSE, ""),
            **{courriel: (courriel, MOT_DE_PASSE, "") for courriel in CANDIDATS},
        }

        # Structures that follow the same path elsewhere, by the verbs.
        self.autres: list[Recrutement] = []

    def acteur(self, qui: str) -> Acteur:
        """Somebody acting without a browser."""
        return acteur_de(Utilisateur.objects.get(email=self.acces[qui][0]))

    @property
    def centre(self) -> Acteur:
        return self.acteur("organisme")

    def _agent(self, role: Role, **champs: Any) -> tuple[str, str, str]:
        options = {role.value: True, "administrateur": True, "acces_du_role": role is Role.ORGANISME, **champs}
        utilisateur = RattachementFactory(**options).utilisateur
        if role is Role.ORGANISME:
            return utilisateur.email, MOT_DE_PASSE, ""
        utilisateur.is_staff = role is not Role.BDT
        utilisateur.save()
        return utilisateur.email, MOT_DE_PASSE, activer_second_facteur(utilisateur)

    # --- browsers ---

    def visite(self, qui: str) -> Visite:
        """The browser of somebody, opened once."""
        if qui not in self._visites:
            self._visites[qui] = Visite(self._nouvelle_page(js=self.js), js=self.js, vues=self.pages_vues)
        return self._visites[qui]

    def chez(self, qui: str, adresse: str = "/espace/") -> Visite:
        """Somebody goes to a page of the portal, signing in when they are asked to."""
        visite = self.visite(qui)
        visite.aller(adresse)
        if "/comptes/login/" in visite.page.url:
            visite.se_connecter(*self.acces[qui])
        return visite
