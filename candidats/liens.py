"""The signed link « Pas intéressé » of the mails (R50): it names one pair, expires, and does nothing on GET.

It is signed rather than stored: one run of the engine sends thousands of them, and the state of the pair is what
makes it useful once.
"""

from __future__ import annotations

from datetime import timedelta

from django.core import signing

from candidats.models import MiseEnRelation
from portal.commun import courriels
from portal.commun.jetons import JetonInvalide

# Purposes of the single-use links (R42, R49).
USAGE_CONFIRMATION = "candidats.confirmation"
USAGE_INVITATION = "candidats.invitation"

SEL = "candidats.pas-interesse"
DUREE = timedelta(days=60)


def signer(mise_en_relation: MiseEnRelation) -> str:
    return signing.dumps(mise_en_relation.uuid.hex, salt=SEL)


def lire(secret: str) -> str:
    """The UUID of the pair, or `JetonInvalide` with a sentence that says what to do."""
    try:
        return signing.loads(secret, salt=SEL, max_age=DUREE)
    except signing.SignatureExpired as erreur:
        raise JetonInvalide("Ce lien a expiré. Connectez-vous à votre espace pour répondre.") from erreur
    except signing.BadSignature as erreur:
        raise JetonInvalide("Ce lien n’est pas valable. Connectez-vous à votre espace pour répondre.") from erreur


def lien_pas_interesse(mise_en_relation: MiseEnRelation) -> str:
    return courriels.lien("candidats:pas_interesse", signer(mise_en_relation))
