"""The live session and the preparation of a committee, in the administration (R15, R25, R26, R28, R29)."""

from __future__ import annotations

import datetime as dt
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from structures.actions import cloturer, decider, demander_reexamen, desinscrire, inscrire_demande
from structures.models import Candidature, LigneComite
from structures.motifs import MOTIFS
from structures.ordre_du_jour import version_de
from structures.regles import Decision
from tests.comptes.factories import acteur
from tests.structures.factories import (
    AvisFactory,
    CampagneFactory,
    CandidatureFactory,
    ComiteFactory,
    LigneComiteFactory,
    PosteFactory,
    StructureFactory,
    acteur_de_structure,
    lieu,
)
from tests.structures.outils_seance import accordee, demande_de, refusee

pytestmark = pytest.mark.django_db
MOTIF = "Le territoire est déjà bien couvert."


def page(comite, nom):
    return reverse(f"admin:structures_comite_{nom}", args=[comite.uuid])


def a_la_ligne(ligne):
    return f"{page(ligne.comite, 'seance')}?ligne={ligne.uuid}"


def texte(reponse):
    brut = unescape(reponse.content.decode()).replace("\xa0", " ").replace("\u202f", " ")
    return " ".join(brut.split())


def favorable(**champs):
    return {"decision": "retenue", "nb_postes": "1", "motif": "", "suite": "ici", **champs}


@pytest.fixture
def comite():
    return ComiteFactory(enveloppe_postes=10)


@pytest.fixture
def agent(client_de):
    return client_de("anct")


@pytest.fixture
def trois(comite):
    """Three lines in the order of the agenda: rank 1 then 2 of the Allier, then the Puy-de-Dôme."""
    lignes = []
    for code, rang in (("63113", 1), ("03190", 2), ("03190", 1)):
        candidature = CandidatureFactory(deposee=True, campagne=comite.campagne, commune=lieu(code))
        AvisFactory(candidature=candidature, rang=rang)
        lignes.append(LigneComiteFactory(comite=comite, candidature=candidature))
    return lignes[::-1]


# --- from line to line ----------------------------------------------------------------------------------------------


def test_la_seance_suit_l_ordre_du_jour(agent, comite, trois):
    """R26: by département then by rank; previous, next, next to decide, progress, jump list."""
    reponse = agent.get(page(comite, "seance"))
    assert reponse.context["ligne"] == trois[0]
    parcours = reponse.context["parcours"]
    assert [repere["uuid"] for repere in parcours.reperes] == [ligne.uuid for ligne in trois]
    assert (parcours.precedente, parcours.suivante) == (None, trois[1].uuid)
    decider(acteur=agent.acteur, ligne=trois[1], decision="retenue", nb_postes=1, motif="")
    reponse = agent.get(a_la_ligne(trois[0]))
    assert reponse.context["parcours"].a_decider == trois[2].uuid
    assert "1 sur 3</strong> décidées" in texte(reponse)
    assert [groupe["titre"] for groupe in reponse.context["sauts"]] == [
        "Allier (03) : 1 sur 2",
        "Puy-de-Dôme (63) : 0 sur 1",
    ]


def test_enregistrer_et_passer_a_la_suivante(agent, comite, trois):
    """R26: to the next one, then to what is left to decide; at the end, the closing is proposed."""
    suite = agent.post(a_la_ligne(trois[0]), favorable(suite="suivante"))
    assert suite["Location"] == a_la_ligne(trois[1])
    suite = agent.post(a_la_ligne(trois[2]), favorable(suite="suivante"))
    assert suite["Location"] == a_la_ligne(trois[1])
    fin = agent.post(a_la_ligne(trois[1]), favorable(suite="suivante"), follow=True)
    assert "Toutes les lignes sont décidées" in texte(fin)
    assert page(comite, "cloturer") in fin.content.decode()


def test_ce_qui_reste_est_toujours_visible(agent, comite, trois):
    """R15: committee and campaign, once the decisions prepared are counted."""
    agent.post(a_la_ligne(trois[0]), favorable(nb_postes="4"))
    reponse = agent.get(a_la_ligne(trois[1]))
    assert (reponse.context["comite_reste"], reponse.context["campagne_reste"]) == (6, 3996)
    assert "199 800 000,00 €" in texte(reponse)
    refus = agent.post(a_la_ligne(trois[1]), favorable(nb_postes="7"))
    assert "il reste 6 postes" in refus.context["form"].errors["nb_postes"][0]
    assert refus.context["form"]["nb_postes"].value() == "7"


def test_tout_ce_qui_sert_a_decider_est_a_l_ecran(agent, comite):
    """R20, R24, R25: what is asked, the opinion, the facts, the posts, the structure that would give one."""
    donneuse = StructureFactory(nom="Ville voisine")
    PosteFactory(structure=donneuse, campagne=comite.campagne)
    candidature = CandidatureFactory(
        deposee=True, campagne=comite.campagne, nb_conseillers=7, structure__france_services=True
    )
    AvisFactory(candidature=candidature, structure_cedante=donneuse, commentaire="Projet solide, à soutenir.", rang=3)
    reponse = agent.get(a_la_ligne(LigneComiteFactory(comite=comite, candidature=candidature)))
    contenu = texte(reponse)
    for attendu in ("<strong>7</strong>", "Projet solide, à soutenir.", "rang 3", "FS", "département 1", "aucun poste"):
        assert attendu in contenu
    assert f"Ville voisine (SIRET {donneuse.siret})</strong> : 1 poste libre à céder" in contenu
    assert list(reponse.context["form"].fields["structure_cedante"].queryset) == [donneuse]
    assert reponse.context["form"].initial["structure_cedante"] == donneuse.pk


def test_une_ligne_retiree_est_dite(agent, comite, trois):
    desinscrire(acteur=agent.acteur, ligne=trois[0])
    adresse = f"{page(comite, 'seance')}?ligne={trois[0].uuid}"
    assert "retirée de l’ordre du jour" in texte(agent.post(adresse, favorable(), follow=True))
    assert agent.get(f"{page(comite, 'seance')}?ligne=abc").status_code == 404


def test_un_ordre_du_jour_vide_mene_a_sa_preparation(agent, comite):
    reponse = agent.get(page(comite, "seance"), follow=True)
    assert reponse.request["PATH_INFO"] == page(comite, "inscrire")
    assert "L’ordre du jour est vide" in texte(reponse)


# --- reasons and votes ----------------------------------------------------------------------------------------------


def test_une_phrase_toute_prete_s_insere_sans_rien_enregistrer(agent, comite, trois):
    """R26: without JavaScript, the page comes back with the sentence in the reason, to be changed; nothing typed is
    lost and nothing is asked yet."""
    phrase = MOTIFS[Decision.REFUSEE][0]
    envoi = {"decision": "refusee", "motif": "Bonjour.", "motif_type": "refusee-0", "inserer": "1"}
    reponse = agent.post(a_la_ligne(trois[0]), envoi)
    form = reponse.context["form"]
    assert form["motif"].value() == f"Bonjour. {phrase}"
    assert form["decision"].value() == "refusee"
    assert not form.errors
    assert LigneComite.objects.get(pk=trois[0].pk).decision == ""


def test_une_phrase_choisie_et_non_inseree_compte(agent, comite, trois):
    """R26"""
    agent.post(a_la_ligne(trois[0]), {"decision": "refusee", "motif": "", "motif_type": "refusee-1", "suite": "ici"})
    assert LigneComite.objects.get(pk=trois[0].pk).motif == MOTIFS[Decision.REFUSEE][1]


def test_le_vote_est_facultatif_et_garde(agent, comite, trois):
    """R26: a figure left out is a zero; a count without any vote is refused."""
    agent.post(a_la_ligne(trois[0]), favorable(voix_pour="5", abstentions="1"))
    ligne = LigneComite.objects.get(pk=trois[0].pk)
    assert (ligne.voix_pour, ligne.voix_contre, ligne.abstentions) == (5, 0, 1)
    refus = agent.post(a_la_ligne(trois[1]), favorable(voix_pour="0"))
    assert "au moins une voix" in refus.context["form"].errors["voix_pour"][0]


# --- two agents at once ---------------------------------------------------------------------------------------------


def test_la_decision_d_un_autre_n_est_jamais_ecrasee_en_silence(client_de, comite, trois):
    """R26: the second is told who decided what, keeps what was typed, and replaces it knowingly."""
    premier, second = client_de("anct"), client_de("anct")
    version = second.get(a_la_ligne(trois[0])).context["form"].initial["version"]
    premier.post(a_la_ligne(trois[0]), favorable(nb_postes="3", version=version))
    envoi = {"decision": "refusee", "nb_postes": "", "motif": MOTIF, "version": version, "suite": "suivante"}
    reponse = second.post(a_la_ligne(trois[0]), envoi)
    contenu = texte(reponse)
    assert str(premier.utilisateur) in contenu
    assert "<strong>Retenue</strong>, 3 postes" in contenu
    assert reponse.context["form"]["motif"].value() == MOTIF
    ligne = LigneComite.objects.get(pk=trois[0].pk)
    assert (ligne.decision, ligne.nb_postes) == ("retenue", 3)
    nouvelle = reponse.context["form"]["version"].value()
    assert nouvelle == version_de(ligne)
    second.post(a_la_ligne(trois[0]), {**envoi, "version": nouvelle})
    assert LigneComite.objects.get(pk=trois[0].pk).decision == "refusee"


# --- preparation ----------------------------------------------------------------------------------------------------


def test_inscrire_des_demandes_et_des_corrections(agent, comite):
    """R26, R29: three natures on one page, each with its filters."""
    campagne = comite.campagne
    demande = demande_de(accordee(agent.acteur, campagne, 1, activee=True))
    a_revoir = refusee(agent.acteur, campagne)
    inscrire = page(comite, "inscrire")
    reponse = agent.get(inscrire, {"nature": "ajout"})
    assert [o["nombre"] for o in reponse.context["onglets"]] == [0, 1, 2]
    assert demande.motif in texte(reponse)
    agent.post(f"{inscrire}?nature=ajout", {"tout": "1"})
    assert agent.get(inscrire, {"nature": "ajout", "avis": "avec"}).context["nombre"] == 0
    # No « tout » for corrections: each one is chosen.
    agent.post(f"{inscrire}?nature=correction", {"tout": "1"})
    assert not comite.lignes.filter(nature="correction").exists()
    for filtre in ({"q": str(a_revoir.numero)}, {"q": a_revoir.siret}, {"q": a_revoir.nom}, {"etat": "refusee"}):
        reponse = agent.get(inscrire, {"nature": "correction", **filtre})
        assert reponse.context["candidatures"] == [a_revoir], filtre
    agent.post(f"{inscrire}?nature=correction", {"candidature": str(a_revoir.uuid)})
    assert sorted(comite.lignes.values_list("nature", flat=True)) == ["ajout", "correction"]
    for ligne in comite.lignes.all():
        contenu = texte(agent.get(a_la_ligne(ligne)))
        assert ligne.get_nature_display() in contenu
    contenu = texte(agent.get(reverse("admin:structures_comite_change", args=[comite.uuid])))
    assert "2 postes de plus" in contenu
    assert "0 poste aujourd’hui" in contenu


def test_un_reexamen_se_voit_avec_son_motif(agent, comite):
    """R28: on the page that prepares, on the agenda and in the session, with the decision before and the opinion that
    is older than the request."""
    candidature = refusee(agent.acteur, comite.campagne, "Le projet est à préciser.")
    AvisFactory(candidature=candidature, rendu_le=timezone.now() - dt.timedelta(days=9))
    demander_reexamen(
        acteur=acteur_de_structure(candidature.structure), candidature=candidature, motif="Un cofinancement est acquis."
    )
    inscrire = page(comite, "inscrire")
    autre = CandidatureFactory(deposee=True, campagne=comite.campagne)
    reponse = agent.get(inscrire, {"etat": "reexamen"})
    assert [c.pk for c in reponse.context["candidatures"]] == [candidature.pk]
    assert "Un cofinancement est acquis." in texte(reponse)
    assert [c.pk for c in agent.get(inscrire, {"etat": "deposee"}).context["candidatures"]] == [autre.pk]
    agent.post(f"{inscrire}?etat=reexamen", {"tout": "1"})
    agenda = texte(agent.get(reverse("admin:structures_comite_change", args=[comite.uuid])))
    assert "Réexamen" in agenda
    contenu = texte(agent.get(a_la_ligne(comite.lignes.get())))
    for attendu in ("Un cofinancement est acquis.", "Le projet est à préciser.", "précède la demande de réexamen"):
        assert attendu in contenu


def test_inscrire_tout_ou_rien(agent, comite):
    """R26: what cannot be put on the agenda is told, and nothing is half done."""
    campagne = comite.campagne
    demandes = [demande_de(accordee(agent.acteur, campagne, 1, activee=True)) for _ in range(2)]
    inscrire_demande(acteur=agent.acteur, comite=ComiteFactory(campagne=campagne), demande=demandes[1])
    agent.post(f"{page(comite, 'inscrire')}?nature=ajout", {"candidature": [str(d.uuid) for d in demandes]})
    assert [ligne.demande for ligne in comite.lignes.all()] == [demandes[0]]


@pytest.mark.parametrize("q", ["0" * 99, "é%_'", "999999999999"])
def test_une_recherche_etrange_ne_casse_rien(agent, comite, q):
    CandidatureFactory(deposee=True, campagne=comite.campagne)
    assert agent.get(page(comite, "inscrire"), {"q": q, "page": "zzz", "nature": "??"}).status_code == 200


# --- size -----------------------------------------------------------------------------------------------------------


def remplir(comite, nombre):
    for rang in range(nombre):
        candidature = CandidatureFactory(deposee=True, campagne=comite.campagne)
        AvisFactory(candidature=candidature, rang=rang + 1)
        LigneComiteFactory(comite=comite, candidature=candidature)


def test_le_nombre_de_requetes_ne_depend_pas_du_nombre_de_lignes(agent):
    """One screen, its list to jump to, the committee, its preparation and its closing: as many queries for 3 as for
    12."""
    mesures = []
    for nombre in (3, 12):
        comite = ComiteFactory(campagne=CampagneFactory())
        remplir(comite, nombre)
        for _ in range(nombre):
            CandidatureFactory(deposee=True, campagne=comite.campagne)
        adresses = [page(comite, nom) for nom in ("seance", "change", "inscrire", "cloturer")]
        comptes = []
        for adresse in adresses:
            agent.get(adresse)
            with CaptureQueriesContext(
                connection,
            ) as requetes:
                assert agent.get(adresse).status_code == 200
            comptes.append(len(requetes))
        mesures.append(comptes)
    assert mesures[0] == mesures[1]


def test_les_longues_listes_sont_paginees(agent, monkeypatch):
    """10,000 applications are read page by page, with their filters."""
    monkeypatch.setattr("structures.admin.comites.LIGNES_PAR_PAGE", 2)
    monkeypatch.setattr("structures.admin.inscrire.PAR_PAGE", 2)
    monkeypatch.setattr("structures.admin.seance.SAUTS_MAX", 2)
    comite = ComiteFactory()
    remplir(comite, 3)
    CandidatureFactory.create_batch(3, deposee=True, campagne=comite.campagne)
    for nom in ("change", "inscrire"):
        assert len(agent.get(page(comite, nom), {"departement": "03"}).context["lignes"]) == 2
        reponse = agent.get(page(comite, nom), {"departement": "03", "page": "2"})
        assert len(reponse.context["lignes"]) == 1
        assert "?departement=03&page=1" in unescape(reponse.content.decode())
    ailleurs = CandidatureFactory(deposee=True, campagne=comite.campagne, commune=lieu("63113"))
    LigneComiteFactory(comite=comite, candidature=ailleurs)
    sauts = agent.get(page(comite, "seance")).context["sauts"]
    assert [len(groupe["lignes"]) for groupe in sauts] == [3, 0]


def test_l_ordre_du_jour_se_filtre(agent, comite, trois):
    """R26: what is left to decide, one département, one nature."""
    decider(acteur=agent.acteur, ligne=trois[0], decision="refusee", nb_postes=0, motif=MOTIF)
    adresse = reverse("admin:structures_comite_change", args=[comite.uuid])
    for filtre, attendu in (
        ({"decision": "aucune"}, trois[1:]),
        ({"decision": "refusee"}, trois[:1]),
        ({"departement": "63"}, trois[2:]),
        ({"nature": "ajout"}, []),
    ):
        reponse = agent.get(adresse, filtre)
        assert reponse.context["lignes"] == attendu
        assert reponse.context["bilan"]["candidatures"] == 3


# --- minutes --------------------------------------------------------------------------------------------------------


def test_le_proces_verbal_dit_les_trois_natures(agent, comite):
    """R26: president, who closed, the votes, the natures, the posts withdrawn."""
    from tests.structures.test_proces_verbal import lire

    agent.post(
        reverse("admin:structures_comite_verbe", args=[comite.uuid, "modifier"]),
        {"date": comite.date.isoformat(), "enveloppe_postes": "10", "presidence": "Nadia Roussel, directrice"},
    )
    campagne = comite.campagne
    demande = demande_de(accordee(agent.acteur, campagne, 1, activee=True))
    corrigee = accordee(agent.acteur, campagne, 3)
    agent.post(f"{page(comite, 'inscrire')}?nature=ajout", {"tout": "1"})
    agent.post(f"{page(comite, 'inscrire')}?nature=correction", {"candidature": str(corrigee.uuid)})
    nouvelle = LigneComiteFactory(comite=comite)
    for ligne in comite.lignes.all():
        agent.post(a_la_ligne(ligne), favorable(motif="Décision motivée.", voix_pour="4", voix_contre="2"))
    cloturer(acteur=acteur("anct"), comite=comite)
    comite.refresh_from_db()
    with comite.proces_verbal.fichier.open("rb") as fichier:
        _, contenu = lire(fichier.read())
    for attendu in (
        "Nadia Roussel, directrice",
        "1 demande de postes supplémentaires",
        "1 correction de décisions prises auparavant",
        "Vote : 4 pour, 2 contre, 0 abstention",
        "Postes retirés par ce comité 2",
        "Demande de 2 postes supplémentaires",
        "1 en tout",
        nouvelle.candidature.nom,
        demande.structure.nom,
    ):
        assert attendu in contenu
    assert Candidature.objects.get(pk=corrigee.pk).postes.comptes().count() == 1


def test_la_decision_va_a_la_ligne_que_l_on_lisait(agent, comite, trois):
    """R26: opened without naming a line, in two tabs or clicked twice, the form never decides on the next line."""
    html = agent.get(page(comite, "seance")).content.decode()
    assert f'action="?ligne={trois[0].uuid}"' in html
    version = version_de(trois[0])
    agent.post(a_la_ligne(trois[0]), favorable(version=version))
    reponse = agent.post(a_la_ligne(trois[0]), favorable(version=version, decision="refusee", motif=MOTIF))
    assert reponse.context["ligne"] == trois[0]
    assert [ligne.decision for ligne in comite.lignes.exclude(pk=trois[0].pk)] == ["", ""]


def test_l_aide_du_nombre_de_postes_suit_la_nature_de_la_ligne(agent, comite, trois):
    """R26: « en tout » or « en plus » changes what is granted: it is read next to the number."""
    assert "Seulement pour une candidature retenue." in texte(agent.get(a_la_ligne(trois[0])))
    ancienne = accordee(agent.acteur, comite.campagne, 2, activee=True)
    ligne = LigneComiteFactory(comite=comite, candidature=ancienne, nature="correction")
    assert "En tout, après la correction, dans cette campagne." in texte(agent.get(a_la_ligne(ligne)))


def test_un_comite_qui_ne_fait_que_retirer_rend_a_la_campagne(agent, comite):
    """R26: never « -2 postes sur 50 »."""
    corrigee = accordee(agent.acteur, comite.campagne, 3)
    agent.post(f"{page(comite, 'inscrire')}?nature=correction", {"candidature": str(corrigee.uuid)})
    agent.post(a_la_ligne(comite.lignes.get()), favorable(motif=MOTIF))
    lu = texte(agent.get(page(comite, "cloturer")))
    assert "Ce comité rend 2 postes à la campagne" in lu
    assert "-2 poste" not in lu
