"""Slots, grid, guide, comparison, refusals and their replacements, through the structure's pages (R47 to R53)."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from candidats import actions
from candidats.enums import EtatEntretien, EtatMiseEnRelation, NatureConsultation
from candidats.models import Candidat, ConsultationCandidat, Entretien, Evaluation, MiseEnRelation, ResultatPix
from portal.commun.acteurs import Acteur
from structures.models import Poste
from tests.candidats.factories import (
    CandidatFactory,
    EntretienFactory,
    EvaluationFactory,
    ImportPixFactory,
    MiseEnRelationFactory,
)
from tests.candidats.outils import verifier_coherence_candidats
from tests.structures.factories import PosteFactory, StructureFactory, lieu, membre

pytestmark = pytest.mark.django_db
LISTE = "/espace/structure/candidats/"
JOUR = dt.timedelta(days=1)
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


@pytest.fixture
def lieu_de_paris():
    return lieu("75056")


def fiche(paire, suite=""):
    return f"{LISTE}{paire.uuid}/{suite}"


def lire(client, adresse, **parametres):
    return client.get(adresse, parametres).content.decode()


# --- R47: refusals --------------------------------------------------------------------------------------------------


def test_refuser_trois_en_amene_trois_autres(client, poste, django_capture_on_commit_callbacks):
    """R47, R50: three refusals through the pages, three other people at once, none of them refused."""
    refusees = [MiseEnRelationFactory(poste=poste) for _ in range(3)]
    remplacants = {CandidatFactory().pk for _ in range(3)}
    for rang, paire in enumerate(refusees, start=1):
        with django_capture_on_commit_callbacks(execute=True):
            client.post(fiche(paire, "pas-interesse/"), {"motif": "profil"})
        nouvelles = MiseEnRelation.objects.filter(poste=poste, etat=_E.NOUVELLE)
        assert nouvelles.count() == 3
        assert len(remplacants & set(nouvelles.values_list("candidat", flat=True))) == rang
    # The first reading says what was done, with the names; commits come after the pages here, not in the browser.
    assert lire(client, LISTE).count("est écartée.") == 3
    page = lire(client, LISTE, onglet="nouvelles")
    assert "Nouvelles (3)" in page and "Écartées (3)" in page
    assert not any(str(paire.candidat) in page for paire in refusees)
    verifier_coherence_candidats()


# --- R52: slots -----------------------------------------------------------------------------------------------------


def creneaux(*jours, **champs):
    noms = (("jour", "heure"), ("jour_2", "heure_2"), ("jour_3", "heure_3"))
    envoi = {"duree_min": "45", "lieu": "Mairie", "message": ""}
    for (jour, heure), dans in zip(noms, jours, strict=False):
        envoi |= {jour: (timezone.localdate() + dans * JOUR).isoformat(), heure: "14:30"}
    return {**envoi, **champs}


def test_proposer_trois_dates_puis_les_suivre(client, poste):
    """R52: bad answers keep what was typed; each slot has its buttons."""
    paire = MiseEnRelationFactory(poste=poste, preselectionnee=True)
    adresse = fiche(paire, "entretien/")
    assert "N’organisez pas un entretien avec un seul candidat" in lire(client, adresse)
    page = client.post(adresse, creneaux(1, 2, heure_2="")).content.decode()
    assert "laissez les deux vides" in page and 'value="14:30"' in page
    assert "Cette date est déjà dans votre proposition." in client.post(adresse, creneaux(1, 3, 1)).content.decode()
    assert 'id="id_jour-desc-error"' in client.post(adresse, creneaux(1, 2, jour="")).content.decode()
    assert client.post(adresse, creneaux(1, 2, 3)).status_code == 302
    assert Entretien.objects.count() == 3
    page = lire(client, fiche(paire))
    assert page.count("Annuler cette date") == 3 and "Proposer d’autres dates" in page
    assert "3 dates proposées" in lire(client, LISTE, onglet="entretiens")
    assert "remplace celle de 3 dates" in lire(client, adresse)


def test_le_conseil_ne_parle_qu_a_qui_ne_verrait_qu_une_personne(client, poste):
    """R52, S0: shown when the first interview is proposed, blocks nothing."""
    paire = MiseEnRelationFactory(poste=poste, preselectionnee=True)
    MiseEnRelationFactory(poste=poste, entretien=True)
    assert "un seul candidat" not in lire(client, fiche(paire, "entretien/"))


def test_modifier_un_entretien(client, poste):
    entretien = MiseEnRelationFactory(poste=poste, entretien=True).entretiens.get()
    adresse = f"{LISTE}entretiens/{entretien.uuid}/modifier/"
    assert f'value="{entretien.lieu}"' in lire(client, adresse)
    assert "à venir" in client.post(adresse, creneaux(-1)).content.decode()
    assert client.post(adresse, creneaux(5, lieu="Médiathèque")).status_code == 302
    entretien.refresh_from_db()
    assert (entretien.lieu, entretien.sequence) == ("Médiathèque", 1)


def test_noter_une_absence_puis_la_corriger(client, poste):
    """R52: through a page that says what the person will read."""
    paire = MiseEnRelationFactory(poste=poste, entretien=True)
    Entretien.objects.update(etat=EtatEntretien.ACCEPTE, debut=timezone.now() - JOUR)
    entretien = paire.entretiens.get()
    adresse = f"{LISTE}entretiens/{entretien.uuid}/absence/"
    assert "La personne n’est pas venue" in lire(client, fiche(paire))
    assert "peut vous écrire si c’est une erreur" in lire(client, adresse)
    assert client.post(adresse).status_code == 302
    assert "C’est une erreur" in lire(client, fiche(paire))
    assert client.get(adresse).status_code == 409
    client.post(f"{LISTE}entretiens/{entretien.uuid}/passe/")
    entretien.refresh_from_db()
    assert entretien.etat == EtatEntretien.PASSE


def test_le_mot_de_la_personne_se_lit_sur_sa_fiche(client, poste):
    paire = MiseEnRelationFactory(poste=poste, preselectionnee=True)
    EntretienFactory(mise_en_relation=paire, annule=True, mot="Plutôt un mardi.")
    assert "Plutôt un mardi." in lire(client, fiche(paire))


# --- R52: guide, grid -----------------------------------------------------------------------------------------------


def test_le_guide_se_lit_et_s_imprime(client):
    """R52, S0: recruit on motivation and relations; role-plays; the criteria of the grid."""
    page = lire(client, f"{LISTE}guide/")
    for attendu in ("Recrutez surtout une motivation", "mises en situation", "Écoute et pédagogie"):
        assert attendu in page
    pdf = client.get(f"{LISTE}guide.pdf")
    assert pdf["Content-Type"] == "application/pdf" and pdf.content.startswith(b"%PDF")


def test_remplir_sa_grille(client, client_de, structure, poste):
    """R52: typed values are kept; colleagues read it; one corrects one's own."""
    paire = MiseEnRelationFactory(poste=poste, entretien=True)
    adresse = fiche(paire, "evaluation/")
    assert "Remplir ma grille" in lire(client, fiche(paire))
    page = client.post(adresse, {"motivation": "4", "commentaire": "Bon contact"}).content.decode()
    assert "Choisissez une réponse : avis d’ensemble." in page and "Bon contact" in page
    assert "Sélectionnez un choix valide" in client.post(adresse, {"motivation": "9", "avis": "favorable"}).text
    envoi = {"motivation": "4", "posture": "", "avis": "favorable", "commentaire": "Bon contact"}
    assert client.post(adresse, envoi).status_code == 302
    assert Evaluation.objects.get().notes == {"motivation": 4}
    collegue = client_de(rattachement=membre(structure))
    page = lire(collegue, fiche(paire))
    assert "Bon contact" in page and "1 favorable" in page and "Remplir ma grille" in page
    assert "Modifier mon évaluation" in lire(client, fiche(paire))
    assert "Bon contact" in lire(client, adresse) and "Bon contact" not in lire(collegue, adresse)


def test_une_grille_close_se_lit_encore(client, poste):
    paire = MiseEnRelationFactory(poste=poste, validee=True)
    EvaluationFactory(mise_en_relation=paire, commentaire="Bon contact")
    assert "Bon contact" in lire(client, fiche(paire))
    assert "Modifier mon évaluation" not in lire(client, fiche(paire))
    assert client.get(fiche(paire, "evaluation/")).status_code == 409


# --- R52: side by side ----------------------------------------------------------------------------------------------


def comparer(poste, *paires):
    return f"{LISTE}comparer/{poste.uuid}/?" + "&".join(f"c={paire.uuid}" for paire in paires)


def test_comparer_des_candidats(client, poste):
    """R52: criteria as lines, people as columns, averages without what was not evaluated."""
    proche = MiseEnRelationFactory(poste=poste, entretien=True, candidat__experimente=True, distance_km=3.4)
    loin = MiseEnRelationFactory(poste=poste, preselectionnee=True, candidat__diplome_nomme=True, distance_km=38)
    EvaluationFactory(mise_en_relation=proche, notes={"motivation": 4})
    EvaluationFactory(mise_en_relation=proche, notes={"motivation": 1}, avis="reserve")
    page = lire(client, comparer(poste, proche, loin))
    for attendu in ("3 km", "38 km", "Titre REMN", "2,5 sur 4", "1 favorable, 1 réservé", "Non évalué", "95 sur 100"):
        assert attendu in page
    vues = ConsultationCandidat.objects.filter(nature=NatureConsultation.PROFIL).values_list("candidat", flat=True)
    assert set(vues) == {proche.candidat_id, loin.candidat_id}


def test_la_comparaison_dit_ce_que_chacun_communique_de_pix(client, poste):
    """R45: of somebody chosen by hand too; nothing any more of somebody who took the agreement back."""
    paires = [MiseEnRelationFactory(poste=poste, manuelle=True) for _ in range(3)]
    for paire, partage in zip(paires, (True, False, False), strict=True):
        Candidat.objects.filter(pk=paire.candidat_id).update(
            pix_consenti_le=timezone.now() if partage else None, pix_partage=partage
        )
    for paire in paires[:2]:
        ResultatPix.objects.create(
            candidat_id=paire.candidat_id,
            import_pix=ImportPixFactory(),
            campagne_cle="id-7",
            campagne_nom="Conseillers",
            partage_le=timezone.now(),
            niveau=2,
            niveau_max=3,
            maitrise=Decimal("0.64"),
        )
    page = lire(client, comparer(poste, *paires))
    assert page.count("Conseillers\u00a0: palier 2 sur 3 (intermédiaire), 64\u00a0% des acquis") == 1
    assert page.count("Non communiqué") == 2


def test_on_compare_de_deux_a_cinq_personnes(client, poste):
    paires = [MiseEnRelationFactory(poste=poste, manuelle=True) for _ in range(6)]
    assert "fr-message--error" not in lire(client, comparer(poste))
    for choisies in ([], paires[:1], paires):
        page = lire(client, comparer(poste, *choisies) + "&choix=fait")
        assert "Choisissez de 2 à 5 personnes" in page and "<title>Erreur" in page.replace("\n", "")
    assert "Comparaison de 5 personnes" in lire(client, comparer(poste, *paires[:5]))


def test_on_ne_compare_que_les_candidats_en_cours_du_poste(client, structure, poste):
    """R112: neither somebody whose pair is over, nor the candidate of another post, nor of another structure."""
    vivante = MiseEnRelationFactory(poste=poste)
    close = MiseEnRelationFactory(poste=poste, ecartee=True)
    autre = MiseEnRelationFactory(poste=PosteFactory(structure=structure))
    ailleurs = MiseEnRelationFactory()
    page = lire(client, comparer(poste, vivante, close, autre, ailleurs))
    assert "Il faut au moins deux candidats en cours" in page
    assert not any(str(paire.candidat) in page for paire in (close, autre, ailleurs))
    assert client.get(comparer(ailleurs.poste, ailleurs)).status_code == 404


def test_choisir_le_poste_a_comparer(client, structure):
    adresse = f"{LISTE}comparer/"
    assert "pas de poste à pourvoir" in lire(client, adresse)
    poste = PosteFactory(structure=structure)
    assert client.get(adresse).status_code == 302
    PosteFactory(structure=structure)
    assert f"Poste n° {poste.numero}" in lire(client, adresse)


def test_la_comparaison_s_exporte(client, poste):
    """R52: the same table, in both formats; nothing typed becomes a formula."""
    paires = [MiseEnRelationFactory(poste=poste, candidat__utilisateur__nom=nom) for nom in ("=Danger", "Petit")]
    EvaluationFactory(mise_en_relation=paires[0], notes={"motivation": 4})
    parametres = comparer(poste, *paires).partition("?")[2]
    texte = client.get(f"{LISTE}comparer/{poste.uuid}/export.csv?{parametres}").content.decode("utf-8-sig")
    assert texte.startswith("Critère;") and "4,0 sur 4" in texte
    classeur = client.get(f"{LISTE}comparer/{poste.uuid}/export.xlsx?{parametres}").content
    lignes = list(load_workbook(io.BytesIO(classeur)).active.values)
    assert len(lignes[0]) == 3 and lignes[1][0] == "État"
    assert client.get(f"{LISTE}comparer/{poste.uuid}/export.pdf").status_code == 404
    assert ConsultationCandidat.objects.filter(nature=NatureConsultation.EXPORT).count() == 2


def test_comparer_ne_coute_pas_une_requete_par_personne(client, poste, django_assert_max_num_queries):
    def compter():
        paires = list(MiseEnRelation.objects.filter(poste=poste))
        with django_assert_max_num_queries(60) as requetes:
            assert client.get(comparer(poste, *paires)).status_code == 200
        return len(requetes)

    for _ in range(2):
        EvaluationFactory(mise_en_relation=MiseEnRelationFactory(poste=poste, entretien=True))
    peu = compter()
    for _ in range(3):
        EvaluationFactory(mise_en_relation=MiseEnRelationFactory(poste=poste, manuelle=True, etat="entretien"))
    assert compter() == peu


# --- hard case 18: nothing decided is erased ------------------------------------------------------------------------


def test_le_moteur_n_efface_rien_de_ce_qui_est_decide(poste, lieu_de_paris, django_capture_on_commit_callbacks):
    """R51, hard case 18: people who moved away and a post that moved: each decision, date, slot and grid stays."""
    traits = ("preselectionnee", "entretien", "validee", "ecartee", "declinee")
    decidees = [MiseEnRelationFactory(poste=poste if t != "validee" else PosteFactory(), **{t: True}) for t in traits]
    decidees.append(MiseEnRelationFactory(poste=poste, interet_candidat_le=timezone.now()))
    EvaluationFactory(mise_en_relation=decidees[1])
    indecise = MiseEnRelationFactory(poste=PosteFactory())

    def photo():
        champs = ("etat", "etat_le", "motif", "precisions", "interet_candidat_le", "validee_le", "origine")
        paires = MiseEnRelation.objects.filter(pk__in=[p.pk for p in decidees]).order_by("pk").values_list(*champs)
        creneaux = Entretien.objects.order_by("pk").values_list("etat", "debut", "sequence")
        return list(paires), list(creneaux), list(Evaluation.objects.values_list("notes", "avis"))

    avant = photo()
    Candidat.objects.update(commune=lieu_de_paris, mobilite_km=5)
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(2):
            actions.apparier(acteur=Acteur.systeme())
        for concerne in Poste.objects.all():
            actions.reexaminer_poste(acteur=Acteur.systeme(), poste=concerne)
        for candidat in Candidat.objects.all():
            actions.reexaminer_candidat(acteur=Acteur.systeme(), candidat=candidat)
    assert photo() == avant
    # What nobody had decided did lapse: the engine ran.
    indecise.refresh_from_db()
    assert indecise.etat == _E.CADUQUE
