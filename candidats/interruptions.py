"""Who is on the way to a post that may be closed or transferred: what `abonnements` would then end (R29, R30, R49).

Three queries for any number of posts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db.models import Min
from django.utils import timezone

from candidats.enums import ETATS_OUVERTS, ETATS_VIVANTS, EtatInvitation
from candidats.models import Entretien, InvitationCandidat, MiseEnRelation
from portal.commun.affichage import moment
from structures.models import Poste


def fournir(postes: Sequence[Poste]) -> dict[int, list[str]]:
    """By post: the live pairs, the interviews to come among them, the invitations without an answer."""
    vivantes = MiseEnRelation.objects.filter(poste__in=postes, etat__in=ETATS_VIVANTS)
    candidatures = Counter(vivantes.values_list("poste_id", flat=True))
    invitations = Counter(
        InvitationCandidat.objects.filter(poste__in=postes, etat=EtatInvitation.ENVOYEE).values_list("poste", flat=True)
    )
    entretiens: dict[int, list[datetime]] = defaultdict(list)
    a_venir = Entretien.objects.filter(
        mise_en_relation__in=vivantes,
        etat__in=ETATS_OUVERTS,
        debut__gt=timezone.now(),
    )
    # The slots of one proposal are one interview to come: its first date (R52).
    par_paire = a_venir.order_by().values("mise_en_relation__poste", "mise_en_relation").annotate(premier=Min("debut"))
    for poste, debut in par_paire.order_by("premier").values_list("mise_en_relation__poste", "premier"):
        entretiens[poste].append(debut)
    parties: dict[int, list[str]] = {}
    for poste in postes:
        dites = []
        if nombre := candidatures[poste.pk]:
            dites.append(_candidatures(nombre, entretiens[poste.pk]))
        if nombre := invitations[poste.pk]:
            s = "s" if nombre > 1 else ""
            dites.append(f"{nombre} invitation{s} sans réponse {'seront annulées' if s else 'sera annulée'}")
        if dites:
            parties[poste.pk] = dites
    return parties


def _candidatures(nombre: int, entretiens: list[datetime]) -> str:
    """« 2 candidatures en cours seront closes, dont 1 avec un entretien prévu le 3 mars 2026 à 14 h 00 (…) »."""
    if nombre == 1:
        prevu = f", avec l’entretien prévu le {moment(entretiens[0])}" if entretiens else ""
        return f"1 candidature en cours sera close{prevu} (la personne sera prévenue par courriel)"
    dont = ""
    if len(entretiens) == 1:
        dont = f", dont 1 avec un entretien prévu le {moment(entretiens[0])}"
    elif entretiens:
        dont = f", dont {len(entretiens)} avec un entretien prévu, le premier le {moment(entretiens[0])}"
    return f"{nombre} candidatures en cours seront closes{dont} (les personnes seront prévenues par courriel)"
