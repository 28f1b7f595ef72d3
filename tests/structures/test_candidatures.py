"""The verbs of the application: sent and confirmed (R20 to R23)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from post_office.models import Email

from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee
from portal.commun.evenements import abonner
from portal.commun.jetons import JetonInvalide
from portal.comptes.models import Organisation
from structures import actions
from structures.enums import EtatCandidature
from structures.models import Candidature, Structure
from structures.questionnaire import engagements
from structures.suivi_candidature import USAGE_CONFIRMATION, lien_confirmation, lien_suivi
from tests.structures.factories import (
    CampagneFactory,
    CandidatureFactory,
    StructureFactory,
    lieu,
    membre,
    siret_suivant,
)
from tests.structures.outils_depot import VISITEUR, creer, destinataires, secret_de

pytestmark = pytest.mark.django_db


deposees: list[Candidature] = []


def noter(candidature: Candidature) -> None:
    """A subscriber of the event, as an upper floor has one."""
    deposees.append(candidature)


# --- sent -----------------------------------------------------------------------------------------------------------


def test_creer_garde_les_engagements_mot_pour_mot():
    """R20"""
    candidature = creer(lieux=[{"nom": "Médiathèque ", "commune": lieu()}])
    textes = {e.cle: e.texte for e in engagements(candidature.campagne.donnees_regime)}
    assert {e.cle: e.texte for e in candidature.engagements.all()} == textes
    assert candidature.lieux_souhaites.get().nom == "Médiathèque"
    assert destinataires("candidature_confirmation") == [["alex.roy@exemple.fr"]]


@pytest.mark.parametrize(
    ("changement", "champ"),
    [
        ({"siret": "21030190000011"}, "siret"),
        ({"siret": ""}, "siret"),
        ({"ridet": "0123456"}, "ridet"),
        ({"nb_conseillers": 0}, "nb_conseillers"),
        ({"nb_conseillers": 201}, "nb_conseillers"),
        ({"nom": ""}, "nom"),
        ({"nom": "x" * 251}, "nom"),
        ({"contact_courriel": "pas une adresse"}, "contact_courriel"),
        ({"motivation": "x" * 2501}, "motivation"),
        ({"candidat_identifie": True, "candidat_courriel": ""}, "candidat_courriel"),
        ({"poste_existant": True}, "poste_existant_precisions"),
        ({"type": "association"}, "type"),
        ({"lieux": [{"nom": f"Lieu {rang}", "commune": None} for rang in range(6)]}, "lieux"),
    ],
)
def test_une_reponse_impossible_est_refusee_et_nommee(changement, champ):
    """R20, R21: the verb refuses by itself, whatever form called it."""
    with pytest.raises(RegleNonRespectee) as refus:
        creer(**changement)
    assert refus.value.champ == champ
    assert not Candidature.objects.exists() and not Email.objects.exists()


def test_une_date_passee_est_refusee():
    """R20"""
    with pytest.raises(RegleNonRespectee) as refus:
        creer(demarrage_le=timezone.localdate() - dt.timedelta(days=1))
    assert (refus.value.regle, refus.value.champ) == ("R20", "demarrage_le")


def test_un_engagement_manquant_est_refuse():
    """R20"""
    campagne = CampagneFactory()
    tous = [engagement.cle for engagement in engagements(campagne.donnees_regime)]
    with pytest.raises(RegleNonRespectee) as refus:
        creer(campagne, acceptes=tous[1:])
    assert refus.value.champ == f"engagement_{tous[0]}"


def test_un_appel_ferme_ne_recoit_rien():
    """DOMAIN §4"""
    with pytest.raises(RegleNonRespectee):
        creer(CampagneFactory(fermee=True))


def test_la_categorie_juridique_fixe_le_statut():
    """R6, R21: a CCAS is « autre structure publique » in the call for coordinators, public in the one of 2020."""
    coordination = {
        "cas_coordinateur": "creation",
        "coordination_temps_plein": False,
        "perimetre_coordination": "L’Allier",
        "type": "commune",
        "categorie_juridique": "7361",
    }
    assert creer(CampagneFactory(coordinateurs=True), **coordination).statut_juridique == "autre-public"
    assert creer(categorie_juridique="7361").statut_juridique == "public"


def test_envoyer_deux_fois_la_meme_candidature_remplace_la_premiere():
    """R23: the first link dies; nothing piles up."""
    siret, campagne = siret_suivant(), CampagneFactory()
    premiere = creer(campagne, siret=siret)
    secret = secret_de(lien_confirmation(premiere))
    seconde = creer(campagne, siret=siret)
    premiere.refresh_from_db()
    assert (premiere.etat, seconde.etat) == (EtatCandidature.ABANDONNEE, EtatCandidature.A_CONFIRMER)
    with pytest.raises(JetonInvalide):
        actions.confirmer_depot(acteur=VISITEUR, secret=secret)


def test_personne_n_inonde_une_adresse():
    """R23: five applications waiting for one address in a day, not more."""
    campagne = CampagneFactory()
    for _ in range(5):
        creer(campagne)
    with pytest.raises(RegleNonRespectee) as refus:
        creer(campagne)
    assert refus.value.champ == "contact_courriel"


def test_renvoyer_attend_puis_remplace_le_lien(time_machine):
    """R23"""
    candidature = creer()
    with pytest.raises(RegleNonRespectee):
        actions.renvoyer_confirmation(acteur=VISITEUR, candidature=candidature)
    time_machine.move_to(timezone.now() + dt.timedelta(minutes=3), tick=True)
    actions.renvoyer_confirmation(acteur=VISITEUR, candidature=candidature)
    assert len(destinataires("candidature_confirmation")) == 2


# --- confirmed ------------------------------------------------------------------------------------------------------


def test_confirmer_cree_la_structure_et_donne_un_numero():
    """R23: the application, its structure, its body and its places, in one go; the event and the mail leave."""
    abonner("candidature.deposee", noter)
    candidature = creer(lieux=[{"nom": "Médiathèque", "commune": lieu()}])
    deposee = actions.confirmer_depot(acteur=VISITEUR, secret=secret_de(lien_confirmation(candidature)))
    assert deposee.etat == EtatCandidature.DEPOSEE and deposee.numero == 1 and deposee.confirmee_le
    structure = Structure.objects.get()
    assert (structure.siret, structure.nom_normalise, structure.activee_le) == (
        candidature.siret,
        "commune de vichy",
        None,
    )
    assert structure.organisation.nom == "Commune de Vichy" and Organisation.objects.count() == 1
    assert structure.lieux.get().nom == "Médiathèque"
    assert deposees[-1] == deposee
    assert destinataires("candidature_deposee") == [["alex.roy@exemple.fr"]]
    assert deposee.history.latest().history_role == "visiteur"


def test_le_lien_ne_sert_qu_une_fois():
    """R23"""
    secret = secret_de(lien_confirmation(creer()))
    actions.confirmer_depot(acteur=VISITEUR, secret=secret)
    with pytest.raises(JetonInvalide):
        actions.confirmer_depot(acteur=VISITEUR, secret=secret)
    with pytest.raises(AccesRefuse):
        actions.confirmer_depot(acteur=VISITEUR, candidature=creer())


def test_une_confirmation_refusee_laisse_le_lien_intact():
    """R22: what was refused is undone whole, token included: the link works once the other one is withdrawn."""
    candidature = creer()
    secret = secret_de(lien_confirmation(candidature))
    autre = CandidatureFactory(deposee=True, siret=candidature.siret, campagne=candidature.campagne)
    with pytest.raises(RegleNonRespectee) as refus:
        actions.confirmer_depot(acteur=VISITEUR, secret=secret)
    assert refus.value.regle == "R22" and f"n° {autre.numero}" in refus.value.message
    actions.abandonner(acteur=Acteur.systeme(), candidature=autre, motif="Déposée deux fois par erreur.")
    assert actions.confirmer_depot(acteur=VISITEUR, secret=secret).structure == autre.structure


def test_une_seconde_candidature_ne_change_rien_a_la_structure():
    """Anybody may know a SIRET: what a structure says of itself stays, and its people are told."""
    structure = StructureFactory(nom="Nom d’origine", contact_courriel="origine@exemple.fr")
    administrateur = membre(structure).utilisateur.email
    candidature = creer(siret=structure.siret, nom="Autre nom")
    deposee = actions.confirmer_depot(acteur=VISITEUR, secret=secret_de(lien_confirmation(candidature)))
    structure.refresh_from_db()
    assert deposee.structure == structure
    assert (structure.nom, structure.contact_courriel) == ("Nom d’origine", "origine@exemple.fr")
    assert sorted(destinataires("candidature_deposee_collegues")) == sorted([["origine@exemple.fr"], [administrateur]])


def test_confirmer_apres_la_fermeture_compte_le_jour_de_l_envoi():
    """The form was sent in time: the few days of the link still count."""
    candidature = creer()
    actions.fermer_campagne(acteur=Acteur.systeme(), campagne=candidature.campagne)
    deposee = actions.confirmer_depot(acteur=VISITEUR, secret=secret_de(lien_confirmation(candidature)))
    assert deposee.etat == EtatCandidature.DEPOSEE


def test_un_jeton_ne_sert_qu_a_ce_pour_quoi_il_est_emis():
    """R23: purpose-bound."""
    candidature = CandidatureFactory(deposee=True)
    with pytest.raises(JetonInvalide):
        actions.confirmer_depot(acteur=VISITEUR, secret=secret_de(lien_suivi(candidature)))
    with pytest.raises(JetonInvalide):
        actions.abandonner(acteur=VISITEUR, secret=secret_de(lien_confirmation(candidature)), motif="Sans raison dite.")
    assert USAGE_CONFIRMATION != "structures.suivi"
