"""The verb of the ranking: a prefecture puts the applications of a campaign in its order of priority (R25)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.db.models import QuerySet
from django.utils import timezone

from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite
from portal.commun.historique import historiser
from portal.commun.roles import Role
from portal.commun.verbes import verbe
from portal.commun.verrous import toutes_sous_verrou
from structures import droits
from structures.avis import ContenuAvis, version_suivante
from structures.classement import classables, dans_l_ordre, empreinte, rang_de
from structures.models import Avis, Campagne, Candidature
from structures.numeros import verrouiller_nom


@verbe
def classer(
    *,
    acteur: Acteur,
    campagne: Campagne,
    departement: str,
    candidatures: Sequence[Candidature],
    sans_rang: Iterable[Candidature] = (),
    etat_lu: str = "",
) -> list[Avis]:
    """R25: ranks 1, 2, 3… in the order of `candidatures`; those of `sans_rang` lose theirs.

    A ranked application that is in neither list comes after them, in the order it had: a colleague may have just
    ranked it. Only an opinion whose rank changes has a new version; the new versions are returned. `etat_lu`: the
    `empreinte` of the ranking that the person read; refused when it has changed since.
    """
    _exiger_prefecture(acteur, departement)
    verrouiller_nom(f"classement:{campagne.pk}:{departement}")
    actuelles = {candidature.pk: candidature for candidature in _verrouiller(classables(campagne, departement))}
    if etat_lu and etat_lu != empreinte(actuelles.values()):
        raise TransitionInterdite(
            "Ce classement ou ses avis ont changé depuis l’affichage de la page : vérifiez l’ordre ci-dessous, "
            "puis enregistrez-le de nouveau."
        )
    retirees = {candidature.pk for candidature in sans_rang}
    demandees = [candidature.pk for candidature in candidatures]
    _verifier(candidatures, demandees, retirees, actuelles)
    suite = [c.pk for c in dans_l_ordre(actuelles.values()) if rang_de(c) and c.pk not in {*demandees, *retirees}]
    rangs: dict[int, int | None] = dict.fromkeys(retirees & set(actuelles))
    rangs |= {cle: rang for rang, cle in enumerate([*demandees, *suite], start=1)}
    return _ecrire(acteur, [(actuelles[cle], rang) for cle, rang in rangs.items()])


def _verrouiller(classables: QuerySet[Candidature]) -> QuerySet[Candidature]:
    """Locked by key, then read: a correction may be moving one to another commune of the département (R31)."""
    cles = list(classables.values_list("pk", flat=True))
    toutes_sous_verrou(Candidature.objects.filter(pk__in=cles))
    return classables.filter(pk__in=cles).order_by("pk")


def _ecrire(acteur: Acteur, rangs: list[tuple[Candidature, int | None]]) -> list[Avis]:
    """The new versions, in a constant number of statements: one move shifts all the ranks below it."""
    anciens, nouveaux = [], []
    for candidature, rang in rangs:
        courant = candidature.avis_courants[0]
        if courant.rang == rang:
            continue
        nouveau = version_suivante(acteur, candidature, courant, replace(ContenuAvis.de(courant), rang=rang))
        nouveau.classement = True
        courant.en_vigueur, courant.modifie_le = False, timezone.now()
        anciens.append(courant)
        nouveaux.append(nouveau)
    # The old versions first: one opinion in force per application is a constraint.
    Avis.objects.bulk_update(anciens, ["en_vigueur", "modifie_le"], batch_size=500)
    historiser(Avis, [avis.pk for avis in anciens])
    Avis.objects.bulk_create(nouveaux, batch_size=500)
    historiser(Avis, [avis.pk for avis in nouveaux], creation=True)
    return nouveaux


def _exiger_prefecture(acteur: Acteur, departement: str) -> None:
    droits.CLASSER.exiger(acteur)
    if acteur.est(Role.PREFECTURE) and departement not in acteur.departements:
        raise AccesRefuse("Ce département relève d’une autre préfecture.")


def _verifier(
    candidatures: Sequence[Candidature], demandees: list[int], retirees: set[int], actuelles: dict[int, Candidature]
) -> None:
    for candidature in candidatures:
        if demandees.count(candidature.pk) > 1 or candidature.pk in retirees:
            raise RegleNonRespectee("R25", f"La candidature n° {candidature.numero} figure deux fois.", "candidatures")
        if candidature.pk not in actuelles:
            message = (
                f"La candidature n° {candidature.numero} ne peut pas être classée : il faut qu’elle attende une "
                "décision dans cette campagne et ce département, et que votre avis soit rendu."
            )
            raise RegleNonRespectee("R25", message, "candidatures")
