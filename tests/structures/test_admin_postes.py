"""Posts, campaigns and structures in the administration (R15, R24, R27, R30, §4)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from structures.enums import EtatCampagne, EtatPoste
from structures.models import Campagne, Poste, Structure
from tests.comptes.factories import InvitationFactory
from tests.structures.factories import (
    CampagneFactory,
    CandidatureFactory,
    LieuExerciceFactory,
    PosteFactory,
    StructureFactory,
    lieu,
    membre,
)

pytestmark = pytest.mark.django_db
HIER = dt.timedelta(days=1)


def page(objet, verbe=None):
    nom = f"admin:structures_{objet._meta.model_name}"
    return reverse(f"{nom}_verbe", args=[objet.uuid, verbe]) if verbe else reverse(f"{nom}_change", args=[objet.uuid])


def liste(modele):
    return reverse(f"admin:structures_{modele._meta.model_name}_changelist")


def texte(reponse):
    return unescape(reponse.content.decode()).replace("\xa0", " ").replace("\u202f", " ")


def trouves(reponse):
    return {objet.pk for objet in reponse.context["cl"].result_list}


@pytest.fixture
def anct(client_de):
    return client_de("anct")


def poste_en_retard(**champs):
    avant = timezone.localdate() - dt.timedelta(days=90)
    return PosteFactory(accorde_le=avant, echeance_recrutement=timezone.localdate() - HIER, **champs)


# --- posts ----------------------------------------------------------------------------------------------------------


def test_la_liste_des_postes_en_retard(anct):
    """R30: past its deadline and not filled; the deadline's day itself is still in time."""
    aujourdhui = timezone.localdate()
    libre, reserve = poste_en_retard(), poste_en_retard(reserve=True)
    poste_en_retard(pourvu=True)
    poste_en_retard(rendu=True)
    jour_meme = PosteFactory(echeance_recrutement=aujourdhui)
    bientot = PosteFactory(echeance_recrutement=aujourdhui + dt.timedelta(days=15))
    PosteFactory(echeance_recrutement=aujourdhui + dt.timedelta(days=16))
    assert trouves(anct.get(liste(Poste), {"echeance": "depassee"})) == {libre.pk, reserve.pk}
    assert trouves(anct.get(liste(Poste), {"echeance": "quinze-jours"})) == {jour_meme.pk, bientot.pk}


def test_prolonger_le_delai(anct):
    """R1, R30: with a reason; refused next to the field otherwise."""
    poste = poste_en_retard()
    echeance = timezone.localdate() + dt.timedelta(days=30)
    for donnees, champ in (
        ({"echeance": echeance.isoformat(), "motif": ""}, "motif"),
        ({"echeance": "", "motif": "Le recrutement est en cours."}, "echeance"),
        ({"echeance": poste.echeance_recrutement.isoformat(), "motif": "Le recrutement est en cours."}, "echeance"),
    ):
        reponse = anct.post(page(poste, "prolonger"), donnees)
        assert champ in reponse.context["form"].errors
    donnees = {"echeance": echeance.isoformat(), "motif": "Le recrutement est en cours."}
    reponse = anct.post(page(poste, "prolonger"), donnees, follow=True)
    poste.refresh_from_db()
    assert poste.echeance_recrutement == echeance
    assert "Le recrutement est en cours." in texte(reponse)
    assert "échéance dépassée" not in texte(reponse)


def test_retirer_un_poste_en_retard(anct):
    """R30: after a confirmation, with a reason; the envelope has it back (R15)."""
    poste = poste_en_retard()
    assert "On ne peut pas revenir en arrière" in texte(anct.get(page(poste, "retirer")))
    assert "motif" in anct.post(page(poste, "retirer"), {"motif": ""}).context["form"].errors
    anct.post(page(poste, "retirer"), {"motif": "Aucun recrutement malgré deux relances."})
    assert Poste.objects.get(pk=poste.pk).etat == EtatPoste.RETIRE


def test_un_poste_dans_les_temps_ne_se_retire_pas(anct):
    """R30"""
    poste = PosteFactory()
    assert "Retirer le poste" not in texte(anct.get(page(poste)))
    reponse = anct.post(page(poste, "retirer"), {"motif": "Sans raison valable."})
    assert "délai de recrutement court" in texte(reponse)
    assert Poste.objects.get(pk=poste.pk).etat == EtatPoste.A_POURVOIR


@pytest.mark.parametrize("role", ["prefecture", "sgar"])
def test_les_territoires_lisent_les_postes_sans_y_toucher(client_de, role):
    """§2, R30"""
    poste, ailleurs = poste_en_retard(), PosteFactory(structure=StructureFactory(commune=lieu("75056")))
    client = client_de(role)
    assert trouves(client.get(liste(Poste))) == {poste.pk}
    assert "Prolonger" not in texte(client.get(page(poste)))
    for verbe in ("prolonger", "retirer"):
        assert client.post(page(poste, verbe), {"motif": "Essai d’une autre main."}).status_code == 403
    assert client.get(page(ailleurs)).status_code == 404


def test_export_et_recherche_des_postes(anct):
    poste = PosteFactory(structure=StructureFactory(nom="Communauté du Bocage", nom_normalise="communaute du bocage"))
    PosteFactory()
    for terme in (str(poste.numero), "bocage", "BOCAGE communaute", poste.structure.siret):
        assert trouves(anct.get(liste(Poste), {"q": terme})) == {poste.pk}
    csv = anct.get(reverse("admin:structures_poste_export", args=["csv"]), {"q": "bocage"}).content.decode("utf-8-sig")
    assert len(csv.splitlines()) == 2
    assert "Communauté du Bocage" in csv


# --- campaigns ------------------------------------------------------------------------------------------------------

CAMPAGNE = {
    "nom": "Structures publiques 2027",
    "code": "public-2027",
    "regime": "ami-public-2020",
    "ouvre_le": "2027-01-04",
    "ferme_le": "",
    "enveloppe_postes": "100",
    "enveloppe_montant": "5 000 000,00",
    "horloge": "",
}


def test_creer_ouvrir_et_fermer_une_campagne(anct):
    """§4, R15"""
    adresse = reverse("admin:structures_campagne_add")
    reponse = anct.post(adresse, {**CAMPAGNE, "ferme_le": "2026-01-01"})
    assert "ferme_le" in reponse.context["form"].errors
    assert "Structures publiques 2027" in texte(reponse)
    anct.post(adresse, CAMPAGNE)
    campagne = Campagne.objects.get(code="public-2027")
    assert campagne.enveloppe_montant == Decimal("5000000.00")
    anct.post(page(campagne, "ouvrir"))
    assert Campagne.objects.get(pk=campagne.pk).etat == EtatCampagne.OUVERTE
    anct.post(page(campagne, "fermer"))
    assert Campagne.objects.get(pk=campagne.pk).etat == EtatCampagne.FERMEE


def test_modifier_l_enveloppe_d_une_campagne(anct):
    """R15: never under what is granted."""
    campagne = PosteFactory().campagne
    donnees = {k: v for k, v in CAMPAGNE.items() if k not in ("code", "regime")}
    reponse = anct.post(page(campagne, "modifier"), {**donnees, "enveloppe_postes": "0"})
    assert "enveloppe_postes" in reponse.context["form"].errors
    anct.post(page(campagne, "modifier"), {**donnees, "horloge": "signature_convention"})
    campagne = Campagne.objects.get(pk=campagne.pk)
    assert (campagne.enveloppe_postes, campagne.horloge) == (100, "signature_convention")
    contenu = texte(anct.get(page(campagne)))
    assert "1 sur 100" in contenu
    assert "99 postes, 4 950 000,00 €" in contenu
    assert "signature de la convention" in contenu


def test_les_campagnes_sont_a_l_anct(client_de):
    """§2"""
    campagne = CampagneFactory()
    for role in ("prefecture", "sgar"):
        client = client_de(role)
        assert client.get(liste(Campagne)).status_code == 403
        assert client.get(page(campagne)).status_code in (403, 404)
        assert client.get(reverse("admin:structures_campagne_add")).status_code == 403
    support = client_de("support")
    assert support.get(page(campagne)).status_code == 200
    assert support.post(page(campagne, "fermer")).status_code == 403


# --- structures -----------------------------------------------------------------------------------------------------


def test_la_page_d_une_structure(client_de):
    """R24, R27: facts, posts, places, who has an account, who is invited."""
    structure = PosteFactory(structure=StructureFactory(zone_rurale=True)).structure
    LieuExerciceFactory(structure=structure, nom="Médiathèque du centre")
    compte = membre(structure).utilisateur
    InvitationFactory(organisation=structure.organisation, courriel="invitee@exemple.fr")
    contenu = texte(client_de("prefecture").get(page(structure)))
    for attendu in (
        "Zone de revitalisation rurale",
        "Médiathèque du centre",
        f"n° {structure.postes.get().numero}",
        str(compte),
        "invitee@exemple.fr",
        structure.siret,
    ):
        assert attendu in contenu


def test_structures_du_perimetre(client_de):
    """§2"""
    ici, ailleurs = StructureFactory(), StructureFactory(commune=lieu("75056"))
    client = client_de("sgar")
    assert trouves(client.get(liste(Structure))) == {ici.pk}
    assert client.get(page(ailleurs)).status_code == 404
    assert client.post(page(ici, "faits"), {"faits": ["zone_rurale"]}).status_code == 403
    csv = client.get(reverse("admin:structures_structure_export", args=["csv"])).content.decode("utf-8-sig")
    assert len(csv.splitlines()) == 2


def test_filtrer_les_structures_a_activer(anct):
    """R27"""
    activee, a_activer = StructureFactory(), StructureFactory(a_activer=True)
    assert trouves(anct.get(liste(Structure), {"activee_le__isempty": "1"})) == {a_activer.pk}
    assert trouves(anct.get(liste(Structure), {"activee_le__isempty": "0"})) == {activee.pk}


# --- all of them ----------------------------------------------------------------------------------------------------


def test_nombre_de_requetes_constant(anct):
    """The same for lists of 10 and of 40 rows."""

    def requetes():
        nombres = []
        for modele in (Poste, Campagne, Structure):
            with CaptureQueriesContext(connection) as contexte:
                assert anct.get(liste(modele), {"all": ""}).status_code == 200
            nombres.append(len(contexte))
        return nombres

    for _ in range(10):
        PosteFactory(campagne=CampagneFactory())
    requetes()
    avant = requetes()
    for _ in range(30):
        PosteFactory(campagne=CampagneFactory())
    assert requetes() == avant


def test_la_page_d_accueil_ne_propose_que_ce_qui_se_lit(client_de):
    """§2: no dead entry; the lines of committees are read on their page."""
    CandidatureFactory(deposee=True)
    attendu = {
        "anct": {
            "Campagnes",
            "Candidatures",
            "Changements d’établissement",
            "Comités",
            "Demandes de postes",
            "Faits prioritaires",
            "Postes",
            "Structures",
        },
        "prefecture": {"Candidatures", "Comités", "Demandes de postes", "Postes", "Structures"},
    }
    for role, modeles in attendu.items():
        applications = client_de(role).get(reverse("admin:index")).context["app_list"]
        structures = next(app for app in applications if app["app_label"] == "structures")
        assert {str(modele["name"]) for modele in structures["models"]} == modeles


def test_un_poste_reserve_en_retard_se_prolonge_aussi(anct):
    """R30: a person is validated, the contract is not signed; the overdue post that ANCT is shown can be acted upon."""
    demain = timezone.localdate() + dt.timedelta(days=1)
    poste = PosteFactory(reserve=True, echeance_recrutement=timezone.localdate() - dt.timedelta(days=3))
    assert "Prolonger le délai" in texte(anct.get(page(poste)))
    anct.post(page(poste, "prolonger"), {"echeance": demain.isoformat(), "motif": "Le contrat se signe demain."})
    poste.refresh_from_db()
    assert (poste.echeance_recrutement, poste.etat) == (demain, "reserve")
    assert "Prolonger le délai" not in texte(anct.get(page(PosteFactory(pourvu=True))))
