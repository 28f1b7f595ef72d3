"""Sets of objects through one transition: the machine's table still decides, the history is signed (R65, R110)."""

from __future__ import annotations

import pytest
from django.utils import timezone

from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, TransitionInterdite
from portal.commun.historique import par_lots
from portal.commun.journal import journal
from subventions.enums import EtatTranche
from subventions.etats import MACHINE_TRANCHE
from subventions.lots import franchir_en_lot
from subventions.models import Tranche
from tests.comptes.factories import acteur
from tests.subventions.factories_contrats import ConventionFactory, mettre_tranche

pytestmark = pytest.mark.django_db
PORTAIL = Acteur.systeme()


@pytest.fixture
def cles():
    convention = ConventionFactory(signee=True)
    return list(convention.tranches.order_by("rang").values_list("pk", flat=True))


def ouvrir(cles, qui=PORTAIL):
    franchir_en_lot(Tranche, cles, MACHINE_TRANCHE, "ouvrir", acteur=qui, exigible_le=timezone.localdate())


def test_meme_trace_que_ligne_a_ligne(cles):
    """R110: the history row of a set says what `save()` would have said, column by column."""
    with journal(PORTAIL, "Passage quotidien"):
        ouvrir(cles[:1])
        seule = Tranche.objects.get(pk=cles[1])
        MACHINE_TRANCHE.franchir(seule, "ouvrir", acteur=PORTAIL)
        seule.exigible_le = timezone.localdate()
        seule.save()
    en_lot, en_ligne = (Tranche.history.filter(id=cle).latest() for cle in cles[:2])
    propres = {"history_id", "history_date", "id", "uuid", "rang", "pourcentage", "montant", "mois", "prevue_le"}
    propres |= {"cree_le", "modifie_le", "etat_le"}
    for champ in en_lot._meta.concrete_fields:
        if champ.name not in propres:
            assert getattr(en_lot, champ.attname) == getattr(en_ligne, champ.attname), champ.name
    assert en_lot.history_change_reason == "Passage quotidien"
    assert en_lot.modifie_le == Tranche.objects.get(pk=cles[0]).modifie_le


def test_role_refuse(cles):
    """R12: only the portal opens."""
    with pytest.raises(AccesRefuse):
        ouvrir(cles, acteur("bdt"))
    assert not Tranche.objects.filter(etat=EtatTranche.EXIGIBLE).exists()


def test_un_objet_dans_un_autre_etat(cles):
    """One object that is not where the transition starts: refused, so that no history row tells what did not happen."""
    mettre_tranche(Tranche.objects.get(pk=cles[2]), EtatTranche.ANNULEE)
    with pytest.raises(TransitionInterdite):
        ouvrir(cles)


def test_par_lots():
    assert [list(lot) for lot in par_lots(range(7), 3)] == [[0, 1, 2], [3, 4, 5], [6]]
    assert list(par_lots([], 3)) == []
