"""The demo data: made by the verbs, consistent with every rule, reproducible, loaded once."""

from __future__ import annotations

import json
import re
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db.models import Count
from django.utils import timezone

from candidats.models import Candidat, MiseEnRelation
from demo.comptes import COMPTES, MOT_DE_PASSE
from demo.peuplement.hasard import Lieu
from demo.peuplement.noms import ASSOCIATION, COMMUNE, EPCI, ESS, ETABLISSEMENT, Noms
from demo.scenario.acteurs import A_DISTANCE, acteur
from formation.acces import dossiers_formation_visibles_par, organisme_de
from formation.actions import enregistrer_depart
from formation.enums import Heures
from formation.lectures import compter_personnes, filtrer_personnes, sessions_de_l_organisme, sessions_proposees
from formation.suivi import suivre
from portal.commun.coherence import verifier
from portal.commun.dates import ajouter_mois
from portal.commun.erreurs import RegleNonRespectee
from portal.commun.normalisation import normaliser
from portal.comptes.models import Utilisateur
from structures.doublons import lire, rapprochements
from structures.enums import EtatCandidature, EtatPoste
from structures.models import (
    Candidature,
    ChangementEtablissement,
    DemandePostes,
    FaitPrioritaire,
    Poste,
    Structure,
    TransfertPoste,
)
from structures.regimes import CodeRegime
from subventions.enums import EtatDossier, EtatTranche
from subventions.models import Dossier, Tranche


def violations() -> dict[str, int]:
    return {constat.cle: constat.violations for constat in verifier() if constat.violations}


@pytest.mark.django_db
def test_l_allier_a_ses_vingt_postes_a_chaque_etape(settings):
    """INTERFACES: the accounts; R65: tranches that the job opened; `verifier_coherence` says 0.

    Played on the longest February: dates in months have their trap on that day, whatever the day of the first start.
    """
    settings.DEMO = True
    with time_machine.travel("2028-02-29 11:00+01:00", tick=True):
        _jouer_et_verifier()


def _jouer_et_verifier() -> None:
    sortie = StringIO()
    call_command("charger_demo", structures=0, candidats=0, stdout=sortie)

    for compte in COMPTES:
        utilisateur = Utilisateur.objects.get(email=compte.courriel)
        assert utilisateur.check_password(MOT_DE_PASSE)
        assert utilisateur.rattachements.en_vigueur().filter(role=compte.role).exists()
        assert compte.courriel in sortie.getvalue()
    assert Poste.objects.filter(structure__commune__departement="03").count() == 20
    assert set(Poste.objects.values_list("etat", flat=True)) == {
        EtatPoste.A_POURVOIR,
        EtatPoste.RESERVE,
        EtatPoste.POURVU,
    }
    assert set(Candidature.objects.values_list("etat", flat=True)) == {
        EtatCandidature.DEPOSEE,
        EtatCandidature.A_CORRIGER,
        EtatCandidature.EXAMEN,
        EtatCandidature.RETENUE,
        EtatCandidature.ACTIVEE,
        EtatCandidature.REFUSEE,
    }
    assert {EtatDossier.CONSTITUTION, EtatDossier.DEPOSE, EtatDossier.COMPLEMENT, EtatDossier.CONFORME} == set(
        Dossier.objects.values_list("etat", flat=True)
    )
    exigibles = Tranche.objects.filter(etat=EtatTranche.EXIGIBLE)
    assert exigibles.count() == 3
    assert all(t.rang == 1 and t.prevue_le <= timezone.localdate() for t in exigibles)
    # R52: whoever was recruited after an interview has the grid of who led it.
    assert not MiseEnRelation.objects.filter(dossiers__isnull=False, evaluations=None).exists()
    assert violations() == {}

    _ce_qui_attend_les_institutions()
    avant = Candidat.objects.count(), MiseEnRelation.objects.count(), Tranche.objects.count()
    call_command("charger_demo", stdout=StringIO())
    assert avant == (Candidat.objects.count(), MiseEnRelation.objects.count(), Tranche.objects.count())
    _ce_que_l_organisme_peut_faire()
    assert violations() == {}


def _ce_qui_attend_les_institutions() -> None:
    """R21, R22, R24, R29: one of each, for the prefecture and for ANCT at the first start."""
    par_structure = Poste.objects.filter(structure__commune__departement="03").values_list("structure__nom")
    assert dict(par_structure.annotate(Count("pk")))["Ville de Moulins"] == 5
    (transfert,) = TransfertPoste.objects.all()
    assert (transfert.de.nom, transfert.vers.nom) == ("Ville de Saint-Pourçain-sur-Sioule", "Ville de Moulins")
    (demande,) = DemandePostes.objects.filter(etat="en_cours")
    assert demande.structure.nom == "Ville de Montluçon"
    (changement,) = ChangementEtablissement.objects.filter(etat="demande")
    assert changement.justificatif.taille > 0
    (doublon,) = lire(rapprochements())
    assert {doublon.une.nom, doublon.autre.nom} == {"Foyer rural de Cérilly", "Foyer rural Cérilly"}
    assert FaitPrioritaire.objects.filter(commune__departement="03").count() >= 5
    assert Structure.objects.get(nom="Vichy Communauté").action_coeur_de_ville


def _ce_que_l_organisme_peut_faire() -> None:
    """What `organisme@demo.example` finds at the first start: somebody to place anywhere, a departure to record now."""
    centre = acteur("organisme@demo.example")
    organisme, jour = organisme_de(centre), timezone.localdate()
    for structure in Structure.objects.filter(activee_le__isnull=False):
        for heures in Heures.values:
            assert sessions_de_l_organisme(organisme, structure, heures, jour).exists(), (structure, heures)
            assert sessions_proposees(structure, heures, jour, distance_seule=True).exists(), (structure, heures)

    dossiers = dossiers_formation_visibles_par(centre)
    nombres = compter_personnes(dossiers, organisme)
    assert (nombres["depart"], nombres["formation"]) == (5, 4)
    # Two left with the remote body, Samuel Petit among them, two in Moulins.
    partis = suivre(filtrer_personnes(dossiers, organisme, {"vue": "formation"}))
    assert [suivi.organisme.nom for suivi in partis].count(A_DISTANCE) == 2
    assert "Samuel Petit" in {suivi.personne for suivi in partis}
    attendu = Dossier.objects.get(structure__nom="Ville de Varennes-sur-Allier")
    with pytest.raises(RegleNonRespectee, match="contrat"):
        enregistrer_depart(acteur=centre, inscription=attendu.inscriptions.get(), le=jour)
    # R4, R64: in the private call the departure makes the dates of the payments.
    prive = filtrer_personnes(dossiers, organisme, {"vue": "depart"}).get(poste__regime=CodeRegime.AMI_PRIVE_2021)
    assert not Tranche.objects.filter(convention__dossier=prive).exclude(prevue_le=None).exists()
    enregistrer_depart(acteur=centre, inscription=prive.inscriptions.get(), le=jour)
    prevues = Tranche.objects.filter(convention__dossier=prive).order_by("rang").values_list("prevue_le", flat=True)
    assert list(prevues) == [ajouter_mois(jour, mois) for mois in (1, 6, 12)]


@pytest.mark.django_db
def test_la_demo_ne_se_charge_pas_en_production(settings):
    settings.DEMO = False
    with pytest.raises(CommandError):
        call_command("charger_demo", stdout=StringIO())
    assert not Utilisateur.objects.filter(email=COMPTES[0].courriel).exists()


def _photo() -> list[tuple]:
    structures = Structure.objects.order_by("siret").values_list("siret", "nom", "commune", "contact_courriel")
    candidats = Candidat.objects.order_by("utilisateur__email").values_list(
        "utilisateur__email", "commune", "mobilite_km", "disponible_le", "date_naissance", "etat"
    )
    return [*structures, *candidats]


@pytest.mark.django_db
def test_peupler_est_reproductible_et_respecte_toutes_les_regles(django_assert_max_num_queries):
    """The same seed gives the same people; another seed can be added; the rows keep their history (R110)."""
    # Bulk loading: the number of queries does not follow the number of rows.
    with django_assert_max_num_queries(160):
        call_command("peupler", structures=60, candidats=300, graine=3, stdout=StringIO())
    premiere = _photo()
    assert violations() == {}
    assert Structure.objects.count() == 60
    # R22: what looks like one body twice in the sample would hide the real ones.
    assert rapprochements() == []
    noms = Structure.objects.values_list("nom", flat=True)
    assert not [nom for nom in noms if re.search(r"\bde ([AEIOUÉÈ]|Les? )", nom)]
    assert Candidat.objects.count() == Candidat.history.count() == 300
    assert Poste.objects.count() == Poste.history.count() > 20

    with pytest.raises(CommandError, match="déjà là"):
        call_command("peupler", structures=60, candidats=300, graine=3, stdout=StringIO())
    call_command("peupler", structures=20, candidats=50, graine=4, stdout=StringIO())
    assert violations() == {}
    assert Structure.objects.count() == 80
    assert [ligne for ligne in _photo() if ".c3@" in str(ligne)] == [
        ligne for ligne in premiere if ".c3@" in str(ligne)
    ]


def test_une_grande_ville_a_autant_de_noms_qu_il_en_faut():
    """R22: thousands of bodies of one commune, none called like another."""
    paris, donnes = Lieu("75056", "Paris", "75001", "75", "11"), Noms()
    noms = [donnes.donner(famille, paris) for famille in (COMMUNE, EPCI, ETABLISSEMENT, ASSOCIATION, ESS) * 400]
    assert len({normaliser(nom) for nom in noms}) == len(noms) == 2000


@pytest.mark.django_db(transaction=True)
def test_peupler_deux_fois_ailleurs_donne_les_memes_personnes():
    """Reproducible: two empty databases, one seed, the same rows."""
    from django.db import transaction

    photos = []
    for _ in range(2):
        with transaction.atomic():
            call_command("peupler", structures=15, candidats=40, graine=5, stdout=StringIO())
            photos.append(_photo())
            transaction.set_rollback(True)
    assert photos[0] == photos[1]


@pytest.mark.django_db
def test_l_echantillon_se_laisse_apparier():
    """R47: after the run, no free post has more than three proposals, and everything still holds."""
    call_command("peupler", structures=40, candidats=400, graine=6, stdout=StringIO())
    sortie = StringIO()
    call_command("apparier", json=True, stdout=sortie)
    bilan = json.loads(sortie.getvalue())
    assert bilan["paires_creees"] == MiseEnRelation.objects.count() > 0
    assert violations() == {}
