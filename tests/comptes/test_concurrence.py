"""Two people at the same second: one effect, and a clear refusal for the other (threads on the real database)."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from portal.commun.acteurs import Acteur
from portal.commun.erreurs import ErreurMetier
from portal.comptes import actions
from portal.comptes.acces import acteur_de
from portal.comptes.models import Invitation, Rattachement, Utilisateur
from tests.comptes.factories import MOT_DE_PASSE, RattachementFactory
from tests.comptes.outils import courriels_pour, secret_envoye

pytestmark = pytest.mark.django_db(transaction=True)

ADRESSE = "lou@exemple.fr"


def ensemble(*appels):
    """Run the calls at the same moment, each in its thread; the exceptions of the domain are returned."""
    depart = Barrier(len(appels))

    def lancer(appel):
        depart.wait()
        try:
            return appel()
        except ErreurMetier as refus:
            return refus
        finally:
            connection.close()

    with ThreadPoolExecutor(len(appels)) as fils:
        return list(fils.map(lancer, appels))


def refus(resultats):
    return [resultat for resultat in resultats if isinstance(resultat, ErreurMetier)]


def test_r27_deux_acceptations_du_meme_lien_n_ont_qu_un_effet():
    chef = RattachementFactory(administrateur=True)
    actions.inviter(
        acteur=acteur_de(chef.utilisateur), organisation=chef.organisation, role="structure", courriel=ADRESSE
    )
    secret = secret_envoye(ADRESSE)

    def accepter():
        return actions.accepter_invitation(
            acteur=Acteur.visiteur(), secret=secret, mot_de_passe=MOT_DE_PASSE, prenom="Lou", nom="Petit"
        )

    resultats = ensemble(accepter, accepter, accepter)
    assert len(refus(resultats)) == 2
    assert Utilisateur.objects.filter(email=ADRESSE).count() == 1
    assert Rattachement.objects.filter(utilisateur__email=ADRESSE).count() == 1


def test_les_deux_derniers_administrateurs_ne_partent_pas_ensemble():
    un = RattachementFactory(administrateur=True)
    deux = RattachementFactory(administrateur=True, organisation=un.organisation)
    resultats = ensemble(
        *[lambda r=r: actions.retirer_membre(acteur=acteur_de(r.utilisateur, r), rattachement=r) for r in (un, deux)]
    )
    assert len(refus(resultats)) == 1
    assert Rattachement.objects.en_vigueur().filter(organisation=un.organisation, administrateur=True).count() == 1


def test_deux_invitations_de_la_meme_personne_n_en_font_qu_une():
    chef = RattachementFactory(administrateur=True)
    qui = acteur_de(chef.utilisateur)

    def inviter():
        return actions.inviter(acteur=qui, organisation=chef.organisation, role="structure", courriel=ADRESSE)

    resultats = ensemble(inviter, inviter)
    assert len(refus(resultats)) == 1
    assert Invitation.objects.count() == 1
    assert len(courriels_pour(ADRESSE)) == 1
