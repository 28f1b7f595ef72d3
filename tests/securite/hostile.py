"""Texts that somebody malevolent types, put in every column where a person may write."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.db.models import F, Value
from django.db.models.functions import Cast, Concat

from candidats.models import MiseEnRelation

# Executed by nobody: not the browser, not the template engine (719129 would appear), not the spreadsheet.
DEBUTS = ("=", "+", "-", "@", "\t=", "\r=", '=HYPERLINK("http://pirate.example","x")')
CORPS = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{ 719122|add:7 }}"
SUITE = '{% debug %}\r\nBcc: pirate@exemple.fr\r\n\r\n\u202e javascript:alert(1) https://pirate.example/"on=x 😈'
TRACE = "<script>alert(1)</script>"
EVALUE = "719129"
COURRIEL = '"><img/src=x/onerror=alert({})>"@exemple.fr'
ADRESSE = 'https://pirate.example/"><script>alert(1)</script>'

# Columns that hold a code, a digest or a name made by the portal.
MACHINE = frozenset(
    [
        "nature",
        "objet",
        "nom_normalise",
        "type_mime",
        "empreinte",
        "password",
        "cle",
        "code",
        "horloge",
        "zone",
        "source",
        "fichier",
        "from_email",
        "message",
        "html_message",
        "message_id",
        "backend_alias",
        "mimetype",
        "signataire_empreinte",
    ]
)
APPLICATIONS = ("commun", "comptes", "structures", "candidats", "subventions", "formation", "post_office")


def texte(rang: int, longueur: int | None = None) -> str:
    """A hostile text that fits; another first character each time."""
    return (DEBUTS[rang % len(DEBUTS)] + CORPS + SUITE)[: longueur or 2000]


def empoisonner() -> set[str]:
    """Every text of every row, history included; the columns that were filled. The database may refuse some."""
    rangs = itertools.count()
    with connection.cursor() as curseur:
        # Constraints that wait for the end of the transaction would hold the tables.
        curseur.execute("SET CONSTRAINTS ALL IMMEDIATE")
    remplies = {nom for modele, champ in _colonnes() if (nom := _remplir(modele, champ, next(rangs)))}
    explication = [{"code": "distance", "points": 60, "sur": 60, "texte": texte(0)}]
    MiseEnRelation.objects.exclude(explication=[]).update(explication=explication)
    return remplies


def _colonnes() -> Iterator[tuple[type[models.Model], Any]]:
    for modele in apps.get_models():
        if modele._meta.app_label not in (*APPLICATIONS, "account"):
            continue
        for champ in modele._meta.local_concrete_fields:
            if isinstance(champ, models.EmailField) or (
                isinstance(champ, (models.CharField, models.TextField))
                and not champ.choices
                and champ.name not in MACHINE
                and (champ.max_length or 999) >= 100
                and modele._meta.app_label != "account"
            ):
                yield modele, champ


def _remplir(modele: type[models.Model], champ: Any, rang: int) -> str:
    numero: Any = "user_id" if modele._meta.app_label == "account" else "pk"
    if isinstance(champ, models.EmailField):
        avant, _, apres = COURRIEL.partition("{}")
        valeur: Any = Concat(Value(avant), Cast(numero, models.CharField()), Value(apres))
    elif isinstance(champ, models.URLField):
        valeur = Value(ADRESSE)
    elif champ.unique:
        valeur = Concat(Value(texte(rang, champ.max_length - 10)), Cast(F("pk"), models.CharField()))
    else:
        valeur = Value(texte(rang, champ.max_length))
    toutes = modele._base_manager.all()
    # Where the database refuses a reason without what it explains, the empty texts stay.
    for lignes in (toutes, toutes.exclude(**{champ.name: ""}).exclude(**{f"{champ.name}__isnull": True})):
        try:
            with transaction.atomic():
                nombre = lignes.update(**{champ.name: valeur})
        except IntegrityError:
            continue
        return f"{modele._meta.label}.{champ.name}" if nombre else ""
    return ""
