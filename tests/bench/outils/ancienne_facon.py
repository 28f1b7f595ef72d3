"""The old way, done as well as the ORM can: for each post, one query per class of mobility, the database doing the
geography. Same rules, same order as the engine (R46 to R48)."""

from __future__ import annotations

import datetime as dt
from math import cos, degrees, radians
from typing import Any

from django.db.models import Case, Exists, ExpressionWrapper, F, FloatField, OuterRef, Value, When
from django.db.models.functions import ASin, Cos, Greatest, Least, Power, Radians, Round, Sin, Sqrt
from django.utils import timezone

from candidats import regles
from candidats.enums import ETATS_VALIDES, Origine
from candidats.models import Candidat, MiseEnRelation
from portal.commun.acteurs import Acteur
from portal.commun.historique import historiser
from portal.territoires.distance import RAYON_TERRE_KM
from structures.models import Poste

GARDES = 10


def proposer(poste: Poste, charges: dict[int, int]) -> list[MiseEnRelation]:
    """The three best of one post under the caps, written with their history."""
    le = timezone.localdate()
    trouves = [c for mobilite in regles.MOBILITES for c in _requete(poste, mobilite, le)[:GARDES]]
    trouves.sort(key=lambda c: (-c.points, round(c.distance, 3), c.disponible_le, str(c.uuid)))
    paires = []
    for candidat in trouves:
        if len(paires) < regles.PROPOSITIONS_PAR_POSTE and not regles.candidat_sature(charges.get(candidat.pk, 0)):
            charges[candidat.pk] = charges.get(candidat.pk, 0) + 1
            paires.append(_paire(poste, candidat, le))
    creees = MiseEnRelation.objects.bulk_create(paires)
    cles = [paire.pk for paire in creees]
    historiser(MiseEnRelation, cles, creation=True, acteur=Acteur.systeme(), motif="Ancienne façon")
    return creees


def _requete(poste: Poste, mobilite: int, le: dt.date) -> Any:
    siege, limite = poste.structure.commune, max(le, poste.demarrage_le)
    siennes = MiseEnRelation.objects.filter(candidat=OuterRef("pk"))
    candidats = (
        Candidat.objects.proposables()
        .filter(
            ~Exists(siennes.filter(poste=poste)),
            ~Exists(siennes.filter(etat__in=ETATS_VALIDES)),
            mobilite_km=mobilite,
            disponible_le__lte=limite,
            utilisateur__is_active=True,
        )
        .annotate(distance=_distance(siege))
    )
    if poste.coordinateur:
        candidats = candidats.filter(interet_coordination=True)
    if mobilite != regles.FRANCE_ENTIERE:
        marge = degrees((mobilite + 0.05) / RAYON_TERRE_KM)
        cote = marge / max(0.1, cos(radians(abs(siege.latitude) + marge)))
        candidats = candidats.filter(
            commune__zone=siege.zone,
            commune__latitude__range=(siege.latitude - marge, siege.latitude + marge),
            commune__longitude__range=(siege.longitude - cote, siege.longitude + cote),
            distance__lte=mobilite,
        )
    return candidats.annotate(points=_points(poste, limite, le)).order_by(
        "-points", Round(F("distance") * 1000), "disponible_le", "uuid"
    )


def _distance(siege: Any) -> ExpressionWrapper:
    phi_a, phi_b = Radians(F("commune__latitude")), Radians(Value(siege.latitude))
    lambdas = Radians(Value(siege.longitude) - F("commune__longitude"))
    corde = Power(Sin((phi_b - phi_a) / 2), 2) + Cos(phi_a) * Cos(phi_b) * Power(Sin(lambdas / 2), 2)
    return ExpressionWrapper(2 * RAYON_TERRE_KM * ASin(Sqrt(Least(Value(1.0), corde))), output_field=FloatField())


def _points(poste: Poste, limite: dt.date, le: dt.date) -> Any:
    reel = {"output_field": FloatField()}
    ecart = Greatest(
        Value(0.0),
        Least(
            Value(float(regles.ECART_MAX_JOURS)),
            ExpressionWrapper(Value(limite.toordinal()) - _ordinal(F("disponible_le"), le), **reel),
        ),
    )
    proche = Value(regles.POINTS_DISTANCE * regles.DISTANCE_DE_REFERENCE_KM) / (
        Value(regles.DISTANCE_DE_REFERENCE_KM) + F("distance")
    )
    tot = Value(float(regles.POINTS_DATE)) * (1 - ecart / regles.ECART_MAX_JOURS)
    return ExpressionWrapper(
        _arrondi(proche)
        + _arrondi(tot)
        + Case(When(experience=True, then=Value(float(regles.POINTS_EXPERIENCE))), default=Value(0.0))
        + Case(
            When(interet_coordination=poste.coordinateur, then=Value(float(regles.POINTS_VOEUX))), default=Value(0.0)
        ),
        **reel,
    )


def _ordinal(champ: F, le: dt.date) -> Any:
    """The day as a number, today when it is past."""
    from django.db.models import Func, IntegerField

    jours = Func(champ, Value(le), template="GREATEST(%(expressions)s)")
    return Func(
        jours, template=f"((%(expressions)s) - DATE '2000-01-01' + {dt.date(2000, 1, 1).toordinal()})",
        output_field=IntegerField(),
    )  # fmt: skip


def _arrondi(valeur: Any) -> Any:
    return Round(ExpressionWrapper(valeur * 100, output_field=FloatField())) / 100.0


def _paire(poste: Poste, candidat: Any, le: dt.date) -> MiseEnRelation:
    faits = regles.CandidatFacts(
        str(candidat.uuid),
        regles.Lieu(0, 0, ""),
        candidat.mobilite_km,
        candidat.disponible_le,
        veut_coordination=candidat.interet_coordination,
        experience=candidat.experience,
    )
    post = regles.PosteFacts(str(poste.uuid), (), poste.demarrage_le, coordinateur=poste.coordinateur)
    note = regles.noter(faits, post, candidat.distance, le)
    return MiseEnRelation(
        poste=poste,
        candidat_id=candidat.pk,
        origine=Origine.MOTEUR,
        distance_km=round(candidat.distance, 3),
        score=note.score,
        explication=[critere.en_dict() for critere in note.criteres],
    )
