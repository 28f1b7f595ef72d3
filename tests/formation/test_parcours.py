"""What training says on the line of the posts, and when it lets the floor of subsidies speak (R80 to R83)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from formation import parcours
from formation.enums import Etape, EtatInscription
from formation.parcours import Tour
from formation.suivi import suivi_de
from portal.commun.acteurs import Acteur
from portal.commun.roles import Role
from structures import parcours as parcours_structures
from structures.models import Poste
from subventions.actions import ouvrir_tranches
from subventions.enums import EtatPiece
from subventions.models import Dossier
from subventions.parcours import pour_situation
from subventions.parcours import situation_de as situation_subvention
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
from tests.subventions.factories import DossierFactory, acteur_du_dossier
from tests.subventions.factories_contrats import ContratFactory, ConventionFactory, SuspensionFactory

pytestmark = pytest.mark.django_db


def etape(dossier: Dossier) -> Etape:
    return suivi_de(dossier).etape


def sur_le_fil(dossier: Dossier):
    """What the structure reads of this post, all floors together."""
    poste = Poste.objects.select_related("structure", "campagne").get(pk=dossier.poste_id)
    return parcours_structures.situations([poste], acteur_du_dossier(dossier))[poste.pk]


# --- where somebody stands ------------------------------------------------------------------------------------------


def test_les_etapes_se_suivent():
    assert etape(DossierFactory()) is Etape.CONTACT
    assert etape(PriseDeContactFactory().dossier) is Etape.TEST
    assert etape(PositionnementFactory().dossier) is Etape.TEST_PREVU
    assert etape(PositionnementFactory(a_noter=True).dossier) is Etape.RESULTAT
    assert etape(PositionnementFactory(passe=True).dossier) is Etape.PUBLIER
    SessionFactory()
    assert etape(PositionnementFactory(passe=True).dossier) is Etape.SESSION
    assert etape(PositionnementFactory(dispense=True).dossier) is Etape.DISPENSE
    assert etape(PositionnementFactory(annule=True).dossier) is Etape.TEST
    assert etape(InscriptionFactory().dossier) is Etape.INSCRIT
    assert etape(InscriptionFactory(attente=True).dossier) is Etape.ATTENTE
    assert etape(InscriptionFactory(proposee=True).dossier) is Etape.DISTANCE
    assert etape(InscriptionFactory(annulee=True).dossier) is Etape.SESSION
    assert etape(InscriptionFactory(session=SessionFactory(commencee=True)).dossier) is Etape.DEPART


def parti(*, fin: int = 40) -> Dossier:
    session = SessionFactory(commencee=True, fin=dans(fin))
    inscription = InscriptionFactory(
        dossier=DossierFactory(conforme=True), session=session, etat=EtatInscription.PARTIE, depart_le=dans(-3)
    )
    Dossier.objects.filter(pk=inscription.dossier_id).update(depart_formation_le=dans(-3))
    return avec_contrat_signe(Dossier.objects.get(pk=inscription.dossier_id))


def test_en_formation_jusqu_au_dernier_jour():
    assert etape(parti(fin=0)) is Etape.EN_FORMATION
    assert etape(parti(fin=-1)) is Etape.FORME


def test_chacun_lit_qui_doit_agir_r80():
    dossier = PositionnementFactory(passe=True).dossier
    SessionFactory()
    suivi = suivi_de(dossier)
    assert parcours.situation_de(suivi, acteur_du_dossier(dossier)).qui == "Vous"
    assert parcours.situation_de(suivi, acteur_de(suivi.test.organisme)).qui == dossier.structure.nom
    prevu = suivi_de(PositionnementFactory().dossier)
    assert parcours.situation_de(prevu, acteur_de_la_personne(prevu.dossier)).qui == "Vous"
    assert parcours.situation_de(prevu, acteur_du_dossier(prevu.dossier)).qui == prevu.personne
    a_contacter = suivi_de(DossierFactory())
    assert parcours.situation_de(a_contacter, Acteur(Role.ANCT)).qui == "L’organisme de formation"
    privee = suivi_de(DossierFactory(privee=True))
    assert parcours.situation_de(privee, acteur_du_dossier(privee.dossier)).qui == "Vous"


def test_sans_session_ouverte_l_organisme_doit_en_publier_une_r81_r83():
    """The structure cannot choose among nothing: the body that decided the hours acts, within the delay of R83."""
    dossier = PositionnementFactory(dossier=DossierFactory(conforme=True), passe=True).dossier
    avec_contrat_signe(Dossier.objects.get(pk=dossier.pk), signe_le=dans(-2), debut=dans(1))
    # None of these can be chosen: other hours, closed, called off, another région.
    SessionFactory(heures=350)
    SessionFactory(a_clore=True)
    SessionFactory(etat="annulee")
    SessionFactory(organisme=OrganismeFactory(sans_lot=True))
    suivi = suivi_de(dossier)
    organisme = suivi.test.organisme
    situation = parcours.situation_de(suivi, acteur_du_dossier(dossier))
    assert (situation.qui, situation.avant_le) == (organisme.nom, dans(16))
    assert "doit en publier une" in situation.suite
    chez_lui = parcours.situation_de(suivi, acteur_de(organisme))
    assert (chez_lui.qui, chez_lui.suite[:7]) == ("Vous", "Publier")
    SessionFactory(distance=True)
    assert etape(dossier) is Etape.SESSION


def test_la_session_qui_attend_son_seuil_revient_a_l_organisme_r82():
    """Below eight enrolled, nothing depends on the person: the body answers, at the closing date."""
    inscription = InscriptionFactory(dossier=DossierFactory(conforme=True))
    session = inscription.session
    for lecteur in (acteur_du_dossier(inscription.dossier), acteur_de_la_personne(inscription.dossier)):
        situation = parcours.situation_de(suivi_de(inscription.dossier), lecteur)
        assert (situation.qui, situation.avant_le) == (session.organisme.nom, session.cloture_le)
    assert parcours.situation_de(suivi_de(inscription.dossier), acteur_de(session.organisme)).qui == "Vous"


def test_la_session_confirmee_attend_le_contrat_puis_la_personne_r83():
    inscription = InscriptionFactory(
        dossier=DossierFactory(conforme=True), session=SessionFactory(confirmee=True, debut=dans(12))
    )
    dossier = inscription.dossier
    situation = parcours.situation_de(suivi_de(dossier), acteur_du_dossier(dossier))
    assert (situation.qui, situation.avant_le) == ("Vous", dans(12)) and "contrat de travail" in situation.suite
    avec_contrat_signe(Dossier.objects.get(pk=dossier.pk), signe_le=dans(-2), debut=dans(1))
    situation = parcours.situation_de(suivi_de(dossier), acteur_du_dossier(dossier))
    assert situation.qui == suivi_de(dossier).personne and "Départ en formation" in situation.suite


def test_le_retard_du_depart_se_voit_r83():
    dossier = PositionnementFactory(dossier=DossierFactory(conforme=True), passe=True).dossier
    avec_contrat_signe(Dossier.objects.get(pk=dossier.pk), signe_le=dans(-20), debut=dans(-16))
    situation = parcours.situation_de(suivi_de(dossier), acteur_du_dossier(dossier))
    assert (situation.avant_le, situation.en_retard) == (dans(-1), True)


# --- who is heard ---------------------------------------------------------------------------------------------------


def complet(**champs) -> Dossier:
    return DossierFactory(conforme=True, **champs)


def cas_de_subvention() -> list[Dossier]:
    """One file per state of the floor of subsidies, with its expected turn checked against that floor's own words."""
    prepare = ContratFactory(dossier=complet()).dossier
    a_signer = ConventionFactory(dossier=complet(), contrat_signe=False).dossier
    par_la_structure = ConventionFactory(dossier=complet(), contrat_signe=False, signee_structure=True).dossier
    convention_signee = ConventionFactory(dossier=complet(), contrat_signe=False, signee=True).dossier
    tout_signe = ConventionFactory(dossier=complet(), signee=True).dossier
    abandonne = ContratFactory(dossier=complet(), etat="abandonne").dossier
    seul = ContratFactory(dossier=complet(), signe=True).dossier
    return [
        DossierFactory(), DossierFactory(complet=True), DossierFactory(depose=True), DossierFactory(complement=True),
        DossierFactory(rejete=True), complet(), prepare, a_signer, par_la_structure, convention_signee, tout_signe,
        abandonne, seul,
    ]  # fmt: skip


def test_le_tour_est_celui_que_dit_la_subvention():
    """`tour_de` must not drift from `subventions.parcours`: same files, same answer."""
    for dossier in cas_de_subvention():
        lu = pour_situation(Dossier.objects.all()).get(pk=dossier.pk)
        qui = situation_subvention(lu, acteur_du_dossier(dossier), timezone.localdate()).qui
        tour = parcours.tour_de(lu)
        assert (tour in (Tour.STRUCTURE, Tour.SIGNATURE)) == (qui == "Vous"), f"{lu.etat}: {tour}, {qui}"


@pytest.mark.parametrize("trait", ["complet", "complement", "rejete"])
def test_le_dossier_a_completer_passe_d_abord(trait):
    """Complement requested, file to complete: what the structure must do there is not hidden."""
    for privee in (False, True):
        assert sur_le_fil(DossierFactory(**{trait: True}, privee=privee)).etape == 5


def test_pendant_l_instruction_la_formation_parle_r80():
    dossier = DossierFactory(depose=True, privee=True)
    situation = sur_le_fil(dossier)
    assert (situation.etape, situation.qui) == (6, "Vous")
    assert situation.url == f"/espace/structure/formation/{dossier.uuid}/"


def test_sans_contact_l_appel_prive_passe_avant_le_contrat_r62_r80():
    assert sur_le_fil(complet(privee=True)).libelle == Etape.CONTACT.label
    # In the public call the body makes contact: the structure prepares its contract.
    assert sur_le_fil(complet()).libelle == "Contrat à préparer"


def test_sans_contact_le_contrat_ne_se_signe_pas_r62():
    dossier = ConventionFactory(dossier=complet(), contrat_signe=False, signee=True).dossier
    assert sur_le_fil(dossier).libelle == Etape.CONTACT.label
    PriseDeContactFactory(dossier=Dossier.objects.get(pk=dossier.pk))
    assert sur_le_fil(dossier).libelle == "Contrat à signer"


def test_la_convention_a_signer_passe_d_abord_r63():
    dossier = ConventionFactory(dossier=complet(), contrat_signe=False).dossier
    PositionnementFactory(dossier=Dossier.objects.get(pk=dossier.pk), passe=True)
    assert sur_le_fil(dossier).libelle == "Convention à signer"


def test_session_a_choisir_quand_la_bdt_doit_agir():
    dossier = PositionnementFactory(dossier=DossierFactory(depose=True), passe=True).dossier
    assert sur_le_fil(dossier).libelle == Etape.PUBLIER.label
    SessionFactory()
    assert sur_le_fil(dossier).libelle == Etape.SESSION.label


def test_inscrit_sans_contrat_la_subvention_parle():
    dossier = InscriptionFactory(dossier=DossierFactory(depose=True)).dossier
    assert sur_le_fil(dossier).libelle == "Dossier en instruction"


def test_inscrit_sous_contrat_le_depart_est_attendu_r83():
    dossier = InscriptionFactory(dossier=complet()).dossier
    avec_contrat_signe(Dossier.objects.get(pk=dossier.pk))
    situation = sur_le_fil(dossier)
    assert (situation.etape, situation.libelle) == (8, Etape.INSCRIT.label)


def test_en_formation_puis_les_versements():
    dossier = parti()
    convention = ConventionFactory(dossier=dossier, signee=True)
    assert sur_le_fil(dossier).libelle == Etape.EN_FORMATION.label
    # R65: a payable tranche is the news, even while the training goes on.
    tranche = convention.tranches.get(rang=1)
    assert ouvrir_tranches(acteur=Acteur.systeme(), le=tranche.prevue_le).exigibles == 1
    assert sur_le_fil(dossier).libelle == "Tranche 1 exigible"
    SuspensionFactory(convention=convention)
    assert sur_le_fil(dossier).libelle == "Versements suspendus"
    forme = parti(fin=-1)
    ConventionFactory(dossier=forme, signee=True)
    assert sur_le_fil(forme).etape == 9


def test_dispense_la_subvention_parle_r84():
    dossier = PositionnementFactory(dossier=DossierFactory(depose=True), dispense=True).dossier
    assert sur_le_fil(dossier).libelle == "Dossier en instruction"


def test_un_nombre_constant_de_requetes():
    def compter() -> int:
        postes = list(Poste.objects.select_related("structure", "campagne"))
        with CaptureQueriesContext(connection) as requetes:
            parcours.fournisseur(postes, Acteur(Role.STRUCTURE))
        return len(requetes)

    def ajouter(nombre: int) -> None:
        for _ in range(nombre):
            InscriptionFactory(dossier=DossierFactory(depose=True, etat_pieces=EtatPiece.ATTENDUE))
            ConventionFactory(dossier=complet(), signee=True)

    ajouter(2)
    avant = compter()
    ajouter(6)
    assert compter() == avant <= 9
