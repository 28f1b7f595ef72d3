"""The application being filled in, kept between two visits (R20): its link, its size, what it opens."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from portal.commun import courriels
from portal.commun.jetons import JetonInvalide, emettre_jeton, lire_jeton, retrouver_jeton, uuid_de
from structures.models import BrouillonCandidature

USAGE_BROUILLON = "brouillon"
# The texts give no figure: the time to gather what is asked, and no longer than what is never confirmed (R111).
CONSERVATION = timedelta(days=30)
# The longest right answers of one step take a tenth of it; beyond, the step is judged instead of kept.
TAILLE_ETAPE_MAX = 100_000

DISPARU = (
    "Cette candidature a été envoyée, recommencée, ou laissée plus de trente jours : "
    "ce qui avait été saisi n’est plus gardé."
)


def taille(donnees: Mapping[str, Any]) -> int:
    return len(json.dumps(dict(donnees)))


def lien_reprise(brouillon: BrouillonCandidature) -> str:
    """The address of the page that resumes it. The earlier links to the same address go on working."""
    secret = emettre_jeton(
        usage=USAGE_BROUILLON,
        objet=brouillon,
        duree=CONSERVATION,
        donnees={"courriel": brouillon.courriel.lower()},
        remplace=False,
    )
    return courriels.lien("structures:reprendre", secret)


def brouillon_du_lien(secret: str) -> BrouillonCandidature:
    """What a link opens; `JetonInvalide` with a sentence otherwise, the same for a draft that is gone."""
    try:
        jeton = lire_jeton(secret, usage=USAGE_BROUILLON)
    except JetonInvalide:
        ancien = retrouver_jeton(secret, usage=USAGE_BROUILLON)
        if (
            ancien is not None
            and not BrouillonCandidature.objects.filter(uuid=uuid_de(ancien, BrouillonCandidature)).exists()
        ):
            raise JetonInvalide(DISPARU) from None
        raise
    brouillon = BrouillonCandidature.objects.filter(uuid=uuid_de(jeton, BrouillonCandidature)).first()
    if brouillon is None:
        raise JetonInvalide(DISPARU)
    return brouillon
