"""« Mes données et qui les a consultées », its download, and the re-hire by one structure (R44, R51, R68, R111)."""

from __future__ import annotations

import csv
import io
import json
import zipfile

import pytest
from django.urls import reverse

from candidats import actions, donnees
from candidats.enums import EtatCandidat, EtatMiseEnRelation, MotifCloture, NatureConsultation
from candidats.telechargement import rassembler
from candidats.traces import noter_consultation
from portal.commun.acteurs import Acteur
from portal.commun.documents import noter_lecture
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite
from portal.commun.roles import Role
from structures.enums import EtatPoste
from tests.candidats.factories import (
    CandidatFactory,
    EvaluationFactory,
    MiseEnRelationFactory,
    acteur_candidat,
    cv_depose,
    donnees_inscription,
    rattachement_candidat,
)
from tests.candidats.outils import adresses, verifier_coherence_candidats
from tests.comptes.factories import UtilisateurFactory
from tests.structures.factories import acteur_de_structure, lieu, membre
from tests.subventions.factories_contrats import ContratFactory

pytestmark = pytest.mark.django_db
PAGE = "/espace/candidat/donnees/"


@pytest.fixture
def candidat():
    return CandidatFactory()


@pytest.fixture
def client(client_de, candidat):
    return client_de(rattachement=rattachement_candidat(candidat))


def test_une_page_vide_dit_ce_qui_viendra(client):
    page = client.get(PAGE).content.decode()
    for phrase in ("Personne n’a encore ouvert votre profil", "pas déposé de CV", "n’a pas changé depuis"):
        assert phrase in page


def test_qui_a_regarde(client, client_de, candidat, acteur):
    """R44, R111: bodies and roles, day by day; no agent's name, no other candidate, not oneself."""
    paire = MiseEnRelationFactory(candidat=candidat)
    autre = CandidatFactory()
    structure, agent, cv = acteur_de_structure(paire.poste.structure), acteur("anct"), cv_depose(candidat)
    noter_consultation(structure, [candidat, autre], NatureConsultation.EXPORT)
    noter_consultation(agent, [candidat], NatureConsultation.PROFIL)
    for lecteur in (structure, structure, acteur_candidat(candidat)):
        noter_lecture(lecteur, cv)
    vus = donnees.regards(candidat)
    assert {(r.qui, r.quoi) for r in vus} == {
        (paire.poste.structure.nom, "Profil dans une liste exportée"),
        (paire.poste.structure.nom, "CV lu"),
        (agent.organisation_nom, "Profil lu"),
    }
    assert len(vus) == 3
    page = client.get(PAGE).content.decode()
    assert paire.poste.structure.nom in page
    for secret in (autre.utilisateur.nom, structure.nom, agent.nom):
        assert f">{secret}<" not in page
        assert secret not in page.replace(paire.poste.structure.nom, "")


def test_ce_qui_s_est_passe(client, candidat):
    """R51: proposals and their ends, the states of oneself; the reason of a structure is its own."""
    paire = MiseEnRelationFactory(candidat=candidat)
    actions.ecarter(
        acteur=acteur_de_structure(paire.poste.structure), mise_en_relation=paire, motif="autre", precisions="Trop vert"
    )
    autre = MiseEnRelationFactory(candidat=candidat)
    actions.retirer(acteur=acteur_candidat(candidat), candidat=candidat)
    textes = [evenement.texte for evenement in donnees.evenements(candidat)]
    nom = paire.poste.structure.nom
    assert f"Le portail a proposé votre profil à {nom} (poste n° {paire.poste.numero})" in textes
    assert f"{nom} – La structure n’a pas donné suite" in textes
    assert f"{autre.poste.structure.nom} – Proposition close : la personne a retiré sa candidature" in textes
    assert "Votre inscription : Retiré" in textes
    assert "Trop vert" not in client.get(PAGE).content.decode()


def test_les_modifications_du_profil(client, candidat):
    """R111: each answer with its two values, and by whom."""
    reponses = donnees_inscription(commune=lieu("03310"), mobilite_km=100, experience=True, motivation="Autre texte")
    actions.modifier_profil(acteur=acteur_candidat(candidat), candidat=candidat, donnees=reponses)
    lus = {c.champ: (c.avant, c.apres, c.par) for c in donnees.changements(candidat)}
    assert lus["Mobilité"] == ("40 km", "100 km", "vous")
    assert lus["Expérience de la médiation numérique"] == ("Non", "Oui", "vous")
    assert lus["Commune de résidence"][1].startswith("Vichy")
    assert lus["Prénom"][1] == "Inès"
    page = client.get(PAGE).content.decode()
    assert "texte modifié" in page
    assert "« 40 km » devient « 100 km »" in page


def test_l_historique_des_inscriptions_reunies_reste_lisible(client, candidat, acteur):
    """R43: of both, on the one that is kept."""
    autre = CandidatFactory(mobilite_km=5)
    actions.modifier_profil(
        acteur=acteur_candidat(autre), candidat=autre, donnees=donnees_inscription(mobilite_km=20, experience=True)
    )
    paire = MiseEnRelationFactory(candidat=autre)
    actions.fusionner_candidats(
        acteur=acteur("anct"), garde=candidat, absorbe=autre, motif="Vérifié avec la personne elle-même."
    )
    page = client.get(PAGE).content.decode()
    assert "« 5 km » devient « 20 km »" in page
    assert paire.poste.structure.nom in page
    assert f"(inscription de {autre.utilisateur.email})" in page


def test_telecharger(client, candidat):
    """R111: everything, as JSON and for a spreadsheet; R112: neither the CV nor a link that opens something."""
    paire = MiseEnRelationFactory(candidat=candidat, entretien=True)
    MiseEnRelationFactory(candidat=candidat, ecartee=True)
    cv_depose(candidat)
    grille = EvaluationFactory(
        mise_en_relation=paire, commentaire="À l’écoute.", auteur=UtilisateurFactory(nom="Kervran")
    )
    noter_consultation(acteur_de_structure(paire.poste.structure), [candidat], NatureConsultation.PROFIL)
    actions.modifier_profil(
        acteur=acteur_candidat(candidat), candidat=candidat, donnees=donnees_inscription(motivation="=1+1")
    )
    reponse = client.get(f"{PAGE}telecharger.json")
    assert "attachment" in reponse["Content-Disposition"]
    lu = json.loads(reponse.content)
    assert lu["compte"]["adresse"] == candidat.utilisateur.email
    assert lu["profil"]["Motivation"] == "=1+1"
    assert {p["structure"] for p in lu["propositions"]} >= {paire.poste.structure.nom}
    assert all(p["raison"] == "" for p in lu["propositions"])
    assert (len(lu["entretiens"]), len(lu["cv"]), len(lu["consultations"])) == (1, 1, 1)
    # What interviewers wrote of the person is theirs; who wrote it is not told.
    (evaluation,) = lu["evaluations"]
    assert (evaluation["commentaire"], len(evaluation["niveaux"])) == ("À l’écoute.", len(grille.notes))
    assert "Kervran" not in reponse.content.decode()
    assert (lu["pix"]["identifiant"], lu["resultats_pix"]) == (candidat.identifiant_pix, [])
    archive = zipfile.ZipFile(io.BytesIO(client.get(f"{PAGE}telecharger.zip").content))
    assert {f"{nom}.csv" for nom in lu if nom != "genere_le"} == set(archive.namelist())
    profil = dict(csv.reader(io.StringIO(archive.read("profil.csv").decode("utf-8-sig")), delimiter=";"))
    # What was typed does not become a formula.
    assert profil["Motivation"] == "'=1+1"
    assert b"%PDF" not in reponse.content
    assert client.get(f"{PAGE}telecharger.pdf").status_code == 404


def test_les_etages_du_dessus_ajoutent_leur_section():
    """R111: what the subsidy and the training hold of the person."""
    contrat = ContratFactory(signe=True)
    sections = rassembler(contrat.candidat)
    assert [c["structure"] for c in sections["contrats"]] == [contrat.poste.structure.nom]
    assert sections["formation"] == []
    with pytest.raises(ValueError, match="two suppliers"):
        donnees.enregistrer("contrats", lambda candidat: [])


# --- hard case 6: hired again by the same structure -----------------------------------------------------------------


@pytest.fixture
def recrutee():
    return MiseEnRelationFactory(recrutee=True)


def test_etre_recrute_de_nouveau_par_la_meme_structure(recrutee, acteur, django_capture_on_commit_callbacks):
    """R68, hard case 6: two pairs of one couple, one after the other; the first keeps its history."""
    candidat, poste = recrutee.candidat, recrutee.poste
    with django_capture_on_commit_callbacks(execute=True):
        actions.terminer_recrutement(
            acteur=acteur("bdt"), mise_en_relation=recrutee, motif="Démission", redevient_disponible=True
        )
    for objet in (recrutee, candidat, poste):
        objet.refresh_from_db()
    assert (recrutee.etat, recrutee.motif, recrutee.precisions) == (
        EtatMiseEnRelation.CADUQUE,
        MotifCloture.FIN_CONTRAT,
        "Démission",
    )
    assert recrutee.history.latest().history_change_reason == "Démission"
    assert (candidat.etat, poste.etat) == (EtatCandidat.DISPONIBLE, EtatPoste.A_POURVOIR)
    assert adresses("fin_de_contrat") == [candidat.utilisateur.email]
    verifier_coherence_candidats()
    # The engine proposes the same person for the same post, and the structure goes through again.
    nouvelle = candidat.mises_en_relation.exclude(pk=recrutee.pk).get(poste=poste)
    structure = acteur_de_structure(poste.structure)
    actions.preselectionner(acteur=structure, mise_en_relation=nouvelle)
    actions.valider(acteur=structure, mise_en_relation=nouvelle, taille_tenue="M")
    assert candidat.mises_en_relation.filter(poste=poste).count() == 2
    verifier_coherence_candidats()


def test_sans_le_vouloir_on_reste_indisponible(recrutee, acteur):
    """R68: becomes candidat again only if the person wishes."""
    actions.terminer_recrutement(acteur=acteur("anct"), mise_en_relation=recrutee, motif="Fin de subvention")
    recrutee.candidat.refresh_from_db()
    assert recrutee.candidat.etat == EtatCandidat.INDISPONIBLE
    with pytest.raises(TransitionInterdite):
        actions.terminer_recrutement(acteur=acteur("anct"), mise_en_relation=recrutee, motif="Encore")


def test_qui_termine_un_recrutement(recrutee, acteur, client_de):
    for qui in (acteur_candidat(recrutee.candidat), acteur_de_structure(recrutee.poste.structure)):
        with pytest.raises(AccesRefuse):
            actions.terminer_recrutement(acteur=qui, mise_en_relation=recrutee, motif="Démission")
    with pytest.raises(RegleNonRespectee, match="pourquoi le contrat"):
        actions.terminer_recrutement(acteur=Acteur(Role.BDT), mise_en_relation=recrutee, motif=" ")
    # The structure reads why the pair ended.
    actions.terminer_recrutement(acteur=Acteur.systeme(), mise_en_relation=recrutee, motif="Démission")
    fiche = reverse("candidats:mise_en_relation", args=[recrutee.uuid])
    page = client_de(rattachement=membre(recrutee.poste.structure)).get(fiche).content.decode()
    assert "Le contrat a pris fin" in page
