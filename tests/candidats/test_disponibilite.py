"""« Êtes-vous toujours disponible ? » (R51), and availability that never erases a choice (hard case 18)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from candidats import actions, rappels
from candidats.enums import EtatCandidat, EtatMiseEnRelation
from candidats.liens import USAGE_CONFIRMATION, USAGE_DISPONIBILITE
from candidats.models import Candidat
from candidats.regles_espace import LIEN, SILENCE, disponibilite_a_demander, silence_depuis
from portal.commun.erreurs import AccesRefuse, TransitionInterdite
from portal.commun.jetons import JetonInvalide, emettre_jeton
from portal.commun.models import Jeton
from tests.candidats.factories import (
    CandidatFactory,
    MiseEnRelationFactory,
    acteur_candidat,
    donnees_inscription,
    rattachement_candidat,
)
from tests.candidats.outils import adresses, courriels, liens
from tests.structures.factories import acteur_de_structure, membre

pytestmark = pytest.mark.django_db
UN_JOUR = dt.timedelta(days=1)
JOUR = dt.date(2026, 6, 30)


@pytest.mark.parametrize(
    ("signe", "disponible", "demandee", "attendu"),
    [
        (60, 60, None, True),
        (59, 60, None, False),
        # Available only since then: nobody was silent before.
        (300, 59, None, False),
        (300, 60, None, True),
        (300, 300, 59, False),
        (300, 300, 60, True),
    ],
)
def test_quand_la_question_se_pose(signe, disponible, demandee, attendu):
    """R51: borders included, once for each sixty days of silence."""

    def il_y_a(jours):
        return None if jours is None else JOUR - jours * UN_JOUR

    assert disponibilite_a_demander(il_y_a(signe), il_y_a(disponible), il_y_a(demandee), JOUR) is attendu


def test_le_silence_commence_au_plus_tard_des_deux():
    assert silence_depuis(JOUR, JOUR - UN_JOUR) == silence_depuis(JOUR - UN_JOUR, JOUR) == JOUR


@pytest.fixture
def silencieux():
    """Available, and without a sign for sixty days."""
    avant = timezone.localdate() - SILENCE
    return CandidatFactory(disponibilite_confirmee_le=avant, disponible_le=avant)


def demander(candidat):
    """The path of the link in the mail."""
    assert rappels.demander_disponibilites(timezone.localdate()) == 1
    [lien] = liens(courriels("disponibilite")[-1], "/disponibilite/")
    candidat.refresh_from_db()
    return lien


def test_la_question_part_une_fois_par_periode(silencieux):
    recent = CandidatFactory(disponible_le=timezone.localdate() - SILENCE)
    for traits in ({"indisponible": True}, {"retire": True}, {"a_confirmer": True}):
        CandidatFactory(disponible_le=timezone.localdate() - SILENCE, **traits)
    demander(silencieux)
    aujourdhui = timezone.localdate()
    assert rappels.demander_disponibilites(aujourdhui) == 0
    assert rappels.demander_disponibilites(aujourdhui + SILENCE - UN_JOUR) == 0
    assert adresses("disponibilite") == [silencieux.utilisateur.email]
    # Still silent two months later: asked again; the other one, for the first time.
    assert rappels.demander_disponibilites(aujourdhui + SILENCE) == 2
    assert set(adresses("disponibilite")) == {silencieux.utilisateur.email, recent.utilisateur.email}


def test_le_lien_se_lit_sans_rien_changer_puis_confirme(client, silencieux):
    """R51: no session; the GET changes nothing; used once."""
    lien = demander(silencieux)
    for _ in range(2):
        page = client.get(lien)
        assert page.status_code == 200
    assert "Je suis toujours disponible" in page.content.decode()
    silencieux.refresh_from_db()
    assert silencieux.disponibilite_confirmee_le == timezone.localdate() - SILENCE
    assert "Choisissez l’une des deux réponses" in client.post(lien, {}).content.decode()
    assert "C’est noté" in client.post(lien, {"reponse": "oui"}).content.decode()
    silencieux.refresh_from_db()
    assert silencieux.disponibilite_confirmee_le == timezone.localdate()
    version = silencieux.history.latest()
    assert (version.history_user, version.history_role) == (silencieux.utilisateur, "candidat")
    deja = client.get(lien)
    assert deja.status_code == 410
    assert "Ce lien a déjà servi" in deja.content.decode()
    assert client.post(lien, {"reponse": "non"}).status_code == 410


def test_repondre_non_par_le_lien_n_efface_aucun_choix(client, silencieux):
    """R51, hard case 18: what a structure has chosen stays, what nobody answered ends."""
    choisie = MiseEnRelationFactory(candidat=silencieux, preselectionnee=True)
    nouvelle = MiseEnRelationFactory(candidat=silencieux)
    assert "n’est plus proposé" in client.post(demander(silencieux), {"reponse": "non"}).content.decode()
    for objet in (silencieux, choisie, nouvelle):
        objet.refresh_from_db()
    assert silencieux.etat == EtatCandidat.INDISPONIBLE
    assert (choisie.etat, nouvelle.etat) == (EtatMiseEnRelation.PRESELECTIONNEE, EtatMiseEnRelation.CADUQUE)
    assert choisie.poste.structure.contact_courriel in adresses("candidat_indisponible")


def test_basculer_de_disponibilite_pendant_un_entretien(django_capture_on_commit_callbacks):
    """Hard case 18: unavailable then available again, the shortlist, the interview and the validation are as before."""
    candidat = CandidatFactory()
    paires = [
        MiseEnRelationFactory(candidat=candidat, preselectionnee=True),
        MiseEnRelationFactory(candidat=candidat, entretien=True),
    ]
    entretien = paires[1].entretiens.get()
    for _ in range(2):
        for verbe in (actions.suspendre, actions.reprendre):
            with django_capture_on_commit_callbacks(execute=True):
                verbe(acteur=acteur_candidat(candidat), candidat=candidat)
            for objet, etat in zip((*paires, entretien), ("preselectionnee", "entretien", "propose"), strict=True):
                objet.refresh_from_db()
                assert objet.etat == etat
    structure = paires[1].poste.structure
    actions.valider(acteur=acteur_de_structure(structure), mise_en_relation=paires[1], taille_tenue="M")
    with django_capture_on_commit_callbacks(execute=True):
        actions.suspendre(acteur=acteur_candidat(candidat), candidat=candidat)
    paires[1].refresh_from_db()
    assert paires[1].etat == EtatMiseEnRelation.VALIDEE


def test_un_lien_qui_n_ouvre_plus_rien(client, silencieux):
    """Expired, of another purpose, unknown, or about somebody who has left meanwhile."""
    lien = demander(silencieux)
    autre = emettre_jeton(usage=USAGE_CONFIRMATION, objet=silencieux, duree=LIEN)
    for secret in (autre, "inconnu"):
        assert client.get(f"/disponibilite/{secret}/").status_code == 410
    Candidat.objects.update(etat=EtatCandidat.INDISPONIBLE)
    assert "n’est pas proposé en ce moment" in client.get(lien).content.decode()
    secret = lien.split("/")[2]
    with pytest.raises(TransitionInterdite):
        actions.repondre_disponibilite(acteur=acteur_candidat(silencieux), secret=secret, disponible=True)
    Candidat.objects.update(etat=EtatCandidat.DISPONIBLE)
    Jeton.objects.filter(usage=USAGE_DISPONIBILITE).update(expire_le=timezone.now())
    assert "expiré" in client.get(lien).content.decode()
    with pytest.raises(JetonInvalide):
        actions.repondre_disponibilite(acteur=acteur_candidat(silencieux), secret=secret, disponible=False)


def test_repondre_depuis_son_espace_eteint_le_lien(client_de, client, silencieux):
    lien = demander(silencieux)
    espace = client_de(rattachement=rattachement_candidat(silencieux))
    assert "Je suis toujours disponible" in espace.get("/espace/candidat/").content.decode()
    assert espace.post("/espace/candidat/disponibilite/").status_code == 302
    assert "Je suis toujours disponible" not in espace.get("/espace/candidat/").content.decode()
    assert client.get(lien).status_code == 410


def test_ce_qui_vaut_un_signe(silencieux):
    """R51: profile, answers to proposals and interviews, return; not what a structure does, nor what ANCT corrects."""
    soi = acteur_candidat(silencieux)
    entretien = MiseEnRelationFactory(candidat=silencieux, entretien=True).entretiens.get()
    interessante, refusee = MiseEnRelationFactory.create_batch(2, candidat=silencieux)
    avant = silencieux.disponibilite_confirmee_le

    def signe_apres(verbe, **champs):
        Candidat.objects.update(disponibilite_confirmee_le=avant)
        verbe(**champs)
        silencieux.refresh_from_db()
        return silencieux.disponibilite_confirmee_le == timezone.localdate()

    assert signe_apres(actions.modifier_profil, acteur=soi, candidat=silencieux, donnees=donnees_inscription())
    assert signe_apres(actions.manifester_interet, acteur=soi, mise_en_relation=interessante)
    assert signe_apres(actions.decliner, acteur=soi, mise_en_relation=refusee, motif="distance")
    assert signe_apres(actions.repondre_entretien, acteur=soi, entretien=entretien, accepte=True)
    structure = acteur_de_structure(interessante.poste.structure)
    assert not signe_apres(actions.preselectionner, acteur=structure, mise_en_relation=interessante)
    assert not signe_apres(actions.suspendre, acteur=soi, candidat=silencieux)
    assert signe_apres(actions.reprendre, acteur=soi, candidat=silencieux)


def test_la_structure_voit_la_date(client_de, silencieux):
    paire = MiseEnRelationFactory(candidat=silencieux)
    page = client_de(rattachement=membre(paire.poste.structure)).get(f"/espace/structure/candidats/{paire.uuid}/")
    assert "Disponibilité confirmée le" in page.content.decode()


def test_seul_le_portail_demande_et_seul_soi_repond(silencieux):
    autre = acteur_candidat(CandidatFactory())
    with pytest.raises(AccesRefuse):
        actions.demander_disponibilite(acteur=autre, candidat=silencieux)
    with pytest.raises(AccesRefuse):
        actions.confirmer_disponibilite(acteur=autre, candidat=silencieux)
    with pytest.raises(TransitionInterdite):
        actions.confirmer_disponibilite(
            acteur=acteur_candidat(indisponible := CandidatFactory(indisponible=True)), candidat=indisponible
        )
