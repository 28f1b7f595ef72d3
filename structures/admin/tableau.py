"""The dashboard of prefectures, SGAR and ANCT: figures by territory, each one with its list (DOMAIN §2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from portal.commun.acteurs import Acteur
from portal.commun.exports import Colonne, exporter
from portal.commun.roles import ROLES_ADMIN
from portal.comptes.admin_pages import PageAdmin, declarer
from structures.admin.classement import campagnes_de
from structures.admin.filtres import FiltreEcheance, FiltreEtatCandidature, FiltreEtatPoste
from structures.enums import EtatDemande, EtatPoste
from structures.models import Campagne
from structures.tableau_de_bord import (
    HORS_EPCI,
    Chiffres,
    Echelle,
    Ligne,
    Tableau,
    Territoire,
    lire_territoire,
    tableau_de_bord,
)

NOM, NOM_EXPORT = "structures_tableau_de_bord", "structures_tableau_de_bord_export"
LARGEUR_BARRE = 1000


@dataclass(frozen=True, slots=True)
class Colonnes:
    """One figure of the table: which one, its words, the list of its rows and the filter that finds them."""

    champ: str
    libelle: str
    liste: str
    filtre: dict[str, str]


_A_DECIDER = {FiltreEtatCandidature.parameter_name: FiltreEtatCandidature.A_DECIDER}
_EN_COURS = {"etat__exact": EtatDemande.EN_COURS.value}


def _postes(champ: str, libelle: str, etat: str) -> Colonnes:
    return Colonnes(champ, libelle, "poste", {FiltreEtatPoste.parameter_name: etat})


COLONNES = (
    Colonnes("candidatures", "Candidatures à examiner", "candidature", _A_DECIDER),
    Colonnes("postes_candidatures", "Postes qu’elles demandent", "candidature", _A_DECIDER),
    Colonnes("demandes", "Demandes de postes en cours", "demandepostes", _EN_COURS),
    Colonnes("postes_demandes", "Postes de ces demandes", "demandepostes", _EN_COURS),
    _postes("accordes", "Postes accordés", FiltreEtatPoste.ACCORDES),
    _postes("pourvus", "Pourvus", EtatPoste.POURVU.value),
    _postes("reserves", "Candidat validé", EtatPoste.RESERVE.value),
    _postes("vacants", "À pourvoir", EtatPoste.A_POURVOIR.value),
    Colonnes("en_retard", "Échéance dépassée", "poste", {FiltreEcheance.parameter_name: FiltreEcheance.DEPASSEE}),
)


def vue_tableau(request: HttpRequest) -> HttpResponse:
    tableau = _lire(request)
    cellules = _Cellules(request.acteur, tableau)
    suffixe = _requete(_parametres(tableau.territoire, tableau.campagne))
    contexte = {
        **admin.site.each_context(request),
        "title": f"Tableau de bord – {tableau.territoire.nom}",
        "tableau": tableau,
        "colonnes": COLONNES,
        "total": cellules.de(tableau.total),
        "lignes": [
            {"ligne": ligne, "lien": _lien_vers(tableau, ligne), "cellules": cellules.de(ligne)}
            for ligne in tableau.lignes
        ],
        "barres": list(_barres(tableau)),
        "fil": list(_fil(request.acteur, tableau)),
        "campagnes": campagnes_de(request.acteur),
        "caches": _parametres(tableau.territoire, None),
        "exports": [
            (libelle, reverse(f"admin:{NOM_EXPORT}", args=[format]) + suffixe)
            for format, libelle in (("csv", "Exporter en CSV"), ("xlsx", "Exporter en XLSX"))
        ],
    }
    return TemplateResponse(request, "admin/structures/tableau.html", contexte)


def vue_export(request: HttpRequest, format: str) -> HttpResponse:
    if format not in ("csv", "xlsx"):
        raise Http404
    tableau = _lire(request)
    colonnes = [
        Colonne(f"Code ({tableau.echelle.libelle})", lambda ligne: "" if ligne.code == HORS_EPCI else ligne.code),
        Colonne(tableau.echelle.libelle, "nom"),
        *(Colonne(colonne.libelle, f"chiffres.{colonne.champ}") for colonne in COLONNES),
    ]
    return exporter(
        f"tableau-de-bord-{tableau.territoire.nom}", colonnes, [*tableau.lignes, tableau.total], format=format
    )


def _lire(request: HttpRequest) -> Tableau:
    demandes = {echelle: request.GET.get(echelle.parametre, "")[:9] for echelle in Echelle}
    territoire = lire_territoire(
        request.acteur, demandes[Echelle.REGION], demandes[Echelle.DEPARTEMENT], demandes[Echelle.EPCI]
    )
    code = request.GET.get("campagne", "")[:60]
    campagne = Campagne.objects.filter(code=code).first() if code else None
    return tableau_de_bord(request.acteur, territoire, campagne)


# --- addresses ------------------------------------------------------------------------------------------------------


def _parametres(territoire: Territoire, campagne: Campagne | None) -> dict[str, str]:
    """The address of the dashboard of a territory."""
    parametres = {}
    if territoire.departement:
        parametres[Echelle.DEPARTEMENT.parametre] = territoire.departement.code
        if territoire.epci or territoire.hors_epci:
            parametres[Echelle.EPCI.parametre] = territoire.epci.code if territoire.epci else HORS_EPCI
    elif territoire.region:
        parametres[Echelle.REGION.parametre] = territoire.region.code
    return parametres | ({"campagne": campagne.code} if campagne else {})


def _requete(parametres: dict[str, str]) -> str:
    return f"?{urlencode(parametres)}" if parametres else ""


def _adresse(territoire: Territoire, campagne: Campagne | None, **plus: str) -> str:
    return reverse(f"admin:{NOM}") + _requete({**_parametres(territoire, campagne), **plus})


def _lien_vers(tableau: Tableau, ligne: Ligne) -> str:
    """Down one level; a commune has no table of its own."""
    if tableau.echelle is Echelle.COMMUNE or ligne.code is None:
        return ""
    return _adresse(tableau.territoire, tableau.campagne, **{tableau.echelle.parametre: ligne.code})


def _fil(acteur: Acteur, tableau: Tableau) -> Iterator[tuple[str, str]]:
    """The levels above, from where the perimeter of the role starts."""
    ici = tableau.territoire
    depart = lire_territoire(acteur)
    niveaux = [Territoire(), Territoire(ici.region), Territoire(ici.region, ici.departement)]
    vus: list[Territoire] = []
    for niveau in niveaux:
        dedans = niveau == depart or bool(vus)
        # A perimeter of several départements has no région to go through.
        sauter = niveau.region and not niveau.departement and acteur.departements and not acteur.regions
        if niveau != ici and dedans and not sauter and niveau not in vus:
            vus.append(niveau)
    for niveau in vus:
        nom = "Mon périmètre" if acteur.departements and niveau == Territoire() else niveau.nom
        yield nom, _adresse(niveau, tableau.campagne)


class _Cellules:
    """The figures of a row, each with the address of the list of exactly what it counts."""

    def __init__(self, acteur: Acteur, tableau: Tableau) -> None:
        self.tableau = tableau
        self.listes = {nom: reverse(f"admin:structures_{nom}_changelist") for nom in {c.liste for c in COLONNES}}
        self.communs = self._territoire(acteur, tableau.territoire)
        if tableau.campagne:
            self.communs["campagne__id__exact"] = str(tableau.campagne.pk)

    @staticmethod
    def _territoire(acteur: Acteur, territoire: Territoire) -> dict[str, str]:
        parametres = _parametres(territoire, None)
        if acteur.departements:
            # The lists are those of the perimeter already: they offer no région to choose.
            parametres.pop(Echelle.REGION.parametre, None)
        return parametres

    def de(self, ligne: Ligne) -> list[dict[str, Any]]:
        lieu = dict(self.communs)
        if ligne.code is not None:
            lieu[self.tableau.echelle.parametre] = ligne.code
            if self.tableau.echelle is Echelle.DEPARTEMENT:
                lieu.pop(Echelle.REGION.parametre, None)
        return [self._cellule(colonne, ligne, lieu) for colonne in COLONNES]

    def _cellule(self, colonne: Colonnes, ligne: Ligne, lieu: dict[str, str]) -> dict[str, Any]:
        nombre = getattr(ligne.chiffres, colonne.champ)
        lien = f"{self.listes[colonne.liste]}{_requete({**lieu, **colonne.filtre})}" if nombre else ""
        return {"colonne": colonne, "nombre": nombre, "lien": lien}


# --- chart ----------------------------------------------------------------------------------------------------------


def _barres(tableau: Tableau) -> Iterator[dict[str, Any]]:
    """Two bars per territory on one scale: what was granted, in parts; what is asked for."""
    visibles = [ligne for ligne in tableau.lignes if not ligne.chiffres.vide]
    plus = max((max(ligne.chiffres.accordes, ligne.chiffres.demandes_en_tout) for ligne in visibles), default=0)
    for ligne in visibles:
        yield {"ligne": ligne, "parts": list(_parts(ligne.chiffres, plus)), "texte": _texte(ligne.chiffres)}


def _parts(chiffres: Chiffres, plus: int) -> Iterator[dict[str, Any]]:
    x = 0
    for classe, nombre in (
        ("pourvus", chiffres.pourvus),
        ("reserves", chiffres.reserves),
        ("vacants", chiffres.vacants),
    ):
        largeur = round(nombre * LARGEUR_BARRE / plus) if plus else 0
        if largeur:
            yield {"classe": classe, "x": x, "y": 0, "largeur": largeur}
        x += largeur
    if chiffres.demandes_en_tout and plus:
        largeur = round(chiffres.demandes_en_tout * LARGEUR_BARRE / plus)
        yield {"classe": "demandes", "x": 0, "y": 14, "largeur": max(largeur, 1)}


def _texte(chiffres: Chiffres) -> str:
    return (
        f"{chiffres.accordes} accordés, dont {chiffres.pourvus} pourvus, {chiffres.reserves} avec un candidat validé "
        f"et {chiffres.vacants} à pourvoir ; {chiffres.demandes_en_tout} demandés"
    )


declarer(
    PageAdmin("structures/tableau-de-bord/", NOM, require_safe(vue_tableau), ROLES_ADMIN, "Tableau de bord des postes")
)
declarer(
    PageAdmin("structures/tableau-de-bord/export/<str:format>/", NOM_EXPORT, require_safe(vue_export), ROLES_ADMIN)
)
