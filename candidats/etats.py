"""The machines of this floor: one table each (ARCHITECTURE §3)."""

from candidats.enums import EtatCandidat, EtatEntretien, EtatInvitation, EtatLignePix, EtatMiseEnRelation
from portal.commun.machines import Machine, t
from portal.commun.roles import Role

_C, _M, _E, _I = EtatCandidat, EtatMiseEnRelation, EtatEntretien, EtatInvitation
_VIVANTS = {_M.NOUVELLE, _M.PRESELECTIONNEE, _M.ENTRETIEN}

MACHINE_CANDIDAT = Machine(
    "candidat",
    EtatCandidat,
    _C.A_CONFIRMER,
    [
        # R42: whoever holds the link sent by mail confirms.
        t("confirmer", _C.A_CONFIRMER, _C.DISPONIBLE, {Role.VISITEUR, Role.CANDIDAT}, "Confirmer l’adresse"),
        # R51
        t("suspendre", _C.DISPONIBLE, _C.INDISPONIBLE, Role.CANDIDAT, "Ne plus être disponible"),
        t("reprendre", {_C.INDISPONIBLE, _C.RETIRE}, _C.DISPONIBLE, Role.CANDIDAT, "Redevenir disponible"),
        # R54: on departure in training.
        t("recruter", {_C.DISPONIBLE, _C.INDISPONIBLE}, _C.RECRUTE, Role.ORGANISME, "Constater le recrutement"),
        # R68: the person becomes candidate again if they wish.
        t("liberer", _C.RECRUTE, _C.INDISPONIBLE, {Role.BDT, Role.ANCT}, "Constater la fin du contrat"),
        t(
            "retirer",
            {_C.A_CONFIRMER, _C.DISPONIBLE, _C.INDISPONIBLE},
            _C.RETIRE,
            {Role.CANDIDAT, Role.ANCT},
            "Se retirer",
        ),
        # R43: the same person had registered twice; nothing undoes it. Who is recruited is the one that is kept.
        t(
            "fusionner",
            {_C.A_CONFIRMER, _C.DISPONIBLE, _C.INDISPONIBLE, _C.RETIRE},
            _C.FUSIONNE,
            Role.ANCT,
            "Réunir avec une autre inscription",
        ),
    ],
)

MACHINE_MISE_EN_RELATION = Machine(
    "mise_en_relation",
    EtatMiseEnRelation,
    _M.NOUVELLE,
    [
        t("preselectionner", _M.NOUVELLE, _M.PRESELECTIONNEE, Role.STRUCTURE, "Présélectionner"),
        t(
            "inviter",
            {_M.NOUVELLE, _M.PRESELECTIONNEE, _M.ENTRETIEN},
            _M.ENTRETIEN,
            Role.STRUCTURE,
            "Proposer un entretien",
        ),
        # R53
        t("valider", {_M.PRESELECTIONNEE, _M.ENTRETIEN}, _M.VALIDEE, Role.STRUCTURE, "Valider cette candidature"),
        # R50: « Pas intéressé », also from the signed link of the mail; can be undone.
        t("ecarter", _VIVANTS, _M.ECARTEE, {Role.STRUCTURE, Role.VISITEUR}, "Pas intéressé"),
        t("retablir", _M.ECARTEE, _M.PRESELECTIONNEE, Role.STRUCTURE, "Reprendre cette candidature"),
        # R51
        t("decliner", _VIVANTS | {_M.VALIDEE}, _M.DECLINEE, Role.CANDIDAT, "Décliner"),
        # R54
        t("recruter", _M.VALIDEE, _M.RECRUTEE, Role.ORGANISME, "Constater le recrutement"),
        t("annuler", _M.VALIDEE, _M.ECARTEE, {Role.STRUCTURE, Role.BDT, Role.ANCT}, "Annuler la validation"),
        # R47, R54: the post is filled, the person recruited, or the pair is no longer eligible before anybody decided.
        t("clore", _VIVANTS, _M.CADUQUE, set(), "Clore"),
        # R43: two pairs of one person for one post are one.
        t(
            "reunir",
            _VIVANTS | {_M.ECARTEE, _M.DECLINEE},
            _M.CADUQUE,
            Role.ANCT,
            "Réunir avec l’autre candidature de la personne",
        ),
        t("terminer", _M.RECRUTEE, _M.CADUQUE, {Role.BDT, Role.ANCT}, "Constater la fin du contrat"),
    ],
)

MACHINE_ENTRETIEN = Machine(
    "entretien",
    EtatEntretien,
    _E.PROPOSE,
    [
        t("accepter", _E.PROPOSE, _E.ACCEPTE, Role.CANDIDAT, "Accepter l’entretien"),
        # R52: another moment is another question; a change of place or of duration leaves the answer.
        t("deplacer", {_E.PROPOSE, _E.ACCEPTE}, _E.PROPOSE, Role.STRUCTURE, "Changer la date de l’entretien"),
        # Also corrects an absence noted by mistake.
        t("passer", {_E.PROPOSE, _E.ACCEPTE, _E.ABSENT}, _E.PASSE, Role.STRUCTURE, "Noter l’entretien comme passé"),
        t("constater_absence", _E.ACCEPTE, _E.ABSENT, Role.STRUCTURE, "Noter que la personne n’est pas venue"),
        t("annuler", {_E.PROPOSE, _E.ACCEPTE}, _E.ANNULE, {Role.STRUCTURE, Role.CANDIDAT}, "Annuler l’entretien"),
    ],
)

MACHINE_INVITATION = Machine(
    "invitation_candidat",
    EtatInvitation,
    _I.ENVOYEE,
    [
        # R49: by registering and confirming one's address, whatever the link used.
        t("accepter", _I.ENVOYEE, _I.ACCEPTEE, {Role.CANDIDAT}, "S’inscrire comme candidat"),
        t("annuler", _I.ENVOYEE, _I.ANNULEE, {Role.STRUCTURE, Role.ANCT}, "Annuler l’invitation"),
    ],
)

_L = EtatLignePix
MACHINE_LIGNE_PIX = Machine(
    "ligne_pix",
    EtatLignePix,
    _L.A_REVOIR,
    [
        # R45: by hand, or by the portal when a later file says whose it is.
        t("rattacher", _L.A_REVOIR, _L.RATTACHEE, Role.ANCT, "Rattacher à un candidat"),
        t("ecarter", _L.A_REVOIR, _L.ECARTEE, Role.ANCT, "Écarter la ligne"),
        t("reprendre", {_L.RATTACHEE, _L.ECARTEE}, _L.A_REVOIR, Role.ANCT, "Remettre à revoir"),
    ],
)
