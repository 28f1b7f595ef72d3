"""Two registrations of one person become one, without losing anything of either (R43, hard case 1)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from candidats import actions
from candidats.cv import cv_de
from candidats.doublons import rapprochements
from candidats.enums import (
    EtatCandidat,
    EtatEntretien,
    EtatInvitation,
    EtatMiseEnRelation,
    MotifCloture,
    NatureConsultation,
    Origine,
)
from candidats.models import Candidat, ConsultationCandidat, InvitationCandidat, MiseEnRelation, ResultatPix
from candidats.purges import effacer_jamais_confirmes
from candidats.regles_doublons import Identite, ressemblance
from candidats.traces import noter_consultation
from portal.commun.acteurs import Acteur
from portal.commun.documents import noter_lecture
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite
from portal.commun.models import LectureDocument
from portal.commun.purge import JAMAIS_CONFIRME
from portal.commun.roles import Role
from portal.comptes.models import Rattachement
from tests.candidats.factories import (
    CandidatFactory,
    ImportPixFactory,
    InvitationCandidatFactory,
    MiseEnRelationFactory,
    cv_depose,
    rattachement_candidat,
)
from tests.candidats.outils import adresses, verifier_coherence_candidats
from tests.structures.factories import PosteFactory, acteur_de_structure
from tests.subventions.factories_contrats import ContratFactory

pytestmark = pytest.mark.django_db
MOTIF = "Vérifié au téléphone avec la personne."
NAISSANCE = dt.date(1990, 5, 17)
_E = EtatMiseEnRelation


def personne(prenom="Zoé", nom="Le Goff", **champs):
    return CandidatFactory(utilisateur__prenom=prenom, utilisateur__nom=nom, **champs)


@pytest.fixture
def deux():
    """The same person under two addresses: the one that is kept, the other."""
    return personne(), personne("ZOE", "Le-Goff", telephone="")


@pytest.fixture
def anct(acteur):
    return acteur("anct")


def fusionner(anct, garde, absorbe):
    actions.fusionner_candidats(acteur=anct, garde=garde, absorbe=absorbe, motif=MOTIF)
    for candidat in (garde, absorbe):
        candidat.refresh_from_db()
    verifier_coherence_candidats()


# --- who looks like whom --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prenom", "nom", "attendu"),
    [
        ("ZOÉ", "LE GOFF", True),
        ("zoe", "le-goff", True),
        ("Zoe\u0301", "Le’Goff", True),
        ("Le Goff", "Zoé", True),
        ("Zoée", "Le Goff", False),
        ("Zoé", "Goff", False),
    ],
)
def test_qui_ressemble_a_qui(prenom, nom, attendu):
    """R43: accents, case, hyphens, swapped names; the rule and the database say the same."""
    une = personne()
    autre = personne(prenom, nom)
    personne(date_naissance=dt.date(1991, 5, 17))
    assert bool(ressemblance(Identite("Zoé", "Le Goff", NAISSANCE), Identite(prenom, nom, NAISSANCE))) is attendu
    assert [(r.une, r.autre) for r in rapprochements()] == ([(une.pk, autre.pk)] if attendu else [])


def test_les_lettres_que_l_on_ecrit_de_deux_facons():
    for prenom, autrement in (("Lætitia", "Laetitia"), ("Søren", "Soren"), ("Œnone", "oenone"), ("Łukasz", "lukasz")):
        personne(prenom, "Weiß")
        personne(autrement, "WEISS")
    assert len(rapprochements()) == 4


def test_le_nombre_de_requetes_ne_depend_pas_du_nombre(django_assert_num_queries):
    for nombre in range(3):
        personne("Ana", f"Ruiz{nombre}")
        personne("Ana", f"Ruiz{nombre}")
    with django_assert_num_queries(3):
        assert len(rapprochements()) == 3


def test_ce_sont_deux_personnes(anct, deux):
    """Kept with its reason; said twice, it changes nothing; only ANCT says so."""
    for une, autre in (deux, deux[::-1]):
        ecarte = actions.ecarter_doublon_candidat(acteur=anct, candidat=une, autre=autre, motif=MOTIF)
    assert ecarte.motif == MOTIF
    assert rapprochements() == []
    with pytest.raises(RegleNonRespectee, match="Dites comment"):
        actions.ecarter_doublon_candidat(acteur=anct, candidat=deux[0], autre=deux[1], motif="non")
    for verbe, noms in (
        (actions.ecarter_doublon_candidat, ("candidat", "autre")),
        (actions.fusionner_candidats, ("garde", "absorbe")),
    ):
        with pytest.raises(AccesRefuse):
            verbe(acteur=Acteur(Role.PREFECTURE), motif=MOTIF, **dict(zip(noms, deux, strict=True)))


# --- merge ----------------------------------------------------------------------------------------------------------


def test_rien_n_est_perdu(anct, deux):
    """Hard case 1: pairs, interviews, invitations, CV and its readers, who looked, histories."""
    garde, absorbe = deux
    structure = acteur_de_structure((vue := MiseEnRelationFactory(candidat=absorbe, entretien=True)).poste.structure)
    entretien = vue.entretiens.get()
    ancienne = MiseEnRelationFactory(candidat=absorbe, ecartee=True)
    invitation = InvitationCandidatFactory(courriel=absorbe.utilisateur.email.upper())
    cv = cv_depose(absorbe)
    noter_lecture(structure, cv)
    noter_consultation(structure, [garde, absorbe], NatureConsultation.PROFIL)
    noter_consultation(structure, [absorbe], NatureConsultation.EXPORT)
    versions = absorbe.history.count()
    fusionner(anct, garde, absorbe)
    assert set(garde.mises_en_relation.all()) >= {vue, ancienne}
    vue.refresh_from_db()
    entretien.refresh_from_db()
    assert (vue.etat, entretien.etat) == (_E.ENTRETIEN, EtatEntretien.PROPOSE)
    invitation.refresh_from_db()
    # R49: the person is available: the invitation becomes a pair at once.
    assert (invitation.courriel, invitation.etat) == (garde.utilisateur.email, EtatInvitation.ACCEPTEE)
    assert cv_de(garde) == cv
    assert LectureDocument.objects.filter(document=cv).count() == 1
    assert set(ConsultationCandidat.objects.values_list("candidat", "nature")) == {
        (garde.pk, "profil"),
        (garde.pk, "export"),
    }
    assert (absorbe.etat, absorbe.fusionne_dans) == (EtatCandidat.FUSIONNE, garde)
    assert absorbe.history.count() > versions
    assert absorbe.history.latest().history_change_reason == MOTIF
    assert list(garde.fusionnes.all()) == [absorbe]
    assert not Rattachement.objects.filter(utilisateur=absorbe.utilisateur, fin_le__isnull=True).exists()
    assert set(adresses("fusion")) == {garde.utilisateur.email, absorbe.utilisateur.email}
    assert rapprochements() == []


def test_la_plus_avancee_des_deux_continue(anct, deux):
    """R43: one pair per post, whichever registration has it; decisions of the structure stay readable."""
    garde, absorbe = deux
    cas = [
        ({}, {"preselectionnee": True}, _E.PRESELECTIONNEE),
        ({"entretien": True}, {"preselectionnee": True}, _E.ENTRETIEN),
        ({"ecartee": True}, {}, _E.ECARTEE),
        ({"declinee": True}, {"ecartee": True}, _E.DECLINEE),
        ({"entretien": True}, {"validee": True}, _E.VALIDEE),
    ]
    postes = []
    for de_garde, d_absorbe, _ in cas:
        poste = PosteFactory()
        for candidat, traits in ((garde, de_garde), (absorbe, d_absorbe)):
            MiseEnRelationFactory(poste=poste, candidat=candidat, **traits)
        postes.append(poste)
    fusionner(anct, garde, absorbe)
    for poste, (_, _, attendu) in zip(postes, cas, strict=True):
        paires = MiseEnRelation.objects.filter(poste=poste)
        assert set(paires.values_list("candidat", flat=True)) == {garde.pk}
        assert set(paires.values_list("etat", flat=True)) == {attendu, _E.CADUQUE}
        assert paires.get(etat=_E.CADUQUE).motif == MotifCloture.DOUBLON
    assert len(adresses("candidatures_reunies")) == 4


def test_deux_entretiens_pour_un_poste_celui_qui_vient_reste(anct, deux):
    """The one of the registration that is kept; the other is cancelled, and both sides are told."""
    garde, absorbe = deux
    poste = PosteFactory()
    tenue, perdue = (MiseEnRelationFactory(poste=poste, candidat=c, entretien=True) for c in (garde, absorbe))
    fusionner(anct, garde, absorbe)
    assert tenue.entretiens.get().etat == EtatEntretien.PROPOSE
    assert perdue.entretiens.get().etat == EtatEntretien.ANNULE
    assert adresses("entretien_annule") == [absorbe.utilisateur.email]


def test_le_plafond_de_dix_tient(anct, deux):
    """R48: the worst of those that nobody answered end; what structures chose stays."""
    garde, absorbe = deux
    choisies = MiseEnRelationFactory.create_batch(8, candidat=garde, preselectionnee=True)
    MiseEnRelationFactory.create_batch(3, candidat=absorbe, preselectionnee=True)
    nouvelles = [MiseEnRelationFactory(candidat=absorbe, score=score) for score in (90, 80)]
    fusionner(anct, garde, absorbe)
    for paire in (*choisies, *nouvelles):
        paire.refresh_from_db()
    assert {paire.etat for paire in choisies} == {_E.PRESELECTIONNEE}
    assert {paire.etat for paire in nouvelles} == {_E.CADUQUE}
    assert garde.mises_en_relation.filter(origine=Origine.MANUELLE).count() == 1


def test_garder_qui_est_recrute_et_le_contrat_suit(anct, deux):
    """R54: live pairs of the other lapse, structures that had chosen are told; contracts of the past follow."""
    garde, absorbe = deux
    MiseEnRelationFactory(candidat=garde, recrutee=True)
    choisie = MiseEnRelationFactory(candidat=absorbe, preselectionnee=True)
    garde.refresh_from_db()
    with pytest.raises(RegleNonRespectee, match="c’est celle-là qu’il faut garder"):
        fusionner(anct, absorbe, garde)
    fusionner(anct, garde, absorbe)
    choisie.refresh_from_db()
    assert (choisie.candidat_id, choisie.etat, choisie.motif) == (garde.pk, _E.CADUQUE, MotifCloture.RECRUTE)
    assert len(adresses("candidat_recrute")) == 1


def test_la_validation_et_son_contrat_passent_a_qui_est_garde(anct):
    contrat = ContratFactory()
    absorbe = contrat.candidat
    garde = CandidatFactory()
    fusionner(anct, garde, absorbe)
    contrat.refresh_from_db()
    assert contrat.candidat == garde == contrat.dossier.mise_en_relation.candidat


def test_ce_qui_est_impossible_est_refuse_avec_sa_raison(anct, deux):
    garde, absorbe = deux
    MiseEnRelationFactory(candidat=garde, validee=True)
    MiseEnRelationFactory(candidat=absorbe, validee=True)
    with pytest.raises(RegleNonRespectee, match="Une personne n’occupe qu’un poste"):
        fusionner(anct, garde, absorbe)
    non_confirmee, partie, suivie = CandidatFactory(a_confirmer=True), CandidatFactory(retire=True), CandidatFactory()
    MiseEnRelationFactory(candidat=suivie)
    with pytest.raises(RegleNonRespectee, match="n’est pas confirmée"):
        fusionner(anct, non_confirmee, suivie)
    with pytest.raises(RegleNonRespectee, match="gardez l’autre"):
        fusionner(anct, partie, suivie)
    with pytest.raises(RegleNonRespectee, match="deux inscriptions différentes"):
        fusionner(anct, suivie, suivie)
    # The other way round, both are possible; and what was merged is not merged again.
    fusionner(anct, suivie, non_confirmee)
    # R111: never confirmed, yet kept: it says that the person had registered twice.
    assert effacer_jamais_confirmes(timezone.localdate() + 2 * JAMAIS_CONFIRME) == 0
    fusionner(anct, suivie, partie)
    with pytest.raises(TransitionInterdite):
        fusionner(anct, suivie, partie)


def test_une_chaine_mene_en_un_pas_a_qui_est_garde(anct):
    premier, second, troisieme = CandidatFactory.create_batch(3)
    fusionner(anct, second, premier)
    fusionner(anct, troisieme, second)
    premier.refresh_from_db()
    assert premier.fusionne_dans == troisieme


def test_apres_la_reunion_l_autre_compte_n_est_plus_candidat(anct, deux, client_de, client):
    """R43: its space closes; registering again leads to a page that says why; the purge leaves the line."""
    garde, absorbe = deux
    session = client_de(rattachement=rattachement_candidat(absorbe))
    fusionner(anct, garde, absorbe)
    assert session.get("/espace/candidat/").status_code in (302, 403)
    page = session.get("/devenir-conseiller/inscription/").content.decode()
    assert "réunie avec une autre" in page
    assert garde.utilisateur.email not in page
    assert absorbe not in Candidat.objects.proposables()


def test_l_invitation_des_deux_adresses_pour_un_poste(anct, deux):
    """R49: one waits, the other is cancelled."""
    garde, absorbe = deux
    Candidat.objects.filter(pk=garde.pk).update(etat=EtatCandidat.INDISPONIBLE)
    poste = PosteFactory()
    for candidat in deux:
        InvitationCandidatFactory(poste=poste, courriel=candidat.utilisateur.email)
    fusionner(anct, garde, absorbe)
    assert sorted(InvitationCandidat.objects.values_list("etat", flat=True)) == ["annulee", "envoyee"]
    assert set(InvitationCandidat.objects.values_list("courriel", flat=True)) == {garde.utilisateur.email}


# --- the pages of ANCT ----------------------------------------------------------------------------------------------


def test_les_pages_de_l_anct(client_de, deux):
    garde, absorbe = deux
    MiseEnRelationFactory(candidat=absorbe)
    client = client_de("anct")
    liste = client.get(reverse("admin:candidats_doublons")).content.decode()
    adresse = reverse("admin:candidats_doublons_paire", args=[garde.uuid, absorbe.uuid])
    assert adresse in liste
    assert "mêmes nom, prénom et date de naissance" in (paire := client.get(adresse).content.decode())
    assert paire.count("y réunir l’autre") == 2
    # R111: both are told that ANCT read them.
    assert set(ConsultationCandidat.objects.values_list("candidat", flat=True)) == {garde.pk, absorbe.pk}
    assert "1 candidat probablement inscrit deux fois" in client.get("/admin/").content.decode()
    page = f"{adresse}fusionner/"
    assert "1 candidature et 0 entretien" in client.get(page).content.decode()
    assert "Dites" not in client.get(page).content.decode()
    assert client.post(page, {"motif": MOTIF}).status_code == 200
    assert client.post(page, {"motif": MOTIF, "definitif": "on"}).status_code == 302
    absorbe.refresh_from_db()
    assert absorbe.fusionne_dans == garde
    fiche = client.get(reverse("admin:candidats_candidat_change", args=[garde.pk])).content.decode()
    assert absorbe.utilisateur.email in fiche
    assert client.get(reverse("admin:candidats_candidat_history", args=[absorbe.pk])).status_code == 200
    assert client.get(adresse).status_code == 404
    assert "personne ne paraît inscrit deux fois" in client.get(reverse("admin:candidats_doublons")).content.decode()


def test_un_refus_se_lit_avant(client_de, deux):
    garde, absorbe = deux
    MiseEnRelationFactory(candidat=garde, validee=True)
    MiseEnRelationFactory(candidat=absorbe, validee=True)
    page = reverse("admin:candidats_doublons_fusionner", args=[garde.uuid, absorbe.uuid])
    assert "Une personne n’occupe qu’un poste" in client_de("anct").get(page).content.decode()


def test_dire_que_ce_sont_deux_personnes(client_de, deux):
    client = client_de("anct")
    page = reverse("admin:candidats_doublons_ecarter", args=[c.uuid for c in deux])
    assert "sont-elles deux personnes" in client.get(page).content.decode()
    assert client.post(page, {"motif": MOTIF}).status_code == 302
    paire = client.get(reverse("admin:candidats_doublons_paire", args=[c.uuid for c in deux])).content.decode()
    assert f"Motif : {MOTIF}" in paire


def resultat(candidat, jour, cle="id-7"):
    """R45: a result that the person shares."""
    partage = dt.datetime(2026, 3, jour, 12, tzinfo=dt.UTC)
    return ResultatPix.objects.create(
        candidat=candidat,
        import_pix=ImportPixFactory(),
        campagne_cle=cle,
        campagne_nom="Conseillers",
        partage_le=partage,
    )


def test_les_resultats_pix_suivent_la_personne(anct, deux):
    """R43, R45: in one campaign the one shared last is in force; nothing is lost."""
    garde, absorbe = deux
    Candidat.objects.filter(pk__in=[garde.pk, absorbe.pk]).update(pix_consenti_le=timezone.now(), pix_partage=True)
    ancien, recent, seul = resultat(garde, 1), resultat(absorbe, 2), resultat(absorbe, 3, "id-8")
    fusionner(anct, garde, absorbe)
    assert garde.pix_partage and set(garde.resultats_pix_en_vigueur) == {recent, seul}
    assert set(garde.resultats_pix.all()) == {ancien, recent, seul}
    verifier_coherence_candidats()


def test_qui_a_retire_son_accord_ensuite_n_a_plus_de_resultat(anct, deux):
    """R43, R45: the latest decision of the person holds, whichever registration said it."""
    garde, absorbe = deux
    hier = timezone.now() - dt.timedelta(days=1)
    Candidat.objects.filter(pk=absorbe.pk).update(pix_consenti_le=hier, pix_partage=True)
    Candidat.objects.filter(pk=garde.pk).update(pix_retire_le=timezone.now())
    resultat(absorbe, 2)
    fusionner(anct, garde, absorbe)
    assert not garde.pix_partage and not ResultatPix.objects.exists()
    verifier_coherence_candidats()
