"""The mails of contract, agreement and payments (R63, R65, R113): who is told what, at which step."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from portal.commun import courriels
from portal.commun.roles import Role
from portal.comptes.models import Rattachement, TypeOrganisation
from structures.destinataires import adresses_administrateurs
from subventions.bareme import ZERO
from subventions.models import Contrat, Convention, Suspension, Tranche


def adresses_bdt() -> list[str]:
    """The agents of the Banque des Territoires."""
    return list(
        Rattachement.objects.en_vigueur()
        .filter(role=Role.BDT, organisation__type=TypeOrganisation.BDT)
        .order_by("pk")
        .values_list("utilisateur__email", flat=True)
    )


def notifier_contrat_signe(contrat: Contrat) -> None:
    """BdT and the person learn that the contract is signed."""
    dossier = contrat.dossier
    contexte = {"contrat": contrat, "dossier": dossier, "structure": dossier.structure}
    courriels.envoyer(
        "subventions/contrat_signe_bdt",
        destinataires=adresses_bdt(),
        contexte={**contexte, "lien": courriels.lien("subventions:bdt")},
        objet=dossier,
    )
    courriels.envoyer(
        "subventions/contrat_signe_candidat",
        destinataires=[contrat.candidat.utilisateur.email],
        contexte={**contexte, "lien": courriels.lien("candidats:espace")},
        objet=dossier,
    )


def notifier_convention_a_signer(convention: Convention) -> None:
    """The structure signs first."""
    _a_la_structure("subventions/convention_a_signer", convention)


def notifier_signature_structure(convention: Convention) -> None:
    """BdT's turn."""
    courriels.envoyer(
        "subventions/convention_signee_structure",
        destinataires=adresses_bdt(),
        contexte={
            "convention": convention,
            "structure": convention.dossier.structure,
            "lien": courriels.lien("subventions:conventions_bdt"),
        },
        objet=convention,
    )


def notifier_convention_signee(convention: Convention) -> None:
    """All parties have signed: the structure reads its schedule."""
    _a_la_structure("subventions/convention_signee", convention, tranches=list(convention.tranches.order_by("rang")))


def notifier_suspension(suspension: Suspension) -> None:
    """The structure is told of a suspension and of its lifting, with the reason (R13)."""
    modele = "subventions/suspension_levee" if suspension.levee_le else "subventions/suspension"
    _a_la_structure(modele, suspension.convention, suspension=suspension)


def notifier_tranches_exigibles(tranches: Sequence[Tranche]) -> None:
    """R65: one mail to each structure with its tranches, one to BdT with the total."""
    par_structure = sorted(tranches, key=lambda t: (t.convention.dossier.structure_id, t.prevue_le, t.pk))
    for _, groupe in groupby(par_structure, key=lambda t: t.convention.dossier.structure_id):
        siennes = list(groupe)
        structure = siennes[0].convention.dossier.structure
        courriels.envoyer(
            "subventions/tranches_exigibles_structure",
            destinataires=adresses_administrateurs(structure),
            contexte={
                "structure": structure,
                "tranches": siennes,
                "lien": courriels.lien("subventions:structure"),
            },
            objet=structure,
        )
    courriels.envoyer(
        "subventions/tranches_exigibles_bdt",
        destinataires=adresses_bdt(),
        contexte={
            "nombre": len(tranches),
            "montant": sum((t.montant for t in tranches), ZERO),
            "lien": courriels.lien("subventions:tranches_bdt"),
        },
    )


def _a_la_structure(modele: str, convention: Convention, **contexte: object) -> None:
    dossier = convention.dossier
    courriels.envoyer(
        modele,
        destinataires=adresses_administrateurs(dossier.structure),
        contexte={
            "convention": convention,
            "structure": dossier.structure,
            "dossier": dossier,
            "lien": courriels.lien("subventions:dossier_structure", dossier.uuid),
            **contexte,
        },
        objet=convention,
    )
