"""The machines of this floor: one table each (ARCHITECTURE §3)."""

from portal.commun.machines import Machine, t
from portal.commun.roles import Role
from structures.enums import EtatCampagne, EtatCandidature, EtatChangement, EtatComite, EtatDemande, EtatPoste

_C, _P = EtatCandidature, EtatPoste

MACHINE_CAMPAGNE = Machine(
    "campagne",
    EtatCampagne,
    EtatCampagne.PREPAREE,
    [
        t(
            "ouvrir",
            {EtatCampagne.PREPAREE, EtatCampagne.FERMEE},
            EtatCampagne.OUVERTE,
            Role.ANCT,
            "Ouvrir la campagne",
        ),
        t("fermer", EtatCampagne.OUVERTE, EtatCampagne.FERMEE, Role.ANCT, "Fermer la campagne"),
    ],
)

MACHINE_CANDIDATURE = Machine(
    "candidature",
    EtatCandidature,
    EtatCandidature.A_CONFIRMER,
    [
        # R23: whoever holds the link sent by mail confirms.
        t("deposer", _C.A_CONFIRMER, _C.DEPOSEE, {Role.VISITEUR, Role.STRUCTURE}, "Confirmer le dépôt"),
        # R31
        t("rendre", {_C.DEPOSEE, _C.EXAMEN}, _C.A_CORRIGER, {Role.PREFECTURE, Role.ANCT}, "Rendre pour correction"),
        t(
            "reprendre",
            {_C.DEPOSEE, _C.EXAMEN},
            _C.A_CORRIGER,
            {Role.VISITEUR, Role.STRUCTURE},
            "Reprendre la candidature pour la corriger",
        ),
        t("corriger", _C.A_CORRIGER, _C.DEPOSEE, {Role.VISITEUR, Role.STRUCTURE}, "Déposer la correction"),
        # R26: applied by the closing of the committee.
        t("retenir", {_C.DEPOSEE, _C.EXAMEN}, _C.RETENUE, Role.ANCT, "Retenir"),
        t("refuser", {_C.DEPOSEE, _C.EXAMEN}, _C.REFUSEE, Role.ANCT, "Refuser"),
        t("examiner", {_C.DEPOSEE, _C.EXAMEN}, _C.EXAMEN, Role.ANCT, "Demander un examen complémentaire"),
        # R26: a correction is a new decision, applied by the closing of another committee.
        t("requalifier", _C.REFUSEE, _C.RETENUE, Role.ANCT, "Retenir après correction"),
        t("rectifier", _C.RETENUE, _C.REFUSEE, Role.ANCT, "Refuser après correction"),
        # R27
        t("activer", _C.RETENUE, _C.ACTIVEE, Role.ANCT, "Activer la structure"),
        # R28
        t("reexaminer", _C.REFUSEE, _C.DEPOSEE, {Role.VISITEUR, Role.STRUCTURE}, "Demander un réexamen"),
        # R29
        t(
            "abandonner",
            {_C.A_CONFIRMER, _C.DEPOSEE, _C.A_CORRIGER, _C.EXAMEN, _C.RETENUE, _C.ACTIVEE},
            _C.ABANDONNEE,
            {Role.VISITEUR, Role.STRUCTURE, Role.ANCT},
            "Abandonner la candidature",
        ),
    ],
)

MACHINE_COMITE = Machine(
    "comite",
    EtatComite,
    EtatComite.PREPARATION,
    [t("cloturer", EtatComite.PREPARATION, EtatComite.CLOS, Role.ANCT, "Clôturer le comité")],
)

MACHINE_POSTE = Machine(
    "poste",
    EtatPoste,
    EtatPoste.A_POURVOIR,
    [
        # R53
        t("reserver", _P.A_POURVOIR, _P.RESERVE, Role.STRUCTURE, "Réserver pour le candidat validé"),
        t(
            "liberer",
            {_P.RESERVE, _P.POURVU},
            _P.A_POURVOIR,
            {Role.STRUCTURE, Role.BDT, Role.ANCT},
            "Remettre à pourvoir",
        ),
        t("pourvoir", _P.RESERVE, _P.POURVU, Role.STRUCTURE, "Constater le recrutement"),
        # R29: a post that is occupied cannot be returned.
        t("rendre", _P.A_POURVOIR, _P.RENDU, {Role.STRUCTURE, Role.ANCT}, "Rendre le poste"),
        # R30
        t("retirer", _P.A_POURVOIR, _P.RETIRE, Role.ANCT, "Retirer le poste"),
    ],
)

MACHINE_DEMANDE = Machine(
    "demande",
    EtatDemande,
    EtatDemande.EN_COURS,
    [
        # R29: applied by the closing of the committee.
        t("accorder", EtatDemande.EN_COURS, EtatDemande.ACCORDEE, Role.ANCT, "Accorder les postes demandés"),
        t("refuser", EtatDemande.EN_COURS, EtatDemande.REFUSEE, Role.ANCT, "Refuser la demande"),
        t("retirer", EtatDemande.EN_COURS, EtatDemande.RETIREE, {Role.STRUCTURE, Role.ANCT}, "Retirer la demande"),
    ],
)

MACHINE_CHANGEMENT = Machine(
    "changement",
    EtatChangement,
    EtatChangement.DEMANDE,
    [
        t("accepter", EtatChangement.DEMANDE, EtatChangement.ACCEPTE, Role.ANCT, "Accepter le changement"),
        t("refuser", EtatChangement.DEMANDE, EtatChangement.REFUSE, Role.ANCT, "Refuser le changement"),
        t("retirer", EtatChangement.DEMANDE, EtatChangement.RETIRE, Role.STRUCTURE, "Retirer la demande"),
    ],
)
