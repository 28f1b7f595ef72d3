"""Coordination given to a post that exists, or prolonged: no new post (R95; S2, II.a and III.b)."""

from __future__ import annotations

import datetime as dt
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email
from pypdf import PdfReader

from portal.commun.coherence import verifier
from portal.commun.dates import ajouter_mois
from portal.commun.erreurs import RegleNonRespectee
from portal.commun.roles import Role
from structures import enveloppe
from structures.actions import activer, cloturer, decider, inscrire, inscrire_correction, rendre_poste
from structures.coherence import postes_coordinateurs
from structures.coordination import CAS, change_un_poste
from structures.enums import EtatPoste
from structures.models import Poste
from structures.regles_comite import effet, obstacle_au_poste_confie
from tests.structures.factories import (
    CampagneFactory,
    ComiteFactory,
    PosteFactory,
    StructureFactory,
    acteur_de_structure,
    candidature_de,
)

pytestmark = pytest.mark.django_db
MOTIF = "Le périmètre est déjà coordonné."


@pytest.fixture
def poste():
    return PosteFactory(pourvu=True)


@pytest.fixture
def comite():
    # A campaign whose envelope is used up: the decision takes nothing from it.
    campagne = CampagneFactory(coordinateurs=True, enveloppe_postes=1)
    PosteFactory(campagne=campagne, coordinateur=True)
    return ComiteFactory(campagne=campagne, enveloppe_postes=0, date=timezone.localdate() - dt.timedelta(days=3))


def demander(poste, comite, cas="role", **champs):
    return candidature_de(
        poste.structure,
        coordinateurs=True,
        campagne=comite.campagne,
        cas_coordinateur=cas,
        poste_concerne=poste,
        nb_conseillers=1,
        **champs,
    )


def retenir(anct, comite, candidature, nb_postes=1, **champs):
    ligne = inscrire(acteur=anct, comite=comite, candidature=candidature)
    return decider(acteur=anct, ligne=ligne, decision="retenue", nb_postes=nb_postes, motif="", **champs)


def clore(anct, comite):
    """The closing, which breaks no invariant that the factories held."""
    avant = {constat.cle: constat.violations for constat in verifier()}
    comite = cloturer(acteur=anct, comite=comite)
    apparues = {c.cle for c in verifier() if c.violations > avant[c.cle]}
    assert apparues <= {"structures.enveloppe-comite"} and not apparues
    return comite


def messages(adresse):
    return " ".join(m.message for m in Email.objects.filter(to__contains=adresse))


def proces_verbal(comite):
    with comite.proces_verbal.fichier.open() as fichier:
        return " ".join("".join(page.extract_text() for page in PdfReader(BytesIO(fichier.read())).pages).split())


@pytest.mark.parametrize(("cas", "verbe"), [("role", "devient"), ("prolongation", "reste")])
def test_le_poste_qui_existe_devient_coordinateur_sans_nouveau_poste(anct, comite, poste, cas, verbe):
    """R95, R15, R26: its number, its call and its person stay; the envelope is not used; minutes and mails say so."""
    candidature = demander(poste, comite, cas)
    ligne = retenir(anct, comite, candidature)
    avant, nombre = enveloppe.accorde(comite.campagne), Poste.objects.count()
    comite = clore(anct, comite)

    apres = Poste.objects.get(pk=poste.pk)
    assert apres.coordinateur and apres.etat == EtatPoste.POURVU
    suivis = ("numero", "candidature_id", "campagne_id", "regime", "comite_id", "echeance_recrutement")
    assert [getattr(apres, champ) for champ in suivis] == [getattr(poste, champ) for champ in suivis]
    assert apres.history.first().history_role == Role.ANCT
    assert (Poste.objects.count(), enveloppe.accorde(comite.campagne)) == (nombre, avant)
    ligne.refresh_from_db()
    assert (ligne.nb_postes, ligne.variation) == (1, 0)
    phrase = f"le poste n° {poste.numero} {verbe} un poste de coordinateur, sans nouveau poste"
    assert phrase in proces_verbal(comite)
    courriel = messages(candidature.contact_courriel)
    assert phrase in courriel and CAS[cas].suite in courriel
    assert "lui accorde" not in courriel

    activer(acteur=anct, candidature=candidature)
    courriel = Email.objects.latest("pk").message
    assert phrase in courriel and "à pourvoir" not in courriel


def test_un_poste_libre_a_six_mois_pour_trouver_son_coordinateur(anct, comite):
    """R1 (S2, III.a): from the notification; never less than what was left."""
    presse = PosteFactory(echeance_recrutement=timezone.localdate() + dt.timedelta(days=9))
    retenir(anct, comite, demander(presse, comite))
    clore(anct, comite)
    presse.refresh_from_db()
    assert presse.echeance_recrutement == ajouter_mois(timezone.localdate(), 6)


def test_un_seul_poste_et_a_personne_d_autre(anct, comite, poste):
    """R95: the number is 1, and no other structure gives anything."""
    ligne = inscrire(acteur=anct, comite=comite, candidature=demander(poste, comite))
    with pytest.raises(RegleNonRespectee, match="sans nouveau poste") as refus:
        decider(acteur=anct, ligne=ligne, decision="retenue", nb_postes=2, motif="")
    assert refus.value.champ == "nb_postes"
    ligne = decider(
        acteur=anct, ligne=ligne, decision="retenue", nb_postes=1, motif="", structure_cedante=StructureFactory()
    )
    assert ligne.structure_cedante is None


def test_le_poste_rendu_ou_transfere_depuis_empeche_de_clore(anct, comite, client_de):
    """R95, R26: told on the page and by the verb; nothing has changed."""
    rendu, parti = PosteFactory(), PosteFactory()
    PosteFactory(structure=rendu.structure, campagne=rendu.campagne)
    for poste in (rendu, parti):
        retenir(anct, comite, demander(poste, comite))
    rendre_poste(acteur=acteur_de_structure(rendu.structure), poste=rendu, motif="Nous n’avons plus le budget.")
    Poste.objects.filter(pk=parti.pk).update(structure=StructureFactory())
    page = client_de(Role.ANCT).get(reverse("admin:structures_comite_cloturer", args=[comite.uuid])).content.decode()
    assert "a été rendu ou retiré depuis" in page and "celui d’une autre structure" in page
    with pytest.raises(RegleNonRespectee, match="rendu ou retiré"):
        cloturer(acteur=anct, comite=comite)
    assert not Poste.objects.filter(pk__in=[rendu.pk, parti.pk], coordinateur=True).exists()


def test_la_correction_rend_le_poste_comme_il_etait(anct, comite, poste):
    """R26, R95: refused after all, then granted again."""
    candidature = demander(poste, comite)
    retenir(anct, comite, candidature)
    clore(anct, comite)
    for decision, nombre, attendu in (("refusee", 0, False), ("retenue", 1, True)):
        suivant = ComiteFactory(campagne=comite.campagne, enveloppe_postes=0)
        ligne = inscrire_correction(acteur=anct, comite=suivant, candidature=candidature)
        decider(acteur=anct, ligne=ligne, decision=decision, nb_postes=nombre, motif=MOTIF)
        clore(anct, suivant)
        assert Poste.objects.get(pk=poste.pk).coordinateur is attendu
    assert "redevient ce qu’il était avant elle" in messages(candidature.contact_courriel)


def test_le_refus_ne_touche_pas_le_poste(anct, comite, poste):
    """R26"""
    ligne = inscrire(acteur=anct, comite=comite, candidature=demander(poste, comite))
    decider(acteur=anct, ligne=ligne, decision="refusee", nb_postes=0, motif=MOTIF)
    clore(anct, comite)
    assert not Poste.objects.get(pk=poste.pk).coordinateur


def test_la_seance_propose_un_et_le_dit(anct, comite, poste, client_de):
    """R95: the form is filled with 1 and says that the envelope is not used."""
    ligne = inscrire(acteur=anct, comite=comite, candidature=demander(poste, comite))
    client = client_de(Role.ANCT)
    adresse = reverse("admin:structures_comite_seance", args=[comite.uuid])
    reponse = client.get(adresse)
    assert "L’enveloppe n’est pas utilisée" in reponse.content.decode()
    assert reponse.context["form"].initial["nb_postes"] == 1
    assert client.post(adresse, {"decision": "retenue", "nb_postes": "1"}).status_code == 302
    page = client.get(f"{adresse}?ligne={ligne.uuid}").content.decode()
    assert f"le poste n° {poste.numero} devient un poste de coordinateur" in page


def test_l_invariant_voit_un_poste_de_coordinateur_sans_decision(poste):
    """R95"""
    assert not postes_coordinateurs().exists()
    Poste.objects.filter(pk=poste.pk).update(coordinateur=True)
    assert list(postes_coordinateurs()) == [poste]


def test_les_cas_qui_ne_font_pas_de_poste():
    """S2, II.a"""
    assert {code for code in CAS if change_un_poste(code)} == {"role", "prolongation"}
    assert not change_un_poste("")


@pytest.mark.parametrize(
    ("nature", "decision", "confies", "repris"),
    [
        ("examen", "retenue", 1, 0),
        ("examen", "refusee", 0, 0),
        ("examen", "examen", 0, 0),
        ("correction", "retenue", 1, 0),
        ("correction", "refusee", 0, 1),
    ],
)
def test_l_effet_sur_un_poste_qui_existe(nature, decision, confies, repris):
    """R95, R15"""
    resultat = effet(nature, decision, 1, cede=True, existant=True)
    assert (resultat.confies, resultat.repris, resultat.variation, resultat.cedes) == (confies, repris, 0, 0)


@pytest.mark.parametrize(
    ("faits", "mot"),
    [((True, True, True), ""), ((False, False, False), "rendez-la"), ((True, False, True), "retiré"),
     ((True, True, False), "autre structure")],
)  # fmt: skip
def test_ce_qui_empeche_de_confier(faits, mot):
    """R95"""
    nomme, vivant, sienne = faits
    obstacle = obstacle_au_poste_confie(nomme=nomme, vivant=vivant, a_la_structure=sienne)
    assert mot in obstacle and bool(obstacle) is bool(mot)
