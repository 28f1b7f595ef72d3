"""What is done to an application in the administration: opinion, hand-back, facts, activation (R24, R25, R27, R31)."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from structures.enums import EtatCandidature
from structures.models import Avis, Candidature, Structure
from tests.structures.factories import (
    AvisFactory,
    CandidatureFactory,
    PosteFactory,
    StructureFactory,
    lieu,
)
from tests.structures.outils_admin import COMMENTAIRE, LISTE, avis, page, texte

pytestmark = pytest.mark.django_db


@pytest.fixture
def allier():
    return CandidatureFactory(deposee=True, nom="Commune de Moulins")


@pytest.fixture
def puy_de_dome():
    return CandidatureFactory(deposee=True, nom="Ville de Clermont", commune=lieu("63113"))


# --- opinion --------------------------------------------------------------------------------------------------------


def test_rendre_puis_modifier_un_avis(client_de, allier):
    """R25: the form comes back with the opinion in force."""
    client = client_de("prefecture")
    reponse = client.post(page(allier, "avis"), avis(), follow=True)
    assert reponse.redirect_chain[-1][0] == page(allier)
    assert "L’avis sur la candidature" in texte(reponse)
    assert COMMENTAIRE in texte(client.get(page(allier, "avis")))
    client.post(page(allier, "avis"), avis(sens="reserve", commentaire="Le budget reste à confirmer."))
    assert list(allier.avis.order_by("version").values_list("sens", "en_vigueur")) == [
        ("favorable", False),
        ("reserve", True),
    ]


@pytest.mark.parametrize(
    ("champs", "champ", "message"),
    [
        ({"commentaire": ""}, "commentaire", "Remplissez ce champ"),
        ({"commentaire": "court"}, "commentaire", "10"),
        ({"commentaire": "x" * 1001}, "commentaire", "1000"),
        ({"sens": ""}, "sens", "Choisissez"),
        ({"nb_postes": "0"}, "nb_postes", "au moins un poste"),
        ({"nb_postes": "beaucoup"}, "nb_postes", "nombre"),
        ({"rang": "0"}, "rang", "1"),
    ],
)
def test_avis_refuse_a_cote_du_champ_sans_rien_perdre(client_de, allier, champs, champ, message):
    """R25"""
    reponse = client_de("prefecture").post(page(allier, "avis"), avis(**champs))
    assert reponse.status_code == 200
    assert message in " ".join(reponse.context["form"].errors[champ])
    if champ != "commentaire":
        assert COMMENTAIRE in texte(reponse)
    assert not Avis.objects.exists()


def test_un_avis_rendu_se_modifie(client_de, allier):
    """R25: the button, the page and its breadcrumb say which of the two it is, in every list."""
    client = client_de("prefecture")
    listes = (reverse(LISTE), reverse("admin:structures_candidature_concertation"), page(allier))
    for attendu, absent in (("Rendre un avis", "Modifier l’avis"), ("Modifier l’avis", "Rendre un avis")):
        for adresse in listes:
            contenu = texte(client.get(adresse))
            assert f">{attendu}<" in contenu
            assert absent not in contenu
        contenu = texte(client.get(page(allier, "avis")))
        liens = re.findall(r'<a class="fr-breadcrumb__link"[^>]*>([^<]+)</a>', contenu)
        assert liens == ["Accueil", "Candidatures", str(allier), attendu]
        assert f'href="{page(allier)}">{allier}</a>' in contenu
        client.post(page(allier, "avis"), avis())
        allier.refresh_from_db()


def test_la_structure_cedante_se_choisit_parmi_celles_du_departement(client_de, allier, puy_de_dome):
    """R25"""
    cedante = PosteFactory().structure
    ailleurs = PosteFactory(structure=StructureFactory(commune=lieu("63113"))).structure
    sans_poste = StructureFactory()
    client = client_de("prefecture")
    choix = client.get(page(allier, "avis")).context["form"].fields["structure_cedante"].queryset
    assert set(choix) == {cedante}
    reponse = client.post(page(allier, "avis"), avis(structure_cedante=ailleurs.pk))
    assert "structure_cedante" in reponse.context["form"].errors
    reponse = client.post(page(allier, "avis"), avis(structure_cedante=sans_poste.pk))
    assert "structure_cedante" in reponse.context["form"].errors
    client.post(page(allier, "avis"), avis(structure_cedante=cedante.pk))
    assert allier.avis.get().structure_cedante == cedante


def test_le_formulaire_rappelle_la_demande_les_faits_et_la_densite(client_de, allier):
    """R24"""
    Structure.objects.filter(pk=allier.structure_id).update(petites_villes_de_demain=True)
    PosteFactory()
    contenu = texte(client_de("prefecture").get(page(allier, "avis")))
    assert "demande 2 postes" in contenu
    assert "Petites Villes de Demain" in contenu
    assert "1 dans le département" in contenu


def test_un_avis_trop_tard_est_refuse_avec_la_raison(client_de):
    """R25: the button is not shown, the verb refuses."""
    candidature = CandidatureFactory(retenue=True)
    client = client_de("prefecture")
    assert "Rendre un avis" not in texte(client.get(page(candidature)))
    reponse = client.post(page(candidature, "avis"), avis())
    assert "ne peut plus être rendu" in texte(reponse)
    assert not Avis.objects.exists()


def test_un_rang_deja_donne_est_signale(client_de, allier):
    """R25"""
    AvisFactory(candidature=CandidatureFactory(deposee=True, campagne=allier.campagne, nom="La première"), rang=1)
    reponse = client_de("prefecture").post(page(allier, "avis"), avis(), follow=True)
    assert "Le rang 1 est aussi donné à" in texte(reponse)
    assert "La première" in texte(reponse)


# --- hand-back, facts, activation -----------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["prefecture", "anct"])
def test_rendre_pour_correction(client_de, allier, role):
    """R31"""
    client = client_de(role)
    reponse = client.post(page(allier, "correction"), {"motif": "court"})
    assert "motif" in reponse.context["form"].errors
    client.post(page(allier, "correction"), {"motif": "Précisez les lieux d’exercice."})
    assert Candidature.objects.get(pk=allier.pk).etat == EtatCandidature.A_CORRIGER


def test_renseigner_les_faits_prioritaires(client_de, allier):
    """R24"""
    client = client_de("prefecture")
    client.post(page(allier, "faits"), {"faits": ["quartier_prioritaire"]})
    structure = Structure.objects.get(pk=allier.structure_id)
    assert structure.quartier_prioritaire
    assert client.get(page(allier, "faits")).context["form"].initial["faits"] == ["quartier_prioritaire"]


def test_activer_depuis_la_page_apres_confirmation(client_de):
    """R27: a GET changes nothing."""
    candidature = CandidatureFactory(retenue=True)
    client = client_de("anct")
    assert "aura accès à son espace" in texte(client.get(page(candidature, "activer")))
    assert Candidature.objects.get(pk=candidature.pk).etat == EtatCandidature.RETENUE
    client.post(page(candidature, "activer"))
    assert Candidature.objects.get(pk=candidature.pk).etat == EtatCandidature.ACTIVEE


def test_la_prefecture_n_active_pas(client_de):
    """R27"""
    candidature = CandidatureFactory(retenue=True)
    assert client_de("prefecture").post(page(candidature, "activer")).status_code == 403
    assert client_de("prefecture").post(
        reverse(LISTE), {"action": "activer_selection", "_selected_action": [candidature.pk], "confirmer": "1"}
    ).status_code in (200, 302)
    assert Candidature.objects.get(pk=candidature.pk).etat == EtatCandidature.RETENUE


def test_activer_plusieurs_structures_apres_confirmation(client_de):
    """R27: what can be is activated, the rest is told one by one."""
    retenues = [CandidatureFactory(retenue=True) for _ in range(3)]
    refusee = CandidatureFactory(refusee=True)
    client = client_de("anct")
    choix = {"action": "activer_selection", "_selected_action": [c.pk for c in [*retenues, refusee]]}
    confirmation = texte(client.post(reverse(LISTE), choix))
    assert "Activer 3 structures" in confirmation
    assert "ne peuvent pas être activées" in confirmation
    assert not Candidature.objects.filter(etat=EtatCandidature.ACTIVEE).exists()
    reponse = texte(client.post(reverse(LISTE), {**choix, "confirmer": "1"}, follow=True))
    assert "3 structures activées" in reponse
    assert f"Candidature n° {refusee.numero}" in reponse
    assert Candidature.objects.filter(etat=EtatCandidature.ACTIVEE).count() == 3


def test_l_historique_dit_qui_quand_et_pourquoi(client_de, allier):
    """R110"""
    client = client_de("prefecture")
    client.post(page(allier, "correction"), {"motif": "Précisez les lieux d’exercice."})
    contenu = texte(client.get(page(allier)))
    assert "À examiner → Rendue pour correction" in contenu
    assert str(client.utilisateur) in contenu
    assert client.get(reverse("admin:structures_candidature_history", args=[allier.uuid])).status_code == 200


def test_le_support_lit_sans_agir(client_de, allier):
    """§2"""
    client = client_de("support")
    assert client.get(page(allier)).status_code == 200
    assert client.post(page(allier, "correction"), {"motif": "Précisez les lieux d’exercice."}).status_code == 403
