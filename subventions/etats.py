"""The machines of this floor: one table each (ARCHITECTURE §3)."""

from portal.commun.machines import Machine, t
from portal.commun.roles import Role
from subventions.enums import EtatContrat, EtatConvention, EtatDossier, EtatPiece, EtatTranche

_D, _P, _C, _V, _T = EtatDossier, EtatPiece, EtatContrat, EtatConvention, EtatTranche

MACHINE_DOSSIER = Machine(
    "dossier",
    EtatDossier,
    _D.CONSTITUTION,
    [
        t("deposer", {_D.CONSTITUTION, _D.REJETE}, _D.DEPOSE, Role.STRUCTURE, "Déposer le dossier"),
        # R61: the clock stops, then resumes.
        t("demander_complement", _D.DEPOSE, _D.COMPLEMENT, Role.BDT, "Demander un complément"),
        t("repondre", _D.COMPLEMENT, _D.DEPOSE, Role.STRUCTURE, "Répondre à la demande"),
        t("declarer_conforme", _D.DEPOSE, _D.CONFORME, Role.BDT, "Valider la conformité"),
        t("rejeter", _D.DEPOSE, _D.REJETE, Role.BDT, "Rejeter le dossier"),
        t(
            "clore",
            {_D.CONSTITUTION, _D.DEPOSE, _D.COMPLEMENT, _D.CONFORME, _D.REJETE},
            _D.CLOS,
            {Role.STRUCTURE, Role.BDT, Role.ANCT},
            "Clore le dossier",
        ),
    ],
)

MACHINE_PIECE = Machine(
    "piece",
    EtatPiece,
    _P.ATTENDUE,
    [
        t("recevoir", {_P.ATTENDUE, _P.RECUE, _P.REFUSEE}, _P.RECUE, Role.STRUCTURE, "Déposer la pièce"),
        t("accepter", _P.RECUE, _P.ACCEPTEE, Role.BDT, "Accepter la pièce"),
        t("refuser", {_P.RECUE, _P.ACCEPTEE}, _P.REFUSEE, Role.BDT, "Refuser la pièce"),
    ],
)

MACHINE_CONTRAT = Machine(
    "contrat",
    EtatContrat,
    _C.PREPARE,
    [
        t("signer", _C.PREPARE, _C.SIGNE, Role.STRUCTURE, "Enregistrer la signature du contrat"),
        t("abandonner", _C.PREPARE, _C.ABANDONNE, {Role.STRUCTURE, Role.BDT, Role.ANCT}, "Abandonner le contrat"),
        t("rompre", _C.SIGNE, _C.ROMPU, Role.BDT, "Constater la rupture"),
        t("terminer", _C.SIGNE, _C.TERMINE, Role.BDT, "Constater le terme"),
    ],
)

MACHINE_CONVENTION = Machine(
    "convention",
    EtatConvention,
    _V.A_SIGNER,
    [
        # R63: the structure first, then BdT.
        t("signer_structure", _V.A_SIGNER, _V.SIGNEE_STRUCTURE, Role.STRUCTURE, "Signer la convention"),
        t("signer_bdt", _V.SIGNEE_STRUCTURE, _V.SIGNEE, Role.BDT, "Signer la convention"),
        t("annuler", {_V.A_SIGNER, _V.SIGNEE_STRUCTURE}, _V.ANNULEE, {Role.BDT, Role.ANCT}, "Annuler la convention"),
    ],
)

MACHINE_TRANCHE = Machine(
    "tranche",
    EtatTranche,
    _T.PREVUE,
    [
        # R12, R65: only the job opens a tranche.
        t("ouvrir", _T.PREVUE, _T.EXIGIBLE, set(), "Rendre exigible"),
        t("refermer", _T.EXIGIBLE, _T.PREVUE, set(), "Suspendre l’exigibilité"),
        # R66
        t("valider", _T.EXIGIBLE, _T.VALIDEE, Role.BDT, "Valider pour paiement"),
        t("devalider", _T.VALIDEE, _T.EXIGIBLE, Role.BDT, "Retirer du lot"),
        t("payer", _T.VALIDEE, _T.PAYEE, Role.BDT, "Enregistrer le paiement"),
        # R14
        t("annuler", {_T.PREVUE, _T.EXIGIBLE}, _T.ANNULEE, Role.BDT, "Annuler"),
    ],
)
