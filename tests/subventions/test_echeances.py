"""R4, R10, R11, R64: the stored schedule follows the date of its event, around what is validated or paid."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.commun.dates import ajouter_mois
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite
from portal.commun.roles import Role
from subventions.actions import enregistrer_depart_formation, enregistrer_exemption, noter_contact_formation
from subventions.enums import EtatContrat, EtatTranche
from subventions.etats import MACHINE_TRANCHE
from subventions.models import Contrat, Convention, Dossier, Tranche
from tests.comptes.factories import acteur
from tests.outils_machines import verifier_machine
from tests.subventions.factories import DossierFactory, acteur_du_dossier
from tests.subventions.factories_contrats import ContratFactory, ConventionFactory, mettre_tranche

pytestmark = pytest.mark.django_db
JOUR = dt.timedelta(days=1)
AUJOURDHUI = dt.date(2026, 9, 15)


@pytest.fixture(autouse=True)
def _jour_fixe():
    with time_machine.travel(dt.datetime(2026, 9, 15, 12, tzinfo=dt.UTC), tick=False):
        yield


def convention_privee(signe_le=AUJOURDHUI - 40 * JOUR, **dossier):
    """A private agreement signed by all: its clock waits for the departure in training."""
    dossier = DossierFactory(conforme=True, privee=True, **dossier)
    ContratFactory(dossier=dossier, signe=True, signe_le=signe_le, debut=signe_le)
    return ConventionFactory(dossier=dossier, signee=True, signee_le=timezone.now() - 40 * JOUR)


def lignes(convention):
    return list(convention.tranches.order_by("rang").values_list("rang", "montant", "prevue_le", "etat"))


def total(convention):
    return sum(convention.tranches.values_list("montant", flat=True))


def test_machine_de_la_tranche():
    """R12, R65, R66, R14: only the portal opens and closes a tranche."""
    verifier_machine(
        MACHINE_TRANCHE,
        {
            "ouvrir": ({"prevue"}, "exigible", set()),
            "refermer": ({"exigible"}, "prevue", set()),
            "valider": ({"exigible"}, "validee", {"bdt"}),
            "devalider": ({"validee"}, "exigible", {"bdt"}),
            "payer": ({"validee"}, "payee", {"bdt"}),
            "annuler": ({"prevue", "exigible"}, "annulee", {"bdt"}),
        },
        Tranche,
    )


def test_regime_prive_sans_date_avant_le_depart():
    """R4: the private clock is the departure in training; until then the tranches have no date."""
    convention = convention_privee()
    assert [ligne[2] for ligne in lignes(convention)] == [None, None, None]
    le = AUJOURDHUI - 30 * JOUR
    enregistrer_depart_formation(acteur=acteur("organisme"), dossier=convention.dossier, le=le)
    assert lignes(convention) == [
        (1, Decimal("8000.00"), ajouter_mois(le, 1), EtatTranche.PREVUE),
        (2, Decimal("12000.00"), ajouter_mois(le, 6), EtatTranche.PREVUE),
        (3, Decimal("20000.00"), ajouter_mois(le, 12), EtatTranche.PREVUE),
    ]
    assert Convention.objects.get(pk=convention.pk).evenement_le == le


def test_exempte_de_formation():
    """R4, R84: exempted, the clock falls back on the start of the contract; no departure can follow."""
    convention = convention_privee()
    qui = acteur("organisme")
    enregistrer_exemption(acteur=qui, dossier=convention.dossier, le=AUJOURDHUI)
    assert lignes(convention)[0][2] == ajouter_mois(convention.dossier.contrat.debut, 1)
    with pytest.raises(TransitionInterdite, match="dispensée"):
        enregistrer_depart_formation(acteur=qui, dossier=convention.dossier, le=AUJOURDHUI)


def test_coordinateur_une_tranche_a_la_signature_de_la_convention():
    """R4, R5: 100 % one month after the signature by all parties."""
    dossier = DossierFactory(conforme=True, coordinateurs=True)
    convention = ConventionFactory(dossier=dossier, signee=True)
    assert lignes(convention) == [(1, convention.montant, ajouter_mois(AUJOURDHUI, 1), EtatTranche.PREVUE)]


def test_horloge_de_la_campagne():
    """R4: ANCT may set another clock without a release."""
    dossier = DossierFactory(conforme=True, mise_en_relation__poste__campagne__horloge="signature_convention")
    contrat = ContratFactory(dossier=dossier, signe=True, signe_le=AUJOURDHUI - 90 * JOUR)
    convention = ConventionFactory(dossier=dossier, signee=True)
    assert convention.evenement_le == AUJOURDHUI != contrat.signe_le


def test_correction_de_la_date_autour_du_paye():
    """R12, R64: paid and validated tranches never change; the others move; the sum stays exact; history kept."""
    convention = convention_privee()
    depart = AUJOURDHUI - 35 * JOUR
    enregistrer_depart_formation(acteur=acteur("organisme"), dossier=convention.dossier, le=depart)
    payee = mettre_tranche(convention.tranches.get(rang=1), EtatTranche.PAYEE)
    corrige = AUJOURDHUI - 5 * JOUR
    enregistrer_depart_formation(
        acteur=acteur("organisme"), dossier=convention.dossier, le=corrige, motif="Départ reporté"
    )
    apres = {t.rang: t for t in convention.tranches.all()}
    assert (apres[1].prevue_le, apres[1].etat, apres[1].payee_le) == (payee.prevue_le, "payee", payee.payee_le)
    assert [apres[r].prevue_le for r in (2, 3)] == [ajouter_mois(corrige, 6), ajouter_mois(corrige, 12)]
    assert total(convention) == convention.montant
    assert apres[2].history.latest().history_change_reason == "Départ reporté"
    assert apres[1].history.count() == 2  # created, then dated: the correction left it alone


def test_tranche_exigible_dont_la_date_recule():
    """R64, R65: its new date is to come: it is planned again, the job will open it on its day."""
    convention = convention_privee()
    enregistrer_depart_formation(acteur=acteur("organisme"), dossier=convention.dossier, le=AUJOURDHUI - 35 * JOUR)
    mettre_tranche(convention.tranches.get(rang=1), EtatTranche.EXIGIBLE)
    enregistrer_depart_formation(acteur=acteur("organisme"), dossier=convention.dossier, le=AUJOURDHUI - 5 * JOUR)
    tranche = convention.tranches.get(rang=1)
    assert (tranche.etat, tranche.exigible_le) == (EtatTranche.PREVUE, None)
    assert tranche.prevue_le == ajouter_mois(AUJOURDHUI - 5 * JOUR, 1)


def test_tranche_exigible_dont_la_date_change_sans_venir():
    """R64: still due, payable since its new day, as the job would have found."""
    convention = convention_privee()
    enregistrer_depart_formation(acteur=acteur("organisme"), dossier=convention.dossier, le=AUJOURDHUI - 35 * JOUR)
    mettre_tranche(convention.tranches.get(rang=1), EtatTranche.EXIGIBLE)
    corrige = AUJOURDHUI - 38 * JOUR
    enregistrer_depart_formation(acteur=acteur("organisme"), dossier=convention.dossier, le=corrige)
    tranche = convention.tranches.get(rang=1)
    assert tranche.etat == EtatTranche.EXIGIBLE
    assert tranche.prevue_le == tranche.exigible_le == ajouter_mois(corrige, 1)


def test_contrat_rompu_l_echeancier_ne_bouge_plus():
    """R14: what an ended contract cancelled is not scheduled again by a later correction."""
    convention = convention_privee()
    enregistrer_depart_formation(acteur=acteur("organisme"), dossier=convention.dossier, le=AUJOURDHUI - 35 * JOUR)
    for rang in (2, 3):
        mettre_tranche(convention.tranches.get(rang=rang), EtatTranche.ANNULEE)
    avant = lignes(convention)
    enregistrer_depart_formation(acteur=acteur("organisme"), dossier=convention.dossier, le=AUJOURDHUI - 30 * JOUR)
    assert lignes(convention) == avant


# --- the facts of training ------------------------------------------------------------------------------------------


def test_le_premier_contact_compte():
    """R80: the earliest date; a later one changes nothing; never in the future."""
    dossier = DossierFactory()
    qui = acteur_du_dossier(dossier)
    noter_contact_formation(acteur=qui, dossier=dossier, le=AUJOURDHUI)
    noter_contact_formation(acteur=acteur("organisme"), dossier=dossier, le=AUJOURDHUI - 3 * JOUR)
    noter_contact_formation(acteur=qui, dossier=dossier, le=AUJOURDHUI - 1 * JOUR)
    assert Dossier.objects.get(pk=dossier.pk).formation_contactee_le == AUJOURDHUI - 3 * JOUR
    with pytest.raises(RegleNonRespectee, match="futur"):
        noter_contact_formation(acteur=qui, dossier=dossier, le=AUJOURDHUI + JOUR)


def test_depart_refuse():
    """R62, R83: contract signed first, departure neither before it nor in the future."""
    qui = acteur("organisme")
    contrat = ContratFactory(dossier=DossierFactory(conforme=True, privee=True))
    with pytest.raises(RegleNonRespectee, match="signé avant"):
        enregistrer_depart_formation(acteur=qui, dossier=contrat.dossier, le=AUJOURDHUI)
    convention = convention_privee(signe_le=AUJOURDHUI - 10 * JOUR)
    with pytest.raises(RegleNonRespectee, match="antérieur"):
        enregistrer_depart_formation(acteur=qui, dossier=convention.dossier, le=AUJOURDHUI - 11 * JOUR)
    with pytest.raises(RegleNonRespectee) as refus:
        enregistrer_depart_formation(acteur=qui, dossier=convention.dossier, le=AUJOURDHUI + JOUR)
    assert refus.value.regle == "R83"


def test_qui_renseigne_la_formation():
    """DOMAIN §2: the structure of the file and the training bodies; nobody else, no other structure."""
    convention = convention_privee()
    for role in (Role.CANDIDAT, Role.PREFECTURE, Role.BDT, Role.STRUCTURE):
        with pytest.raises(AccesRefuse):
            noter_contact_formation(acteur=acteur(role), dossier=convention.dossier, le=AUJOURDHUI)


def test_dispense_apres_un_depart():
    """R84"""
    convention = convention_privee()
    enregistrer_depart_formation(acteur=acteur("organisme"), dossier=convention.dossier, le=AUJOURDHUI)
    with pytest.raises(TransitionInterdite):
        enregistrer_exemption(acteur=acteur("organisme"), dossier=convention.dossier, le=AUJOURDHUI)


# --- property -------------------------------------------------------------------------------------------------------

ETATS = st.lists(
    st.sampled_from([EtatTranche.PREVUE, EtatTranche.EXIGIBLE, EtatTranche.VALIDEE, EtatTranche.PAYEE]),
    min_size=3,
    max_size=3,
)


@given(departs=st.lists(st.integers(0, 900), min_size=2, max_size=4), etats=ETATS, aides=st.integers(0, 4_100_000))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_recalcul_par_propriete(departs, etats, aides):
    """R10, R12, R64: whatever is validated or paid, and however often the date moves, the sum is the amount to the
    cent, what is paid stays, and what is planned is dated from the event itself (R11)."""
    convention = convention_privee(signe_le=AUJOURDHUI - 900 * JOUR, aides=Decimal(aides) / 100)
    dossier = convention.dossier
    organisme = acteur("organisme")
    premier, *suivants = departs
    enregistrer_depart_formation(acteur=organisme, dossier=dossier, le=AUJOURDHUI - premier * JOUR)
    figees = {}
    for rang, etat in enumerate(etats, start=1):
        tranche = convention.tranches.get(rang=rang)
        if tranche.prevue_le > AUJOURDHUI:
            # Nothing is payable before its date: the job would not have opened it.
            continue
        tranche = mettre_tranche(tranche, etat)
        if etat in (EtatTranche.VALIDEE, EtatTranche.PAYEE):
            figees[rang] = (tranche.montant, tranche.prevue_le, tranche.exigible_le)
    for jours in suivants:
        depart = AUJOURDHUI - jours * JOUR
        enregistrer_depart_formation(acteur=organisme, dossier=dossier, le=depart)
        assert total(convention) == convention.montant
        for tranche in convention.tranches.all():
            if tranche.rang in figees:
                assert (tranche.montant, tranche.prevue_le, tranche.exigible_le) == figees[tranche.rang]
            else:
                assert tranche.prevue_le == ajouter_mois(depart, tranche.mois)
                assert tranche.etat in (EtatTranche.PREVUE, EtatTranche.EXIGIBLE)
                assert tranche.etat == EtatTranche.PREVUE or tranche.exigible_le <= AUJOURDHUI
    assert Contrat.objects.get(dossier=dossier).etat == EtatContrat.SIGNE
