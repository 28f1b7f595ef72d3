"""The prefect's opinion (R25), the facts it looks at (R24), the hand-back for correction (R31)."""

from __future__ import annotations

import pytest
from post_office.models import Email

from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite
from portal.commun.roles import Role
from structures.actions.concertation import (
    rangs_deja_donnes,
    rendre_avis,
    rendre_pour_correction,
    renseigner_faits,
)
from structures.densite import attacher_densites
from structures.enums import EtatCandidature
from structures.lectures import avec_avis
from structures.models import Avis, Candidature
from tests.comptes.factories import OrganisationFactory, acteur
from tests.structures.factories import (
    CandidatureFactory,
    LigneComiteFactory,
    PosteFactory,
    StructureFactory,
    lieu,
)

pytestmark = pytest.mark.django_db
COMMENTAIRE = "Projet attendu par le territoire, bien ancré."


def avis_de(prefecture, candidature, **champs):
    donnees = {"sens": "favorable", "nb_postes": 2, "rang": 1, "commentaire": COMMENTAIRE, **champs}
    return rendre_avis(acteur=prefecture, candidature=candidature, **donnees)


@pytest.fixture
def prefecture():
    return acteur(Role.PREFECTURE)


@pytest.fixture
def candidature():
    return CandidatureFactory(deposee=True)


def test_avis_garde_qui_quand_et_pour_quelle_prefecture(prefecture, candidature):
    """R25"""
    avis = avis_de(prefecture, candidature)
    assert (avis.version, avis.en_vigueur, avis.nb_postes, avis.rang) == (1, True, 2, 1)
    assert avis.auteur_id == prefecture.utilisateur_id
    assert avis.organisation_id == prefecture.organisation_id
    assert avis.history.get().history_role == Role.PREFECTURE


def test_chaque_version_de_l_avis_est_gardee(prefecture, candidature):
    """R25"""
    avis_de(prefecture, candidature)
    second = avis_de(prefecture, candidature, sens="reserve", commentaire="Le budget reste à confirmer.")
    assert second.version == 2
    versions = list(candidature.avis.order_by("version").values_list("sens", "en_vigueur"))
    assert versions == [("favorable", False), ("reserve", True)]


def test_le_meme_avis_deux_fois_ne_fait_qu_une_version(prefecture, candidature):
    """R25: a second click."""
    assert avis_de(prefecture, candidature) == avis_de(prefecture, candidature)
    assert Avis.objects.count() == 1


@pytest.mark.parametrize(
    ("champs", "champ"),
    [
        ({"commentaire": "Trop peu"}, "commentaire"),
        ({"commentaire": "   court    "}, "commentaire"),
        ({"commentaire": "x" * 1001}, "commentaire"),
        ({"sens": "enthousiaste"}, "sens"),
        ({"nb_postes": 0}, "nb_postes"),
        ({"nb_postes": None}, "nb_postes"),
        ({"rang": 0}, "rang"),
    ],
)
def test_avis_refuse_avec_son_champ(prefecture, candidature, champs, champ):
    """R25"""
    with pytest.raises(RegleNonRespectee) as refus:
        avis_de(prefecture, candidature, **champs)
    assert (refus.value.regle, refus.value.champ) == ("R25", champ)
    assert not Avis.objects.exists()


def test_commentaire_de_10_et_de_1000_caracteres_acceptes(prefecture, candidature):
    """R25"""
    avis_de(prefecture, candidature, commentaire="x" * 10)
    assert avis_de(prefecture, candidature, commentaire="x" * 1000).version == 2


@pytest.mark.parametrize("role", [Role.ANCT, Role.SGAR, Role.STRUCTURE, Role.BDT])
def test_seule_la_prefecture_rend_un_avis(candidature, role):
    """R25"""
    with pytest.raises(AccesRefuse, match="préfecture"):
        avis_de(acteur(role), candidature)


def test_une_autre_prefecture_ne_rend_pas_l_avis(candidature):
    """R25: the perimeter is the département of the commune (R7)."""
    autre = acteur(Role.PREFECTURE, organisation=OrganisationFactory(prefecture=True, codes_departements=["63"]))
    with pytest.raises(AccesRefuse, match="autre préfecture"):
        avis_de(autre, candidature)


@pytest.mark.parametrize("trait", ["a_corriger", "retenue", "activee", "refusee", "abandonnee"])
def test_avis_impossible_une_fois_la_candidature_decidee(prefecture, trait):
    """R25: until the committee that decides is closed."""
    with pytest.raises(TransitionInterdite, match="ne peut plus être rendu"):
        avis_de(prefecture, CandidatureFactory(**{trait: True}))


def test_avis_modifiable_pendant_un_examen_complementaire(prefecture):
    """R25, R26"""
    assert avis_de(prefecture, CandidatureFactory(examen=True)).version == 1


def test_structure_cedante_du_departement_avec_des_postes(prefecture, candidature):
    """R25"""
    cedante = PosteFactory().structure
    assert avis_de(prefecture, candidature, structure_cedante=cedante).structure_cedante == cedante


@pytest.mark.parametrize("cas", ["elle-meme", "sans poste", "poste rendu", "autre departement"])
def test_structure_cedante_refusee(prefecture, candidature, cas):
    """R25"""
    cedante = {
        "elle-meme": lambda: candidature.structure,
        "sans poste": StructureFactory,
        "poste rendu": lambda: PosteFactory(rendu=True).structure,
        "autre departement": lambda: PosteFactory(structure=StructureFactory(commune=lieu("63113"))).structure,
    }[cas]()
    with pytest.raises(RegleNonRespectee) as refus:
        avis_de(prefecture, candidature, structure_cedante=cedante)
    assert (refus.value.regle, refus.value.champ) == ("R25", "structure_cedante")


def test_la_structure_apprend_que_l_avis_est_rendu_sans_son_contenu(prefecture, candidature):
    """R25, R113: told once, the comment stays between institutions."""
    avis_de(prefecture, candidature)
    avis_de(prefecture, candidature, sens="defavorable", nb_postes=0)
    courriel = Email.objects.get()
    assert courriel.to == [candidature.contact_courriel]
    assert COMMENTAIRE not in courriel.message
    assert "avorable" not in courriel.message


def test_rang_deja_donne_signale_sans_refus(prefecture, candidature):
    """R25"""
    autre = CandidatureFactory(deposee=True, campagne=candidature.campagne)
    avis_de(prefecture, candidature, rang=3)
    avis_de(prefecture, autre, rang=3)
    assert rangs_deja_donnes(autre, 3) == [candidature]
    assert rangs_deja_donnes(autre, 4) == []


def test_rendre_pour_correction(prefecture, candidature):
    """R31: the comment and the link go to the structure; the reason is in the history (R110)."""
    rendre_pour_correction(acteur=prefecture, candidature=candidature, motif="Précisez le nombre de lieux.")
    candidature = Candidature.objects.get(pk=candidature.pk)
    assert candidature.etat == EtatCandidature.A_CORRIGER
    assert candidature.correction_demandee == "Précisez le nombre de lieux."
    trace = candidature.history.first()
    assert (trace.history_role, trace.history_change_reason) == (Role.PREFECTURE, "Précisez le nombre de lieux.")
    courriel = Email.objects.get()
    assert "Précisez le nombre de lieux." in courriel.message
    assert "/accueillir/suivi/" in courriel.message


@pytest.mark.parametrize("motif", ["", "   ", "court", "x" * 1001])
def test_correction_sans_commentaire_refusee(prefecture, candidature, motif):
    """R31"""
    with pytest.raises(RegleNonRespectee) as refus:
        rendre_pour_correction(acteur=prefecture, candidature=candidature, motif=motif)
    assert (refus.value.regle, refus.value.champ) == ("R31", "motif")


def test_une_autre_prefecture_ne_rend_pas_la_candidature(candidature):
    """R31"""
    autre = acteur(Role.PREFECTURE, organisation=OrganisationFactory(prefecture=True, codes_departements=["63"]))
    with pytest.raises(AccesRefuse):
        rendre_pour_correction(acteur=autre, candidature=candidature, motif="Précisez le nombre de lieux.")


@pytest.mark.parametrize("role", [Role.SGAR, Role.STRUCTURE, Role.BDT])
def test_les_autres_roles_ne_rendent_pas_la_candidature(candidature, role):
    """R31"""
    with pytest.raises(AccesRefuse):
        rendre_pour_correction(acteur=acteur(role), candidature=candidature, motif="Précisez le nombre de lieux.")


def test_densite_dans_le_departement_l_epci_et_la_commune():
    """R24: Cusset and Vichy are of one EPCI; Moulins of another; what is returned no longer counts."""
    moulins, vichy, cusset = lieu("03190"), lieu("03310"), lieu("03095")
    for commune, nombre in ((moulins, 3), (vichy, 2), (cusset, 1)):
        structure = StructureFactory(commune=commune)
        for _ in range(nombre):
            PosteFactory(structure=structure)
    PosteFactory(rendu=True, structure=StructureFactory(commune=vichy))
    PosteFactory(structure=StructureFactory(commune=lieu("63113")))
    CandidatureFactory(deposee=True, commune=cusset)
    (candidature,) = avec_avis(Candidature.objects.filter(etat="deposee"))
    attacher_densites([candidature])
    densites = candidature.densites
    assert (densites.departement, densites.commune) == (6, 1)
    assert densites.epci == (3 if vichy.epci_id else 0)


def test_faits_prioritaires_renseignes_par_la_prefecture(prefecture, candidature):
    """R24, R110"""
    structure = renseigner_faits(
        acteur=prefecture, structure=candidature.structure, faits=["quartier_prioritaire", "france_services"]
    )
    assert structure.quartier_prioritaire
    assert structure.france_services
    assert not structure.zone_rurale
    structure = renseigner_faits(acteur=prefecture, structure=structure, faits=["zone_rurale"])
    assert structure.zone_rurale
    assert not structure.quartier_prioritaire
    assert structure.history.first().history_role == Role.PREFECTURE


def test_faits_prioritaires_hors_perimetre_ou_inconnus(prefecture):
    """R24"""
    ailleurs = StructureFactory(commune=lieu("63113"))
    with pytest.raises(AccesRefuse):
        renseigner_faits(acteur=prefecture, structure=ailleurs, faits=[])
    with pytest.raises(AccesRefuse):
        renseigner_faits(acteur=acteur(Role.SGAR), structure=ailleurs, faits=[])
    with pytest.raises(RegleNonRespectee):
        renseigner_faits(acteur=acteur(Role.ANCT), structure=ailleurs, faits=["activee_le"])


def test_avis_possible_quand_le_comite_est_en_preparation(prefecture):
    """R25: being on an agenda closes nothing, only the closing does."""
    ligne = LigneComiteFactory()
    assert avis_de(prefecture, ligne.candidature).en_vigueur
