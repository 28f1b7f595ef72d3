"""R53, R54: one validated candidate per post and one post per person, under real concurrency; recruitment and lapse."""

from __future__ import annotations

import threading
from functools import partial

import pytest
from django.db import connection
from django.utils import timezone

from candidats import actions
from candidats.enums import EtatCandidat, EtatEntretien, EtatMiseEnRelation, MotifCloture
from candidats.models import MiseEnRelation
from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite
from structures.enums import EtatPoste
from tests.candidats.factories import (
    CandidatFactory,
    MiseEnRelationFactory,
    acteur_candidat,
    mettre_poste,
)
from tests.candidats.outils import adresses, courriels, verifier_coherence_candidats
from tests.structures.factories import PosteFactory, acteur_de_structure

_E = EtatMiseEnRelation
SYSTEME = Acteur.systeme()


def structure_de(paire):
    return acteur_de_structure(paire.poste.structure)


def valider(paire, acteur=None, taille="M"):
    return actions.valider(acteur=acteur or structure_de(paire), mise_en_relation=paire, taille_tenue=taille)


# --- one at a time --------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_valider_reserve_le_poste_et_informe():
    """R53: the post is held, both sides are told, the outfit size is kept."""
    paire = MiseEnRelationFactory(preselectionnee=True)
    paire = valider(paire)
    assert (paire.etat, paire.taille_tenue) == (_E.VALIDEE, "M")
    assert paire.validee_le is not None
    paire.poste.refresh_from_db()
    assert paire.poste.etat == EtatPoste.RESERVE
    assert adresses("validation") == [paire.candidat.utilisateur.email]
    assert len(courriels("validation_structure")) == 1
    verifier_coherence_candidats()


@pytest.mark.django_db
def test_la_taille_de_la_tenue_est_demandee():
    with pytest.raises(RegleNonRespectee) as refus:
        valider(MiseEnRelationFactory(preselectionnee=True), taille="")
    assert refus.value.champ == "taille_tenue"


@pytest.mark.django_db
def test_une_nouvelle_proposition_ne_se_valide_pas():
    with pytest.raises(TransitionInterdite):
        valider(MiseEnRelationFactory())


@pytest.mark.django_db
def test_un_poste_une_personne_l_un_apres_l_autre():
    """R53: the second one reads a sentence that says why."""
    candidat, poste = CandidatFactory(), PosteFactory()
    premiere = MiseEnRelationFactory(preselectionnee=True, candidat=candidat, poste=poste)
    meme_personne = MiseEnRelationFactory(preselectionnee=True, candidat=candidat)
    meme_poste = MiseEnRelationFactory(preselectionnee=True, poste=poste)
    valider(premiere)
    with pytest.raises(RegleNonRespectee, match="Une autre structure vient de valider cette personne"):
        valider(meme_personne)
    with pytest.raises(RegleNonRespectee, match="Une candidature est déjà validée pour ce poste"):
        valider(meme_poste)
    verifier_coherence_candidats()


@pytest.mark.django_db
def test_seule_la_structure_du_poste_valide():
    paire = MiseEnRelationFactory(preselectionnee=True)
    with pytest.raises(AccesRefuse):
        valider(paire, acteur=structure_de(MiseEnRelationFactory()))
    with pytest.raises(AccesRefuse):
        valider(paire, acteur=acteur_candidat(paire.candidat))


@pytest.mark.django_db
def test_annuler_avant_le_contrat_rend_le_poste():
    """R50: the post is free again, the pair is set aside with its reason, the person is told."""
    paire = valider(MiseEnRelationFactory(preselectionnee=True))
    paire = actions.annuler_validation(acteur=structure_de(paire), mise_en_relation=paire, motif="desistement")
    assert (paire.etat, paire.motif) == (_E.ECARTEE, "desistement")
    paire.poste.refresh_from_db()
    assert paire.poste.etat == EtatPoste.A_POURVOIR
    assert adresses("validation_annulee") == [paire.candidat.utilisateur.email]
    verifier_coherence_candidats()


@pytest.mark.django_db
def test_une_phrase_de_la_bdt_est_gardee_comme_precision(acteur):
    paire = valider(MiseEnRelationFactory(preselectionnee=True))
    paire = actions.annuler_validation(acteur=acteur("bdt"), mise_en_relation=paire, motif="Dossier rejeté.")
    assert (paire.motif, paire.precisions) == ("autre", "Dossier rejeté.")


@pytest.mark.django_db
def test_rien_ne_s_annule_apres_le_contrat():
    """R53: once the contract is signed, the way out is a breach."""
    paire = valider(MiseEnRelationFactory(preselectionnee=True))
    mettre_poste(paire.poste, EtatPoste.POURVU)
    with pytest.raises(RegleNonRespectee):
        actions.annuler_validation(acteur=structure_de(paire), mise_en_relation=paire, motif="desistement")
    with pytest.raises(RegleNonRespectee):
        actions.decliner(acteur=acteur_candidat(paire.candidat), mise_en_relation=paire, motif="salaire")


@pytest.mark.django_db
def test_le_candidat_valide_decline():
    """R51: the post is free again and the structure is told."""
    paire = valider(MiseEnRelationFactory(preselectionnee=True))
    actions.decliner(acteur=acteur_candidat(paire.candidat), mise_en_relation=paire, motif="autre-emploi")
    paire.poste.refresh_from_db()
    assert paire.poste.etat == EtatPoste.A_POURVOIR
    assert len(courriels("declin")) == 1
    verifier_coherence_candidats()


# --- R54 ------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_le_recrutement_clot_tout_le_reste(django_capture_on_commit_callbacks):
    """R54: every other live proposal of the person and of the post lapses, with a mail; freed posts get others."""
    candidat, poste = CandidatFactory(), PosteFactory()
    choisie = MiseEnRelationFactory(preselectionnee=True, candidat=candidat, poste=poste)
    du_poste = MiseEnRelationFactory(poste=poste, entretien=True)
    ailleurs = MiseEnRelationFactory(candidat=candidat, preselectionnee=True)
    sans_lien = MiseEnRelationFactory(preselectionnee=True)
    valider(choisie)
    mettre_poste(poste, EtatPoste.POURVU)
    with django_capture_on_commit_callbacks(execute=True):
        paire = actions.constater_recrutement(acteur=SYSTEME, mise_en_relation=choisie, le=timezone.localdate())
    assert (paire.etat, paire.recrutee_le) == (_E.RECRUTEE, timezone.localdate())
    candidat.refresh_from_db()
    assert candidat.etat == EtatCandidat.RECRUTE
    for autre, motif in ((du_poste, MotifCloture.POSTE_POURVU), (ailleurs, MotifCloture.RECRUTE)):
        autre.refresh_from_db()
        assert (autre.etat, autre.motif) == (_E.CADUQUE, motif)
    assert du_poste.entretiens.get().etat == EtatEntretien.ANNULE
    sans_lien.refresh_from_db()
    assert sans_lien.etat == _E.PRESELECTIONNEE
    assert adresses("recrutement") == [candidat.utilisateur.email]
    assert adresses("propositions_closes") == [du_poste.candidat.utilisateur.email]
    assert adresses("candidat_recrute") == [ailleurs.poste.structure.contact_courriel]
    # The post of `ailleurs` gets the candidates who are left.
    assert MiseEnRelation.objects.vivantes().filter(poste=ailleurs.poste).exists()
    verifier_coherence_candidats()


@pytest.mark.django_db
def test_seul_l_organisme_constate_le_recrutement(acteur):
    paire = valider(MiseEnRelationFactory(preselectionnee=True))
    with pytest.raises(AccesRefuse):
        actions.constater_recrutement(acteur=structure_de(paire), mise_en_relation=paire, le=timezone.localdate())
    actions.constater_recrutement(acteur=acteur("organisme"), mise_en_relation=paire, le=timezone.localdate())


# --- at the same moment ---------------------------------------------------------------------------------------------


def au_meme_moment(*taches):
    """Run each task in its own thread and connection, started together; their results or refusals, in order."""
    depart = threading.Barrier(len(taches))
    resultats: list = [None] * len(taches)

    def courir(rang, tache):
        try:
            depart.wait(timeout=10)
            resultats[rang] = tache()
        except Exception as erreur:
            resultats[rang] = erreur
        finally:
            connection.close()

    fils = [threading.Thread(target=courir, args=paire) for paire in enumerate(taches)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join(timeout=30)
    return resultats


def _un_seul_effet(resultats):
    reussis = [r for r in resultats if isinstance(r, MiseEnRelation)]
    refuses = [r for r in resultats if isinstance(r, Exception)]
    assert len(reussis) == 1
    assert all(isinstance(r, RegleNonRespectee) and r.regle == "R53" for r in refuses), refuses
    assert MiseEnRelation.objects.validees().count() == 1
    assert len(courriels("validation")) == 1
    verifier_coherence_candidats()


@pytest.mark.django_db(transaction=True)
def test_deux_structures_valident_la_meme_personne_au_meme_moment():
    """R53: one effect; the loser gets a sentence, not an error."""
    candidat = CandidatFactory()
    paires = [MiseEnRelationFactory(preselectionnee=True, candidat=candidat) for _ in range(4)]
    taches = [partial(valider, paire, structure_de(paire)) for paire in paires]
    _un_seul_effet(au_meme_moment(*taches))


@pytest.mark.django_db(transaction=True)
def test_deux_personnes_pour_le_meme_poste_au_meme_moment():
    """R53."""
    poste = PosteFactory()
    paires = [MiseEnRelationFactory(preselectionnee=True, poste=poste) for _ in range(4)]
    acteurs = [structure_de(paire) for paire in paires]
    _un_seul_effet(au_meme_moment(*[partial(valider, p, a) for p, a in zip(paires, acteurs, strict=True)]))


@pytest.mark.django_db(transaction=True)
def test_refus_et_retraits_au_meme_moment_laissent_trois_propositions_au_plus():
    """R47, R48: refusals, an answer and a withdrawal at once never deadlock, nor exceed a cap."""
    postes = [PosteFactory() for _ in range(3)]
    for _ in range(10):
        CandidatFactory()
    actions.apparier(acteur=SYSTEME)
    paires = [list(MiseEnRelation.objects.vivantes().filter(poste=poste).order_by("pk")) for poste in postes]
    taches = []
    for siennes in paires:
        acteur = structure_de(siennes[0])
        taches += [
            partial(actions.ecarter, acteur=acteur, mise_en_relation=paire, motif="profil") for paire in siennes[:2]
        ]
    partant = paires[0][2].candidat
    taches.append(partial(actions.retirer, acteur=acteur_candidat(partant), candidat=partant))
    taches.append(partial(actions.apparier, acteur=SYSTEME))
    resultats = au_meme_moment(*taches)
    assert not [r for r in resultats if isinstance(r, Exception) and not isinstance(r, TransitionInterdite)]
    actions.apparier(acteur=SYSTEME)
    verifier_coherence_candidats()
