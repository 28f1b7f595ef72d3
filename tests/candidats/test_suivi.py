"""What surrounds the pairs: the line of the posts, the reminders, the invariants, the administration."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from candidats import coherence, parcours, rappels
from candidats.enums import EtatCandidat
from candidats.models import Candidat, Entretien, MiseEnRelation
from portal.commun.dates import UN_JOUR
from structures.enums import EtatPoste
from structures.models import Poste
from structures.parcours import situations
from tests.candidats.factories import CandidatFactory, MiseEnRelationFactory, mettre_poste
from tests.candidats.outils import adresses, courriels, verifier_coherence_candidats
from tests.structures.factories import PosteFactory, StructureFactory, acteur_de_structure

pytestmark = pytest.mark.django_db


# --- the line of the posts (DOMAIN §3) ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trait", "etape", "libelle", "suite"),
    [
        (None, 3, "Recherche de candidats", "Nous vous écrivons"),
        ("nouvelle", 3, "1 profil proposé", "Examiner les profils proposés"),
        ("preselectionnee", 4, "1 profil présélectionné", "Proposer un entretien"),
        ("entretien", 4, "1 personne en entretien", "Entretien le"),
        ("validee", 5, "Candidat validé", "Constituer le dossier de subvention"),
    ],
)
def test_ou_en_est_le_poste(trait, etape, libelle, suite):
    poste = PosteFactory()
    if trait:
        MiseEnRelationFactory(poste=poste, **({trait: True} if trait != "nouvelle" else {}))
    situation = parcours.fournir([poste], acteur_de_structure(poste.structure))[poste.pk]
    assert (situation.etape, situation.libelle) == (etape, libelle)
    assert situation.suite.startswith(suite)
    assert str(poste.uuid) in situation.url


def test_un_delai_depasse_se_voit():
    poste = PosteFactory(echeance_recrutement=timezone.localdate() - UN_JOUR)
    MiseEnRelationFactory(poste=poste)
    situation = parcours.fournir([poste], acteur_de_structure(poste.structure))[poste.pk]
    assert situation.en_retard
    assert situation.qui == "Vous"


def test_un_poste_fini_ou_non_active_n_est_pas_a_nous(acteur):
    postes = [PosteFactory(rendu=True), PosteFactory(pourvu=True), PosteFactory(a_activer=True)]
    assert parcours.fournir(postes, acteur("anct")) == {}


def test_le_fil_ne_coute_pas_une_requete_par_poste(django_assert_num_queries):
    structure = StructureFactory()
    postes = [PosteFactory(structure=structure) for _ in range(6)]
    for poste in postes:
        MiseEnRelationFactory(poste=poste, entretien=True)
    acteur = acteur_de_structure(structure)
    with django_assert_num_queries(2):
        assert len(parcours.fournir(postes, acteur)) == 6
    assert set(situations(postes, acteur)) == {poste.pk for poste in postes}


# --- reminders ------------------------------------------------------------------------------------------------------


def test_l_entretien_de_demain_est_rappele_une_fois():
    """R52: to both sides, the day before."""
    paire = MiseEnRelationFactory(entretien=True)
    Entretien.objects.update(debut=timezone.now() + UN_JOUR)
    aujourdhui = timezone.localdate()
    assert rappels.rappeler_entretiens(aujourdhui) == 2
    assert rappels.rappeler_entretiens(aujourdhui) == 0
    assert adresses("entretien_demain") == [paire.candidat.utilisateur.email]
    assert adresses("entretien_demain_structure") == [paire.poste.structure.contact_courriel]


def test_les_propositions_sans_reponse_sont_rappelees_une_fois():
    """S4: fifteen days to select, indicative; one mail per structure, each candidate once, late runs included."""
    structure = StructureFactory()
    paires = [MiseEnRelationFactory(poste=PosteFactory(structure=structure)) for _ in range(2)]
    MiseEnRelation.objects.filter(pk=paires[0].pk).update(cree_le=timezone.now() - dt.timedelta(days=16))
    aujourdhui = timezone.localdate()
    assert rappels.rappeler_propositions(aujourdhui) == 1
    assert rappels.rappeler_propositions(aujourdhui) == 0
    (courriel,) = courriels("propositions_en_attente")
    assert str(paires[0].candidat) in courriel.message
    assert str(paires[1].candidat) not in courriel.message
    assert rappels.rappeler_propositions(aujourdhui + dt.timedelta(days=15)) == 1


# --- invariants -----------------------------------------------------------------------------------------------------


def test_les_fabriques_sont_coherentes():
    """What the other tests start from breaks no invariant."""
    for trait in ("preselectionnee", "entretien", "validee", "recrutee", "ecartee", "declinee", "caduque", "manuelle"):
        MiseEnRelationFactory(**{trait: True})
    for trait in ("a_confirmer", "indisponible", "retire", "coordination", "partout"):
        CandidatFactory(**{trait: True})
    verifier_coherence_candidats()


def _nombre(resultat):
    return resultat if isinstance(resultat, int) else resultat.count()


def _trop_par_poste():
    poste = PosteFactory()
    for _ in range(4):
        MiseEnRelationFactory(poste=poste)


def _trop_par_candidat():
    candidat = CandidatFactory()
    for _ in range(11):
        MiseEnRelationFactory(candidat=candidat)


def _parti():
    MiseEnRelationFactory()
    Candidat.objects.update(etat=EtatCandidat.RETIRE)


def _poste_libere_a_la_main():
    mettre_poste(MiseEnRelationFactory(validee=True).poste, EtatPoste.A_POURVOIR)


def _poste_retire_a_la_main():
    MiseEnRelationFactory()
    Poste.objects.update(etat=EtatPoste.RENDU, motif_fin="Essai")


def _hors_de_portee():
    MiseEnRelationFactory(distance_km=41)


def _sans_explication():
    MiseEnRelationFactory(explication=[])


def _entretien_orphelin():
    MiseEnRelationFactory(entretien=True)
    MiseEnRelation.objects.update(etat="ecartee", motif="profil")


def _recrute_sans_candidature():
    CandidatFactory(recrute=True)


def _sans_role():
    CandidatFactory(role=False)


def _structure_inactive():
    MiseEnRelationFactory(poste__a_activer=True)


@pytest.mark.parametrize(
    ("casser", "controle"),
    [
        (_trop_par_poste, coherence.trois_par_poste),
        (_trop_par_candidat, coherence.dix_par_candidat),
        (_parti, coherence.partis_sans_proposition),
        (_poste_libere_a_la_main, coherence.validee_et_poste),
        (_poste_retire_a_la_main, coherence.postes_fermes),
        (_hors_de_portee, coherence.distance_dans_la_mobilite),
        (_sans_explication, coherence.expliquee),
        (_entretien_orphelin, coherence.entretiens_ouverts),
        (_recrute_sans_candidature, coherence.recrute_et_recrutee),
        (_sans_role, coherence.role_de_candidat),
        (_structure_inactive, coherence.structure_activee),
    ],
)
def test_chaque_invariant_sait_echouer(casser, controle):
    """R46 to R54: each invariant sees what it is there for."""
    assert _nombre(controle()) == 0
    casser()
    assert _nombre(controle()) > 0


# --- administration -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("modele", ["candidat", "miseenrelation", "entretien", "evaluation", "invitationcandidat"])
def test_l_administration_est_pour_l_anct_et_le_support(client_de, modele):
    """DOMAIN §2: read only; prefectures and SGAR read nobody by name."""
    MiseEnRelationFactory(entretien=True)
    adresse = f"/admin/candidats/{modele}/"
    assert client_de("anct").get(adresse).status_code == 200
    for role in ("prefecture", "sgar"):
        assert client_de(role).get(adresse).status_code == 403
    assert client_de("anct").get(f"{adresse}add/").status_code == 403


def test_les_doublons_probables_se_voient(client_de):
    """R43: same names, whatever the case, and same birth date."""
    homonymes = [
        CandidatFactory(utilisateur__prenom=prenom, utilisateur__nom=nom)
        for prenom, nom in (("Léa", "Petit"), ("LÉA", "petit"))
    ]
    autre = CandidatFactory(utilisateur__prenom="Léa", utilisateur__nom="Petit", date_naissance=dt.date(1980, 1, 1))
    page = client_de("anct").get("/admin/candidats/candidat/", {"doublons": "oui"}).content.decode()
    for candidat in homonymes:
        assert f"/admin/candidats/candidat/{candidat.pk}/change/" in page
    assert f"/admin/candidats/candidat/{autre.pk}/change/" not in page
