"""The loader: whole, idempotent, and free when there is nothing to do."""

import shutil
from io import StringIO

import pytest
from django.core.management import call_command

from portal.commun import normalisation
from portal.comptes.models import Organisation, TypeOrganisation
from portal.territoires import zones
from portal.territoires.chargement import charger, references, remplacer
from portal.territoires.jeu import DONNEES, Jeu, empreinte_donnees, lire_jeu
from portal.territoires.models import Chargement, CodePostal, Commune, Departement, Epci

pytestmark = pytest.mark.django_db


def test_recharger_ne_fait_rien(django_assert_num_queries):
    with django_assert_num_queries(1):
        bilan = charger()
    assert bilan.inchange
    assert Chargement.objects.count() == 1


def test_recharger_de_force_ne_reecrit_aucune_ligne_juste():
    bilan = charger(forcer=True)
    assert (bilan.inchange, bilan.ecrites, bilan.retirees, bilan.conservees) == (False, 0, [], [])
    assert Commune.objects.count() == 34_969


def test_recharger_repare_ce_qui_a_ete_abime():
    Commune.objects.filter(pk="03190").update(nom="Moulin", latitude=0, epci=None, actuelle=False)
    CodePostal.objects.filter(commune="03190").update(code="99999")
    CodePostal.objects.filter(commune="03310").delete()
    Epci.objects.create(code="999999999", nom="CC disparue", nom_normalise="cc disparue")
    bilan = charger(forcer=True)
    moulins = Commune.objects.get(pk="03190")
    assert bilan.ecrites == 1
    assert (moulins.nom, round(moulins.latitude), moulins.epci_id, moulins.actuelle) == (
        "Moulins",
        47,
        "200071140",
        True,
    )
    assert moulins.liste_codes_postaux == ["03000"]
    assert Commune.objects.get(pk="03310").liste_codes_postaux == ["03200"]
    assert not Epci.objects.filter(pk="999999999").exists()


def test_un_changement_des_fichiers_recharge(tmp_path):
    shutil.copytree(DONNEES, tmp_path, dirs_exist_ok=True)
    fichier = tmp_path / "epci.csv"
    fichier.write_text(fichier.read_text("utf-8").replace("CC Faucigny - Glières", "CC du Faucigny"), "utf-8")
    assert not charger(dossier=tmp_path).inchange
    assert Epci.objects.get(pk="200000172").nom == "CC du Faucigny"
    assert charger(dossier=tmp_path).inchange


@pytest.mark.parametrize("module", [normalisation, zones])
def test_un_changement_du_pliage_des_noms_ou_des_zones_change_l_empreinte(module, monkeypatch, tmp_path):
    autre = tmp_path / "autre.py"
    autre.write_text("# another way to fold names")
    avant = empreinte_donnees()
    monkeypatch.setattr(module, "__file__", str(autre))
    assert empreinte_donnees() != avant


def test_les_donnees_de_l_api_ne_sont_pas_ecrasees_au_demarrage():
    Chargement.objects.create(source="api-geo", empreinte="x", communes=34_900)
    assert charger().inchange
    assert not charger(forcer=True).inchange


def test_une_commune_partie_est_retiree():
    jeu = lire_jeu()
    reste = [c for c in jeu.communes if c.code != "03190"]
    bilan = remplacer(Jeu("essai", "e", jeu.regions, jeu.departements, jeu.epcis, reste))
    assert bilan.retirees == ["03190"]
    assert not Commune.objects.filter(pk="03190").exists()
    assert not CodePostal.objects.filter(commune="03190").exists()


def test_les_references_viennent_de_toutes_les_tables():
    """What is still used is kept: an EPCI by a commune, a département by a commune, even one no longer current."""
    assert references(Epci, {"200071140", "999999999"}) == {"200071140"}
    assert references(Departement, {"978", "999"}) == {"978"}
    assert references(Commune, set()) == set()


def test_une_table_de_liaison_est_une_reference():
    Departement.objects.create(code="99", nom="Ailleurs", nom_normalise="ailleurs", region_id="84", zone="metropole")
    assert references(Departement, {"99"}) == set()
    organisation = Organisation.objects.create(type=TypeOrganisation.PREFECTURE, nom="Préfecture d’ailleurs")
    organisation.departements.add("99")
    assert references(Departement, {"99"}) == {"99"}


def test_rien_n_est_a_moitie_ecrit():
    jeu = lire_jeu()
    orphelines = [c._replace(epci="000000000") if c.code == "03190" else c for c in jeu.communes]
    avec_inconnu = [c._replace(departement="999") if c.code == "03190" else c for c in orphelines]
    with pytest.raises(KeyError):
        remplacer(Jeu("essai", "e", jeu.regions[:-1], jeu.departements, jeu.epcis, avec_inconnu))
    assert Chargement.objects.count() == 1
    assert Commune.objects.get(pk="03190").departement_id == "03"


def test_commande():
    sortie = StringIO()
    call_command("charger_territoires", stdout=sortie)
    assert sortie.getvalue() == "Territoires déjà à jour : 34969 communes (source : paquets).\n"
    call_command("charger_territoires", "--forcer", stdout=sortie)
    assert "Territoires chargés : 34969 communes, dont 0 écrites." in sortie.getvalue()
