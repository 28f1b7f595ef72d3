"""The departure in training: what it checks (R62, R83), what it changes below (R4, R54, R64)."""

from __future__ import annotations

import pytest
from django.utils import timezone
from post_office.models import Email

from candidats.enums import EtatCandidat, EtatMiseEnRelation
from candidats.models import MiseEnRelation
from formation import actions
from formation.enums import EtatInscription
from formation.models import Inscription
from portal.commun.dates import ajouter_mois
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite
from portal.commun.roles import Role
from structures.regimes import Horloge
from subventions.enums import EtatTranche
from subventions.models import Convention, Dossier, Tranche
from tests.candidats.factories import MiseEnRelationFactory
from tests.comptes.factories import acteur
from tests.formation.factories import (
    InscriptionFactory,
    OrganismeFactory,
    SessionFactory,
    acteur_de,
    avec_contrat_signe,
    dans,
)
from tests.structures.factories import membre
from tests.subventions.factories import DossierFactory, acteur_du_dossier, fichier_pdf
from tests.subventions.factories_contrats import ConventionFactory, mettre_tranche

pytestmark = pytest.mark.django_db


def inscrite(*, privee: bool = False, contrat: bool = True, **champs) -> Inscription:
    """Somebody enrolled in a session that began three days ago, contract signed twenty days ago."""
    dossier = DossierFactory(conforme=True, privee=privee)
    session = SessionFactory(commencee=True, **champs)
    inscription = InscriptionFactory(dossier=dossier, session=session)
    if contrat:
        avec_contrat_signe(Dossier.objects.get(pk=dossier.pk))
    return inscription


def partir(inscription: Inscription, le=None, **champs) -> Inscription:
    centre = acteur_de(inscription.session.organisme)
    return actions.enregistrer_depart(**{"acteur": centre, "inscription": inscription, "le": le or dans(-2), **champs})


def echeances(dossier: Dossier) -> list:
    return list(
        Tranche.objects.filter(convention__dossier=dossier).order_by("rang").values_list("prevue_le", flat=True)
    )


# --- R54 ------------------------------------------------------------------------------------------------------------


def test_le_depart_constate_le_recrutement_et_clot_le_reste_r54():
    inscription = inscrite()
    paire = inscription.dossier.mise_en_relation
    ailleurs = MiseEnRelationFactory(candidat=paire.candidat)
    rival = MiseEnRelationFactory(poste=paire.poste)
    membre(inscription.dossier.structure)
    partir(inscription)
    paire = MiseEnRelation.objects.get(pk=paire.pk)
    assert (paire.etat, paire.recrutee_le) == (EtatMiseEnRelation.RECRUTEE, dans(-2))
    assert paire.candidat.etat == EtatCandidat.RECRUTE
    for autre in (ailleurs, rival):
        assert MiseEnRelation.objects.get(pk=autre.pk).etat == EtatMiseEnRelation.CADUQUE
    modeles = [message.headers["X-Portail-Modele"] for message in Email.objects.all()]
    assert "formation/depart" in modeles and "candidats/recrutement" in modeles


# --- R62, R83: what it checks ----------------------------------------------------------------------------------------


def test_pas_de_depart_sans_contrat_signe_r62():
    inscription = inscrite(contrat=False)
    with pytest.raises(RegleNonRespectee) as refus:
        partir(inscription)
    assert refus.value.regle == "R62"
    assert Inscription.objects.get(pk=inscription.pk).etat == EtatInscription.INSCRITE
    assert Dossier.objects.get(pk=inscription.dossier_id).depart_formation_le is None


def test_pas_de_depart_avant_la_signature_r62():
    inscription = inscrite(contrat=False)
    avec_contrat_signe(Dossier.objects.get(pk=inscription.dossier_id), signe_le=dans(-1))
    with pytest.raises(RegleNonRespectee, match="antérieur"):
        partir(inscription, dans(-2))


@pytest.mark.parametrize(("jours", "phrase"), [(1, "une fois qu’il a eu lieu"), (-4, "ne commence que")])
def test_le_depart_est_un_fait_pendant_la_session_r83(jours, phrase):
    with pytest.raises(RegleNonRespectee, match=phrase):
        partir(inscrite(), dans(jours))


def test_un_depart_en_retard_est_accepte_et_se_voit_r83():
    """R83: lateness is shown to all, it blocks nothing."""
    inscription = inscrite(contrat=False)
    avec_contrat_signe(Dossier.objects.get(pk=inscription.dossier_id), signe_le=dans(-40), debut=dans(-39))
    assert partir(inscription).etat == EtatInscription.PARTIE


def test_pas_de_depart_d_une_session_qui_n_est_pas_confirmee_r82():
    inscription = inscrite(etat="ouverte")
    with pytest.raises(TransitionInterdite, match="confirmée"):
        partir(inscription)


def test_seul_l_organisme_de_la_session_enregistre_le_depart():
    inscription = inscrite()
    autres = [
        acteur_de(OrganismeFactory()),
        acteur_du_dossier(inscription.dossier),
        acteur(Role.ANCT),
        acteur(Role.BDT),
    ]
    for qui in autres:
        with pytest.raises(AccesRefuse):
            partir(inscription, acteur=qui)


# --- R4, R64: the clock ---------------------------------------------------------------------------------------------


def test_le_depart_demarre_l_horloge_privee_r4():
    inscription = inscrite(privee=True)
    dossier = Dossier.objects.get(pk=inscription.dossier_id)
    convention = ConventionFactory(dossier=dossier, signee=True)
    assert convention.horloge == Horloge.DEPART_FORMATION
    assert echeances(dossier) == [None, None, None]
    partir(inscription)
    assert echeances(dossier) == [ajouter_mois(dans(-2), mois) for mois in (1, 6, 12)]


def test_le_depart_ne_change_pas_l_horloge_publique_r4():
    inscription = inscrite()
    dossier = Dossier.objects.get(pk=inscription.dossier_id)
    ConventionFactory(dossier=dossier, signee=True)
    avant = echeances(dossier)
    assert None not in avant
    partir(inscription)
    assert echeances(dossier) == avant


def test_corriger_le_depart_ne_deplace_que_les_tranches_impayees_r4_r64():
    inscription = inscrite(privee=True)
    dossier = Dossier.objects.get(pk=inscription.dossier_id)
    ConventionFactory(dossier=dossier, signee=True)
    partir(inscription, dans(-3))
    premiere = Tranche.objects.get(convention__dossier=dossier, rang=1)
    mettre_tranche(premiere, EtatTranche.PAYEE)
    partir(inscription, dans(-1), motif="Départ décalé par l’organisme.")
    payee, *suite = echeances(dossier)
    assert payee == ajouter_mois(dans(-3), 1)
    assert suite == [ajouter_mois(dans(-1), mois) for mois in (6, 12)]
    dossier.refresh_from_db()
    inscription = Inscription.objects.get(pk=inscription.pk)
    assert inscription.depart_le == dossier.depart_formation_le == dans(-1)
    assert inscription.history.first().history_change_reason == "Départ décalé par l’organisme."
    # R54: the day of the recruitment is that of the departure.
    assert MiseEnRelation.objects.get(pk=dossier.mise_en_relation_id).recrutee_le == dans(-1)


def test_une_correction_donne_son_motif_et_une_autre_date_r83():
    inscription = partir(inscrite())
    with pytest.raises(RegleNonRespectee) as refus:
        partir(inscription, dans(-1))
    assert refus.value.champ == "motif"
    with pytest.raises(RegleNonRespectee, match="déjà"):
        partir(inscription, dans(-2), motif="Sans changement.")


def test_la_correction_previent_la_structure_r113():
    inscription = partir(inscrite())
    membre(inscription.dossier.structure)
    partir(inscription, dans(-1), motif="Erreur de saisie.")
    [message] = [m for m in Email.objects.all() if m.headers["X-Portail-Modele"] == "formation/depart_corrige"]
    assert "Erreur de saisie." in message.message


def test_l_exemption_demarre_l_horloge_privee_au_debut_du_contrat_r4_r84():
    dossier = DossierFactory(conforme=True, privee=True)
    organisme = OrganismeFactory()
    avec_contrat_signe(dossier, signe_le=dans(-10), debut=dans(-9))
    ConventionFactory(dossier=Dossier.objects.get(pk=dossier.pk), signee=True)
    actions.dispenser(
        acteur=acteur_de(organisme),
        dossier=dossier,
        organisme=organisme,
        titulaire_remn=True,
        fichier=fichier_pdf("titre.pdf"),
        le=timezone.localdate(),
    )
    assert echeances(dossier) == [ajouter_mois(dans(-9), mois) for mois in (1, 6, 12)]
    assert Convention.objects.count() == 1
