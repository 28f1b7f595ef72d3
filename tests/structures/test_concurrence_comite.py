"""R15 and R26 under concurrency, with real transactions on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from post_office.models import Email

from portal.commun.erreurs import ErreurMetier, RegleNonRespectee, TransitionInterdite
from portal.commun.roles import Role
from structures.actions import activer, cloturer, creer_comite, decider, inscrire, inscrire_lot, rendre_avis
from structures.enums import EtatCandidature, EtatComite
from structures.models import Avis, Candidature, Comite, LigneComite, Poste
from tests.comptes.factories import acteur
from tests.structures.factories import CampagneFactory, CandidatureFactory, ComiteFactory

pytestmark = pytest.mark.django_db(transaction=True)


def ensemble(appels: list[Callable[[], Any]]) -> list[Any]:
    """Run all the calls at the same moment, each on its own connection; a refusal is returned as a result."""
    depart = Barrier(len(appels))

    def courir(appel: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            depart.wait(timeout=60)
            return appel()
        except ErreurMetier as refus:
            return refus
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=len(appels)) as fils:
        return list(fils.map(courir, appels))


def comite_pret(campagne, anct, nb_postes=1):
    comite = ComiteFactory(campagne=campagne, enveloppe_postes=10)
    candidature = CandidatureFactory(deposee=True, campagne=campagne)
    ligne = LigneComite.objects.create(comite=comite, candidature=candidature)
    decider(acteur=anct, ligne=ligne, decision="retenue", nb_postes=nb_postes, motif="")
    return comite


def test_64_comites_ensemble_n_accordent_que_les_10_postes_qui_restent():
    """R15: exactly 10, each with its own number, the other committees left as they were."""
    anct = acteur(Role.ANCT)
    campagne = CampagneFactory(enveloppe_postes=10)
    comites = [comite_pret(campagne, anct) for _ in range(64)]
    resultats = ensemble([lambda c=c: cloturer(acteur=anct, comite=c) for c in comites])

    clos = [r for r in resultats if isinstance(r, Comite)]
    refus = [r for r in resultats if isinstance(r, RegleNonRespectee)]
    assert (len(clos), len(refus)) == (10, 54)
    assert {r.regle for r in refus} == {"R15"}
    assert Poste.objects.comptes().filter(campagne=campagne).count() == 10
    assert Poste.objects.values("numero").distinct().count() == 10
    assert Comite.objects.filter(etat=EtatComite.CLOS).count() == 10
    assert Candidature.objects.filter(etat=EtatCandidature.DEPOSEE).count() == 54
    # R113: a mail for what happened, none for what was refused.
    assert Email.objects.count() == 10


def test_deux_clics_sur_cloturer_ne_font_qu_un_effet():
    """R26: nobody can close twice; the second is told clearly."""
    anct = acteur(Role.ANCT)
    comite = comite_pret(CampagneFactory(), anct, nb_postes=3)
    resultats = ensemble([lambda: cloturer(acteur=anct, comite=comite)] * 2)
    (refus,) = [r for r in resultats if isinstance(r, TransitionInterdite)]
    assert "a déjà été clôturé" in refus.message
    assert Poste.objects.count() == 3
    assert Email.objects.count() == 1


def test_deux_activations_ensemble_n_invitent_qu_une_fois():
    """R27"""
    anct = acteur(Role.ANCT)
    candidature = CandidatureFactory(retenue=True)
    resultats = ensemble([lambda: activer(acteur=anct, candidature=candidature)] * 2)
    assert sum(isinstance(r, TransitionInterdite) for r in resultats) == 1
    assert candidature.structure.organisation.invitations.count() == 1


def test_une_candidature_inscrite_a_deux_comites_ensemble_ne_l_est_qu_a_un():
    """R26"""
    anct = acteur(Role.ANCT)
    campagne = CampagneFactory()
    candidature = CandidatureFactory(deposee=True, campagne=campagne)
    comites = [ComiteFactory(campagne=campagne) for _ in range(4)]
    resultats = ensemble([lambda c=c: inscrire(acteur=anct, comite=c, candidature=candidature) for c in comites])
    assert sum(isinstance(r, LigneComite) for r in resultats) == 1
    assert candidature.lignes_comite.count() == 1


def test_un_meme_lot_inscrit_a_deux_comites_ensemble_n_est_jamais_double():
    """R26"""
    anct = acteur(Role.ANCT)
    campagne = CampagneFactory()
    lot = [CandidatureFactory(deposee=True, campagne=campagne) for _ in range(5)]
    comites = [ComiteFactory(campagne=campagne) for _ in range(4)]
    ensemble([lambda c=c: inscrire_lot(acteur=anct, comite=c, candidatures=lot) for c in comites])
    assert sorted(LigneComite.objects.values_list("candidature", flat=True)) == [c.pk for c in lot]


def test_un_meme_numero_de_comite_n_est_pris_qu_une_fois():
    """R26: also by two campaigns at the same moment."""
    anct = acteur(Role.ANCT)
    campagnes = [CampagneFactory() for _ in range(4)]
    date = ComiteFactory().date
    resultats = ensemble(
        [
            lambda c=c: creer_comite(acteur=anct, campagne=c, numero=777, date=date, enveloppe_postes=1)
            for c in campagnes
        ]
    )
    assert sum(isinstance(r, Comite) for r in resultats) == 1
    assert {r.champ for r in resultats if isinstance(r, RegleNonRespectee)} == {"numero"}


def test_deux_avis_ensemble_font_deux_versions_dont_une_en_vigueur():
    """R25: every version is kept."""
    prefecture = acteur(Role.PREFECTURE)
    candidature = CandidatureFactory(deposee=True)

    def rendre(texte: str) -> Any:
        return lambda: rendre_avis(
            acteur=prefecture, candidature=candidature, sens="favorable", nb_postes=1, rang=None, commentaire=texte
        )

    ensemble([rendre(f"Commentaire de l’agent {n}.") for n in range(4)])
    assert sorted(Avis.objects.values_list("version", flat=True)) == [1, 2, 3, 4]
    assert Avis.objects.get(en_vigueur=True).version == 4


def test_avis_et_cloture_ensemble_restent_coherents():
    """R25, R26: the opinion is either in the minutes or refused."""
    anct, prefecture = acteur(Role.ANCT), acteur(Role.PREFECTURE)
    comite = comite_pret(CampagneFactory(), anct)
    ligne = comite.lignes.get()

    def avis() -> Any:
        return rendre_avis(
            acteur=prefecture,
            candidature=ligne.candidature,
            sens="favorable",
            nb_postes=1,
            rang=1,
            commentaire="Projet attendu par le territoire.",
        )

    rendu, _ = ensemble([avis, lambda: cloturer(acteur=anct, comite=comite)])
    ligne.refresh_from_db()
    assert ligne.sans_avis is isinstance(rendu, TransitionInterdite)
