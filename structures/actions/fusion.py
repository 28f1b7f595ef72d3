"""Two structures that are one body become one, without losing anything of either (R22, hard case 2).

Locks, in the order of the whole floor: the names of the two establishments, their applications, the two structures by
key, their posts by key.
"""

from __future__ import annotations

from django.utils import timezone

from portal.commun.acteurs import Acteur
from portal.commun.erreurs import Manquement, RegleNonRespectee, TransitionInterdite, exiger
from portal.commun.evenements import emettre
from portal.commun.jetons import reference
from portal.commun.models import Document
from portal.commun.verbes import verbe
from portal.comptes.actions import reunir_organisations
from structures import droits
from structures.actions.transferts import verrouiller_structures
from structures.doublons import deja_ecarte
from structures.enums import (
    ETATS_A_EXAMINER,
    ETATS_CANDIDATURE_VIVANTE,
    ETATS_POSTE_COMPTE,
    EtatCandidature,
    EtatChangement,
    EtatComite,
    EtatDemande,
)
from structures.etats import MACHINE_CANDIDATURE
from structures.faits import FAITS, appliquer
from structures.models import (
    Avis,
    Candidature,
    ConsultationCoordinateur,
    DoublonEcarte,
    LieuExercice,
    LigneComite,
    Poste,
    Structure,
)
from structures.notifications_postes import annoncer_fusion
from structures.numeros import verrouiller_nom

MOTIF_MIN, MOTIF_MAX, MOTIF_ECART_MAX = 10, 1000, 250
ETATS_ACCORDES = (EtatCandidature.RETENUE, EtatCandidature.ACTIVEE)


@verbe
def ecarter_doublon(*, acteur: Acteur, structure: Structure, autre: Structure, motif: str) -> DoublonEcarte:
    """« Ce sont deux structures différentes »: not shown side by side again. Saying it twice changes nothing."""
    droits.ECARTER_DOUBLON.exiger(acteur)
    motif = _exiger_motif(motif, MOTIF_ECART_MAX)
    if structure.pk == autre.pk:
        raise RegleNonRespectee("R22", "Ces deux structures n’en font qu’une.")
    une, deux = sorted((structure, autre), key=lambda s: s.pk)
    ecarte = deja_ecarte(une, deux)
    return ecarte or DoublonEcarte.objects.create(structure=une, autre=deux, motif=motif)


@verbe
def fusionner(*, acteur: Acteur, gardee: Structure, absorbee: Structure, motif: str) -> Structure:
    """R22: everything that `absorbee` holds becomes `gardee`'s; nothing undoes it. Refused, with the reason, while
    something of the two is still to be settled."""
    droits.FUSIONNER.exiger(acteur)
    motif = _exiger_motif(motif, MOTIF_MAX)
    if gardee.pk == absorbee.pk:
        raise RegleNonRespectee("R22", "Choisissez deux structures différentes.")
    for identifiant in sorted((gardee.identifiant, absorbee.identifiant)):
        verrouiller_nom(f"etablissement:{identifiant}")
    candidatures = list(
        Candidature.objects.select_for_update(of=("self",), no_key=True)
        .filter(structure__in=[gardee, absorbee])
        .order_by("pk")
    )
    structures = verrouiller_structures(gardee.pk, absorbee.pk)
    gardee, absorbee = structures[gardee.pk], structures[absorbee.pk]
    if gardee.fusionnee_dans_id or absorbee.fusionnee_dans_id:
        raise TransitionInterdite("L’une de ces structures a déjà été fusionnée avec une autre.")
    exiger(obstacles(gardee, absorbee))
    siennes = [candidature for candidature in candidatures if candidature.structure_id == absorbee.pk]
    _reprendre_candidatures(acteur, gardee, siennes, candidatures)
    _reprendre_lieux(gardee, absorbee)
    postes = _reprendre_postes(gardee, absorbee)
    _reprendre_le_reste(gardee, absorbee)
    reunir_organisations(acteur=acteur, gardee=gardee.organisation, absorbee=absorbee.organisation, motif=motif)
    activee = _reprendre_la_situation(gardee, absorbee, postes)
    absorbee.fusionnee_dans, absorbee.fusionnee_le = gardee, timezone.now()
    absorbee.save()
    # One step leads from any number to the structure that is kept.
    for ancienne in Structure.objects.select_for_update(of=("self",), no_key=True).filter(fusionnee_dans=absorbee):
        ancienne.fusionnee_dans = gardee
        ancienne.save()
    emettre("structure.fusionnee", gardee=gardee, absorbee=absorbee)
    if activee:
        emettre("structure.activee", structure=gardee)
    if gardee.commune_id != absorbee.commune_id:
        _annoncer_deplaces(gardee, postes)
    annoncer_fusion(gardee, absorbee, postes)
    return gardee


def obstacles(gardee: Structure, absorbee: Structure) -> list[Manquement]:
    """R22: what must be settled before a merge, in sentences; read by the page, checked again under lock."""
    refus = []
    if gardee.departement_id != absorbee.departement_id:
        # R7, R15: the département decides what a post costs and which prefecture follows it.
        refus.append("Ces structures sont dans deux départements : changez d’abord l’établissement de l’une d’elles.")
    refus += filter(None, (_phrase_du_conflit(une, autre) for une, autre in _conflits(gardee, absorbee)))
    if all(s.demandes_postes.filter(etat=EtatDemande.EN_COURS).exists() for s in (gardee, absorbee)):
        refus.append(
            "Chacune a une demande de postes en cours : qu’un comité décide de l’une, ou qu’elle soit retirée."
        )
    if absorbee.changements.filter(etat=EtatChangement.DEMANDE).exists():
        refus.append(f"{absorbee.nom} a demandé un changement d’établissement : acceptez-le ou refusez-le d’abord.")
    en_preparation = LigneComite.objects.filter(comite__etat=EtatComite.PREPARATION).select_related("comite")
    croisees = en_preparation.filter(candidature__structure=gardee, structure_cedante=absorbee)
    croisees |= en_preparation.filter(candidature__structure=absorbee, structure_cedante=gardee)
    refus += [
        f"{ligne.comite} doit prendre un poste à l’une pour le donner à l’autre : retirez-en cette ligne."
        for ligne in croisees
    ]
    return [Manquement("R22", texte) for texte in refus]


def _conflits(gardee: Structure, absorbee: Structure) -> list[tuple[Candidature, Candidature]]:
    """Live applications of the two in the same call: (the one of `gardee`, the one of `absorbee`)."""

    def vivantes(structure: Structure) -> dict[tuple[str, bool], Candidature]:
        return {(c.regime, c.coordinateur): c for c in structure.candidatures.vivantes()}

    celles_de_gardee = vivantes(gardee)
    return [(celles_de_gardee[cle], autre) for cle, autre in vivantes(absorbee).items() if cle in celles_de_gardee]


def _phrase_du_conflit(une: Candidature, autre: Candidature) -> str:
    """Empty when the merge itself settles it: both granted, one application is enough for the posts of both."""
    if une.etat not in ETATS_ACCORDES or autre.etat not in ETATS_ACCORDES:
        return (
            f"Les candidatures n° {une.numero} et n° {autre.numero} sont en cours pour le même appel : "
            "il faut d’abord que l’une soit abandonnée, ou refusée par un comité."
        )
    ligne = autre.lignes_comite.filter(comite__etat=EtatComite.PREPARATION).select_related("comite").first()
    if ligne is not None:
        comite = str(ligne.comite).lower()
        return f"La candidature n° {autre.numero} est à l’ordre du jour du {comite} : retirez-la d’abord."
    if autre.demandes_postes.filter(etat=EtatDemande.EN_COURS).exists():
        return (
            f"Une demande de postes est en cours sur la candidature n° {autre.numero} : attendez la décision du comité."
        )
    return ""


# --- what moves -----------------------------------------------------------------------------------------------------


def _reprendre_candidatures(
    acteur: Acteur, gardee: Structure, siennes: list[Candidature], toutes: list[Candidature]
) -> None:
    """R22: a live application is that of the kept establishment; the others stay as they were answered."""
    prises = {
        (c.regime, c.coordinateur)
        for c in toutes
        if c.structure_id == gardee.pk and c.etat in ETATS_CANDIDATURE_VIVANTE
    }
    for candidature in siennes:
        candidature.structure = gardee
        if candidature.etat in ETATS_CANDIDATURE_VIVANTE:
            if (candidature.regime, candidature.coordinateur) in prises:
                MACHINE_CANDIDATURE.franchir(candidature, "abandonner", acteur=acteur)
            else:
                candidature.siret, candidature.ridet = gardee.siret, gardee.ridet
        candidature.save()


def _reprendre_lieux(gardee: Structure, absorbee: Structure) -> None:
    """Places of work follow; the same name in the same commune is one place."""
    connus = {(lieu.nom.casefold(), lieu.commune_id): lieu for lieu in gardee.lieux.all()}
    for lieu in absorbee.lieux.order_by("pk"):
        present = connus.get((lieu.nom.casefold(), lieu.commune_id))
        if present is None:
            lieu.structure = gardee
            lieu.save()
            continue
        for poste in lieu.postes.order_by("pk"):
            poste.lieux.add(present)
            poste.lieux.remove(lieu)
        LieuExercice.objects.get(pk=lieu.pk).delete()


def _reprendre_postes(gardee: Structure, absorbee: Structure) -> list[Poste]:
    """R29: their numbers, their states and who occupies them do not change."""
    postes = list(Poste.objects.select_for_update(of=("self",)).filter(structure=absorbee).order_by("pk"))
    for poste in postes:
        poste.structure = gardee
        poste.save()
    return postes


def _reprendre_le_reste(gardee: Structure, absorbee: Structure) -> None:
    for objet in (*absorbee.demandes_postes.order_by("pk"), *absorbee.changements.order_by("pk")):
        objet.structure = gardee
        objet.save()
    # R25, R26: what is still open names the structure that holds the posts now; closed committees stay as they were.
    avis = Avis.objects.filter(structure_cedante=absorbee, en_vigueur=True, candidature__etat__in=ETATS_A_EXAMINER)
    lignes = LigneComite.objects.filter(structure_cedante=absorbee, comite__etat=EtatComite.PREPARATION)
    for objet in (*avis.exclude(candidature__structure=gardee), *lignes):
        objet.structure_cedante = gardee
        objet.save()
    for consultation in ConsultationCoordinateur.objects.filter(structure=absorbee):
        consultation.structure = gardee
        consultation.save()
    for document in Document.objects.filter(objet=reference(absorbee)):
        document.objet = reference(gardee)
        document.save()


def _reprendre_la_situation(gardee: Structure, absorbee: Structure, postes: list[Poste]) -> bool:
    """Activation (R27), participation (R29) and priority facts (R24); True when `gardee` becomes active."""
    activee = gardee.activee_le is None and absorbee.activee_le is not None
    if activee:
        gardee.activee_le = absorbee.activee_le
    if any(poste.etat in ETATS_POSTE_COMPTE for poste in postes):
        gardee.participation_fin_le = None
    for fait in FAITS:
        setattr(gardee, fait, getattr(gardee, fait) or getattr(absorbee, fait))
    gardee.faits_declares = sorted({*gardee.faits_declares, *absorbee.faits_declares})
    gardee.save()
    appliquer([gardee])
    return activee


def _annoncer_deplaces(gardee: Structure, postes: list[Poste]) -> None:
    """R46: a post without a place of work is at the seat, which has moved."""
    avec_lieu = set(Poste.objects.filter(structure=gardee, lieux__isnull=False).values_list("pk", flat=True))
    deplaces = [p for p in postes if p.etat in ETATS_POSTE_COMPTE and p.pk not in avec_lieu]
    if deplaces:
        emettre("poste.deplace", postes=deplaces)


def _exiger_motif(motif: str, maximum: int) -> str:
    motif = motif.strip()
    if not MOTIF_MIN <= len(motif) <= maximum:
        message = f"Dites comment vous le savez, en {MOTIF_MIN} à {maximum} caractères."
        raise RegleNonRespectee("R22", message, "motif")
    return motif
