"""Who applies in the Allier, what the prefecture and the committees answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from stdnum import luhn

from demo.agenda import Agenda
from demo.scenario.acteurs import SYSTEME, VISITEUR, acteur, entrer_dans_l_espace
from portal.territoires.models import Commune
from structures.actions import (
    activer,
    cloturer,
    confirmer_depot,
    creer_campagne,
    creer_candidature,
    creer_comite,
    decider,
    inscrire,
    ouvrir_campagne,
    rendre_avis,
    rendre_pour_correction,
    renseigner_faits,
)
from structures.enums import CasCoordinateur, Decision, SensAvis, TypeStructure
from structures.models import Campagne, Candidature, Comite
from structures.numeros import prochain_numero
from structures.questionnaire import engagements
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


# Twenty posts in all: five in Moulins, three at Clic Allier, three in Montluçon, two in Vichy Communauté and in
# Saint-Pourçain, one in each of the five others.
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
        3,
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
        3,
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
        2,
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
)
CATEGORIES = {TypeStructure.COMMUNE: "7210"}


class Structures:
    """Notes in the agenda everything that structures, prefecture and committees do."""

    def __init__(self, agenda: Agenda) -> None:
        self.agenda = agenda
        self.candidatures: dict[str, Candidature] = {}
        self.acteurs: dict[str, Any] = {}
        self.campagnes: dict[str, Campagne] = {}

    def noter(self) -> None:
        self.agenda.noter(-80, self._campagnes)
        for rang, demande in enumerate(DEMANDES):
            self._noter_demande(rang, demande)
        for jour, regime in sorted({(d.comite, d.regime) for d in DEMANDES if d.comite is not None}):
            self.agenda.noter(jour, lambda jour=jour, regime=regime: self._comite(jour, regime))
        self.agenda.noter(-3, self._comite_a_venir)

    def _noter_demande(self, rang: int, demande: Demande) -> None:
        noter = self.agenda.noter
        noter(demande.depot, lambda: self._deposer(rang, demande))
        if demande.avis is not None:
            noter(demande.depot + 2, lambda: self._rendre_avis(demande))
        if demande.issue == "correction":
            noter(demande.depot + 2, lambda: self._rendre(demande))
        if demande.issue == "activee":
            noter(demande.comite + 1, lambda: self._activer(demande))

    def _campagnes(self) -> None:
        """One campaign of each regime, open today, so that everything can be tried (DOMAIN §4)."""
        anct = acteur("anct@demo.example")
        for regime, nom, postes in (
            (PUBLIC, "Structures publiques", 2400),
            (PRIVE, "Structures privées", 1300),
            (COORDINATEUR, "Coordinateurs", 300),
        ):
            campagne = creer_campagne(
                acteur=anct,
                code=f"demo-{regime}",
                nom=f"{nom} – campagne en cours",
                regime=regime,
                ouvre_le=self.agenda.jour(-80),
                ferme_le=self.agenda.jour(365),
                enveloppe_postes=postes,
                enveloppe_montant=Decimal(50_000) * postes,
            )
            self.campagnes[regime] = ouvrir_campagne(acteur=anct, campagne=campagne)

    def _deposer(self, rang: int, demande: Demande) -> None:
        campagne = self.campagnes[demande.regime]
        commune = Commune.objects.get(pk=demande.commune)
        prenom, nom, courriel = demande.contact
        demarrage = self.agenda.jour(max(demande.depot + 1, -45))
        if demande.comite is None:
            demarrage = self.agenda.jour(30)
        candidature = creer_candidature(
            acteur=VISITEUR,
            campagne=campagne,
            donnees={
                "type": demande.type,
                "categorie_juridique": demande.categorie or CATEGORIES.get(demande.type, ""),
                "siret": _siret(rang),
                "nom": demande.nom,
                "adresse": "1 place de la Mairie",
                "code_postal": commune.liste_codes_postaux[0],
                "commune": commune,
                "contact_prenom": prenom,
                "contact_nom": nom,
                "contact_fonction": "Responsable de l’inclusion numérique",
                "contact_courriel": courriel,
                "contact_telephone": "04 70 00 00 01",
                "candidat_identifie": False,
                "nb_conseillers": demande.nb,
                "demarrage_le": demarrage,
                "motivation": "Beaucoup d’habitants renoncent à leurs droits faute d’aide devant un écran.",
                "missions": "Permanences, ateliers en petit groupe, visites dans les villages ; tous publics.",
                **demande.extra,
            },
            lieux=[{"nom": n, "commune": Commune.objects.get(pk=c)} for n, c in demande.lieux],
            engagements=[engagement.cle for engagement in engagements(campagne.donnees_regime)],
            consultations=[{"nom": "Ville de Moulins", "courriel": "structure@demo.example"}] if demande.extra else [],
        )
        candidature = confirmer_depot(acteur=SYSTEME, candidature=candidature)
        self.candidatures[demande.cle] = candidature
        if demande.faits:
            renseigner_faits(
                acteur=acteur("prefecture@demo.example"), structure=candidature.structure, faits=demande.faits
            )

    def _rendre_avis(self, demande: Demande) -> None:
        defavorable = demande.avis == SensAvis.DEFAVORABLE
        rendre_avis(
            acteur=acteur("prefecture@demo.example"),
            candidature=self.candidatures[demande.cle],
            sens=demande.avis,
            nb_postes=0 if defavorable else demande.nb,
            rang=demande.rang,
            commentaire=(
                "Le territoire est déjà bien couvert par les permanences voisines."
                if defavorable
                else "Projet solide, préparé avec les acteurs du territoire."
            ),
        )

    def _rendre(self, demande: Demande) -> None:
        rendre_pour_correction(
            acteur=acteur("prefecture@demo.example"),
            candidature=self.candidatures[demande.cle],
            motif="Précisez les communes où le conseiller tiendra ses permanences.",
        )

    def _comite(self, jour: int, regime: str) -> None:
        anct = acteur("anct@demo.example")
        demandes = [d for d in DEMANDES if d.comite == jour and d.regime == regime]
        comite = creer_comite(
            acteur=anct,
            campagne=self.campagnes[regime],
            numero=prochain_numero_de_comite(),
            date=self.agenda.jour(jour),
            enveloppe_postes=50,
        )
        for demande in demandes:
            ligne = inscrire(acteur=anct, comite=comite, candidature=self.candidatures[demande.cle])
            decision = {"refusee": Decision.REFUSEE, "examen": Decision.EXAMEN}.get(demande.issue, Decision.RETENUE)
            motif = {
                Decision.REFUSEE: "Les besoins de la commune sont déjà couverts par les postes voisins.",
                Decision.EXAMEN: "Le comité demande de préciser l’articulation avec la Ville de Moulins.",
            }.get(decision, "")
            nb_postes = demande.nb if decision == Decision.RETENUE else 0
            decider(acteur=anct, ligne=ligne, decision=decision, nb_postes=nb_postes, motif=motif)
        cloturer(acteur=anct, comite=comite)

    def _comite_a_venir(self) -> None:
        anct = acteur("anct@demo.example")
        comite = creer_comite(
            acteur=anct,
            campagne=self.campagnes[PUBLIC],
            numero=prochain_numero_de_comite(),
            date=self.agenda.jour(0),
            enveloppe_postes=20,
        )
        for demande in DEMANDES:
            if demande.issue == "agenda":
                inscrire(acteur=anct, comite=comite, candidature=self.candidatures[demande.cle])

    def _activer(self, demande: Demande) -> None:
        candidature = activer(acteur=acteur("anct@demo.example"), candidature=self.candidatures[demande.cle])
        self.acteurs[demande.cle] = entrer_dans_l_espace(candidature.structure)


def prochain_numero_de_comite() -> int:
    from django.db import transaction

    with transaction.atomic():
        return prochain_numero(Comite)


def _siret(rang: int) -> str:
    """Check digits are right (R21); the number belongs to the sample only."""
    base = f"1{7000000 + rang:07d}"
    siren = base + luhn.calc_check_digit(base)
    return siren + "0001" + luhn.calc_check_digit(siren + "0001")
