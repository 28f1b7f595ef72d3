"""Coordinators (S2): the five cases, each with its questions; the employing structures consulted by a signed link."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from post_office.models import Email

from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite
from portal.commun.rappels import lancer
from portal.commun.roles import Role
from structures import actions
from structures.coordination import CAS, CHAMPS, RELANCE_AVANT, oublier_les_autres_cas, silence_du, verifier_cas
from structures.enums import CasCoordinateur, EtatCandidature, OrigineReponse
from structures.models import Candidature, ConsultationCoordinateur
from structures.rappels_candidature import suivre_consultations
from tests.structures.factories import CampagneFactory, PosteFactory, StructureFactory, lieu, membre
from tests.structures.outils_candidature import adresse, erreurs, lien_du_courriel, poster, remplir, reponses
from tests.structures.outils_depot import creer, destinataires

PORTAIL = Acteur.systeme()
CONSULTATION = {"nom": "Commune de Vichy", "courriel": "numerique@vichy.exemple.fr"}


@pytest.fixture
def appel(db):
    return CampagneFactory(coordinateurs=True)


def deposer(appel, consultations=(CONSULTATION,), **changements):
    champs = {
        "cas_coordinateur": "creation",
        "coordination_temps_plein": True,
        "perimetre_coordination": "L’Allier",
        "type": "departement",
        **changements,
    }
    return actions.confirmer_depot(acteur=PORTAIL, candidature=creer(appel, consultations=consultations, **champs))


def champs_de(cas, **valeurs):
    tous = {"poste_concerne": 1, "personne_en_poste": "Ana", "poste_actuel_fin_le": 1, "poste_existant_precisions": "x"}
    return {"cas_coordinateur": cas, "nb_conseillers": 1, **tous, **valeurs}


# --- the five cases (S2, II.a) --------------------------------------------------------------------------------------


def test_les_cinq_cas_sont_ceux_de_l_appel():
    """S2, II.a: three for who has posts, two for who has none; the post that exists is not a new one."""
    assert set(CAS) == {cas.value for cas in CasCoordinateur}
    assert [cas for cas in CAS if CAS[cas].beneficiaire] == ["prolongation", "role", "supplementaire"]
    assert [cas for cas in CAS if not CAS[cas].nouveau_poste] == ["prolongation", "role"]


@pytest.mark.parametrize("cas", list(CAS))
def test_chaque_cas_demande_ses_questions_et_elles_seules(cas):
    """S2, II.a: what is missing is named; what another case asks is forgotten."""
    donnees = CAS[cas]
    vides = champs_de(cas, **dict.fromkeys(CHAMPS, ""))
    manquants = {m.champ for m in verifier_cas(vides, beneficiaire=donnees.beneficiaire)}
    assert manquants == set(donnees.champs) - set(donnees.facultatifs)
    assert verifier_cas(champs_de(cas), beneficiaire=donnees.beneficiaire) == []
    gardes = oublier_les_autres_cas(champs_de(cas))
    assert {champ for champ in CHAMPS if gardes[champ]} == set(donnees.champs)


@pytest.mark.parametrize("cas", list(CAS))
def test_un_cas_est_reserve_a_qui_en_releve(cas):
    refus = verifier_cas(champs_de(cas), beneficiaire=not CAS[cas].beneficiaire)
    assert [(m.regle, m.champ) for m in refus] == [("R20", "cas_coordinateur")]


def test_un_poste_existant_est_un_seul_poste():
    refus = verifier_cas(champs_de("role", nb_conseillers=2), beneficiaire=True)
    assert [m.champ for m in refus] == ["nb_conseillers"]


@pytest.mark.parametrize("cas", ["prolongation", "role"])
def test_le_poste_concerne_est_un_poste_de_l_etablissement(client, appel, cas):
    """S2, II.a: by its number; the list is only for the structure itself; one post, its occupant known."""
    poste, ailleurs = PosteFactory(structure__type="departement"), PosteFactory()
    par_etape = reponses(appel, identite__siret=poste.structure.siret, identite__cas_coordinateur=cas)
    fin = (timezone.localdate() + dt.timedelta(days=90)).isoformat()
    par_etape["coordination"] |= {"personne_en_poste": "Ana Roy", "poste_concerne": "", "poste_actuel_fin_le": fin}
    reponse = remplir(client, par_etape, jusqu_a="coordination")
    assert set(erreurs(reponse)) == {"poste_concerne"}
    assert f"n° {poste.numero}" not in reponse.content.decode()
    assert CAS[cas].suite in reponse.content.decode()
    for numero in (ailleurs.numero, "abc", 0):
        reponse = poster(client, "coordination", {**par_etape["coordination"], "poste_concerne": numero})
        assert set(erreurs(reponse)) == {"poste_concerne"}
    par_etape["coordination"]["poste_concerne"] = poste.numero
    for champ in ("nb_conseillers", "candidat_identifie"):
        del par_etape["besoin"][champ]
    reponse = remplir(client, par_etape)
    assert reponse.status_code == 302, (reponse.context["etape"], erreurs(reponse))
    candidature = Candidature.objects.get(campagne=appel)
    assert (candidature.poste_concerne, candidature.nb_conseillers) == (poste, 1)
    assert bool(candidature.poste_actuel_fin_le) == (cas == "prolongation")


def test_dans_son_espace_la_structure_choisit_son_poste(client_de, appel):
    poste = PosteFactory()
    client = client_de(rattachement=membre(poste.structure))
    par_etape = reponses(appel, identite__siret=poste.structure.siret, identite__cas_coordinateur="role")
    remplir(client, par_etape, jusqu_a="structure")
    assert f"Poste n° {poste.numero}" in client.get(adresse("coordination")).content.decode()


def test_le_cas_est_verifie_des_le_siret(client, appel):
    """S2, II.a; cas difficile 22: another establishment of the same network has none of these posts."""
    poste = PosteFactory()
    par_etape = reponses(appel, identite__siret=poste.structure.siret)
    assert "déjà un poste" in erreurs(remplir(client, par_etape, jusqu_a="identite"))["cas_coordinateur"][0]
    par_etape = reponses(appel, identite__cas_coordinateur="supplementaire")
    assert "Aucun poste" in erreurs(remplir(client, par_etape, jusqu_a="identite"))["cas_coordinateur"][0]


def test_le_perimetre_par_defaut_est_le_departement_de_la_commune(appel):
    """R7, cas difficile 14: of the commune, never of the postal code; cas difficile 16: not only the seat's commune."""
    assert deposer(appel).perimetre_departements == ["03"]
    assert deposer(appel, perimetre_departements=["03", "63"]).perimetre_departements == ["03", "63"]
    with pytest.raises(RegleNonRespectee, match="départements"):
        deposer(appel, perimetre_departements=["99"])


# --- whom to consult (S2, I.b) --------------------------------------------------------------------------------------


def test_les_structures_du_perimetre_sont_proposees(client, appel):
    """S2, I.b: those that have posts in the département, except the applicant; their address is not given away."""
    vichy = PosteFactory(structure__commune=lieu("03310"), structure__contact_courriel="dgs@vichy.fr").structure
    ailleurs, sans_poste = PosteFactory(structure__commune=lieu("63113")).structure, StructureFactory()
    par_etape = reponses(appel)
    remplir(client, par_etape, jusqu_a="coordination")
    page = client.get(adresse("consultation")).content.decode()
    assert vichy.nom in page and "d…@vichy.fr" in page and "dgs@vichy.fr" not in page
    assert str(ailleurs.uuid) not in page and str(sans_poste.uuid) not in page
    assert page.count("checked") == 1
    assert "cochez" in erreurs(poster(client, "consultation", {}))["structures"][0]
    assert "structures" in erreurs(poster(client, "consultation", {"structures": [str(ailleurs.uuid)]}))
    par_etape["consultation"] |= {"structures": [str(vichy.uuid)]}
    for etape in ("consultation", "besoin", "projet", "engagements"):
        poster(client, etape, par_etape[etape])
    lignes = ConsultationCoordinateur.objects.order_by("pk")
    assert [(ligne.nom, ligne.structure) for ligne in lignes] == [(vichy.nom, vichy), ("Commune de Vichy", None)]
    client.post(lien_du_courriel("/accueillir/confirmer/"))
    assert destinataires("consultation_demande") == [["dgs@vichy.fr"], ["numerique@vichy.exemple.fr"]]


def test_rien_n_est_demande_avant_la_confirmation(appel):
    """R23: no mail to anybody for an application whose address is not proven."""
    creer(
        appel, consultations=[CONSULTATION], cas_coordinateur="creation", coordination_temps_plein=True,
        perimetre_coordination="L’Allier",
    )  # fmt: skip
    assert destinataires("consultation_demande") == []


def test_chacune_repond_par_son_lien(client, appel):
    """S2, I.b: the GET changes nothing; the answer can change until the decision; everybody sees who answered what."""
    candidature = deposer(appel)
    consultation = candidature.consultations.get()
    assert consultation.repondre_avant_le == timezone.localdate() + dt.timedelta(days=15)
    lien = lien_du_courriel("/accueillir/consultation/")
    for _ in range(2):
        assert "Votre réponse" in client.get(lien).content.decode()
    assert ConsultationCoordinateur.objects.get().favorable is None
    reponse = client.post(lien, {"commentaire": "Bonne idée"})
    assert "favorable" in erreurs(reponse) and "Bonne idée" in reponse.content.decode()
    page = client.post(lien, {"favorable": "non", "commentaire": "Trop loin."}, follow=True).content.decode()
    assert "Votre réponse est enregistrée" in page and "défavorable" in page
    consultation.refresh_from_db()
    assert (consultation.favorable, consultation.origine_reponse) == (False, OrigineReponse.LIEN)
    for _ in range(2):
        # The same answer sent again does not move its day.
        client.post(lien, {"favorable": "oui"})
    consultation.refresh_from_db()
    assert consultation.favorable and consultation.history.count() == 4
    suivi = client.get(lien_du_courriel("/accueillir/suivi/")).content.decode()
    assert "réponse favorable" in suivi and "donnée par la structure" in suivi and "Noter la réponse" not in suivi
    # All have answered: told once to the applicant and to the prefecture.
    assert len(destinataires("consultation_bilan")) == 1


def test_l_administration_voit_qui_a_repondu_quoi(client_de, appel):
    from django.urls import reverse

    candidature = deposer(appel)
    actions.repondre_consultation(
        acteur=Acteur.visiteur(), secret=_secret(), favorable=True, commentaire="Nous le souhaitons."
    )
    page = client_de(Role.ANCT).get(reverse("admin:structures_candidature_change", args=[candidature.uuid]))
    assert "réponse favorable" in page.content.decode() and "Nous le souhaitons." in page.content.decode()


def _secret():
    return lien_du_courriel("/accueillir/consultation/").rstrip("/").rpartition("/")[2]


def test_une_reponse_rapportee_ne_couvre_pas_celle_de_la_structure(appel):
    """Who answered is never put in doubt: the applicant notes only what was not said by the link."""
    candidature = deposer(appel)
    consultation = candidature.consultations.get()
    noter = {"acteur": PORTAIL, "consultation": consultation}
    actions.noter_consultation(favorable=True, **noter)
    assert ConsultationCoordinateur.objects.get().origine_reponse == OrigineReponse.NOTEE
    actions.repondre_consultation(acteur=Acteur.visiteur(), secret=_secret(), favorable=False)
    with pytest.raises(TransitionInterdite, match="elle-même"):
        actions.noter_consultation(favorable=True, **noter)
    assert ConsultationCoordinateur.objects.get().favorable is False


def test_une_structure_interrogee_ne_se_retire_pas(appel):
    """An opinion is not taken off by whoever it displeases; a new one is asked when the correction is filed."""
    candidature = deposer(appel)
    actions.reprendre_pour_correction(acteur=PORTAIL, candidature=candidature)
    nouvelle = {"nom": "Commune de Cusset", "courriel": "mairie@cusset.exemple.fr"}
    actions.corriger(acteur=PORTAIL, candidature=candidature, donnees={}, consultations=[nouvelle])
    assert [c.nom for c in candidature.consultations.order_by("pk")] == ["Commune de Vichy", "Commune de Cusset"]
    assert len(destinataires("consultation_demande")) == 2


def test_une_relance_puis_le_silence_aux_bornes(appel):
    """S2, I.b: one reminder five days before; the deadline's day is in time; silence the day after, once."""
    candidature = deposer(appel, consultations=[CONSULTATION, {"nom": "Sans adresse"}])
    interrogee, sans = candidature.consultations.order_by("pk")
    fin = interrogee.repondre_avant_le
    assert sans.interrogee_le is None
    assert suivre_consultations(fin - RELANCE_AVANT - dt.timedelta(days=1)) == 0
    assert lancer(fin - RELANCE_AVANT)[0]["structures.consultations"] == 1
    assert suivre_consultations(fin - RELANCE_AVANT) == suivre_consultations(fin) == 0
    interrogee.refresh_from_db()
    assert interrogee.relancee_le and interrogee.silence_le is None
    assert not silence_du(fin, fin)
    for _ in range(2):
        suivre_consultations(fin + dt.timedelta(days=1))
    interrogee.refresh_from_db()
    assert interrogee.silence_le and interrogee.favorable is None
    assert ConsultationCoordinateur.objects.exclude(silence_le=None).count() == 1
    assert len(destinataires("consultation_relance")) == len(destinataires("consultation_bilan")) == 1
    assert "pas de réponse" in Email.objects.filter(headers__icontains="consultation_bilan").first().message


def test_une_reponse_tardive_compte_jusqu_a_la_decision(client, appel, time_machine):
    """S2 sets no day after which an answer is worth nothing: accepted, told as late; refused once decided."""
    candidature = deposer(appel)
    lien = lien_du_courriel("/accueillir/consultation/")
    fin = candidature.consultations.get().repondre_avant_le
    suivre_consultations(fin + dt.timedelta(days=1))
    time_machine.move_to(timezone.now() + dt.timedelta(days=17), tick=True)
    page = client.post(lien, {"favorable": "oui"}, follow=True).content.decode()
    assert "après le délai demandé" in page
    consultation = candidature.consultations.get()
    assert consultation.favorable and consultation.silence_le and consultation.tardive
    Candidature.objects.filter(pk=candidature.pk).update(etat=EtatCandidature.RETENUE)
    reponse = client.post(lien, {"favorable": "non"})
    assert reponse.status_code == 409 and "n’est plus examinée" in reponse.content.decode()
    assert candidature.consultations.get().favorable
    with pytest.raises(TransitionInterdite):
        actions.repondre_consultation(acteur=Acteur.visiteur(), secret=_secret(), favorable=False)


def test_seul_le_portail_relance_et_constate(appel):
    consultation = deposer(appel).consultations.get()
    for verbe in (actions.relancer_consultation, actions.constater_silence):
        with pytest.raises(AccesRefuse):
            verbe(acteur=Acteur(Role.ANCT), consultation=consultation, le=timezone.localdate())


def test_la_correction_montre_et_reprend_la_coordination(client, appel):
    """R31: the case, the perimeter and the structures come back as they were given."""
    candidature = deposer(appel, consultations=[CONSULTATION])
    actions.reprendre_pour_correction(acteur=PORTAIL, candidature=candidature)
    corriger = f"{lien_du_courriel('/accueillir/suivi/', 0)}corriger/"
    page = client.get(corriger).content.decode()
    assert 'value="Commune de Vichy"' in page and "Créer un poste de coordination" in page
    par_etape = reponses(appel, coordination__perimetre_coordination="Tout le Bourbonnais")
    par_etape["coordination"]["cas_coordinateur"] = "creation"
    donnees = {
        f"{etape}-{champ}": valeur
        for etape in ("structure", "besoin", "projet", "coordination", "consultation")
        for champ, valeur in par_etape[etape].items()
    }
    reponse = client.post(corriger, donnees)
    assert reponse.status_code == 302, [f.errors for f in reponse.context["formulaires"]]
    candidature.refresh_from_db()
    assert (candidature.etat, candidature.perimetre_coordination) == (EtatCandidature.DEPOSEE, "Tout le Bourbonnais")
    assert candidature.consultations.count() == 1
