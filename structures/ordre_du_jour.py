"""The agenda of a committee: its order, what each line is about, what its decision would do to the posts (R26)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import (
    Count,
    F,
    FilteredRelation,
    IntegerField,
    Prefetch,
    Q,
    QuerySet,
    Sum,
    prefetch_related_objects,
)
from django.db.models.functions import Coalesce

from structures.coordination import change_un_poste
from structures.densite import attacher_densites
from structures.enums import Decision, EtatCandidature, EtatPoste, NatureLigne
from structures.faits import faits_de
from structures.lectures import avec_avis, avis_de
from structures.models import Candidature, Comite, LigneComite, Poste
from structures.regles import postes_en_mots
from structures.regles_comite import Effet, Situation, Vote, effet, lire_vote

# After every rank that a prefecture gave.
SANS_RANG = 10**6
# R15: what a line takes from the envelopes; lines closed before the figure existed created what they granted.
ENGAGES = Coalesce(F("variation"), F("nb_postes"), output_field=IntegerField())


@dataclass
class PostesTenus:
    """The live posts of an application or of a structure, by state."""

    nombres: Counter[str] = field(default_factory=Counter)

    @property
    def libres(self) -> int:
        return self.nombres[EtatPoste.A_POURVOIR]

    @property
    def reserves(self) -> int:
        return self.nombres[EtatPoste.RESERVE]

    @property
    def pourvus(self) -> int:
        return self.nombres[EtatPoste.POURVU]

    @property
    def occupes(self) -> int:
        return self.reserves + self.pourvus

    @property
    def total(self) -> int:
        return self.libres + self.occupes

    @property
    def mots(self) -> str:
        """« 3 postes »; zero is singular in French, which Django's `pluralize` does not know."""
        return postes_en_mots(self.total)


def agenda(comite: Comite, departements: frozenset[str] | None = None) -> QuerySet[LigneComite]:
    """The lines in the order of the minutes."""
    return dans_l_ordre(lignes_de(comite, departements))


def lignes_de(comite: Comite, departements: frozenset[str] | None = None) -> QuerySet[LigneComite]:
    """The lines to be counted, in no order; those of a territory when it is given."""
    lignes = comite.lignes.all()
    return lignes if departements is None else lignes.filter(candidature__commune__departement__in=departements)


def dans_l_ordre(lignes: QuerySet[LigneComite]) -> QuerySet[LigneComite]:
    """By département, then by the prefecture's rank, then by number."""
    # The opinion in force is one at most: a join read once, rather than a look-up per line.
    avis = FilteredRelation("candidature__avis", condition=Q(candidature__avis__en_vigueur=True))
    return (
        lignes.annotate(avis_du_rang=avis)
        .annotate(rang=Coalesce("avis_du_rang__rang", SANS_RANG))
        .order_by("candidature__commune__departement_id", "rang", "candidature__numero", "pk")
    )


def engages(lignes: QuerySet[LigneComite]) -> int:
    """R15: the posts that these lines take from the envelope of their committee."""
    return lignes.aggregate(total=Coalesce(Sum(ENGAGES), 0))["total"]


def completer(comite: Comite, lignes: QuerySet[LigneComite]) -> list[LigneComite]:
    """The lines with all that a page, the minutes or a mail says of them, in a constant number of queries."""
    lignes = list(
        lignes.select_related("demande", "structure_cedante__commune").prefetch_related(
            Prefetch("candidature", queryset=avec_avis(Candidature.objects.all()))
        )
    )
    for ligne in lignes:
        ligne.comite = comite
        ligne.avis_en_vigueur = avis_de(ligne.candidature)
        ligne.faits = faits_de(ligne.candidature.structure)
    prefetch_related_objects([ligne.candidature for ligne in lignes], "poste_concerne")
    attacher_densites([ligne.candidature for ligne in lignes])
    attacher_postes(comite, lignes)
    return lignes


def attacher_postes(comite: Comite, lignes: Iterable[LigneComite]) -> None:
    """Set on each line the posts of its structure and of its application, and what its decision would do."""
    lignes = list(lignes)
    structures = {ligne.candidature.structure_id for ligne in lignes}
    groupes = (
        Poste.objects.comptes()
        .filter(structure__in=structures)
        .order_by()
        .values_list("structure", "candidature", "campagne", "etat")
        .annotate(nombre=Count("pk"))
    )
    par_structure: dict[int, PostesTenus] = {}
    par_candidature: dict[tuple[int, bool], PostesTenus] = {}
    for structure, candidature, campagne, etat, nombre in groupes:
        par_structure.setdefault(structure, PostesTenus()).nombres[etat] += nombre
        ici = campagne == comite.campagne_id
        par_candidature.setdefault((candidature, ici), PostesTenus()).nombres[etat] += nombre
    for ligne in lignes:
        ligne.postes_structure = par_structure.get(ligne.candidature.structure_id, PostesTenus())
        ligne.postes_candidature = par_candidature.get((ligne.candidature_id, True), PostesTenus())
        ligne.postes_ailleurs = par_candidature.get((ligne.candidature_id, False), PostesTenus())
        ligne.effet = effet_de(ligne)


def effet_de(ligne: LigneComite) -> Effet:
    """What closing this line would do now, read through `attacher_postes`."""
    return effet(
        ligne.nature,
        ligne.decision,
        ligne.nb_postes,
        actuels=ligne.postes_candidature.total,
        cede=ligne.structure_cedante_id is not None,
        existant=change_un_poste(ligne.candidature.cas_coordinateur),
    )


def situation_de(ligne: LigneComite) -> Situation:
    """What the rules read of a line, read through `attacher_postes`."""
    return Situation(
        nature=ligne.nature,
        activee=ligne.candidature.etat == EtatCandidature.ACTIVEE,
        actuels=ligne.postes_candidature.total,
        occupes=ligne.postes_candidature.occupes,
        ailleurs=ligne.postes_ailleurs.total,
        existant=change_un_poste(ligne.candidature.cas_coordinateur),
    )


def a_ceder(candidature: Candidature) -> QuerySet[Poste]:
    """R29: the free posts of other structures of the département that this application could take."""
    # R6, R15: what the post may cost does not change with who holds it. The scale reads the legal kind of the
    # application that obtained the post, in the language of its call; the structures may describe themselves otherwise.
    return libres_du_meme_appel(candidature).filter(candidature__statut_juridique=candidature.statut_juridique)


def libres_du_meme_appel(candidature: Candidature) -> QuerySet[Poste]:
    """The same, whatever the legal kind."""
    return Poste.objects.filter(
        etat=EtatPoste.A_POURVOIR,
        regime=candidature.regime,
        coordinateur=candidature.coordinateur,
        structure__commune__departement=candidature.commune.departement_id,
        structure__fusionnee_dans__isnull=True,
    ).exclude(structure=candidature.structure_id)


def a_retirer(comite: Comite, ligne: LigneComite, sauf: Iterable[int] = ()) -> list[Poste]:
    """R26, R29: the free posts that the correction withdraws, the last granted first."""
    libres = Poste.objects.filter(
        candidature=ligne.candidature_id, campagne=comite.campagne_id, etat=EtatPoste.A_POURVOIR
    )
    return list(libres.exclude(pk__in=sauf).order_by("-numero")[: ligne.effet.retires])


def a_prendre(comite: Comite, ligne: LigneComite, sauf: Iterable[int] = ()) -> list[Poste]:
    """R25, R29: the free posts that the line takes from another structure, the oldest first; those of this campaign
    before the others."""
    libres = a_ceder(ligne.candidature).filter(structure=ligne.structure_cedante_id).exclude(pk__in=sauf)
    postes = sorted(libres.order_by("numero"), key=lambda poste: poste.campagne_id != comite.campagne_id)
    return postes[: ligne.effet.cedes]


def postes_quittes(comite: Comite, lignes: Iterable[LigneComite]) -> list[Poste]:
    """The posts that leave their structure when these lines are closed, chosen as the closing will."""
    quittes: dict[int, Poste] = {}
    for ligne in dans_l_ordre_d_effet(lignes):
        if ligne.effet.retires:
            quittes |= {poste.pk: poste for poste in a_retirer(comite, ligne, quittes)}
        if ligne.effet.cedes:
            quittes |= {poste.pk: poste for poste in a_prendre(comite, ligne, quittes)}
    return sorted(quittes.values(), key=lambda poste: poste.numero)


def dans_l_ordre_d_effet(lignes: Iterable[LigneComite]) -> list[LigneComite]:
    """What is withdrawn first, so that nothing is taken from a structure that gives its posts back here."""
    return sorted(lignes, key=lambda ligne: not ligne.effet.retires)


def vote_de(ligne: LigneComite) -> Vote | None:
    return lire_vote(ligne.voix_pour, ligne.voix_contre, ligne.abstentions)


def version_de(ligne: LigneComite) -> str:
    """Changes with every decision saved on the line: tells a page that was opened before it."""
    return ligne.modifie_le.isoformat()


def sans_avis(ligne: LigneComite) -> bool:
    """R25: the prefecture said nothing of the application, or of the request for more posts."""
    if ligne.nature == NatureLigne.AJOUT:
        return not ligne.demande.avis_sens
    return not ligne.candidature.avis.filter(en_vigueur=True).exists()


def bilan_de(lignes: QuerySet[LigneComite]) -> dict[str, int]:
    """How many lines, by decision, and how many posts, in one query."""
    return lignes.order_by().aggregate(
        candidatures=Count("pk"),
        retenues=Count("pk", filter=Q(decision=Decision.RETENUE)),
        refusees=Count("pk", filter=Q(decision=Decision.REFUSEE)),
        examens=Count("pk", filter=Q(decision=Decision.EXAMEN)),
        sans_decision=Count("pk", filter=Q(decision="")),
        postes=Coalesce(Sum("nb_postes"), 0),
        engages=Coalesce(Sum(ENGAGES), 0),
        sans_avis=Count("pk", filter=Q(sans_avis=True)),
    )
