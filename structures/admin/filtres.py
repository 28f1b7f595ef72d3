"""Filters of the lists; each one only proposes what is in the perimeter of who reads."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from structures.enums import LIBELLES_INSTITUTION, EtatCandidature, EtatPoste, SensAvis
from structures.faits import FAITS
from structures.models import Avis
from structures.regimes import CodeRegime


class FiltreDepartement(admin.SimpleListFilter):
    title = "département"
    parameter_name = "departement"
    chemin = "commune__departement"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        visibles = type(model_admin).visibles_par(request.acteur).order_by()
        lignes = visibles.values_list(self.chemin, f"{self.chemin}__nom").distinct().order_by(self.chemin)
        return [(code, f"{nom} ({code})") for code, nom in lignes if code]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**{self.chemin: self.value()}) if self.value() else queryset


class FiltreDepartementPoste(FiltreDepartement):
    chemin = "structure__commune__departement"


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

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(etat.value, LIBELLES_INSTITUTION[etat]) for etat in EtatCandidature]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
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


class FiltreEcheance(admin.SimpleListFilter):
    """R30: the posts whose time to recruit is over, or nearly."""

    title = "échéance de recrutement"
    parameter_name = "echeance"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("depassee", "Échéance dépassée"), ("quinze-jours", "Dans les quinze jours")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        aujourdhui = timezone.localdate()
        en_cours = queryset.filter(etat__in=[EtatPoste.A_POURVOIR, EtatPoste.RESERVE])
        if self.value() == "depassee":
            return en_cours.filter(echeance_recrutement__lt=aujourdhui)
        if self.value() == "quinze-jours":
            fin = aujourdhui + dt.timedelta(days=15)
            return en_cours.filter(echeance_recrutement__range=(aujourdhui, fin))
        return queryset
