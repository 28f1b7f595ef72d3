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


def test_un_changement_ne_relit_pas_l_historique(django_assert_num_queries):
    """R110: what changed is known from the row as it was read: the row, its history, and nothing else."""
    structure = Structure.objects.get(pk=StructureFactory().pk)
    for nom in ("Commune nouvelle", "Commune renommée"):
        structure.nom = nom
        with django_assert_num_queries(2), journal(Acteur.systeme()):
            structure.save()
    assert list(structure.history.values_list("nom", flat=True)[:2]) == ["Commune renommée", "Commune nouvelle"]
    with journal(Acteur.systeme()):
        structure.save()
    assert structure.history.filter(nom="Commune renommée").count() == 1


def test_une_liste_changee_sur_place_laisse_sa_trace():
    """R110: a list is the same object before and after; it is what the history says that counts."""
    structure = Structure.objects.get(pk=StructureFactory(faits_declares=[]).pk)
    structure.faits_declares.append("zone_rurale")
    structure.save()
    assert structure.history.latest().faits_declares == ["zone_rurale"]


def test_un_objet_relu_se_compare_a_son_historique():
    """R110: read again after somebody else's change, saving as it is says nothing."""
    structure = Structure.objects.get(pk=StructureFactory().pk)
    autre = Structure.objects.get(pk=structure.pk)
    autre.nom = "Commune nouvelle"
    autre.save()
    structure.refresh_from_db()
    structure.save()
    assert structure.history.filter(nom="Commune nouvelle").count() == 1
