"""R25: the opinions of a spreadsheet typed by hand, read and checked line by line (hard cases 2 and 23).

The titles are those of our own export (`export_comite`): a file exported and sent back unchanged changes nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from portal.commun.acteurs import Acteur
from portal.commun.erreurs import RegleNonRespectee
from portal.commun.normalisation import normaliser
from portal.commun.roles import Role
from portal.commun.verrous import toutes_sous_verrou
from structures.avis import ContenuAvis, verifier_cedante
from structures.bilan import Bilan, Changement
from structures.classement import RANG_MAX
from structures.enums import ETATS_A_EXAMINER, SensAvis
from structures.export_comite import TITRES_AVIS
from structures.models import Avis, Candidature, Structure
from structures.regles import verifier_avis
from structures.tableurs import Ligne, lire_tableur

COLONNES = {
    "numero": (TITRES_AVIS["numero"], "Numéro de la candidature", "n°", "ID", "idPG"),
    "identifiant": (TITRES_AVIS["identifiant"], "SIRET", "RIDET"),
    "structure": ("Structure", "Nom de la structure"),
    "sens": (TITRES_AVIS["sens"], "Avis"),
    "nb_postes": (TITRES_AVIS["nb_postes"], "Nombre de postes proposé"),
    "rang": (TITRES_AVIS["rang"], "Rang dans le département"),
    "commentaire": (TITRES_AVIS["commentaire"], "Commentaire"),
    "cedante_nom": ("Structure cédante",),
    "structure_cedante": (TITRES_AVIS["structure_cedante"], "SIRET de la structure à qui reprendre un poste"),
}
OBLIGATOIRES = ("numero", "sens", "nb_postes", "commentaire")
DE_L_AVIS = ("sens", "nb_postes", "rang", "commentaire", "structure_cedante", "cedante_nom")
SENS = {normaliser(texte): sens.value for sens in SensAvis for texte in (sens.value, sens.label)}
POSTES_MAX = 200
NUMERO_MAX = 2**31 - 1
ENTIER = re.compile(r"\d{1,9}(?:[.,]0+)?")
ARRONDI = re.compile(r"\d[eE]\+?\d")


@dataclass(slots=True)
class AvisLu:
    """A line that is right, and the opinion it would replace."""

    ligne: int
    candidature: Candidature
    courant: Avis | None
    contenu: ContenuAvis


def lire_avis(
    acteur: Acteur, contenu: bytes, *, verrou: bool = False, departements: frozenset[str] | None = None
) -> tuple[Bilan, list[AvisLu]]:
    """What a file would write for this actor; with `verrou`, inside a verb, on applications under lock."""
    lignes = lire_tableur(contenu, COLONNES, OBLIGATOIRES, regle="R25")
    if acteur.est(Role.PREFECTURE):
        departements = acteur.departements
    return _Lecteur(lignes, departements, verrou).lire()


class _Lecteur:
    """Reads every object that the lines name in a constant number of queries, then checks them one by one."""

    def __init__(self, lignes: list[Ligne], departements: frozenset[str] | None, verrou: bool) -> None:
        self.lignes, self.departements = lignes, departements
        self.bilan = Bilan(lues=len(lignes))
        numeros = {entier(ligne["numero"]) for ligne in lignes}
        candidatures = Candidature.objects.filter(numero__in={n for n in numeros if n and n <= NUMERO_MAX})
        lies = ("campagne", "structure__commune__departement", "commune__departement")
        candidatures = (
            toutes_sous_verrou(candidatures, *lies) if verrou else candidatures.select_related(*lies).order_by("pk")
        )
        self.par_numero = {candidature.numero: candidature for candidature in candidatures}
        avis = Avis.objects.filter(candidature__in=self.par_numero.values(), en_vigueur=True)
        self.courants = {a.candidature_id: a for a in avis.select_related("structure_cedante")}
        sirets = {_chiffres(ligne["identifiant"]) for ligne in lignes if not entier(ligne["numero"])} - {""}
        self.numeros_par_siret = defaultdict(list)
        for siret, ridet, numero in self._visibles(sirets):
            self.numeros_par_siret[siret or ridet].append(numero)
        cedantes = {_chiffres(ligne["structure_cedante"]) for ligne in lignes} - {""}
        self.cedantes = {
            s.identifiant: s
            for champ in ("siret", "ridet")
            for s in Structure.objects.filter(**{f"{champ}__in": cedantes}).select_related("commune")
        }
        self.deja: dict[int, int] = {}

    def _visibles(self, sirets: set[str]) -> Iterable[tuple[str | None, str | None, int]]:
        candidatures = Candidature.objects.filter(etat__in=ETATS_A_EXAMINER)
        if self.departements is not None:
            candidatures = candidatures.filter(commune__departement__in=self.departements)
        for champ in ("siret", "ridet"):
            yield from candidatures.filter(**{f"{champ}__in": sirets}).values_list("siret", "ridet", "numero")

    def lire(self) -> tuple[Bilan, list[AvisLu]]:
        lus = [lu for ligne in self.lignes if (lu := self._lire(ligne)) is not None]
        self.bilan.nouveaux = sum(lu.courant is None for lu in lus)
        self.bilan.modifies = len(lus) - self.bilan.nouveaux
        if not self.bilan.erreurs:
            self.bilan.avertissements = _rangs_en_double(lus)
        self.bilan.changements = [
            Changement(
                lu.ligne,
                f"n° {lu.candidature.numero}, {lu.candidature.nom}",
                _resume(ContenuAvis.de(lu.courant)) if lu.courant else "Sans avis",
                _resume(lu.contenu),
            )
            for lu in lus
        ]
        return self.bilan, lus

    def _lire(self, ligne: Ligne) -> AvisLu | None:
        avant = len(self.bilan.erreurs)
        if ligne.deborde:
            message = "Cette ligne compte plus de cellules que de titres : mettez le commentaire entre guillemets."
            self.bilan.refuser(ligne.numero, "", message)
        candidature = self._candidature(ligne)
        if not any(ligne[cle] for cle in DE_L_AVIS):
            self.bilan.ignores += len(self.bilan.erreurs) == avant
            return None
        if ligne.illisible:
            message = "Des caractères sont illisibles : le fichier est dans un autre encodage."
            self.bilan.refuser(ligne.numero, "", message)
        contenu = self._contenu(ligne)
        if candidature is None or contenu is None or len(self.bilan.erreurs) > avant:
            return None
        courant = self.courants.get(candidature.pk)
        if courant is not None and contenu == ContenuAvis.de(courant):
            self.bilan.inchanges += 1
            return None
        if candidature.etat not in ETATS_A_EXAMINER:
            message = (
                f"L’avis sur la candidature n° {candidature.numero} ne peut plus changer : elle est "
                f"« {candidature.etat_institution} »."
            )
            self.bilan.refuser(ligne.numero, TITRES_AVIS["sens"], message)
            return None
        if contenu.structure_cedante_id and not self._cedante_possible(ligne, candidature, courant):
            return None
        return AvisLu(ligne.numero, candidature, courant, contenu)

    # --- which application ---

    def _candidature(self, ligne: Ligne) -> Candidature | None:
        refuser = self.bilan.refuser
        titre = TITRES_AVIS["numero"]
        numero = entier(ligne["numero"])
        if not ligne["numero"]:
            refuser(ligne.numero, titre, self._sans_numero(ligne))
            return None
        if not numero:
            refuser(ligne.numero, titre, f"« {ligne['numero'][:30]} » n’est pas un numéro de candidature.")
            return None
        candidature = self.par_numero.get(numero)
        if candidature is None:
            refuser(ligne.numero, titre, f"La candidature n° {numero} n’existe pas.")
            return None
        if self.departements is not None and candidature.commune.departement_id not in self.departements:
            refuser(ligne.numero, titre, f"La candidature n° {numero} ne relève pas de votre département.")
            return None
        if numero in self.deja:
            message = f"La candidature n° {numero} est déjà à la ligne {self.deja[numero]} : gardez une seule ligne."
            refuser(ligne.numero, titre, message)
            return None
        self.deja[numero] = ligne.numero
        identifiant = ligne["identifiant"]
        if identifiant and not ARRONDI.search(identifiant) and not _meme_identifiant(identifiant, candidature):
            message = f"Cet identifiant n’est pas celui de la candidature n° {numero} ({candidature.nom})."
            refuser(ligne.numero, TITRES_AVIS["identifiant"], message)
            return None
        return candidature

    def _sans_numero(self, ligne: Ligne) -> str:
        """Hard case 23: a SIRET alone, or the name of a structure that nobody knows."""
        numeros = sorted(set(self.numeros_par_siret.get(_chiffres(ligne["identifiant"]), [])))
        if numeros:
            liste = " ou ".join(f"n° {numero}" for numero in numeros)
            return f"Le numéro de la candidature manque : indiquez {liste} pour cet établissement."
        if ligne["identifiant"]:
            return "Le numéro manque, et aucune candidature à examiner n’a ce SIRET dans votre territoire."
        nom = f" de « {ligne['structure'][:60]} »" if ligne["structure"] else ""
        return f"Le numéro de la candidature{nom} manque : il est dans le tableau exporté."

    # --- what it says ---

    def _contenu(self, ligne: Ligne) -> ContenuAvis | None:
        avant = len(self.bilan.erreurs)
        sens = SENS.get(normaliser(ligne["sens"]), "")
        nb_postes = self._nombre(ligne, "nb_postes", POSTES_MAX)
        rang = self._nombre(ligne, "rang", RANG_MAX)
        for manquement in verifier_avis(sens, nb_postes, ligne["commentaire"], rang):
            if not (manquement.champ == "nb_postes" and ligne["nb_postes"] and nb_postes is None):
                self.bilan.refuser(ligne.numero, TITRES_AVIS[manquement.champ or "sens"], manquement.message)
        cedante = self._cedante(ligne)
        if len(self.bilan.erreurs) > avant:
            return None
        return ContenuAvis(sens, nb_postes or 0, rang, ligne["commentaire"].strip(), cedante.pk if cedante else None)

    def _nombre(self, ligne: Ligne, cle: str, maximum: int) -> int | None:
        if not ligne[cle]:
            return None
        nombre = entier(ligne[cle])
        if nombre is None or nombre > maximum:
            message = f"« {ligne[cle][:30]} » n’est pas un nombre entier de 0 à {maximum}."
            self.bilan.refuser(ligne.numero, TITRES_AVIS[cle], message)
            return None
        return nombre

    def _cedante(self, ligne: Ligne) -> Structure | None:
        titre, saisi = TITRES_AVIS["structure_cedante"], ligne["structure_cedante"]
        if not saisi:
            if ligne["cedante_nom"]:
                self.bilan.refuser(ligne.numero, titre, "Indiquez aussi le SIRET de la structure cédante.")
            return None
        if (structure := self.cedantes.get(_chiffres(saisi))) is None:
            self.bilan.refuser(ligne.numero, titre, f"Aucune structure n’a l’identifiant « {saisi[:30]} ».")
        return structure

    def _cedante_possible(self, ligne: Ligne, candidature: Candidature, courant: Avis | None) -> bool:
        structure = self.cedantes[_chiffres(ligne["structure_cedante"])]
        if courant is not None and courant.structure_cedante_id == structure.pk:
            return True
        try:
            verifier_cedante(candidature, structure)
        except RegleNonRespectee as refus:
            self.bilan.refuser(ligne.numero, TITRES_AVIS["structure_cedante"], refus.message)
            return False
        return True


def entier(texte: str) -> int | None:
    """A whole number as a spreadsheet writes it (« 3 », « 3,0 »); None for anything else."""
    serre = re.sub(r"\s", "", texte)
    return int(re.split("[.,]", serre)[0]) if ENTIER.fullmatch(serre) else None


def _chiffres(texte: str) -> str:
    return re.sub(r"\D", "", texte)


def _meme_identifiant(saisi: str, candidature: Candidature) -> bool:
    # A spreadsheet that took the identifier for a number dropped its leading zeros.
    return _chiffres(saisi).lstrip("0") == candidature.identifiant.lstrip("0")


def _resume(contenu: ContenuAvis) -> str:
    s = "s" if contenu.nb_postes > 1 else ""
    rang = f", rang {contenu.rang}" if contenu.rang else ""
    return f"{SensAvis(contenu.sens).label}, {contenu.nb_postes} poste{s}{rang} : {contenu.commentaire}"


def _rangs_en_double(lus: list[AvisLu]) -> list[str]:
    """R25: told, never refused."""
    par_rang: dict[tuple[str, str, int], list[int]] = defaultdict(list)
    for lu in lus:
        if lu.contenu.rang:
            cle = (lu.candidature.commune.departement_id, lu.candidature.campagne.nom, lu.contenu.rang)
            par_rang[cle].append(lu.candidature.numero)
    return [
        f"Rang {rang} donné plusieurs fois dans le département {departement}, {campagne} : "
        + ", ".join(f"n° {numero}" for numero in numeros)
        for (departement, campagne, rang), numeros in sorted(par_rang.items())
        if len(numeros) > 1
    ]
