"""Reminders of training, each once: contact not made (R80), contract started without a departure (R83, R113)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from formation.acces import organismes_a_prevenir
from formation.enums import Etape
from formation.notifications import contexte_du_dossier, lien_organisme, lien_structure
from formation.parcours import situation_de
from formation.regles import DEPART_MAX_JOURS
from formation.suivi import Suivi, suivre
from portal.commun import courriels
from portal.commun.acteurs import Acteur
from portal.commun.rappels import rappel, une_fois
from structures.destinataires import adresses_administrateurs
from subventions.enums import EtatContrat, EtatDossier
from subventions.models import Dossier

JOURS_CONTACT = 15


@rappel("formation.contact")
def rappeler_contact(le: dt.date) -> int:
    """R80: fifteen days after the validation, to the structure, and to the bodies when the move is theirs."""
    dossiers = Dossier.objects.exclude(etat=EtatDossier.CLOS).filter(
        formation_contactee_le__isnull=True,
        exempte_formation_le__isnull=True,
        depart_formation_le__isnull=True,
        mise_en_relation__validee_le__date__lt=le - dt.timedelta(days=JOURS_CONTACT),
    )
    return sum(_rappeler_contact(suivi) for suivi in suivre(dossiers.order_by("pk"), le))


def _rappeler_contact(suivi: Suivi) -> int:
    dossier = suivi.dossier
    with transaction.atomic():
        if not une_fois(f"formation.contact:{dossier.uuid}"):
            return 0
        contexte = {"valide_le": suivi.valide_le, "organisme_contacte": suivi.organisme_prend_contact}
        _envoyer("rappel_contact", adresses_administrateurs(dossier.structure), dossier, lien_structure, **contexte)
        if suivi.organisme_prend_contact:
            adresses = [organisme.courriel for organisme in organismes_a_prevenir(dossier.structure)]
            _envoyer("rappel_contact_organisme", adresses, dossier, lien_organisme, **contexte)
    return 1


@rappel("formation.depart")
def rappeler_depart(le: dt.date) -> int:
    """R83: the contract began more than fifteen days ago and nobody left: the structure, and the body that follows."""
    dossiers = Dossier.objects.exclude(etat=EtatDossier.CLOS).filter(
        depart_formation_le__isnull=True,
        exempte_formation_le__isnull=True,
        contrat__etat=EtatContrat.SIGNE,
        contrat__debut__lt=le - dt.timedelta(days=DEPART_MAX_JOURS),
    )
    return sum(_rappeler_depart(suivi) for suivi in suivre(dossiers.order_by("pk"), le))


def _rappeler_depart(suivi: Suivi) -> int:
    dossier = suivi.dossier
    with transaction.atomic():
        if not une_fois(f"formation.depart:{dossier.uuid}"):
            return 0
        contexte = {
            "debut": suivi.contrat.debut,
            "limite": suivi.depart.limite,
            "suite": SUITES.get(suivi.etape) or situation_de(suivi, Acteur.systeme()).suite,
        }
        _envoyer("rappel_depart", adresses_administrateurs(dossier.structure), dossier, lien_structure, **contexte)
        if suivi.organisme is not None:
            _envoyer("rappel_depart", [suivi.organisme.courriel], dossier, lien_organisme, **contexte)
    return 1


SUITES = {
    Etape.DEPART: "Si la personne est partie, l’organisme de formation enregistre son départ sur le portail.",
}


def _envoyer(modele: str, adresses: list[str], dossier: Dossier, lien, **contexte) -> None:
    courriels.envoyer(
        f"formation/{modele}",
        destinataires=adresses,
        contexte=contexte_du_dossier(dossier, lien=lien(dossier), **contexte),
        objet=dossier,
    )
