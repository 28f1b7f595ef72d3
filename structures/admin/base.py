"""What the administration pages of this floor add to `AdminPerimetre`: UUID in addresses, rows read by page, files.

The page of one object is a template of ours that reads well; everything that changes something is a verb behind a form
or a confirmation page.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portal.commun.erreurs import AccesRefuse, ErreurMetier
from portal.commun.formulaires import ajouter_erreur_metier
from portal.commun.roles import ROLES_ADMIN
from portal.comptes.admin_outils import AdminPerimetre, lignes_d_historique
from portal.comptes.admin_pages import cadre

LIGNES_RECENTES = 20


class ListeParUuid(ChangeList):
    """The links of a list go to the UUID, and what the rows show is read for the whole page at once."""

    def url_for_result(self, result: Model) -> str:
        return self.model_admin.adresse(result)

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        self.model_admin.completer(self.result_list)


class ObjetAdmin(AdminPerimetre):
    """A list scoped by the acting role, one page per object, the pages of its verbs, and its file."""

    roles_lecture = ROLES_ADMIN
    change_list_template = "admin/structures/liste.html"
    gabarit_detail = ""
    # What may be searched; Django's own `search_help_text` would be the only text that names the field.
    aide_recherche = ""
    # Roles offered the « Ajouter » button; those that name some give the form behind it and the verb that it calls.
    roles_creation: frozenset[str] = frozenset()
    formulaire_creation: type[BaseForm]
    creer: Callable[..., Any]
    titre_creation = ""
    # Builds the file of a filtered list; None: no export.
    exporter_liste: Callable[..., HttpResponse] | None = None

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.acteur.est(*self.roles_creation)

    # --- addresses ---

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        try:
            return self.get_queryset(request).filter(uuid=UUID(str(object_id))).first()
        except ValueError:
            return super().get_object(request, object_id, from_field)

    def adresse(self, objet: Any, verbe: str | None = None) -> str:
        nom = self.nom_url("verbe" if verbe else "change")
        return reverse(nom, args=[objet.uuid, verbe] if verbe else [objet.uuid])

    def nom_url(self, page: str) -> str:
        return f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}"

    def get_urls(self) -> list[URLPattern]:
        urls = [*self.pages(), *super().get_urls()]
        if self.exporter_liste is not None:
            urls.insert(0, self.route("export/<str:format>/", require_safe(self.vue_export), "export"))
        # Nothing is deleted: no address for it, nor for the old form of addresses.
        return [url for url in urls if url.name and not url.name.endswith("_delete")]

    def pages(self) -> list[URLPattern]:
        """The pages that are not a simple verb."""
        return []

    def route(self, chemin: str, vue: Callable[..., HttpResponse], nom: str) -> URLPattern:
        vue = self.admin_site.admin_view(never_cache(require_http_methods(["GET", "HEAD", "POST"])(vue)))
        return path(chemin, vue, name=f"{self.opts.app_label}_{self.opts.model_name}_{nom}")

    # --- list ---

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ListeParUuid

    def completer(self, objets: list[Any]) -> None:
        """Read for the rows of one page what the columns show, in a constant number of queries."""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        titre = capfirst(self.opts.verbose_name_plural)
        contexte = {"exports": [], "liens": [], "title": titre, "aide_recherche": self.aide_recherche}
        contexte |= extra_context or {}
        if self.exporter_liste is not None:
            suffixe = f"?{request.GET.urlencode()}" if request.GET else ""
            contexte["exports"] = [
                (libelle, reverse(self.nom_url("export"), args=[format]) + suffixe)
                for format, libelle in (("csv", "Exporter en CSV"), ("xlsx", "Exporter en XLSX"))
            ]
        return super().changelist_view(request, contexte)

    def vue_export(self, request: HttpRequest, format: str) -> HttpResponse:
        """The file of the list as it is filtered, whatever the page being shown."""
        if format not in ("csv", "xlsx"):
            raise Http404
        self._exiger_lecture(request)
        try:
            liste = self.get_changelist_instance(request)
        except IncorrectLookupParameters:
            messages.error(request, "Cette adresse d’export contient un filtre inconnu : choisissez vos filtres ici.")
            return HttpResponseRedirect(reverse(self.nom_url("changelist")))
        return type(self).exporter_liste(self.lignes_export(liste.get_queryset(request)), format=format)

    def lignes_export(self, objets: QuerySet[Any]) -> QuerySet[Any]:
        return objets

    def _exiger_lecture(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise AccesRefuse("Votre rôle ne donne pas accès à ces pages.")

    # --- pages ---

    def contexte_detail(self, request: HttpRequest, objet: Any) -> dict[str, Any]:
        return {}

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        objet = self.obtenir(request, object_id)
        if request.method not in ("GET", "HEAD"):
            raise AccesRefuse("Cette page se lit : chaque action a sa propre page.")
        contexte = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": str(objet),
            "objet": objet,
            "boutons": self.boutons(request, objet),
            "adresse_liste": reverse(self.nom_url("changelist")),
            "adresse_historique": reverse(self.nom_url("history"), args=[objet.uuid]),
            "historique": self.historique(objet),
            **self.contexte_detail(request, objet),
        }
        return TemplateResponse(request, self.gabarit_detail, contexte)

    def libelle_etat(self, etat: str) -> str:
        """The words of the institutions for a state."""
        return dict(self.model._meta.get_field("etat").choices).get(etat, etat)

    def historique(self, objet: Any) -> list[dict[str, Any]]:
        """R110: the last changes in a line each; the history page has them all, with their values."""
        lignes = []
        for ligne in lignes_d_historique(objet)[:LIGNES_RECENTES]:
            # A change of state says what happened; the dates and links that come with it are in the full history.
            etats = [c for c in ligne["changements"] if c["champ"] == "État"]
            changements = [self._en_mots(changement) for changement in etats or ligne["changements"]]
            if ligne["creation"] or changements:
                lignes.append({"version": ligne["version"], "quoi": changements or ["Création"]})
        return lignes

    def _en_mots(self, changement: dict[str, Any]) -> str:
        if changement["champ"] != "État":
            return str(changement["champ"])
        return f"{self.libelle_etat(changement['avant'])} → {self.libelle_etat(changement['apres'])}"

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page « Ajouter »: a form and a verb, like the others."""
        if not self.has_add_permission(request):
            raise AccesRefuse("Votre rôle ne permet pas de créer cet objet.")
        donnees = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        form = self.formulaire_creation(*donnees, acteur=request.acteur, initial=self.initial_creation(request))
        return self.traiter(
            request,
            form=form,
            verbe=lambda **champs: self.creer(request.acteur, **champs),
            suite=self.adresse,
            titre=self.titre_creation,
            bouton="Enregistrer",
            annuler=reverse(self.nom_url("changelist")),
        )

    def initial_creation(self, request: HttpRequest) -> dict[str, Any]:
        return {}

    def traiter(
        self,
        request: HttpRequest,
        *,
        form: BaseForm,
        verbe: Callable[..., Any],
        suite: Callable[[Any], str],
        titre: str,
        bouton: str,
        annuler: str,
        fait: str = "C’est enregistré.",
        gabarit: str = "admin/structures/formulaire.html",
        **contexte: Any,
    ) -> HttpResponse:
        """A form and a verb: what the verb refuses comes back next to its field, with all that was typed."""
        if form.is_valid():
            try:
                objet = verbe(**form.cleaned_data)
            except AccesRefuse:
                raise
            except ErreurMetier as erreur:
                ajouter_erreur_metier(form, erreur)
            else:
                messages.success(request, fait)
                return HttpResponseRedirect(suite(objet))
        contexte = {
            **cadre(self.fil(), titre),
            "titre": titre,
            "texte": "",
            "bouton": bouton,
            "annuler": annuler,
            "form": form,
            **contexte,
        }
        return render(request, gabarit, contexte)
