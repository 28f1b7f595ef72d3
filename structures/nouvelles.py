"""R24, S0: the prefecture is told of new applications without being asked, once a day, each application once."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from django.db import transaction
from django.db.models import CharField, Exists, F, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat

from portal.commun import courriels
from portal.commun.models import RappelEnvoye
from portal.commun.rappels import rappel, une_fois
from portal.comptes.models import Organisation, TypeOrganisation
from structures.destinataires import adresses_du_service
from structures.models import Candidature

NOM = "structures.nouvelles-candidatures"
# The list of the mail; the page has them all.
CITEES = 40


@rappel(NOM)
def resumer_nouvelles_candidatures(le: dt.date) -> int:
    """One mail per prefecture that has something new to examine, filed on `le` or before; how many were sent.

    By body and not by département: a prefecture of several territories has one mail, an overseas collectivity looked
    after by two bodies is told to both. A body without an address is told once it has one.
    """
    prefectures = Organisation.objects.filter(type=TypeOrganisation.PREFECTURE).prefetch_related("departements")
    return sum(_resumer(prefecture, le) for prefecture in prefectures.order_by("pk"))


def nouvelles_pour(prefecture: Organisation, le: dt.date) -> QuerySet[Candidature]:
    """What waits for a decision in its territory and was never told to it."""
    cle = Concat(Value(_cle(prefecture, "")), Cast("uuid", CharField()), output_field=CharField())
    return (
        Candidature.objects.a_examiner()
        .filter(
            commune__departement__in=[departement.pk for departement in prefecture.departements.all()],
            confirmee_le__date__lte=le,
        )
        .annotate(cle_rappel=cle)
        .filter(~Exists(RappelEnvoye.objects.filter(cle=OuterRef("cle_rappel"))))
        .select_related("commune__departement", "campagne")
        .order_by("commune__departement", F("confirmee_le"), "pk")
    )


def _resumer(prefecture: Organisation, le: dt.date) -> int:
    adresses = adresses_du_service(prefecture)
    if not adresses:
        return 0
    with transaction.atomic():
        nouvelles = list(nouvelles_pour(prefecture, le))
        # At most one mail a day, whatever the number of runs; what came in between waits for the next day.
        if not nouvelles or not une_fois(f"{NOM}:{prefecture.uuid}:{le:%Y-%m-%d}"):
            return 0
        neuves = [candidature for candidature in nouvelles if une_fois(_cle(prefecture, str(candidature.uuid)))]
        par_departement = defaultdict(list)
        for candidature in neuves[:CITEES]:
            par_departement[str(candidature.commune.departement)].append(candidature)
        courriels.envoyer(
            "structures/nouvelles_candidatures",
            destinataires=adresses,
            contexte={
                "nombre": len(neuves),
                "en_plus": max(0, len(neuves) - CITEES),
                "par_departement": dict(par_departement),
                "lien": courriels.lien("admin:structures_candidature_concertation") + "?avis=sans",
            },
            objet=prefecture,
        )
    return 1


def _cle(prefecture: Organisation, candidature: str) -> str:
    return f"{NOM}:{prefecture.uuid}:{candidature}"
