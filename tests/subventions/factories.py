"""Subsidy files for every test, consistent with the constraints. One trait per state.

`DossierFactory(depose=True)`; `privee=True` and `coordinateurs=True` for the other calls; `structure=s` for a structure
that exists. A file that is filed has its compulsory information and pieces; a compliant one has them all accepted.
"""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from typing import Any

import factory
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from factory.django import DjangoModelFactory
from PIL import Image
from pypdf import PdfWriter

from candidats.enums import EtatMiseEnRelation, Taille
from portal.commun.acteurs import Acteur
from portal.commun.jetons import reference
from portal.commun.models import Document
from portal.commun.roles import Role
from structures.identifiants import statut_dans_regime
from subventions.actions.dossiers import NATURE_PIECE
from subventions.completude import pieces_du_dossier
from subventions.enums import EtatDossier, EtatPiece
from subventions.models import DemandeComplement, Dossier, MessageDossier, Piece
from tests.candidats.factories import MiseEnRelationFactory
from tests.comptes.factories import RattachementFactory, UtilisateurFactory, acteur

IBAN = "FR7630006000011234567890189"
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n"
)


class MiseEnRelationValideeFactory(MiseEnRelationFactory):
    """A validated pair, the post kept for it (R53)."""

    etat = EtatMiseEnRelation.VALIDEE
    validee_le = factory.LazyFunction(timezone.now)
    taille_tenue = Taille.M


def _depose(**champs: Any) -> dict[str, Any]:
    """What is true of every file that was filed."""
    return {
        "depose_le": factory.LazyFunction(timezone.now),
        "etat_role": Role.STRUCTURE,
        "avec_informations": True,
        "etat_pieces": EtatPiece.RECUE,
        **champs,
    }


class DossierFactory(DjangoModelFactory):
    class Meta:
        model = Dossier
        exclude = ("avec_informations",)

    class Params:
        avec_informations = False
        complet = factory.Trait(avec_informations=True, etat_pieces=EtatPiece.RECUE)
        depose = factory.Trait(etat=EtatDossier.DEPOSE, **_depose())
        complement = factory.Trait(etat=EtatDossier.COMPLEMENT, demande=True, **_depose(etat_role=Role.BDT))
        conforme = factory.Trait(
            etat=EtatDossier.CONFORME,
            conforme_le=factory.LazyFunction(timezone.now),
            **_depose(etat_role=Role.BDT, etat_pieces=EtatPiece.ACCEPTEE),
        )
        rejete = factory.Trait(
            etat=EtatDossier.REJETE,
            motif_rejet="Le poste est déjà financé par un autre dispositif.",
            **_depose(etat_role=Role.BDT),
        )
        clos = factory.Trait(
            etat=EtatDossier.CLOS,
            # The whole pair: a trait on one field of it would undo that field in the other traits.
            mise_en_relation=factory.SubFactory(
                MiseEnRelationValideeFactory, etat=EtatMiseEnRelation.ECARTEE, motif="autre"
            ),
        )
        privee = factory.Trait(mise_en_relation__poste__privee=True)
        coordinateurs = factory.Trait(mise_en_relation__poste__coordinateurs=True)

    numero = factory.Sequence(lambda n: 70_000 + n)
    mise_en_relation = factory.SubFactory(MiseEnRelationValideeFactory)
    poste = factory.SelfAttribute("mise_en_relation.poste")
    structure = factory.SelfAttribute("poste.structure")
    statut_juridique = factory.LazyAttribute(
        lambda o: statut_dans_regime(o.structure.type, o.poste.regime, o.structure.categorie_juridique).value
    )
    president_nom = factory.LazyAttribute(lambda o: "Dominique Lefort" if o.avec_informations else "")
    president_naissance = factory.LazyAttribute(lambda o: dt.date(1962, 3, 4) if o.avec_informations else None)
    dgs_nom = factory.LazyAttribute(lambda o: "Claude Roussel" if o.avec_informations else "")
    dgs_naissance = factory.LazyAttribute(lambda o: dt.date(1971, 9, 30) if o.avec_informations else None)
    iban = factory.LazyAttribute(lambda o: IBAN if o.avec_informations else "")
    aides = Decimal("0.00")
    annonce_url = factory.LazyAttribute(
        lambda o: "https://www.emploi-territorial.fr/offre/o0312345" if o.avec_informations else ""
    )
    annonce_le = factory.LazyAttribute(
        lambda o: timezone.localdate() - dt.timedelta(days=60) if o.avec_informations else None
    )

    # Of the compulsory pieces; the others are only expected.
    etat_pieces = EtatPiece.ATTENDUE
    # An open request for complements.
    demande = False

    @classmethod
    def _create(cls, model_class: type[Dossier], *args: Any, **kwargs: Any) -> Dossier:
        etat_pieces, demande = kwargs.pop("etat_pieces"), kwargs.pop("demande")
        dossier = super()._create(model_class, *args, **kwargs)
        for attendue in pieces_du_dossier(
            dossier.statut_juridique, aides=dossier.aides, cofinancement=dossier.cofinancement
        ):
            etat = etat_pieces if attendue.obligatoire else EtatPiece.ATTENDUE
            PieceFactory(dossier=dossier, nature=attendue.nature, obligatoire=attendue.obligatoire, etat=etat)
        if demande:
            DemandeComplement.objects.create(
                dossier=dossier, texte="Joignez la délibération signée.", demandee_le=timezone.now()
            )
        return dossier


class PieceFactory(DjangoModelFactory):
    """`etat=EtatPiece.RECUE`: with its file, really stored."""

    class Meta:
        model = Piece

    dossier = factory.SubFactory(DossierFactory)
    nature = "sirene"
    obligatoire = True
    etat = EtatPiece.ATTENDUE
    motif_refus = factory.LazyAttribute(lambda o: "Document illisible." if o.etat == EtatPiece.REFUSEE else "")

    @classmethod
    def _create(cls, model_class: type[Piece], *args: Any, **kwargs: Any) -> Piece:
        piece = model_class(*args, **kwargs)
        if kwargs.get("etat", EtatPiece.ATTENDUE) != EtatPiece.ATTENDUE and piece.document_id is None:
            piece.document = document_de(piece)
        piece.save()
        return piece


def document_de(objet: Any, nature: str = NATURE_PIECE, nom: str = "piece.pdf") -> Document:
    """A real little PDF in the private storage, about `objet`."""
    document = Document(
        nature=nature,
        objet=reference(objet),
        nom=nom,
        type_mime="application/pdf",
        extension="pdf",
        taille=len(PDF),
        empreinte="0" * 64,
    )
    document.fichier.save(nom, ContentFile(PDF), save=False)
    document.save()
    return document


class MessageFactory(DjangoModelFactory):
    """A message from the structure; `bdt=True` for the other way."""

    class Meta:
        model = MessageDossier

    class Params:
        bdt = factory.Trait(auteur_role=Role.BDT)

    dossier = factory.SubFactory(DossierFactory)
    auteur = factory.SubFactory(UtilisateurFactory)
    auteur_role = Role.STRUCTURE
    texte = "Quand le dossier sera-t-il instruit ?"


def acteur_du_dossier(dossier: Dossier, **droits: Any) -> Acteur:
    """Somebody of the structure of this file, administrator and signatory unless told otherwise."""
    droits = {"administrateur": True, "signataire": True, **droits}
    return acteur(Role.STRUCTURE, organisation=dossier.structure.organisation, **droits)


def membre_du_dossier(dossier: Dossier, **droits: Any) -> Any:
    """The membership of somebody of the structure of this file (for `client_de(rattachement=…)`)."""
    return RattachementFactory(organisation=dossier.structure.organisation, **{"administrateur": True, **droits})


def fichier_pdf(nom: str = "piece.pdf") -> SimpleUploadedFile:
    """A PDF of one empty page, as a browser sends it."""
    ecrivain, tampon = PdfWriter(), io.BytesIO()
    ecrivain.add_blank_page(200, 200)
    ecrivain.write(tampon)
    return SimpleUploadedFile(nom, tampon.getvalue(), content_type="application/pdf")


def fichier_png(nom: str = "piece.png") -> SimpleUploadedFile:
    tampon = io.BytesIO()
    Image.new("RGB", (20, 20), "white").save(tampon, "PNG")
    return SimpleUploadedFile(nom, tampon.getvalue(), content_type="image/png")


def piece_de(dossier: Dossier, nature: str) -> Piece:
    return dossier.pieces.get(nature=nature)
