"""Structures, applications, opinions, closed committees and posts, in bulk."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from allauth.account.models import EmailAddress
from django.utils import timezone

from demo.peuplement import noms
from demo.peuplement.hasard import Lieu, Tirage
from demo.peuplement.masse import creer
from portal.commun.acteurs import Acteur
from portal.commun.documents import deposer_document
from portal.commun.normalisation import normaliser
from portal.commun.pdf import rendre_pdf
from portal.commun.roles import Role
from portal.comptes.models import Organisation, Rattachement, TypeOrganisation, Utilisateur
from structures.enums import Decision, EtatCampagne, EtatCandidature, EtatComite, SensAvis, TypeStructure
from structures.models import Avis, Campagne, Candidature, Comite, Fait, LigneComite, Poste, Structure
from structures.numeros import prochain_numero
from structures.proces_verbal import NATURE_PROCES_VERBAL, nom_fichier
from structures.regimes import CodeRegime, StatutJuridique
from structures.regles import echeance_recrutement

E = EtatCandidature
# Share of each state among the applications of the sample.
ETATS = [
    (E.ACTIVEE, 78),
    (E.RETENUE, 4),
    (E.DEPOSEE, 9),
    (E.EXAMEN, 2),
    (E.A_CORRIGER, 2),
    (E.REFUSEE, 4),
    (E.ABANDONNEE, 1),
]
DECIDES = {
    E.ACTIVEE: Decision.RETENUE,
    E.RETENUE: Decision.RETENUE,
    E.REFUSEE: Decision.REFUSEE,
    E.EXAMEN: Decision.EXAMEN,
}
GENRES = [
    (TypeStructure.COMMUNE, noms.COMMUNE, CodeRegime.AMI_PUBLIC_2020, StatutJuridique.PUBLIC, "7210", 45),
    (
        TypeStructure.EPCI,
        noms.EPCI,
        CodeRegime.AMI_PUBLIC_2020,
        StatutJuridique.PUBLIC,
        "7346",
        15,
    ),
    (
        TypeStructure.ETABLISSEMENT_PUBLIC,
        noms.ETABLISSEMENT,
        CodeRegime.AMI_PUBLIC_2020,
        StatutJuridique.PUBLIC,
        "7361",
        12,
    ),
    (
        TypeStructure.ASSOCIATION,
        noms.ASSOCIATION,
        CodeRegime.AMI_PRIVE_2021,
        StatutJuridique.PRIVE,
        "9220",
        23,
    ),
    (TypeStructure.ESS, noms.ESS, CodeRegime.AMI_PRIVE_2021, StatutJuridique.PRIVE, "5560", 5),
]
# R24: the share of the structures of which each fact is true.
FAITS = (
    (Fait.ACTION_COEUR_DE_VILLE, 0.05),
    (Fait.PETITES_VILLES_DE_DEMAIN, 0.12),
    (Fait.QUARTIER_PRIORITAIRE, 0.15),
    (Fait.ZONE_RURALE, 0.3),
    (Fait.FRANCE_SERVICES, 0.2),
)
MOTIVATION = "Accompagner les habitants qui n’osent pas faire leurs démarches en ligne, au plus près de chez eux."
MISSIONS = "Ateliers en petit groupe, permanences individuelles, visites dans les lieux de passage ; tous publics."
LIGNES_PAR_COMITE = 200


@dataclass
class Lot:
    """What was created, for the report of the command."""

    structures: int = 0
    candidatures: int = 0
    postes: int = 0
    comites: int = 0


@dataclass
class Brouillon:
    """One structure being drawn."""

    rang: int
    lieu: Lieu
    genre: tuple[Any, ...]
    structure: str
    etat: str
    prenom: str
    nom: str
    nb: int
    demarrage: dt.date
    identifie: bool

    @property
    def courriel(self) -> str:
        return f"{normaliser(self.prenom)}.{normaliser(self.nom)}.{self.rang}".replace(" ", "-")


def peupler_structures(tirage: Tirage, nombre: int, jour: dt.date) -> Lot:
    """Create `nombre` structures with one application each; the posts of those that a committee retained."""
    lot = Lot()
    donnes = noms.Noms()
    brouillons = [_tirer(tirage, donnes, rang, lieu, jour) for rang, lieu in enumerate(tirage.sieges(nombre))]
    campagnes = _campagnes(tirage, brouillons, jour)
    organisations = creer(
        Organisation, [Organisation(type=TypeOrganisation.STRUCTURE, nom=b.structure) for b in brouillons]
    )
    structures = creer(Structure, [_structure(tirage, b, o) for b, o in zip(brouillons, organisations, strict=True)])
    _membres(tirage, brouillons, organisations)
    premier = prochain_numero(Candidature, nombre)
    candidatures = creer(
        Candidature,
        [
            _candidature(b, s, campagnes[b.genre[2]], premier + i)
            for i, (b, s) in enumerate(zip(brouillons, structures, strict=True))
        ],
    )
    lot.structures, lot.candidatures = len(structures), len(candidatures)
    _avis(tirage, candidatures)
    lot.comites, lot.postes = _comites(candidatures, campagnes, jour)
    return lot


def _tirer(tirage: Tirage, donnes: noms.Noms, rang: int, lieu: Lieu, jour: dt.date) -> Brouillon:
    alea = tirage.alea
    prenom, nom = tirage.personne()
    genre = alea.choices(GENRES, weights=[k[5] for k in GENRES])[0]
    return Brouillon(
        rang=rang,
        lieu=lieu,
        genre=genre,
        structure=donnes.donner(genre[1], lieu),
        etat=alea.choices([e for e, _ in ETATS], weights=[p for _, p in ETATS])[0],
        prenom=prenom,
        nom=nom,
        nb=alea.choices([1, 2, 3, 5, 10], weights=[74, 16, 6, 3, 1])[0],
        demarrage=tirage.jour(jour, -10, 60),
        identifie=alea.random() < 0.15,
    )


def _campagnes(tirage: Tirage, brouillons: list[Brouillon], jour: dt.date) -> dict[str, Campagne]:
    """One campaign per regime, large enough for the sample: the envelopes of the others are not touched (R15)."""
    campagnes = {}
    for regime in (CodeRegime.AMI_PUBLIC_2020, CodeRegime.AMI_PRIVE_2021):
        postes = sum(b.nb for b in brouillons if b.genre[2] == regime) or 1
        campagnes[regime] = Campagne.objects.create(
            code=f"echantillon-{tirage.graine}-{regime}",
            nom=f"Échantillon national {tirage.graine} – {regime.libelle}",
            regime=regime,
            ouvre_le=jour - dt.timedelta(days=90),
            ferme_le=jour - dt.timedelta(days=1),
            enveloppe_postes=postes,
            enveloppe_montant=Decimal(70_000) * postes,
            etat=EtatCampagne.FERMEE,
        )
    return campagnes


def _structure(tirage: Tirage, b: Brouillon, organisation: Organisation) -> Structure:
    vrais = [fait.value for fait, part in FAITS if tirage.alea.random() < part]
    return Structure(
        organisation=organisation,
        siret=tirage.siret(b.rang),
        nom=b.structure,
        nom_normalise=normaliser(b.structure),
        type=b.genre[0],
        statut_juridique=b.genre[3],
        categorie_juridique=b.genre[4],
        adresse="Place de la Mairie",
        code_postal=b.lieu.code_postal,
        commune_id=b.lieu.code,
        contact_prenom=b.prenom,
        contact_nom=b.nom,
        contact_fonction="Responsable du projet",
        contact_courriel=_adresse(tirage, b),
        activee_le=timezone.now() if b.etat == E.ACTIVEE else None,
        # No official list says so: as if a prefecture had.
        faits_declares=vrais,
        **dict.fromkeys(vrais, True),
    )


def _adresse(tirage: Tirage, b: Brouillon) -> str:
    return f"{b.courriel}.s{tirage.graine}@echantillon.example"


def _membres(tirage: Tirage, brouillons: list[Brouillon], organisations: list[Organisation]) -> None:
    """R27: each activated structure has somebody in its space."""
    actives = [(b, o) for b, o in zip(brouillons, organisations, strict=True) if b.etat == E.ACTIVEE]
    utilisateurs = creer(
        Utilisateur,
        [Utilisateur(email=_adresse(tirage, b), prenom=b.prenom, nom=b.nom, password="!") for b, _ in actives],  # noqa: S106
    )
    EmailAddress.objects.bulk_create(
        [EmailAddress(user=u, email=u.email, verified=True, primary=True) for u in utilisateurs], batch_size=2000
    )
    creer(
        Rattachement,
        [
            Rattachement(utilisateur=u, role=Role.STRUCTURE, organisation=o, administrateur=True, signataire=True)
            for u, (_, o) in zip(utilisateurs, actives, strict=True)
        ],
    )


def _candidature(b: Brouillon, structure: Structure, campagne: Campagne, numero: int) -> Candidature:
    motif = {E.REFUSEE: "Les besoins du territoire sont déjà couverts.", E.EXAMEN: "Précisez les lieux d’exercice."}
    return Candidature(
        numero=numero,
        campagne=campagne,
        regime=campagne.regime,
        structure=structure,
        etat=b.etat,
        confirmee_le=timezone.now(),
        motif_decision=motif.get(b.etat, ""),
        correction_demandee="Précisez le nombre de postes." if b.etat == E.A_CORRIGER else "",
        type=structure.type,
        statut_juridique=structure.statut_juridique,
        categorie_juridique=structure.categorie_juridique,
        candidat_identifie=b.identifie,
        nb_conseillers=b.nb,
        demarrage_le=b.demarrage,
        siret=structure.siret,
        nom=structure.nom,
        adresse=structure.adresse,
        code_postal=structure.code_postal,
        commune_id=structure.commune_id,
        contact_prenom=b.prenom,
        contact_nom=b.nom,
        contact_fonction=structure.contact_fonction,
        contact_courriel=structure.contact_courriel,
        motivation=MOTIVATION,
        missions=MISSIONS,
    )


def _avis(tirage: Tirage, candidatures: list[Candidature]) -> None:
    """R25: most of what was filed has the prefect's opinion."""
    lignes = []
    for candidature in candidatures:
        if candidature.etat == E.ABANDONNEE or tirage.alea.random() > 0.8:
            continue
        defavorable = candidature.etat == E.REFUSEE
        lignes.append(
            Avis(
                candidature=candidature,
                version=1,
                sens=SensAvis.DEFAVORABLE if defavorable else SensAvis.FAVORABLE,
                nb_postes=0 if defavorable else candidature.nb_conseillers,
                commentaire="Projet examiné avec les acteurs du département.",
                rendu_le=timezone.now(),
            )
        )
    creer(Avis, lignes)


def _comites(candidatures: list[Candidature], campagnes: dict[str, Campagne], jour: dt.date) -> tuple[int, int]:
    nb_comites = nb_postes = 0
    for campagne in campagnes.values():
        decidees = [c for c in candidatures if c.campagne_id == campagne.pk and c.etat in DECIDES]
        for debut in range(0, len(decidees), LIGNES_PAR_COMITE):
            nb_postes += _comite(campagne, decidees[debut : debut + LIGNES_PAR_COMITE], jour)
            nb_comites += 1
    return nb_comites, nb_postes


def _comite(campagne: Campagne, candidatures: list[Candidature], jour: dt.date) -> int:
    """A committee already closed, with its lines, its posts and its minutes (R26)."""
    seance = jour - dt.timedelta(days=12)
    total = sum(c.nb_conseillers for c in candidatures if DECIDES[c.etat] == Decision.RETENUE)
    comite = Comite.objects.create(
        numero=prochain_numero(Comite), campagne=campagne, date=seance, enveloppe_postes=total
    )
    avec_avis = set(Avis.objects.filter(candidature__in=candidatures).values_list("candidature_id", flat=True))
    creer(LigneComite, [_ligne(comite, c, avec_avis) for c in candidatures])
    postes = _postes(comite, [c for c in candidatures if DECIDES[c.etat] == Decision.RETENUE])
    titre = f"Procès-verbal du comité de sélection n° {comite.numero}"
    contexte = {"comite": comite, "campagne": campagne, "candidatures": len(candidatures), "postes": len(postes)}
    comite.proces_verbal = deposer_document(
        acteur=Acteur.systeme("Échantillon"),
        contenu=rendre_pdf("pdf/demo/proces_verbal.html", contexte, titre=titre),
        nature=NATURE_PROCES_VERBAL,
        objet=comite,
        nom=nom_fichier(comite),
    )
    Comite.objects.filter(pk=comite.pk).update(
        etat=EtatComite.CLOS, clos_le=timezone.now(), proces_verbal=comite.proces_verbal
    )
    return len(postes)


def _ligne(comite: Comite, candidature: Candidature, avec_avis: set[int]) -> LigneComite:
    decision = DECIDES[candidature.etat]
    return LigneComite(
        comite=comite,
        candidature=candidature,
        decision=decision,
        nb_postes=candidature.nb_conseillers if decision == Decision.RETENUE else 0,
        motif="" if decision == Decision.RETENUE else candidature.motif_decision,
        sans_avis=candidature.pk not in avec_avis,
    )


def _postes(comite: Comite, retenues: list[Candidature]) -> list[Poste]:
    echeance = echeance_recrutement(
        comite.campagne.donnees_regime, comite_le=comite.date, notifie_le=timezone.localdate()
    )
    numero = prochain_numero(Poste)
    postes = []
    for candidature in retenues:
        for _ in range(candidature.nb_conseillers):
            postes.append(
                Poste(
                    numero=numero,
                    structure=candidature.structure,
                    campagne=comite.campagne,
                    regime=candidature.regime,
                    candidature=candidature,
                    comite=comite,
                    accorde_le=comite.date,
                    demarrage_le=max(candidature.demarrage_le, comite.date),
                    echeance_recrutement=echeance.date,
                )
            )
            numero += 1
    return creer(Poste, postes)
