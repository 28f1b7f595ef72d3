"""What a structure in the scheme asks for: more posts, another establishment."""

from __future__ import annotations

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from portal.commun.jetons import reference
from structures.enums import EtatCandidature
from structures.models import Candidature, ChangementEtablissement, DemandePostes
from tests.structures.factories import CampagneFactory, DocumentFactory, StructureFactory, candidature_de
from tests.structures.factories_lieux import siret_suivant


class DemandePostesFactory(DjangoModelFactory):
    """A request for more posts, waiting for its opinion; `avisee=True` has one. The structure is activated."""

    class Meta:
        model = DemandePostes

    class Params:
        avisee = factory.Trait(
            avis_sens="favorable",
            avis_commentaire="Besoin confirmé par le département.",
            avis_rendu_le=factory.LazyFunction(timezone.now),
        )

    structure = factory.SubFactory(StructureFactory)
    campagne = factory.SubFactory(CampagneFactory)
    nb_postes = 2
    demarrage_le = factory.LazyFunction(timezone.localdate)
    motif = "Répondre à une forte demande."

    @factory.lazy_attribute
    def candidature(self) -> Candidature:
        activee = self.structure.candidatures.filter(etat=EtatCandidature.ACTIVEE, regime=self.campagne.regime).first()
        return activee or candidature_de(self.structure, campagne=self.campagne, activee=True)


class ChangementFactory(DjangoModelFactory):
    """A change of establishment to be checked, with a proof."""

    class Meta:
        model = ChangementEtablissement

    structure = factory.SubFactory(StructureFactory)
    siret = factory.LazyFunction(siret_suivant)
    siret_avant = factory.LazyAttribute(lambda o: o.structure.siret or "")
    nom = "Commune nouvelle d’essai"
    adresse = "2 rue de la Mairie"
    code_postal = "03000"
    commune = factory.LazyAttribute(lambda o: o.structure.commune)
    motif = "Fusion de deux communes."
    justificatif = factory.LazyAttribute(
        lambda o: DocumentFactory(nature="justificatif-etablissement", objet=reference(o.structure), nom="avis.pdf")
    )
