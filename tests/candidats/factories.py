"""Candidates and pairs for every test, consistent with the constraints and with `verifier_coherence`.

`CandidatFactory()` is confirmed and available; `MiseEnRelationFactory(validee=True)` reserves its post,
`recrutee=True` fills it and recruits the person. `structure=` and `poste=` may be given.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import factory
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from factory.django import DjangoModelFactory

from candidats import regles
from candidats.actions import deposer_cv
from candidats.enums import (
    EtatCandidat,
    EtatEntretien,
    EtatMiseEnRelation,
    Mobilite,
    MotifCloture,
    MotifRevue,
    Origine,
    SourcePix,
    Taille,
)
from candidats.grille import CODES, Avis
from candidats.models import Candidat, Entretien, Evaluation, ImportPix, InvitationCandidat, LignePix, MiseEnRelation
from portal.commun.acteurs import Acteur
from portal.commun.models import Document
from portal.commun.roles import Role
from portal.comptes.acces import acteur_de
from portal.comptes.models import Rattachement
from structures.enums import EtatPoste
from structures.models import Poste
from tests.commun.fichiers_exemples import pdf
from tests.comptes.factories import RattachementFactory, UtilisateurFactory
from tests.structures.factories import PosteFactory, lieu, membre


class CandidatFactory(DjangoModelFactory):
    """Confirmed and available, in Moulins, within 40 km; one trait per other state.

    Wishes and experience: `coordination=True`, `experimente=True`, `partout=True`, `diplome_nomme=True`.
    """

    class Meta:
        model = Candidat
        skip_postgeneration_save = True

    class Params:
        a_confirmer = factory.Trait(
            etat=EtatCandidat.A_CONFIRMER,
            confirme_le=None,
            utilisateur=factory.SubFactory(UtilisateurFactory, confirme=False),
        )
        indisponible = factory.Trait(etat=EtatCandidat.INDISPONIBLE)
        recrute = factory.Trait(etat=EtatCandidat.RECRUTE)
        retire = factory.Trait(etat=EtatCandidat.RETIRE)
        coordination = factory.Trait(interet_coordination=True)
        experimente = factory.Trait(experience=True)
        partout = factory.Trait(mobilite_km=Mobilite.FRANCE)
        # Agrees to share Pix results; none has come yet.
        pix_consenti = factory.Trait(pix_consenti_le=factory.LazyFunction(timezone.now))
        diplome_nomme = factory.Trait(diplome=True, diplome_nom="Titre REMN")

    utilisateur = factory.SubFactory(UtilisateurFactory)
    etat = EtatCandidat.DISPONIBLE
    confirme_le = factory.LazyFunction(timezone.now)
    recherche_emploi = True
    commune = factory.LazyFunction(lieu)
    mobilite_km = Mobilite.KM_40
    disponible_le = factory.LazyFunction(timezone.localdate)
    telephone = "0612345678"
    date_naissance = dt.date(1990, 5, 17)
    motivation = "J’aime transmettre et je connais bien les démarches en ligne."

    @factory.post_generation
    def role(self, create: bool, valeur: bool | None, **kwargs: Any) -> None:
        """The membership that the registration gives."""
        if create and valeur is not False:
            RattachementFactory(utilisateur=self.utilisateur, candidat=True)


def acteur_candidat(candidat: Candidat) -> Acteur:
    """The person acting as a candidate."""
    return acteur_de(candidat.utilisateur, rattachement_candidat(candidat))


def rattachement_candidat(candidat: Candidat) -> Rattachement:
    """To sign in: `client_de(rattachement=rattachement_candidat(candidat))`."""
    return Rattachement.objects.get(utilisateur=candidat.utilisateur, role=Role.CANDIDAT, fin_le__isnull=True)


class MiseEnRelationFactory(DjangoModelFactory):
    """Proposed by the engine and undecided; one trait per other state, post and person as they must then be."""

    class Meta:
        model = MiseEnRelation
        skip_postgeneration_save = True

    class Params:
        preselectionnee = factory.Trait(etat=EtatMiseEnRelation.PRESELECTIONNEE)
        # With its interview in three days: `entretien__debut=` for another moment.
        entretien = factory.Trait(etat=EtatMiseEnRelation.ENTRETIEN)
        validee = factory.Trait(
            etat=EtatMiseEnRelation.VALIDEE,
            validee_le=factory.LazyFunction(timezone.now),
            taille_tenue=Taille.M,
        )
        recrutee = factory.Trait(
            etat=EtatMiseEnRelation.RECRUTEE,
            validee_le=factory.LazyFunction(timezone.now),
            recrutee_le=factory.LazyFunction(timezone.localdate),
            taille_tenue=Taille.M,
        )
        ecartee = factory.Trait(etat=EtatMiseEnRelation.ECARTEE, motif=regles.MotifEcart.PROFIL.value)
        declinee = factory.Trait(etat=EtatMiseEnRelation.DECLINEE, motif=regles.MotifDeclin.DISTANCE.value)
        caduque = factory.Trait(etat=EtatMiseEnRelation.CADUQUE, motif=MotifCloture.CRITERES)
        manuelle = factory.Trait(origine=Origine.MANUELLE, score=None, explication=[])
        invitee = factory.Trait(origine=Origine.INVITATION, score=None, explication=[])

    poste = factory.SubFactory(PosteFactory)
    candidat = factory.SubFactory(CandidatFactory)
    origine = Origine.MOTEUR
    distance_km = 0.0
    score = 95.0
    explication = factory.LazyFunction(
        lambda: [{"code": "distance", "points": 60, "sur": 60, "texte": "Habite sur place."}]
    )

    @factory.post_generation
    def accorder(self, create: bool, valeur: Any, **kwargs: Any) -> None:
        """The post and the person follow the state of the pair (R53, R54)."""
        if not create:
            return
        if self.etat == EtatMiseEnRelation.VALIDEE and self.poste.etat == EtatPoste.A_POURVOIR:
            mettre_poste(self.poste, EtatPoste.RESERVE)
        if self.etat == EtatMiseEnRelation.RECRUTEE:
            if self.poste.etat != EtatPoste.POURVU:
                mettre_poste(self.poste, EtatPoste.POURVU)
            Candidat.objects.filter(pk=self.candidat_id).update(etat=EtatCandidat.RECRUTE)
            self.candidat = Candidat.objects.select_related("utilisateur", "commune").get(pk=self.candidat_id)
        if self.etat == EtatMiseEnRelation.ENTRETIEN:
            EntretienFactory(mise_en_relation=self)


def mettre_poste(poste: Poste, etat: str) -> Poste:
    """Put a post in a state without going through the verbs."""
    Poste.objects.filter(pk=poste.pk).update(etat=etat)
    poste.__dict__["etat"] = str(etat)
    return poste


class EntretienFactory(DjangoModelFactory):
    """Proposed, in three days; `accepte=True`, `passe=True`, `annule=True`."""

    class Meta:
        model = Entretien

    class Params:
        accepte = factory.Trait(etat=EtatEntretien.ACCEPTE)
        passe = factory.Trait(
            etat=EtatEntretien.PASSE, debut=factory.LazyFunction(lambda: timezone.now() - dt.timedelta(days=1))
        )
        annule = factory.Trait(etat=EtatEntretien.ANNULE)

    mise_en_relation = factory.SubFactory(MiseEnRelationFactory, etat=EtatMiseEnRelation.PRESELECTIONNEE)
    debut = factory.LazyFunction(lambda: timezone.now() + dt.timedelta(days=3))
    duree_min = 45
    lieu = "Mairie, salle du conseil"


class EvaluationFactory(DjangoModelFactory):
    """The grid of one member of the structure; all the criteria at 3 unless said."""

    class Meta:
        model = Evaluation

    mise_en_relation = factory.SubFactory(MiseEnRelationFactory, entretien=True)
    auteur = factory.LazyAttribute(lambda grille: membre(grille.mise_en_relation.poste.structure).utilisateur)
    notes = factory.LazyFunction(lambda: dict.fromkeys(CODES, 3))
    avis = Avis.FAVORABLE.value
    commentaire = "Sait écouter, a préparé la rencontre."


class InvitationCandidatFactory(DjangoModelFactory):
    """Waiting for the person."""

    class Meta:
        model = InvitationCandidat

    poste = factory.SubFactory(PosteFactory)
    courriel = factory.Sequence(lambda n: f"identifie{n}@exemple.fr")


class ImportPixFactory(DjangoModelFactory):
    class Meta:
        model = ImportPix

    source = SourcePix.CSV
    nom_fichier = "Resultats-Conseillers-1.csv"
    lues = 1
    a_revoir = 1


class LignePixFactory(DjangoModelFactory):
    """To review: its identifier is nobody's."""

    class Meta:
        model = LignePix

    import_pix = factory.SubFactory(ImportPixFactory)
    numero = 2
    empreinte = factory.Sequence(lambda n: f"{n:064x}")
    motif_revue = MotifRevue.IDENTIFIANT_INCONNU
    identifiant = "12345"
    nom, prenom = "Bellanger", "Inès"
    campagne_cle, campagne_nom = "id-7", "Conseillers"
    partage_le = dt.datetime(2024, 3, 31, 12, 5, tzinfo=dt.UTC)
    donnees = factory.LazyAttribute(
        lambda ligne: {
            "campagne_cle": ligne.campagne_cle,
            "campagne_code": "CONUM",
            "campagne_nom": ligne.campagne_nom,
            "partage_le": ligne.partage_le.isoformat(),
            "niveau": 2,
            "niveau_max": 3,
            "badges": [{"nom": "Production de ressources", "obtenu": True}],
            "maitrise": "0.7500",
            "competences": [],
        }
    )


def cv_depose(candidat: Candidat, nom: str = "cv.pdf") -> Document:
    """A deposited CV, with its file."""
    return deposer_cv(acteur=Acteur.systeme(), candidat=candidat, fichier=SimpleUploadedFile(nom, pdf()))


def donnees_inscription(**champs: Any) -> dict[str, Any]:
    """Answers of R40, complete."""
    return {
        "courriel": "nouvelle.personne@exemple.fr",
        "mot_de_passe": "Tilleul-Ardoise-2031",
        "prenom": "Inès",
        "nom": "Bellanger",
        "recherche_emploi": True,
        "en_emploi": False,
        "en_formation": False,
        "diplome": False,
        "diplome_nom": "",
        "experience": False,
        "commune": lieu(),
        "mobilite_km": 40,
        "disponible_le": timezone.localdate(),
        "telephone": "",
        "date_naissance": dt.date(1992, 2, 29),
        "interet_coordination": False,
        "motivation": "Aider les habitants à gagner en autonomie.",
        "retraite": False,
        **champs,
    }
