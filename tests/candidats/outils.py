"""What the tests of this floor share."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from post_office.models import Email

from candidats.coherence import (
    distance_dans_la_mobilite,
    dix_par_candidat,
    entretiens_ouverts,
    evaluations_de_la_grille,
    expliquee,
    inscriptions_reunies,
    partis_sans_proposition,
    pix_accord,
    pix_partage,
    postes_fermes,
    recrute_et_recrutee,
    role_de_candidat,
    structure_activee,
    trois_par_poste,
    un_cv_par_personne,
    validee_et_poste,
)


def courriels(modele: str) -> list[Email]:
    """The queued mails made from `courriels/candidats/<modele>.txt`, oldest first."""
    return [e for e in Email.objects.order_by("pk") if e.headers.get("X-Portail-Modele") == f"candidats/{modele}"]


def adresses(modele: str) -> list[str]:
    return [adresse for courriel in courriels(modele) for adresse in courriel.to]


def liens(courriel: Email, debut: str) -> list[str]:
    """The paths of the links of a mail that start with `debut`."""
    chemins = re.findall(re.escape(settings.SITE_URL) + r"(/\S*)", courriel.message)
    return [chemin for chemin in chemins if chemin.startswith(debut)]


def piece_jointe(courriel: Email) -> bytes:
    """The content of the only attachment of a mail."""
    piece = courriel.attachments.get()
    with piece.file.open("rb") as fichier:
        return fichier.read()


def verifier_coherence_candidats() -> None:
    """Each invariant of this floor, with its name when it fails."""
    for controle in (
        trois_par_poste,
        dix_par_candidat,
        partis_sans_proposition,
        validee_et_poste,
        recrute_et_recrutee,
        postes_fermes,
        structure_activee,
        distance_dans_la_mobilite,
        expliquee,
        entretiens_ouverts,
        evaluations_de_la_grille,
        role_de_candidat,
        pix_partage,
        pix_accord,
        inscriptions_reunies,
        un_cv_par_personne,
    ):
        resultat: Any = controle()
        nombre = resultat if isinstance(resultat, int) else resultat.count()
        assert nombre == 0, controle.__name__
