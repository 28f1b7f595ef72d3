"""Applications: the list of the concertation, the page of one application, opinion, hand-back, activation."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from portal.commun.acteurs import Acteur
from portal.commun.erreurs import ErreurMetier, TransitionInterdite
from portal.commun.normalisation import normaliser
from portal.commun.roles import Role
from portal.comptes.admin_outils import Bouton
from structures import acces, droits
from structures.actions import activer, rendre_avis, rendre_pour_correction, renvoyer_confirmation
from structures.actions.concertation import rangs_deja_donnes, renseigner_faits
from structures.admin.base import ObjetAdmin
from structures.admin.concertation import PagesConcertation
from structures.admin.filtres import (
    FiltreAvis,
    FiltreCandidaturesAFaire,
    FiltreCommune,
    FiltreDepartement,
    FiltreEpci,
    FiltreEtatCandidature,
    FiltreFait,
    FiltreRegime,
    FiltreRegion,
    FiltreRetenuesPar,
)
from structures.admin.statut import BOUTON_STATUT
from structures.densite import attacher_densites
from structures.enums import ETATS_A_EXAMINER, LIBELLES_INSTITUTION, EtatCandidature
from structures.etats import MACHINE_CANDIDATURE
from structures.export_comite import exporter_candidatures
from structures.faits import faits_de, faits_et_sources
from structures.forms.institution import FormulaireAvis, FormulaireCorrection, FormulaireFaits
from structures.lectures import avec_avis, avis_de, versions_de_l_avis
from structures.models import Candidature


def _rendre_avis(*, acteur: Acteur, objet: Candidature, **champs: Any) -> str:
    avis = rendre_avis(acteur=acteur, candidature=objet, **champs)
    message = f"L’avis sur la candidature n° {objet.numero} est enregistré."
    if avis.rang and (autres := rangs_deja_donnes(objet, avis.rang)):
        noms = ", ".join(f"n° {autre.numero} ({autre.nom})" for autre in autres[:3])
        message += f" Le rang {avis.rang} est aussi donné à : {noms}."
    return message


def _rendre_ou_modifier(candidature: Candidature) -> str:
    """R25: one opinion in force, that a new version replaces."""
    return "Modifier l’avis" if avis_de(candidature) else "Rendre un avis"


def _rendre(*, acteur: Acteur, objet: Candidature, motif: str) -> str:
    rendre_pour_correction(acteur=acteur, candidature=objet, motif=motif)
    return "La candidature est rendue à la structure, qui reçoit votre demande par courriel."


def _activer(*, acteur: Acteur, objet: Candidature) -> str:
    activer(acteur=acteur, candidature=objet)
    return f"{objet.nom} est activée : sa personne à contacter est prévenue par courriel."


def _renseigner_faits(*, acteur: Acteur, objet: Candidature, faits: list[str]) -> str:
    if objet.structure is None:
        raise TransitionInterdite("Cette candidature n’est pas confirmée : sa structure n’est pas encore enregistrée.")
    renseigner_faits(acteur=acteur, structure=objet.structure, faits=faits)
    return "Les faits prioritaires sont enregistrés."


def _renvoyer_confirmation(*, acteur: Acteur, objet: Candidature) -> str:
    renvoyer_confirmation(acteur=acteur, candidature=objet)
    return f"Un nouveau lien de confirmation est envoyé à {objet.contact_courriel}."


def _demande(candidature: Candidature) -> str:
    """R24: what the prefect looks at, in one paragraph above the form."""
    attacher_densites([candidature])
    densites = candidature.densites
    nombre = candidature.nb_conseillers
    demande = f"demande {nombre} poste{'s' if nombre > 1 else ''}" if nombre else "ne sait pas encore combien de postes"
    faits = ", ".join(faits_de(candidature.structure, court=False)) or "aucun fait prioritaire connu"
    epci = f", {densites.epci} dans l’EPCI" if candidature.commune.epci_id else ""
    return (
        f"{candidature.nom}, {candidature.commune.nom} : {demande}. {faits[0].upper()}{faits[1:]}. "
        f"Postes déjà accordés : {densites.departement} dans le département{epci}, {densites.commune} dans la commune. "
        "Votre avis est consultatif ; vous pouvez le modifier jusqu’à la clôture du comité, chaque version est gardée."
    )


def _a_examiner(acteur: Acteur, candidature: Candidature) -> bool:
    return candidature.etat in ETATS_A_EXAMINER


@admin.register(Candidature)
class CandidatureAdmin(PagesConcertation, ObjetAdmin):
    visibles_par = staticmethod(acces.candidatures_visibles_par)
    gabarit_detail = "admin/structures/candidature.html"
    exporter_liste = staticmethod(exporter_candidatures)
    list_display = (
        "numero_affiche",
        "structure_affichee",
        "etat_affiche",
        "demande",
        "avis_affiche",
        "faits",
        "densite",
        "deposee_le",
    )
    list_display_links = ("numero_affiche", "structure_affichee")
    list_filter = (
        FiltreCandidaturesAFaire,
        FiltreRetenuesPar,
        FiltreRegion,
        FiltreDepartement,
        FiltreEpci,
        FiltreCommune,
        FiltreEtatCandidature,
        FiltreAvis,
        FiltreRegime,
        "type",
        FiltreFait,
        ("campagne", admin.RelatedOnlyFieldListFilter),
        "coordinateur",
        "poste_existant",
    )
    search_fields = ("nom",)
    aide_recherche = "Numéro, SIRET, nom de la structure, commune ou courriel du contact"
    ordering = ("-confirmee_le", "-pk")
    actions = ("activer_selection",)
    verbes = (
        Bouton(
            "avis",
            _rendre_ou_modifier,
            _rendre_avis,
            roles=droits.RENDRE_AVIS.roles,
            formulaire=FormulaireAvis,
            avec_objet=True,
            explication=_demande,
            possible=_a_examiner,
        ),
        Bouton(
            "correction",
            "Rendre pour correction",
            _rendre,
            roles=MACHINE_CANDIDATURE["rendre"].roles,
            formulaire=FormulaireCorrection,
            explication=(
                "La structure reçoit votre demande et un lien pour corriger ses réponses. "
                "La candidature n’est plus examinée tant que la correction n’est pas déposée."
            ),
            possible=lambda acteur, objet: MACHINE_CANDIDATURE.autorise(objet.etat, "rendre", acteur),
        ),
        Bouton(
            "faits",
            "Renseigner les faits prioritaires",
            _renseigner_faits,
            roles=droits.RENSEIGNER_FAITS.roles,
            formulaire=FormulaireFaits,
            avec_objet=True,
            explication="Ces faits éclairent la concertation et le comité.",
            possible=lambda acteur, objet: objet.structure_id is not None,
        ),
        Bouton(
            "activer",
            "Activer la structure",
            _activer,
            roles=MACHINE_CANDIDATURE["activer"].roles,
            explication=lambda objet: (
                f"{objet.nom} aura accès à son espace. {objet.contact_prenom} {objet.contact_nom} "
                f"({objet.contact_courriel}) recevra un courriel, et une invitation à créer son compte si la structure "
                "n’a pas encore d’administrateur. Une structure activée ne redevient pas inactive."
            ),
            possible=lambda acteur, objet: MACHINE_CANDIDATURE.autorise(objet.etat, "activer", acteur),
        ),
        BOUTON_STATUT,
        Bouton(
            "confirmation",
            "Renvoyer le lien de confirmation",
            _renvoyer_confirmation,
            roles=frozenset({Role.ANCT, Role.SUPPORT}),
            explication="Le lien précédent ne fonctionnera plus.",
            possible=lambda acteur, objet: objet.etat == EtatCandidature.A_CONFIRMER,
        ),
    )

    # --- list ---

    def get_queryset(self, request: HttpRequest) -> QuerySet[Candidature]:
        return avec_avis(super().get_queryset(request))

    def completer(self, objets: list[Candidature]) -> None:
        attacher_densites(objets)

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        """R25, R31: the opinion and the hand-back are given from the list too."""
        gestes = {Role.PREFECTURE: ("gestes_prefecture",), Role.ANCT: ("gestes_anct",)}
        return (*self.list_display, *gestes.get(request.acteur.role, ()))

    @admin.display(description="actions")
    def gestes_prefecture(self, candidature: Candidature) -> str:
        return self._gestes(
            candidature, ("avis", _rendre_ou_modifier(candidature)), ("correction", "Rendre pour correction")
        )

    @admin.display(description="actions")
    def gestes_anct(self, candidature: Candidature) -> str:
        return self._gestes(candidature, ("correction", "Rendre pour correction"))

    def _gestes(self, candidature: Candidature, *verbes: tuple[str, str]) -> str:
        if candidature.etat not in ETATS_A_EXAMINER:
            return "—"
        liens = [
            (self.adresse(candidature, verbe), libelle, f"candidature n° {candidature.numero}")
            for verbe, libelle in verbes
        ]
        modele = '<a href="{}">{}<span class="visually-hidden">, {}</span></a>'
        return format_html_join(mark_safe("<br>"), modele, liens)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Candidature], search_term: str
    ) -> tuple[QuerySet[Candidature], bool]:
        """Each word in the name, the commune or the contact; digits are a number or the start of a SIRET."""
        for mot in search_term.split():
            if mot.isascii() and mot.isdigit():
                filtre = Q(siret__startswith=mot) | Q(code_postal=mot)
                queryset = queryset.filter(filtre | Q(numero=mot) if len(mot) < 10 else filtre)
                continue
            propre = normaliser(mot)
            queryset = queryset.filter(
                Q(nom__icontains=mot)
                | Q(structure__nom_normalise__contains=propre)
                | Q(commune__nom_normalise__contains=propre)
                | Q(contact_courriel__icontains=mot)
            )
        return queryset, False

    @admin.display(description="n°", ordering="numero", empty_value="—")
    def numero_affiche(self, candidature: Candidature) -> int | None:
        return candidature.numero

    @admin.display(description="structure", ordering="nom")
    def structure_affichee(self, candidature: Candidature) -> SafeString:
        return format_html('{}<br><span class="discret">{}</span>', candidature.nom, candidature.commune)

    @admin.display(description="état", ordering="etat")
    def etat_affiche(self, candidature: Candidature) -> str:
        return candidature.etat_institution

    @admin.display(description="postes demandés", ordering="nb_conseillers", empty_value="?")
    def demande(self, candidature: Candidature) -> int | None:
        return candidature.nb_conseillers

    @admin.display(description="avis et rang")
    def avis_affiche(self, candidature: Candidature) -> str:
        avis = avis_de(candidature)
        return avis.resume if avis else "Sans avis"

    @admin.display(description="faits prioritaires")
    def faits(self, candidature: Candidature) -> str:
        return ", ".join(faits_de(candidature.structure))

    @admin.display(description="déjà accordés (dép. / EPCI / commune)")
    def densite(self, candidature: Candidature) -> str:
        densites = candidature.densites
        return f"{densites.departement} / {densites.epci} / {densites.commune}"

    @admin.display(description="déposée le", ordering="confirmee_le", empty_value="—")
    def deposee_le(self, candidature: Candidature) -> str | None:
        return f"{timezone.localtime(candidature.confirmee_le):%d/%m/%Y}" if candidature.confirmee_le else None

    # --- page of one application ---

    def libelle_etat(self, etat: str) -> str:
        return LIBELLES_INSTITUTION.get(etat, etat)

    def contexte_detail(self, request: HttpRequest, objet: Candidature) -> dict[str, Any]:
        attacher_densites([objet])
        lignes = objet.lignes_comite.select_related("comite").order_by("-comite__date", "-comite__numero")
        if not request.acteur.est(Role.ANCT, Role.SUPPORT):
            # What a committee prepares is not public before its closing.
            lignes = lignes.filter(comite__clos_le__isnull=False)
        return {
            "faits": faits_et_sources(objet.structure),
            "versions": versions_de_l_avis(objet),
            "lignes": list(lignes),
            "postes": list(objet.postes.order_by("numero")),
            "lieux": list(objet.lieux_souhaites.select_related("commune").order_by("nom")),
            "engagements": list(objet.engagements.order_by("pk")),
            "consultations": list(objet.consultations.order_by("pk")),
        }

    # --- several at once ---

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return super().get_actions(request) if request.acteur.est(Role.ANCT) else {}

    @admin.action(description="Activer les structures sélectionnées")
    def activer_selection(self, request: HttpRequest, queryset: QuerySet[Candidature]) -> HttpResponse | None:
        """R27: after a confirmation page; what cannot be activated is told one by one, the rest is done."""
        candidatures = list(queryset.order_by("numero"))
        if "confirmer" not in request.POST:
            prets = [c for c in candidatures if c.etat == EtatCandidature.RETENUE]
            contexte = {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "title": "Activer les structures sélectionnées ?",
                "prets": prets,
                "autres": [c for c in candidatures if c not in prets],
            }
            return TemplateResponse(request, "admin/structures/activer_selection.html", contexte)
        faites = 0
        for candidature in candidatures:
            try:
                activer(acteur=request.acteur, candidature=candidature)
                faites += 1
            except ErreurMetier as erreur:
                messages.error(request, f"Candidature n° {candidature.numero} ({candidature.nom}) : {erreur.message}")
        if faites:
            pluriel = "s" if faites > 1 else ""
            messages.success(request, f"{faites} structure{pluriel} activée{pluriel}.")
        return None
