"""The hard cases of this floor, by their number in the list of what the first platform met (`first-platform.md` §8)."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from django.utils import timezone

from portal.commun.acteurs import Acteur
from portal.commun.erreurs import RegleNonRespectee
from portal.commun.roles import Role
from portal.comptes.models import EtatInvitation, Invitation
from portal.territoires.distance import distance_km
from structures import acces, enveloppe
from structures.actions import (
    abandonner,
    activer,
    cloturer,
    confirmer_depot,
    decider,
    fusionner,
    importer_avis,
    inscrire,
    inscrire_correction,
    rendre_poste,
)
from structures.bilan import FichierRefuse
from structures.doublons import rapprochements
from structures.enums import Decision, EtatCandidature, EtatPoste
from structures.identifiants import normaliser_ridet
from structures.models import Avis, Candidature, Poste, Structure
from tests.comptes.factories import acteur
from tests.structures.factories import (
    CampagneFactory,
    CandidatureFactory,
    ComiteFactory,
    LieuExerciceFactory,
    PosteFactory,
    StructureFactory,
    acteur_de_structure,
    candidature_de,
    lieu,
    membre,
)
from tests.structures.outils_tableaux import TITRES, en_csv, ligne

pytestmark = pytest.mark.django_db
MOTIF = "Vérifié au téléphone avec la mairie et la préfecture."
SYSTEME = Acteur.systeme()


def deposer(**champs) -> Candidature:
    candidature = CandidatureFactory(**champs)
    return confirmer_depot(acteur=SYSTEME, candidature=candidature)


def decider_et_clore(anct, campagne, candidatures, decision, nb=0, *, correction=False):
    comite = ComiteFactory(campagne=campagne)
    for candidature in candidatures:
        if correction:
            entree = inscrire_correction(acteur=anct, comite=comite, candidature=candidature)
        else:
            entree = inscrire(acteur=anct, comite=comite, candidature=candidature)
        motif = "" if decision == Decision.RETENUE else "Le projet doit être précisé."
        decider(acteur=anct, ligne=entree, decision=decision, nb_postes=nb, motif=motif or "Décision corrigée.")
    return cloturer(acteur=anct, comite=comite)


# --- 2: one SIRET, several applications -----------------------------------------------------------------------------


def test_cas_2_un_siret_une_seule_candidature_en_cours():
    """R22: the second is refused and told which one exists, whatever its contact and its postal code."""
    premiere = deposer()
    seconde = CandidatureFactory(
        siret=premiere.siret, campagne=premiere.campagne, code_postal="03100", contact_courriel="autre@exemple.fr"
    )
    with pytest.raises(RegleNonRespectee, match=f"n° {premiere.numero}") as refus:
        confirmer_depot(acteur=SYSTEME, candidature=seconde)
    assert refus.value.regle == "R22"
    assert Structure.objects.count() == 1


def test_cas_2_les_doublons_d_hier_se_reunissent(anct):
    """R22: two numbers for one body: found, merged, and the old number leads to what was kept."""
    gardee = StructureFactory(nom="Ville de Moulins", nom_normalise="ville de moulins")
    absorbee = StructureFactory(nom="Ville de Moulins", nom_normalise="ville de moulins")
    poste = PosteFactory(structure=absorbee, pourvu=True)
    assert [(r.une, r.autre) for r in rapprochements()] == [(gardee.pk, absorbee.pk)]
    fusionner(acteur=anct, gardee=gardee, absorbee=absorbee, motif=MOTIF)
    poste.refresh_from_db()
    assert (poste.structure, poste.etat) == (gardee, EtatPoste.POURVU)
    suite = deposer(siret=absorbee.siret, campagne=CampagneFactory(privee=True), privee=True)
    assert (suite.structure, suite.siret) == (gardee, gardee.siret)


# --- 3: uniqueness and applying again -------------------------------------------------------------------------------


@pytest.mark.parametrize("fin", ["refusee", "abandonnee"])
def test_cas_3_une_candidature_finie_ne_bloque_pas_la_suivante(fin):
    """R22: uniqueness by live state; the same structure, its SIRET untouched."""
    ancienne = CandidatureFactory(**{fin: True})
    nouvelle = deposer(siret=ancienne.siret, campagne=ancienne.campagne)
    ancienne.refresh_from_db()
    assert nouvelle.structure == ancienne.structure
    assert ancienne.siret == nouvelle.siret


# --- 4: a structure that withdraws with somebody in post ------------------------------------------------------------


def test_cas_4_on_n_abandonne_pas_avec_quelqu_un_en_poste():
    """R29: an occupied post prevents it, and nothing has changed; once free, its posts go back to the envelope."""
    poste = PosteFactory(pourvu=True)
    libre = PosteFactory(structure=poste.structure, campagne=poste.campagne)
    representant = acteur_de_structure(poste.structure)
    with pytest.raises(RegleNonRespectee) as refus:
        abandonner(acteur=representant, candidature=poste.candidature, motif="Nous cessons notre participation.")
    assert refus.value.regle == "R29"
    libre.refresh_from_db()
    assert libre.etat == EtatPoste.A_POURVOIR
    Poste.objects.filter(pk=poste.pk).update(etat=EtatPoste.A_POURVOIR)
    abandonner(acteur=representant, candidature=poste.candidature, motif="Nous cessons notre participation.")
    assert enveloppe.accorde(poste.campagne).postes == 0
    poste.structure.refresh_from_db()
    # R29: its space stays readable.
    assert poste.structure.participation_fin_le is not None
    assert acces.structure_de(representant) == poste.structure


# --- 9: the number of posts, raised, lowered, returned, examined again ----------------------------------------------


def test_cas_9_la_derniere_decision_fait_foi(anct):
    """R26: granted, then examined again: the figure in force is that of the last decision that granted."""
    campagne = CampagneFactory()
    candidature = deposer(campagne=campagne)
    decider_et_clore(anct, campagne, [candidature], Decision.EXAMEN)
    candidature.refresh_from_db()
    assert candidature.etat == EtatCandidature.EXAMEN
    decider_et_clore(anct, campagne, [candidature], Decision.RETENUE, 3)
    assert enveloppe.accorde(campagne).postes == 3
    candidature.refresh_from_db()
    decider_et_clore(anct, campagne, [candidature], Decision.RETENUE, 2, correction=True)
    assert enveloppe.accorde(campagne).postes == 2
    candidature.refresh_from_db()
    decider_et_clore(anct, campagne, [candidature], Decision.RETENUE, 4, correction=True)
    assert enveloppe.accorde(campagne).postes == 4
    # Each post has its number for life: none was given twice.
    numeros = list(Poste.objects.values_list("numero", flat=True))
    assert len(set(numeros)) == len(numeros) == 5


def test_cas_9_un_poste_rendu_retourne_a_l_enveloppe():
    """R29, R15: the structure has what it kept, the campaign can grant the rest again."""
    poste = PosteFactory()
    PosteFactory(structure=poste.structure, campagne=poste.campagne)
    rendre_poste(acteur=acteur_de_structure(poste.structure), poste=poste, motif="Un seul conseiller nous suffit.")
    assert enveloppe.accorde(poste.campagne).postes == 1
    assert poste.structure.postes.comptes().count() == 1


# --- 13, 14, 15: overseas, Corsica, postal codes, missing identifiers -----------------------------------------------


def test_cas_13_nouvelle_caledonie_sans_siret():
    """R20, R22: a RIDET is enough, six digits or seven; two applications of it are one too many."""
    assert normaliser_ridet("123 456", "988") == normaliser_ridet("0123456", "988")
    premiere = deposer(siret=None, ridet="0123456", commune=lieu("98818"), code_postal="98800")
    assert (premiere.structure.identifiant, premiere.structure.departement_id) == ("0123456", "988")
    seconde = CandidatureFactory(siret=None, ridet="0123456", campagne=premiere.campagne, commune=lieu("98818"))
    with pytest.raises(RegleNonRespectee) as refus:
        confirmer_depot(acteur=SYSTEME, candidature=seconde)
    assert (refus.value.regle, refus.value.champ) == ("R22", "ridet")


@pytest.mark.parametrize(
    ("code_insee", "code_postal", "departement"),
    [("2A004", "20000", "2A"), ("2B033", "20200", "2B"), ("74109", "01200", "74"), ("97801", "97150", "978")],
)
def test_cas_13_et_14_le_departement_est_celui_de_la_commune(code_insee, code_postal, departement):
    """R7: Corsica, Saint-Martin and Éloise: who sees the application never depends on its postal code."""
    candidature = deposer(commune=lieu(code_insee), code_postal=code_postal)
    assert candidature.structure.departement_id == departement
    for code, attendu in ((departement, [candidature]), (code_postal[:2], [])):
        prefecture = Acteur(Role.PREFECTURE, departements=frozenset({code}))
        assert list(acces.candidatures_visibles_par(prefecture)) == attendu


@pytest.mark.parametrize(
    ("manque", "champ"), [({"siret": None, "ridet": None}, "siret"), ({"commune": None}, "commune")]
)
def test_cas_15_ni_structure_sans_numero_ni_sans_commune(manque, champ):
    """R20, R21: what had to be repaired afterwards cannot enter, whoever writes it."""
    with pytest.raises(Exception, match="null|identifiant") as refus:
        CandidatureFactory(**manque)
    assert type(refus.value).__name__ == "IntegrityError", champ


# --- 16: a département or an EPCI whose posts are elsewhere than its seat -------------------------------------------


def test_cas_16_les_postes_sont_ou_l_on_travaille():
    """R46: distances start from the places of work of the post; from the seat only when there is none."""
    structure = StructureFactory(commune=lieu("03190"), type="departement")
    poste = PosteFactory(structure=structure)
    vichy = lieu("03310")

    def distance_de_vichy():
        communes = [un_lieu.commune for un_lieu in poste.lieux.select_related("commune")] or [structure.commune]
        return min(distance_km(c.latitude, c.longitude, vichy.latitude, vichy.longitude) for c in communes)

    assert distance_de_vichy() > 40
    poste.lieux.set([LieuExerciceFactory(structure=structure, commune=vichy)])
    assert distance_de_vichy() == 0


# --- 19: an account never activated, a contact who left -------------------------------------------------------------


def test_cas_19_une_structure_activee_n_est_jamais_sans_compte(anct):
    """R27: its contact is invited at once; with colleagues already inside, nobody is invited again."""
    candidature = CandidatureFactory(retenue=True)
    activer(acteur=anct, candidature=candidature)
    invitation = Invitation.objects.get()
    assert (invitation.courriel, invitation.etat) == (candidature.contact_courriel, EtatInvitation.ENVOYEE)
    membre(candidature.structure)
    membre(candidature.structure)
    autre = candidature_de(candidature.structure, privee=True, retenue=True)
    activer(acteur=anct, candidature=autre)
    assert Invitation.objects.filter(courriel=candidature.contact_courriel).count() == 1


# --- 22: national networks ------------------------------------------------------------------------------------------


def test_cas_22_un_reseau_a_autant_de_candidatures_que_d_etablissements():
    """R22: uniqueness on the establishment; each prefecture sees its own; none is a duplicate of another."""
    campagne = CampagneFactory(privee=True)
    communes = ("03190", "03310", "63113", "75056")
    reseau = [
        deposer(
            privee=True,
            campagne=campagne,
            siret=f"775672272{rang:05d}",
            nom="Croix-Rouge française",
            commune=lieu(code),
            contact_courriel="reseau@croix-rouge.exemple.fr",
        )
        for rang, code in enumerate(communes)
    ]
    assert len({candidature.structure_id for candidature in reseau}) == 4
    assert rapprochements() == []
    for departement, nombre in (("03", 2), ("63", 1), ("75", 1)):
        prefecture = Acteur(Role.PREFECTURE, departements=frozenset({departement}))
        assert acces.candidatures_visibles_par(prefecture).count() == nombre


# --- 23: opinions typed by hand -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("defaut", "mots"),
    [
        ({"numero": 0}, "0"),
        ({"numero": 999_999}, "999999"),
        ({"sens": ""}, "avis"),
        ({"sens": "Peut-être"}, "Choisissez un avis"),
        ({"commentaire": ""}, "commentaire"),
        ({"nb_postes": "beaucoup"}, "postes"),
    ],
)
def test_cas_23_une_ligne_fausse_et_rien_n_est_importe(defaut, mots):
    """R25: the line is told, with its words; the right line beside it is not half-imported."""
    juste, fausse = CandidatureFactory(deposee=True), CandidatureFactory(deposee=True)
    prefecture = acteur("prefecture")
    contenu = en_csv([ligne(juste), ligne(fausse, **defaut)], TITRES)
    with pytest.raises((FichierRefuse, RegleNonRespectee)) as refus:
        importer_avis(acteur=prefecture, contenu=contenu, nom="avis.csv")
    assert not Avis.objects.exists()
    dites = " ".join(str(erreur) for erreur in _erreurs(refus.value))
    assert mots.lower() in dites.lower()


def _erreurs(refus):
    bilan = getattr(refus, "bilan", None)
    return [*getattr(bilan, "erreurs", []), refus]


def test_cas_23_un_fichier_juste(anct):
    """R25: by its number, each line is one version of the opinion; sending the file again changes nothing."""
    candidatures = [CandidatureFactory(deposee=True) for _ in range(3)]
    prefecture = acteur("prefecture")
    contenu = en_csv([ligne(candidature) for candidature in candidatures], TITRES)
    for _ in range(2):
        importer_avis(acteur=prefecture, contenu=contenu, nom="avis.csv")
    assert sorted(Avis.objects.values_list("candidature", "version")) == sorted(
        zip((c.pk for c in candidatures), itertools.repeat(1))
    )
    assert Avis.objects.filter(rendu_le__gte=timezone.now() - dt.timedelta(minutes=5)).count() == 3
