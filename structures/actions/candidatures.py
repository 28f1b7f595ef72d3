"""Verbs of the application until it is filed: sent, its address confirmed (R20 to R23).

What comes after (correction, re-examination, withdrawal) is in `suites`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite, exiger
from portal.commun.evenements import emettre
from portal.commun.jetons import JetonInvalide, consommer_jeton, reference, retrouver_jeton, revoquer_jetons, uuid_de
from portal.commun.models import Jeton
from portal.commun.normalisation import normaliser
from portal.commun.roles import Role
from portal.commun.verbes import verbe
from portal.comptes.models import Organisation, TypeOrganisation
from portal.territoires.models import Departement
from structures import coordination, notifications
from structures.actions.brouillons import supprimer_brouillon
from structures.actions.concertation import verrouiller_candidature
from structures.consultations import interroger
from structures.depot import (
    IDENTITE,
    REPONSES,
    candidature_vivante,
    contradiction,
    etablissement_garde,
    manquement_doublon,
    postes_de,
    statut_retenu,
    verifier_precisions,
)
from structures.enums import EtatCandidature
from structures.etats import MACHINE_CANDIDATURE
from structures.identifiants import identifiant_unique
from structures.models import (
    BrouillonCandidature,
    Campagne,
    Candidature,
    ConsultationCoordinateur,
    EngagementAccepte,
    LieuExercice,
    LieuSouhaite,
    Structure,
)
from structures.numeros import prochain_numero, verrouiller_nom
from structures.questionnaire import engagements as engagements_de
from structures.questionnaire import verifier_candidature
from structures.suivi_candidature import USAGE_CONFIRMATION

# R23: between two mails asked for by an anonymous visitor, and in all for one application.
DELAI_ENTRE_ENVOIS = dt.timedelta(minutes=2)
ENVOIS_MAX = 10
# So that nobody floods an address that is not theirs.
EN_ATTENTE_PAR_ADRESSE = 5


@verbe
def creer_candidature(
    *,
    acteur: Acteur,
    campagne: Campagne,
    donnees: Mapping[str, Any],
    lieux: Iterable[Mapping[str, Any]] = (),
    engagements: Iterable[str] = (),
    consultations: Iterable[Mapping[str, Any]] = (),
    brouillon: BrouillonCandidature | None = None,
) -> Candidature:
    """R20: the application, to be confirmed by the link sent to its contact (R23).

    `lieux`: `{"nom", "commune"}`; `consultations`: `{"nom", "courriel"}`, and `"structure"` for one of the scheme;
    `engagements`: the keys accepted; `brouillon`: what it was filled in as, forgotten now. The same contact sending the
    same application again replaces the one that was never confirmed.
    """
    aujourdhui = timezone.localdate()
    if not Campagne.objects.ouvertes(aujourdhui).filter(pk=campagne.pk).exists():
        raise RegleNonRespectee("R20", f"L’appel « {campagne.nom} » n’est pas ouvert aujourd’hui.", "campagne")
    regime, lieux = campagne.donnees_regime, list(lieux)
    candidature = Candidature(campagne=campagne, regime=campagne.regime, coordinateur=regime.coordinateur)
    remplir(candidature, {nom: donnees[nom] for nom in (*IDENTITE, *REPONSES) if nom in donnees})
    candidature.siret, candidature.ridet = identifiant_unique(
        donnees.get("siret") or "", donnees.get("ridet") or "", candidature.commune.departement_id
    )
    verifier(candidature, lieux, engagements, aujourdhui)
    refuser_doublon(candidature)
    _remplacer_les_precedentes(acteur, candidature)
    candidature.save()
    enregistrer_lignes(candidature, lieux, consultations)
    EngagementAccepte.objects.bulk_create(
        EngagementAccepte(candidature=candidature, cle=engagement.cle, texte=engagement.texte)
        for engagement in engagements_de(regime)
    )
    if brouillon is not None:
        supprimer_brouillon(acteur=acteur, brouillon=brouillon)
    notifications.demander_confirmation(candidature)
    return candidature


@verbe
def renvoyer_confirmation(*, acteur: Acteur, candidature: Candidature) -> Candidature:
    """R23: a new link, to the address of the application; the earlier one stops working."""
    candidature = verrouiller_candidature(candidature)
    if candidature.etat != EtatCandidature.A_CONFIRMER:
        raise TransitionInterdite("Cette candidature est déjà confirmée, ou n’a plus cours.")
    _limiter_les_envois(candidature)
    notifications.demander_confirmation(candidature)
    return candidature


@verbe
def renvoyer_confirmation_depuis_lien(*, acteur: Acteur, secret: str) -> Candidature:
    """R23: asked from an old link; the new one only goes to the address of the application."""
    jeton = retrouver_jeton(secret, usage=USAGE_CONFIRMATION)
    if jeton is None:
        raise JetonInvalide("Ce lien n’est pas valable. Vérifiez que vous avez ouvert le dernier message reçu.")
    candidature = Candidature.objects.filter(uuid=uuid_de(jeton, Candidature)).first()
    if candidature is None:
        # R111: never confirmed, it was deleted after a while.
        raise JetonInvalide("Cette candidature n’a pas été confirmée à temps et a été effacée. Refaites-la.")
    return renvoyer_confirmation(acteur=acteur, candidature=candidature)


@verbe
def confirmer_depot(*, acteur: Acteur, secret: str = "", candidature: Candidature | None = None) -> Candidature:
    """R23: the address is proven, the application is filed: its number, its structure, its follow-up link.

    R22 is checked again under a lock on the establishment: of two confirmations at once, one wins and the other is
    told. What counts for the closing date is the day the form was sent; the link lasts a few days more.
    The portal itself (demo data) confirms without a link.
    """
    if secret:
        candidature = Candidature.objects.get(
            uuid=uuid_de(consommer_jeton(secret, usage=USAGE_CONFIRMATION), Candidature)
        )
    elif candidature is None or not acteur.est(Role.SYSTEME):
        raise AccesRefuse("Une candidature se confirme par le lien envoyé à son contact.")
    siret, ridet = _verrouiller_etablissement(candidature)
    candidature = verrouiller_candidature(candidature)
    MACHINE_CANDIDATURE.verifier(candidature, "deposer", acteur)
    candidature.siret, candidature.ridet = siret, ridet
    refuser_doublon(candidature)
    candidature.structure, nouvelle = _structure_de(candidature)
    candidature.numero = prochain_numero(Candidature)
    MACHINE_CANDIDATURE.franchir(candidature, "deposer", acteur=acteur)
    candidature.confirmee_le = candidature.etat_le
    candidature.save()
    creer_lieux_exercice(candidature)
    revoquer_jetons(usage=USAGE_CONFIRMATION, objet=candidature)
    notifications.accuser_reception(candidature, nouvelle_structure=nouvelle)
    interroger(candidature)
    emettre("candidature.deposee", candidature=candidature)
    return candidature


# --- shared with `suites` -------------------------------------------------------------------------------------------


def remplir(candidature: Candidature, reponses: Mapping[str, Any]) -> None:
    """Copy the answers; texts lose the spaces around them."""
    for nom, valeur in reponses.items():
        setattr(candidature, nom, valeur.strip() if isinstance(valeur, str) else valeur)
    if candidature.commune_id is None:
        raise RegleNonRespectee("R20", "Indiquez une commune : son nom ou son code postal.", "commune")
    if not candidature.candidat_identifie:
        candidature.candidat_courriel = ""


def verifier(
    candidature: Candidature, lieux: list[Any], engagements: Iterable[str], aujourdhui: dt.date, *, cas_admis: str = ""
) -> None:
    """R20: every answer there and possible; the legal kind follows the legal category, or ANCT's decision (R21).

    `cas_admis`: the coordinator's case that was right when it was filed; it stays so.
    """
    if candidature.coordinateur:
        _verifier_coordination(candidature, cas_admis)
    reponses = {nom: getattr(candidature, nom) for nom in (*IDENTITE, *REPONSES)}
    exiger(verifier_candidature(candidature.campagne.donnees_regime, reponses, engagements, aujourdhui))
    exiger(verifier_precisions(reponses, lieux))
    _fixer_le_statut(candidature)
    try:
        # These stay empty outside the call for coordinators, where the rules above ask for them.
        juges = set(reponses) - {"coordination_temps_plein", "poste_concerne"}
        candidature.clean_fields(exclude={champ.name for champ in Candidature._meta.fields} - juges)
    except ValidationError as erreur:
        champ, messages = next(iter(erreur.message_dict.items()))
        raise RegleNonRespectee("R20", " ".join(messages), champ) from erreur


def _verifier_coordination(candidature: Candidature, cas_admis: str) -> None:
    """S2, II.a and I.b: the case, what it asks, and the départements whose employing structures are consulted."""
    reponses = {nom: getattr(candidature, nom) for nom in (*coordination.CHAMPS, "cas_coordinateur", "nb_conseillers")}
    for nom, valeur in coordination.oublier_les_autres_cas(reponses).items():
        setattr(candidature, nom, valeur)
    cas = coordination.CAS.get(candidature.cas_coordinateur)
    if cas is not None:
        postes = postes_de(candidature.siret, candidature.ridet)
        admis = candidature.cas_coordinateur == cas_admis
        beneficiaire = cas.beneficiaire if admis else postes.exists()
        reponses = {nom: getattr(candidature, nom) for nom in reponses}
        exiger(coordination.verifier_cas(reponses, beneficiaire=beneficiaire))
        poste = candidature.poste_concerne
        if poste is not None and not postes.filter(pk=poste.pk).exists():
            raise RegleNonRespectee("R20", "Ce poste n’est pas un poste de cet établissement.", "poste_concerne")
        if poste is not None and poste.coordinateur and cas.code == "role" and not admis:
            message = "Ce poste est déjà un poste de coordinateur : choisissez « Prolonger un poste de coordination »."
            raise RegleNonRespectee("R20", message, "cas_coordinateur")
    codes = list(dict.fromkeys(candidature.perimetre_departements)) or [candidature.commune.departement_id]
    if len(codes) > coordination.DEPARTEMENTS_MAX or Departement.objects.filter(pk__in=codes).count() != len(codes):
        message = f"Indiquez de un à {coordination.DEPARTEMENTS_MAX} départements de la liste."
        raise RegleNonRespectee("R20", message, "departement_1")
    candidature.perimetre_departements = codes


def _fixer_le_statut(candidature: Candidature) -> None:
    """R21: what ANCT settled stays; a contradiction that is contested waits for it; any other is refused."""
    if candidature.statut_tranche_le is not None:
        return
    choix = (
        candidature.type,
        candidature.regime,
        candidature.categorie_juridique,
        (candidature.siret or "")[:9],
    )
    contredit = contradiction(*choix)
    if not contredit:
        candidature.contestation_statut = ""
    elif not candidature.contestation_statut:
        raise RegleNonRespectee("R21", contredit, "siret")
    candidature.statut_juridique = statut_retenu(*choix, conteste=bool(contredit))


def refuser_doublon(candidature: Candidature) -> None:
    """R22: one live application per establishment, regime and coordinator flag."""
    vivante = candidature_vivante(
        siret=candidature.siret,
        ridet=candidature.ridet,
        regime=candidature.regime,
        coordinateur=candidature.coordinateur,
        hors=candidature,
    )
    if vivante is not None:
        exiger([manquement_doublon(vivante)])


def enregistrer_lignes(
    candidature: Candidature, lieux: Iterable[Mapping[str, Any]], consultations: Iterable[Mapping[str, Any]]
) -> None:
    """The places wished for and the bodies consulted, as last given. A body that was asked, or that answered, stays:
    an opinion is not taken off by whoever it displeases."""
    candidature.lieux_souhaites.all().delete()
    uniques = {(lieu["nom"].strip(), lieu["commune"].pk): lieu for lieu in lieux}
    for (nom, _), lieu in uniques.items():
        LieuSouhaite.objects.create(candidature=candidature, nom=nom, commune=lieu["commune"])
    gardees = {_cle_consultation(ligne): ligne for ligne in map(_consultation, consultations)}
    for ligne in candidature.consultations.select_related("structure"):
        voulue = gardees.pop(_cle_consultation(_en_dict(ligne)), None)
        if voulue is None and ligne.interrogee_le is None and ligne.repondu_le is None:
            ligne.delete()
        elif voulue is not None and ligne.interrogee_le is None and ligne.courriel != voulue["courriel"]:
            ligne.courriel = voulue["courriel"]
            ligne.save()
    for ligne in gardees.values():
        ConsultationCoordinateur.objects.create(candidature=candidature, **ligne)


def _consultation(ligne: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "nom": ligne["nom"].strip(),
        "courriel": (ligne.get("courriel") or "").strip(),
        "structure": ligne.get("structure"),
    }


def _en_dict(ligne: ConsultationCoordinateur) -> dict[str, Any]:
    return {"nom": ligne.nom, "courriel": ligne.courriel, "structure": ligne.structure}


def _cle_consultation(ligne: Mapping[str, Any]) -> tuple[str, Any]:
    """A structure of the scheme is itself whatever its name; another one is its name."""
    return ("structure", ligne["structure"].pk) if ligne["structure"] else ("nom", normaliser(ligne["nom"]))


def creer_lieux_exercice(candidature: Candidature) -> None:
    """The places of work of the structure (R46); those it has already are left as they are."""
    for lieu in candidature.lieux_souhaites.all():
        LieuExercice.objects.get_or_create(
            structure=candidature.structure, nom=lieu.nom, commune_id=lieu.commune_id, defaults={}
        )


def reporter_sur_structure(candidature: Candidature, structure: Structure) -> None:
    """The identity of the structure, from the application that makes it known."""
    for nom in (
        "nom", "type", "statut_juridique", "categorie_juridique", "adresse", "code_postal", "commune",
        "contact_prenom", "contact_nom", "contact_fonction", "contact_courriel", "contact_telephone",
    ):  # fmt: skip
        setattr(structure, nom, getattr(candidature, nom))
    structure.nom_normalise = normaliser(candidature.nom)[:250]


def _verrouiller_etablissement(candidature: Candidature) -> tuple[str | None, str | None]:
    """R22: the number that this application goes by, locked: that of the structure that took over its own, if any."""
    numeros = candidature.siret, candidature.ridet
    while True:
        verrouiller_nom(f"etablissement:{numeros[0] or numeros[1]}")
        gardes = etablissement_garde(*numeros)
        if gardes == numeros:
            return numeros
        numeros = gardes


def _structure_de(candidature: Candidature) -> tuple[Structure, bool]:
    """The structure of this establishment (R22), created the first time. What a structure says of itself is never
    overwritten by a later application: anybody may know a SIRET."""
    identifiants = {"siret": candidature.siret} if candidature.siret else {"ridet": candidature.ridet}
    existante = Structure.objects.select_for_update(of=("self",), no_key=True).filter(**identifiants).first()
    if existante is not None:
        return existante, False
    organisation = Organisation.objects.create(type=TypeOrganisation.STRUCTURE, nom=candidature.nom)
    structure = Structure(organisation=organisation, **identifiants)
    reporter_sur_structure(candidature, structure)
    structure.save()
    return structure, True


def _remplacer_les_precedentes(acteur: Acteur, candidature: Candidature) -> None:
    en_attente = Candidature.objects.filter(
        etat=EtatCandidature.A_CONFIRMER, contact_courriel__iexact=candidature.contact_courriel
    )
    identiques = en_attente.filter(
        siret=candidature.siret, ridet=candidature.ridet, regime=candidature.regime
    ).select_for_update(of=("self",), no_key=True)
    for ancienne in identiques:
        revoquer_jetons(usage=USAGE_CONFIRMATION, objet=ancienne)
        MACHINE_CANDIDATURE.franchir(ancienne, "abandonner", acteur=acteur)
        ancienne._change_reason = "Remplacée par une candidature envoyée ensuite par la même personne."
        ancienne.save()
    depuis = timezone.now() - dt.timedelta(days=1)
    recentes = Candidature.objects.filter(
        contact_courriel__iexact=candidature.contact_courriel, confirmee_le__isnull=True, cree_le__gte=depuis
    )
    if not acteur.est(Role.SYSTEME) and recentes.count() >= EN_ATTENTE_PAR_ADRESSE:
        message = (
            "Plusieurs candidatures attendent déjà d’être confirmées depuis cette adresse : "
            "ouvrez les messages reçus, ou réessayez demain."
        )
        raise RegleNonRespectee("R23", message, "contact_courriel")


def _limiter_les_envois(candidature: Candidature) -> None:
    jetons = Jeton.objects.filter(usage=USAGE_CONFIRMATION, objet=reference(candidature))
    if jetons.filter(emis_le__gt=timezone.now() - DELAI_ENTRE_ENVOIS).exists():
        message = (
            "Un message vient de vous être envoyé. Attendez quelques minutes et regardez vos courriers indésirables."
        )
        raise RegleNonRespectee("R23", message)
    if jetons.count() >= ENVOIS_MAX:
        message = (
            "Ce message a déjà été envoyé de nombreuses fois : vérifiez l’adresse, puis refaites votre candidature."
        )
        raise RegleNonRespectee("R23", message)
