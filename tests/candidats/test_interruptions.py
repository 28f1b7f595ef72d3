"""Who is on the way to a post is said before it is returned, withdrawn or transferred (R29, R30, R49)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from candidats.enums import EtatEntretien
from candidats.models import Entretien
from portal.commun.affichage import moment
from portal.commun.roles import Role
from structures import interruptions
from structures.actions import decider, inscrire, inscrire_correction
from tests.candidats.factories import EntretienFactory, InvitationCandidatFactory, MiseEnRelationFactory
from tests.comptes.factories import acteur
from tests.structures.factories import (
    CandidatureFactory,
    ComiteFactory,
    PosteFactory,
    StructureFactory,
    candidature_de,
    membre,
)

pytestmark = pytest.mark.django_db
TITRE = "Des personnes sont concernées"


@pytest.fixture
def poste():
    """A proposal, an interview booked in three days, a person invited; and what does not count."""
    hier = timezone.localdate() - dt.timedelta(days=1)
    poste = PosteFactory(echeance_recrutement=hier, accorde_le=hier - dt.timedelta(days=70))
    MiseEnRelationFactory(poste=poste)
    MiseEnRelationFactory(poste=poste, entretien=True)
    for fini in ("ecartee", "declinee", "caduque"):
        MiseEnRelationFactory(poste=poste, **{fini: True})
    InvitationCandidatFactory(poste=poste)
    return poste


@pytest.fixture
def phrase(poste):
    debut = Entretien.objects.get().debut
    return (
        f"Poste n° {poste.numero} : 2 candidatures en cours seront closes, dont 1 avec un entretien prévu le "
        f"{moment(debut)} (les personnes seront prévenues par courriel) ; 1 invitation sans réponse sera annulée."
    )


def test_ce_que_dit_chaque_poste(poste, phrase, django_assert_num_queries):
    """R29, R49: in three queries, whatever the number of posts; a post that nobody is on the way to says nothing."""
    tranquille, autre = PosteFactory(structure=poste.structure), PosteFactory(structure=poste.structure)
    paire = MiseEnRelationFactory(poste=autre, entretien=True)
    with django_assert_num_queries(3):
        dites = interruptions.phrases([poste, tranquille, autre])
    prevu = moment(paire.entretiens.get().debut)
    assert dites == [
        phrase,
        f"Poste n° {autre.numero} : 1 candidature en cours sera close, avec l’entretien prévu le {prevu} "
        "(la personne sera prévenue par courriel).",
    ]
    assert interruptions.phrases([]) == interruptions.phrases([tranquille]) == []


def test_un_entretien_passe_ou_annule_n_est_plus_prevu(poste):
    """R52"""
    for champs in ({"debut": timezone.now() - dt.timedelta(hours=1)}, {"etat": EtatEntretien.ANNULE}):
        Entretien.objects.update(**champs)
        (dite,) = interruptions.phrases([poste])
        assert "entretien" not in dite and "2 candidatures en cours" in dite


def test_les_dates_d_une_proposition_sont_un_entretien(poste):
    """R52: three slots for one person are one interview to come, at its first date."""
    premier = Entretien.objects.get()
    communs = {"mise_en_relation": premier.mise_en_relation, "proposition": premier.proposition}
    for jours in (1, 2):
        EntretienFactory(debut=premier.debut + dt.timedelta(days=jours), **communs)
    (dite,) = interruptions.phrases([poste])
    assert f"dont 1 avec un entretien prévu le {moment(premier.debut)}" in dite


def test_plusieurs_entretiens_plusieurs_invitations(poste):
    premier = MiseEnRelationFactory(poste=poste, entretien=True).entretiens
    premier.update(debut=timezone.now() + dt.timedelta(hours=5))
    InvitationCandidatFactory(poste=poste)
    (dite,) = interruptions.phrases([poste])
    prevus = f"dont 2 avec un entretien prévu, le premier le {moment(premier.get().debut)}"
    assert f"3 candidatures en cours seront closes, {prevus}" in dite
    assert dite.endswith("2 invitations sans réponse seront annulées.")


def test_la_structure_le_lit_avant_de_rendre_ou_d_abandonner(poste, phrase, client_de):
    """R29: on the page of one post, of several, and of an application that is given up; said again after an error."""
    client = client_de(rattachement=membre(poste.structure))
    pages = [
        reverse("structures:rendre_poste", args=[poste.uuid]),
        reverse("structures:rendre_postes"),
        reverse("structures:candidature_abandonner", args=[poste.candidature.uuid]),
    ]
    for page in pages:
        for reponse in (client.get(page), client.post(page, {})):
            contenu = reponse.content.decode()
            assert TITRE in contenu and phrase in contenu, page


def test_l_anct_le_lit_avant_de_retirer_ou_de_transferer(poste, phrase, client_de):
    """R29, R30"""
    candidature_de(StructureFactory(), campagne=poste.campagne, activee=True)
    for verbe in ("retirer", "transferer"):
        page = reverse("admin:structures_poste_verbe", args=[poste.uuid, verbe])
        assert phrase in client_de("anct").get(page).content.decode(), verbe
    page = reverse("admin:structures_poste_verbe", args=[poste.uuid, "prolonger"])
    assert TITRE not in client_de("anct").get(page).content.decode()


def test_l_anct_le_lit_avant_de_cloturer_une_correction_ou_une_cession(client_de):
    """R26, R25, R29: the posts that the closing will really take, the last granted of the corrected application and
    the oldest of the structure that gives; not the others."""
    anct = acteur(Role.ANCT)
    garde = PosteFactory()
    retire = PosteFactory(structure=garde.structure, campagne=garde.campagne)
    pris = PosteFactory(campagne=garde.campagne)
    reste = PosteFactory(structure=pris.structure, campagne=garde.campagne)
    for poste in (garde, retire, pris, reste):
        MiseEnRelationFactory(poste=poste)
    comite = ComiteFactory(campagne=garde.campagne)
    ligne = inscrire_correction(acteur=anct, comite=comite, candidature=garde.candidature)
    decider(acteur=anct, ligne=ligne, decision="retenue", nb_postes=1, motif="Le nombre de postes est revu.")
    nouvelle = inscrire(
        acteur=anct, comite=comite, candidature=CandidatureFactory(deposee=True, campagne=garde.campagne)
    )
    decider(acteur=anct, ligne=nouvelle, decision="retenue", nb_postes=1, motif="", structure_cedante=pris.structure)
    page = reverse("admin:structures_comite_cloturer", args=[comite.uuid])
    client = client_de("anct")
    contenu = client.get(page).content.decode()
    assert TITRE in contenu
    dits = {poste: f"Poste n° {poste.numero} : 1 candidature" in contenu for poste in (garde, retire, pris, reste)}
    assert dits == {garde: False, retire: True, pris: True, reste: False}

    client.post(page)
    for poste in (garde, retire, pris, reste):
        poste.refresh_from_db()
    assert (garde.etat, retire.etat) == ("a_pourvoir", "retire")
    assert pris.structure == nouvelle.candidature.structure != reste.structure
