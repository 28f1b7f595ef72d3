"""What every page of the administration follows: a perimeter, no direct writing, buttons that call verbs.

    @admin.register(Candidature)
    class CandidatureAdmin(AdminPerimetre):
        roles_lecture = frozenset({Role.PREFECTURE, Role.SGAR, Role.ANCT})
        visibles_par = staticmethod(acces.candidatures_visibles_par)
        verbes = (Bouton("avis", "Rendre un avis", rendre_avis, roles=PREFECTURE, formulaire=AvisForm),)

An object outside the perimeter answers 404; inside but not permitted, 403 with the reason.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, ErreurMetier
from portal.commun.formulaires import Formulaire, ajouter_erreur_metier
from portal.comptes.admin_pages import Fil, accueil, cadre

LIGNES_HISTORIQUE = 200


def toujours(acteur: Acteur, objet: Any) -> bool:
    return True


def rien(objet: Any) -> list[str]:
    return []


def sans_obstacle(objet: Any) -> str:
    return ""


@dataclass(frozen=True)
class Bouton:
    """A verb offered on the page of an object, through a confirmation page.

    `executer(acteur=…, objet=…, **cleaned_data)` calls the verb and may return the sentence to show. `possible` hides
    the button when the verb would refuse; the verb itself stays the judge. The form is `formulaire(data, files)`, or
    `formulaire(data, files, acteur=…, objet=…)` when `avec_objet`. `avertir` says who is concerned, in sentences;
    `obstacle` says why the verb has nothing to act on and what to do instead: the page then shows no form.
    """

    nom: str
    libelle: str | Callable[[Any], str]
    executer: Callable[..., Any]
    roles: frozenset[str]
    formulaire: type[BaseForm] = Formulaire
    avec_objet: bool = False
    explication: str | Callable[[Any], str] = ""
    possible: Callable[[Acteur, Any], bool] = toujours
    fait: str = "C’est enregistré."
    avertir: Callable[[Any], list[str]] = rien
    obstacle: Callable[[Any], str] = sans_obstacle

    def mots(self, objet: Any) -> str:
        """What the button says: some verbs are called otherwise once they have been done."""
        return self.libelle(objet) if callable(self.libelle) else self.libelle

    def texte(self, objet: Any) -> str:
        return self.explication(objet) if callable(self.explication) else self.explication

    def propose_a(self, acteur: Acteur, objet: Any) -> bool:
        return acteur.role in self.roles and self.possible(acteur, objet)


class AdminPerimetre(admin.ModelAdmin):
    """Read-only pages inside the perimeter of the acting role."""

    roles_lecture: frozenset[str] = frozenset()
    visibles_par: Callable[[Acteur], QuerySet[Any]]
    verbes: tuple[Bouton, ...] = ()
    actions = None
    list_per_page = 50
    show_full_result_count = False
    change_form_template = "admin/perimetre/change_form.html"

    # --- perimeter ---

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        objets = type(self).visibles_par(request.acteur)
        ordre = self.get_ordering(request)
        return objets.order_by(*ordre) if ordre else objets

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        raise Http404

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.acteur.role in self.roles_lecture

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.acteur.role in self.roles_lecture

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    # --- list ---

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list is called by what it holds, not « Sélectionnez l’objet … pour l’afficher »."""
        titre = {"title": str(capfirst(self.opts.verbose_name_plural))}
        return super().changelist_view(request, {**titre, **(extra_context or {})})

    # --- verbs ---

    def get_urls(self) -> list[URLPattern]:
        nom = f"{self.opts.app_label}_{self.opts.model_name}"
        vue = self.admin_site.admin_view(never_cache(require_http_methods(["GET", "HEAD", "POST"])(self.vue_verbe)))
        return [path("<path:object_id>/verbe/<slug:verbe>/", vue, name=f"{nom}_verbe"), *super().get_urls()]

    def obtenir(self, request: HttpRequest, object_id: str) -> Any:
        """The object, inside the perimeter, or 404."""
        if not self.has_view_permission(request):
            raise AccesRefuse("Votre rôle ne donne pas accès à ces pages.")
        objet = self.get_object(request, unquote(object_id))
        if objet is None:
            raise Http404
        return objet

    def boutons(self, request: HttpRequest, objet: Any) -> list[dict[str, str]]:
        """What the page of `objet` offers to the acting role now."""
        return [
            {"libelle": bouton.mots(objet), "lien": self.adresse(objet, bouton.nom)}
            for bouton in self.verbes
            if bouton.propose_a(request.acteur, objet)
        ]

    def adresse(self, objet: Any, verbe: str | None = None) -> str:
        nom = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}"
        return reverse(f"{nom}_verbe", args=[objet.pk, verbe]) if verbe else reverse(f"{nom}_change", args=[objet.pk])

    def fil(self, objet: Any = None) -> Fil:
        """The pages above one of this list, or above a page of `objet`."""
        liste = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_changelist"
        fil = [accueil(), (reverse(liste), str(capfirst(self.opts.verbose_name_plural)))]
        return fil if objet is None else [*fil, (self.adresse(objet), str(objet))]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        objet = self.obtenir(request, object_id)
        contexte = {"boutons": self.boutons(request, objet), "title": str(objet), "subtitle": None}
        return super().change_view(request, object_id, form_url, {**contexte, **(extra_context or {})})

    def vue_verbe(self, request: HttpRequest, object_id: str, verbe: str) -> HttpResponse:
        """Confirmation page of a verb, with what it asks; the POST calls it."""
        objet = self.obtenir(request, object_id)
        bouton = next((b for b in self.verbes if b.nom == verbe), None)
        if bouton is None:
            raise Http404
        if request.acteur.role not in bouton.roles:
            raise AccesRefuse(f"Votre rôle ne permet pas cette action : {bouton.mots(objet)}.")
        libelle = bouton.mots(objet)
        contexte = {
            **cadre(self.fil(objet), libelle),
            "titre": f"{libelle} – {objet}",
            "annuler": self.adresse(objet),
        }
        if obstacle := bouton.obstacle(objet):
            return render(request, "admin/perimetre/sans_objet.html", {**contexte, "texte": obstacle})
        form = self._formulaire(request, bouton, objet)
        if form.is_valid():
            try:
                message = bouton.executer(acteur=request.acteur, objet=objet, **form.cleaned_data)
            except AccesRefuse:
                raise
            except ErreurMetier as erreur:
                ajouter_erreur_metier(form, erreur)
            else:
                messages.success(request, message if isinstance(message, str) else bouton.fait)
                return HttpResponseRedirect(self.adresse(objet))
        contexte |= {
            "texte": bouton.texte(objet),
            "bouton": libelle,
            "form": form,
            "avertissements": bouton.avertir(objet),
        }
        return render(request, "commun/confirmation.html", contexte)

    def _formulaire(self, request: HttpRequest, bouton: Bouton, objet: Any) -> BaseForm:
        donnees = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        if bouton.avec_objet:
            return bouton.formulaire(*donnees, acteur=request.acteur, objet=objet)
        return bouton.formulaire(*donnees)

    # --- history ---

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Who changed what, when, as what role and why (R110), from the object's own history."""
        objet = self.obtenir(request, object_id)
        if not hasattr(objet, "history"):
            raise Http404
        contexte = {
            **self.admin_site.each_context(request),
            "title": f"Historique – {objet}",
            "opts": self.opts,
            "objet": objet,
            "lignes": lignes_d_historique(objet),
            "module_name": str(capfirst(self.opts.verbose_name_plural)),
        }
        return render(request, "admin/perimetre/historique.html", contexte)


def lignes_d_historique(objet: Any) -> list[dict[str, Any]]:
    """The last changes of an object, newest first, each with the fields that changed and their values."""
    versions = list(objet.history.select_related("history_user").order_by("-history_date", "-history_id"))
    lignes = []
    for version, avant in zip(versions, [*versions[1:], None], strict=True):
        changements = []
        if avant is not None:
            for delta in version.diff_against(avant).changes:
                champ = objet._meta.get_field(delta.field)
                # What the portal keeps for itself says nothing to people.
                if champ.editable and delta.field != "modifie_le":
                    changements.append({"champ": capfirst(champ.verbose_name), "avant": delta.old, "apres": delta.new})
        lignes.append({"version": version, "creation": version.history_type == "+", "changements": changements})
    return lignes[:LIGNES_HISTORIQUE]
