"""R69: the public simulator says what the command says, and refuses in words what no line covers."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse

from portal.territoires.models import Departement

pytestmark = pytest.mark.django_db
BASE = {"regime": "ami-public-2020", "statut": "public", "contrat": "contrat-projet", "departement": "03"}


def demander(client, **champs):
    return client.get(reverse("subventions:simulateur"), {**BASE, **champs})


def texte(reponse):
    return " ".join(reponse.content.decode().split())


def test_ouvert_a_tous(client):
    """A public page, no error before anything is asked; the départements are the official ones."""
    reponse = client.get(reverse("subventions:simulateur"))
    assert reponse.status_code == 200
    assert not reponse.context["form"].is_bound
    choix = [code for code, _ in reponse.context["form"].fields["departement"].choices if code]
    assert choix == list(Departement.objects.order_by("code").values_list("code", flat=True))
    assert len(choix) == 109
    assert client.post(reverse("subventions:simulateur")).status_code == 405


@pytest.mark.parametrize(
    "cas",
    [
        {"duree_mois": "24", "evenement": "2021-01-31"},
        {"departement": "974", "duree_mois": "36", "aides": "1234.56"},
        {"departement": "988"},
        {"regime": "ami-prive-2021", "statut": "prive", "contrat": "cdi-prive", "evenement": "2022-02-28"},
        {"regime": "ami-prive-2021", "statut": "prive", "contrat": "cdd-prive", "duree_mois": "18", "aides": "50000"},
        {"regime": "aac-coordinateur-2023", "contrat": "titulaire", "departement": "971"},
        {
            "regime": "aac-coordinateur-2023",
            "statut": "autre-public",
            "contrat": "cdd-prive",
            "departement": "972",
            "duree_mois": "12",
        },
    ],
)
def test_meme_reponse_que_la_commande(client, cas):
    """R69: to the cent and to the day, rules included."""
    options = [f"--{nom.replace('_', '-')}={valeur}" for nom, valeur in {**BASE, **cas}.items()]
    sortie = StringIO()
    call_command("simuler_subvention", *options, "--json", stdout=sortie)
    reponse = demander(client, **cas)
    assert reponse.context["simulation"].en_dict() == json.loads(sortie.getvalue())
    page = texte(reponse)
    montant = Decimal(json.loads(sortie.getvalue())["montant"])
    assert f"{montant:,.2f}".replace(",", " ").replace(".", ",") in page


def test_regle_et_source_de_chaque_chiffre(client):
    """R69: what decides it and its source, under the name people know; our numbers are not theirs."""
    page = texte(demander(client, evenement="2021-01-31", duree_mois="36"))
    for attendu in (
        "Source : guide de l’employeur des structures publiques (2021), rôle et engagements de la structure",
        "Source : guide de l’employeur des structures publiques (2021), étape 9",
        "Versement en 3 tranches",
        "La dernière tranche solde le montant",
        "Règle de calcul du portail",
        "28 février 2021",
        "31 juillet 2021",
    ):
        assert attendu in page
    assert "S0" not in page
    assert not re.search(r"\bR\d", page)


def test_une_seule_tranche_se_dit_au_singulier(client):
    """R5: the call for coordinators pays at once."""
    page = texte(demander(client, regime="aac-coordinateur-2023", evenement="2024-01-31"))
    assert "Versement en une seule tranche" in page
    assert "(s)" not in page


@pytest.mark.parametrize(
    ("champs", "champ"),
    [
        ({"statut": "prive"}, "statut"),
        ({"contrat": "cdi-prive"}, "contrat"),
        ({"duree_mois": "12"}, "duree_mois"),
        ({"regime": "ami-prive-2021", "statut": "prive", "contrat": "cdd-prive", "duree_mois": "19"}, "duree_mois"),
    ],
)
def test_combinaison_refusee(client, champs, champ):
    """R9: next to the answer, naming the line that is missing; what was chosen stays."""
    reponse = demander(client, **champs)
    assert set(reponse.context["form"].errors) == {champ}
    assert "barème" in reponse.context["form"].errors[champ][0]
    assert reponse.context["simulation"] is None
    for valeur in {**BASE, **champs}.values():
        assert f'value="{valeur}"' in texte(reponse)


def test_montant_laisse_a_la_bdt(client):
    """R6: the increase without a figure is said, not guessed."""
    reponse = demander(
        client, regime="aac-coordinateur-2023", statut="autre-public", contrat="cdd-public", departement="974"
    )
    assert "La Banque des Territoires fixe ce montant" in texte(reponse)
    assert reponse.context["simulation"] is None


@pytest.mark.parametrize(
    "champs",
    [
        {"duree_mois": "abc"},
        {"duree_mois": "0"},
        {"evenement": "31/02/2021"},
        {"aides": "-1"},
        {"aides": "beaucoup"},
        {"departement": "99"},
        {"regime": "x"},
        {"regime": ""},
    ],
)
def test_saisie_fausse(client, champs):
    reponse = demander(client, **champs)
    assert reponse.status_code == 200
    assert set(reponse.context["form"].errors) == set(champs)


def test_date_ecrite_a_la_francaise(client):
    reponse = demander(client, evenement="31/01/2021", aides="1 234,50")
    assert reponse.context["simulation"].calcul.deductions == Decimal("1234.50")
    assert "28 février 2021" in texte(reponse)


def test_territoires_sans_majoration(client):
    """R7: base amount, flagged for BdT."""
    for departement in ("975", "984", "989"):
        reponse = demander(client, departement=departement)
        assert reponse.context["simulation"].calcul.montant == Decimal(50000)
        assert "vérifie ce montant" in texte(reponse)
