"""R24: an official list of places or establishments, read and checked line by line."""

from __future__ import annotations

import re
from dataclasses import dataclass

from portal.commun.erreurs import RegleNonRespectee
from portal.commun.normalisation import normaliser
from portal.territoires.models import Commune
from structures.bilan import Bilan, accorder
from structures.faits import FAITS
from structures.identifiants import normaliser_siret
from structures.models import FaitPrioritaire
from structures.tableurs import Ligne, lire_tableur

COLONNES = {
    "lieu": ("Code INSEE ou SIRET", "Code INSEE", "Code commune", "INSEE", "insee_com", "SIRET", "Code"),
    "fait": ("Fait", "Fait prioritaire", "Dispositif"),
    "source": ("Source", "Origine"),
}
# The model file: the first title of each column, and a line that is right.
EXEMPLE = {
    titres[0]: valeur
    for titres, valeur in zip(COLONNES.values(), ("03190", "ACV", "ANCT, liste du 1er mars 2024"), strict=True)
}
SOURCE_MAX = 200
# The lists write a fact in many ways; FRR replaced ZRR on 1 July 2024.
AUTRES_NOMS = {
    "frr": "zone_rurale",
    "zrr frr": "zone_rurale",
    "france ruralites revitalisation": "zone_rurale",
    "zone de revitalisation rurale": "zone_rurale",
    "quartier prioritaire": "quartier_prioritaire",
    "quartier prioritaire de la politique de la ville": "quartier_prioritaire",
    "maison france services": "france_services",
}
NOMS = {normaliser(nom): fait for fait, noms in FAITS.items() for nom in (fait, *noms)} | AUTRES_NOMS
CODE_INSEE = re.compile(r"\d{4,5}|2[AB]\d{3}")


@dataclass(frozen=True, slots=True)
class FaitLu:
    """A line that is right: `commune` or `siret`, never both."""

    ligne: int
    fait: str
    commune: str
    siret: str
    source: str

    @property
    def cle(self) -> tuple[str, str]:
        return self.fait, self.siret or self.commune


def lire_faits(contenu: bytes, source: str = "") -> tuple[Bilan, list[FaitLu]]:
    """The lines of the file, each place and fact once; `source` stands for a line that gives none."""
    lignes = lire_tableur(contenu, COLONNES, ["lieu", "fait"], regle="R24")
    bilan = Bilan(lues=len(lignes))
    lus: dict[tuple[str, str], FaitLu] = {}
    for ligne in lignes:
        lu = _lire(ligne, source.strip(), bilan)
        if lu is None:
            continue
        # A commune with several districts is several times in the list of districts: said once.
        if lu.cle in lus:
            bilan.ignores += 1
        else:
            lus[lu.cle] = lu
    _verifier_communes(list(lus.values()), bilan)
    return bilan, list(lus.values())


@dataclass(frozen=True, slots=True)
class Ecart:
    """What a file changes in the lists."""

    nouveaux: list[FaitPrioritaire]
    modifies: list[FaitPrioritaire]
    retires: list[FaitPrioritaire]

    @property
    def poses(self) -> list[FaitPrioritaire]:
        """The lines whose places the file touches."""
        return [*self.nouveaux, *self.retires]


def comparer(bilan: Bilan, lus: list[FaitLu], *, remplacer: bool = False) -> Ecart:
    """What to create, what changes its source and, to `remplacer` a list, the lines that it no longer has; counts them.

    A list is that of one fact: those of the facts that the file does not name are left as they are.
    """
    connus = {
        (f.fait, f.siret or f.commune_id): f for f in FaitPrioritaire.objects.filter(fait__in={x.fait for x in lus})
    }
    nouveaux, modifies = [], []
    for lu in lus:
        connu = connus.get(lu.cle)
        if connu is None:
            nouveaux.append(
                FaitPrioritaire(fait=lu.fait, commune_id=lu.commune or None, siret=lu.siret, source=lu.source)
            )
        elif connu.source != lu.source:
            connu.source = lu.source
            modifies.append(connu)
    bilan.nouveaux, bilan.modifies = len(nouveaux), len(modifies)
    bilan.inchanges = len(lus) - len(nouveaux) - len(modifies)
    retires = []
    if remplacer:
        cles = {lu.cle for lu in lus}
        retires = [fait for cle, fait in connus.items() if cle not in cles]
        _dire_par_liste(bilan, lus, nouveaux, retires)
    bilan.retires = len(retires)
    return Ecart(nouveaux, modifies, retires)


def _dire_par_liste(
    bilan: Bilan, lus: list[FaitLu], nouveaux: list[FaitPrioritaire], retires: list[FaitPrioritaire]
) -> None:
    """The lists that the file replaces, each with its figures: a file with two facts replaces two of them."""
    for fait, (_, libelle) in FAITS.items():
        nombre = sum(lu.fait == fait for lu in lus)
        if nombre:
            ajoutes, otes = (sum(f.fait == fait for f in faits) for faits in (nouveaux, retires))
            bilan.remplacements.append(
                f"{libelle} : {accorder(ajoutes, 'lieu ajouté', 'lieux ajoutés')}, "
                f"{accorder(nombre - ajoutes, 'gardé', 'gardés')}, {accorder(otes, 'retiré', 'retirés')}"
            )


def _lire(ligne: Ligne, source: str, bilan: Bilan) -> FaitLu | None:
    avant = len(bilan.erreurs)
    if ligne.deborde:
        bilan.refuser(ligne.numero, "", "Cette ligne compte plus de cellules que de titres de colonnes.")
    if ligne.illisible:
        bilan.refuser(ligne.numero, "", "Des caractères sont illisibles : le fichier est dans un autre encodage.")
    fait = NOMS.get(normaliser(ligne["fait"]))
    if fait is None:
        connus = ", ".join(courts for courts, _ in FAITS.values())
        bilan.refuser(ligne.numero, "Fait", f"« {ligne['fait'][:60]} » n’est pas un fait connu : {connus}.")
    commune, siret = _lieu(ligne, bilan)
    source = ligne["source"] or source
    if not source:
        bilan.refuser(
            ligne.numero, "Source", "Indiquez d’où vient ce fait, par exemple « ANCT, liste du 1er mars 2024 »."
        )
    elif len(source) > SOURCE_MAX:
        bilan.refuser(ligne.numero, "Source", f"La source tient en {SOURCE_MAX} caractères.")
    return FaitLu(ligne.numero, fait, commune, siret, source) if fait and len(bilan.erreurs) == avant else None


def _lieu(ligne: Ligne, bilan: Bilan) -> tuple[str, str]:
    saisi = re.sub(r"[\s\u00a0\u202f.'-]", "", ligne["lieu"]).upper()
    if CODE_INSEE.fullmatch(saisi):
        # A spreadsheet drops the zero of the first nine départements.
        return saisi.zfill(5), ""
    if re.search(r"\dE\+", ligne["lieu"].upper()):
        message = "Le tableur a arrondi ce SIRET : mettez la colonne au format Texte, puis saisissez-le de nouveau."
        bilan.refuser(ligne.numero, "Code INSEE ou SIRET", message)
        return "", ""
    if len(saisi) == 14:
        try:
            return "", normaliser_siret(saisi)
        except RegleNonRespectee as refus:
            bilan.refuser(ligne.numero, "Code INSEE ou SIRET", refus.message)
            return "", ""
    message = f"« {ligne['lieu'][:30]} » n’est ni un code INSEE de commune (5 caractères) ni un SIRET (14 chiffres)."
    bilan.refuser(ligne.numero, "Code INSEE ou SIRET", message)
    return "", ""


def _verifier_communes(lus: list[FaitLu], bilan: Bilan) -> None:
    codes = {lu.commune for lu in lus if lu.commune}
    connues = set(Commune.objects.filter(pk__in=codes).values_list("pk", flat=True))
    for lu in lus:
        if lu.commune and lu.commune not in connues:
            message = f"Aucune commune n’a le code INSEE {lu.commune} : ce n’est pas un code postal ?"
            bilan.refuser(lu.ligne, "Code INSEE ou SIRET", message)
    bilan.erreurs.sort(key=lambda erreur: erreur.ligne)
