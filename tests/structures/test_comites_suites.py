"""What follows a decision, from committee to committee: re-examination (R28), the number of posts (hard case 9)."""

from __future__ import annotations

import pytest
from django.utils import timezone

from portal.commun.erreurs import RegleNonRespectee
from structures import enveloppe
from structures.actions import (
    cloturer,
    decider,
    demander_postes,
    demander_reexamen,
    inscrire,
    inscrire_correction,
    inscrire_demande,
    rendre_avis_demande,
    rendre_poste,
    transferer_poste,
)
from structures.enums import EtatCandidature
from structures.models import Candidature
from tests.comptes.factories import acteur
from tests.structures.factories import CampagneFactory, CandidatureFactory, acteur_de_structure
from tests.structures.outils_seance import accordee, refusee, suivant
from tests.structures.test_coherence import violations
from tests.structures.test_comites_natures import MOTIF, corriger, vivants

pytestmark = pytest.mark.django_db


def test_un_reexamen_revient_a_un_ordre_du_jour(anct, campagne):
    """R28: refused, asked again with a reason, examined by another committee, retained; only once."""
    candidature = refusee(anct, campagne)
    mairie = acteur_de_structure(candidature.structure)
    demander_reexamen(acteur=mairie, candidature=candidature, motif="Le département cofinance le poste.")
    comite = suivant(campagne=campagne)
    ligne = inscrire(acteur=anct, comite=comite, candidature=candidature)
    decider(acteur=anct, ligne=ligne, decision="refusee", nb_postes=0, motif=MOTIF)
    cloturer(acteur=anct, comite=comite)
    candidature = Candidature.objects.get(pk=candidature.pk)
    assert candidature.etat == EtatCandidature.REFUSEE
    with pytest.raises(RegleNonRespectee, match="qu’une fois"):
        demander_reexamen(acteur=mairie, candidature=candidature, motif="Encore une fois, s’il vous plaît.")
    assert violations() == []


def test_le_nombre_de_postes_reste_juste_toute_sa_vie(anct):
    """Hard case 9, R15, R25, R26, R29: raised, lowered, returned, transferred; a further examination in the middle."""
    campagne = CampagneFactory(enveloppe_postes=7)
    candidature = accordee(anct, campagne, 3, activee=True)
    mairie = acteur_de_structure(candidature.structure)
    voisine = accordee(anct, campagne, 1, activee=True)

    def clore(inscrire_la_ligne, decision, nb_postes):
        comite = suivant(campagne=campagne, enveloppe_postes=0 if enveloppe.reste(campagne).postes == 0 else 1)
        ligne = inscrire_la_ligne(comite)
        decider(acteur=anct, ligne=ligne, decision=decision, nb_postes=nb_postes, motif=MOTIF)
        cloturer(acteur=anct, comite=comite)

    def correction(comite):
        return inscrire_correction(acteur=anct, comite=comite, candidature=candidature)

    demande = demander_postes(
        acteur=mairie, structure=candidature.structure, nb_postes=4, demarrage_le=timezone.localdate(), motif="Attente."
    )
    rendre_avis_demande(acteur=acteur("prefecture"), demande=demande, sens="favorable", commentaire="Besoin constaté.")
    clore(lambda comite: inscrire_demande(acteur=anct, comite=comite, demande=demande), "retenue", 1)
    assert vivants(candidature).count() == 4
    assert not demande.lignes_comite.get().sans_avis
    clore(correction, "examen", 0)
    rendre_poste(acteur=mairie, poste=vivants(candidature).first(), motif="Plus de budget.")
    transferer_poste(
        acteur=anct, poste=vivants(candidature).first(), candidature=voisine, motif="Rapprochement des deux communes."
    )
    assert (vivants(candidature).count(), vivants(voisine).count()) == (2, 2)
    clore(correction, "retenue", 3)
    assert vivants(candidature).count() == 3
    clore(correction, "retenue", 1)
    assert (vivants(candidature).count(), enveloppe.accorde(campagne).postes) == (1, 3)
    assert violations() == []


def test_ce_qu_une_correction_rend_sert_dans_le_meme_comite(anct):
    """R15: deltas are counted, not totals: with an envelope of 3 that is full, 2 come back and 2 leave."""
    campagne = CampagneFactory(enveloppe_postes=3)
    candidature = accordee(anct, campagne, 3)
    comite = suivant(campagne=campagne, enveloppe_postes=0)
    corriger(anct, comite, candidature, "retenue", 1)
    nouvelle = CandidatureFactory(deposee=True, campagne=campagne)
    ligne = inscrire(acteur=anct, comite=comite, candidature=nouvelle)
    with pytest.raises(RegleNonRespectee, match="il reste 2 postes"):
        decider(acteur=anct, ligne=ligne, decision="retenue", nb_postes=3, motif="")
    decider(acteur=anct, ligne=ligne, decision="retenue", nb_postes=2, motif="")
    cloturer(acteur=anct, comite=comite)
    assert enveloppe.accorde(campagne).postes == 3
    assert vivants(nouvelle).count() == 2
    assert violations() == []
