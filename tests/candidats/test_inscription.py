"""R40 to R43: registration, its confirmation by e-mail, one account per person; profile and availability (R51, R55)."""

from __future__ import annotations

import datetime as dt

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from candidats import actions
from candidats.enums import EtatCandidat, EtatInvitation, EtatMiseEnRelation, Origine
from candidats.models import Candidat, MiseEnRelation
from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite
from portal.commun.jetons import JetonInvalide
from portal.commun.roles import Role
from portal.comptes.models import Rattachement, Utilisateur
from tests.candidats.factories import (
    CandidatFactory,
    InvitationCandidatFactory,
    MiseEnRelationFactory,
    acteur_candidat,
    donnees_inscription,
)
from tests.candidats.outils import adresses, courriels, liens, verifier_coherence_candidats
from tests.comptes.factories import MOT_DE_PASSE, RattachementFactory, UtilisateurFactory
from tests.structures.factories import PosteFactory, lieu

pytestmark = pytest.mark.django_db
VISITEUR = Acteur.visiteur()


def secret_du_courriel(rang=-1):
    (chemin,) = liens(courriels("confirmation")[rang], "/devenir-conseiller/confirmer/")
    return chemin.rstrip("/").rpartition("/")[2]


# --- registration ---------------------------------------------------------------------------------------------------


def test_inscription_d_une_personne_nouvelle():
    """R40, R42: an account, a candidate to be confirmed, a mail; nothing is proposed before the confirmation."""
    PosteFactory()
    candidat = actions.inscrire_candidat(acteur=VISITEUR, donnees=donnees_inscription(courriel="Ines.B@Exemple.FR "))
    assert candidat.etat == EtatCandidat.A_CONFIRMER
    assert candidat.utilisateur.email == "ines.b@exemple.fr"
    assert not EmailAddress.objects.get(user=candidat.utilisateur).verified
    assert adresses("confirmation") == ["ines.b@exemple.fr"]
    assert actions.apparier(acteur=Acteur.systeme()).paires_creees == 0


def test_confirmer_une_seule_fois(django_capture_on_commit_callbacks):
    """R42, R46: whoever holds the link confirms, once; the person is then proposed at once."""
    poste = PosteFactory()
    actions.inscrire_candidat(acteur=VISITEUR, donnees=donnees_inscription())
    secret = secret_du_courriel()
    with django_capture_on_commit_callbacks(execute=True):
        candidat = actions.confirmer(acteur=VISITEUR, secret=secret)
    assert candidat.etat == EtatCandidat.DISPONIBLE
    assert candidat.confirme_le is not None
    assert EmailAddress.objects.get(user=candidat.utilisateur).verified
    assert MiseEnRelation.objects.get(candidat=candidat).poste == poste
    assert candidat.history.first().history_user == candidat.utilisateur
    with pytest.raises(JetonInvalide):
        actions.confirmer(acteur=VISITEUR, secret=secret)


def test_un_nouveau_lien_remplace_l_ancien():
    """R42."""
    actions.inscrire_candidat(acteur=VISITEUR, donnees=donnees_inscription())
    ancien = secret_du_courriel()
    actions.renvoyer_confirmation(acteur=VISITEUR, courriel="NOUVELLE.personne@exemple.fr")
    with pytest.raises(JetonInvalide):
        actions.confirmer(acteur=VISITEUR, secret=ancien)
    actions.renvoyer_confirmation(acteur=VISITEUR, courriel="nouvelle.personne@exemple.fr")
    # Asked again at once, nothing more leaves: a mailbox is not flooded through the form.
    assert len(courriels("confirmation")) == 2
    actions.confirmer(acteur=VISITEUR, secret=secret_du_courriel())


def test_une_adresse_connue_ne_cree_rien_et_ne_se_dit_pas():
    """R43: one account per person, whatever the case; only the owner of the address learns that it exists."""
    connu = UtilisateurFactory(email="connu@exemple.fr", prenom="Paul")
    resultat = actions.inscrire_candidat(acteur=VISITEUR, donnees=donnees_inscription(courriel="Connu@exemple.fr"))
    assert resultat is None
    assert not Candidat.objects.exists()
    connu.refresh_from_db()
    assert connu.prenom == "Paul"
    assert connu.check_password(MOT_DE_PASSE)
    assert adresses("compte_existant") == ["connu@exemple.fr"]


def test_une_seconde_inscription_n_ecrase_pas_la_premiere():
    """R43: what was first typed is kept, and its link is sent again."""
    actions.inscrire_candidat(acteur=VISITEUR, donnees=donnees_inscription())
    autre = donnees_inscription(prenom="Pirate", mot_de_passe="Autre-Mot-De-Passe-77")
    assert actions.inscrire_candidat(acteur=VISITEUR, donnees=autre) is None
    utilisateur = Utilisateur.objects.get(email="nouvelle.personne@exemple.fr")
    assert utilisateur.prenom == "Inès"
    assert not utilisateur.check_password("Autre-Mot-De-Passe-77")
    assert "attend déjà d’être confirmée" in courriels("confirmation")[-1].message


@pytest.mark.parametrize(
    ("champs", "regle", "champ"),
    [
        ({"recherche_emploi": False}, "R40", "recherche_emploi"),
        ({"diplome": True}, "R40", "diplome_nom"),
        ({"mobilite_km": 12}, "R40", "mobilite_km"),
        ({"retraite": True}, "R41", "retraite"),
        ({"date_naissance": dt.date(2015, 1, 1)}, "R41", "date_naissance"),
        ({"date_naissance": dt.date(1940, 1, 1)}, "R41", "date_naissance"),
    ],
)
def test_une_inscription_impossible_ne_cree_rien(champs, regle, champ):
    with pytest.raises(RegleNonRespectee) as refus:
        actions.inscrire_candidat(acteur=VISITEUR, donnees=donnees_inscription(**champs))
    assert (refus.value.regle, refus.value.champ) == (regle, champ)
    assert not Utilisateur.objects.filter(email="nouvelle.personne@exemple.fr").exists()


def test_l_age_se_compte_a_la_date_de_disponibilite():
    """R41: sixteen on the very day of availability, born on 29 February included."""
    aujourdhui = timezone.localdate()
    naissance = dt.date(aujourdhui.year - 16, aujourdhui.month, min(aujourdhui.day, 28)) + dt.timedelta(days=40)
    with pytest.raises(RegleNonRespectee):
        actions.inscrire_candidat(acteur=VISITEUR, donnees=donnees_inscription(date_naissance=naissance))
    plus_tard = dt.date(naissance.year + 16, naissance.month, naissance.day)
    donnees = donnees_inscription(date_naissance=naissance, disponible_le=plus_tard)
    assert actions.inscrire_candidat(acteur=VISITEUR, donnees=donnees) is not None


def test_une_personne_connectee_s_inscrit_sans_confirmer_de_nouveau():
    """R43: the same account, one more role; its address is already proven (R42)."""
    rattachement = RattachementFactory()
    utilisateur = rattachement.utilisateur
    acteur = Acteur(Role.STRUCTURE, utilisateur.pk, str(utilisateur), utilisateur.email, rattachement.organisation_id)
    donnees = donnees_inscription()
    candidat = actions.inscrire_candidat(acteur=acteur, donnees=donnees)
    assert candidat.utilisateur_id == utilisateur.pk
    assert candidat.etat == EtatCandidat.DISPONIBLE
    assert set(Rattachement.objects.filter(utilisateur=utilisateur).values_list("role", flat=True)) == {
        "structure",
        "candidat",
    }
    with pytest.raises(RegleNonRespectee) as refus:
        actions.inscrire_candidat(acteur=acteur, donnees=donnees)
    assert refus.value.regle == "R43"


def test_un_mot_de_passe_faible_est_refuse():
    with pytest.raises(RegleNonRespectee) as refus:
        actions.inscrire_candidat(acteur=VISITEUR, donnees=donnees_inscription(mot_de_passe="123456789012"))
    assert refus.value.champ == "mot_de_passe"


def test_la_personne_invitee_devient_candidate_de_la_structure(django_capture_on_commit_callbacks):
    """R49: at the confirmation, whatever the link used, every structure that invited this address is served."""
    premiere, seconde = (
        InvitationCandidatFactory(courriel="nouvelle.personne@exemple.fr"),
        InvitationCandidatFactory(courriel="Nouvelle.Personne@exemple.fr"),
    )
    actions.inscrire_candidat(acteur=VISITEUR, donnees=donnees_inscription())
    with django_capture_on_commit_callbacks(execute=True):
        candidat = actions.confirmer(acteur=VISITEUR, secret=secret_du_courriel())
    for invitation in (premiere, seconde):
        invitation.refresh_from_db()
        assert invitation.etat == EtatInvitation.ACCEPTEE
        assert invitation.mise_en_relation.candidat == candidat
        assert invitation.mise_en_relation.origine == Origine.INVITATION
    assert len(courriels("invite_inscrit")) == 2
    verifier_coherence_candidats()


# --- profile and availability ---------------------------------------------------------------------------------------


def test_modifier_son_profil_met_a_jour_les_propositions(django_capture_on_commit_callbacks):
    """R55: an edit ends the undecided pairs that it makes impossible and makes those it allows."""
    moulins, vichy = PosteFactory(), PosteFactory(structure__commune=lieu("03310"))
    candidat = CandidatFactory(mobilite_km=5)
    actions.apparier(acteur=Acteur.systeme())
    assert MiseEnRelation.objects.get().poste == moulins
    with django_capture_on_commit_callbacks(execute=True):
        donnees = donnees_inscription(commune=lieu("03310"), mobilite_km=5, prenom="Inès", nom="Bellanger")
        actions.modifier_profil(acteur=acteur_candidat(candidat), candidat=candidat, donnees=donnees)
    assert MiseEnRelation.objects.vivantes().get().poste == vichy
    assert MiseEnRelation.objects.get(poste=moulins).etat == EtatMiseEnRelation.CADUQUE
    candidat.utilisateur.refresh_from_db()
    assert candidat.utilisateur.prenom == "Inès"


def test_suspendre_n_efface_aucun_choix_de_structure(django_capture_on_commit_callbacks):
    """R51, hard case of the availability toggled while shortlisted: the employer's choice stays and it is told."""
    candidat = CandidatFactory()
    nouvelle = MiseEnRelationFactory(candidat=candidat)
    choisie = MiseEnRelationFactory(candidat=candidat, preselectionnee=True)
    with django_capture_on_commit_callbacks(execute=True):
        candidat = actions.suspendre(acteur=acteur_candidat(candidat), candidat=candidat)
    for paire, etat in ((nouvelle, EtatMiseEnRelation.CADUQUE), (choisie, EtatMiseEnRelation.PRESELECTIONNEE)):
        paire.refresh_from_db()
        assert paire.etat == etat
    assert adresses("candidat_indisponible") == [choisie.poste.structure.contact_courriel]
    # The engine does not touch what a structure has chosen, and proposes this person no more.
    actions.apparier(acteur=Acteur.systeme())
    choisie.refresh_from_db()
    assert choisie.etat == EtatMiseEnRelation.PRESELECTIONNEE
    assert MiseEnRelation.objects.vivantes().filter(candidat=candidat).count() == 1
    with django_capture_on_commit_callbacks(execute=True):
        actions.reprendre(acteur=acteur_candidat(candidat), candidat=candidat)
    assert MiseEnRelation.objects.vivantes().filter(candidat=candidat).count() == 2
    verifier_coherence_candidats()


def test_se_retirer_clot_tout_et_previent():
    """R51: no live pair is left; the structures that had chosen the person are told."""
    candidat = CandidatFactory()
    nouvelle = MiseEnRelationFactory(candidat=candidat)
    entretien = MiseEnRelationFactory(candidat=candidat, entretien=True)
    candidat = actions.retirer(acteur=acteur_candidat(candidat), candidat=candidat)
    assert candidat.etat == EtatCandidat.RETIRE
    assert not MiseEnRelation.objects.vivantes().filter(candidat=candidat).exists()
    assert adresses("candidat_indisponible") == [entretien.poste.structure.contact_courriel]
    assert nouvelle.poste.structure.contact_courriel not in adresses("candidat_indisponible")
    verifier_coherence_candidats()


def test_on_ne_se_retire_pas_d_une_validation_sans_la_decliner():
    """R53."""
    paire = MiseEnRelationFactory(validee=True)
    with pytest.raises(RegleNonRespectee) as refus:
        actions.retirer(acteur=acteur_candidat(paire.candidat), candidat=paire.candidat)
    assert refus.value.regle == "R53"


def test_personne_ne_change_le_profil_d_un_autre():
    candidat = CandidatFactory()
    with pytest.raises(AccesRefuse):
        actions.suspendre(acteur=acteur_candidat(CandidatFactory()), candidat=candidat)
    with pytest.raises(AccesRefuse):
        actions.suspendre(acteur=VISITEUR, candidat=candidat)


def test_reprendre_verifie_l_age_de_nouveau():
    """R41: time has passed since the registration."""
    candidat = CandidatFactory(retire=True, date_naissance=dt.date(1940, 1, 1))
    with pytest.raises(RegleNonRespectee) as refus:
        actions.reprendre(acteur=acteur_candidat(candidat), candidat=candidat)
    assert refus.value.regle == "R41"


def test_une_inscription_non_confirmee_ne_reprend_pas():
    """R42."""
    candidat = CandidatFactory(a_confirmer=True)
    with pytest.raises((RegleNonRespectee, TransitionInterdite)):
        actions.reprendre(acteur=acteur_candidat(candidat), candidat=candidat)
