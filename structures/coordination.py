"""The five cases of a coordinator's post (S2, II.a): what each one means, asks and brings. Pure data and functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from portal.commun.erreurs import Manquement

# S2 asks that every employing structure of the perimeter be consulted, and gives no figure for it. The whole answer to
# an application takes two months at most (R2): a fortnight leaves the prefecture the time to read the answers.
DELAI_REPONSE = timedelta(days=15)
RELANCE_AVANT = timedelta(days=5)
DEPARTEMENTS_MAX = 3

POSTE, PERSONNE, FIN, PRECISIONS = (
    "poste_concerne",
    "personne_en_poste",
    "poste_actuel_fin_le",
    "poste_existant_precisions",
)
CHAMPS = (POSTE, PERSONNE, FIN, PRECISIONS)


@dataclass(frozen=True)
class Cas:
    """`beneficiaire`: open to structures that have posts of the scheme, or to those that have none.

    `champs`: what is asked besides the common questions; those of `facultatifs` may stay empty. `nouveau_poste`: False
    when a post that exists changes, so that one post is asked and its occupant is known.
    """

    code: str
    titre: str
    explication: str
    suite: str
    beneficiaire: bool
    nouveau_poste: bool
    champs: tuple[str, ...] = ()
    facultatifs: tuple[str, ...] = ()
    source: str = "S2, II.a et III.b"


AVENANT = (
    "Un avenant à votre convention en tiendra compte. Le financement du poste de coordinateur commencera à la fin de "
    "la période initiale et remplacera le renouvellement de trois ans."
)

CAS: dict[str, Cas] = {
    cas.code: cas
    for cas in (
        Cas(
            code="prolongation",
            titre="Prolonger un poste de coordination",
            explication="Vous portez déjà un poste de coordination du dispositif et demandez que l’aide continue.",
            suite=AVENANT,
            beneficiaire=True,
            nouveau_poste=False,
            champs=(POSTE, PERSONNE, FIN),
        ),
        Cas(
            code="role",
            titre="Confier la coordination à un poste existant",
            explication="L’un de vos postes de conseiller numérique reçoit un rôle de coordination.",
            suite=f"{AVENANT} Si la personne en poste reste, son contrat de travail devra le mentionner.",
            beneficiaire=True,
            nouveau_poste=False,
            champs=(POSTE, PERSONNE),
            facultatifs=(PERSONNE,),
        ),
        Cas(
            code="supplementaire",
            titre="Ajouter un poste de coordination",
            explication="Vous demandez un poste de plus que ceux que vous avez déjà.",
            suite="Ce poste aura sa propre convention ; celle de vos autres postes ne change pas.",
            beneficiaire=True,
            nouveau_poste=True,
        ),
        Cas(
            code="creation",
            titre="Créer un poste de coordination",
            explication="Vous n’avez pas de poste du dispositif et voulez en créer un pour coordonner.",
            suite="Après l’accord, vous recruterez puis demanderez une convention pour ce poste.",
            beneficiaire=False,
            nouveau_poste=True,
            source="S2, II.a et III.a",
        ),
        Cas(
            code="integration",
            titre="Faire entrer un poste de coordination dans le dispositif",
            explication="Vous portez déjà un poste de coordination, hors du dispositif, et voulez l’y faire entrer.",
            suite="Après l’accord, vous demanderez une convention pour ce poste.",
            beneficiaire=False,
            nouveau_poste=True,
            champs=(PERSONNE, FIN, PRECISIONS),
            facultatifs=(PERSONNE, FIN),
            source="S2, II.a et III.a",
        ),
    )
}


def verifier_cas(reponses: Mapping[str, object], *, beneficiaire: bool) -> list[Manquement]:
    """R20 (S2, II.a): a case the structure may be in, and what this case asks."""
    cas = CAS.get(str(reponses.get("cas_coordinateur") or ""))
    if cas is None:
        return []
    manquements = []
    refus = refus_du_cas(cas, beneficiaire=beneficiaire)
    if refus:
        manquements.append(Manquement("R20", refus, "cas_coordinateur"))
    manquants = [champ for champ in cas.champs if champ not in cas.facultatifs and not reponses.get(champ)]
    manquements += [Manquement("R20", MANQUES[champ], champ) for champ in manquants]
    if not cas.nouveau_poste and reponses.get("nb_conseillers") != 1:
        message = "Ce cas porte sur un poste qui existe déjà : un seul poste par candidature."
        manquements.append(Manquement("R20", message, "nb_conseillers"))
    return manquements


MANQUES = {
    POSTE: "Indiquez le numéro du poste concerné.",
    PERSONNE: "Indiquez le nom de la personne qui occupe ce poste.",
    FIN: "Indiquez la date de fin du financement actuel.",
    PRECISIONS: "Décrivez le poste actuel : missions, temps de travail, financement.",
}


def refus_du_cas(cas: Cas, *, beneficiaire: bool) -> str:
    """Why a structure is not in the case it chose, or nothing."""
    if cas.beneficiaire == beneficiaire:
        return ""
    titres = " » ou « ".join(autre.titre for autre in CAS.values() if autre.beneficiaire == beneficiaire)
    if beneficiaire:
        return f"Cet établissement a déjà un poste du dispositif : choisissez « {titres} »."
    return (
        "Aucun poste du dispositif n’est enregistré pour cet établissement. S’il n’en a pas, choisissez "
        f"« {titres} » ; s’il en a sous un autre SIRET, indiquez ce SIRET."
    )


def change_un_poste(code: str) -> bool:
    """S2, II.a: the case of a post that exists (« prolongation », « role »): its decision makes no new one."""
    cas = CAS.get(code)
    return cas is not None and not cas.nouveau_poste


def phrase_du_poste(code: str, numero: int) -> str:
    """What the decision says of the post that exists, in the middle of a sentence."""
    verbe = "reste" if code == "prolongation" else "devient"
    return f"le poste n° {numero} {verbe} un poste de coordinateur, sans nouveau poste"


def oublier_les_autres_cas(reponses: Mapping[str, object]) -> dict[str, object]:
    """The answers without those that only another case asks: somebody may have changed their mind."""
    cas = CAS.get(str(reponses.get("cas_coordinateur") or ""))
    vides: dict[str, object] = {POSTE: None, PERSONNE: "", FIN: None, PRECISIONS: ""}
    if cas is None:
        return dict(reponses)
    return {**reponses, **{champ: vides[champ] for champ in CHAMPS if champ not in cas.champs}}


# --- the consultation of the employing structures (S2, I.b) ---------------------------------------------------------


def echeance_reponse(interrogee_le: date) -> date:
    """The last day on which an answer is expected."""
    return interrogee_le + DELAI_REPONSE


def relance_due(repondre_avant_le: date, le: date) -> bool:
    """One reminder, from five days before the deadline until that day."""
    return repondre_avant_le - RELANCE_AVANT <= le <= repondre_avant_le


def silence_du(repondre_avant_le: date, le: date) -> bool:
    """Silence is recorded once the deadline's day is over: that day is still in time."""
    return le > repondre_avant_le
