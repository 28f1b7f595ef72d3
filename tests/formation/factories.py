"""Training bodies, sessions, tests and enrolments for every test, consistent with the constraints and the invariants.

`OrganismeFactory()` works in person in the région of Moulins; `OrganismeFactory(distance=True)` remotely in the whole
country. `dossier_a_l_etape("inscrite")` brings a file to a step of training, contract included when the step asks it.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from formation.actions.positionnements import NATURE_TITRE
from formation.enums import EtatInscription, EtatPositionnement, EtatSession, Modalite
from formation.models import Inscription, Lot, Organisme, Positionnement, PriseDeContact, SessionFormation
from portal.commun.acteurs import Acteur
from portal.commun.roles import Role
from subventions.models import Dossier
from tests.comptes.factories import OrganisationFactory, RattachementFactory, acteur
from tests.structures.factories import lieu
from tests.subventions.factories import DossierFactory, document_de
from tests.subventions.factories_contrats import ContratFactory

JOUR = dt.timedelta(days=1)


def dans(jours: int) -> dt.date:
    """The day in so many days; negative for the past."""
    return timezone.localdate() + jours * JOUR


class OrganismeFactory(DjangoModelFactory):
    """With one lot: in person in `regions` (that of Moulins), or `distance=True`; `sans_lot=True` for none."""

    class Meta:
        model = Organisme
        skip_postgeneration_save = True

    nom = factory.Sequence(lambda n: f"Centre de formation {n}")
    organisation = factory.SubFactory(OrganisationFactory, organisme=True, nom=factory.SelfAttribute("..nom"))
    courriel = factory.Sequence(lambda n: f"formation{n}@exemple.fr")
    telephone = "0470112233"
    contact = "Le service des inscriptions"

    @classmethod
    def _create(cls, model_class: type[Organisme], *args: Any, **champs: Any) -> Organisme:
        distance, sans_lot = champs.pop("distance", False), champs.pop("sans_lot", False)
        regions = champs.pop("regions", None)
        organisme = super()._create(model_class, *args, **champs)
        if distance:
            LotFactory(organisme=organisme, nom="À distance", modalite=Modalite.DISTANCE, national=True)
        elif not sans_lot:
            lot = LotFactory(organisme=organisme)
            lot.regions.set(regions or [lieu().region_id])
        return organisme


class LotFactory(DjangoModelFactory):
    class Meta:
        model = Lot

    organisme = factory.SubFactory(OrganismeFactory, sans_lot=True)
    nom = factory.Sequence(lambda n: f"Lot {n}")
    modalite = Modalite.PRESENTIEL


class PriseDeContactFactory(DjangoModelFactory):
    """The structure wrote today; `par_organisme=True` for the other way. The file knows the date (R62)."""

    class Meta:
        model = PriseDeContact

    dossier = factory.SubFactory(DossierFactory)
    organisme = factory.SubFactory(OrganismeFactory)
    contacte_le = factory.LazyFunction(timezone.localdate)
    message = factory.LazyAttribute(lambda o: "" if o.par_organisme else "Quand aurait lieu le test ?")
    par_organisme = False

    @classmethod
    def _create(cls, model_class: type[PriseDeContact], *args: Any, **champs: Any) -> PriseDeContact:
        contact = super()._create(model_class, *args, **champs)
        dossier = contact.dossier
        if dossier.formation_contactee_le is None or contact.contacte_le < dossier.formation_contactee_le:
            dossier.formation_contactee_le = contact.contacte_le
            dossier.save()
        return contact


class PositionnementFactory(DjangoModelFactory):
    """Proposed for next week; `passe=True` (280 hours), `a_noter=True` (yesterday), `dispense=True`, `annule=True`."""

    class Meta:
        model = Positionnement

    class Params:
        passe = factory.Trait(
            etat=EtatPositionnement.PASSE,
            creneau=factory.LazyFunction(lambda: timezone.now() - 2 * JOUR),
            resultat_le=factory.LazyFunction(timezone.localdate),
            heures=280,
        )
        a_noter = factory.Trait(creneau=factory.LazyFunction(lambda: timezone.now() - JOUR))
        dispense = factory.Trait(
            etat=EtatPositionnement.DISPENSE,
            resultat_le=factory.LazyFunction(timezone.localdate),
            justificatif=factory.LazyAttribute(lambda o: document_de(o.dossier, NATURE_TITRE, "titre.pdf")),
        )
        annule = factory.Trait(etat=EtatPositionnement.ANNULE)

    dossier = factory.SubFactory(DossierFactory)
    organisme = factory.SubFactory(OrganismeFactory)
    creneau = factory.LazyFunction(lambda: timezone.now() + 7 * JOUR)
    lieu = "12 rue des Écoles, Moulins"
    etat_role = Role.ORGANISME

    @classmethod
    def _create(cls, model_class: type[Positionnement], *args: Any, **champs: Any) -> Positionnement:
        test = super()._create(model_class, *args, **champs)
        if not PriseDeContact.objects.filter(dossier=test.dossier, organisme=test.organisme).exists():
            PriseDeContactFactory(dossier=test.dossier, organisme=test.organisme)
        if test.etat == EtatPositionnement.DISPENSE:
            test.dossier.exempte_formation_le = test.resultat_le
            test.dossier.save()
        return test


class SessionFactory(DjangoModelFactory):
    """In person in Moulins in a month, 280 hours, 12 seats, open; `distance`, `a_clore`, `reportee`, `commencee`."""

    class Meta:
        model = SessionFormation

    class Params:
        distance = factory.Trait(
            modalite=Modalite.DISTANCE,
            commune=None,
            lieu="https://classe.exemple.fr",
            etat=EtatSession.CONFIRMEE,
            organisme=factory.SubFactory(OrganismeFactory, distance=True),
        )
        confirmee = factory.Trait(etat=EtatSession.CONFIRMEE)
        a_clore = factory.Trait(cloture_le=factory.LazyFunction(lambda: dans(-1)))
        commencee = factory.Trait(
            debut=factory.LazyFunction(lambda: dans(-3)),
            cloture_le=factory.LazyFunction(lambda: dans(-10)),
            etat=EtatSession.CONFIRMEE,
        )
        reportee = factory.Trait(etat=EtatSession.REPORTEE, cloture_le=factory.LazyFunction(lambda: dans(-1)))

    organisme = factory.SubFactory(OrganismeFactory)
    modalite = Modalite.PRESENTIEL
    commune = factory.LazyFunction(lieu)
    lieu = "12 rue des Écoles"
    heures = 280
    debut = factory.LazyFunction(lambda: dans(30))
    fin = factory.LazyAttribute(lambda o: o.debut + 56 * JOUR)
    cloture_le = factory.LazyAttribute(lambda o: o.debut - 10 * JOUR)
    capacite = 12
    etat_role = Role.ORGANISME


class InscriptionFactory(DjangoModelFactory):
    """Enrolled, after a test of the right hours; `attente`, `proposee`, `annulee`, and `partie` with its contract."""

    class Meta:
        model = Inscription

    class Params:
        attente = factory.Trait(etat=EtatInscription.ATTENTE)
        proposee = factory.Trait(
            etat=EtatInscription.PROPOSEE, session=factory.SubFactory(SessionFactory, reportee=True)
        )
        annulee = factory.Trait(etat=EtatInscription.ANNULEE)

    session = factory.SubFactory(SessionFactory)
    dossier = factory.SubFactory(DossierFactory)
    etat_role = Role.STRUCTURE

    @classmethod
    def _create(cls, model_class: type[Inscription], *args: Any, **champs: Any) -> Inscription:
        inscription = super()._create(model_class, *args, **champs)
        tests = Positionnement.objects.filter(dossier=inscription.dossier).exclude(etat=EtatPositionnement.ANNULE)
        if not tests.exists():
            session = inscription.session
            # The remote body takes over people whom another one has tested.
            PositionnementFactory(
                dossier=inscription.dossier, organisme=session.organisme, passe=True, heures=session.heures
            )
        return inscription


def remplir(session: SessionFormation, nombre: int, **champs: Any) -> list[Inscription]:
    """Enrol so many people, each of its own structure."""
    return [InscriptionFactory(session=session, **champs) for _ in range(nombre)]


def avec_contrat_signe(dossier: Dossier, *, debut: dt.date | None = None, signe_le: dt.date | None = None) -> Dossier:
    """The contract signed in time for a departure; the contact was made before."""
    signe_le = signe_le or dans(-20)
    if dossier.formation_contactee_le is None or dossier.formation_contactee_le > signe_le:
        PriseDeContact.objects.filter(dossier=dossier).update(contacte_le=signe_le)
        dossier.formation_contactee_le = signe_le
        dossier.save()
    ContratFactory(dossier=dossier, signe=True, signe_le=signe_le, debut=debut or signe_le + JOUR)
    return dossier


def acteur_de(organisme: Organisme, **droits: Any) -> Acteur:
    """Somebody of this body."""
    return acteur(Role.ORGANISME, organisation=organisme.organisation, **{"administrateur": True, **droits})


def membre_de(organisme: Organisme, **droits: Any) -> Any:
    """The membership of somebody of this body (for `client_de(rattachement=…)`)."""
    return RattachementFactory(organisme=True, organisation=organisme.organisation, **droits)


def acteur_de_la_personne(dossier: Dossier) -> Acteur:
    """The candidate of this file."""
    utilisateur = dossier.mise_en_relation.candidat.utilisateur
    return Acteur(Role.CANDIDAT, utilisateur.pk, utilisateur.nom_complet, utilisateur.email)
