"""The CV of a candidate (R44): deposited, kept six more months, deleted. One at a time."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import timezone

from candidats.actions.communs import exiger_soi, verrouiller_candidat
from candidats.cv import NATURE, cv_de
from candidats.enums import EtatCandidat
from candidats.models import Candidat
from candidats.regles_espace import fin_du_cv
from portal.commun.acteurs import Acteur
from portal.commun.documents import deposer_document, documents_de, supprimer_document
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite
from portal.commun.models import Document
from portal.commun.roles import Role
from portal.commun.verbes import verbe

REFUS = {
    EtatCandidat.A_CONFIRMER: "Confirmez d’abord votre adresse électronique : vous pourrez ensuite déposer votre CV.",
    EtatCandidat.RETIRE: "Vous vous êtes retiré : redevenez d’abord disponible, puis déposez votre CV.",
    EtatCandidat.RECRUTE: "Votre recrutement est enregistré : votre profil de candidat ne change plus.",
    EtatCandidat.FUSIONNE: "Cette inscription a été réunie avec une autre : déposez votre CV avec l’autre adresse.",
}


@verbe
def deposer_cv(*, acteur: Acteur, candidat: Candidat, fichier: Any) -> Document:
    """R44: a PDF whose content is checked; it takes the place of the earlier one, whose file is deleted."""
    candidat = _prendre(acteur, candidat)
    if candidat.etat in REFUS:
        raise RegleNonRespectee("R44", REFUS[EtatCandidat(candidat.etat)], "fichier")
    for ancien in documents_de(candidat, NATURE):
        supprimer_document(acteur=acteur, document=ancien, motif="Remplacé par un CV plus récent")
    return deposer_document(
        acteur=acteur,
        nature=NATURE,
        objet=candidat,
        fichier=fichier,
        types=("pdf",),
        taille_max=settings.CV_TAILLE_MAX,
        expire_le=fin_du_cv(timezone.localdate()),
        champ="fichier",
    )


@verbe
def renouveler_cv(*, acteur: Acteur, candidat: Candidat) -> Document:
    """R44: « Conserver 6 mois de plus », counted from today."""
    candidat = _prendre(acteur, candidat)
    document = _present(candidat)
    document.expire_le = fin_du_cv(timezone.localdate())
    document._change_reason = "Conservé six mois de plus"
    document.save()
    return document


@verbe
def supprimer_cv(*, acteur: Acteur, candidat: Candidat, motif: str = "") -> Document:
    """R44, R111: at any moment, whatever the state of the person; who read it stays known."""
    candidat = _prendre(acteur, candidat)
    return supprimer_document(
        acteur=acteur, document=_present(candidat), motif=motif or "Supprimé par la personne elle-même"
    )


def _prendre(acteur: Acteur, candidat: Candidat) -> Candidat:
    if not acteur.est(Role.CANDIDAT, Role.SYSTEME):
        raise AccesRefuse("Chaque personne dépose et supprime elle-même son CV.")
    candidat = verrouiller_candidat(candidat.pk)
    exiger_soi(acteur, candidat)
    return candidat


def _present(candidat: Candidat) -> Document:
    document = cv_de(candidat)
    if document is None:
        raise TransitionInterdite("Aucun CV n’est déposé.")
    return Document.objects.select_for_update(of=("self",), no_key=True).get(pk=document.pk)
