"""Campaigns, structures, applications, committees and posts for every test, consistent with the constraints.

One trait per state: `CandidatureFactory(retenue=True)`, `PosteFactory(pourvu=True)`. Places are the official communes
of the Allier and a few others (`lieu("03190")`), created when the territories are not loaded.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from portal.commun.acteurs import Acteur
from portal.commun.dates import ajouter_mois
from portal.commun.jetons import reference
from portal.commun.models import Document
from portal.commun.normalisation import normaliser
from portal.commun.roles import Role
from structures.enums import (
    CasCoordinateur,
    EtatCampagne,
    EtatCandidature,
    EtatComite,
    EtatPoste,
    TypeStructure,
)
from structures.models import (
    Avis,
    Campagne,
    Candidature,
    Comite,
    EngagementAccepte,
    LieuExercice,
    LieuSouhaite,
    LigneComite,
    Poste,
    Structure,
)
from structures.proces_verbal import NATURE_PROCES_VERBAL
from structures.questionnaire import engagements
from structures.regimes import CodeRegime, StatutJuridique, obtenir_regime
from tests.comptes.factories import OrganisationFactory, RattachementFactory, acteur
from tests.structures.factories_lieux import lieu, siret_suivant


class CampagneFactory(DjangoModelFactory):
    """Open since a month, public regime; `privee=True`, `coordinateurs=True`, `preparee=True`, `fermee=True`."""

    class Meta:
        model = Campagne

    class Params:
        privee = factory.Trait(regime=CodeRegime.AMI_PRIVE_2021.value, nom="Structures privées")
        coordinateurs = factory.Trait(regime=CodeRegime.AAC_COORDINATEUR_2023.value, nom="Coordinateurs")
        preparee = factory.Trait(etat=EtatCampagne.PREPAREE)
        fermee = factory.Trait(etat=EtatCampagne.FERMEE)

    code = factory.Sequence(lambda n: f"campagne-{n}")
    nom = "Structures publiques"
    regime = CodeRegime.AMI_PUBLIC_2020.value
    ouvre_le = factory.LazyFunction(lambda: timezone.localdate() - dt.timedelta(days=30))
    enveloppe_postes = 4000
    enveloppe_montant = Decimal("200000000.00")
    etat = EtatCampagne.OUVERTE


class StructureFactory(DjangoModelFactory):
    """A commune in Moulins with its organisation, activated; `privee=True`, `a_activer=True`, `terminee=True`."""

    class Meta:
        model = Structure
        skip_postgeneration_save = True

    class Params:
        privee = factory.Trait(type=TypeStructure.ASSOCIATION, statut_juridique=StatutJuridique.PRIVE.value)
        a_activer = factory.Trait(activee_le=None)
        terminee = factory.Trait(participation_fin_le=factory.LazyFunction(timezone.now))

    nom = factory.Sequence(lambda n: f"Commune d’essai {n}")
    nom_normalise = factory.LazyAttribute(lambda o: normaliser(o.nom))
    organisation = factory.SubFactory(OrganisationFactory, nom=factory.SelfAttribute("..nom"))
    siret = factory.LazyFunction(siret_suivant)
    type = TypeStructure.COMMUNE
    statut_juridique = StatutJuridique.PUBLIC.value
    adresse = "1 place de l’Hôtel-de-Ville"
    commune = factory.LazyFunction(lieu)
    code_postal = "03000"
    contact_prenom = "Dominique"
    contact_nom = "Lefort"
    contact_fonction = "Direction générale des services"
    contact_courriel = factory.Sequence(lambda n: f"contact{n}@exemple.fr")
    contact_telephone = "0470000000"
    activee_le = factory.LazyFunction(timezone.now)


class LieuExerciceFactory(DjangoModelFactory):
    class Meta:
        model = LieuExercice

    structure = factory.SubFactory(StructureFactory)
    nom = factory.Sequence(lambda n: f"Médiathèque {n}")
    commune = factory.LazyFunction(lieu)


def _confirmee(**champs: Any) -> dict[str, Any]:
    return {
        "confirmee_le": factory.LazyFunction(timezone.now),
        "numero": factory.Sequence(lambda n: 10_000 + n),
        "structure": factory.SubFactory(
            StructureFactory,
            siret=factory.SelfAttribute("..siret"),
            nom=factory.SelfAttribute("..nom"),
            commune=factory.SelfAttribute("..commune"),
            type=factory.SelfAttribute("..type"),
            statut_juridique=factory.SelfAttribute("..statut_juridique"),
            contact_courriel=factory.SelfAttribute("..contact_courriel"),
            activee_le=None,
        ),
        **champs,
    }


def candidature_de(structure: Structure, **champs: Any) -> Candidature:
    """An application of a structure that already exists, filed unless a trait of state is given."""
    traits = {"deposee", "a_corriger", "examen", "retenue", "activee", "refusee", "abandonnee", "reexaminee"}
    if not traits & set(champs):
        champs["deposee"] = True
    identite = {
        nom: getattr(structure, nom)
        for nom in ("siret", "ridet", "nom", "type", "statut_juridique", "commune", "code_postal", "contact_courriel")
    }
    return CandidatureFactory(structure=structure, **{**identite, **champs})


class CandidatureFactory(DjangoModelFactory):
    """To be confirmed by default; one trait per other state; `coordinateurs=True`, `privee=True`: other calls."""

    class Meta:
        model = Candidature
        skip_postgeneration_save = True

    class Params:
        deposee = factory.Trait(etat=EtatCandidature.DEPOSEE, **_confirmee())
        a_corriger = factory.Trait(
            etat=EtatCandidature.A_CORRIGER, **_confirmee(correction_demandee="Précisez les lieux d’exercice.")
        )
        examen = factory.Trait(
            etat=EtatCandidature.EXAMEN, **_confirmee(motif_decision="Le projet doit être précisé avec le département.")
        )
        retenue = factory.Trait(etat=EtatCandidature.RETENUE, **_confirmee())
        activee = factory.Trait(
            etat=EtatCandidature.ACTIVEE, **_confirmee(structure__activee_le=factory.LazyFunction(timezone.now))
        )
        refusee = factory.Trait(
            etat=EtatCandidature.REFUSEE, **_confirmee(motif_decision="Le territoire est déjà couvert.")
        )
        abandonnee = factory.Trait(etat=EtatCandidature.ABANDONNEE, **_confirmee())
        reexaminee = factory.Trait(
            etat=EtatCandidature.REFUSEE,
            **_confirmee(
                motif_decision="Le territoire est déjà couvert.",
                reexamen_demande_le=factory.LazyFunction(timezone.now),
                reexamen_motif="Notre projet a changé.",
            ),
        )
        privee = factory.Trait(
            campagne=factory.SubFactory(CampagneFactory, privee=True),
            type=TypeStructure.ASSOCIATION,
            statut_juridique=StatutJuridique.PRIVE.value,
        )
        coordinateurs = factory.Trait(
            campagne=factory.SubFactory(CampagneFactory, coordinateurs=True),
            coordinateur=True,
            cas_coordinateur=CasCoordinateur.CREATION,
            coordination_temps_plein=True,
            perimetre_coordination="Le département de l’Allier",
        )

    campagne = factory.SubFactory(CampagneFactory)
    regime = factory.SelfAttribute("campagne.regime")
    type = TypeStructure.COMMUNE
    statut_juridique = StatutJuridique.PUBLIC.value
    candidat_identifie = False
    nb_conseillers = 2
    demarrage_le = factory.LazyFunction(lambda: timezone.localdate() + dt.timedelta(days=30))
    siret = factory.LazyFunction(siret_suivant)
    nom = factory.Sequence(lambda n: f"Commune candidate {n}")
    adresse = "1 place de l’Hôtel-de-Ville"
    commune = factory.LazyFunction(lieu)
    code_postal = "03000"
    contact_prenom = "Dominique"
    contact_nom = "Lefort"
    contact_fonction = "Direction générale des services"
    contact_courriel = factory.Sequence(lambda n: f"candidature{n}@exemple.fr")
    contact_telephone = "0470000000"
    motivation = "Beaucoup d’habitants demandent de l’aide pour leurs démarches."
    missions = "Accompagner les habitants, en priorité les demandeurs d’emploi et les personnes âgées."

    @factory.post_generation
    def lieux(self, create: bool, valeur: Any, **kwargs: Any) -> None:
        """`lieux=[("Médiathèque", commune)]`: the places of work wished for."""
        for nom, commune in valeur or []:
            LieuSouhaite.objects.create(candidature=self, nom=nom, commune=commune)

    @factory.post_generation
    def avec_engagements(self, create: bool, valeur: Any, **kwargs: Any) -> None:
        if create and valeur is not False:
            EngagementAccepte.objects.bulk_create(
                EngagementAccepte(candidature=self, cle=engagement.cle, texte=engagement.texte)
                for engagement in engagements(obtenir_regime(self.regime))
            )


class AvisFactory(DjangoModelFactory):
    class Meta:
        model = Avis

    candidature = factory.SubFactory(CandidatureFactory, deposee=True)
    version = 1
    sens = "favorable"
    nb_postes = 1
    commentaire = "Projet solide, attendu par le territoire."
    rendu_le = factory.LazyFunction(timezone.now)


class DocumentFactory(DjangoModelFactory):
    """A line of the private files, without its content: enough for the constraints."""

    class Meta:
        model = Document

    nature = NATURE_PROCES_VERBAL
    objet = "structures.comite:essai"
    fichier = "proces-verbal-comite/essai.pdf"
    nom = "proces-verbal.pdf"
    type_mime = "application/pdf"
    extension = "pdf"
    taille = 1
    empreinte = "0" * 64


class ComiteFactory(DjangoModelFactory):
    """In preparation; `clos=True` has its date and its minutes."""

    class Meta:
        model = Comite
        skip_postgeneration_save = True

    class Params:
        clos = factory.Trait(
            etat=EtatComite.CLOS,
            clos_le=factory.LazyFunction(timezone.now),
            proces_verbal=factory.SubFactory(DocumentFactory),
        )

    numero = factory.Sequence(lambda n: n + 1)
    campagne = factory.SubFactory(CampagneFactory)
    date = factory.LazyFunction(timezone.localdate)
    enveloppe_postes = 50

    @factory.post_generation
    def objet_du_proces_verbal(self, create: bool, valeur: Any, **kwargs: Any) -> None:
        if create and self.proces_verbal_id and self.proces_verbal.objet == "structures.comite:essai":
            self.proces_verbal.objet = reference(self)
            self.proces_verbal.save(update_fields=["objet"])


class LigneComiteFactory(DjangoModelFactory):
    class Meta:
        model = LigneComite

    comite = factory.SubFactory(ComiteFactory)
    candidature = factory.SubFactory(
        CandidatureFactory, deposee=True, campagne=factory.SelfAttribute("..comite.campagne")
    )


class PosteFactory(DjangoModelFactory):
    """A free post of an activated structure, granted today by a closed committee. One trait per other state.

    `PosteFactory(structure=s)` adds a post to a structure that exists; `a_activer=True` leaves it without its space.
    """

    class Meta:
        model = Poste
        skip_postgeneration_save = True

    class Params:
        reserve = factory.Trait(etat=EtatPoste.RESERVE)
        pourvu = factory.Trait(etat=EtatPoste.POURVU)
        rendu = factory.Trait(etat=EtatPoste.RENDU, motif_fin="Nous n’avons plus le budget nécessaire.")
        retire = factory.Trait(etat=EtatPoste.RETIRE, motif_fin="Délai de recrutement dépassé.")
        a_activer = factory.Trait(
            structure=factory.SubFactory(StructureFactory, a_activer=True),
            candidature=factory.LazyAttribute(
                lambda o: candidature_de(o.structure, campagne=o.campagne, coordinateur=o.coordinateur, retenue=True)
            ),
        )
        privee = factory.Trait(
            structure=factory.SubFactory(StructureFactory, privee=True),
            campagne=factory.SubFactory(CampagneFactory, privee=True),
        )
        coordinateurs = factory.Trait(
            campagne=factory.SubFactory(CampagneFactory, coordinateurs=True), coordinateur=True
        )

    numero = factory.Sequence(lambda n: 50_000 + n)
    structure = factory.SubFactory(StructureFactory)
    campagne = factory.SubFactory(CampagneFactory)
    regime = factory.SelfAttribute("campagne.regime")
    coordinateur = False
    etat = EtatPoste.A_POURVOIR
    accorde_le = factory.LazyFunction(timezone.localdate)
    demarrage_le = factory.LazyFunction(timezone.localdate)
    echeance_recrutement = factory.LazyAttribute(
        lambda o: ajouter_mois(o.accorde_le, obtenir_regime(o.regime).delai_recrutement.mois)
    )

    @factory.lazy_attribute
    def candidature(self) -> Candidature:
        existante = Candidature.objects.filter(
            structure=self.structure, regime=self.regime, coordinateur=self.coordinateur, etat=EtatCandidature.ACTIVEE
        ).first()
        return existante or candidature_de(
            self.structure, campagne=self.campagne, coordinateur=self.coordinateur, activee=True
        )

    @factory.lazy_attribute
    def comite(self) -> Comite:
        ligne = LigneComite.objects.filter(candidature=self.candidature).select_related("comite").first()
        if ligne is not None:
            return ligne.comite
        comite = ComiteFactory(clos=True, campagne=self.campagne, date=self.accorde_le)
        LigneComite.objects.create(
            comite=comite, candidature=self.candidature, decision="retenue", nb_postes=1, sans_avis=True
        )
        return comite

    @factory.post_generation
    def lieux(self, create: bool, valeur: Any, **kwargs: Any) -> None:
        if create and valeur:
            self.lieux.set(valeur)


def acteur_de_structure(structure: Structure, **droits: Any) -> Acteur:
    """Somebody of this structure, administrator and signatory unless told otherwise."""
    droits = {"administrateur": True, "signataire": True, **droits}
    return acteur(Role.STRUCTURE, organisation=structure.organisation, **droits)


def membre(structure: Structure, **droits: Any) -> Any:
    """The membership of somebody of this structure (`.utilisateur` signs in)."""
    return RattachementFactory(organisation=structure.organisation, **{"administrateur": True, **droits})
