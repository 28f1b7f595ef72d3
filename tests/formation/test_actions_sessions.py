"""Sessions and enrolments: seats, waiting list, threshold of eight, remote body (R81, R82)."""

from __future__ import annotations

import pytest
from django.utils import timezone
from post_office.models import Email

from formation import actions
from formation.enums import EtatInscription, EtatSession
from formation.models import Inscription, SessionFormation
from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite
from portal.commun.roles import Role
from tests.comptes.factories import acteur
from tests.formation.factories import (
    InscriptionFactory,
    OrganismeFactory,
    PositionnementFactory,
    SessionFactory,
    acteur_de,
    dans,
    remplir,
)
from tests.structures.factories import lieu, membre
from tests.subventions.factories import DossierFactory, acteur_du_dossier

pytestmark = pytest.mark.django_db


def courriels(modele: str) -> list[Email]:
    return [m for m in Email.objects.order_by("pk") if m.headers["X-Portail-Modele"] == f"formation/{modele}"]


def pret(session: SessionFormation, **champs):
    """A file whose person passed the test for the hours of the session."""
    return PositionnementFactory(
        organisme=session.organisme, passe=True, **{"heures": session.heures, **champs}
    ).dossier


def donnees(**champs):
    return {
        "modalite": "presentiel", "commune": lieu(), "lieu": "12 rue des Écoles", "heures": 280, "debut": dans(30),
        "fin": dans(90), "cloture_le": dans(20), "capacite": 12, **champs,
    }  # fmt: skip


# --- publish --------------------------------------------------------------------------------------------------------


def test_publier_une_session_r82():
    organisme = OrganismeFactory()
    session = actions.creer_session(acteur=acteur_de(organisme), organisme=organisme, donnees=donnees())
    assert (session.etat, session.etat_role) == (EtatSession.OUVERTE, Role.ORGANISME)


@pytest.mark.parametrize(
    ("champs", "champ"),
    [
        ({"heures": 100}, "heures"),
        ({"debut": 0, "cloture_le": -1}, "debut"),
        ({"fin": 30}, "fin"),
        ({"cloture_le": 30}, "cloture_le"),
        ({"cloture_le": -1}, "cloture_le"),
        ({"capacite": 7}, "capacite"),
        ({"commune": None}, "commune"),
        ({"lieu": " "}, "lieu"),
        ({"modalite": "distance"}, "modalite"),
    ],
)
def test_refus_d_une_session_r82(champs, champ):
    organisme = OrganismeFactory()
    dates = {nom: dans(champs[nom]) for nom in ("debut", "fin", "cloture_le") if nom in champs}
    with pytest.raises(RegleNonRespectee) as refus:
        actions.creer_session(acteur=acteur_de(organisme), organisme=organisme, donnees=donnees(**champs | dates))
    assert refus.value.champ == champ


def test_un_organisme_publie_pour_lui_seul():
    organisme = OrganismeFactory()
    for qui in (acteur_de(OrganismeFactory()), acteur(Role.STRUCTURE), acteur(Role.ANCT)):
        with pytest.raises(AccesRefuse):
            actions.creer_session(acteur=qui, organisme=organisme, donnees=donnees())


# --- enrol ----------------------------------------------------------------------------------------------------------


def test_la_structure_inscrit_et_chacun_le_sait_r82_r113():
    session = SessionFactory()
    dossier = pret(session)
    membre(dossier.structure)
    inscription = actions.inscrire(acteur=acteur_du_dossier(dossier), session=session, dossier=dossier)
    assert (inscription.etat, inscription.etat_role) == (EtatInscription.INSCRITE, Role.STRUCTURE)
    assert len(courriels("inscription")) == 3  # the person, and two administrators
    assert [m.to for m in courriels("inscription_organisme")] == [[session.organisme.courriel]]


def test_l_organisme_inscrit_sans_s_ecrire_a_lui_meme_r82():
    session = SessionFactory()
    dossier = pret(session)
    actions.inscrire(acteur=acteur_de(session.organisme), session=session, dossier=dossier)
    assert not courriels("inscription_organisme")


def test_une_session_complete_met_en_attente_dans_l_ordre_r82():
    session = SessionFactory(capacite=8, confirmee=True)
    occupants = remplir(session, 8)
    premier, second = pret(session), pret(session)
    attente = [actions.inscrire(acteur=acteur_du_dossier(d), session=session, dossier=d) for d in (premier, second)]
    assert {i.etat for i in attente} == {EtatInscription.ATTENTE}
    # One history line: nobody was ever enrolled, even for a moment.
    assert [h.etat for h in attente[0].history.all()] == [EtatInscription.ATTENTE]
    parti = occupants[0]
    actions.annuler_inscription(
        acteur=acteur_du_dossier(parti.dossier), inscription=parti, motif="Changement de projet"
    )
    assert Inscription.objects.get(pk=attente[0].pk).etat == EtatInscription.INSCRITE
    assert Inscription.objects.get(pk=attente[1].pk).etat == EtatInscription.ATTENTE
    assert [m.to for m in courriels("inscription_annulee_organisme")] == [[session.organisme.courriel]]
    assert "Changement de projet" in courriels("inscription_annulee")[0].message


def test_quitter_la_liste_d_attente_ne_libere_pas_de_place_r82():
    session = SessionFactory(capacite=8, confirmee=True)
    remplir(session, 8)
    un, deux = remplir(session, 2, attente=True)
    actions.annuler_inscription(acteur=acteur_de(session.organisme), inscription=un)
    assert Inscription.objects.get(pk=deux.pk).etat == EtatInscription.ATTENTE


def test_huit_inscrits_confirment_aussitot_r82():
    session = SessionFactory()
    remplir(session, 6)
    septieme, huitieme = pret(session), pret(session)
    actions.inscrire(acteur=acteur_du_dossier(septieme), session=session, dossier=septieme)
    assert SessionFormation.objects.get(pk=session.pk).etat == EtatSession.OUVERTE
    actions.inscrire(acteur=acteur_du_dossier(huitieme), session=session, dossier=huitieme)
    assert SessionFormation.objects.get(pk=session.pk).etat == EtatSession.CONFIRMEE
    personnes = {i.dossier.mise_en_relation.candidat.utilisateur.email for i in session.inscriptions.all()}
    assert personnes <= {m.to[0] for m in courriels("session_confirmee")}


def test_refus_d_une_inscription_r80_r81_r82_r84():
    session = SessionFactory()
    sans_test = DossierFactory()
    with pytest.raises(RegleNonRespectee) as refus:
        actions.inscrire(acteur=acteur_du_dossier(sans_test), session=session, dossier=sans_test)
    assert refus.value.regle == "R81"
    autres_heures = pret(session, heures=105)
    with pytest.raises(RegleNonRespectee, match="105 heures"):
        actions.inscrire(acteur=acteur_du_dossier(autres_heures), session=session, dossier=autres_heures)
    close = SessionFactory(a_clore=True)
    dossier = pret(close)
    with pytest.raises(RegleNonRespectee) as refus:
        actions.inscrire(acteur=acteur_du_dossier(dossier), session=close, dossier=dossier)
    assert refus.value.regle == "R82"
    reportee = SessionFactory(reportee=True)
    with pytest.raises(TransitionInterdite):
        actions.inscrire(acteur=acteur_du_dossier(dossier), session=reportee, dossier=dossier)
    dispensee = PositionnementFactory(dispense=True).dossier
    with pytest.raises(RegleNonRespectee) as refus:
        actions.inscrire(acteur=acteur_du_dossier(dispensee), session=session, dossier=dispensee)
    assert refus.value.regle == "R84"
    deja = InscriptionFactory(session=session)
    with pytest.raises(TransitionInterdite, match="déjà inscrite"):
        actions.inscrire(acteur=acteur_du_dossier(deja.dossier), session=SessionFactory(), dossier=deja.dossier)


def test_chacun_inscrit_les_siens():
    session = SessionFactory()
    dossier = pret(session)
    for qui in (acteur_du_dossier(DossierFactory()), acteur_de(OrganismeFactory()), acteur(Role.BDT)):
        with pytest.raises(AccesRefuse):
            actions.inscrire(acteur=qui, session=session, dossier=dossier)
    inscription = InscriptionFactory()
    for qui in (acteur_du_dossier(DossierFactory()), acteur_de(OrganismeFactory()), acteur(Role.ANCT)):
        with pytest.raises(AccesRefuse):
            actions.annuler_inscription(acteur=qui, inscription=inscription)


# --- R82: closing ---------------------------------------------------------------------------------------------------


def test_avant_la_cloture_rien_ne_se_ferme_r82():
    session = SessionFactory(cloture_le=timezone.localdate())
    remplir(session, 3)
    # The closing day itself is still open.
    with pytest.raises(RegleNonRespectee, match="inclus"):
        actions.cloturer_inscriptions(acteur=acteur_de(session.organisme), session=session, le=timezone.localdate())


def test_moins_de_huit_la_distance_est_proposee_a_tous_r82():
    session = SessionFactory(a_clore=True)
    remplir(session, 7)
    session = actions.cloturer_inscriptions(acteur=Acteur.systeme(), session=session, le=timezone.localdate())
    assert session.etat == EtatSession.REPORTEE
    assert set(session.inscriptions.values_list("etat", flat=True)) == {EtatInscription.PROPOSEE}
    personnes = {i.dossier.mise_en_relation.candidat.utilisateur.email for i in session.inscriptions.all()}
    assert personnes == {m.to[0] for m in courriels("session_reportee")}
    [organisme] = courriels("session_reportee_organisme")
    assert "7 personnes" in organisme.message


def test_huit_a_la_cloture_la_session_a_lieu_r82():
    session = SessionFactory(a_clore=True)
    remplir(session, 8)
    session = actions.cloturer_inscriptions(acteur=Acteur.systeme(), session=session, le=timezone.localdate())
    assert session.etat == EtatSession.CONFIRMEE
    with pytest.raises(TransitionInterdite):
        actions.cloturer_inscriptions(acteur=Acteur.systeme(), session=session, le=timezone.localdate())


def test_la_liste_d_attente_ne_compte_pas_pour_le_seuil_r82():
    session = SessionFactory(a_clore=True)
    remplir(session, 7)
    remplir(session, 1, attente=True)
    session = actions.cloturer_inscriptions(acteur=Acteur.systeme(), session=session, le=timezone.localdate())
    assert session.etat == EtatSession.REPORTEE


def test_accepter_la_distance_r82():
    inscription = InscriptionFactory(proposee=True)
    distance = SessionFactory(distance=True)
    structure = acteur_du_dossier(inscription.dossier)
    nouvelle = actions.repondre_distance(acteur=structure, inscription=inscription, session_distance=distance)
    assert (nouvelle.session, nouvelle.etat) == (distance, EtatInscription.INSCRITE)
    assert Inscription.objects.get(pk=inscription.pk).etat == EtatInscription.ANNULEE
    # The answer is told once, by the mail of the new enrolment.
    assert not courriels("inscription_annulee")


def test_renoncer_a_la_distance_r82():
    inscription = InscriptionFactory(proposee=True)
    structure = acteur_du_dossier(inscription.dossier)
    reponse = actions.repondre_distance(acteur=structure, inscription=inscription, session_distance=None)
    assert reponse.etat == EtatInscription.ANNULEE
    assert courriels("inscription_annulee")


def test_refus_d_une_reponse_a_distance_r82():
    inscription = InscriptionFactory(proposee=True)
    structure = acteur_du_dossier(inscription.dossier)
    with pytest.raises(RegleNonRespectee, match="à distance"):
        actions.repondre_distance(acteur=structure, inscription=inscription, session_distance=SessionFactory())
    assert Inscription.objects.get(pk=inscription.pk).etat == EtatInscription.PROPOSEE
    inscrite = InscriptionFactory()
    with pytest.raises(TransitionInterdite):
        actions.repondre_distance(
            acteur=acteur_du_dossier(inscrite.dossier), inscription=inscrite, session_distance=None
        )


# --- end ------------------------------------------------------------------------------------------------------------


def test_annuler_une_session_previent_tout_le_monde_r82():
    session = SessionFactory(confirmee=True)
    remplir(session, 2)
    session = actions.annuler_session(acteur=acteur_de(session.organisme), session=session, motif="Salle fermée.")
    assert session.etat == EtatSession.ANNULEE
    assert set(session.inscriptions.values_list("etat", flat=True)) == {EtatInscription.ANNULEE}
    assert len(courriels("session_annulee")) == 2
    assert "Salle fermée." in courriels("session_annulee")[0].message
    with pytest.raises(RegleNonRespectee) as refus:
        autre = SessionFactory()
        actions.annuler_session(acteur=acteur_de(autre.organisme), session=autre, motif=" ")
    assert refus.value.champ == "motif"


def test_terminer_une_session_r85():
    session = SessionFactory(commencee=True, debut=dans(-60), fin=dans(-1), cloture_le=dans(-70))
    partie = InscriptionFactory(session=session, etat=EtatInscription.PARTIE, depart_le=dans(-60))
    attente = InscriptionFactory(session=session, attente=True)
    restee = InscriptionFactory(session=session)
    centre = acteur_de(session.organisme)
    with pytest.raises(TransitionInterdite, match=restee.dossier.mise_en_relation.candidat.utilisateur.nom_complet):
        actions.terminer_session(acteur=centre, session=session)
    actions.annuler_inscription(acteur=centre, inscription=restee)
    # A seat given back once the course has begun does not send anybody there.
    assert Inscription.objects.get(pk=attente.pk).etat == EtatInscription.ATTENTE
    actions.terminer_session(acteur=centre, session=session)
    assert Inscription.objects.get(pk=partie.pk).etat == EtatInscription.TERMINEE
    assert Inscription.objects.get(pk=attente.pk).etat == EtatInscription.ANNULEE
    en_cours = SessionFactory(commencee=True)
    with pytest.raises(RegleNonRespectee, match="dure"):
        actions.terminer_session(acteur=acteur_de(en_cours.organisme), session=en_cours)
