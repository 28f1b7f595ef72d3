"""The same form sent twice in a row: one effect, and a page that says where things stand (issue 2).

Twice at the same second is in `test_concurrence.py`. What the second sending would do again is counted in the tables,
history and outgoing mails included.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from psycopg import sql

from tests.securite.envois import PREPARATIONS, preparer, saisie_propre
from tests.securite.pages import Lecteur
from tests.securite.saisies import formulaire, remplir, role_de
from tests.test_urls_roles import TABLE
from tests.urls_roles import Ligne

# Pages of the accounts library and of Django: theirs to prove.
AILLEURS = ("account_", "mfa_", "admin:login", "admin:logout", "admin:password")
# Django's page of an object: read only, our buttons write.
SANS_FORMULAIRE = ("_change", "_changelist", "_history", "_delete")
# The page after the action is drawn at once, without a redirection.
RENDUES = frozenset(
    {
        "structures:confirmer",
        "candidats:pas_interesse",
        "candidats:repondre_lien",
        "candidats:creneaux_lien",
        "candidats:disponibilite",
        "comptes:renouveler_invitation",
    }
)
# The file is read first, and a page says what it would change: what is sent twice is the button of that page.
VERIFIES = frozenset(
    {
        "admin:structures_candidature_importer",
        "admin:structures_faitprioritaire_importer",
        "admin:candidats_importpix_importer",
    }
)
# Sending again is asking for something else: two effects, and the reason.
DEUX_EFFETS = {
    "subventions:message_structure": "a second message is a second message, whatever it says",
    "subventions:message_bdt": "the same",
    "candidats:inscription": "the address has an account now: a mail tells its owner, and nobody else",
    "candidats:invitation": "the same",
    "candidats:cv": "the file takes the place of the one before, which is deleted",
    "subventions:piece": "the file takes the place of the one before, which is deleted",
    "formation:session_creer": "two groups may start on the same day; the body sees both and cancels one",
}

# The scene has no such object for a signed-in person; the same form is sent by the link of the mail.
PAR_LIEN = frozenset({"structures:candidature_corriger", "structures:candidature_reexamen"})

ENVOIS = [
    ligne
    for ligne in TABLE
    if ligne.roles
    and str(ligne) not in PAR_LIEN
    and not ligne.nom.startswith(AILLEURS)
    and not ligne.nom.endswith(SANS_FORMULAIRE)
]


def _compte() -> dict[str, int]:
    tables = [m._meta.db_table for m in apps.get_models() if m._meta.app_label not in ("sessions", "territoires")]
    compter = sql.SQL("SELECT {}, count(*) FROM {}")
    with connection.cursor() as curseur:
        curseur.execute(sql.SQL(" UNION ALL ").join(compter.format(sql.Literal(t), sql.Identifier(t)) for t in tables))
        return dict(curseur.fetchall())


def _envoyer(client: Any, adresse: str, saisie: dict[str, Any]) -> Any:
    """A file is read to its end by the first sending: again from the start each time."""
    for valeur in saisie.values():
        if hasattr(valeur, "seek"):
            valeur.seek(0)
    return client.post(adresse, saisie)


def _apres_verification(reponse: Any) -> dict[str, Any]:
    """What the button of the page of review sends."""
    formulaires = Lecteur(reponse.content.decode()).formulaires
    return remplir(next(formulaire for formulaire in formulaires if "porte" in formulaire.champs))


def _erreurs(reponse: Any) -> list[str]:
    """What the page refuses."""
    page = reponse.content.decode(errors="replace")
    return [
        " ".join(re.sub(r"<[^>]+>", " ", bloc).split()) for bloc in re.findall(r"fr-alert--error.*?</div>", page, re.S)
    ]


def _ecart(avant: dict[str, int], apres: dict[str, int]) -> dict[str, int]:
    return {table: apres[table] - avant[table] for table in avant if apres[table] != avant[table]}


@pytest.mark.parametrize("ligne", ENVOIS, ids=str)
def test_un_second_envoi_n_a_pas_de_second_effet(scene, lectures, ligne: Ligne):
    role, cle = role_de(ligne), str(ligne)
    monde = scene.ici.pour(role)
    preparer(cle, monde)
    adresse, client = ligne.adresse(monde), scene.client(role)
    lire = formulaire if cle in PREPARATIONS else lectures.formulaire
    page = None if ligne.post else lire(client, adresse)
    if page is None and not ligne.post:
        return
    saisie = {**(remplir(page) if page else {}), **saisie_propre(cle, monde)}
    if cle in VERIFIES:
        avant = _compte()
        saisie = _apres_verification(_envoyer(client, adresse, saisie))
        assert not _ecart(avant, _compte()), "written before the button"
    premier = _envoyer(client, adresse, saisie)
    assert premier.status_code == (200 if cle in RENDUES else 302), _erreurs(premier)
    milieu = _compte()
    second = _envoyer(client, adresse, saisie)
    assert second.status_code < 500
    ecart = _ecart(milieu, _compte())
    assert bool(ecart) == (cle in DEUX_EFFETS), ecart
