"""Every invariant of training: clean on consistent data, and each sees the fault it is for."""

from __future__ import annotations

import pytest

from candidats.models import MiseEnRelation
from formation import actions, coherence
from formation.enums import EtatInscription, EtatPositionnement, EtatSession
from formation.models import Inscription, Lot, Organisme, Positionnement, SessionFormation
from portal.commun.coherence import invariants
from portal.comptes.models import Organisation
from subventions.models import Dossier
from tests.formation.factories import (
    InscriptionFactory,
    OrganismeFactory,
    PositionnementFactory,
    PriseDeContactFactory,
    SessionFactory,
    acteur_de,
    avec_contrat_signe,
    dans,
    remplir,
)
from tests.subventions.factories import DossierFactory

pytestmark = pytest.mark.django_db


def violations() -> set[str]:
    return {ligne.cle for ligne in invariants() if ligne.cle.startswith("formation.") and _nombre(ligne.controle())}


def _nombre(resultat) -> int:
    return resultat if isinstance(resultat, int) else len(list(resultat))


@pytest.fixture
def partie() -> Inscription:
    """Somebody who left, through the verb; their session has gathered eight people."""
    session = SessionFactory(commencee=True)
    dossier = DossierFactory(conforme=True)
    inscription = InscriptionFactory(dossier=dossier, session=session)
    remplir(session, 7)
    avec_contrat_signe(Dossier.objects.get(pk=dossier.pk))
    return actions.enregistrer_depart(acteur=acteur_de(session.organisme), inscription=inscription, le=dans(-2))


def test_des_donnees_justes_ne_disent_rien(partie):
    OrganismeFactory(distance=True)
    PriseDeContactFactory()
    PositionnementFactory(dispense=True)
    InscriptionFactory(proposee=True)
    complete = SessionFactory(capacite=8, confirmee=True)
    remplir(complete, 8)
    remplir(complete, 1, attente=True)
    assert violations() == set()


def test_chaque_invariant_voit_sa_faute(partie):
    dossier, session = partie.dossier, partie.session
    Dossier.objects.filter(pk=dossier.pk).update(depart_formation_le=dans(-1))
    assert violations() == {"formation.depart_du_dossier"}
    Dossier.objects.filter(pk=dossier.pk).update(depart_formation_le=dans(-2))

    dossier.contrat.__class__.objects.filter(dossier=dossier).update(signe_le=dans(-1))
    assert violations() == {"formation.depart_contrat_signe"}
    dossier.contrat.__class__.objects.filter(dossier=dossier).update(signe_le=dans(-20))

    MiseEnRelation.objects.filter(pk=dossier.mise_en_relation_id).update(etat="validee", recrutee_le=None)
    assert violations() == {"formation.depart_recrutement"}
    MiseEnRelation.objects.filter(pk=dossier.mise_en_relation_id).update(etat="recrutee", recrutee_le=dans(-2))

    SessionFormation.objects.filter(pk=session.pk).update(etat=EtatSession.ANNULEE)
    assert violations() == {"formation.depart_dans_la_session"}
    SessionFormation.objects.filter(pk=session.pk).update(etat=EtatSession.CONFIRMEE)

    Positionnement.objects.filter(dossier=dossier).update(heures=420)
    assert violations() == {"formation.heures"}
    Positionnement.objects.filter(dossier=dossier).update(heures=280)
    assert violations() == set()


def test_depart_sans_inscription():
    DossierFactory(depart_formation_le=dans(-2))
    assert violations() == {"formation.dossier_parti"}


def test_places_et_seuils_r82():
    pleine = SessionFactory(capacite=8, confirmee=True)
    remplir(pleine, 9)
    assert violations() == {"formation.places"}
    Inscription.objects.all().update(etat=EtatInscription.ANNULEE)
    remplir(SessionFactory(), 8)
    assert violations() == {"formation.seuil_atteint"}
    Inscription.objects.filter(session__etat="ouverte").update(etat=EtatInscription.ANNULEE)
    SessionFactory(confirmee=True)
    assert violations() == {"formation.seuil_confirmee"}


def test_attente_et_cloture_r82():
    session = SessionFactory()
    remplir(session, 1, attente=True)
    assert violations() == {"formation.attente"}
    SessionFormation.objects.filter(pk=session.pk).update(cloture_le=dans(-3), debut=dans(0), fin=dans(9))
    assert violations() == {"formation.sessions_a_clore"}
    Inscription.objects.update(etat=EtatInscription.PROPOSEE)
    assert violations() == {"formation.sessions_a_clore", "formation.proposition_distance"}


def test_contact_et_dispense_r80_r84():
    contact = PriseDeContactFactory()
    Dossier.objects.filter(pk=contact.dossier_id).update(formation_contactee_le=None)
    assert violations() == {"formation.contact_date"}
    Dossier.objects.filter(pk=contact.dossier_id).update(formation_contactee_le=contact.contacte_le)
    DossierFactory(exempte_formation_le=dans(0))
    assert violations() == {"formation.dispense"}


def test_dispense_et_place_r84():
    inscription = InscriptionFactory()
    PositionnementFactory(dossier=DossierFactory(), dispense=True)
    Dossier.objects.filter(pk=inscription.dossier_id).update(exempte_formation_le=dans(0))
    assert violations() == {"formation.dispense", "formation.dispense_sans_session"}


def test_dossiers_clos_r53():
    InscriptionFactory(dossier=DossierFactory(clos=True))
    assert violations() == {"formation.dossier_clos"}
    Inscription.objects.all().update(etat=EtatInscription.ANNULEE)
    Positionnement.objects.update(etat=EtatPositionnement.PROPOSE)
    assert violations() == {"formation.tests_de_dossiers_clos"}


def test_organismes_et_lots_r80():
    organisme = OrganismeFactory()
    Organisation.objects.filter(pk=organisme.organisation_id).update(type="hub")
    assert violations() == {"formation.organisme"}
    Organisation.objects.filter(pk=organisme.organisation_id).update(type="organisme")
    Lot.objects.get(organisme=organisme).regions.clear()
    assert violations() == {"formation.lot_territoire"}
    assert Organisme.objects.count() == 1


def test_chaque_invariant_cite_sa_regle():
    declares = [ligne for ligne in invariants() if ligne.cle.startswith("formation.")]
    assert declares and all(ligne.description.startswith("R") for ligne in declares)
    assert coherence.__doc__
