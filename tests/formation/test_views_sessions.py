"""The sessions of a body (R82, R83): publish, follow, close, record the departures."""

from __future__ import annotations

import pytest
from django.urls import reverse

from formation.enums import EtatInscription, EtatSession
from formation.models import Inscription, SessionFormation
from subventions.models import Dossier
from tests.formation.factories import (
    InscriptionFactory,
    LotFactory,
    OrganismeFactory,
    SessionFactory,
    avec_contrat_signe,
    dans,
    membre_de,
    remplir,
)
from tests.subventions.factories import DossierFactory

pytestmark = pytest.mark.django_db

ESPACE = "/espace/organisme/"
PERSONNES = f"{ESPACE}personnes/"
SESSIONS = f"{ESPACE}sessions/"


@pytest.fixture
def organisme():
    return OrganismeFactory()


@pytest.fixture
def centre(client_de, organisme):
    return client_de(rattachement=membre_de(organisme))


def url(nom: str, *args) -> str:
    return reverse(f"formation:{nom}", args=args)


def nom_de(dossier: Dossier) -> str:
    return dossier.mise_en_relation.candidat.utilisateur.nom_complet


def donnees(**champs) -> dict[str, str]:
    return {
        "modalite": "presentiel", "heures": "280", "commune": "03000", "lieu": "12 rue des Écoles",
        "debut": dans(30).isoformat(), "fin": dans(90).isoformat(), "cloture_le": dans(20).isoformat(),
        "capacite": "12", **champs,
    }  # fmt: skip


def test_publier_une_session_r82(centre, organisme):
    assert "Créer une session" in centre.get(SESSIONS).content.decode()
    reponse = centre.post(url("session_creer"), donnees(commune="Moulins (03000)"))
    session = SessionFormation.objects.get()
    assert reponse.url == url("session", session.uuid)
    assert (session.organisme, session.commune_id) == (organisme, "03190")


def test_les_erreurs_d_une_session_se_disent_ensemble_r82(centre):
    champs = donnees(capacite="4", cloture_le=dans(40).isoformat(), fin=dans(10).isoformat(), commune="Moulins (03000)")
    corps = centre.post(url("session_creer"), champs).content.decode()
    assert "au moins 8 places" in corps and "avant le début de la session" in corps and "doit suivre son début" in corps
    assert "12 rue des Écoles" in corps
    assert not SessionFormation.objects.exists()


def test_une_session_en_presentiel_veut_une_commune_r82(centre):
    corps = centre.post(url("session_creer"), donnees(commune="")).content.decode()
    assert "Indiquez la commune d’une session en présentiel." in corps


def test_les_reponses_qui_manquent_et_les_regles_se_disent_ensemble_r82(centre):
    """One reading is enough to correct everything: an empty field does not hide the rules about the others."""
    champs = donnees(lieu="", commune="", capacite="4", cloture_le=dans(40).isoformat(), heures="", fin="")
    corps = centre.post(url("session_creer"), champs).content.decode()
    assert "au moins 8 places" in corps and "avant le début de la session" in corps
    assert "Indiquez la commune d’une session en présentiel." in corps
    form = centre.post(url("session_creer"), champs).context["form"]
    assert set(form.errors) == {"heures", "commune", "lieu", "fin", "cloture_le", "capacite"}
    # Each field says one thing once.
    assert {len(messages) for messages in form.errors.values()} == {1}


def test_une_modalite_sans_lot_n_est_pas_proposee_r80(centre, organisme):
    """A body with lots in person only is not asked, and an address made by hand changes nothing."""
    for adresse in (url("session_creer"), url("session_creer") + "?modalite=distance"):
        corps = " ".join(centre.get(adresse).content.decode().split())
        assert "Créer une session en présentiel" in corps and 'name="modalite"' not in corps
        assert "(facultatif)" not in corps


def test_la_commune_suit_la_modalite_sans_javascript_r82(client_de):
    """Asked first to a body that has both kinds of lots: then compulsory on site, not asked at all remotely."""
    organisme = OrganismeFactory()
    LotFactory(organisme=organisme, modalite="distance", national=True)
    client = client_de(rattachement=membre_de(organisme))
    choix = client.get(url("session_creer")).content.decode()
    assert 'value="presentiel"' in choix and 'value="distance"' in choix and 'name="debut"' not in choix
    sur_place = client.get(url("session_creer"), {"modalite": "presentiel"}).content.decode()
    assert 'name="commune"' in sur_place and "facultatif)" not in sur_place
    a_distance = client.get(url("session_creer"), {"modalite": "distance"}).content.decode()
    assert 'name="commune"' not in a_distance and "classe virtuelle" in a_distance
    assert "Choisissez si la session" in client.get(url("session_creer"), {"modalite": ""}).content.decode()
    refus = client.post(url("session_creer") + "?modalite=distance", donnees(debut="", commune="Nulle part"))
    assert "?modalite=distance" in refus.content.decode()
    reponse = client.post(url("session_creer") + "?modalite=distance", donnees(commune="", capacite="3"))
    session = SessionFormation.objects.get()
    assert reponse.url == url("session", session.uuid)
    assert (session.modalite, session.commune) == ("distance", None)


@pytest.mark.parametrize(
    ("vue", "phrase", "suite"),
    [
        ("a-venir", "Aucune session à venir", "/espace/organisme/sessions/creer/"),
        ("en-cours", "le jour où elle commence", "?vue=a-venir"),
        ("closes", "reportée à distance ou annulée", "?vue=a-venir"),
        ("toutes", "pas encore publié", "/espace/organisme/sessions/creer/"),
    ],
)
def test_chaque_liste_vide_a_sa_phrase_et_sa_suite(centre, vue, phrase, suite):
    corps = centre.get(SESSIONS, {"vue": vue}).content.decode()
    vide = corps[corps.index('<div class="fr-callout">') :]
    assert phrase in vide and f'href="{suite}"' in vide


def test_la_page_d_une_session_dit_le_seuil_et_les_places_r82(centre, organisme):
    session = SessionFactory(organisme=organisme)
    remplir(session, 5)
    corps = centre.get(url("session", session.uuid)).content.decode()
    assert "Il manque 3 inscriptions" in corps and "5 inscriptions pour 12 places" in " ".join(corps.split())
    assert url("session_cloturer", session.uuid) not in corps


def test_la_liste_des_sessions_par_vue(centre, organisme):
    a_venir = SessionFactory(organisme=organisme)
    en_cours = SessionFactory(organisme=organisme, commencee=True)
    close = SessionFactory(organisme=organisme, reportee=True)
    SessionFactory()
    for vue, attendues in {
        "a-venir": [a_venir],
        "en-cours": [en_cours],
        "closes": [close],
        "inconnue": [a_venir],
    }.items():
        assert [s for s, _ in centre.get(SESSIONS, {"vue": vue}).context["lignes"]] == attendues
    assert centre.get(SESSIONS, {"vue": "toutes"}).context["page"].paginator.count == 3
    export = centre.get(url("sessions_export", "csv"), {"vue": "toutes"}).content.decode("utf-8-sig")
    assert len(export.strip().splitlines()) == 4
    assert centre.get(url("sessions_export", "pdf")).status_code == 404


def test_clore_les_inscriptions_r82(centre, organisme):
    session = SessionFactory(organisme=organisme, a_clore=True)
    remplir(session, 2)
    adresse = url("session_cloturer", session.uuid)
    assert adresse in centre.get(url("session", session.uuid)).content.decode()
    assert "2 inscriptions pour un seuil de 8" in centre.get(adresse).content.decode()
    assert SessionFormation.objects.get().etat == EtatSession.OUVERTE
    centre.post(adresse)
    assert SessionFormation.objects.get().etat == EtatSession.REPORTEE
    ouverte = SessionFactory(organisme=organisme)
    assert "restent ouvertes" in centre.post(url("session_cloturer", ouverte.uuid)).content.decode()


def test_annuler_et_terminer_une_session(centre, organisme):
    session = SessionFactory(organisme=organisme)
    adresse = url("session_annuler", session.uuid)
    assert "Remplissez ce champ" in centre.post(adresse, {"motif": ""}).content.decode()
    centre.post(adresse, {"motif": "Salle fermée."})
    assert SessionFormation.objects.get(pk=session.pk).etat == EtatSession.ANNULEE
    finie = SessionFactory(organisme=organisme, commencee=True, debut=dans(-9), fin=dans(-1), cloture_le=dans(-12))
    adresse = url("session_terminer", finie.uuid)
    assert adresse in centre.get(url("session", finie.uuid)).content.decode()
    assert centre.get(adresse).status_code == 200
    centre.post(adresse)
    assert SessionFormation.objects.get(pk=finie.pk).etat == EtatSession.TERMINEE


def test_enregistrer_puis_corriger_un_depart_r54_r83(centre, organisme):
    session = SessionFactory(organisme=organisme, commencee=True)
    inscription = InscriptionFactory(session=session, dossier=DossierFactory(conforme=True))
    adresse = url("depart", inscription.uuid)
    assert adresse not in centre.get(url("session", session.uuid)).content.decode()
    assert "pas encore signé" in centre.get(adresse).content.decode()
    refus = centre.post(adresse, {"le": dans(-2).isoformat()}).content.decode()
    assert "doit être signé avant le départ" in refus
    avec_contrat_signe(Dossier.objects.get(pk=inscription.dossier_id))
    assert adresse in centre.get(url("session", session.uuid)).content.decode()
    centre.post(adresse, {"le": dans(-2).isoformat()})
    assert Inscription.objects.get(pk=inscription.pk).depart_le == dans(-2)
    assert "Motif de la correction" in centre.get(adresse).content.decode()
    centre.post(adresse, {"le": dans(-1).isoformat(), "motif": "Erreur de saisie."})
    assert Dossier.objects.get(pk=inscription.dossier_id).depart_formation_le == dans(-1)


def test_annuler_une_inscription_cote_organisme(centre, organisme):
    inscription = InscriptionFactory(session=SessionFactory(organisme=organisme))
    adresse = url("inscription_annuler", inscription.uuid)
    assert adresse in centre.get(url("session", inscription.session.uuid)).content.decode()
    centre.post(adresse, {"motif": ""})
    assert Inscription.objects.get(pk=inscription.pk).etat == EtatInscription.ANNULEE


def test_export_des_inscrits_r112(centre, organisme):
    inscription = InscriptionFactory(session=SessionFactory(organisme=organisme))
    reponse = centre.get(url("inscrits_export", inscription.session.uuid, "csv"))
    texte = reponse.content.decode("utf-8-sig")
    assert nom_de(inscription.dossier) in texte and "1990" not in texte
    assert centre.get(url("inscrits_export", inscription.session.uuid, "xlsx")).status_code == 200
