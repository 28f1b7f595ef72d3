"""Where each post of the story goes: its last stage, the session of its person, the days of each stage (DOMAIN §3)."""

from __future__ import annotations

from dataclasses import dataclass

from formation.enums import Heures, Modalite

# The stages, in order: a post is led to one of them.
(
    PROPOSE, PRESELECTION, ENTRETIEN, VALIDE, DEPOSE, COMPLEMENT, CONFORME, CONTACT, TEST, RESULTAT, INSCRIT, CONTRAT,
    A_SIGNER, SIGNEE_STRUCTURE, SIGNEE, CONTRAT_SIGNE, PARTI,
) = range(17)  # fmt: skip


# The sessions that people of the story attend: a remote one that began a month ago, one in Moulins that has just begun,
# one in Moulins that still waits for its eight enrolments (R82).
DISTANCE_EN_COURS, MOULINS_EN_COURS, MOULINS_A_VENIR = "distance-en-cours", "moulins-en-cours", "moulins-a-venir"
DEBUT_DISTANCE, DEBUT_MOULINS = -31, -3
HEURES = {DISTANCE_EN_COURS: Heures.H280, MOULINS_EN_COURS: Heures.H350, MOULINS_A_VENIR: Heures.H350}


@dataclass(frozen=True)
class Destin:
    """The `rang`-th post of a structure goes as far as `stade`; `courriel` picks the person when it matters.

    `session` is the one the person is enrolled in. Those of `MOULINS_EN_COURS` signed their contract lately.
    """

    structure: str
    rang: int
    stade: int
    courriel: str = ""
    session: str = MOULINS_A_VENIR


DESTINS = (
    Destin("moulins", 0, PARTI, "conseiller@demo.example", DISTANCE_EN_COURS),
    Destin("moulins", 1, A_SIGNER),
    Destin("moulins", 2, VALIDE),
    Destin("moulins", 3, ENTRETIEN),
    Destin("moulins", 4, PROPOSE),
    Destin("clic", 0, PARTI, session=DISTANCE_EN_COURS),
    Destin("clic", 1, CONFORME),
    Destin("clic", 2, PRESELECTION),
    Destin("clic", 3, CONTRAT_SIGNE, session=MOULINS_EN_COURS),
    Destin("montlucon", 0, DEPOSE),
    Destin("montlucon", 1, COMPLEMENT),
    Destin("vichy", 0, TEST),
    Destin("vichy", 1, INSCRIT),
    Destin("saint-pourcain", 0, SIGNEE_STRUCTURE),
    Destin("saint-pourcain", 1, CONTRAT_SIGNE),
    Destin("commentry", 0, RESULTAT),
    Destin("gannat", 0, CONTACT),
    Destin("varennes", 0, SIGNEE, session=MOULINS_EN_COURS),
    Destin("departement", 0, PRESELECTION, "coordinateur@demo.example"),
    # With the two above, eight people: the session in Moulins took place (R82). Two left, four are to be recorded.
    *(Destin("clermont", rang, PARTI, session=MOULINS_EN_COURS) for rang in range(2)),
    *(Destin("clermont", rang, CONTRAT_SIGNE, session=MOULINS_EN_COURS) for rang in range(2, 6)),
)
# (stage reached, days after the activation, method): what the structure and the others do, in order.
DELAIS = {
    PRESELECTION: 1, ENTRETIEN: 1, VALIDE: 2, DEPOSE: 3, COMPLEMENT: 4, CONFORME: 5, CONTACT: 5, TEST: 6, RESULTAT: 7,
    INSCRIT: 8, CONTRAT: 8, A_SIGNER: 9, SIGNEE_STRUCTURE: 10, SIGNEE: 11, CONTRAT_SIGNE: 11, PARTI: 13,
}  # fmt: skip
# Days after the activation, for the session that has just begun.
DELAIS_MOULINS = {**DELAIS, CONTRAT_SIGNE: 31, PARTI: 40}
# By modality, when the sessions to come begin: one for each duration, so that anybody can be placed (R81).
A_VENIR = {
    Modalite.PRESENTIEL: {Heures.H105: 40, Heures.H280: 45, Heures.H350: 30, Heures.H420: 50},
    Modalite.DISTANCE: {Heures.H105: 28, Heures.H280: 21, Heures.H350: 25, Heures.H420: 35},
}
