"""The ranking page of a prefecture (R25), and what the pages of the review share: which campaign, which département."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse

from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, ErreurMetier
from portal.territoires.models import Departement
from structures import acces, droits
from structures.actions import classer
from structures.classement import (
    a_examiner,
    avec_un_avis,
    classables,
    dans_l_ordre,
    deplacer,
    empreinte,
    lire_saisie,
    rang_de,
)
from structures.models import Campagne, Candidature

PAS = {"monter": -1, "descendre": 1}


def campagnes_de(acteur: Acteur) -> list[Campagne]:
    """Those in which something was filed inside the perimeter, the last opened first."""
    visibles = acces.candidatures_visibles_par(acteur).filter(confirmee_le__isnull=False)
    # Per campaign, the first application found is enough: they are never all read.
    deposee = Exists(visibles.order_by().filter(campagne=OuterRef("pk")))
    return list(Campagne.objects.filter(deposee).order_by("-ouvre_le", "nom"))


def departements_de(acteur: Acteur) -> list[Departement]:
    """Those of a territorial role, with or without applications; for a national one, all that have some."""
    if acteur.departements:
        return list(Departement.objects.filter(pk__in=acteur.departements).order_by("code"))
    visibles = acces.candidatures_visibles_par(acteur).order_by().values("commune__departement")
    tous = Departement.objects.order_by("code")
    return list(tous.filter(pk__in=visibles)) or list(tous)


@dataclass(slots=True)
class Feuille:
    """The ranking as the page shows it: the one of the database, or the one being typed."""

    par_cle: dict[str, Candidature]
    classees: list[str]
    sans_rang: list[str]
    etat_lu: str
    erreurs: dict[str, str] = field(default_factory=dict)
    saisis: dict[str, str] = field(default_factory=dict)
    refus: str = ""
    modifiee: bool = False

    @classmethod
    def enregistree(cls, candidatures: list[Candidature]) -> Feuille:
        return cls(
            {str(c.uuid): c for c in candidatures},
            [str(c.uuid) for c in candidatures if rang_de(c)],
            [str(c.uuid) for c in candidatures if not rang_de(c)],
            empreinte(candidatures),
        )

    def lire(self, donnees: Any) -> None:
        """What was typed, over the order that the page showed."""
        rangs = {cle: str(rang_de(candidature) or "") for cle, candidature in self.par_cle.items()}
        self.saisis = {cle: donnees.get(f"rang-{cle}", rang) for cle, rang in rangs.items()}
        affiches = {cle: donnees.get(f"affiche-{cle}", rang) for cle, rang in rangs.items()}
        saisie = lire_saisie(list(self.par_cle), self.saisis, affiches)
        self.classees, self.sans_rang, self.erreurs = saisie.classees, saisie.sans_rang, saisie.erreurs
        self.etat_lu, self.modifiee = donnees.get("etat_lu", ""), True

    def deplacer(self, cle: str, pas: int) -> None:
        self.classees = deplacer(self.classees, cle, pas)
        self.sans_rang = [autre for autre in self.sans_rang if autre != cle]

    def lignes(self) -> list[dict[str, Any]]:
        rangs = {cle: rang for rang, cle in enumerate(self.classees, start=1)}
        return [
            {
                "cle": cle,
                "candidature": self.par_cle[cle],
                "avis": self.par_cle[cle].avis_courants[0],
                "rang": rangs.get(cle, ""),
                "saisi": self.saisis[cle] if cle in self.erreurs else rangs.get(cle, ""),
                "erreur": self.erreurs.get(cle, ""),
            }
            for cle in [*self.classees, *self.sans_rang]
        ]


class PagesClassement:
    """Nothing is written before « Enregistrer le classement »: each save is a version of each opinion that moves."""

    def pages(self) -> list[URLPattern]:
        return [self.route("concertation/classement/", self.vue_classement, "classement"), *super().pages()]

    def vue_classement(self, request: HttpRequest) -> HttpResponse:
        """R25: by dragging, by the buttons « Monter » and « Descendre », or by typing numbers."""
        self._exiger_lecture(request)
        droits.CLASSER.exiger(request.acteur)
        campagne, departement = self._campagne_et_departement(request)
        candidatures = dans_l_ordre(classables(campagne, departement.code)) if campagne else []
        feuille = Feuille.enregistree(candidatures)
        if request.method == "POST" and campagne:
            lue = feuille.etat_lu
            feuille.lire(request.POST)
            geste, _, cle = request.POST.get("geste", "").partition(":")
            if geste in PAS and cle in feuille.par_cle:
                feuille.deplacer(cle, PAS[geste])
            elif not feuille.erreurs:
                if suite := self._classer(request, campagne, departement, feuille):
                    return suite
                # The order that was typed stays; the next click is compared with what the page shows now.
                feuille.etat_lu = lue
        attente = a_examiner(campagne, departement.code).filter(~avec_un_avis()) if campagne else None
        return self._rendre(
            request,
            "classement",
            "Classer les candidatures",
            campagne=campagne,
            departement=departement,
            campagnes=campagnes_de(request.acteur),
            departements=departements_de(request.acteur),
            feuille=feuille,
            lignes=feuille.lignes(),
            erreurs=[(cle, feuille.par_cle[cle], texte) for cle, texte in feuille.erreurs.items()],
            sans_avis=attente.count() if attente is not None else 0,
            retour=self._retour(campagne, departement),
        )

    def _classer(
        self, request: HttpRequest, campagne: Campagne, departement: Departement, feuille: Feuille
    ) -> HttpResponse | None:
        try:
            versions = classer(
                acteur=request.acteur,
                campagne=campagne,
                departement=departement.code,
                candidatures=[feuille.par_cle[cle] for cle in feuille.classees],
                sans_rang=[feuille.par_cle[cle] for cle in feuille.sans_rang],
                etat_lu=feuille.etat_lu,
            )
        except AccesRefuse:
            raise
        except ErreurMetier as erreur:
            feuille.refus = erreur.message
            return None
        messages.success(request, _enregistre(len(versions)))
        return HttpResponseRedirect(request.get_full_path())

    # --- shared by the pages of the review ---

    def _campagne_et_departement(self, request: HttpRequest) -> tuple[Campagne | None, Departement]:
        """The ones of the address, inside the perimeter, or the first ones; 404 for any other."""
        departement = _choisir({d.code: d for d in departements_de(request.acteur)}, request.GET.get("departement"))
        if departement is None:
            raise Http404
        campagnes = {c.code: c for c in campagnes_de(request.acteur)}
        return _choisir(campagnes, request.GET.get("campagne") or _en_cours(departement)), departement

    def _retour(self, campagne: Campagne | None, departement: Departement) -> str:
        requete = f"?departement={departement.code}" + (f"&campagne={campagne.code}" if campagne else "")
        return reverse(self.nom_url("concertation")) + requete

    def _rendre(self, request: HttpRequest, gabarit: str, titre: str, **contexte: Any) -> HttpResponse:
        contexte = {**self.admin_site.each_context(request), "opts": self.opts, "title": titre, **contexte}
        return TemplateResponse(request, f"admin/structures/{gabarit}.html", contexte)


def _en_cours(departement: Departement) -> str:
    """The code of the last opened campaign with something to rank there; else, with something to examine."""
    candidatures = Candidature.objects.a_examiner().filter(commune__departement=departement)
    ordre = candidatures.annotate(avec_avis=avec_un_avis()).order_by(
        "-avec_avis", "-campagne__ouvre_le", "campagne__nom"
    )
    return ordre.values_list("campagne__code", flat=True).first() or ""


def _choisir(choix: dict[str, Any], code: str | None) -> Any:
    if not code:
        return next(iter(choix.values()), None)
    if code not in choix:
        raise Http404
    return choix[code]


def _enregistre(nombre: int) -> str:
    if not nombre:
        return "Le classement n’a pas changé."
    if nombre == 1:
        return "Le classement est enregistré : 1 avis a une nouvelle version, la précédente est gardée."
    return f"Le classement est enregistré : {nombre} avis ont une nouvelle version, les précédentes sont gardées."
