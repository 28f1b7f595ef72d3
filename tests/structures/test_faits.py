"""R24: official lists of priority facts, imported, applied to the structures there are and to those to come."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse
from portal.commun.roles import Role
from structures.actions import confirmer_depot, importer_faits, renseigner_faits
from structures.bilan import FichierRefuse
from structures.faits import faits_et_sources
from structures.models import FaitPrioritaire, Structure
from tests.comptes.factories import acteur
from tests.structures.factories import CandidatureFactory, StructureFactory, lieu
from tests.structures.factories_lieux import siret_valide
from tests.structures.outils_admin import page, texte
from tests.structures.outils_tableaux import en_csv, en_xlsx

pytestmark = pytest.mark.django_db
PAGE = "admin:structures_faitprioritaire_importer"
TITRES = ["Code INSEE ou SIRET", "Fait", "Source"]
SOURCE = "ANCT, liste du 1er mars 2024"


@pytest.fixture
def anct():
    return acteur(Role.ANCT)


def importer(qui, *lignes, source="", titres=TITRES, **options):
    return importer_faits(acteur=qui, contenu=en_csv(lignes, titres), nom="faits.csv", source=source, **options)


def vrais(structure):
    structure = Structure.objects.get(pk=structure.pk)
    return {fait for fait, _ in faits_et_sources(structure)}


def test_une_liste_s_applique_aux_structures_de_la_commune_et_a_l_etablissement(anct):
    """R24, R110"""
    moulins, vichy, autre = StructureFactory(), StructureFactory(commune=lieu("03310")), StructureFactory()
    bilan = importer(
        anct, ["03190", "ACV", SOURCE], ["03310", "Petites Villes de Demain", SOURCE], [autre.siret, "fs", SOURCE]
    )
    assert (bilan.nouveaux, bilan.autres) == (3, {"structures": 3})
    assert vrais(moulins) == {"Action Cœur de Ville"}
    assert vrais(vichy) == {"Petites Villes de Demain"}
    assert vrais(autre) == {"Action Cœur de Ville", "France services"}
    trace = Structure.objects.get(pk=moulins.pk).history.first()
    assert (trace.history_role, trace.history_user_id, trace.action_coeur_de_ville) == (
        Role.ANCT,
        anct.utilisateur_id,
        True,
    )
    assert FaitPrioritaire.objects.filter(siret=autre.siret).get().history.get().history_role == Role.ANCT


def test_une_structure_qui_candidate_ensuite_a_les_faits_de_sa_commune(anct):
    """R24: by the event of the confirmation, in the same transaction."""
    importer(anct, ["03190", "FRR", SOURCE])
    candidature = CandidatureFactory()
    confirmee = confirmer_depot(acteur=Acteur.systeme(), candidature=candidature)
    assert confirmee.structure.zone_rurale
    assert vrais(confirmee.structure) == {"Zone de revitalisation rurale (ZRR/FRR)"}
    assert Structure.objects.get(pk=confirmee.structure_id).history.first().history_change_reason


def test_la_meme_liste_deux_fois_ne_change_rien(anct):
    """R24"""
    structure = StructureFactory()
    lignes = ["03190", "QPV", SOURCE], ["03310", "QPV", SOURCE]
    importer(anct, *lignes)
    historique = structure.history.count()
    bilan = importer(anct, *lignes)
    assert (bilan.nouveaux, bilan.modifies, bilan.inchanges, bilan.autres) == (0, 0, 2, {"structures": 0})
    assert structure.history.count() == historique
    bilan = importer(anct, ["03190", "QPV", "Autre source"])
    assert (bilan.modifies, FaitPrioritaire.objects.count()) == (1, 2)


def test_plusieurs_quartiers_d_une_commune_ne_sont_pas_une_erreur(anct):
    """R24: the list of districts names a commune as many times as it has some."""
    bilan = importer(anct, ["03190", "QPV", SOURCE], ["03190", "QPV", SOURCE])
    assert (bilan.nouveaux, bilan.ignores) == (1, 1)


def test_ce_qu_un_tableur_fait_aux_codes_est_compris(anct):
    """The zero of the first départements, Corsica, figures of a workbook, spaces in a SIRET."""
    siret = siret_valide(777)
    contenu = en_xlsx([[3190, "ZRR", SOURCE], [f"{siret[:9]} {siret[9:]}", "FS", SOURCE]], TITRES)
    assert importer_faits(acteur=anct, contenu=contenu, nom="x.xlsx").nouveaux == 2
    assert FaitPrioritaire.objects.get(fait="zone_rurale").commune_id == "03190"
    assert FaitPrioritaire.objects.get(fait="france_services").siret == siret


@pytest.mark.parametrize("encodage", ["utf-8", "utf-8-sig", "cp1252"])
def test_source_donnee_pour_tout_le_fichier(anct, encodage):
    lieu()
    contenu = en_csv([["03190", "Action Cœur de Ville"]], TITRES[:2], encodage=encodage, separateur=",")
    importer_faits(acteur=anct, contenu=contenu, nom="x.csv", source="Été 2026")
    assert FaitPrioritaire.objects.get().source == "Été 2026"


@pytest.mark.parametrize(
    ("ligne", "colonne", "attendu"),
    [
        (["99999", "ACV", SOURCE], "Code INSEE ou SIRET", "Aucune commune"),
        (["03000", "ACV", SOURCE], "Code INSEE ou SIRET", "code postal"),
        (["Moulins", "ACV", SOURCE], "Code INSEE ou SIRET", "ni un code INSEE"),
        (["", "ACV", SOURCE], "Code INSEE ou SIRET", "ni un code INSEE"),
        (["12345678901234", "ACV", SOURCE], "Code INSEE ou SIRET", "SIRET"),
        (["2,1E+13", "ACV", SOURCE], "Code INSEE ou SIRET", "arrondi"),
        (["03190", "TGV", SOURCE], "Fait", "n’est pas un fait connu"),
        (["03190", "", SOURCE], "Fait", "n’est pas un fait connu"),
        (["03190", "ACV", ""], "Source", "d’où vient"),
        (["03190", "ACV", "x" * 201], "Source", "200"),
        (["03190", "ACV", "liste numÃ©rique"], "", "encodage"),
        (["03190", "ACV", SOURCE, "de trop"], "", "plus de cellules"),
    ],
)
def test_une_ligne_fausse_est_dite_et_rien_n_est_importe(anct, ligne, colonne, attendu):
    """R24: line by line, nothing half-imported."""
    structure = StructureFactory()
    with pytest.raises(FichierRefuse) as refus:
        importer(anct, ["03190", "QPV", SOURCE], ligne)
    (erreur,) = refus.value.bilan.erreurs
    assert (erreur.ligne, erreur.colonne) == (3, colonne)
    assert attendu in erreur.message
    assert not FaitPrioritaire.objects.exists()
    assert not vrais(structure)


@pytest.mark.parametrize("role", [Role.PREFECTURE, Role.SGAR, Role.STRUCTURE, Role.SUPPORT])
def test_seule_l_anct_importe_une_liste(role):
    """R24"""
    with pytest.raises(AccesRefuse):
        importer(acteur(role), ["03190", "ACV", SOURCE])


def test_les_faits_sont_montres_avec_leur_source(client_de, anct):
    """R24: from a list, or said by somebody."""
    candidature = CandidatureFactory(deposee=True)
    importer(anct, ["03190", "ACV", SOURCE])
    renseigner_faits(
        acteur=anct, structure=candidature.structure, faits=["action_coeur_de_ville", "quartier_prioritaire"]
    )
    contenu = texte(client_de("prefecture").get(page(candidature)))
    assert SOURCE in contenu
    assert "renseigné par la préfecture ou par l’ANCT" in contenu


def test_nombre_de_requetes_de_l_import_constant(anct):
    """R24: 20,000 lines cost as many statements as ten, the structures that they change included."""

    def requetes(nombre):
        lignes = [[StructureFactory().siret, "FS", SOURCE] for _ in range(nombre)]
        with CaptureQueriesContext(connection) as contexte:
            assert importer(anct, *lignes).autres == {"structures": nombre}
        return len(contexte)

    assert requetes(10) == requetes(150)


def test_commande_importer_faits(tmp_path):
    """R24: `--verifier` writes nothing."""
    structure = StructureFactory()
    fichier = tmp_path / "faits.csv"
    fichier.write_bytes(en_csv([["03190", "ACV"]], TITRES[:2]))
    sortie = StringIO()
    call_command("importer_faits", str(fichier), "--verifier", "--source", SOURCE, stdout=sortie)
    assert "rien n’est écrit" in sortie.getvalue()
    assert not FaitPrioritaire.objects.exists()
    sortie = StringIO()
    call_command("importer_faits", str(fichier), "--json", "--source", SOURCE, stdout=sortie)
    assert json.loads(sortie.getvalue())["structures"] == 1
    assert vrais(structure) == {"Action Cœur de Ville"}
    with pytest.raises(CommandError, match="1 ligne est à corriger"):
        call_command("importer_faits", str(fichier), stdout=StringIO(), stderr=StringIO())


def test_ecran_de_l_anct(client_de):
    """R24: a review, then the button; the list and the page of a fact."""
    structure = StructureFactory(nom="Mairie de Moulins")
    client = client_de("anct")
    fichier = SimpleUploadedFile("faits.csv", en_csv([["03190", "PVD"]], TITRES[:2]))
    reponse = client.post(reverse(PAGE), {"fichier": fichier, "source": SOURCE, "mode": "ajouter"})
    contenu = texte(reponse)
    assert "1 à ajouter" in contenu
    assert "1 structure à mettre à jour" in contenu
    assert not FaitPrioritaire.objects.exists()
    reponse = client.post(reverse(PAGE), {"porte": reponse.context["porte"]}, follow=True)
    assert "1 fait ajouté" in texte(reponse)
    assert "1 structure mise à jour" in texte(reponse)
    fait = FaitPrioritaire.objects.get()
    liste = texte(client.get(reverse("admin:structures_faitprioritaire_changelist"), {"q": "moulins"}))
    assert SOURCE in liste
    assert "Importer une liste" in liste
    detail = texte(client.get(reverse("admin:structures_faitprioritaire_change", args=[fait.uuid])))
    assert structure.nom in detail
    fichier = SimpleUploadedFile("faits.csv", en_csv([["03190", "PVD", ""]], TITRES))
    contenu = texte(client.post(reverse(PAGE), {"fichier": fichier, "mode": "ajouter"}))
    assert "1 ligne à corriger" in contenu


# --- replace a list -------------------------------------------------------------------------------------------------


def test_une_liste_remplacee_retire_le_fait_des_lieux_qu_elle_ne_nomme_plus(anct):
    """R24, R110: other facts stay, and what another line or somebody says; the history keeps what went."""
    moulins, vichy, cusset = (StructureFactory(commune=lieu(code)) for code in ("03190", "03310", "03095"))
    dite = StructureFactory(commune=lieu("03310"))
    renseigner_faits(acteur=anct, structure=dite, faits=["zone_rurale"])
    nommee = StructureFactory(commune=lieu("03310"))
    codes = ("03190", "03310", "03095")
    importer(anct, *([code, fait, SOURCE] for code in codes for fait in ("FRR", "QPV")), [nommee.siret, "FRR", SOURCE])
    retire = FaitPrioritaire.objects.get(fait="zone_rurale", commune="03310")

    lignes = ["03190", "FRR", "Liste 2026"], ["03095", "FRR", SOURCE], [nommee.siret, "FRR", SOURCE]
    bilan = importer(anct, *lignes, remplacer=True)
    assert (bilan.nouveaux, bilan.modifies, bilan.inchanges, bilan.retires) == (0, 1, 2, 1)
    assert bilan.autres == {"structures": 1}
    frr, qpv = "Zone de revitalisation rurale (ZRR/FRR)", "Quartier prioritaire (QPV)"
    assert vrais(vichy) == {qpv}
    for gardee in (moulins, cusset, dite, nommee):
        assert vrais(gardee) == {qpv, frr}
    assert not FaitPrioritaire.objects.filter(pk=retire.pk).exists()
    trace = FaitPrioritaire.history.filter(id=retire.pk).first()
    assert (trace.history_type, trace.history_role, trace.source) == ("-", Role.ANCT, SOURCE)
    assert Structure.objects.get(pk=vichy.pk).history.first().history_role == Role.ANCT
    # A structure that applies there afterwards does not have it either.
    confirmee = confirmer_depot(acteur=Acteur.systeme(), candidature=CandidatureFactory(commune=lieu("03310")))
    assert vrais(confirmee.structure) == {qpv}
    assert importer(anct, *lignes, remplacer=True).a_ecrire == 0


def test_un_lieu_qui_passe_de_la_commune_a_l_etablissement_garde_son_fait(anct):
    """R24: what the new list says in another way is not lost for a moment."""
    structure, voisine = StructureFactory(), StructureFactory()
    importer(anct, ["03190", "FS", SOURCE])
    historique = structure.history.count()
    bilan = importer(anct, [structure.siret, "FS", SOURCE], remplacer=True)
    assert (bilan.nouveaux, bilan.retires, bilan.autres) == (1, 1, {"structures": 1})
    assert (vrais(structure), vrais(voisine)) == ({"France services"}, set())
    assert structure.history.count() == historique


def test_une_liste_fausse_ne_remplace_rien(anct):
    """R24: nothing half-imported."""
    structure = StructureFactory()
    importer(anct, ["03190", "QPV", SOURCE])
    with pytest.raises(FichierRefuse):
        importer(anct, ["03310", "QPV", SOURCE], ["99999", "QPV", SOURCE], remplacer=True)
    assert vrais(structure) == {"Quartier prioritaire (QPV)"}
    assert FaitPrioritaire.objects.count() == 1


def test_ce_qu_une_personne_dit_puis_retire(anct):
    """R24: ticking again what the lists say does not make it somebody's word; unticking takes it away."""
    structure = StructureFactory()
    importer(anct, ["03190", "QPV", SOURCE])
    renseigner_faits(acteur=anct, structure=structure, faits=["quartier_prioritaire", "france_services"])
    structure.refresh_from_db()
    assert structure.faits_declares == ["france_services"]
    renseigner_faits(acteur=anct, structure=structure, faits=["quartier_prioritaire"])
    structure.refresh_from_db()
    assert structure.faits_declares == []
    importer(anct, ["03310", "QPV", SOURCE], remplacer=True)
    assert vrais(structure) == set()


def test_ecran_du_remplacement_et_fichier_modele(client_de, anct):
    """R24: the model can be imported as it is; what is added, kept and removed is told before the button."""
    lieu("03190")
    structure = StructureFactory(commune=lieu("03310"))
    importer(anct, ["03310", "ACV", SOURCE])
    client = client_de("anct")
    assert reverse("admin:structures_faitprioritaire_modele") in texte(client.get(reverse(PAGE)))
    modele = client.get(reverse("admin:structures_faitprioritaire_modele"))
    assert "attachment" in modele["Content-Disposition"]
    contenu = modele.getvalue()
    assert contenu.decode("utf-8-sig").splitlines()[0] == ";".join(TITRES)
    fichier = SimpleUploadedFile("modele.csv", contenu)
    reponse = client.post(reverse(PAGE), {"fichier": fichier, "mode": "remplacer"})
    lue = texte(reponse)
    assert "1 à ajouter, 0 à modifier, 0 sans changement, 1 à retirer" in lue
    assert "Action Cœur de Ville : 1 lieu ajouté, 0 gardé, 1 retiré" in lue
    assert vrais(structure) == {"Action Cœur de Ville"}
    reponse = client.post(reverse(PAGE), {"porte": reponse.context["porte"]}, follow=True)
    assert "1 fait ajouté, 0 fait modifié, 1 fait retiré, 1 structure mise à jour" in texte(reponse)
    assert vrais(structure) == set()
    assert [fait.commune_id for fait in FaitPrioritaire.objects.all()] == ["03190"]
