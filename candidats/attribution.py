"""R47, R48: among eligible pairs, which ones to propose, each post and each candidate within its cap. Pure.

See `candidats.appariement` for the method as a whole.
"""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from candidats.appariement import Paires

PASSES_D_AMELIORATION = 10
# A chain longer than that is not looked for when posts that cannot be completed give theirs up.
POSTES_VISITES_MAX = 40


def attribuer(paires: Paires, places: np.ndarray, capacites: np.ndarray) -> np.ndarray:
    """The lines of the pairs to keep. `paires` are sorted by post, best first."""
    etat = _Attribution(paires, places, capacites)
    etat.glouton()
    etat.reparer()
    etat.completer()
    etat.ameliorer()
    return np.array(sorted(etat.prises()), dtype=np.int64)


class _Attribution:
    """The pairs taken so far; `e` is the line of a pair, `p` of a post, `c` of a candidate."""

    def __init__(self, paires: Paires, places: np.ndarray, capacites: np.ndarray) -> None:
        self.poste = paires.poste.tolist()
        self.candidat = paires.candidat.tolist()
        self.score = paires.score.tolist()
        self.aretes: dict[int, list[int]] = {}
        for e, p in enumerate(self.poste):
            self.aretes.setdefault(p, []).append(e)
        self.places = {p: int(places[p]) for p in self.aretes}
        self.reste = {c: int(capacites[c]) for c in set(self.candidat)}
        self.prise = [False] * len(self.poste)
        self.nombre = dict.fromkeys(self.aretes, 0)
        # By candidate: the posts that hold it, each with the pair (a dict keeps the order, hence determinism).
        self.porteurs: dict[int, dict[int, int]] = {c: {} for c in self.reste}

    def prises(self) -> list[int]:
        return [e for e, prise in enumerate(self.prise) if prise]

    def manque(self, p: int) -> int:
        return self.places[p] - self.nombre[p]

    def prendre(self, e: int) -> None:
        p, c = self.poste[e], self.candidat[e]
        self.prise[e] = True
        self.nombre[p] += 1
        self.reste[c] -= 1
        self.porteurs[c][p] = e

    def rendre(self, e: int) -> None:
        p, c = self.poste[e], self.candidat[e]
        self.prise[e] = False
        self.nombre[p] -= 1
        self.reste[c] += 1
        del self.porteurs[c][p]

    def glouton(self) -> None:
        """The posts with the fewest candidates choose first."""
        for p in sorted(self.aretes, key=lambda p: (len(self.aretes[p]), p)):
            for e in self.aretes[p]:
                if self.manque(p) <= 0:
                    break
                if self.reste[self.candidat[e]] > 0:
                    self.prendre(e)

    def incomplets(self) -> list[int]:
        return sorted((p for p in self.aretes if self.manque(p) > 0), key=lambda p: (self.manque(p), p))

    def reparer(self) -> None:
        """Chains of exchanges, until none adds a proposal. What a failed search has met leads nowhere for good."""
        sans_issue: set[int] = set()
        for p in self.incomplets():
            while self.manque(p) > 0:
                chaine, vus = self._chercher(p, sans_issue, self._libre, None)
                if chaine is None:
                    sans_issue |= vus
                    break
                self._appliquer(chaine)

    def completer(self) -> None:
        """Posts that lack the least take from those that lack more, when it gives them their three."""
        incomplets = self.incomplets()
        for p in incomplets:
            donneurs = {q for q in incomplets if self.manque(q) >= self.manque(p) > 0 and q != p}
            if not donneurs:
                continue
            faites: list[list[tuple[int, int | None]]] = []
            while self.manque(p) > 0:
                fin = partial(self._chez_un_donneur, donneurs)
                chaine, _ = self._chercher(p, set(), fin, POSTES_VISITES_MAX)
                if chaine is None:
                    break
                self._appliquer(chaine)
                faites.append(chaine)
            if self.manque(p) > 0:
                for chaine in reversed(faites):
                    self._defaire(chaine)

    def _libre(self, e: int) -> int | None:
        """-1 when the candidate of this pair is under the cap."""
        return -1 if self.reste[self.candidat[e]] > 0 else None

    def _chez_un_donneur(self, donneurs: set[int], e: int) -> int | None:
        """The pair that a post which cannot be completed would give up for this one."""
        porteurs = self.porteurs[self.candidat[e]]
        return next((autre for q, autre in porteurs.items() if q in donneurs), None)

    def _chercher(self, depart, sans_issue, fin, limite):
        """Breadth first: a list of (pair to take, pair given up or None), or None with the posts met."""
        vus = {depart}
        venu_de: dict[int, tuple[int, int] | None] = {depart: None}
        file = deque([depart])
        while file:
            p = file.popleft()
            for e in self.aretes[p]:
                if self.prise[e]:
                    continue
                trouve = fin(e)
                if trouve is not None and (trouve < 0 or self.poste[trouve] not in vus):
                    return self._remonter(p, e, None if trouve < 0 else trouve, venu_de), vus
                for q, autre in self.porteurs[self.candidat[e]].items():
                    if q not in vus and q not in sans_issue:
                        vus.add(q)
                        venu_de[q] = (e, autre)
                        file.append(q)
            if limite is not None and len(vus) > limite:
                break
        return None, vus

    def _remonter(self, p, e, rendue, venu_de):
        chaine = [(e, rendue)]
        while venu_de[p] is not None:
            prise, cedee = venu_de[p]
            # The post `p` gives up `cedee`, which lets the post of `prise` take its candidate.
            chaine.append((prise, cedee))
            p = self.poste[prise]
        return chaine

    def _appliquer(self, chaine) -> None:
        for _, rendue in chaine:
            if rendue is not None:
                self.rendre(rendue)
        for prise, _ in chaine:
            self.prendre(prise)

    def _defaire(self, chaine) -> None:
        for prise, _ in chaine:
            self.rendre(prise)
        for _, rendue in chaine:
            if rendue is not None:
                self.prendre(rendue)

    def ameliorer(self) -> None:
        """A better candidate under the cap takes the place of the worst proposal of a post."""
        for _ in range(PASSES_D_AMELIORATION):
            changes = [p for p in sorted(self.aretes) if self._ameliorer_un(p)]
            if not changes:
                return

    def _ameliorer_un(self, p: int) -> bool:
        change = False
        for e in self.aretes[p]:
            tenues = [autre for autre in self.aretes[p] if self.prise[autre]]
            if not tenues:
                break
            # Best first: a pair later in the list than the worst one held cannot be better.
            if e > tenues[-1]:
                break
            if not self.prise[e] and self.reste[self.candidat[e]] > 0 and self.score[e] > self.score[tenues[-1]]:
                self.rendre(tenues[-1])
                self.prendre(e)
                change = True
        return change
