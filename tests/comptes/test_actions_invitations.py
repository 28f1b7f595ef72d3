"""Invitations (R27): who invites, what the link does, what is refused, and the mails (R113)."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone
from post_office.models import Email

from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite
from portal.commun.jetons import JetonInvalide
from portal.commun.models import Jeton
from portal.commun.roles import Role
from portal.comptes import actions, regles
from portal.comptes.acces import acteur_de
from portal.comptes.models import EtatInvitation, Invitation, Rattachement, Utilisateur
from tests.comptes.factories import MOT_DE_PASSE, OrganisationFactory, RattachementFactory, UtilisateurFactory
from tests.comptes.outils import courriels_pour, secret_envoye

pytestmark = pytest.mark.django_db

ADRESSE = "nouvelle@exemple.fr"
NOUVEAU = {"mot_de_passe": MOT_DE_PASSE, "prenom": "Lou", "nom": "Petit"}


@pytest.fixture
def administrateur():
    rattachement = RattachementFactory(administrateur=True)
    return acteur_de(rattachement.utilisateur, rattachement)


@pytest.fixture
def organisation(administrateur):
    return Rattachement.objects.get(utilisateur=administrateur.utilisateur_id).organisation


@pytest.fixture
def invitation(administrateur, organisation):
    return inviter(administrateur, organisation)


def inviter(acteur, organisation, courriel=ADRESSE, role=Role.STRUCTURE, **champs):
    return actions.inviter(acteur=acteur, organisation=organisation, role=role, courriel=courriel, **champs)


def accepter(secret, acteur=None, **champs):
    return actions.accepter_invitation(acteur=acteur or Acteur.visiteur(), secret=secret, **(champs or NOUVEAU))


def vieillir(invitation, delai=regles.DELAI_ENTRE_RENOUVELLEMENTS):
    Invitation.objects.filter(pk=invitation.pk).update(modifie_le=timezone.now() - delai - timedelta(seconds=1))


def perimer(invitation):
    Jeton.objects.filter(objet__endswith=str(invitation.uuid)).update(expire_le=timezone.now() - timedelta(days=1))
    vieillir(invitation)


# --- inviting


def test_r27_inviter_envoie_un_lien_et_garde_la_trace(administrateur, organisation):
    invitation = inviter(administrateur, organisation, courriel=" Nouvelle@Exemple.fr ", prenom="Lou")
    assert invitation.courriel == ADRESSE
    assert invitation.invite_par_id == administrateur.utilisateur_id
    (courriel,) = courriels_pour(ADRESSE)
    assert organisation.nom in courriel.subject
    assert "28 jours" in courriel.message
    ligne = invitation.history.get()
    assert (ligne.history_user_id, ligne.history_role) == (administrateur.utilisateur_id, Role.STRUCTURE)


def test_r110_l_historique_garde_le_role_propose_et_celui_de_qui_invite(organisation, acteur):
    """Both are called « rôle »: neither may be written over the other."""
    invitation = inviter(acteur("anct"), organisation)
    ligne = invitation.history.get()
    assert (ligne.role, ligne.history_role) == (Role.STRUCTURE, Role.ANCT)


def test_r113_le_courriel_disparait_avec_l_invitation(administrateur, organisation):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        inviter(administrateur, organisation)
        raise ZeroDivisionError
    assert not Email.objects.exists()
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("role", [Role.ANCT, Role.SUPPORT])
def test_l_anct_et_le_support_invitent_partout(role, acteur):
    assert inviter(acteur(role), OrganisationFactory()).pk


@pytest.mark.parametrize("role", [Role.PREFECTURE, Role.SGAR, Role.BDT, Role.CANDIDAT, Role.ORGANISME, Role.VISITEUR])
def test_les_autres_roles_n_invitent_pas_dans_une_structure(role, acteur):
    with pytest.raises(AccesRefuse):
        inviter(acteur(role), OrganisationFactory())


def test_un_membre_sans_droit_n_invite_pas(organisation):
    membre = RattachementFactory(organisation=organisation)
    with pytest.raises(AccesRefuse):
        inviter(acteur_de(membre.utilisateur, membre), organisation)


def test_l_administrateur_d_une_structure_n_invite_pas_dans_une_autre(administrateur):
    with pytest.raises(AccesRefuse):
        inviter(administrateur, OrganisationFactory())


def test_un_administrateur_retire_n_invite_plus(administrateur, organisation):
    Rattachement.objects.filter(utilisateur=administrateur.utilisateur_id).update(fin_le=timezone.now())
    with pytest.raises(AccesRefuse):
        inviter(administrateur, organisation)


def test_un_role_d_un_autre_type_est_refuse(administrateur, organisation):
    with pytest.raises(RegleNonRespectee) as refus:
        inviter(administrateur, organisation, role=Role.ANCT)
    assert refus.value.champ == "role"


def test_r63_une_prefecture_n_a_pas_de_signataire(acteur):
    with pytest.raises(RegleNonRespectee) as refus:
        inviter(acteur("anct"), OrganisationFactory(prefecture=True), role=Role.PREFECTURE, signataire=True)
    assert (refus.value.regle, refus.value.champ) == ("R63", "signataire")


def test_r27_on_n_invite_pas_deux_fois(administrateur, organisation, invitation):
    with pytest.raises(RegleNonRespectee) as refus:
        inviter(administrateur, organisation, courriel="NOUVELLE@exemple.fr")
    assert (refus.value.regle, refus.value.champ) == ("R27", "courriel")


def test_r27_on_n_invite_pas_un_membre(administrateur, organisation):
    membre = RattachementFactory(organisation=organisation)
    with pytest.raises(RegleNonRespectee, match="déjà partie"):
        inviter(administrateur, organisation, courriel=membre.utilisateur.email.upper())


def test_on_peut_inviter_de_nouveau_apres_une_annulation(administrateur, organisation, invitation):
    actions.annuler_invitation(acteur=administrateur, invitation=invitation)
    assert inviter(administrateur, organisation).pk != invitation.pk


# --- accepting


def test_r27_une_personne_nouvelle_accepte_et_son_adresse_est_confirmee(administrateur, organisation):
    inviter(administrateur, organisation, administrateur=True, signataire=True)
    rattachement = accepter(secret_envoye(ADRESSE))
    utilisateur = rattachement.utilisateur
    assert (utilisateur.email, utilisateur.prenom, utilisateur.nom) == (ADRESSE, "Lou", "Petit")
    assert utilisateur.check_password(MOT_DE_PASSE)
    assert EmailAddress.objects.get(user=utilisateur).verified
    assert (rattachement.organisation, rattachement.role) == (organisation, Role.STRUCTURE)
    assert (rattachement.administrateur, rattachement.signataire) == (True, True)
    invitation = Invitation.objects.get()
    assert (invitation.etat, invitation.acceptee_le is not None) == (EtatInvitation.ACCEPTEE, True)


def test_le_lien_ne_sert_qu_une_fois(invitation):
    secret = secret_envoye(ADRESSE)
    accepter(secret)
    with pytest.raises(JetonInvalide, match="déjà servi"):
        accepter(secret)
    assert Rattachement.objects.filter(utilisateur__email=ADRESSE).count() == 1


def test_un_mot_de_passe_faible_ne_consomme_pas_le_lien(invitation):
    secret = secret_envoye(ADRESSE)
    with pytest.raises(RegleNonRespectee) as refus:
        accepter(secret, mot_de_passe="123456", prenom="Lou", nom="Petit")
    assert refus.value.champ == "mot_de_passe"
    assert not Utilisateur.objects.filter(email=ADRESSE).exists()
    assert accepter(secret).pk


def test_r43_une_personne_connue_doit_se_connecter(invitation):
    UtilisateurFactory(email=ADRESSE)
    with pytest.raises(RegleNonRespectee, match="connectez-vous"):
        accepter(secret_envoye(ADRESSE))


def test_r43_une_personne_connue_accepte_une_fois_connectee(invitation):
    connue = RattachementFactory(candidat=True, utilisateur__email=ADRESSE)
    avant = connue.utilisateur.password
    rattachement = accepter(secret_envoye(ADRESSE), acteur=acteur_de(connue.utilisateur, connue))
    assert rattachement.utilisateur == connue.utilisateur
    connue.utilisateur.refresh_from_db()
    assert connue.utilisateur.password == avant
    assert Utilisateur.objects.filter(email__iexact=ADRESSE).count() == 1


def test_une_autre_personne_connectee_est_refusee(invitation, acteur):
    with pytest.raises(AccesRefuse):
        accepter(secret_envoye(ADRESSE), acteur=acteur("candidat"))
    invitation.refresh_from_db()
    assert invitation.etat == EtatInvitation.ENVOYEE


def test_un_compte_jamais_confirme_est_repris_avec_un_nouveau_mot_de_passe(invitation):
    """Somebody who signed up with an address that is not theirs must not wait for us behind it."""
    UtilisateurFactory(email=ADRESSE, confirme=False, password="Mot-de-passe-de-l-autre-9")
    utilisateur = accepter(secret_envoye(ADRESSE)).utilisateur
    assert not utilisateur.check_password("Mot-de-passe-de-l-autre-9")
    assert utilisateur.check_password(MOT_DE_PASSE)


def test_un_compte_desactive_ne_recoit_pas_de_role(invitation):
    personne = UtilisateurFactory(email=ADRESSE)
    qui = acteur_de(personne)
    Utilisateur.objects.filter(pk=personne.pk).update(is_active=False)
    with pytest.raises(TransitionInterdite):
        accepter(secret_envoye(ADRESSE), acteur=qui)


def test_accepter_une_invitation_d_agent_ouvre_l_administration(acteur):
    prefecture = OrganisationFactory(prefecture=True)
    inviter(acteur("anct"), prefecture, role=Role.PREFECTURE)
    assert accepter(secret_envoye(ADRESSE)).utilisateur.is_staff


def test_un_lien_perime_est_refuse(invitation):
    perimer(invitation)
    with pytest.raises(JetonInvalide, match="expiré"):
        accepter(secret_envoye(ADRESSE))


def test_un_lien_invente_est_refuse():
    with pytest.raises(JetonInvalide):
        accepter("nimporte-quoi")


# --- renewing and cancelling


def test_r27_renouveler_remplace_le_lien(administrateur, invitation):
    ancien = secret_envoye(ADRESSE)
    vieillir(invitation)
    actions.renouveler_invitation(acteur=administrateur, invitation=invitation)
    nouveau = secret_envoye(ADRESSE)
    assert nouveau != ancien
    with pytest.raises(JetonInvalide):
        accepter(ancien)
    assert accepter(nouveau).pk


def test_r27_un_administrateur_n_envoie_pas_deux_liens_de_suite(administrateur, invitation):
    """A second click would only make the link of the first mail dead. What a floor above has to say does not wait."""
    with pytest.raises(RegleNonRespectee, match="Attendez quelques minutes") as refus:
        actions.renouveler_invitation(acteur=administrateur, invitation=invitation)
    assert refus.value.regle == "R27" and ADRESSE in refus.value.message
    assert len(courriels_pour(ADRESSE)) == 1
    assert accepter(secret_envoye(ADRESSE)).pk


def test_renouveler_demande_d_administrer(invitation, acteur):
    with pytest.raises(AccesRefuse):
        actions.renouveler_invitation(acteur=acteur("structure"), invitation=invitation)


def test_r27_la_personne_invitee_renouvelle_elle_meme_depuis_un_lien_perime(invitation):
    perimer(invitation)
    ancien = secret_envoye(ADRESSE)
    actions.renouveler_depuis_lien(acteur=Acteur.visiteur(), secret=ancien)
    assert len(courriels_pour(ADRESSE)) == 2
    assert accepter(secret_envoye(ADRESSE)).pk


def test_r27_un_visiteur_ne_fait_pas_envoyer_deux_liens_de_suite(invitation):
    with pytest.raises(RegleNonRespectee, match="Attendez"):
        actions.renouveler_depuis_lien(acteur=Acteur.visiteur(), secret=secret_envoye(ADRESSE))
    assert len(courriels_pour(ADRESSE)) == 1


def test_un_secret_inconnu_ne_renouvelle_rien(invitation):
    with pytest.raises(JetonInvalide):
        actions.renouveler_depuis_lien(acteur=Acteur.visiteur(), secret="inconnu")


@pytest.mark.parametrize("suite", ["annulee", "acceptee"])
def test_une_invitation_close_ne_bouge_plus(administrateur, invitation, suite):
    secret = secret_envoye(ADRESSE)
    if suite == "annulee":
        actions.annuler_invitation(acteur=administrateur, invitation=invitation, motif="Erreur d’adresse")
        with pytest.raises(JetonInvalide):
            accepter(secret)
    else:
        accepter(secret)
    vieillir(invitation)
    with pytest.raises(TransitionInterdite):
        actions.renouveler_invitation(acteur=administrateur, invitation=invitation)
    with pytest.raises(TransitionInterdite):
        actions.annuler_invitation(acteur=administrateur, invitation=invitation)
    with pytest.raises(TransitionInterdite):
        actions.renouveler_depuis_lien(acteur=Acteur.visiteur(), secret=secret)


def test_r110_l_annulation_garde_son_motif(administrateur, invitation):
    actions.annuler_invitation(acteur=administrateur, invitation=invitation, motif="Erreur d’adresse")
    assert invitation.history.first().history_change_reason == "Erreur d’adresse"


def test_annuler_demande_d_administrer(invitation, acteur):
    with pytest.raises(AccesRefuse):
        actions.annuler_invitation(acteur=acteur("prefecture"), invitation=invitation)


def test_r112_le_secret_n_est_pas_garde_en_base(invitation):
    secret = secret_envoye(ADRESSE)
    assert not Jeton.objects.filter(empreinte__contains=secret).exists()
    assert secret not in str(list(Jeton.objects.values()))
