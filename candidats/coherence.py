"""Invariants of this floor that SQL constraints cannot say (`manage.py verifier_coherence`)."""

from __future__ import annotations

from django.db.models import Count, Exists, F, FloatField, OuterRef, Q, QuerySet
from django.db.models.functions import Cast

from candidats import regles
from candidats.creneaux import CRENEAUX_MAX
from candidats.cv import NATURE
from candidats.enums import (
    ETATS_OUVERTS,
    ETATS_VALIDES,
    ETATS_VIVANTS,
    EtatCandidat,
    EtatEntretien,
    EtatInvitation,
    EtatMiseEnRelation,
    Mobilite,
    Origine,
)
from candidats.grille import CODES, NIVEAUX
from candidats.models import Candidat, Entretien, Evaluation, InvitationCandidat, LignePix, MiseEnRelation, ResultatPix
from portal.commun.coherence import invariant
from portal.commun.models import Document
from portal.commun.roles import Role
from portal.comptes.models import Rattachement
from structures.enums import EtatPoste
from structures.models import Poste

_DU_MOTEUR = Q(mises_en_relation__etat__in=ETATS_VIVANTS, mises_en_relation__origine=Origine.MOTEUR)
# The stored distance is rounded to the metre.
ARRONDI_KM = 0.001


@invariant("candidats.trois-par-poste", "R47 : un poste a au plus trois propositions vivantes du portail")
def trois_par_poste() -> QuerySet[Poste]:
    return Poste.objects.annotate(vivantes=Count("mises_en_relation", filter=_DU_MOTEUR)).filter(
        vivantes__gt=regles.PROPOSITIONS_PAR_POSTE
    )


@invariant("candidats.dix-par-candidat", "R48 : un candidat est dans au plus dix propositions vivantes du portail")
def dix_par_candidat() -> QuerySet[Candidat]:
    return Candidat.objects.annotate(vivantes=Count("mises_en_relation", filter=_DU_MOTEUR)).filter(
        vivantes__gt=regles.PROPOSITIONS_PAR_CANDIDAT
    )


@invariant(
    "candidats.partis-sans-proposition", "R54 : aucune proposition vivante pour une personne recrutée ou retirée"
)
def partis_sans_proposition() -> QuerySet[MiseEnRelation]:
    return MiseEnRelation.objects.vivantes().filter(
        candidat__etat__in=[
            EtatCandidat.RECRUTE,
            EtatCandidat.RETIRE,
            EtatCandidat.A_CONFIRMER,
            EtatCandidat.FUSIONNE,
        ]
    )


@invariant(
    "candidats.validee-et-poste", "R53 : un candidat validé occupe un poste réservé ou pourvu, et réciproquement"
)
def validee_et_poste() -> int:
    occupe = [EtatPoste.RESERVE, EtatPoste.POURVU]
    valides = MiseEnRelation.objects.filter(poste=OuterRef("pk"), etat__in=ETATS_VALIDES)
    return (
        MiseEnRelation.objects.validees().exclude(poste__etat__in=occupe).count()
        + Poste.objects.filter(~Exists(valides), etat__in=occupe).count()
    )


@invariant("candidats.recrute-et-recrutee", "R54 : une personne est recrutée si et seulement si une candidature l’est")
def recrute_et_recrutee() -> int:
    recrutees = MiseEnRelation.objects.filter(candidat=OuterRef("pk"), etat=EtatMiseEnRelation.RECRUTEE)
    return (
        Candidat.objects.filter(~Exists(recrutees), etat=EtatCandidat.RECRUTE).count()
        + MiseEnRelation.objects.filter(etat=EtatMiseEnRelation.RECRUTEE)
        .exclude(candidat__etat=EtatCandidat.RECRUTE)
        .count()
    )


@invariant("candidats.postes-fermes", "R29, R54 : aucune proposition vivante sur un poste rendu, retiré ou recruté")
def postes_fermes() -> QuerySet[MiseEnRelation]:
    recrutee = MiseEnRelation.objects.filter(poste=OuterRef("poste"), etat=EtatMiseEnRelation.RECRUTEE)
    return MiseEnRelation.objects.vivantes().filter(
        Q(poste__etat__in=[EtatPoste.RENDU, EtatPoste.RETIRE]) | Exists(recrutee)
    )


@invariant("candidats.structure-activee", "R46 : aucune proposition pour une structure qui n’est pas activée")
def structure_activee() -> QuerySet[MiseEnRelation]:
    return MiseEnRelation.objects.vivantes().filter(poste__structure__activee_le__isnull=True)


@invariant("candidats.distance", "R46 : une proposition du portail à décider est dans la mobilité du candidat")
def distance_dans_la_mobilite() -> QuerySet[MiseEnRelation]:
    return (
        MiseEnRelation.objects.filter(
            origine=Origine.MOTEUR, etat=EtatMiseEnRelation.NOUVELLE, interet_candidat_le__isnull=True
        )
        .exclude(candidat__mobilite_km=Mobilite.FRANCE)
        .annotate(limite=Cast("candidat__mobilite_km", FloatField()) + ARRONDI_KM)
        .filter(Q(distance_km__isnull=True) | Q(distance_km__gt=F("limite")))
    )


@invariant("candidats.expliquee", "R48 : chaque proposition du portail dit son score et pourquoi")
def expliquee() -> QuerySet[MiseEnRelation]:
    return MiseEnRelation.objects.filter(origine=Origine.MOTEUR).filter(Q(score__isnull=True) | Q(explication=[]))


@invariant(
    "candidats.entretiens",
    "R52 : une proposition de créneaux en attente au plus, jamais à côté d’un entretien accepté, et seulement pour une "
    "candidature en cours",
)
def entretiens_ouverts() -> int:
    """That one interview at most is accepted is a constraint of the table."""
    ouverts = Entretien.objects.filter(etat__in=ETATS_OUVERTS)
    sans_suite = ouverts.exclude(
        mise_en_relation__etat__in=[EtatMiseEnRelation.ENTRETIEN, EtatMiseEnRelation.VALIDEE]
    ).count()
    par_paire = ouverts.order_by().values("mise_en_relation")
    plusieurs_propositions = par_paire.annotate(n=Count("proposition", distinct=True)).filter(n__gt=1).count()
    acceptes = Count("pk", filter=Q(etat=EtatEntretien.ACCEPTE))
    a_cote = par_paire.annotate(n=Count("pk"), acceptes=acceptes).filter(acceptes__gt=0, n__gt=1).count()
    trop = ouverts.order_by().values("proposition").annotate(n=Count("pk")).filter(n__gt=CRENEAUX_MAX).count()
    return sans_suite + plusieurs_propositions + a_cote + trop


@invariant("candidats.evaluations", "R52 : une évaluation n’emploie que les critères et les niveaux de la grille")
def evaluations_de_la_grille() -> int:
    notes = Evaluation.objects.values_list("notes", flat=True)
    return sum(1 for grille in notes.iterator() if any(c not in CODES or n not in NIVEAUX for c, n in grille.items()))


@invariant("candidats.role", "R42 : toute personne inscrite comme candidat tient le rôle de candidat")
def role_de_candidat() -> QuerySet[Candidat]:
    roles = Rattachement.objects.filter(utilisateur=OuterRef("utilisateur"), role=Role.CANDIDAT, fin_le__isnull=True)
    return Candidat.objects.filter(~Exists(roles), utilisateur__is_active=True).exclude(etat=EtatCandidat.FUSIONNE)


@invariant("candidats.fusionnes", "R43 : une inscription réunie avec une autre n’a plus rien, et mène à la gardée")
def inscriptions_reunies() -> QuerySet[Candidat]:
    roles = Rattachement.objects.filter(utilisateur=OuterRef("utilisateur"), role=Role.CANDIDAT, fin_le__isnull=True)
    encore = Q(mises_en_relation__isnull=False) | Q(consultations__isnull=False) | Exists(roles)
    suite = Q(fusionne_dans__etat=EtatCandidat.FUSIONNE)
    return Candidat.objects.filter(encore | suite, etat=EtatCandidat.FUSIONNE).distinct()


@invariant("candidats.cv", "R44 : un CV au plus par personne, avec le jour de sa suppression")
def un_cv_par_personne() -> int:
    presents = Document.objects.filter(nature=NATURE, supprime_le__isnull=True).order_by()
    multiples = presents.values("objet").annotate(n=Count("pk")).filter(n__gt=1)
    return presents.filter(expire_le__isnull=True).count() + multiples.count()


@invariant("candidats.invitations", "R49 : une invitation acceptée a sa candidature, sauf si elle existait déjà")
def invitations_acceptees() -> QuerySet[InvitationCandidat]:
    paires = MiseEnRelation.objects.filter(
        poste=OuterRef("poste"), candidat__utilisateur__email__iexact=OuterRef("courriel")
    )
    return InvitationCandidat.objects.filter(
        ~Exists(paires), etat=EtatInvitation.ACCEPTEE, mise_en_relation__isnull=True
    )


@invariant("candidats.pix-partage", "R45 : « résultats communiqués » veut dire un accord et un résultat en vigueur")
def pix_partage() -> QuerySet[Candidat]:
    en_vigueur = ResultatPix.objects.filter(candidat=OuterRef("pk"), en_vigueur=True)
    return Candidat.objects.filter(
        (Q(pix_partage=True) & ~Exists(en_vigueur)) | (Q(pix_partage=False) & Exists(en_vigueur))
    )


@invariant("candidats.pix-accord", "R45 : aucun résultat gardé de qui n’a pas, ou plus, donné son accord")
def pix_accord() -> int:
    sans_accord = Candidat.objects.filter(pix_consenti_le__isnull=True)
    return (
        ResultatPix.objects.filter(candidat__in=sans_accord).count()
        + LignePix.objects.filter(candidat__in=sans_accord).exclude(donnees={}).count()
    )
