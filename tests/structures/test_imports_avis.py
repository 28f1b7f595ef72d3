"""R25: the spreadsheet of opinions, out and back; hard cases 2 and 23."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from post_office.models import Email

from portal.commun.erreurs import AccesRefuse, RegleNonRespectee
from portal.commun.roles import Role
from structures.actions import importer_avis
from structures.bilan import FichierRefuse
from structures.export_comite import exporter_candidatures
from structures.lectures import avec_avis
from structures.models import Avis, Candidature
from tests.comptes.factories import acteur
from tests.structures.factories import AvisFactory, CandidatureFactory, PosteFactory, StructureFactory, lieu
from tests.structures.outils_admin import texte
from tests.structures.outils_tableaux import COMMENTAIRE, TITRES, en_csv, en_xlsx, ligne

pytestmark = pytest.mark.django_db
PAGE = "admin:structures_candidature_importer"


@pytest.fixture
def prefecture():
    return acteur(Role.PREFECTURE)


@pytest.fixture
def candidature():
    return CandidatureFactory(deposee=True)


def importer(qui, contenu):
    return importer_avis(acteur=qui, contenu=contenu, nom="avis.csv")


def refus(qui, *lignes, titres=TITRES):
    """The errors of a file of which nothing was written."""
    with pytest.raises(FichierRefuse) as erreur:
        importer(qui, en_csv(lignes, titres))
    assert not Avis.objects.filter(commentaire=COMMENTAIRE).exists()
    assert "rien n’est importé" in erreur.value.message
    return [(e.ligne, e.colonne, e.message) for e in erreur.value.bilan.erreurs]


# --- what is right --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fabriquer", [en_csv, en_xlsx, lambda lignes: en_csv(lignes, encodage="cp1252", separateur=",")]
)
def test_un_avis_importe_est_celui_d_une_prefecture(prefecture, candidature, fabriquer):
    """R25, R110: a version like any other, with its mail."""
    bilan = importer(prefecture, fabriquer([ligne(candidature, sens="réservé", nb_postes="3", rang="2")]))
    assert (bilan.lues, bilan.nouveaux, bilan.modifies, bilan.inchanges) == (1, 1, 0, 0)
    avis = Avis.objects.get()
    assert (avis.sens, avis.nb_postes, avis.rang, avis.commentaire) == ("reserve", 3, 2, COMMENTAIRE)
    assert (avis.auteur_id, avis.organisation_id) == (prefecture.utilisateur_id, prefecture.organisation_id)
    assert avis.history.get().history_role == Role.PREFECTURE
    assert Email.objects.get().to == [candidature.contact_courriel]


def test_le_meme_fichier_deux_fois_ne_change_rien(prefecture, candidature):
    """R25"""
    contenu = en_csv([ligne(candidature)])
    importer(prefecture, contenu)
    bilan = importer(prefecture, contenu)
    assert (bilan.nouveaux, bilan.modifies, bilan.inchanges) == (0, 0, 1)
    assert Avis.objects.count() == 1


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_un_export_rendu_tel_quel_ne_change_rien(prefecture, format):
    """R25: same columns both ways, whatever the comment holds; lines without an opinion and decided ones included."""
    cedante = PosteFactory().structure
    AvisFactory(commentaire="=HYPERLINK(1) ; « cité »,\n- deuxième ligne", rang=3, structure_cedante=cedante)
    AvisFactory(sens="defavorable", nb_postes=0, commentaire="- le territoire est couvert")
    AvisFactory(candidature=CandidatureFactory(retenue=True))
    CandidatureFactory(deposee=True)
    lignes = avec_avis(Candidature.objects.filter(confirmee_le__isnull=False)).order_by("numero")
    contenu = exporter_candidatures(lignes, format=format).content
    bilan = importer(prefecture, contenu)
    assert (bilan.inchanges, bilan.nouveaux, bilan.modifies) == (3, 0, 0)
    assert bilan.ignores == bilan.lues - 3


def test_un_avis_modifie_a_une_nouvelle_version(prefecture):
    """R25"""
    avis = AvisFactory(nb_postes=1)
    bilan = importer(prefecture, en_csv([ligne(avis.candidature, nb_postes=4)]))
    assert bilan.modifies == 1
    assert avis.candidature.avis.get(en_vigueur=True).version == 2


def test_la_structure_cedante_est_lue_par_son_siret(prefecture, candidature):
    """R25"""
    cedante = PosteFactory().structure
    titres = [*TITRES, "SIRET de la structure cédante"]
    importer(prefecture, en_csv([[*ligne(candidature), cedante.siret]], titres))
    assert Avis.objects.get().structure_cedante == cedante


def test_l_anct_transcrit_les_avis_recus(candidature):
    """R25: the author is whoever imports; other roles do not."""
    anct = acteur(Role.ANCT)
    importer(anct, en_csv([ligne(candidature)]))
    assert Avis.objects.get().organisation_id == anct.organisation_id
    for role in (Role.SGAR, Role.STRUCTURE, Role.BDT, Role.SUPPORT):
        with pytest.raises(AccesRefuse):
            importer(acteur(role), en_csv([ligne(candidature)]))


def test_un_rang_donne_deux_fois_est_signale_sans_refus(prefecture, candidature):
    """R25"""
    autre = CandidatureFactory(deposee=True, campagne=candidature.campagne)
    bilan = importer(prefecture, en_csv([ligne(candidature, rang=1), ligne(autre, rang=1)]))
    assert len(bilan.avertissements) == 1
    assert Avis.objects.count() == 2


# --- hard case 23: opinions typed by hand ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("champs", "colonne", "attendu"),
    [
        ({"numero": "0"}, "Numéro", "« 0 » n’est pas un numéro"),
        ({"numero": "99999999"}, "Numéro", "n’existe pas"),
        ({"numero": "9999999999"}, "Numéro", "n’est pas un numéro"),
        ({"numero": "COSELEC"}, "Numéro", "n’est pas un numéro"),
        ({"numero": "", "identifiant": ""}, "Numéro", "manque"),
        ({"identifiant": "21350238800019"}, "SIRET ou RIDET", "n’est pas celui de la candidature"),
        ({"sens": ""}, "Avis de la préfecture", "Choisissez un avis"),
        ({"sens": "null"}, "Avis de la préfecture", "Choisissez un avis"),
        ({"sens": "POSITIF"}, "Avis de la préfecture", "Choisissez un avis"),
        ({"nb_postes": ""}, "Postes proposés", "nombre de postes"),
        ({"nb_postes": "0"}, "Postes proposés", "au moins un poste"),
        ({"nb_postes": "10000"}, "Postes proposés", "entier de 0 à 200"),
        ({"nb_postes": "-2"}, "Postes proposés", "entier"),
        ({"nb_postes": "1,5"}, "Postes proposés", "entier"),
        ({"rang": "premier"}, "Rang", "entier"),
        ({"rang": "0"}, "Rang", ""),
        ({"commentaire": "court"}, "Commentaire de la préfecture", "10"),
        ({"commentaire": ""}, "Commentaire de la préfecture", "10"),
        ({"commentaire": "x" * 1001}, "Commentaire de la préfecture", "1"),
        ({"commentaire": "Le numÃ©rique est attendu"}, "", "autre encodage"),
    ],
)
def test_une_ligne_fausse_est_dite_avec_sa_colonne_et_rien_n_est_importe(
    prefecture, candidature, champs, colonne, attendu
):
    """R25, hard case 23: the right line before it is not written either."""
    bonne = CandidatureFactory(deposee=True)
    erreurs = refus(prefecture, ligne(bonne), ligne(candidature, **champs))
    assert [(numero, titre) for numero, titre, _ in erreurs] == [(3, colonne)]
    assert attendu in erreurs[0][2]


def test_un_siret_seul_dit_quels_numeros_indiquer(prefecture, candidature):
    """Hard cases 2 and 23: never an arbitrary application among those of one establishment."""
    ((_, _, message),) = refus(prefecture, ligne(candidature, numero=""))
    assert f"n° {candidature.numero}" in message
    inconnu = refus(prefecture, ligne(candidature, numero="", identifiant="21350238800019"))
    assert "aucune candidature" in inconnu[0][2]


def test_plusieurs_candidatures_du_meme_siret(prefecture, candidature):
    """Hard case 2"""
    autre = CandidatureFactory(
        deposee=True, coordinateurs=True, siret=candidature.siret, structure=candidature.structure
    )
    ((_, _, message),) = refus(prefecture, ligne(candidature, numero=""))
    assert f"n° {candidature.numero} ou n° {autre.numero}" in message


def test_une_structure_inconnue_gardee_dans_le_fichier(prefecture, candidature):
    """Hard case 23"""
    titres = [*TITRES, "Structure"]
    erreurs = refus(prefecture, ["", "", "Favorable", 1, "", COMMENTAIRE, "Mairie d’Ailleurs"], titres=titres)
    assert "Mairie d’Ailleurs" in erreurs[0][2]


def test_un_doublon_est_refuse_avec_sa_premiere_ligne(prefecture, candidature):
    """R25"""
    erreurs = refus(prefecture, ligne(candidature), ligne(candidature, nb_postes=5))
    assert erreurs == [(3, "Numéro", erreurs[0][2])]
    assert "déjà à la ligne 2" in erreurs[0][2]


def test_un_autre_departement_est_refuse(prefecture):
    """R25: the département is that of the commune (R7)."""
    ailleurs = CandidatureFactory(deposee=True, commune=lieu("63113"), code_postal="03000")
    assert "ne relève pas de votre département" in refus(prefecture, ligne(ailleurs))[0][2]


@pytest.mark.parametrize("trait", ["retenue", "activee", "refusee", "abandonnee", "a_corriger"])
def test_une_candidature_close_est_refusee(prefecture, trait):
    """R25: until the committee is closed."""
    close = CandidatureFactory(**{trait: True})
    assert "ne peut plus changer" in refus(prefecture, ligne(close))[0][2]


@pytest.mark.parametrize(
    ("saisi", "attendu"),
    [("21350238800019", "Aucune structure"), ("elle-même", "autre structure"), ("ailleurs", "même département"),
     ("sans poste", "aucun poste"), ("nom seul", "SIRET de la structure cédante")],
)  # fmt: skip
def test_une_structure_cedante_impossible(prefecture, candidature, saisi, attendu):
    """R25"""
    siret = {
        "elle-même": lambda: candidature.siret,
        "ailleurs": lambda: PosteFactory(structure=StructureFactory(commune=lieu("63113"))).structure.siret,
        "sans poste": lambda: StructureFactory().siret,
        "nom seul": lambda: "",
    }.get(saisi, lambda: saisi)()
    nom = "Mairie voisine" if saisi == "nom seul" else ""
    titres = [*TITRES, "Structure cédante", "SIRET de la structure cédante"]
    erreurs = refus(prefecture, [*ligne(candidature), nom, siret], titres=titres)
    assert attendu in erreurs[0][2]


def test_un_siret_arrondi_par_le_tableur_n_empeche_rien_quand_le_numero_est_la(prefecture, candidature):
    """Hard case 23: Excel shows 14 digits as 2,10E+13."""
    assert importer(prefecture, en_csv([ligne(candidature, identifiant="2,1E+13")])).nouveaux == 1


def test_un_commentaire_non_protege_deborde(prefecture, candidature):
    brut = ";".join(TITRES) + f"\n{candidature.numero};;Favorable;2;;Un bon projet ; bien ancré\n"
    with pytest.raises(FichierRefuse) as erreur:
        importer(prefecture, brut.encode())
    assert "plus de cellules" in erreur.value.bilan.erreurs[0].message


def test_un_mauvais_encodage_est_dit_pour_le_fichier(prefecture, candidature):
    """A file of MS-DOS: its titles cannot be read."""
    with pytest.raises(RegleNonRespectee) as erreur:
        importer(prefecture, en_csv([ligne(candidature)], encodage="cp850"))
    assert "encodage" in erreur.value.message
    assert erreur.value.champ == "fichier"


def test_toutes_les_lignes_fausses_sont_dites_ensemble(prefecture, candidature):
    """R25"""
    erreurs = refus(prefecture, ligne(candidature, sens="", nb_postes="x"), ligne(candidature, numero="0"))
    assert [numero for numero, _, _ in erreurs] == [2, 2, 3]


def test_nombre_de_requetes_de_la_lecture_constant(prefecture):
    """10 lines or 120: what changes is written one by one, what does not costs nothing more."""

    def requetes(nombre):
        lignes = [ligne(AvisFactory(nb_postes=2, commentaire=COMMENTAIRE).candidature) for _ in range(nombre)]
        with CaptureQueriesContext(connection) as contexte:
            assert importer(prefecture, en_csv(lignes)).inchanges == nombre
        return len(contexte)

    assert requetes(10) == requetes(120)


# --- the command ----------------------------------------------------------------------------------------------------


def lancer(fichier, *options):
    sortie, erreurs = StringIO(), StringIO()
    call_command("importer_avis", str(fichier), *options, stdout=sortie, stderr=erreurs)
    return sortie.getvalue()


def test_commande_importer_avis(tmp_path, candidature):
    """INTERFACES: one JSON document and nothing else."""
    fichier = tmp_path / "avis.csv"
    fichier.write_bytes(en_csv([ligne(candidature)]))
    assert json.loads(lancer(fichier, "--json", "--verifier"))["nouveaux"] == 1
    assert not Avis.objects.exists()
    assert json.loads(lancer(fichier, "--json")) == {
        "lues": 1,
        "nouveaux": 1,
        "modifies": 0,
        "inchanges": 0,
        "ignores": 0,
        "erreurs": [],
        "avertissements": [],
    }
    assert Avis.objects.get().history.get().history_change_reason == "Import de avis.csv"
    assert "1 sans changement" in lancer(fichier)


def test_commande_refusee_avec_chaque_ligne(tmp_path, candidature):
    """Exit code 1: a `CommandError`, the lines in the JSON or on standard error."""
    fichier = tmp_path / "avis.csv"
    fichier.write_bytes(en_csv([ligne(candidature, numero="0")]))
    sortie, erreurs = StringIO(), StringIO()
    with pytest.raises(CommandError, match="1 ligne est à corriger"):
        call_command("importer_avis", str(fichier), "--json", stdout=sortie)
    assert json.loads(sortie.getvalue())["erreurs"][0]["ligne"] == 2
    with pytest.raises(CommandError):
        call_command("importer_avis", str(fichier), stdout=sortie, stderr=erreurs)
    assert "ligne 2, Numéro" in erreurs.getvalue()
    fichier.write_bytes(en_csv([ligne(candidature)]))
    with pytest.raises(CommandError):
        call_command("importer_avis", str(fichier), "--departement", "63", stdout=sortie, stderr=erreurs)
    with pytest.raises(CommandError, match="Impossible de lire"):
        call_command("importer_avis", str(tmp_path / "absent.csv"))
    assert not Avis.objects.exists()


# --- the page -------------------------------------------------------------------------------------------------------


def deposer(client, contenu, nom="avis.csv"):
    return client.post(reverse(PAGE), {"fichier": SimpleUploadedFile(nom, contenu)})


def test_la_page_montre_ce_qui_change_puis_enregistre(client_de, candidature):
    """R25: a review before applying."""
    client = client_de("prefecture")
    reponse = deposer(client, en_csv([ligne(candidature, rang=1)]))
    contenu = texte(reponse)
    assert "Ce qui change" in contenu
    assert f"n° {candidature.numero}, {candidature.nom}" in contenu
    assert "Favorable, 2 postes, rang 1" in contenu
    assert not Avis.objects.exists()
    reponse = client.post(reverse(PAGE), {"porte": reponse.context["porte"]}, follow=True)
    assert "1 avis ajouté" in texte(reponse)
    assert Avis.objects.get().rang == 1
    assert "ne change rien" in texte(deposer(client, en_csv([ligne(candidature, rang=1)])))


def test_la_page_dit_les_lignes_a_corriger(client_de, candidature):
    contenu = texte(deposer(client_de("prefecture"), en_csv([ligne(candidature, sens="")])))
    assert "1 ligne à corriger : rien n’est enregistré" in contenu
    assert "Enregistrer l’import" not in contenu


@pytest.mark.parametrize("contenu", [b"", b"%PDF-1.4", b"Autre\n1\n"])
def test_un_fichier_impossible_est_dit_a_cote_du_champ(client_de, contenu):
    reponse = deposer(client_de("prefecture"), contenu)
    assert reponse.status_code == 200
    assert reponse.context["form"].errors["fichier"]


def test_le_fichier_verifie_ne_se_change_ni_ne_se_prete(client_de, candidature):
    """What is applied is what was reviewed, by who reviewed it."""
    client = client_de("prefecture")
    porte = deposer(client, en_csv([ligne(candidature)])).context["porte"]
    for envoi in (porte[:-2] + "xx", "", "n’importe quoi"):
        assert "a expiré" in texte(client.post(reverse(PAGE), {"porte": envoi}, follow=True))
    assert "a expiré" in texte(client_de("prefecture").post(reverse(PAGE), {"porte": porte}, follow=True))
    assert not Avis.objects.exists()


def test_une_candidature_decidee_entre_les_deux_pages(client_de, candidature):
    """R25: checked again under lock."""
    client = client_de("prefecture")
    porte = deposer(client, en_csv([ligne(candidature)])).context["porte"]
    Candidature.objects.filter(pk=candidature.pk).update(etat="abandonnee")
    contenu = texte(client.post(reverse(PAGE), {"porte": porte}))
    assert "ne peut plus changer" in contenu
    assert not Avis.objects.exists()


def test_la_page_est_a_la_prefecture_et_a_l_anct(client_de):
    """§2"""
    assert client_de("anct").get(reverse(PAGE)).status_code == 200
    for role in ("sgar", "support"):
        assert client_de(role).get(reverse(PAGE)).status_code == 403
