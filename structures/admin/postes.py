"""Posts: where they are, those whose time to recruit is over, more time or withdrawal (R30)."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal.commun.acteurs import Acteur
from portal.commun.affichage import date_longue
from portal.commun.exports import Colonne, exporter
from portal.commun.normalisation import normaliser
from portal.commun.roles import Role
from portal.comptes.admin_outils import Bouton
from structures import acces, droits, interruptions
from structures.actions import proroger_poste, retirer_poste, transferer_poste
from structures.admin.base import ObjetAdmin
from structures.admin.filtres import (
    FiltreCommunePoste,
    FiltreDepartementPoste,
    FiltreEcheance,
    FiltreEpciPoste,
    FiltreEtatPoste,
    FiltreRegime,
    FiltreRegionPoste,
)
from structures.enums import ETATS_A_RECRUTER, EtatPoste
from structures.etats import MACHINE_POSTE
from structures.forms.institution import FormulaireDerogation, FormulaireRetrait
from structures.forms.institution_postes import FormulaireTransfert, repreneuses
from structures.frise import frise
from structures.models import Poste
from structures.regles import en_retard


def poste_en_retard(poste: Poste) -> bool:
    """R30: not filled, and its deadline is past."""
    a_pourvoir = poste.etat in (EtatPoste.A_POURVOIR, EtatPoste.RESERVE)
    return a_pourvoir and en_retard(poste.echeance_recrutement, timezone.localdate())


def _proroger(*, acteur: Acteur, objet: Poste, **champs: Any) -> str:
    poste = proroger_poste(acteur=acteur, poste=objet, **champs)
    return f"Le poste n° {poste.numero} peut être pourvu jusqu’au {date_longue(poste.echeance_recrutement)}."


def _transferer(*, acteur: Acteur, objet: Poste, **champs: Any) -> str:
    poste = transferer_poste(acteur=acteur, poste=objet, **champs)
    prevenues = "Les structures et la préfecture sont prévenues."
    return f"Le poste n° {poste.numero} est à {poste.structure.designation}. {prevenues}"


def _retirer(*, acteur: Acteur, objet: Poste, motif: str) -> str:
    retirer_poste(acteur=acteur, poste=objet, motif=motif)
    return f"Le poste n° {objet.numero} est retiré. La structure et la préfecture sont prévenues."


def _concernes(poste: Poste) -> list[str]:
    """R29, R30: who is on the way to this post, while nobody holds it."""
    return interruptions.phrases([poste]) if poste.etat == EtatPoste.A_POURVOIR else []


def _sans_repreneuse(poste: Poste) -> str:
    """R29: no list to choose from, and what can be done instead."""
    if poste.etat != EtatPoste.A_POURVOIR or repreneuses(poste).exists():
        return ""
    departement = poste.structure.commune.departement
    return (
        f"Aucune autre structure du département {departement} ne peut reprendre ce poste : il y faut une candidature "
        f"retenue dans le même appel ({poste.campagne.nom}), de même statut juridique "
        f"({poste.candidature.get_statut_juridique_display().lower()}), pour un poste de "
        f"{'coordinateur' if poste.coordinateur else 'conseiller'}. Faites d’abord retenir une candidature de ce "
        "département par un comité : il peut aussi lui donner ce poste en séance. En attendant, vous pouvez prolonger "
        "le délai de recrutement."
    )


def exporter_postes(postes: QuerySet[Poste], *, format: str) -> Any:
    colonnes = [
        Colonne("Numéro", "numero"),
        Colonne("Structure", "structure.nom"),
        Colonne("SIRET ou RIDET", "structure.identifiant"),
        Colonne("Commune", "structure.commune.nom"),
        Colonne("Code département", "structure.commune.departement_id"),
        Colonne("Campagne", "campagne.nom"),
        Colonne("Coordinateur", "coordinateur"),
        Colonne("État", "get_etat_display"),
        Colonne("Comité", "comite.numero"),
        Colonne("Accordé le", "accorde_le"),
        Colonne("À pourvoir avant le", "echeance_recrutement"),
        Colonne("Échéance dépassée", poste_en_retard),
    ]
    return exporter("postes", colonnes, postes, format=format)


@admin.register(Poste)
class PosteAdmin(ObjetAdmin):
    visibles_par = staticmethod(acces.postes_visibles_par)
    gabarit_detail = "admin/structures/poste.html"
    exporter_liste = staticmethod(exporter_postes)
    list_display = ("numero", "structure_affichee", "genre", "etat", "accorde", "echeance", "retard")
    list_display_links = ("numero", "structure_affichee")
    list_filter = (
        FiltreEcheance,
        FiltreEtatPoste,
        FiltreRegionPoste,
        FiltreDepartementPoste,
        FiltreEpciPoste,
        FiltreCommunePoste,
        FiltreRegime,
        ("campagne", admin.RelatedOnlyFieldListFilter),
        "coordinateur",
    )
    search_fields = ("numero",)
    aide_recherche = "Numéro du poste, nom, SIRET ou commune de la structure"
    ordering = ("echeance_recrutement", "numero")
    verbes = (
        Bouton(
            "prolonger",
            "Prolonger le délai",
            _proroger,
            roles=droits.PROLONGER.roles,
            formulaire=FormulaireDerogation,
            explication=lambda objet: (
                f"{objet.structure.designation} doit pourvoir ce poste avant le "
                f"{date_longue(objet.echeance_recrutement)}. "
                "La dérogation est enregistrée avec son motif, et la structure est prévenue."
            ),
            possible=lambda acteur, objet: objet.etat in ETATS_A_RECRUTER,
        ),
        Bouton(
            "transferer",
            "Transférer le poste",
            _transferer,
            roles=droits.TRANSFERER.roles,
            formulaire=FormulaireTransfert,
            avec_objet=True,
            explication=lambda objet: (
                f"{objet.structure.designation} cède ce poste. La structure qui le reprend a tout le délai de l’appel "
                "pour le pourvoir ; les propositions de candidats en cours prennent fin, d’autres sont faites autour "
                "d’elle."
            ),
            possible=lambda acteur, objet: objet.etat == EtatPoste.A_POURVOIR,
            avertir=_concernes,
            obstacle=_sans_repreneuse,
        ),
        Bouton(
            "retirer",
            "Retirer le poste",
            _retirer,
            roles=MACHINE_POSTE["retirer"].roles - {Role.SYSTEME},
            formulaire=FormulaireRetrait,
            explication=lambda objet: (
                f"{objet.structure.designation} perd ce poste, qui revient à l’enveloppe de la campagne. "
                "On ne peut pas revenir en arrière."
            ),
            possible=lambda acteur, objet: (
                MACHINE_POSTE.autorise(objet.etat, "retirer", acteur) and poste_en_retard(objet)
            ),
            avertir=_concernes,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Poste]:
        return (
            super()
            .get_queryset(request)
            .select_related("structure__commune__departement", "campagne", "comite", "candidature")
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Poste], search_term: str
    ) -> tuple[QuerySet[Poste], bool]:
        for mot in search_term.split():
            if mot.isascii() and mot.isdigit():
                filtre = Q(structure__siret__startswith=mot)
                queryset = queryset.filter(filtre | Q(numero=mot) if len(mot) < 10 else filtre)
                continue
            propre = normaliser(mot)
            queryset = queryset.filter(
                Q(structure__nom_normalise__contains=propre) | Q(structure__commune__nom_normalise__contains=propre)
            )
        return queryset, False

    @admin.display(description="structure", ordering="structure__nom_normalise")
    def structure_affichee(self, poste: Poste) -> SafeString:
        structure = poste.structure
        return format_html(
            '{}<br><span class="discret">{}, {}</span>', structure.nom, structure.commune, structure.identifiant_nomme
        )

    @admin.display(description="poste", ordering="coordinateur")
    def genre(self, poste: Poste) -> str:
        return "Coordinateur" if poste.coordinateur else "Conseiller"

    @admin.display(description="accordé le", ordering="accorde_le")
    def accorde(self, poste: Poste) -> str:
        return f"{poste.accorde_le:%d/%m/%Y}"

    @admin.display(description="à pourvoir avant le", ordering="echeance_recrutement")
    def echeance(self, poste: Poste) -> str:
        return f"{poste.echeance_recrutement:%d/%m/%Y}"

    @admin.display(description="échéance")
    def retard(self, poste: Poste) -> str:
        return "Dépassée" if poste_en_retard(poste) else ""

    def contexte_detail(self, request: HttpRequest, objet: Poste) -> dict[str, Any]:
        return {
            "retard": poste_en_retard(objet),
            "lieux": list(objet.lieux.select_related("commune").order_by("nom")),
            "derogations": list(objet.derogations.order_by("-cree_le")),
            # The timeline says it all, in words.
            "historique": [],
            "frise": frise(objet, request.acteur),
        }
