"""The minutes of a committee: an accessible PDF, kept as a private document (R26).

ANCT reads it whole. A prefecture and a SGAR read an extract with the lines of their territory, made when it is asked
for: a closed committee does not change, so the same extract comes out each time.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from itertools import groupby

from django.db.models import prefetch_related_objects

from portal.commun.acteurs import Acteur
from portal.commun.documents import enregistrer_nature
from portal.commun.models import Document
from portal.commun.pdf import rendre_pdf
from portal.commun.roles import Role
from structures import enveloppe
from structures.enums import Decision, NatureLigne, SensAvis
from structures.lectures import lignes_a_la_cloture
from structures.models import Comite, DemandePostes, LigneComite, TransfertPoste
from structures.ordre_du_jour import vote_de

NATURE_PROCES_VERBAL = "proces-verbal-comite"


def nom_fichier(comite: Comite, *, extrait: bool = False) -> str:
    debut = "extrait-proces-verbal" if extrait else "proces-verbal"
    return f"{debut}-comite-{comite.numero}.pdf"


def rendre_proces_verbal(
    comite: Comite, lignes: list[LigneComite], *, extrait_pour: str = "", clos_par: str = ""
) -> bytes:
    """The PDF of a committee, from the same objects as those whose decisions are being applied.

    The lines come in the order of the minutes, each with `avis_en_vigueur`. With `extrait_pour`, they are those of a
    territory only, and nothing is said of the rest of the country.
    """
    titre = f"Procès-verbal du comité de sélection n° {comite.numero}"
    if extrait_pour:
        titre = f"Extrait du procès-verbal du comité de sélection n° {comite.numero}"
    contexte = contexte_proces_verbal(comite, lignes, extrait_pour=extrait_pour)
    contexte["clos_par"] = clos_par
    return rendre_pdf("pdf/structures/proces_verbal.html", {"titre": titre, **contexte}, titre=titre)


def rendre_extrait(comite: Comite, departements: frozenset[str], *, pour: str) -> bytes:
    """R26, §2: the minutes of a closed committee for a territory, as they were at its closing."""
    lignes = lignes_a_la_cloture(comite, departements)
    prefetch_related_objects(lignes, "demande", "structure_cedante")
    # The opinion on a request may have changed since, when it went to another committee.
    demandes = [ligne.demande_id for ligne in lignes if ligne.demande_id]
    versions = DemandePostes.history.filter(id__in=demandes, history_date__lte=comite.clos_le).order_by("history_date")
    connues = {version.id: version for version in versions}
    for ligne in lignes:
        ligne.demande_au_comite = connues.get(ligne.demande_id)
    clos_par = str(comite.etat_par) if comite.etat_par else ""
    return rendre_proces_verbal(comite, lignes, extrait_pour=pour or "votre territoire", clos_par=clos_par)


def contexte_proces_verbal(comite: Comite, lignes: list[LigneComite], *, extrait_pour: str = "") -> dict[str, object]:
    """What the minutes say, ready for the template.

    The posts of this committee exist already, so what is granted is what the campaign has granted, this committee
    included. An extract has no envelope: it is that of the whole country, and goes on after the closing.
    """
    _decrire(comite, lignes)
    departements = [
        {"departement": departement, "lignes": list(groupe)}
        for departement, groupe in groupby(lignes, key=lambda ligne: ligne.candidature.commune.departement)
    ]
    contexte = {
        "comite": comite,
        "campagne": comite.campagne,
        "departements": departements,
        "bilan": bilan(lignes),
        "extrait_pour": extrait_pour,
    }
    if extrait_pour:
        return contexte
    apres = enveloppe.accorde(comite.campagne)
    return {
        **contexte,
        "accorde_ici": enveloppe.demande(lignes),
        "accorde_apres": apres,
        "reste_postes": comite.campagne.enveloppe_postes - apres.postes,
        "reste_montant": max(comite.campagne.enveloppe_montant - apres.montant, Decimal(0)),
    }


def _decrire(comite: Comite, lignes: list[LigneComite]) -> None:
    """What each line of the minutes says: its vote, what the prefecture said, the posts created, withdrawn or taken."""
    cedes = Counter(TransfertPoste.objects.filter(comite=comite).values_list("candidature", flat=True))
    prefetch_related_objects([ligne.candidature for ligne in lignes], "poste_concerne")
    for ligne in lignes:
        ligne.vote = vote_de(ligne)
        ligne.cedes = cedes[ligne.candidature_id]
        ligne.crees = max(ligne.nb_postes if ligne.variation is None else ligne.variation, 0)
        ligne.retires = max(-(ligne.variation or 0), 0)
        ligne.avis_dit = _avis(ligne)


def _avis(ligne: LigneComite) -> str:
    """R25: the prefecture's opinion, on the application or on the request for more posts."""
    if ligne.nature == NatureLigne.AJOUT:
        demande = getattr(ligne, "demande_au_comite", None) or ligne.demande
        return SensAvis(demande.avis_sens).label if demande.avis_sens else ""
    return ligne.avis_en_vigueur.resume if ligne.avis_en_vigueur else ""


def bilan(lignes: list[LigneComite]) -> dict[str, int]:
    """How many lines, by decision and by nature, and how many posts."""
    nombre = Counter(ligne.decision for ligne in lignes)
    natures = Counter(ligne.nature for ligne in lignes)
    variations = [ligne.nb_postes if ligne.variation is None else ligne.variation for ligne in lignes]
    return {
        "lignes": len(lignes),
        "candidatures": natures[NatureLigne.EXAMEN],
        "ajouts": natures[NatureLigne.AJOUT],
        "corrections": natures[NatureLigne.CORRECTION],
        "retenues": nombre[Decision.RETENUE],
        "refusees": nombre[Decision.REFUSEE],
        "examens": nombre[Decision.EXAMEN],
        "sans_decision": nombre[""],
        "postes": sum(variations),
        # What corrections give back to the campaign beyond what is granted.
        "rendus": max(0, -sum(variations)),
        "crees": sum(variation for variation in variations if variation > 0),
        "retires": -sum(variation for variation in variations if variation < 0),
        "sans_avis": sum(1 for ligne in lignes if ligne.sans_avis),
    }


def peut_lire(acteur: Acteur, document: Document) -> bool:
    """The whole minutes: ANCT and support. The territories have their extract (`rendre_extrait`)."""
    return acteur.est(Role.ANCT, Role.SUPPORT)


def declarer() -> None:
    """Called at start-up."""
    enregistrer_nature(NATURE_PROCES_VERBAL, "Procès-verbal de comité", peut_lire)
