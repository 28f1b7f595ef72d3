"""The engine on the database (R46 to R48, R55): same answer as the rules, idempotent, all or nothing, few queries."""

from __future__ import annotations

import datetime as dt
import json
import random
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from candidats import actions, ecriture, notifications, regles
from candidats.enums import EtatMiseEnRelation, Mobilite, MotifCloture
from candidats.models import Candidat, MiseEnRelation
from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse
from structures.enums import EtatPoste
from structures.models import Poste
from tests.candidats.factories import (
    CandidatFactory,
    MiseEnRelationFactory,
    mettre_poste,
)
from tests.candidats.outils import adresses, courriels, verifier_coherence_candidats
from tests.structures.factories import LieuExerciceFactory, PosteFactory, StructureFactory, lieu

pytestmark = pytest.mark.django_db
SYSTEME = Acteur.systeme()
_E = EtatMiseEnRelation


def apparier():
    bilan = actions.apparier(acteur=SYSTEME)
    verifier_coherence_candidats()
    return bilan


# --- R46 ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "traits",
    [
        {"a_confirmer": True},
        {"indisponible": True},
        {"retire": True},
        {"mobilite_km": Mobilite.KM_20, "commune": "03310"},
        {"disponible_le": timezone.localdate() + dt.timedelta(days=60)},
        {"mobilite_km": Mobilite.KM_100, "commune": "97411"},
    ],
    ids=["non confirmé", "indisponible", "retiré", "trop loin", "trop tard", "outre-mer"],
)
def test_qui_n_est_jamais_propose(traits):
    """R46: each condition on the candidate."""
    PosteFactory(demarrage_le=timezone.localdate() + dt.timedelta(days=30))
    if "commune" in traits:
        traits["commune"] = lieu(traits["commune"])
    CandidatFactory(**traits)
    assert apparier().paires_creees == 0


@pytest.mark.parametrize("traits", [{"a_activer": True}, {"reserve": True}, {"pourvu": True}, {"rendu": True}])
def test_quels_postes_ne_recoivent_rien(traits):
    """R46: structure activated, free post."""
    poste = PosteFactory(**traits)
    CandidatFactory()
    assert actions.apparier(acteur=SYSTEME).paires_creees == 0
    assert actions.completer_poste(acteur=SYSTEME, poste=poste) == []


def test_un_poste_de_coordinateur_demande_le_souhait():
    """R46."""
    PosteFactory(coordinateurs=True)
    CandidatFactory()
    volontaire = CandidatFactory(coordination=True)
    apparier()
    assert MiseEnRelation.objects.get().candidat == volontaire


def test_la_distance_part_des_lieux_d_exercice_du_poste():
    """R46: the nearest place of work; the seat only when none is given."""
    structure = StructureFactory(commune=lieu("75056"))
    loin = PosteFactory(structure=structure)
    proche = PosteFactory(
        structure=structure,
        lieux=[
            LieuExerciceFactory(structure=structure, commune=lieu("03310")),
            LieuExerciceFactory(structure=structure, commune=lieu("03190")),
        ],
    )
    CandidatFactory(mobilite_km=5)
    apparier()
    paire = MiseEnRelation.objects.get()
    assert (paire.poste, paire.distance_km) == (proche, 0)
    assert loin.pk != proche.pk


def test_partout_traverse_la_mer():
    """R46: « France entière » only."""
    PosteFactory(structure__commune=lieu("97411"))
    CandidatFactory(partout=True)
    CandidatFactory(mobilite_km=100)
    apparier()
    assert MiseEnRelation.objects.get().candidat.mobilite_km == Mobilite.FRANCE


def test_rien_de_refuse_ne_revient():
    """R46, R51: set aside or declined by either side, never proposed again for this post; a lapsed pair may be."""
    poste = PosteFactory()
    ecartee = MiseEnRelationFactory(poste=poste, ecartee=True)
    declinee = MiseEnRelationFactory(poste=poste, declinee=True)
    caduque = MiseEnRelationFactory(poste=poste, caduque=True)
    apparier()
    assert list(MiseEnRelation.objects.filter(etat=_E.NOUVELLE).values_list("candidat", flat=True)) == [
        caduque.candidat_id
    ]
    assert {ecartee.candidat_id, declinee.candidat_id}.isdisjoint(
        MiseEnRelation.objects.vivantes().values_list("candidat", flat=True)
    )


def test_une_personne_validee_n_est_plus_proposee():
    """R53: one post per person, as long as the validation holds."""
    MiseEnRelationFactory(validee=True)
    PosteFactory()
    assert apparier().paires_creees == 0


def _comme_les_regles(paire, postes, candidats):
    poste, candidat = postes[paire.poste_id], candidats[paire.candidat_id]
    communes = [lieu.commune for lieu in poste.lieux.all()] or [poste.structure.commune]
    return regles.paire_admissible(
        regles.CandidatFacts(
            str(candidat.uuid),
            regles.Lieu(candidat.commune.latitude, candidat.commune.longitude, candidat.commune.zone),
            candidat.mobilite_km,
            candidat.disponible_le,
            confirme=candidat.confirme_le is not None,
            disponible=candidat.etat == "disponible",
            veut_coordination=candidat.interet_coordination,
        ),
        regles.PosteFacts(
            str(poste.uuid),
            tuple(regles.Lieu(c.latitude, c.longitude, c.zone) for c in communes),
            poste.demarrage_le,
            structure_active=poste.structure.activee_le is not None,
            libre=poste.etat == EtatPoste.A_POURVOIR,
            coordinateur=poste.coordinateur,
        ),
        timezone.localdate(),
    )


@pytest.mark.parametrize("graine", [1, 2, 3])
def test_un_territoire_au_hasard(graine):
    """R46 to R48: every pair obeys the rules; no possible pair is missing when there is room on both sides."""
    alea = random.Random(graine)
    aujourdhui = timezone.localdate()
    codes = ["03190", "03310", "03185", "63113", "75056", "97411"]
    for _ in range(12):
        PosteFactory(
            structure__commune=lieu(alea.choice(codes)),
            demarrage_le=aujourdhui + dt.timedelta(days=alea.randint(0, 60)),
            **({"coordinateurs": True} if alea.random() < 0.2 else {}),
        )
    for _ in range(14):
        CandidatFactory(
            commune=lieu(alea.choice(codes)),
            mobilite_km=alea.choice(regles.MOBILITES),
            disponible_le=aujourdhui + dt.timedelta(days=alea.randint(-30, 90)),
            interet_coordination=alea.random() < 0.4,
        )
    apparier()
    postes = {p.pk: p for p in Poste.objects.select_related("structure__commune").prefetch_related("lieux__commune")}
    candidats = {c.pk: c for c in Candidat.objects.select_related("commune")}
    vivantes = list(MiseEnRelation.objects.vivantes())
    du_poste = dict.fromkeys(postes, 0)
    du_candidat = dict.fromkeys(candidats, 0)
    for paire in vivantes:
        verdict = _comme_les_regles(paire, postes, candidats)
        assert verdict.admissible
        assert paire.distance_km == pytest.approx(verdict.distance_km, abs=0.001)
        assert paire.score == pytest.approx(sum(c["points"] for c in paire.explication), abs=0.001)
        du_poste[paire.poste_id] += 1
        du_candidat[paire.candidat_id] += 1
    presentes = {(p.poste_id, p.candidat_id) for p in vivantes}
    for poste_id in postes:
        for candidat_id in candidats:
            if du_poste[poste_id] < 3 and du_candidat[candidat_id] < 10 and (poste_id, candidat_id) not in presentes:
                absente = MiseEnRelation(poste_id=poste_id, candidat_id=candidat_id)
                assert not _comme_les_regles(absente, postes, candidats).admissible


# --- R47, R48 -------------------------------------------------------------------------------------------------------


def test_trois_par_poste_dix_par_candidat():
    """R47, R48."""
    for _ in range(12):
        PosteFactory()
    candidats = [CandidatFactory() for _ in range(2)]
    bilan = apparier()
    assert bilan.paires_creees == 20
    assert bilan.postes_avec_3 == 0
    for candidat in candidats:
        assert MiseEnRelation.objects.vivantes().filter(candidat=candidat).count() == 10


def test_les_paires_choisies_a_la_main_ne_comptent_pas():
    """R49: a structure with its own candidate still receives three proposals."""
    poste = PosteFactory()
    MiseEnRelationFactory(poste=poste, invitee=True, candidat__mobilite_km=5)
    for _ in range(3):
        CandidatFactory()
    assert apparier().postes_avec_3 == 1


def test_les_meilleurs_d_abord_et_pourquoi():
    """R48: nearest first, then the date; each proposal says its score and why."""
    poste = PosteFactory()
    ici = CandidatFactory(experimente=True)
    vichy = CandidatFactory(commune=lieu("03310"), mobilite_km=100)
    plus_tot = CandidatFactory(disponible_le=timezone.localdate() - dt.timedelta(days=100))
    CandidatFactory(commune=lieu("63113"), mobilite_km=100)
    apparier()
    paires = list(MiseEnRelation.objects.filter(poste=poste).order_by("-score"))
    assert [paire.candidat for paire in paires] == [ici, plus_tot, vichy]
    assert [ligne["code"] for ligne in paires[0].explication] == ["distance", "date", "experience", "pix", "voeux"]
    assert paires[2].explication[0]["texte"] == "Habite à 49 km d’un lieu d’exercice."


# --- R55: twice, on edits, on dates, all or nothing -----------------------------------------------------------------


def test_une_seconde_fois_ne_change_rien():
    """R55: no pair, no history row, no mail."""
    for _ in range(4):
        PosteFactory()
        CandidatFactory()
    apparier()
    avant = (MiseEnRelation.history.count(), len(courriels("propositions_structure")))
    bilan = apparier()
    assert (bilan.paires_creees, bilan.paires_closes) == (0, 0)
    assert (MiseEnRelation.history.count(), len(courriels("propositions_structure"))) == avant


def test_interrompu_il_ne_laisse_rien(monkeypatch):
    """R55: stopped after the pairs are written and before the mails, the run has not happened; the next one has."""
    PosteFactory()
    CandidatFactory()

    def panne(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(notifications, "annoncer_propositions", panne)
        with pytest.raises(KeyboardInterrupt):
            actions.apparier(acteur=SYSTEME)
    assert not MiseEnRelation.objects.exists()
    assert not MiseEnRelation.history.exists()
    assert apparier().paires_creees == 1


@pytest.mark.parametrize("qui", ["poste", "candidat"])
def test_ce_qui_change_pendant_le_calcul_n_est_pas_propose(monkeypatch, qui):
    """R46, R55: chosen on what was read without a lock; under the lock, a row edited meanwhile is left for later."""
    lignes = {"poste": PosteFactory(), "candidat": CandidatFactory()}
    verrouiller = ecriture.verrouiller

    def apres_une_modification(modele, cles):
        lignes[qui].save()
        return verrouiller(modele, cles)

    with monkeypatch.context() as patch:
        patch.setattr(ecriture, "verrouiller", apres_une_modification)
        assert apparier().paires_creees == 0
    assert apparier().paires_creees == 1


def test_une_date_qui_passe_clot_ce_qui_n_est_plus_possible():
    """R51, R55: undecided pairs end; what either side has decided stays."""
    poste = PosteFactory()
    indecise = MiseEnRelationFactory(poste=poste)
    interessee = MiseEnRelationFactory(poste=poste, interet_candidat_le=timezone.now())
    choisie = MiseEnRelationFactory(poste=poste, preselectionnee=True)
    plus_tard = timezone.localdate() + dt.timedelta(days=90)
    Candidat.objects.update(disponible_le=plus_tard)
    bilan = apparier()
    assert bilan.paires_closes == 1
    indecise.refresh_from_db()
    assert (indecise.etat, indecise.motif) == (_E.CADUQUE, MotifCloture.CRITERES)
    assert indecise.history.first().history_role == "systeme"
    assert adresses("propositions_closes") == [indecise.candidat.utilisateur.email]
    for paire in (interessee, choisie):
        etat = paire.etat
        paire.refresh_from_db()
        assert paire.etat == etat


@pytest.mark.parametrize("etat", [EtatPoste.RESERVE, EtatPoste.POURVU])
def test_un_poste_occupe_garde_ses_autres_candidats_jusqu_au_recrutement(etat):
    """R54: a validation may still fail; the others lapse at the recruitment only."""
    poste = PosteFactory()
    autre = MiseEnRelationFactory(poste=poste)
    MiseEnRelationFactory(poste=poste, validee=True)
    mettre_poste(poste, etat)
    assert apparier().paires_closes == 0
    autre.refresh_from_db()
    assert autre.etat == _E.NOUVELLE


def test_le_bilan_et_la_commande():
    """INTERFACES: the keys of the JSON document."""
    PosteFactory()
    for _ in range(4):
        CandidatFactory()
    sortie = StringIO()
    call_command("apparier", json=True, stdout=sortie)
    bilan = json.loads(sortie.getvalue())
    assert {c: bilan[c] for c in ("postes", "postes_a_pourvoir", "candidats", "paires_creees", "postes_avec_3")} == {
        "postes": 1,
        "postes_a_pourvoir": 1,
        "candidats": 4,
        "paires_creees": 3,
        "postes_avec_3": 1,
    }
    assert bilan["duree_s"] >= 0
    sortie = StringIO()
    call_command("apparier", stdout=sortie)
    assert "0 propositions créées" in sortie.getvalue()


def test_seuls_le_portail_et_l_anct_lancent_le_moteur(acteur):
    assert actions.apparier(acteur=acteur("anct")).paires_creees == 0
    for role in ("structure", "prefecture", "candidat", "visiteur"):
        with pytest.raises(AccesRefuse):
            actions.apparier(acteur=acteur(role))


def test_le_nombre_de_requetes_ne_depend_pas_du_nombre():
    """R55: read as columns, whatever the number of posts and candidates; the mails are what is counted per person."""

    def compter():
        with CaptureQueriesContext(
            connection,
        ) as requetes:
            actions.apparier(acteur=SYSTEME, annoncer=False)
        return len(requetes)

    for _ in range(2):
        PosteFactory()
        CandidatFactory()
    peu = compter()
    for _ in range(15):
        PosteFactory()
        CandidatFactory()
    assert compter() <= peu
