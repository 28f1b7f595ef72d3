"""Preparation of a committee: applications, requests for more posts, decisions to correct (R26, R28, R29)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, ErreurMetier
from portal.commun.normalisation import normaliser
from structures.actions import inscrire_correction, inscrire_demande, inscrire_lot
from structures.actions.comites import corrigibles, demandes_inscriptibles, inscriptibles
from structures.admin.filtres import FiltreAvis, perimetre
from structures.densite import attacher_densites
from structures.enums import LIBELLES_INSTITUTION, EtatCandidature, NatureLigne, SensAvis
from structures.lectures import avec_avis
from structures.models import Avis, Candidature, Comite, DemandePostes
from structures.ordre_du_jour import SANS_RANG

PAR_PAGE = 100
CORRECTIONS_MAX = 50
REEXAMEN = "reexamen"


@dataclass(frozen=True)
class Onglet:
    """One nature of line: what may be put on the agenda, its words."""

    nature: NatureLigne
    titre: str
    un: str
    plusieurs: str
    vide: str
    # Path from a row to its application.
    candidature: str = ""
    tout: bool = True


ONGLETS = {
    onglet.nature.value: onglet
    for onglet in (
        Onglet(
            NatureLigne.EXAMEN,
            "Candidatures à examiner",
            "candidature",
            "candidatures",
            "Aucune candidature à inscrire avec ces filtres. Elles apparaissent ici dès que la structure a confirmé "
            "son adresse, et tant qu’aucun comité ne les a décidées.",
        ),
        Onglet(
            NatureLigne.AJOUT,
            "Demandes de postes supplémentaires",
            "demande de postes",
            "demandes de postes",
            "Aucune demande de postes supplémentaires à inscrire avec ces filtres. Les structures activées les font "
            "depuis leur espace.",
            candidature="candidature__",
        ),
        Onglet(
            NatureLigne.CORRECTION,
            "Décisions à corriger",
            "décision",
            "décisions",
            "Aucune décision à corriger avec ces filtres. Cherchez la candidature par son numéro, son nom ou son "
            "SIRET.",
            tout=False,
        ),
    )
}


class PagesInscription:
    """Mixin of the committee's pages."""

    def vue_inscrire(self, request: HttpRequest, uuid: Any) -> HttpResponse:
        """R26: build the agenda, all that is filtered or line by line."""
        comite = self._en_preparation(request, uuid)
        onglet = ONGLETS.get(request.GET.get("nature", ""), ONGLETS[NatureLigne.EXAMEN])
        possibles = _possibles(comite, onglet)
        filtres = filtrer(possibles, request.GET, onglet)
        if request.method == "POST":
            choisis = filtres
            if not (onglet.tout and "tout" in request.POST):
                choisis = filtres.filter(uuid__in=_uuids(request.POST.getlist("candidature")))
            try:
                with transaction.atomic():
                    nombre = _inscrire(request.acteur, comite, onglet, choisis)
            except AccesRefuse:
                raise
            except ErreurMetier as erreur:
                messages.error(request, erreur.message)
            else:
                if nombre:
                    s = "s" if nombre > 1 else ""
                    messages.success(request, f"{nombre} ligne{s} ajoutée{s} à l’ordre du jour.")
                    return HttpResponseRedirect(self.adresse(comite))
                messages.error(request, f"Choisissez au moins une {onglet.un}.")
        page = Paginator(_a_montrer(filtres, onglet), PAR_PAGE).get_page(request.GET.get("page"))
        lignes = list(page.object_list)
        candidatures = [_candidature(ligne) for ligne in lignes]
        attacher_densites(candidatures)
        contexte = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Préparer le comité n° {comite.numero} : {onglet.titre.lower()}",
            "objet": comite,
            "adresse": self.adresse(comite),
            "onglet": onglet,
            "onglets": _onglets(comite, onglet),
            "page": page,
            "lignes": [{"objet": ligne, "candidature": c} for ligne, c in zip(lignes, candidatures, strict=True)],
            "candidatures": candidatures,
            "nombre": page.paginator.count,
            "departements": [(d.code, d.nom) for d in perimetre(request.acteur)],
            "etats": _etats(onglet),
            "choix_avis": [(FiltreAvis.SANS, "Sans avis"), ("avec", "Avec avis"), *SensAvis.choices],
            "filtres": {nom: request.GET.get(nom, "") for nom in ("departement", "avis", "etat", "q")},
        }
        return TemplateResponse(request, "admin/structures/inscrire.html", contexte)


def _possibles(comite: Comite, onglet: Onglet) -> QuerySet[Any]:
    lire = {
        NatureLigne.EXAMEN: inscriptibles,
        NatureLigne.AJOUT: demandes_inscriptibles,
        NatureLigne.CORRECTION: corrigibles,
    }
    return lire[onglet.nature](comite)


def _onglets(comite: Comite, courant: Onglet) -> list[dict[str, Any]]:
    return [
        {"onglet": onglet, "courant": onglet is courant, "nombre": _possibles(comite, onglet).count()}
        for onglet in ONGLETS.values()
    ]


def _inscrire(acteur: Acteur, comite: Comite, onglet: Onglet, choisis: QuerySet[Any]) -> int:
    if onglet.nature == NatureLigne.EXAMEN:
        return len(inscrire_lot(acteur=acteur, comite=comite, candidatures=choisis))
    if onglet.nature == NatureLigne.AJOUT:
        return len([inscrire_demande(acteur=acteur, comite=comite, demande=demande) for demande in choisis])
    return len(
        [
            inscrire_correction(acteur=acteur, comite=comite, candidature=candidature)
            for candidature in choisis[:CORRECTIONS_MAX]
        ]
    )


def _a_montrer(objets: QuerySet[Any], onglet: Onglet) -> QuerySet[Any]:
    """In the order of the agenda: by département, then by rank, then by number."""
    if onglet.nature == NatureLigne.AJOUT:
        return objets.select_related(
            "structure", "candidature__commune__departement", "candidature__commune__epci", "candidature__structure"
        ).order_by("candidature__commune__departement", "candidature__numero")
    rang = Avis.objects.filter(candidature=OuterRef("pk"), en_vigueur=True).values("rang")[:1]
    return (
        avec_avis(objets)
        .annotate(rang=Coalesce(Subquery(rang), SANS_RANG))
        .order_by("commune__departement", "rang", "numero")
    )


def _candidature(objet: Candidature | DemandePostes) -> Candidature:
    return objet.candidature if isinstance(objet, DemandePostes) else objet


def _etats(onglet: Onglet) -> list[tuple[str, str]]:
    if onglet.nature == NatureLigne.EXAMEN:
        return [
            (EtatCandidature.DEPOSEE, "Premier examen"),
            (REEXAMEN, "Réexamen demandé par la structure"),
            (EtatCandidature.EXAMEN, "Examen complémentaire"),
        ]
    if onglet.nature == NatureLigne.CORRECTION:
        etats = (EtatCandidature.REFUSEE, EtatCandidature.RETENUE, EtatCandidature.ACTIVEE)
        return [(etat, LIBELLES_INSTITUTION[etat]) for etat in etats]
    return []


def filtrer(objets: QuerySet[Any], parametres: Any, onglet: Onglet) -> QuerySet[Any]:
    """The filters of the page: département, opinion, state, words."""
    vers = onglet.candidature
    if departement := parametres.get("departement"):
        objets = objets.filter(**{f"{vers}commune__departement": departement})
    objets = _par_etat(objets, parametres.get("etat", ""), onglet)
    objets = _par_avis(objets, parametres.get("avis", ""), onglet)
    return _par_mots(objets, parametres.get("q", "").strip(), vers)


def _par_etat(objets: QuerySet[Any], etat: str, onglet: Onglet) -> QuerySet[Any]:
    if etat not in dict(_etats(onglet)):
        return objets
    if etat == REEXAMEN:
        return objets.filter(etat=EtatCandidature.DEPOSEE, reexamen_demande_le__isnull=False)
    if etat == EtatCandidature.DEPOSEE:
        return objets.filter(etat=etat, reexamen_demande_le__isnull=True)
    return objets.filter(etat=etat)


def _par_avis(objets: QuerySet[Any], avis: str, onglet: Onglet) -> QuerySet[Any]:
    """R25: of the prefecture, on the application or on the request."""
    if onglet.nature == NatureLigne.AJOUT:
        filtres = {"avec": ~Q(avis_sens=""), FiltreAvis.SANS: Q(avis_sens="")}
        filtres |= {sens: Q(avis_sens=sens) for sens in SensAvis.values}
    else:
        rendus = Avis.objects.filter(candidature=OuterRef("pk"), en_vigueur=True)
        filtres = {"avec": Q(Exists(rendus)), FiltreAvis.SANS: ~Q(Exists(rendus))}
        filtres |= {sens: Q(Exists(rendus.filter(sens=sens))) for sens in SensAvis.values}
    return objets.filter(filtres[avis]) if avis in filtres else objets


def _par_mots(objets: QuerySet[Any], mots: str, vers: str) -> QuerySet[Any]:
    """A number, a SIRET or RIDET, or words of the name."""
    if not mots:
        return objets
    compact = mots.replace(" ", "")
    trouve = Q(**{f"{vers}structure__nom_normalise__contains": normaliser(mots)})
    if compact.isascii() and compact.isdigit():
        trouve |= Q(**{f"{vers}siret": compact}) | Q(**{f"{vers}ridet": compact})
        if len(compact) < 10:
            trouve |= Q(**{f"{vers}numero": int(compact)})
    return objets.filter(trouve)


def _uuids(valeurs: list[str]) -> list[str]:
    """Only what looks like a UUID: anything else selects nothing."""
    propres = []
    for valeur in valeurs:
        try:
            propres.append(str(UUID(valeur)))
        except ValueError:
            continue
    return propres
