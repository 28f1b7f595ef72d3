"""The administration of the portal in place of Django's own, for every `@admin.register` of every app."""

from django.contrib.admin.apps import AdminConfig


class AdminPortailConfig(AdminConfig):
    default_site = "portal.comptes.admin_site.AdminPortail"
