"""The post's own page and its timeline (R110), posts returned together (R29), hard cases 4, 9 and 19."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email

from portal.commun.droits import droits
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite
from portal.commun.roles import Role
from portal.comptes.models import Invitation
from structures import actions
from structures.frise import frise
from structures.models import Poste, TransfertPoste
from tests.comptes.factories import acteur as creer_acteur
from tests.structures.factories import (
    PosteFactory,
    StructureFactory,
    acteur_de_structure,
    candidature_de,
    membre,
)

pytestmark = pytest.mark.django_db
MOTIF = "La commune renonce, la voisine reprend le projet."


@pytest.fixture
def poste(anct):
    """A post that has lived: extended, reserved, freed, transferred, returned."""
    poste = PosteFactory()
    cedante = acteur_de_structure(poste.structure)
    echeance = timezone.localdate() + dt.timedelta(days=90)
    actions.proroger_poste(acteur=anct, poste=poste, echeance=echeance, motif="Recrutement difficile.")
    actions.reserver_poste(acteur=cedante, poste=poste)
    actions.liberer_poste(acteur=cedante, poste=poste, motif="La personne a renoncé.")
    repreneuse = candidature_de(StructureFactory(nom="Commune voisine"), campagne=poste.campagne, activee=True)
    actions.transferer_poste(acteur=anct, poste=poste, candidature=repreneuse, motif=MOTIF)
    poste.refresh_from_db()
    actions.rendre_poste(acteur=acteur_de_structure(poste.structure), poste=poste, motif="Fin de la subvention.")
    poste.refresh_from_db()
    return poste


def test_toute_la_vie_du_poste_pour_les_institutions(poste, anct):
    """R110: what, who, as what role, why, in order."""
    transfert = TransfertPoste.objects.get()
    lignes = [(m.quoi.split(" jusqu’au")[0], m.role, m.motif) for m in frise(poste, anct)]
    assert lignes[0][0].startswith("Accordé par le comité n°")
    assert lignes[1:] == [
        ("Délai prolongé", "ANCT", "Recrutement difficile."),
        ("Réservé pour une personne validée", "Structure", ""),
        ("Libéré : la validation est annulée", "Structure", "La personne a renoncé."),
        (f"Transféré de {transfert.de.designation} à {transfert.vers.designation}", "ANCT", MOTIF),
        ("Rendu par la structure", "Structure", "Fin de la subvention."),
    ]
    assert all(m.qui for m in frise(poste, anct)[1:])


def test_la_structure_ne_lit_pas_ce_qui_concerne_la_precedente(poste):
    """R110, R112: the same lines, without the names nor the reasons of others."""
    lignes = frise(poste, acteur_de_structure(poste.structure))
    assert len(lignes) == 6
    assert [m.motif for m in lignes] == ["", "", "", "", MOTIF, "Fin de la subvention."]
    assert [bool(m.qui) for m in lignes] == [False, False, False, False, False, True]


def test_la_page_du_poste_en_un_nombre_constant_de_requetes(client_de, poste):
    """R110: whatever its history."""
    page = reverse("admin:structures_poste_change", args=[poste.uuid])
    client = client_de("anct")
    jeune = PosteFactory(structure=poste.structure, campagne=poste.campagne)
    client.get(page)
    with CaptureQueriesContext(connection) as courte:
        client.get(reverse("admin:structures_poste_change", args=[jeune.uuid]))
    with CaptureQueriesContext(connection) as longue:
        contenu = client.get(page).content.decode()
    assert len(longue) <= len(courte)
    assert MOTIF in contenu and "Toute la vie du poste" in contenu
    ma_page = client_de(rattachement=membre(poste.structure)).get(reverse("structures:poste", args=[poste.uuid]))
    assert MOTIF in ma_page.content.decode()


def test_la_structure_cedante_garde_la_trace_du_transfert(client_de, poste):
    """R29: its space stays readable and says where the post went; the post itself is no longer its own."""
    client = client_de(rattachement=membre(TransfertPoste.objects.get().de))
    assert "transféré à Commune voisine" in client.get(reverse("structures:espace")).content.decode()
    assert client.get(reverse("structures:poste", args=[poste.uuid])).status_code == 404


# --- several posts at once ------------------------------------------------------------------------------------------


def test_rendre_plusieurs_postes_en_une_fois(client_de):
    """R29: one form, one reason, one mail; the participation ends with the last one."""
    un = PosteFactory(structure__contact_courriel="contact@exemple.fr")
    deux = PosteFactory(structure=un.structure, campagne=un.campagne)
    client = client_de(rattachement=membre(un.structure))
    page = reverse("structures:rendre_postes")
    assert "votre participation prend fin" in client.get(page).content.decode()
    contenu = client.post(page, {"raison": "recrutement"}).content.decode()
    assert "Choisissez au moins un poste à rendre." in contenu
    client.post(page, {"postes": [un.pk, deux.pk], "raison": "recrutement", "precision": "Huit refus."})
    for poste in Poste.objects.all():
        assert (poste.etat, poste.motif_fin) == ("rendu", "Difficultés de recrutement. Huit refus.")
    un.structure.refresh_from_db()
    assert un.structure.participation_fin_le is not None
    assert Email.objects.filter(to="contact@exemple.fr", subject="2 postes sont rendus").count() == 1


def test_tous_ou_aucun(anct):
    """R29, hard case 4: an occupied post among them, and nothing is returned."""
    libre = PosteFactory()
    occupe = PosteFactory(structure=libre.structure, campagne=libre.campagne, pourvu=True)
    with pytest.raises(TransitionInterdite):
        actions.rendre_postes(acteur=anct, postes=[libre, occupe], motif="Plus besoin.")
    libre.refresh_from_db()
    assert libre.etat == "a_pourvoir"
    with pytest.raises(RegleNonRespectee, match="même structure"):
        actions.rendre_postes(acteur=anct, postes=[libre, PosteFactory()], motif="Plus besoin.")
    with pytest.raises(RegleNonRespectee, match="au moins un poste"):
        actions.rendre_postes(acteur=anct, postes=[], motif="Plus besoin.")


# --- hard cases -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("etat", ["reserve", "pourvu"])
def test_cas_difficile_4_une_structure_ne_part_pas_avec_quelqu_un_en_poste(anct, etat):
    """R29, hard case 4: withdrawing the application, the post, or moving it is refused while somebody is in post."""
    poste = PosteFactory(**{etat: True}, echeance_recrutement=timezone.localdate() - dt.timedelta(days=10))
    with pytest.raises(RegleNonRespectee):
        actions.abandonner(acteur=anct, candidature=poste.candidature, motif="Retrait du dispositif.")
    with pytest.raises(TransitionInterdite):
        actions.retirer_poste(acteur=anct, poste=poste, motif="Retrait du dispositif.")
    with pytest.raises(TransitionInterdite):
        actions.rendre_poste(acteur=acteur_de_structure(poste.structure), poste=poste, motif="Retrait.")
    poste.refresh_from_db()
    assert poste.etat == etat
    poste.structure.refresh_from_db()
    assert poste.structure.participation_fin_le is None


def test_cas_difficile_9_personne_ne_commence_au_dela_de_ses_postes():
    """R53, hard case 9: a structure whose posts are all taken starts nobody; the end of a contract frees one."""
    poste = PosteFactory(pourvu=True)
    acteur = acteur_de_structure(poste.structure)
    with pytest.raises(TransitionInterdite, match="Pourvu"):
        actions.reserver_poste(acteur=acteur, poste=poste)
    actions.liberer_poste(acteur=acteur, poste=poste, motif="Démission")
    actions.reserver_poste(acteur=acteur, poste=poste)
    with pytest.raises(TransitionInterdite):
        actions.reserver_poste(acteur=acteur, poste=poste)


def test_cas_difficile_19_un_autre_contact_est_invite(client_de, anct):
    """R27, hard case 19: ANCT finds the structures in which nobody can enter, and invites somebody else."""
    endormie, vivante = StructureFactory(nom="Commune endormie"), StructureFactory(nom="Commune vivante")
    membre(vivante)
    ancienne = Invitation.objects.create(
        organisation=endormie.organisation, role=Role.STRUCTURE, courriel="partie@exemple.fr", administrateur=True
    )
    client = client_de("anct")
    liste = client.get(reverse("admin:structures_structure_changelist"), {"compte": "sans"}).content.decode()
    assert "Commune endormie" in liste and "Commune vivante" not in liste
    verbe = reverse("admin:structures_structure_verbe", args=[endormie.uuid, "inviter"])
    nouveau = {"prenom": "Camille", "nom": "Roux", "fonction": "Maire", "courriel": "camille@exemple.fr"}
    assert "Saisissez" in client.post(verbe, {**nouveau, "courriel": "camille"}).content.decode()
    client.post(verbe, nouveau)
    endormie.refresh_from_db()
    ancienne.refresh_from_db()
    assert (endormie.contact_nom, endormie.contact_courriel) == ("Roux", "camille@exemple.fr")
    assert ancienne.etat == "annulee"
    invitation = Invitation.objects.get(courriel="camille@exemple.fr")
    assert invitation.administrateur and invitation.signataire
    assert Email.objects.filter(to="camille@exemple.fr").exists()
    # A second click is told; another person at the same address is invited, and the first one no more.
    assert "déjà en attente pour cette personne" in client.post(verbe, nouveau).content.decode()
    assert Email.objects.filter(to="camille@exemple.fr").count() == 1
    client.post(verbe, {**nouveau, "prenom": "Dominique"})
    invitations = Invitation.objects.filter(courriel="camille@exemple.fr").order_by("pk")
    assert [(i.prenom, i.etat) for i in invitations] == [("Camille", "annulee"), ("Dominique", "envoyee")]
    with pytest.raises(AccesRefuse):
        actions.inviter_contact(acteur=creer_acteur(Role.PREFECTURE), structure=endormie, **nouveau)
    with pytest.raises(RegleNonRespectee, match="pas encore activée"):
        actions.inviter_contact(acteur=anct, structure=StructureFactory(a_activer=True), **nouveau)


def test_plusieurs_structures_par_personne_celle_qui_agit_est_dite_partout(client_de):
    """§2: the acting structure is named, and can be changed, on each page of the space."""
    ici, ailleurs = StructureFactory(nom="Commune d’ici"), StructureFactory(nom="Commune d’ailleurs")
    poste = PosteFactory(structure=ici)
    rattachement = membre(ici)
    membre(ailleurs, utilisateur=rattachement.utilisateur)
    client = client_de(rattachement=rattachement)
    pages = [reverse(f"structures:{nom}") for nom in ("espace", "ma_structure", "donnees_legales", "rendre_postes")]
    for page in [*pages, reverse("structures:poste", args=[poste.uuid])]:
        contenu = client.get(page).content.decode()
        assert "Commune d’ici" in contenu and reverse("comptes:role") in contenu


# --- who may do what ------------------------------------------------------------------------------------------------


def test_qui_peut_quoi_est_ecrit_une_fois(client_de):
    """§2: the table of the documentation, the buttons and the refusals read the same lines."""
    call_command("dessiner_etats", verifier=True)
    par_nom = {droit.nom: droit for droit in droits()}
    assert par_nom["transferer_poste"].roles == {Role.ANCT}
    poste = PosteFactory()
    for role in (Role.PREFECTURE, Role.SGAR, Role.ANCT):
        contenu = client_de(role).get(reverse("admin:structures_poste_change", args=[poste.uuid])).content.decode()
        verbe = reverse("admin:structures_poste_verbe", args=[poste.uuid, "transferer"])
        assert (verbe in contenu) == (role in par_nom["transferer_poste"].roles)
        reponse = client_de(role).post(verbe, {"motif": MOTIF})
        assert (reponse.status_code == 403) == (role not in par_nom["transferer_poste"].roles)


def test_l_anct_transfere_depuis_la_page_du_poste(client_de):
    """R29: only the applications that may take it are offered."""
    poste = PosteFactory()
    bonne = candidature_de(StructureFactory(nom="Commune voisine"), campagne=poste.campagne, activee=True)
    candidature_de(StructureFactory(nom="Commune refusée"), campagne=poste.campagne, refusee=True)
    client, verbe = client_de("anct"), reverse("admin:structures_poste_verbe", args=[poste.uuid, "transferer"])
    contenu = client.get(verbe).content.decode()
    assert "Commune voisine" in contenu and "Commune refusée" not in contenu
    assert "Remplissez ce champ" in client.post(verbe, {"candidature": bonne.pk, "motif": ""}).content.decode()
    client.post(verbe, {"candidature": bonne.pk, "motif": MOTIF})
    poste.refresh_from_db()
    assert poste.structure == bonne.structure
