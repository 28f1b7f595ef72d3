"""The verbs on candidates and their pairs with posts (R40 to R55)."""

from candidats.actions.cv import deposer_cv, renouveler_cv, supprimer_cv
from candidats.actions.cvtheque import CandidatureExistante, preselectionner_candidat
from candidats.actions.disponibilite import confirmer_disponibilite, demander_disponibilite, repondre_disponibilite
from candidats.actions.effacement import effacer_inscription
from candidats.actions.entretiens import (
    annuler_entretien,
    constater_absence,
    inviter_entretien,
    modifier_entretien,
    passer_entretien,
    repondre_entretien,
)
from candidats.actions.evaluations import evaluer
from candidats.actions.fusion import ecarter_doublon_candidat, fusionner_candidats
from candidats.actions.imports_pix import (
    ecarter_ligne_pix,
    importer_pix,
    rattacher_ligne_pix,
    recevoir_pix,
    reprendre_ligne_pix,
)
from candidats.actions.inscription import confirmer, inscrire_candidat, renvoyer_confirmation
from candidats.actions.invitations import annuler_invitation, inviter_candidat_identifie, renvoyer_invitation
from candidats.actions.moteur import Bilan, apparier, completer_poste, reexaminer_candidat, reexaminer_poste
from candidats.actions.pix import consentir_pix, retirer_pix
from candidats.actions.profil import modifier_profil, reprendre, retirer, suspendre
from candidats.actions.reponses import decliner, manifester_interet
from candidats.actions.selection import ecarter, ecarter_par_lien, preselectionner, retablir
from candidats.actions.validation import (
    annuler_validation,
    constater_recrutement,
    corriger_recrutement,
    terminer_recrutement,
    valider,
)

__all__ = [
    "Bilan",
    "CandidatureExistante",
    "annuler_entretien",
    "annuler_invitation",
    "annuler_validation",
    "apparier",
    "completer_poste",
    "confirmer",
    "consentir_pix",
    "constater_absence",
    "confirmer_disponibilite",
    "constater_recrutement",
    "corriger_recrutement",
    "decliner",
    "demander_disponibilite",
    "deposer_cv",
    "ecarter",
    "ecarter_ligne_pix",
    "ecarter_par_lien",
    "effacer_inscription",
    "importer_pix",
    "evaluer",
    "ecarter_doublon_candidat",
    "ecarter_par_lien",
    "effacer_inscription",
    "fusionner_candidats",
    "inscrire_candidat",
    "inviter_candidat_identifie",
    "inviter_entretien",
    "manifester_interet",
    "modifier_entretien",
    "modifier_profil",
    "passer_entretien",
    "preselectionner",
    "preselectionner_candidat",
    "rattacher_ligne_pix",
    "recevoir_pix",
    "reexaminer_candidat",
    "reexaminer_poste",
    "renouveler_cv",
    "renvoyer_confirmation",
    "renvoyer_invitation",
    "repondre_disponibilite",
    "repondre_entretien",
    "reprendre",
    "reprendre_ligne_pix",
    "retablir",
    "retirer",
    "retirer_pix",
    "supprimer_cv",
    "suspendre",
    "terminer_recrutement",
    "valider",
]
