"""The acting role, its perimeter and the doors of the views (DOMAIN §2)."""

import pytest
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from portal.commun.acteurs import Acteur
from portal.commun.roles import Role
from portal.comptes import acces
from portal.comptes.models import Rattachement, Utilisateur
from tests.comptes.factories import (
    InvitationFactory,
    OrganisationFactory,
    RattachementFactory,
    UtilisateurFactory,
)

pytestmark = pytest.mark.django_db


# --- the acting role


def test_l_acteur_d_une_prefecture_connait_son_departement(acteur):
    prefecture = acteur("prefecture")
    assert (prefecture.role, prefecture.departements, prefecture.regions) == (Role.PREFECTURE, {"03"}, frozenset())


def test_l_acteur_d_un_sgar_connait_sa_region_et_ses_departements(acteur):
    sgar = acteur("sgar")
    assert sgar.regions == {"84"}
    assert {"03"} <= sgar.departements
    assert "75" not in sgar.departements


def test_l_acteur_d_une_structure_n_a_pas_de_territoire(acteur):
    structure = acteur("structure")
    assert structure.organisation_id
    assert not structure.departements | structure.regions


def test_sans_role_on_est_un_visiteur_connecte():
    personne = UtilisateurFactory()
    qui = acces.acteur_de(personne)
    assert (qui.role, qui.utilisateur_id, qui.authentifie) == (Role.VISITEUR, personne.pk, True)


def test_un_superutilisateur_sans_role_est_le_support():
    assert acces.acteur_de(Utilisateur.objects.create_superuser("t@exemple.fr", "x")).role == Role.SUPPORT


def test_le_dernier_role_obtenu_est_celui_par_defaut():
    un = RattachementFactory(candidat=True)
    deux = RattachementFactory(utilisateur=un.utilisateur)
    assert acces.acteur_de(un.utilisateur).organisation_id == deux.organisation_id
    deux.fin_le = timezone.now()
    deux.save()
    assert acces.acteur_de(un.utilisateur).role == Role.CANDIDAT


def test_on_n_agit_pas_avec_le_role_d_un_autre():
    with pytest.raises(ValueError, match="somebody else"):
        acces.acteur_de(UtilisateurFactory(), RattachementFactory())


def test_un_membre_d_une_structure_coute_une_requete(django_assert_num_queries):
    personne = RattachementFactory().utilisateur
    with django_assert_num_queries(1):
        acces.acteur_de(personne)


# --- perimeter


@pytest.mark.parametrize("role", ["anct", "support"])
def test_les_roles_nationaux_voient_tout(role, acteur):
    autre = RattachementFactory()
    qui = acteur(role)
    assert autre in acces.rattachements_visibles_par(qui)
    assert autre.organisation in acces.organisations_visibles_par(qui)
    assert autre.utilisateur in acces.utilisateurs_visibles_par(qui)


@pytest.mark.parametrize("role", ["structure", "prefecture", "sgar", "bdt", "organisme", "hub", "candidat"])
def test_les_autres_ne_voient_que_les_leurs(role, acteur):
    autre, invitation = RattachementFactory(), InvitationFactory()
    qui = acteur(role)
    assert {r.utilisateur_id for r in acces.rattachements_visibles_par(qui)} == {qui.utilisateur_id}
    assert [u.pk for u in acces.utilisateurs_visibles_par(qui)] == [qui.utilisateur_id]
    assert autre.organisation not in acces.organisations_visibles_par(qui)
    assert invitation not in acces.invitations_visibles_par(qui)


def test_un_collegue_est_visible_jusqu_a_son_retrait(acteur):
    qui = acteur("structure")
    collegue = RattachementFactory(organisation_id=qui.organisation_id, organisation=None)
    assert collegue in acces.rattachements_visibles_par(qui)
    collegue.fin_le = timezone.now()
    collegue.save()
    assert collegue not in acces.rattachements_visibles_par(qui)


def test_un_visiteur_ne_voit_personne():
    RattachementFactory()
    assert not acces.rattachements_visibles_par(Acteur.visiteur()).exists()
    assert not acces.organisations_visibles_par(Acteur.visiteur()).exists()


def test_obtenir_un_membre_d_une_autre_organisation_est_introuvable():
    membre = RattachementFactory()
    assert acces.obtenir_membre(membre.organisation, membre.uuid) == membre
    with pytest.raises(Http404):
        acces.obtenir_membre(OrganisationFactory(), membre.uuid)


# --- the request


def test_espace_demande_de_se_connecter(client):
    reponse = client.get(reverse("espace"))
    assert reponse.status_code == 302
    assert reponse.url.startswith(reverse("account_login"))


@pytest.mark.parametrize("role", ["prefecture", "sgar", "anct", "support"])
def test_espace_mene_les_agents_a_l_administration(client_de, role):
    assert client_de(role).get(reverse("espace")).url == reverse("admin:index")


@pytest.mark.parametrize(
    ("role", "nom"),
    [
        ("structure", "structures:espace"),
        ("candidat", "candidats:espace"),
        ("bdt", "subventions:bdt"),
        ("organisme", "formation:espace"),
    ],
)
def test_espace_mene_chacun_chez_soi(client_de, role, nom):
    assert client_de(role).get(reverse("espace")).url == reverse(nom)


@pytest.mark.parametrize("role", ["hub", "conseiller", "coordinateur"])
def test_un_role_dont_l_espace_n_existe_pas_voit_ses_roles(client_de, role):
    reponse = client_de(role).get(reverse("espace"))
    assert reponse.status_code == 200
    assert "Mes rôles" in reponse.content.decode()


def test_espace_sans_role_propose_de_choisir(client):
    client.force_login(UtilisateurFactory())
    page = client.get(reverse("espace")).content.decode()
    assert "Que souhaitez-vous faire ?" in page
    assert reverse("candidats:inscription") in page
    assert reverse("structures:candidater") in page


def test_changer_de_role_le_temps_de_la_session(client_de):
    un = RattachementFactory(candidat=True)
    deux = RattachementFactory(utilisateur=un.utilisateur)
    client = client_de(rattachement=deux)
    reponse = client.post(reverse("comptes:role"), {"rattachement": str(un.uuid)})
    assert reponse.url == reverse("espace")
    assert client.get(reverse("comptes:role")).wsgi_request.acteur.role == Role.CANDIDAT


def test_changer_de_role_revient_ou_l_on_allait_mais_jamais_ailleurs(client_de):
    client = client_de("structure")
    donnees = {"rattachement": str(client.rattachement.uuid)}
    adresse = reverse("comptes:role")
    assert client.post(adresse, {**donnees, "next": "/espace/equipe/"}).url == "/espace/equipe/"
    for ailleurs in ("https://mechant.example/", "//mechant.example", "javascript:alert(1)"):
        assert client.post(adresse, {**donnees, "next": ailleurs}).url == reverse("espace")


def test_le_role_d_un_autre_est_introuvable(client_de):
    client = client_de("structure")
    for uuid in (RattachementFactory(anct=True).uuid, "pas-un-uuid", ""):
        assert client.post(reverse("comptes:role"), {"rattachement": str(uuid)}).status_code == 404
    assert client.get(reverse("comptes:role")).wsgi_request.acteur.role == Role.STRUCTURE


def test_lire_ne_change_pas_de_role(client_de):
    autre = RattachementFactory(candidat=True)
    client = client_de(rattachement=RattachementFactory(utilisateur=autre.utilisateur))
    client.get(reverse("comptes:role"), {"rattachement": str(autre.uuid)})
    assert client.get(reverse("comptes:role")).wsgi_request.acteur.role == Role.STRUCTURE


def test_un_rattachement_termine_perd_l_acces_a_la_requete_suivante(client_de):
    client = client_de("structure")
    assert client.get(reverse("comptes:equipe")).status_code == 200
    Rattachement.objects.filter(pk=client.rattachement.pk).update(fin_le=timezone.now())
    assert client.get(reverse("comptes:equipe")).status_code == 403


def test_un_compte_desactive_est_deconnecte_a_la_requete_suivante(client_de):
    client = client_de("structure")
    Utilisateur.objects.filter(pk=client.utilisateur.pk).update(is_active=False)
    assert client.get(reverse("comptes:equipe")).status_code == 302


def test_un_mauvais_role_est_refuse_avec_la_raison(client_de):
    reponse = client_de("candidat").get(reverse("comptes:equipe"))
    assert reponse.status_code == 403
    assert "réservée à" in reponse.content.decode()


def test_un_mauvais_role_se_voit_proposer_le_bon(client_de):
    candidat = RattachementFactory(candidat=True)
    structure = RattachementFactory(utilisateur=candidat.utilisateur)
    reponse = client_de(rattachement=candidat).get(reverse("comptes:equipe"))
    assert reponse.status_code == 403
    page = reponse.content.decode()
    assert str(structure.uuid) in page
    assert f'value="{reverse("comptes:equipe")}"' in page
