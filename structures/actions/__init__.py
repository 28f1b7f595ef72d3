"""The verbs of this floor: application, concertation, committee, activation, posts (R20 to R31)."""

from structures.actions.activation import activer
from structures.actions.brouillons import (
    enregistrer_brouillon,
    envoyer_lien_brouillon,
    purger_brouillons,
    rappeler_brouillon,
    supprimer_brouillon,
)
from structures.actions.campagnes import creer_campagne, fermer_campagne, modifier_campagne, ouvrir_campagne
from structures.actions.candidatures import (
    confirmer_depot,
    creer_candidature,
    renvoyer_confirmation,
    renvoyer_confirmation_depuis_lien,
)
from structures.actions.changements import (
    accepter_changement,
    demander_changement,
    refuser_changement,
    retirer_changement,
)
from structures.actions.classement import classer
from structures.actions.cloture import cloturer
from structures.actions.comites import (
    creer_comite,
    decider,
    desinscrire,
    inscrire,
    inscrire_correction,
    inscrire_demande,
    inscrire_lot,
    modifier_comite,
)
from structures.actions.concertation import rendre_avis, rendre_pour_correction, renseigner_faits
from structures.actions.consultations import (
    constater_silence,
    noter_consultation,
    relancer_consultation,
    repondre_consultation,
)
from structures.actions.demandes import demander_postes, rendre_avis_demande, retirer_demande
from structures.actions.fusion import ecarter_doublon, fusionner
from structures.actions.imports import importer_avis, importer_faits
from structures.actions.postes import (
    liberer_poste,
    pourvoir_poste,
    proroger_poste,
    rendre_poste,
    rendre_postes,
    reserver_poste,
    retirer_poste,
)
from structures.actions.statut import trancher_statut
from structures.actions.structures import (
    affecter_lieux,
    ajouter_lieu,
    inviter_contact,
    modifier_contact,
    modifier_lieu,
    retirer_lieu,
)
from structures.actions.suites import (
    abandonner,
    corriger,
    demander_reexamen,
    reprendre_pour_correction,
)
from structures.actions.transferts import transferer_poste

__all__ = [
    "abandonner",
    "accepter_changement",
    "activer",
    "affecter_lieux",
    "ajouter_lieu",
    "classer",
    "cloturer",
    "confirmer_depot",
    "constater_silence",
    "corriger",
    "creer_campagne",
    "creer_candidature",
    "creer_comite",
    "decider",
    "demander_changement",
    "demander_postes",
    "demander_reexamen",
    "desinscrire",
    "ecarter_doublon",
    "enregistrer_brouillon",
    "envoyer_lien_brouillon",
    "fermer_campagne",
    "fusionner",
    "importer_avis",
    "importer_faits",
    "inscrire",
    "inscrire_correction",
    "inscrire_demande",
    "inscrire_lot",
    "inviter_contact",
    "liberer_poste",
    "modifier_campagne",
    "modifier_comite",
    "modifier_contact",
    "modifier_lieu",
    "noter_consultation",
    "ouvrir_campagne",
    "pourvoir_poste",
    "proroger_poste",
    "purger_brouillons",
    "rappeler_brouillon",
    "refuser_changement",
    "relancer_consultation",
    "rendre_avis",
    "rendre_avis_demande",
    "rendre_poste",
    "rendre_postes",
    "rendre_pour_correction",
    "renseigner_faits",
    "renvoyer_confirmation",
    "renvoyer_confirmation_depuis_lien",
    "repondre_consultation",
    "reprendre_pour_correction",
    "reserver_poste",
    "retirer_changement",
    "retirer_demande",
    "retirer_lieu",
    "retirer_poste",
    "supprimer_brouillon",
    "trancher_statut",
    "transferer_poste",
]
