"""What training does when something happens below: called in the same transaction (ARCHITECTURE §2)."""

from __future__ import annotations

from candidats import donnees
from candidats.models import MiseEnRelation
from formation.donnees_candidat import formation
from portal.commun.acteurs import Acteur
from portal.commun.documents import enregistrer_nature
from portal.commun.evenements import abonner
from portal.commun.journal import contexte_courant
from structures import parcours
from structures.regimes import ContactFormation, obtenir_regime
from subventions.enums import EtatDossier
from subventions.models import Contrat, Dossier


def brancher() -> None:
    """Called once at start-up, after the floor of subsidies: the file is open when we are called."""
    from formation.acces import peut_lire_titre
    from formation.actions.positionnements import NATURE_TITRE
    from formation.parcours import fournisseur

    # R112: a diploma is a personal document: each reading is kept.
    enregistrer_nature(NATURE_TITRE, "Titre justifiant la dispense de formation", peut_lire_titre, trace=True)
    abonner("candidature.validee", annoncer)
    abonner("validation.annulee", abandonner)
    abonner("contrat.signe", recruter_sans_depart)
    parcours.enregistrer(parcours.ETAGE_FORMATION, fournisseur)
    donnees.enregistrer("formation", formation)


def annoncer(*, mise_en_relation: MiseEnRelation) -> None:
    """R53, R80: the bodies of the territory are told; in the public call they must make contact."""
    from formation.acces import organismes_a_prevenir
    from formation.notifications import annoncer_candidat_valide
    from formation.regles import qui_prend_contact

    dossier = (
        Dossier.objects.filter(mise_en_relation=mise_en_relation)
        .exclude(etat=EtatDossier.CLOS)
        .select_related("poste", "structure__commune", "mise_en_relation__candidat__utilisateur")
        .first()
    )
    if dossier is None:
        return
    organisme_contacte = qui_prend_contact(obtenir_regime(dossier.poste.regime)) is ContactFormation.ORGANISME
    annoncer_candidat_valide(dossier, organismes_a_prevenir(dossier.structure), organisme_contacte=organisme_contacte)


def abandonner(*, mise_en_relation: MiseEnRelation) -> None:
    """The validation is undone: what was organised for this person is given back."""
    from formation.actions import abandonner_formation

    contexte = contexte_courant()
    acteur = contexte.acteur if contexte else Acteur.systeme()
    motif = mise_en_relation.motif_libelle or "La validation du candidat est annulée"
    for dossier in Dossier.objects.filter(mise_en_relation=mise_en_relation).order_by("pk"):
        abandonner_formation(acteur=acteur, dossier=dossier, motif=motif)


def recruter_sans_depart(*, contrat: Contrat) -> None:
    """R54, R84: somebody exempted will never leave for training: the signed contract makes them « Recruté »."""
    from formation.actions.positionnements import constater_recrutement_sans_depart

    constater_recrutement_sans_depart(contrat.dossier)
