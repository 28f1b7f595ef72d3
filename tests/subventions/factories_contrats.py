"""Contracts, agreements and schedules for every test, consistent with the constraints and with `verifier_coherence`.

`ContratFactory(signe=True)`, `ConventionFactory(signee=True)` with its tranches. `dossier=` may be given; otherwise a
compliant file of the public call is made, `dossier__privee=True` or `dossier__coordinateurs=True` for the others.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from decimal import Decimal
from typing import Any

import factory
from django.core.files.base import ContentFile
from django.utils import timezone
from factory.django import DjangoModelFactory

from portal.commun.acteurs import Acteur
from portal.commun.dates import fin_de_periode
from portal.commun.jetons import reference
from portal.commun.models import Document
from portal.commun.roles import Role
from structures.enums import EtatPoste
from structures.regimes import NatureContrat, StatutJuridique
from subventions.actions.contrats import NATURE_CONTRAT_SIGNE
from subventions.actions.conventions import NATURE_CONVENTION
from subventions.actions.echeances import creer_echeancier
from subventions.enums import EtatContrat, EtatConvention, EtatTranche, Partie
from subventions.faits import horloge_du_dossier, montant_du_contrat
from subventions.models import Contrat, Convention, Dossier, SignatureConvention, Suspension, Tranche
from tests.candidats.factories import mettre_poste
from tests.commun.fichiers_exemples import pdf
from tests.comptes.factories import RattachementFactory, acteur
from tests.subventions.factories import DossierFactory

NATURES = {StatutJuridique.PRIVE: NatureContrat.CDI_PRIVE, StatutJuridique.AUTRE_PUBLIC: NatureContrat.CDD_PUBLIC}
DUREES = {NatureContrat.CONTRAT_PROJET: 24, NatureContrat.CDD_PUBLIC: 24, NatureContrat.CDD_PRIVE: 18}
JOUR = dt.timedelta(days=1)
PDF = pdf()


def document_prive(objet: Any, nature: str, nom: str, contenu: bytes = PDF) -> Document:
    """A real file in the private storage, with its real hash."""
    document = Document(
        nature=nature,
        objet=reference(objet),
        nom=nom,
        type_mime="application/pdf",
        extension="pdf",
        taille=len(contenu),
        empreinte=hashlib.sha256(contenu).hexdigest(),
    )
    document.fichier.save(nom, ContentFile(contenu), save=False)
    document.save()
    return document


def lire(document: Document) -> bytes:
    """The stored bytes of a private file."""
    with document.fichier.open("rb") as fichier:
        return fichier.read()


class ContratFactory(DjangoModelFactory):
    """Prepared, full time, from tomorrow on; `signe=True`: signed today, the post filled."""

    class Meta:
        model = Contrat
        skip_postgeneration_save = True

    class Params:
        signe = factory.Trait(
            etat=EtatContrat.SIGNE,
            etat_role=Role.STRUCTURE,
            signe_le=factory.LazyFunction(timezone.localdate),
            document=factory.LazyAttribute(lambda o: document_prive(o.dossier, NATURE_CONTRAT_SIGNE, "contrat.pdf")),
        )

    dossier = factory.SubFactory(DossierFactory, conforme=True)
    poste = factory.SelfAttribute("dossier.poste")
    candidat = factory.SelfAttribute("dossier.mise_en_relation.candidat")
    nature = factory.LazyAttribute(
        lambda o: NATURES.get(o.dossier.statut_juridique, NatureContrat.CONTRAT_PROJET).value
    )
    debut = factory.LazyFunction(lambda: timezone.localdate() + JOUR)
    fin = factory.LazyAttribute(lambda o: fin_de_periode(o.debut, DUREES[o.nature]) if o.nature in DUREES else None)
    salaire_brut = Decimal("2100.00")
    temps_plein = True

    @factory.post_generation
    def accorder(self, create: bool, valeur: Any, **kwargs: Any) -> None:
        """A signed contract fills its post; its file knows its contract."""
        if create:
            self.dossier.contrat = self
            if self.etat == EtatContrat.SIGNE:
                mettre_poste(self.poste, EtatPoste.POURVU)
                if self.dossier.formation_contactee_le is None:
                    self.dossier.formation_contactee_le = self.signe_le
                    self.dossier.save()


class ConventionFactory(DjangoModelFactory):
    """To be signed by the structure; `signee_structure=True`; `signee=True` with its schedule; `annulee=True`.

    The contract of the file is signed unless `contrat_signe=False`, or unless the file already has one.
    """

    class Meta:
        model = Convention
        skip_postgeneration_save = True

    class Params:
        signee_structure = factory.Trait(etat=EtatConvention.SIGNEE_STRUCTURE, etat_role=Role.STRUCTURE)
        signee = factory.Trait(
            etat=EtatConvention.SIGNEE, etat_role=Role.BDT, signee_le=factory.LazyFunction(timezone.now)
        )
        annulee = factory.Trait(etat=EtatConvention.ANNULEE)

    dossier = factory.SubFactory(DossierFactory, conforme=True)
    numero = factory.LazyAttribute(lambda o: f"CN-{o.dossier.numero:05d}")
    etat_role = Role.BDT
    horloge = factory.LazyAttribute(lambda o: horloge_du_dossier(o.dossier).value)
    document = factory.LazyAttribute(lambda o: document_prive(o.dossier, NATURE_CONVENTION, "convention.pdf"))
    empreinte = factory.SelfAttribute("document.empreinte")

    @classmethod
    def _create(cls, model_class: type[Convention], *args: Any, **champs: Any) -> Convention:
        dossier: Dossier = champs["dossier"]
        contrat_signe = champs.pop("contrat_signe", True)
        contrat = getattr(dossier, "contrat", None) or ContratFactory(dossier=dossier, signe=contrat_signe)
        calcul = montant_du_contrat(dossier, contrat)
        chiffres = {nom: getattr(calcul, nom) for nom in ("base", "majoration", "deductions", "montant", "duree_mois")}
        regles = [{"regle": e.regle, "texte": e.texte, "source": e.source} for e in calcul.regles]
        convention = super()._create(model_class, *args, **{**chiffres, "calcul": regles, **champs})
        _signer(convention)
        if convention.etat == EtatConvention.SIGNEE:
            creer_echeancier(convention=convention)
        return convention


def _signer(convention: Convention) -> None:
    parties = {
        EtatConvention.SIGNEE_STRUCTURE: [Partie.STRUCTURE],
        EtatConvention.SIGNEE: [Partie.STRUCTURE, Partie.BDT],
    }
    for partie in parties.get(convention.etat, []):
        bdt = {"bdt": True} if partie == Partie.BDT else {"organisation": convention.dossier.structure.organisation}
        membre = RattachementFactory(signataire=True, **bdt)
        SignatureConvention.objects.create(
            convention=convention,
            partie=partie,
            signataire=membre.utilisateur,
            signataire_nom=str(membre.utilisateur),
            signataire_fonction="Maire" if partie == Partie.STRUCTURE else "Responsable",
            signee_le=convention.signee_le or timezone.now(),
            empreinte=convention.empreinte,
        )


class SuspensionFactory(DjangoModelFactory):
    class Meta:
        model = Suspension

    convention = factory.SubFactory(ConventionFactory, signee=True)
    motif = "Le conseiller n’est plus à temps plein."
    ouverte_le = factory.LazyFunction(timezone.now)


def mettre_tranche(tranche: Tranche, etat: str, **champs: Any) -> Tranche:
    """Put a tranche in a state without going through the verbs, with what the constraints ask for."""
    if etat in (EtatTranche.EXIGIBLE, EtatTranche.VALIDEE, EtatTranche.PAYEE):
        champs.setdefault("exigible_le", tranche.prevue_le)
    if etat == EtatTranche.PAYEE:
        champs = {"payee_le": timezone.localdate(), "reference_paiement": "VIR-0001", **champs}
    Tranche.objects.filter(pk=tranche.pk).update(etat=etat, **champs)
    return Tranche.objects.get(pk=tranche.pk)


def signataire_bdt(**champs: Any) -> Acteur:
    """An agent of the Banque des Territoires who may sign."""
    return acteur(Role.BDT, **{"signataire": True, **champs})
