"""Verbs of the subsidy agreement: generated, signed by the structure then by BdT, withdrawn (R63, R64)."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, replace
from decimal import Decimal

from django.db.models import QuerySet
from django.utils import timezone

from portal.commun.acteurs import Acteur
from portal.commun.documents import deposer_document
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite, exiger
from portal.commun.pdf import rendre_pdf
from portal.commun.roles import Role
from portal.commun.verbes import verbe
from portal.comptes.models import Rattachement, Utilisateur
from subventions.actions.communs import exiger_bdt, exiger_sa_structure, exiger_texte, verrouiller
from subventions.actions.echeances import creer_echeancier
from subventions.bareme import Calcul
from subventions.contenu_convention import contenu
from subventions.enums import EtatContrat, EtatConvention, EtatDossier, Partie
from subventions.etats import MACHINE_CONVENTION
from subventions.faits import faits_du_contrat, horloge_du_dossier, montant_du_contrat
from subventions.models import Contrat, Convention, Dossier, SignatureConvention
from subventions.notifications_versements import (
    notifier_convention_a_signer,
    notifier_convention_annulee,
    notifier_convention_signee,
    notifier_signature_structure,
)
from subventions.regles_contrat import verifier_convention

NATURE_CONVENTION = "subventions-convention"
FONCTION_MAX = 150


@verbe
def generer_convention(
    *, acteur: Acteur, dossier: Dossier, montant_fixe: Decimal | None = None, motif_montant: str = ""
) -> Convention:
    """R63: the agreement of a compliant file, from the regime, the amounts and the schedule; one at a time.

    `montant_fixe`, with its reason, is BdT's decision where the scale announces an increase without a figure (R6).
    """
    exiger_bdt(acteur)
    dossier = verrouiller(dossier)
    contrat = contrat_a_conventionner(dossier)
    calcul = montant_du_contrat(dossier, contrat, montant_fixe=montant_fixe, motif_montant=motif_montant)
    _exiger_duree(dossier, contrat, calcul)
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


def contrat_a_conventionner(dossier: Dossier) -> Contrat:
    """The contract that an agreement would be made for now, or the reason why none can be; asked by the page too."""
    if dossier.etat != EtatDossier.CONFORME:
        raise TransitionInterdite("La convention s’établit sur un dossier déclaré conforme.")
    if Convention.objects.filter(dossier=dossier).exclude(etat=EtatConvention.ANNULEE).exists():
        raise TransitionInterdite("Une convention existe déjà pour ce dossier.")
    contrat = Contrat.objects.filter(dossier=dossier, etat__in=[EtatContrat.PREPARE, EtatContrat.SIGNE]).first()
    if contrat is None:
        raise TransitionInterdite(
            "La structure n’a pas encore préparé le contrat : le montant ne peut pas être calculé."
        )
    return contrat


def _exiger_duree(dossier: Dossier, contrat: Contrat, calcul: Calcul) -> None:
    """R62: an agreement covers at most 36 months."""
    faits = faits_du_contrat(
        dossier,
        nature=contrat.nature,
        debut=contrat.debut,
        fin=contrat.fin,
        salaire_brut=contrat.salaire_brut,
        temps_plein=contrat.temps_plein,
    )
    exiger(verifier_convention(replace(faits, convention_mois=calcul.duree_mois)))


def _numero(dossier: Dossier) -> str:
    # A cancelled agreement keeps its number; the next one of the file carries a suffix.
    rang = Convention.objects.filter(dossier=dossier).count()
    return f"CN-{dossier.numero:05d}" + (f"-{rang + 1}" if rang else "")


@verbe
def signer_convention(*, acteur: Acteur, convention: Convention, fonction: str) -> Convention:
    """R63: one party signs, the structure first; each signature keeps its date, its signatory and the hash of the file.

    BdT's signature is the last one: it creates the schedule (R64).
    """
    dossier = verrouiller(convention.dossier)
    convention = Convention.objects.select_for_update(of=("self",)).select_related("document").get(pk=convention.pk)
    convention.dossier = dossier
    partie = Partie.BDT if acteur.est(Role.BDT) else Partie.STRUCTURE
    transition = "signer_bdt" if partie == Partie.BDT else "signer_structure"
    MACHINE_CONVENTION.verifier(convention, transition, acteur)
    exiger_signataire(acteur, dossier)
    if dossier.etat != EtatDossier.CONFORME:
        raise TransitionInterdite("Le dossier n’est plus conforme : sa convention ne peut pas être signée.")
    fonction = exiger_texte(
        fonction, regle="R63", champ="fonction", vide="Indiquez votre fonction.", maximum=FONCTION_MAX
    )
    _exiger_document_intact(convention)
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


def exiger_signataire(acteur: Acteur, dossier: Dossier) -> None:
    """A person signs, never the portal; a body is bound by the people it named as signatories only."""
    if acteur.utilisateur_id is None:
        raise AccesRefuse("Une convention est signée par une personne.")
    if acteur.est(Role.STRUCTURE):
        exiger_sa_structure(acteur, dossier)
    if not signataires(acteur.organisation_id, acteur.role).filter(utilisateur=acteur.utilisateur_id).exists():
        raise AccesRefuse(
            "Vous n’êtes pas désigné comme signataire. Un administrateur de votre espace peut vous désigner dans la "
            "page « Équipe »."
        )


def signataires(organisation_id: int | None, role: str) -> QuerySet[Rattachement]:
    """Who may sign in the name of a body."""
    return (
        Rattachement.objects.en_vigueur()
        .filter(organisation=organisation_id, role=role, signataire=True)
        .select_related("utilisateur")
        .order_by("utilisateur__nom", "utilisateur__prenom", "pk")
    )


def _exiger_document_intact(convention: Convention) -> None:
    """R63: what is signed is the file whose hash is written; anything else in its place is refused."""
    with convention.document.fichier.open("rb") as fichier:
        empreinte = hashlib.sha256(fichier.read()).hexdigest()
    if empreinte != convention.empreinte:
        raise RegleNonRespectee(
            "R63", "Le fichier de la convention ne correspond plus à son empreinte : elle ne peut pas être signée."
        )


@verbe
def annuler_convention(*, acteur: Acteur, convention: Convention, motif: str) -> Convention:
    """Withdraw an agreement that not everybody has signed (a figure was wrong); a new one can then be made."""
    motif = exiger_texte(
        motif, regle="R63", champ="motif", vide="Indiquez le motif : il est communiqué à la structure."
    )
    dossier = verrouiller(convention.dossier)
    convention = Convention.objects.select_for_update(of=("self",)).get(pk=convention.pk)
    convention.dossier = dossier
    MACHINE_CONVENTION.franchir(convention, "annuler", acteur=acteur)
    convention.save()
    notifier_convention_annulee(convention, motif)
    return convention
