"""« Présélectionner pour un poste » from the CVthèque (R44, R46, R47, R49, R53): one pair, explained, told."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from candidats import actions, regles_cvtheque
from candidats.enums import EtatMiseEnRelation, Mobilite, Origine
from candidats.models import MiseEnRelation
from candidats.regles import CandidatFacts, Lieu, PosteFacts
from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee
from portal.commun.evenements import emettre
from portal.commun.roles import Role
from structures.enums import EtatPoste
from structures.models import LieuExercice
from tests.candidats.factories import CandidatFactory, MiseEnRelationFactory, mettre_poste
from tests.candidats.outils import courriels, verifier_coherence_candidats
from tests.structures.factories import LieuExerciceFactory, PosteFactory, acteur_de_structure, lieu, membre
from tests.test_concurrence import ensemble

_E = EtatMiseEnRelation
JOUR = dt.date(2026, 3, 2)


def choisir(poste, candidat):
    return actions.preselectionner_candidat(acteur=acteur_de_structure(poste.structure), poste=poste, candidat=candidat)


@pytest.mark.django_db
def test_la_paire_est_presentee_expliquee_et_annoncee():
    poste, candidat = PosteFactory(), CandidatFactory(commune=lieu("03310"), experimente=True)
    paire = choisir(poste, candidat)
    assert (paire.etat, paire.origine) == (_E.PRESELECTIONNEE, Origine.MANUELLE)
    assert paire.distance_km == pytest.approx(50, abs=8)
    assert [critere["code"] for critere in paire.explication] == ["distance", "date", "experience", "pix", "voeux"]
    assert paire.score == pytest.approx(sum(critere["points"] for critere in paire.explication))
    assert paire.history.get().history_change_reason == "Choisie dans la CVthèque"
    (courriel,) = courriels("preselection_cvtheque")
    assert courriel.to == [candidat.utilisateur.email]
    assert poste.structure.nom in courriel.message
    assert "CVthèque" in courriel.message
    verifier_coherence_candidats()


@pytest.mark.django_db
def test_une_paire_choisie_ne_prend_pas_la_place_d_une_proposition():
    """R47, R48: three of the engine besides; the person chosen is not proposed a second time."""
    poste = PosteFactory()
    choisie = choisir(poste, CandidatFactory())
    for _ in range(4):
        CandidatFactory()
    actions.apparier(acteur=Acteur.systeme())
    assert MiseEnRelation.objects.du_moteur().filter(poste=poste).count() == 3
    assert MiseEnRelation.objects.filter(candidat=choisie.candidat).count() == 1


@pytest.mark.django_db
def test_l_explication_suit_le_poste():
    """R48, R55: chosen by hand, and told as it is now when the place of work has changed."""
    lieu_de_travail = LieuExerciceFactory(commune=lieu("03190"))
    poste = PosteFactory(structure=lieu_de_travail.structure, lieux=[lieu_de_travail])
    paire = choisir(poste, CandidatFactory())
    LieuExercice.objects.filter(pk=lieu_de_travail.pk).update(commune=lieu("03310"))
    emettre("poste.deplace", postes=[poste])
    apres = MiseEnRelation.objects.get(pk=paire.pk)
    assert apres.etat == _E.PRESELECTIONNEE
    assert apres.distance_km == pytest.approx(50, abs=8)
    assert apres.score < paire.score
    assert "km d’un lieu d’exercice" in apres.explication[0]["texte"]


@pytest.mark.django_db
def test_une_paire_close_n_empeche_pas_de_choisir():
    paire = MiseEnRelationFactory(caduque=True)
    assert choisir(paire.poste, paire.candidat) != paire


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("trait", "phrase"),
    [
        ("nouvelle", "en cours"),
        ("preselectionnee", "en cours"),
        ("entretien", "en cours"),
        ("ecartee", "reprenez"),
        ("declinee", "a décliné"),
        ("validee", "déjà validée"),
        ("recrutee", "déjà recrutée"),
    ],
)
def test_ce_qui_existe_deja_mene_a_la_paire(trait, phrase):
    """R46: proposed, set aside or declined for this post: no second pair, the first one is named."""
    paire = MiseEnRelationFactory(**({trait: True} if trait != "nouvelle" else {}))
    with pytest.raises(actions.CandidatureExistante, match=phrase) as refus:
        choisir(paire.poste, paire.candidat)
    assert refus.value.mise_en_relation == paire
    assert MiseEnRelation.objects.count() == 1
    assert not courriels("preselection_cvtheque")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("trait", "phrase"),
    [
        ("a_confirmer", "n’est plus disponible"),
        ("indisponible", "n’est plus disponible"),
        ("retire", "n’est plus disponible"),
        ("recrute", "déjà recrutée"),
    ],
)
def test_qui_n_est_pas_proposable_est_refuse(trait, phrase):
    with pytest.raises(RegleNonRespectee, match=phrase):
        choisir(PosteFactory(), CandidatFactory(**{trait: True}))


@pytest.mark.django_db
def test_un_compte_ferme_est_refuse():
    candidat = CandidatFactory()
    candidat.utilisateur.is_active = False
    candidat.utilisateur.save()
    with pytest.raises(RegleNonRespectee, match="n’est plus disponible"):
        choisir(PosteFactory(), candidat)


@pytest.mark.django_db
def test_validee_ailleurs_est_refuse():
    """R53: one post per person."""
    with pytest.raises(RegleNonRespectee, match="n’est plus libre"):
        choisir(PosteFactory(), MiseEnRelationFactory(validee=True).candidat)


@pytest.mark.django_db
@pytest.mark.parametrize("etat", [EtatPoste.RESERVE, EtatPoste.POURVU, EtatPoste.RENDU, EtatPoste.RETIRE])
def test_un_poste_qui_n_est_pas_libre_est_refuse(etat):
    poste = mettre_poste(PosteFactory(motif_fin="Essai"), etat)
    with pytest.raises(RegleNonRespectee, match="plus à pourvoir"):
        choisir(poste, CandidatFactory())


@pytest.mark.django_db
def test_un_poste_dont_quelqu_un_est_valide_est_refuse():
    with pytest.raises(RegleNonRespectee, match="déjà validée pour ce poste"):
        choisir(MiseEnRelationFactory(validee=True).poste, CandidatFactory())


@pytest.mark.django_db
def test_ni_membre_ni_contact_de_la_structure():
    """Nobody chooses themselves with the account of the structure."""
    poste = PosteFactory()
    du_contact = CandidatFactory(utilisateur__email=poste.structure.contact_courriel.lower())
    collegue = CandidatFactory(utilisateur=membre(poste.structure).utilisateur)
    for candidat in (du_contact, collegue):
        with pytest.raises(RegleNonRespectee, match="membre ou du contact"):
            choisir(poste, candidat)
    assert choisir(PosteFactory(), collegue).etat == _E.PRESELECTIONNEE


@pytest.mark.django_db
@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.STRUCTURE, Role.SYSTEME)])
def test_seule_la_structure_choisit(role, acteur):
    with pytest.raises(AccesRefuse):
        actions.preselectionner_candidat(acteur=acteur(role), poste=PosteFactory(), candidat=CandidatFactory())
    assert not MiseEnRelation.objects.exists()


@pytest.mark.django_db
def test_pour_ses_postes_et_une_fois_activee():
    with pytest.raises(AccesRefuse, match="autre structure"):
        actions.preselectionner_candidat(
            acteur=acteur_de_structure(PosteFactory().structure), poste=PosteFactory(), candidat=CandidatFactory()
        )
    with pytest.raises(AccesRefuse, match="pas encore activée"):
        choisir(PosteFactory(a_activer=True), CandidatFactory())


@pytest.mark.django_db(transaction=True)
def test_deux_clics_a_la_meme_seconde_font_une_paire():
    """R46: the second one waits on the post, then finds the pair of the first."""
    poste, candidat = PosteFactory(), CandidatFactory()

    def cliquer():
        try:
            return choisir(poste, candidat)
        except actions.CandidatureExistante as existante:
            return existante

    resultats = ensemble(cliquer, cliquer)
    paire = MiseEnRelation.objects.get()
    assert sorted(type(resultat).__name__ for resultat in resultats) == ["CandidatureExistante", "MiseEnRelation"]
    assert {getattr(resultat, "mise_en_relation", resultat) for resultat in resultats} == {paire}
    assert len(courriels("preselection_cvtheque")) == 1


# --- what does not fit, said before ---------------------------------------------------------------------------------

ICI, PRES, EN_CORSE = Lieu(46.566, 3.333, "metropole"), Lieu(46.3, 3.333, "metropole"), Lieu(42.7, 9.45, "corse")


def faits(**champs):
    return CandidatFacts(**{"identifiant": "a", "lieu": ICI, "mobilite_km": 20, "disponible_le": JOUR, **champs})


def poste_a(*lieux, **champs):
    return PosteFacts(identifiant="p", lieux=lieux, demarrage_le=JOUR, **champs)


@pytest.mark.parametrize(
    ("candidat", "poste", "phrases"),
    [
        (faits(), poste_a(ICI), []),
        (faits(), poste_a(PRES), ["jusqu’à 20 km de chez elle ; le lieu d’exercice le plus proche est à 29,6 km."]),
        (faits(), poste_a(EN_CORSE), ["de l’autre côté de la mer"]),
        (faits(), poste_a(EN_CORSE, PRES), ["29,6 km"]),
        (faits(mobilite_km=Mobilite.FRANCE), poste_a(EN_CORSE), []),
        (faits(disponible_le=JOUR + dt.timedelta(days=1)), poste_a(ICI), ["à partir du 3 mars 2026, après la date"]),
        (faits(), poste_a(ICI, coordinateur=True), ["n’a pas demandé de poste de coordinateur"]),
        (faits(veut_coordination=True), poste_a(ICI, coordinateur=True), []),
    ],
)
def test_les_reserves(candidat, poste, phrases):
    """R46 refuses these pairs to the engine; a person who chooses is warned."""
    dites = regles_cvtheque.reserves(candidat, poste, JOUR)
    assert len(dites) == len(phrases)
    for dite, phrase in zip(dites, phrases, strict=True):
        assert phrase in dite


def test_la_borne_de_la_mobilite_n_appelle_pas_de_reserve():
    """R46: bound included, as for the engine."""
    assert regles_cvtheque.communes_acceptees({"a": 5.0, "b": 5.000001})[5] == ["a"]
    assert timezone.localdate() and not regles_cvtheque.reserves(faits(), poste_a(ICI), JOUR)
