"""Requests for more posts: asked, withdrawn, the prefecture's opinion (R25, R29)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email

from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite
from portal.commun.roles import Role
from structures import actions
from structures.models import DemandePostes
from tests.comptes.factories import OrganisationFactory
from tests.comptes.factories import acteur as creer_acteur
from tests.structures.factories import (
    CampagneFactory,
    PosteFactory,
    StructureFactory,
    acteur_de_structure,
    candidature_de,
    membre,
)
from tests.structures.factories_demandes import DemandePostesFactory

pytestmark = pytest.mark.django_db
MOTIF = "Les demandes d’accompagnement ont doublé."
DEMAIN = dt.timedelta(days=1)


@pytest.fixture
def poste():
    OrganisationFactory(prefecture=True, courriel="prefecture03@exemple.fr")
    return PosteFactory(structure__contact_courriel="contact@exemple.fr")


@pytest.fixture
def client_structure(client_de, poste):
    return client_de(rattachement=membre(poste.structure))


def demander(poste, **champs):
    donnees = {"nb_postes": 2, "demarrage_le": timezone.localdate(), "motif": MOTIF, **champs}
    acteur = donnees.pop("acteur", None) or acteur_de_structure(poste.structure)
    return actions.demander_postes(acteur=acteur, structure=poste.structure, **donnees)


def test_demander_des_postes_previent_la_structure_et_la_prefecture(poste):
    """R29, R113"""
    demande = demander(poste)
    assert (demande.etat, demande.campagne, demande.candidature) == ("en_cours", poste.campagne, poste.candidature)
    mails = {mail.to[0]: mail.message for mail in Email.objects.all()}
    assert MOTIF in mails["prefecture03@exemple.fr"]
    assert reverse("admin:structures_demandepostes_change", args=[demande.uuid]) in mails["prefecture03@exemple.fr"]
    assert "contact@exemple.fr" in mails


@pytest.mark.parametrize(
    ("champs", "champ"),
    [
        ({"nb_postes": 0}, "nb_postes"),
        ({"nb_postes": 10_000}, "nb_postes"),
        ({"motif": "   "}, "motif"),
        ({"motif": "x" * 1001}, "motif"),
        ({"demarrage_le": dt.date(2020, 1, 1)}, "demarrage_le"),
    ],
)
def test_une_demande_mal_remplie(poste, champs, champ):
    """R29"""
    with pytest.raises(RegleNonRespectee) as refus:
        demander(poste, **champs)
    assert refus.value.champ == champ
    assert not DemandePostes.objects.exists()


def test_une_seule_demande_a_la_fois_puis_une_autre_apres_retrait(poste):
    """R29"""
    demande = demander(poste)
    with pytest.raises(RegleNonRespectee, match="déjà en cours"):
        demander(poste)
    retiree = actions.retirer_demande(acteur=acteur_de_structure(poste.structure), demande=demande)
    assert retiree.etat == "retiree"
    with pytest.raises(TransitionInterdite):
        actions.retirer_demande(acteur=acteur_de_structure(poste.structure), demande=demande)
    assert demander(poste).etat == "en_cours"


def test_qui_peut_demander(poste):
    """R29: an activated structure that still takes part, in a call that is open."""
    for structure in (StructureFactory(a_activer=True), StructureFactory(terminee=True), StructureFactory()):
        with pytest.raises(RegleNonRespectee):
            actions.demander_postes(
                acteur=acteur_de_structure(structure),
                structure=structure,
                nb_postes=1,
                demarrage_le=timezone.localdate(),
                motif=MOTIF,
            )
    with pytest.raises(AccesRefuse):
        demander(poste, acteur=acteur_de_structure(StructureFactory()))
    with pytest.raises(AccesRefuse):
        demander(poste, acteur=creer_acteur(Role.PREFECTURE))
    ferme = PosteFactory(campagne=CampagneFactory(fermee=True, privee=True), structure__privee=True)
    with pytest.raises(RegleNonRespectee, match="Aucun appel"):
        demander(ferme)


def test_une_structure_de_deux_appels_choisit_lequel(poste):
    """R29: conseillers by default, coordinators when it says so."""
    coordination = candidature_de(poste.structure, coordinateurs=True, activee=True)
    demande = demander(poste, candidature=coordination)
    assert (demande.candidature, demande.campagne) == (coordination, coordination.campagne)


def test_l_avis_de_la_prefecture(poste):
    """R25: told once to the structure without what it says; changed until the decision, versions kept."""
    demande = DemandePostesFactory(structure=poste.structure, campagne=poste.campagne)
    prefecture = creer_acteur(Role.PREFECTURE)
    avis = {"acteur": prefecture, "demande": demande}
    actions.rendre_avis_demande(**avis, sens="favorable", commentaire="Besoin confirmé sur place.")
    for _ in range(2):
        # A second click makes no new version.
        rendu = actions.rendre_avis_demande(**avis, sens="reserve", commentaire="Un seul poste paraît suffire.")
    assert (rendu.avis_sens, rendu.avis_commentaire) == ("reserve", "Un seul poste paraît suffire.")
    assert [v.avis_sens for v in rendu.history.order_by("history_id")] == ["", "favorable", "reserve"]
    mails = Email.objects.filter(to="contact@exemple.fr")
    assert mails.count() == 1
    assert "Besoin confirmé" not in mails.get().message


def test_qui_donne_l_avis_et_jusqu_a_quand(poste):
    """R25, DOMAIN §2"""
    demande = DemandePostesFactory(structure=poste.structure, campagne=poste.campagne)
    commentaire = "Besoin confirmé sur place."
    ailleurs = creer_acteur(
        Role.PREFECTURE, organisation=OrganisationFactory(prefecture=True, codes_departements=["63"])
    )
    for qui in (ailleurs, creer_acteur(Role.ANCT), acteur_de_structure(poste.structure)):
        with pytest.raises(AccesRefuse):
            actions.rendre_avis_demande(acteur=qui, demande=demande, sens="favorable", commentaire=commentaire)
    prefecture = creer_acteur(Role.PREFECTURE)
    with pytest.raises(RegleNonRespectee) as refus:
        actions.rendre_avis_demande(acteur=prefecture, demande=demande, sens="favorable", commentaire="Oui")
    assert refus.value.champ == "commentaire"
    actions.retirer_demande(acteur=acteur_de_structure(poste.structure), demande=demande)
    with pytest.raises(RegleNonRespectee, match="plus en cours"):
        actions.rendre_avis_demande(acteur=prefecture, demande=demande, sens="favorable", commentaire=commentaire)


# --- pages ----------------------------------------------------------------------------------------------------------


def test_la_page_demande_suit_et_retire(client_structure, poste):
    """R29: asked, followed, withdrawn; what was typed comes back with the message."""
    page = reverse("structures:demander_postes")
    donnees = {"nb_postes": "0", "demarrage_le": "2020-01-01", "raison": "autre", "precision": ""}
    contenu = client_structure.post(page, donnees).content.decode()
    assert "Demandez au moins un poste." in contenu and "Indiquez ce motif en quelques mots." in contenu
    assert 'value="2020-01-01"' in contenu
    demain = timezone.localdate() + DEMAIN
    donnees = {"nb_postes": "3", "demarrage_le": demain.isoformat(), "raison": "affluence", "precision": "Deux mois."}
    reponse = client_structure.post(page, donnees)
    demande = DemandePostes.objects.get()
    assert reponse["Location"] == reverse("structures:demande", args=[demande.uuid])
    assert demande.motif == "Répondre à une forte demande. Deux mois."
    assert "Demande de 3 postes" in client_structure.get(reponse["Location"]).content.decode()
    assert client_structure.get(page)["Location"] == reponse["Location"]
    retirer = reverse("structures:retirer_demande", args=[demande.uuid])
    assert client_structure.get(retirer).status_code == 200
    demande.refresh_from_db()
    assert demande.etat == "en_cours"
    client_structure.post(retirer)
    demande.refresh_from_db()
    assert demande.etat == "retiree"


def test_l_administration_donne_l_avis_et_exporte(client_de, poste):
    """R25: the prefecture's page; ANCT reads, exports, and cannot give the opinion."""
    demande = DemandePostesFactory(structure=poste.structure, campagne=poste.campagne)
    prefecture, anct = client_de("prefecture"), client_de("anct")
    page = reverse("admin:structures_demandepostes_change", args=[demande.uuid])
    avis = reverse("admin:structures_demandepostes_verbe", args=[demande.uuid, "avis"])
    assert "Donner un avis" in prefecture.get(page).content.decode()
    prefecture.post(avis, {"sens": "favorable", "commentaire": "Besoin confirmé sur place."})
    demande.refresh_from_db()
    assert demande.avis_sens == "favorable"
    assert anct.post(avis, {"sens": "favorable", "commentaire": "x" * 20}).status_code == 403
    assert "Favorable" in anct.get(page).content.decode()
    export = anct.get(reverse("admin:structures_demandepostes_export", args=["csv"]))
    assert poste.structure.nom in export.content.decode("utf-8-sig")


def test_la_liste_se_lit_en_un_nombre_constant_de_requetes(client_de):
    """ARCHITECTURE: no query per row."""
    client, liste = client_de("anct"), reverse("admin:structures_demandepostes_changelist")
    campagne = CampagneFactory()
    DemandePostesFactory(campagne=campagne)
    client.get(liste)
    with CaptureQueriesContext(connection) as peu:
        client.get(liste)
    DemandePostesFactory.create_batch(8, campagne=campagne)
    with CaptureQueriesContext(connection) as beaucoup:
        client.get(liste)
    assert len(beaucoup) == len(peu)
