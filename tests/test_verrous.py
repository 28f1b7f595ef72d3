"""A row that points elsewhere while it is waited for is still found, and read as it is now (R22, R29, R31).

Each case really waits: the change is made and kept uncommitted, the lock is asked for on another connection, and the
change is committed once PostgreSQL says that somebody waits.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from candidats.actions import communs, invitations
from portal.comptes.actions import invitations as invitations_de_comptes
from portal.comptes.actions import membres
from structures.actions import changements, classement, demandes, postes, transferts
from structures.actions.cloture import verrouiller_agenda
from structures.classement import classables
from structures.lecture_avis import _Lecteur
from structures.tableurs import Ligne
from subventions.actions.communs import verrouiller as verrouiller_dossier
from tests.candidats.factories import CandidatFactory
from tests.comptes.factories import InvitationFactory, OrganisationFactory
from tests.structures.factories import (
    AvisFactory,
    CandidatureFactory,
    LigneComiteFactory,
    PosteFactory,
    StructureFactory,
    lieu,
    membre,
)
from tests.structures.factories_demandes import ChangementFactory, DemandePostesFactory
from tests.subventions.factories import DossierFactory

pytestmark = pytest.mark.django_db(transaction=True)
ATTENTE = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"


def apres_une_attente(objet: Any, champ: str, valeur: Any, verrou: Callable[[], Any]) -> Any:
    """What `verrou` returns after waiting for somebody who gives another value to `champ` of `objet`."""
    rendu: list[Any] = []

    def attendre() -> None:
        try:
            with transaction.atomic():
                rendu.append(verrou())
        finally:
            connection.close()

    fil = threading.Thread(target=attendre)
    with transaction.atomic():
        type(objet).objects.filter(pk=objet.pk).update(**{champ: valeur})
        fil.start()
        _quand_quelqu_un_attend()
    fil.join(timeout=30)
    return rendu[0]


def _quand_quelqu_un_attend() -> None:
    limite = time.monotonic() + 20
    while time.monotonic() < limite:
        with connection.cursor() as curseur:
            curseur.execute(ATTENTE)
            if curseur.fetchone()[0]:
                return
        time.sleep(0.02)
    raise AssertionError("personne n’attend ce verrou")


def test_ce_qui_change_de_structure_ou_d_organisation():
    """R22, R29: a transfer, a merge."""
    autre = StructureFactory()
    poste, demande, changement, dossier = PosteFactory(), DemandePostesFactory(), ChangementFactory(), DossierFactory()
    for objet, verrou in (
        (poste, lambda: postes.verrouiller_poste(poste)),
        (poste, lambda: communs.verrouiller_poste(poste.pk)),
        (demande, lambda: demandes.verrouiller_demande(demande)),
        (changement, lambda: changements.verrouiller_changement(changement)),
        (dossier, lambda: verrouiller_dossier(dossier)),
    ):
        avant = objet.structure
        assert apres_une_attente(objet, "structure", autre, verrou).structure == autre
        type(objet).objects.filter(pk=objet.pk).update(structure=avant)

    organisation, invitation, rattachement = OrganisationFactory(), InvitationFactory(), membre(autre)
    for objet, verrou in (
        (invitation, lambda: invitations_de_comptes._verrouiller(invitation)),
        (rattachement, lambda: membres._verrouiller(rattachement)),
    ):
        assert apres_une_attente(objet, "organisation", organisation, verrou).organisation == organisation


def test_ce_qui_change_de_commune():
    """R21, R31, R43: a change of establishment, a correction, a profile."""
    vichy = lieu("03310")
    structure, candidat = StructureFactory(), CandidatFactory()
    candidature = CandidatureFactory(deposee=True, nb_conseillers=1)
    AvisFactory(candidature=candidature)
    ligne = LigneComiteFactory(candidature=candidature, comite__campagne=candidature.campagne)
    lue = Ligne(2, {"numero": str(candidature.numero), "identifiant": "", "structure_cedante": ""})
    courriel = candidat.utilisateur.email
    a_classer = classables(candidature.campagne, candidature.commune.departement_id)
    for objet, verrou in (
        (structure, lambda: transferts.verrouiller_structures(structure.pk)[structure.pk]),
        (candidat, lambda: communs.verrouiller_candidat(candidat.pk)),
        (candidat, lambda: invitations._inscrit(courriel)),
        (candidature, lambda: classement._verrouiller(a_classer).get()),
        (candidature, lambda: verrouiller_agenda(ligne.comite)[0][0].candidature),
        (candidature, lambda: _Lecteur([lue], None, verrou=True).par_numero[candidature.numero]),
    ):
        avant = objet.commune
        assert apres_une_attente(objet, "commune", vichy, verrou).commune == vichy
        type(objet).objects.filter(pk=objet.pk).update(commune=avant)
