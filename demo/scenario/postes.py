"""The posts, each led by its own people to its own stage (DOMAIN §3), through the verbs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.utils import timezone

from candidats.actions import (
    completer_poste,
    ecarter,
    evaluer,
    inviter_candidat_identifie,
    inviter_entretien,
    manifester_interet,
    preselectionner,
    repondre_entretien,
    valider,
)
from candidats.enums import ETATS_VALIDES, EtatMiseEnRelation, Taille
from candidats.grille import CODES, Avis
from candidats.models import Candidat, MiseEnRelation
from candidats.regles import MotifEcart
from demo.agenda import Agenda
from demo.scenario.acteurs import A_DISTANCE, SYSTEME, acteur
from demo.scenario.destins import (
    A_SIGNER,
    COMPLEMENT,
    CONFORME,
    CONTACT,
    CONTRAT,
    CONTRAT_SIGNE,
    DEBUT_DISTANCE,
    DEBUT_MOULINS,
    DELAIS,
    DELAIS_MOULINS,
    DEPOSE,
    DESTINS,
    DISTANCE_EN_COURS,
    ENTRETIEN,
    HEURES,
    INSCRIT,
    MOULINS_EN_COURS,
    PARTI,
    PRESELECTION,
    RESULTAT,
    SIGNEE,
    SIGNEE_STRUCTURE,
    TEST,
    VALIDE,
    Destin,
)  # fmt: skip
from demo.scenario.pieces import piece
from demo.scenario.sessions import creer_sessions, organisme_du_compte
from demo.scenario.structures import Structures
from formation.actions import (
    contacter_organisme,
    enregistrer_depart,
    enregistrer_resultat,
    proposer_test,
)
from formation.actions import inscrire as inscrire_en_formation
from formation.models import Inscription, Organisme, Positionnement, SessionFormation
from portal.commun.acteurs import Acteur
from portal.commun.dates import fin_de_periode
from portal.comptes.acces import acteur_de
from portal.comptes.models import Rattachement
from structures.models import Poste
from structures.regimes import CodeRegime, NatureContrat
from subventions.actions import (
    accepter_piece,
    completer_dossier,
    declarer_conforme,
    demander_complement,
    deposer_dossier,
    deposer_piece,
    generer_convention,
    prendre_en_charge,
    preparer_contrat,
    refuser_piece,
    signer_contrat,
    signer_convention,
)
from subventions.enums import NaturePiece
from subventions.models import Convention, Dossier

IBAN = "FR7630006000011234567890189"


class Postes:
    """Notes in the agenda what happens to each post after the activation of its structure."""

    def __init__(self, agenda: Agenda, structures: Structures) -> None:
        self.agenda = agenda
        self.structures = structures
        self.sessions: dict[str, SessionFormation] = {}

    def noter(self) -> None:
        self.agenda.noter(-40, lambda: self.sessions.update(creer_sessions(self.agenda)))
        # Those who go furthest choose first.
        for destin in sorted(DESTINS, key=lambda d: -d.stade):
            activation = -19 if destin.structure == "departement" else -43
            delais = DELAIS_MOULINS if destin.session == MOULINS_EN_COURS else DELAIS
            for stade, faire in self._etapes(destin):
                if stade <= destin.stade and (stade != COMPLEMENT or destin.stade == COMPLEMENT):
                    self.agenda.noter(activation + delais[stade], faire)

    def _etapes(self, destin: Destin) -> list[tuple[int, Callable[[], object]]]:
        suivi = Suivi(self, destin)
        return [
            (PRESELECTION, suivi.preselectionner),
            (ENTRETIEN, suivi.proposer_un_entretien),
            (VALIDE, suivi.valider),
            (DEPOSE, suivi.deposer),
            (COMPLEMENT, suivi.demander_un_complement),
            (CONFORME, suivi.declarer_conforme),
            (CONTACT, suivi.contacter),
            (TEST, suivi.proposer_le_test),
            (RESULTAT, suivi.enregistrer_le_resultat),
            (INSCRIT, suivi.inscrire),
            (CONTRAT, suivi.preparer_le_contrat),
            (A_SIGNER, suivi.etablir_la_convention),
            (SIGNEE_STRUCTURE, suivi.signer_pour_la_structure),
            (SIGNEE, suivi.signer_pour_la_bdt),
            (CONTRAT_SIGNE, suivi.signer_le_contrat),
            (PARTI, suivi.partir),
        ]


class Suivi:
    """One post and what its people do at each stage."""

    def __init__(self, postes: Postes, destin: Destin) -> None:
        self.agenda = postes.agenda
        self.structures = postes.structures
        self.sessions = postes.sessions
        self.destin = destin

    @property
    def chef(self) -> Acteur:
        return self.structures.acteurs[self.destin.structure]

    @property
    def bdt(self) -> Acteur:
        return acteur("bdt@demo.example")

    @property
    def poste(self) -> Poste:
        postes = Poste.objects.filter(candidature=self.structures.candidatures[self.destin.structure])
        return postes.order_by("numero")[self.destin.rang]

    @property
    def relation(self) -> MiseEnRelation:
        return (
            MiseEnRelation.objects.filter(poste=self.poste)
            .exclude(etat__in=[EtatMiseEnRelation.NOUVELLE, EtatMiseEnRelation.CADUQUE, EtatMiseEnRelation.ECARTEE])
            .select_related("candidat__utilisateur")
            .get()
        )

    @property
    def dossier(self) -> Dossier:
        return Dossier.objects.get(mise_en_relation=self.relation)

    @property
    def organisme(self) -> Organisme:
        if self.destin.session == DISTANCE_EN_COURS:
            return Organisme.objects.get(nom=A_DISTANCE)
        return organisme_du_compte()

    @property
    def acteur_organisme(self) -> Acteur:
        membre = Rattachement.objects.filter(organisation=self.organisme.organisation_id).first()
        return acteur_de(membre.utilisateur, membre) if membre else SYSTEME

    def preselectionner(self) -> None:
        """The best proposal of somebody free; with none, one is declined and another comes at once (R47).

        Somebody whom the structure already knows is invited by e-mail instead (R49).
        """
        connue = self._propositions().filter(candidat__utilisateur__email=self.destin.courriel)
        if self.destin.courriel and not connue.exists():
            inviter_candidat_identifie(acteur=self.chef, poste=self.poste, courriel=self.destin.courriel)
        for _ in range(8):
            relation = self._propositions().exclude(candidat__in=self._pris()).first()
            if relation is not None:
                manifester_interet(acteur=self._candidat(relation), mise_en_relation=relation)
                preselectionner(acteur=self.chef, mise_en_relation=relation)
                return
            derniere = self._propositions().last()
            if derniere is None:
                break
            ecarter(
                acteur=self.chef,
                mise_en_relation=derniere,
                motif=MotifEcart.PROFIL,
                precisions="",
            )
            # The verb asks for it once committed; the whole story is one transaction.
            completer_poste(acteur=SYSTEME, poste=self.poste)
        raise LookupError(f"no proposal left for {self.poste} ({self.destin})")

    def _propositions(self) -> QuerySet[MiseEnRelation]:
        propositions = MiseEnRelation.objects.filter(poste=self.poste, etat=EtatMiseEnRelation.NOUVELLE)
        return propositions.select_related("candidat__utilisateur").order_by("-score", "pk")

    def _pris(self) -> QuerySet[Candidat]:
        """Those whom another post of the story is leading further, and those whose post is another one."""
        ailleurs = [EtatMiseEnRelation.PRESELECTIONNEE, EtatMiseEnRelation.ENTRETIEN, *ETATS_VALIDES]
        reserves = Q(utilisateur__email__in=self._reserves())
        if self.destin.courriel:
            return Candidat.objects.exclude(utilisateur__email=self.destin.courriel)
        return Candidat.objects.filter(reserves | Q(mises_en_relation__etat__in=ailleurs))

    def _reserves(self) -> set[str]:
        """People of the demo whose post is another one, or who must stay free."""
        return {"candidat@demo.example", "coordinateur@demo.example", "conseiller@demo.example"} - {
            self.destin.courriel
        }

    def _candidat(self, relation: MiseEnRelation) -> Acteur:
        return acteur(relation.candidat.utilisateur.email)

    def proposer_un_entretien(self) -> None:
        relation = self.relation
        # The one that stays at this stage has its interview tomorrow.
        jour = 1 if self.destin.stade == ENTRETIEN else -41
        (entretien,) = inviter_entretien(
            acteur=self.chef,
            mise_en_relation=relation,
            debuts=[self.agenda.moment(jour, 14)],
            duree_min=45,
            lieu="Mairie, salle du rez-de-chaussée",
            message="Nous serons deux à vous recevoir.",
        )
        repondre_entretien(acteur=self._candidat(relation), entretien=entretien, accepte=True)

    def valider(self) -> None:
        """After the interview, the grid of who led it (R52): very good, but good on one criterion out of three."""
        notes = {code: 3 if (self.destin.rang + place) % 3 == 2 else 4 for place, code in enumerate(CODES)}
        evaluer(
            acteur=self.chef,
            mise_en_relation=self.relation,
            notes=notes,
            avis=Avis.FAVORABLE,
            commentaire="À l’aise avec des personnes qui n’ont jamais tenu une souris ; a déjà repéré nos permanences.",
        )
        valider(acteur=self.chef, mise_en_relation=self.relation, taille_tenue=Taille.M)

    def deposer(self) -> None:
        dossier = self.dossier
        donnees = {
            "president_nom": "Martine Duval",
            "president_naissance": dt.date(1962, 5, 14),
            "dgs_nom": "Alain Courtois",
            "dgs_naissance": dt.date(1970, 9, 2),
            "iban": IBAN,
        }
        if dossier.poste.regime == CodeRegime.AMI_PUBLIC_2020:
            donnees |= {
                "annonce_url": f"https://www.emploi-territorial.fr/offre/{self.poste.numero}",
                "annonce_le": self.agenda.jour(-70),
            }
        completer_dossier(acteur=self.chef, dossier=dossier, donnees=donnees)
        for attendue in dossier.pieces.filter(obligatoire=True):
            deposer_piece(acteur=self.chef, piece=attendue, fichier=piece(attendue.get_nature_display()))
        deposer_dossier(acteur=self.chef, dossier=dossier)

    def demander_un_complement(self) -> None:
        dossier = self.dossier
        prendre_en_charge(acteur=self.bdt, dossier=dossier)
        refuser_piece(
            acteur=self.bdt,
            piece=dossier.pieces.get(nature=NaturePiece.SIRENE),
            motif="L’avis de situation a plus de trois mois.",
        )
        demander_complement(acteur=self.bdt, dossier=dossier, texte="Merci de déposer un avis de situation récent.")

    def declarer_conforme(self) -> None:
        dossier = self.dossier
        prendre_en_charge(acteur=self.bdt, dossier=dossier)
        for recue in dossier.pieces.filter(obligatoire=True):
            accepter_piece(acteur=self.bdt, piece=recue)
        declarer_conforme(acteur=self.bdt, dossier=dossier)

    def contacter(self) -> None:
        contacter_organisme(
            acteur=self.chef,
            dossier=self.dossier,
            organisme=self.organisme,
            message="Nous venons de valider une candidature : quand aurait lieu le test de positionnement ?",
        )

    def proposer_le_test(self) -> None:
        futur = self.destin.stade == TEST
        proposer_test(
            acteur=self.acteur_organisme,
            dossier=self.dossier,
            organisme=self.organisme,
            creneau=self.agenda.moment(2 if futur else -36, 15),
            lieu="Visioconférence",
        )

    def enregistrer_le_resultat(self) -> None:
        enregistrer_resultat(
            acteur=self.acteur_organisme,
            positionnement=Positionnement.objects.get(dossier=self.dossier),
            heures=HEURES[self.destin.session],
            le=self.agenda.jour(-36),
            commentaire="Bonne posture d’accompagnement ; à renforcer : la sécurité numérique.",
        )

    def inscrire(self) -> None:
        inscrire_en_formation(acteur=self.chef, session=self.sessions[self.destin.session], dossier=self.dossier)

    def preparer_le_contrat(self) -> None:
        regime = self.poste.regime
        public = regime == CodeRegime.AMI_PUBLIC_2020
        debut = self.agenda.jour(self._debut_du_contrat())
        preparer_contrat(
            acteur=self.chef,
            dossier=self.dossier,
            nature=NatureContrat.CONTRAT_PROJET if public else NatureContrat.CDI_PRIVE,
            debut=debut,
            fin=fin_de_periode(debut, 24) if public else None,
            salaire_brut=Decimal("1950.00"),
            temps_plein=True,
        )

    def _debut_du_contrat(self) -> int:
        if self.destin.session == MOULINS_EN_COURS:
            return DEBUT_MOULINS - 7 if self.destin.stade >= CONTRAT_SIGNE else 5
        return -31 if self.destin.stade >= CONTRAT_SIGNE else 20

    def etablir_la_convention(self) -> None:
        generer_convention(acteur=self.bdt, dossier=self.dossier)

    def signer_pour_la_structure(self) -> None:
        signer_convention(acteur=self.chef, convention=self._convention(), fonction="Au nom de la structure")

    def signer_pour_la_bdt(self) -> None:
        signer_convention(acteur=self.bdt, convention=self._convention(), fonction="À la direction régionale")

    def _convention(self) -> Convention:
        return Convention.objects.get(dossier=self.dossier)

    def signer_le_contrat(self) -> None:
        signer_contrat(
            acteur=self.chef,
            contrat=self.dossier.contrat,
            signe_le=timezone.localdate(),
            fichier=piece("Contrat de travail signé"),
        )

    def partir(self) -> None:
        enregistrer_depart(
            acteur=self.acteur_organisme,
            inscription=Inscription.objects.get(dossier=self.dossier),
            le=self.agenda.jour(DEBUT_MOULINS if self.destin.session == MOULINS_EN_COURS else DEBUT_DISTANCE),
        )
