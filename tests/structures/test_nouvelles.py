"""S0, R24: the prefecture is told of new applications, once a day at most, each application once."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from post_office.models import Email

from portal.commun.rappels import lancer
from structures.models import Candidature
from structures.nouvelles import NOM, resumer_nouvelles_candidatures
from tests.comptes.factories import OrganisationFactory, RattachementFactory
from tests.comptes.factories import departement as creer_departement
from tests.structures.factories import CandidatureFactory, lieu

pytestmark = pytest.mark.django_db
JOUR = dt.timedelta(days=1)


@pytest.fixture
def aujourdhui():
    return timezone.localdate()


def prefecture(*codes, courriel="pref@exemple.fr"):
    return OrganisationFactory(prefecture=True, codes_departements=list(codes or ["03"]), courriel=courriel)


def test_un_resume_dit_les_nouvelles_candidatures_du_territoire(aujourdhui):
    """S0: with their number, and the page where to give the opinion."""
    prefecture()
    ici = CandidatureFactory(deposee=True, nom="Mairie d’Ici", nb_conseillers=3)
    CandidatureFactory(deposee=True, nom="Mairie d’Ailleurs", commune=lieu("63113"))
    CandidatureFactory(nom="Mairie non confirmée")
    CandidatureFactory(retenue=True, nom="Mairie déjà décidée")
    assert resumer_nouvelles_candidatures(aujourdhui) == 1
    courriel = Email.objects.get()
    assert courriel.to == ["pref@exemple.fr"]
    assert courriel.subject == "1 nouvelle candidature à examiner"
    assert f"n° {ici.numero}, Mairie d’Ici (Moulins) : 3 postes" in courriel.message
    assert "/admin/structures/candidature/concertation/" in courriel.message
    for absent in ("Ailleurs", "non confirmée", "déjà décidée"):
        assert absent not in courriel.message


def test_chaque_candidature_une_fois_et_un_courriel_par_jour(aujourdhui):
    """Run twice, or after a new arrival of the same day: nothing more before the next day."""
    prefecture()
    CandidatureFactory(deposee=True, nom="Première")
    assert resumer_nouvelles_candidatures(aujourdhui) == 1
    CandidatureFactory(deposee=True, nom="Seconde")
    assert resumer_nouvelles_candidatures(aujourdhui) == 0
    assert resumer_nouvelles_candidatures(aujourdhui + JOUR) == 1
    dernier = Email.objects.order_by("-pk").first()
    assert "Seconde" in dernier.message
    assert "Première" not in dernier.message
    assert resumer_nouvelles_candidatures(aujourdhui + 2 * JOUR) == 0


def test_rien_de_neuf_pas_de_courriel(aujourdhui):
    prefecture()
    assert resumer_nouvelles_candidatures(aujourdhui) == 0
    assert not Email.objects.exists()


def test_une_execution_pour_un_jour_passe_ne_dit_pas_ce_qui_vient_apres(aujourdhui):
    prefecture()
    CandidatureFactory(deposee=True)
    assert resumer_nouvelles_candidatures(aujourdhui - JOUR) == 0
    assert resumer_nouvelles_candidatures(aujourdhui) == 1


def test_les_agents_quand_le_service_n_a_pas_d_adresse_et_plus_tard_quand_il_n_a_personne(aujourdhui):
    """A body that nobody can be written to is told once it has an address."""
    organisation = prefecture(courriel="")
    CandidatureFactory(deposee=True)
    assert resumer_nouvelles_candidatures(aujourdhui) == 0
    agent = RattachementFactory(prefecture=True, organisation=organisation).utilisateur
    assert resumer_nouvelles_candidatures(aujourdhui) == 1
    assert Email.objects.get().to == [agent.email]


@pytest.mark.parametrize(
    ("code", "nom"),
    [("978", "Saint-Martin"), ("977", "Saint-Barthélemy"), ("975", "Saint-Pierre-et-Miquelon"), ("2A", "Corse-du-Sud"),
     ("2B", "Haute-Corse"), ("974", "La Réunion"), ("988", "Nouvelle-Calédonie"), ("987", "Polynésie française")],
)  # fmt: skip
def test_l_outre_mer_et_la_corse_sont_prevenues_aussi(aujourdhui, code, nom):
    """Hard cases 13 and 14: the département is that of the commune, whatever the postal code."""
    creer_departement(code, nom, "84")
    commune = lieu("03190")
    commune.departement_id = code
    commune.save(update_fields=["departement"])
    prefecture(code)
    candidature = CandidatureFactory(deposee=True, commune=commune, code_postal="97150")
    assert resumer_nouvelles_candidatures(aujourdhui) == 1
    assert candidature.nom in Email.objects.get().message


def test_une_prefecture_de_plusieurs_territoires_a_un_seul_courriel(aujourdhui):
    prefecture("03", "63")
    CandidatureFactory(deposee=True, nom="Mairie de l’Allier")
    CandidatureFactory(deposee=True, nom="Mairie du Puy-de-Dôme", commune=lieu("63113"))
    assert resumer_nouvelles_candidatures(aujourdhui) == 1
    courriel = Email.objects.get()
    assert courriel.subject.startswith("2 nouvelles candidatures")
    assert "Mairie de l’Allier" in courriel.message
    assert "Mairie du Puy-de-Dôme" in courriel.message


def test_une_correction_deposee_n_est_pas_nouvelle(aujourdhui):
    """R31: it has its own mail."""
    prefecture()
    candidature = CandidatureFactory(deposee=True)
    resumer_nouvelles_candidatures(aujourdhui)
    Candidature.objects.filter(pk=candidature.pk).update(etat="a_corriger")
    Candidature.objects.filter(pk=candidature.pk).update(etat="deposee")
    assert resumer_nouvelles_candidatures(aujourdhui + JOUR) == 0


def test_le_courriel_cite_les_premieres_et_compte_les_autres(aujourdhui):
    prefecture()
    for _ in range(43):
        CandidatureFactory(deposee=True)
    resumer_nouvelles_candidatures(aujourdhui)
    message = Email.objects.get().message
    assert "Et 3 autres." in message
    assert message.count("- n°") == 40


def test_les_rappels_de_la_nuit_l_envoient(aujourdhui):
    """One line of the job `rappels`."""
    prefecture()
    CandidatureFactory(deposee=True)
    envoyes, en_echec = lancer(aujourdhui)
    assert envoyes[NOM] == 1
    assert NOM not in en_echec


def test_nombre_de_requetes_sans_nouvelle_constant(aujourdhui):
    """What was told costs nothing more."""
    prefecture()

    def requetes(nombre, le):
        for _ in range(nombre):
            CandidatureFactory(deposee=True)
        resumer_nouvelles_candidatures(le)
        with CaptureQueriesContext(connection) as contexte:
            resumer_nouvelles_candidatures(le)
        return len(contexte)

    assert requetes(5, aujourdhui) == requetes(30, aujourdhui + JOUR)
