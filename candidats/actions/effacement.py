"""What was typed and never confirmed does not stay (R42, R111)."""

from __future__ import annotations

import datetime as dt

from candidats.actions.communs import verrouiller_candidat
from candidats.models import Candidat
from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, TransitionInterdite
from portal.commun.purge import effacer
from portal.commun.roles import Role
from portal.commun.verbes import verbe
from portal.comptes.actions.effacement import effacer_compte, effacer_rattachements, jamais_servi

# What the line that stays in the history no longer says; the column of the birth date takes no empty value.
VIDES = {
    "telephone": "",
    "diplome_nom": "",
    "motivation": "",
    "date_naissance": dt.date(1900, 1, 1),
    "commune": None,
    "identifiant_pix": "",
}


@verbe
def effacer_inscription(*, acteur: Acteur, candidat: Candidat, motif: str) -> None:
    """R111: the registration, and the account when it was only made for it. Confirmed meanwhile, it stays."""
    if not acteur.est(Role.SYSTEME):
        raise AccesRefuse("Seul le portail efface une inscription.")
    candidat = verrouiller_candidat(candidat.pk)
    if candidat.confirme_le is not None:
        raise TransitionInterdite("Cette inscription est confirmée : elle ne s’efface pas ainsi.")
    utilisateur = candidat.utilisateur
    effacer(candidat, motif=motif, vides=VIDES)
    effacer_rattachements(acteur=acteur, utilisateur=utilisateur, role=Role.CANDIDAT, motif=motif)
    if jamais_servi(utilisateur):
        effacer_compte(acteur=acteur, utilisateur=utilisateur, motif=motif)
