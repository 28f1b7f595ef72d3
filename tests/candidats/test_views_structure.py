"""The structure's candidates (R49 to R53): tabs, profile, decisions, export; nothing of another structure."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from candidats.enums import EtatEntretien, EtatInvitation, EtatMiseEnRelation
from candidats.models import Entretien, InvitationCandidat, MiseEnRelation
from structures.enums import EtatPoste
from tests.candidats.factories import (
    CandidatFactory,
    InvitationCandidatFactory,
    MiseEnRelationFactory,
)
from tests.structures.factories import PosteFactory, StructureFactory, membre

pytestmark = pytest.mark.django_db
LISTE = "/espace/structure/candidats/"
_E = EtatMiseEnRelation


@pytest.fixture
def structure():
    return StructureFactory()


@pytest.fixture
def poste(structure):
    return PosteFactory(structure=structure)


@pytest.fixture
def client(client_de, structure):
    return client_de(rattachement=membre(structure))


def fiche(paire, suite=""):
    return f"{LISTE}{paire.uuid}/{suite}"


# --- tabs -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trait", "onglet"),
    [
        ("nouvelle", "nouvelles"),
        ("preselectionnee", "preselectionnees"),
        ("entretien", "entretiens"),
        ("validee", "validee"),
        ("recrutee", "recrutees"),
        ("ecartee", "ecartees"),
        ("declinee", "ecartees"),
        ("caduque", "ecartees"),
    ],
)
def test_chaque_etat_a_son_onglet(client, poste, trait, onglet):
    """R50."""
    paire = MiseEnRelationFactory(poste=poste, **({trait: True} if trait != "nouvelle" else {}))
    page = client.get(LISTE, {"onglet": onglet}).content.decode()
    assert str(paire.candidat) in page
    for autre in {"nouvelles", "preselectionnees", "entretiens", "validee", "recrutees", "ecartees"} - {onglet}:
        assert str(paire.candidat) not in client.get(LISTE, {"onglet": autre}).content.decode()


def test_les_onglets_vides_disent_quoi_faire(client, poste):
    assert "Invitez-la" in client.get(LISTE, {"onglet": "nouvelles"}).content.decode()


def test_filtrer_par_poste(client, structure, poste):
    paire = MiseEnRelationFactory(poste=poste)
    autre = PosteFactory(structure=structure)
    assert str(paire.candidat) in client.get(LISTE, {"poste": str(poste.uuid)}).content.decode()
    assert str(paire.candidat) not in client.get(LISTE, {"poste": str(autre.uuid)}).content.decode()
    assert client.get(LISTE, {"poste": str(PosteFactory().uuid)}).status_code == 404
    assert client.get(LISTE, {"poste": "n'importe quoi"}).status_code == 404


def test_la_carte_ne_montre_ni_coordonnees_ni_naissance(client, poste):
    """R112: lists hold what the choice needs."""
    paire = MiseEnRelationFactory(poste=poste, distance_km=3.2)
    page = client.get(LISTE).content.decode()
    assert "à 3\u00a0km" in page
    for secret in (paire.candidat.utilisateur.email, paire.candidat.telephone, "06 12", "1990"):
        assert secret not in page


def test_une_structure_non_activee_le_lit(client_de):
    poste = PosteFactory(a_activer=True)
    page = client_de(rattachement=membre(poste.structure)).get(LISTE).content.decode()
    assert "n’est pas encore activée" in page


def test_les_requetes_ne_dependent_pas_du_nombre(client, poste, django_assert_max_num_queries):
    def compter(adresse):
        with django_assert_max_num_queries(80) as requetes:
            assert client.get(adresse).status_code == 200
        return len(requetes)

    adresses = (f"{LISTE}?onglet=entretiens", f"{LISTE}export.csv")
    for _ in range(2):
        MiseEnRelationFactory(poste=poste, entretien=True)
    peu = [compter(adresse) for adresse in adresses]
    for _ in range(10):
        MiseEnRelationFactory(poste=poste, entretien=True)
    assert [compter(adresse) for adresse in adresses] == peu


# --- profile --------------------------------------------------------------------------------------------------------


def test_la_fiche_montre_le_profil_et_pourquoi(client, poste):
    """R48: the score and its explanation; the contact data while the pair lives."""
    paire = MiseEnRelationFactory(poste=poste, candidat__diplome_nomme=True)
    page = client.get(fiche(paire)).content.decode()
    for attendu in (
        paire.candidat.utilisateur.email,
        "06\u00a012\u00a034\u00a056\u00a078",
        "Titre REMN",
        "Habite sur place.",
        "95 sur 100",
        paire.candidat.motivation[:20],
    ):
        assert attendu in page
    assert "1990" not in page


def test_une_fiche_close_n_a_plus_de_coordonnees(client, poste):
    paire = MiseEnRelationFactory(poste=poste, declinee=True)
    page = client.get(fiche(paire)).content.decode()
    assert paire.candidat.utilisateur.email not in page
    assert "Le lieu est trop éloigné" in page


def test_valide_ailleurs_se_voit(client, poste):
    """R53: no time is lost on somebody another structure has validated."""
    candidat = CandidatFactory()
    MiseEnRelationFactory(candidat=candidat, validee=True)
    paire = MiseEnRelationFactory(poste=poste, candidat=candidat)
    assert "Candidature validée ailleurs" in client.get(fiche(paire)).content.decode()


@pytest.mark.parametrize(
    "suite",
    ["", "preselectionner/", "entretien/", "pas-interesse/", "reprendre/", "valider/", "annuler-validation/"],
)
def test_rien_d_une_autre_structure_n_existe(client, suite):
    """404 outside the perimeter, whatever the verb."""
    paire = MiseEnRelationFactory(preselectionnee=True)
    assert client.post(fiche(paire, suite), {"motif": "profil"}).status_code in ((405,) if suite == "" else (404,))
    assert client.get(fiche(paire, suite)).status_code in (404, 405)
    paire.refresh_from_db()
    assert paire.etat == _E.PRESELECTIONNEE


# --- decisions ------------------------------------------------------------------------------------------------------


def test_presenter_ecarter_reprendre(client, poste):
    """R50: shortlist, « Pas intéressé » with a reason, undo."""
    paire = MiseEnRelationFactory(poste=poste)
    assert "Présélection enregistrée" in client.post(fiche(paire, "preselectionner/"), follow=True).content.decode()
    assert "Pas intéressé par" in client.get(fiche(paire, "pas-interesse/")).content.decode()
    page = client.post(fiche(paire, "pas-interesse/"), {"motif": "autre", "precisions": ""}).content.decode()
    assert "Précisez votre raison en quelques mots." in page
    page = client.post(fiche(paire, "pas-interesse/"), {"motif": "profil"}, follow=True).content.decode()
    assert f"La candidature de {paire.candidat} est écartée" in page
    assert "Reprendre cette candidature" in client.get(fiche(paire)).content.decode()
    client.post(fiche(paire, "reprendre/"))
    paire.refresh_from_db()
    assert paire.etat == _E.PRESELECTIONNEE


def test_le_remplacant_est_annonce(client, poste, django_capture_on_commit_callbacks):
    """R47."""
    paire = MiseEnRelationFactory(poste=poste)
    CandidatFactory()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(fiche(paire, "pas-interesse/"), {"motif": "profil"})
    assert MiseEnRelation.objects.filter(poste=poste, etat=_E.NOUVELLE).count() == 1


def test_proposer_un_entretien(client, poste):
    """R52: bad answers keep what was typed; the slot is read back in Paris time."""
    paire = MiseEnRelationFactory(poste=poste, preselectionnee=True)
    demain = timezone.localdate() + dt.timedelta(days=1)
    envoi = {"jour": demain.isoformat(), "heure": "14:30", "duree_min": "45", "lieu": "Mairie", "message": "Bonjour"}
    page = client.post(fiche(paire, "entretien/"), {**envoi, "jour": "2020-01-01"}).content.decode()
    assert "à venir" in page
    assert 'value="14:30"' in page
    assert client.post(fiche(paire, "entretien/"), envoi).status_code == 302
    entretien = Entretien.objects.get()
    assert timezone.localtime(entretien.debut).strftime("%H:%M") == "14:30"
    page = client.get(fiche(paire)).content.decode()
    assert "à 14\u00a0h\u00a030" in page
    assert client.get(f"{LISTE}entretiens/{entretien.uuid}/agenda.ics").content.startswith(b"BEGIN:VCALENDAR")
    assert "remplace celle du" in client.get(fiche(paire, "entretien/")).content.decode()
    client.post(f"{LISTE}entretiens/{entretien.uuid}/annuler/")
    entretien.refresh_from_db()
    assert entretien.etat == EtatEntretien.ANNULE


def test_noter_un_entretien_passe(client, poste):
    paire = MiseEnRelationFactory(poste=poste, entretien=True)
    Entretien.objects.update(debut=timezone.now() - dt.timedelta(hours=2))
    assert "L’entretien a eu lieu" in client.get(fiche(paire)).content.decode()
    client.post(f"{LISTE}entretiens/{paire.entretiens.get().uuid}/passe/")
    assert paire.entretiens.get().etat == EtatEntretien.PASSE


def test_valider_puis_annuler(client, poste):
    """R52, R53: the advice of S0 is shown, not blocking; the outfit size is asked."""
    paire = MiseEnRelationFactory(poste=poste, entretien=True)
    page = client.get(fiche(paire, "valider/")).content.decode()
    assert "N’organisez pas un entretien avec un seul candidat" in page
    assert "Choisissez une réponse" in client.post(fiche(paire, "valider/"), {}).content.decode()
    assert client.post(fiche(paire, "valider/"), {"taille_tenue": "L"}).status_code == 302
    poste.refresh_from_db()
    assert poste.etat == EtatPoste.RESERVE
    assert "Annuler la validation" in client.get(fiche(paire)).content.decode()
    assert client.post(fiche(paire, "annuler-validation/"), {"motif": "desistement"}).status_code == 302
    paire.refresh_from_db()
    assert paire.etat == _E.ECARTEE


def test_avec_plusieurs_entretiens_pas_de_conseil(client, poste):
    paire = MiseEnRelationFactory(poste=poste, entretien=True)
    MiseEnRelationFactory(poste=poste, entretien=True)
    assert "un seul candidat" not in client.get(fiche(paire, "valider/")).content.decode()


def test_le_perdant_lit_pourquoi(client, poste):
    """R53: the refusal is on the page, with the post still free."""
    candidat = CandidatFactory()
    paire = MiseEnRelationFactory(poste=poste, candidat=candidat, preselectionnee=True)
    MiseEnRelationFactory(candidat=candidat, validee=True)
    page = client.post(fiche(paire, "valider/"), {"taille_tenue": "L"}).content.decode()
    assert "Une autre structure vient de valider cette personne" in page


# --- invitation, export ---------------------------------------------------------------------------------------------


def test_inviter_une_personne_connue(client, poste):
    """R49."""
    adresse = f"{LISTE}inviter/"
    assert "Saisissez" in client.post(adresse, {"poste": str(poste.uuid), "courriel": "x"}).content.decode()
    envoi = {"poste": str(poste.uuid), "courriel": "connue@exemple.fr"}
    assert "L’invitation est envoyée" in client.post(adresse, envoi, follow=True).content.decode()
    assert "déjà en attente" in client.post(adresse, envoi).content.decode()
    invitation = InvitationCandidat.objects.get()
    assert "connue@exemple.fr" in client.get(LISTE).content.decode()
    client.post(f"{LISTE}invitations/{invitation.uuid}/annuler/")
    invitation.refresh_from_db()
    assert invitation.etat == EtatInvitation.ANNULEE


def test_inviter_sans_poste_libre(client):
    assert "pas de poste à pourvoir" in client.get(f"{LISTE}inviter/").content.decode()


def test_l_invitation_d_une_autre_structure_n_existe_pas(client, poste):
    invitation = InvitationCandidatFactory()
    assert client.post(f"{LISTE}invitations/{invitation.uuid}/annuler/").status_code == 404
    assert client.post(f"{LISTE}invitations/{invitation.uuid}/renvoyer/").status_code == 404
    autre = InvitationCandidatFactory().poste
    reponse = client.post(f"{LISTE}inviter/", {"poste": str(autre.uuid), "courriel": "a@exemple.fr"})
    assert reponse.status_code == 200
    assert InvitationCandidat.objects.filter(courriel="a@exemple.fr").count() == 0


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_exporter(client, poste, format):
    paire = MiseEnRelationFactory(poste=poste, candidat__utilisateur__nom="=Danger")
    MiseEnRelationFactory(poste=poste, declinee=True, candidat__utilisateur__email="partie@exemple.fr")
    reponse = client.get(f"{LISTE}export.{format}")
    assert reponse.status_code == 200
    assert "attachment" in reponse["Content-Disposition"]
    if format == "csv":
        texte = reponse.content.decode("utf-8-sig")
        assert "'=Danger" in texte
        assert paire.candidat.utilisateur.email in texte
        # R112: no phone, no birth date, no address of somebody whose pair is over.
        for secret in ("0612345678", "1990", "partie@exemple.fr"):
            assert secret not in texte
    assert client.get(f"{LISTE}export.pdf").status_code == 404


def test_un_autre_role_n_entre_pas(client_de):
    for role in ("candidat", "anct", "prefecture", "bdt", "organisme"):
        assert client_de(role).get(LISTE).status_code == 403
    assert client_de("visiteur").get(LISTE).status_code == 302
