"""Committees in the administration: agenda, decisions, closing, minutes, spreadsheet (R15, R25, R26)."""

from __future__ import annotations

import datetime as dt
from html import unescape

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from structures.actions import cloturer, decider, inscrire_lot
from structures.enums import EtatComite
from structures.models import Comite, LigneComite, Poste
from tests.comptes.factories import OrganisationFactory, acteur
from tests.structures.factories import (
    AvisFactory,
    CampagneFactory,
    CandidatureFactory,
    ComiteFactory,
    LigneComiteFactory,
    lieu,
)

pytestmark = pytest.mark.django_db
MOTIF = "Le territoire est déjà bien couvert."


def page(comite, nom="change", *args):
    return reverse(f"admin:structures_comite_{nom}", args=[comite.uuid, *args])


def page_ligne(ligne, verbe):
    return reverse("admin:structures_lignecomite_verbe", args=[ligne.uuid, verbe])


def seance(ligne):
    return f"{page(ligne.comite, 'seance')}?ligne={ligne.uuid}"


def texte(reponse):
    return unescape(reponse.content.decode()).replace("\xa0", " ").replace("\u202f", " ")


@pytest.fixture
def comite():
    return ComiteFactory(enveloppe_postes=10)


@pytest.fixture
def anct(client_de):
    return client_de("anct")


def clore(comite, *, commune=None, decision="retenue", motif=""):
    agent = acteur("anct")
    champs = {"commune": commune} if commune else {}
    ligne = LigneComiteFactory(
        comite=comite, candidature=CandidatureFactory(deposee=True, campagne=comite.campagne, **champs)
    )
    decider(acteur=agent, ligne=ligne, decision=decision, nb_postes=int(decision == "retenue"), motif=motif)
    return ligne


# --- creation and agenda --------------------------------------------------------------------------------------------


def test_creer_un_comite_avec_le_numero_propose(anct):
    """R26"""
    ComiteFactory(numero=41)
    campagne = CampagneFactory(enveloppe_postes=20)
    adresse = reverse("admin:structures_comite_add")
    assert anct.get(adresse).context["form"].initial["numero"] == 42
    donnees = {"campagne": campagne.pk, "numero": "42", "date": "2027-03-01", "enveloppe_postes": "21"}
    reponse = anct.post(adresse, donnees)
    assert "Il reste 20 postes dans l’enveloppe" in " ".join(reponse.context["form"].errors["enveloppe_postes"])
    assert "2027-03-01" in texte(reponse)
    anct.post(adresse, {**donnees, "enveloppe_postes": "20"})
    assert Comite.objects.get(numero=42).date == dt.date(2027, 3, 1)


def test_un_numero_deja_pris_est_dit_a_cote_du_champ(anct, comite):
    """R26"""
    donnees = {"campagne": comite.campagne_id, "numero": comite.numero, "date": "2027-03-01", "enveloppe_postes": "1"}
    reponse = anct.post(reverse("admin:structures_comite_add"), donnees)
    assert "existe déjà" in " ".join(reponse.context["form"].errors["numero"])


@pytest.mark.parametrize("role", ["prefecture", "sgar", "support"])
def test_seule_l_anct_prepare_les_comites(client_de, comite, role):
    """R26"""
    client = client_de(role)
    ligne = LigneComiteFactory(comite=comite)
    attendu = 403 if role == "support" else 404
    assert client.get(reverse("admin:structures_comite_add")).status_code == 403
    for adresse in (page(comite, "inscrire"), page(comite, "cloturer")):
        assert client.get(adresse).status_code == attendu
        assert client.post(adresse).status_code == attendu
    assert client.post(seance(ligne), {}).status_code == attendu
    assert client.post(page_ligne(ligne, "retirer"), {}).status_code == 403


def test_construire_l_ordre_du_jour_par_departement(anct, comite):
    """R26"""
    allier = [CandidatureFactory(deposee=True, campagne=comite.campagne) for _ in range(2)]
    CandidatureFactory(deposee=True, campagne=comite.campagne, commune=lieu("63113"))
    reponse = anct.get(page(comite, "inscrire"), {"departement": "03"})
    assert {c.pk for c in reponse.context["candidatures"]} == {c.pk for c in allier}
    anct.post(page(comite, "inscrire") + "?departement=03", {"tout": "1"})
    assert {ligne.candidature_id for ligne in comite.lignes.all()} == {c.pk for c in allier}


def test_construire_l_ordre_du_jour_une_par_une(anct, comite):
    """R26"""
    choisie, autre = (CandidatureFactory(deposee=True, campagne=comite.campagne) for _ in range(2))
    reponse = anct.post(page(comite, "inscrire"), {}, follow=True)
    assert "Choisissez au moins une candidature" in texte(reponse)
    anct.post(page(comite, "inscrire"), {"candidature": [str(choisie.uuid), "n’importe quoi"]})
    assert [ligne.candidature for ligne in comite.lignes.all()] == [choisie]
    assert autre.nom in texte(anct.get(page(comite, "inscrire")))


def test_filtrer_avec_ou_sans_avis(anct, comite):
    """R26: both may be put on the agenda."""
    avec = AvisFactory(candidature__campagne=comite.campagne).candidature
    sans = CandidatureFactory(examen=True, campagne=comite.campagne)
    for filtre, attendue in (({"avis": "avec"}, avec), ({"avis": "sans"}, sans), ({"etat": "examen"}, sans)):
        assert anct.get(page(comite, "inscrire"), filtre).context["candidatures"] == [attendue]


def test_retirer_une_candidature(anct, comite):
    ligne = LigneComiteFactory(comite=comite)
    assert anct.get(page_ligne(ligne, "retirer")).status_code == 200
    assert comite.lignes.exists()
    anct.post(page_ligne(ligne, "retirer"))
    assert not comite.lignes.exists()


# --- decisions ------------------------------------------------------------------------------------------------------


def test_decider_une_ligne(anct, comite):
    """R26: the page comes back on the same line."""
    ligne = LigneComiteFactory(comite=comite)
    reponse = anct.post(seance(ligne), {"decision": "retenue", "nb_postes": "2", "motif": ""})
    assert reponse["Location"] == seance(ligne)
    ligne.refresh_from_db()
    assert (ligne.decision, ligne.nb_postes, ligne.sans_avis) == ("retenue", 2, True)


def test_un_refus_demande_son_motif_et_ignore_le_nombre_propose(anct, comite):
    """R26"""
    ligne = LigneComiteFactory(comite=comite)
    reponse = anct.post(seance(ligne), {"decision": "refusee", "nb_postes": "2", "motif": ""})
    assert "motif" in reponse.context["form"].errors
    anct.post(seance(ligne), {"decision": "refusee", "nb_postes": "2", "motif": MOTIF})
    ligne.refresh_from_db()
    assert (ligne.decision, ligne.nb_postes, ligne.motif) == ("refusee", 0, MOTIF)


def test_l_enveloppe_du_comite_est_rappelee_et_tenue(anct, comite):
    """R15: always on the page; refused next to the field."""
    ligne = LigneComiteFactory(comite=comite)
    assert anct.get(seance(ligne)).context["comite_reste"] == 10
    reponse = anct.post(seance(ligne), {"decision": "retenue", "nb_postes": "11", "motif": ""})
    assert "il reste 10 postes, cette décision en accorde 11" in " ".join(reponse.context["form"].errors["nb_postes"])
    anct.post(seance(ligne), {"decision": "retenue", "nb_postes": "4", "motif": ""})
    contenu = texte(anct.get(page(comite)))
    assert "6 sur 10" in contenu
    assert "3 996 postes" in contenu
    assert "199 800 000,00 €" in contenu


def test_le_nombre_propose_est_celui_de_la_prefecture(anct, comite):
    """R25"""
    candidature = AvisFactory(candidature__campagne=comite.campagne, nb_postes=5).candidature
    ligne = LigneComiteFactory(comite=comite, candidature=candidature)
    reponse = anct.get(seance(ligne))
    assert reponse.context["form"].initial["nb_postes"] == 5
    assert "Favorable, 5 postes" in texte(reponse)


def test_une_decision_sans_avis_est_montree(anct, comite):
    """R25"""
    ligne = LigneComiteFactory(comite=comite)
    assert "marquée comme prise sans avis" in texte(anct.get(seance(ligne)))
    anct.post(seance(ligne), {"decision": "retenue", "nb_postes": "1", "motif": ""})
    assert "décidée sans avis" in texte(anct.get(page(comite)))


# --- closing --------------------------------------------------------------------------------------------------------


def test_cloturer_apres_le_resume(anct, comite):
    """R26: a confirmation page, then everything at once; the minutes can be read."""
    clore(comite)
    clore(comite, decision="refusee", motif=MOTIF)
    resume = texte(anct.get(page(comite, "cloturer")))
    assert "1 décision favorable : 1 poste créé" in " ".join(resume.split())
    assert "2 décisions sans avis" in " ".join(resume.split())
    assert not Poste.objects.exists()
    contenu = texte(anct.post(page(comite, "cloturer"), follow=True))
    assert "est clos" in contenu
    comite.refresh_from_db()
    assert comite.etat == EtatComite.CLOS
    assert "Décider" not in contenu
    assert "Inscrire des candidatures" not in contenu
    pdf = anct.get(reverse("commun:document", args=[comite.proces_verbal.uuid]))
    assert b"".join(pdf).startswith(b"%PDF")


def test_ce_qui_empeche_de_cloturer_est_dit_avant_le_bouton(anct, comite):
    """R26"""
    ligne = LigneComiteFactory(comite=comite)
    contenu = texte(anct.get(page(comite, "cloturer")))
    assert "Il manque la décision de 1 candidature" in contenu
    assert ligne.candidature.nom in contenu
    assert 'type="submit">Clôturer' not in contenu
    anct.post(page(comite, "cloturer"))
    comite.refresh_from_db()
    assert comite.etat == EtatComite.PREPARATION


def test_cloturer_une_seconde_fois_le_dit_clairement(anct, comite):
    """R26"""
    clore(comite)
    anct.post(page(comite, "cloturer"))
    reponse = anct.post(page(comite, "cloturer"))
    assert "a déjà été clôturé" in texte(reponse)
    assert "déjà clos" in texte(anct.get(page(comite, "cloturer")))
    assert Poste.objects.count() == 1


def test_un_comite_clos_ne_s_edite_plus(anct, comite):
    """R26"""
    ligne = clore(comite)
    cloturer(acteur=acteur("anct"), comite=comite)
    reponse = anct.post(seance(ligne), {"decision": "refusee", "nb_postes": "", "motif": MOTIF}, follow=True)
    assert "est clos : il ne se décide plus. Celle que vous venez d’envoyer n’est pas enregistrée" in texte(reponse)
    candidature = CandidatureFactory(deposee=True, campagne=comite.campagne)
    anct.post(page(comite, "inscrire"), {"candidature": [str(candidature.uuid)]})
    assert LigneComite.objects.get().decision == "retenue"


def test_une_candidature_corrigee_depuis_la_decision_est_signalee(anct, comite):
    """R31: the decision was prepared on other answers."""
    ligne = clore(comite)
    candidature = ligne.candidature
    candidature.etat_le = timezone.now() + dt.timedelta(minutes=1)
    candidature.save()
    assert "corrigée depuis la décision" in texte(anct.get(page(comite)))


# --- who reads what -------------------------------------------------------------------------------------------------


def test_un_comite_en_preparation_n_est_lu_que_par_l_anct(client_de, comite):
    """R26: decisions are told at the closing."""
    clore(comite)
    for role in ("prefecture", "sgar"):
        client = client_de(role)
        assert client.get(page(comite)).status_code == 404
        assert client.get(page(comite, "tableau", "csv")).status_code == 404
        assert f">{comite.numero}<" not in texte(client.get(reverse("admin:structures_comite_changelist")))


def test_la_prefecture_lit_ses_lignes_d_un_comite_clos(client_de, comite):
    """R26, §2: its own lines only, on the page and in the file."""
    ici, ailleurs = clore(comite), clore(comite, commune=lieu("63113"))
    cloturer(acteur=acteur("anct"), comite=comite)
    client = client_de("prefecture")
    contenu = texte(client.get(page(comite)))
    assert ici.candidature.nom in contenu
    assert ailleurs.candidature.nom not in contenu
    tableau = client.get(page(comite, "tableau", "csv")).content.decode("utf-8-sig")
    assert ici.candidature.nom in tableau
    assert ailleurs.candidature.nom not in tableau
    autre = client_de("prefecture", organisation=OrganisationFactory(prefecture=True, codes_departements=["2A"]))
    assert autre.get(page(comite)).status_code == 404


def test_nombre_de_requetes_constant(anct):
    """The same for an agenda of 10 and of 40, and for a list of 10 committees and of 40 (the bench has thousands)."""
    comite = ComiteFactory()
    agent = acteur("anct")

    def remplir(nombre):
        candidatures = [AvisFactory(candidature__campagne=comite.campagne).candidature for _ in range(nombre)]
        inscrire_lot(acteur=agent, comite=comite, candidatures=candidatures)
        for _ in range(nombre):
            ComiteFactory(campagne=comite.campagne)

    def requetes(adresse, **parametres):
        with CaptureQueriesContext(connection) as contexte:
            assert anct.get(adresse, parametres).status_code == 200
        return len(contexte)

    adresses = [
        (page(comite), {}),
        (page(comite, "tableau", "csv"), {}),
        (page(comite, "cloturer"), {}),
        (page(comite, "inscrire"), {}),
        (reverse("admin:structures_comite_changelist"), {"all": ""}),
    ]
    remplir(10)
    CandidatureFactory(deposee=True, campagne=comite.campagne)
    avant = [requetes(adresse, **p) for adresse, p in adresses]
    avant = [requetes(adresse, **p) for adresse, p in adresses]
    remplir(30)
    for _ in range(20):
        CandidatureFactory(deposee=True, campagne=comite.campagne)
    assert [requetes(adresse, **p) for adresse, p in adresses] == avant


# --- command --------------------------------------------------------------------------------------------------------


def test_exporter_comite_ecrit_le_tableau(comite, tmp_path, capsys):
    """INTERFACES, R26"""
    ligne = clore(comite, decision="refusee", motif=MOTIF)
    sortie = tmp_path / "comite.csv"
    call_command("exporter_comite", str(comite.numero), "--format", "csv", "--sortie", str(sortie))
    contenu = sortie.read_bytes().decode("utf-8-sig")
    entete, premiere = contenu.splitlines()
    valeurs = dict(zip(entete.split(";"), premiere.split(";"), strict=True))
    assert valeurs["Numéro"] == str(ligne.candidature.numero)
    assert valeurs["Décision"] == "Refusée"
    assert valeurs["Motif communiqué à la structure"] == MOTIF
    assert valeurs["Décidée sans avis"] == "Oui"
    assert "1 candidature" in capsys.readouterr().out
    call_command("exporter_comite", str(comite.numero), "--sortie", str(tmp_path / "comite.xlsx"))
    assert (tmp_path / "comite.xlsx").read_bytes().startswith(b"PK")


def test_exporter_un_comite_inconnu_ou_nulle_part(comite, tmp_path):
    with pytest.raises(CommandError, match="n’existe pas"):
        call_command("exporter_comite", str(comite.numero + 1))
    with pytest.raises(CommandError, match="Impossible d’écrire"):
        call_command("exporter_comite", str(comite.numero), "--sortie", str(tmp_path / "absent" / "comite.xlsx"))
