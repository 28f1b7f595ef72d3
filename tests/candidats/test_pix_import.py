"""R45: results join a person on the identifier only; homonyms, swapped names, corrected file, somebody deleted
meanwhile (hard case 21): never a wrong person."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from candidats import actions, purges
from candidats.enums import EtatLignePix, MotifRevue
from candidats.models import Candidat, ImportPix, LignePix, ResultatPix
from candidats.pix import FORME
from candidats.rapprochement_pix import previsualiser
from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite
from tests.candidats.factories import CandidatFactory, LignePixFactory, MiseEnRelationFactory, acteur_candidat
from tests.candidats.outils import verifier_coherence_candidats
from tests.candidats.outils_pix import NON_PARTAGE, fichier_pix, ligne_pix
from tests.comptes.factories import UtilisateurFactory, acteur

pytestmark = pytest.mark.django_db
SYSTEME = Acteur.systeme()


@pytest.fixture
def candidat():
    return CandidatFactory(pix_consenti=True, utilisateur=UtilisateurFactory(prenom="Inès", nom="Bellanger"))


def importer(*lignes, nom="Resultats.csv", par=SYSTEME):
    return actions.importer_pix(acteur=par, contenu=fichier_pix(*lignes), nom=nom)


def en_vigueur(candidat):
    return ResultatPix.objects.filter(candidat=candidat, en_vigueur=True)


def test_l_identifiant_ne_se_devine_pas():
    identifiants = {CandidatFactory().identifiant_pix for _ in range(5)}
    assert len(identifiants) == 5
    assert all(FORME.fullmatch(identifiant) for identifiant in identifiants)


def test_un_resultat_rejoint_la_personne(candidat):
    paire = MiseEnRelationFactory(candidat=candidat)
    bilan = importer(ligne_pix(candidat), par=acteur("anct"))
    assert bilan.en_json() == {"lues": 1, "rattachees": 1, "a_revoir": 0, "rejetees": 0}
    resultat = en_vigueur(candidat).get()
    assert (resultat.niveau, resultat.niveau_max, resultat.niveau_en_mots) == (2, 3, "2 sur 3 (intermédiaire)")
    assert resultat.badges_obtenus == ["Utilisation du numérique dans la vie professionnelle"]
    assert resultat.maitrise_pourcent == 75
    candidat.refresh_from_db()
    assert candidat.pix_partage
    assert candidat.history.first().history_change_reason == "Résultats Pix reçus"
    assert resultat.history.get().history_role == "anct"
    trace = ImportPix.objects.get()
    assert (trace.lues, trace.nom_fichier, len(trace.empreinte)) == (1, "Resultats.csv", 64)
    assert trace.importe_par is not None
    paire.refresh_from_db()
    assert paire.score is not None
    verifier_coherence_candidats()


def test_le_meme_fichier_deux_fois_n_a_qu_un_effet(candidat):
    lignes = (ligne_pix(candidat), ligne_pix(nom="Inconnu", prenom="Jean", identifiant="999"))
    une = importer(*lignes).en_json()
    avant = [m.objects.count() for m in (ImportPix, ResultatPix, LignePix)]
    avant += [m.history.count() for m in (ImportPix, ResultatPix, LignePix, Candidat)]
    assert importer(*lignes, nom="Copie.csv").en_json() == une
    apres = [m.objects.count() for m in (ImportPix, ResultatPix, LignePix)]
    apres += [m.history.count() for m in (ImportPix, ResultatPix, LignePix, Candidat)]
    assert apres == avant


def test_un_fichier_corrige_remplace(candidat):
    """Same minute of sharing, another level: the corrected one wins, the former stays superseded."""
    importer(ligne_pix(candidat))
    importer(ligne_pix(candidat, palier=3), nom="Corrige.csv")
    assert en_vigueur(candidat).get().niveau == 3
    assert [r.niveau for r in ResultatPix.objects.filter(candidat=candidat, en_vigueur=False)] == [2]
    verifier_coherence_candidats()


def test_un_partage_plus_recent_gagne_un_plus_ancien_ne_gagne_pas(candidat):
    importer(ligne_pix(candidat, partage_le="02/04/2024 10:00", palier=3))
    bilan = importer(ligne_pix(candidat, palier=1))
    assert (bilan.rattachees, bilan.remplacees) == (0, 1)
    assert en_vigueur(candidat).get().niveau == 3
    importer(ligne_pix(candidat, partage_le="03/04/2024 10:00", palier=1))
    assert en_vigueur(candidat).get().niveau == 1


def test_deux_lignes_de_la_meme_personne_le_dernier_partage(candidat):
    lignes = [ligne_pix(candidat, palier=p, partage_le=f"0{p}/04/2024 10:00") for p in (1, 3, 2)]
    bilan = importer(*lignes)
    assert (bilan.lues, bilan.rattachees, bilan.remplacees, bilan.laissees) == (3, 1, 2, [2, 4])
    assert en_vigueur(candidat).get().niveau == 3


def test_deux_campagnes_sont_deux_resultats(candidat):
    importer(ligne_pix(candidat), ligne_pix(candidat, **{"ID Campagne": 8, "Nom de la campagne": "Autre"}))
    assert en_vigueur(candidat).count() == 2


def test_les_homonymes_ont_chacun_le_leur(candidat):
    autre = CandidatFactory(pix_consenti=True, utilisateur=UtilisateurFactory(prenom="Inès", nom="Bellanger"))
    importer(ligne_pix(candidat, palier=1), ligne_pix(autre, palier=3))
    assert en_vigueur(candidat).get().niveau == 1
    assert en_vigueur(autre).get().niveau == 3


def test_un_nom_seul_ne_rejoint_personne(candidat):
    """Without its identifier, the very name of a candidate is not enough."""
    bilan = importer(ligne_pix(candidat, identifiant=""), ligne_pix(candidat, identifiant="CN99999ZZZZZ"))
    assert (bilan.rattachees, bilan.a_revoir) == (0, 2)
    assert set(LignePix.objects.values_list("motif_revue", flat=True)) == {
        MotifRevue.SANS_IDENTIFIANT,
        MotifRevue.IDENTIFIANT_INCONNU,
    }
    assert not ResultatPix.objects.exists()


def test_les_noms_inverses_sont_les_memes(candidat):
    assert importer(ligne_pix(candidat, nom="INES", prenom="bellanger")).rattachees == 1


def test_un_lien_transmis_a_quelqu_un_d_autre_est_a_revoir(candidat):
    """The line of the person is joined even when the other one shared later."""
    bilan = importer(
        ligne_pix(candidat, palier=1), ligne_pix(candidat, nom="Voisin", palier=3, partage_le="09/04/2024 10:00")
    )
    assert (bilan.rattachees, bilan.a_revoir) == (1, 1)
    assert en_vigueur(candidat).get().niveau == 1
    assert LignePix.objects.get().motif_revue == MotifRevue.NOMS_DIFFERENTS


@pytest.mark.parametrize(
    ("traits", "motif"),
    [
        ({}, MotifRevue.SANS_CONSENTEMENT),
        ({"pix_retire_le": timezone.now()}, MotifRevue.CONSENTEMENT_RETIRE),
        ({"pix_consenti": True, "retire": True}, MotifRevue.PARTIE),
        ({"pix_consenti": True, "utilisateur__is_active": False}, MotifRevue.PARTIE),
    ],
)
def test_qui_n_a_pas_d_accord_ou_est_parti_ne_laisse_que_son_identifiant(traits, motif):
    """R111: neither name nor result is kept, in the row nor in its history."""
    candidat = CandidatFactory(**traits)
    assert importer(ligne_pix(candidat)).a_revoir == 1
    ligne = LignePix.objects.get()
    assert (ligne.motif_revue, ligne.identifiant) == (motif, candidat.identifiant_pix)
    assert (ligne.nom, ligne.prenom, ligne.donnees, ligne.candidat) == ("", "", {}, None)
    assert ligne.history.get().donnees == {}
    assert not ResultatPix.objects.exists()
    with pytest.raises(RegleNonRespectee, match="ne peut qu’être écartée"):
        actions.rattacher_ligne_pix(acteur=acteur("anct"), ligne=ligne, candidat=CandidatFactory(pix_consenti=True))


def test_une_personne_effacee_entre_temps(candidat):
    """Hard case 21: the identifier of a registration that is gone is nobody's."""
    partie = CandidatFactory(a_confirmer=True)
    identifiant = partie.identifiant_pix
    actions.effacer_inscription(acteur=SYSTEME, candidat=partie, motif="Essai")
    assert not Candidat.history.filter(identifiant_pix=identifiant).exists()
    importer(ligne_pix(partie))
    assert LignePix.objects.get().motif_revue == MotifRevue.IDENTIFIANT_INCONNU
    assert purges.effacer_jamais_confirmes(timezone.localdate()) == 0


def test_un_accord_donne_apres_joint_au_fichier_suivant():
    candidat = CandidatFactory()
    importer(ligne_pix(candidat))
    actions.consentir_pix(acteur=acteur_candidat(candidat), candidat=candidat)
    assert importer(ligne_pix(candidat)).rattachees == 1
    ligne = LignePix.objects.get()
    assert (ligne.etat, ligne.candidat) == (EtatLignePix.RATTACHEE, candidat)
    assert importer(ligne_pix(candidat)).a_revoir == 0
    verifier_coherence_candidats()
    # And the agreement withdrawn, the same file goes to review again.
    actions.retirer_pix(acteur=acteur_candidat(candidat), candidat=candidat)
    assert importer(ligne_pix(candidat)).a_revoir == 1
    ligne.refresh_from_db()
    assert (ligne.etat, ligne.motif_revue) == (EtatLignePix.A_REVOIR, MotifRevue.CONSENTEMENT_RETIRE)


def test_les_non_partagees_et_les_illisibles_sont_comptees(candidat):
    bilan = importer(
        {**ligne_pix(candidat), **NON_PARTAGE}, ligne_pix(candidat, palier="x"), ligne_pix(candidat, palier=3)
    )
    assert bilan.en_json() == {"lues": 3, "rattachees": 1, "a_revoir": 0, "rejetees": 1}
    assert bilan.non_partagees == 1


def test_la_verification_n_ecrit_rien(candidat, django_assert_num_queries):
    contenu = fichier_pix(ligne_pix(candidat), ligne_pix(identifiant="1"))
    with django_assert_num_queries(5):
        bilan = previsualiser(contenu)
    assert (bilan.rattachees, bilan.a_revoir, bilan.a_ecrire) == (1, 1, True)
    assert not ImportPix.objects.exists()


def test_un_gros_fichier_en_un_nombre_constant_de_requetes(django_assert_max_num_queries):
    lignes = [ligne_pix(CandidatFactory(pix_consenti=True)) for _ in range(30)]
    lignes += [ligne_pix(identifiant=str(n)) for n in range(30)]
    with django_assert_max_num_queries(30):
        assert importer(*lignes).rattachees == 30


def test_seule_l_anct_importe(candidat):
    with pytest.raises(AccesRefuse):
        importer(ligne_pix(candidat), par=acteur("support"))


def test_la_commande(tmp_path, candidat):
    fichier, sortie = tmp_path / "Resultats.csv", StringIO()
    fichier.write_bytes(fichier_pix(ligne_pix(candidat), ligne_pix(identifiant="1")))
    call_command("importer_pix", str(fichier), "--json", stdout=sortie)
    assert json.loads(sortie.getvalue()) == {"lues": 2, "rattachees": 1, "a_revoir": 1, "rejetees": 0}
    sortie = StringIO()
    call_command("importer_pix", str(fichier), stdout=sortie)
    assert "2 lignes lues" in sortie.getvalue()
    assert "À revoir, ligne 3" in sortie.getvalue()


def test_la_commande_refuse_ce_qui_n_en_est_pas_un(tmp_path):
    fichier = tmp_path / "autre.csv"
    fichier.write_text("a;b\n1;2\n")
    with pytest.raises(CommandError, match="pas un export de résultats de Pix Orga"):
        call_command("importer_pix", str(fichier))
    with pytest.raises(CommandError, match="Impossible de lire"):
        call_command("importer_pix", str(tmp_path / "absent.csv"))
    assert not ImportPix.objects.exists()


# --- by hand --------------------------------------------------------------------------------------------------------


def test_une_ligne_rattachee_a_la_main_puis_reprise(candidat):
    anct, ligne = acteur("anct"), LignePixFactory()
    actions.rattacher_ligne_pix(acteur=anct, ligne=ligne, candidat=candidat)
    candidat.refresh_from_db()
    assert candidat.pix_partage
    assert en_vigueur(candidat).get().ligne == ligne
    verifier_coherence_candidats()
    actions.reprendre_ligne_pix(acteur=anct, ligne=ligne)
    candidat.refresh_from_db()
    ligne.refresh_from_db()
    assert (candidat.pix_partage, ligne.etat, ligne.candidat) == (False, EtatLignePix.A_REVOIR, None)
    assert not ResultatPix.objects.exists()
    assert ResultatPix.history.get().badges == []
    verifier_coherence_candidats()


def test_une_ligne_reprise_rend_le_resultat_d_avant(candidat):
    importer(ligne_pix(candidat, palier=1))
    ligne = LignePixFactory()
    actions.rattacher_ligne_pix(acteur=acteur("anct"), ligne=ligne, candidat=candidat)
    assert en_vigueur(candidat).get().niveau == 2
    actions.reprendre_ligne_pix(acteur=acteur("anct"), ligne=ligne)
    assert en_vigueur(candidat).get().niveau == 1
    # An older line joins the history without taking the place of the one in force.
    importer(ligne_pix(candidat, palier=3, partage_le="01/05/2024 10:00"))
    actions.rattacher_ligne_pix(acteur=acteur("anct"), ligne=ligne, candidat=candidat)
    assert en_vigueur(candidat).get().niveau == 3


def test_la_meme_ligne_rattachee_ou_ecartee_le_reste(candidat):
    une, autre = ligne_pix(identifiant="1"), ligne_pix(identifiant="2")
    importer(une, autre)
    a_donner, a_ecarter = LignePix.objects.order_by("numero")
    actions.rattacher_ligne_pix(acteur=acteur("anct"), ligne=a_donner, candidat=candidat)
    actions.ecarter_ligne_pix(acteur=acteur("anct"), ligne=a_ecarter, motif="Test")
    bilan = importer(une, autre)
    assert (bilan.rattachees, bilan.a_revoir, bilan.a_ecrire) == (1, 0, False)


@pytest.mark.parametrize("traits", [{}, {"pix_consenti": True, "retire": True}])
def test_on_ne_donne_rien_a_qui_n_a_pas_d_accord_ou_est_parti(traits):
    with pytest.raises(RegleNonRespectee):
        actions.rattacher_ligne_pix(acteur=acteur("anct"), ligne=LignePixFactory(), candidat=CandidatFactory(**traits))


def test_une_ligne_traitee_ne_se_traite_pas_deux_fois(candidat):
    ligne = LignePixFactory()
    with pytest.raises(RegleNonRespectee, match="pourquoi"):
        actions.ecarter_ligne_pix(acteur=acteur("anct"), ligne=ligne, motif=" ")
    actions.ecarter_ligne_pix(acteur=acteur("anct"), ligne=ligne, motif="Inconnue")
    with pytest.raises(TransitionInterdite):
        actions.rattacher_ligne_pix(acteur=acteur("anct"), ligne=ligne, candidat=candidat)


def test_la_base_refuse_deux_resultats_en_vigueur_et_un_partage_sans_accord(candidat):
    importer(ligne_pix(candidat))
    resultat = en_vigueur(candidat).get()
    resultat.pk, resultat.uuid = None, None
    with pytest.raises(IntegrityError), transaction.atomic():
        ResultatPix.objects.create(
            candidat=candidat,
            import_pix=resultat.import_pix,
            campagne_cle=resultat.campagne_cle,
            partage_le=timezone.now(),
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Candidat.objects.filter(pk=candidat.pk).update(pix_consenti_le=None)
