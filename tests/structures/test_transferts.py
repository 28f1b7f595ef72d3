"""A post moves from one structure to another of the same département (R29, R1, R15, R47)."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from html import unescape

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email

from portal.commun.coherence import verifier
from portal.commun.dates import ajouter_mois
from portal.commun.erreurs import AccesRefuse, ErreurMetier, RegleNonRespectee
from portal.commun.evenements import _abonnes
from portal.commun.roles import Role
from structures import actions, enveloppe, rappels
from structures.forms.institution_postes import repreneuses
from structures.models import Candidature, Poste, TransfertPoste
from tests.comptes.factories import OrganisationFactory
from tests.comptes.factories import acteur as creer_acteur
from tests.structures.factories import (
    CampagneFactory,
    LieuExerciceFactory,
    PosteFactory,
    StructureFactory,
    acteur_de_structure,
    candidature_de,
    lieu,
    membre,
)

pytestmark = pytest.mark.django_db
MOTIF = "La commune renonce, la communauté de communes reprend le projet."


@pytest.fixture
def transferes():
    """The posts that the upper floors hear of."""
    recus: list[Poste] = []

    def noter(*, poste: Poste, **_: object) -> None:
        recus.append(poste)

    _abonnes["poste.transfere"].append(noter)
    yield recus
    _abonnes["poste.transfere"].remove(noter)


@pytest.fixture
def poste():
    OrganisationFactory(prefecture=True, courriel="prefecture03@exemple.fr")
    depuis = timezone.localdate() - dt.timedelta(days=50)
    return PosteFactory(accorde_le=depuis, structure__contact_courriel="cedante@exemple.fr")


def repreneuse(poste: Poste, **champs: object) -> Candidature:
    structure = champs.pop("structure", None) or StructureFactory(contact_courriel="repreneuse@exemple.fr")
    return candidature_de(structure, **{"campagne": poste.campagne, "activee": True, **champs})


def test_les_deux_cotes_en_une_action(anct, poste, transferes):
    """R29, R1: number, campaign and committee stay; structure, application, deadline and places are the new one's."""
    cedante = poste.structure
    poste.lieux.set([LieuExerciceFactory(structure=cedante)])
    mediatheque = lieu("03190")
    candidature = repreneuse(poste, lieux=[("Médiathèque", mediatheque)])
    chez_elle = LieuExerciceFactory(structure=candidature.structure, nom="Médiathèque", commune=mediatheque)
    avant = enveloppe.accorde(poste.campagne)
    rendu = actions.transferer_poste(acteur=anct, poste=poste, candidature=candidature, motif=MOTIF)

    poste.refresh_from_db()
    assert (poste.structure, poste.candidature, rendu) == (candidature.structure, candidature, poste)
    assert poste.etat == "a_pourvoir"
    assert poste.echeance_recrutement == ajouter_mois(timezone.localdate(), 2)
    assert poste.demarrage_le == candidature.demarrage_le
    assert list(poste.lieux.all()) == [chez_elle]
    assert enveloppe.accorde(poste.campagne) == avant
    assert transferes == [poste]
    transfert = TransfertPoste.objects.get()
    assert (transfert.de, transfert.vers, transfert.motif) == (cedante, candidature.structure, MOTIF)
    assert transfert.candidature_avant.structure == cedante
    assert poste.history.latest().history_change_reason == MOTIF
    cedante.refresh_from_db()
    assert cedante.participation_fin_le is not None  # it was its last post


def test_tout_le_monde_est_prevenu(anct, poste):
    """R29, R113"""
    candidature = repreneuse(poste)
    gestionnaire = membre(candidature.structure).utilisateur.email
    actions.transferer_poste(acteur=anct, poste=poste, candidature=candidature, motif=MOTIF)
    mails = {mail.to[0]: mail for mail in Email.objects.all()}
    assert set(mails) >= {"cedante@exemple.fr", "repreneuse@exemple.fr", "prefecture03@exemple.fr"}
    assert "C’était votre dernier poste" in mails["cedante@exemple.fr"].message
    assert all(MOTIF in mails[adresse].message for adresse in ("cedante@exemple.fr", "prefecture03@exemple.fr"))
    assert f"/postes/{poste.uuid}/" in mails[gestionnaire].message


def test_la_participation_continue_tant_qu_il_reste_un_poste(anct, poste):
    """R29"""
    PosteFactory(structure=poste.structure, campagne=poste.campagne)
    actions.transferer_poste(acteur=anct, poste=poste, candidature=repreneuse(poste), motif=MOTIF)
    poste.structure.refresh_from_db()
    assert poste.structure.participation_fin_le is None


def test_une_structure_dont_la_participation_avait_pris_fin_la_reprend(anct, poste):
    """R29"""
    candidature = repreneuse(poste, structure=StructureFactory(terminee=True))
    actions.transferer_poste(acteur=anct, poste=poste, candidature=candidature, motif=MOTIF)
    candidature.structure.refresh_from_db()
    assert candidature.structure.participation_fin_le is None


@pytest.mark.parametrize("etat", ["reserve", "pourvu", "rendu", "retire"])
def test_un_poste_occupe_ou_fini_ne_part_pas(anct, etat):
    """R29, hard case 4"""
    poste = PosteFactory(**{etat: True})
    with pytest.raises(RegleNonRespectee, match="ne peut pas être transféré"):
        actions.transferer_poste(acteur=anct, poste=poste, candidature=repreneuse(poste), motif=MOTIF)
    assert not TransfertPoste.objects.exists()


def test_a_qui_un_poste_ne_se_transfere_pas(anct, poste):
    """R29, R6: another département, another call, another kind of body, the same structure, not retained."""
    ailleurs = repreneuse(poste, structure=StructureFactory(commune=lieu("97411"), code_postal="97400"))
    autre_appel = repreneuse(poste, campagne=CampagneFactory(coordinateurs=True), coordinateur=True)
    privee = repreneuse(poste, structure=StructureFactory(privee=True))
    refusee = candidature_de(StructureFactory(), campagne=poste.campagne, refusee=True)
    fusionnee = repreneuse(
        poste, structure=StructureFactory(fusionnee_dans=StructureFactory(), fusionnee_le=timezone.now())
    )
    for candidature, phrase in [
        (ailleurs, "même département"),
        (autre_appel, "autre appel"),
        (privee, "statut juridique"),
        (refusee, "pas retenue"),
        (fusionnee, "fusionnée"),
        (poste.candidature, "autre structure"),
    ]:
        with pytest.raises(RegleNonRespectee, match=phrase) as refus:
            actions.transferer_poste(acteur=anct, poste=poste, candidature=candidature, motif=MOTIF)
        assert refus.value.regle == "R29"
    poste.refresh_from_db()
    assert not TransfertPoste.objects.exists()


def test_le_statut_est_celui_des_candidatures_de_l_appel(anct, poste):
    """R6, R29: how a structure describes itself later changes nothing to what its posts are worth."""
    candidature = repreneuse(
        poste, structure=StructureFactory(statut_juridique="autre-public"), statut_juridique="public"
    )
    assert list(repreneuses(poste)) == [candidature]
    rendu = actions.transferer_poste(acteur=anct, poste=poste, candidature=candidature, motif=MOTIF)
    assert rendu.structure == candidature.structure


def page_de_transfert(poste: Poste) -> str:
    return reverse("admin:structures_poste_verbe", args=[poste.uuid, "transferer"])


def test_deux_homonymes_se_distinguent_par_leur_numero(client_de, poste):
    """R22, R29: SIRET, or RIDET in New Caledonia."""
    unes = [repreneuse(poste, structure=StructureFactory(nom="Mairie de Moulins")) for _ in range(2)]
    contenu = unescape(client_de("anct").get(page_de_transfert(poste)).content.decode())
    for candidature in unes:
        assert f"Mairie de Moulins (Moulins, SIRET\N{NO-BREAK SPACE}{candidature.structure.siret})" in contenu
    caledonienne = StructureFactory(siret=None, ridet="0123456", nom="Mairie de Nouméa")
    assert caledonienne.designation == "Mairie de Nouméa (RIDET\N{NO-BREAK SPACE}0123456)"


def test_sans_repreneuse_la_page_dit_quoi_faire(client_de, poste):
    """R29: no empty list to choose from, whatever is sent; the post stays where it is."""
    privee = repreneuse(poste, structure=StructureFactory(privee=True))
    client = client_de("anct")
    for reponse in (
        client.get(page_de_transfert(poste)),
        client.post(page_de_transfert(poste), {"candidature": privee.pk, "motif": MOTIF}),
    ):
        contenu = unescape(reponse.content.decode())
        assert "Aucune autre structure du département" in contenu and "Faites d’abord retenir" in contenu
        assert "<select" not in contenu and reverse("admin:structures_poste_change", args=[poste.uuid]) in contenu
    assert not TransfertPoste.objects.exists()
    repreneuse(poste)
    assert "<select" in client.get(page_de_transfert(poste)).content.decode()


def test_le_motif_est_obligatoire_et_court(anct, poste):
    """R29"""
    candidature = repreneuse(poste)
    for motif in ("  ", "x" * 1001):
        with pytest.raises(RegleNonRespectee) as refus:
            actions.transferer_poste(acteur=anct, poste=poste, candidature=candidature, motif=motif)
        assert refus.value.champ == "motif"


def test_seule_l_anct_transfere(poste):
    """R29, DOMAIN §2"""
    candidature = repreneuse(poste)
    for qui in (acteur_de_structure(poste.structure), creer_acteur(Role.PREFECTURE)):
        with pytest.raises(AccesRefuse):
            actions.transferer_poste(acteur=qui, poste=poste, candidature=candidature, motif=MOTIF)


def test_les_rappels_repartent_pour_la_structure_qui_reprend(anct, poste):
    """R30, R1: half-time, 15 days before and the day itself are those of the new deadline, once each."""
    candidature = repreneuse(poste)
    actions.transferer_poste(acteur=anct, poste=poste, candidature=candidature, motif=MOTIF)
    poste.refresh_from_db()
    Email.objects.all().delete()
    aujourdhui, echeance = timezone.localdate(), poste.echeance_recrutement
    moitie = aujourdhui + (echeance - aujourdhui) // 2
    for jour, attendus in [
        (moitie - dt.timedelta(days=1), 0),
        (moitie, 1),
        (moitie, 0),
        (echeance - dt.timedelta(days=15), 1),
        (echeance, 1),
        (echeance, 0),
    ]:
        assert rappels.rappeler_recrutement(jour) == attendus, jour
    assert {mail.to[0] for mail in Email.objects.all()} == {"repreneuse@exemple.fr"}


@pytest.mark.django_db(transaction=True)
def test_transferer_et_reserver_a_la_meme_seconde():
    """R29, R53: of the two, one wins; the other is told why, and the post is in one place."""
    poste = PosteFactory()
    candidature = repreneuse(poste)
    anct, cedante = creer_acteur(Role.ANCT), acteur_de_structure(poste.structure)
    depart, refus = threading.Barrier(2), []

    def courir(appel: Callable[[], object]) -> None:
        try:
            connection.ensure_connection()
            depart.wait(timeout=30)
            appel()
        except ErreurMetier as erreur:
            refus.append(erreur.message)
        finally:
            connection.close()

    fils = [
        threading.Thread(target=courir, args=[appel])
        for appel in (
            lambda: actions.transferer_poste(acteur=anct, poste=poste, candidature=candidature, motif=MOTIF),
            lambda: actions.reserver_poste(acteur=cedante, poste=poste),
        )
    ]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join(timeout=30)
    poste.refresh_from_db()
    assert len(refus) == 1
    assert (poste.structure_id == candidature.structure_id) == (poste.etat == "a_pourvoir")


def test_rien_d_incoherent_apres_un_transfert(anct, poste):
    """R26, R29: every invariant of the floor holds."""
    membre(poste.structure)
    candidature = repreneuse(poste)
    membre(candidature.structure)
    avant = {constat.cle: constat.violations for constat in verifier() if constat.violations}
    actions.transferer_poste(acteur=anct, poste=poste, candidature=candidature, motif=MOTIF)
    apres = {constat.cle: constat.violations for constat in verifier() if constat.violations}
    assert apres == avant
