"""The mails of concertation, committee and activation (R25, R27, R31, R113): who is told what, at which step."""

from __future__ import annotations

from itertools import groupby

from portal.commun import courriels
from structures.coordination import CAS, change_un_poste, phrase_du_poste
from structures.destinataires import adresses_administrateurs, adresses_prefecture, lecteurs
from structures.enums import Decision, NatureLigne
from structures.models import Candidature, Comite, LigneComite
from structures.notifications import prevenir_la_structure
from structures.suivi_candidature import lien_suivi

MODELES_DECISION = {
    Decision.RETENUE: "structures/decision_retenue",
    Decision.REFUSEE: "structures/decision_refusee",
    Decision.EXAMEN: "structures/decision_examen",
}


def annoncer_avis(candidature: Candidature) -> None:
    """R25: the structure learns that the review took place, not what was said: the opinion is advisory."""
    courriels.envoyer(
        "structures/avis_rendu",
        destinataires=[candidature.contact_courriel],
        contexte={"candidature": candidature, "departement": candidature.commune.departement},
        objet=candidature,
    )


def demander_correction(candidature: Candidature) -> None:
    """R31: the comment and the link to correct."""
    courriels.envoyer(
        "structures/avis_correction",
        destinataires=[candidature.contact_courriel],
        contexte={"candidature": candidature, "lien": lien_suivi(candidature)},
        objet=candidature,
    )


def annoncer_decisions(comite: Comite, lignes: list[LigneComite]) -> None:
    """R27: each structure its decision with the reason, each prefecture all those of its département."""
    for ligne in lignes:
        contexte = {"candidature": ligne.candidature, "ligne": ligne, "comite": comite, "demande": ligne.demande}
        contexte["cas"] = CAS.get(ligne.candidature.cas_coordinateur)
        if ligne.nature == NatureLigne.AJOUT:
            # R29: the structure has its space, where the request was made.
            prevenir_la_structure(
                "structures/decision_ajout",
                ligne.candidature.structure,
                contexte,
                lien=courriels.lien("structures:espace"),
                objet=ligne.demande,
            )
        else:
            _annoncer_a_la_candidature(ligne, contexte)
    for departement, groupe in groupby(lignes, key=lambda ligne: ligne.candidature.commune.departement):
        courriels.envoyer(
            "structures/decision_prefecture",
            destinataires=adresses_prefecture(departement.code),
            contexte={
                "comite": comite,
                "departement": departement,
                "lignes": list(groupe),
                "lien": courriels.lien("admin:structures_comite_change", comite.uuid),
            },
            objet=comite,
        )


def _annoncer_a_la_candidature(ligne: LigneComite, contexte: dict[str, object]) -> None:
    candidature = ligne.candidature
    correction = ligne.nature == NatureLigne.CORRECTION
    courriels.envoyer(
        "structures/decision_correction" if correction else MODELES_DECISION[Decision(ligne.decision)],
        destinataires=[candidature.contact_courriel, *adresses_administrateurs(candidature.structure)],
        contexte={**contexte, "lien": lien_suivi(candidature)},
        objet=candidature,
    )


MODELE_INVITATION = "structures/activation_invitation"


def contexte_activation(candidature: Candidature) -> dict[str, object]:
    """R27: the posts and their deadlines, and what comes next; for the mail of the space and for the invitation."""
    existant = candidature.poste_concerne if change_un_poste(candidature.cas_coordinateur) else None
    return {
        "candidature": candidature,
        "postes": list(candidature.postes.order_by("numero")),
        "poste_confie": phrase_du_poste(candidature.cas_coordinateur, existant.numero) if existant else "",
        "cas": CAS.get(candidature.cas_coordinateur),
    }


def annoncer_activation(candidature: Candidature) -> None:
    """R27: the structure has its space and its administrators already: they are told, and so is the contact.

    Without administrators, the invitation is the mail of the activation (`MODELE_INVITATION`): one mail, not two.
    """
    contexte = contexte_activation(candidature)
    qui = lecteurs(candidature.structure, candidature.contact_courriel)
    for modele, adresses, lien in (
        ("activation_structure", qui.espace, courriels.lien("structures:espace")),
        ("activation_contact", qui.sans_compte, lien_suivi(candidature) if qui.sans_compte else ""),
    ):
        if adresses:
            courriels.envoyer(
                f"structures/{modele}", destinataires=adresses, contexte={**contexte, "lien": lien}, objet=candidature
            )
