"""The employing structures consulted about a coordinator (S2, I.b): which ones, asked how, answered or silent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Exists, OuterRef
from django.utils import timezone

from portal.commun import courriels
from portal.commun.jetons import emettre_jeton, lire_jeton, uuid_de
from structures.coordination import echeance_reponse
from structures.destinataires import adresses_prefecture, lecteurs
from structures.enums import EchellePerimetre
from structures.models import Candidature, ConsultationCoordinateur, Poste, Structure
from structures.suivi_candidature import lien_suivi

USAGE_CONSULTATION = "consultation"
# The link outlives the deadline: a late answer still counts until the committee decides.
DUREE_LIEN = dt.timedelta(days=365)


def employeuses(departements: Iterable[str], *, sauf: str = "") -> list[Structure]:
    """The structures that have posts of the scheme in these départements, by name; never the one that applies."""
    postes = Poste.objects.comptes().filter(structure=OuterRef("pk"))
    structures = Structure.objects.en_propre().filter(Exists(postes), commune__departement__in=list(departements))
    if sauf:
        structures = structures.exclude(siret=sauf).exclude(ridet=sauf)
    return list(structures.select_related("commune").order_by("nom_normalise", "pk"))


def proposees(structures: Iterable[Structure], *, echelle: str, epci: str | None) -> list[Structure]:
    """Those ticked at first: all of them, or those of the same grouping when the perimeter is one."""
    if echelle != EchellePerimetre.INTERCOMMUNALITE or not epci:
        return list(structures)
    return [structure for structure in structures if structure.commune.epci_id == epci]


def consultation_du_lien(secret: str) -> ConsultationCoordinateur:
    """What a signed link opens; `JetonInvalide` with a sentence otherwise."""
    jeton = lire_jeton(secret, usage=USAGE_CONSULTATION)
    consultations = ConsultationCoordinateur.objects.select_related(
        "candidature__commune__departement", "candidature__campagne", "structure"
    )
    return consultations.get(uuid=uuid_de(jeton, ConsultationCoordinateur))


def adresses(consultation: ConsultationCoordinateur) -> list[str]:
    """A structure of the scheme: its contact and those who manage its space; otherwise the address that was given."""
    if consultation.structure is None:
        return [consultation.courriel] if consultation.courriel else []
    qui = lecteurs(consultation.structure)
    return [*qui.espace, *qui.sans_compte]


def interroger(candidature: Candidature) -> int:
    """Ask every structure that was not asked yet; those without an address are asked by the applicant themselves."""
    maintenant, nombre = timezone.now(), 0
    attente = candidature.consultations.filter(interrogee_le__isnull=True, repondu_le__isnull=True)
    for consultation in attente.select_related("structure").order_by("pk"):
        if not adresses(consultation):
            continue
        consultation.interrogee_le = maintenant
        consultation.repondre_avant_le = echeance_reponse(timezone.localdate(maintenant))
        consultation.save()
        ecrire(consultation, "consultation_demande", candidature)
        nombre += 1
    return nombre


def ecrire(consultation: ConsultationCoordinateur, modele: str, candidature: Candidature) -> None:
    """One mail with a link of its own; the earlier ones go on working."""
    secret = emettre_jeton(usage=USAGE_CONSULTATION, objet=consultation, duree=DUREE_LIEN, remplace=False)
    courriels.envoyer(
        f"structures/{modele}",
        destinataires=adresses(consultation),
        contexte={
            "consultation": consultation,
            "candidature": candidature,
            "lien": courriels.lien("structures:consultation", secret),
        },
        objet=consultation,
    )


def annoncer_bilan(candidature: Candidature) -> None:
    """Every structure asked has answered or is silent: the applicant and the prefecture are told once."""
    lignes = list(candidature.consultations.order_by("pk"))
    contexte = {"candidature": candidature, "consultations": lignes}
    courriels.envoyer(
        "structures/consultation_bilan",
        destinataires=[candidature.contact_courriel],
        contexte={**contexte, "lien": lien_suivi(candidature)},
        objet=candidature,
    )
    courriels.envoyer(
        "structures/consultation_bilan_prefecture",
        destinataires=adresses_prefecture(candidature.commune.departement_id),
        contexte=contexte,
        objet=candidature,
    )
