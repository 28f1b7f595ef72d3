"""The structure's space and the follow-up by link: what each page shows, who may open it, what it costs."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from structures.enums import EtatCandidature, EtatPoste
from structures.models import Poste
from structures.suivi_candidature import lien_suivi
from tests.structures.factories import (
    CampagneFactory,
    CandidatureFactory,
    LieuExerciceFactory,
    LigneComiteFactory,
    PosteFactory,
    StructureFactory,
    candidature_de,
    lieu,
    membre,
)
from tests.structures.outils_candidature import reponses

pytestmark = pytest.mark.django_db


@pytest.fixture
def structure(db):
    return StructureFactory(nom="Commune de Moulins")


@pytest.fixture
def client_structure(client_de, structure):
    return client_de(rattachement=membre(structure))


def page(client, nom, *args):
    reponse = client.get(reverse(f"structures:{nom}", args=args))
    assert reponse.status_code == 200
    return reponse.content.decode()


def suivi_de(candidature):
    return lien_suivi(candidature).removeprefix("http://testserver")


# --- home -----------------------------------------------------------------------------------------------------------


def test_l_accueil_dit_ou_en_est_chaque_poste(client_structure, structure):
    """DOMAIN §3: where it stands, what is next, who must act, by when; late first."""
    tranquille = PosteFactory(structure=structure)
    presse = PosteFactory(
        structure=structure,
        campagne=tranquille.campagne,
        echeance_recrutement=timezone.localdate() - dt.timedelta(days=3),
    )
    contenu = page(client_structure, "espace")
    assert contenu.count("Étape 3 sur 9 : Propositions de candidats") == 2
    assert "· échéance : " in contenu and "Délai dépassé" in contenu
    assert contenu.index(f"Poste n° {presse.numero}") < contenu.index(f"Poste n° {tranquille.numero}")


def test_l_accueil_mene_a_sa_candidature_retenue_et_aux_donnees_legales(client_structure, structure):
    """R21, §3: once activated, the application is still read, and what the portal holds of the structure is one click
    away."""
    candidature = PosteFactory(structure=structure).candidature
    contenu = page(client_structure, "espace")
    assert "Ma candidature retenue" in contenu and structure.identifiant_nomme in contenu
    for nom, args in (("candidature", [candidature.uuid]), ("donnees_legales", [])):
        lien = reverse(f"structures:{nom}", args=args)
        assert f'href="{lien}"' in contenu
        assert client_structure.get(lien).status_code == 200


def test_l_accueil_vide_dit_quoi_faire(client_structure, structure):
    assert "aucun appel n’est ouvert" in page(client_structure, "espace")
    campagne = CampagneFactory(nom="Appel public")
    contenu = page(client_structure, "espace")
    assert "déposez une candidature" in contenu and f"campagne={campagne.code}" in contenu
    candidature_de(structure, campagne=campagne)
    contenu = page(client_structure, "espace")
    assert "votre candidature est en cours" in contenu and f"campagne={campagne.code}" not in contenu


def test_une_participation_finie_reste_lisible(client_structure, structure):
    """R29"""
    poste = PosteFactory(structure=structure, rendu=True)
    structure.participation_fin_le = timezone.now()
    structure.save()
    contenu = page(client_structure, "espace")
    assert "a pris fin" in contenu and f"Poste n° {poste.numero}" in contenu
    assert "Plus de budget" not in contenu
    assert "budget nécessaire" in page(client_structure, "poste", poste.uuid)


@pytest.mark.parametrize("nom", ["espace", "ma_structure"])
def test_le_nombre_de_requetes_ne_depend_pas_du_nombre_de_postes(client_structure, structure, nom):
    def mesurer():
        with CaptureQueriesContext(
            connection,
        ) as requetes:
            page(client_structure, nom)
        return len(requetes)

    premier = PosteFactory(structure=structure)
    page(client_structure, nom)
    avec_un = mesurer()
    for _ in range(29):
        PosteFactory(structure=structure, campagne=premier.campagne)
    assert mesurer() == avec_un


def test_le_fil_est_sur_chaque_page_replie_quand_il_est_long(client_structure, structure):
    """DOMAIN §3: every page; open for a few posts, folded behind its summary for many."""
    premier = PosteFactory(structure=structure)
    assert "<details>" not in page(client_structure, "ma_structure")
    for _ in range(9):
        PosteFactory(structure=structure, campagne=premier.campagne)
    contenu = page(client_structure, "ma_structure")
    assert "<details>" in contenu and "Où en sont vos 10 postes" in contenu
    assert contenu.count("Étape 3 sur 9") == 10


# --- one post -------------------------------------------------------------------------------------------------------


def test_la_page_d_un_poste(client_structure, structure):
    poste = PosteFactory(structure=structure, lieux=[LieuExerciceFactory(structure=structure, nom="Médiathèque")])
    contenu = page(client_structure, "poste", poste.uuid)
    assert "Médiathèque" in contenu and "Historique" in contenu and "Accordé par le comité" in contenu
    assert reverse("structures:rendre_poste", args=[poste.uuid]) in contenu


def test_rendre_un_poste_demande_une_confirmation_et_un_motif(client_structure, structure):
    """R29: never on GET; the last one is announced as such."""
    poste = PosteFactory(structure=structure)
    adresse = reverse("structures:rendre_poste", args=[poste.uuid])
    assert "dernier poste" in client_structure.get(adresse).content.decode()
    assert Poste.objects.get().etat == EtatPoste.A_POURVOIR
    sans_motif = client_structure.post(adresse, {"postes": [poste.pk], "raison": "autre", "precision": " "})
    assert "Indiquez ce motif" in sans_motif.content.decode()
    donnees = {"postes": [poste.pk], "raison": "autre", "precision": "Plus de budget"}
    suite = client_structure.post(adresse, donnees, follow=True).content.decode()
    assert f"Le poste n° {poste.numero} est rendu" in suite
    assert Poste.objects.get().etat == EtatPoste.RENDU


def test_un_poste_occupe_ne_propose_pas_d_etre_rendu(client_structure, structure):
    """R29: the hidden button and the refused page come from the same table."""
    poste = PosteFactory(structure=structure, pourvu=True)
    adresse = reverse("structures:rendre_poste", args=[poste.uuid])
    assert adresse not in page(client_structure, "poste", poste.uuid)
    assert client_structure.post(adresse, {"postes": [poste.pk], "raison": "besoin"}).status_code == 302
    assert Poste.objects.get().etat == EtatPoste.POURVU


def test_choisir_les_lieux_d_un_poste(client_structure, structure):
    """R46"""
    poste, autre = PosteFactory(structure=structure), LieuExerciceFactory(structure=structure)
    adresse = reverse("structures:lieux_poste", args=[poste.uuid])
    assert autre.nom in client_structure.get(adresse).content.decode()
    assert client_structure.post(adresse, {"lieux": [autre.pk]}).status_code == 302
    assert list(poste.lieux.all()) == [autre]
    etranger = LieuExerciceFactory()
    assert client_structure.post(adresse, {"lieux": [etranger.pk]}).status_code == 200


# --- its own data ---------------------------------------------------------------------------------------------------


def test_ma_structure_contact_et_lieux(client_structure, structure):
    contenu = page(client_structure, "ma_structure")
    assert structure.siret in contenu and "autour du siège, à Moulins" in contenu
    champs = {
        "contact_prenom": "Lou",
        "contact_nom": "Blanc",
        "contact_fonction": "DGS",
        "contact_courriel": "lou@exemple.fr",
        "contact_telephone": "",
    }
    client_structure.post(reverse("structures:contact"), champs)
    refus = client_structure.post(reverse("structures:contact"), {**champs, "contact_courriel": "lou"})
    assert refus.status_code == 200 and 'value="lou"' in refus.content.decode()
    client_structure.post(reverse("structures:lieu_ajouter"), {"nom": "Médiathèque", "commune": "Vichy (03200)"})
    contenu = page(client_structure, "ma_structure")
    assert "lou@exemple.fr" in contenu and "Médiathèque" in contenu
    cree = structure.lieux.get()
    client_structure.post(
        reverse("structures:lieu_modifier", args=[cree.uuid]), {"nom": "Mairie", "commune": "Moulins (03000)"}
    )
    cree.refresh_from_db()
    assert (cree.nom, cree.commune_id) == ("Mairie", "03190")
    retirer = reverse("structures:lieu_retirer", args=[cree.uuid])
    assert "Retirer ce lieu" in client_structure.get(retirer).content.decode()
    assert structure.lieux.exists()
    client_structure.post(retirer)
    assert not structure.lieux.exists()


def test_un_lieu_deja_la_ou_ambigu_est_explique(client_structure, structure):
    LieuExerciceFactory(structure=structure, nom="Mairie", commune=lieu())
    adresse = reverse("structures:lieu_ajouter")
    reponse = client_structure.post(adresse, {"nom": "Mairie", "commune": "Moulins (03000)"})
    assert "déjà dans votre liste" in reponse.content.decode()
    reponse = client_structure.post(adresse, {"nom": "Mairie", "commune": "01400"})
    assert 'name="commune_choix"' in reponse.content.decode()


# --- doors ----------------------------------------------------------------------------------------------------------


def pages_de(poste, candidature, lieu_exercice):
    """Every page of the space: name, arguments."""
    consultation = candidature.consultations.create(nom="Commune de Vichy")
    return [
        ("espace", []),
        ("ma_structure", []),
        ("contact", []),
        ("lieu_ajouter", []),
        ("poste", [poste.uuid]),
        ("rendre_poste", [poste.uuid]),
        ("lieux_poste", [poste.uuid]),
        ("lieu_modifier", [lieu_exercice.uuid]),
        ("lieu_retirer", [lieu_exercice.uuid]),
        ("candidature", [candidature.uuid]),
        ("candidature_corriger", [candidature.uuid]),
        ("candidature_reprendre", [candidature.uuid]),
        ("candidature_reexamen", [candidature.uuid]),
        ("candidature_abandonner", [candidature.uuid]),
        ("candidature_consultation", [candidature.uuid, consultation.uuid]),
    ]


def test_l_objet_d_une_autre_structure_repond_404(client_structure):
    """DOMAIN §2: every page, GET and POST (405 where nothing is ever posted)."""
    poste = PosteFactory()
    for nom, args in pages_de(poste, poste.candidature, LieuExerciceFactory(structure=poste.structure)):
        if args:
            adresse = reverse(f"structures:{nom}", args=args)
            assert client_structure.get(adresse).status_code == 404, nom
            assert client_structure.post(adresse, {"motif": "Un motif assez long."}).status_code in (404, 405), nom


@pytest.mark.parametrize("role", ["candidat", "prefecture", "anct", "bdt", "organisme", "hub", "conseiller"])
def test_un_autre_role_n_entre_pas(client_de, role):
    poste = PosteFactory()
    client = client_de(role)
    for nom, args in pages_de(poste, poste.candidature, LieuExerciceFactory(structure=poste.structure)):
        assert client.get(reverse(f"structures:{nom}", args=args)).status_code in (302, 403), nom


def test_un_visiteur_est_invite_a_se_connecter(client):
    poste = PosteFactory()
    for nom, args in pages_de(poste, poste.candidature, LieuExerciceFactory(structure=poste.structure)):
        reponse = client.get(reverse(f"structures:{nom}", args=args))
        assert reponse.status_code == 302 and "/comptes/" in reponse.url, nom


# --- follow-up ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("etat", "attendu", "boutons"),
    [
        ("deposee", "Avis de la préfecture", ["reprendre", "abandonner"]),
        ("a_corriger", "Précisez les lieux d’exercice.", ["corriger", "abandonner"]),
        ("examen", "Nouvel examen", ["reprendre", "abandonner"]),
        ("retenue", "Activation de l’espace", ["abandonner"]),
        ("activee", "chaque poste est suivi séparément", []),
        ("refusee", "réexamen, une fois", ["reexamen"]),
        ("reexaminee", "Aucune suite", []),
        ("abandonnee", "Aucune suite", []),
    ],
)
def test_le_suivi_dit_la_suite_et_ce_qui_est_possible(client, etat, attendu, boutons):
    """R28, R29, R31: the buttons come from the machine."""
    adresse = suivi_de(CandidatureFactory(**{etat: True}))
    contenu = client.get(adresse).content.decode()
    assert attendu in contenu
    possibles = [nom for nom in ("corriger", "reprendre", "reexamen", "abandonner") if f"{adresse}{nom}/" in contenu]
    assert possibles == boutons
    for nom in {"reprendre", "reexamen", "abandonner"} - set(boutons):
        assert client.get(f"{adresse}{nom}/").status_code == 404


def test_le_motif_de_la_decision_est_montre(client):
    """R28: a refused structure sees the reason."""
    from tests.structures.factories import ComiteFactory

    candidature = CandidatureFactory(refusee=True)
    LigneComiteFactory(
        comite=ComiteFactory(clos=True, campagne=candidature.campagne),
        candidature=candidature,
        decision="refusee",
        motif="Le territoire est déjà couvert par deux postes.",
    )
    assert "déjà couvert par deux postes" in client.get(suivi_de(candidature)).content.decode()


def test_reprendre_puis_corriger_par_le_lien(client):
    """R31: prefilled; every error at once; then filed again."""
    candidature = CandidatureFactory(deposee=True, lieux=[("Salle des fêtes", lieu("03310"))])
    adresse = suivi_de(candidature)
    assert "Reprendre ma candidature" in client.get(f"{adresse}reprendre/").content.decode()
    client.post(f"{adresse}reprendre/", {"motif": ""})
    contenu = client.get(f"{adresse}corriger/").content.decode()
    assert f'value="{candidature.nom}"' in contenu and 'value="Salle des fêtes"' in contenu
    assert candidature.motivation in contenu
    par_etape = reponses(candidature.campagne, structure__nom="", besoin__nb_conseillers="0", projet__missions="")
    envoi = {
        f"{etape}-{nom}": valeur
        for etape in ("structure", "besoin", "projet")
        for nom, valeur in par_etape[etape].items()
    }
    refus = client.post(f"{adresse}corriger/", envoi).content.decode()
    assert "Erreur (3)" in refus and "3 réponses sont à corriger" in refus
    envoi |= {"structure-nom": "Nom corrigé", "besoin-nb_conseillers": "1", "projet-missions": "Accompagner"}
    suite = client.post(f"{adresse}corriger/", envoi, follow=True).content.decode()
    assert "corrigée est déposée" in suite
    candidature.refresh_from_db()
    assert (candidature.nom, candidature.etat) == ("Nom corrigé", EtatCandidature.DEPOSEE)


def test_corriger_hors_de_son_tour_renvoie_au_suivi(client):
    adresse = suivi_de(CandidatureFactory(deposee=True))
    assert client.get(f"{adresse}corriger/").url == adresse


def test_demander_le_reexamen_par_le_lien(client):
    """R28"""
    candidature = CandidatureFactory(refusee=True)
    adresse = suivi_de(candidature)
    assert "10 caractères" in client.post(f"{adresse}reexamen/", {"motif": "non"}).content.decode()
    client.post(f"{adresse}reexamen/", {"motif": "Deux communes nous ont rejoints."})
    candidature.refresh_from_db()
    assert candidature.etat == EtatCandidature.DEPOSEE
    assert client.get(f"{adresse}reexamen/").status_code == 404


def test_abandonner_par_le_lien_et_dans_l_espace(client, client_structure, structure):
    """R29: the same page by both doors."""
    par_lien, en_espace = CandidatureFactory(deposee=True), candidature_de(structure)
    client.post(f"{suivi_de(par_lien)}abandonner/", {"motif": "Nous avons changé de projet."})
    client_structure.post(
        reverse("structures:candidature_abandonner", args=[en_espace.uuid]), {"motif": "Nous avons changé de projet."}
    )
    for candidature in (par_lien, en_espace):
        candidature.refresh_from_db()
        assert candidature.etat == EtatCandidature.ABANDONNEE
    assert (
        par_lien.history.latest().history_role == "visiteur" and en_espace.history.latest().history_role == "structure"
    )


def test_qui_tient_le_lien_agit_comme_visiteur_quel_que_soit_son_role(client_de):
    """A prefect who opens the link of a structure acts by the link, and is named in the history (R110)."""
    candidature = CandidatureFactory(deposee=True)
    client = client_de("prefecture")
    client.post(f"{suivi_de(candidature)}abandonner/", {"motif": "À la demande de la structure."})
    candidature.refresh_from_db()
    derniere = candidature.history.latest()
    assert (candidature.etat, derniere.history_role) == (EtatCandidature.ABANDONNEE, "visiteur")
    assert derniere.history_user_id == client.utilisateur.pk


def test_noter_la_reponse_d_une_consultation(client):
    """R20 (S2, I.b)"""
    candidature = CandidatureFactory(coordinateurs=True, deposee=True)
    consultation = candidature.consultations.create(nom="Commune de Vichy")
    adresse = suivi_de(candidature)
    assert "réponse attendue" in client.get(adresse).content.decode()
    page_reponse = f"{adresse}consultations/{consultation.uuid}/"
    assert client.post(page_reponse, {"commentaire": "x"}).status_code == 200
    client.post(page_reponse, {"favorable": "oui", "commentaire": "Avec plaisir"})
    assert "réponse favorable" in client.get(adresse).content.decode()
    autre = CandidatureFactory(coordinateurs=True, deposee=True)
    assert client.get(f"{suivi_de(autre)}consultations/{consultation.uuid}/").status_code == 404


def test_les_pages_du_lien_ne_sont_ni_gardees_ni_indexees(client):
    """R112"""
    reponse = client.get(suivi_de(CandidatureFactory(deposee=True)))
    assert "no-store" in reponse["Cache-Control"] and 'content="noindex"' in reponse.content.decode()
