"""What the subsidy file does when something happens below: called in the same transaction (ARCHITECTURE §2)."""

from __future__ import annotations

from candidats.models import Candidat, MiseEnRelation
from portal.commun.acteurs import Acteur
from portal.commun.documents import enregistrer_nature
from portal.commun.evenements import abonner
from portal.commun.journal import contexte_courant
from structures import parcours
from structures.models import Structure
from subventions.acces import peut_lire_piece
from subventions.enums import EtatDossier
from subventions.models import Contrat, Dossier


def brancher() -> None:
    """Called once at start-up."""
    from subventions.actions.dossiers import NATURE_PIECE
    from subventions.parcours import fournisseur

    # R112: each reading of an identity piece is kept.
    enregistrer_nature(NATURE_PIECE, "Pièce d’un dossier de subvention", peut_lire_piece, trace=True)
    abonner("candidature.validee", ouvrir)
    abonner("validation.annulee", clore)
    abonner("structure.fusionnee", reprendre)
    abonner("candidat.fusionne", reprendre_contrats)
    parcours.enregistrer(parcours.ETAGE_SUBVENTIONS, fournisseur)


def ouvrir(*, mise_en_relation: MiseEnRelation) -> None:
    """R53: the file opens with the validation, in the name of whoever validated."""
    from subventions.actions import ouvrir_dossier

    contexte = contexte_courant()
    ouvrir_dossier(acteur=contexte.acteur if contexte else Acteur.systeme(), mise_en_relation=mise_en_relation)


def clore(*, mise_en_relation: MiseEnRelation) -> None:
    """The validation is undone, by the structure or by the candidate: its file has no object any more."""
    from subventions.actions import clore_dossier

    motif = mise_en_relation.motif_libelle or "La validation de la candidature est annulée"
    for dossier in Dossier.objects.filter(mise_en_relation=mise_en_relation).exclude(etat=EtatDossier.CLOS):
        clore_dossier(acteur=Acteur.systeme(), dossier=dossier, motif=motif)


def reprendre(*, gardee: Structure, absorbee: Structure) -> None:
    """R22: two structures were one: the subsidy files, whatever their progress, are those of the one that is kept."""
    for dossier in (
        Dossier.objects.select_for_update(of=("self",), no_key=True).filter(structure=absorbee).order_by("pk")
    ):
        dossier.structure = gardee
        dossier.save()


def reprendre_contrats(*, garde: Candidat, absorbe: Candidat) -> None:
    """R43: two registrations were one person: the contracts, past ones too, are those of the one that is kept."""
    contrats = Contrat.objects.select_for_update(of=("self",), no_key=True).filter(candidat=absorbe)
    for contrat in contrats.order_by("pk"):
        contrat.candidat = garde
        contrat.save()
