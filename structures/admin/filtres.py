"""Filters of the lists; each one only proposes what is in the perimeter of who reads."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from portal.territoires.models import Epci
from structures import acces
from structures.a_faire import CANDIDATURES, CHANGEMENTS, COMITES, DEMANDES, Tache
from structures.enums import LIBELLES_INSTITUTION, Decision, EtatCandidature, EtatComite, EtatPoste, SensAvis
from structures.faits import FAITS
from structures.models import Avis, LigneComite, Poste
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


class FiltreEpci(admin.SimpleListFilter):
    """Those of the applications that the acting role sees, in the département chosen when there is one."""

    title = "EPCI"
    parameter_name = "epci"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        visibles = type(model_admin).visibles_par(request.acteur).order_by()
        if departement := request.GET.get(FiltreDepartement.parameter_name):
            visibles = visibles.filter(commune__departement=departement)
        epcis = Epci.objects.filter(pk__in=visibles.values("commune__epci"))
        return list(epcis.order_by("nom_normalise").values_list("code", "nom"))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(commune__epci=self.value()) if self.value() else queryset


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


ETATS_A_RECRUTER = (EtatPoste.A_POURVOIR, EtatPoste.RESERVE)


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
