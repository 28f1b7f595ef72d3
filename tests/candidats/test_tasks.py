"""What runs the engine and what it tells: mails, job, events (R47, R50, R51, R55, R113)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from kombu.exceptions import OperationalError

from candidats import actions, colonnes, regles, tasks
from candidats.actions.distances import lieu_de
from candidats.enums import EtatMiseEnRelation, MotifCloture, Origine
from candidats.models import Candidat, MiseEnRelation
from portal.commun.acteurs import Acteur
from portal.commun.evenements import emettre
from portal.commun.models import ExecutionTache
from portal.territoires.models import Commune
from structures.enums import EtatPoste
from tests.candidats.factories import CandidatFactory, MiseEnRelationFactory, acteur_candidat, mettre_poste
from tests.candidats.outils import adresses, courriels, liens, verifier_coherence_candidats
from tests.structures.factories import PosteFactory, StructureFactory

pytestmark = pytest.mark.django_db
SYSTEME = Acteur.systeme()
_E = EtatMiseEnRelation


def apparier():
    bilan = actions.apparier(acteur=SYSTEME)
    verifier_coherence_candidats()
    return bilan


# --- mails ----------------------------------------------------------------------------------------------------------


def test_un_courriel_par_structure_et_un_par_candidat():
    """R50, R51, R113: grouped, each candidate with their own « Pas intéressé » link, without contact data (R112)."""
    structure = StructureFactory()
    for _ in range(2):
        PosteFactory(structure=structure)
    candidats = [CandidatFactory() for _ in range(3)]
    apparier()
    (courriel,) = courriels("propositions_structure")
    assert courriel.subject == "6 profils vous sont proposés"
    assert len(set(liens(courriel, "/propositions/"))) == 6
    for candidat in candidats:
        assert candidat.utilisateur.email not in courriel.message
        assert candidat.telephone not in courriel.message
    assert sorted(adresses("propositions_candidat")) == sorted(c.utilisateur.email for c in candidats)


# --- tasks and events -----------------------------------------------------------------------------------------------


def test_la_tache_garde_sa_trace():
    """R55: the job of the night; `/sante/` knows when it ran."""
    PosteFactory()
    CandidatFactory()
    tasks.lancer_appariement()
    execution = ExecutionTache.objects.get(nom="candidats.apparier")
    assert execution.reussie
    assert execution.resultat["paires_creees"] == 1


def test_sans_file_de_taches_rien_n_est_perdu(caplog, monkeypatch):
    """R55: the event asks, nobody answers, the nightly run does it."""

    def sans_reponse(**options):
        raise OperationalError("the broker is down")

    monkeypatch.setattr(tasks.lancer_appariement, "apply_async", sans_reponse)
    tasks.demander_appariement()
    assert "ne répond pas" in caplog.text


def test_l_activation_amene_des_candidats(django_capture_on_commit_callbacks):
    """R27, R46: as soon as the structure is activated."""
    poste = PosteFactory()
    CandidatFactory()
    with django_capture_on_commit_callbacks(execute=True):
        emettre("structure.activee", structure=poste.structure)
    assert MiseEnRelation.objects.filter(poste=poste, etat=_E.NOUVELLE).count() == 1


def test_un_poste_rendu_clot_ses_propositions():
    """R29: every live pair lapses, the candidates are told."""
    paire = MiseEnRelationFactory(entretien=True)
    mettre_poste(paire.poste, EtatPoste.A_POURVOIR)
    emettre("poste.ferme", poste=paire.poste)
    paire.refresh_from_db()
    assert (paire.etat, paire.motif) == (_E.CADUQUE, MotifCloture.POSTE_FERME)
    assert adresses("propositions_closes") == [paire.candidat.utilisateur.email]


def test_la_lecture_autour_d_un_poste_n_oublie_personne():
    """R47: the box read for one post holds everyone that the rules accept."""
    poste = PosteFactory()
    communes = list(Commune.objects.actuelles().order_by("code")[::701])
    for commune in communes:
        CandidatFactory(commune=commune, mobilite_km=100, role=False)
    tous = colonnes.lire()
    autour = colonnes.lire(candidats=colonnes.autour(poste))
    moulins = poste.structure.commune
    siege = regles.Lieu(moulins.latitude, moulins.longitude, moulins.zone)
    admis = {
        candidat.pk
        for candidat in Candidat.objects.select_related("commune")
        if regles.distance_acceptee(
            regles.CandidatFacts("", lieu_de(candidat.commune), candidat.mobilite_km, candidat.disponible_le), [siege]
        )
        is not None
    }
    assert admis <= set(autour.cles_candidats.tolist())
    assert len(autour.cles_candidats) < len(tous.cles_candidats)


def test_un_candidat_revu_ne_touche_que_les_siens(django_capture_on_commit_callbacks):
    """R55."""
    poste = PosteFactory()
    autre = MiseEnRelationFactory(poste=poste, candidat__disponible_le=timezone.localdate() + dt.timedelta(days=90))
    candidat = CandidatFactory()
    creees = actions.reexaminer_candidat(acteur=SYSTEME, candidat=candidat)
    assert [paire.poste for paire in creees] == [poste]
    autre.refresh_from_db()
    assert autre.etat == _E.NOUVELLE
    assert acteur_candidat(candidat).role == "candidat"
    assert creees[0].origine == Origine.MOTEUR
