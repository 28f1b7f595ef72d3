"""The search of the CVthèque (R44, R46): who is in it, around which places, by which words, in which order."""

from __future__ import annotations

import datetime as dt
import math

import pytest
from django.http import QueryDict
from django.utils import timezone

from candidats import acces, cvtheque
from candidats.enums import Mobilite
from candidats.filtres import FiltresCvtheque
from candidats.models import Candidat, ResultatPix
from portal.territoires.distance import RAYON_TERRE_KM, distance_km
from portal.territoires.models import Commune
from portal.territoires.proximite import communes_proches
from structures.models import Poste
from tests.candidats.factories import CandidatFactory, ImportPixFactory, MiseEnRelationFactory
from tests.structures.factories import LieuExerciceFactory, PosteFactory, StructureFactory, acteur_de_structure, lieu

pytestmark = pytest.mark.django_db
MOULINS, YZEURE, VICHY, LYON = "03190", "03321", "03310", "69123"
BASTIA, NICE = "2B033", "06088"
SAINT_MARTIN, SAINT_BARTHELEMY = "97801", "97701"


@pytest.fixture
def structure():
    return StructureFactory()


def chercher(structure, **criteres):
    """The people found, in order, by an address as a browser writes it."""
    donnees = QueryDict(mutable=True)
    donnees.update(criteres)
    acteur = acteur_de_structure(structure)
    postes = Poste.objects.filter(structure=structure).a_pourvoir().select_related("structure__commune")
    filtres = FiltresCvtheque(donnees, acces.cvtheque_visible_par(acteur), structure, postes.order_by("numero"))
    resultats = filtres.resultats()
    assert resultats is not None, filtres.form.errors
    return resultats[0:100]


def a(code, **champs):
    return CandidatFactory(commune=lieu(code), **champs)


# --- who is in it ---------------------------------------------------------------------------------------------------


def test_seules_les_personnes_proposables_y_sont(structure):
    """R42, R46, R53: confirmed, available, active account, chosen by nobody."""
    libre = CandidatFactory()
    for trait in ("a_confirmer", "indisponible", "recrute", "retire"):
        CandidatFactory(**{trait: True})
    ferme = CandidatFactory()
    ferme.utilisateur.is_active = False
    ferme.utilisateur.save()
    MiseEnRelationFactory(validee=True)
    assert chercher(structure, rayon="france") == [libre]


def test_ce_qui_est_deja_lie_reste_visible_et_dit(structure):
    """What the structure already has is shown on the person, what another structure has is not."""
    poste = PosteFactory(structure=structure)
    ecartee = MiseEnRelationFactory(poste=poste, ecartee=True)
    ailleurs = MiseEnRelationFactory()
    close = MiseEnRelationFactory(poste=poste, caduque=True)
    contact = CandidatFactory(utilisateur__email=structure.contact_courriel.lower())
    trouves = chercher(structure, rayon="france")
    cvtheque.marquer(structure, trouves)
    liens = {candidat.pk: candidat.liens for candidat in trouves}
    assert liens == {ecartee.candidat_id: [ecartee], ailleurs.candidat_id: [], close.candidat_id: [], contact.pk: []}
    assert [candidat for candidat in trouves if candidat.de_la_structure] == [contact]


# --- where ----------------------------------------------------------------------------------------------------------


def test_le_rayon_comprend_sa_borne(structure):
    """R46: 20 km is within 20 km; a hair more is not."""
    centre = Commune.objects.get(pk=MOULINS)
    borne = centre.latitude + math.degrees(20 / RAYON_TERRE_KM)
    while distance_km(centre.latitude, centre.longitude, borne, centre.longitude) > 20:
        borne = math.nextafter(borne, 0)
    candidat = a(YZEURE)
    for latitude, trouve in ((borne, [candidat]), (borne + 1e-9, [])):
        Commune.objects.filter(pk=YZEURE).update(latitude=latitude, longitude=centre.longitude)
        assert chercher(structure, commune="Moulins (03000)", rayon="20") == trouve


def test_le_rayon_ne_traverse_pas_la_mer_france_entiere_si(structure):
    """Saint-Barthélemy is within 40 km of Saint-Martin, and nobody commutes between them."""
    voisin, sur_place = a(SAINT_BARTHELEMY), a(SAINT_MARTIN)
    assert chercher(structure, commune="Saint-Martin (97150)", rayon="100") == [sur_place]
    assert chercher(structure, commune="Saint-Martin (97150)", rayon="france") == [sur_place, voisin]


def test_france_entiere_du_plus_proche_meme_de_l_autre_cote_de_la_mer(structure):
    """The short way through the nearest communes gives what the long one would: the neighbour island comes first."""
    voisin = a(SAINT_BARTHELEMY)
    loin = [a(BASTIA) for _ in range(3)]
    resultats = cvtheque.Resultats(
        Candidat.objects.all(), cvtheque.centre_de(structure, None, lieu(SAINT_MARTIN)), "france", "distance"
    )
    assert resultats.cles(0, 1) == [voisin.pk]
    assert set(resultats.cles(0, 100)) == {voisin.pk, *(candidat.pk for candidat in loin)}


@pytest.mark.parametrize(
    ("code", "mobilite", "vient"),
    [
        (MOULINS, Mobilite.KM_5, True),
        (VICHY, Mobilite.KM_40, False),
        (VICHY, Mobilite.KM_100, True),
        (LYON, Mobilite.KM_100, False),
        (LYON, Mobilite.FRANCE, True),
        (BASTIA, Mobilite.FRANCE, True),
    ],
)
def test_qui_accepte_de_venir(structure, code, mobilite, vient):
    """R46: within the person's own mobility; « France entière » crosses everything."""
    candidat = a(code, mobilite_km=mobilite)
    assert (candidat in chercher(structure, rayon="mobilite")) is vient


def test_la_mobilite_comprend_sa_borne_et_s_arrete_a_la_mer(structure):
    """R46: distance equal to mobility; Saint-Barthélemy does not come to Saint-Martin below « France entière »."""
    centre = Commune.objects.get(pk=MOULINS)
    borne = centre.latitude + math.degrees(5 / RAYON_TERRE_KM)
    while distance_km(centre.latitude, centre.longitude, borne, centre.longitude) > 5:
        borne = math.nextafter(borne, 0)
    candidat = a(YZEURE, mobilite_km=5)
    for latitude, trouve in ((borne, [candidat]), (borne + 1e-9, [])):
        Commune.objects.filter(pk=YZEURE).update(latitude=latitude, longitude=centre.longitude)
        assert chercher(structure, commune="Moulins (03000)", rayon="mobilite") == trouve
    a(SAINT_BARTHELEMY, mobilite_km=Mobilite.KM_100)
    assert chercher(structure, commune="Saint-Martin (97150)", rayon="mobilite") == []


def test_autour_du_poste_c_est_autour_de_chacun_de_ses_lieux(structure):
    """R46: the nearest of the places of work, otherwise the seat."""
    lieux = [LieuExerciceFactory(structure=structure, commune=lieu(code)) for code in (VICHY, NICE)]
    poste, sans_lieu = PosteFactory(structure=structure, lieux=lieux), PosteFactory(structure=structure)
    moulins, vichy, nice = a(MOULINS), a(VICHY), a(NICE)
    trouves = chercher(structure, poste=str(poste.uuid), rayon="5")
    assert set(trouves) == {vichy, nice}
    assert {candidat.distance_km for candidat in trouves} == {0}
    assert chercher(structure, poste=str(sans_lieu.uuid), rayon="5") == [moulins]
    # A commune that is typed wins over the post.
    assert chercher(structure, poste=str(poste.uuid), commune="Moulins (03000)", rayon="5") == [moulins]


def test_la_premiere_visite_cherche_qui_viendrait_au_premier_poste_libre(structure):
    PosteFactory(structure=structure, pourvu=True)
    PosteFactory(structure=structure, lieux=[LieuExerciceFactory(structure=structure, commune=lieu(NICE))])
    nice = a(NICE)
    a(MOULINS)
    assert chercher(structure) == [nice]


def test_une_commune_sortie_de_la_liste_officielle_compte_encore():
    """People may still be registered where communes have merged."""
    Commune.objects.filter(pk=YZEURE).update(actuelle=False)
    assert YZEURE in communes_proches([Commune.objects.get(pk=MOULINS)], 10)


# --- what -----------------------------------------------------------------------------------------------------------


def test_la_date_comprend_son_jour(structure):
    jour = timezone.localdate() + dt.timedelta(days=30)
    juste = CandidatFactory(disponible_le=jour)
    CandidatFactory(disponible_le=jour + dt.timedelta(days=1))
    assert chercher(structure, disponible_au=jour.isoformat()) == [juste]


@pytest.mark.parametrize(
    ("critere", "champs"),
    [
        ("experience", {"experimente": True}),
        ("diplome", {"diplome_nomme": True}),
        ("coordination", {"coordination": True}),
    ],
)
def test_les_cases(structure, critere, champs):
    voulu = CandidatFactory(**champs)
    CandidatFactory()
    assert chercher(structure, **{critere: "on"}) == [voulu]
    assert len(chercher(structure)) == 2


@pytest.mark.parametrize(
    ("mots", "trouve"),
    [
        ("médiation", True),
        ("MEDIATION", True),
        ("mediations numeriques", True),
        ("aîné", True),
        ("coeur", True),
        ("l’école à distance", True),
        ("bibliothécaire", False),
        ("médiation cuisine", False),
        ("titre REMN", True),
    ],
)
def test_les_mots_pardonnent_accents_casse_et_terminaisons(structure, mots, trouve):
    candidat = CandidatFactory(
        motivation="De tout CŒUR : ateliers de MÉDIATION numérique pour les aînés, et l’école à distance.",
        diplome_nomme=True,
    )
    assert chercher(structure, q=mots) == ([candidat] if trouve else [])


def test_le_texte_cherche_suit_ce_qui_est_ecrit(structure):
    """Kept by the database, whatever writes the row: a bulk change is found too."""
    candidat = CandidatFactory(motivation="Un potager.")
    Candidat.objects.filter(pk=candidat.pk).update(motivation="Une forge.")
    assert chercher(structure, q="potager") == []
    assert chercher(structure, q="forges") == [candidat]


# --- in which order -------------------------------------------------------------------------------------------------


def test_les_tris(structure):
    jour = timezone.localdate()
    vichy = a(VICHY, disponible_le=jour, mobilite_km=100)
    yzeure = a(YZEURE, disponible_le=jour + dt.timedelta(days=9))
    moulins = a(MOULINS, disponible_le=jour + dt.timedelta(days=3), experimente=True)
    assert chercher(structure) == [moulins, yzeure, vichy]
    assert chercher(structure, tri="disponibilite") == [vichy, moulins, yzeure]
    assert chercher(structure, tri="inscription") == [moulins, yzeure, vichy]
    assert chercher(structure, tri="experience")[0] == moulins


def test_au_dela_de_la_borne_le_compte_dit_plus_de(structure, monkeypatch):
    """Exact up to the bound; nothing is paged nor exported beyond it."""
    monkeypatch.setattr(cvtheque, "RESULTATS_MAX", 3)
    centre = cvtheque.centre_de(structure)

    def resultats():
        return cvtheque.Resultats(Candidat.objects.all(), centre, "france", "inscription")

    for nombre, en_trop in ((3, False), (4, True)):
        while Candidat.objects.count() < nombre:
            CandidatFactory()
        assert (len(resultats()), resultats().en_trop) == (3, en_trop)
    assert len(resultats().cles(0, 50)) == 3


def test_les_resultats_pix(structure):
    """R45: who shares, and from which level on; a result that is no longer in force says nothing."""

    def partage(niveau, en_vigueur=True):
        candidat = CandidatFactory(pix_consenti=True, pix_partage=en_vigueur)
        ResultatPix.objects.create(
            candidat=candidat,
            import_pix=ImportPixFactory(),
            campagne_cle="id-7",
            partage_le=timezone.now(),
            niveau=niveau,
            niveau_max=3 if niveau else None,
            en_vigueur=en_vigueur,
        )
        return candidat

    CandidatFactory()
    sans_palier, debutant, avance = partage(None), partage(1), partage(3)
    partage(3, en_vigueur=False)
    attendus = {"": 5, "0": {sans_palier, debutant, avance}, "1": {debutant, avance}, "2": {avance}, "3": {avance}}
    for valeur, personnes in attendus.items():
        trouves = chercher(structure, rayon="france", pix=valeur)
        assert len(trouves) == personnes if valeur == "" else set(trouves) == personnes, valeur
