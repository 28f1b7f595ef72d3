"""R45 for the person and for the structure: agree, follow the personal link, see the result, withdraw."""

from __future__ import annotations

import pytest
from django.utils import timezone

from candidats import actions
from candidats.models import Candidat, LignePix, MiseEnRelation, ResultatPix
from candidats.notifications import demander_confirmation, souhaiter_bienvenue
from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite
from tests.candidats.factories import (
    CandidatFactory,
    LignePixFactory,
    MiseEnRelationFactory,
    acteur_candidat,
    rattachement_candidat,
)
from tests.candidats.outils import courriels, verifier_coherence_candidats
from tests.candidats.outils_pix import fichier_pix, ligne_pix
from tests.comptes.factories import RattachementFactory, acteur
from tests.structures.factories import PosteFactory

pytestmark = pytest.mark.django_db
SYSTEME = Acteur.systeme()
PAGE, RETRAIT = "/espace/candidat/pix/", "/espace/candidat/pix/retrait/"


@pytest.fixture
def campagne(settings):
    settings.PIX_CAMPAGNE_URL, settings.PIX_CAMPAGNE_CODE = "https://pix.exemple.fr/", "CONUM2024"


def connecter(client_de, candidat):
    return client_de(rattachement=rattachement_candidat(candidat))


def partager(candidat, **changements):
    actions.importer_pix(acteur=SYSTEME, contenu=fichier_pix(ligne_pix(candidat, **changements)), nom="r.csv")
    candidat.refresh_from_db()
    return candidat


def test_la_page_dit_ce_que_c_est_puis_donne_le_lien_apres_l_accord(client_de, campagne):
    candidat = CandidatFactory()
    client = connecter(client_de, candidat)
    page = client.get(PAGE).content.decode()
    assert "C’est facultatif" in page
    assert "ne disent rien de la durée de votre formation" in page
    assert candidat.identifiant_pix not in page
    reponse = client.post(PAGE, {})
    assert "Cochez cette case pour donner votre accord" in reponse.content.decode()
    assert client.post(PAGE, {"accord": "on"}).status_code == 302
    page = client.get(PAGE).content.decode()
    lien = f"https://pix.exemple.fr/campagnes/CONUM2024?participantExternalId={candidat.identifiant_pix}"
    assert f'href="{lien}"' in page
    assert "Aucun résultat reçu" in page
    # Agreeing again changes nothing.
    avant = Candidat.history.filter(id=candidat.pk).count()
    client.post(PAGE, {"accord": "on"})
    assert Candidat.history.filter(id=candidat.pk).count() == avant


def test_sans_campagne_aucun_lien(client_de):
    client = connecter(client_de, CandidatFactory(pix_consenti=True))
    page = client.get(PAGE).content.decode()
    assert "dès qu’une campagne sera ouverte" in page
    assert "participantExternalId" not in page


def test_la_personne_voit_son_resultat(client_de, campagne):
    candidat = partager(CandidatFactory(pix_consenti=True))
    page = connecter(client_de, candidat).get(PAGE).content.decode()
    for texte in ("2 sur 3 (intermédiaire)", "31 mars 2024", "Utilisation du numérique", "75 %", "Repasser"):
        assert texte in page
    assert "Production de ressources" not in page


@pytest.mark.parametrize(
    ("traits", "dit"), [({"a_confirmer": True}, "confirmer votre adresse"), ({"retire": True}, "Redevenez d’abord")]
)
def test_qui_ne_peut_pas_encore_consentir_sait_quoi_faire(client_de, traits, dit):
    candidat = CandidatFactory(**traits)
    client = connecter(client_de, candidat)
    assert dit in client.get(PAGE).content.decode()
    assert client.post(PAGE, {"accord": "on"}).status_code == 200
    candidat.refresh_from_db()
    assert candidat.pix_consenti_le is None
    with pytest.raises(RegleNonRespectee):
        actions.consentir_pix(acteur=acteur_candidat(candidat), candidat=candidat)


def test_le_retrait_efface_tout(client_de):
    """R111: rows, history, and the lines that had been joined by hand or waited under the identifier."""
    candidat = partager(CandidatFactory(pix_consenti=True))
    partager(candidat, palier=3)
    ligne = LignePixFactory(campagne_cle="id-9")
    actions.rattacher_ligne_pix(acteur=acteur("anct"), ligne=ligne, candidat=candidat)
    partager(candidat, nom="Quelqu’un", prenom="D’autre")
    client = connecter(client_de, candidat)
    assert "Ne plus communiquer" in client.get(RETRAIT).content.decode()
    assert ResultatPix.objects.filter(candidat=candidat).count() == 3
    assert client.post(RETRAIT).status_code == 302
    candidat.refresh_from_db()
    assert (candidat.pix_partage, candidat.pix_consenti_le) == (False, None)
    assert candidat.pix_retire_le is not None
    assert not ResultatPix.objects.exists()
    assert {(h.niveau, str(h.badges), h.campagne_nom) for h in ResultatPix.history.all()} == {(None, "[]", "")}
    assert ResultatPix.history.count() == 3
    for reste in (*LignePix.objects.all(), *LignePix.history.all()):
        assert (reste.nom, reste.prenom, reste.donnees) == ("", "", {})
    verifier_coherence_candidats()
    page = client.get(PAGE).content.decode()
    assert "Vous avez retiré votre accord" in page
    # Nothing left to withdraw: the page says so, the verb refuses.
    assert client.get(RETRAIT).status_code == 302
    with pytest.raises(TransitionInterdite):
        actions.retirer_pix(acteur=acteur_candidat(candidat), candidat=candidat)


def test_apres_un_retrait_l_identifiant_donne_a_la_main_ne_ramene_pas_la_personne():
    candidat = CandidatFactory(pix_consenti=True)
    contenu = fichier_pix(ligne_pix(nom="Bellanger", prenom="Inès", identifiant="77"))
    actions.importer_pix(acteur=SYSTEME, contenu=contenu, nom="r.csv")
    actions.rattacher_ligne_pix(acteur=acteur("anct"), ligne=LignePix.objects.get(), candidat=candidat)
    actions.retirer_pix(acteur=acteur_candidat(candidat), candidat=candidat)
    corrige = fichier_pix(ligne_pix(nom="Bellanger", prenom="Inès", identifiant="77", palier=3))
    for fichier in (contenu, corrige):
        actions.importer_pix(acteur=SYSTEME, contenu=fichier, nom="r.csv")
    assert {(ligne.etat, ligne.motif_revue, str(ligne.donnees)) for ligne in LignePix.objects.all()} == {
        ("a_revoir", "consentement-retire", "{}")
    }


@pytest.mark.parametrize("verbe", [actions.consentir_pix, actions.retirer_pix])
@pytest.mark.parametrize("qui", ["anct", "structure", "candidat"])
def test_chacun_decide_pour_soi(verbe, qui):
    candidat = CandidatFactory(pix_consenti=True)
    with pytest.raises(AccesRefuse):
        verbe(acteur=acteur(qui), candidat=candidat)


# --- the structure, the engine, the mails ---------------------------------------------------------------------------


def test_la_structure_voit_le_resultat_jamais_l_identifiant(client_de):
    paire = MiseEnRelationFactory(candidat=CandidatFactory(pix_consenti=True))
    structure = paire.poste.structure
    client = client_de(rattachement=RattachementFactory(organisation=structure.organisation))
    fiche, liste = f"/espace/structure/candidats/{paire.uuid}/", "/espace/structure/candidats/"
    assert "Résultats non communiqués" in client.get(fiche).content.decode()
    assert "Résultats Pix communiqués" not in client.get(liste).content.decode()
    candidat = partager(paire.candidat)
    page = client.get(fiche).content.decode()
    for texte in ("2 sur 3 (intermédiaire)", "le 31 mars 2024", "Utilisation du numérique"):
        assert texte in page
    assert "Résultats Pix communiqués" in client.get(liste).content.decode()
    export = client.get("/espace/structure/candidats/export.csv").content.decode()
    assert all(candidat.identifiant_pix not in texte for texte in (page, export))
    actions.retirer_pix(acteur=acteur_candidat(candidat), candidat=candidat)
    assert "Résultats non communiqués" in client.get(fiche).content.decode()


def test_partager_puis_retirer_change_le_score_et_son_explication(django_capture_on_commit_callbacks):
    """R48: the engine gives the five points, takes them back, and no explanation tells what is no longer shared."""
    candidat = CandidatFactory(pix_consenti=True)
    PosteFactory()
    actions.apparier(acteur=SYSTEME)
    paire = MiseEnRelation.objects.get(candidat=candidat)
    sans = paire.score
    partager(candidat)
    paire.refresh_from_db()
    assert (paire.score, [c["texte"] for c in paire.explication if c["code"] == "pix"]) == (
        sans + 5,
        ["Partage ses résultats Pix."],
    )
    assert sum(critere["points"] for critere in paire.explication) == pytest.approx(paire.score)
    # A post that comes later is scored the same way, by the engine itself.
    PosteFactory()
    actions.apparier(acteur=SYSTEME)
    assert set(MiseEnRelation.objects.filter(candidat=candidat).values_list("score", flat=True)) == {sans + 5}
    with django_capture_on_commit_callbacks() as suites:
        actions.retirer_pix(acteur=acteur_candidat(candidat), candidat=candidat)
    assert len(suites) == 1
    paire.refresh_from_db()
    assert paire.score == sans
    assert "Ne partage pas de résultats Pix." in str(paire.explication)


def test_les_courriels_de_l_inscription_en_parlent_si_une_campagne_est_ouverte(settings):
    candidat = CandidatFactory()

    def textes():
        demander_confirmation(candidat, "secret")
        souhaiter_bienvenue(candidat, [])
        return [courriels(modele)[-1].message for modele in ("confirmation", "bienvenue")]

    assert not any("Pix" in texte for texte in textes())
    settings.PIX_CAMPAGNE_URL, settings.PIX_CAMPAGNE_CODE = "https://pix.exemple.fr", "CONUM2024"
    confirmation, bienvenue = textes()
    assert "facultatif" in confirmation
    assert PAGE in bienvenue
    # The identifier stays in the person's own space.
    assert all(candidat.identifiant_pix not in texte for texte in (confirmation, bienvenue))


def test_un_accord_garde_sa_date():
    candidat = CandidatFactory()
    actions.consentir_pix(acteur=SYSTEME, candidat=candidat)
    candidat.refresh_from_db()
    assert candidat.pix_consenti_le <= timezone.now()
    assert candidat.history.first().history_change_reason == "Accord donné pour communiquer les résultats Pix"
