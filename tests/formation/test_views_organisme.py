"""The space of a training body (R80 to R84): its tasks, its people, its files, who enters."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from candidats.models import MiseEnRelation
from formation.enums import EtatInscription, EtatPositionnement
from formation.models import Inscription, Positionnement, PriseDeContact
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
    membre_de,
    remplir,
)
from tests.subventions.factories import DossierFactory, fichier_pdf

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


# --- to do ----------------------------------------------------------------------------------------------------------


def test_rien_a_traiter_dit_quoi_attendre(centre):
    corps = centre.get(ESPACE).content.decode()
    assert "Rien à faire pour l’instant" in corps


def test_a_traiter_range_par_tache_r80_r81_r82_r83(centre, organisme):
    a_contacter = DossierFactory()
    attendue = DossierFactory(privee=True)
    a_tester = PriseDeContactFactory(organisme=organisme).dossier
    a_noter = PositionnementFactory(organisme=organisme, a_noter=True).dossier
    a_clore = SessionFactory(organisme=organisme, a_clore=True)
    session = SessionFactory(organisme=organisme, commencee=True)
    a_partir = InscriptionFactory(session=session, dossier=DossierFactory(conforme=True)).dossier
    avec_contrat_signe(Dossier.objects.get(pk=a_partir.pk))
    sans_contrat = InscriptionFactory(session=session).dossier
    reponse = centre.get(ESPACE)
    sections = {s["vue"]: [ligne["suivi"].dossier for ligne in s["lignes"]] for s in reponse.context["sections"]}
    assert sections == {"contact": [a_contacter], "test": [a_tester], "resultat": [a_noter], "depart": [a_partir]}
    corps = reponse.content.decode()
    assert url("session", a_clore.uuid) in corps
    assert "1 personne</a>" in corps and nom_de(attendue) not in corps
    assert nom_de(sans_contrat) not in corps


def test_a_traiter_montre_les_premiers_et_un_lien_vers_les_autres(centre):
    for _ in range(7):
        DossierFactory()
    corps = centre.get(ESPACE).content.decode()
    assert "Contact à prendre par vous (7)" in corps and "Voir les 2 autres personnes" in corps


def test_une_personne_suivie_par_un_autre_organisme_n_est_pas_a_traiter(centre, organisme):
    autre = OrganismeFactory()
    PriseDeContactFactory(dossier=PositionnementFactory(organisme=autre, a_noter=True).dossier, organisme=organisme)
    assert centre.get(ESPACE).context["sections"] == []


def test_l_organisme_sans_lot_le_sait(client_de):
    seul = client_de(rattachement=membre_de(OrganismeFactory(sans_lot=True)))
    assert "pas encore de lot" in seul.get(ESPACE).content.decode()
    assert "pas encore de lot" in seul.get(url("session_creer")).content.decode()


# --- people ---------------------------------------------------------------------------------------------------------


def test_chaque_vue_a_ses_personnes_et_les_nombres_disent_vrai(centre, organisme):
    DossierFactory()
    DossierFactory(privee=True)
    PriseDeContactFactory(organisme=organisme)
    PositionnementFactory(organisme=organisme)
    PositionnementFactory(organisme=organisme, a_noter=True)
    PositionnementFactory(organisme=organisme, passe=True)
    PositionnementFactory(organisme=organisme, dispense=True)
    InscriptionFactory(session=SessionFactory(organisme=organisme))
    en_cours = SessionFactory(organisme=organisme, commencee=True)
    a_partir = InscriptionFactory(session=en_cours, dossier=DossierFactory(conforme=True)).dossier
    avec_contrat_signe(Dossier.objects.get(pk=a_partir.pk))
    partie = InscriptionFactory(session=en_cours, etat=EtatInscription.PARTIE, depart_le=dans(-3)).dossier
    Dossier.objects.filter(pk=partie.pk).update(depart_formation_le=dans(-3))
    reponse = centre.get(PERSONNES)
    nombres = {vue: nombre for vue, _, nombre in reponse.context["vues"]}
    assert nombres == {
        "contact": 1, "attente": 1, "test": 1, "prevu": 1, "resultat": 1, "publier": 0, "session": 1, "inscrites": 2,
        "depart": 1, "formation": 1, "dispensees": 1, "toutes": 10,
    }  # fmt: skip
    for vue, nombre in nombres.items():
        assert centre.get(PERSONNES, {"vue": vue}).context["page"].paginator.count == nombre, vue


def test_les_personnes_parties_ailleurs_sont_dans_les_vues_de_leur_etape_r83(centre):
    """Whoever is in « Toutes » is in the view of their step, with the body that trains them; not in what is to do."""
    ailleurs = OrganismeFactory(distance=True)
    en_cours = SessionFactory(distance=True, organisme=ailleurs, commencee=True)
    partie = InscriptionFactory(session=en_cours, etat=EtatInscription.PARTIE, depart_le=dans(-3)).dossier
    Dossier.objects.filter(pk=partie.pk).update(depart_formation_le=dans(-3))
    a_partir = InscriptionFactory(session=en_cours, dossier=DossierFactory(conforme=True)).dossier
    avec_contrat_signe(Dossier.objects.get(pk=a_partir.pk))
    prevu = PositionnementFactory(organisme=ailleurs).dossier
    for vue, dossier in (("formation", partie), ("inscrites", a_partir), ("prevu", prevu)):
        reponse = centre.get(PERSONNES, {"vue": vue})
        assert [ligne["suivi"].dossier for ligne in reponse.context["lignes"]] == [dossier], vue
        assert f"Avec {ailleurs.nom}" in reponse.content.decode()
    assert centre.get(PERSONNES, {"vue": "depart"}).context["lignes"] == []
    assert centre.get(ESPACE).context["sections"] == []


def test_la_session_a_publier_est_a_traiter_r81(centre, organisme):
    dossier = PositionnementFactory(organisme=organisme, passe=True).dossier
    section = centre.get(ESPACE).context["sections"][0]
    assert (section["vue"], [ligne["suivi"].dossier for ligne in section["lignes"]]) == ("publier", [dossier])
    assert "la structure attend la vôtre" in " ".join(
        centre.get(url("personne", dossier.uuid)).content.decode().split()
    )
    SessionFactory(organisme=organisme)
    assert centre.get(ESPACE).context["sections"] == []
    assert centre.get(PERSONNES, {"vue": "session"}).context["page"].paginator.count == 1


def test_le_plus_ancien_d_abord(centre):
    recent, ancien = DossierFactory(), DossierFactory()
    MiseEnRelation.objects.filter(pk=ancien.mise_en_relation_id).update(
        validee_le=timezone.now() - dt.timedelta(days=9)
    )
    lignes = centre.get(PERSONNES).context["lignes"]
    assert [ligne["suivi"].dossier for ligne in lignes] == [ancien, recent]


def test_filtrer_les_personnes(centre):
    dossier = DossierFactory()
    DossierFactory(mise_en_relation__candidat__utilisateur__nom="Villard")
    assert centre.get(PERSONNES, {"q": dossier.structure.nom}).context["page"].paginator.count == 1
    assert centre.get(PERSONNES, {"q": "villard"}).context["page"].paginator.count == 1
    vide = centre.get(PERSONNES, {"q": "introuvable"}).content.decode()
    assert "Personne ne correspond" in vide
    assert centre.get(PERSONNES, {"departement": "99"}).context["page"].paginator.count == 0


def test_le_perimetre_d_un_organisme_r80(client_de, organisme, centre):
    """Its régions, those who came to it; the remote one learns of nobody else."""
    ici = DossierFactory()
    distance = OrganismeFactory(distance=True)
    a_distance = client_de(rattachement=membre_de(distance))
    assert centre.get(url("personne", ici.uuid)).status_code == 200
    assert a_distance.get(url("personne", ici.uuid)).status_code == 404
    PriseDeContactFactory(dossier=ici, organisme=distance)
    assert a_distance.get(url("personne", ici.uuid)).status_code == 200
    clos = DossierFactory(clos=True)
    assert centre.get(url("personne", clos.uuid)).status_code == 404


def test_la_fiche_ne_montre_ni_naissance_ni_montant_ni_piece_r112(centre):
    dossier = avec_contrat_signe(DossierFactory(conforme=True))
    Dossier.objects.filter(pk=dossier.pk).update(formation_contactee_le=dans(-20))
    corps = centre.get(url("personne", dossier.uuid)).content.decode()
    assert nom_de(dossier) in corps and dossier.structure.contact_courriel in corps
    for secret in ("1990", "2\u202f100", "2100", dossier.iban, "50 000"):
        assert secret not in corps
    assert "17 mai" not in corps


def test_noter_un_contact_r80(centre, organisme):
    dossier = DossierFactory()
    adresse = url("contact", dossier.uuid)
    assert adresse in centre.get(url("personne", dossier.uuid)).content.decode()
    refus = centre.post(adresse, {"contacte_le": dans(1).isoformat(), "message": "Bonjour"}).content.decode()
    assert "dans le futur" in refus and "Bonjour" in refus
    centre.post(adresse, {"contacte_le": timezone.localdate().isoformat(), "message": ""})
    assert PriseDeContact.objects.get(dossier=dossier).organisme == organisme
    assert adresse not in centre.get(url("personne", dossier.uuid)).content.decode()


def test_proposer_un_test_r81(centre, organisme):
    dossier = DossierFactory()
    adresse = url("test", dossier.uuid)
    refus = centre.post(adresse, {"jour": dans(-1).isoformat(), "heure": "14:30", "lieu": "Salle 3"}).content.decode()
    assert "à venir" in refus and "Salle 3" in refus
    centre.post(adresse, {"jour": dans(3).isoformat(), "heure": "14:30", "lieu": "Salle 3"})
    test = Positionnement.objects.get(dossier=dossier)
    assert timezone.localtime(test.creneau).hour == 14 and test.organisme == organisme
    assert "remplace celle du" in centre.get(adresse).content.decode()


def test_enregistrer_puis_corriger_un_resultat_r81(centre, organisme):
    test = PositionnementFactory(organisme=organisme, a_noter=True)
    adresse = url("resultat", test.dossier.uuid)
    assert "Choisissez une réponse" in centre.post(adresse, {}).content.decode()
    centre.post(adresse, {"heures": "350", "resultat_le": timezone.localdate().isoformat(), "commentaire": "Bien."})
    assert Positionnement.objects.get(pk=test.pk).heures == 350
    assert "Motif de la correction" in centre.get(adresse).content.decode()
    donnees = {"heures": "420", "resultat_le": timezone.localdate().isoformat(), "motif": "Erreur de saisie."}
    centre.post(adresse, donnees)
    assert Positionnement.objects.get(pk=test.pk).heures == 420


def test_dispenser_avec_le_titre_r84(centre):
    dossier = DossierFactory()
    adresse = url("dispense", dossier.uuid)
    le = timezone.localdate().isoformat()
    refus = centre.post(adresse, {"le": le, "justificatif": fichier_pdf()}).content.decode()
    assert "réservée aux titulaires de ce titre" in refus
    refus = centre.post(adresse, {"le": le, "titulaire_remn": "on"}).content.decode()
    assert "Choisissez un fichier" in refus
    centre.post(adresse, {"le": le, "titulaire_remn": "on", "justificatif": fichier_pdf()})
    assert Positionnement.objects.get(dossier=dossier).etat == EtatPositionnement.DISPENSE
    corps = centre.get(url("personne", dossier.uuid)).content.decode()
    assert "Dispense de formation" in corps and adresse not in corps


def test_inscrire_une_personne_a_sa_session_r82(centre, organisme):
    test = PositionnementFactory(organisme=organisme, passe=True)
    session = SessionFactory(organisme=organisme)
    adresse = url("inscrire_personne", test.dossier.uuid, session.uuid)
    assert adresse in centre.get(url("personne", test.dossier.uuid)).content.decode()
    centre.post(adresse)
    assert Inscription.objects.get(dossier=test.dossier).session == session


def test_exports_des_personnes_r112(centre, organisme):
    PositionnementFactory(organisme=organisme, passe=True)
    SessionFactory(organisme=organisme)
    avec_contrat_signe(DossierFactory(conforme=True))
    reponse = centre.get(url("personnes_export", "csv"))
    lignes = list(csv.reader(io.StringIO(reponse.content.decode("utf-8-sig")), delimiter=";"))
    assert len(lignes) == 3 and len({len(ligne) for ligne in lignes}) == 1
    texte = reponse.content.decode()
    assert "17/05/1990" not in texte and "naissance" not in texte.lower() and "2100" not in texte
    classeur = load_workbook(io.BytesIO(centre.get(url("personnes_export", "xlsx")).content))
    assert classeur.active.max_row == 3
    assert centre.get(url("personnes_export", "pdf")).status_code == 404
    filtre = centre.get(url("personnes_export", "csv"), {"vue": "session"}).content.decode("utf-8-sig")
    assert len(filtre.strip().splitlines()) == 2


# --- who enters -----------------------------------------------------------------------------------------------------


def toutes_les_adresses() -> list[str]:
    ailleurs = OrganismeFactory(distance=True)
    session = SessionFactory(organisme=ailleurs, distance=True)
    dossier = DossierFactory()
    inscription = InscriptionFactory(session=session, dossier=dossier)
    return [
        *(url(nom, dossier.uuid) for nom in ("personne", "contact", "test", "resultat", "dispense")),
        url("inscrire_personne", dossier.uuid, session.uuid),
        *(url(nom, session.uuid) for nom in ("session", "session_cloturer", "session_annuler", "session_terminer")),
        url("inscrits_export", session.uuid, "csv"),
        url("depart", inscription.uuid),
        url("inscription_annuler", inscription.uuid),
    ]


def test_un_organisme_d_ailleurs_ne_voit_rien_404(client_de):
    adresses = toutes_les_adresses()
    etranger = client_de(rattachement=membre_de(OrganismeFactory(sans_lot=True)))
    for adresse in adresses:
        assert etranger.get(adresse).status_code == 404, adresse
        assert etranger.post(adresse).status_code in (404, 405), adresse


def test_sur_son_territoire_la_session_d_un_autre_reste_404(client_de, organisme, centre):
    inscription = InscriptionFactory(session=SessionFactory(distance=True))
    assert centre.get(url("personne", inscription.dossier.uuid)).status_code == 200
    for nom in ("depart", "inscription_annuler"):
        assert centre.get(url(nom, inscription.uuid)).status_code == 404
    assert centre.get(url("session", inscription.session.uuid)).status_code == 404


@pytest.mark.parametrize("role", [Role.STRUCTURE, Role.CANDIDAT, Role.BDT, Role.PREFECTURE, Role.ANCT, Role.SUPPORT])
def test_les_autres_roles_n_entrent_pas(client_de, role):
    client = client_de(role)
    communes = [ESPACE, PERSONNES, SESSIONS, url("session_creer"), url("personnes_export", "csv")]
    for adresse in [*communes, *toutes_les_adresses()]:
        assert client.get(adresse).status_code == 403, adresse


def test_une_organisation_sans_organisme_404(client_de):
    assert client_de(Role.ORGANISME).get(ESPACE).status_code == 404


def test_autant_de_requetes_pour_dix_que_pour_cent(centre, organisme):
    session = SessionFactory(organisme=organisme, capacite=100)

    def ajouter(nombre: int) -> None:
        for _ in range(nombre):
            PositionnementFactory(organisme=organisme, a_noter=True)
            SessionFactory(organisme=organisme)
        remplir(session, nombre)

    def compter(adresse: str) -> int:
        with CaptureQueriesContext(connection) as requetes:
            assert centre.get(adresse).status_code == 200
        return len(requetes)

    adresses = [ESPACE, PERSONNES, SESSIONS, url("session", session.uuid), url("personnes_export", "csv")]
    ajouter(2)
    avant = {adresse: compter(adresse) for adresse in adresses}
    ajouter(8)
    assert {adresse: compter(adresse) for adresse in adresses} == avant
