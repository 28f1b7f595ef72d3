"""Every state × every transition × every role of the machines of this floor, against tables written by hand."""

from candidats.etats import (
    MACHINE_CANDIDAT,
    MACHINE_ENTRETIEN,
    MACHINE_INVITATION,
    MACHINE_LIGNE_PIX,
    MACHINE_MISE_EN_RELATION,
)
from candidats.models import Candidat, Entretien, InvitationCandidat, LignePix, MiseEnRelation
from tests.outils_machines import verifier_machine

VIVANTS = {"nouvelle", "preselectionnee", "entretien"}


def test_machine_candidat():
    """R42 (confirmation), R51 (availability, withdrawal), R54 (recruited), R43 (merged)."""
    attendu = {
        "confirmer": ({"a_confirmer"}, "disponible", {"visiteur", "candidat"}),
        "suspendre": ({"disponible"}, "indisponible", {"candidat"}),
        "reprendre": ({"indisponible", "retire"}, "disponible", {"candidat"}),
        "recruter": ({"disponible", "indisponible"}, "recrute", {"organisme"}),
        "liberer": ({"recrute"}, "indisponible", {"bdt", "anct"}),
        "retirer": ({"a_confirmer", "disponible", "indisponible"}, "retire", {"candidat", "anct"}),
        "fusionner": ({"a_confirmer", "disponible", "indisponible", "retire"}, "fusionne", {"anct"}),
    }
    verifier_machine(MACHINE_CANDIDAT, attendu, Candidat)


def test_machine_mise_en_relation():
    """R50 (tabs and undo), R51 (answers), R53 (validation), R54 (recruitment, lapse)."""
    attendu = {
        "preselectionner": ({"nouvelle"}, "preselectionnee", {"structure"}),
        "inviter": (VIVANTS, "entretien", {"structure"}),
        "valider": ({"preselectionnee", "entretien"}, "validee", {"structure"}),
        "ecarter": (VIVANTS, "ecartee", {"structure", "visiteur"}),
        "retablir": ({"ecartee"}, "preselectionnee", {"structure"}),
        "decliner": (VIVANTS | {"validee"}, "declinee", {"candidat"}),
        "recruter": ({"validee"}, "recrutee", {"organisme"}),
        "annuler": ({"validee"}, "ecartee", {"structure", "bdt", "anct"}),
        "clore": (VIVANTS, "caduque", set()),
        "reunir": (VIVANTS | {"ecartee", "declinee"}, "caduque", {"anct"}),
        "terminer": ({"recrutee"}, "caduque", {"bdt", "anct"}),
    }
    verifier_machine(MACHINE_MISE_EN_RELATION, attendu, MiseEnRelation)


def test_machine_entretien():
    """R52."""
    attendu = {
        "accepter": ({"propose"}, "accepte", {"candidat"}),
        "deplacer": ({"propose", "accepte"}, "propose", {"structure"}),
        "passer": ({"propose", "accepte", "absent"}, "passe", {"structure"}),
        "constater_absence": ({"accepte"}, "absent", {"structure"}),
        "annuler": ({"propose", "accepte"}, "annule", {"structure", "candidat"}),
    }
    verifier_machine(MACHINE_ENTRETIEN, attendu, Entretien)


def test_machine_invitation():
    """R49."""
    attendu = {
        "accepter": ({"envoyee"}, "acceptee", {"candidat"}),
        "annuler": ({"envoyee"}, "annulee", {"structure", "anct"}),
    }
    verifier_machine(MACHINE_INVITATION, attendu, InvitationCandidat)


def test_machine_ligne_pix():
    """R45."""
    attendu = {
        "rattacher": ({"a_revoir"}, "rattachee", {"anct"}),
        "ecarter": ({"a_revoir"}, "ecartee", {"anct"}),
        "reprendre": ({"rattachee", "ecartee"}, "a_revoir", {"anct"}),
    }
    verifier_machine(MACHINE_LIGNE_PIX, attendu, LignePix)
