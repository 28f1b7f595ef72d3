"""Where the training of each person stands, read in a constant number of queries: pages, progress line and jobs."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from formation.enums import ETATS_INSCRIPTION_VIVANTE, Etape, EtatInscription, EtatPositionnement, EtatSession
from formation.models import Inscription, Lot, Organisme, Positionnement, PriseDeContact, SessionFormation
from formation.regles import DEPART_MAX_JOURS, Depart, contact_en_retard, qui_prend_contact, suivre_depart
from structures.regimes import ContactFormation, Regime, obtenir_regime
from subventions.enums import EtatContrat
from subventions.models import Contrat, Dossier

LIES = ("poste", "contrat", "structure__commune__departement", "mise_en_relation__candidat__utilisateur")


def session_ouverte(jour: dt.date) -> Exists:
    """R81: a session of the hours of this file, which its structure may choose on that day."""
    tests = Positionnement.objects.filter(dossier=OuterRef(OuterRef("pk")), etat=EtatPositionnement.PASSE)
    region = OuterRef(OuterRef("structure__commune__region"))
    lots = Lot.objects.filter(Q(national=True) | Q(regions=region))
    return Exists(
        SessionFormation.objects.filter(
            etat__in=[EtatSession.OUVERTE, EtatSession.CONFIRMEE],
            cloture_le__gte=jour,
            heures__in=tests.values("heures"),
            organisme__in=lots.values("organisme"),
        )
    )


def pour_suivi(dossiers: QuerySet[Dossier], aujourdhui: dt.date) -> QuerySet[Dossier]:
    """What `Suivi` reads."""
    return (
        dossiers.annotate(a_une_session=session_ouverte(aujourdhui))
        .select_related(*LIES)
        .prefetch_related(
            Prefetch(
                "prises_de_contact", PriseDeContact.objects.select_related("organisme").order_by("contacte_le", "pk")
            ),
            Prefetch(
                "positionnements",
                Positionnement.objects.exclude(etat=EtatPositionnement.ANNULE).select_related(
                    "organisme", "justificatif"
                ),
            ),
            Prefetch(
                "inscriptions",
                Inscription.objects.filter(etat__in=ETATS_INSCRIPTION_VIVANTE).select_related(
                    "session__organisme", "session__commune"
                ),
            ),
        )
    )


@dataclass(frozen=True)
class Suivi:
    """The training of the person of one file on a day; the file comes from `pour_suivi`, of the same day."""

    dossier: Dossier
    aujourdhui: dt.date

    @property
    def personne(self) -> str:
        return self.dossier.mise_en_relation.candidat.utilisateur.nom_complet

    @property
    def contacts(self) -> list[PriseDeContact]:
        return list(self.dossier.prises_de_contact.all())

    @property
    def test(self) -> Positionnement | None:
        return next(iter(self.dossier.positionnements.all()), None)

    @property
    def inscription(self) -> Inscription | None:
        return next(iter(self.dossier.inscriptions.all()), None)

    @property
    def contrat(self) -> Contrat | None:
        """The contract that is signed, or being prepared."""
        contrat = getattr(self.dossier, "contrat", None)
        return contrat if contrat is not None and contrat.etat != EtatContrat.ABANDONNE else None

    @property
    def contrat_signe(self) -> bool:
        return self.contrat is not None and self.contrat.etat == EtatContrat.SIGNE

    @property
    def regime(self) -> Regime:
        return obtenir_regime(self.dossier.poste.regime)

    @property
    def organisme_prend_contact(self) -> bool:
        """R80: in this call, the body makes the first move."""
        return qui_prend_contact(self.regime) is ContactFormation.ORGANISME

    @property
    def organisme(self) -> Organisme | None:
        """The body that follows the person: the one of the session, of the test, else the only one in touch."""
        if self.inscription is not None:
            return self.inscription.session.organisme
        if self.test is not None:
            return self.test.organisme
        return self.contacts[0].organisme if len(self.contacts) == 1 else None

    @property
    def valide_le(self) -> dt.date:
        valide_le = self.dossier.mise_en_relation.validee_le
        return timezone.localdate(valide_le or self.dossier.cree_le)

    @property
    def contact_en_retard(self) -> bool:
        return contact_en_retard(
            valide_le=self.valide_le, contacte_le=self.dossier.formation_contactee_le, aujourdhui=self.aujourdhui
        )

    @property
    def depart(self) -> Depart | None:
        """R83, once the start of the contract is known; nobody leaves who is exempted."""
        if self.contrat is None or self.dossier.exempte_formation_le is not None:
            return None
        return suivre_depart(
            debut_contrat=self.contrat.debut, depart_le=self.dossier.depart_formation_le, aujourdhui=self.aujourdhui
        )

    @property
    def depart_max_jours(self) -> int:
        return DEPART_MAX_JOURS

    @property
    def etape(self) -> Etape:
        if self.dossier.exempte_formation_le is not None:
            return Etape.DISPENSE
        if self.inscription is not None or self.dossier.depart_formation_le is not None:
            return self._etape_de_session()
        if self.test is not None:
            return self._etape_de_test(self.test)
        return Etape.CONTACT if self.dossier.formation_contactee_le is None else Etape.TEST

    def _etape_de_session(self) -> Etape:
        inscription = self.inscription
        if self.dossier.depart_formation_le is not None:
            finie = inscription is None or self.aujourdhui > inscription.session.fin
            finie = finie or inscription.etat == EtatInscription.TERMINEE
            return Etape.FORME if finie else Etape.EN_FORMATION
        if inscription.etat == EtatInscription.PROPOSEE:
            return Etape.DISTANCE
        if inscription.etat == EtatInscription.ATTENTE:
            return Etape.ATTENTE
        return Etape.DEPART if self.aujourdhui >= inscription.session.debut else Etape.INSCRIT

    def _etape_de_test(self, test: Positionnement) -> Etape:
        if test.etat == EtatPositionnement.PASSE:
            return Etape.SESSION if self.dossier.a_une_session else Etape.PUBLIER
        return Etape.TEST_PREVU if timezone.localdate(test.creneau) >= self.aujourdhui else Etape.RESULTAT


def suivre(dossiers: QuerySet[Dossier], aujourdhui: dt.date | None = None) -> list[Suivi]:
    aujourdhui = aujourdhui or timezone.localdate()
    return [Suivi(dossier, aujourdhui) for dossier in pour_suivi(dossiers, aujourdhui)]


def suivi_de(dossier: Dossier, aujourdhui: dt.date | None = None) -> Suivi:
    """One file, read again with all that its page shows."""
    aujourdhui = aujourdhui or timezone.localdate()
    return Suivi(pour_suivi(Dossier.objects.all(), aujourdhui).get(pk=dossier.pk), aujourdhui)
