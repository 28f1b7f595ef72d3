"""The mails of what happens to a post or to a structure once it is in the scheme (R25, R29, R30, R113)."""

from __future__ import annotations

from portal.commun import courriels
from structures.destinataires import adresses_administrateurs, adresses_prefecture
from structures.models import ChangementEtablissement, DemandePostes, Poste, Structure, TransfertPoste
from structures.notifications import prevenir_la_structure


def annoncer_transfert(transfert: TransfertPoste) -> None:
    """R29: both sides and the prefecture learn it together."""
    poste, departement = transfert.poste, transfert.vers.commune.departement
    contexte = {"transfert": transfert, "poste": poste, "departement": departement}
    espace, page = courriels.lien("structures:espace"), courriels.lien("structures:poste", poste.uuid)
    prevenir_la_structure("structures/poste_cede", transfert.de, contexte, lien=espace, objet=poste)
    prevenir_la_structure("structures/poste_repris", transfert.vers, contexte, lien=page, objet=poste)
    courriels.envoyer(
        "structures/poste_transfere_prefecture",
        destinataires=adresses_prefecture(departement.code),
        contexte=contexte,
        objet=poste,
    )


def annoncer_restitution(postes: list[Poste]) -> None:
    """R29: several posts returned in one action, one mail to each."""
    structure = postes[0].structure
    departement = structure.commune.departement
    contexte = {"postes": postes, "structure": structure, "motif": postes[0].motif_fin, "departement": departement}
    lien = courriels.lien("structures:espace")
    prevenir_la_structure("structures/postes_rendus", structure, contexte, lien=lien, objet=structure)
    courriels.envoyer(
        "structures/postes_rendus_prefecture",
        destinataires=adresses_prefecture(departement.code),
        contexte=contexte,
        objet=structure,
    )


def annoncer_demande(demande: DemandePostes) -> None:
    """R29: acknowledged to the structure; the prefecture is asked for its opinion at once."""
    annoncer_suite_de_demande(demande, "demande_deposee")


def annoncer_suite_de_demande(demande: DemandePostes, modele: str) -> None:
    """To the structure, and to the prefecture in its own words."""
    contexte = _contexte_demande(demande)
    lien = courriels.lien("structures:demande", demande.uuid)
    prevenir_la_structure(f"structures/{modele}", demande.structure, contexte, lien=lien, objet=demande)
    courriels.envoyer(
        f"structures/{modele}_prefecture",
        destinataires=adresses_prefecture(demande.structure.departement_id),
        contexte={**contexte, "lien": courriels.lien("admin:structures_demandepostes_change", demande.uuid)},
        objet=demande,
    )


def annoncer_avis_sur_demande(demande: DemandePostes) -> None:
    """R25: the structure learns that the prefecture has looked at it, not what was said: the opinion is advisory."""
    lien = courriels.lien("structures:demande", demande.uuid)
    contexte = _contexte_demande(demande)
    prevenir_la_structure("structures/demande_avis", demande.structure, contexte, lien=lien, objet=demande)


def _contexte_demande(demande: DemandePostes) -> dict[str, object]:
    structure = demande.structure
    return {"demande": demande, "structure": structure, "departement": structure.commune.departement}


def annoncer_changement(changement: ChangementEtablissement, modele: str) -> None:
    """R21: asked, accepted or refused."""
    lien = courriels.lien("structures:changement", changement.uuid)
    contexte = {"changement": changement, "structure": changement.structure}
    prevenir_la_structure(f"structures/{modele}", changement.structure, contexte, lien=lien, objet=changement)


def annoncer_fusion(gardee: Structure, absorbee: Structure, postes: list[Poste]) -> None:
    """R22: the contacts of both and whoever is in the space; the prefecture that follows them."""
    departement = gardee.commune.departement
    contexte = {"gardee": gardee, "absorbee": absorbee, "postes": postes, "departement": departement}
    courriels.envoyer(
        "structures/structure_fusionnee",
        destinataires=dict.fromkeys(
            [gardee.contact_courriel, absorbee.contact_courriel, *adresses_administrateurs(gardee)]
        ),
        contexte={**contexte, "lien": courriels.lien("structures:espace")},
        objet=gardee,
    )
    courriels.envoyer(
        "structures/structure_fusionnee_prefecture",
        destinataires=adresses_prefecture(departement.code),
        contexte=contexte,
        objet=gardee,
    )
