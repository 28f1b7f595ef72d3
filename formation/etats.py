"""The machines of this floor: one table each (ARCHITECTURE §3)."""

from formation.enums import EtatInscription, EtatPositionnement, EtatSession
from portal.commun.machines import Machine, t
from portal.commun.roles import Role

_P, _S, _I = EtatPositionnement, EtatSession, EtatInscription

MACHINE_POSITIONNEMENT = Machine(
    "positionnement",
    EtatPositionnement,
    _P.PROPOSE,
    [
        # R81; a result can be corrected, with its reason.
        t("passer", {_P.PROPOSE, _P.PASSE}, _P.PASSE, Role.ORGANISME, "Enregistrer le résultat"),
        # R84
        t("dispenser", {_P.PROPOSE, _P.PASSE}, _P.DISPENSE, Role.ORGANISME, "Dispenser de formation"),
        t("annuler", _P.PROPOSE, _P.ANNULE, Role.ORGANISME, "Annuler le test"),
    ],
)

MACHINE_SESSION = Machine(
    "session",
    EtatSession,
    _S.OUVERTE,
    [
        # R82
        t("confirmer", _S.OUVERTE, _S.CONFIRMEE, Role.ORGANISME, "Confirmer la session"),
        t("reporter", _S.OUVERTE, _S.REPORTEE, Role.ORGANISME, "Reporter à distance"),
        t("terminer", _S.CONFIRMEE, _S.TERMINEE, Role.ORGANISME, "Terminer la session"),
        t("annuler", {_S.OUVERTE, _S.CONFIRMEE}, _S.ANNULEE, Role.ORGANISME, "Annuler la session"),
    ],
)

MACHINE_INSCRIPTION = Machine(
    "inscription",
    EtatInscription,
    _I.INSCRITE,
    [
        t("mettre_en_attente", _I.INSCRITE, _I.ATTENTE, {Role.STRUCTURE, Role.ORGANISME}, "Mettre sur liste d’attente"),
        t("admettre", _I.ATTENTE, _I.INSCRITE, Role.ORGANISME, "Admettre"),
        # R82: fewer than 8 at the closing date.
        t(
            "proposer_distance",
            {_I.INSCRITE, _I.ATTENTE},
            _I.PROPOSEE,
            Role.ORGANISME,
            "Proposer la formation à distance",
        ),
        # R83, R54
        t("partir", _I.INSCRITE, _I.PARTIE, Role.ORGANISME, "Enregistrer le départ"),
        t("terminer", _I.PARTIE, _I.TERMINEE, Role.ORGANISME, "Terminer"),
        t(
            "annuler",
            {_I.INSCRITE, _I.ATTENTE, _I.PROPOSEE},
            _I.ANNULEE,
            {Role.STRUCTURE, Role.ORGANISME},
            "Annuler l’inscription",
        ),
    ],
)
