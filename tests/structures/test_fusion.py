"""Two structures that are one body become one, without losing anything of either (R22, hard case 2)."""

from __future__ import annotations

import threading

import pytest
from django.db import connections
from django.utils import timezone

from portal.commun.acteurs import Acteur
from portal.commun.coherence import verifier
from portal.commun.erreurs import AccesRefuse, ErreurMetier, RegleNonRespectee, TransitionInterdite
from portal.commun.evenements import _abonnes
from portal.commun.jetons import reference
from portal.commun.normalisation import normaliser
from portal.commun.roles import Role
from portal.comptes.models import EtatInvitation, Rattachement
from structures import acces, depot
from structures.actions import confirmer_depot, ecarter_doublon, fusionner
from structures.enums import EtatCandidature, EtatDemande, EtatPoste
from structures.models import Candidature, DemandePostes, FaitPrioritaire, LigneComite, Poste, Structure
from tests.comptes.factories import InvitationFactory, RattachementFactory, UtilisateurFactory
from tests.structures.factories import (
    AvisFactory,
    CampagneFactory,
    CandidatureFactory,
    ComiteFactory,
    DocumentFactory,
    LieuExerciceFactory,
    LigneComiteFactory,
    PosteFactory,
    StructureFactory,
    candidature_de,
    lieu,
    membre,
)

pytestmark = pytest.mark.django_db
MOTIF = "Vérifié au téléphone avec la mairie et la préfecture."
SIRET_A, SIRET_B, SIRET_C = "21030190700017", "21030190700025", "77567227200010"


def nommee(nom, **champs):
    return StructureFactory(nom=nom, nom_normalise=normaliser(nom), **champs)


@pytest.fixture
def deux():
    return nommee("Ville de Moulins"), nommee("Mairie de Moulins")


def violations():
    """What the factories leave aside (accounts, minutes) counts before as after."""
    return {constat.cle: constat.violations for constat in verifier() if constat.violations}


@pytest.fixture
def coherent():
    """Merge, and check that no invariant of any floor is broken by it."""

    def faire(**champs):
        avant = violations()
        structure = fusionner(acteur=Acteur(Role.ANCT), motif=MOTIF, **champs)
        apparues = {cle for cle, nombre in violations().items() if nombre > avant.get(cle, 0)}
        assert apparues == set()
        return structure

    return faire


def test_fusionner_ne_perd_rien(coherent, deux):
    """R22: applications, posts with their numbers and whoever is in post, places, people, requests, documents."""
    gardee, absorbee = deux
    libre, occupe = PosteFactory(structure=absorbee), PosteFactory(structure=absorbee, pourvu=True)
    candidature = libre.candidature
    ancienne = candidature_de(absorbee, refusee=True)
    siret_refusee = ancienne.siret
    LieuExerciceFactory(structure=gardee, nom="Médiathèque", commune=lieu())
    meme = LieuExerciceFactory(structure=absorbee, nom="médiathèque", commune=lieu())
    autre_lieu = LieuExerciceFactory(structure=absorbee, nom="Mairie annexe", commune=lieu())
    libre.lieux.set([meme, autre_lieu])
    personne = membre(absorbee, signataire=True)
    demande = DemandePostes.objects.create(
        structure=absorbee,
        campagne=libre.campagne,
        candidature=candidature,
        nb_postes=1,
        demarrage_le=timezone.localdate(),
        motif="Les habitants sont nombreux.",
    )
    document = DocumentFactory(objet=reference(absorbee))
    absorbee.quartier_prioritaire = True
    # R24: what the lists say of the structure that is kept.
    FaitPrioritaire.objects.create(siret=gardee.siret, fait="france_services", source="ANCT")
    absorbee.save()
    numeros = list(Poste.objects.order_by("pk").values_list("numero", flat=True))

    coherent(gardee=gardee, absorbee=absorbee)

    gardee.refresh_from_db()
    absorbee.refresh_from_db()
    assert (absorbee.fusionnee_dans, absorbee.activee_le is not None) == (gardee, True)
    assert list(Poste.objects.filter(structure=gardee).order_by("pk").values_list("numero", flat=True)) == numeros
    occupe.refresh_from_db()
    assert occupe.etat == EtatPoste.POURVU
    assert {lieu.nom for lieu in libre.lieux.all()} == {"Médiathèque", "Mairie annexe"}
    assert gardee.lieux.count() == 2
    candidature.refresh_from_db()
    ancienne.refresh_from_db()
    assert (candidature.structure, candidature.siret) == (gardee, gardee.siret)
    # What was answered and is over stays as it was answered.
    assert (ancienne.structure, ancienne.siret) == (gardee, siret_refusee)
    demande.refresh_from_db()
    document.refresh_from_db()
    assert demande.structure == gardee
    assert document.objet == reference(gardee)
    personne.refresh_from_db()
    assert (personne.organisation, personne.signataire) == (gardee.organisation, True)
    assert gardee.quartier_prioritaire and gardee.france_services
    derniere = absorbee.history.first()
    assert (derniere.history_change_reason, derniere.history_role) == (MOTIF, Role.ANCT)


def test_une_personne_des_deux_cotes(anct, deux):
    """One membership remains, with the rights of both; an invitation to somebody already inside is cancelled."""
    gardee, absorbee = deux
    personne = UtilisateurFactory()
    ici = RattachementFactory(utilisateur=personne, organisation=gardee.organisation, signataire=True)
    RattachementFactory(utilisateur=personne, organisation=absorbee.organisation, administrateur=True)
    superflue = InvitationFactory(organisation=absorbee.organisation, courriel=personne.email.upper())
    utile = InvitationFactory(organisation=absorbee.organisation, courriel="nouvelle@exemple.fr")
    fusionner(acteur=anct, gardee=gardee, absorbee=absorbee, motif=MOTIF)
    ici.refresh_from_db()
    assert (ici.signataire, ici.administrateur) == (True, True)
    assert Rattachement.objects.filter(utilisateur=personne, fin_le__isnull=True).count() == 1
    superflue.refresh_from_db()
    utile.refresh_from_db()
    assert superflue.etat == EtatInvitation.ANNULEE
    assert (utile.organisation, utile.etat) == (gardee.organisation, EtatInvitation.ENVOYEE)


def test_deux_candidatures_accordees(coherent, deux):
    """R22: one live application is left, the posts of both keep theirs and their committee."""
    gardee, absorbee = deux
    campagne = CampagneFactory()
    ici, la = (PosteFactory(structure=structure, campagne=campagne) for structure in deux)
    coherent(gardee=gardee, absorbee=absorbee)
    vivantes = Candidature.objects.vivantes()
    assert [c.pk for c in vivantes] == [ici.candidature_id]
    la.refresh_from_db()
    assert (la.structure, la.candidature.etat) == (gardee, EtatCandidature.ABANDONNEE)


@pytest.mark.parametrize("etats", [("deposee", "activee"), ("retenue", "examen"), ("deposee", "a_corriger")])
def test_deux_candidatures_en_cours(anct, deux, etats):
    """R22: which one to keep must be settled first; nothing has moved."""
    campagne = CampagneFactory()
    for structure, etat in zip(deux, etats, strict=True):
        candidature_de(structure, campagne=campagne, **{etat: True})
    with pytest.raises(RegleNonRespectee, match="pour le même appel") as refus:
        fusionner(acteur=anct, gardee=deux[0], absorbee=deux[1], motif=MOTIF)
    assert refus.value.regle == "R22"
    assert Structure.objects.en_propre().count() == 2
    assert {c.structure_id for c in Candidature.objects.all()} == {s.pk for s in deux}


def test_deux_appels_differents_ne_se_genent_pas(coherent, deux):
    """R22: one live application per regime and coordinator flag."""
    gardee, absorbee = deux
    candidature_de(gardee)
    coordinateurs = candidature_de(absorbee, coordinateurs=True, deposee=True)
    coherent(gardee=gardee, absorbee=absorbee)
    coordinateurs.refresh_from_db()
    assert (coordinateurs.structure, coordinateurs.siret) == (gardee, gardee.siret)


def test_autres_refus(anct, deux):
    """R7, R22, R29: two départements, two requests, a post promised by one to the other, one structure, no reason."""
    gardee, absorbee = deux
    ailleurs = nommee("Mairie de Clermont", commune=lieu("63113"))
    with pytest.raises(RegleNonRespectee, match="deux départements"):
        fusionner(acteur=anct, gardee=gardee, absorbee=ailleurs, motif=MOTIF)
    with pytest.raises(RegleNonRespectee, match="deux structures différentes"):
        fusionner(acteur=anct, gardee=gardee, absorbee=gardee, motif=MOTIF)
    with pytest.raises(RegleNonRespectee) as refus:
        fusionner(acteur=anct, gardee=gardee, absorbee=absorbee, motif="doublon")
    assert refus.value.champ == "motif"
    comite = ComiteFactory()
    ligne = LigneComiteFactory(
        comite=comite, candidature=candidature_de(gardee, campagne=comite.campagne), structure_cedante=absorbee
    )
    with pytest.raises(RegleNonRespectee, match="retirez-en cette ligne"):
        fusionner(acteur=anct, gardee=gardee, absorbee=absorbee, motif=MOTIF)
    ligne.delete()
    for structure in deux:
        Candidature.objects.filter(structure=structure).update(etat=EtatCandidature.ABANDONNEE)
        poste = PosteFactory(structure=structure, coordinateurs=structure is absorbee)
        DemandePostes.objects.create(
            structure=structure,
            campagne=poste.campagne,
            candidature=poste.candidature,
            nb_postes=1,
            demarrage_le=timezone.localdate(),
            motif="Les habitants sont nombreux.",
        )
    with pytest.raises(RegleNonRespectee, match="demande de postes en cours"):
        fusionner(acteur=anct, gardee=gardee, absorbee=absorbee, motif=MOTIF)


@pytest.mark.parametrize("role", [Role.PREFECTURE, Role.SGAR, Role.STRUCTURE, Role.SUPPORT, Role.BDT])
def test_seule_l_anct_fusionne(deux, role):
    for verbe, champs in (
        (fusionner, {"gardee": deux[0], "absorbee": deux[1]}),
        (ecarter_doublon, {"structure": deux[0], "autre": deux[1]}),
    ):
        with pytest.raises(AccesRefuse):
            verbe(acteur=Acteur(role), motif=MOTIF, **champs)


def test_une_fusion_ne_se_refait_pas(anct, deux):
    gardee, absorbee = deux
    fusionner(acteur=anct, gardee=gardee, absorbee=absorbee, motif=MOTIF)
    for une, autre in (deux, reversed(deux)):
        with pytest.raises(TransitionInterdite):
            fusionner(acteur=anct, gardee=une, absorbee=autre, motif=MOTIF)


def test_ce_qui_est_encore_ouvert_nomme_la_structure_gardee(anct, deux):
    """R25, R26: opinions and agendas in preparation; a closed committee does not change."""
    gardee, absorbee = deux
    PosteFactory.create_batch(2, structure=absorbee)
    candidature = CandidatureFactory(deposee=True)
    avis = AvisFactory(candidature=candidature, structure_cedante=absorbee)
    ouverte = LigneComiteFactory(
        comite=ComiteFactory(campagne=candidature.campagne), candidature=candidature, structure_cedante=absorbee
    )
    close = LigneComite.objects.create(
        comite=ComiteFactory(clos=True),
        candidature=candidature,
        decision="refusee",
        motif="Trop tôt.",
        structure_cedante=absorbee,
    )
    fusionner(acteur=anct, gardee=gardee, absorbee=absorbee, motif=MOTIF)
    for objet, attendue in ((avis, gardee), (ouverte, gardee), (close, absorbee)):
        objet.refresh_from_db()
        assert objet.structure_cedante == attendue


def test_deux_fusions_de_suite(coherent, deux):
    """One step leads from any old number to the structure that is kept."""
    gardee, absorbee = deux
    derniere = nommee("Commune de Moulins")
    coherent(gardee=gardee, absorbee=absorbee)
    coherent(gardee=derniere, absorbee=gardee)
    absorbee.refresh_from_db()
    assert absorbee.fusionnee_dans == derniere
    assert depot.etablissement_garde(absorbee.siret, None) == (derniere.siret, None)


def test_l_ancien_numero_mene_a_la_structure_gardee(coherent, deux):
    """R22, hard case 2: a later application with the number that was absorbed is the kept structure's."""
    gardee, absorbee = deux
    coherent(gardee=gardee, absorbee=absorbee)
    nouvelle = CandidatureFactory(siret=absorbee.siret)
    confirmer_depot(acteur=Acteur.systeme(), candidature=nouvelle)
    nouvelle.refresh_from_db()
    assert (nouvelle.structure, nouvelle.siret) == (gardee, gardee.siret)
    encore = CandidatureFactory(siret=absorbee.siret, campagne=nouvelle.campagne)
    with pytest.raises(RegleNonRespectee) as refus:
        confirmer_depot(acteur=Acteur.systeme(), candidature=encore)
    assert refus.value.regle == "R22"


def test_une_structure_activee_par_la_fusion(coherent, deux):
    """R27, R46: the kept one gets its space, and the floors above hear of it; posts at the seat that moved too."""
    gardee = nommee("Agglomération", commune=lieu("03310"), activee_le=None)
    absorbee = deux[1]
    poste = PosteFactory(structure=absorbee)
    membre(absorbee)
    recus = []
    evenements = ("structure.fusionnee", "structure.activee", "poste.deplace")
    ecoutes = {nom: lambda nom=nom, **donnees: recus.append(nom) for nom in evenements}
    for nom, fonction in ecoutes.items():
        _abonnes[nom].append(fonction)
    try:
        coherent(gardee=gardee, absorbee=absorbee)
    finally:
        for nom, fonction in ecoutes.items():
            _abonnes[nom].remove(fonction)
    gardee.refresh_from_db()
    assert gardee.activee_le == absorbee.activee_le
    assert recus == list(evenements)
    assert Poste.objects.get(pk=poste.pk).structure == gardee


@pytest.mark.django_db(transaction=True)
def test_deux_fusions_croisees_en_meme_temps():
    """A into B and B into A at the same second: one is done, the other is told; nothing is lost or waits for ever."""
    une, autre = nommee("Ville de Moulins"), nommee("Mairie de Moulins")
    PosteFactory(structure=une)
    PosteFactory(structure=autre, coordinateurs=True)
    depart, resultats = threading.Barrier(2), []

    def lancer(gardee, absorbee):
        depart.wait(10)
        try:
            fusionner(acteur=Acteur.systeme(), gardee=gardee, absorbee=absorbee, motif=MOTIF)
            resultats.append("fait")
        except ErreurMetier as erreur:
            resultats.append(type(erreur).__name__)
        finally:
            connections.close_all()

    fils = [threading.Thread(target=lancer, args=paire) for paire in ((une, autre), (autre, une))]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join(20)
    assert sorted(resultats) == ["TransitionInterdite", "fait"]
    assert Structure.objects.en_propre().count() == 1
    assert Structure.objects.en_propre().get().postes.count() == 2


def test_hors_des_listes_de_chacun(anct, deux):
    """R22: the absorbed structure is in no list of anybody."""
    gardee, absorbee = deux
    fusionner(acteur=anct, gardee=gardee, absorbee=absorbee, motif=MOTIF)
    for role in (Role.ANCT, Role.SUPPORT, Role.BDT):
        assert set(acces.structures_visibles_par(Acteur(role))) == {gardee}
    assert set(acces.structures_visibles_par(Acteur(Role.PREFECTURE, departements=frozenset({"03"})))) == {gardee}


def test_une_demande_suit_son_etat(anct, deux):
    """R29: a request in progress goes on in the name of the kept structure."""
    gardee, absorbee = deux
    poste = PosteFactory(structure=absorbee)
    demande = DemandePostes.objects.create(
        structure=absorbee,
        campagne=poste.campagne,
        candidature=poste.candidature,
        nb_postes=2,
        demarrage_le=timezone.localdate(),
        motif="Les habitants sont nombreux.",
    )
    fusionner(acteur=anct, gardee=gardee, absorbee=absorbee, motif=MOTIF)
    demande.refresh_from_db()
    assert (demande.structure, demande.etat) == (gardee, EtatDemande.EN_COURS)
