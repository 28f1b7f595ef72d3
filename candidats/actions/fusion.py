"""Two registrations of one person become one, without losing anything of either (R43, hard case 1).

Locks, in the order of the floor: the name that Pix imports hold, the two candidates by key, all their pairs by key,
then the interviews.
"""

from __future__ import annotations

from collections import defaultdict

from candidats import droits, notifications, suites
from candidats.actions import distances
from candidats.actions.communs import LIES_CANDIDAT, LIES_RELATION, clore
from candidats.actions.invitations import accueillir_invite
from candidats.actions.pix import NOM_VERROU
from candidats.actions.reunion import reunir_les_traces, reunir_pour_un_poste
from candidats.actions.reunion_pix import reunir_pix
from candidats.doublons import deja_ecarte
from candidats.enums import (
    ETATS_VALIDES,
    ETATS_VIVANTS,
    EtatCandidat,
    EtatMiseEnRelation,
    MotifCloture,
    Origine,
)
from candidats.etats import MACHINE_CANDIDAT
from candidats.liens import USAGE_CONFIRMATION, USAGE_DISPONIBILITE
from candidats.models import Candidat, DoublonCandidatEcarte, MiseEnRelation
from candidats.regles import PROPOSITIONS_PAR_CANDIDAT
from portal.commun.acteurs import Acteur
from portal.commun.erreurs import Manquement, RegleNonRespectee, TransitionInterdite, exiger
from portal.commun.evenements import emettre
from portal.commun.jetons import revoquer_jetons
from portal.commun.roles import Role
from portal.commun.verbes import verbe
from portal.commun.verrous import toutes_sous_verrou
from portal.comptes import actions as comptes
from portal.comptes.models import Rattachement
from structures.numeros import verrouiller_nom

MOTIF_MIN, MOTIF_MAX, MOTIF_ECART_MAX = 10, 1000, 250
_E, _M = EtatCandidat, EtatMiseEnRelation


@verbe
def ecarter_doublon_candidat(
    *, acteur: Acteur, candidat: Candidat, autre: Candidat, motif: str
) -> DoublonCandidatEcarte:
    """« Ce sont deux personnes »: not shown side by side again. Saying it twice changes nothing."""
    droits.ECARTER_DOUBLON_CANDIDAT.exiger(acteur)
    motif = _exiger_motif(motif, MOTIF_ECART_MAX)
    if candidat.pk == autre.pk:
        raise RegleNonRespectee("R43", "Choisissez deux inscriptions différentes.")
    un, deux = sorted((candidat, autre), key=lambda c: c.pk)
    ecarte = deja_ecarte(un, deux)
    return ecarte or DoublonCandidatEcarte.objects.create(candidat=un, autre=deux, motif=motif)


@verbe
def fusionner_candidats(*, acteur: Acteur, garde: Candidat, absorbe: Candidat, motif: str) -> Candidat:
    """R43: everything that `absorbe` holds becomes `garde`'s, whose account and profile are kept; nothing undoes it.

    Refused, with the reason, while something of the two is still to be settled.
    """
    droits.FUSIONNER_CANDIDATS.exiger(acteur)
    _exiger_motif(motif, MOTIF_MAX)
    if garde.pk == absorbe.pk:
        raise RegleNonRespectee("R43", "Choisissez deux inscriptions différentes.")
    verrouiller_nom(NOM_VERROU)
    verrouilles = toutes_sous_verrou(Candidat.objects.filter(pk__in=[garde.pk, absorbe.pk]), *LIES_CANDIDAT)
    candidats = {candidat.pk: candidat for candidat in verrouilles}
    garde, absorbe = candidats[garde.pk], candidats[absorbe.pk]
    if _E.FUSIONNE in (garde.etat, absorbe.etat):
        raise TransitionInterdite("L’une de ces inscriptions a déjà été réunie avec une autre.")
    paires = toutes_sous_verrou(
        MiseEnRelation.objects.filter(candidat__in=[garde, absorbe]), *LIES_RELATION, "candidat__commune"
    )
    exiger(obstacles(garde, absorbe))
    closes = _reunir_paires(acteur, garde, absorbe, paires)
    reunir_les_traces(acteur, garde, absorbe)
    reunir_pix(garde, absorbe)
    _completer_le_profil(garde, absorbe)
    _mettre_fin(acteur, garde, absorbe, motif)
    distances.actualiser(candidat=garde)
    if garde.etat == _E.DISPONIBLE:
        accueillir_invite(garde)
    emettre("candidat.fusionne", garde=garde, absorbe=absorbe)
    notifications.annoncer_fusion(garde, absorbe)
    suites.candidat_a_proposer(garde)
    for poste_id in sorted({paire.poste_id for paire in closes}):
        suites.poste_a_completer(poste_id)
    return garde


def obstacles(garde: Candidat, absorbe: Candidat) -> list[Manquement]:
    """R43: what forbids to keep `garde` and absorb `absorbe`, in sentences; read by the page, checked under lock."""
    des_deux = MiseEnRelation.objects.filter(candidat__in=[garde, absorbe])
    validees = list(des_deux.validees().select_related("poste__structure"))
    refus = []
    if len(validees) > 1:
        ou = " et ".join(sorted(f"{p.poste.structure.nom} (poste n° {p.poste.numero})" for p in validees))
        refus.append(
            f"Chaque inscription a une candidature validée : {ou}. Une personne n’occupe qu’un poste : que l’une des "
            "validations soit d’abord annulée, ou que le contrat prenne fin."
        )
    elif absorbe.etat == _E.RECRUTE:
        refus.append("La personne est recrutée avec l’autre inscription : c’est celle-là qu’il faut garder.")
    if garde.etat == _E.A_CONFIRMER:
        refus.append(
            f"L’adresse {garde.utilisateur.email} n’est pas confirmée : gardez l’inscription dont l’adresse l’est."
        )
    en_cours = des_deux.filter(candidat=absorbe, etat__in=[*ETATS_VIVANTS, *ETATS_VALIDES])
    if garde.etat == _E.RETIRE and en_cours.exists():
        refus.append(
            f"La personne a retiré l’inscription de {garde.utilisateur.email}, et des structures regardent l’autre : "
            "gardez l’autre."
        )
    return [Manquement("R43", texte) for texte in refus]


# --- what moves -----------------------------------------------------------------------------------------------------


def _reunir_paires(
    acteur: Acteur, garde: Candidat, absorbe: Candidat, paires: list[MiseEnRelation]
) -> list[MiseEnRelation]:
    """All the pairs are the kept person's; returns those that were closed. One per post stays open, the furthest."""
    etats_avant = {paire.pk: paire.etat for paire in paires}
    par_poste: dict[int, list[MiseEnRelation]] = defaultdict(list)
    for paire in paires:
        if paire.etat != _M.CADUQUE:
            par_poste[paire.poste_id].append(paire)
    closes = [reunir_pour_un_poste(acteur, garde, ensemble) for ensemble in par_poste.values() if len(ensemble) > 1]
    siennes = [paire for paire in paires if paire.candidat_id == absorbe.pk]
    for paire in siennes:
        paire.candidat = garde
        paire.save()
    reste = [paire for paire in siennes if paire.vivante]
    if garde.etat == _E.RECRUTE:
        # R54: whoever is recruited is proposed nowhere.
        clore(reste, MotifCloture.RECRUTE)
        choisies = [p for p in reste if etats_avant[p.pk] != _M.NOUVELLE or p.origine != Origine.MOTEUR]
        for paire in choisies:
            notifications.annoncer_a_la_structure("candidat_recrute", paire)
    elif garde.etat == _E.INDISPONIBLE:
        # R51: as when the person says so: what a structure has chosen stays.
        reste = clore([p for p in reste if _indecise(p)], MotifCloture.INDISPONIBLE)
    else:
        reste = []
    return [*closes, *reste, *_sous_le_plafond([paire for paire in paires if paire.vivante])]


def _sous_le_plafond(vivantes: list[MiseEnRelation]) -> list[MiseEnRelation]:
    """R48: ten proposals of the engine at a time. The worst of those that nobody answered end; beyond, what a structure
    has chosen counts as its own choice (as for a refusal that is undone)."""
    du_moteur = [paire for paire in vivantes if paire.origine == Origine.MOTEUR]
    surplus = len(du_moteur) - PROPOSITIONS_PAR_CANDIDAT
    if surplus <= 0:
        return []
    indecises = sorted((p for p in du_moteur if _indecise(p)), key=lambda p: (p.score or 0, -p.pk))
    closes = clore(indecises[:surplus], MotifCloture.DOUBLON)
    choisies = [paire for paire in du_moteur if not _indecise(paire) and paire.vivante]
    for paire in choisies[: surplus - len(closes)]:
        paire.origine = Origine.MANUELLE
        paire.save()
    return closes


def _indecise(paire: MiseEnRelation) -> bool:
    return paire.etat == _M.NOUVELLE and paire.origine == Origine.MOTEUR and paire.interet_candidat_le is None


def _completer_le_profil(garde: Candidat, absorbe: Candidat) -> None:
    """The profile that is kept is the one that ANCT chose; only what it did not say comes from the other."""
    garde.telephone = garde.telephone or absorbe.telephone
    signes = [c.disponibilite_confirmee_le for c in (garde, absorbe) if c.disponibilite_confirmee_le]
    garde.disponibilite_confirmee_le = max(signes, default=None)
    garde.save()


def _mettre_fin(acteur: Acteur, garde: Candidat, absorbe: Candidat, motif: str) -> None:
    """The other registration is proposed no more, and its account has no candidate's space any longer."""
    MACHINE_CANDIDAT.franchir(absorbe, "fusionner", acteur=acteur)
    absorbe.fusionne_dans = garde
    absorbe.save()
    # One step leads from any registration to the one that is kept.
    for ancienne in toutes_sous_verrou(Candidat.objects.filter(fusionne_dans=absorbe)):
        ancienne.fusionne_dans = garde
        ancienne.save()
    for usage in (USAGE_CONFIRMATION, USAGE_DISPONIBILITE):
        revoquer_jetons(usage=usage, objet=absorbe)
    roles = Rattachement.objects.filter(utilisateur=absorbe.utilisateur, role=Role.CANDIDAT, fin_le__isnull=True)
    for rattachement in roles:
        comptes.retirer_membre(acteur=acteur, rattachement=rattachement, motif=motif)


def _exiger_motif(motif: str, maximum: int) -> str:
    motif = motif.strip()
    if not MOTIF_MIN <= len(motif) <= maximum:
        message = f"Dites comment vous le savez, en {MOTIF_MIN} à {maximum} caractères."
        raise RegleNonRespectee("R43", message, "motif")
    return motif
