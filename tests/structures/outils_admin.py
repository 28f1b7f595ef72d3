"""The administration pages of the applications: addresses, texts, the form of an opinion."""

from __future__ import annotations

from html import unescape

from django.urls import reverse

LISTE = "admin:structures_candidature_changelist"
COMMENTAIRE = "Projet attendu par le territoire, bien ancré."


def page(candidature, verbe=None):
    if verbe:
        return reverse("admin:structures_candidature_verbe", args=[candidature.uuid, verbe])
    return reverse("admin:structures_candidature_change", args=[candidature.uuid])


def texte(reponse):
    return unescape(reponse.content.decode())


def avis(**champs):
    return {"sens": "favorable", "nb_postes": "2", "rang": "1", "commentaire": COMMENTAIRE, **champs}
