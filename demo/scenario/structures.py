"""What structures, prefecture and committees of the Allier do, day by day."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from stdnum import luhn

from demo.agenda import Agenda
from demo.scenario.acteurs import SYSTEME, VISITEUR, acteur, entrer_dans_l_espace
from demo.scenario.demandes import (
    CATEGORIES,
    COORDINATEUR,
    DEMANDES,
    FAITS_COMMUNES,
    PRIVE,
    PUBLIC,
    SOURCE_FAITS,
    Demande,
)
from demo.scenario.pieces import piece
from portal.territoires.models import Commune
from structures.actions import (
    activer,
    cloturer,
    confirmer_depot,
    creer_campagne,
    creer_candidature,
    creer_comite,
    decider,
    demander_changement,
    demander_postes,
    importer_faits,
    inscrire,
    ouvrir_campagne,
    rendre_avis,
    rendre_pour_correction,
    renseigner_faits,
    transferer_poste,
)
from structures.actions.comites import numero_propose
from structures.enums import Decision, SensAvis
from structures.models import Campagne, Candidature
from structures.questionnaire import engagements


class Structures:
    """Notes in the agenda everything that structures, prefecture and committees do."""

    def __init__(self, agenda: Agenda) -> None:
        self.agenda = agenda
        self.candidatures: dict[str, Candidature] = {}
        self.acteurs: dict[str, Any] = {}
        self.campagnes: dict[str, Campagne] = {}

    def noter(self) -> None:
        self.agenda.noter(-80, self._campagnes)
        self.agenda.noter(-79, self._importer_les_faits)
        for rang, demande in enumerate(DEMANDES):
            self._noter_demande(rang, demande)
        for jour, regime in sorted({(d.comite, d.regime) for d in DEMANDES if d.comite is not None}):
            self.agenda.noter(jour, lambda jour=jour, regime=regime: self._comite(jour, regime))
        # The committee of day -45 has granted them: the post moves before anybody is proposed for it.
        self.agenda.noter(-44, self._transferer)
        self.agenda.noter(-3, self._comite_a_venir)
        self.agenda.noter(-2, self._demander_un_poste)
        self.agenda.noter(-2, self._changer_d_etablissement)

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

    def _importer_les_faits(self) -> None:
        lignes = ["Code INSEE ou SIRET;Fait;Source", *(f"{c};{fait};{SOURCE_FAITS}" for c, fait in FAITS_COMMUNES)]
        importer_faits(acteur=acteur("anct@demo.example"), contenu="\n".join(lignes).encode(), nom="faits.csv")

    def _transferer(self) -> None:
        """R29: Saint-Pourçain can only welcome two of its three posts; Moulins had asked for one more."""
        cedante = self.candidatures["saint-pourcain"]
        transferer_poste(
            acteur=acteur("anct@demo.example"),
            poste=cedante.postes.order_by("numero").last(),
            candidature=self.candidatures["moulins"],
            motif="La commune ne peut accueillir que deux conseillers et l’a écrit après le comité.",
        )

    def _demander_un_poste(self) -> None:
        """R29: waits for the prefecture's opinion and for a committee."""
        demander_postes(
            acteur=self.acteurs["montlucon"],
            structure=self.candidatures["montlucon"].structure,
            nb_postes=1,
            demarrage_le=self.agenda.jour(60),
            motif="Les permanences des deux premiers postes sont complètes dans les quartiers prioritaires.",
        )

    def _changer_d_etablissement(self) -> None:
        """R21: waits for ANCT, with its proof."""
        structure = self.candidatures["vichy"].structure
        demander_changement(
            acteur=self.acteurs["vichy"],
            structure=structure,
            siret=_siret(len(DEMANDES)),
            nom=structure.nom,
            adresse="9 place Charles-de-Gaulle",
            code_postal=structure.code_postal,
            commune=structure.commune,
            categorie_juridique="7348",
            motif="Le siège de la communauté d’agglomération a déménagé.",
            justificatif=piece("Avis de situation au répertoire SIRENE"),
        )

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
            motif="Précisez les communes où les permanences auront lieu.",
        )

    def _comite(self, jour: int, regime: str) -> None:
        anct = acteur("anct@demo.example")
        demandes = [d for d in DEMANDES if d.comite == jour and d.regime == regime]
        comite = creer_comite(
            acteur=anct,
            campagne=self.campagnes[regime],
            numero=numero_propose(),
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
            nb_postes = (demande.accordes or demande.nb) if decision == Decision.RETENUE else 0
            decider(acteur=anct, ligne=ligne, decision=decision, nb_postes=nb_postes, motif=motif)
        cloturer(acteur=anct, comite=comite)

    def _comite_a_venir(self) -> None:
        anct = acteur("anct@demo.example")
        comite = creer_comite(
            acteur=anct,
            campagne=self.campagnes[PUBLIC],
            numero=numero_propose(),
            date=self.agenda.jour(0),
            enveloppe_postes=20,
        )
        for demande in DEMANDES:
            if demande.issue == "agenda":
                inscrire(acteur=anct, comite=comite, candidature=self.candidatures[demande.cle])

    def _activer(self, demande: Demande) -> None:
        candidature = activer(acteur=acteur("anct@demo.example"), candidature=self.candidatures[demande.cle])
        self.acteurs[demande.cle] = entrer_dans_l_espace(candidature.structure)


def _siret(rang: int) -> str:
    """Check digits are right (R21); the number belongs to the sample only."""
    base = f"1{7000000 + rang:07d}"
    siren = base + luhn.calc_check_digit(base)
    return siren + "0001" + luhn.calc_check_digit(siren + "0001")
