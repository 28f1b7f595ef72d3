"""R23, R111: an application that nobody confirmed goes thirty days after the last link; any other one stays."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email

from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, TransitionInterdite
from portal.commun.models import Jeton
from portal.commun.purge import JAMAIS_CONFIRME
from portal.commun.roles import Role
from structures import purges
from structures.actions.effacement import effacer_candidature
from structures.enums import EtatCandidature
from structures.models import Candidature, ConsultationCoordinateur, LieuSouhaite
from structures.notifications import demander_confirmation
from structures.suivi_candidature import lien_confirmation
from tests.structures.factories import CandidatureFactory, lieu

pytestmark = pytest.mark.django_db
TRENTE_JOURS = dt.timedelta(days=30)
UN_JOUR = dt.timedelta(days=1)


@pytest.fixture
def jour():
    return timezone.localdate() + TRENTE_JOURS


@pytest.fixture
def candidature():
    """Sent today, its link sent, with its lines."""
    candidature = CandidatureFactory()
    lien_confirmation(candidature)
    LieuSouhaite.objects.create(candidature=candidature, nom="Médiathèque", commune=lieu())
    ConsultationCoordinateur.objects.create(candidature=candidature, nom="CCAS", courriel="ccas@exemple.fr")
    return candidature


def test_la_veille_tout_est_la_le_jour_tout_est_parti(candidature, jour):
    """R111: and a second run deletes nothing more."""
    assert purges.effacer_jamais_confirmees(jour - UN_JOUR) == 0
    assert Candidature.objects.filter(pk=candidature.pk).exists()
    assert purges.effacer_jamais_confirmees(jour) == 1
    assert not Candidature.objects.exists()
    assert not LieuSouhaite.objects.exists()
    assert not ConsultationCoordinateur.objects.exists()
    assert purges.effacer_jamais_confirmees(jour) == 0


def test_le_courriel_de_confirmation_annonce_l_effacement(candidature):
    """R23, R111: told from the delay of the clean-up itself."""
    demander_confirmation(candidature)
    delai = f"effacée {JAMAIS_CONFIRME.days} jours après le dernier lien envoyé"
    assert delai in " ".join(Email.objects.latest("pk").message.split())


def test_le_dernier_lien_envoye_compte(candidature, jour):
    """R23: it can be sent again."""
    Jeton.objects.update(emis_le=timezone.now() + dt.timedelta(days=10))
    assert purges.effacer_jamais_confirmees(jour + dt.timedelta(days=9)) == 0
    assert purges.effacer_jamais_confirmees(jour + dt.timedelta(days=10)) == 1


def test_le_journal_ne_nomme_plus_personne(candidature, jour):
    """R110, R111."""
    purges.effacer_jamais_confirmees(jour)
    ligne = Candidature.history.get(id=candidature.pk)
    assert (ligne.history_type, ligne.history_role, ligne.nom) == ("-", Role.SYSTEME, candidature.nom)
    assert "Jamais confirmée" in ligne.history_change_reason
    for champ in ("contact_prenom", "contact_nom", "contact_courriel", "contact_telephone", "motivation", "missions"):
        assert getattr(ligne, champ) == ""
    assert set(ConsultationCoordinateur.history.values_list("history_type", "courriel")) == {("-", "")}


@pytest.mark.parametrize("etat", ["deposee", "retenue", "refusee", "activee", "abandonnee"])
def test_ce_qui_a_ete_depose_reste(etat, jour):
    CandidatureFactory(**{etat: True})
    assert purges.effacer_jamais_confirmees(jour + dt.timedelta(days=400)) == 0


def test_une_candidature_remplacee_avant_d_etre_confirmee_part_aussi(jour):
    """R22: the same form sent twice leaves an abandoned one behind, that nobody ever confirmed."""
    CandidatureFactory(etat=EtatCandidature.ABANDONNEE)
    assert purges.effacer_jamais_confirmees(jour) == 1


def test_demander_un_lien_pour_une_candidature_effacee_le_dit(client, candidature, jour):
    """R23: the old message leads to a page that says what happened, never to an error."""
    adresse = lien_confirmation(candidature)
    secret = adresse.rstrip("/").rsplit("/", 1)[1]
    Jeton.objects.update(expire_le=timezone.now())
    purges.effacer_jamais_confirmees(jour)
    assert client.get(reverse("structures:confirmer", args=[secret])).status_code == 410
    page = client.post(reverse("structures:nouveau_lien", args=[secret]), follow=True)
    assert "a été effacée" in page.content.decode()


def test_seul_le_portail_efface_et_jamais_ce_qui_est_depose(candidature):
    with pytest.raises(AccesRefuse):
        effacer_candidature(acteur=Acteur.visiteur(), candidature=candidature, motif="Essai")
    with pytest.raises(TransitionInterdite):
        effacer_candidature(acteur=Acteur.systeme(), candidature=CandidatureFactory(deposee=True), motif="Essai")
