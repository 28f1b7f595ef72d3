"""Steps 6 and 8 of each post: training body, placement test, session, departure (DOMAIN §3, R80 to R83).

The same sentences serve the progress line of the structure's space, the pages of training and the space of the body.
On the progress line, training speaks when the next move is its own; while the structure must act on its subsidy file,
its contract or its agreement, the floor below is heard.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from enum import Enum

from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone

from formation.enums import Etape, EtatSession
from formation.regles import SEUIL_PRESENTIEL
from formation.suivi import Suivi, pour_suivi
from portal.commun.acteurs import Acteur
from portal.commun.affichage import moment
from portal.commun.dates import date_longue
from portal.commun.roles import Role
from structures.models import Poste
from structures.parcours import Situation
from subventions.enums import EtatContrat, EtatConvention, EtatDossier, EtatTranche
from subventions.models import Convention, Dossier, Suspension, Tranche

ORGANISME, DEPART = 6, 8
DELAI_CONTACT = dt.timedelta(days=15)
VOUS = "Vous"
ETATS_A_PAYER = [EtatTranche.EXIGIBLE, EtatTranche.VALIDEE]


class Tour(Enum):
    """Whose turn it is on the floor of subsidies."""

    STRUCTURE = "structure"
    SIGNATURE = "signature"
    BDT = "bdt"
    FINI = "fini"


def fournisseur(postes: Sequence[Poste], acteur: Acteur) -> dict[int, Situation]:
    """What training says of these posts, in a constant number of queries."""
    dossiers = (
        Dossier.objects.filter(poste__in=[poste.pk for poste in postes])
        .exclude(etat=EtatDossier.CLOS)
        .prefetch_related(
            Prefetch(
                "conventions",
                Convention.objects.exclude(etat=EtatConvention.ANNULEE).prefetch_related(
                    Prefetch("suspensions", Suspension.objects.filter(levee_le__isnull=True)),
                    Prefetch("tranches", Tranche.objects.filter(etat__in=ETATS_A_PAYER)),
                ),
            )
        )
    )
    aujourdhui = timezone.localdate()
    situations = {}
    for dossier in pour_suivi(dossiers, aujourdhui).order_by("numero"):
        suivi = Suivi(dossier, aujourdhui)
        situations.pop(dossier.poste_id, None)
        if doit_parler(suivi):
            situations[dossier.poste_id] = situation_de(suivi, acteur)
    return situations


# --- when training is heard -----------------------------------------------------------------------------------------


def tour_de(dossier: Dossier) -> Tour:
    """Who must act on the subsidy: the order of `subventions.parcours`, which this floor must not hide."""
    if dossier.etat == EtatDossier.DEPOSE:
        return Tour.BDT
    if dossier.etat != EtatDossier.CONFORME:
        return Tour.STRUCTURE
    contrat = getattr(dossier, "contrat", None)
    if contrat is None or contrat.etat == EtatContrat.ABANDONNE:
        return Tour.STRUCTURE
    if contrat.etat in (EtatContrat.ROMPU, EtatContrat.TERMINE):
        return Tour.FINI
    convention = next(iter(dossier.conventions.all()), None)
    if convention is not None and convention.etat == EtatConvention.A_SIGNER:
        return Tour.STRUCTURE
    if convention is not None and convention.etat == EtatConvention.SIGNEE and contrat.etat != EtatContrat.SIGNE:
        return Tour.SIGNATURE
    return Tour.BDT


def doit_parler(suivi: Suivi) -> bool:
    tour = tour_de(suivi.dossier)
    if tour is Tour.FINI or suivi.etape in (Etape.FORME, Etape.DISPENSE):
        return False
    if suivi.etape is Etape.CONTACT:
        # R62: the contract is not signed before the contact: the structure must know it even while it prepares it.
        sans_attendre = not suivi.organisme_prend_contact and suivi.dossier.etat == EtatDossier.CONFORME
        return sans_attendre or tour in (Tour.BDT, Tour.SIGNATURE)
    if tour is not Tour.BDT:
        return False
    if suivi.etape in (Etape.INSCRIT, Etape.DEPART):
        return suivi.contrat_signe
    if suivi.etape is Etape.EN_FORMATION:
        # Money that is held, or about to be paid, is the news of the day.
        conventions = suivi.dossier.conventions.all()
        return not any(convention.suspensions.all() or convention.tranches.all() for convention in conventions)
    return True


# --- what it says ---------------------------------------------------------------------------------------------------


def situation_de(suivi: Suivi, acteur: Acteur) -> Situation:
    """The step, what comes next, who must act, for this reader."""
    etape, suite, qui, avant_le, en_retard = ETAPES[suivi.etape](suivi, acteur)
    return Situation(etape, suivi.etape.label, suite, qui, avant_le, _url(suivi, acteur), en_retard)


Lignes = tuple[int, str, str, dt.date | None, bool]


def _contact(suivi: Suivi, acteur: Acteur) -> Lignes:
    avant_le = suivi.valide_le + DELAI_CONTACT
    if suivi.organisme_prend_contact:
        suite = "L’organisme de formation prend contact avec la structure, qui peut aussi lui écrire."
        if acteur.est(Role.ORGANISME):
            suite = "Prendre contact avec la structure : le contrat ne peut pas être signé avant."
        qui = _organisme(suivi, acteur)
    else:
        suite = "Contacter l’organisme de formation : le contrat ne peut pas être signé avant."
        qui = _structure(suivi, acteur)
    return ORGANISME, suite, qui, avant_le, suivi.contact_en_retard


def _test(suivi: Suivi, acteur: Acteur) -> Lignes:
    return (
        ORGANISME,
        "Proposer un test de positionnement à la personne recrutée.",
        _organisme(suivi, acteur),
        None,
        False,
    )


def _test_prevu(suivi: Suivi, acteur: Acteur) -> Lignes:
    jour = timezone.localdate(suivi.test.creneau)
    return ORGANISME, f"Passer le test le {moment(suivi.test.creneau)}.", _personne(suivi, acteur), jour, False


def _resultat(suivi: Suivi, acteur: Acteur) -> Lignes:
    suite = f"Enregistrer le résultat du test du {date_longue(timezone.localdate(suivi.test.creneau))}."
    return ORGANISME, suite, _organisme(suivi, acteur), None, False


def _session(suivi: Suivi, acteur: Acteur) -> Lignes:
    suite = f"Choisir une session de {suivi.test.heures} heures."
    return ORGANISME, suite, _structure(suivi, acteur), *_limite(suivi)


def _publier(suivi: Suivi, acteur: Acteur) -> Lignes:
    """R81: the structure cannot choose among nothing: the body that decided the hours must publish a session."""
    heures = suivi.test.heures
    suite = (
        f"Aucune session de {heures} heures n’est ouverte sur le territoire de la structure : "
        "l’organisme de formation doit en publier une."
    )
    if _organisme(suivi, acteur) == VOUS:
        suite = f"Publier une session de {heures} heures : aucune n’est ouverte sur le territoire de la structure."
    return ORGANISME, suite, _organisme(suivi, acteur), *_limite(suivi)


def _distance(suivi: Suivi, acteur: Acteur) -> Lignes:
    suite = "Moins de huit inscriptions : choisir une session à distance, ou y renoncer."
    return ORGANISME, suite, _structure(suivi, acteur), *_limite(suivi)


def _attente(suivi: Suivi, acteur: Acteur) -> Lignes:
    session = suivi.inscription.session
    if suivi.aujourdhui >= session.debut or session.etat == EtatSession.TERMINEE:
        suite = "La session a commencé sans qu’une place se libère : en choisir une autre."
        return ORGANISME, suite, _structure(suivi, acteur), *_limite(suivi)
    suite = (
        f"Une place peut se libérer à la session du {date_longue(session.debut)} ; une autre session peut être choisie."
    )
    return ORGANISME, suite, _organisme(suivi, acteur), *_limite(suivi)


def _inscrit(suivi: Suivi, acteur: Acteur) -> Lignes:
    session = suivi.inscription.session
    debut = date_longue(session.debut)
    if session.etat == EtatSession.OUVERTE:
        # R82: nobody but the body, or the night job in its name, says whether the session takes place.
        suite = (
            f"Session du {debut}, à confirmer dès {SEUIL_PRESENTIEL} inscriptions. À la clôture, "
            f"le {date_longue(session.cloture_le)}, l’organisme dit si elle a lieu ou propose une formation à distance."
        )
        limite, en_retard = _limite(suivi)
        if en_retard:
            # R83: lateness is shown to all, whoever acts.
            suite += f" Le départ était attendu avant le {date_longue(limite)}."
        return DEPART, suite, _organisme(suivi, acteur), session.cloture_le, en_retard
    if not suivi.contrat_signe:
        suite = f"Session du {debut}, confirmée : le contrat de travail doit être signé avant le départ."
        return DEPART, suite, _structure(suivi, acteur), session.debut, False
    return DEPART, f"Départ en formation le {debut}.", _personne(suivi, acteur), *_limite(suivi)


def _depart(suivi: Suivi, acteur: Acteur) -> Lignes:
    debut = date_longue(suivi.inscription.session.debut)
    if not suivi.contrat_signe:
        suite = f"La session a commencé le {debut} : le contrat de travail doit être signé avant le départ."
        return DEPART, suite, _structure(suivi, acteur), *_limite(suivi)
    suite = f"Enregistrer le départ : la session a commencé le {debut}."
    return DEPART, suite, _organisme(suivi, acteur), *_limite(suivi)


def _en_formation(suivi: Suivi, acteur: Acteur) -> Lignes:
    session = suivi.inscription.session
    suite = f"Formation de {session.heures} heures, jusqu’au {date_longue(session.fin)}."
    return DEPART, suite, _personne(suivi, acteur), session.fin, False


def _forme(suivi: Suivi, acteur: Acteur) -> Lignes:
    return DEPART, f"Départ le {date_longue(suivi.dossier.depart_formation_le)}.", "Personne", None, False


def _dispense(suivi: Suivi, acteur: Acteur) -> Lignes:
    suite = f"Dispense du {date_longue(suivi.dossier.exempte_formation_le)} : les certifications restent à passer."
    return DEPART, suite, "Personne", None, False


ETAPES: dict[Etape, Callable[[Suivi, Acteur], Lignes]] = {
    Etape.CONTACT: _contact,
    Etape.TEST: _test,
    Etape.TEST_PREVU: _test_prevu,
    Etape.RESULTAT: _resultat,
    Etape.SESSION: _session,
    Etape.PUBLIER: _publier,
    Etape.DISTANCE: _distance,
    Etape.ATTENTE: _attente,
    Etape.INSCRIT: _inscrit,
    Etape.DEPART: _depart,
    Etape.EN_FORMATION: _en_formation,
    Etape.FORME: _forme,
    Etape.DISPENSE: _dispense,
}


def _limite(suivi: Suivi) -> tuple[dt.date | None, bool]:
    """R83: the last day to leave, once the start of the contract is known."""
    depart = suivi.depart
    return (depart.limite, depart.en_retard) if depart else (None, False)


def _structure(suivi: Suivi, acteur: Acteur) -> str:
    return VOUS if acteur.est(Role.STRUCTURE) else suivi.dossier.structure.nom


def _organisme(suivi: Suivi, acteur: Acteur) -> str:
    organisme = suivi.organisme
    if acteur.est(Role.ORGANISME) and (organisme is None or organisme.organisation_id == acteur.organisation_id):
        return VOUS
    return organisme.nom if organisme else "L’organisme de formation"


def _personne(suivi: Suivi, acteur: Acteur) -> str:
    return VOUS if acteur.est(Role.CANDIDAT, Role.CONSEILLER, Role.COORDINATEUR) else suivi.personne


def _url(suivi: Suivi, acteur: Acteur) -> str:
    if acteur.est(Role.STRUCTURE):
        return reverse("formation:dossier", args=[suivi.dossier.uuid])
    if acteur.est(Role.ORGANISME):
        return reverse("formation:personne", args=[suivi.dossier.uuid])
    return ""
