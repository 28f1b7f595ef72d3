"""One to three slots in one proposal, the candidate's choice, changes, absence, and the calendars (R51, R52)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from icalendar import Calendar

from candidats import actions, coherence, rappels
from candidats.creneaux import verifier_creneaux
from candidats.enums import EtatEntretien, EtatMiseEnRelation
from candidats.models import Entretien
from portal.commun.erreurs import RegleNonRespectee, TransitionInterdite
from portal.comptes.acces import acteur_de
from portal.comptes.models import Rattachement
from tests.candidats.factories import EntretienFactory, MiseEnRelationFactory, acteur_candidat
from tests.candidats.outils import adresses, courriels, liens, verifier_coherence_candidats
from tests.structures.factories import acteur_de_structure

pytestmark = pytest.mark.django_db
JOUR = dt.timedelta(days=1)
_E = EtatEntretien


@pytest.fixture
def paire():
    return MiseEnRelationFactory(preselectionnee=True)


def structure_de(paire):
    """Always the same member, so that each mail to the structure is one."""
    structure = paire.poste.structure
    membre = Rattachement.objects.filter(organisation=structure.organisation_id).select_related("utilisateur").first()
    return acteur_de(membre.utilisateur, membre) if membre else acteur_de_structure(structure)


def proposer(paire, *jours, **champs):
    debuts = [timezone.now() + jour * JOUR for jour in jours]
    donnees = {"duree_min": 45, "lieu": "Mairie", **champs}
    return actions.inviter_entretien(acteur=structure_de(paire), mise_en_relation=paire, debuts=debuts, **donnees)


def repondre(entretien, accepte, mot=""):
    acteur = acteur_candidat(entretien.mise_en_relation.candidat)
    return actions.repondre_entretien(acteur=acteur, entretien=entretien, accepte=accepte, mot=mot)


def agendas(courriel):
    """By identifier, what each calendar file of a mail says: its method, its status, its version."""
    lus = {}
    for piece in courriel.attachments.order_by("pk"):
        with piece.file.open("rb") as fichier:
            agenda = Calendar.from_ical(fichier.read())
        (evenement,) = agenda.walk("VEVENT")
        assert "ORGANIZER" in evenement and "ATTENDEE" in evenement
        lus[str(evenement["UID"])] = (str(agenda["METHOD"]), str(evenement["STATUS"]), int(evenement["SEQUENCE"]))
    return lus


def etats(paire):
    return list(paire.entretiens.order_by("debut", "pk").values_list("etat", flat=True))


def uid(entretien):
    return f"entretien-{entretien.uuid}@conseiller-numerique"


# --- the proposal ---------------------------------------------------------------------------------------------------


def test_les_regles_d_une_proposition():
    """R52: one to three moments, different and to come; each fault next to its own slot."""
    maintenant = timezone.now()
    demain, hier = maintenant + JOUR, maintenant - JOUR

    def champs(*debuts, **autres):
        faits = {"duree_min": 45, "lieu": "Mairie", **autres}
        return [m.champ for m in verifier_creneaux(debuts, maintenant=maintenant, **faits)]

    assert champs(demain) == champs(demain, demain + JOUR, demain + 2 * JOUR) == []
    assert champs() == ["debut"]
    assert champs(*[demain + n * JOUR for n in range(4)]) == ["debut"]
    assert champs(demain, hier, demain) == ["debut_2", "debut_3"]
    assert champs(maintenant, duree_min=50, lieu="  ") == ["debut", "duree_min", "lieu"]


def test_trois_creneaux_en_un_seul_message(paire):
    """R52: one mail, one calendar event per slot, to be confirmed, and the link to choose."""
    creneaux = proposer(paire, 2, 1, 3)
    assert len({creneau.proposition for creneau in creneaux}) == 1
    assert [c.debut for c in creneaux] == sorted(c.debut for c in creneaux)
    (courriel,) = courriels("entretien_propose")
    assert agendas(courriel) == {uid(c): ("REQUEST", "TENTATIVE", 0) for c in creneaux}
    assert len(liens(courriel, "/propositions/")) == 1
    assert not courriels("entretien_change_structure")
    verifier_coherence_candidats()


def test_choisir_un_creneau_annule_les_autres(paire):
    """R51, R52: both calendars keep the chosen one and lose the others; the structure reads the word."""
    premier, deuxieme, dernier = proposer(paire, 1, 2, 3)
    assert repondre(deuxieme, True, "À vélo, je serai à l’heure.").etat == _E.ACCEPTE
    assert etats(paire) == [_E.ANNULE, _E.ACCEPTE, _E.ANNULE]
    attendu = {
        uid(deuxieme): ("REQUEST", "CONFIRMED", 1),
        **{uid(autre): ("CANCEL", "CANCELLED", 1) for autre in (premier, dernier)},
    }
    (a_la_structure,), (au_candidat,) = courriels("entretien_accepte"), courriels("entretien_confirme")
    assert agendas(a_la_structure) == agendas(au_candidat) == attendu
    assert "À vélo, je serai à l’heure." in a_la_structure.message
    with pytest.raises(TransitionInterdite):
        repondre(premier, True)
    verifier_coherence_candidats()


def test_aucun_creneau_ne_convient(paire):
    """R51, R52: the whole proposal ends, the pair does not; the structure proposes again."""
    proposer(paire, 1, 2)
    repondre(paire.entretiens.first(), False, "Plutôt la semaine prochaine.")
    assert etats(paire) == [_E.ANNULE, _E.ANNULE]
    paire.refresh_from_db()
    assert paire.etat == EtatMiseEnRelation.ENTRETIEN
    (courriel,) = courriels("entretien_impossible")
    assert "Plutôt la semaine prochaine." in courriel.message
    assert {methode for methode, *_ in agendas(courriel).values()} == {"CANCEL"}
    assert adresses("entretien_decline") == [paire.candidat.utilisateur.email]
    assert len(proposer(paire, 8)) == 1
    with pytest.raises(RegleNonRespectee, match="500 caractères"):
        repondre(paire.entretiens.get(etat=_E.PROPOSE), True, "x" * 501)


def test_une_proposition_remplace_la_precedente_meme_acceptee(paire):
    """R52: one proposal open at most, one interview accepted at most; each calendar is told what goes."""
    (accepte,) = proposer(paire, 1)
    repondre(accepte, True)
    nouveaux = proposer(paire, 4, 5)
    assert etats(paire) == [_E.ANNULE, _E.PROPOSE, _E.PROPOSE]
    attendu = {uid(accepte): ("CANCEL", "CANCELLED", 2), **{uid(n): ("REQUEST", "TENTATIVE", 0) for n in nouveaux}}
    (a_la_structure,) = courriels("entretien_change_structure")
    assert agendas(courriels("entretien_propose")[1]) == agendas(a_la_structure) == attendu
    with pytest.raises(RegleNonRespectee, match="déjà proposé"):
        actions.inviter_entretien(
            acteur=structure_de(paire),
            mise_en_relation=paire,
            debuts=[nouveau.debut for nouveau in nouveaux],
            duree_min=45,
            lieu="Mairie",
        )
    verifier_coherence_candidats()


# --- what changes ---------------------------------------------------------------------------------------------------


def modifier(entretien, **champs):
    donnees = {nom: getattr(entretien, nom) for nom in ("debut", "duree_min", "lieu", "message")}
    acteur = structure_de(entretien.mise_en_relation)
    return actions.modifier_entretien(acteur=acteur, entretien=entretien, **{**donnees, **champs})


def test_un_autre_lieu_ne_redemande_rien_une_autre_date_si(paire):
    """R52: the same event, a new version; what was accepted was accepted for its moment."""
    (entretien,) = proposer(paire, 2)
    entretien = repondre(entretien, True)
    with pytest.raises(RegleNonRespectee, match="Rien n’a changé"):
        modifier(entretien)
    entretien = modifier(entretien, lieu="Médiathèque")
    assert (entretien.etat, entretien.lieu) == (_E.ACCEPTE, "Médiathèque")
    entretien = modifier(entretien, debut=entretien.debut + JOUR)
    assert entretien.etat == _E.PROPOSE
    versions = [agendas(c)[uid(entretien)] for c in courriels("entretien_modifie")]
    assert versions == [("REQUEST", "CONFIRMED", 2), ("REQUEST", "TENTATIVE", 3)]
    assert len(courriels("entretien_change_structure")) == 2
    with pytest.raises(RegleNonRespectee, match="à venir"):
        modifier(entretien, debut=timezone.now() - JOUR)


def test_un_creneau_deplace_ne_double_pas_un_autre(paire):
    premier, second = proposer(paire, 1, 2)
    with pytest.raises(RegleNonRespectee, match="déjà dans votre proposition"):
        modifier(second, debut=premier.debut)


def test_annuler_une_date_laisse_choisir_les_autres(paire):
    premier, second = proposer(paire, 1, 2)
    actions.annuler_entretien(acteur=structure_de(paire), entretien=premier)
    (courriel,) = courriels("entretien_annule")
    assert agendas(courriel)[uid(premier)][0] == "CANCEL"
    assert "Vous pouvez toujours choisir" in courriel.message
    assert repondre(second, True).etat == _E.ACCEPTE
    actions.annuler_entretien(acteur=structure_de(paire), entretien=second)
    assert agendas(courriels("entretien_change_structure")[0])[uid(second)][0] == "CANCEL"


def test_ecarter_la_personne_annule_aussi_l_agenda(paire):
    """R50, R52: no interview outlives its pair, in no calendar."""
    (entretien,) = proposer(paire, 2)
    repondre(entretien, True)
    actions.ecarter(acteur=structure_de(paire), mise_en_relation=paire, motif="profil")
    assert agendas(courriels("ecartee")[0]) == {uid(entretien): ("CANCEL", "CANCELLED", 2)}
    assert etats(paire) == [_E.ANNULE]


def test_decliner_le_poste_annule_l_agenda_de_la_structure(paire):
    (entretien,) = proposer(paire, 2)
    repondre(entretien, True)
    actions.decliner(acteur=acteur_candidat(paire.candidat), mise_en_relation=paire, motif="distance")
    assert agendas(courriels("declin")[0]) == {uid(entretien): ("CANCEL", "CANCELLED", 2)}


# --- what became of it ----------------------------------------------------------------------------------------------


@pytest.fixture
def tenu():
    """Accepted, and its hour has passed."""
    paire = MiseEnRelationFactory(entretien=True)
    entretien = paire.entretiens.get()
    Entretien.objects.filter(pk=entretien.pk).update(etat=_E.ACCEPTE, debut=timezone.now() - JOUR)
    return Entretien.objects.get(pk=entretien.pk)


def test_la_personne_n_est_pas_venue(tenu):
    """R52: she is told and can answer; nothing is closed, and a mistake is corrected."""
    acteur = structure_de(tenu.mise_en_relation)
    assert actions.constater_absence(acteur=acteur, entretien=tenu).etat == _E.ABSENT
    (courriel,) = courriels("entretien_absence")
    assert not courriel.attachments.exists()
    assert liens(courriel, "/propositions/")
    tenu.mise_en_relation.refresh_from_db()
    assert tenu.mise_en_relation.vivante
    assert actions.passer_entretien(acteur=acteur, entretien=tenu).etat == _E.PASSE


def test_on_ne_constate_que_ce_qui_est_passe_et_accepte(tenu):
    propose = EntretienFactory()
    with pytest.raises(TransitionInterdite):
        actions.constater_absence(acteur=structure_de(propose.mise_en_relation), entretien=propose)
    Entretien.objects.filter(pk=tenu.pk).update(debut=timezone.now() + JOUR)
    with pytest.raises(RegleNonRespectee, match="pas encore eu lieu"):
        actions.constater_absence(acteur=structure_de(tenu.mise_en_relation), entretien=tenu)


def test_un_entretien_tenu_libere_les_autres_dates(paire):
    """R52: agreed by telephone on the first slot: the other one has no object any more, and the person is told."""
    premier, second = proposer(paire, 1, 2)
    Entretien.objects.filter(pk=premier.pk).update(debut=timezone.now() - JOUR)
    actions.passer_entretien(acteur=structure_de(paire), entretien=premier)
    assert etats(paire) == [_E.PASSE, _E.ANNULE]
    assert list(agendas(courriels("entretien_annule")[0])) == [uid(second)]


def test_une_personne_absente_n_a_pas_ete_rencontree(tenu):
    """R52: the advice of S0 counts the people seen."""
    from candidats.lectures import rencontres

    poste = tenu.mise_en_relation.poste
    assert rencontres(poste) == 1
    actions.constater_absence(acteur=structure_de(tenu.mise_en_relation), entretien=tenu)
    assert rencontres(poste) == 0


# --- reminders, invariants ------------------------------------------------------------------------------------------


def test_le_rappel_de_la_veille_parle_une_fois_de_la_proposition(paire):
    """R52: one mail to each side for the slots of tomorrow; moved, an interview is recalled again."""
    demain = timezone.localtime().replace(hour=10, minute=0) + JOUR
    creneaux = actions.inviter_entretien(
        acteur=structure_de(paire),
        mise_en_relation=paire,
        debuts=[demain, demain.replace(hour=14), demain + JOUR],
        duree_min=45,
        lieu="Mairie",
    )
    aujourdhui = timezone.localdate()
    assert rappels.rappeler_entretiens(aujourdhui) == 2
    assert rappels.rappeler_entretiens(aujourdhui) == 0
    (courriel,) = courriels("entretien_demain")
    assert courriel.message.count("durée 45 minutes") == 2
    assert "attend votre réponse" in courriel.message
    assert "n’a pas encore accepté" in courriels("entretien_demain_structure")[0].message
    accepte = repondre(creneaux[0], True)
    modifier(accepte, debut=demain + 2 * JOUR)
    assert rappels.rappeler_entretiens(aujourdhui + 2 * JOUR) == 2


@pytest.mark.parametrize(
    "autre",
    [
        {"accepte": True, "proposition": None},
        {},
    ],
    ids=["un accepté à côté", "deux propositions"],
)
def test_l_invariant_voit_deux_propositions(autre):
    """R52."""
    paire = MiseEnRelationFactory(entretien=True)
    assert coherence.entretiens_ouverts() == 0
    if autre.pop("proposition", "") is None:
        autre["proposition"] = paire.entretiens.get().proposition
    EntretienFactory(mise_en_relation=paire, **autre)
    assert coherence.entretiens_ouverts() == 1
