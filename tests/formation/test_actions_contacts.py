"""Structure and body meet (R80), who learns of a validation (R53), bodies and lots kept by ANCT."""

from __future__ import annotations

import pytest
from django.utils import timezone
from post_office.models import Email

from candidats.actions import annuler_validation, valider
from candidats.enums import EtatMiseEnRelation
from formation import actions
from formation.enums import EtatInscription, EtatPositionnement, Modalite
from formation.models import Inscription, Organisme, Positionnement, PriseDeContact
from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite
from portal.commun.roles import Role
from portal.comptes.models import TypeOrganisation
from portal.territoires.models import Region
from structures.enums import EtatPoste
from subventions.models import Dossier
from tests.candidats.factories import mettre_poste
from tests.comptes.factories import acteur
from tests.formation.factories import (
    InscriptionFactory,
    LotFactory,
    OrganismeFactory,
    PositionnementFactory,
    PriseDeContactFactory,
    SessionFactory,
    acteur_de,
    dans,
    remplir,
)
from tests.structures.factories import acteur_de_structure, lieu, membre
from tests.subventions.factories import DossierFactory, MiseEnRelationValideeFactory, acteur_du_dossier

pytestmark = pytest.mark.django_db


def courriels(modele: str) -> list[Email]:
    return [m for m in Email.objects.order_by("pk") if m.headers["X-Portail-Modele"] == f"formation/{modele}"]


def a_valider(**poste):
    """A pair in interview, of a free post."""
    paire = MiseEnRelationValideeFactory(
        etat=EtatMiseEnRelation.ENTRETIEN, validee_le=None, **{f"poste__{nom}": valeur for nom, valeur in poste.items()}
    )
    mettre_poste(paire.poste, EtatPoste.A_POURVOIR)
    return paire


# --- R53: the bodies are told ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("privee", "phrase"), [(False, "c’est à vous de prendre contact"), (True, "à la structure de")]
)
def test_les_organismes_du_territoire_sont_prevenus_r53_r80(privee, phrase):
    ici, ailleurs, distance = (
        OrganismeFactory(),
        OrganismeFactory(regions=[_region("11")]),
        OrganismeFactory(distance=True),
    )
    paire = a_valider(privee=privee)
    valider(acteur=acteur_de_structure(paire.poste.structure), mise_en_relation=paire, taille_tenue="M")
    [message] = courriels("candidat_valide")
    assert message.to == [ici.courriel] and ailleurs.courriel not in message.to and distance.courriel not in message.to
    assert phrase in message.message


def test_sans_organisme_regional_l_organisme_national_est_prevenu_r53():
    distance = OrganismeFactory(distance=True)
    paire = a_valider()
    valider(acteur=acteur_de_structure(paire.poste.structure), mise_en_relation=paire, taille_tenue="M")
    assert [m.to for m in courriels("candidat_valide")] == [[distance.courriel]]


def test_validation_annulee_rend_la_place_et_le_test_r53():
    session = SessionFactory(capacite=8)
    inscription = InscriptionFactory(session=session)
    remplir(session, 7)
    attente = InscriptionFactory(session=session, attente=True)
    paire = inscription.dossier.mise_en_relation
    structure = acteur_de_structure(paire.poste.structure)
    annuler_validation(acteur=structure, mise_en_relation=paire, motif="autre", precisions="Projet abandonné.")
    assert Inscription.objects.get(pk=inscription.pk).etat == EtatInscription.ANNULEE
    assert Inscription.objects.get(pk=attente.pk).etat == EtatInscription.INSCRITE
    assert [m.to for m in courriels("formation_sans_objet")] == [[session.organisme.courriel]]


def test_validation_annulee_annule_le_test_a_venir_r53():
    test = PositionnementFactory()
    paire = test.dossier.mise_en_relation
    structure = acteur_de_structure(paire.poste.structure)
    annuler_validation(acteur=structure, mise_en_relation=paire, motif="autre", precisions="Projet abandonné.")
    assert Positionnement.objects.get(pk=test.pk).etat == EtatPositionnement.ANNULE


# --- R80: contact ---------------------------------------------------------------------------------------------------


def test_la_structure_ecrit_et_la_date_est_notee_r80():
    dossier, organisme = DossierFactory(privee=True), OrganismeFactory()
    contact = actions.contacter_organisme(
        acteur=acteur_du_dossier(dossier),
        dossier=dossier,
        organisme=organisme,
        message="  Quand aurait lieu le test ?  ",
    )
    assert contact.message == "Quand aurait lieu le test ?" and not contact.par_organisme
    assert Dossier.objects.get(pk=dossier.pk).formation_contactee_le == timezone.localdate()
    [message] = courriels("contact_organisme")
    assert message.to == [organisme.courriel]
    assert "Quand aurait lieu le test ?" in message.message
    assert dossier.structure.contact_courriel in message.message


def test_une_structure_publique_peut_ecrire_sans_attendre_r80():
    dossier = DossierFactory()
    actions.contacter_organisme(
        acteur=acteur_du_dossier(dossier), dossier=dossier, organisme=OrganismeFactory(), message="Bonjour"
    )
    assert Dossier.objects.get(pk=dossier.pk).formation_contactee_le == timezone.localdate()


def test_l_organisme_note_son_contact_r80():
    dossier, organisme = DossierFactory(), OrganismeFactory()
    membre(dossier.structure)
    actions.noter_contact(
        acteur=acteur_de(organisme), dossier=dossier, organisme=organisme, le=timezone.localdate(), message="À bientôt."
    )
    assert PriseDeContact.objects.get(dossier=dossier).par_organisme
    # R113: the person and the structure are told.
    assert len(courriels("contact_structure")) == 2
    assert all(organisme.courriel in message.message for message in courriels("contact_structure"))


def test_le_contact_ne_precede_pas_la_validation_ni_ne_suit_aujourd_hui_r80():
    dossier, organisme = DossierFactory(), OrganismeFactory()
    for le in (dans(-1), dans(1)):
        with pytest.raises(RegleNonRespectee) as refus:
            actions.noter_contact(acteur=acteur_de(organisme), dossier=dossier, organisme=organisme, le=le)
        assert (refus.value.regle, refus.value.champ) == ("R80", "contacte_le")


def test_un_seul_contact_par_organisme_r80():
    contact = PriseDeContactFactory()
    with pytest.raises(TransitionInterdite):
        actions.contacter_organisme(
            acteur=acteur_du_dossier(contact.dossier),
            dossier=contact.dossier,
            organisme=contact.organisme,
            message="Encore moi",
        )
    assert PriseDeContact.objects.count() == 1


def test_un_message_vide_ou_trop_long_est_refuse_r80():
    dossier, organisme = DossierFactory(), OrganismeFactory()
    for message in ("  ", "a" * 2501):
        with pytest.raises(RegleNonRespectee) as refus:
            actions.contacter_organisme(
                acteur=acteur_du_dossier(dossier), dossier=dossier, organisme=organisme, message=message
            )
        assert refus.value.champ == "message"


def test_un_organisme_d_un_autre_territoire_est_refuse_r80():
    dossier, organisme = DossierFactory(), OrganismeFactory(regions=[_region("11")])
    with pytest.raises(RegleNonRespectee, match="territoire"):
        actions.contacter_organisme(
            acteur=acteur_du_dossier(dossier), dossier=dossier, organisme=organisme, message="Bonjour"
        )
    with pytest.raises(RegleNonRespectee, match="territoire"):
        actions.noter_contact(
            acteur=acteur_de(organisme), dossier=dossier, organisme=organisme, le=timezone.localdate()
        )


def test_chacun_agit_en_son_nom_r80():
    dossier, organisme = DossierFactory(), OrganismeFactory()
    autre_structure = acteur_de_structure(DossierFactory().structure)
    for qui in (autre_structure, acteur_de(organisme), acteur(Role.BDT), acteur(Role.ANCT)):
        with pytest.raises(AccesRefuse):
            actions.contacter_organisme(acteur=qui, dossier=dossier, organisme=organisme, message="Bonjour")
    for qui in (acteur_de(OrganismeFactory()), acteur_du_dossier(dossier), acteur(Role.ANCT)):
        with pytest.raises(AccesRefuse):
            actions.noter_contact(acteur=qui, dossier=dossier, organisme=organisme, le=timezone.localdate())
    assert not PriseDeContact.objects.exists()


def test_un_dossier_clos_n_a_plus_de_formation():
    dossier = DossierFactory(clos=True)
    with pytest.raises(TransitionInterdite, match="clos"):
        actions.contacter_organisme(
            acteur=acteur_du_dossier(dossier), dossier=dossier, organisme=OrganismeFactory(), message="Bonjour"
        )


# --- bodies and lots ------------------------------------------------------------------------------------------------


def _region(code: str) -> Region:
    return Region.objects.filter(code=code).first() or Region.objects.create(code=code, nom=code, nom_normalise=code)


def test_l_anct_cree_un_organisme_et_ses_lots_r80():
    anct = acteur(Role.ANCT)
    organisme = actions.creer_organisme(acteur=anct, nom=" Centre du Bourbonnais ", courriel="centre@exemple.fr")
    assert organisme.nom == "Centre du Bourbonnais"
    assert organisme.organisation.type == TypeOrganisation.ORGANISME
    lot = actions.creer_lot(
        acteur=anct,
        organisme=organisme,
        nom="Centre",
        modalite=Modalite.PRESENTIEL,
        regions=[_region(lieu().region_id)],
    )
    dossier = DossierFactory()
    actions.noter_contact(acteur=acteur_de(organisme), dossier=dossier, organisme=organisme, le=timezone.localdate())
    actions.modifier_lot(
        acteur=anct, lot=lot, nom="Île-de-France", modalite=Modalite.PRESENTIEL, regions=[_region("11")]
    )
    with pytest.raises(RegleNonRespectee, match="territoire"):
        autre = DossierFactory()
        actions.noter_contact(acteur=acteur_de(organisme), dossier=autre, organisme=organisme, le=timezone.localdate())


@pytest.mark.parametrize(
    ("champs", "champ"),
    [
        ({"modalite": Modalite.PRESENTIEL, "national": True}, "national"),
        ({"modalite": Modalite.PRESENTIEL}, "regions"),
        ({"modalite": Modalite.DISTANCE}, "regions"),
    ],
)
def test_un_lot_couvre_des_regions_ou_tout_le_pays_a_distance_r80(champs, champ):
    with pytest.raises(RegleNonRespectee) as refus:
        actions.creer_lot(acteur=acteur(Role.ANCT), organisme=OrganismeFactory(sans_lot=True), nom="Lot", **champs)
    assert refus.value.champ == champ


def test_deux_organismes_ou_lots_de_meme_nom_sont_refuses_r80():
    lot, anct = LotFactory(), acteur(Role.ANCT)
    with pytest.raises(RegleNonRespectee):
        actions.creer_organisme(acteur=anct, nom=lot.organisme.nom.upper(), courriel="x@exemple.fr")
    with pytest.raises(RegleNonRespectee):
        actions.creer_lot(acteur=anct, organisme=lot.organisme, nom=lot.nom, modalite=Modalite.DISTANCE, national=True)


def test_seule_l_anct_gere_les_organismes_r80():
    organisme = OrganismeFactory()
    for role in (Role.ORGANISME, Role.SUPPORT, Role.BDT, Role.PREFECTURE, Role.STRUCTURE):
        with pytest.raises(AccesRefuse):
            actions.creer_organisme(acteur=acteur(role), nom="Autre", courriel="autre@exemple.fr")
        with pytest.raises(AccesRefuse):
            actions.modifier_organisme(acteur=acteur(role), organisme=organisme, nom="X", courriel="x@exemple.fr")
    assert Organisme.objects.get().nom == organisme.nom


def test_modifier_les_coordonnees_change_aussi_l_organisation_r80():
    organisme = OrganismeFactory()
    actions.modifier_organisme(
        acteur=Acteur.systeme(), organisme=organisme, nom="Nouveau nom", courriel="nouveau@exemple.fr"
    )
    organisme.refresh_from_db()
    assert (organisme.nom, organisme.organisation.nom) == ("Nouveau nom", "Nouveau nom")
