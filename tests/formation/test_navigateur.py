"""In a real Chromium: from the contact to the departure without JavaScript, and every page on a phone with axe."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from candidats.enums import EtatMiseEnRelation
from formation.models import Positionnement, SessionFormation
from portal.commun.roles import Role
from portal.comptes.models import Rattachement
from subventions.models import Dossier
from tests.formation.factories import (
    InscriptionFactory,
    LotFactory,
    OrganismeFactory,
    PositionnementFactory,
    PriseDeContactFactory,
    SessionFactory,
    avec_contrat_signe,
    dans,
    membre_de,
    remplir,
)
from tests.outils_navigateur import LARGEURS
from tests.subventions.factories import DossierFactory, membre_du_dossier

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]


def url(nom: str, *args) -> str:
    return reverse(f"formation:{nom}", args=args)


def test_du_contact_au_depart_sans_javascript_r54_r80_r81_r82_r83(nouvelle_page, connecter, client_de):
    dossier, organisme = DossierFactory(conforme=True, privee=True), OrganismeFactory()
    LotFactory(organisme=organisme, modalite="distance", national=True)
    personne = dossier.mise_en_relation.candidat.utilisateur.nom_complet
    structure, centre = nouvelle_page(js=False), nouvelle_page(js=False)
    connecter(structure, client_de(rattachement=membre_du_dossier(dossier)))
    connecter(centre, client_de(rattachement=membre_de(organisme)))

    structure.goto("/espace/structure/formation/")
    structure.get_by_role("main").get_by_role("link", name=personne).click()
    structure.get_by_role("link", name="Contacter cet organisme").click()
    structure.get_by_label("Votre message").fill("Bonjour, quand aurait lieu le test ?")
    structure.get_by_role("button", name="Envoyer le message").click()
    assert structure.get_by_text("Contact pris le").is_visible()

    centre.goto("/espace/organisme/")
    centre.get_by_role("link", name=personne).click()
    assert centre.get_by_text("Bonjour, quand aurait lieu le test ?").is_visible()
    centre.get_by_role("link", name="Proposer un test").click()
    centre.get_by_label("Date").fill(dans(2).isoformat())
    centre.get_by_label("Heure").fill("14:30")
    centre.get_by_label("Lieu").fill("Salle 3")
    centre.get_by_role("button", name="Proposer cette date").click()
    Positionnement.objects.update(creneau=timezone.now() - dt.timedelta(hours=1))
    centre.get_by_role("link", name="Enregistrer le résultat").click()
    centre.get_by_label("350 heures").check(force=True)
    centre.get_by_role("button", name="Enregistrer le résultat").click()

    structure.reload()
    assert structure.get_by_text(f"Qui doit agir : {organisme.nom}").is_visible()
    centre.get_by_role("link", name="Créer une session").click()
    centre.get_by_role("radio", name="À distance").check(force=True)
    centre.get_by_role("button", name="Continuer").click()
    centre.get_by_label("350 heures").check(force=True)
    centre.get_by_label("Lien ou nom de la classe virtuelle").fill("https://classe.exemple.fr")
    centre.get_by_label("Premier jour", exact=True).fill(dans(12).isoformat())
    centre.get_by_label("Dernier jour", exact=True).fill(dans(80).isoformat())
    centre.get_by_label("Clôture des inscriptions").fill(dans(5).isoformat())
    centre.get_by_label("Nombre de places").fill("20")
    centre.get_by_role("button", name="Publier la session").click()
    assert centre.get_by_text("La session a lieu.").is_visible()

    structure.goto(url("dossier", dossier.uuid))
    structure.get_by_role("link", name="Inscrire à cette session").click()
    structure.get_by_role("button", name="Confirmer l’inscription").click()

    # Time passes: the contract is signed and the session begins.
    SessionFormation.objects.update(debut=dans(-1), cloture_le=dans(-3))
    avec_contrat_signe(Dossier.objects.get(pk=dossier.pk), signe_le=dans(-2))
    centre.goto("/espace/organisme/")
    centre.get_by_role("link", name=personne).click()
    centre.get_by_role("link", name="Enregistrer le départ").click()
    centre.get_by_label("Date du départ").fill(dans(-1).isoformat())
    centre.get_by_role("button", name="Enregistrer le départ").click()
    dossier = Dossier.objects.get(pk=dossier.pk)
    assert dossier.depart_formation_le == dans(-1)
    assert dossier.mise_en_relation.etat == EtatMiseEnRelation.RECRUTEE
    structure.goto("/espace/structure/formation/")
    assert structure.get_by_role("main").get_by_text("En formation").first.is_visible()


def test_les_pages_de_la_structure_et_du_candidat(nouvelle_page, connecter, client_de, verifier_accessibilite):
    """axe, and no page wider than the screen; errors included."""
    test = PositionnementFactory(passe=True)
    session = SessionFactory(organisme=test.organisme)
    distance = OrganismeFactory(distance=True)
    page = nouvelle_page()
    connecter(page, client_de(rattachement=membre_du_dossier(test.dossier)))
    for adresse in (
        "/espace/structure/formation/",
        url("dossier", test.dossier.uuid),
        url("inscrire", test.dossier.uuid, session.uuid),
        url("contacter", test.dossier.uuid, distance.uuid),
    ):
        page.goto(adresse)
        verifier_accessibilite(page, largeurs=LARGEURS)
    page.get_by_role("button", name="Envoyer le message").click()
    page.locator(".fr-alert--error").first.wait_for()
    verifier_accessibilite(page, largeurs=LARGEURS)

    proposee = InscriptionFactory(proposee=True)
    SessionFactory(distance=True, organisme=distance)
    page = nouvelle_page()
    connecter(page, client_de(rattachement=membre_du_dossier(proposee.dossier)))
    for adresse in (url("dossier", proposee.dossier.uuid), url("distance", proposee.uuid)):
        page.goto(adresse)
        verifier_accessibilite(page, largeurs=LARGEURS)

    prevu = PositionnementFactory()
    utilisateur = prevu.dossier.mise_en_relation.candidat.utilisateur
    page = nouvelle_page()
    rattachement = Rattachement.objects.get(utilisateur=utilisateur, role=Role.CANDIDAT)
    connecter(page, client_de(rattachement=rattachement))
    page.goto("/espace/candidat/formation/")
    verifier_accessibilite(page, largeurs=LARGEURS)


def test_les_pages_de_l_organisme(nouvelle_page, connecter, client_de, verifier_accessibilite):
    organisme = OrganismeFactory()
    dossier = DossierFactory()
    PriseDeContactFactory(organisme=organisme)
    session = SessionFactory(organisme=organisme, commencee=True)
    remplir(session, 2)
    remplir(session, 1, attente=True)
    partante = InscriptionFactory(session=session, dossier=DossierFactory(conforme=True))
    avec_contrat_signe(Dossier.objects.get(pk=partante.dossier_id), signe_le=dans(-30))
    a_clore = SessionFactory(organisme=organisme, a_clore=True)
    page = nouvelle_page()
    connecter(page, client_de(rattachement=membre_de(organisme)))
    for adresse in (
        "/espace/organisme/",
        url("personnes"),
        url("personnes") + "?vue=dispensees",
        url("personne", dossier.uuid),
        url("personne", partante.dossier.uuid),
        url("contact", dossier.uuid),
        url("dispense", dossier.uuid),
        url("sessions") + "?vue=toutes",
        url("session", session.uuid),
        url("session", a_clore.uuid),
        url("session_cloturer", a_clore.uuid),
        url("depart", partante.uuid),
    ):
        page.goto(adresse)
        verifier_accessibilite(page, largeurs=LARGEURS)
    page.goto(url("test", dossier.uuid))
    page.get_by_role("button", name="Proposer cette date").click()
    page.locator(".fr-alert--error").first.wait_for()
    verifier_accessibilite(page, largeurs=LARGEURS)
    page.goto(url("session_creer"))
    page.get_by_role("button", name="Publier la session").click()
    page.locator(".fr-alert--error").first.wait_for()
    verifier_accessibilite(page, largeurs=LARGEURS)
