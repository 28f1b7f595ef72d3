"""Filters of the lists; each one only proposes what is in the perimeter of who reads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from portal.commun.acteurs import Acteur
from portal.territoires.models import Commune, Departement, Epci, Region
from structures import acces
from structures.a_faire import CANDIDATURES, CHANGEMENTS, COMITES, DEMANDES, Tache
from structures.enums import (
    ETATS_A_EXAMINER,
    ETATS_A_RECRUTER,
    ETATS_POSTE_COMPTE,
    LIBELLES_INSTITUTION,
    Decision,
    EtatCandidature,
    EtatComite,
    EtatPoste,
    SensAvis,
)
from structures.faits import FAITS
from structures.forms.concertation import DEPARTEMENTS_AVEC_EPCI
from structures.models import Avis, LigneComite, Poste
from structures.regimes import CodeRegime


class FiltreRegion(admin.SimpleListFilter):
    """For those who see several régions; the perimeter of the others is narrower."""

    title = "région"
    parameter_name = "region"
    chemin = "commune__region"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [] if request.acteur.departements else list(Region.objects.values_list("code", "nom"))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**{self.chemin: self.value()}) if self.value() else queryset


def perimetre(acteur: Acteur) -> QuerySet[Departement]:
    """The départements offered to an acting role: its own, or all; those of the rows would be a pass over them all."""
    departements = Departement.objects.order_by("code")
    return departements.filter(pk__in=acteur.departements) if acteur.departements else departements


class FiltreDepartement(admin.SimpleListFilter):
    title = "département"
    parameter_name = "departement"
    chemin = "commune__departement"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(d.code, f"{d.nom} ({d.code})") for d in perimetre(request.acteur)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**{self.chemin: self.value()}) if self.value() else queryset


class FiltreEpci(admin.SimpleListFilter):
    """Those of the rows that the acting role sees, in the département chosen when there is one."""

    title = "EPCI"
    parameter_name = "epci"
    chemin = "commune__epci"
    chemin_departement = "commune__departement"
    HORS = "aucun"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        visibles = type(model_admin).visibles_par(request.acteur).order_by()
        if departement := request.GET.get(FiltreDepartement.parameter_name):
            visibles = visibles.filter(**{self.chemin_departement: departement})
        elif not 0 < len(request.acteur.departements) <= DEPARTEMENTS_AVEC_EPCI:
            # Over a larger territory the list would be too long to be read: the département is chosen first.
            choisi = Epci.objects.filter(pk=request.GET.get(self.parameter_name, "")[:9])
            return [*choisi.values_list("code", "nom"), (self.HORS, "Hors EPCI")]
        epcis = Epci.objects.filter(pk__in=visibles.values(self.chemin))
        return [*epcis.order_by("nom_normalise").values_list("code", "nom"), (self.HORS, "Hors EPCI")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == self.HORS:
            return queryset.filter(**{f"{self.chemin}__isnull": True})
        return queryset.filter(**{self.chemin: self.value()}) if self.value() else queryset


class FiltreCommune(admin.SimpleListFilter):
    """One commune: comes from the dashboard, and is only offered then."""

    title = "commune"
    parameter_name = "commune"
    chemin = "commune"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        code = request.GET.get(self.parameter_name, "")
        return list(Commune.objects.filter(pk=code[:5]).values_list("code", "nom")) if code else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**{self.chemin: self.value()}) if self.value() else queryset


class FiltreRegionPoste(FiltreRegion):
    chemin = "structure__commune__region"


class FiltreDepartementPoste(FiltreDepartement):
    chemin = "structure__commune__departement"


class FiltreEpciPoste(FiltreEpci):
    chemin = "structure__commune__epci"
    chemin_departement = "structure__commune__departement"


class FiltreCommunePoste(FiltreCommune):
    chemin = "structure__commune"


class FiltreFusion(admin.SimpleListFilter):
    """R22: a structure merged into another is read for its history, on demand."""

    title = "fusion"
    parameter_name = "fusion"
    FUSIONNEES = "oui"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(self.FUSIONNEES, "Fusionnées dans une autre")]

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        toutes, *autres = super().choices(changelist)
        yield {**toutes, "display": "Structures en propre"}
        yield from autres

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(fusionnee_dans__isnull=self.value() != self.FUSIONNEES)


class FiltreRegime(admin.SimpleListFilter):
    title = "régime"
    parameter_name = "regime"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return CodeRegime.choix()

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(regime=self.value()) if self.value() else queryset


class FiltreEtatCandidature(admin.SimpleListFilter):
    """In the words of the institutions."""

    title = "état"
    parameter_name = "etat"
    A_DECIDER = "a-decider"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        etats = [(etat.value, LIBELLES_INSTITUTION[etat]) for etat in EtatCandidature]
        return [(self.A_DECIDER, "En attente d’une décision (à examiner ou en examen complémentaire)"), *etats]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == self.A_DECIDER:
            return queryset.filter(etat__in=ETATS_A_EXAMINER)
        return queryset.filter(etat=self.value()) if self.value() else queryset


class FiltreEtatPoste(admin.SimpleListFilter):
    title = "état"
    parameter_name = "etat"
    ACCORDES = "accordes"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(self.ACCORDES, "Accordés, ni rendus ni retirés"), *EtatPoste.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == self.ACCORDES:
            return queryset.filter(etat__in=ETATS_POSTE_COMPTE)
        return queryset.filter(etat=self.value()) if self.value() else queryset


class FiltreAvis(admin.SimpleListFilter):
    """R25: with or without an opinion, and which one."""

    title = "avis de la préfecture"
    parameter_name = "avis"
    SANS = "sans"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(self.SANS, "Sans avis"), *SensAvis.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        avis = Avis.objects.filter(candidature=OuterRef("pk"), en_vigueur=True)
        if self.value() == self.SANS:
            return queryset.filter(~Exists(avis))
        return queryset.filter(Exists(avis.filter(sens=self.value()))) if self.value() else queryset


class FiltreFait(admin.SimpleListFilter):
    """R24."""

    title = "fait prioritaire"
    parameter_name = "fait"
    prefixe = "structure__"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(champ, libelles[1]) for champ, libelles in FAITS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**{f"{self.prefixe}{self.value()}": True}) if self.value() in FAITS else queryset


class FiltreFaitStructure(FiltreFait):
    prefixe = ""


def en_retard_de_recrutement(postes: QuerySet[Poste]) -> QuerySet[Poste]:
    """R30: not filled, and the deadline is past."""
    return postes.filter(etat__in=ETATS_A_RECRUTER, echeance_recrutement__lt=timezone.localdate())


class FiltreEcheance(admin.SimpleListFilter):
    """R30: the posts whose time to recruit is over, or nearly."""

    title = "échéance de recrutement"
    parameter_name = "echeance"
    DEPASSEE = "depassee"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(self.DEPASSEE, "Échéance dépassée"), ("quinze-jours", "Dans les quinze jours")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        aujourdhui = timezone.localdate()
        en_cours = queryset.filter(etat__in=ETATS_A_RECRUTER)
        if self.value() == self.DEPASSEE:
            return en_retard_de_recrutement(queryset)
        if self.value() == "quinze-jours":
            fin = aujourdhui + dt.timedelta(days=15)
            return en_cours.filter(echeance_recrutement__range=(aujourdhui, fin))
        return queryset


class FiltreAFaire(admin.SimpleListFilter):
    """What the home page of the administration counts for the acting role, row by row."""

    title = "travail à faire"
    parameter_name = "a_faire"
    taches: tuple[Tache, ...] = ()

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(tache.cle, tache.filtre) for tache in self.taches if request.acteur.est(*tache.roles)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        choisie = next((tache for tache in self.taches if tache.cle == self.value()), None)
        return queryset.filter(choisie.condition()) if choisie else queryset


class FiltreCandidaturesAFaire(FiltreAFaire):
    taches = CANDIDATURES


class FiltreComitesAFaire(FiltreAFaire):
    taches = COMITES


class FiltreDemandesAFaire(FiltreAFaire):
    taches = DEMANDES


class FiltreChangementsAFaire(FiltreAFaire):
    taches = CHANGEMENTS


class FiltreRetenuesPar(admin.SimpleListFilter):
    """The applications granted by one closed committee: comes from its page, and is only offered then."""

    title = "comité qui a retenu"
    parameter_name = "comite"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        numero = request.GET.get(self.parameter_name, "")
        return [(numero, f"Comité n° {numero}")] if _entier(numero) else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not _entier(self.value() or ""):
            return queryset
        comites = acces.comites_visibles_par(request.acteur).filter(numero=self.value(), etat=EtatComite.CLOS)
        lignes = LigneComite.objects.filter(comite__in=comites, decision=Decision.RETENUE)
        return queryset.filter(Exists(lignes.filter(candidature=OuterRef("pk"))))


def _entier(texte: str) -> bool:
    # A committee's number fits in a small integer: anything longer would be refused by the database.
    return texte.isascii() and texte.isdigit() and len(texte) <= 4
