"""Placement test: slot, result, correction, exemption (R81, R84), and what it changes below (R4, R54)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from post_office.models import Attachment, Email

from candidats.enums import EtatCandidat, EtatMiseEnRelation
from formation import actions
from formation.enums import EtatInscription, EtatPositionnement
from formation.models import Inscription, Positionnement, PriseDeContact
from portal.commun.documents import obtenir_document
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite
from portal.commun.roles import Role
from subventions.actions import signer_contrat
from subventions.models import Dossier
from tests.comptes.factories import acteur
from tests.formation.factories import (
    InscriptionFactory,
    OrganismeFactory,
    PositionnementFactory,
    PriseDeContactFactory,
    SessionFactory,
    acteur_de,
    acteur_de_la_personne,
    avec_contrat_signe,
    dans,
)
from tests.structures.factories import membre
from tests.subventions.factories import DossierFactory, acteur_du_dossier, fichier_pdf
from tests.subventions.factories_contrats import ContratFactory

pytestmark = pytest.mark.django_db


def demain(heure: int = 14) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(dans(1), dt.time(heure)))


def courriels(modele: str) -> list[Email]:
    return [m for m in Email.objects.order_by("pk") if m.headers["X-Portail-Modele"] == f"formation/{modele}"]


def contenu(piece: Attachment) -> bytes:
    with piece.file.open() as fichier:
        return fichier.read()


# --- R81 ------------------------------------------------------------------------------------------------------------


def test_proposer_un_test_previent_personne_et_structure_avec_l_agenda_r81():
    contact = PriseDeContactFactory()
    membre(contact.dossier.structure)
    test = actions.proposer_test(
        acteur=acteur_de(contact.organisme),
        dossier=contact.dossier,
        organisme=contact.organisme,
        creneau=demain(),
        lieu=" Salle 3 ",
    )
    assert (test.etat, test.lieu, test.etat_role) == (EtatPositionnement.PROPOSE, "Salle 3", Role.ORGANISME)
    messages = courriels("test_propose")
    assert contact.dossier.mise_en_relation.candidat.utilisateur.email in [m.to[0] for m in messages]
    assert len(messages) == 2
    for message in messages:
        [piece] = message.attachments.all()
        assert b"BEGIN:VEVENT" in contenu(piece)


def test_une_nouvelle_date_remplace_la_precedente_r81():
    ancien = PositionnementFactory()
    centre = acteur_de(ancien.organisme)
    actions.proposer_test(
        acteur=centre, dossier=ancien.dossier, organisme=ancien.organisme, creneau=demain(9), lieu="Salle 3"
    )
    assert Positionnement.objects.get(pk=ancien.pk).etat == EtatPositionnement.ANNULE
    assert Positionnement.objects.filter(dossier=ancien.dossier, etat=EtatPositionnement.PROPOSE).count() == 1
    annule = [p for m in courriels("test_propose") for p in m.attachments.all() if p.name == "test-annule.ics"]
    assert annule and b"STATUS:CANCELLED" in contenu(annule[0])


def test_proposer_un_test_vaut_prise_de_contact_r80():
    dossier, organisme = DossierFactory(), OrganismeFactory()
    actions.proposer_test(
        acteur=acteur_de(organisme), dossier=dossier, organisme=organisme, creneau=demain(), lieu="Salle 3"
    )
    assert PriseDeContact.objects.get(dossier=dossier).par_organisme
    assert Dossier.objects.get(pk=dossier.pk).formation_contactee_le == timezone.localdate()


def test_refus_d_un_test_r81():
    test = PositionnementFactory(passe=True)
    autre = OrganismeFactory()
    with pytest.raises(TransitionInterdite, match="suit déjà"):
        actions.proposer_test(
            acteur=acteur_de(autre), dossier=test.dossier, organisme=autre, creneau=demain(), lieu="Salle"
        )
    with pytest.raises(TransitionInterdite, match="déjà passé"):
        actions.proposer_test(
            acteur=acteur_de(test.organisme), dossier=test.dossier, organisme=test.organisme, creneau=demain(), lieu="S"
        )
    dossier = DossierFactory()
    with pytest.raises(RegleNonRespectee) as refus:
        actions.proposer_test(
            acteur=acteur_de(autre), dossier=dossier, organisme=autre, creneau=timezone.now(), lieu="Salle"
        )
    assert refus.value.champ == "creneau"
    with pytest.raises(RegleNonRespectee) as refus:
        actions.proposer_test(acteur=acteur_de(autre), dossier=dossier, organisme=autre, creneau=demain(), lieu=" ")
    assert refus.value.champ == "lieu"
    with pytest.raises(AccesRefuse):
        actions.proposer_test(
            acteur=acteur_du_dossier(dossier), dossier=dossier, organisme=autre, creneau=demain(), lieu="Salle"
        )


@pytest.mark.parametrize("heures", [105, 280, 350, 420])
def test_le_resultat_est_envoye_a_la_personne_et_a_la_structure_r81(heures):
    test = PositionnementFactory(a_noter=True)
    membre(test.dossier.structure)
    test = actions.enregistrer_resultat(
        acteur=acteur_de(test.organisme),
        positionnement=test,
        heures=heures,
        le=timezone.localdate(),
        commentaire="Bien.",
    )
    assert (test.etat, test.heures) == (EtatPositionnement.PASSE, heures)
    messages = courriels("test_resultat")
    assert len(messages) == 2
    assert all(f"{heures} heures" in m.message and "Bien." in m.message for m in messages)


def test_refus_d_un_resultat_r81():
    test = PositionnementFactory(a_noter=True)
    centre = acteur_de(test.organisme)
    with pytest.raises(RegleNonRespectee) as refus:
        actions.enregistrer_resultat(acteur=centre, positionnement=test, heures=200, le=timezone.localdate())
    assert (refus.value.regle, refus.value.champ) == ("R81", "heures")
    with pytest.raises(RegleNonRespectee) as refus:
        actions.enregistrer_resultat(acteur=centre, positionnement=test, heures=280, le=dans(1))
    assert refus.value.champ == "resultat_le"
    with pytest.raises(AccesRefuse):
        actions.enregistrer_resultat(
            acteur=acteur_de(OrganismeFactory()), positionnement=test, heures=280, le=timezone.localdate()
        )


def test_un_resultat_se_corrige_avec_son_motif_r81():
    test = PositionnementFactory(passe=True, heures=280)
    centre = acteur_de(test.organisme)
    with pytest.raises(RegleNonRespectee) as refus:
        actions.enregistrer_resultat(acteur=centre, positionnement=test, heures=420, le=timezone.localdate())
    assert refus.value.champ == "motif"
    test = actions.enregistrer_resultat(
        acteur=centre, positionnement=test, heures=420, le=timezone.localdate(), motif="Erreur de saisie."
    )
    assert test.heures == 420
    assert test.history.first().history_change_reason == "Erreur de saisie."


def test_corriger_la_duree_d_une_personne_inscrite_est_refuse_r81():
    inscription = InscriptionFactory()
    test = Positionnement.objects.get(dossier=inscription.dossier)
    with pytest.raises(TransitionInterdite, match="280 heures"):
        actions.enregistrer_resultat(
            acteur=acteur_de(test.organisme), positionnement=test, heures=105, le=timezone.localdate(), motif="Erreur."
        )


def test_un_resultat_ne_suit_pas_le_debut_de_la_formation_r81():
    inscription = InscriptionFactory(session=SessionFactory(commencee=True))
    test = Positionnement.objects.get(dossier=inscription.dossier)
    with pytest.raises(RegleNonRespectee) as refus:
        actions.enregistrer_resultat(
            acteur=acteur_de(test.organisme), positionnement=test, heures=280, le=timezone.localdate(), motif="Retard."
        )
    assert refus.value.champ == "resultat_le"


# --- R84 ------------------------------------------------------------------------------------------------------------


def dispenser(dossier, organisme, **champs):
    return actions.dispenser(
        **{
            "acteur": acteur_de(organisme),
            "dossier": dossier,
            "organisme": organisme,
            "titulaire_remn": True,
            "fichier": fichier_pdf("titre.pdf"),
            "le": timezone.localdate(),
            **champs,
        }
    )


def test_dispense_avec_le_titre_r84():
    dossier, organisme = DossierFactory(conforme=True), OrganismeFactory()
    membre(dossier.structure)
    test = dispenser(dossier, organisme)
    assert (test.etat, test.creneau) == (EtatPositionnement.DISPENSE, None)
    dossier.refresh_from_db()
    assert dossier.exempte_formation_le == timezone.localdate() == dossier.formation_contactee_le
    assert all("certifications" in m.message for m in courriels("dispense"))
    assert len(courriels("dispense")) == 2
    # R54: no contract yet.
    assert dossier.mise_en_relation.etat == EtatMiseEnRelation.VALIDEE


def test_qui_lit_le_titre_r112():
    dossier, organisme = DossierFactory(), OrganismeFactory()
    document = dispenser(dossier, organisme).justificatif
    lecteurs = [acteur_de(organisme), acteur_du_dossier(dossier), acteur(Role.BDT), acteur_de_la_personne(dossier)]
    for lecteur in lecteurs:
        assert obtenir_document(lecteur, document.uuid) == document
    autres = [
        acteur_de(OrganismeFactory()), acteur_du_dossier(DossierFactory()), acteur(Role.ANCT), acteur(Role.SUPPORT),
        acteur(Role.PREFECTURE), acteur_de_la_personne(DossierFactory()),
    ]  # fmt: skip
    for lecteur in autres:
        with pytest.raises(Exception, match="document"):
            obtenir_document(lecteur, document.uuid)


@pytest.mark.parametrize(
    ("champs", "champ"), [({"titulaire_remn": False}, "titulaire_remn"), ({"fichier": None}, "justificatif")]
)
def test_pas_de_dispense_sans_titre_ni_justificatif_r84(champs, champ):
    dossier = DossierFactory()
    with pytest.raises(RegleNonRespectee) as refus:
        dispenser(dossier, OrganismeFactory(), **champs)
    assert (refus.value.regle, refus.value.champ) == ("R84", champ)
    assert Dossier.objects.get(pk=dossier.pk).exempte_formation_le is None


def test_pas_de_dispense_apres_le_depart_r84():
    inscription = InscriptionFactory(session=SessionFactory(commencee=True))
    dossier, organisme = inscription.dossier, inscription.session.organisme
    dossier = avec_contrat_signe(DossierFactory._meta.model.objects.get(pk=dossier.pk))
    actions.enregistrer_depart(acteur=acteur_de(organisme), inscription=inscription, le=dans(-2))
    with pytest.raises(TransitionInterdite, match="partie"):
        dispenser(dossier, organisme)


def test_la_dispense_rend_la_place_r84():
    inscription = InscriptionFactory()
    dispenser(inscription.dossier, inscription.session.organisme)
    assert Inscription.objects.get(pk=inscription.pk).etat == EtatInscription.ANNULEE


def test_dispensee_sous_contrat_la_personne_est_recrutee_r54_r84():
    """R54 comes with the departure; somebody exempted never leaves: the contract does it."""
    dossier, organisme = DossierFactory(conforme=True, privee=True), OrganismeFactory()
    avec_contrat_signe(dossier)
    dispenser(dossier, organisme)
    paire = Dossier.objects.get(pk=dossier.pk).mise_en_relation
    assert (paire.etat, paire.recrutee_le) == (EtatMiseEnRelation.RECRUTEE, timezone.localdate())
    assert paire.candidat.etat == EtatCandidat.RECRUTE


def test_dispensee_puis_contrat_signe_la_personne_est_recrutee_r54_r84():
    dossier, organisme = DossierFactory(conforme=True, privee=True), OrganismeFactory()
    dispenser(dossier, organisme)
    contrat = ContratFactory(dossier=Dossier.objects.get(pk=dossier.pk))
    signer_contrat(
        acteur=acteur_du_dossier(dossier), contrat=contrat, signe_le=timezone.localdate(), fichier=fichier_pdf()
    )
    paire = Dossier.objects.get(pk=dossier.pk).mise_en_relation
    assert (paire.etat, paire.recrutee_le) == (EtatMiseEnRelation.RECRUTEE, timezone.localdate())
