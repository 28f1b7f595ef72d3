"""From the validated candidate to the departure, through the verbs only (R53, R54, R4, R80 to R83)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from candidats.enums import EtatCandidat, EtatMiseEnRelation
from formation import actions
from formation.enums import EtatInscription, EtatPositionnement
from formation.models import SessionFormation
from portal.commun.erreurs import RegleNonRespectee
from subventions.models import Dossier
from tests.formation.factories import OrganismeFactory, SessionFactory, acteur_de, avec_contrat_signe, dans
from tests.subventions.factories import DossierFactory, acteur_du_dossier

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("privee", [False, True])
def test_du_contact_au_depart(privee):
    dossier = DossierFactory(conforme=True, privee=privee)
    organisme = OrganismeFactory()
    structure, centre = acteur_du_dossier(dossier), acteur_de(organisme)

    # R80
    if privee:
        actions.contacter_organisme(
            acteur=structure, dossier=dossier, organisme=organisme, message="Bonjour, quand peut-on passer le test ?"
        )
    else:
        actions.noter_contact(acteur=centre, dossier=dossier, organisme=organisme, le=timezone.localdate())
    assert Dossier.objects.get(pk=dossier.pk).formation_contactee_le == timezone.localdate()

    # R81
    test = actions.proposer_test(
        acteur=centre,
        dossier=dossier,
        organisme=organisme,
        creneau=timezone.now() + dt.timedelta(days=2),
        lieu="Salle 3",
    )
    test = actions.enregistrer_resultat(acteur=centre, positionnement=test, heures=350, le=timezone.localdate())
    assert test.etat == EtatPositionnement.PASSE

    donnees = {
        "modalite": "presentiel", "commune": dossier.structure.commune, "lieu": "12 rue des Écoles", "heures": 350,
        "debut": dans(20), "fin": dans(90), "cloture_le": dans(10), "capacite": 10,
    }  # fmt: skip
    session = actions.creer_session(acteur=centre, organisme=organisme, donnees=donnees)
    inscription = actions.inscrire(acteur=structure, session=session, dossier=dossier)
    assert inscription.etat == EtatInscription.INSCRITE

    # Time passes: the contract is signed, the session is confirmed and has begun.
    SessionFormation.objects.filter(pk=session.pk).update(debut=dans(-1), cloture_le=dans(-5), etat="confirmee")
    with pytest.raises(RegleNonRespectee) as refus:
        actions.enregistrer_depart(acteur=centre, inscription=inscription, le=dans(-1))
    assert refus.value.regle == "R62"
    avec_contrat_signe(Dossier.objects.get(pk=dossier.pk), signe_le=dans(-4))
    inscription = actions.enregistrer_depart(acteur=centre, inscription=inscription, le=dans(-1))

    assert inscription.etat == EtatInscription.PARTIE
    dossier = Dossier.objects.get(pk=dossier.pk)
    assert dossier.depart_formation_le == dans(-1)
    # R54
    assert dossier.mise_en_relation.etat == EtatMiseEnRelation.RECRUTEE
    assert dossier.mise_en_relation.recrutee_le == dans(-1)
    assert dossier.mise_en_relation.candidat.etat == EtatCandidat.RECRUTE


def test_a_distance_confirmee_des_sa_creation_r82():
    organisme = OrganismeFactory(distance=True)
    donnees = {
        "modalite": "distance", "commune": None, "lieu": "https://classe.exemple.fr", "heures": 105,
        "debut": dans(20), "fin": dans(200), "cloture_le": dans(10), "capacite": 100,
    }  # fmt: skip
    session = actions.creer_session(acteur=acteur_de(organisme), organisme=organisme, donnees=donnees)
    assert session.etat == "confirmee"


def test_les_fabriques_tiennent():
    assert SessionFactory(distance=True).modalite == "distance"
