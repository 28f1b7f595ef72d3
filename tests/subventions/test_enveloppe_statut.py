"""R6, R15: what a granted post takes from its envelope follows the legal kind of the application that obtained it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from structures import enveloppe
from structures.models import Candidature, Structure
from structures.regimes import StatutJuridique
from tests.structures.factories import PosteFactory

pytestmark = pytest.mark.django_db


def test_l_enveloppe_suit_le_statut_de_la_candidature():
    """A public structure that later calls itself otherwise does not change what was granted; nor the reverse."""
    poste = PosteFactory()
    avant = enveloppe.accorde(poste.campagne)
    assert avant.montant == Decimal("50000.00")
    Structure.objects.filter(pk=poste.structure_id).update(statut_juridique=StatutJuridique.PRIVE.value)
    assert enveloppe.accorde(poste.campagne) == avant


def test_le_statut_est_celui_que_l_appel_connait():
    """R6: the same public body is « public » in the call of 2020 and « autre public » in that of coordinators."""
    poste = PosteFactory(coordinateurs=True)
    Candidature.objects.filter(pk=poste.candidature_id).update(statut_juridique=StatutJuridique.AUTRE_PUBLIC.value)
    assert Structure.objects.get(pk=poste.structure_id).statut_juridique == StatutJuridique.PUBLIC
    assert enveloppe.accorde(poste.campagne).montant == Decimal("37500.00")
