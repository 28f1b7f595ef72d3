"""R47: the next best is proposed at once, from what the last run kept, and never somebody who may no longer be."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from candidats import actions, appariement, colonnes, ecriture, regles, reserve
from candidats.actions.distances import lieu_de, lieux_du_poste
from candidats.enums import EtatCandidat, EtatMiseEnRelation
from candidats.models import Candidat, MiseEnRelation, ReserveAppariement
from portal.commun.acteurs import Acteur
from structures.models import Poste
from tests.candidats.factories import CandidatFactory, MiseEnRelationFactory
from tests.candidats.outils import adresses, verifier_coherence_candidats
from tests.structures.factories import PosteFactory, lieu

pytestmark = pytest.mark.django_db
SYSTEME = Acteur.systeme()
_E = EtatMiseEnRelation


def _noter(paire):
    candidat, poste = paire.candidat, paire.poste
    faits = regles.CandidatFacts(
        str(candidat.uuid),
        lieu_de(candidat.commune),
        candidat.mobilite_km,
        candidat.disponible_le,
        veut_coordination=candidat.interet_coordination,
        experience=candidat.experience,
    )
    du_poste = regles.PosteFacts(
        str(poste.uuid), lieux_du_poste(poste), poste.demarrage_le, coordinateur=poste.coordinateur
    )
    distance = regles.distance_acceptee(faits, du_poste.lieux)
    return distance, regles.noter(faits, du_poste, distance, timezone.localdate())


def _scene():
    """One post, and five candidates from the best to the last: nearer, then available later before the post."""
    poste = PosteFactory(demarrage_le=timezone.localdate() + dt.timedelta(days=100))
    candidats = [
        CandidatFactory(disponible_le=timezone.localdate() + dt.timedelta(days=jours))
        for jours in (100, 80, 60, 40, 20)
    ]
    actions.apparier(acteur=SYSTEME)
    return poste, candidats


def _refuser_le_premier(poste, candidats):
    MiseEnRelation.objects.filter(poste=poste, candidat=candidats[0]).update(etat=_E.ECARTEE, motif="profil")
    return actions.completer_poste(acteur=SYSTEME, poste=poste)


@pytest.fixture
def sans_lecture_nationale(monkeypatch):
    def interdit(*args, **kwargs):
        raise AssertionError("the reserve was enough")

    def poser():
        monkeypatch.setattr(colonnes, "lire", interdit)

    return poser


def test_le_suivant_vient_de_la_reserve(sans_lecture_nationale):
    """R47, R48: the fourth of the run, with its score, its reasons and its mails; the columns are not read again."""
    poste, candidats = _scene()
    assert ReserveAppariement.objects.get(poste=poste).candidats == [candidats[3].pk, candidats[4].pk]
    sans_lecture_nationale()
    (paire,) = _refuser_le_premier(poste, candidats)
    assert (paire.candidat, paire.history.count()) == (candidats[3], 1)
    distance, note = _noter(paire)
    assert (paire.distance_km, paire.score) == (round(distance, 3), note.score)
    assert paire.explication == [critere.en_dict() for critere in note.criteres]
    assert candidats[3].utilisateur.email in adresses("propositions_candidat")
    verifier_coherence_candidats()


@pytest.mark.parametrize(
    "changement",
    [
        {"etat": EtatCandidat.INDISPONIBLE},
        {"etat": EtatCandidat.RETIRE},
        {"disponible_le": timezone.localdate() + dt.timedelta(days=300)},
        {"commune_id": "75056"},
        {"confirme_le": None, "etat": EtatCandidat.A_CONFIRMER},
    ],
    ids=["en pause", "retiré", "plus tard", "parti", "à confirmer"],
)
def test_la_reserve_ne_propose_pas_qui_a_change(changement, sans_lecture_nationale):
    """R46, R47: seen again with the rules of today."""
    poste, candidats = _scene()
    Candidat.objects.filter(pk=candidats[3].pk).update(**changement)
    sans_lecture_nationale()
    (paire,) = _refuser_le_premier(poste, candidats)
    assert paire.candidat == candidats[4]


def test_la_reserve_ne_propose_ni_sature_ni_valide_ni_ecarte():
    """R46, R48, R53: at the cap of ten, validated elsewhere, or already turned down for this post: nobody is left."""
    poste, candidats = _scene()
    for _ in range(10):
        MiseEnRelationFactory(candidat=candidats[3])
    MiseEnRelationFactory(candidat=candidats[4], validee=True)
    assert _refuser_le_premier(poste, candidats) == []
    ReserveAppariement.objects.update(candidats=[candidats[0].pk])
    assert actions.completer_poste(acteur=SYSTEME, poste=poste) == []


def test_qui_s_est_inscrit_depuis_compte_aussi(sans_lecture_nationale):
    """R47: the next best of today, not of last night."""
    poste, candidats = _scene()
    meilleur = CandidatFactory(experimente=True, disponible_le=timezone.localdate() + dt.timedelta(days=100))
    sans_lecture_nationale()
    (paire,) = _refuser_le_premier(poste, candidats)
    assert paire.candidat == meilleur


def test_sans_reserve_on_cherche_autour(monkeypatch):
    """R47: emptied, unknown, or too many people changed: the live search answers, and keeps who comes next."""
    poste, candidats = _scene()
    monkeypatch.setattr(reserve, "RECENTS_MAX", 0)
    CandidatFactory(commune=lieu("03310"), mobilite_km=100)
    ReserveAppariement.objects.all().delete()
    (paire,) = _refuser_le_premier(poste, candidats)
    assert paire.candidat == candidats[3]
    assert ReserveAppariement.objects.get(poste=poste).candidats[0] == candidats[4].pk
    Candidat.objects.filter(pk=candidats[1].pk).update(modifie_le=timezone.now())
    MiseEnRelation.objects.filter(candidat=candidats[1]).update(etat=_E.DECLINEE, motif="autre")
    (paire,) = actions.completer_poste(acteur=SYSTEME, poste=poste)
    assert paire.candidat == candidats[4]


def test_un_poste_qui_n_est_plus_libre_n_a_plus_de_reserve():
    """R47: nobody waits for a post that is over."""
    poste, _ = _scene()
    Poste.objects.filter(pk=poste.pk).update(etat="rendu", motif_fin="Fin du projet")
    actions.apparier(acteur=SYSTEME)
    assert not ReserveAppariement.objects.exists()


def test_perdu_au_moment_du_verrou(monkeypatch, django_capture_on_commit_callbacks):
    """R47: somebody taken while the lock was waited for is replaced right after."""
    poste, candidats = _scene()
    lire = ecriture.verrouiller

    def pendant_ce_temps(modele, cles):
        if modele is Candidat and candidats[3].pk in cles:
            Candidat.objects.filter(pk=candidats[3].pk).update(etat=EtatCandidat.INDISPONIBLE)
        return lire(modele, cles)

    monkeypatch.setattr(ecriture, "verrouiller", pendant_ce_temps)
    with django_capture_on_commit_callbacks(execute=True):
        assert _refuser_le_premier(poste, candidats) == []
    assert MiseEnRelation.objects.du_moteur().filter(candidat=candidats[4]).exists()


# --- the same watch over the national run ---------------------------------------------------------------------------


def test_ce_qui_change_pendant_le_calcul_est_revu_sous_verrou(monkeypatch):
    """R46 to R48, R53: a pause, a refusal, a validation, a cap, a post given back, between reading and writing."""
    postes = [PosteFactory() for _ in range(2)]
    parti, ecarte, valide, sature, reste = (CandidatFactory() for _ in range(5))
    choisir = appariement.apparier

    def pendant_ce_temps(*args):
        resultat = choisir(*args)
        Candidat.objects.filter(pk=parti.pk).update(etat=EtatCandidat.INDISPONIBLE)
        MiseEnRelationFactory(poste=postes[0], candidat=ecarte, ecartee=True)
        MiseEnRelationFactory(candidat=valide, validee=True)
        for _ in range(9):
            MiseEnRelationFactory(candidat=sature)
        Poste.objects.filter(pk=postes[1].pk).update(etat="rendu", motif_fin="Fin du projet")
        return resultat

    monkeypatch.setattr(appariement, "VIVIER", 6)
    monkeypatch.setattr(regles, "PROPOSITIONS_PAR_POSTE", 5)
    monkeypatch.setattr(appariement, "apparier", pendant_ce_temps)
    actions.apparier(acteur=SYSTEME)
    assert not MiseEnRelation.objects.vivantes().filter(poste=postes[1]).exists()
    proposes = set(MiseEnRelation.objects.vivantes().filter(poste=postes[0]).values_list("candidat", flat=True))
    assert proposes == {sature.pk, reste.pk}


def test_l_explication_est_celle_de_la_regle():
    """R48: what the national run writes is what `regles.noter` says, word for word."""
    for demarrage, trait in ((0, {}), (40, {"coordinateurs": True})):
        PosteFactory(demarrage_le=timezone.localdate() + dt.timedelta(days=demarrage), **trait)
    for commune in ("03190", "03310", "63113"):
        CandidatFactory(commune=lieu(commune), partout=True, experimente=commune == "03310", coordination=True)
    CandidatFactory(disponible_le=timezone.localdate() - dt.timedelta(days=3))
    actions.apparier(acteur=SYSTEME)
    paires = MiseEnRelation.objects.select_related("candidat__commune", "poste__structure__commune")
    assert len(paires) == 6
    for paire in paires:
        distance, note = _noter(paire)
        assert paire.distance_km == pytest.approx(distance, abs=0.0006)
        assert paire.score == note.score
        assert paire.explication == [critere.en_dict() for critere in note.criteres]
        (trace,) = paire.history.all()
        assert (trace.history_role, trace.history_change_reason) == ("systeme", ecriture.MOTIF)


@pytest.mark.parametrize("avance", [{"disponible": 40, "demarrage": 10}, {"disponible": 40, "demarrage": -20}])
def test_une_date_qui_arrive_rend_la_paire_possible(avance):
    """R46, R55: the night after, without anybody touching anything; the day itself is included."""
    depart = dt.date(2028, 1, 20)
    PosteFactory(demarrage_le=depart + dt.timedelta(days=avance["demarrage"]))
    CandidatFactory(disponible_le=depart + dt.timedelta(days=avance["disponible"]))
    # 29 February 2028 is the fortieth day.
    assert actions.apparier(acteur=SYSTEME, le=dt.date(2028, 2, 28)).paires_creees == 0
    assert actions.apparier(acteur=SYSTEME, le=dt.date(2028, 2, 29)).paires_creees == 1


def test_l_ordre_des_lignes_ne_change_rien():
    """R48: whatever the order in which the database gives them."""
    for _ in range(3):
        PosteFactory()
        CandidatFactory()
    avant = colonnes.lire()
    for candidat in Candidat.objects.order_by("-pk"):
        Candidat.objects.filter(pk=candidat.pk).update(telephone="0700000000")
    apres = colonnes.lire()
    assert avant.cles_candidats.tolist() == apres.cles_candidats.tolist()
    assert sorted(str(c.uuid) for c in Candidat.objects.all()) == [
        str(Candidat.objects.get(pk=cle).uuid) for cle in avant.cles_candidats.tolist()
    ]
