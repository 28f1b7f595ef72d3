"""The closing of a committee: posts, envelopes, minutes, mails (R1, R15, R26, R27, R113)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email
from pypdf import PdfReader

from portal.commun.dates import ajouter_mois
from portal.commun.documents import obtenir_document
from portal.commun.erreurs import RegleNonRespectee, TransitionInterdite
from portal.commun.roles import Role
from structures import enveloppe
from structures.actions import (
    cloturer,
    decider,
    desinscrire,
    inscrire,
    inscrire_lot,
    modifier_comite,
    rendre_poste,
)
from structures.actions.comites import numero_propose
from structures.enums import EtatCandidature, EtatComite, EtatPoste
from structures.models import Candidature, Comite, LieuExercice, LigneComite, Poste
from tests.comptes.factories import OrganisationFactory, acteur
from tests.structures.factories import (
    CampagneFactory,
    CandidatureFactory,
    ComiteFactory,
    PosteFactory,
    StructureFactory,
    acteur_de_structure,
    candidature_de,
    lieu,
)
from tests.structures.outils_comites import MOTIF, decidee

pytestmark = pytest.mark.django_db


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
    assert (trace.history_role, trace.history_change_reason) == (Role.ANCT, MOTIF)
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
    with pytest.raises(RegleNonRespectee, match="il reste 2 postes, ces décisions en accordent 3") as refus:
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


def test_qui_lit_le_proces_verbal_entier(anct, comite):
    """R26, §2: ANCT and support; the territories that the committee examined have their extract."""
    decidee(comite, anct)
    document = cloturer(acteur=anct, comite=comite).proces_verbal
    puy_de_dome = OrganisationFactory(prefecture=True, codes_departements=["63"])
    for lecteur in (anct, acteur(Role.SUPPORT)):
        assert obtenir_document(lecteur, document.uuid) == document
    exclus = [acteur(role) for role in (Role.PREFECTURE, Role.SGAR, Role.BDT, Role.STRUCTURE)]
    exclus.append(acteur(Role.PREFECTURE, organisation=puy_de_dome))
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
    assert reverse("admin:structures_comite_change", args=[comite.uuid]) in bilan.message


def test_les_textes_ne_sont_pas_echappes_dans_les_courriels(anct, comite):
    """R113: an apostrophe stays an apostrophe."""
    refusee = decidee(comite, anct, "refusee", 0, "L'avis & le budget <à revoir>", nom="Commune de L'Île")
    cloturer(acteur=anct, comite=comite)
    courriel = next(c for c in Email.objects.all() if c.to == [refusee.candidature.contact_courriel])
    assert "L'avis & le budget <à revoir>" in courriel.message
    assert "<à revoir>" not in courriel.html_message
