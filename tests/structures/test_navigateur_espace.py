"""In a real Chromium: a structure gives back, asks for more and changes its SIRET without JavaScript; ANCT answers and
moves a post; every page at 1280 and 360 px with axe (R21, R29, R110)."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from structures.models import ChangementEtablissement, DemandePostes, Poste
from tests.candidats.factories import MiseEnRelationFactory
from tests.commun.fichiers_exemples import pdf
from tests.comptes.factories import OrganisationFactory
from tests.outils_navigateur import LARGEURS
from tests.structures.factories import PosteFactory, StructureFactory, candidature_de, membre
from tests.structures.factories_demandes import ChangementFactory, DemandePostesFactory
from tests.structures.factories_lieux import siret_suivant

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def scene(client_de):
    """Three free posts of one structure, another that could take one, and who looks at them."""
    OrganisationFactory(prefecture=True, courriel="prefecture03@exemple.fr")
    premier = PosteFactory(structure__nom="Commune de Moulins", accorde_le=timezone.localdate())
    autres = [PosteFactory(structure=premier.structure, campagne=premier.campagne) for _ in range(2)]
    candidature_de(StructureFactory(nom="Commune voisine"), campagne=premier.campagne, activee=True)
    return [premier, *autres], client_de(rattachement=membre(premier.structure)), client_de("anct")


def test_rendre_demander_changer_puis_transferer(nouvelle_page, connecter, scene):
    """R21, R29: the whole round, by clicking, without JavaScript."""
    (premier, deuxieme, troisieme), structure, anct = scene
    page, agent = nouvelle_page(js=False), nouvelle_page(js=False)
    connecter(page, structure)
    connecter(agent, anct)

    page.goto(reverse("structures:espace"))
    page.get_by_role("link", name="Rendre des postes").click()
    page.get_by_role("button", name="Rendre les postes choisis").click()
    assert page.get_by_role("link", name="Choisissez au moins un poste à rendre.").is_visible()
    page.get_by_text(f"Poste n° {premier.numero},").click()
    page.get_by_text("Difficultés de recrutement").click()
    page.get_by_role("button", name="Rendre les postes choisis").click()
    assert page.get_by_text(f"Le poste n° {premier.numero} est rendu.").is_visible()

    page.get_by_role("link", name="Demander des postes").click()
    page.get_by_label("Combien de postes demandez-vous ?").fill("2")
    page.get_by_label("À partir de quand pouvez-vous accueillir ?").fill(timezone.localdate().isoformat())
    page.get_by_text("Répondre à une forte demande").click()
    page.get_by_role("button", name="Envoyer la demande").click()
    assert page.get_by_role("heading", name="Demande de 2 postes").is_visible()
    assert DemandePostes.objects.get().etat == "en_cours"

    nouveau = siret_suivant()
    page.goto(reverse("structures:demander_changement"))
    page.get_by_label("Nouveau SIRET").fill(nouveau)
    page.get_by_label("Nom de la structure").fill("Moulins et ses environs")
    page.locator("[name=commune]").fill(premier.structure.commune.libelle)
    page.get_by_label("Pourquoi changez-vous d’établissement ?").fill("Fusion de deux communes.")
    preuve = {"name": "avis.pdf", "mimeType": "application/pdf", "buffer": pdf()}
    page.get_by_label("Justificatif").set_input_files(preuve)
    page.get_by_role("button", name="Envoyer la demande").click()
    assert page.get_by_role("heading", name="Changement d’établissement").is_visible()
    changement = ChangementEtablissement.objects.get()

    agent.goto(reverse("admin:structures_changementetablissement_change", args=[changement.uuid]))
    assert agent.get_by_role("cell", name=nouveau).is_visible()
    agent.get_by_role("link", name="Accepter le changement").click()
    agent.get_by_role("button", name="Accepter le changement").click()
    assert agent.get_by_text(f"La structure est maintenant l’établissement {nouveau}").is_visible()

    agent.goto(reverse("admin:structures_poste_change", args=[deuxieme.uuid]))
    agent.get_by_role("link", name="Transférer le poste").click()
    agent.get_by_label("Structure qui reprend le poste").select_option(index=1)
    agent.get_by_label("Motif du transfert").fill("La voisine reprend le projet.")
    agent.get_by_role("button", name="Transférer le poste").click()
    ligne = agent.get_by_role("cell", name="Transféré de Moulins et ses environs")
    assert ligne.is_visible()
    page.goto(reverse("structures:espace"))
    assert page.get_by_text("transféré à Commune voisine").is_visible()
    assert list(Poste.objects.comptes().filter(structure=premier.structure)) == [troisieme]


def test_les_pages_de_l_espace_et_de_l_administration(nouvelle_page, connecter, scene, verifier_accessibilite):
    """R110: axe at zero, nothing wider than the screen."""
    (premier, *_), structure, anct = scene
    demande = DemandePostesFactory(structure=premier.structure, campagne=premier.campagne, avisee=True)
    changement = ChangementFactory(structure=premier.structure)
    seul = PosteFactory(privee=True)
    MiseEnRelationFactory(poste=premier, entretien=True)
    pages = [
        (structure, "structures:espace", []),
        (structure, "structures:poste", [premier.uuid]),
        (structure, "structures:rendre_postes", []),
        (structure, "structures:demande", [demande.uuid]),
        (structure, "structures:donnees_legales", []),
        (structure, "structures:changement", [changement.uuid]),
        (structure, "structures:ma_structure", []),
        (anct, "admin:structures_poste_change", [premier.uuid]),
        (anct, "admin:structures_poste_verbe", [premier.uuid, "transferer"]),
        (anct, "admin:structures_poste_verbe", [seul.uuid, "transferer"]),
        (anct, "admin:structures_demandepostes_change", [demande.uuid]),
        (anct, "admin:structures_changementetablissement_change", [changement.uuid]),
    ]
    page = nouvelle_page()
    for client, nom, args in pages:
        connecter(page, client)
        page.goto(reverse(nom, args=args))
        verifier_accessibilite(page, largeurs=LARGEURS)
