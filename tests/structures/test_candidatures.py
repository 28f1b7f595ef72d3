"""The verbs of the application: sent, confirmed, corrected, examined again, withdrawn (R20 to R23, R28, R29, R31)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone
from post_office.models import Email

from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite
from portal.commun.evenements import abonner
from portal.commun.jetons import JetonInvalide
from portal.comptes.models import Organisation
from structures import actions
from structures.enums import EtatCandidature, EtatPoste
from structures.models import Campagne, Candidature, Structure
from structures.questionnaire import engagements
from structures.suivi_candidature import USAGE_CONFIRMATION, lien_confirmation, lien_suivi, revoquer_suivi
from tests.comptes.factories import OrganisationFactory
from tests.structures.factories import (
    CampagneFactory,
    CandidatureFactory,
    ComiteFactory,
    LigneComiteFactory,
    PosteFactory,
    StructureFactory,
    acteur_de_structure,
    candidature_de,
    lieu,
    membre,
    siret_suivant,
)

pytestmark = pytest.mark.django_db
VISITEUR = Acteur.visiteur()


def donnees(**changements: Any) -> dict[str, Any]:
    return {
        "type": "commune",
        "siret": siret_suivant(),
        "nom": "Commune de Vichy",
        "adresse": "1 place de l’Hôtel-de-Ville",
        "code_postal": "03200",
        "commune": lieu("03310"),
        "contact_prenom": "Alex",
        "contact_nom": "Roy",
        "contact_fonction": "Maire",
        "contact_courriel": "alex.roy@exemple.fr",
        "contact_telephone": "0470000000",
        "candidat_identifie": False,
        "nb_conseillers": 1,
        "demarrage_le": timezone.localdate(),
        "motivation": "Nos habitants le demandent.",
        "missions": "Les démarches en ligne.",
        **changements,
    }


def creer(campagne: Campagne | None = None, *, acceptes: list[str] | None = None, **changements: Any) -> Candidature:
    campagne = campagne or CampagneFactory()
    lignes = {nom: changements.pop(nom) for nom in ("lieux", "consultations") if nom in changements}
    if acceptes is None:
        acceptes = [engagement.cle for engagement in engagements(campagne.donnees_regime)]
    return actions.creer_candidature(
        acteur=VISITEUR, campagne=campagne, donnees=donnees(**changements), engagements=acceptes, **lignes
    )


def secret_de(lien: str) -> str:
    return lien.rstrip("/").rpartition("/")[2]


deposees: list[Candidature] = []


def noter(candidature: Candidature) -> None:
    """A subscriber of the event, as an upper floor has one."""
    deposees.append(candidature)


def destinataires(modele: str) -> list[list[str]]:
    envoyes = [c for c in Email.objects.order_by("pk") if c.headers["X-Portail-Modele"] == f"structures/{modele}"]
    return [c.to for c in envoyes]


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
    assert deposee.history.latest().role == "visiteur"


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
    assert destinataires("candidature_deposee_collegues") == [["origine@exemple.fr"], [administrateur]]


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


# --- corrected (R31) ------------------------------------------------------------------------------------------------


def test_corriger_rend_la_candidature_a_l_examen_et_aligne_la_structure():
    """R31: who follows the application corrects it; a structure without a space yet follows."""
    OrganisationFactory(prefecture=True, courriel="numerique@allier.exemple.fr")
    candidature = CandidatureFactory(a_corriger=True, lieux=[("Ancien lieu", lieu())])
    candidature.structure.lieux.create(nom="Ancien lieu", commune=lieu())
    secret = secret_de(lien_suivi(candidature))
    nouvelles = donnees(nom="Nom corrigé", siret="ignoré", nb_conseillers=None)
    corrigee = actions.corriger(
        acteur=VISITEUR, secret=secret, donnees=nouvelles, lieux=[{"nom": "Nouveau", "commune": lieu("03310")}]
    )
    assert (corrigee.etat, corrigee.nom, corrigee.siret) == ("deposee", "Nom corrigé", candidature.siret)
    assert corrigee.correction_demandee == "" and corrigee.nb_conseillers is None
    structure = Structure.objects.get(pk=candidature.structure_id)
    assert (structure.nom, structure.commune_id) == ("Nom corrigé", "03310")
    assert [x.nom for x in structure.lieux.all()] == ["Nouveau"]
    assert destinataires("candidature_corrigee_prefecture") == [["numerique@allier.exemple.fr"]]


def test_corriger_ne_touche_pas_une_structure_activee():
    structure = StructureFactory(nom="Nom d’origine")
    candidature = candidature_de(structure, a_corriger=True)
    actions.corriger(acteur=acteur_de_structure(structure), candidature=candidature, donnees=donnees(nom="Autre"))
    structure.refresh_from_db()
    assert structure.nom == "Nom d’origine"


def test_reprendre_sa_candidature_avant_la_decision_seulement():
    """R31"""
    candidature = CandidatureFactory(deposee=True)
    secret = secret_de(lien_suivi(candidature))
    reprise = actions.reprendre_pour_correction(acteur=VISITEUR, secret=secret, motif="Le nombre de postes")
    assert (reprise.etat, reprise.correction_demandee) == ("a_corriger", "Le nombre de postes")
    decidee = CandidatureFactory(retenue=True)
    with pytest.raises(TransitionInterdite):
        actions.reprendre_pour_correction(acteur=VISITEUR, secret=secret_de(lien_suivi(decidee)))


def test_a_l_ordre_du_jour_elle_ne_se_reprend_plus_seule():
    """R31: the committee would lose a line; the prefecture hands it back."""
    ligne = LigneComiteFactory(comite=ComiteFactory())
    with pytest.raises(TransitionInterdite, match="ordre du jour"):
        actions.reprendre_pour_correction(acteur=VISITEUR, secret=secret_de(lien_suivi(ligne.candidature)))


# --- examined again, withdrawn (R28, R29) ---------------------------------------------------------------------------


def test_le_reexamen_se_demande_une_fois():
    """R28"""
    candidature = CandidatureFactory(refusee=True)
    secret = secret_de(lien_suivi(candidature))
    demande = actions.demander_reexamen(acteur=VISITEUR, secret=secret, motif="Le département a changé d’avis.")
    assert demande.etat == EtatCandidature.DEPOSEE and demande.reexamen_demande_le
    refusee = CandidatureFactory(reexaminee=True)
    with pytest.raises(RegleNonRespectee) as refus:
        actions.demander_reexamen(
            acteur=VISITEUR, secret=secret_de(lien_suivi(refusee)), motif="Le département a changé d’avis."
        )
    assert refus.value.regle == "R28"


def test_le_reexamen_demande_un_motif_et_respecte_r22():
    """R28, R22"""
    refusee = CandidatureFactory(refusee=True)
    secret = secret_de(lien_suivi(refusee))
    with pytest.raises(RegleNonRespectee) as refus:
        actions.demander_reexamen(acteur=VISITEUR, secret=secret, motif=" court ")
    assert refus.value.champ == "motif"
    candidature_de(refusee.structure, campagne=refusee.campagne)
    with pytest.raises(RegleNonRespectee) as refus:
        actions.demander_reexamen(acteur=VISITEUR, secret=secret, motif="Le département a changé d’avis.")
    assert refus.value.regle == "R22"


def test_abandonner_rend_les_postes_libres():
    """R29"""
    poste = PosteFactory()
    autre = PosteFactory(structure=poste.structure, campagne=poste.campagne)
    actions.abandonner(
        acteur=acteur_de_structure(poste.structure), candidature=poste.candidature, motif="Plus de budget pour cela."
    )
    for rendu in (poste, autre):
        rendu.refresh_from_db()
        assert (rendu.etat, rendu.motif_fin) == (EtatPoste.RENDU, "Plus de budget pour cela.")
    poste.structure.refresh_from_db()
    assert poste.structure.participation_fin_le is not None


def test_un_poste_occupe_empeche_l_abandon():
    """R29"""
    poste = PosteFactory(pourvu=True)
    with pytest.raises(RegleNonRespectee) as refus:
        actions.abandonner(
            acteur=acteur_de_structure(poste.structure), candidature=poste.candidature, motif="Plus de budget."
        )
    assert refus.value.regle == "R29" and f"n° {poste.numero}" in refus.value.message


def test_une_fois_activee_le_lien_ne_rend_plus_les_postes():
    """R29, R112: a link in an old mailbox is not the structure's space."""
    poste = PosteFactory()
    secret = secret_de(lien_suivi(poste.candidature))
    with pytest.raises(AccesRefuse):
        actions.abandonner(acteur=VISITEUR, secret=secret, motif="Plus de budget pour cela.")
    poste.refresh_from_db()
    assert poste.etat == EtatPoste.A_POURVOIR


def test_abandonner_avant_d_avoir_confirme_tue_le_lien():
    candidature = creer()
    secret = secret_de(lien_confirmation(candidature))
    actions.abandonner(acteur=Acteur.systeme(), candidature=candidature, motif="Erreur de saisie du SIRET.")
    with pytest.raises(JetonInvalide):
        actions.confirmer_depot(acteur=VISITEUR, secret=secret)


def test_sans_lien_ni_espace_on_ne_touche_a_rien():
    """R112: a UUID is not an authorisation."""
    candidature = CandidatureFactory(deposee=True)
    etranger = acteur_de_structure(StructureFactory())
    for acteur in (VISITEUR, etranger):
        with pytest.raises(AccesRefuse):
            actions.abandonner(acteur=acteur, candidature=candidature, motif="Je n’en veux plus.")


def test_un_lien_de_suivi_se_revoque():
    candidature = CandidatureFactory(deposee=True)
    anciens = [secret_de(lien_suivi(candidature)) for _ in range(2)]
    revoquer_suivi(candidature)
    for secret in anciens:
        with pytest.raises(JetonInvalide):
            actions.abandonner(acteur=VISITEUR, secret=secret, motif="Je n’en veux plus.")


def test_noter_la_reponse_d_une_structure_consultee():
    """R20 (S2, I.b): each answer is recorded, until the decision."""
    candidature = CandidatureFactory(coordinateurs=True, deposee=True)
    consultation = candidature.consultations.create(nom="Commune de Vichy")
    secret = secret_de(lien_suivi(candidature))
    notee = actions.noter_consultation(
        acteur=VISITEUR, consultation=consultation, favorable=False, commentaire=" Trop loin ", secret=secret
    )
    assert (notee.favorable, notee.commentaire) == (False, "Trop loin") and notee.repondu_le
    autre = CandidatureFactory(coordinateurs=True, deposee=True)
    with pytest.raises(AccesRefuse):
        actions.noter_consultation(
            acteur=VISITEUR, consultation=consultation, favorable=True, secret=secret_de(lien_suivi(autre))
        )
