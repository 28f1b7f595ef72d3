"""Who sees what (DOMAIN §2): each role its perimeter, by the commune's département; 404 outside."""

from __future__ import annotations

import uuid

import pytest
from django.http import Http404

from portal.commun.acteurs import Acteur
from portal.commun.roles import Role
from structures import acces
from structures.models import Poste
from tests.comptes.factories import acteur
from tests.structures.factories import (
    CandidatureFactory,
    ComiteFactory,
    LieuExerciceFactory,
    LigneComiteFactory,
    PosteFactory,
    StructureFactory,
    acteur_de_structure,
    lieu,
)

pytestmark = pytest.mark.django_db
SANS_ACCES = [Role.CANDIDAT, Role.CONSEILLER, Role.COORDINATEUR, Role.ORGANISME, Role.VISITEUR]
NATIONAUX = [Role.ANCT, Role.BDT, Role.SUPPORT, Role.SYSTEME]


def acteur_du(role: Role) -> Acteur:
    if role is Role.VISITEUR:
        return Acteur.visiteur()
    return Acteur.systeme() if role is Role.SYSTEME else acteur(role)


@pytest.fixture
def allier() -> Poste:
    return PosteFactory(structure=StructureFactory(commune=lieu("03190")))


@pytest.fixture
def paris() -> Poste:
    # The postal code says another place than the commune: only the commune counts (R7).
    return PosteFactory(structure=StructureFactory(commune=lieu("75056"), code_postal="03000"))


def vus(qui: Acteur) -> dict[str, set[int]]:
    return {
        "structures": set(acces.structures_visibles_par(qui).values_list("pk", flat=True)),
        "candidatures": set(acces.candidatures_visibles_par(qui).values_list("pk", flat=True)),
        "postes": set(acces.postes_visibles_par(qui).values_list("pk", flat=True)),
    }


def attendus(*postes: Poste) -> dict[str, set[int]]:
    return {
        "structures": {p.structure_id for p in postes},
        "candidatures": {p.candidature_id for p in postes},
        "postes": {p.pk for p in postes},
    }


@pytest.mark.parametrize("role", NATIONAUX)
def test_perimetre_national(role, allier, paris):
    assert vus(acteur_du(role)) == attendus(allier, paris)


@pytest.mark.parametrize("role", SANS_ACCES)
def test_sans_acces(role, allier):
    assert vus(acteur_du(role)) == attendus()
    assert not acces.comites_visibles_par(acteur_du(role)).exists()


def test_une_structure_voit_les_siens(allier, paris):
    assert vus(acteur_de_structure(allier.structure)) == attendus(allier)
    assert not acces.comites_visibles_par(acteur_de_structure(allier.structure)).exists()


@pytest.mark.parametrize("role", [Role.PREFECTURE, Role.SGAR, Role.HUB])
def test_un_territoire_se_lit_sur_la_commune(role, allier, paris):
    assert vus(acteur(role)) == attendus(allier)


def test_une_prefecture_sans_departement_ne_voit_rien(allier):
    for role in (Role.PREFECTURE, Role.SGAR, Role.HUB):
        assert vus(Acteur(role, nom="Sans territoire")) == attendus()
        assert not acces.comites_visibles_par(Acteur(role, nom="Sans territoire")).exists()


def test_une_adresse_non_confirmee_n_est_pas_deposee():
    """R23: prefectures and BdT see what is filed; ANCT and support help people before that."""
    candidature = CandidatureFactory()
    for role in (Role.PREFECTURE, Role.SGAR, Role.HUB, Role.BDT):
        assert candidature not in acces.candidatures_visibles_par(acteur(role))
    for role in (Role.ANCT, Role.SUPPORT):
        assert candidature in acces.candidatures_visibles_par(acteur(role))


def test_les_comites_d_un_territoire():
    """A committee is seen by a prefecture when its agenda holds something of its territory."""
    sien, autre, vide = ComiteFactory(), ComiteFactory(), ComiteFactory()
    for comite, code in ((sien, "03190"), (autre, "75056")):
        LigneComiteFactory(
            comite=comite,
            candidature=CandidatureFactory(deposee=True, campagne=comite.campagne, commune=lieu(code)),
        )
    assert set(acces.comites_visibles_par(acteur(Role.PREFECTURE))) == {sien}
    assert set(acces.comites_visibles_par(acteur(Role.ANCT))) == {sien, autre, vide}


def test_obtenir_repond_404_hors_du_perimetre(allier, paris):
    qui = acteur_de_structure(allier.structure)
    sien, autre = LieuExerciceFactory(structure=allier.structure), LieuExerciceFactory(structure=paris.structure)
    assert acces.obtenir_poste(qui, allier.uuid) == allier
    assert acces.obtenir_structure(qui, allier.structure.uuid) == allier.structure
    assert acces.obtenir_candidature(qui, allier.candidature.uuid) == allier.candidature
    assert acces.obtenir_lieu(qui, sien.uuid) == sien
    for obtenir, identifiant in (
        (acces.obtenir_poste, paris.uuid),
        (acces.obtenir_structure, paris.structure.uuid),
        (acces.obtenir_candidature, paris.candidature.uuid),
        (acces.obtenir_lieu, autre.uuid),
        (acces.obtenir_comite, paris.comite.uuid),
        (acces.obtenir_poste, uuid.uuid4()),
    ):
        with pytest.raises(Http404):
            obtenir(qui, identifiant)


def test_la_structure_de_l_acteur(allier):
    assert acces.structure_de(acteur_de_structure(allier.structure)) == allier.structure
    with pytest.raises(Http404):
        acces.structure_de(acteur(Role.ANCT))
    with pytest.raises(Http404):
        acces.structure_de(acteur(Role.STRUCTURE))
