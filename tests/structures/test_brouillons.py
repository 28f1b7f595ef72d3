"""The application kept at each step and resumed from a link (R20): on another browser, by who holds the link only."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email

from portal.commun.erreurs import AccesRefuse, RegleNonRespectee
from portal.commun.models import Jeton
from portal.commun.purge import purger
from portal.commun.rappels import lancer
from structures import actions
from structures.models import BrouillonCandidature, Candidature
from structures.rappels_candidature import rappeler_brouillons
from tests.structures.factories import CampagneFactory
from tests.structures.outils_candidature import adresse, lien_du_courriel, poster, remplir, reponses
from tests.structures.outils_depot import VISITEUR, destinataires

pytestmark = pytest.mark.django_db
ENREGISTRER = "/accueillir/candidater/enregistrer/"


@pytest.fixture
def publique():
    return CampagneFactory()


def brouillon(**champs):
    return BrouillonCandidature.objects.create(
        etapes={"eligibilite": {"eligibilite-type": ["commune"]}}, etape="eligibilite", **champs
    )


def vieillir(objet, **duree):
    BrouillonCandidature.objects.filter(pk=objet.pk).update(modifie_le=timezone.now() - dt.timedelta(**duree))


def demain():
    return timezone.localdate() + dt.timedelta(days=1)


def test_chaque_etape_est_gardee(client, publique):
    """R20: the draft mirrors the steps as they were typed, without the tokens of the page."""
    par_etape = reponses(publique)
    remplir(client, par_etape, jusqu_a="besoin")
    garde = BrouillonCandidature.objects.get()
    assert set(garde.etapes) == {"eligibilite", "identite", "structure", "besoin"}
    assert garde.etapes["besoin"]["besoin-nb_conseillers"] == ["2"]
    assert all(cle.startswith(etape) for etape, champs in garde.etapes.items() for cle in champs)
    assert (garde.campagne, garde.courriel) == (publique, "claude.perrin@exemple.fr")
    # Nothing leaves by itself while somebody is filling it in.
    assert not Email.objects.exists()


def test_reprendre_sur_un_autre_navigateur(client, publique):
    """R20: saved at the first step, resumed elsewhere at the first incomplete one; nothing typed is lost."""
    par_etape = reponses(publique)
    remplir(client, par_etape, jusqu_a="identite")
    commence = {"nom": "Commune de Moulins", "adresse": "12 place", "contact_prenom": "Claude"}
    reponse = poster(client, "structure", commence, enregistrer="oui")
    assert reponse.url == ENREGISTRER
    assert "Votre adresse électronique" in client.get(ENREGISTRER).content.decode()
    page = client.post(ENREGISTRER, {"courriel": "agent@exemple.fr"}, follow=True).content.decode()
    assert "parti vers agent@exemple.fr" in page
    lien = lien_du_courriel("/accueillir/reprendre/")

    autre = Client()
    for _ in range(2):  # a GET changes nothing, whoever opens the mail
        assert "Reprendre ma candidature" in autre.get(lien).content.decode()
        assert "wizard_candidater" not in autre.session
    reponse = autre.post(lien, follow=True)
    assert reponse.redirect_chain[-1][0] == adresse("structure")
    page = reponse.content.decode()
    assert 'value="Commune de Moulins"' in page and 'value="Claude"' in page
    assert "fr-message--error" not in page
    for etape in ("structure", "besoin", "projet", "engagements"):
        reponse = poster(autre, etape, par_etape[etape])
    assert reponse.url == reverse("structures:verifier")
    assert Candidature.objects.get().siret == par_etape["identite"]["siret"]
    # Sent: nothing of it stays, and the link says why it opens nothing.
    assert not BrouillonCandidature.objects.exists()
    reponse = Client().get(lien)
    assert reponse.status_code == 410 and "a été envoyée" in reponse.content.decode()


def test_le_lien_part_seul_quand_l_adresse_est_connue(client, publique):
    """R20: the contact's address is known from step 3: one click is enough."""
    par_etape = reponses(publique)
    remplir(client, par_etape, jusqu_a="structure")
    page = client.post(
        adresse("besoin"),
        {"candidater-current_step": "besoin", "besoin-nb_conseillers": "4", "enregistrer": "oui"},
        follow=True,
    ).content.decode()
    assert "parti vers claude.perrin@exemple.fr" in page
    assert destinataires("brouillon_lien") == [["claude.perrin@exemple.fr"]]
    assert BrouillonCandidature.objects.get().etapes["besoin"]["besoin-nb_conseillers"] == ["4"]
    # The mail says nothing of what was typed: its address may be wrong (R112).
    assert "Moulins" not in Email.objects.get().message


def test_un_brouillon_n_est_a_personne_d_autre(client, publique):
    """R112: neither its UUID nor another browser opens it; an invented link says nothing."""
    remplir(client, reponses(publique), jusqu_a="structure")
    garde = BrouillonCandidature.objects.get()
    ailleurs = Client()
    for chemin in (f"/accueillir/reprendre/{garde.uuid}/", "/accueillir/reprendre/nimportequoi/"):
        reponse = ailleurs.get(chemin)
        assert reponse.status_code == 410 and "Moulins" not in reponse.content.decode()
        assert ailleurs.post(chemin).status_code == 410
    assert ailleurs.get(ENREGISTRER).url == "/accueillir/candidater/"


def test_une_adresse_corrigee_eteint_le_lien_envoye_a_la_mauvaise():
    """R112: whoever received it by mistake does not hold the draft any more."""
    objet = brouillon()
    actions.envoyer_lien_brouillon(acteur=VISITEUR, brouillon=objet, courriel="faute@exemple.fr")
    ancien = lien_du_courriel("/accueillir/reprendre/")
    Jeton.objects.update(emis_le=timezone.now() - dt.timedelta(minutes=3))
    actions.envoyer_lien_brouillon(acteur=VISITEUR, brouillon=objet, courriel="juste@exemple.fr")
    assert Client().get(ancien).status_code == 410
    assert Client().get(lien_du_courriel("/accueillir/reprendre/")).status_code == 200


def test_les_envois_sont_limites():
    """R23: two minutes between two, five in all, five a day to one address whatever the number of drafts."""
    objet = brouillon()
    envoyer = actions.envoyer_lien_brouillon
    envoyer(acteur=VISITEUR, brouillon=objet, courriel="a@exemple.fr")
    with pytest.raises(RegleNonRespectee, match="Attendez"):
        envoyer(acteur=VISITEUR, brouillon=objet, courriel="b@exemple.fr")
    for _ in range(4):
        envoyer(acteur=VISITEUR, brouillon=brouillon(), courriel="A@exemple.fr")
    with pytest.raises(RegleNonRespectee, match="plusieurs fois"):
        envoyer(acteur=VISITEUR, brouillon=brouillon(), courriel="a@exemple.fr")
    assert Email.objects.count() == 5
    with pytest.raises(RegleNonRespectee, match="valable"):
        envoyer(acteur=VISITEUR, brouillon=brouillon(), courriel="pas une adresse")


def test_un_lien_expire():
    actions.envoyer_lien_brouillon(acteur=VISITEUR, brouillon=brouillon(), courriel="a@exemple.fr")
    Jeton.objects.update(expire_le=timezone.now())
    assert Client().get(lien_du_courriel("/accueillir/reprendre/")).status_code == 410


def test_le_rappel_part_une_fois_le_lendemain():
    """R20: an unfinished application with an address, left since the day before; never the one whose link was asked."""
    laisse, sans_adresse = brouillon(courriel="a@exemple.fr"), brouillon()
    demande = brouillon(courriel="b@exemple.fr", lien_envoye_le=timezone.now())
    actif = brouillon(courriel="c@exemple.fr")
    for objet in (laisse, sans_adresse, demande):
        vieillir(objet, hours=30)
    vieillir(actif, hours=1)
    assert lancer(demain())[0]["structures.brouillons"] == 1
    assert destinataires("brouillon_rappel") == [["a@exemple.fr"]]
    assert rappeler_brouillons(demain()) == 0
    assert Client().get(lien_du_courriel("/accueillir/reprendre/")).status_code == 200


def test_la_purge_apres_trente_jours_sans_y_toucher():
    """R111: the day before it stays; the reminder does not keep it alive."""
    vieux, recent = brouillon(courriel="a@exemple.fr"), brouillon()
    vieillir(vieux, days=29, hours=1)
    vieillir(recent, days=5)
    assert rappeler_brouillons(timezone.localdate()) == 1
    aujourdhui = timezone.localdate(BrouillonCandidature.objects.get(pk=vieux.pk).modifie_le)
    assert purger(aujourdhui + dt.timedelta(days=29))["structures.brouillons"] == 0
    assert purger(aujourdhui + dt.timedelta(days=30))["structures.brouillons"] == 1
    assert list(BrouillonCandidature.objects.all()) == [recent]
    assert Client().get(lien_du_courriel("/accueillir/reprendre/")).status_code == 410


def test_seul_le_portail_rappelle_et_purge():
    with pytest.raises(AccesRefuse):
        actions.purger_brouillons(acteur=VISITEUR, jour=timezone.localdate())
    with pytest.raises(AccesRefuse):
        actions.rappeler_brouillon(acteur=VISITEUR, brouillon=brouillon(), avant=timezone.now())


def test_revenir_au_debut_ne_perd_rien_sans_le_demander(client, publique):
    """What this browser holds is kept until somebody says otherwise."""
    remplir(client, reponses(publique), jusqu_a="structure")
    page = client.get("/accueillir/candidater/?campagne=autre", follow=True)
    assert page.redirect_chain[-1][0] == "/accueillir/candidater/recommencer/?campagne=autre"
    assert client.get(adresse("poursuivre")).url == adresse("besoin")
    reponse = client.post("/accueillir/candidater/recommencer/", {"campagne": publique.code}, follow=True)
    assert reponse.redirect_chain[-1][0] == f"{adresse('eligibilite')}?campagne={publique.code}"
    # The contact has an address: their link would still open the draft.
    assert BrouillonCandidature.objects.count() == 1


def test_deux_navigateurs_gardent_chacun_leurs_etapes(client, publique):
    """Two people on the same draft: the step of one does not erase that of the other."""
    par_etape = reponses(publique)
    remplir(client, par_etape, jusqu_a="structure")
    actions.envoyer_lien_brouillon(
        acteur=VISITEUR, brouillon=BrouillonCandidature.objects.get(), courriel="x@exemple.fr"
    )
    autre = Client()
    autre.post(lien_du_courriel("/accueillir/reprendre/"))
    poster(autre, "besoin", par_etape["besoin"])
    poster(client, "structure", {**par_etape["structure"], "nom": "Ville de Moulins"})
    garde = BrouillonCandidature.objects.get()
    assert "besoin" in garde.etapes and garde.etapes["structure"]["structure-nom"] == ["Ville de Moulins"]
