"""The second factor is compulsory for agents (issue 2 §4), admin included."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client
from django.urls import reverse

from portal.commun.roles import ROLES_AGENTS
from portal.comptes.models import Utilisateur
from tests.comptes.factories import MOT_DE_PASSE, RattachementFactory, activer_second_facteur
from tests.comptes.outils import courriels_pour

pytestmark = pytest.mark.django_db

ACTIVATION = "mfa_activate_totp"


def code(secret):
    """The code that an application shows now for this secret."""
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def se_connecter(client, utilisateur, mot_de_passe=MOT_DE_PASSE, **suite):
    return client.post(reverse("account_login"), {"login": utilisateur.email, "password": mot_de_passe, **suite})


@pytest.fixture
def agent():
    """An agent of a prefecture who has no second factor yet."""
    return RattachementFactory(prefecture=True, acces_du_role=False)


@pytest.mark.parametrize("role", sorted(ROLES_AGENTS))
@pytest.mark.parametrize("page", ["admin:index", "espace", "comptes:compte", "vitrine:accueil"])
def test_un_agent_sans_second_facteur_est_mene_a_l_activation(client, role, page):
    client.force_login(RattachementFactory(**{role: True}, acces_du_role=False).utilisateur)
    assert client.get(reverse(page)).url == reverse(ACTIVATION)


@pytest.mark.parametrize("role", ["candidat", "structure", "organisme", "hub"])
def test_les_autres_roles_n_y_sont_pas_tenus(client_de, role):
    assert client_de(role).get(reverse("comptes:compte")).status_code == 200


def test_un_agent_qui_agit_dans_un_autre_role_y_est_tenu_aussi(client_de, agent):
    candidat = RattachementFactory(candidat=True, utilisateur=agent.utilisateur)
    assert client_de(rattachement=candidat).get(reverse("comptes:compte")).url == reverse(ACTIVATION)


def test_le_support_technique_y_est_tenu(client):
    client.force_login(Utilisateur.objects.create_superuser("technique@exemple.fr", "x"))
    assert client.get(reverse("admin:index")).url == reverse(ACTIVATION)


def test_la_demonstration_s_en_passe(client, agent, settings):
    settings.MFA_OBLIGATOIRE_POUR_AGENTS = False
    client.force_login(agent.utilisateur)
    assert client.get(reverse("comptes:compte")).status_code == 200


def test_un_agent_peut_toujours_sortir(client, agent):
    client.force_login(agent.utilisateur)
    assert client.post(reverse("account_logout")).status_code == 302
    assert client.get(reverse("vitrine:accueil")).status_code == 200


def test_une_page_introuvable_ne_contourne_pas_l_obligation(client, agent):
    client.force_login(agent.utilisateur)
    assert client.get("/nulle-part/").url == reverse(ACTIVATION)


@pytest.mark.django_db(transaction=True)
def test_un_agent_active_son_second_facteur_puis_entre(client, agent):
    se_connecter(client, agent.utilisateur)
    page = client.get(reverse(ACTIVATION))
    assert page.status_code == 200
    assert 'src="data:image/svg+xml;base64,' in page.content.decode()
    reponse = client.post(reverse(ACTIVATION), {"code": code(page.context["form"].secret)})
    assert reponse.url == reverse("mfa_view_recovery_codes")
    assert client.get(reponse.url).status_code == 200
    assert client.get(reverse("espace")).url == reverse("admin:index")
    assert "second facteur" in courriels_pour(agent.utilisateur.email)[-1].subject


def test_un_mauvais_code_n_active_rien(client, agent):
    se_connecter(client, agent.utilisateur)
    client.get(reverse(ACTIVATION))
    page = client.post(reverse(ACTIVATION), {"code": "000000"}).content.decode()
    assert "Ce code n’est pas correct" in page
    assert not Authenticator.objects.exists()


def test_la_connexion_d_un_agent_demande_le_code(client, agent):
    secret = activer_second_facteur(agent.utilisateur)
    assert se_connecter(client, agent.utilisateur).url == reverse("mfa_authenticate")
    assert client.get(reverse("comptes:compte")).status_code == 302
    assert "code de sécurité" in client.get(reverse("mfa_authenticate")).content.decode()
    assert client.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code == 200
    assert client.post(reverse("mfa_authenticate"), {"code": code(secret)}).status_code == 302
    assert client.get(reverse("comptes:compte")).status_code == 200


def test_une_session_d_avant_le_second_facteur_ne_devient_pas_bonne(client, agent):
    """Somebody who only knows the password waits in a session; the owner activates the second factor elsewhere."""
    se_connecter(client, agent.utilisateur)
    activer_second_facteur(agent.utilisateur)
    reponse = client.get(reverse("admin:index"))
    assert reponse.url.startswith(reverse("account_login"))
    assert "_auth_user_id" not in client.session


def test_des_codes_de_secours_seuls_ne_suffisent_pas(client, agent):
    Authenticator.objects.create(user=agent.utilisateur, type=Authenticator.Type.RECOVERY_CODES, data={})
    client.force_login(agent.utilisateur)
    assert client.get(reverse("espace")).url == reverse(ACTIVATION)


def test_un_agent_ne_desactive_pas_son_second_facteur(client, agent):
    secret = activer_second_facteur(agent.utilisateur)
    se_connecter(client, agent.utilisateur)
    client.post(reverse("mfa_authenticate"), {"code": code(secret)})
    page = client.post(reverse("mfa_deactivate_totp"))
    assert "obligatoire" in page.content.decode()
    assert Authenticator.objects.filter(user=agent.utilisateur, type=Authenticator.Type.TOTP).exists()


def test_une_structure_active_et_desactive_librement():
    client, utilisateur = Client(), RattachementFactory().utilisateur
    se_connecter(client, utilisateur)
    page = client.get(reverse(ACTIVATION))
    client.post(reverse(ACTIVATION), {"code": code(page.context["form"].secret)})
    assert Authenticator.objects.filter(user=utilisateur).exists()
    assert client.post(reverse("mfa_deactivate_totp")).status_code == 302
    assert not Authenticator.objects.filter(user=utilisateur).exists()
