"""Verbs of the subsidy agreement: made, signed by the structure, then by BdT, which creates the schedule (R63, R64)."""

from __future__ import annotations

from dataclasses import asdict

from django.utils import timezone
from subventions.contenu_convention import contenu
from subventions.notifications_versements import (
    notifier_convention_a_signer,
    notifier_convention_signee,
    notifier_signature_structure,
)

from portal.commun.acteurs import Acteur
from portal.commun.documents import deposer_document
from portal.commun.erreurs import AccesRefuse, TransitionInterdite
from portal.commun.pdf import rendre_pdf
from portal.commun.roles import Role
from portal.commun.verbes import verbe
from portal.comptes.models import Rattachement, Utilisateur
from subventions.actions.contrats import verrouiller_dossier
from subventions.actions.echeances import creer_echeancier
from subventions.enums import EtatContrat, EtatConvention, EtatDossier, Partie
from subventions.etats import MACHINE_CONVENTION
from subventions.faits import horloge_du_dossier, montant_du_contrat
from subventions.models import Contrat, Convention, Dossier, SignatureConvention

NATURE_CONVENTION = "subventions-convention"


@verbe
def generer_convention(*, acteur: Acteur, dossier: Dossier) -> Convention:
    """R63: the agreement of a compliant file, from the regime, the amounts and the schedule; one at a time."""
    dossier = verrouiller_dossier(dossier)
    if not acteur.est(Role.BDT, Role.SYSTEME):
        raise AccesRefuse("Seule la Banque des Territoires établit la convention.")
    if dossier.etat != EtatDossier.CONFORME:
        raise TransitionInterdite("La convention s’établit sur un dossier conforme.")
    if Convention.objects.filter(dossier=dossier).exclude(etat=EtatConvention.ANNULEE).exists():
        raise TransitionInterdite("Une convention existe déjà pour ce dossier.")
    contrat = Contrat.objects.filter(dossier=dossier, etat__in=[EtatContrat.PREPARE, EtatContrat.SIGNE]).first()
    if contrat is None:
        raise TransitionInterdite(
            "La structure n’a pas encore préparé le contrat : le montant ne peut pas être calculé."
        )
    calcul = montant_du_contrat(dossier, contrat)
    numero = _numero(dossier)
    horloge = horloge_du_dossier(dossier)
    pdf = rendre_pdf(
        "pdf/subventions/convention.html",
        contenu(dossier, contrat, calcul, numero, horloge, timezone.localdate()),
        titre=f"Convention de subvention n° {numero}",
    )
    document = deposer_document(
        acteur=acteur, nature=NATURE_CONVENTION, objet=dossier, contenu=pdf, nom=f"convention-{numero}.pdf"
    )
    convention = Convention.objects.create(
        numero=numero,
        dossier=dossier,
        base=calcul.base,
        majoration=calcul.majoration,
        deductions=calcul.deductions,
        montant=calcul.montant,
        duree_mois=calcul.duree_mois,
        calcul=[asdict(explication) for explication in calcul.regles],
        horloge=horloge,
        document=document,
        empreinte=document.empreinte,
        etat_par_id=acteur.utilisateur_id,
        etat_role=acteur.role,
    )
    notifier_convention_a_signer(convention)
    return convention


def _numero(dossier: Dossier) -> str:
    # A cancelled agreement keeps its number; the next one of the file carries a suffix.
    rang = Convention.objects.filter(dossier=dossier).count()
    return f"CN-{dossier.numero:05d}" + (f"-{rang + 1}" if rang else "")


@verbe
def signer_convention(*, acteur: Acteur, convention: Convention, fonction: str) -> Convention:
    """R63: one party signs, the structure first; each signature keeps its date, its signatory and the hash of the file.

    BdT's signature is the last one: it creates the schedule (R64).
    """
    dossier = verrouiller_dossier(convention.dossier)
    convention = Convention.objects.select_for_update(of=("self",)).get(pk=convention.pk)
    convention.dossier = dossier
    partie = Partie.BDT if acteur.est(Role.BDT) else Partie.STRUCTURE
    transition = "signer_bdt" if partie == Partie.BDT else "signer_structure"
    MACHINE_CONVENTION.verifier(convention, transition, acteur)
    _verifier_signataire(acteur, dossier)
    signataire = Utilisateur.objects.get(pk=acteur.utilisateur_id)
    maintenant = timezone.now()
    SignatureConvention.objects.create(
        convention=convention,
        partie=partie,
        signataire=signataire,
        signataire_nom=signataire.nom_complet or signataire.email,
        signataire_fonction=fonction,
        signee_le=maintenant,
        empreinte=convention.empreinte,
    )
    MACHINE_CONVENTION.franchir(convention, transition, acteur=acteur)
    if partie == Partie.BDT:
        convention.signee_le = maintenant
    convention.save()
    if partie == Partie.BDT:
        creer_echeancier(convention=convention)
        notifier_convention_signee(convention)
    else:
        notifier_signature_structure(convention)
    return convention


def _verifier_signataire(acteur: Acteur, dossier: Dossier) -> None:
    """A structure is bound by the people it named as signatories, in the structure of the file only."""
    if not acteur.est(Role.STRUCTURE):
        return
    autorise = (
        acteur.organisation_id == dossier.structure.organisation_id
        and Rattachement.objects.en_vigueur()
        .filter(
            utilisateur=acteur.utilisateur_id, organisation=acteur.organisation_id, role=Role.STRUCTURE, signataire=True
        )
        .exists()
    )
    if not autorise:
        raise AccesRefuse(
            "Vous n’êtes pas désigné comme signataire de la structure. Un administrateur de votre espace peut vous "
            "désigner dans la page « Équipe »."
        )


@verbe
def annuler_convention(*, acteur: Acteur, convention: Convention, motif: str) -> Convention:
    """Withdraw an agreement that not everybody has signed (a figure was wrong); a new one can then be made."""
    convention = Convention.objects.select_for_update(of=("self",)).get(pk=convention.pk)
    MACHINE_CONVENTION.franchir(convention, "annuler", acteur=acteur)
    convention.save()
    return convention
