"""The nightly closing (R82) and the reminders (R80, R83): run twice, or late, each thing happens once."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from post_office.models import Email

from candidats.models import MiseEnRelation
from formation import rappels, tasks
from formation.enums import EtatSession
from formation.models import SessionFormation
from portal.commun.models import ExecutionTache
from subventions.models import Dossier
from tests.formation.factories import (
    InscriptionFactory,
    OrganismeFactory,
    PositionnementFactory,
    PriseDeContactFactory,
    SessionFactory,
    avec_contrat_signe,
    dans,
    remplir,
)
from tests.structures.factories import membre
from tests.subventions.factories import DossierFactory

pytestmark = pytest.mark.django_db


def courriels(modele: str) -> list[Email]:
    return [m for m in Email.objects.order_by("pk") if m.headers["X-Portail-Modele"] == f"formation/{modele}"]


# --- R82 ------------------------------------------------------------------------------------------------------------


def test_la_nuit_clot_les_sessions_echues_r82():
    reportee, ouverte = SessionFactory(a_clore=True), SessionFactory(cloture_le=timezone.localdate())
    remplir(reportee, 2)
    tasks.lancer_clotures()
    assert SessionFormation.objects.get(pk=reportee.pk).etat == EtatSession.REPORTEE
    assert SessionFormation.objects.get(pk=ouverte.pk).etat == EtatSession.OUVERTE
    execution = ExecutionTache.objects.get(nom="formation.cloturer_sessions")
    assert execution.reussie and execution.resultat == {"confirmees": 0, "reportees": 1, "en_echec": 0}


def test_relancee_ou_en_retard_la_cloture_ne_se_fait_qu_une_fois_r82():
    session = SessionFactory(a_clore=True)
    remplir(session, 2)
    assert tasks.cloturer_sessions(dans(7))["reportees"] == 1
    nombre = len(courriels("session_reportee"))
    assert tasks.cloturer_sessions(dans(8)) == {"confirmees": 0, "reportees": 0, "en_echec": 0}
    assert len(courriels("session_reportee")) == nombre == 2


def test_une_session_en_echec_n_arrete_pas_les_autres_r82(monkeypatch):
    malade, saine = SessionFactory(a_clore=True), SessionFactory(a_clore=True)
    vraie = tasks.cloturer_inscriptions

    def cloturer(*, acteur, session, le):
        if session.pk == malade.pk:
            raise RuntimeError("panne")
        return vraie(acteur=acteur, session=session, le=le)

    monkeypatch.setattr(tasks, "cloturer_inscriptions", cloturer)
    with pytest.raises(RuntimeError):
        tasks.lancer_clotures()
    assert SessionFormation.objects.get(pk=saine.pk).etat == EtatSession.REPORTEE
    assert ExecutionTache.objects.get(nom="formation.cloturer_sessions").reussie is False


# --- R80 ------------------------------------------------------------------------------------------------------------


def valide_il_y_a(jours: int, **champs) -> Dossier:
    dossier = DossierFactory(**champs)
    membre(dossier.structure)
    le = timezone.now() - dt.timedelta(days=jours)
    MiseEnRelation.objects.filter(pk=dossier.mise_en_relation_id).update(validee_le=le)
    return dossier


def test_rappel_de_contact_apres_quinze_jours_une_fois_r80():
    valide_il_y_a(15, privee=True)
    en_retard = valide_il_y_a(16, privee=True)
    assert rappels.rappeler_contact(timezone.localdate()) == 1
    [message] = courriels("rappel_contact")
    assert en_retard.mise_en_relation.candidat.utilisateur.nom_complet in message.message
    assert "c’est à vous de prendre contact" in message.message
    assert not courriels("rappel_contact_organisme")
    assert rappels.rappeler_contact(timezone.localdate()) == 0
    # The other one, the day after.
    assert rappels.rappeler_contact(dans(1)) == 1


def test_dans_l_appel_public_l_organisme_est_relance_r80():
    organisme = OrganismeFactory()
    valide_il_y_a(16)
    rappels.rappeler_contact(timezone.localdate())
    assert [m.to for m in courriels("rappel_contact_organisme")] == [[organisme.courriel]]
    assert "l’organisme de formation qui prend contact" in courriels("rappel_contact")[0].message


def test_pas_de_rappel_quand_le_contact_est_pris_ou_la_personne_dispensee_r80_r84():
    PriseDeContactFactory(dossier=valide_il_y_a(30))
    PositionnementFactory(dossier=valide_il_y_a(30), dispense=True)
    clos = valide_il_y_a(30, clos=True)
    assert clos.etat == "clos"
    assert rappels.rappeler_contact(timezone.localdate()) == 0


# --- R83 ------------------------------------------------------------------------------------------------------------


def test_rappel_de_depart_quinze_jours_apres_le_contrat_r83():
    session = SessionFactory(debut=dans(10), cloture_le=dans(5))
    inscription = InscriptionFactory(dossier=DossierFactory(conforme=True), session=session)
    dossier = avec_contrat_signe(Dossier.objects.get(pk=inscription.dossier_id), signe_le=dans(-20), debut=dans(-15))
    membre(dossier.structure)
    assert rappels.rappeler_depart(timezone.localdate()) == 0
    assert rappels.rappeler_depart(dans(1)) == 1
    destinataires = [m.to[0] for m in courriels("rappel_depart")]
    assert session.organisme.courriel in destinataires and len(destinataires) == 2
    assert rappels.rappeler_depart(dans(2)) == 0


def test_pas_de_rappel_de_depart_apres_le_depart_ou_la_dispense_r83_r84():
    dispensee = PositionnementFactory(dossier=DossierFactory(conforme=True), dispense=True).dossier
    avec_contrat_signe(Dossier.objects.get(pk=dispensee.pk), signe_le=dans(-40))
    partie = DossierFactory(conforme=True, depart_formation_le=dans(-30))
    avec_contrat_signe(partie, signe_le=dans(-40))
    assert rappels.rappeler_depart(timezone.localdate()) == 0
