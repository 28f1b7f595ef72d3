"""The verbs of BdT and of ANCT on a file: pieces, complements, decisions, assignment, messages (R2, R3, R60, R61)."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.utils import timezone
from post_office.models import Email

from portal.commun import evenements
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite
from portal.commun.roles import Role
from portal.comptes.models import Rattachement
from subventions import actions
from subventions.enums import EtatDossier, EtatPiece
from subventions.models import Dossier
from subventions.suivi import instruction_de
from tests.comptes.factories import acteur
from tests.subventions.factories import (
    DossierFactory,
    MessageFactory,
    acteur_du_dossier,
    fichier_pdf,
    piece_de,
)

pytestmark = pytest.mark.django_db
ROLES_SANS_DROIT = [role for role in Role if role not in (Role.BDT, Role.SYSTEME, Role.VISITEUR)]


@pytest.fixture
def bdt(db):
    return acteur(Role.BDT)


def courriels(modele: str) -> list[Email]:
    return [c for c in Email.objects.order_by("pk") if (c.headers or {}).get("X-Portail-Modele") == modele]


# --- who may --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES_SANS_DROIT)
def test_seule_la_banque_des_territoires_instruit_r61(role):
    dossier = DossierFactory(depose=True)
    qui = acteur_du_dossier(dossier) if role is Role.STRUCTURE else acteur(role)
    for verbe in (
        lambda: actions.prendre_en_charge(acteur=qui, dossier=dossier),
        lambda: actions.accepter_piece(acteur=qui, piece=piece_de(dossier, "rib")),
        lambda: actions.refuser_piece(acteur=qui, piece=piece_de(dossier, "rib"), motif="Non."),
        lambda: actions.demander_complement(acteur=qui, dossier=dossier, texte="Précisez."),
        lambda: actions.declarer_conforme(acteur=qui, dossier=dossier),
        lambda: actions.rejeter(acteur=qui, dossier=dossier, motif="Non."),
    ):
        with pytest.raises(AccesRefuse):
            verbe()


# --- pieces ---------------------------------------------------------------------------------------------------------


def test_accepter_puis_refuser_une_piece_r60(bdt):
    dossier = DossierFactory(depose=True)
    piece = actions.accepter_piece(acteur=bdt, piece=piece_de(dossier, "rib"))
    assert (piece.etat, piece.etat_par_id) == (EtatPiece.ACCEPTEE, bdt.utilisateur_id)
    piece = actions.refuser_piece(acteur=bdt, piece=piece, motif="  Le titulaire n’est pas la structure. ")
    assert (piece.etat, piece.motif_refus) == (EtatPiece.REFUSEE, "Le titulaire n’est pas la structure.")


def test_refuser_une_piece_demande_un_motif_r60(bdt):
    dossier = DossierFactory(depose=True)
    with pytest.raises(RegleNonRespectee) as refus:
        actions.refuser_piece(acteur=bdt, piece=piece_de(dossier, "rib"), motif="   ")
    assert (refus.value.regle, refus.value.champ) == ("R60", "motif")
    assert piece_de(dossier, "rib").etat == EtatPiece.RECUE


@pytest.mark.parametrize("etat", ["complet", "conforme", "rejete", "clos"])
def test_les_pieces_ne_s_examinent_que_pendant_l_instruction_r61(bdt, etat):
    dossier = DossierFactory(**{etat: True})
    with pytest.raises(TransitionInterdite):
        actions.accepter_piece(acteur=bdt, piece=piece_de(dossier, "rib"))


def test_on_n_accepte_que_ce_qu_on_a_lu_r60(bdt):
    dossier = DossierFactory(complement=True)
    lu = piece_de(dossier, "rib").document
    actions.deposer_piece(
        acteur=acteur_du_dossier(dossier), piece=piece_de(dossier, "rib"), fichier=fichier_pdf("autre.pdf")
    )
    with pytest.raises(TransitionInterdite, match="remplacer cette pièce"):
        actions.accepter_piece(acteur=bdt, piece=piece_de(dossier, "rib"), document=lu)


# --- complements ----------------------------------------------------------------------------------------------------


def test_un_complement_arrete_le_delai_et_la_reponse_le_relance_r2_r61(bdt):
    depart = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
    with time_machine.travel(depart, tick=False):
        dossier = DossierFactory(complet=True)
        agent = acteur_du_dossier(dossier)
        actions.deposer_dossier(acteur=agent, dossier=dossier)
    dossier.refresh_from_db()
    avant = instruction_de(dossier, dossier.demandes_complement.all(), dt.date(2026, 3, 4))
    assert avant.echeance == dt.date(2026, 3, 17)
    with time_machine.travel(depart + dt.timedelta(days=3), tick=False):
        actions.demander_complement(acteur=bdt, dossier=dossier, texte="Joignez le budget.")
    arret = instruction_de(dossier, dossier.demandes_complement.all(), dt.date(2026, 3, 10))
    assert (arret.arretee, arret.echeance) == (True, None)
    with time_machine.travel(depart + dt.timedelta(days=13), tick=False):
        dossier = actions.repondre_complement(acteur=agent, dossier=dossier, reponse="Le budget est joint.")
    apres = instruction_de(dossier, dossier.demandes_complement.all(), dt.date(2026, 3, 16))
    assert (apres.arretee, apres.echeance) == (False, dt.date(2026, 3, 27))
    assert dossier.etat == EtatDossier.DEPOSE
    [demande], [reponse] = courriels("subventions/complement_demande"), courriels("subventions/complement_repondu")
    assert (demande.to, reponse.to) == ([agent.courriel], [bdt.courriel])
    assert "Joignez le budget." in demande.message


def test_la_demande_rappelle_les_pieces_refusees_r61(bdt):
    dossier = DossierFactory(depose=True)
    acteur_du_dossier(dossier)
    actions.refuser_piece(acteur=bdt, piece=piece_de(dossier, "rib"), motif="Compte d’une autre structure.")
    actions.demander_complement(acteur=bdt, dossier=dossier, texte="Voir la pièce refusée.")
    [courriel] = courriels("subventions/complement_demande")
    assert "Relevé d’identité bancaire : Compte d’une autre structure." in courriel.message


def test_on_ne_repond_pas_sans_remplacer_ce_qui_est_refuse_r60(bdt):
    dossier = DossierFactory(depose=True)
    agent = acteur_du_dossier(dossier)
    actions.refuser_piece(acteur=bdt, piece=piece_de(dossier, "rib"), motif="Illisible.")
    actions.demander_complement(acteur=bdt, dossier=dossier, texte="Un RIB lisible.")
    with pytest.raises(RegleNonRespectee, match="relevé d’identité bancaire"):
        actions.repondre_complement(acteur=agent, dossier=dossier, reponse="Voilà.")
    actions.deposer_piece(acteur=agent, piece=piece_de(dossier, "rib"), fichier=fichier_pdf())
    assert actions.repondre_complement(acteur=agent, dossier=dossier, reponse="Voilà.").etat == EtatDossier.DEPOSE


def test_une_piece_refusee_apres_la_demande_est_annoncee_r60_r113(bdt):
    dossier = DossierFactory(depose=True)
    agent = acteur_du_dossier(dossier)
    actions.refuser_piece(acteur=bdt, piece=piece_de(dossier, "rib"), motif="Illisible.")
    # The request that follows will name it.
    assert courriels("subventions/piece_refusee") == []
    actions.demander_complement(acteur=bdt, dossier=dossier, texte="Un RIB lisible.")
    actions.refuser_piece(acteur=bdt, piece=piece_de(dossier, "sirene"), motif="Trop ancien.")
    [courriel] = courriels("subventions/piece_refusee")
    assert courriel.to == [agent.courriel]
    assert "Trop ancien." in courriel.message


def test_les_informations_se_corrigent_pendant_un_complement_r61(bdt):
    dossier = DossierFactory(complement=True)
    agent = acteur_du_dossier(dossier)
    actions.completer_dossier(acteur=agent, dossier=dossier, donnees={"dgs_nom": "Andrea Petit"})
    dossier.refresh_from_db()
    assert dossier.dgs_nom == "Andrea Petit"


@pytest.mark.parametrize(("verbe", "champ"), [("demander_complement", "texte"), ("rejeter", "motif")])
@pytest.mark.parametrize("texte", ["", "   ", "x" * 2501])
def test_une_demande_ou_un_rejet_dit_pourquoi_r61(bdt, verbe, champ, texte):
    dossier = DossierFactory(depose=True)
    with pytest.raises(RegleNonRespectee) as refus:
        getattr(actions, verbe)(acteur=bdt, dossier=dossier, **{champ: texte})
    assert (refus.value.regle, refus.value.champ) == ("R61", champ)
    dossier.refresh_from_db()
    assert dossier.etat == EtatDossier.DEPOSE


# --- decisions ------------------------------------------------------------------------------------------------------


def test_declarer_conforme_r61(bdt, monkeypatch):
    emis = []
    monkeypatch.setitem(evenements._abonnes, "dossier.conforme", [lambda dossier: emis.append(dossier)])
    dossier = DossierFactory(depose=True, etat_pieces=EtatPiece.ACCEPTEE)
    agent = acteur_du_dossier(dossier)
    dossier = actions.declarer_conforme(acteur=bdt, dossier=dossier)
    assert (dossier.etat, dossier.etat_par_id) == (EtatDossier.CONFORME, bdt.utilisateur_id)
    assert dossier.conforme_le is not None
    assert emis == [dossier]
    [courriel] = courriels("subventions/dossier_conforme")
    assert courriel.to == [agent.courriel]


def test_la_conformite_demande_toutes_les_pieces_obligatoires_r60(bdt):
    dossier = DossierFactory(depose=True, etat_pieces=EtatPiece.ACCEPTEE)
    actions.refuser_piece(acteur=bdt, piece=piece_de(dossier, "deliberation"), motif="Non signée.")
    with pytest.raises(RegleNonRespectee) as refus:
        actions.declarer_conforme(acteur=bdt, dossier=dossier)
    assert refus.value.regle == "R60"
    assert "Délibération autorisant le recrutement (refusée)" in refus.value.message
    assert "RIB" not in refus.value.message
    assert Dossier.objects.get(pk=dossier.pk).conforme_le is None


def test_rejeter_previent_la_structure_du_motif_r61(bdt):
    dossier = DossierFactory(depose=True)
    agent = acteur_du_dossier(dossier)
    dossier = actions.rejeter(acteur=bdt, dossier=dossier, motif="Poste déjà financé.")
    assert (dossier.etat, dossier.motif_rejet) == (EtatDossier.REJETE, "Poste déjà financé.")
    [courriel] = courriels("subventions/dossier_rejete")
    assert courriel.to == [agent.courriel]
    assert "Poste déjà financé." in courriel.message
    # R110: the history says why.
    assert dossier.history.first().history_change_reason == "Poste déjà financé."


def test_le_second_gestionnaire_apprend_qui_a_decide_r61(bdt):
    dossier = DossierFactory(depose=True, etat_pieces=EtatPiece.ACCEPTEE)
    collegue = acteur(Role.BDT)
    actions.declarer_conforme(acteur=collegue, dossier=dossier)
    with pytest.raises(TransitionInterdite) as refus:
        actions.rejeter(acteur=bdt, dossier=dossier, motif="Trop tard.")
    assert collegue.nom in refus.value.message
    assert "Conforme" in refus.value.message


# --- assignment -----------------------------------------------------------------------------------------------------


def test_prendre_en_charge_r61(bdt):
    dossier = DossierFactory(depose=True)
    assert actions.prendre_en_charge(acteur=bdt, dossier=dossier).gestionnaire_id == bdt.utilisateur_id
    # Twice is once.
    assert actions.prendre_en_charge(acteur=bdt, dossier=dossier).gestionnaire_id == bdt.utilisateur_id
    collegue = acteur(Role.BDT)
    with pytest.raises(TransitionInterdite, match=bdt.nom):
        actions.prendre_en_charge(acteur=collegue, dossier=dossier)
    releve = actions.prendre_en_charge(acteur=collegue, dossier=dossier, releve=True)
    assert releve.gestionnaire_id == collegue.utilisateur_id


def test_un_gestionnaire_parti_ne_retient_pas_ses_dossiers_r61(bdt):
    parti = acteur(Role.BDT)
    dossier = DossierFactory(depose=True, gestionnaire_id=parti.utilisateur_id)
    Rattachement.objects.filter(utilisateur=parti.utilisateur_id).update(fin_le=timezone.now())
    assert actions.prendre_en_charge(acteur=bdt, dossier=dossier).gestionnaire_id == bdt.utilisateur_id


def test_qui_agit_sur_un_dossier_libre_le_prend_en_charge_r61(bdt):
    dossier = DossierFactory(depose=True)
    actions.accepter_piece(acteur=bdt, piece=piece_de(dossier, "rib"))
    dossier.refresh_from_db()
    assert dossier.gestionnaire_id == bdt.utilisateur_id
    # Somebody else's decision does not take the file away.
    actions.demander_complement(acteur=acteur(Role.BDT), dossier=dossier, texte="Précisez.")
    dossier.refresh_from_db()
    assert dossier.gestionnaire_id == bdt.utilisateur_id


# --- waiver of the advert -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.BDT, Role.STRUCTURE, Role.SUPPORT, Role.PREFECTURE])
def test_seule_l_anct_dispense_de_l_annonce_r3(role):
    dossier = DossierFactory()
    with pytest.raises(AccesRefuse):
        actions.dispenser_annonce(acteur=acteur(role), dossier=dossier, motif="Mutation.")


def test_la_dispense_d_annonce_r3():
    dossier, anct = DossierFactory(), acteur(Role.ANCT)
    agent = acteur_du_dossier(dossier)
    with pytest.raises(RegleNonRespectee):
        actions.dispenser_annonce(acteur=anct, dossier=dossier, motif=" ")
    dossier = actions.dispenser_annonce(acteur=anct, dossier=dossier, motif="Recrutement par mutation.")
    assert dossier.annonce_dispense_motif == "Recrutement par mutation."
    [courriel] = courriels("subventions/annonce_dispensee")
    assert courriel.to == [agent.courriel]
    with pytest.raises(TransitionInterdite):
        actions.dispenser_annonce(acteur=anct, dossier=dossier, motif="Encore.")


def test_pas_de_dispense_quand_l_annonce_n_est_pas_requise_r3():
    with pytest.raises(RegleNonRespectee) as refus:
        actions.dispenser_annonce(acteur=acteur(Role.ANCT), dossier=DossierFactory(privee=True), motif="Inutile.")
    assert refus.value.regle == "R3"


# --- messages -------------------------------------------------------------------------------------------------------


def test_un_message_va_a_l_autre_cote_r61(bdt):
    dossier = DossierFactory(depose=True, gestionnaire_id=bdt.utilisateur_id)
    agent = acteur_du_dossier(dossier)
    message = actions.envoyer_message(acteur=agent, dossier=dossier, texte=" Où en est le dossier ? ")
    assert (message.texte, message.auteur_role, message.lu_le) == ("Où en est le dossier ?", Role.STRUCTURE, None)
    [courriel] = courriels("subventions/message_bdt")
    assert courriel.to == [bdt.courriel]
    # R112: what people write stays in the portal.
    assert "Où en est" not in courriel.message
    actions.envoyer_message(acteur=bdt, dossier=dossier, texte="Bientôt.")
    [courriel] = courriels("subventions/message_structure")
    assert courriel.to == [agent.courriel]
    # Answering acknowledges.
    message.refresh_from_db()
    assert message.lu_le is not None


def test_l_accuse_de_lecture_ne_porte_que_sur_les_messages_de_l_autre_r61(bdt):
    dossier = DossierFactory(depose=True)
    de_la_structure, de_bdt = MessageFactory(dossier=dossier), MessageFactory(dossier=dossier, bdt=True)
    assert actions.marquer_lus(acteur=bdt, dossier=dossier) == 1
    assert actions.marquer_lus(acteur=bdt, dossier=dossier) == 0
    de_la_structure.refresh_from_db()
    de_bdt.refresh_from_db()
    assert de_la_structure.lu_le is not None
    assert de_bdt.lu_le is None


@pytest.mark.parametrize("role", [Role.ANCT, Role.CANDIDAT, Role.PREFECTURE, Role.ORGANISME])
def test_la_messagerie_relie_la_structure_et_bdt_seules_r61(role):
    dossier = DossierFactory(depose=True)
    with pytest.raises(AccesRefuse):
        actions.envoyer_message(acteur=acteur(role), dossier=dossier, texte="Bonjour")


def test_la_messagerie_d_un_dossier_clos_est_fermee_r61(bdt):
    with pytest.raises(TransitionInterdite):
        actions.envoyer_message(acteur=bdt, dossier=DossierFactory(clos=True), texte="Bonjour")
