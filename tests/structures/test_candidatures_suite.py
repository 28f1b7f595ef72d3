"""The verbs of a filed application: corrected, examined again, withdrawn (R20, R22, R28, R29, R31)."""

from __future__ import annotations

import pytest

from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite
from portal.commun.jetons import JetonInvalide
from structures import actions
from structures.enums import EtatCandidature, EtatPoste
from structures.models import Structure
from structures.suivi_candidature import lien_confirmation, lien_suivi, revoquer_suivi
from tests.comptes.factories import OrganisationFactory
from tests.structures.factories import (
    CandidatureFactory,
    ComiteFactory,
    LigneComiteFactory,
    PosteFactory,
    StructureFactory,
    acteur_de_structure,
    candidature_de,
    lieu,
)
from tests.structures.outils_depot import VISITEUR, creer, destinataires, donnees, secret_de

pytestmark = pytest.mark.django_db


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
