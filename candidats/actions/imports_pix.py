"""Results of Pix that come in (R45): from a file, from Pix’s interface, and by hand from the lines to review."""

from __future__ import annotations

import hashlib
from typing import Any

from django.utils import timezone

from candidats import droits
from candidats.actions.communs import verrouiller_candidat
from candidats.actions.pix import LIGNE_VIDE, NOM_VERROU, accorder_partage, apres_partage, effacer_resultats
from candidats.enums import EtatCandidat, EtatLignePix, SourcePix
from candidats.etats import MACHINE_LIGNE_PIX
from candidats.models import Candidat, ImportPix, LignePix, ResultatPix
from candidats.pix import Lecture, de_donnees
from candidats.rapprochement_pix import (
    SANS_DONNEES,
    BilanPix,
    Revue,
    Tri,
    identifiant_garde,
    lire_fichier,
    trier,
)
from portal.commun.acteurs import Acteur
from portal.commun.erreurs import RegleNonRespectee
from portal.commun.historique import historiser
from portal.commun.verbes import verbe
from structures.numeros import verrouiller_nom

LOT = 1000
COMPTES = ("lues", "rattachees", "a_revoir", "rejetees", "non_partagees", "remplacees")


@verbe
def importer_pix(*, acteur: Acteur, contenu: bytes, nom: str, motif: str = "") -> BilanPix:
    """R45: a file of Pix Orga. What is not one is refused whole; the same file again changes nothing."""
    droits.IMPORTER_PIX.exiger(acteur)
    lecture = lire_fichier(contenu)
    empreinte = hashlib.sha256(contenu).hexdigest()
    return recevoir_pix(acteur=acteur, lecture=lecture, source=SourcePix.CSV, nom=nom, empreinte=empreinte)


@verbe
def recevoir_pix(*, acteur: Acteur, lecture: Lecture, source: str, nom: str = "", empreinte: str = "") -> BilanPix:
    """R45: shared results, wherever they come from. An import that changes nothing leaves no trace."""
    droits.IMPORTER_PIX.exiger(acteur)
    verrouiller_nom(NOM_VERROU)
    tri = trier(lecture.participations, verrou=True)
    bilan = BilanPix.de(lecture, tri)
    if not bilan.a_ecrire:
        return bilan
    import_pix = ImportPix.objects.create(
        source=source,
        nom_fichier=nom[:150],
        empreinte=empreinte,
        importe_par_id=acteur.utilisateur_id,
        **{compte: getattr(bilan, compte) for compte in COMPTES},
    )
    _ecrire_resultats(import_pix, tri)
    _ecrire_lignes(import_pix, [revue for revue in bilan.revues if revue.a_ecrire], acteur)
    _ecrire_resolues(tri)
    return bilan


def _ecrire_resultats(import_pix: ImportPix, tri: Tri) -> None:
    nouvelles = [jonction for jonction in tri.jonctions if jonction.change]
    anciennes = [jonction.actuel.pk for jonction in nouvelles if jonction.actuel is not None]
    ResultatPix.objects.filter(pk__in=anciennes).update(en_vigueur=False, modifie_le=timezone.now())
    historiser(ResultatPix, anciennes, motif=f"Remplacé par {import_pix}")
    crees = ResultatPix.objects.bulk_create(
        [ResultatPix(candidat=j.candidat, import_pix=import_pix, **j.lue.resultat()) for j in nouvelles],
        batch_size=LOT,
    )
    historiser(ResultatPix, [resultat.pk for resultat in crees], creation=True)
    partagent = {j.candidat.pk: j.candidat for j in nouvelles if not j.candidat.pix_partage}
    for candidat in partagent.values():
        candidat.pix_partage = True
    Candidat.objects.filter(pk__in=partagent).update(pix_partage=True, modifie_le=timezone.now())
    historiser(Candidat, sorted(partagent), motif="Résultats Pix reçus")
    apres_partage(list(partagent.values()))


def _ecrire_lignes(import_pix: ImportPix, revues: list[Revue], acteur: Acteur) -> None:
    """New lines to review; those that an earlier import left say the reason of today."""
    nouvelles = [_ligne(import_pix, revue, acteur) for revue in revues if revue.ligne is None]
    crees = LignePix.objects.bulk_create(nouvelles, batch_size=LOT)
    historiser(LignePix, [ligne.pk for ligne in crees], creation=True)
    connues = [revue for revue in revues if revue.ligne is not None]
    for revue in connues:
        if revue.ligne.etat == EtatLignePix.RATTACHEE:
            MACHINE_LIGNE_PIX.franchir(revue.ligne, "reprendre", acteur=Acteur.systeme())
        revue.ligne.motif_revue = revue.motif
        for nom, valeur in _contenu(revue).items():
            setattr(revue.ligne, nom, valeur)
    _enregistrer([revue.ligne for revue in connues], ("motif_revue", *LIGNE_VIDE), "Raison revue par un import")
    a_vider = [revue.ligne.pk for revue in connues if revue.motif in SANS_DONNEES]
    LignePix.history.filter(id__in=a_vider).update(**LIGNE_VIDE)


def _enregistrer(lignes: list[LignePix], champs: tuple[str, ...], motif: str) -> None:
    """Lines that an import moves, and their history, in a constant number of queries."""
    for ligne in lignes:
        ligne.modifie_le = timezone.now()
    etat = ("etat", "etat_le", "etat_par", "etat_role", "modifie_le")
    LignePix.objects.bulk_update(lignes, [*etat, *champs], batch_size=LOT)
    historiser(LignePix, [ligne.pk for ligne in lignes], motif=motif)


def _ligne(import_pix: ImportPix, revue: Revue, acteur: Acteur) -> LignePix:
    lue = revue.lue
    return LignePix(
        import_pix=import_pix,
        numero=lue.numero,
        empreinte=lue.empreinte(),
        motif_revue=revue.motif,
        identifiant=identifiant_garde(lue),
        campagne_cle=lue.campagne.cle,
        campagne_nom=lue.campagne.nom or lue.campagne.code,
        partage_le=lue.partage_le,
        etat_par_id=acteur.utilisateur_id,
        etat_role=acteur.role,
        **_contenu(revue),
    )


def _contenu(revue: Revue) -> dict[str, Any]:
    """R111: of somebody who has not agreed to share, the identifier only."""
    if revue.motif in SANS_DONNEES:
        return dict(LIGNE_VIDE)
    return {"nom": revue.lue.nom, "prenom": revue.lue.prenom, "donnees": revue.lue.en_donnees()}


def _ecrire_resolues(tri: Tri) -> None:
    for ligne, candidat in tri.resolues:
        MACHINE_LIGNE_PIX.franchir(ligne, "rattacher", acteur=Acteur.systeme())
        ligne.candidat = candidat
    _enregistrer([ligne for ligne, _ in tri.resolues], ("candidat",), "Un import plus récent a donné ce résultat")


# --- by hand --------------------------------------------------------------------------------------------------------


@verbe
def rattacher_ligne_pix(*, acteur: Acteur, ligne: LignePix, candidat: Candidat) -> LignePix:
    """R45: ANCT says whose line it is; only somebody who agrees to share may be given a result."""
    verrouiller_nom(NOM_VERROU)
    candidat = verrouiller_candidat(candidat.pk)
    ligne = _verrouiller(ligne)
    MACHINE_LIGNE_PIX.verifier(ligne, "rattacher", acteur)
    if not ligne.donnees:
        raise RegleNonRespectee("R45", "Aucun résultat n’est gardé pour cette ligne : elle ne peut qu’être écartée.")
    if candidat.pix_consenti_le is None:
        raise RegleNonRespectee("R45", f"{candidat} ne communique pas ses résultats Pix : son accord manque.")
    if candidat.etat == EtatCandidat.RETIRE or not candidat.utilisateur.is_active:
        raise RegleNonRespectee("R45", f"{candidat} a quitté le portail.")
    MACHINE_LIGNE_PIX.franchir(ligne, "rattacher", acteur=acteur)
    ligne.candidat = candidat
    ligne.save()
    _donner(ligne, candidat)
    accorder_partage(candidat, "Résultats Pix rattachés par l’ANCT")
    return ligne


@verbe
def ecarter_ligne_pix(*, acteur: Acteur, ligne: LignePix, motif: str) -> LignePix:
    """R45: the line is nobody's, or is not wanted; the same one in another file stays set aside."""
    verrouiller_nom(NOM_VERROU)
    ligne = _verrouiller(ligne)
    MACHINE_LIGNE_PIX.verifier(ligne, "ecarter", acteur)
    if not motif.strip():
        raise RegleNonRespectee("R45", "Dites pourquoi cette ligne est écartée.", "motif")
    MACHINE_LIGNE_PIX.franchir(ligne, "ecarter", acteur=acteur)
    ligne.motif_ecart = motif.strip()[:500]
    ligne.save()
    return ligne


@verbe
def reprendre_ligne_pix(*, acteur: Acteur, ligne: LignePix) -> LignePix:
    """R45: the decision was wrong; what the line had given to somebody is taken back from them."""
    verrouiller_nom(NOM_VERROU)
    # Every verb on the lines holds this name: whose the line is does not change meanwhile.
    cle = LignePix.objects.values_list("candidat_id", flat=True).get(pk=ligne.pk)
    candidat = verrouiller_candidat(cle) if cle else None
    ligne = _verrouiller(ligne)
    MACHINE_LIGNE_PIX.franchir(ligne, "reprendre", acteur=acteur)
    ligne.candidat, ligne.motif_ecart = None, ""
    ligne.save()
    if candidat is not None:
        effacer_resultats(ResultatPix.objects.filter(ligne=ligne, candidat=candidat), "Rattaché à tort")
        _remettre_en_vigueur(candidat, ligne.campagne_cle)
        accorder_partage(candidat, "Résultat Pix rattaché à tort")
    return ligne


def _verrouiller(ligne: LignePix) -> LignePix:
    return LignePix.objects.select_for_update(of=("self",), no_key=True).get(pk=ligne.pk)


def _donner(ligne: LignePix, candidat: Candidat) -> None:
    resultat = ResultatPix(
        candidat=candidat, import_pix_id=ligne.import_pix_id, ligne=ligne, **de_donnees(ligne.donnees)
    )
    actuel = ResultatPix.objects.filter(candidat=candidat, campagne_cle=ligne.campagne_cle, en_vigueur=True).first()
    if actuel is not None and actuel.partage_le > resultat.partage_le:
        resultat.en_vigueur = False
    elif actuel is not None:
        actuel.en_vigueur = False
        actuel.save()
    resultat.save()


def _remettre_en_vigueur(candidat: Candidat, campagne_cle: str) -> None:
    """The latest of what is left."""
    restants = ResultatPix.objects.filter(candidat=candidat, campagne_cle=campagne_cle)
    dernier = restants.order_by("-partage_le", "-pk").first()
    if dernier is not None and not dernier.en_vigueur and not restants.filter(en_vigueur=True).exists():
        dernier.en_vigueur = True
        dernier.save()
