"""The kernel in the administration: which mails were sent, which jobs ran. For ANCT and support (R112, R113).

Stands on this floor because the pages of the administration and their perimeter do.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from post_office.models import STATUS, Email

from portal.commun.acteurs import Acteur
from portal.commun.courriels import ENTETE_MODELE, ENTETE_OBJET, masquer_secrets, relancer
from portal.commun.models import ExecutionTache
from portal.commun.roles import Role
from portal.comptes.admin_a_faire import AFaire, fournir
from portal.comptes.admin_outils import AdminPerimetre, Bouton

LECTURE = frozenset({Role.ANCT, Role.SUPPORT})
LIBELLES_STATUT = {
    STATUS.queued: "En attente",
    STATUS.requeued: "Nouvel essai prévu",
    STATUS.sent: "Envoyé",
    STATUS.failed: "Échec",
}

# The library has no French names. Migrations read those of the class as it was written, which stay as they are.
apps.get_app_config("post_office").verbose_name = "Courriels"
Email._meta.verbose_name, Email._meta.verbose_name_plural = "courriel", "courriels"
Email._meta.get_field("created").verbose_name = "écrit le"


def courriels_visibles_par(acteur: Acteur) -> QuerySet[Email]:
    return Email.objects.all() if acteur.role in LECTURE else Email.objects.none()


def executions_visibles_par(acteur: Acteur) -> QuerySet[ExecutionTache]:
    return ExecutionTache.objects.all() if acteur.role in LECTURE else ExecutionTache.objects.none()


def courriels_en_echec(acteur: Acteur) -> list[AFaire]:
    """R113: what was given up is put back by a person."""
    if acteur.role not in LECTURE:
        return []
    return [
        AFaire(
            nombre=courriels_visibles_par(acteur).filter(status=STATUS.failed).count(),
            un="courriel en échec, à remettre en attente d’envoi",
            plusieurs="courriels en échec, à remettre en attente d’envoi",
            lien=f"{reverse('admin:post_office_email_changelist')}?{FiltreStatut.parameter_name}={STATUS.failed}",
        )
    ]


fournir("socle", courriels_en_echec)


def _relancer(*, acteur: Acteur, objet: Email) -> str:
    relancer(acteur=acteur, courriels=Email.objects.filter(pk=objet.pk))
    return "Ce courriel est remis en attente d’envoi."


class FiltreStatut(admin.SimpleListFilter):
    title = "état"
    parameter_name = "statut"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(code), libelle) for code, libelle in LIBELLES_STATUT.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Email]) -> QuerySet[Email]:
        return queryset.filter(status=self.value()) if self.value() else queryset


@admin.register(Email)
class CourrielAdmin(AdminPerimetre):
    """Was it sent, to whom, what did it say — without what its links open."""

    roles_lecture = LECTURE
    visibles_par = staticmethod(courriels_visibles_par)
    verbes = (
        Bouton(
            "relancer",
            "Remettre en attente d’envoi",
            _relancer,
            roles=LECTURE,
            explication="Ce courriel a échoué. Il sera envoyé de nouveau dans la minute.",
            possible=lambda acteur, courriel: courriel.status == STATUS.failed,
        ),
    )
    list_display = ("created", "destinataires", "sujet", "statut")
    list_filter = (FiltreStatut, "created")
    search_fields = ("to", "subject")
    ordering = ("-created",)
    fields = ("created", "destinataires", "copies", "sujet", "texte", "statut", "essais", "modele", "objet")
    readonly_fields = fields

    @admin.display(description="destinataire", ordering="to")
    def destinataires(self, courriel: Email) -> str:
        return ", ".join(courriel.to)

    @admin.display(description="copie")
    def copies(self, courriel: Email) -> str:
        return ", ".join(courriel.cc) or "—"

    @admin.display(description="objet", ordering="subject")
    def sujet(self, courriel: Email) -> str:
        return masquer_secrets(courriel.subject)

    @admin.display(description="texte, liens masqués")
    def texte(self, courriel: Email) -> SafeString:
        return format_html("<pre>{}</pre>", masquer_secrets(courriel.message))

    @admin.display(description="état", ordering="status")
    def statut(self, courriel: Email) -> str:
        return LIBELLES_STATUT.get(courriel.status, "—")

    @admin.display(description="échecs d’envoi")
    def essais(self, courriel: Email) -> str:
        # The type of the error only: its message can quote what was being sent.
        lignes = [(f"{timezone.localtime(e.date):%d/%m/%Y %H:%M}", e.exception_type) for e in courriel.logs.all()[:20]]
        return format_html_join("", "<p>{} : {}</p>", lignes) or "—"

    @admin.display(description="modèle")
    def modele(self, courriel: Email) -> str:
        return (courriel.headers or {}).get(ENTETE_MODELE, "—")

    @admin.display(description="à propos de")
    def objet(self, courriel: Email) -> str:
        return (courriel.headers or {}).get(ENTETE_OBJET, "—")


@admin.register(ExecutionTache)
class ExecutionTacheAdmin(AdminPerimetre):
    roles_lecture = LECTURE
    visibles_par = staticmethod(executions_visibles_par)
    list_display = ("nom", "debut", "fin", "reussie", "resultat")
    list_filter = ("nom", "reussie")
    ordering = ("-debut",)
    fields = ("nom", "debut", "fin", "reussie", "resultat")
    readonly_fields = fields
