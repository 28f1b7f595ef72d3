"""R45: what a file of Pix Orga says, whatever the version that wrote it, and what is refused."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from candidats.pix import COLONNES_MAX, LIGNES_MAX, TAILLE_MAX, Participation, lire, memes_noms
from portal.commun.erreurs import RegleNonRespectee
from tests.candidats.outils_pix import BADGES, COMPETENCE, NON_PARTAGE, PARTAGE, fichier_pix, ligne_pix

MAINTENANT = dt.datetime(2024, 6, 1, 8, 0, tzinfo=dt.UTC)
IDENTIFIANT = "CN23456789AB"


def lue(contenu: bytes, **options: str) -> Participation:
    lecture = lire(contenu, maintenant=MAINTENANT, **options)
    assert not lecture.rejets
    (participation,) = lecture.participations
    return participation


def rejet(**changements: object) -> str:
    lecture = lire(fichier_pix(ligne_pix(**changements)), maintenant=MAINTENANT)
    assert not lecture.participations
    (seul,) = lecture.rejets
    return seul.message


def refus(contenu: bytes) -> str:
    with pytest.raises(RegleNonRespectee) as refuse:
        lire(contenu, maintenant=MAINTENANT)
    assert refuse.value.champ == "fichier"
    return refuse.value.message


def une(**changements: object) -> dict[str, object]:
    return ligne_pix(nom="Bellanger", prenom="Inès", identifiant=IDENTIFIANT, **changements)


def test_une_ligne_partagee():
    """BOM, semicolons, decimal commas, Paris time, rates from 0 to 1, levels and badges by their titles."""
    participation = lue(fichier_pix(une()))
    assert (participation.nom, participation.prenom, participation.cle) == ("Bellanger", "Inès", IDENTIFIANT)
    assert participation.campagne.cle == "id-7"
    assert participation.campagne.code == "CONUM2024"
    # Summer time begins on that day.
    assert participation.partage_le == dt.datetime(2024, 3, 31, 12, 5, tzinfo=dt.UTC)
    assert (participation.niveau, participation.niveau_max) == (2, 3)
    assert participation.badges == ((BADGES[0], True), (BADGES[1], False))
    assert participation.maitrise == Decimal("0.75")
    assert participation.competences == ((COMPETENCE, Decimal("0.5")),)
    assert participation.numero == 2


def test_un_resultat_non_partage_est_lu_et_laisse():
    lecture = lire(fichier_pix({**une(), **NON_PARTAGE}, une()), maintenant=MAINTENANT)
    assert (lecture.lues, lecture.non_partagees, len(lecture.participations)) == (2, 1, 1)


@pytest.mark.parametrize(
    ("retirees", "renommes"),
    [
        ((), {"Parcours": "Nom du Profil Cible", "Date et heure du partage (Europe/Paris)": "Date du partage"}),
        (("Code", "% de progression"), {}),
        (("Code", "ID Campagne", "Nom de l'organisation"), {}),
        ((), {"Nom du Participant": "NOM DU PARTICIPANT", "Prénom du Participant": "Prenom du participant"}),
    ],
)
def test_les_anciennes_versions(retirees, renommes):
    """Titles by their aliases, in any order, and without those that an old version did not have."""
    titres = [titre for titre in reversed(PARTAGE) if titre not in retirees]
    participation = lue(fichier_pix(une(), titres=titres, renommes=renommes))
    assert (participation.nom, participation.niveau, participation.cle) == ("Bellanger", 2, IDENTIFIANT)
    assert participation.campagne.cle == ("id-7" if "ID Campagne" in titres else "nom-conseillers numeriques")


def test_le_precedent_reel():
    """The columns that the former platform read, and no other."""
    titres = [
        "Nom du Participant",
        "Prénom du Participant",
        "identifiant CN",
        "Partage (O/N)",
        "Date et heure du partage (Europe/Paris)",
        "Palier obtenu (/3)",
        f"{BADGES[0]} obtenu (O/N)",
    ]
    participation = lue(fichier_pix(une(), titres=titres))
    assert (participation.niveau, participation.badges) == (2, ((BADGES[0], True),))


@pytest.mark.parametrize("titre", ["Ton identifiant secret", "Code", "Parcours"])
def test_la_colonne_de_l_identifiant_porte_le_titre_de_la_campagne(titre):
    """By the setting, or by what it holds; a title already taken by another column does not hide it."""
    contenu = fichier_pix(une(), renommes={"identifiant CN": titre})
    assert lue(contenu).cle == IDENTIFIANT
    assert lue(contenu, colonne_identifiant="ton IDENTIFIANT secret").cle == IDENTIFIANT


@pytest.mark.parametrize("ecrit", ["cn2345 6789-ab", " CN23456789AB "])
def test_un_identifiant_tape_a_la_main(ecrit):
    assert lue(fichier_pix({**une(), "identifiant CN": ecrit})).cle == IDENTIFIANT


@pytest.mark.parametrize("texte", ['=HYPERLINK("http://x";"y")', "@SOMME(1)", "+33", "-2+3"])
def test_l_apostrophe_de_protection_est_otee(texte):
    assert lue(fichier_pix({**une(), "Nom du Participant": texte})).nom == texte


def test_les_guillemets_et_les_separateurs_dans_un_nom():
    assert lue(fichier_pix({**une(), "Nom du Participant": 'De "la; Tour'})).nom == 'De "la; Tour'


@pytest.mark.parametrize(
    ("changements", "dit"),
    [
        ({"partage_le": "NA"}, "Date du partage"),
        ({"partage_le": "31/02/2024 10:00"}, "Date du partage"),
        ({"partage_le": "2024-03-31"}, "Date du partage"),
        ({"partage_le": "31/03/2034 10:00"}, "impossible"),
        ({"partage_le": "31/03/1024 10:00"}, "impossible"),
        ({"partage_le": "31/03/0000 10:00"}, "Date du partage"),
        ({"palier": "4"}, "de 0 à 3"),
        ({"palier": "-1"}, "de 0 à 3"),
        ({"palier": "²"}, "de 0 à 3"),
        ({"Partage (O/N)": "Peut-être"}, "« Oui » ou « Non »"),
        ({f"{BADGES[0]} obtenu (O/N)": "OK"}, "« Oui » ou « Non »"),
        ({"% maitrise de l'ensemble des acquis du profil": "75"}, "de 0 à 1"),
        ({"% maitrise de l'ensemble des acquis du profil": "NaN"}, "de 0 à 1"),
        ({f"% de maitrise des acquis de la compétence {COMPETENCE}": "beaucoup"}, "de 0 à 1"),
    ],
)
def test_une_ligne_illisible_est_dite_et_n_emporte_pas_les_autres(changements, dit):
    assert dit in rejet(**changements)
    lecture = lire(fichier_pix(ligne_pix(**changements), une()), maintenant=MAINTENANT)
    assert (lecture.lues, len(lecture.rejets), len(lecture.participations)) == (2, 1, 1)


def test_une_ligne_coupee():
    lecture = lire(fichier_pix(une()) + b"ANCT;7;CONUM2024\n\n;;\n", maintenant=MAINTENANT)
    assert [r.numero for r in lecture.rejets] == [3]
    assert "cellules" in lecture.rejets[0].message


@pytest.mark.parametrize(
    ("contenu", "dit"),
    [
        (b"", "vide"),
        (b"   \n", "vide"),
        (b"%PDF-1.7", "pas un export"),
        (b"PK\x03\x04", "pas un export"),
        ("nom;prénom;partage\na;b;c\n".encode(), "colonnes qui manquent"),
        (b"<script>alert(1)</script>", "pas un export"),
        (fichier_pix(une()).decode("utf-8-sig").encode("cp1252", "replace"), "UTF-8"),
        (fichier_pix(une()).decode("utf-8-sig").encode("utf-16"), "pas un export"),
        (fichier_pix(une()).replace(b";", b","), "pas un export"),
        (fichier_pix(une()) + b'"Association', "guillemet"),
        (b";" * (COLONNES_MAX + 1), "trop de colonnes"),
        (b"x" * (TAILLE_MAX + 1), "trop lourd"),
        (fichier_pix(une(), renommes={"Parcours": "Nom du Participant"}), "présente deux fois"),
    ],
    ids=range(13),
)
def test_un_fichier_qui_n_en_est_pas_un_est_refuse(contenu, dit):
    assert dit in refus(contenu)


def test_un_fichier_trop_long():
    titres = ["Nom du Participant", "Prénom du Participant", "Partage (O/N)", "Date du partage"]
    contenu = (";".join(titres) + "\n" + "a;b;Non;NA\n" * (LIGNES_MAX + 1)).encode()
    assert str(LIGNES_MAX) in refus(contenu)


@pytest.mark.parametrize(
    ("nom", "prenom", "memes"),
    [
        ("DE LA TOUR", "ines", True),
        ("Inès", "De La Tour", True),
        ("de-la tour", "Inès", True),
        ("", "", True),
        ("De La Tour", "Agnès", False),
        ("De La Tour", "", False),
        ("Tour", "Inès De La", False),
    ],
)
def test_les_noms_ne_contredisent_que_s_ils_different(nom, prenom, memes):
    """Equal once folded, or swapped."""
    assert memes_noms(nom, prenom, "De la Tour", "Inès") is memes
