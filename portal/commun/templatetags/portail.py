"""Tags and filters of every template (built in, nothing to load)."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django import template
from django.core.paginator import Page
from django.urls import NoReverseMatch, Resolver404, get_urlconf, resolve, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal.commun import affichage
from portal.commun.acteurs import Acteur

register = template.Library()

register.filter("euros", affichage.euros)
register.filter("date_longue", affichage.date_longue)
register.filter("moment", affichage.moment)
register.filter("telephone", affichage.telephone)
register.filter("taille", affichage.taille)
register.filter("iban", affichage.iban)
register.filter("iban_masque", affichage.iban_masque)


@register.filter
def distance(km: Any, mots: str = "dans la même commune") -> str:
    """`{{ km|distance:"dans votre commune,de chez vous" }}`: what is said on the spot, then what follows the figure."""
    ici, _, depuis = mots.partition(",")
    return affichage.distance(km, ici, depuis)


@register.filter
def milliers(nombre: Any) -> str:
    """`4 000` for an integer."""
    try:
        return affichage.milliers(int(nombre))
    except (TypeError, ValueError):
        return ""


@register.simple_tag(takes_context=True)
def url_courante(context: template.Context, **parametres: Any) -> str:
    """The query of the present page with some parameters changed; `None` or an empty value removes one."""
    requete = context["request"].GET.copy()
    for nom, valeur in parametres.items():
        if valeur in (None, ""):
            requete.pop(nom, None)
        else:
            requete[nom] = valeur
    return f"?{requete.urlencode()}"


@register.simple_tag
def etat(objet: Any, acteur: Acteur | None = None) -> SafeString:
    """Badge of the state of an object, in the words of who reads (one label per audience).

    The object may say its own words (`libelle_etat(acteur)`) and colours (`COULEURS_ETATS`: state → success, error,
    warning, info, new).
    """
    libelle = objet.libelle_etat(acteur) if hasattr(objet, "libelle_etat") else objet.get_etat_display()
    couleur = getattr(objet, "COULEURS_ETATS", {}).get(str(objet.etat), "")
    return badge(libelle, couleur)


@register.simple_tag
def badge(libelle: str, couleur: str = "") -> SafeString:
    """A DSFR badge, without an icon: the words carry the meaning."""
    classe = f" fr-badge--{couleur}" if couleur else ""
    return format_html('<p class="fr-badge fr-badge--no-icon{}">{}</p>', classe, libelle)


@register.inclusion_tag("commun/composants/resume_erreurs.html")
def resume_erreurs(*formulaires: Any) -> dict[str, Any]:
    """The error summary on top of a form (or of several), each error a link to its field."""
    erreurs = []
    for formulaire in formulaires:
        if not getattr(formulaire, "is_bound", False):
            continue
        for nom, liste in formulaire.errors.items():
            champ = formulaire[nom] if nom in formulaire.fields else None
            lien = (
                f"#{getattr(champ, 'ancre', champ.id_for_label)}" if champ is not None and not champ.is_hidden else ""
            )
            libelle = str(champ.label) if lien else ""
            erreurs += [{"lien": lien, "texte": _avec_libelle(libelle, str(texte))} for texte in liste]
    return {"erreurs": erreurs}


def _avec_libelle(libelle: str, texte: str) -> str:
    """Away from its field, an error names it, unless its sentence already does."""
    return texte if not libelle or libelle.rstrip(" ?:").lower() in texte.lower() else f"{libelle} : {texte}"


def _ancre(champ: Any) -> str:
    return f"#{getattr(champ, 'ancre', champ.id_for_label)}"


@register.inclusion_tag("commun/composants/pagination.html", takes_context=True)
def pagination(context: template.Context, page: Page, parametre: str = "page") -> dict[str, Any]:
    """Page links that keep the filters of the address."""
    requete = context["request"].GET.copy()
    requete.pop(parametre, None)
    prefixe = f"?{requete.urlencode()}&" if requete else "?"
    pages = list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))
    return {"page": page, "pages": pages, "prefixe": f"{prefixe}{parametre}=", "suite": page.paginator.ELLIPSIS}


@register.inclusion_tag("commun/composants/fil_ariane.html")
def fil_ariane(courant: str, *liens: str) -> dict[str, Any]:
    """Breadcrumb: `{% fil_ariane "Ici" "/" "Accueil" url "Liste" %}`, pairs of address and title before the present."""
    return {"courant": courant, "liens": list(zip(liens[::2], liens[1::2], strict=True))}


@register.simple_tag(takes_context=True)
def entrees(context: template.Context, *adresses_et_libelles: str) -> list[dict[str, Any]]:
    """Menu entries from pairs « address or URL name, label »; a page that does not exist leaves no dead link.

    The entry of the page being read, or of its section, is marked as current.
    """
    request = context.get("request")
    chemin = request.path if request is not None else ""
    resultat = []
    for nom, libelle in zip(adresses_et_libelles[::2], adresses_et_libelles[1::2], strict=True):
        adresse = _adresse(get_urlconf(), nom)
        if adresse:
            section = adresse != "/" and chemin.startswith(adresse)
            resultat.append({"lien": adresse, "libelle": libelle, "actif": chemin == adresse, "section": section})
    # The home of a space holds the address of all its pages: only the nearest section is the current one.
    la_plus_proche = max((len(entree["lien"]) for entree in resultat if entree["section"]), default=0)
    for entree in resultat:
        entree["section"] = entree["section"] and len(entree["lien"]) == la_plus_proche
    return resultat


@lru_cache(maxsize=512)
def _adresse(urlconf: str | None, nom: str) -> str:
    """The address of a page that exists, an empty text otherwise. Addresses do not change while a process lives."""
    try:
        if nom.startswith("/"):
            resolve(nom, urlconf)
            return nom
        return reverse(nom, urlconf)
    except (NoReverseMatch, Resolver404):
        return ""


@register.simple_tag
def erreurs_titre(*formulaires: Any) -> str:
    """« Erreur (2) : » at the head of the title of a page whose form was refused, so that it is heard first."""
    nombre = sum(
        len(liste) for form in formulaires if getattr(form, "is_bound", False) for liste in form.errors.values()
    )
    return f"Erreur ({nombre}) : " if nombre else ""
