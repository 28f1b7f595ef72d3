"""R12, R13, R65: what the payment-date job opens, since when, and what holds it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from post_office.models import Email

from portal.commun.acteurs import Acteur
from portal.commun.dates import ajouter_mois
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite
from portal.commun.models import ExecutionTache
from portal.commun.roles import Role
from subventions.actions import lever, ouvrir_tranches, suspendre
from subventions.echeancier import est_exigible, jour_d_exigibilite
from subventions.enums import EtatContrat, EtatTranche
from subventions.exigibilite import a_ouvrir, avec_faits, constat
from subventions.models import Contrat, Convention, Suspension, Tranche
from subventions.tasks import ouvrir_les_tranches
from tests.comptes.factories import RattachementFactory, acteur
from tests.subventions.factories import DossierFactory
from tests.subventions.factories_contrats import (
    ContratFactory,
    ConventionFactory,
    SuspensionFactory,
    mettre_tranche,
)

pytestmark = pytest.mark.django_db
JOUR = dt.timedelta(days=1)
AUJOURDHUI = dt.date(2026, 9, 15)
MIDI = dt.datetime(2026, 9, 15, 12, tzinfo=dt.UTC)
PORTAIL = Acteur.systeme()


@pytest.fixture(autouse=True)
def _jour_fixe():
    with time_machine.travel(MIDI, tick=False):
        yield


def convention(signe_le=AUJOURDHUI - 60 * JOUR, signee_il_y_a=60, **champs):
    """A public agreement signed by all, its contract signed on `signe_le`."""
    dossier = champs.pop("dossier", None) or DossierFactory(conforme=True)
    ContratFactory(dossier=dossier, signe=True, signe_le=signe_le, debut=signe_le, **champs)
    return ConventionFactory(dossier=dossier, signee=True, signee_le=timezone.now() - signee_il_y_a * JOUR)


def ouvrir(le=AUJOURDHUI):
    return ouvrir_tranches(acteur=PORTAIL, le=le)


def etats():
    """Everything the job decides."""
    return list(Tranche.objects.order_by("pk").values_list("pk", "etat", "exigible_le", "prevue_le", "montant"))


# --- R12 ------------------------------------------------------------------------------------------------------------


def test_ouvre_ce_qui_est_du():
    """R65: on its date and not the day before; counted with its amount; told to BdT and to the structure."""
    objet = convention()
    agent = RattachementFactory(bdt=True)
    chef = RattachementFactory(organisation=objet.dossier.structure.organisation, administrateur=True)
    echeance = ajouter_mois(AUJOURDHUI - 60 * JOUR, 1)
    assert ouvrir(echeance - JOUR).exigibles == 0
    bilan = ouvrir(echeance)
    assert (bilan.exigibles, bilan.montant) == (1, Decimal("10000.00"))
    tranche = objet.tranches.get(rang=1)
    assert (tranche.etat, tranche.exigible_le, tranche.etat_role) == (EtatTranche.EXIGIBLE, echeance, Role.SYSTEME)
    derniere = tranche.history.latest()
    assert (derniere.etat, derniere.exigible_le, derniere.history_role) == (
        EtatTranche.EXIGIBLE,
        echeance,
        Role.SYSTEME,
    )
    assert derniere.history_type == "~"
    assert tranche.history.count() == 2
    mails = {mail.to[0]: mail for mail in Email.objects.all()}
    assert objet.numero in mails[chef.utilisateur.email].message
    assert "1 tranche exigible" in mails[agent.utilisateur.email].subject
    assert "10\u202f000,00" in mails[agent.utilisateur.email].message
    assert set(mails) == {agent.utilisateur.email, chef.utilisateur.email} | {
        r.utilisateur.email
        for r in RattachementFactory._meta.model.objects.filter(role=Role.BDT).select_related("utilisateur")
    }


def test_deux_fois_ne_change_rien():
    """R65"""
    convention()
    ouvrir()
    avant, mails = etats(), Email.objects.count()
    assert ouvrir() == type(ouvrir())(0, Decimal("0.00"))
    assert etats() == avant
    assert Email.objects.count() == mails


@pytest.mark.parametrize(
    ("avant", "jour"),
    [
        # The last condition to be met gives the day, whatever the day of the run.
        ({"signe_le": AUJOURDHUI - 60 * JOUR, "signee_il_y_a": 3}, AUJOURDHUI - 3 * JOUR),
        ({"signe_le": AUJOURDHUI - 60 * JOUR, "signee_il_y_a": 60}, ajouter_mois(AUJOURDHUI - 60 * JOUR, 1)),
    ],
)
def test_exigible_depuis_la_derniere_condition(avant, jour):
    """R12, R65: late by weeks, the same day is found."""
    objet = convention(**avant)
    ouvrir(AUJOURDHUI)
    assert objet.tranches.get(rang=1).exigible_le == jour


def test_a_la_date_d_un_jour_passe():
    """INTERFACES: as of a day, only what was already true that day is opened."""
    convention(signee_il_y_a=3)
    assert ouvrir(AUJOURDHUI - 4 * JOUR).exigibles == 0
    assert ouvrir(AUJOURDHUI - 3 * JOUR).exigibles == 1


def test_ce_qui_retient_un_versement():
    """R12: signed by all, contract in force, no suspension; and each reason is said."""
    non_signee = ConventionFactory(signee_structure=True)
    sans_contrat = ConventionFactory(signee=True, contrat_signe=False)
    Tranche.objects.filter(convention=sans_contrat).update(prevue_le=AUJOURDHUI - JOUR)
    rompu, suspendue = convention(), convention()
    Contrat.objects.filter(dossier=rompu.dossier).update(etat=EtatContrat.ROMPU)
    SuspensionFactory(convention=suspendue)
    assert ouvrir().exigibles == 0
    assert not non_signee.tranches.exists()

    def motifs(objet):
        return constat(avec_faits(objet.tranches.select_related("convention")).get(rang=1)).motifs

    assert motifs(sans_contrat) == motifs(rompu) == ("Aucun contrat n’est en vigueur sur ce poste.",)
    assert motifs(suspendue) == ("Le versement est suspendu.",)


def test_contrat_fini_avant_la_tranche():
    """R12: the contract is in force on the date of the tranche, its last day included."""
    signe_le = AUJOURDHUI - 250 * JOUR
    fin = ajouter_mois(signe_le, 6)
    dossier = DossierFactory(conforme=True, privee=True, mise_en_relation__candidat__date_naissance=dt.date(1990, 1, 1))
    dossier.depart_formation_le = signe_le
    dossier.save()
    objet = convention(signe_le=signe_le, dossier=dossier, nature="cdd-prive", fin=fin, signee_il_y_a=240)
    assert ouvrir().exigibles == 2
    Tranche.objects.filter(rang=2).update(etat=EtatTranche.PREVUE, exigible_le=None)
    Contrat.objects.filter(dossier=dossier).update(fin=fin - JOUR)
    assert ouvrir().exigibles == 0
    assert objet.tranches.get(rang=2).etat == EtatTranche.PREVUE


def test_tranches_sans_date():
    """R4: the private regime before the departure."""
    dossier = DossierFactory(conforme=True, privee=True)
    convention(dossier=dossier)
    assert ouvrir(AUJOURDHUI + 1000 * JOUR).exigibles == 0


# --- R65: daily, weekly, late ---------------------------------------------------------------------------------------

RYTHMES = st.lists(st.integers(0, 420), min_size=1, max_size=12)


@given(passages=RYTHMES, retards=st.lists(st.integers(-30, 400), min_size=2, max_size=3))
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_le_rythme_ne_change_rien(passages, retards):
    """R65: run on drawn days or once at the end, the same tranches are payable since the same days."""
    Tranche.objects.all().delete()
    for retard in retards:
        convention(signe_le=AUJOURDHUI - 400 * JOUR, signee_il_y_a=max(retard, 0))
    for jours in sorted(passages):
        ouvrir(AUJOURDHUI - 420 * JOUR + jours * JOUR)
    ouvrir(AUJOURDHUI)
    peu_a_peu = etats()
    Tranche.objects.update(etat=EtatTranche.PREVUE, exigible_le=None)
    ouvrir(AUJOURDHUI)
    assert etats() == peu_a_peu


@given(
    st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(-10, 60), st.booleans(), st.booleans()),
    st.integers(0, 60),
)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_la_requete_dit_la_meme_chose_que_la_regle(cas, passage):
    """R12: the query of the job and the pure rule agree, condition by condition, to the day."""
    signature, conventionnement, reprise, ouverte, signe = cas
    origine = AUJOURDHUI - 60 * JOUR
    objet = ConventionFactory(signee=True)
    signe_le, prevue_le = origine + signature * JOUR, origine + 30 * JOUR
    contrat = Contrat.objects.filter(dossier=objet.dossier)
    contrat.update(signe_le=signe_le, etat=EtatContrat.SIGNE if signe else EtatContrat.ROMPU)
    objet.tranches.filter(rang=1).update(prevue_le=prevue_le)
    signee_le = MIDI - (60 - conventionnement) * JOUR
    Convention.objects.filter(pk=objet.pk).update(signee_le=signee_le)
    reprise_le = None
    if reprise >= 0:
        levee = MIDI - (60 - reprise) * JOUR
        SuspensionFactory(convention=objet, ouverte_le=levee - JOUR, levee_le=levee, motif_levee="Réglé")
        reprise_le = timezone.localdate(levee)
    if ouverte:
        SuspensionFactory(convention=objet)
    le = origine + passage * JOUR
    regle = est_exigible(
        date_tranche=prevue_le,
        aujourdhui=le,
        convention_signee=True,
        contrat_en_vigueur=signe,
        suspension_ouverte=ouverte,
    )
    jour = jour_d_exigibilite(
        prevue_le=prevue_le,
        convention_signee_le=timezone.localdate(signee_le),
        contrat_signe_le=signe_le,
        reprise_le=reprise_le,
    )
    trouvees = list(a_ouvrir([objet.pk], le).filter(rang=1).values_list("jour", flat=True))
    assert trouvees == ([jour] if regle.exigible and jour <= le else [])


# --- R13 ------------------------------------------------------------------------------------------------------------


def test_suspendre_et_lever():
    """R13: payable ones go back to planned, validated ones stay; lifting resumes on the original dates."""
    objet = convention(signe_le=AUJOURDHUI - 200 * JOUR)
    chef = RattachementFactory(organisation=objet.dossier.structure.organisation, administrateur=True)
    ouvrir()
    mettre_tranche(objet.tranches.get(rang=1), EtatTranche.VALIDEE)
    prevues = list(objet.tranches.order_by("rang").values_list("prevue_le", flat=True))
    suspension = suspendre(acteur=acteur("bdt"), convention=objet, motif="Poste occupé à mi-temps.")
    assert [t.etat for t in objet.tranches.order_by("rang")] == ["validee", "prevue", "prevue"]
    assert objet.tranches.get(rang=2).exigible_le is None
    assert ouvrir(AUJOURDHUI + 300 * JOUR).exigibles == 0
    with time_machine.travel(MIDI + 10 * JOUR, tick=False):
        lever(acteur=acteur("anct"), suspension=suspension, motif="Temps plein rétabli.")
        assert ouvrir(AUJOURDHUI + 10 * JOUR).exigibles == 1
    assert objet.tranches.get(rang=2).exigible_le == AUJOURDHUI + 10 * JOUR
    assert list(objet.tranches.order_by("rang").values_list("prevue_le", flat=True)) == prevues
    textes = [m.message for m in Email.objects.filter(to=chef.utilisateur.email)]
    assert any("Poste occupé à mi-temps." in texte for texte in textes)
    assert any("Temps plein rétabli." in texte for texte in textes)


def test_suspension_refusee():
    """R13: BdT and ANCT only, with a reason, once, on a signed agreement."""
    objet = convention()
    for role in (Role.STRUCTURE, Role.PREFECTURE, Role.ORGANISME, Role.CANDIDAT):
        with pytest.raises(AccesRefuse):
            suspendre(acteur=acteur(role), convention=objet, motif="Motif")
    with pytest.raises(RegleNonRespectee) as refus:
        suspendre(acteur=acteur("bdt"), convention=objet, motif=" ")
    assert refus.value.champ == "motif"
    with pytest.raises(TransitionInterdite, match="signée"):
        suspendre(acteur=acteur("bdt"), convention=ConventionFactory(), motif="Motif")
    suspension = suspendre(acteur=acteur("bdt"), convention=objet, motif="Motif")
    with pytest.raises(TransitionInterdite, match="déjà"):
        suspendre(acteur=acteur("bdt"), convention=objet, motif="Motif")
    with pytest.raises(AccesRefuse):
        lever(acteur=acteur("structure"), suspension=suspension, motif="Motif")
    with pytest.raises(RegleNonRespectee):
        lever(acteur=acteur("bdt"), suspension=suspension, motif="")
    lever(acteur=acteur("bdt"), suspension=suspension, motif="Réglé")
    with pytest.raises(TransitionInterdite, match="levée"):
        lever(acteur=acteur("bdt"), suspension=suspension, motif="Réglé")
    assert Suspension.objects.count() == 1


# --- scale ----------------------------------------------------------------------------------------------------------


def test_le_nombre_de_requetes_ne_suit_pas_le_nombre_de_tranches(django_assert_max_num_queries):
    """ARCHITECTURE §7: sets, not rows; only the mails go structure by structure."""
    premiere = convention()
    for _ in range(11):
        ConventionFactory(
            dossier=DossierFactory(conforme=True, mise_en_relation__poste__structure=premiere.dossier.structure),
            signee=True,
        )
    Tranche.objects.update(prevue_le=AUJOURDHUI)
    with django_assert_max_num_queries(20):
        assert ouvrir().exigibles == 36
    assert Tranche.history.filter(etat=EtatTranche.EXIGIBLE).count() == 36


# --- the job and the command ----------------------------------------------------------------------------------------


def test_la_tache_laisse_sa_trace():
    """R65: one line per run for `/sante/`."""
    convention()
    ouvrir_les_tranches()
    ligne = ExecutionTache.objects.get(nom="subventions.ouvrir_tranches")
    assert ligne.reussie
    assert ligne.resultat == {"exigibles": 1, "montant": "10000.00"}
