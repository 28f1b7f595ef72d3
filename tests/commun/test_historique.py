"""History rows written in bulk say what `save()` would have said (R110)."""

from __future__ import annotations

import pytest

from portal.commun.acteurs import Acteur
from portal.commun.historique import historiser, par_lots
from portal.commun.journal import journal
from portal.commun.roles import Role
from structures.models import Structure
from tests.comptes.factories import acteur
from tests.structures.factories import StructureFactory

pytestmark = pytest.mark.django_db
MOTIF = "Liste officielle."
PROPRES = {"history_id", "history_date"}


@pytest.mark.parametrize("creation", [True, False])
def test_meme_trace_que_save(creation):
    """R110: column by column, author, role and reason included."""
    agent = acteur(Role.ANCT)
    with journal(agent, MOTIF):
        structure = StructureFactory()
        if not creation:
            structure.nom = "Commune nouvelle"
            structure.save()
        historiser(Structure, [structure.pk], creation=creation)
    en_lot, en_ligne = structure.history.order_by("-history_id")[:2]
    for champ in en_lot._meta.concrete_fields:
        if champ.name not in PROPRES:
            assert getattr(en_lot, champ.attname) == getattr(en_ligne, champ.attname), champ.name
    assert (en_lot.history_user_id, en_lot.history_role) == (agent.utilisateur_id, Role.ANCT)
    assert (en_lot.history_type, en_lot.history_change_reason) == ("+" if creation else "~", MOTIF)


def test_quelqu_un_signe_toujours():
    """R110: the verb being run, or whoever is named; the portal may sign inside somebody's verb."""
    structure = StructureFactory()
    with pytest.raises(RuntimeError):
        historiser(Structure, [structure.pk])
    with journal(acteur(Role.ANCT), "Lancé à la main"):
        historiser(Structure, [structure.pk], acteur=Acteur.systeme(), motif="Appariement")
    trace = structure.history.latest()
    assert (trace.history_role, trace.history_user_id) == (Role.SYSTEME, None)
    assert trace.history_change_reason == "Appariement"


def test_une_instruction_par_lot(django_assert_num_queries):
    """Whatever the number of objects, and nothing at all without any."""
    cles = [StructureFactory().pk for _ in range(3)]
    with django_assert_num_queries(1), journal(Acteur.systeme()):
        historiser(Structure, cles)
        historiser(Structure, [])
    assert list(par_lots(cles, 2)) == [cles[:2], cles[2:]]
