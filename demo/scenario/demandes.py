"""Who applies in the Allier, and what becomes of each application."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from structures.enums import CasCoordinateur, SensAvis, TypeStructure
from structures.regimes import CodeRegime

PUBLIC, PRIVE, COORDINATEUR = CodeRegime.AMI_PUBLIC_2020, CodeRegime.AMI_PRIVE_2021, CodeRegime.AAC_COORDINATEUR_2023


@dataclass
class Demande:
    """One applicant of the story. `comite` is the day its committee sits; `issue` what becomes of the application."""

    cle: str
    nom: str
    type: str
    commune: str
    regime: str
    contact: tuple[str, str, str]
    nb: int
    depot: int
    comite: int | None = None
    issue: str = "activee"
    avis: str | None = SensAvis.FAVORABLE
    rang: int | None = None
    categorie: str = ""
    lieux: tuple[tuple[str, str], ...] = ()
    faits: tuple[str, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)
    # What the committee grants, when it is not what was asked.
    accordes: int | None = None


# Twenty posts in the Allier: five in Moulins (four granted, one that Saint-Pourçain gave up at once), four at Clic
# Allier, two in Montluçon, in Vichy Communauté and in Saint-Pourçain, one in each of the five others. Six in Clermont,
# whose people fill a session with theirs.
DEMANDES = (
    Demande(
        "moulins",
        "Ville de Moulins",
        TypeStructure.COMMUNE,
        "03190",
        PUBLIC,
        ("Claire", "Fontaine", "structure@demo.example"),
        5,
        -75,
        comite=-45,
        rang=1,
        accordes=4,
        lieux=(("Médiathèque de Moulins", "03190"), ("Maison de quartier d’Yzeure", "03321")),
        faits=("action_coeur_de_ville", "quartier_prioritaire"),
    ),
    Demande(
        "clic",
        "Association Clic Allier",
        TypeStructure.ASSOCIATION,
        "03310",
        PRIVE,
        ("Karim", "Benali", "structure.privee@demo.example"),
        4,
        -74,
        comite=-44,
        rang=2,
        categorie="9220",
        faits=("action_coeur_de_ville",),
    ),
    Demande(
        "montlucon",
        "Ville de Montluçon",
        TypeStructure.COMMUNE,
        "03185",
        PUBLIC,
        ("Pauline", "Girard", "numerique@montlucon.demo.example"),
        2,
        -73,
        comite=-45,
        rang=3,
        faits=("action_coeur_de_ville", "quartier_prioritaire", "france_services"),
    ),
    Demande(
        "vichy",
        "Vichy Communauté",
        TypeStructure.EPCI,
        "03310",
        PUBLIC,
        ("Antoine", "Roux", "inclusion@vichy-communaute.demo.example"),
        2,
        -72,
        comite=-45,
        rang=4,
        categorie="7348",
        lieux=(("Espace de Cusset", "03095"), ("Espace de Bellerive", "03023")),
    ),
    Demande(
        "saint-pourcain",
        "Ville de Saint-Pourçain-sur-Sioule",
        TypeStructure.COMMUNE,
        "03254",
        PUBLIC,
        ("Émilie", "Faure", "mairie@saint-pourcain.demo.example"),
        3,
        -71,
        comite=-45,
        rang=5,
        faits=("petites_villes_de_demain", "zone_rurale"),
    ),
    Demande(
        "commentry",
        "CCAS de Commentry",
        TypeStructure.ETABLISSEMENT_PUBLIC,
        "03082",
        PUBLIC,
        ("Rachid", "Morel", "ccas@commentry.demo.example"),
        1,
        -70,
        comite=-45,
        rang=6,
        categorie="7361",
        faits=("petites_villes_de_demain",),
    ),
    Demande(
        "gannat",
        "Ville de Gannat",
        TypeStructure.COMMUNE,
        "03118",
        PUBLIC,
        ("Cécile", "Meunier", "mairie@gannat.demo.example"),
        1,
        -69,
        comite=-45,
        rang=7,
        faits=("petites_villes_de_demain",),
    ),
    Demande(
        "varennes",
        "Ville de Varennes-sur-Allier",
        TypeStructure.COMMUNE,
        "03298",
        PUBLIC,
        ("Julien", "Noël", "mairie@varennes.demo.example"),
        1,
        -68,
        comite=-45,
        rang=8,
        avis=None,
    ),
    Demande(
        "departement",
        "Département de l’Allier",
        TypeStructure.DEPARTEMENT,
        "03190",
        COORDINATEUR,
        ("Gaëlle", "Arnaud", "coordination@allier.demo.example"),
        1,
        -50,
        comite=-20,
        rang=1,
        categorie="7220",
        extra={
            "cas_coordinateur": CasCoordinateur.CREATION,
            "coordination_temps_plein": True,
            "perimetre_coordination": "Le département de l’Allier.",
        },
    ),
    Demande(
        "lapalisse",
        "Ville de Lapalisse",
        TypeStructure.COMMUNE,
        "03138",
        PUBLIC,
        ("Vincent", "Perrin", "mairie@lapalisse.demo.example"),
        1,
        -40,
        comite=-6,
        issue="retenue",
        rang=9,
        faits=("petites_villes_de_demain", "zone_rurale"),
    ),
    Demande(
        "clermont",
        "CCAS de Clermont-Ferrand",
        TypeStructure.ETABLISSEMENT_PUBLIC,
        "63113",
        PUBLIC,
        ("Amélie", "Chabrol", "numerique@clermont.demo.example"),
        6,
        -67,
        comite=-45,
        categorie="7361",
        avis=None,
    ),
    # Applications without posts yet, at every other stage.
    Demande(
        "cusset",
        "Ville de Cusset",
        TypeStructure.COMMUNE,
        "03095",
        PUBLIC,
        ("Noémie", "Blanc", "mairie@cusset.demo.example"),
        2,
        -38,
        comite=-6,
        issue="refusee",
        avis=SensAvis.DEFAVORABLE,
    ),
    Demande(
        "yzeure",
        "Ville d’Yzeure",
        TypeStructure.COMMUNE,
        "03321",
        PUBLIC,
        ("Hugo", "Clément", "mairie@yzeure.demo.example"),
        2,
        -37,
        comite=-6,
        issue="examen",
        avis=SensAvis.RESERVE,
    ),
    Demande(
        "domerat",
        "Ville de Domérat",
        TypeStructure.COMMUNE,
        "03101",
        PUBLIC,
        ("Manon", "Leroy", "mairie@domerat.demo.example"),
        1,
        -12,
        issue="agenda",
        rang=10,
    ),
    Demande(
        "bourbon",
        "Ville de Bourbon-l’Archambault",
        TypeStructure.COMMUNE,
        "03036",
        PUBLIC,
        ("Léa", "Vidal", "mairie@bourbon.demo.example"),
        1,
        -9,
        issue="avis",
        rang=11,
        faits=("zone_rurale",),
    ),
    Demande(
        "dompierre",
        "Ville de Dompierre-sur-Besbre",
        TypeStructure.COMMUNE,
        "03102",
        PUBLIC,
        ("Paul", "Boyer", "mairie@dompierre.demo.example"),
        1,
        -5,
        issue="deposee",
        avis=None,
    ),
    Demande(
        "huriel",
        "Communauté de communes du Pays d’Huriel",
        TypeStructure.EPCI,
        "03128",
        PUBLIC,
        ("Sarah", "Dufour", "contact@pays-huriel.demo.example"),
        1,
        -4,
        issue="correction",
        avis=None,
        categorie="7346",
    ),
    Demande(
        "cerilly",
        "Foyer rural de Cérilly",
        TypeStructure.ASSOCIATION,
        "03048",
        PRIVE,
        ("Yves", "Masson", "foyer@cerilly.demo.example"),
        1,
        -2,
        issue="deposee",
        avis=None,
        categorie="9220",
    ),
    # The same body a second time, from its other establishment: a probable duplicate for ANCT (R22).
    Demande(
        "cerilly-bis",
        "Foyer rural Cérilly",
        TypeStructure.ASSOCIATION,
        "03048",
        PRIVE,
        ("Odile", "Masson", "foyer@cerilly.demo.example"),
        1,
        -1,
        issue="deposee",
        avis=None,
        categorie="9220",
    ),
)
CATEGORIES = {TypeStructure.COMMUNE: "7210"}

# R24: what the official lists say of a few communes, imported before anybody applies.
SOURCE_FAITS = "Liste de démonstration"
FAITS_COMMUNES = (
    ("03190", "Action Cœur de Ville"),
    ("03310", "Action Cœur de Ville"),
    ("03185", "Action Cœur de Ville"),
    ("03082", "Petites Villes de Demain"),
    ("03118", "Petites Villes de Demain"),
    ("03138", "Petites Villes de Demain"),
    ("03254", "Petites Villes de Demain"),
    ("03254", "ZRR"),
    ("03036", "ZRR"),
)
