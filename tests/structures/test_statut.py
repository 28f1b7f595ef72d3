"""R21: the legal category decides public or private; the applicant may contest it, ANCT settles, the amounts follow."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse

from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite
from portal.commun.roles import Role
from structures import actions
from structures.models import Candidature, Poste
from structures.regimes import StatutJuridique, obtenir_regime
from structures.regles_comite import obstacle_du_statut
from structures.statut import statut_du_poste
from subventions.plafond import plafond_par_poste
from tests.structures.factories import CampagneFactory, CandidatureFactory, PosteFactory, candidature_de
from tests.structures.outils_candidature import adresse, erreurs, poster, remplir, reponses
from tests.structures.outils_comites import decidee
from tests.structures.outils_depot import creer, destinataires
from tests.structures.test_annuaire import pair, unite

__all__ = ["pair"]

pytestmark = pytest.mark.django_db
MOTIF = "La commission a vérifié les statuts."


def trancher(candidature, statut="prive", motif=MOTIF, role=Role.ANCT):
    return actions.trancher_statut(acteur=Acteur(role), candidature=candidature, statut=statut, motif=motif)


def test_contester_au_lieu_d_etre_arrete(client, pair):
    """R21: the contradiction is told at the SIRET, with a box and a reason; the application goes on."""
    par_etape = reponses(CampagneFactory())
    siret = par_etape["identite"]["siret"]
    pair.repondre(unite(siret, nature_juridique="9220"))
    reponse = remplir(client, par_etape, jusqu_a="identite")
    assert "association" in erreurs(reponse)["siret"][0]
    page = reponse.content.decode()
    assert "Je conteste ce classement" in page and f'value="{siret}"' in page
    for motif in ("", "trop peu", "x" * 1001):
        reponse = poster(client, "identite", {"siret": siret, "contester": "on", "contestation_statut": motif})
        assert list(erreurs(reponse)) == ["contestation_statut"]
    motif = "Régie municipale, délibération du 3 mai."
    poster(client, "identite", {"siret": siret, "contester": "on", "contestation_statut": motif})
    for etape in ("structure", "besoin", "projet", "engagements"):
        poster(client, etape, par_etape[etape])
    candidature = Candidature.objects.get()
    assert (candidature.contestation_statut, candidature.statut_juridique) == (motif, "public")
    assert len(pair.demandes) == 1


def test_rien_a_contester_quand_la_categorie_est_d_accord(client, pair):
    par_etape = reponses(CampagneFactory())
    pair.repondre(unite(par_etape["identite"]["siret"]))
    assert "Je conteste" not in client.get(adresse("identite"), follow=True).content.decode()
    par_etape["identite"] |= {"contester": "on", "contestation_statut": "Sans objet, par erreur."}
    remplir(client, par_etape)
    assert Candidature.objects.get().contestation_statut == ""


@pytest.mark.parametrize(
    ("categorie", "extrait"), [("7120", "services de l’État"), ("9210", "non déclarée"), ("7389", "seuls postes")]
)
def test_qui_n_est_pas_admis_est_arrete_et_peut_contester(client, pair, categorie, extrait):
    """R20, R21: State services, undeclared associations; national public bodies outside the call for coordinators."""
    genre = "association" if categorie == "9210" else "etablissement-public"
    campagne = CampagneFactory(privee=categorie == "9210")
    par_etape = reponses(campagne, eligibilite__type=genre)
    pair.repondre(unite(par_etape["identite"]["siret"], nature_juridique=categorie))
    reponse = remplir(client, par_etape, jusqu_a="identite")
    assert extrait in erreurs(reponse)["siret"][0]
    assert "Je conteste" in reponse.content.decode()


def test_le_verbe_refuse_une_contradiction_qui_n_est_pas_contestee():
    """R21"""
    with pytest.raises(RegleNonRespectee, match="association"):
        creer(categorie_juridique="9220")
    candidature = creer(categorie_juridique="9220", contestation_statut="Régie municipale, délibération jointe.")
    assert candidature.statut_juridique == "public"
    assert list(Candidature.objects.statut_a_trancher()) == []


def test_l_anct_tranche_et_la_structure_est_prevenue():
    """R21, R6: the kind of the application and of its structure, the mail with the reason."""
    campagne = CampagneFactory(coordinateurs=True)
    candidature = CandidatureFactory(
        campagne=campagne, deposee=True, coordinateurs=True, contestation_statut="Nous sommes une association."
    )
    assert list(Candidature.objects.statut_a_trancher()) == [candidature]
    candidature = trancher(candidature)
    assert candidature.statut_juridique == candidature.structure.statut_juridique == "prive"
    assert candidature.statut_tranche_le and candidature.history.first().history_role == Role.ANCT
    assert not Candidature.objects.statut_a_trancher().exists()
    assert destinataires("candidature_statut") == [[candidature.contact_courriel]]


def test_la_meme_decision_n_est_pas_annoncee_deux_fois():
    """R21: a second click is told; another kind or another reason is another decision."""
    candidature = CandidatureFactory(deposee=True)
    trancher(candidature)
    with pytest.raises(TransitionInterdite, match="déjà fixé"):
        trancher(candidature, motif=f" {MOTIF} ")
    assert len(destinataires("candidature_statut")) == candidature.history.filter(statut_juridique="prive").count() == 1
    trancher(candidature, motif="Les statuts reçus depuis le confirment.")
    assert trancher(candidature, statut="public").statut_juridique == "public"
    assert len(destinataires("candidature_statut")) == 3


def test_le_montant_suit_la_decision():
    """R6, R21: 50 000 € for a local authority, 40 000 € once ANCT says it is private."""
    campagne = CampagneFactory(coordinateurs=True)
    poste = PosteFactory(campagne=campagne, coordinateur=True)
    avant = plafond_par_poste(poste.regime, statut_du_poste(poste), "03")
    Candidature.objects.filter(pk=poste.candidature_id).update(
        statut_juridique="prive", statut_tranche_le=poste.cree_le, statut_tranche_motif=MOTIF
    )
    poste.refresh_from_db()
    assert (avant, plafond_par_poste(poste.regime, statut_du_poste(poste), "03")) == (Decimal(50_000), Decimal(40_000))


def test_hors_de_l_appel_le_courriel_le_dit():
    """R6: a private body has no line in the public call."""
    from post_office.models import Email

    trancher(CandidatureFactory(deposee=True))
    assert "n’est pas ouvert à ce statut" in Email.objects.latest("pk").message


@pytest.mark.parametrize("motif", ["", "court", "x" * 1001])
def test_trancher_demande_un_motif_et_un_statut_connu(motif):
    candidature = CandidatureFactory(deposee=True)
    with pytest.raises(RegleNonRespectee) as refus:
        trancher(candidature, motif=motif)
    assert (refus.value.regle, refus.value.champ) == ("R21", "motif")
    with pytest.raises(RegleNonRespectee):
        trancher(candidature, statut="autre")


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.ANCT, Role.SYSTEME)])
def test_seule_l_anct_tranche(role):
    with pytest.raises(AccesRefuse):
        trancher(CandidatureFactory(deposee=True), role=role)


@pytest.mark.parametrize("etat", ["retenue", "activee", "refusee", "abandonnee"])
def test_apres_la_decision_le_statut_ne_bouge_plus(etat):
    with pytest.raises(TransitionInterdite):
        trancher(CandidatureFactory(**{etat: True}))


# --- before a committee grants anything (R21, R26) -----------------------------------------------------------------

CONTESTATION = "Nous sommes une régie municipale."


def test_un_statut_conteste_se_tranche_avant_de_retenir(anct, comite, client_de):
    """R21: told on the page and by the verb; nothing is granted, then everything once it is settled."""
    ligne = decidee(comite, anct, contestation_statut=CONTESTATION)
    refus = f"Candidature n° {ligne.candidature.numero} ({ligne.candidature.nom}) : son statut juridique est contesté"
    page = client_de(Role.ANCT).get(reverse("admin:structures_comite_cloturer", args=[comite.uuid]))
    assert refus in page.content.decode()
    with pytest.raises(RegleNonRespectee, match="est contesté") as leve:
        actions.cloturer(acteur=anct, comite=comite)
    assert leve.value.message.startswith(refus)
    assert not Poste.objects.exists()
    trancher(ligne.candidature, statut="public")
    actions.cloturer(acteur=anct, comite=comite)
    assert Poste.objects.count() == 1


def test_un_statut_tranche_hors_de_l_appel_ne_se_retient_pas(anct, comite):
    """R21, R6: the public call has no amount for a private body; it may still be refused."""
    ligne = decidee(comite, anct)
    trancher(ligne.candidature, statut="prive")
    with pytest.raises(RegleNonRespectee, match="Structure privée.*n’est pas admis par cet appel"):
        actions.cloturer(acteur=anct, comite=comite)
    actions.decider(acteur=anct, ligne=ligne, decision="refusee", nb_postes=0, motif=MOTIF)
    assert actions.cloturer(acteur=anct, comite=comite).clos_le


def test_refuser_ou_demander_un_examen_n_attend_pas_le_statut(anct, comite):
    """R21: only a grant fixes an amount."""
    for decision in ("refusee", "examen"):
        decidee(comite, anct, decision, 0, MOTIF, contestation_statut=CONTESTATION)
    assert actions.cloturer(acteur=anct, comite=comite).clos_le


def test_la_correction_d_un_refus_attend_aussi_le_statut(anct, comite):
    """R21, R26: a refused application that is contested may be settled, so that its decision may be corrected."""
    refusee = CandidatureFactory(refusee=True, campagne=comite.campagne, contestation_statut=CONTESTATION)
    ligne = actions.inscrire_correction(acteur=anct, comite=comite, candidature=refusee)
    actions.decider(acteur=anct, ligne=ligne, decision="retenue", nb_postes=1, motif=MOTIF)
    with pytest.raises(RegleNonRespectee, match="est contesté"):
        actions.cloturer(acteur=anct, comite=comite)
    trancher(refusee, statut="public")
    actions.cloturer(acteur=anct, comite=comite)
    refusee.refresh_from_db()
    assert refusee.etat == "retenue"


@pytest.mark.parametrize(
    ("conteste", "tranche", "statut", "admis"),
    [
        (False, False, "public", True),
        (True, False, "public", False),
        (True, True, "public", True),
        (True, True, "prive", False),
        # Not settled by anybody: what the legal category gives is checked when the application is filed.
        (False, False, "autre-public", True),
    ],
)
def test_ce_que_le_statut_empeche(conteste, tranche, statut, admis):
    """R21"""
    regime = obtenir_regime("ami-public-2020")
    obstacle = obstacle_du_statut(conteste=conteste, tranche=tranche, statut=statut, regime=regime)
    assert bool(obstacle) is not admis


def test_une_structure_qui_a_des_postes_garde_son_statut():
    """R6: what a post is worth does not change because of a later application."""
    poste = PosteFactory()
    candidature = candidature_de(poste.structure, campagne=CampagneFactory(coordinateurs=True), coordinateurs=True)
    trancher(candidature)
    poste.structure.refresh_from_db()
    assert poste.structure.statut_juridique == "public"
    assert statut_du_poste(poste) == StatutJuridique.PUBLIC


def test_le_bouton_de_l_anct(client_de):
    """R21: on the page of the application, with what the structure wrote."""
    candidature = CandidatureFactory(deposee=True, contestation_statut="Nous sommes une régie municipale.")
    client = client_de(Role.ANCT)
    page = client.get(reverse("admin:structures_candidature_change", args=[candidature.uuid])).content.decode()
    assert "Nous sommes une régie municipale." in page and "Trancher le statut juridique" in page
    adresse_verbe = reverse("admin:structures_candidature_verbe", args=[candidature.uuid, "statut"])
    reponse = client.post(adresse_verbe, {"statut": "autre-public", "motif": MOTIF})
    assert reponse.status_code == 302
    candidature.refresh_from_db()
    assert (candidature.statut_juridique, candidature.statut_tranche_motif) == ("autre-public", MOTIF)
