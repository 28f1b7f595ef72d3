"""R44, R111: who looked at a candidate is kept, once a day."""

from __future__ import annotations

import pytest
from django.urls import reverse

from candidats.enums import NatureConsultation
from candidats.models import ConsultationCandidat
from candidats.traces import noter_consultation
from portal.commun.acteurs import Acteur
from tests.candidats.factories import CandidatFactory, MiseEnRelationFactory, acteur_candidat
from tests.comptes.factories import RattachementFactory

pytestmark = pytest.mark.django_db


def test_un_profil_lu_deux_fois_le_meme_jour_fait_une_ligne(client_de):
    paire = MiseEnRelationFactory()
    membre = RattachementFactory(organisation=paire.poste.structure.organisation)
    client = client_de(rattachement=membre)
    for _ in range(2):
        assert client.get(reverse("candidats:mise_en_relation", args=[paire.uuid])).status_code == 200
    consultation = ConsultationCandidat.objects.get(candidat=paire.candidat)
    assert (consultation.utilisateur, consultation.organisation, consultation.nature) == (
        membre.utilisateur,
        membre.organisation,
        NatureConsultation.PROFIL,
    )


def test_un_export_est_vu_par_chaque_personne_de_la_liste(client_de):
    paire = MiseEnRelationFactory()
    autre = MiseEnRelationFactory(poste__structure=paire.poste.structure)
    client = client_de(rattachement=RattachementFactory(organisation=paire.poste.structure.organisation))
    reponse = client.get(reverse("candidats:export", args=["csv"]))
    assert paire.candidat.utilisateur.nom in b"".join(reponse).decode("utf-8-sig")
    assert set(ConsultationCandidat.objects.values_list("candidat", "nature")) == {
        (paire.candidat_id, NatureConsultation.EXPORT),
        (autre.candidat_id, NatureConsultation.EXPORT),
    }


def test_ni_soi_meme_ni_le_portail_ne_comptent():
    candidat = CandidatFactory()
    for acteur in (acteur_candidat(candidat), Acteur.systeme(), Acteur.visiteur()):
        noter_consultation(acteur, [candidat], NatureConsultation.PROFIL)
    assert not ConsultationCandidat.objects.exists()
