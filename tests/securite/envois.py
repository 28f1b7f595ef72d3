"""What must be true, and what must be typed, for each POST of the table to do what it is for.

The scene gives one object per address; a preparation puts another one in its place, or moves it to the right day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from candidats.enums import EtatLignePix, EtatMiseEnRelation
from candidats.models import Candidat, Entretien, InvitationCandidat, LignePix, MiseEnRelation
from formation.models import Inscription, SessionFormation
from portal.commun.jetons import emettre_jeton
from portal.commun.models import Jeton
from portal.comptes.models import Invitation, Utilisateur
from structures.enums import EtatCampagne
from structures.models import LigneComite
from structures.suivi_candidature import USAGE_CONFIRMATION as USAGE_DEPOT
from structures.suivi_candidature import USAGE_SUIVI
from subventions.models import Dossier, Suspension
from tests.candidats.outils_pix import fichier_pix, ligne_pix
from tests.formation.factories import PriseDeContactFactory
from tests.structures.factories import CampagneFactory, CandidatureFactory, PosteFactory, candidature_de
from tests.structures.outils_tableaux import en_csv, ligne
from tests.subventions.factories_contrats import ContratFactory

Preparation = Callable[[SimpleNamespace], Any]
JOUR = dt.timedelta(days=1)


def _hors_comite(monde: SimpleNamespace) -> None:
    LigneComite.objects.filter(pk=monde.ligne.pk).delete()


def _a_corriger(monde: SimpleNamespace) -> None:
    candidature = CandidatureFactory(campagne=CampagneFactory(), a_corriger=True)
    monde.secret_corriger = emettre_jeton(usage=USAGE_SUIVI, objet=candidature, duree=JOUR)


def _refusee(monde: SimpleNamespace) -> None:
    candidature = CandidatureFactory(campagne=CampagneFactory(), refusee=True)
    monde.secret_reexamen = emettre_jeton(usage=USAGE_SUIVI, objet=candidature, duree=JOUR)


def _sans_validation(monde: SimpleNamespace) -> None:
    validees = MiseEnRelation.objects.filter(candidat=monde.candidat, etat=EtatMiseEnRelation.VALIDEE)
    validees.update(etat=EtatMiseEnRelation.ECARTEE, motif="autre")


def _pix_consenti(monde: SimpleNamespace) -> None:
    Candidat.objects.filter(pk=monde.candidat.pk).update(pix_consenti_le=timezone.now())


def _ligne_pix_ecartee(monde: SimpleNamespace) -> None:
    LignePix.objects.filter(pk=monde.ligne_pix.pk).update(etat=EtatLignePix.ECARTEE, motif_ecart="Inconnue")


def _entretien_passe(monde: SimpleNamespace) -> None:
    Entretien.objects.filter(pk=monde.entretien.pk).update(debut=timezone.now() - JOUR)


def _contact_pris(monde: SimpleNamespace) -> None:
    PriseDeContactFactory(dossier=monde.prepare, organisme=monde.organisme)
    Dossier.objects.filter(pk=monde.prepare.pk).update(formation_contactee_le=timezone.localdate())


def _sans_suspension(monde: SimpleNamespace) -> None:
    Suspension.objects.filter(pk=monde.suspension.pk).delete()


def _inscriptions_closes(monde: SimpleNamespace) -> None:
    SessionFormation.objects.filter(pk=monde.session.pk).update(cloture_le=timezone.localdate() - JOUR)


def _session_finie(monde: SimpleNamespace) -> None:
    SessionFormation.objects.filter(pk=monde.commencee.pk).update(fin=timezone.localdate() - JOUR)
    Inscription.objects.filter(session=monde.commencee).delete()


def _contrat_signe(monde: SimpleNamespace) -> None:
    ContratFactory(dossier=monde.depart.dossier, signe=True)


def _invitation_ancienne(monde: SimpleNamespace) -> None:
    Invitation.objects.update(modifie_le=timezone.now() - 2 * JOUR)


def _invitation_candidat_ancienne(monde: SimpleNamespace) -> None:
    InvitationCandidat.objects.update(modifie_le=timezone.now() - 2 * JOUR)


def _compte_ferme(monde: SimpleNamespace) -> None:
    Utilisateur.objects.filter(pk=monde.membre.utilisateur_id).update(is_active=False)


def _campagne_fermee(monde: SimpleNamespace) -> None:
    monde.campagne = CampagneFactory(etat=EtatCampagne.PREPAREE)


def _retenue(monde: SimpleNamespace) -> None:
    monde.deposee = PosteFactory(a_activer=True).candidature


def _a_confirmer(monde: SimpleNamespace) -> None:
    monde.deposee = monde.non_confirmee
    Jeton.objects.filter(usage=USAGE_DEPOT).update(emis_le=timezone.now() - JOUR)


def _comite_ouvert(monde: SimpleNamespace) -> None:
    monde.comite_clos = monde.comite


def _poste_ancien(monde: SimpleNamespace) -> None:
    monde.poste = PosteFactory(accorde_le=timezone.localdate() - 400 * JOUR)


def _repreneuse(monde: SimpleNamespace) -> None:
    candidature_de(monde.voisine, campagne=monde.poste.campagne, activee=True)


PREPARATIONS: dict[str, Preparation] = {
    "structures:suivi_reprendre": _hors_comite,
    "structures:candidature_reprendre": _hors_comite,
    "structures:suivi_corriger": _a_corriger,
    "structures:suivi_reexamen": _refusee,
    "candidats:retirer": _sans_validation,
    "candidats:pix_retirer": _pix_consenti,
    "candidats:passer_entretien": _entretien_passe,
    "admin:candidats_lignepix_verbe-reprendre": _ligne_pix_ecartee,
    "candidats:renvoyer_invitation": _invitation_candidat_ancienne,
    "comptes:renouveler_invitation": _invitation_ancienne,
    "comptes:renvoyer": _invitation_ancienne,
    "admin:comptes_invitation_verbe-renouveler": _invitation_ancienne,
    "subventions:contrat_signature": _contact_pris,
    "subventions:convention_suspendre": _sans_suspension,
    "formation:session_cloturer": _inscriptions_closes,
    "formation:session_terminer": _session_finie,
    "formation:depart": _contrat_signe,
    "admin:comptes_utilisateur_verbe-reactiver": _compte_ferme,
    "admin:structures_campagne_verbe-ouvrir": _campagne_fermee,
    "admin:structures_candidature_verbe-activer": _retenue,
    "admin:structures_candidature_verbe-confirmation": _a_confirmer,
    "admin:structures_comite_verbe-modifier": _comite_ouvert,
    "admin:structures_poste_verbe-retirer": _poste_ancien,
    "admin:structures_poste_verbe-transferer": _repreneuse,
}


def _dans(jours: int) -> str:
    return (timezone.localdate() + jours * JOUR).isoformat()


def _tableau(contenu: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("tableau.csv", contenu, content_type="text/csv")


def _avis_en_csv(monde: SimpleNamespace) -> dict[str, Any]:
    return {"fichier": _tableau(en_csv([ligne(monde.deposee)]))}


def _faits_en_csv(monde: SimpleNamespace) -> dict[str, Any]:
    titres = ["Code INSEE ou SIRET", "Fait", "Source"]
    return {"fichier": _tableau(en_csv([[monde.commune.pk, "PVD", "Liste"]], titres))}


def _pix_en_csv(monde: SimpleNamespace) -> dict[str, Any]:
    return {"fichier": _tableau(fichier_pix(ligne_pix(monde.pix_consenti)))}


# In place of what the page suggests, or of the field that it does not have.
SAISIES: dict[str, Callable[[SimpleNamespace], dict[str, Any]]] = {
    "comptes:droits": lambda monde: {"administrateur": "on", "signataire": "on"},
    "candidats:cvtheque_preselectionner": lambda monde: {"poste": str(monde.poste.uuid)},
    "candidats:modifier_entretien": lambda monde: {"jour": _dans(9)},
    # The two other slots may stay empty.
    "candidats:proposer_entretien": lambda monde: dict.fromkeys(("jour_2", "heure_2", "jour_3", "heure_3"), ""),
    "candidats:renvoyer_confirmation": lambda monde: {"courriel": monde.inscrit.utilisateur.email},
    # Two buttons of one name.
    "candidats:disponibilite": lambda monde: {"reponse": "oui"},
    "structures:candidater-eligibilite": lambda monde: {},
    "subventions:message_structure": lambda monde: {"texte": "Où en est ce dossier ?"},
    "subventions:message_bdt": lambda monde: {"texte": "Nous attendons la pièce."},
    "subventions:accepter_piece": lambda monde: {"document": str(monde.piece_deposee.document.uuid)},
    "subventions:contrat_preparer": lambda monde: {"salaire_brut": "2 500,00", "debut": _dans(5), "fin": _dans(1100)},
    "formation:session_creer": lambda monde: {"cloture_le": _dans(5), "debut": _dans(20), "fin": _dans(50)},
    "admin:structures_candidature_importer": _avis_en_csv,
    "admin:candidats_importpix_importer": _pix_en_csv,
    "admin:structures_faitprioritaire_importer": _faits_en_csv,
    "admin:structures_comite_add": lambda monde: {"enveloppe_postes": "5"},
    # No vote was taken.
    "admin:structures_comite_seance": lambda monde: dict.fromkeys(("voix_pour", "voix_contre", "abstentions"), ""),
    "admin:structures_poste_verbe-prolonger": lambda monde: {"echeance": _dans(150)},
}


def preparer(cle: str, monde: SimpleNamespace) -> None:
    if cle in PREPARATIONS:
        PREPARATIONS[cle](monde)


def saisie_propre(cle: str, monde: SimpleNamespace) -> dict[str, Any]:
    return SAISIES[cle](monde) if cle in SAISIES else {}
