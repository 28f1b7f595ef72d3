"""The application in steps (R20 to R23): each error next to its field, nothing lost, no JavaScript."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email

from structures.enums import EtatCandidature
from structures.models import BrouillonCandidature, Campagne, Candidature
from tests.structures.factories import CampagneFactory, CandidatureFactory, StructureFactory, membre
from tests.structures.outils_candidature import adresse, erreurs, lien_du_courriel, poster, remplir, reponses

pytestmark = pytest.mark.django_db


@pytest.fixture
def publique(db: None) -> Campagne:
    return CampagneFactory()


def test_candidater_du_debut_a_la_fin(client, publique):
    """R20, R23: six steps, then a mail; nothing is filed before the confirmation."""
    reponse = client.get("/accueillir/candidater/", follow=True)
    assert reponse.redirect_chain[-1][0] == adresse("eligibilite")
    assert "Étape 1 sur 6" in reponse.content.decode()
    reponse = remplir(client, reponses(publique))
    assert (reponse.status_code, reponse.url) == (302, reverse("structures:verifier"))
    candidature = Candidature.objects.get()
    assert candidature.etat == EtatCandidature.A_CONFIRMER
    assert candidature.numero is None and candidature.structure is None
    assert candidature.commune_id == "03190" and candidature.code_postal == "03000"
    assert candidature.nb_conseillers == 2 and not candidature.candidat_identifie
    assert candidature.contact_telephone == "0470485000"
    assert [(lieu.nom, lieu.commune_id) for lieu in candidature.lieux_souhaites.all()] == [("Médiathèque", "03190")]
    assert candidature.engagements.count() == len(reponses(publique)["engagements"])
    page = client.get(reponse.url).content.decode()
    assert "Vérifiez votre messagerie" in page and "claude.perrin@exemple.fr" in page
    assert Email.objects.get().to == ["claude.perrin@exemple.fr"]


def test_sans_appel_ouvert_la_page_le_dit(client, db):
    """DOMAIN §4: no campaign open today, a clear page and no form."""
    CampagneFactory(fermee=True)
    CampagneFactory(ouvre_le=timezone.localdate() + dt.timedelta(days=1))
    CampagneFactory(
        ouvre_le=timezone.localdate() - dt.timedelta(days=9), ferme_le=timezone.localdate() - dt.timedelta(days=1)
    )
    page = client.get("/accueillir/candidater/eligibilite/").content.decode()
    assert "Aucun appel n’est ouvert" in page and "<form" not in page.split("<main")[1].split("</main")[0]


def test_l_eligibilite_est_dite_des_la_premiere_etape(client, publique):
    """R20: an association does not go further in the public call, and learns to which one it may apply."""
    privee = CampagneFactory(privee=True, nom="Appel privé")
    reponse = poster(client, "eligibilite", {"type": "association", "campagne": publique.code})
    assert reponse.status_code == 200
    assert "Appel privé" in erreurs(reponse)["campagne"][0]
    assert poster(client, "eligibilite", {"type": "association", "campagne": privee.code}).status_code == 302


def test_une_etape_ne_s_ouvre_pas_avant_les_precedentes(client, publique):
    reponse = client.get(adresse("projet"))
    assert (reponse.status_code, reponse.url) == (302, adresse("eligibilite"))
    remplir(client, reponses(publique), jusqu_a="identite")
    assert client.get(adresse("projet")).url == adresse("structure")
    assert poster(client, "projet", reponses(publique)["projet"]).url == adresse("structure")


@pytest.mark.parametrize(
    ("saisie", "extrait"),
    [
        ("", "Indiquez le SIRET"),
        ("123", "14 chiffres"),
        ("ABCDEFGHIJKLMN", "14 chiffres"),
        ("21030190000011", "n’existe pas"),
        ("2103019000001X", "14 chiffres"),
        ("²1030190000016", "14 chiffres"),
    ],
)
def test_un_siret_faux_est_explique_a_cote_du_champ(client, publique, saisie, extrait):
    """R21"""
    reponse = remplir(client, reponses(publique, identite__siret=saisie), jusqu_a="identite")
    assert reponse.status_code == 200
    assert extrait in erreurs(reponse)["siret"][0]
    page = reponse.content.decode()
    assert "<title>" in page and "Erreur (1) : Étape 2 sur 6" in page
    if saisie:
        assert f'value="{saisie}"' in page


def test_un_siret_avec_des_espaces_est_accepte(client, publique):
    """R21"""
    bon = reponses(publique)["identite"]["siret"]
    saisie = f" {bon[:3]} {bon[3:6]}\u00a0{bon[6:9]} {bon[9:]} "
    remplir(client, reponses(publique, identite__siret=saisie))
    assert Candidature.objects.get().siret == bon


def test_le_ridet_remplace_le_siret_en_nouvelle_caledonie(client, publique):
    """R20, cas difficile 13: RIDET instead of SIRET, with or without the leading zero."""
    par_etape = reponses(publique, identite__siret="", identite__ridet="123 456")
    reponse = remplir(client, par_etape, jusqu_a="structure")
    assert "Nouvelle-Calédonie" in erreurs(reponse)["commune"][0]
    par_etape["structure"]["commune"] = "Nouméa (98800)"
    remplir(client, par_etape)
    candidature = Candidature.objects.get()
    assert (candidature.siret, candidature.ridet, candidature.commune_id) == (None, "0123456", "98818")


def test_le_siret_et_le_ridet_ensemble_sont_refuses(client, publique):
    """R20"""
    reponse = remplir(client, reponses(publique, identite__ridet="0123456"), jusqu_a="identite")
    assert "pas les deux" in erreurs(reponse)["ridet"][0]


def test_un_code_postal_de_plusieurs_communes_propose_la_liste(client, publique):
    """Hard cases 12 and 14: several communes under one postal code; what was typed stays, one tick is enough."""
    par_etape = reponses(publique, structure__commune="03190")
    par_etape["structure"]["commune"] = "01400"
    reponse = remplir(client, par_etape, jusqu_a="structure")
    assert reponse.status_code == 200
    page = reponse.content.decode()
    assert 'name="structure-commune_choix"' in page and 'value="01400"' in page
    assert 'value="Claude"' in page
    par_etape["structure"]["commune_choix"] = "01001"
    assert poster(client, "structure", par_etape["structure"]).status_code == 302
    for etape in ("besoin", "projet", "engagements"):
        poster(client, etape, par_etape[etape])
    candidature = Candidature.objects.get()
    assert (candidature.commune_id, candidature.code_postal) == ("01001", "01400")


@pytest.mark.parametrize(
    ("champ", "valeur"),
    [("nb_conseillers", "0"), ("nb_conseillers", "10000"), ("nb_conseillers", "-1"), ("nb_conseillers", "deux")],
)
def test_un_nombre_de_postes_impossible(client, publique, champ, valeur):
    """R20: 1 to 200, or not yet known."""
    reponse = remplir(client, reponses(publique, **{f"besoin__{champ}": valeur}), jusqu_a="besoin")
    assert "1 à 200" in erreurs(reponse)[champ][0]
    assert f'value="{valeur}"' in reponse.content.decode()


def test_le_nombre_pas_encore_connu(client, publique):
    """R20: left unknown on purpose, never by mistake."""
    reponse = remplir(client, reponses(publique, besoin__nb_conseillers=""), jusqu_a="besoin")
    assert "cochez" in erreurs(reponse)["nb_conseillers"][0]
    reponse = remplir(client, reponses(publique, besoin__nb_inconnu="on"), jusqu_a="besoin")
    assert "Choisissez" in erreurs(reponse)["nb_conseillers"][0]
    remplir(client, reponses(publique, besoin__nb_conseillers="", besoin__nb_inconnu="on"))
    assert Candidature.objects.get().nb_conseillers is None


def test_une_date_passee_est_refusee_et_aujourd_hui_acceptee(client, publique):
    """R20"""
    hier = timezone.localdate() - dt.timedelta(days=1)
    reponse = remplir(client, reponses(publique, besoin__demarrage_le=hier.isoformat()), jusqu_a="besoin")
    assert "à partir du" in erreurs(reponse)["demarrage_le"][0]
    reponse = remplir(client, reponses(publique, besoin__demarrage_le="31/02/2030"), jusqu_a="besoin")
    assert "existe" in erreurs(reponse)["demarrage_le"][0]
    aujourdhui = timezone.localdate().strftime("%d/%m/%Y")
    assert remplir(client, reponses(publique, besoin__demarrage_le=aujourdhui), jusqu_a="besoin").status_code == 302


def test_les_precisions_demandees_selon_les_reponses(client, publique):
    """R20: the identified candidate's address, the existing post, the rows half filled."""
    changements = {
        "besoin__candidat_identifie": "oui",
        "besoin__poste_existant": "on",
        "besoin__lieu_1_commune": "",
        "besoin__lieu_2_commune": "Vichy (03200)",
    }
    reponse = remplir(client, reponses(publique, **changements), jusqu_a="besoin")
    assert set(erreurs(reponse)) == {
        "candidat_courriel",
        "poste_existant_precisions",
        "lieu_1_commune",
        "lieu_2_nom",
    }
    assert "Erreur (4)" in reponse.content.decode()


def test_un_texte_trop_long_est_refuse_et_garde(client, publique):
    """R20: 2 500 characters; the error says how many there are, the text is still there."""
    texte = "é" * 2501
    reponse = remplir(client, reponses(publique, projet__motivation=texte), jusqu_a="projet")
    assert "2501" in erreurs(reponse)["motivation"][0]
    assert texte in reponse.content.decode()
    assert remplir(client, reponses(publique, projet__motivation=texte[1:]), jusqu_a="projet").status_code == 302


@pytest.mark.parametrize("bouton", [{}, {"wizard_goto_step": "besoin"}, {"enregistrer": "oui"}])
def test_un_texte_de_5_mo_est_refuse_a_cote_du_champ_et_garde(client, publique, bouton):
    """R20: whatever the button; nothing is lost, and neither the session nor the draft swells."""
    remplir(client, reponses(publique), jusqu_a="besoin")
    texte = "é" * (5 * 1024 * 1024 // 2)
    reponse = poster(client, "projet", {"motivation": texte, "missions": "Les démarches"}, **bouton)
    assert reponse.status_code == 200
    assert "caractères" in erreurs(reponse)["motivation"][0]
    page = reponse.content.decode()
    assert texte in page and "Les démarches" in page
    assert "projet" not in BrouillonCandidature.objects.get().etapes
    assert len(str(dict(client.session))) < 50_000
    assert 'value="2"' in client.get(adresse("besoin")).content.decode()


def test_un_corps_au_dela_de_toute_mesure_est_refuse_avec_une_phrase(client, publique, settings):
    """Above the limit of the whole portal, a page says it, and what was kept before is still there."""
    client.raise_request_exception = False
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100_000
    remplir(client, reponses(publique), jusqu_a="besoin")
    reponse = poster(client, "projet", {"motivation": "x" * 200_000, "missions": "y"})
    assert reponse.status_code in (400, 413)
    assert "<h1" in reponse.content.decode()
    assert 'value="2"' in client.get(adresse("besoin")).content.decode()


def test_un_engagement_manquant_est_nomme(client, publique):
    """R20: accepted one by one; the refusal stands next to the missing one, the others stay ticked."""
    par_etape = reponses(publique)
    del par_etape["engagements"]["engagement_gratuite"]
    reponse = remplir(client, par_etape)
    assert list(erreurs(reponse)) == ["engagement_gratuite"]
    assert reponse.content.decode().count("checked") == len(par_etape["engagements"])
    assert not Candidature.objects.exists()


def test_precedent_garde_tout_meme_faux_et_ne_juge_rien(client, publique):
    """« Précédent » keeps what was typed; back on the step, no error is shown before it is sent."""
    remplir(client, reponses(publique), jusqu_a="structure")
    faux = {"nb_conseillers": "10000", "demarrage_le": "", "lieu_1_nom": "Salle des fêtes"}
    reponse = poster(client, "besoin", faux, wizard_goto_step="structure")
    assert reponse.url == adresse("structure")
    assert 'value="Commune de Moulins"' in client.get(reponse.url).content.decode()
    page = client.get(adresse("besoin")).content.decode()
    assert 'value="10000"' in page and 'value="Salle des fêtes"' in page
    assert "fr-message--error" not in page and "Erreur (" not in page
    # A draft is no answer: the steps that follow stay closed.
    assert client.get(adresse("projet")).url == adresse("besoin")


def test_le_recapitulatif_montre_les_reponses_et_permet_d_y_revenir(client, publique):
    remplir(client, reponses(publique), jusqu_a="projet")
    page = client.get(adresse("engagements")).content.decode()
    for attendu in ("Commune de Moulins", "Médiathèque", "Les habitants le demandent.", "claude.perrin@exemple.fr"):
        assert attendu in page
    reponse = poster(client, "engagements", {"engagement_gratuite": "on"}, wizard_goto_step="besoin")
    assert reponse.url == adresse("besoin")
    poster(client, "besoin", reponses(publique, besoin__nb_conseillers="3")["besoin"])
    assert "checked" in client.get(adresse("engagements")).content.decode()


def test_un_get_n_ecrit_rien(client, publique):
    """The last page opened by its address sends nothing (formtools would)."""
    remplir(client, reponses(publique), jusqu_a="projet")
    for chemin in ("engagements", "done"):
        client.get(adresse(chemin), follow=True)
    assert not Candidature.objects.exists()


def test_une_candidature_vivante_est_dite_des_le_siret(client, publique):
    """R22, cas difficile 2: the same SIRET twice, whoever the contact is."""
    vivante = CandidatureFactory(campagne=publique, deposee=True)
    reponse = remplir(client, reponses(publique, identite__siret=vivante.siret), jusqu_a="identite")
    assert f"n° {vivante.numero}" in erreurs(reponse)["siret"][0]


@pytest.mark.parametrize("etat", ["refusee", "abandonnee"])
def test_une_candidature_finie_n_empeche_pas_la_suivante(client, publique, etat):
    """R22, cas difficile 3: a refused or abandoned application does not block its SIRET."""
    finie = CandidatureFactory(campagne=publique, **{etat: True})
    assert remplir(client, reponses(publique, identite__siret=finie.siret)).url == reverse("structures:verifier")


def test_un_autre_appel_n_est_pas_un_doublon(client, publique):
    """R22: uniqueness is per regime."""
    vivante = CandidatureFactory(campagne=publique, deposee=True)
    coordination = CampagneFactory(coordinateurs=True)
    reponse = remplir(client, reponses(coordination, identite__siret=vivante.siret))
    assert reponse.url == reverse("structures:verifier")
    candidature = Candidature.objects.get(campagne=coordination)
    assert candidature.coordinateur and candidature.coordination_temps_plein is True
    assert [c.nom for c in candidature.consultations.all()] == ["Commune de Vichy"]


def test_le_doublon_apparu_entre_temps_ramene_au_siret(client, publique):
    """R22: another person filed meanwhile; what was typed is not lost."""
    par_etape = reponses(publique)
    remplir(client, par_etape, jusqu_a="projet")
    CandidatureFactory(campagne=publique, deposee=True, siret=par_etape["identite"]["siret"])
    reponse = poster(client, "engagements", par_etape["engagements"], follow=True)
    page = client.get(adresse("identite")).content.decode()
    assert "existe déjà" in page and par_etape["identite"]["siret"] in page
    assert reponse.status_code == 302
    assert Candidature.objects.count() == 1


def test_les_questions_des_coordinateurs(client, db):
    """R20, S2 II.a: their questions are asked, compulsory, and only theirs."""
    coordination = CampagneFactory(coordinateurs=True)
    par_etape = reponses(coordination, identite__cas_coordinateur=None)
    assert set(erreurs(remplir(client, par_etape, jusqu_a="identite"))) == {"cas_coordinateur"}
    par_etape = reponses(coordination) | {"coordination": {}}
    assert set(erreurs(remplir(client, par_etape, jusqu_a="coordination"))) == {
        "coordination_temps_plein",
        "perimetre_echelle",
        "perimetre_coordination",
        "departement_1",
    }
    reponse = remplir(client, reponses(coordination, besoin__demarrage_le=""), jusqu_a="besoin")
    assert "poste_existant" not in reponse.context["form"].fields


def test_qui_est_connecte_n_a_pas_a_retaper_son_identite(client_de, publique):
    structure = StructureFactory(nom="Commune connue")
    client = client_de(rattachement=membre(structure))
    assert f'value="{structure.siret}"' not in client.get(adresse("eligibilite")).content.decode()
    poster(client, "eligibilite", {"type": "commune", "campagne": publique.code})
    assert f'value="{structure.siret}"' in client.get(adresse("identite")).content.decode()
    poster(client, "identite", {"siret": structure.siret, "ridet": ""})
    assert 'value="Commune connue"' in client.get(adresse("structure")).content.decode()


def test_l_appel_choisi_dans_l_espace_est_deja_coche(client, publique):
    CampagneFactory(coordinateurs=True)
    page = client.get(f"/accueillir/candidater/?campagne={publique.code}", follow=True).content.decode()
    assert page.count("checked") == 1


def test_renvoyer_le_courriel_est_limite(client, publique):
    """R23: at most one every two minutes."""
    remplir(client, reponses(publique))
    page = client.post(reverse("structures:renvoyer"), follow=True).content.decode()
    assert "Attendez quelques minutes" in page
    assert Email.objects.count() == 1


def test_verifier_sans_candidature_renvoie_au_formulaire(client, publique):
    assert client.get(reverse("structures:verifier")).url == "/accueillir/candidater/"
    assert client.post(reverse("structures:renvoyer")).url == "/accueillir/candidater/"


def test_confirmer_par_le_lien(client, publique):
    """R23: the GET changes nothing, the POST files once."""
    remplir(client, reponses(publique))
    lien = lien_du_courriel("/accueillir/confirmer/")
    for _ in range(2):
        page = client.get(lien).content.decode()
        assert "Confirmer ma candidature" in page
    assert Candidature.objects.get().etat == EtatCandidature.A_CONFIRMER
    page = client.post(lien).content.decode()
    candidature = Candidature.objects.get()
    assert candidature.etat == EtatCandidature.DEPOSEE
    assert f"n° {candidature.numero}" in page
    reponse = client.post(lien)
    assert reponse.status_code == 410 and "déjà déposée" in reponse.content.decode()
    suivi = client.get(lien_du_courriel("/accueillir/suivi/")).content.decode()
    assert f"Candidature n° {candidature.numero}" in suivi


def test_un_lien_expire_en_redemande_un(client, publique, time_machine):
    """R23: expired, asked again; the old one stays dead, the new one works."""
    remplir(client, reponses(publique))
    ancien = lien_du_courriel("/accueillir/confirmer/")
    time_machine.move_to(timezone.now() + dt.timedelta(days=8), tick=True)
    reponse = client.get(ancien)
    assert reponse.status_code == 410 and "Recevoir un nouveau lien" in reponse.content.decode()
    client.post(f"{ancien}renvoyer/")
    assert Email.objects.count() == 2
    assert client.get(ancien).status_code == 410
    assert client.post(lien_du_courriel("/accueillir/confirmer/")).status_code == 200
    assert Candidature.objects.get().etat == EtatCandidature.DEPOSEE


def test_un_lien_invente_ne_dit_rien(client, publique):
    """R112"""
    for chemin in ("confirmer", "suivi"):
        assert client.get(f"/accueillir/{chemin}/nimportequoi/").status_code == 410
    assert client.post("/accueillir/confirmer/nimportequoi/renvoyer/", follow=True).status_code == 410


def test_la_page_candidature_deposee_a_le_fil_d_ariane_de_l_assistant(client, publique):
    """The way back is the same from the first step to the end (R23)."""
    remplir(client, reponses(publique))
    verifier = client.get(reverse("structures:verifier")).content.decode()
    lien = lien_du_courriel("/accueillir/confirmer/")
    confirmer = client.get(lien).content.decode()
    deposee = client.post(lien).content.decode()
    assistant = client.get(reverse("structures:candidater"), follow=True).content.decode()
    for page in (assistant, verifier, confirmer, deposee):
        fil = page.split('id="fil-ariane"')[1].split("</ol>")[0]
        assert f'href="{reverse("vitrine:accueil")}"' in fil
        assert f'href="{reverse("vitrine:accueillir")}"' in fil
        assert "Candidater" in fil
    assert "si vous êtes retenu." not in deposee
