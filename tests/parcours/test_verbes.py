"""Journeys by the verbs alone: the private call and its clock, the amounts overseas, the coordinators."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from candidats.enums import EtatCandidat, EtatMiseEnRelation
from portal.commun.dates import fin_de_periode
from structures.enums import CasCoordinateur, EtatPoste, TypeStructure
from structures.regimes import NatureContrat
from subventions.enums import EtatTranche
from subventions.models import Convention, Tranche
from tests.comptes.factories import acteur
from tests.formation.factories import OrganismeFactory, SessionFactory, acteur_de
from tests.parcours.calendrier import Calendrier
from tests.parcours.verbes import Recrutement, incoherences, ouvrir_tranches
from tests.structures.factories import CampagneFactory, lieu

pytestmark = pytest.mark.django_db

ANNONCE = "https://www.emploi-territorial.fr/offre/o0312345"
COORDINATION = {
    "cas_coordinateur": CasCoordinateur.CREATION,
    "coordination_temps_plein": True,
    "perimetre_coordination": "Le département",
}


def recrutement(commune: str, type: str, reponses: dict[str, Any] | None = None, **campagne: Any) -> Recrutement:
    bdt = acteur("bdt", administrateur=True, signataire=True)
    histoire = Recrutement(
        CampagneFactory(**campagne), anct=acteur("anct", administrateur=True), bdt=bdt, type=type, commune=commune
    )
    return histoire.candidater(**(reponses or {})).recruter(coordination=bool(campagne.get("coordinateurs")))


def tranches(convention: Convention) -> list[tuple[Decimal, dt.date | None]]:
    return list(Tranche.objects.filter(convention=convention).order_by("rang").values_list("montant", "prevue_le"))


def test_une_association_du_depot_a_la_premiere_tranche(calendrier: Calendrier):
    """R4: in the private call the departure in training starts the clock, not the signatures. R54, R65."""
    organisme = OrganismeFactory(distance=True)
    centre = acteur_de(organisme)
    association = recrutement("03190", TypeStructure.ASSOCIATION, privee=True).instruire()
    association.contacter(organisme, centre, creneau=calendrier.moment(1, 10))
    session = SessionFactory(distance=True, organisme=organisme, debut=calendrier.jour(12))

    calendrier.le(2)
    association.former(session, centre)
    association.contracter(NatureContrat.CDI_PRIVE, calendrier.jour(4), None)
    convention = association.conventionner()
    assert convention.montant == Decimal("40000.00")
    assert tranches(convention) == [
        (Decimal("8000.00"), None),
        (Decimal("12000.00"), None),
        (Decimal("20000.00"), None),
    ]
    # A year later, nothing would be due for somebody who never left.
    assert ouvrir_tranches(calendrier.jour(mois=12))["exigibles"] == 0

    calendrier.le(14)
    depart = association.partir(centre)
    association.poste.refresh_from_db()
    paire = type(association.dossier.mise_en_relation).objects.get(pk=association.dossier.mise_en_relation_id)
    assert association.poste.etat == EtatPoste.POURVU
    assert paire.etat == EtatMiseEnRelation.RECRUTEE and paire.candidat.etat == EtatCandidat.RECRUTE
    dates = [calendrier.jour(mois=mois, depuis=depart) for mois in (1, 6, 12)]
    assert [date for _, date in tranches(convention)] == dates

    assert ouvrir_tranches(calendrier.le(-1, depuis=dates[0]))["exigibles"] == 0
    assert ouvrir_tranches(calendrier.le(depuis=dates[0])) == {"exigibles": 1, "montant": "8000.00"}
    assert ouvrir_tranches(calendrier.le(depuis=dates[0]))["exigibles"] == 0
    assert Tranche.objects.get(convention=convention, rang=1).etat == EtatTranche.EXIGIBLE
    assert incoherences() == []


@pytest.mark.parametrize(
    ("commune", "montant", "tranches_attendues"),
    [
        ("97411", "67500.00", ["13500.00", "20250.00", "33750.00"]),  # La Réunion
        ("97105", "70000.00", ["14000.00", "21000.00", "35000.00"]),  # Guadeloupe
        ("97209", "70000.00", ["14000.00", "21000.00", "35000.00"]),  # Martinique
        ("97302", "70000.00", ["14000.00", "21000.00", "35000.00"]),  # Guyane
        ("97608", "67500.00", ["13500.00", "20250.00", "33750.00"]),  # Mayotte
    ],
)
def test_une_commune_d_outre_mer_r7(calendrier: Calendrier, commune: str, montant: str, tranches_attendues: list[str]):
    """R6, R7, R10: the increase is that of the commune's département; the contract starts the clock (R4)."""
    organisme = OrganismeFactory(regions=[lieu(commune).region_id])
    mairie = recrutement(commune, TypeStructure.COMMUNE)
    mairie.instruire(annonce_url=ANNONCE, annonce_le=calendrier.jour(-40))
    mairie.contacter(organisme, acteur_de(organisme), creneau=calendrier.moment(1, 10))
    debut = calendrier.jour(3)
    mairie.contracter(NatureContrat.CONTRAT_PROJET, debut, fin_de_periode(debut, 24))
    convention = mairie.conventionner()
    assert convention.montant == Decimal(montant)
    dates = [calendrier.jour(mois=mois) for mois in (1, 6, 12)]
    assert tranches(convention) == list(zip(map(Decimal, tranches_attendues), dates, strict=True))
    assert incoherences() == []


@pytest.mark.parametrize(
    ("type", "nature", "duree", "montant"),
    [
        (TypeStructure.COMMUNE, NatureContrat.CONTRAT_PROJET, 24, "50000.00"),
        (TypeStructure.ASSOCIATION, NatureContrat.CDI_PRIVE, None, "40000.00"),
        (TypeStructure.ASSOCIATION, NatureContrat.CDD_PRIVE, 18, "32000.00"),
    ],
)
def test_un_coordinateur(calendrier: Calendrier, type: str, nature: str, duree: int | None, montant: str):
    """R4, R5, R6: one payment, a month after all parties have signed the agreement."""
    organisme = OrganismeFactory()
    structure = recrutement("03190", type, COORDINATION, coordinateurs=True)
    annonce = {"annonce_url": ANNONCE, "annonce_le": calendrier.jour(-40)} if type == TypeStructure.COMMUNE else {}
    structure.instruire(**annonce)
    structure.contacter(organisme, acteur_de(organisme), creneau=calendrier.moment(1, 10))
    debut = calendrier.jour(3)
    structure.contracter(nature, debut, fin_de_periode(debut, duree) if duree else None)
    signature = calendrier.le(5)
    convention = structure.conventionner()
    assert convention.montant == Decimal(montant)
    echeance = calendrier.jour(mois=1, depuis=signature)
    assert tranches(convention) == [(Decimal(montant), echeance)]
    assert ouvrir_tranches(calendrier.le(-1, depuis=echeance))["exigibles"] == 0
    assert ouvrir_tranches(calendrier.le(depuis=echeance)) == {"exigibles": 1, "montant": montant}
    assert incoherences() == []
