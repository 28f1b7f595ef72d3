"""Memberships and accounts: rights, removal, access to the administration, deactivation (DOMAIN §2, R110)."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite
from portal.commun.roles import ROLES_ADMIN, Role
from portal.comptes import actions
from portal.comptes.acces import acteur_de
from portal.comptes.models import Organisation, Rattachement, Utilisateur
from tests.comptes.factories import (
    OrganisationFactory,
    RattachementFactory,
    UtilisateurFactory,
    departement,
)
from tests.comptes.outils import courriels_pour

pytestmark = pytest.mark.django_db

SYSTEME = Acteur.systeme()


def rattacher(utilisateur, role, organisation=None, acteur=SYSTEME, **droits):
    return actions.rattacher(acteur=acteur, utilisateur=utilisateur, role=role, organisation=organisation, **droits)


@pytest.fixture
def equipe():
    """An administrator and a member of the same structure."""
    chef = RattachementFactory(administrateur=True)
    return chef, RattachementFactory(organisation=chef.organisation)


# --- attaching


def test_rattacher_deux_fois_ne_donne_qu_un_role_et_ajoute_les_droits():
    personne, structure = UtilisateurFactory(), OrganisationFactory()
    rattacher(personne, Role.STRUCTURE, structure, administrateur=True)
    rattachement = rattacher(personne, Role.STRUCTURE, structure, signataire=True)
    assert Rattachement.objects.count() == 1
    assert (rattachement.administrateur, rattachement.signataire) == (True, True)


def test_une_personne_s_inscrit_elle_meme_comme_candidat():
    personne = UtilisateurFactory()
    assert rattacher(personne, Role.CANDIDAT, acteur=acteur_de(personne)).role == Role.CANDIDAT


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.CONSEILLER])
def test_une_personne_ne_se_donne_pas_un_autre_role(role):
    personne = UtilisateurFactory()
    with pytest.raises(AccesRefuse):
        rattacher(personne, role, acteur=acteur_de(personne))


def test_un_candidat_ne_rattache_pas_quelqu_un_d_autre(acteur):
    with pytest.raises(AccesRefuse):
        rattacher(UtilisateurFactory(), Role.CANDIDAT, acteur=acteur("candidat"))


def test_un_role_dans_la_mauvaise_organisation_est_refuse():
    with pytest.raises(RegleNonRespectee):
        rattacher(UtilisateurFactory(), Role.ANCT, OrganisationFactory())
    with pytest.raises(RegleNonRespectee):
        rattacher(UtilisateurFactory(), Role.STRUCTURE)


def test_la_base_refuse_deux_fois_le_meme_role_en_vigueur():
    personne = UtilisateurFactory()
    RattachementFactory(candidat=True, utilisateur=personne)
    with pytest.raises(IntegrityError), transaction.atomic():
        RattachementFactory(candidat=True, utilisateur=personne)


@pytest.mark.parametrize("role", ["prefecture", "sgar", "anct", "bdt", "support", "organisme", "hub", "candidat"])
def test_l_acces_a_l_administration_suit_les_roles(role):
    personne = UtilisateurFactory()
    sans_organisation = role in ("support", "candidat")
    organisation = None if sans_organisation else OrganisationFactory(**{role: True})
    if organisation:
        rattacher(UtilisateurFactory(), role, organisation)
    rattachement = rattacher(personne, role, organisation)
    personne.refresh_from_db()
    assert personne.is_staff is (role in ROLES_ADMIN)
    actions.retirer_membre(acteur=SYSTEME, rattachement=rattachement)
    personne.refresh_from_db()
    assert personne.is_staff is False


def test_l_acces_a_l_administration_reste_avec_un_second_role_d_agent():
    personne = UtilisateurFactory()
    prefecture = OrganisationFactory(prefecture=True)
    rattacher(UtilisateurFactory(), Role.PREFECTURE, prefecture)
    un = rattacher(personne, Role.PREFECTURE, prefecture)
    rattacher(personne, Role.SUPPORT)
    actions.retirer_membre(acteur=SYSTEME, rattachement=un)
    personne.refresh_from_db()
    assert personne.is_staff


def test_un_superutilisateur_garde_l_administration():
    personne = Utilisateur.objects.create_superuser("technique@exemple.fr", "x")
    role = rattacher(personne, Role.SUPPORT)
    actions.retirer_membre(acteur=SYSTEME, rattachement=role)
    personne.refresh_from_db()
    assert personne.is_staff


# --- removing


def test_un_administrateur_retire_un_membre_qui_est_prevenu(equipe):
    chef, membre = equipe
    actions.retirer_membre(acteur=acteur_de(chef.utilisateur), rattachement=membre, motif="A quitté la mairie")
    membre.refresh_from_db()
    assert membre.fin_le is not None
    assert membre.history.first().history_change_reason == "A quitté la mairie"
    assert membre.organisation.nom in courriels_pour(membre.utilisateur.email)[-1].subject


def test_un_membre_quitte_l_equipe_de_lui_meme(equipe):
    _, membre = equipe
    actions.retirer_membre(acteur=acteur_de(membre.utilisateur), rattachement=membre)
    assert not Rattachement.objects.en_vigueur().filter(pk=membre.pk).exists()


def test_un_membre_ne_retire_personne(equipe):
    chef, membre = equipe
    with pytest.raises(AccesRefuse):
        actions.retirer_membre(acteur=acteur_de(membre.utilisateur), rattachement=chef)


def test_on_ne_retire_pas_deux_fois(equipe):
    chef, membre = equipe
    qui = acteur_de(chef.utilisateur)
    actions.retirer_membre(acteur=qui, rattachement=membre)
    with pytest.raises(TransitionInterdite):
        actions.retirer_membre(acteur=qui, rattachement=membre)


@pytest.mark.parametrize("par", ["lui-meme", "anct"])
def test_une_organisation_garde_un_administrateur(equipe, acteur, par):
    chef, _ = equipe
    qui = acteur_de(chef.utilisateur) if par == "lui-meme" else acteur("anct")
    with pytest.raises(RegleNonRespectee, match="dernier administrateur"):
        actions.retirer_membre(acteur=qui, rattachement=chef)
    with pytest.raises(RegleNonRespectee, match="dernier administrateur"):
        actions.definir_droits(acteur=qui, rattachement=chef, administrateur=False, signataire=True)


def test_l_administrateur_part_apres_en_avoir_nomme_un_autre(equipe):
    chef, membre = equipe
    qui = acteur_de(chef.utilisateur)
    actions.nommer_administrateur(acteur=qui, rattachement=membre)
    actions.retirer_membre(acteur=qui, rattachement=chef)
    membre.refresh_from_db()
    assert membre.administrateur


def test_un_administrateur_desactive_ne_compte_pas(equipe):
    """The second administrator cannot sign in any more: the first one is really the last."""
    chef, membre = equipe
    qui = acteur_de(chef.utilisateur)
    actions.nommer_administrateur(acteur=qui, rattachement=membre)
    Utilisateur.objects.filter(pk=membre.utilisateur_id).update(is_active=False)
    with pytest.raises(RegleNonRespectee):
        actions.retirer_membre(acteur=qui, rattachement=chef)


# --- rights


def test_nommer_administrateur_demande_de_l_etre(equipe):
    _, membre = equipe
    with pytest.raises(AccesRefuse):
        actions.nommer_administrateur(acteur=acteur_de(membre.utilisateur), rattachement=membre)


def test_r63_seuls_certains_roles_signent(acteur):
    agent = RattachementFactory(prefecture=True)
    with pytest.raises(RegleNonRespectee) as refus:
        actions.definir_droits(acteur=acteur("anct"), rattachement=agent, administrateur=True, signataire=True)
    assert refus.value.champ == "signataire"


def test_les_droits_d_un_membre_retire_ne_changent_plus(equipe):
    chef, membre = equipe
    Rattachement.objects.filter(pk=membre.pk).update(fin_le=timezone.now())
    with pytest.raises(TransitionInterdite):
        actions.nommer_administrateur(acteur=acteur_de(chef.utilisateur), rattachement=membre)


def test_un_role_personnel_n_a_pas_de_droits(acteur):
    with pytest.raises(RegleNonRespectee):
        actions.nommer_administrateur(acteur=acteur("anct"), rattachement=RattachementFactory(candidat=True))


# --- bodies


def test_une_prefecture_a_un_departement_et_un_sgar_une_region(acteur):
    anct = acteur("anct")
    with pytest.raises(RegleNonRespectee) as refus:
        actions.creer_organisation(acteur=anct, type="prefecture", nom="Préfecture du Cantal")
    assert refus.value.champ == "departements"
    with pytest.raises(RegleNonRespectee):
        actions.creer_organisation(acteur=anct, type="sgar", nom="SGAR")
    with pytest.raises(RegleNonRespectee):
        actions.creer_organisation(acteur=anct, type="bdt", nom="BdT", departements=[departement()])
    creee = actions.creer_organisation(
        acteur=anct, type="prefecture", nom="Préfecture du Cantal", departements=[departement("15", "Cantal")]
    )
    assert [d.code for d in creee.departements.all()] == ["15"]


@pytest.mark.parametrize("role", ["structure", "prefecture", "bdt", "visiteur"])
def test_seule_l_anct_cree_et_modifie_une_organisation(role, acteur):
    with pytest.raises(AccesRefuse):
        actions.creer_organisation(acteur=acteur(role), type="bdt", nom="Banque")
    with pytest.raises(AccesRefuse):
        actions.modifier_organisation(acteur=acteur(role), organisation=OrganisationFactory(), nom="Autre")


def test_modifier_une_organisation_change_son_territoire(acteur):
    prefecture = OrganisationFactory(prefecture=True)
    actions.modifier_organisation(
        acteur=acteur("anct"), organisation=prefecture, nom="Préfecture", departements=[departement("15", "Cantal")]
    )
    assert [d.code for d in Organisation.objects.get(pk=prefecture.pk).departements.all()] == ["15"]


# --- accounts


def test_seul_le_portail_cree_un_compte_pour_quelqu_un(acteur):
    with pytest.raises(AccesRefuse):
        actions.creer_compte(acteur=acteur("anct"), courriel="x@exemple.fr")
    compte = actions.creer_compte(acteur=SYSTEME, courriel="Anne@Exemple.fr", mot_de_passe="x", prenom="Anne")
    assert compte.email == "anne@exemple.fr"
    with pytest.raises(RegleNonRespectee, match="existe déjà"):
        actions.creer_compte(acteur=SYSTEME, courriel="ANNE@exemple.fr")


def test_r43_la_base_refuse_deux_comptes_a_la_meme_adresse():
    UtilisateurFactory(email="anne@exemple.fr")
    with pytest.raises(IntegrityError), transaction.atomic():
        UtilisateurFactory(email="ANNE@exemple.fr")


def test_on_ne_change_que_son_propre_nom(acteur):
    personne = UtilisateurFactory()
    with pytest.raises(AccesRefuse):
        actions.changer_identite(acteur=acteur("structure"), utilisateur=personne, prenom="A", nom="B")
    actions.changer_identite(acteur=acteur_de(personne), utilisateur=personne, prenom=" Anne ", nom="Roux")
    personne.refresh_from_db()
    assert personne.nom_complet == "Anne Roux"


def test_desactiver_puis_reactiver_un_compte(acteur):
    personne, anct = UtilisateurFactory(), acteur("anct")
    actions.desactiver_compte(acteur=anct, utilisateur=personne, motif="Départ")
    personne.refresh_from_db()
    assert not personne.is_active
    assert personne.history.first().history_change_reason == "Départ"
    with pytest.raises(TransitionInterdite):
        actions.desactiver_compte(acteur=anct, utilisateur=personne, motif="Départ")
    actions.reactiver_compte(acteur=anct, utilisateur=personne, motif="Retour")
    personne.refresh_from_db()
    assert personne.is_active
    with pytest.raises(TransitionInterdite):
        actions.reactiver_compte(acteur=anct, utilisateur=personne, motif="Retour")


def test_r110_desactiver_demande_un_motif(acteur):
    with pytest.raises(RegleNonRespectee) as refus:
        actions.desactiver_compte(acteur=acteur("anct"), utilisateur=UtilisateurFactory(), motif=" ")
    assert refus.value.champ == "motif"


@pytest.mark.parametrize("role", ["structure", "prefecture", "bdt", "candidat"])
def test_les_autres_roles_ne_desactivent_personne(role, acteur):
    with pytest.raises(AccesRefuse):
        actions.desactiver_compte(acteur=acteur(role), utilisateur=UtilisateurFactory(), motif="Non")


def test_nul_ne_se_desactive_ni_ne_desactive_le_support_technique(acteur):
    anct = acteur("anct")
    with pytest.raises(AccesRefuse):
        actions.desactiver_compte(
            acteur=anct, utilisateur=Utilisateur.objects.get(pk=anct.utilisateur_id), motif="Essai"
        )
    technique = Utilisateur.objects.create_superuser("technique@exemple.fr", "x")
    with pytest.raises(AccesRefuse):
        actions.desactiver_compte(acteur=anct, utilisateur=technique, motif="Essai")


def test_r112_l_historique_ne_garde_pas_le_mot_de_passe():
    champs = {champ.name for champ in Utilisateur.history.model._meta.get_fields()}
    assert "password" not in champs
