"""The mails of contract, agreement and payments (R63, R65, R113): who is told what, at which step."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from portal.commun import courriels
from portal.commun.historique import par_lots
from portal.commun.roles import Role
from portal.comptes.models import Rattachement
from structures.models import Structure
from subventions.bareme import ZERO
from subventions.exigibilite import TrancheOuverte
from subventions.models import Contrat, Convention, Suspension
from subventions.notifications import adresses_bdt, adresses_structure


def notifier_contrat_signe(contrat: Contrat) -> None:
    """BdT and the person learn that the contract is signed; the person can read it."""
    dossier = contrat.dossier
    contexte = {"contrat": contrat, "dossier": dossier, "structure": dossier.structure}
    courriels.envoyer(
        "subventions/contrat_signe_bdt",
        destinataires=adresses_bdt(),
        contexte={**contexte, "lien": courriels.lien("subventions:conventions_bdt")},
        objet=dossier,
    )
    courriels.envoyer(
        "subventions/contrat_signe_candidat",
        destinataires=[contrat.candidat.utilisateur.email],
        contexte={**contexte, "lien": courriels.lien("commun:document", contrat.document.uuid)},
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
            "lien": courriels.lien("subventions:convention_bdt", convention.uuid),
        },
        objet=convention,
    )


def notifier_convention_signee(convention: Convention) -> None:
    """All parties have signed: the structure reads its schedule."""
    _a_la_structure("subventions/convention_signee", convention, tranches=list(convention.tranches.order_by("rang")))


def notifier_convention_annulee(convention: Convention, motif: str) -> None:
    """The structure is told that what it had to sign, or had signed, is withdrawn, and why."""
    _a_la_structure("subventions/convention_annulee", convention, motif=motif)


def notifier_suspension(suspension: Suspension) -> None:
    """The structure is told of a suspension and of its lifting, with the reason (R13)."""
    modele = "subventions/suspension_levee" if suspension.levee_le else "subventions/suspension"
    _a_la_structure(modele, suspension.convention, suspension=suspension)


def notifier_tranches_exigibles(ouvertures: Sequence[TrancheOuverte]) -> None:
    """R65: one mail to each structure with its tranches, one to BdT with the total."""
    par_structure: dict[int, list[TrancheOuverte]] = defaultdict(list)
    for ouverture in sorted(ouvertures, key=lambda o: (o.structure_id, o.exigible_le, o.pk)):
        par_structure[ouverture.structure_id].append(ouverture)
    lien = courriels.lien("subventions:structure")
    for lot in par_lots(list(par_structure)):
        adresses = _adresses_des_structures(lot)
        for structure in Structure.objects.filter(pk__in=lot).order_by("pk"):
            courriels.envoyer(
                "subventions/tranches_exigibles_structure",
                destinataires=adresses.get(structure.pk) or [structure.contact_courriel],
                contexte={"structure": structure, "tranches": par_structure[structure.pk], "lien": lien},
                objet=structure,
            )
    courriels.envoyer(
        "subventions/tranches_exigibles_bdt",
        destinataires=adresses_bdt(),
        contexte={
            "nombre": len(ouvertures),
            "montant": sum((ouverture.montant for ouverture in ouvertures), ZERO),
            "lien": courriels.lien("subventions:tranches_bdt"),
        },
    )


def _adresses_des_structures(structures: Iterable[int]) -> dict[int, list[str]]:
    """Those who manage each space, in one query."""
    adresses: dict[int, list[str]] = defaultdict(list)
    membres = (
        Rattachement.objects.en_vigueur()
        .filter(organisation__structure__in=structures, role=Role.STRUCTURE, administrateur=True)
        .order_by("pk")
    )
    for structure, adresse in membres.values_list("organisation__structure", "utilisateur__email"):
        adresses[structure].append(adresse)
    return adresses


def _a_la_structure(modele: str, convention: Convention, **contexte: object) -> None:
    dossier = convention.dossier
    courriels.envoyer(
        modele,
        destinataires=adresses_structure(dossier.structure),
        contexte={
            "convention": convention,
            "structure": dossier.structure,
            "dossier": dossier,
            "lien": courriels.lien("subventions:convention", dossier.uuid),
            **contexte,
        },
        objet=convention,
    )
