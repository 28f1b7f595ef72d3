"""What a person decides of their Pix results (R45): agree to share them, withdraw."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q
from django.utils import timezone

from candidats import droits, regles, suites
from candidats.actions.communs import exiger_soi, verrouiller_candidat
from candidats.enums import EtatCandidat, MotifRevue, Origine
from candidats.models import Candidat, LignePix, MiseEnRelation, ResultatPix
from candidats.pix import expliquer
from portal.commun.acteurs import Acteur
from portal.commun.erreurs import RegleNonRespectee, TransitionInterdite
from portal.commun.historique import historiser
from portal.commun.purge import effacer
from portal.commun.verbes import verbe
from portal.commun.verrous import toutes_sous_verrou
from structures.numeros import verrouiller_nom

# Taken before any row: an import, a withdrawal and a decision on a line follow one another.
NOM_VERROU = "candidats.pix"
MOTIF_RETRAIT = "Accord pour Pix retiré : résultats effacés"
# What the line that stays in the history of a result no longer tells (R111).
RESULTAT_VIDE = {
    "campagne_cle": "",
    "campagne_code": "",
    "campagne_nom": "",
    "niveau": None,
    "niveau_max": None,
    "badges": [],
    "maitrise": None,
    "competences": [],
}
LIGNE_VIDE = {"nom": "", "prenom": "", "donnees": {}}


@verbe
def consentir_pix(*, acteur: Acteur, candidat: Candidat) -> Candidat:
    """R45: the person agrees; results that come from then on are joined and shown. Agreeing twice changes nothing."""
    droits.CONSENTIR_PIX.exiger(acteur)
    candidat = verrouiller_candidat(candidat.pk)
    exiger_soi(acteur, candidat)
    if candidat.confirme_le is None:
        raise RegleNonRespectee("R42", "Confirmez d’abord votre adresse électronique.")
    if candidat.etat == EtatCandidat.RETIRE:
        raise RegleNonRespectee("R45", "Vous avez retiré votre candidature : redevenez d’abord disponible.")
    if candidat.pix_consenti_le is None:
        candidat.pix_consenti_le = timezone.now()
        candidat._change_reason = "Accord donné pour communiquer les résultats Pix"
        candidat.save()
    return candidat


@verbe
def retirer_pix(*, acteur: Acteur, candidat: Candidat) -> Candidat:
    """R45, R111: the results leave at once, and nothing of the person is kept of the files to come."""
    droits.RETIRER_PIX.exiger(acteur)
    # Not during an import: what it has read of this person would be written after.
    verrouiller_nom(NOM_VERROU)
    candidat = verrouiller_candidat(candidat.pk)
    exiger_soi(acteur, candidat)
    if candidat.pix_consenti_le is None:
        raise TransitionInterdite("Vous ne communiquez pas de résultats Pix : il n’y a rien à retirer.")
    effacer_resultats(ResultatPix.objects.filter(candidat=candidat), MOTIF_RETRAIT)
    vider_lignes(candidat)
    partageait = candidat.pix_partage
    candidat.pix_consenti_le, candidat.pix_retire_le, candidat.pix_partage = None, timezone.now(), False
    candidat._change_reason = MOTIF_RETRAIT
    candidat.save()
    if partageait:
        apres_partage([candidat])
    return candidat


def effacer_resultats(resultats: Iterable[ResultatPix], motif: str) -> None:
    for resultat in resultats:
        effacer(resultat, motif=motif, vides=RESULTAT_VIDE)


def vider_lignes(candidat: Candidat) -> None:
    """Lines joined by hand, or waiting under the person's identifier, keep the identifier only: the next file does not
    bring the person back, and nothing is left to join."""
    siennes = LignePix.objects.filter(Q(candidat=candidat) | Q(identifiant=candidat.identifiant_pix))
    for ligne in toutes_sous_verrou(siennes):
        ligne.nom = ligne.prenom = ""
        ligne.donnees = {}
        ligne.motif_revue = MotifRevue.CONSENTEMENT_RETIRE
        ligne._change_reason = MOTIF_RETRAIT
        ligne.save()
        ligne.history.update(**LIGNE_VIDE)


def accorder_partage(candidat: Candidat, motif: str) -> None:
    """`pix_partage` says again whether a result is in force; the candidate is under lock."""
    partage = ResultatPix.objects.filter(candidat=candidat, en_vigueur=True).exists()
    if partage != candidat.pix_partage:
        candidat.pix_partage = partage
        candidat._change_reason = motif
        candidat.save()
        apres_partage([candidat])


# Above this number of people, one run of the engine costs less than one look at each.
UN_PAR_UN = 20


def apres_partage(candidats: list[Candidat]) -> None:
    """R48, R55: the explanations already shown say what is now true, and the engine looks again."""
    _reexpliquer(candidats)
    if len(candidats) > UN_PAR_UN:
        suites.tout_apparier()
        return
    for candidat in candidats:
        suites.candidat_a_proposer(candidat)


def _reexpliquer(candidats: list[Candidat]) -> None:
    par_cle = {candidat.pk: candidat for candidat in candidats}
    du_moteur = MiseEnRelation.objects.filter(candidat__in=par_cle, origine=Origine.MOTEUR)
    changees = []
    for paire in toutes_sous_verrou(du_moteur):
        critere = regles.critere_pix(par_cle[paire.candidat_id].pix_partage).en_dict()
        paire.explication, ecart = expliquer(paire.explication, critere)
        if ecart:
            paire.score, paire.modifie_le = round((paire.score or 0) + ecart, 2), timezone.now()
            changees.append(paire)
    MiseEnRelation.objects.bulk_update(changees, ["explication", "score", "modifie_le"], batch_size=1000)
    historiser(MiseEnRelation, [paire.pk for paire in changees], motif="Résultats Pix communiqués ou retirés")
