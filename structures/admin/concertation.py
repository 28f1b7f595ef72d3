"""The local review in the administration: applications of a territory, ranking, map, exchange of files (R25)."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, FilteredRelation, Q, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, reverse
from django.views.decorators.http import require_safe

from portal.commun.acteurs import Acteur
from portal.commun.roles import ROLES_ADMIN
from portal.comptes.admin_pages import LienAdmin, lier
from structures import acces, droits
from structures.actions import importer_avis
from structures.admin.classement import PagesClassement, campagnes_de, departements_de
from structures.admin.imports import PageImport
from structures.carte import carte_du_departement
from structures.densite import attacher_densites
from structures.enums import ETATS_A_EXAMINER
from structures.export_comite import exporter_candidatures
from structures.faits import FAITS
from structures.forms.concertation import FiltresConcertation
from structures.lecture_avis import lire_avis
from structures.lectures import avec_avis, avis_de
from structures.models import Candidature

PAR_PAGE = 50
TITRE_LIEN = "Concertation : avis, classement, carte"
lier(LienAdmin("structures_candidature_concertation", TITRE_LIEN, ROLES_ADMIN))


def _avis_en_vigueur() -> FilteredRelation:
    """A join read once, rather than a look-up per application; Django writes in the object, which is not shared."""
    return FilteredRelation("avis", condition=Q(avis__en_vigueur=True))


def ordonnees(candidatures: QuerySet[Candidature]) -> QuerySet[Candidature]:
    """By département, then by the prefecture's rank, then by number."""
    return candidatures.annotate(avis_du_rang=_avis_en_vigueur()).order_by(
        "commune__departement_id", F("avis_du_rang__rang").asc(nulls_last=True), "numero"
    )


def page_de(candidatures: QuerySet[Candidature], nombre: int, numero: str | None) -> Page:
    """The keys alone are sorted; the fifty applications of the page are then read with all that their rows show.

    `nombre`: how many they are, which the figures of the page have counted already.
    """
    paginateur = Paginator(ordonnees(candidatures).values_list("pk", flat=True), PAR_PAGE)
    paginateur.count = nombre
    page = paginateur.get_page(numero)
    cles = list(page.object_list)
    lues = {candidature.pk: candidature for candidature in avec_avis(Candidature.objects.filter(pk__in=cles))}
    page.object_list = [lues[cle] for cle in cles if cle in lues]
    return page


class PagesConcertation(PagesClassement):
    """The pages of the review, for `CandidatureAdmin`."""

    def pages(self) -> list[URLPattern]:
        return [
            self.route("concertation/", require_safe(self.vue_concertation), "concertation"),
            self.route("concertation/export/<str:format>/", require_safe(self.vue_tableau), "tableau"),
            self.route("concertation/carte/", require_safe(self.vue_carte), "carte"),
            self.route("concertation/importer/", self.vue_importer, "importer"),
            *super().pages(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        liens = [(TITRE_LIEN, reverse(self.nom_url("concertation")))]
        return super().changelist_view(request, {"liens": liens, **(extra_context or {})})

    # --- list ---

    def vue_concertation(self, request: HttpRequest) -> HttpResponse:
        """R24, R25: what is asked in the territory, what the prefecture said of it."""
        filtres, candidatures = self._filtrees(request)
        chiffres = self._chiffres(candidatures)
        page = page_de(candidatures, chiffres["candidatures"], request.GET.get("page"))
        attacher_densites(page.object_list)
        suffixe = f"?{request.GET.urlencode()}" if request.GET else ""
        return self._rendre(
            request,
            "concertation",
            "Concertation",
            filtres=filtres,
            page=page,
            lignes=[self._ligne(request.acteur, candidature) for candidature in page.object_list],
            chiffres=chiffres,
            rend_avis=droits.RENDRE_AVIS.permis(request.acteur),
            importe=droits.IMPORTER_AVIS.permis(request.acteur),
            exports=[
                (libelle, reverse(self.nom_url("tableau"), args=[format]) + suffixe)
                for format, libelle in (("csv", "Exporter en CSV"), ("xlsx", "Exporter en XLSX"))
            ],
            requete=filtres.requete(),
        )

    def vue_tableau(self, request: HttpRequest, format: str) -> HttpResponse:
        """R25: the file to fill in and to send back, of what is filtered."""
        if format not in ("csv", "xlsx"):
            raise Http404
        _, candidatures = self._filtrees(request)
        return exporter_candidatures(ordonnees(avec_avis(candidatures)), format=format, nom="concertation")

    def _filtrees(self, request: HttpRequest) -> tuple[FiltresConcertation, QuerySet[Candidature]]:
        self._exiger_lecture(request)
        acteur = request.acteur
        filtres = FiltresConcertation(
            request.GET, campagnes=campagnes_de(acteur), departements=departements_de(acteur), acteur=acteur
        )
        visibles = acces.candidatures_visibles_par(acteur).filter(confirmee_le__isnull=False)
        return filtres, filtres.appliquer(visibles)

    @staticmethod
    def _chiffres(candidatures: QuerySet[Candidature]) -> dict[str, int]:
        """One pass: an application has one opinion in force at most, the join repeats none of them (R25)."""
        examen = Q(etat__in=ETATS_A_EXAMINER)
        return (
            candidatures.order_by()
            .annotate(avis_compte=_avis_en_vigueur())
            .aggregate(
                candidatures=Count("pk"),
                a_examiner=Count("pk", filter=examen),
                sans_avis=Count("pk", filter=examen & Q(avis_compte__isnull=True)),
                demandes=Sum("nb_conseillers", filter=examen, default=0),
                proposes=Sum("avis_compte__nb_postes", filter=examen, default=0),
            )
        )

    def _ligne(self, acteur: Acteur, candidature: Candidature) -> dict[str, Any]:
        """What a row shows, and what the acting role may do from it."""
        gestes = [
            (bouton.mots(candidature), self.adresse(candidature, bouton.nom))
            for bouton in self.verbes
            if bouton.nom in ("avis", "correction") and bouton.propose_a(acteur, candidature)
        ]
        faits = [libelles for champ, libelles in FAITS.items() if getattr(candidature.structure, champ)]
        return {
            "candidature": candidature,
            "adresse": self.adresse(candidature),
            "avis": avis_de(candidature),
            "faits": faits,
            "gestes": gestes,
        }

    # --- map ---

    def vue_carte(self, request: HttpRequest) -> HttpResponse:
        """R24: where the posts are, where more are asked for."""
        self._exiger_lecture(request)
        campagne, departement = self._campagne_et_departement(request)
        visibles = acces.candidatures_visibles_par(request.acteur).filter(etat__in=ETATS_A_EXAMINER)
        visibles = visibles.filter(commune__departement=departement)
        if request.GET.get("campagne") and campagne:
            visibles = visibles.filter(campagne=campagne)
        else:
            campagne = None
        return self._rendre(
            request,
            "carte",
            f"Densité des postes – {departement.nom}",
            carte=carte_du_departement(departement, visibles),
            departement=departement,
            campagne=campagne,
            campagnes=campagnes_de(request.acteur),
            departements=departements_de(request.acteur),
            retour=self._retour(campagne, departement),
        )

    # --- exchange ---

    def vue_importer(self, request: HttpRequest) -> HttpResponse:
        """R25: the spreadsheet that comes back: what it would change, then the button."""
        droits.IMPORTER_AVIS.exiger(request.acteur)
        page = PageImport(
            cle="avis",
            titre="Importer des avis",
            intro=(
                "Déposez le tableau exporté depuis la concertation, une fois rempli. Les colonnes lues sont : Numéro, "
                "Avis de la préfecture, Postes proposés, Rang, Commentaire de la préfecture, SIRET de la structure "
                "cédante. Vous verrez ce qui change avant d’enregistrer. Rien n’est enregistré si une ligne est fausse."
            ),
            verifier=lambda contenu, **_: lire_avis(request.acteur, contenu)[0],
            appliquer=lambda contenu, nom, **_: importer_avis(acteur=request.acteur, contenu=contenu, nom=nom),
            retour=reverse(self.nom_url("concertation")),
            objets=("avis", "avis"),
            fil=[*self.fil(), (reverse(self.nom_url("concertation")), "Concertation")],
        )
        return page.traiter(request)
