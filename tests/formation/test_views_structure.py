"""The structure's tab « Formation » (R80 to R84): what it shows, what it changes, whom it refuses."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from formation.enums import EtatInscription
from formation.models import Inscription, PriseDeContact
from portal.commun.roles import Role
from subventions.models import Dossier
from tests.formation.factories import (
    InscriptionFactory,
    OrganismeFactory,
    PositionnementFactory,
    PriseDeContactFactory,
    SessionFactory,
    avec_contrat_signe,
    dans,
    remplir,
)
from tests.structures.factories import PosteFactory
from tests.subventions.factories import DossierFactory, MiseEnRelationValideeFactory, membre_du_dossier

pytestmark = pytest.mark.django_db

LISTE = "/espace/structure/formation/"


@pytest.fixture
def entrer(client_de):
    return lambda dossier: client_de(rattachement=membre_du_dossier(dossier))


def page(dossier: Dossier) -> str:
    return reverse("formation:dossier", args=[dossier.uuid])


def test_la_liste_dit_ou_en_est_chacun(entrer):
    dossier = DossierFactory(privee=True)
    corps = entrer(dossier).get(LISTE).content.decode()
    assert "<h1>Formation</h1>" in corps
    assert "Contact à prendre" in corps and "le contrat ne peut pas être signé avant" in corps
    assert page(dossier) in corps


def test_la_liste_vide_dit_quoi_faire(client_de):
    reponse = client_de(Role.STRUCTURE).get(LISTE)
    assert "dès que vous validez la candidature" in reponse.content.decode()


@pytest.mark.parametrize(
    ("privee", "phrase"), [(True, "c’est à vous de prendre contact"), (False, "l’organisme de formation prend contact")]
)
def test_les_organismes_du_territoire_et_qui_prend_contact_r80(entrer, privee, phrase):
    ici, distance = OrganismeFactory(), OrganismeFactory(distance=True)
    ailleurs = OrganismeFactory(sans_lot=True)
    dossier = DossierFactory(privee=privee)
    corps = entrer(dossier).get(page(dossier)).content.decode()
    assert phrase in corps
    # In person first, with contact details.
    assert corps.index(ici.nom) < corps.index(distance.nom)
    assert ici.courriel in corps and "04\xa070\xa011\xa022\xa033" in corps
    assert ailleurs.nom not in corps


def test_sans_organisme_la_page_dit_a_qui_s_adresser(entrer):
    dossier = DossierFactory()
    assert "Écrivez au support" in entrer(dossier).get(page(dossier)).content.decode()


def test_contacter_un_organisme_r80(entrer):
    organisme, dossier = OrganismeFactory(), DossierFactory(privee=True)
    client = entrer(dossier)
    adresse = reverse("formation:contacter", args=[dossier.uuid, organisme.uuid])
    assert organisme.courriel in client.get(adresse).content.decode()
    refus = client.post(adresse, {"message": "   "})
    assert refus.status_code == 200 and "Remplissez ce champ" in refus.content.decode()
    reponse = client.post(adresse, {"message": "Quand aurait lieu le test ?"}, follow=True)
    assert reponse.redirect_chain[-1][0] == page(dossier)
    corps = reponse.content.decode()
    assert "Contact pris le" in corps and "Quand aurait lieu le test ?" in corps
    assert PriseDeContact.objects.get().dossier == dossier
    # A second message goes by mail: the page is no longer offered.
    assert client.get(adresse).status_code in (302, 409)


def test_contacter_un_organisme_d_ailleurs_404_r80(entrer):
    dossier = DossierFactory()
    organisme = OrganismeFactory(sans_lot=True)
    client = entrer(dossier)
    assert client.get(reverse("formation:contacter", args=[dossier.uuid, organisme.uuid])).status_code == 404


def test_le_test_et_son_agenda_r81(entrer):
    test = PositionnementFactory()
    client = entrer(test.dossier)
    adresse = reverse("formation:agenda_structure", args=[test.uuid])
    assert adresse in client.get(page(test.dossier)).content.decode()
    reponse = client.get(adresse)
    assert reponse["Content-Type"].startswith("text/calendar")
    assert test.organisme.nom.encode() in reponse.content.replace(b"\r\n ", b"")


def test_les_sessions_des_bonnes_heures_en_presentiel_d_abord_r81(entrer):
    test = PositionnementFactory(passe=True, heures=350)
    distance = SessionFactory(distance=True, heures=350, debut=dans(15), cloture_le=dans(5))
    ici = SessionFactory(organisme=test.organisme, heures=350, debut=dans(40))
    autres = [
        SessionFactory(organisme=test.organisme, heures=105),
        SessionFactory(organisme=test.organisme, heures=350, a_clore=True),
        SessionFactory(organisme=test.organisme, heures=350, etat="annulee"),
        SessionFactory(organisme=OrganismeFactory(sans_lot=True), heures=350),
    ]
    corps = entrer(test.dossier).get(page(test.dossier)).content.decode()

    def lien(session):
        return reverse("formation:inscrire", args=[test.dossier.uuid, session.uuid])

    assert corps.index(lien(ici)) < corps.index(lien(distance))
    assert not any(lien(session) in corps for session in autres)


def test_sans_session_la_page_dit_quoi_faire_r81(entrer):
    test = PositionnementFactory(passe=True)
    corps = entrer(test.dossier).get(page(test.dossier)).content.decode()
    assert "Aucune session de 280 heures" in corps
    assert f"Qui doit agir : {test.organisme.nom}" in corps and "doit publier une session" in corps
    for coordonnee in (test.organisme.contact, test.organisme.courriel, "04 70 11 22 33"):
        assert coordonnee in corps.replace("\u202f", " ").replace("\xa0", " ")
    assert "Qui doit agir : Vous" not in corps and "Choisir une session" not in corps


def test_inscrire_apres_confirmation_r82(entrer):
    test = PositionnementFactory(passe=True)
    session = SessionFactory(organisme=test.organisme)
    client = entrer(test.dossier)
    adresse = reverse("formation:inscrire", args=[test.dossier.uuid, session.uuid])
    assert "à partir de" in client.get(adresse).content.decode()
    assert not Inscription.objects.exists()
    reponse = client.post(adresse, follow=True)
    assert reponse.redirect_chain[-1][0] == page(test.dossier)
    assert Inscription.objects.get().etat == EtatInscription.INSCRITE
    assert "est enregistrée" in reponse.content.decode()


def test_inscrire_a_une_session_complete_r82(entrer):
    test = PositionnementFactory(passe=True)
    session = SessionFactory(organisme=test.organisme, capacite=8, confirmee=True)
    remplir(session, 8)
    client = entrer(test.dossier)
    adresse = reverse("formation:inscrire", args=[test.dossier.uuid, session.uuid])
    assert "La session est complète" in client.get(adresse).content.decode()
    assert "liste d’attente" in client.post(adresse, follow=True).content.decode()


def test_une_inscription_refusee_dit_pourquoi_r81(entrer):
    test = PositionnementFactory(passe=True, heures=105)
    session = SessionFactory(organisme=test.organisme)
    reponse = entrer(test.dossier).post(reverse("formation:inscrire", args=[test.dossier.uuid, session.uuid]))
    assert reponse.status_code == 200
    assert "Le test a conclu à 105 heures" in reponse.content.decode()


def test_annuler_une_inscription(entrer):
    inscription = InscriptionFactory()
    client = entrer(inscription.dossier)
    adresse = reverse("formation:annuler", args=[inscription.uuid])
    assert adresse in client.get(page(inscription.dossier)).content.decode()
    assert client.get(adresse).status_code == 200
    client.post(adresse, {"motif": "Changement de dates."})
    assert Inscription.objects.get(pk=inscription.pk).etat == EtatInscription.ANNULEE


def test_repondre_a_la_distance_r82(entrer):
    inscription = InscriptionFactory(proposee=True)
    distance = SessionFactory(distance=True)
    SessionFactory(distance=True, heures=105)
    client = entrer(inscription.dossier)
    adresse = reverse("formation:distance", args=[inscription.uuid])
    assert adresse in client.get(page(inscription.dossier)).content.decode()
    corps = client.get(adresse).content.decode()
    assert distance.organisme.nom in corps and corps.count('name="session"') == 2
    assert "Choisissez une réponse" in client.post(adresse, {}).content.decode()
    client.post(adresse, {"session": str(distance.uuid)})
    vivante = Inscription.objects.exclude(etat=EtatInscription.ANNULEE).get()
    assert vivante.session == distance


def test_renoncer_a_la_distance_r82(entrer):
    inscription = InscriptionFactory(proposee=True)
    client = entrer(inscription.dossier)
    adresse = reverse("formation:distance", args=[inscription.uuid])
    assert "Aucune session à distance" in client.get(adresse).content.decode()
    assert "Choisissez une session" in client.post(adresse, {"session": "renoncer"}, follow=True).content.decode()
    assert not Inscription.objects.exclude(etat=EtatInscription.ANNULEE).exists()


def test_le_retard_se_voit_r83(entrer):
    inscription = InscriptionFactory(dossier=DossierFactory(conforme=True))
    dossier = avec_contrat_signe(Dossier.objects.get(pk=inscription.dossier_id), signe_le=dans(-21), debut=dans(-20))
    corps = entrer(dossier).get(page(dossier)).content.decode()
    assert "5 jours de retard" in corps
    assert "En retard" in entrer(dossier).get(LISTE).content.decode()


def test_la_dispense_montre_le_titre_r84(entrer):
    test = PositionnementFactory(dispense=True)
    client = entrer(test.dossier)
    corps = client.get(page(test.dossier)).content.decode()
    assert "Les certifications restent à passer" in corps
    lien = reverse("commun:document", args=[test.justificatif.uuid])
    assert lien in corps and client.get(lien).status_code == 200


def test_une_autre_structure_ne_voit_rien_404(entrer):
    inscription = InscriptionFactory(proposee=True)
    test = PositionnementFactory()
    organisme = OrganismeFactory()
    session = SessionFactory(organisme=organisme)
    etranger = entrer(DossierFactory())
    adresses = [
        page(inscription.dossier),
        reverse("formation:contacter", args=[inscription.dossier.uuid, organisme.uuid]),
        reverse("formation:inscrire", args=[inscription.dossier.uuid, session.uuid]),
        reverse("formation:annuler", args=[inscription.uuid]),
        reverse("formation:distance", args=[inscription.uuid]),
        reverse("formation:agenda_structure", args=[test.uuid]),
    ]
    for adresse in adresses:
        assert etranger.get(adresse).status_code == 404, adresse
        assert etranger.post(adresse).status_code in (404, 405), adresse


@pytest.mark.parametrize("role", [Role.CANDIDAT, Role.ORGANISME, Role.BDT, Role.PREFECTURE, Role.ANCT, Role.HUB])
def test_les_autres_roles_n_entrent_pas(client_de, role):
    dossier = DossierFactory()
    assert client_de(role).get(LISTE).status_code == 403
    assert client_de(role).get(page(dossier)).status_code == 403


def test_un_visiteur_est_invite_a_se_connecter(client):
    assert client.get(LISTE).status_code == 302


def test_autant_de_requetes_pour_dix_que_pour_cent(entrer):
    premier = DossierFactory()
    client = entrer(premier)

    def compter() -> int:
        with CaptureQueriesContext(connection) as requetes:
            assert client.get(LISTE).status_code == 200
        return len(requetes)

    def ajouter(nombre: int) -> None:
        campagne = premier.poste.campagne
        for _ in range(nombre):
            poste = PosteFactory(structure=premier.structure, campagne=campagne, reserve=True)
            dossier = DossierFactory(mise_en_relation=MiseEnRelationValideeFactory(poste=poste))
            PositionnementFactory(dossier=dossier, organisme=organisme)

    organisme = OrganismeFactory()
    ajouter(3)
    avant = compter()
    ajouter(12)
    assert compter() == avant


def test_la_page_ne_montre_pas_le_dossier_de_subvention(entrer):
    """R112: this tab is about training; identities and bank details stay on their own page."""
    contact = PriseDeContactFactory(dossier=DossierFactory(depose=True))
    corps = entrer(contact.dossier).get(page(contact.dossier)).content.decode()
    assert contact.dossier.iban not in corps and contact.dossier.dgs_nom not in corps
