"""« À faire », on the home page of the administration: each figure is the length of the list behind it (§2)."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from post_office.models import STATUS, Email

from portal.commun.affichage import date_longue
from portal.comptes.admin_a_faire import a_faire
from structures.actions import cloturer, decider
from structures.models import Avis, Comite
from tests.comptes.factories import OrganisationFactory, acteur
from tests.structures.factories import (
    AvisFactory,
    CandidatureFactory,
    ComiteFactory,
    LigneComiteFactory,
    PosteFactory,
    lieu,
)
from tests.structures.outils_comites import MOTIF, decidee

pytestmark = pytest.mark.django_db

ACCUEIL = "admin:index"
AILLEURS = "63113"
DEMAIN = dt.timedelta(days=1)


def texte(reponse):
    return " ".join(unescape(reponse.content.decode()).replace("\u202f", " ").replace("\xa0", " ").split())


def bloc(client):
    """The lines shown: the sentence and its address."""
    page = texte(client.get(reverse(ACCUEIL)))
    section = re.search(r'<section class="a-faire".*?</section>', page).group()
    return dict(re.findall(r'<a href="([^"]+)">([^<]+)</a>', section)), section


def verifier_les_chiffres(client, attendus):
    """Each sentence, and behind its link a list of exactly as many rows."""
    lignes, _ = bloc(client)
    assert sorted(lignes.values()) == sorted(attendus)
    for lien, phrase in lignes.items():
        reponse = client.get(lien)
        assert reponse.status_code == 200
        assert reponse.context["cl"].result_count == int(phrase.split()[0]), phrase


def de_tout_pour_la_prefecture(commune, suffixe=""):
    """One of each kind of work of a prefecture, and what is not work for it."""
    CandidatureFactory(deposee=True, commune=commune)
    CandidatureFactory(examen=True, commune=commune)
    CandidatureFactory(a_corriger=True, commune=commune)
    AvisFactory(candidature__commune=commune)
    revoir = AvisFactory(candidature__commune=commune, rendu_le=timezone.now() - dt.timedelta(days=9)).candidature
    revoir.reexamen_demande_le, revoir.reexamen_motif = timezone.now(), "Notre projet a changé."
    revoir.save()
    for trait in ("retenue", "refusee", "activee", "abandonnee"):
        CandidatureFactory(**{trait: True}, commune=commune)
    return revoir


def test_la_prefecture_voit_ce_qui_attend_son_avis(client_de):
    """R25, R28, R31: in its territory only, whatever the rest of the country."""
    de_tout_pour_la_prefecture(lieu())
    de_tout_pour_la_prefecture(lieu(AILLEURS))
    CandidatureFactory(commune=lieu())
    verifier_les_chiffres(
        client_de("prefecture"),
        [
            "2 candidatures attendent votre avis",
            "1 demande de réexamen depuis votre avis",
            "1 candidature rendue pour correction attend la réponse de la structure",
        ],
    )


def test_une_demande_de_reexamen_ne_compte_plus_apres_le_nouvel_avis(client_de):
    """R28"""
    candidature = de_tout_pour_la_prefecture(lieu())
    Avis.objects.filter(candidature=candidature).update(rendu_le=timezone.now())
    lignes, _ = bloc(client_de("prefecture"))
    assert not [phrase for phrase in lignes.values() if "réexamen" in phrase]


def test_la_date_du_comite_est_dite_quand_il_y_en_a_une(client_de):
    """R25: the nearest one whose agenda holds an application of the territory without opinion."""
    client = client_de("prefecture")
    candidature = CandidatureFactory(deposee=True)
    assert "Aucune date de comité" in bloc(client)[1]
    date = timezone.localdate() + dt.timedelta(days=12)
    LigneComiteFactory(comite=ComiteFactory(campagne=candidature.campagne, date=date), candidature=candidature)
    ailleurs = CandidatureFactory(deposee=True, commune=lieu(AILLEURS))
    proche = ComiteFactory(campagne=ailleurs.campagne, date=timezone.localdate() + DEMAIN)
    LigneComiteFactory(comite=proche, candidature=ailleurs)
    assert f"Un comité les examine le {date_longue(date)}" in bloc(client)[1].replace("\xa0", " ")


def test_rien_a_faire_le_dit_et_n_affiche_pas_de_zero(client_de):
    for role, debut in (("prefecture", "aucune candidature de votre territoire"), ("sgar", "donne à lire")):
        CandidatureFactory(activee=True)
        lignes, section = bloc(client_de(role))
        assert lignes == {}
        assert debut in section


def test_les_actions_recentes_de_django_ne_sont_plus_la(client_de):
    page = texte(client_de("anct").get(reverse(ACCUEIL)))
    assert "Actions récentes" not in page
    assert page.index("À faire") < page.index("Candidatures")


def test_l_anct_voit_les_comites_les_activations_les_reexamens_et_les_retards(client_de):
    """R26, R27, R28, R30, R113"""
    agent = acteur("anct")
    a_clore, incomplet = ComiteFactory(), ComiteFactory()
    decidee(a_clore, agent)
    decidee(incomplet, agent)
    LigneComiteFactory(comite=incomplet)
    ComiteFactory()
    futur = ComiteFactory(date=timezone.localdate() + DEMAIN)
    decidee(futur, agent)
    ComiteFactory(clos=True)
    for _ in range(2):
        CandidatureFactory(retenue=True)
    CandidatureFactory(deposee=True)
    CandidatureFactory(deposee=True, reexamen_demande_le=timezone.now(), reexamen_motif="Notre projet a changé.")
    CandidatureFactory(a_corriger=True, contestation_statut="Nous sommes une régie municipale.")
    # R21: settled, or decided already.
    CandidatureFactory(a_corriger=True, contestation_statut="Nous sommes une régie.", statut_tranche_le=timezone.now())
    CandidatureFactory(activee=True, contestation_statut="Nous sommes une régie municipale.")
    PosteFactory(echeance_recrutement=timezone.localdate() - DEMAIN)
    PosteFactory()
    Email.objects.create(from_email="a@exemple.fr", to=["b@exemple.fr"], status=STATUS.failed)
    verifier_les_chiffres(
        client_de("anct"),
        [
            "1 comité à clôturer : sa séance est passée et tout est décidé",
            "2 comités dont la séance est passée attendent des décisions",
            "1 statut juridique à trancher : la structure conteste son classement",
            "2 candidatures retenues à activer",
            "1 candidature à inscrire à un comité",
            "1 demande de réexamen à inscrire à un comité",
            "1 poste dont le délai de recrutement est dépassé : à prolonger ou à retirer",
            "1 courriel en échec, à remettre en attente d’envoi",
        ],
    )


def test_le_nombre_de_requetes_ne_depend_pas_du_nombre_de_lignes():
    agents = [acteur("anct"), acteur("prefecture"), acteur("support"), acteur("sgar")]

    def requetes():
        comptes = []
        for agent in agents:
            with CaptureQueriesContext(connection) as contexte:
                a_faire(agent)
            comptes.append(len(contexte))
        return comptes

    def remplir():
        de_tout_pour_la_prefecture(lieu())
        LigneComiteFactory()
        PosteFactory(echeance_recrutement=timezone.localdate() - DEMAIN)

    remplir()
    avant = requetes()
    for _ in range(9):
        remplir()
    assert requetes() == avant
    # Structures, then candidates: probable duplicates and Pix lines.
    assert max(avant) <= 11


def test_les_filtres_a_faire_sont_ceux_du_role(client_de):
    """An address that comes from another role filters nothing, and is no error."""
    CandidatureFactory(retenue=True)
    adresse = reverse("admin:structures_candidature_changelist")
    reponse = client_de("sgar").get(adresse, {"a_faire": "activer"})
    assert reponse.status_code == 200
    assert reponse.context["cl"].result_count == 1
    for parametres in ({"a_faire": "n’importe quoi"}, {"comite": "99999999"}, {"comite": "²"}):
        assert client_de("anct").get(adresse, parametres).status_code == 200


# --- after a closing ------------------------------------------------------------------------------------------------


def test_la_cloture_dit_que_l_activation_suit_et_y_mene(client_de):
    """R26, R27: in the message and on the page of the committee, until nothing is left to activate."""
    agent, client = acteur("anct"), client_de("anct")
    comite = ComiteFactory()
    retenue = decidee(comite, agent, nb_postes=2).candidature
    decidee(comite, agent, "refusee", 0, MOTIF)
    CandidatureFactory(retenue=True)
    page = texte(client.post(reverse("admin:structures_comite_cloturer", args=[comite.uuid]), follow=True))
    assert "Il reste à activer les structures retenues" in page
    liens = set(re.findall(r'<a href="([^"]+)">1 candidature à activer</a>', page))
    assert len(liens) == 1
    (lien,) = liens
    assert list(client.get(lien).context["cl"].result_list) == [retenue]
    client.post(reverse("admin:structures_candidature_verbe", args=[retenue.uuid, "activer"]))
    assert "La suite" not in texte(client.get(reverse("admin:structures_comite_change", args=[comite.uuid])))


def test_sans_structure_retenue_la_cloture_n_annonce_pas_d_activation(client_de):
    """R26"""
    comite = ComiteFactory()
    decidee(comite, acteur("anct"), "refusee", 0, MOTIF)
    page = texte(client_de("anct").post(reverse("admin:structures_comite_cloturer", args=[comite.uuid]), follow=True))
    assert "est clos" in page
    assert "activer" not in page.split("Ordre du jour")[0].split("est clos")[1]


def test_seule_l_anct_est_invitee_a_activer(client_de):
    """R27"""
    comite = ComiteFactory()
    ligne = LigneComiteFactory(comite=comite)
    decider(acteur=acteur("anct"), ligne=ligne, decision="retenue", nb_postes=1, motif="")
    cloturer(acteur=acteur("anct"), comite=comite)
    assert Comite.objects.get(pk=comite.pk).clos_le
    adresse = reverse("admin:structures_comite_change", args=[comite.uuid])
    OrganisationFactory(prefecture=True)
    assert "La suite" not in texte(client_de("prefecture").get(adresse))
    assert "La suite" in texte(client_de("anct").get(adresse))


@pytest.mark.parametrize("role", ["prefecture", "sgar", "anct"])
def test_la_concertation_s_ouvre_depuis_l_accueil(client_de, role):
    """R25: the prefecture's own page is one click from its home page."""
    client = client_de(role)
    adresse = reverse("admin:structures_candidature_concertation")
    assert f'<a href="{adresse}">Concertation : avis, classement, carte</a>' in texte(client.get(reverse(ACCUEIL)))
    assert client.get(adresse).status_code == 200


def test_une_liste_filtree_dit_par_quoi_et_montre_ses_lignes_d_abord(client_de):
    """Coming from « À faire », what is filtered is told in words; the long list of the filters stays folded."""
    CandidatureFactory(deposee=True, nom="Mairie filtrée")
    client = client_de("prefecture")
    liste = reverse("admin:structures_candidature_changelist")
    page = texte(client.get(f"{liste}?a_faire=avis&type__exact=commune"))
    assert "Travail à faire : <strong>Avis à rendre</strong>" in page
    assert "Type de structure : <strong>Commune</strong>" in page
    assert '<details class="filtres-liste">' in page
    assert "filtres-actifs" not in texte(client.get(liste))
