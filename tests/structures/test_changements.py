"""Another SIRET for the same body, with its proof (R21, R22): asked, checked by ANCT, followed by what is live."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from post_office.models import Email

from portal.commun.documents import obtenir_document
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite
from portal.commun.evenements import _abonnes
from portal.commun.roles import Role
from structures import actions, annuaire
from structures.annuaire import Fiche, Verdict
from structures.coherence import candidatures_et_structures
from structures.models import ChangementEtablissement, Fait, FaitPrioritaire, Structure
from tests.commun.fichiers_exemples import pdf
from tests.comptes.factories import acteur as creer_acteur
from tests.structures.factories import (
    LieuExerciceFactory,
    PosteFactory,
    StructureFactory,
    acteur_de_structure,
    candidature_de,
    lieu,
    membre,
)
from tests.structures.factories_demandes import ChangementFactory
from tests.structures.factories_lieux import siret_suivant

pytestmark = pytest.mark.django_db
MOTIF = "Fusion de deux communes au 1er janvier."


@pytest.fixture
def poste():
    return PosteFactory(structure__contact_courriel="contact@exemple.fr")


@pytest.fixture
def deplaces():
    recus = []

    def noter(*, postes, **_):
        recus.extend(postes)

    _abonnes["poste.deplace"].append(noter)
    yield recus
    _abonnes["poste.deplace"].remove(noter)


def preuve(nom="avis.pdf", contenu=None):
    return SimpleUploadedFile(nom, pdf() if contenu is None else contenu, content_type="application/pdf")


def demander(structure, **champs):
    donnees = {
        "siret": siret_suivant(),
        "nom": "Commune nouvelle du Val",
        "adresse": "2 rue de la Mairie",
        "code_postal": "03000",
        "commune": structure.commune,
        "motif": MOTIF,
        "justificatif": preuve(),
        **champs,
    }
    acteur = donnees.pop("acteur", None) or acteur_de_structure(structure)
    return actions.demander_changement(acteur=acteur, structure=structure, **donnees)


def test_rien_ne_change_avant_la_reponse_de_l_anct(poste):
    """R21, R113: the proof is stored, the people of the space are told."""
    structure = poste.structure
    changement = demander(structure)
    structure.refresh_from_db()
    assert structure.siret == changement.siret_avant != changement.siret
    assert Email.objects.filter(to="contact@exemple.fr", subject__contains="à vérifier").exists()
    document = changement.justificatif
    assert obtenir_document(acteur_de_structure(structure), document.uuid) == document
    assert obtenir_document(creer_acteur(Role.ANCT), document.uuid) == document
    for qui in (acteur_de_structure(StructureFactory()), creer_acteur(Role.PREFECTURE), creer_acteur(Role.BDT)):
        with pytest.raises(Exception, match="document"):
            obtenir_document(qui, document.uuid)


def test_une_fois_accepte_tout_suit(anct, poste, deplaces):
    """R21, R22: the structure, its body, its live applications; its posts stay; the history keeps the old identity."""
    structure, ancien = poste.structure, poste.structure.siret
    refusee = candidature_de(structure, refusee=True)
    avec_lieu = PosteFactory(
        structure=structure, campagne=poste.campagne, lieux=[LieuExerciceFactory(structure=structure)]
    )
    changement = demander(structure, commune=lieu("03310"), code_postal="03200")
    # R24: the lists name its new commune and its new establishment; those of the old ones do not follow.
    liste = {"source": "ANCT"}
    FaitPrioritaire.objects.create(commune=lieu("03310"), fait=Fait.PETITES_VILLES_DE_DEMAIN, **liste)
    FaitPrioritaire.objects.create(siret=changement.siret, fait=Fait.FRANCE_SERVICES, **liste)
    FaitPrioritaire.objects.create(siret=ancien, fait=Fait.ZONE_RURALE, **liste)
    actions.accepter_changement(acteur=anct, changement=changement)

    structure.refresh_from_db()
    assert (structure.petites_villes_de_demain, structure.france_services, structure.zone_rurale) == (True, True, False)
    poste.candidature.refresh_from_db()
    refusee.refresh_from_db()
    assert (structure.siret, structure.nom) == (changement.siret, "Commune nouvelle du Val")
    assert structure.nom_normalise == "commune nouvelle du val"
    assert structure.organisation.nom == structure.nom
    assert poste.candidature.siret == changement.siret
    assert refusee.siret == ancien  # what is over keeps what was answered
    assert not candidatures_et_structures().exists()
    assert poste in deplaces and avec_lieu not in deplaces
    assert ancien in structure.history.values_list("siret", flat=True)
    assert structure.history.filter(siret=changement.siret).earliest().history_change_reason == MOTIF
    assert Email.objects.filter(to="contact@exemple.fr", subject__contains=changement.siret).exists()
    with pytest.raises(TransitionInterdite):
        actions.accepter_changement(acteur=anct, changement=changement)


def test_l_anct_refuse_avec_un_motif_et_la_structure_recommence(anct, poste):
    """R21"""
    changement = demander(poste.structure)
    with pytest.raises(RegleNonRespectee):
        actions.refuser_changement(acteur=anct, changement=changement, motif=" ")
    refuse = actions.refuser_changement(acteur=anct, changement=changement, motif="Le document est illisible.")
    assert (refuse.etat, refuse.motif_decision) == ("refuse", "Le document est illisible.")
    assert "illisible" in Email.objects.get(subject__contains="refusé", to="contact@exemple.fr").message
    assert demander(poste.structure).etat == "demande"


def test_une_seule_demande_a_la_fois(poste):
    """R21"""
    changement = demander(poste.structure)
    with pytest.raises(RegleNonRespectee, match="déjà en cours"):
        demander(poste.structure)
    actions.retirer_changement(acteur=acteur_de_structure(poste.structure), changement=changement)
    assert demander(poste.structure).etat == "demande"


def test_un_siret_deja_pris_ne_l_est_pas_deux_fois(anct, poste):
    """R22: refused when it is asked, and again when it was taken in between."""
    autre = StructureFactory()
    with pytest.raises(RegleNonRespectee) as refus:
        demander(poste.structure, siret=autre.siret)
    assert (refus.value.regle, refus.value.champ) == ("R22", "siret")
    changement = demander(poste.structure)
    Structure.objects.filter(pk=autre.pk).update(siret=changement.siret)
    with pytest.raises(RegleNonRespectee):
        actions.accepter_changement(acteur=anct, changement=changement)
    changement.refresh_from_db()
    assert changement.etat == "demande"


def test_ce_qui_n_est_pas_un_changement_d_etablissement(poste):
    """R21, R29: the same one, another département while it has posts, a private body that becomes public."""
    structure = poste.structure
    for champs, champ in [
        ({"siret": structure.siret}, "siret"),
        ({"siret": "123 456 789 01234"}, "siret"),
        ({"siret": "12"}, "siret"),
        ({"commune": lieu("97411")}, "commune"),
        ({"categorie_juridique": "9220"}, "siret"),
        ({"nom": "  "}, "nom"),
        ({"motif": ""}, "motif"),
    ]:
        with pytest.raises(RegleNonRespectee) as refus:
            demander(structure, **champs)
        assert refus.value.champ == champ
    assert not ChangementEtablissement.objects.exists()


def test_le_justificatif_est_controle(poste):
    """Bad input: not what it claims, empty."""
    for fichier in (preuve("avis.pdf", b"MZ\x90 programme"), preuve("avis.pdf", b"")):
        with pytest.raises(RegleNonRespectee) as refus:
            demander(poste.structure, justificatif=fichier)
        assert refus.value.champ == "justificatif"


def test_qui_demande_et_qui_repond(poste):
    """DOMAIN §2"""
    structure = poste.structure
    for qui in (acteur_de_structure(StructureFactory()), creer_acteur(Role.ANCT)):
        with pytest.raises(AccesRefuse):
            demander(structure, acteur=qui)
    changement = demander(structure)
    for qui in (acteur_de_structure(structure), creer_acteur(Role.PREFECTURE)):
        with pytest.raises(AccesRefuse):
            actions.accepter_changement(acteur=qui, changement=changement)


# --- pages ----------------------------------------------------------------------------------------------------------


def test_la_page_prend_l_annuaire_pour_ce_qui_manque(client_de, poste, monkeypatch):
    """R21: with the SIRET, a reason and a proof, the rest comes from the directory."""
    client = client_de(rattachement=membre(poste.structure))
    siret = siret_suivant()
    fiche = Fiche(siret, Verdict.TROUVE, "COMMUNE DU VAL", "7210", "1 PL DE LA MAIRIE", "03190", "03190")
    monkeypatch.setattr("structures.forms.postes.chercher", lambda demande: fiche)
    page = reverse("structures:demander_changement")
    reponse = client.post(page, {"siret": f" {siret[:9]} {siret[9:]}", "motif": MOTIF, "justificatif": preuve()})
    changement = ChangementEtablissement.objects.get()
    assert reponse["Location"] == reverse("structures:changement", args=[changement.uuid])
    assert (changement.nom, changement.commune_id, changement.categorie_juridique) == (
        "COMMUNE DU VAL",
        "03190",
        "7210",
    )
    contenu = client.get(reponse["Location"]).content.decode()
    assert siret in contenu and "avis.pdf" in contenu
    client.post(reverse("structures:retirer_changement", args=[changement.uuid]))
    changement.refresh_from_db()
    assert changement.etat == "retire"


@pytest.mark.parametrize(
    ("verdict", "phrase"), [(Verdict.FERME, "est fermé"), (Verdict.INCONNU, "ne connaît pas ce SIRET")]
)
def test_la_page_dit_ce_que_l_annuaire_refuse(client_de, poste, monkeypatch, verdict, phrase):
    """R21"""
    monkeypatch.setattr("structures.forms.postes.chercher", lambda siret: Fiche(siret, verdict))
    client = client_de(rattachement=membre(poste.structure))
    donnees = {"siret": siret_suivant(), "motif": MOTIF, "justificatif": preuve()}
    contenu = client.post(reverse("structures:demander_changement"), donnees).content.decode()
    assert phrase in contenu and MOTIF in contenu
    assert not ChangementEtablissement.objects.exists()


def test_sans_annuaire_la_page_demande_le_nom_et_la_commune(client_de, poste):
    """R21: if the directory is down, it goes on."""
    client = client_de(rattachement=membre(poste.structure))
    page = reverse("structures:demander_changement")
    donnees = {"siret": siret_suivant(), "motif": MOTIF}
    contenu = client.post(page, {**donnees, "justificatif": preuve()}).content.decode()
    assert "Il manque le nom de la structure" in contenu and "Il manque la commune" in contenu
    complet = {**donnees, "nom": "Commune du Val", "adresse": "1 place", "commune": poste.structure.commune.code}
    reponse = client.post(page, {**complet, "commune_0": "03190", "justificatif": preuve()})
    assert reponse.status_code in (200, 302)


def test_les_donnees_legales_comparent_le_portail_et_l_annuaire(client_de, poste, monkeypatch):
    """R21: what differs is said; where the legal kind comes from too."""
    structure = poste.structure
    fiche = Fiche(structure.siret, Verdict.TROUVE, "AUTRE NOM", "7210", "", "03000", structure.commune_id)
    monkeypatch.setattr("structures.views.espace_postes.chercher", lambda siret: fiche)
    client = client_de(rattachement=membre(structure))
    contenu = client.get(reverse("structures:donnees_legales")).content.decode()
    assert "AUTRE NOM" in contenu and contenu.count("(différent)") == 2
    assert "Déclaration de la structure" in contenu
    monkeypatch.setattr("structures.views.espace_postes.chercher", annuaire.chercher)
    assert "ne répond pas" in client.get(reverse("structures:donnees_legales")).content.decode()


def test_l_anct_voit_les_deux_cotes_et_accepte(client_de, poste):
    """R21, R22: side by side, with what would prevent it; the prefecture does not enter."""
    changement = ChangementFactory(structure=poste.structure)
    anct = client_de("anct")
    page = reverse("admin:structures_changementetablissement_change", args=[changement.uuid])
    contenu = anct.get(page).content.decode()
    assert poste.structure.siret in contenu and changement.siret in contenu
    assert client_de("prefecture").get(page).status_code == 403
    anct.post(reverse("admin:structures_changementetablissement_verbe", args=[changement.uuid, "accepter"]))
    changement.refresh_from_db()
    assert changement.etat == "accepte"
    contenu = anct.get(page).content.decode()
    assert "Commune d’essai" in contenu  # the old name stays readable
    assert anct.get(reverse("admin:structures_changementetablissement_export", args=["xlsx"])).status_code == 200


def test_un_obstacle_est_dit_a_l_anct_avant_le_bouton(client_de, poste):
    """R22"""
    changement = ChangementFactory(structure=poste.structure, siret=StructureFactory().siret)
    page = reverse("admin:structures_changementetablissement_change", args=[changement.uuid])
    assert "déjà celui d’une autre structure" in client_de("anct").get(page).content.decode()
