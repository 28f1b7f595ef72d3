"""Lists of people and of sessions, filtered in SQL: as many queries for a thousand rows as for one (R80 to R83)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import BooleanField, Case, Count, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone

from formation.acces import organismes_de
from formation.actions.communs import ETATS_OCCUPENT_UNE_PLACE
from formation.enums import ETATS_INSCRIPTION_VIVANTE, EtatInscription, EtatPositionnement, EtatSession, Modalite
from formation.models import Inscription, Organisme, Positionnement, PriseDeContact, SessionFormation
from formation.regles import qui_prend_contact
from formation.suivi import session_ouverte
from portal.commun.normalisation import normaliser
from portal.territoires.models import Departement
from structures.models import Structure
from structures.regimes import REGIMES, ContactFormation
from subventions.enums import EtatContrat
from subventions.models import Dossier

PAR_PAGE = 25
REGIMES_ORGANISME = [code for code, r in REGIMES.items() if qui_prend_contact(r) is ContactFormation.ORGANISME]

# --- people ---------------------------------------------------------------------------------------------------------

TOUTES = "toutes"
VUES_PERSONNES = {
    "contact": "Contact à prendre par vous",
    "attente": "Contact attendu de la structure",
    "test": "Test à proposer",
    "prevu": "Test proposé",
    "resultat": "Résultat à enregistrer",
    "publier": "Session à publier",
    "session": "Session à choisir",
    "inscrites": "Inscrites ou en attente",
    "depart": "Départ à enregistrer",
    "formation": "Parties en formation",
    "dispensees": "Dispensées",
    TOUTES: "Toutes",
}
# What the body must do now.
VUES_A_FAIRE = ("contact", "test", "resultat", "publier", "depart")


def filtre_de_la_vue(vue: str, organisme: Organisme, maintenant: dt.datetime | None = None) -> Q:
    """The people of a view.

    What is to be done is the body's own: a person whom another one tests, or trains, is not there. Where people stand
    is said of everybody it sees, so that each one listed in « Toutes » is in the view of their step.
    """
    maintenant = maintenant or timezone.now()
    jour = timezone.localdate(maintenant)
    tests = Positionnement.objects.filter(dossier=OuterRef("pk")).exclude(etat=EtatPositionnement.ANNULE)
    inscriptions = Inscription.objects.filter(dossier=OuterRef("pk"), etat__in=ETATS_INSCRIPTION_VIVANTE)
    contact = PriseDeContact.objects.filter(dossier=OuterRef("pk"), organisme=organisme)
    miens = tests.filter(organisme=organisme)
    ouvert = Q(exempte_formation_le__isnull=True, depart_formation_le__isnull=True)
    sans_contact = ouvert & Q(formation_contactee_le__isnull=True)
    proposes, passes = (
        tests.filter(etat=EtatPositionnement.PROPOSE),
        Q(Exists(tests.filter(etat=EtatPositionnement.PASSE))),
    )
    sans_session = ouvert & ~Q(Exists(inscriptions))
    a_partir = inscriptions.filter(
        session__organisme=organisme,
        etat=EtatInscription.INSCRITE,
        session__debut__lte=jour,
        session__etat=EtatSession.CONFIRMEE,
    )
    en_place = [EtatInscription.INSCRITE, EtatInscription.ATTENTE, EtatInscription.PROPOSEE]
    filtres = {
        "contact": sans_contact & Q(poste__regime__in=REGIMES_ORGANISME),
        "attente": sans_contact & ~Q(poste__regime__in=REGIMES_ORGANISME),
        "test": ouvert & Q(Exists(contact)) & ~Q(Exists(tests)),
        "prevu": ouvert & Q(Exists(proposes.filter(creneau__gt=maintenant))),
        "resultat": ouvert & Q(Exists(proposes.filter(organisme=organisme, creneau__lte=maintenant))),
        "publier": sans_session & Q(Exists(miens.filter(etat=EtatPositionnement.PASSE))) & ~Q(session_ouverte(jour)),
        "session": sans_session & passes & Q(session_ouverte(jour)),
        "inscrites": ouvert & Q(Exists(inscriptions.filter(etat__in=en_place))),
        "depart": Q(Exists(a_partir), contrat__etat=EtatContrat.SIGNE),
        "formation": Q(depart_formation_le__isnull=False),
        "dispensees": Q(Exists(tests.filter(etat=EtatPositionnement.DISPENSE))),
        TOUTES: Q(),
    }
    return filtres[vue]


def compter_personnes(dossiers: QuerySet[Dossier], organisme: Organisme) -> dict[str, int]:
    """How many people in each view, in one query."""
    filtres = {vue: filtre_de_la_vue(vue, organisme) for vue in VUES_PERSONNES}
    marques = {f"est_{vue}": filtre for vue, filtre in filtres.items() if vue != TOUTES}
    comptes = {vue: Count("pk", filter=Q(**{f"est_{vue}": True})) for vue in filtres if vue != TOUTES}
    resultat = dossiers.order_by().annotate(**_en_booleens(marques)).aggregate(toutes=Count("pk"), **comptes)
    return {vue: resultat[vue] for vue in VUES_PERSONNES}


def _en_booleens(filtres: Mapping[str, Q]) -> dict[str, Any]:
    return {
        nom: Case(When(filtre, then=Value(True)), default=Value(False), output_field=BooleanField())
        for nom, filtre in filtres.items()
    }


def filtrer_personnes(
    dossiers: QuerySet[Dossier], organisme: Organisme, filtres: Mapping[str, Any]
) -> QuerySet[Dossier]:
    """The oldest validation first: who has waited longest."""
    dossiers = dossiers.filter(filtre_de_la_vue(filtres.get("vue") or TOUTES, organisme))
    if filtres.get("departement"):
        dossiers = dossiers.filter(structure__commune__departement=filtres["departement"])
    for mot in (filtres.get("q") or "").split():
        dossiers = dossiers.filter(
            Q(structure__nom_normalise__contains=normaliser(mot))
            | Q(mise_en_relation__candidat__utilisateur__nom__icontains=mot)
            | Q(mise_en_relation__candidat__utilisateur__prenom__icontains=mot)
        )
    return dossiers.order_by("mise_en_relation__validee_le", "pk")


# --- sessions -------------------------------------------------------------------------------------------------------

VUES_SESSIONS = {
    "a-venir": "À venir",
    "en-cours": "En cours",
    "closes": "Closes",
    "toutes": "Toutes",
}
# What an empty view means, and what to do next.
TEXTES_SANS_SESSION = {
    "a-venir": "Aucune session à venir. Publiez-en une : les structures de votre territoire y inscriront les personnes "
    "dont le test est passé.",
    "en-cours": "Aucune session n’est en cours. Une session apparaît ici le jour où elle commence : vous y enregistrez "
    "alors les départs.",
    "closes": "Aucune session terminée, reportée à distance ou annulée. Après son dernier jour, vous terminez une "
    "session depuis sa page, et elle se range ici.",
    "toutes": "Votre organisme n’a pas encore publié de session. Publiez la première : les structures de votre "
    "territoire pourront y inscrire.",
}


def avec_places(sessions: QuerySet[SessionFormation]) -> QuerySet[SessionFormation]:
    """`nb_inscrits`, `nb_attente` and what the lines show."""
    return sessions.select_related("organisme", "commune__departement").annotate(
        nb_inscrits=Count("inscriptions", filter=Q(inscriptions__etat__in=ETATS_OCCUPENT_UNE_PLACE)),
        nb_attente=Count("inscriptions", filter=Q(inscriptions__etat=EtatInscription.ATTENTE)),
    )


def filtrer_sessions(organisme: Organisme, vue: str, jour: dt.date) -> QuerySet[SessionFormation]:
    sessions = SessionFormation.objects.filter(organisme=organisme)
    vives = Q(etat__in=[EtatSession.OUVERTE, EtatSession.CONFIRMEE])
    if vue == "a-venir":
        return sessions.filter(vives, debut__gt=jour).order_by("debut", "pk")
    if vue == "en-cours":
        return sessions.filter(vives, debut__lte=jour).order_by("debut", "pk")
    if vue == "closes":
        return sessions.exclude(vives).order_by("-debut", "pk")
    return sessions.order_by("-debut", "pk")


def sessions_proposees(
    structure: Structure, heures: int, jour: dt.date, *, distance_seule: bool = False
) -> QuerySet[SessionFormation]:
    """R81, R82: the open sessions of these hours on the territory, in person first, then by date."""
    sessions = SessionFormation.objects.filter(
        organisme__in=organismes_de(structure),
        heures=heures,
        etat__in=[EtatSession.OUVERTE, EtatSession.CONFIRMEE],
        cloture_le__gte=jour,
    )
    if distance_seule:
        sessions = sessions.filter(modalite=Modalite.DISTANCE)
    return avec_places(sessions).order_by("-modalite", "debut", "pk")


def sessions_de_l_organisme(
    organisme: Organisme, structure: Structure, heures: int, jour: dt.date
) -> QuerySet[SessionFormation]:
    """The ones in which this body may enrol somebody itself."""
    return sessions_proposees(structure, heures, jour).filter(organisme=organisme)


def departements_des(dossiers: QuerySet[Dossier]) -> list[tuple[str, str]]:
    """The départements of a list of files, to filter on."""
    codes = dossiers.order_by().values("structure__commune__departement")
    return [(d.code, f"{d.code} – {d.nom}") for d in Departement.objects.filter(code__in=codes).order_by("code")]
