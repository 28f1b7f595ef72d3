"""Every address × every role, from one table (`urls_roles*.py`): who enters, and what the others get (DOMAIN §2).

A new address without a line fails with its name, and a line without an address too. The object of another structure,
candidate, body or département answers 404 to every role that must not see it, read or written.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib import admin
from django.core.files.storage import storages
from django.db import transaction
from django.urls import URLResolver, get_resolver

from portal.commun.roles import ROLES_ADMIN, Role
from tests.urls_roles import ALLAUTH, CANDIDATS, COMPTES, FORMATION, PUBLIQUES, STRUCTURES, SUBVENTIONS, Ligne
from tests.urls_roles_admin import ADMINISTRATION
from tests.urls_roles_scene import ROLES, Scene

TABLE = [*PUBLIQUES, *COMPTES, *ALLAUTH, *STRUCTURES, *CANDIDATS, *SUBVENTIONS, *FORMATION, *ADMINISTRATION]


# --- the scene: built once for the module, in a transaction that is undone ------------------------------------------


@contextmanager
def _fichiers_dans(dossier: Path) -> Iterator[None]:
    """The private files of the scene, which outlive one test."""
    prive = storages["prive"]
    avant = prive._location
    for lieu in (str(dossier), avant):
        prive._location = lieu
        for nom in ("base_location", "location"):
            prive.__dict__.pop(nom, None)
        if lieu is not avant:
            yield


@contextmanager
def _a_defaire() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def _scene(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[tuple[Scene, Path]]:
    fichiers = tmp_path_factory.mktemp("scene")
    with django_db_blocker.unblock(), _a_defaire():
        with _fichiers_dans(fichiers):
            scene = Scene()
        yield scene, fichiers


@pytest.fixture
def scene(_scene: tuple[Scene, Path]) -> Iterator[Scene]:
    """The scene as it was built: whatever a test writes is undone."""
    with _fichiers_dans(_scene[1]), _a_defaire():
        yield _scene[0]


# --- the table is complete ------------------------------------------------------------------------------------------


def _adresses(resolveur: Any, espaces: tuple[str, ...] = ()) -> Iterator[tuple[str, frozenset[str]]]:
    """(full name, parts of the address) of every named address below a resolver."""
    for motif in resolveur.url_patterns:
        if isinstance(motif, URLResolver):
            yield from _adresses(motif, (*espaces, motif.namespace) if motif.namespace else espaces)
        elif motif.name:
            yield ":".join((*espaces, motif.name)), frozenset(motif.pattern.regex.groupindex)


def test_chaque_adresse_a_sa_ligne_et_chaque_ligne_son_adresse():
    adresses, lignes = set(_adresses(get_resolver())), {ligne.cle for ligne in TABLE}
    oubliees = sorted(f"{nom}({', '.join(sorted(parties))})" for nom, parties in adresses - lignes)
    perimees = sorted(f"{nom}({', '.join(sorted(parties))})" for nom, parties in lignes - adresses)
    assert not oubliees, f"addresses without a line in the table: {oubliees}"
    assert not perimees, f"lines of the table without an address: {perimees}"


def test_chaque_bouton_de_l_administration_a_sa_ligne():
    boutons = {
        (f"admin:{modele._meta.app_label}_{modele._meta.model_name}_verbe", bouton.nom)
        for modele, page in admin.site._registry.items()
        for bouton in page.verbes
    }
    lignes = {(ligne.nom, ligne.fixe["verbe"]) for ligne in TABLE if ligne.fixe.get("verbe", "aucun") != "aucun"}
    assert boutons == lignes


def test_seules_les_adresses_generiques_de_l_administration_sont_sans_nom():
    """An address without a name would escape the table."""

    def anonymes(resolveur: Any, prefixe: str = "") -> Iterator[str]:
        for motif in resolveur.url_patterns:
            if isinstance(motif, URLResolver):
                yield from anonymes(motif, prefixe + str(motif.pattern))
            elif not motif.name:
                yield prefixe + str(motif.pattern)

    assert all(adresse.startswith("admin/") for adresse in anonymes(get_resolver()))


# --- who enters -----------------------------------------------------------------------------------------------------

AU_PORTILLON = ("/comptes/login/?next=", "/admin/login/?next=")


def _est_un_refus(reponse: Any, ligne: Ligne, role: Role) -> bool:
    """Anonymous: sign-in, with the way back; the others: 403. The administration sends them through its own door."""
    attendu = ligne.refuse(role)
    if attendu is not None:
        return reponse.status_code == attendu
    if role is Role.VISITEUR:
        return reponse.status_code == 302 and reponse.url.startswith(AU_PORTILLON)
    if ligne.nom.startswith("admin:") and reponse.status_code == 302:
        return reponse.url.startswith(AU_PORTILLON[1])
    return reponse.status_code == 403


def _demander(scene: Scene, role: Role, methode: str, adresse: str) -> Any:
    """One request, whose effects are undone."""
    with _a_defaire():
        return getattr(scene.client(role), methode)(adresse)


def _erreurs(scene: Scene, ligne: Ligne, role: Role) -> Iterator[str]:
    adresse = ligne.adresse(scene.ici.pour(role))
    lecture = _demander(scene, role, "get", adresse)
    attendu = 405 if ligne.post else ligne.attendu(role) if role in ligne.roles else None
    if attendu is None and not _est_un_refus(lecture, ligne, role):
        yield f"{role} does not enter, GET answered {lecture.status_code}"
    elif attendu is not None and lecture.status_code != attendu:
        yield f"GET of {role} answered {lecture.status_code}, not {attendu}"
    if role in ligne.roles or _deja_a_la_porte(ligne, role):
        return
    ecriture = _demander(scene, role, "post", adresse)
    if not _est_un_refus(ecriture, ligne, role) and (ligne.post or ecriture.status_code != 405):
        yield f"{role} does not enter, POST answered {ecriture.status_code}"


def _deja_a_la_porte(ligne: Ligne, role: Role) -> bool:
    """One door for all the administration: it does not look at the method, and anonymous has tried it."""
    return ligne.nom.startswith("admin:") and role not in ROLES_ADMIN and role is not Role.VISITEUR


@pytest.mark.parametrize("ligne", TABLE, ids=str)
def test_qui_entre(scene: Scene, ligne: Ligne):
    """Each role of `Role`, anonymous included, reading and writing."""
    erreurs = [erreur for role in ROLES for erreur in _erreurs(scene, ligne, role)]
    assert not erreurs, "\n".join(erreurs)


AVEC_OBJET = [ligne for ligne in TABLE if ligne.objet and ligne.ailleurs]


@pytest.mark.parametrize("ligne", [ligne for ligne in AVEC_OBJET if ligne.roles - ligne.nationaux], ids=str)
def test_l_objet_d_un_autre_repond_404(scene: Scene, ligne: Ligne):
    """Read or written, the object of the other world does not exist for who must not see it."""
    for role in sorted(ligne.roles - ligne.nationaux):
        for adresse in ligne.adresses_ailleurs(scene.ici, scene.ailleurs, role):
            lecture = _demander(scene, role, "get", adresse).status_code
            ecriture = _demander(scene, role, "post", adresse).status_code
            assert lecture == (405 if ligne.post else ligne.ailleurs), f"GET {adresse} as {role}"
            assert ecriture == ligne.ailleurs or (ecriture == 405 and not ligne.post), f"POST {adresse} as {role}"


@pytest.mark.parametrize("ligne", [ligne for ligne in AVEC_OBJET if ligne.roles & ligne.nationaux], ids=str)
def test_les_roles_nationaux_voient_les_deux_mondes(scene: Scene, ligne: Ligne):
    """The 404 of the others is a perimeter, not a broken address."""
    for role in sorted(ligne.roles & ligne.nationaux):
        lecture = _demander(scene, role, "get", ligne.adresse(scene.ailleurs.pour(role)))
        assert lecture.status_code == (405 if ligne.post else ligne.attendu(role)), role


# --- the doors ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_la_porte_de_l_administration(scene: Scene, role: Role):
    """Where `_est_un_refus` lets the administration send people: sign-in for anonymous, 403 for the other roles."""
    reponse = scene.client(role).get("/admin/structures/poste/", follow=True)
    if role in ROLES_ADMIN:
        assert reponse.status_code == 200 and not reponse.redirect_chain
    elif role is Role.VISITEUR:
        assert reponse.status_code == 200
        assert reponse.redirect_chain[-1][0].startswith(AU_PORTILLON[0])
    else:
        assert reponse.status_code == 403


@pytest.mark.parametrize("role", [role for role in ROLES if role is not Role.VISITEUR])
def test_l_espace_mene_chaque_role_chez_lui(scene: Scene, role: Role):
    """`/espace/` never sends somebody to a page that refuses them."""
    assert scene.client(role).get("/espace/", follow=True).status_code == 200


def test_la_session_de_la_scene_est_une_vraie_connexion(scene: Scene):
    assert settings.MFA_OBLIGATOIRE_POUR_AGENTS
    assert scene.client(Role.VISITEUR).get("/espace/").status_code == 302
