"""The nine steps of DOMAIN §3 in a real browser, by all their actors, with JavaScript and without it.

With JavaScript, axe finds nothing to say about each page crossed, errors included. The jobs run as of their days, and
at the end the data hold every invariant.
"""

from __future__ import annotations

import pytest
from django.core import mail
from post_office.models import STATUS, Email

from portal.commun.tasks import envoyer_courriels
from tests.parcours import (
    etapes_candidats,
    etapes_dossier,
    etapes_formation,
    etapes_structure,
    etapes_versements,
)
from tests.parcours.histoire import Histoire
from tests.parcours.verbes import incoherences

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]


def test_les_neuf_etapes_d_un_poste(histoire: Histoire):
    h = histoire
    # 1 and 2: the application, the opinion, the committee, the activation.
    etapes_structure.candidater(h)
    etapes_structure.rendre_un_avis(h)
    etapes_structure.tenir_le_comite(h)
    etapes_structure.ouvrir_son_espace(h)
    # 3 and 4: the candidates, the engine, the interview, the validation.
    etapes_candidats.s_inscrire(h)
    etapes_candidats.proposer(h)
    etapes_candidats.choisir(h)
    etapes_candidats.valider(h)
    # 5: the subsidy file and its instruction.
    etapes_dossier.constituer(h)
    etapes_dossier.instruire(h)
    # 6: the training body, the test, the session.
    etapes_formation.contacter(h)
    etapes_formation.proposer_le_test(h)
    etapes_formation.recruter_ailleurs(h)
    h.le(2)
    etapes_formation.enregistrer_le_resultat(h)
    etapes_formation.publier_une_session(h)
    etapes_formation.inscrire(h)
    # 7: the contract and the agreement.
    etapes_versements.preparer_le_contrat(h)
    h.le(etapes_versements.SIGNATURE)
    etapes_versements.signer_le_contrat(h)
    etapes_versements.signer_la_convention(h)
    # 8: the departure.
    h.le(etapes_formation.DEPART)
    etapes_formation.partir(h)
    # 9: the tranches, on their days.
    etapes_versements.verser(h)

    assert incoherences() == []
    # R113: everything that was said left, and nothing failed.
    envoyer_courriels()
    assert not Email.objects.exclude(status=STATUS.sent).exists()
    assert len(mail.outbox) == Email.objects.count()
