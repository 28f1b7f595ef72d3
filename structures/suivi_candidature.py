"""The two links of an application: confirm it (once), follow it (as often as needed).

The follow-up link opens one application and nothing else: its state, its correction (R31), its re-examination (R28),
its withdrawal (R29). It lasts as long as a convention may, and can be revoked; each mail brings its own, and the
earlier ones go on working.
"""

from __future__ import annotations

from datetime import timedelta

from portal.commun import courriels
from portal.commun.jetons import emettre_jeton, lire_jeton, revoquer_jetons, uuid_de
from structures.models import Candidature

USAGE_CONFIRMATION = "structures.confirmation"
USAGE_SUIVI = "structures.suivi"
DUREE_CONFIRMATION = timedelta(days=7)
DUREE_SUIVI = timedelta(days=3 * 365)


def lien_confirmation(candidature: Candidature) -> str:
    """R23: a new single-use link; the earlier ones stop working."""
    secret = emettre_jeton(usage=USAGE_CONFIRMATION, objet=candidature, duree=DUREE_CONFIRMATION)
    return courriels.lien("structures:confirmer", secret)


def lien_suivi(candidature: Candidature) -> str:
    """The address of the follow-up page, for a mail to the contact of the application."""
    secret = emettre_jeton(usage=USAGE_SUIVI, objet=candidature, duree=DUREE_SUIVI, remplace=False)
    return courriels.lien("structures:suivi", secret)


def candidature_du_suivi(secret: str) -> Candidature:
    """The application that a follow-up link opens; `JetonInvalide` with a sentence otherwise."""
    jeton = lire_jeton(secret, usage=USAGE_SUIVI)
    candidatures = Candidature.objects.select_related("campagne", "structure", "commune__departement")
    return candidatures.get(uuid=uuid_de(jeton, Candidature))


def revoquer_suivi(candidature: Candidature) -> None:
    """End every follow-up link of an application, for instance when its contact has changed."""
    revoquer_jetons(usage=USAGE_SUIVI, objet=candidature)
