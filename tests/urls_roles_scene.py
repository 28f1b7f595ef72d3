"""The scene of the URL × role table: two worlds that must not see each other, and one person per role.

« Ici » is the Allier: the structure, the candidate, the prefecture, the SGAR, the hub and the training body of the
table are its own. « Ailleurs » is Paris, with the same objects in the same states.
"""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.test import Client
from django.utils import timezone
from post_office.models import Email

from candidats.enums import EtatEntretien
from candidats.liens import USAGE_CONFIRMATION, USAGE_DISPONIBILITE, USAGE_INVITATION, signer, signer_reponse
from candidats.models import Entretien
from portal.commun.jetons import emettre_jeton
from portal.commun.models import ExecutionTache
from portal.commun.roles import Role
from portal.comptes.acces import CLE_SESSION
from portal.comptes.acces import USAGE_INVITATION as USAGE_EQUIPE
from structures.brouillons import USAGE_BROUILLON
from structures.consultations import USAGE_CONSULTATION
from structures.models import BrouillonCandidature, ConsultationCoordinateur, FaitPrioritaire
from structures.suivi_candidature import USAGE_CONFIRMATION as USAGE_DEPOT
from structures.suivi_candidature import USAGE_SUIVI
from tests.candidats.factories import (
    CandidatFactory,
    EvaluationFactory,
    InvitationCandidatFactory,
    LignePixFactory,
    MiseEnRelationFactory,
    cv_depose,
    rattachement_candidat,
)
from tests.comptes.factories import InvitationFactory, OrganisationFactory, RattachementFactory
from tests.formation.factories import (
    InscriptionFactory,
    OrganismeFactory,
    PositionnementFactory,
    SessionFactory,
)
from tests.structures.factories import (
    CampagneFactory,
    CandidatureFactory,
    ComiteFactory,
    LieuExerciceFactory,
    LigneComiteFactory,
    PosteFactory,
    StructureFactory,
    candidature_de,
    lieu,
    membre,
)
from tests.structures.factories_demandes import ChangementFactory, DemandePostesFactory
from tests.subventions.factories import DossierFactory
from tests.subventions.factories_contrats import ContratFactory, ConventionFactory, SuspensionFactory

# Every role of a person; `systeme` is nobody.
ROLES = [role for role in Role if role is not Role.SYSTEME]
JOUR = dt.timedelta(days=1)


def _jeton(usage: str, objet: Any) -> str:
    return emettre_jeton(usage=usage, objet=objet, duree=7 * JOUR)


class Monde:
    """One structure with its objects in the states that the pages ask for, in one département, and those around it."""

    def __init__(self, code_commune: str) -> None:
        self.commune = lieu(code_commune)
        self.campagne = CampagneFactory()
        self.structure = StructureFactory(commune=self.commune)
        self.voisine = StructureFactory(commune=self.commune)
        self._structures()
        self._candidats()
        self._subventions()
        self._formation()
        self._comptes()

    # --- structures ---

    def _structures(self) -> None:
        self.poste = self._poste()
        self.candidature = self.poste.candidature
        self.comite_clos = self.poste.comite
        self.lieu = LieuExerciceFactory(structure=self.structure, commune=self.commune)
        deposee = candidature_de(self.structure, coordinateurs=True, deposee=True)
        self.deposee = deposee
        self.consultation = ConsultationCoordinateur.objects.create(candidature=deposee, nom="Mairie voisine")
        self.a_corriger = candidature_de(self.structure, campagne=CampagneFactory(privee=True), a_corriger=True)
        self.refusee = candidature_de(self.structure, campagne=self.campagne, refusee=True)
        self.non_confirmee = CandidatureFactory(campagne=self.campagne, commune=self.commune)
        self.secret_depot = _jeton(USAGE_DEPOT, self.non_confirmee)
        self.secret_suivi = _jeton(USAGE_SUIVI, deposee)
        self.secret_consultation = _jeton(USAGE_CONSULTATION, self.consultation)
        self.secret_brouillon = _jeton(USAGE_BROUILLON, BrouillonCandidature.objects.create(etape="eligibilite"))
        self.secret_corriger = _jeton(USAGE_SUIVI, self.a_corriger)
        self.secret_reexamen = _jeton(USAGE_SUIVI, self.refusee)
        self.comite = ComiteFactory(campagne=deposee.campagne)
        self.demande = DemandePostesFactory(structure=self.structure, campagne=self.campagne)
        self.changement = ChangementFactory(structure=self.structure)
        self.ligne = LigneComiteFactory(comite=self.comite, candidature=deposee)
        self.fait = FaitPrioritaire.objects.create(fait="zone_rurale", commune=self.commune, source="Liste d’essai")

    def _poste(self, **champs: Any) -> Any:
        return PosteFactory(structure=self.structure, campagne=self.campagne, **champs)

    # --- candidates ---

    def _candidats(self) -> None:
        self.candidat = CandidatFactory(commune=self.commune)
        self.nouvelle = MiseEnRelationFactory(poste=self.poste, candidat=self.candidat)
        self.preselectionnee = MiseEnRelationFactory(
            poste=self.poste, candidat=CandidatFactory(commune=self.commune), preselectionnee=True
        )
        # One more post for the interview of the same person, one for the person who was set aside.
        self.rendez_vous = MiseEnRelationFactory(poste=self._poste(), candidat=self.candidat, entretien=True)
        self.entretien = self.rendez_vous.entretiens.get()
        self.ecartee = MiseEnRelationFactory(
            poste=self.poste, candidat=CandidatFactory(commune=self.commune), ecartee=True
        )
        self.a_choisir = CandidatFactory(commune=self.commune)
        self.invitation_candidat = InvitationCandidatFactory(poste=self.poste)
        self.secret_invitation_candidat = _jeton(USAGE_INVITATION, self.invitation_candidat)
        self.inscrit = CandidatFactory(commune=self.commune, a_confirmer=True)
        self.secret_inscription = _jeton(USAGE_CONFIRMATION, self.inscrit)
        self.pix_consenti = CandidatFactory(commune=self.commune, pix_consenti=True)
        self.ligne_pix = LignePixFactory()
        self.import_pix = self.ligne_pix.import_pix
        self.lien_pas_interesse = signer(self.preselectionnee)
        # Their own post and person: their answers change nothing of what the other addresses show.
        propose = MiseEnRelationFactory(candidat=CandidatFactory(commune=self.commune), entretien=True)
        self.lien_creneaux = signer_reponse(propose)
        self.lien_reponse = signer_reponse(propose)
        # Accepted, and its hour has passed.
        recu = MiseEnRelationFactory(
            poste=self._poste(), candidat=CandidatFactory(commune=self.commune), entretien=True
        )
        self.entretien_tenu = recu.entretiens.get()
        Entretien.objects.filter(pk=self.entretien_tenu.pk).update(
            etat=EtatEntretien.ACCEPTE, debut=timezone.now() - JOUR
        )
        self.evaluation = EvaluationFactory(
            mise_en_relation=self.rendez_vous, auteur=membre(self.structure).utilisateur
        )
        self.secret_disponibilite = _jeton(USAGE_DISPONIBILITE, self.candidat)
        self.cv = cv_depose(self.candidat)
        self.autre_candidat = self.preselectionnee.candidat

    # --- subsidies ---

    def _dossier(self, **champs: Any) -> Any:
        candidat = champs.pop("candidat", None) or CandidatFactory(commune=self.commune)
        return DossierFactory(mise_en_relation__poste=self._poste(), mise_en_relation__candidat=candidat, **champs)

    def _subventions(self) -> None:
        self.constitution = self._dossier(complet=True)
        self.piece = self.constitution.pieces.filter(document__isnull=False).first()
        self.complement = self._dossier(complement=True)
        self.depose = self._dossier(depose=True)
        self.piece_deposee = self.depose.pieces.filter(document__isnull=False).first()
        self.document = self.piece_deposee.document
        self.valide = self.depose.mise_en_relation
        self.conforme = self._dossier(conforme=True)
        self.prepare = self._dossier(conforme=True)
        ContratFactory(dossier=self.prepare)
        self.a_signer = ConventionFactory(dossier=self._dossier(conforme=True))
        self.signee_structure = ConventionFactory(dossier=self._dossier(conforme=True), signee_structure=True)
        self.signee = ConventionFactory(dossier=self._dossier(conforme=True), signee=True)
        self.suspension = SuspensionFactory(convention=self.signee)

    # --- training ---

    def _formation(self) -> None:
        self.organisme = OrganismeFactory(regions=[self.commune.region_id])
        self.lot = self.organisme.lots.get()
        session = {"organisme": self.organisme, "commune": self.commune}
        self.session = SessionFactory(**session)
        self.commencee = SessionFactory(commencee=True, **session)
        # The person of the table is the one who takes the test.
        self.forme = self._dossier(conforme=True, candidat=self.candidat)
        self.test = PositionnementFactory(dossier=self.forme, organisme=self.organisme, passe=True)
        self.inscription = InscriptionFactory(session=self.session, dossier=self._dossier(conforme=True))
        self.depart = InscriptionFactory(session=self.commencee, dossier=self._dossier(conforme=True))
        reportee = SessionFactory(reportee=True, **session)
        self.a_distance = InscriptionFactory(session=reportee, dossier=self._dossier(conforme=True), proposee=True)

    # --- people and their teams ---

    def _comptes(self) -> None:
        departement, region = self.commune.departement_id, self.commune.region_id
        droits = {"administrateur": True, "signataire": True}
        par_organisation = {
            Role.STRUCTURE: self.structure.organisation,
            Role.ORGANISME: self.organisme.organisation,
            Role.PREFECTURE: OrganisationFactory(prefecture=True, codes_departements=[departement]),
            Role.SGAR: OrganisationFactory(sgar=True, codes_regions=[region]),
            Role.HUB: OrganisationFactory(hub=True, codes_regions=[region]),
            Role.ANCT: OrganisationFactory(anct=True),
            Role.BDT: OrganisationFactory(bdt=True),
        }
        self.personnes, self.equipes = {}, {}
        for role, organisation in par_organisation.items():
            membre, collegue = (RattachementFactory(role=role, organisation=organisation, **droits) for _ in range(2))
            invitation = InvitationFactory(organisation=organisation, role=role)
            self.personnes[role] = membre
            self.equipes[role] = SimpleNamespace(collegue=collegue, invitation=invitation)
        self.personnes[Role.CANDIDAT] = rattachement_candidat(self.candidat)
        for role in (Role.SUPPORT, Role.CONSEILLER, Role.COORDINATEUR):
            self.personnes[role] = RattachementFactory(**{role.value: True})
        self.membre = self.personnes[Role.STRUCTURE]
        self.invitation = self.equipes[Role.STRUCTURE].invitation
        self.secret_equipe = _jeton(USAGE_EQUIPE, self.invitation)
        self.courriel = Email.objects.create(
            from_email="portail@exemple.fr", to="mairie@exemple.fr", subject="Essai", message="Essai"
        )
        self.execution = ExecutionTache.objects.create(nom="essai")

    def pour(self, role: Role) -> SimpleNamespace:
        """What the paths of the table read; somebody without a team is shown that of the structure."""
        equipe = self.equipes.get(role) or self.equipes[Role.STRUCTURE]
        return SimpleNamespace(**vars(self), equipe=equipe)


class Scene:
    """The two worlds, and a signed-in session per role of the Allier."""

    def __init__(self) -> None:
        self.ici, self.ailleurs = Monde("03190"), Monde("75056")
        self.sessions = {role: self._connecter(role) for role in ROLES if role is not Role.VISITEUR}

    def _connecter(self, role: Role) -> str:
        rattachement = self.ici.personnes[role]
        client = Client()
        client.force_login(rattachement.utilisateur, backend=settings.AUTHENTICATION_BACKENDS[0])
        session = client.session
        session[CLE_SESSION] = str(rattachement.uuid)
        # As somebody who has just signed in: the pages that ask for the password again open.
        session["account_authentication_methods"] = [{"method": "password", "at": timezone.now().timestamp()}]
        session["account_authentication_methods_user"] = str(rattachement.utilisateur.pk)
        session.save()
        return client.cookies[settings.SESSION_COOKIE_NAME].value

    def client(self, role: Role) -> Client:
        """A new client each time: what a page leaves in its session does not reach the next one."""
        client = Client()
        if role is not Role.VISITEUR:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[role]
        return client
