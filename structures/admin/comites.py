"""Committees: agenda, closing after a summary, minutes, spreadsheet (R15, R26). Its session is in `seance`, its
preparation in `inscrire`."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.db.models import Count, F, IntegerField, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, reverse
from django.utils.html import format_html
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from portal.commun.acteurs import Acteur
from portal.commun.documents import noter_lecture
from portal.commun.erreurs import AccesRefuse, ErreurMetier
from portal.commun.roles import Role
from portal.comptes.admin_outils import Bouton
from portal.comptes.admin_pages import cadre
from structures import acces, droits, enveloppe, interruptions
from structures.actions import cloturer, creer_comite, modifier_comite
from structures.actions.cloture import obstacles
from structures.actions.comites import numero_propose
from structures.admin.a_faire import liste
from structures.admin.base import ListeParUuid, ObjetAdmin
from structures.admin.filtres import FiltreCandidaturesAFaire, FiltreComitesAFaire, FiltreRetenuesPar, perimetre
from structures.admin.inscrire import PagesInscription
from structures.admin.seance import PagesSeance
from structures.enums import Decision, EtatCandidature, EtatComite, NatureLigne
from structures.export_comite import exporter_comite
from structures.forms.institution import FormulaireComite
from structures.models import Comite, LigneComite
from structures.ordre_du_jour import agenda, bilan_de, completer, dans_l_ordre, lignes_de, postes_quittes
from structures.proces_verbal import bilan, nom_fichier, rendre_extrait
from structures.regles import Enveloppe, postes_en_mots

NATIONAUX = frozenset({Role.ANCT, Role.SUPPORT})
LIGNES_PAR_PAGE = 100
SANS_DECISION = "aucune"


def comites_lisibles_par(acteur: Acteur) -> QuerySet[Comite]:
    """What a committee prepares is read by ANCT and support only; a closed one by the territories it examined."""
    comites = acces.comites_visibles_par(acteur)
    return comites if acteur.est(*NATIONAUX) else comites.filter(etat=EtatComite.CLOS)


def territoire(acteur: Acteur) -> frozenset[str] | None:
    """The départements whose lines are shown; None for all."""
    return None if acteur.est(*NATIONAUX) else acteur.departements


def _modifier(*, acteur: Acteur, objet: Comite, **champs: Any) -> None:
    modifier_comite(acteur=acteur, comite=objet, **champs)


# R15: what the lines take from the envelope, withdrawals deducted.
VARIATIONS = Coalesce(F("lignes__variation"), F("lignes__nb_postes"), output_field=IntegerField())


def _filtrer(lignes: QuerySet[LigneComite], parametres: Any) -> QuerySet[LigneComite]:
    """The agenda of a département, of one nature, or what is left to decide."""
    if departement := parametres.get("departement"):
        lignes = lignes.filter(candidature__commune__departement=departement)
    if parametres.get("nature") in NatureLigne.values:
        lignes = lignes.filter(nature=parametres["nature"])
    if parametres.get("decision") in (SANS_DECISION, *Decision.values):
        decision = "" if parametres["decision"] == SANS_DECISION else parametres["decision"]
        lignes = lignes.filter(decision=decision)
    return lignes


class ListeDesComites(ListeParUuid):
    """What the columns count of each agenda; the page of one committee counts its own lines."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Comite]:
        concernees = Q()
        if (departements := territoire(request.acteur)) is not None:
            concernees = Q(lignes__candidature__commune__departement__in=departements)
        return (
            super()
            .get_queryset(request, exclude_parameters)
            .annotate(
                nb_lignes=Count("lignes", filter=concernees),
                nb_decidees=Count("lignes", filter=concernees & ~Q(lignes__decision="")),
                nb_accordes=Coalesce(Sum(VARIATIONS, filter=concernees), 0),
            )
        )


def _en_preparation(acteur: Acteur, comite: Comite) -> bool:
    return comite.etat == EtatComite.PREPARATION


@admin.register(Comite)
class ComiteAdmin(PagesSeance, PagesInscription, ObjetAdmin):
    visibles_par = staticmethod(comites_lisibles_par)
    gabarit_detail = "admin/structures/comite.html"
    roles_creation = droits.CREER_COMITE.roles
    formulaire_creation = FormulaireComite
    titre_creation = "Créer un comité"
    list_display = ("numero", "date", "campagne", "etat", "enveloppe_affichee", "candidatures", "decidees", "accordes")
    list_filter = (FiltreComitesAFaire, "etat", ("campagne", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("campagne",)
    ordering = ("-date", "-numero")
    verbes = (
        Bouton(
            "modifier",
            "Modifier la séance",
            _modifier,
            roles=droits.MODIFIER_COMITE.roles,
            formulaire=FormulaireComite,
            avec_objet=True,
            possible=_en_preparation,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Comite]:
        return super().get_queryset(request).select_related("campagne", "proces_verbal")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ListeParUuid]:
        return ListeDesComites

    @admin.display(description="enveloppe", ordering="enveloppe_postes")
    def enveloppe_affichee(self, comite: Comite) -> str:
        return postes_en_mots(comite.enveloppe_postes)

    @admin.display(description="candidatures")
    def candidatures(self, comite: Comite) -> int:
        return comite.nb_lignes

    @admin.display(description="décidées")
    def decidees(self, comite: Comite) -> int:
        return comite.nb_decidees

    @admin.display(description="postes accordés")
    def accordes(self, comite: Comite) -> int:
        return comite.nb_accordes

    # --- creation ---

    def initial_creation(self, request: HttpRequest) -> dict[str, Any]:
        return {"numero": numero_propose()}

    def creer(self, acteur: Acteur, **champs: Any) -> Comite:
        return creer_comite(acteur=acteur, **champs)

    # --- pages ---

    def pages(self) -> list[URLPattern]:
        return [
            self.route("<uuid:uuid>/inscrire/", self.vue_inscrire, "inscrire"),
            self.route("<uuid:uuid>/seance/", self.vue_seance, "seance"),
            self.route("<uuid:uuid>/cloturer/", self.vue_cloturer, "cloturer"),
            self.route("<uuid:uuid>/proces-verbal/", require_safe(self.vue_proces_verbal), "proces_verbal"),
            self.route("<uuid:uuid>/export/<str:format>/", self.vue_tableau, "tableau"),
        ]

    def boutons(self, request: HttpRequest, objet: Comite) -> list[dict[str, str]]:
        boutons = super().boutons(request, objet)
        if request.acteur.est(Role.ANCT) and objet.etat == EtatComite.PREPARATION:
            boutons = [
                {"libelle": "Préparer l’ordre du jour", "lien": self._page(objet, "inscrire")},
                {"libelle": "Tenir la séance", "lien": self._page(objet, "seance")},
                {"libelle": "Clôturer le comité", "lien": self._page(objet, "cloturer")},
                *boutons,
            ]
        return boutons

    def _page(self, comite: Comite, page: str, *args: str) -> str:
        return reverse(self.nom_url(page), args=[comite.uuid, *args])

    def contexte_detail(self, request: HttpRequest, objet: Comite) -> dict[str, Any]:
        departements, national = territoire(request.acteur), request.acteur.est(*NATIONAUX)
        toutes = lignes_de(objet, departements)
        filtrees = _filtrer(toutes, request.GET)
        paginateur = Paginator(dans_l_ordre(filtrees), LIGNES_PAR_PAGE)
        # Counted without the joins of their order.
        paginateur.count = filtrees.count()
        page = paginateur.get_page(request.GET.get("page"))
        lignes = completer(objet, page.object_list)
        decide = request.acteur.est(Role.ANCT) and objet.etat == EtatComite.PREPARATION
        for ligne in lignes:
            # The application came back corrected after the decision was prepared: to be looked at again.
            ligne.a_revoir = bool(ligne.decision) and ligne.candidature.etat_le > ligne.modifie_le and decide
        return {
            "lignes": lignes,
            "page": page,
            "filtres": {nom: request.GET.get(nom, "") for nom in ("departement", "decision", "nature")},
            "departements": [(d.code, d.nom) for d in perimetre(request.acteur)],
            "decisions": [(SANS_DECISION, "À décider"), *Decision.choices],
            "natures": NatureLigne.choices,
            "bilan": bilan_de(toutes),
            "decide": decide,
            "national": national,
            # Read by the national roles only: the envelope is not the affair of one territory.
            "enveloppe": self._enveloppe(objet, enveloppe.demande_par_groupes(objet.lignes.all())) if national else {},
            "suite": self._a_activer(objet) if request.acteur.est(Role.ANCT) and objet.clos_le else {},
            "exports": [
                ("Exporter en CSV", self._page(objet, "tableau", "csv")),
                ("Exporter en XLSX", self._page(objet, "tableau", "xlsx")),
            ],
        }

    @staticmethod
    def _enveloppe(comite: Comite, prepare: Enveloppe) -> dict[str, Any]:
        """R15: what is left, in the committee and in the campaign, always on the page."""
        reste = enveloppe.reste(comite.campagne)
        en_attente = comite.etat == EtatComite.PREPARATION
        return {
            "prepare": prepare,
            "comite_reste": comite.enveloppe_postes - prepare.postes,
            "campagne_reste": reste,
            "apres_postes": reste.postes - (prepare.postes if en_attente else 0),
            "apres_montant": reste.montant - (prepare.montant if en_attente else 0),
        }

    def _en_preparation(self, request: HttpRequest, uuid: Any) -> Comite:
        comite = self.obtenir(request, str(uuid))
        if not request.acteur.est(Role.ANCT):
            raise AccesRefuse("Les comités de sélection sont tenus par l’ANCT.")
        return comite

    def vue_cloturer(self, request: HttpRequest, uuid: Any) -> HttpResponse:
        """R26: the summary, what prevents it, then the button; the verb checks everything again under lock."""
        comite = self._en_preparation(request, uuid)
        refus = ""
        if request.method == "POST":
            try:
                cloturer(acteur=request.acteur, comite=comite)
            except AccesRefuse:
                raise
            except ErreurMetier as erreur:
                refus = erreur.message
            else:
                messages.success(request, self._message_de_cloture(comite))
                return HttpResponseRedirect(self.adresse(comite))
            comite.refresh_from_db()
        clos = comite.etat == EtatComite.CLOS
        lignes = completer(comite, agenda(comite))
        for ligne in lignes:
            ligne.sans_avis = not ligne.demande.avis_sens if ligne.demande else ligne.avis_en_vigueur is None
            if not clos:
                ligne.variation = ligne.effet.variation
        contexte = {
            **cadre(self.fil(comite), "Clôturer le comité"),
            "titre": f"Clôturer le comité n° {comite.numero} ?",
            "comite": comite,
            "bilan": bilan(lignes),
            "enveloppe": self._enveloppe(comite, enveloppe.demande(lignes)),
            "avertissements": [] if clos else interruptions.phrases(postes_quittes(comite, lignes)),
            "obstacles": [refus] if refus else [] if clos else obstacles(comite, lignes),
            "clos": clos,
            "refus": refus,
            "bouton": "Clôturer le comité",
            "annuler": self.adresse(comite),
            "form": None,
        }
        return render(request, "admin/structures/cloturer.html", contexte)

    def _message_de_cloture(self, comite: Comite) -> SafeString:
        """R26, R27: what was done, and what comes next."""
        fait = (
            f"Le comité n° {comite.numero} est clos : ses décisions sont appliquées, les structures et les préfectures "
            "sont prévenues."
        )
        suite = self._a_activer(comite)
        if not suite:
            return format_html("{}", fait)
        return format_html(
            '{} Il reste à activer les structures retenues : <a href="{}">{}</a>.', fait, suite["lien"], suite["texte"]
        )

    def _a_activer(self, comite: Comite) -> dict[str, str]:
        """R27: what a closed committee granted and that still waits for its activation."""
        nombre = comite.lignes.filter(decision=Decision.RETENUE, candidature__etat=EtatCandidature.RETENUE).count()
        if not nombre:
            return {}
        s = "s" if nombre > 1 else ""
        parametres = {FiltreCandidaturesAFaire.parameter_name: "activer"}
        return {
            "texte": f"{nombre} candidature{s} à activer",
            "lien": liste("candidature", **parametres, **{FiltreRetenuesPar.parameter_name: comite.numero}),
        }

    def vue_proces_verbal(self, request: HttpRequest, uuid: Any) -> HttpResponse:
        """R26, §2: the minutes for ANCT and support; a prefecture and a SGAR read the extract of their territory."""
        comite = self.obtenir(request, str(uuid))
        if comite.proces_verbal is None:
            raise Http404
        departements = territoire(request.acteur)
        if departements is None:
            return HttpResponseRedirect(reverse("commun:document", args=[comite.proces_verbal.uuid]))
        contenu = rendre_extrait(comite, departements, pour=request.acteur.organisation_nom)
        if request.method == "GET":
            noter_lecture(request.acteur, comite.proces_verbal)
        reponse = HttpResponse(contenu, content_type="application/pdf")
        reponse["Content-Disposition"] = content_disposition_header(False, nom_fichier(comite, extrait=True))
        reponse["Cache-Control"] = "private, no-store"
        reponse["X-Content-Type-Options"] = "nosniff"
        return reponse

    def vue_tableau(self, request: HttpRequest, uuid: Any, format: str) -> HttpResponse:
        if format not in ("csv", "xlsx") or request.method == "POST":
            raise Http404
        comite = self.obtenir(request, str(uuid))
        return exporter_comite(comite, format=format, departements=territoire(request.acteur))
