"""The selection committee: agenda, decisions, closing (R15, R26), mails and activation (R27)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import timezone
from post_office.models import Email
from pypdf import PdfReader

from portal.commun.dates import ajouter_mois
from portal.commun.documents import obtenir_document
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite
from portal.commun.evenements import _abonnes
from portal.commun.roles import Role
from portal.comptes.models import Invitation
from structures import enveloppe
from structures.actions import (
    activer,
    cloturer,
    creer_comite,
    decider,
    desinscrire,
    inscrire,
    inscrire_lot,
    modifier_comite,
    rendre_poste,
)
from structures.actions.comites import inscriptibles, numero_propose
from structures.enums import EtatCandidature, EtatComite, EtatPoste
from structures.models import Candidature, Comite, LieuExercice, LigneComite, Poste, Structure
from tests.comptes.factories import OrganisationFactory, acteur
from tests.structures.factories import (
    AvisFactory,
    CampagneFactory,
    CandidatureFactory,
    ComiteFactory,
    LigneComiteFactory,
    PosteFactory,
    StructureFactory,
    acteur_de_structure,
    candidature_de,
    lieu,
    membre,
)

pytestmark = pytest.mark.django_db
MOTIF = "Le territoire est déjà bien couvert."


@pytest.fixture
def anct():
    return acteur(Role.ANCT)


@pytest.fixture
def campagne():
    return CampagneFactory()


@pytest.fixture
def comite(campagne):
    return ComiteFactory(campagne=campagne)


@pytest.fixture
def recus():
    """Events received during the test."""
    recus = []

    def noter(**donnees):
        recus.append(donnees)

    for nom in ("poste.accorde", "structure.activee"):
        _abonnes[nom].append(noter)
    yield recus
    for nom in ("poste.accorde", "structure.activee"):
        _abonnes[nom].remove(noter)


def decidee(comite, anct, decision="retenue", nb_postes=1, motif="", **champs):
    """An application on the agenda, with its decision."""
    candidature = CandidatureFactory(deposee=True, campagne=comite.campagne, **champs)
    ligne = inscrire(acteur=anct, comite=comite, candidature=candidature)
    return decider(acteur=anct, ligne=ligne, decision=decision, nb_postes=nb_postes, motif=motif)


# --- creation and agenda --------------------------------------------------------------------------------------------


def test_creer_un_comite(anct, campagne):
    """R26"""
    numero = numero_propose()
    comite = creer_comite(acteur=anct, campagne=campagne, numero=numero, date=timezone.localdate(), enveloppe_postes=10)
    assert comite.etat == EtatComite.PREPARATION
    assert numero_propose() == numero + 1


def test_deux_comites_ne_portent_pas_le_meme_numero(anct, campagne, comite):
    """R26"""
    with pytest.raises(RegleNonRespectee) as refus:
        creer_comite(
            acteur=anct, campagne=campagne, numero=comite.numero, date=timezone.localdate(), enveloppe_postes=10
        )
    assert (refus.value.regle, refus.value.champ) == ("R26", "numero")


def test_un_comite_ne_repartit_pas_plus_que_le_reste_de_la_campagne(anct):
    """R15"""
    campagne = CampagneFactory(enveloppe_postes=5)
    PosteFactory(campagne=campagne)
    date = timezone.localdate()
    with pytest.raises(RegleNonRespectee, match="Il reste 4 poste") as refus:
        creer_comite(acteur=anct, campagne=campagne, numero=900, date=date, enveloppe_postes=5)
    assert (refus.value.regle, refus.value.champ) == ("R15", "enveloppe_postes")
    comite = creer_comite(acteur=anct, campagne=campagne, numero=900, date=date, enveloppe_postes=4)
    with pytest.raises(RegleNonRespectee):
        modifier_comite(acteur=anct, comite=comite, date=date, enveloppe_postes=5)


def test_l_enveloppe_d_un_comite_ne_descend_pas_sous_ses_decisions(anct, comite):
    """R15"""
    decidee(comite, anct, nb_postes=3)
    with pytest.raises(RegleNonRespectee, match="3 postes"):
        modifier_comite(acteur=anct, comite=comite, date=comite.date, enveloppe_postes=2)


@pytest.mark.parametrize("role", [Role.PREFECTURE, Role.SGAR, Role.STRUCTURE, Role.BDT, Role.SUPPORT])
def test_seule_l_anct_tient_les_comites(role, campagne, comite):
    """R26"""
    autre = acteur(role)
    ligne = LigneComiteFactory(comite=comite)
    candidature = CandidatureFactory(deposee=True, campagne=campagne)
    appels = [
        lambda: creer_comite(
            acteur=autre, campagne=campagne, numero=900, date=timezone.localdate(), enveloppe_postes=1
        ),
        lambda: modifier_comite(acteur=autre, comite=comite, date=comite.date, enveloppe_postes=1),
        lambda: inscrire(acteur=autre, comite=comite, candidature=candidature),
        lambda: inscrire_lot(acteur=autre, comite=comite, candidatures=[candidature]),
        lambda: desinscrire(acteur=autre, ligne=ligne),
        lambda: decider(acteur=autre, ligne=ligne, decision="retenue", nb_postes=1, motif=""),
        lambda: cloturer(acteur=autre, comite=comite),
        lambda: activer(acteur=autre, candidature=CandidatureFactory(retenue=True)),
    ]
    for appel in appels:
        with pytest.raises(AccesRefuse):
            appel()


def test_inscrire_avec_ou_sans_avis(anct, comite):
    """R26"""
    avec = AvisFactory(candidature__campagne=comite.campagne).candidature
    sans = CandidatureFactory(deposee=True, campagne=comite.campagne)
    examen = CandidatureFactory(examen=True, campagne=comite.campagne)
    CandidatureFactory(deposee=True)
    CandidatureFactory(a_corriger=True, campagne=comite.campagne)
    assert set(inscriptibles(comite)) == {avec, sans, examen}
    assert len(inscrire_lot(acteur=anct, comite=comite, candidatures=inscriptibles(comite))) == 3
    assert not inscriptibles(comite).exists()


@pytest.mark.parametrize("trait", ["a_corriger", "retenue", "activee", "refusee", "abandonnee"])
def test_on_n_inscrit_que_ce_qui_attend_une_decision(anct, comite, trait):
    """R26"""
    candidature = CandidatureFactory(campagne=comite.campagne, **{trait: True})
    with pytest.raises(TransitionInterdite):
        inscrire(acteur=anct, comite=comite, candidature=candidature)
    assert inscrire_lot(acteur=anct, comite=comite, candidatures=[candidature]) == []


def test_une_candidature_n_est_qu_a_un_ordre_du_jour(anct, comite):
    """R26"""
    candidature = CandidatureFactory(deposee=True, campagne=comite.campagne)
    inscrire(acteur=anct, comite=comite, candidature=candidature)
    autre = ComiteFactory(campagne=comite.campagne)
    for ou in (comite, autre):
        with pytest.raises(RegleNonRespectee, match=f"comité n° {comite.numero}"):
            inscrire(acteur=anct, comite=ou, candidature=candidature)


def test_une_candidature_d_une_autre_campagne_est_refusee(anct, comite):
    """R26"""
    with pytest.raises(RegleNonRespectee, match="autre campagne"):
        inscrire(acteur=anct, comite=comite, candidature=CandidatureFactory(deposee=True))


def test_retirer_de_l_ordre_du_jour(anct, comite):
    """R26: it can be put on another agenda, and what was there stays in the history (R110)."""
    ligne = decidee(comite, anct)
    desinscrire(acteur=anct, ligne=ligne)
    assert not comite.lignes.exists()
    assert LigneComite.history.filter(id=ligne.pk, history_type="-").get().role == Role.ANCT
    assert inscrire(acteur=anct, comite=comite, candidature=ligne.candidature)
    with pytest.raises(TransitionInterdite, match="entre-temps"):
        desinscrire(acteur=anct, ligne=ligne)


# --- decisions ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("decision", "nb_postes", "motif", "champ"),
    [
        ("", 1, "", "decision"),
        ("retenue", 0, "", "nb_postes"),
        ("refusee", 0, "", "motif"),
        ("refusee", 0, "   ", "motif"),
        ("examen", 0, "", "motif"),
        ("refusee", 1, MOTIF, "nb_postes"),
        ("retenue", 1, "x" * 2501, "motif"),
    ],
)
def test_decision_refusee_avec_son_champ(anct, comite, decision, nb_postes, motif, champ):
    """R26: posts when granted, a reason otherwise."""
    ligne = LigneComiteFactory(comite=comite)
    with pytest.raises(RegleNonRespectee) as refus:
        decider(acteur=anct, ligne=ligne, decision=decision, nb_postes=nb_postes, motif=motif)
    assert (refus.value.regle, refus.value.champ) == ("R26", champ)


def test_decision_sans_avis_marquee(anct, comite):
    """R25: shown, never blocked."""
    assert decidee(comite, anct).sans_avis
    avec = AvisFactory(candidature__campagne=comite.campagne).candidature
    ligne = inscrire(acteur=anct, comite=comite, candidature=avec)
    assert not decider(acteur=anct, ligne=ligne, decision="retenue", nb_postes=1, motif="").sans_avis


def test_les_decisions_tiennent_dans_l_enveloppe_du_comite(anct, campagne):
    """R15: counted again when a decision is changed."""
    comite = ComiteFactory(campagne=campagne, enveloppe_postes=3)
    ligne = decidee(comite, anct, nb_postes=2)
    with pytest.raises(RegleNonRespectee, match="il reste 1 poste") as refus:
        decidee(comite, anct, nb_postes=2)
    assert refus.value.champ == "nb_postes"
    assert decider(acteur=anct, ligne=ligne, decision="retenue", nb_postes=3, motif="").nb_postes == 3


# --- closing --------------------------------------------------------------------------------------------------------


def test_cloturer_applique_toutes_les_decisions(anct, comite, recus):
    """R26, R27, R110"""
    retenue = decidee(comite, anct, nb_postes=2)
    refusee = decidee(comite, anct, "refusee", 0, MOTIF)
    examen = decidee(comite, anct, "examen", 0, "Le budget reste à préciser.")
    comite = cloturer(acteur=anct, comite=comite)

    assert (comite.etat, comite.etat_par_id) == (EtatComite.CLOS, anct.utilisateur_id)
    assert comite.clos_le is not None
    etats = [Candidature.objects.get(pk=ligne.candidature_id).etat for ligne in (retenue, refusee, examen)]
    assert etats == [EtatCandidature.RETENUE, EtatCandidature.REFUSEE, EtatCandidature.EXAMEN]
    assert Candidature.objects.get(pk=refusee.candidature_id).motif_decision == MOTIF
    trace = Candidature.objects.get(pk=refusee.candidature_id).history.first()
    assert (trace.role, trace.history_change_reason) == (Role.ANCT, MOTIF)
    postes = list(Poste.objects.filter(candidature=retenue.candidature_id))
    assert len(postes) == 2
    assert recus == [{"postes": postes}]


def test_les_postes_accordes(anct, comite):
    """R1, R15, R26, R46: number for life, deadline, start, places of work, regime."""
    moulins, vichy = lieu("03190"), lieu("03310")
    ligne = decidee(
        comite, anct, nb_postes=2, lieux=[("Médiathèque", vichy)], demarrage_le=comite.date + dt.timedelta(days=10)
    )
    structure = ligne.candidature.structure
    mediatheque = LieuExercice.objects.create(structure=structure, nom="Médiathèque", commune=vichy)
    LieuExercice.objects.create(structure=structure, nom="Mairie", commune=moulins)
    cloturer(acteur=anct, comite=comite)
    postes = list(structure.postes.order_by("numero"))
    assert postes[1].numero == postes[0].numero + 1
    for poste in postes:
        assert poste.etat == EtatPoste.A_POURVOIR
        assert (poste.comite, poste.campagne, poste.regime) == (comite, comite.campagne, "ami-public-2020")
        assert poste.accorde_le == comite.date
        assert poste.demarrage_le == comite.date + dt.timedelta(days=10)
        assert poste.echeance_recrutement == ajouter_mois(comite.date, 2)
        assert list(poste.lieux.all()) == [mediatheque]


def test_echeance_des_coordinateurs_a_partir_de_la_notification(anct):
    """R1: six months after the decision is sent, whatever the day of the session."""
    comite = ComiteFactory(
        campagne=CampagneFactory(coordinateurs=True), date=timezone.localdate() - dt.timedelta(days=20)
    )
    decidee(
        comite,
        anct,
        coordinateur=True,
        cas_coordinateur="creation",
        coordination_temps_plein=True,
        perimetre_coordination="L’Allier",
    )
    cloturer(acteur=anct, comite=comite)
    poste = Poste.objects.get()
    assert poste.coordinateur
    assert poste.echeance_recrutement == ajouter_mois(timezone.localdate(), 6)


def test_le_poste_ne_commence_pas_avant_le_comite(anct, comite):
    decidee(comite, anct, demarrage_le=comite.date - dt.timedelta(days=90))
    cloturer(acteur=anct, comite=comite)
    assert Poste.objects.get().demarrage_le == comite.date


def test_personne_ne_cloture_deux_fois(anct, comite):
    """R26"""
    decidee(comite, anct)
    cloturer(acteur=anct, comite=comite)
    courriels = Email.objects.count()
    with pytest.raises(TransitionInterdite, match="a déjà été clôturé"):
        cloturer(acteur=anct, comite=comite)
    assert Poste.objects.count() == 1
    assert Email.objects.count() == courriels


def test_un_comite_vide_ou_indecis_ne_se_cloture_pas(anct, comite):
    """R26"""
    with pytest.raises(RegleNonRespectee, match="vide"):
        cloturer(acteur=anct, comite=comite)
    decidee(comite, anct)
    inscrire(acteur=anct, comite=comite, candidature=CandidatureFactory(deposee=True, campagne=comite.campagne))
    with pytest.raises(RegleNonRespectee, match="Il manque la décision de 1 candidature"):
        cloturer(acteur=anct, comite=comite)
    assert not Poste.objects.exists()


def test_un_comite_ne_se_cloture_pas_avant_sa_seance(anct, campagne):
    """R26"""
    comite = ComiteFactory(campagne=campagne, date=timezone.localdate() + dt.timedelta(days=1))
    decidee(comite, anct)
    with pytest.raises(TransitionInterdite, match="à partir de ce jour"):
        cloturer(acteur=anct, comite=comite)


def test_une_candidature_partie_bloque_la_cloture_avec_son_nom(anct, comite):
    """R26: withdrawn or taken back for correction between the decision and the closing."""
    ligne = decidee(comite, anct)
    Candidature.objects.filter(pk=ligne.candidature_id).update(etat=EtatCandidature.ABANDONNEE)
    with pytest.raises(RegleNonRespectee, match=f"n° {ligne.candidature.numero}"):
        cloturer(acteur=anct, comite=comite)
    assert Comite.objects.get().etat == EtatComite.PREPARATION


def test_la_cloture_revoit_l_enveloppe_de_la_campagne(anct):
    """R15: nothing is applied when posts are missing, whatever was prepared."""
    campagne = CampagneFactory(enveloppe_postes=3)
    comite = ComiteFactory(campagne=campagne, enveloppe_postes=3)
    decidee(comite, anct, nb_postes=3)
    PosteFactory(campagne=campagne)
    with pytest.raises(RegleNonRespectee, match="il reste 2 poste") as refus:
        cloturer(acteur=anct, comite=comite)
    assert refus.value.regle == "R15"
    assert Poste.objects.count() == 1
    assert comite.lignes.get().candidature.etat == EtatCandidature.DEPOSEE


def test_la_cloture_revoit_l_enveloppe_en_euros(anct):
    """R15: two posts at most 50 000 € each do not fit in 99 999,99 €; in 100 000 € they do."""
    campagne = CampagneFactory(enveloppe_montant=Decimal("99999.99"))
    comite = ComiteFactory(campagne=campagne)
    decidee(comite, anct, nb_postes=2)
    with pytest.raises(RegleNonRespectee, match="financière"):
        cloturer(acteur=anct, comite=comite)
    campagne.enveloppe_montant = Decimal("100000.00")
    campagne.save()
    cloturer(acteur=anct, comite=comite)
    assert enveloppe.reste(campagne).montant == 0


@pytest.mark.parametrize(
    ("regime", "statut", "departement", "plafond"),
    [
        ("ami-public-2020", "public", "03", 50_000),
        ("ami-public-2020", "public", "974", 67_500),
        ("ami-public-2020", "public", "971", 70_000),
        ("ami-public-2020", "public", "988", 50_000),
        ("ami-prive-2021", "prive", "03", 40_000),
        ("ami-prive-2021", "prive", "974", 40_000),
        ("aac-coordinateur-2023", "autre-public", "03", 37_500),
        ("aac-coordinateur-2023", "autre-public", "973", 70_000),
        # A legal kind without a line counts as the dearest of the regime.
        ("ami-public-2020", "prive", "03", 50_000),
    ],
)
def test_plafond_d_un_poste(regime, statut, departement, plafond):
    """R6, R7, R15: what a grant takes from the envelope is never less than what the contract gives."""
    assert enveloppe.plafond_par_poste(regime, statut, departement) == plafond


def test_un_poste_rendu_revient_a_l_enveloppe(anct):
    """R15, R29"""
    campagne = CampagneFactory(enveloppe_postes=1)
    poste = PosteFactory(campagne=campagne)
    assert enveloppe.reste(campagne).postes == 0
    rendre_poste(acteur=acteur_de_structure(poste.structure), poste=poste, motif="Nous n’avons plus le budget.")
    assert enveloppe.reste(campagne).postes == 1


def test_de_nouveaux_postes_reprennent_la_participation(anct, comite):
    """R29: it had ended with the last post."""
    structure = StructureFactory(terminee=True)
    ligne = inscrire(
        acteur=anct, comite=comite, candidature=candidature_de(structure, campagne=comite.campagne, deposee=True)
    )
    decider(acteur=anct, ligne=ligne, decision="retenue", nb_postes=1, motif="")
    cloturer(acteur=anct, comite=comite)
    structure.refresh_from_db()
    assert structure.participation_fin_le is None


def test_un_comite_clos_ne_change_plus(anct, comite):
    """R26: neither by a verb nor by a stray write (the guard is in PostgreSQL)."""
    ligne = decidee(comite, anct)
    comite = cloturer(acteur=anct, comite=comite)
    ligne.refresh_from_db()
    candidature = CandidatureFactory(deposee=True, campagne=comite.campagne)
    appels = [
        lambda: modifier_comite(acteur=anct, comite=comite, date=comite.date, enveloppe_postes=60),
        lambda: inscrire(acteur=anct, comite=comite, candidature=candidature),
        lambda: inscrire_lot(acteur=anct, comite=comite, candidatures=[candidature]),
        lambda: desinscrire(acteur=anct, ligne=ligne),
        lambda: decider(acteur=anct, ligne=ligne, decision="refusee", nb_postes=0, motif=MOTIF),
    ]
    for appel in appels:
        with pytest.raises(TransitionInterdite, match="clos"):
            appel()
    ecritures = [
        lambda: LigneComite.objects.filter(pk=ligne.pk).update(nb_postes=5),
        lambda: LigneComite.objects.filter(pk=ligne.pk).delete(),
        lambda: Comite.objects.filter(pk=comite.pk).update(enveloppe_postes=60),
    ]
    for ecriture in ecritures:
        with pytest.raises(IntegrityError, match="immutable"), transaction.atomic():
            ecriture()


def test_une_correction_est_une_nouvelle_decision(anct, comite):
    """R26, R28: refused here, examined again there."""
    ligne = decidee(comite, anct, "examen", 0, MOTIF)
    cloturer(acteur=anct, comite=comite)
    suivant = ComiteFactory(campagne=comite.campagne, numero=numero_propose())
    nouvelle = inscrire(acteur=anct, comite=suivant, candidature=ligne.candidature)
    decider(acteur=anct, ligne=nouvelle, decision="retenue", nb_postes=1, motif="")
    cloturer(acteur=anct, comite=suivant)
    assert Candidature.objects.get(pk=ligne.candidature_id).etat == EtatCandidature.RETENUE
    assert Poste.objects.get().comite == suivant


# --- minutes --------------------------------------------------------------------------------------------------------


def test_proces_verbal(anct, comite):
    """R26: an accessible PDF with every decision, its reason, and the decisions without opinion (R25)."""
    retenue = decidee(comite, anct, nb_postes=2)
    decidee(comite, anct, "refusee", 0, MOTIF)
    comite = cloturer(acteur=anct, comite=comite)
    with comite.proces_verbal.fichier.open("rb") as fichier:
        pdf = PdfReader(BytesIO(fichier.read()))
    assert pdf.metadata.title == f"Procès-verbal du comité de sélection n° {comite.numero}"
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    texte = " ".join(" ".join(page.extract_text() for page in pdf.pages).split())
    assert retenue.candidature.nom in texte
    assert MOTIF in texte
    assert "Sans avis" in texte
    assert "100 000,00" in texte.replace("\u202f", " ").replace("\xa0", " ")


def test_qui_lit_le_proces_verbal(anct, comite):
    """R26: ANCT, and the territories that the committee examined."""
    decidee(comite, anct)
    document = cloturer(acteur=anct, comite=comite).proces_verbal
    puy_de_dome = OrganisationFactory(prefecture=True, codes_departements=["63"])
    for lecteur in (anct, acteur(Role.PREFECTURE), acteur(Role.SGAR)):
        assert obtenir_document(lecteur, document.uuid) == document
    exclus = [acteur(Role.PREFECTURE, organisation=puy_de_dome), acteur(Role.BDT), acteur(Role.STRUCTURE)]
    for lecteur in exclus:
        with pytest.raises(Http404):
            obtenir_document(lecteur, document.uuid)


# --- mails ----------------------------------------------------------------------------------------------------------


def test_la_structure_et_sa_prefecture_recoivent_la_decision(anct, comite):
    """R27, R113"""
    OrganisationFactory(prefecture=True, courriel="prefecture@allier.example")
    retenue = decidee(comite, anct, nb_postes=2)
    refusee = decidee(comite, anct, "refusee", 0, MOTIF)
    ailleurs = decidee(comite, anct, commune=lieu("63113"))
    cloturer(acteur=anct, comite=comite)

    def recu_par(adresse):
        return [c for c in Email.objects.all() if c.to == [adresse]]

    (accord,) = recu_par(retenue.candidature.contact_courriel)
    assert "retenue" in accord.subject
    assert "2 postes" in accord.message
    (refus,) = recu_par(refusee.candidature.contact_courriel)
    assert MOTIF in refus.message
    assert "/accueillir/suivi/" in refus.message
    (bilan,) = recu_par("prefecture@allier.example")
    assert retenue.candidature.nom in bilan.message
    assert MOTIF in bilan.message
    assert "sans avis" in bilan.message
    assert ailleurs.candidature.nom not in bilan.message


def test_les_textes_ne_sont_pas_echappes_dans_les_courriels(anct, comite):
    """R113: an apostrophe stays an apostrophe."""
    refusee = decidee(comite, anct, "refusee", 0, "L'avis & le budget <à revoir>", nom="Commune de L'Île")
    cloturer(acteur=anct, comite=comite)
    courriel = next(c for c in Email.objects.all() if c.to == [refusee.candidature.contact_courriel])
    assert "L'avis & le budget <à revoir>" in courriel.message
    assert "<à revoir>" not in courriel.html_message


# --- activation -----------------------------------------------------------------------------------------------------


def test_activer_ouvre_l_espace_et_invite_le_contact(anct, recus):
    """R27: at once, whatever the matching finds."""
    candidature = CandidatureFactory(retenue=True)
    activer(acteur=anct, candidature=candidature)
    structure = Structure.objects.get(pk=candidature.structure_id)
    assert structure.activee_le is not None
    assert Candidature.objects.get(pk=candidature.pk).etat == EtatCandidature.ACTIVEE
    invitation = Invitation.objects.get()
    assert invitation.organisation_id == structure.organisation_id
    assert (invitation.courriel, invitation.role) == (candidature.contact_courriel, Role.STRUCTURE)
    assert invitation.administrateur
    assert invitation.signataire
    assert recus == [{"structure": structure}]
    assert [c.to for c in Email.objects.all()] == [[candidature.contact_courriel]] * 2


def test_activer_deux_fois_est_refuse(anct):
    """R27"""
    candidature = CandidatureFactory(retenue=True)
    activer(acteur=anct, candidature=candidature)
    with pytest.raises(TransitionInterdite):
        activer(acteur=anct, candidature=candidature)
    assert Invitation.objects.count() == 1


@pytest.mark.parametrize("trait", ["deposee", "a_corriger", "examen", "activee", "refusee", "abandonnee"])
def test_seule_une_candidature_retenue_s_active(anct, trait):
    """R27"""
    with pytest.raises(TransitionInterdite):
        activer(acteur=anct, candidature=CandidatureFactory(**{trait: True}))


def test_une_structure_qui_a_ses_administrateurs_n_en_recoit_pas_un_de_plus(anct, recus):
    """R27: an application proves an address, not a right over a space that exists."""
    structure = StructureFactory()
    administrateur = membre(structure)
    candidature = candidature_de(structure, retenue=True, contact_courriel="inconnu@ailleurs.example")
    activee_le = structure.activee_le
    activer(acteur=anct, candidature=candidature)
    structure.refresh_from_db()
    assert structure.activee_le == activee_le
    assert not Invitation.objects.exists()
    destinataires = {adresse for courriel in Email.objects.all() for adresse in courriel.to}
    assert destinataires == {administrateur.utilisateur.email, "inconnu@ailleurs.example"}
    assert recus == []


def test_une_invitation_en_attente_est_renvoyee(anct):
    """R27: the invitation can be renewed; it is never doubled."""
    premiere = CandidatureFactory(retenue=True)
    activer(acteur=anct, candidature=premiere)
    seconde = candidature_de(
        premiere.structure,
        retenue=True,
        campagne=CampagneFactory(coordinateurs=True),
        coordinateur=True,
        contact_courriel=premiere.contact_courriel.upper(),
    )
    activer(acteur=anct, candidature=seconde)
    assert Invitation.objects.count() == 1
