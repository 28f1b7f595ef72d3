"""R15 and R26 under concurrency for added posts, corrections and the live session; real transactions, real threads."""

from __future__ import annotations

import pytest

from portal.commun.erreurs import RegleNonRespectee, TransitionInterdite
from portal.commun.roles import Role
from structures import enveloppe
from structures.actions import (
    activer,
    cloturer,
    decider,
    inscrire,
    inscrire_correction,
    inscrire_demande,
    rendre_poste,
    reserver_poste,
)
from structures.actions.comites import DecisionModifiee
from structures.enums import EtatPoste
from structures.models import Candidature, Comite, LigneComite, Poste
from structures.ordre_du_jour import version_de
from tests.comptes.factories import acteur
from tests.structures.factories import (
    CampagneFactory,
    CandidatureFactory,
    ComiteFactory,
    PosteFactory,
    acteur_de_structure,
)
from tests.structures.outils_seance import accordee, demande_de
from tests.structures.test_concurrence_comite import comite_pret, ensemble

pytestmark = pytest.mark.django_db(transaction=True)
MOTIF = "Le nombre de postes est revu."


def comite_d_ajout(campagne, anct):
    demande = demande_de(PosteFactory(campagne=campagne).candidature, nb_postes=1)
    comite = ComiteFactory(campagne=campagne, enveloppe_postes=10)
    ligne = inscrire_demande(acteur=anct, comite=comite, demande=demande)
    decider(acteur=anct, ligne=ligne, decision="retenue", nb_postes=1, motif="")
    return comite


def test_64_accords_d_examens_et_d_ajouts_ensemble_n_en_font_que_10():
    """R15, R29: 32 committees grant an application, 32 a request for more posts; exactly 10 posts are left."""
    anct = acteur(Role.ANCT)
    campagne = CampagneFactory(enveloppe_postes=42)
    ajouts = [comite_d_ajout(campagne, anct) for _ in range(32)]
    comites = [*ajouts, *(comite_pret(campagne, anct) for _ in range(32))]
    assert enveloppe.reste(campagne).postes == 10
    resultats = ensemble([lambda c=c: cloturer(acteur=anct, comite=c) for c in comites])
    clos = [r for r in resultats if isinstance(r, Comite)]
    refus = [r for r in resultats if isinstance(r, RegleNonRespectee)]
    assert (len(clos), len(refus)) == (10, 54)
    assert {r.regle for r in refus} == {"R15"}
    assert Poste.objects.comptes().filter(campagne=campagne).count() == 42
    assert Poste.objects.values("numero").distinct().count() == 42


def test_ce_que_rend_une_correction_n_est_pris_qu_une_fois():
    """R15: a full envelope; a correction gives 4 posts back while 12 committees want one each: at most 4 get it."""
    anct = acteur(Role.ANCT)
    campagne = CampagneFactory(enveloppe_postes=5)
    candidature = accordee(anct, campagne, 5)
    rend = ComiteFactory(campagne=campagne)
    ligne = inscrire_correction(acteur=anct, comite=rend, candidature=candidature)
    decider(acteur=anct, ligne=ligne, decision="retenue", nb_postes=1, motif=MOTIF)
    preneurs = [comite_pret(campagne, anct) for _ in range(12)]
    resultats = ensemble([lambda c=c: cloturer(acteur=anct, comite=c) for c in (rend, *preneurs)])
    assert isinstance(resultats[0], Comite)
    pris = sum(isinstance(r, Comite) for r in resultats[1:])
    assert pris <= 4
    assert Poste.objects.comptes().filter(campagne=campagne).count() == 1 + pris <= 5


def test_un_poste_se_prend_ou_se_retire_jamais_les_deux():
    """R26, R29, R53: a correction is closed while the structure reserves its posts and returns one."""
    anct = acteur(Role.ANCT)
    campagne = CampagneFactory()
    candidature = accordee(anct, campagne, 3)
    activer(acteur=anct, candidature=candidature)
    mairie = acteur_de_structure(candidature.structure)
    comite = ComiteFactory(campagne=campagne)
    ligne = inscrire_correction(acteur=anct, comite=comite, candidature=candidature)
    decider(acteur=anct, ligne=ligne, decision="retenue", nb_postes=1, motif=MOTIF)
    postes = list(candidature.postes.order_by("numero"))
    clos, *_ = ensemble(
        [
            lambda: cloturer(acteur=anct, comite=comite),
            lambda: reserver_poste(acteur=mairie, poste=postes[2]),
            lambda: reserver_poste(acteur=mairie, poste=postes[1]),
            lambda: rendre_poste(acteur=mairie, poste=postes[0], motif="Plus de budget."),
        ]
    )
    vivants = Poste.objects.comptes().filter(candidature=candidature)
    retires = Poste.objects.filter(retire_par=comite)
    ligne.refresh_from_db()
    if isinstance(clos, Comite):
        assert ligne.variation == -retires.count()
        assert not retires.exclude(etat=EtatPoste.RETIRE).exists()
    else:
        assert isinstance(clos, RegleNonRespectee)
        assert not retires.exists()
    assert vivants.exists()


def test_deux_comites_ne_prennent_pas_le_meme_poste_cede():
    """R25, R29: two agendas were promised the one free post of a structure: one gets it."""
    anct = acteur(Role.ANCT)
    campagne = CampagneFactory(enveloppe_postes=1)
    donneuse = accordee(anct, campagne, 1, activee=True).structure
    comites = []
    for _ in range(4):
        comite = ComiteFactory(campagne=campagne)
        candidature = CandidatureFactory(deposee=True, campagne=campagne)
        ligne = inscrire(acteur=anct, comite=comite, candidature=candidature)
        decider(acteur=anct, ligne=ligne, decision="retenue", nb_postes=1, motif="", structure_cedante=donneuse)
        comites.append(comite)
    resultats = ensemble([lambda c=c: cloturer(acteur=anct, comite=c) for c in comites])
    assert sum(isinstance(r, Comite) for r in resultats) == 1
    assert all("n’a plus de poste" in r.message for r in resultats if not isinstance(r, Comite))
    assert Poste.objects.count() == 1


def test_activation_et_correction_ensemble():
    """R26, R27: either it is refused and not activated, or activated and not refused."""
    anct = acteur(Role.ANCT)
    campagne = CampagneFactory()
    candidature = accordee(anct, campagne, 1)
    comite = ComiteFactory(campagne=campagne)
    ligne = inscrire_correction(acteur=anct, comite=comite, candidature=candidature)
    decider(acteur=anct, ligne=ligne, decision="refusee", nb_postes=0, motif=MOTIF)
    active, clos = ensemble(
        [lambda: activer(acteur=anct, candidature=candidature), lambda: cloturer(acteur=anct, comite=comite)]
    )
    assert isinstance(clos, Comite) is isinstance(active, TransitionInterdite)
    etat = Candidature.objects.get(pk=candidature.pk).etat
    assert etat == ("refusee" if isinstance(clos, Comite) else "activee")


def test_deux_decisions_ensemble_une_seule_est_gardee_l_autre_est_prevenue():
    """R26: eight agents with the same page open."""
    campagne = CampagneFactory()
    comite = ComiteFactory(campagne=campagne)
    anct = acteur(Role.ANCT)
    ligne = inscrire(acteur=anct, comite=comite, candidature=CandidatureFactory(deposee=True, campagne=campagne))
    version = version_de(ligne)

    def prendre(nombre):
        return lambda: decider(
            acteur=anct, ligne=ligne, decision="retenue", nb_postes=nombre, motif="", version=version
        )

    resultats = ensemble([prendre(n) for n in range(1, 9)])
    (gardee,) = [r for r in resultats if isinstance(r, LigneComite)]
    assert sum(isinstance(r, DecisionModifiee) for r in resultats) == 7
    assert LigneComite.objects.get(pk=ligne.pk).nb_postes == gardee.nb_postes
