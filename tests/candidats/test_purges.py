"""R42, R111: a registration that nobody confirmed goes thirty days after the last link, with what was made for it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from candidats import actions, purges
from candidats.models import Candidat
from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, TransitionInterdite
from portal.commun.models import Jeton
from portal.commun.roles import Role
from portal.comptes.models import Rattachement, Utilisateur
from tests.candidats.factories import CandidatFactory, donnees_inscription
from tests.candidats.outils import courriels
from tests.comptes.factories import RattachementFactory, UtilisateurFactory
from tests.structures.factories import StructureFactory

pytestmark = pytest.mark.django_db
SYSTEME = Acteur.systeme()
TRENTE_JOURS = dt.timedelta(days=30)
UN_JOUR = dt.timedelta(days=1)


@pytest.fixture
def aujourdhui():
    return timezone.localdate()


@pytest.fixture
def inscrit():
    """Registered today by the public form, its link sent."""
    return actions.inscrire_candidat(acteur=Acteur.visiteur(), donnees=donnees_inscription())


def test_la_veille_tout_est_la_le_jour_tout_est_parti(inscrit, aujourdhui):
    """R111: and a second run deletes nothing more."""
    assert purges.effacer_jamais_confirmes(aujourdhui + TRENTE_JOURS - UN_JOUR) == 0
    assert Candidat.objects.filter(pk=inscrit.pk).exists()
    assert purges.effacer_jamais_confirmes(aujourdhui + TRENTE_JOURS) == 1
    assert not Candidat.objects.exists()
    assert not Utilisateur.objects.filter(pk=inscrit.utilisateur_id).exists()
    assert not Rattachement.objects.filter(utilisateur_id=inscrit.utilisateur_id).exists()
    assert purges.effacer_jamais_confirmes(aujourdhui + TRENTE_JOURS) == 0


def test_le_dernier_lien_envoye_compte(inscrit, aujourdhui):
    """R42: whoever asked for another link has thirty days from it."""
    Jeton.objects.update(emis_le=timezone.now() + dt.timedelta(days=20))
    assert purges.effacer_jamais_confirmes(aujourdhui + dt.timedelta(days=49)) == 0
    assert purges.effacer_jamais_confirmes(aujourdhui + dt.timedelta(days=50)) == 1


def test_le_journal_dit_qui_et_pourquoi_sans_rien_dire_de_la_personne(inscrit, aujourdhui):
    """R110, R111: one line of history stays for each row, without what was typed."""
    purges.effacer_jamais_confirmes(aujourdhui + TRENTE_JOURS)
    ligne = Candidat.history.get(id=inscrit.pk)
    assert (ligne.history_type, ligne.history_role) == ("-", Role.SYSTEME)
    assert "Jamais confirmée" in ligne.history_change_reason
    assert (ligne.motivation, ligne.telephone, ligne.commune_id) == ("", "", None)
    assert ligne.date_naissance == dt.date(1900, 1, 1)
    compte = Utilisateur.history.get(id=inscrit.utilisateur_id)
    assert (compte.history_type, compte.email, compte.prenom, compte.nom) == ("-", "", "", "")


def test_qui_a_confirme_reste(aujourdhui):
    CandidatFactory()
    retire = CandidatFactory(retire=True)
    assert purges.effacer_jamais_confirmes(aujourdhui + dt.timedelta(days=400)) == 0
    assert Candidat.objects.filter(pk=retire.pk).exists()


def test_qui_a_ete_retire_sans_avoir_confirme_part_aussi(aujourdhui):
    CandidatFactory(retire=True, confirme_le=None)
    assert purges.effacer_jamais_confirmes(aujourdhui + TRENTE_JOURS) == 1


def test_le_compte_qui_sert_a_autre_chose_reste(aujourdhui):
    """Somebody of a structure who never proved an address as a candidate keeps the account and the other role."""
    candidat = CandidatFactory(a_confirmer=True)
    autre = RattachementFactory(
        utilisateur=candidat.utilisateur, role=Role.STRUCTURE, organisation=StructureFactory().organisation
    )
    assert purges.effacer_jamais_confirmes(aujourdhui + TRENTE_JOURS) == 1
    assert not Candidat.objects.exists()
    assert list(Rattachement.objects.filter(utilisateur=candidat.utilisateur)) == [autre]


def test_un_compte_deja_utilise_ou_prouve_reste(aujourdhui):
    connecte = CandidatFactory(a_confirmer=True)
    Utilisateur.objects.filter(pk=connecte.utilisateur_id).update(last_login=timezone.now())
    prouve = CandidatFactory(confirme_le=None, etat="a_confirmer", utilisateur=UtilisateurFactory())
    assert purges.effacer_jamais_confirmes(aujourdhui + TRENTE_JOURS) == 2
    assert Utilisateur.objects.filter(pk__in=[connecte.utilisateur_id, prouve.utilisateur_id]).count() == 2


def test_on_peut_se_reinscrire_ensuite(inscrit, aujourdhui):
    """R43: the address is free again."""
    purges.effacer_jamais_confirmes(aujourdhui + TRENTE_JOURS)
    assert actions.inscrire_candidat(acteur=Acteur.visiteur(), donnees=donnees_inscription()) is not None


def test_le_message_annonce_la_duree(inscrit):
    assert "effacé au bout de 30 jours" in courriels("confirmation")[0].message


def test_une_confirmation_au_meme_moment_l_emporte(inscrit):
    """R42: what the purge had read without a lock is read again under it."""
    lu_avant = Candidat.objects.get()
    actions.confirmer(acteur=SYSTEME, candidat=inscrit)
    with pytest.raises(TransitionInterdite):
        actions.effacer_inscription(acteur=SYSTEME, candidat=lu_avant, motif="Essai")
    assert Candidat.objects.get().confirme_le is not None


def test_seul_le_portail_efface(inscrit):
    with pytest.raises(AccesRefuse):
        actions.effacer_inscription(acteur=Acteur.visiteur(), candidat=inscrit, motif="Essai")
