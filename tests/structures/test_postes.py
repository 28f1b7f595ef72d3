"""The verbs of one post: kept, filled, free again, returned, withdrawn, given more time (R1, R29, R30, R53, R68)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from post_office.models import Email

from portal.commun.acteurs import Acteur
from portal.commun.dates import ajouter_mois
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite
from portal.commun.evenements import abonner
from structures import actions, rappels
from structures.enums import EtatPoste
from structures.models import Poste
from tests.comptes.factories import OrganisationFactory
from tests.comptes.factories import acteur as creer_acteur
from tests.structures.factories import LieuExerciceFactory, PosteFactory, StructureFactory, acteur_de_structure, lieu

pytestmark = pytest.mark.django_db
vus: list[tuple[str, Poste]] = []


@pytest.fixture(autouse=True)
def _evenements() -> None:
    vus.clear()
    abonner("poste.libere", _note_libere)
    abonner("poste.ferme", _note_ferme)


def _note_libere(poste: Poste) -> None:
    vus.append(("libere", poste))


def _note_ferme(poste: Poste) -> None:
    vus.append(("ferme", poste))


def test_reserver_pourvoir_liberer():
    """R53, R68: a post that was filled and is free again has a whole new delay."""
    poste = PosteFactory(accorde_le=timezone.localdate() - dt.timedelta(days=300))
    acteur = acteur_de_structure(poste.structure)
    assert actions.reserver_poste(acteur=acteur, poste=poste).etat == EtatPoste.RESERVE
    assert actions.pourvoir_poste(acteur=acteur, poste=poste).etat == EtatPoste.POURVU
    libere = actions.liberer_poste(acteur=acteur, poste=poste, motif="Démission")
    assert libere.etat == EtatPoste.A_POURVOIR
    assert libere.echeance_recrutement == ajouter_mois(timezone.localdate(), 2)
    assert vus == [("libere", libere)]
    assert libere.history.latest().history_change_reason == "Démission"


def test_annuler_une_validation_ne_donne_pas_de_temps():
    """R1: the delay of the committee goes on."""
    poste = PosteFactory(reserve=True)
    avant = poste.echeance_recrutement
    libere = actions.liberer_poste(acteur=acteur_de_structure(poste.structure), poste=poste, motif="Désistement")
    assert libere.echeance_recrutement == avant


def test_un_poste_ne_se_reserve_pas_deux_fois_ni_avant_l_activation():
    """R53, R27"""
    poste = PosteFactory(reserve=True)
    with pytest.raises(TransitionInterdite):
        actions.reserver_poste(acteur=acteur_de_structure(poste.structure), poste=poste)
    endormi = PosteFactory(a_activer=True)
    with pytest.raises(RegleNonRespectee):
        actions.reserver_poste(acteur=acteur_de_structure(endormi.structure), poste=endormi)


def test_le_poste_d_une_autre_structure():
    """DOMAIN §2"""
    poste, etranger = PosteFactory(), acteur_de_structure(StructureFactory())
    with pytest.raises(AccesRefuse):
        actions.reserver_poste(acteur=etranger, poste=poste)
    with pytest.raises(AccesRefuse):
        actions.rendre_poste(acteur=etranger, poste=poste, motif="Plus besoin")
    with pytest.raises(AccesRefuse):
        actions.affecter_lieux(acteur=etranger, poste=poste, lieux=[])


def test_rendre_un_poste_puis_le_dernier():
    """R29: the last one ends the participation; structure and prefecture are told each time."""
    OrganisationFactory(prefecture=True, courriel="numerique@allier.exemple.fr")
    premier = PosteFactory()
    second = PosteFactory(structure=premier.structure, campagne=premier.campagne)
    acteur = acteur_de_structure(premier.structure)
    actions.rendre_poste(acteur=acteur, poste=premier, motif="Plus de budget")
    premier.structure.refresh_from_db()
    assert premier.structure.participation_fin_le is None
    actions.rendre_poste(acteur=acteur, poste=second, motif="Plus de budget")
    premier.structure.refresh_from_db()
    assert premier.structure.participation_fin_le is not None
    assert [nom for nom, _ in vus] == ["ferme", "ferme"]
    assert Email.objects.filter(to="numerique@allier.exemple.fr").count() == 2


@pytest.mark.parametrize("etat", ["reserve", "pourvu", "rendu", "retire"])
def test_seul_un_poste_libre_se_rend(etat):
    """R29"""
    poste = PosteFactory(**{etat: True})
    with pytest.raises(TransitionInterdite):
        actions.rendre_poste(acteur=acteur_de_structure(poste.structure), poste=poste, motif="Plus de budget")


def test_rendre_demande_un_motif():
    """R29"""
    poste = PosteFactory()
    with pytest.raises(RegleNonRespectee) as refus:
        actions.rendre_poste(acteur=acteur_de_structure(poste.structure), poste=poste, motif="  ")
    assert (refus.value.regle, refus.value.champ) == ("R29", "motif")


def test_l_anct_retire_un_poste_en_retard_seulement():
    """R30: the deadline's day itself is still in time."""
    poste, anct = PosteFactory(echeance_recrutement=timezone.localdate()), creer_acteur("anct")
    with pytest.raises(RegleNonRespectee) as refus:
        actions.retirer_poste(acteur=anct, poste=poste, motif="Délai dépassé")
    assert refus.value.regle == "R30"
    Poste.objects.filter(pk=poste.pk).update(echeance_recrutement=timezone.localdate() - dt.timedelta(days=1))
    assert actions.retirer_poste(acteur=anct, poste=poste, motif="Délai dépassé").etat == EtatPoste.RETIRE


def test_l_anct_prolonge_le_delai():
    """R1, R30: the derogation is kept with its reason, and told."""
    poste, anct = PosteFactory(), creer_acteur("anct")
    avant, apres = poste.echeance_recrutement, poste.echeance_recrutement + dt.timedelta(days=30)
    prolonge = actions.proroger_poste(acteur=anct, poste=poste, echeance=apres, motif="Candidat malade")
    derogation = prolonge.derogations.get()
    assert (prolonge.echeance_recrutement, derogation.echeance_avant, derogation.motif) == (
        apres,
        avant,
        "Candidat malade",
    )
    assert Email.objects.get().to == [poste.structure.contact_courriel]


@pytest.mark.parametrize("jours", [-1, 0, 4000])
def test_une_prolongation_ne_raccourcit_jamais(jours):
    """R30"""
    poste = PosteFactory()
    echeance = poste.echeance_recrutement + dt.timedelta(days=jours)
    with pytest.raises(RegleNonRespectee) as refus:
        actions.proroger_poste(acteur=creer_acteur("anct"), poste=poste, echeance=echeance, motif="Motif")
    assert refus.value.champ == "echeance"


@pytest.mark.parametrize("role", ["structure", "prefecture", "bdt"])
def test_seule_l_anct_prolonge(role):
    """R30"""
    poste = PosteFactory()
    echeance = poste.echeance_recrutement + dt.timedelta(days=9)
    with pytest.raises(AccesRefuse):
        actions.proroger_poste(acteur=creer_acteur(role), poste=poste, echeance=echeance, motif="Motif")


# --- places of work, contact ----------------------------------------------------------------------------------------


def test_les_lieux_d_une_structure_et_d_un_poste():
    """R46: added, changed, given to a post, taken away; the one of an occupied post stays."""
    poste = PosteFactory(pourvu=True)
    acteur = acteur_de_structure(poste.structure)
    ajoute = actions.ajouter_lieu(acteur=acteur, structure=poste.structure, nom="  Médiathèque  ", commune=lieu())
    assert ajoute.nom == "Médiathèque"
    with pytest.raises(RegleNonRespectee):
        actions.ajouter_lieu(acteur=acteur, structure=poste.structure, nom="MÉDIATHÈQUE", commune=lieu())
    actions.modifier_lieu(acteur=acteur, lieu=ajoute, nom="Maison France services", commune=lieu("03310"))
    actions.affecter_lieux(acteur=acteur, poste=poste, lieux=[ajoute])
    with pytest.raises(RegleNonRespectee, match=str(poste.numero)):
        actions.retirer_lieu(acteur=acteur, lieu=ajoute)
    with pytest.raises(RegleNonRespectee):
        actions.affecter_lieux(acteur=acteur, poste=poste, lieux=[LieuExerciceFactory()])
    actions.affecter_lieux(acteur=acteur, poste=poste, lieux=[])
    actions.retirer_lieu(acteur=acteur, lieu=ajoute)
    assert not poste.structure.lieux.exists()


def test_le_contact_se_modifie_sans_toucher_a_l_acces():
    structure = StructureFactory()
    champs = {
        "contact_prenom": "Lou",
        "contact_nom": "Blanc",
        "contact_fonction": "DGS",
        "contact_courriel": "lou@exemple.fr",
    }
    modifiee = actions.modifier_contact(acteur=acteur_de_structure(structure), structure=structure, **champs)
    assert modifiee.contact_courriel == "lou@exemple.fr" and modifiee.contact_telephone == ""
    with pytest.raises(AccesRefuse):
        actions.modifier_contact(acteur=acteur_de_structure(StructureFactory()), structure=structure, **champs)
    with pytest.raises(RegleNonRespectee) as refus:
        actions.modifier_contact(
            acteur=acteur_de_structure(structure), structure=structure, **{**champs, "contact_courriel": "lou"}
        )
    assert refus.value.champ == "contact_courriel"


# --- reminders (R30) ------------------------------------------------------------------------------------------------


def jours_de_rappel(poste: Poste, du: dt.date, au: dt.date) -> list[tuple[int, int]]:
    """(day counted from `du`, number sent) of the days on which something was sent."""
    envoyes = []
    for rang in range((au - du).days + 1):
        nombre = rappels.rappeler_recrutement(du + dt.timedelta(days=rang))
        if nombre:
            envoyes.append((rang, nombre))
    return envoyes


def test_trois_rappels_une_fois_chacun():
    """R30: half-time, 15 days before, on the day; a second run of a day sends nothing."""
    accorde = dt.date(2026, 1, 1)
    poste = PosteFactory(accorde_le=accorde, echeance_recrutement=dt.date(2026, 3, 1))
    PosteFactory(pourvu=True, accorde_le=accorde, echeance_recrutement=dt.date(2026, 3, 1))
    PosteFactory(a_activer=True, accorde_le=accorde, echeance_recrutement=dt.date(2026, 3, 1))
    fin = poste.echeance_recrutement + dt.timedelta(days=30)
    assert jours_de_rappel(poste, accorde, fin) == [(29, 1), (44, 1), (59, 1)]
    assert jours_de_rappel(poste, accorde, fin) == []
    assert [c.to for c in Email.objects.all()] == [[poste.structure.contact_courriel]] * 3


def test_un_passage_en_retard_rattrape_le_dernier_rappel():
    """R30: late by a few days, the reminder that was due leaves; late by months, nothing confusing does."""
    PosteFactory(accorde_le=dt.date(2026, 1, 1), echeance_recrutement=dt.date(2026, 3, 1))
    assert rappels.rappeler_recrutement(dt.date(2026, 2, 18)) == 1
    assert rappels.rappeler_recrutement(dt.date(2026, 6, 1)) == 0


def test_une_prolongation_a_ses_propres_rappels(time_machine):
    """R30: the new delay runs from the extension."""
    time_machine.move_to(dt.datetime(2026, 2, 20, 12, tzinfo=dt.UTC))
    poste = PosteFactory(accorde_le=dt.date(2026, 1, 1), echeance_recrutement=dt.date(2026, 3, 1))
    actions.proroger_poste(acteur=Acteur.systeme(), poste=poste, echeance=dt.date(2026, 4, 21), motif="Motif")
    du = dt.date(2026, 2, 21)
    jours = [du + dt.timedelta(days=rang) for rang, _ in jours_de_rappel(poste, du, dt.date(2026, 5, 1))]
    assert jours == [dt.date(2026, 3, 22), dt.date(2026, 4, 6), dt.date(2026, 4, 21)]
