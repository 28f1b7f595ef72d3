"""What SQL constraints cannot say about training."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from candidats.enums import EtatMiseEnRelation
from formation.actions.communs import ETATS_OCCUPENT_UNE_PLACE, ETATS_PARTIS
from formation.actions.positionnements import NATURE_TITRE
from formation.actions.sessions import a_clore
from formation.enums import ETATS_INSCRIPTION_VIVANTE, EtatInscription, EtatPositionnement, EtatSession, Modalite
from formation.models import Inscription, Lot, Organisme, Positionnement, PriseDeContact, SessionFormation
from formation.regles import SEUIL_PRESENTIEL
from portal.commun.coherence import invariant
from portal.comptes.models import TypeOrganisation
from subventions.enums import EtatContrat, EtatDossier
from subventions.models import Contrat, Dossier

# A contract that ended early was signed all the same.
CONTRATS_SIGNES = [EtatContrat.SIGNE, EtatContrat.ROMPU, EtatContrat.TERMINE]
PARTIES = Inscription.objects.filter(etat__in=ETATS_PARTIS)


@invariant("formation.depart_contrat_signe", "R62 : personne ne part en formation avant la signature de son contrat")
def departs_sans_contrat() -> QuerySet[Inscription]:
    signes = Contrat.objects.filter(
        dossier=OuterRef("dossier"), etat__in=CONTRATS_SIGNES, signe_le__lte=OuterRef("depart_le")
    )
    return PARTIES.filter(~Exists(signes))


@invariant("formation.depart_recrutement", "R54 : le départ en formation constate le recrutement")
def departs_sans_recrutement() -> QuerySet[Inscription]:
    # A recruitment that ended is lapsed: it was recorded all the same.
    return PARTIES.exclude(dossier__mise_en_relation__recrutee_le__isnull=False).filter(
        ~Q(dossier__mise_en_relation__etat=EtatMiseEnRelation.RECRUTEE)
    )


@invariant("formation.depart_du_dossier", "R4, R83 : le dossier et l’inscription disent la même date de départ")
def departs_differents() -> QuerySet[Inscription]:
    return PARTIES.exclude(dossier__depart_formation_le=F("depart_le"))


@invariant("formation.dossier_parti", "R83 : un dossier qui dit un départ a l’inscription de ce départ")
def departs_sans_inscription() -> QuerySet[Dossier]:
    return Dossier.objects.filter(~Exists(PARTIES.filter(dossier=OuterRef("pk"))), depart_formation_le__isnull=False)


@invariant("formation.depart_dans_la_session", "R83 : le départ a lieu pendant la session, qui est confirmée")
def departs_hors_session() -> QuerySet[Inscription]:
    return PARTIES.filter(
        Q(depart_le__lt=F("session__debut"))
        | Q(depart_le__gt=F("session__fin"))
        | ~Q(session__etat__in=[EtatSession.CONFIRMEE, EtatSession.TERMINEE])
    )


@invariant("formation.places", "R82 : une session n’a jamais plus d’inscrits que de places")
def sessions_trop_pleines() -> QuerySet[SessionFormation]:
    occupees = Count("inscriptions", filter=Q(inscriptions__etat__in=ETATS_OCCUPENT_UNE_PLACE))
    return SessionFormation.objects.annotate(occupees=occupees).filter(occupees__gt=F("capacite"))


@invariant("formation.attente", "R82 : personne n’attend quand une place est libre avant le début de la session")
def attentes_inutiles() -> QuerySet[SessionFormation]:
    occupees = Count("inscriptions", filter=Q(inscriptions__etat__in=ETATS_OCCUPENT_UNE_PLACE))
    en_attente = Count("inscriptions", filter=Q(inscriptions__etat=EtatInscription.ATTENTE))
    return SessionFormation.objects.annotate(occupees=occupees, en_attente=en_attente).filter(
        occupees__lt=F("capacite"),
        en_attente__gt=0,
        debut__gt=timezone.localdate(),
        etat__in=[EtatSession.OUVERTE, EtatSession.CONFIRMEE],
    )


@invariant("formation.seuil_atteint", "R82 : une session en présentiel qui a huit inscrits est confirmée")
def seuils_ignores() -> QuerySet[SessionFormation]:
    inscrits = Count("inscriptions", filter=Q(inscriptions__etat=EtatInscription.INSCRITE))
    return SessionFormation.objects.annotate(inscrits=inscrits).filter(
        inscrits__gte=SEUIL_PRESENTIEL, etat=EtatSession.OUVERTE, modalite=Modalite.PRESENTIEL
    )


@invariant(
    "formation.seuil_confirmee", "R82 : une session en présentiel confirmée a réuni huit personnes, même parties depuis"
)
def confirmees_sans_seuil() -> QuerySet[SessionFormation]:
    # Those who gave their seat back after the confirmation count: eight had enrolled.
    venus = Count("inscriptions", filter=~Q(inscriptions__etat__in=[EtatInscription.ATTENTE]))
    return SessionFormation.objects.annotate(venus=venus).filter(
        venus__lt=SEUIL_PRESENTIEL,
        etat__in=[EtatSession.CONFIRMEE, EtatSession.TERMINEE],
        modalite=Modalite.PRESENTIEL,
    )


@invariant(
    "formation.proposition_distance",
    "R82 : la formation à distance n’est proposée qu’aux inscrits d’une session reportée",
)
def propositions_sans_report() -> QuerySet[Inscription]:
    return Inscription.objects.filter(etat=EtatInscription.PROPOSEE).exclude(session__etat=EtatSession.REPORTEE)


@invariant("formation.sessions_a_clore", "R82 : aucune session n’attend sa clôture depuis plus de deux jours")
def clotures_oubliees() -> QuerySet[SessionFormation]:
    # The job runs every night: two days leave it the time of an incident.
    return a_clore(timezone.localdate() - dt.timedelta(days=2))


@invariant("formation.heures", "R81 : on suit la durée que le test a décidée")
def heures_differentes() -> QuerySet[Inscription]:
    tests = Positionnement.objects.filter(
        dossier=OuterRef("dossier"), etat=EtatPositionnement.PASSE, heures=OuterRef("session__heures")
    )
    return Inscription.objects.filter(~Exists(tests), etat__in=ETATS_INSCRIPTION_VIVANTE)


@invariant("formation.contact_date", "R62, R80 : la date de contact du dossier est la première prise de contact")
def contacts_sans_trace() -> QuerySet[PriseDeContact]:
    return PriseDeContact.objects.exclude(dossier__etat=EtatDossier.CLOS).filter(
        Q(dossier__formation_contactee_le__isnull=True) | Q(dossier__formation_contactee_le__gt=F("contacte_le"))
    )


@invariant(
    "formation.dispense", "R84 : un dossier dit la dispense si et seulement si un organisme l’a accordée, avec le titre"
)
def dispenses_mal_notees() -> QuerySet[Dossier]:
    dispenses = Positionnement.objects.filter(
        dossier=OuterRef("pk"), etat=EtatPositionnement.DISPENSE, justificatif__nature=NATURE_TITRE
    )
    return (
        Dossier.objects.exclude(etat=EtatDossier.CLOS)
        .annotate(dispense=Exists(dispenses))
        .filter(
            Q(dispense=True, exempte_formation_le__isnull=True) | Q(dispense=False, exempte_formation_le__isnull=False)
        )
    )


@invariant("formation.dispense_sans_session", "R84 : une personne dispensée n’occupe pas de place")
def dispenses_inscrites() -> QuerySet[Inscription]:
    return Inscription.objects.filter(etat__in=ETATS_INSCRIPTION_VIVANTE, dossier__exempte_formation_le__isnull=False)


@invariant("formation.dossier_clos", "R53 : une validation annulée ne laisse ni test à venir ni place prise")
def restes_de_dossiers_clos() -> QuerySet[Inscription]:
    return Inscription.objects.filter(etat__in=ETATS_INSCRIPTION_VIVANTE, dossier__etat=EtatDossier.CLOS)


@invariant("formation.tests_de_dossiers_clos", "R53 : une validation annulée annule le test à venir")
def tests_de_dossiers_clos() -> QuerySet[Positionnement]:
    return Positionnement.objects.filter(etat=EtatPositionnement.PROPOSE, dossier__etat=EtatDossier.CLOS)


@invariant("formation.organisme", "R80 : un organisme de formation agit au nom d’une organisation de ce type")
def organismes_mal_rattaches() -> QuerySet[Organisme]:
    return Organisme.objects.exclude(organisation__type=TypeOrganisation.ORGANISME)


@invariant("formation.lot_territoire", "R80 : un lot couvre des régions, ou tout le territoire")
def lots_sans_territoire() -> QuerySet[Lot]:
    return Lot.objects.annotate(nb=Count("regions")).filter(Q(national=False, nb=0) | Q(national=True, nb__gt=0))
