"""The verbs of structures and candidates on pairs: shortlist, interview, refusal, answers (R49 to R52)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from icalendar import Calendar

from candidats import actions, liens
from candidats.enums import EtatEntretien, EtatInvitation, EtatMiseEnRelation, Origine
from candidats.models import MiseEnRelation
from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite
from portal.commun.jetons import JetonInvalide
from tests.candidats.factories import (
    CandidatFactory,
    EntretienFactory,
    InvitationCandidatFactory,
    MiseEnRelationFactory,
    acteur_candidat,
)
from tests.candidats.outils import adresses, courriels, piece_jointe, verifier_coherence_candidats
from tests.structures.factories import PosteFactory, acteur_de_structure

pytestmark = pytest.mark.django_db
_E = EtatMiseEnRelation
DEMAIN = dt.timedelta(days=1)


def structure_de(paire):
    return acteur_de_structure(paire.poste.structure)


# --- shortlist and refusal ------------------------------------------------------------------------------------------


def test_preselectionner_informe_le_candidat():
    """R50, R51, R113: the candidate is told, the history is signed."""
    paire = MiseEnRelationFactory()
    acteur = structure_de(paire)
    paire = actions.preselectionner(acteur=acteur, mise_en_relation=paire)
    assert paire.etat == _E.PRESELECTIONNEE
    assert adresses("preselection") == [paire.candidat.utilisateur.email]
    ligne = paire.history.first()
    assert (ligne.history_role, ligne.history_user_id) == ("structure", acteur.utilisateur_id)


def test_une_autre_structure_ne_decide_pas():
    paire, autre = MiseEnRelationFactory(), MiseEnRelationFactory()
    with pytest.raises(AccesRefuse):
        actions.preselectionner(acteur=structure_de(autre), mise_en_relation=paire)


def test_ecarter_demande_une_raison_de_la_liste():
    """R50."""
    paire = MiseEnRelationFactory()
    for motif, precisions in (("", ""), ("inconnu", ""), ("autre", "  ")):
        with pytest.raises(RegleNonRespectee) as refus:
            actions.ecarter(acteur=structure_de(paire), mise_en_relation=paire, motif=motif, precisions=precisions)
        assert refus.value.regle == "R50"
    paire.refresh_from_db()
    assert paire.etat == _E.NOUVELLE


def test_ecarter_amene_aussitot_le_suivant(django_capture_on_commit_callbacks):
    """R47: a refusal frees the slot, and the next best candidate is proposed at once; the refused one never again."""
    poste = PosteFactory()
    suivant = CandidatFactory()
    paires = [MiseEnRelationFactory(poste=poste) for _ in range(3)]
    with django_capture_on_commit_callbacks(execute=True):
        actions.ecarter(acteur=structure_de(paires[0]), mise_en_relation=paires[0], motif="profil")
    nouvelles = MiseEnRelation.objects.filter(poste=poste, etat=_E.NOUVELLE).exclude(pk__in=[p.pk for p in paires])
    assert [n.candidat for n in nouvelles] == [suivant]
    assert adresses("ecartee") == [paires[0].candidat.utilisateur.email]
    assert len(courriels("propositions_structure")) == 1
    assert actions.completer_poste(acteur=Acteur.systeme(), poste=poste) == []
    verifier_coherence_candidats()


def test_retablir_annule_le_refus_sans_depasser_trois(django_capture_on_commit_callbacks):
    """R50, R47: undone, the pair comes back as the structure's own choice, beside the replacement."""
    poste = PosteFactory()
    CandidatFactory()
    paires = [MiseEnRelationFactory(poste=poste) for _ in range(3)]
    with django_capture_on_commit_callbacks(execute=True):
        actions.ecarter(acteur=structure_de(paires[0]), mise_en_relation=paires[0], motif="profil")
    paire = actions.retablir(acteur=structure_de(paires[0]), mise_en_relation=paires[0])
    assert (paire.etat, paire.origine, paire.motif) == (_E.PRESELECTIONNEE, Origine.MANUELLE, "")
    assert MiseEnRelation.objects.vivantes().filter(poste=poste).count() == 4
    verifier_coherence_candidats()


def test_retablir_refuse_une_personne_partie():
    paire = MiseEnRelationFactory(ecartee=True, candidat=CandidatFactory(retire=True))
    with pytest.raises(RegleNonRespectee):
        actions.retablir(acteur=structure_de(paire), mise_en_relation=paire)


def test_ecarter_par_lien():
    """R50: the signed link of the mail does the same, once, by whoever in the structure received it."""
    paire = MiseEnRelationFactory()
    secret = liens.signer(paire)
    paire = actions.ecarter_par_lien(acteur=Acteur.visiteur(), secret=secret, motif="distance")
    assert (paire.etat, paire.motif) == (_E.ECARTEE, "distance")
    with pytest.raises(TransitionInterdite):
        actions.ecarter_par_lien(acteur=Acteur.visiteur(), secret=secret, motif="distance")


def test_un_refus_annule_met_fin_aux_liens_deja_envoyes():
    """R50: what a structure took back is not undone again by an old mail; only a later one brings a link."""
    paire = MiseEnRelationFactory()
    ancien = liens.signer(paire)
    paire = actions.ecarter_par_lien(acteur=Acteur.visiteur(), secret=ancien, motif="distance")
    paire = actions.retablir(acteur=structure_de(paire), mise_en_relation=paire)
    with pytest.raises(JetonInvalide, match="a déjà servi"):
        actions.ecarter_par_lien(acteur=Acteur.visiteur(), secret=ancien, motif="distance")
    paire.refresh_from_db()
    assert paire.etat == _E.PRESELECTIONNEE
    suivant = liens.signer(paire)
    paire = actions.ecarter_par_lien(acteur=Acteur.visiteur(), secret=suivant, motif="distance")
    paire = actions.retablir(acteur=structure_de(paire), mise_en_relation=paire)
    for secret in (ancien, suivant):
        with pytest.raises(JetonInvalide, match="a déjà servi"):
            actions.ecarter_par_lien(acteur=Acteur.visiteur(), secret=secret, motif="distance")


def test_un_refus_annule_depuis_l_espace_met_aussi_fin_aux_liens():
    """R50: whatever the door by which the person was set aside."""
    paire = MiseEnRelationFactory()
    ancien = liens.signer(paire)
    paire = actions.ecarter(acteur=structure_de(paire), mise_en_relation=paire, motif="distance")
    paire = actions.retablir(acteur=structure_de(paire), mise_en_relation=paire)
    with pytest.raises(JetonInvalide):
        actions.ecarter_par_lien(acteur=Acteur.visiteur(), secret=ancien, motif="distance")


def test_un_lien_falsifie_ne_fait_rien():
    paire = MiseEnRelationFactory()
    secret = liens.signer(paire)
    with pytest.raises(JetonInvalide):
        actions.ecarter_par_lien(acteur=Acteur.visiteur(), secret=secret[:-1] + "x", motif="distance")
    with pytest.raises(JetonInvalide):
        actions.ecarter_par_lien(acteur=Acteur.visiteur(), secret=paire.uuid.hex, motif="distance")


# --- interviews -----------------------------------------------------------------------------------------------------


def _inviter(paire, **champs):
    debut = champs.pop("debut", timezone.now() + DEMAIN)
    donnees = {"debuts": [debut], "duree_min": 45, "lieu": "Mairie", "message": "", **champs}
    (entretien,) = actions.inviter_entretien(acteur=structure_de(paire), mise_en_relation=paire, **donnees)
    return entretien


def test_inviter_a_un_entretien():
    """R52: the candidate receives the slot with its calendar file."""
    entretien = _inviter(MiseEnRelationFactory(preselectionnee=True), message="À bientôt.")
    assert entretien.mise_en_relation.etat == _E.ENTRETIEN
    (courriel,) = courriels("entretien_propose")
    (evenement,) = Calendar.from_ical(piece_jointe(courriel)).walk("VEVENT")
    assert evenement.decoded("dtstart").timestamp() == pytest.approx(entretien.debut.timestamp(), abs=1)
    assert evenement.decoded("dtend") - evenement.decoded("dtstart") == dt.timedelta(minutes=45)
    assert str(evenement["location"]) == "Mairie"


def test_une_nouvelle_date_annule_la_precedente():
    """R52: one open interview at most."""
    paire = MiseEnRelationFactory(preselectionnee=True)
    premier = _inviter(paire)
    second = _inviter(paire, debut=timezone.now() + 2 * DEMAIN)
    premier.refresh_from_db()
    assert (premier.etat, second.etat) == (EtatEntretien.ANNULE, EtatEntretien.PROPOSE)
    verifier_coherence_candidats()


@pytest.mark.parametrize(
    ("champs", "champ"),
    [({"debut": None}, "debut"), ({"duree_min": 7}, "duree_min"), ({"lieu": "  "}, "lieu")],
)
def test_un_entretien_impossible_est_refuse(champs, champ):
    if "debut" in champs:
        champs = {"debut": timezone.now() - dt.timedelta(minutes=1)}
    with pytest.raises(RegleNonRespectee) as refus:
        _inviter(MiseEnRelationFactory(preselectionnee=True), **champs)
    assert refus.value.champ == champ


def test_le_candidat_accepte_puis_ne_peut_plus_venir():
    """R51, R52: the structure is told both times; the cancelled event cancels the calendar's."""
    entretien = EntretienFactory(mise_en_relation=MiseEnRelationFactory(preselectionnee=True))
    MiseEnRelation.objects.filter(pk=entretien.mise_en_relation_id).update(etat=_E.ENTRETIEN)
    candidat = acteur_candidat(entretien.mise_en_relation.candidat)
    entretien = actions.repondre_entretien(acteur=candidat, entretien=entretien, accepte=True)
    assert entretien.etat == EtatEntretien.ACCEPTE
    entretien = actions.repondre_entretien(acteur=candidat, entretien=entretien, accepte=False)
    assert entretien.etat == EtatEntretien.ANNULE
    contact = entretien.mise_en_relation.poste.structure.contact_courriel
    assert adresses("entretien_accepte") == adresses("entretien_impossible") == [contact]
    assert b"STATUS:CANCELLED" in piece_jointe(courriels("entretien_impossible")[0])


def test_un_autre_candidat_ne_repond_pas():
    entretien = EntretienFactory()
    with pytest.raises(AccesRefuse):
        actions.repondre_entretien(acteur=acteur_candidat(CandidatFactory()), entretien=entretien, accepte=True)


def test_un_entretien_n_est_passe_qu_apres_sa_date():
    entretien = EntretienFactory()
    acteur = structure_de(entretien.mise_en_relation)
    with pytest.raises(RegleNonRespectee):
        actions.passer_entretien(acteur=acteur, entretien=entretien)
    actions.annuler_entretien(acteur=acteur, entretien=entretien)
    assert adresses("entretien_annule") == [entretien.mise_en_relation.candidat.utilisateur.email]


# --- answers --------------------------------------------------------------------------------------------------------


def test_manifester_son_interet_une_fois():
    """R51: the structure is told once."""
    paire = MiseEnRelationFactory()
    acteur = acteur_candidat(paire.candidat)
    premiere = actions.manifester_interet(acteur=acteur, mise_en_relation=paire).interet_candidat_le
    assert actions.manifester_interet(acteur=acteur, mise_en_relation=paire).interet_candidat_le == premiere
    assert len(courriels("interet")) == 1


def test_decliner_informe_la_structure_et_amene_le_suivant(django_capture_on_commit_callbacks):
    """R47, R51: whoever says no frees the slot."""
    paire = MiseEnRelationFactory(interet_candidat_le=timezone.now())
    suivant = CandidatFactory()
    with django_capture_on_commit_callbacks(execute=True):
        actions.decliner(acteur=acteur_candidat(paire.candidat), mise_en_relation=paire, motif="distance")
    paire.refresh_from_db()
    assert paire.etat == _E.DECLINEE
    assert "trop éloigné" in courriels("declin")[0].message
    assert MiseEnRelation.objects.filter(poste=paire.poste, candidat=suivant, etat=_E.NOUVELLE).exists()


def test_un_candidat_ne_repond_pas_pour_un_autre():
    paire = MiseEnRelationFactory()
    for verbe, champs in ((actions.manifester_interet, {}), (actions.decliner, {"motif": "distance"})):
        with pytest.raises(AccesRefuse):
            verbe(acteur=acteur_candidat(CandidatFactory()), mise_en_relation=paire, **champs)


# --- R49: an identified candidate -----------------------------------------------------------------------------------


def test_inviter_une_personne_inconnue():
    """R49: a link to register; nothing else exists before."""
    poste = PosteFactory()
    invitation = actions.inviter_candidat_identifie(
        acteur=acteur_de_structure(poste.structure), poste=poste, courriel=" Lea.Petit@Exemple.fr "
    )
    assert (invitation.etat, invitation.courriel) == (EtatInvitation.ENVOYEE, "lea.petit@exemple.fr")
    assert adresses("invitation") == ["lea.petit@exemple.fr"]
    assert not MiseEnRelation.objects.filter(poste=poste).exists()
    with pytest.raises(RegleNonRespectee):
        actions.inviter_candidat_identifie(
            acteur=acteur_de_structure(poste.structure), poste=poste, courriel="lea.petit@exemple.fr"
        )


def test_inviter_une_personne_deja_inscrite():
    """R49: linked at once, beyond the three of the engine, whatever the distance."""
    poste = PosteFactory()
    for _ in range(3):
        MiseEnRelationFactory(poste=poste)
    candidat = CandidatFactory(mobilite_km=5)
    invitation = actions.inviter_candidat_identifie(
        acteur=acteur_de_structure(poste.structure), poste=poste, courriel=candidat.utilisateur.email.upper()
    )
    assert invitation.etat == EtatInvitation.ACCEPTEE
    assert invitation.mise_en_relation.origine == Origine.INVITATION
    assert invitation.mise_en_relation.distance_km == 0
    verifier_coherence_candidats()


@pytest.mark.parametrize("trait", ["ecartee", "declinee", "preselectionnee"])
def test_inviter_une_personne_deja_vue_pour_ce_poste(trait):
    paire = MiseEnRelationFactory(**{trait: True})
    with pytest.raises(RegleNonRespectee) as refus:
        actions.inviter_candidat_identifie(
            acteur=structure_de(paire), poste=paire.poste, courriel=paire.candidat.utilisateur.email
        )
    assert refus.value.regle == "R49"


def test_annuler_une_invitation():
    invitation = InvitationCandidatFactory()
    acteur = acteur_de_structure(invitation.poste.structure)
    with pytest.raises(RegleNonRespectee):
        # Sent a moment ago: nobody is flooded.
        actions.renvoyer_invitation(acteur=acteur, invitation=invitation)
    assert actions.annuler_invitation(acteur=acteur, invitation=invitation).etat == EtatInvitation.ANNULEE
