"""Campaigns: opened and closed by ANCT, with what is left of their envelope (DOMAIN §4, R15)."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet

from portal.commun.acteurs import Acteur
from portal.commun.roles import Role
from portal.comptes.admin_outils import Bouton
from structures import droits, enveloppe
from structures.actions import creer_campagne, fermer_campagne, modifier_campagne, ouvrir_campagne
from structures.admin.base import ObjetAdmin
from structures.enums import EtatCandidature
from structures.etats import MACHINE_CAMPAGNE
from structures.forms.institution import FormulaireCampagne
from structures.models import Campagne
from structures.regimes import Horloge

LECTURE = frozenset({Role.ANCT, Role.SUPPORT})


def campagnes_visibles_par(acteur: Acteur) -> QuerySet[Campagne]:
    return Campagne.objects.all() if acteur.est(*LECTURE) else Campagne.objects.none()


def _modifier(*, acteur: Acteur, objet: Campagne, **champs: Any) -> None:
    modifier_campagne(acteur=acteur, campagne=objet, **champs)


def _ouvrir(*, acteur: Acteur, objet: Campagne) -> str:
    ouvrir_campagne(acteur=acteur, campagne=objet)
    return f"La campagne « {objet.nom} » est ouverte."


def _fermer(*, acteur: Acteur, objet: Campagne) -> str:
    fermer_campagne(acteur=acteur, campagne=objet)
    return f"La campagne « {objet.nom} » est fermée : elle ne reçoit plus de candidature."


@admin.register(Campagne)
class CampagneAdmin(ObjetAdmin):
    roles_lecture = LECTURE
    visibles_par = staticmethod(campagnes_visibles_par)
    gabarit_detail = "admin/structures/campagne.html"
    roles_creation = droits.CREER_CAMPAGNE.roles
    formulaire_creation = FormulaireCampagne
    titre_creation = "Créer une campagne"
    list_display = ("nom", "regime", "etat", "ouvre_le", "ferme_le", "enveloppe_postes", "accordes", "restants")
    list_filter = ("etat", "regime")
    search_fields = ("nom", "code")
    ordering = ("-ouvre_le", "code")
    verbes = (
        Bouton(
            "modifier",
            "Modifier les dates ou l’enveloppe",
            _modifier,
            roles=droits.MODIFIER_CAMPAGNE.roles,
            formulaire=FormulaireCampagne,
            avec_objet=True,
        ),
        Bouton(
            "ouvrir",
            "Ouvrir la campagne",
            _ouvrir,
            roles=MACHINE_CAMPAGNE["ouvrir"].roles,
            explication="Les structures pourront candidater entre ses deux dates.",
            possible=lambda acteur, objet: MACHINE_CAMPAGNE.autorise(objet.etat, "ouvrir", acteur),
        ),
        Bouton(
            "fermer",
            "Fermer la campagne",
            _fermer,
            roles=MACHINE_CAMPAGNE["fermer"].roles,
            explication="Plus aucune structure ne pourra candidater. Les candidatures déjà déposées restent examinées.",
            possible=lambda acteur, objet: MACHINE_CAMPAGNE.autorise(objet.etat, "fermer", acteur),
        ),
    )

    def completer(self, objets: list[Campagne]) -> None:
        accordes = enveloppe.postes_accordes(objets)
        for campagne in objets:
            campagne.nb_accordes = accordes[campagne.pk]

    @admin.display(description="postes accordés")
    def accordes(self, campagne: Campagne) -> int:
        return campagne.nb_accordes

    @admin.display(description="postes restants")
    def restants(self, campagne: Campagne) -> int:
        return campagne.enveloppe_postes - campagne.nb_accordes

    def creer(self, acteur: Acteur, **champs: Any) -> Campagne:
        return creer_campagne(acteur=acteur, **champs)

    def contexte_detail(self, request: Any, objet: Campagne) -> dict[str, Any]:
        candidatures = objet.candidatures.order_by()
        return {
            "regime": objet.donnees_regime,
            "horloge": (Horloge(objet.horloge) if objet.horloge else objet.donnees_regime.horloge).libelle,
            "accorde": enveloppe.accorde(objet),
            "reste": enveloppe.reste(objet),
            "nb_candidatures": candidatures.exclude(etat=EtatCandidature.A_CONFIRMER).count(),
            "nb_a_examiner": candidatures.a_examiner().count(),
            "comites": list(objet.comites.order_by("-date", "-numero")),
        }
