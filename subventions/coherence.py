"""What SQL constraints cannot say about subsidy files; those of payments are in `coherence_versements`."""

from __future__ import annotations

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from candidats.enums import ETATS_VALIDES
from candidats.models import MiseEnRelation
from portal.commun.coherence import invariant
from portal.commun.models import Document
from subventions import coherence_versements  # noqa: F401 - its invariants are registered when it is imported
from subventions.actions.dossiers import NATURE_PIECE
from subventions.enums import EtatContrat, EtatDossier, EtatPiece
from subventions.models import Contrat, DemandeComplement, Dossier, Piece
from subventions.suivi import attendues_de

OUVERTE = DemandeComplement.objects.filter(dossier=OuterRef("pk"), repondue_le__isnull=True)


@invariant("subventions.dossier_par_validation", "R53 : chaque candidat validé a un dossier de subvention ouvert")
def validations_sans_dossier() -> QuerySet[MiseEnRelation]:
    ouverts = Dossier.objects.filter(mise_en_relation=OuterRef("pk")).exclude(etat=EtatDossier.CLOS)
    return MiseEnRelation.objects.filter(~Exists(ouverts), etat__in=ETATS_VALIDES)


@invariant("subventions.dossier_sans_validation", "R53 : un dossier ouvert a un candidat validé, ou un contrat signé")
def dossiers_sans_validation() -> QuerySet[Dossier]:
    signes = Contrat.objects.filter(dossier=OuterRef("pk")).exclude(
        etat__in=[EtatContrat.PREPARE, EtatContrat.ABANDONNE]
    )
    return Dossier.objects.exclude(etat=EtatDossier.CLOS).filter(
        ~Q(mise_en_relation__etat__in=ETATS_VALIDES), ~Exists(signes)
    )


@invariant("subventions.dossier_du_poste", "R60 : le dossier, son candidat et son poste vont ensemble")
def dossiers_d_un_autre_poste() -> QuerySet[Dossier]:
    return Dossier.objects.exclude(mise_en_relation__poste=F("poste"))


@invariant(
    "subventions.conforme_pieces_acceptees", "R60 : un dossier conforme a toutes ses pièces obligatoires acceptées"
)
def conformes_incomplets() -> QuerySet[Dossier]:
    restantes = Piece.objects.filter(dossier=OuterRef("pk"), obligatoire=True).exclude(etat=EtatPiece.ACCEPTEE)
    return Dossier.objects.filter(Exists(restantes), etat=EtatDossier.CONFORME)


@invariant("subventions.depose_pieces_recues", "R60 : un dossier déposé n’attend aucune pièce obligatoire")
def deposes_incomplets() -> QuerySet[Dossier]:
    attendues = Piece.objects.filter(dossier=OuterRef("pk"), obligatoire=True, etat=EtatPiece.ATTENDUE)
    return Dossier.objects.filter(Exists(attendues), etat__in=[EtatDossier.DEPOSE, EtatDossier.CONFORME])


@invariant(
    "subventions.complement_demande", "R61 : un complément est attendu si et seulement si une demande est ouverte"
)
def complements_sans_demande() -> QuerySet[Dossier]:
    return Dossier.objects.annotate(ouverte=Exists(OUVERTE)).filter(
        Q(etat=EtatDossier.COMPLEMENT, ouverte=False) | (~Q(etat=EtatDossier.COMPLEMENT) & Q(ouverte=True))
    )


@invariant(
    "subventions.pieces_attendues", "R60, R8 : chaque dossier ouvert a les pièces que son statut et ses aides demandent"
)
def pieces_manquantes() -> list[Dossier]:
    ouverts = Dossier.objects.exclude(etat=EtatDossier.CLOS).prefetch_related("pieces")
    return [dossier for dossier in ouverts.iterator(chunk_size=500) if not _a_ses_pieces(dossier)]


def _a_ses_pieces(dossier: Dossier) -> bool:
    presentes = {piece.nature: piece.obligatoire for piece in dossier.pieces.all()}
    return all(presentes.get(nature) == piece.obligatoire for nature, piece in attendues_de(dossier).items())


@invariant(
    "subventions.document_de_piece", "R112 : le fichier d’une pièce est présent et n’est que celui de cette pièce"
)
def pieces_mal_rattachees() -> QuerySet[Piece]:
    return Piece.objects.filter(document__isnull=False).filter(
        ~Q(document__nature=NATURE_PIECE) | Q(document__supprime_le__isnull=False)
    )


@invariant("subventions.document_partage", "R112 : aucun fichier ne sert à deux pièces")
def documents_partages() -> QuerySet[Document]:
    autres = Piece.objects.filter(document=OuterRef("document")).exclude(pk=OuterRef("pk"))
    return Document.objects.filter(pk__in=Piece.objects.filter(Exists(autres)).values("document"))
