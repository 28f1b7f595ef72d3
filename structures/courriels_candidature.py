"""The mails of an application that is being filled in, and of its legal kind (R20, R21, R113)."""

from __future__ import annotations

from portal.commun import courriels
from structures.brouillons import CONSERVATION, lien_reprise
from structures.models import BrouillonCandidature, Candidature
from structures.regimes import StatutJuridique, obtenir_regime
from structures.suivi_candidature import lien_suivi


def envoyer_lien(brouillon: BrouillonCandidature, modele: str) -> None:
    """The resume link. Nothing that was typed is in the mail: the address may not be the right one."""
    courriels.envoyer(
        f"structures/{modele}",
        destinataires=[brouillon.courriel],
        contexte={"lien": lien_reprise(brouillon), "jours": CONSERVATION.days, "campagne": brouillon.campagne},
        objet=brouillon,
    )


def annoncer_statut(candidature: Candidature) -> None:
    """R21: what ANCT decided, why, and what it means when the call is not for this kind."""
    statut = StatutJuridique(candidature.statut_juridique)
    courriels.envoyer(
        "structures/candidature_statut",
        destinataires=[candidature.contact_courriel],
        contexte={
            "candidature": candidature,
            "statut": statut.libelle,
            "hors_appel": statut not in obtenir_regime(candidature.regime).statuts,
            "conteste": bool(candidature.contestation_statut),
            "lien": lien_suivi(candidature),
        },
        objet=candidature,
    )
