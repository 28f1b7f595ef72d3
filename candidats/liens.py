"""The signed link « Pas intéressé » of the mails (R50): it names one pair, expires, and does nothing on GET.

It is signed rather than stored: one run of the engine sends thousands of them. The state of the pair makes it useful
once, and a refusal that is undone ends every link sent before: only a later mail brings one that works.
"""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote, urlencode

from django.conf import settings
from django.core import signing
from django.db.models import QuerySet

from candidats.models import Candidat, MiseEnRelation
from portal.commun import courriels
from portal.commun.jetons import JetonInvalide

# Purposes of the single-use links (R42, R49, R51).
USAGE_CONFIRMATION = "candidats.confirmation"
USAGE_INVITATION = "candidats.invitation"
USAGE_DISPONIBILITE = "candidats.disponibilite"

SEL = "candidats.pas-interesse"
# R51: the candidate's own answers; a state that asks for none makes the link useless.
SEL_REPONSE = "candidats.reponse"
DUREE = timedelta(days=60)


def signer(mise_en_relation: MiseEnRelation) -> str:
    return signing.dumps([mise_en_relation.uuid.hex, mise_en_relation.retablie_fois], salt=SEL)


def mise_en_relation_du_lien(secret: str, paires: QuerySet[MiseEnRelation]) -> MiseEnRelation:
    """The pair of a link, among `paires`, or `JetonInvalide` with a sentence that says what to do."""
    identifiant, fois = _lire(secret)
    paire = paires.filter(uuid=identifiant).first()
    if paire is None:
        raise JetonInvalide("Ce lien n’est pas valable. Connectez-vous à votre espace pour répondre.")
    if paire.retablie_fois != fois:
        raise JetonInvalide("Ce lien a déjà servi. Connectez-vous à votre espace pour répondre.")
    return paire


def _lire(secret: str) -> tuple[str, int]:
    identifiant, fois = _ouvrir(secret, SEL, 2)
    return identifiant, fois


def _ouvrir(secret: str, sel: str, taille: int) -> list:
    try:
        contenu = signing.loads(secret, salt=sel, max_age=DUREE)
    except signing.SignatureExpired as erreur:
        raise JetonInvalide("Ce lien a expiré. Connectez-vous à votre espace pour répondre.") from erreur
    except (signing.BadSignature, ValueError) as erreur:
        raise JetonInvalide("Ce lien n’est pas valable. Connectez-vous à votre espace pour répondre.") from erreur
    if not isinstance(contenu, list) or len(contenu) != taille:
        raise JetonInvalide("Ce lien n’est pas valable. Connectez-vous à votre espace pour répondre.")
    return contenu


def lien_pas_interesse(mise_en_relation: MiseEnRelation) -> str:
    return courriels.lien("candidats:pas_interesse", signer(mise_en_relation))


def lien_campagne(candidat: Candidat) -> str:
    """R45: the person's own way into the Pix campaign; empty when none is open."""
    if not settings.PIX_CAMPAGNE_URL or not settings.PIX_CAMPAGNE_CODE:
        return ""
    requete = urlencode({"participantExternalId": candidat.identifiant_pix})
    return f"{settings.PIX_CAMPAGNE_URL.rstrip('/')}/campagnes/{quote(settings.PIX_CAMPAGNE_CODE, safe='')}?{requete}"


# --- R51: what the candidate answers --------------------------------------------------------------------------------


def signer_reponse(mise_en_relation: MiseEnRelation) -> str:
    return signing.dumps([mise_en_relation.uuid.hex], salt=SEL_REPONSE)


def mise_en_relation_de_la_reponse(secret: str, paires: QuerySet[MiseEnRelation]) -> MiseEnRelation:
    """The pair whose candidate received the link, or `JetonInvalide` with a sentence that says what to do."""
    (identifiant,) = _ouvrir(secret, SEL_REPONSE, 1)
    paire = paires.filter(uuid=identifiant).first()
    if paire is None:
        raise JetonInvalide("Ce lien n’est pas valable. Connectez-vous à votre espace pour répondre.")
    return paire


def lien_reponse(mise_en_relation: MiseEnRelation) -> str:
    return courriels.lien("candidats:repondre_lien", signer_reponse(mise_en_relation))


def lien_creneaux(mise_en_relation: MiseEnRelation) -> str:
    return courriels.lien("candidats:creneaux_lien", signer_reponse(mise_en_relation))
