"""The CV (R44): checked, private, one at a time, deleted after six months unless kept, its readers known."""

from __future__ import annotations

import datetime as dt

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from candidats import actions, rappels
from candidats.cv import NATURE, cv_de
from candidats.models import Candidat
from candidats.regles_espace import CV_RAPPEL, cv_a_rappeler, fin_du_cv
from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite
from portal.commun.models import Document, LectureDocument
from portal.commun.purge import purger
from portal.commun.roles import Role
from tests.candidats.factories import (
    CandidatFactory,
    MiseEnRelationFactory,
    acteur_candidat,
    cv_depose,
    rattachement_candidat,
)
from tests.candidats.outils import adresses, courriels, liens, verifier_coherence_candidats
from tests.commun.fichiers_exemples import pdf
from tests.comptes.factories import RattachementFactory
from tests.structures.factories import StructureFactory, membre

pytestmark = pytest.mark.django_db
PAGE = "/espace/candidat/cv/"
UN_JOUR = dt.timedelta(days=1)


@pytest.fixture
def candidat():
    return CandidatFactory()


@pytest.fixture
def client(client_de, candidat):
    return client_de(rattachement=rattachement_candidat(candidat))


def fichier(contenu=None, nom="cv.pdf"):
    return SimpleUploadedFile(nom, pdf() if contenu is None else contenu)


def adresse(document):
    return reverse("commun:document", args=[document.uuid])


def test_les_six_mois_se_comptent_de_date_a_date():
    """R11, R44: 31 August and six months is the last day of February."""
    assert fin_du_cv(dt.date(2026, 8, 31)) == dt.date(2027, 2, 28)
    fin = dt.date(2027, 2, 28)
    assert not cv_a_rappeler(fin, fin - CV_RAPPEL - UN_JOUR)
    assert cv_a_rappeler(fin, fin - CV_RAPPEL)
    assert cv_a_rappeler(fin, fin - UN_JOUR)
    assert not cv_a_rappeler(fin, fin)


def test_deposer_remplacer_supprimer(client, candidat):
    """R44: one CV at a time; the file that is replaced is deleted, its line stays."""
    page = client.get(PAGE).content.decode()
    assert "Déposer mon CV" in page
    assert "3\u00a0Mo au plus" in page
    assert client.post(PAGE, {"fichier": fichier()}).status_code == 302
    premier = cv_de(candidat)
    assert premier.expire_le == fin_du_cv(timezone.localdate())
    page = client.get(PAGE).content.decode()
    assert "Remplacer mon CV" in page
    # Nothing to keep longer than today already gives.
    assert "Conserver 6 mois" not in page
    client.post(PAGE, {"fichier": fichier(nom="nouveau.pdf")})
    assert cv_de(candidat).nom == "nouveau.pdf"
    premier.refresh_from_db()
    assert premier.supprime_le is not None
    verifier_coherence_candidats()
    assert "Supprimer votre CV" in client.get(f"{PAGE}supprimer/").content.decode()
    assert cv_de(candidat) is not None
    assert client.post(f"{PAGE}supprimer/").status_code == 302
    assert cv_de(candidat) is None
    # Nothing left to delete: said, not broken.
    assert client.post(f"{PAGE}supprimer/").status_code == 409


@pytest.mark.parametrize(
    ("contenu", "phrase"),
    [
        (b"Bonjour", "n’est pas au format PDF"),
        (b"%PDF-1.7 puis rien", "est abîmé"),
        (pdf(mot_de_passe="secret"), "protégé par un mot de passe"),
        (pdf(script="app.alert(1)"), "contient un programme ou un fichier caché"),
        (pdf(piece=b"MZ"), "contient un programme ou un fichier caché"),
    ],
)
def test_un_mauvais_fichier_est_refuse_avec_une_phrase(client, candidat, contenu, phrase):
    page = client.post(PAGE, {"fichier": fichier(contenu)}).content.decode()
    assert phrase in page
    assert "Erreur" in page
    assert cv_de(candidat) is None


def test_trop_lourd_ou_absent(client, candidat, settings):
    settings.CV_TAILLE_MAX = 200
    assert "trop lourd" in client.post(PAGE, {"fichier": fichier()}).content.decode()
    assert "Choisissez un fichier" in client.post(PAGE, {}).content.decode()
    with pytest.raises(RegleNonRespectee, match="trop lourd"):
        cv_depose(candidat)


@pytest.mark.parametrize(
    ("traits", "phrase"),
    [({"a_confirmer": True}, "Confirmez d’abord"), ({"retire": True}, "redevenez d’abord disponible")],
)
def test_qui_n_est_pas_propose_ne_depose_pas(client_de, traits, phrase):
    candidat = CandidatFactory(**traits)
    client = client_de(rattachement=rattachement_candidat(candidat))
    assert phrase in client.get(PAGE).content.decode()
    assert phrase in client.post(PAGE, {"fichier": fichier()}).content.decode()
    assert not Document.objects.exists()


def test_chacun_son_cv(candidat):
    autre = acteur_candidat(CandidatFactory())
    cv_depose(candidat)
    for verbe, champs in (
        (actions.deposer_cv, {"fichier": fichier()}),
        (actions.renouveler_cv, {}),
        (actions.supprimer_cv, {}),
    ):
        for acteur in (autre, Acteur(Role.ANCT), Acteur(Role.STRUCTURE)):
            with pytest.raises(AccesRefuse):
                verbe(acteur=acteur, candidat=candidat, **champs)


# --- who reads ------------------------------------------------------------------------------------------------------


def test_les_structures_qui_le_lisent(client_de, candidat):
    """R44: while available, any activated structure; otherwise those whose pair lives or is validated. Nobody else."""
    cv = cv_depose(candidat)
    vivante = MiseEnRelationFactory(candidat=candidat, preselectionnee=True).poste.structure
    validee = MiseEnRelationFactory(candidat=candidat, validee=True).poste.structure
    ecartee = MiseEnRelationFactory(candidat=candidat, ecartee=True).poste.structure
    activee, inactive = StructureFactory(), StructureFactory(activee_le=None)

    def lisent():
        return {
            structure
            for structure in (vivante, validee, ecartee, activee, inactive)
            if client_de(rattachement=membre(structure)).get(adresse(cv)).status_code == 200
        }

    assert lisent() == {vivante, validee, ecartee, activee}
    Candidat.objects.update(etat="indisponible")
    assert lisent() == {vivante, validee}


def test_ni_les_agents_ni_les_autres_candidats(client_de, candidat):
    """R44, R112: seen by nobody but the person and the structures."""
    cv = cv_depose(candidat)
    for role in ("anct", "support", "prefecture", "sgar", "bdt", "organisme", "hub", "conseiller", "visiteur"):
        assert client_de(role).get(adresse(cv)).status_code == 404, role
    autre = CandidatFactory()
    assert client_de(rattachement=rattachement_candidat(autre)).get(adresse(cv)).status_code == 404
    assert client_de(rattachement=rattachement_candidat(candidat)).get(adresse(cv)).status_code == 200


def test_la_fiche_mene_au_cv_et_chaque_lecture_se_garde(client_de, candidat):
    paire = MiseEnRelationFactory(candidat=candidat)
    client = client_de(rattachement=RattachementFactory(organisation=paire.poste.structure.organisation))
    fiche = reverse("candidats:mise_en_relation", args=[paire.uuid])
    assert "Lire le CV" not in client.get(fiche).content.decode()
    cv = cv_depose(candidat)
    assert adresse(cv) in client.get(fiche).content.decode()
    assert not LectureDocument.objects.exists()
    assert client.get(adresse(cv)).status_code == 200
    assert LectureDocument.objects.get().organisation == paire.poste.structure.organisation


# --- its time -------------------------------------------------------------------------------------------------------


def test_le_rappel_part_une_fois_et_conserver_le_rejoue(client, candidat):
    """R44: fifteen days before, once; kept six more months, it will be said again then."""
    cv = cv_depose(candidat, nom="Prénom Nom 0612345678.pdf")
    fin = cv.expire_le
    assert rappels.rappeler_cv(fin - CV_RAPPEL - UN_JOUR) == 0
    assert [rappels.rappeler_cv(fin - CV_RAPPEL + n * UN_JOUR) for n in (0, 0, 3)] == [1, 0, 0]
    assert adresses("cv_bientot_supprime") == [candidat.utilisateur.email]
    [mail] = courriels("cv_bientot_supprime")
    assert liens(mail, "/espace") == [PAGE]
    # R112: neither the name of the file nor its address.
    assert "0612345678" not in mail.message + mail.html_message
    assert str(cv.uuid) not in mail.message
    Document.objects.filter(pk=cv.pk).update(expire_le=timezone.localdate() + 3 * UN_JOUR)
    assert "Conserver 6 mois" in client.get(PAGE).content.decode()
    assert client.post(f"{PAGE}conserver/").status_code == 302
    cv.refresh_from_db()
    assert cv.expire_le == fin_du_cv(timezone.localdate())
    Document.objects.filter(pk=cv.pk).update(expire_le=fin + UN_JOUR)
    assert rappels.rappeler_cv(fin) == 1


def test_au_bout_de_six_mois_il_est_supprime(client, candidat):
    """R44: by the nightly job; before it has run, nobody reads it any more."""
    cv = cv_depose(candidat)
    chemin = cv.fichier.name
    assert purger(cv.expire_le - UN_JOUR)["documents"] == 0
    Document.objects.filter(pk=cv.pk).update(expire_le=timezone.localdate())
    assert client.get(adresse(cv)).status_code == 404
    assert "Déposer mon CV" in client.get(PAGE).content.decode()
    with pytest.raises(TransitionInterdite, match="Aucun CV"):
        actions.renouveler_cv(acteur=acteur_candidat(candidat), candidat=candidat)
    assert purger(timezone.localdate())["documents"] == 1
    cv.refresh_from_db()
    assert (cv.nature, cv.supprime_le is not None, bool(chemin)) == (NATURE, True, True)


def test_la_taille_est_un_reglage():
    assert settings.CV_TAILLE_MAX == 3 * 1024 * 1024
