"""Who may call what on this floor is written once: verb, button and `docs/droits.md` read the same line (DOMAIN §2)."""

from __future__ import annotations

import inspect
import re

import pytest
from django.conf import settings
from django.contrib import admin

from portal.commun.acteurs import Acteur
from portal.commun.droits import droits
from portal.commun.erreurs import AccesRefuse
from portal.commun.roles import Role
from structures import actions
from structures.models import Campagne, Candidature, Comite, LigneComite, Structure

DE_CET_ETAGE = {
    "rendre_avis": {Role.PREFECTURE},
    "classer": {Role.PREFECTURE},
    "importer_avis": {Role.PREFECTURE, Role.ANCT},
    "renseigner_faits": {Role.PREFECTURE, Role.ANCT},
    "importer_faits": {Role.ANCT},
    "trancher_statut": {Role.ANCT},
    "creer_campagne": {Role.ANCT},
    "modifier_campagne": {Role.ANCT},
    "creer_comite": {Role.ANCT},
    "modifier_comite": {Role.ANCT},
    "inscrire": {Role.ANCT},
    "inscrire_lot": {Role.ANCT},
    "inscrire_demande": {Role.ANCT},
    "inscrire_correction": {Role.ANCT},
    "desinscrire": {Role.ANCT},
    "decider": {Role.ANCT},
    "fusionner": {Role.ANCT},
    "ecarter_doublon": {Role.ANCT},
}


@pytest.mark.django_db
@pytest.mark.parametrize("nom", DE_CET_ETAGE)
def test_chaque_verbe_a_sa_ligne_et_la_lit_d_abord(nom):
    """R110, §2: the roles of the table, in the page of the documentation, and asked by the verb of that name."""
    droit = {droit.nom: droit for droit in droits()}[nom]
    assert droit.roles == DE_CET_ETAGE[nom]
    assert f"| {droit.regle} | `{nom}` |" in (settings.BASE_DIR / "docs/droits.md").read_text()
    verbe = getattr(actions, nom)
    autres = dict.fromkeys(inspect.signature(verbe).parameters, None)
    for role in set(Role) - droit.roles - {Role.SYSTEME}:
        with pytest.raises(AccesRefuse, match=re.escape(droit.refus)):
            verbe(**{**autres, "acteur": Acteur(role)})


@pytest.mark.parametrize(
    ("modele", "bouton", "droit"),
    [
        (Candidature, "avis", "rendre_avis"),
        (Candidature, "faits", "renseigner_faits"),
        (Candidature, "statut", "trancher_statut"),
        (Structure, "faits", "renseigner_faits"),
        (Campagne, "modifier", "modifier_campagne"),
        (Comite, "modifier", "modifier_comite"),
        (LigneComite, "retirer", "desinscrire"),
    ],
)
def test_le_bouton_est_propose_aux_roles_de_la_ligne(modele, bouton, droit):
    """§2"""
    (trouve,) = [b for b in admin.site.get_model_admin(modele).verbes if b.nom == bouton]
    assert trouve.roles == DE_CET_ETAGE[droit]
