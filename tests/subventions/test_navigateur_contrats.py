"""Contract, agreement, payments and simulator in a real browser: axe, 360 px, and signing without JavaScript."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from subventions.actions import generer_convention
from subventions.enums import EtatConvention, EtatTranche
from subventions.models import Convention, Tranche
from tests.comptes.factories import MOT_DE_PASSE, RattachementFactory, acteur
from tests.outils_navigateur import LARGEURS
from tests.subventions.factories import DossierFactory, membre_du_dossier
from tests.subventions.factories_contrats import (
    ContratFactory,
    ConventionFactory,
    SuspensionFactory,
    mettre_tranche,
)

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]
SIMULATION = "?regime=ami-public-2020&statut=public&contrat=contrat-projet&departement=974&duree_mois=36"


def url(nom, *args):
    return reverse(f"subventions:{nom}", args=args)


def test_pages_de_la_structure(nouvelle_page, connecter, client_de, verifier_accessibilite):
    neuf = DossierFactory(conforme=True)
    structure = neuf.structure
    membre = membre_du_dossier(neuf, signataire=True)

    def dossier(**champs):
        return DossierFactory(conforme=True, mise_en_relation__poste__structure=structure, **champs)

    prepare = ContratFactory(dossier=dossier()).dossier
    a_signer = ConventionFactory(dossier=dossier()).dossier
    signee = ConventionFactory(dossier=dossier(), signee=True)
    mettre_tranche(_due(signee), EtatTranche.EXIGIBLE)
    SuspensionFactory(convention=signee)
    page = nouvelle_page()
    connecter(page, client_de(rattachement=membre))
    for nom, objet in (
        ("contrat", neuf),
        ("contrat_preparer", neuf),
        ("contrat", prepare),
        ("contrat_preparer", prepare),
        ("contrat_signature", prepare),
        ("convention", neuf),
        ("convention", a_signer),
        ("convention_signer", a_signer),
        ("convention", signee.dossier),
        ("dossier_structure", signee.dossier),
        ("dossier_structure", neuf),
    ):
        assert page.goto(url(nom, objet.uuid)).status == 200, nom
        verifier_accessibilite(page, largeurs=LARGEURS, capture=f"s_{nom}_{objet.numero}")
    page.goto(url("contrat_preparer", neuf.uuid))
    page.get_by_role("button", name="Enregistrer le contrat").click()
    verifier_accessibilite(page, largeurs=LARGEURS, capture="s_erreurs")


def _due(convention):
    Tranche.objects.filter(convention=convention, rang=1).update(prevue_le=timezone.localdate())
    return convention.tranches.get(rang=1)


def test_pages_de_la_bdt(nouvelle_page, connecter, client_de, verifier_accessibilite):
    a_etablir = ContratFactory(signe=True).dossier
    chez_structure = ConventionFactory()
    a_signer = ConventionFactory(signee_structure=True)
    signee = ConventionFactory(signee=True)
    mettre_tranche(_due(signee), EtatTranche.EXIGIBLE)
    suspension = SuspensionFactory(convention=ConventionFactory(signee=True))
    _due(suspension.convention)
    page = nouvelle_page()
    connecter(page, client_de("bdt", signataire=True))
    for nom, adresse in (
        ("a_etablir", url("conventions_bdt")),
        ("a_signer", url("conventions_bdt") + "?vue=a-signer"),
        ("signees", url("conventions_bdt") + "?vue=signees"),
        ("etablir", url("convention_etablir", a_etablir.uuid)),
        ("convention_a_signer", url("convention_bdt", a_signer.uuid)),
        ("signer", url("convention_signer_bdt", a_signer.uuid)),
        ("annuler", url("convention_annuler", chez_structure.uuid)),
        ("convention", url("convention_bdt", signee.uuid)),
        ("suspendre", url("convention_suspendre", signee.uuid)),
        ("suspendue", url("convention_bdt", suspension.convention.uuid)),
        ("lever", url("suspension_lever", suspension.uuid)),
        ("tranches", url("tranches_bdt")),
        ("prevues", url("tranches_bdt") + "?vue=prevues"),
        ("retenues", url("tranches_bdt") + "?vue=retenues"),
        ("vide", url("tranches_bdt") + "?vue=sans-date"),
        ("dossier", url("dossier_bdt", a_etablir.uuid)),
    ):
        assert page.goto(adresse).status == 200, nom
        verifier_accessibilite(page, largeurs=LARGEURS, capture=f"b_{nom}")


def test_simulateur(nouvelle_page, verifier_accessibilite):
    """R69"""
    page = nouvelle_page()
    for nom, suite in (("vide", ""), ("resultat", SIMULATION), ("refus", SIMULATION.replace("public&", "prive&"))):
        page.goto(url("simulateur") + suite)
        verifier_accessibilite(page, largeurs=LARGEURS, capture=f"sim_{nom}")


def test_signer_sans_javascript(page_sans_js, connecter, client_de):
    """R63: the structure signs with its password, by clicking only; what is wrong is said and what was typed stays."""
    page = page_sans_js
    contrat = ContratFactory(signe=True)
    convention = generer_convention(acteur=acteur("bdt"), dossier=contrat.dossier)
    RattachementFactory(bdt=True)
    connecter(page, client_de(rattachement=membre_du_dossier(contrat.dossier, signataire=True)))
    page.goto(url("dossier_structure", contrat.dossier.uuid))
    page.get_by_role("link", name="Lire et signer la convention").click()
    page.get_by_role("link", name="Signer la convention", exact=True).click()
    page.get_by_label("Votre fonction").fill("Maire")
    page.get_by_label("Votre mot de passe").fill("mauvais")
    page.get_by_role("button", name="Signer la convention").click()
    expect(page.locator("#resume-erreurs li")).to_have_count(2)
    expect(page.get_by_label("Votre fonction")).to_have_value("Maire")
    page.get_by_label("Je suis habilité").check(force=True)
    page.get_by_label("Votre mot de passe").fill(MOT_DE_PASSE)
    page.get_by_role("button", name="Signer la convention").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(convention.numero)
    assert Convention.objects.get(pk=convention.pk).etat == EtatConvention.SIGNEE_STRUCTURE
