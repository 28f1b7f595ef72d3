"""The three natures of a line: examination, added posts (R29), correction of a decision (R26); hard case 9."""

from __future__ import annotations

import pytest
from post_office.models import Email

from portal.commun.erreurs import RegleNonRespectee, TransitionInterdite
from structures import enveloppe
from structures.actions import (
    activer,
    cloturer,
    decider,
    demander_reexamen,
    inscrire,
    inscrire_correction,
    inscrire_demande,
    rendre_poste,
)
from structures.enums import EtatCandidature, EtatDemande, EtatPoste
from structures.forms.seance import cedantes
from structures.models import Candidature, DemandePostes, LigneComite, Poste, Structure
from structures.ordre_du_jour import completer
from structures.regles_comite import dernier_nombre
from tests.structures.factories import (
    CampagneFactory,
    CandidatureFactory,
    ComiteFactory,
    LigneComiteFactory,
    PosteFactory,
    StructureFactory,
    acteur_de_structure,
    candidature_de,
    lieu,
)
from tests.structures.outils_seance import accordee, cedante, demande_de, refusee, suivant
from tests.structures.test_coherence import violations

pytestmark = pytest.mark.django_db
MOTIF = "Le nombre de postes est revu avec la préfecture."


def corriger(anct, comite, candidature, decision, nb_postes=0, motif=MOTIF, **champs):
    ligne = inscrire_correction(acteur=anct, comite=comite, candidature=candidature)
    return decider(acteur=anct, ligne=ligne, decision=decision, nb_postes=nb_postes, motif=motif, **champs)


def dernier_courriel():
    """What the structure was told of the last correction."""
    return Email.objects.filter(subject__contains="est revue").latest("pk").message


def vivants(candidature):
    return Poste.objects.comptes().filter(candidature=candidature)


def test_les_lignes_qui_n_accordent_rien_ne_changent_pas_la_somme(anct, campagne):
    """R15: the sum by groups is that of the lines: granted, given back, without effect, refused, not decided yet."""
    comite = ComiteFactory(campagne=campagne)
    for decision, nb_postes, variation in (
        ("retenue", 3, None),
        ("retenue", 1, -2),
        ("retenue", 2, 0),
        ("refusee", 0, -1),
        ("refusee", 0, None),
        ("", 0, None),
    ):
        LigneComiteFactory(
            comite=comite,
            decision=decision,
            nb_postes=nb_postes,
            variation=variation,
            motif=MOTIF,
            candidature__commune=lieu("98818" if decision == "refusee" else "03190"),
        )
    prise = enveloppe.demande_par_groupes(comite.lignes.all())
    assert prise.postes == 0
    assert prise == enveloppe.demande(comite.lignes.select_related("candidature__structure__commune"))
    assert enveloppe.demande_par_groupes(comite.lignes.filter(decision="")).postes == 0


# --- added posts (R29) ----------------------------------------------------------------------------------------------


def test_une_demande_accordee_cree_ses_postes(anct, campagne, recus):
    """R29, R1, R15: free at once in an activated structure, from its own start date."""
    demande = demande_de(accordee(anct, campagne, 1, activee=True), nb_postes=3)
    recus.clear()
    comite = ComiteFactory(campagne=campagne)
    ligne = inscrire_demande(acteur=anct, comite=comite, demande=demande)
    decider(acteur=anct, ligne=ligne, decision="retenue", nb_postes=2, motif="")
    cloturer(acteur=anct, comite=comite)
    demande.refresh_from_db()
    assert (demande.etat, demande.nb_accordes) == (EtatDemande.ACCORDEE, 2)
    crees = list(comite.postes.all())
    assert {(p.structure_id, p.candidature_id, p.etat) for p in crees} == {
        (demande.structure_id, demande.candidature_id, EtatPoste.A_POURVOIR)
    }
    assert {p.demarrage_le for p in crees} == {demande.demarrage_le}
    assert recus == [{"postes": crees}]
    assert LigneComite.objects.get(pk=ligne.pk).variation == 2
    assert demande.candidature.etat == EtatCandidature.ACTIVEE
    assert violations() == []


def test_une_demande_refusee_ou_examinee_dit_pourquoi(anct, campagne):
    """R29, R27: the reason is told; a further examination leaves the request in progress."""
    refus, examen = (demande_de(accordee(anct, campagne, 1, activee=True)) for _ in range(2))
    comite = ComiteFactory(campagne=campagne)
    for demande, decision in ((refus, "refusee"), (examen, "examen")):
        ligne = inscrire_demande(acteur=anct, comite=comite, demande=demande)
        decider(acteur=anct, ligne=ligne, decision=decision, nb_postes=0, motif=MOTIF)
    cloturer(acteur=anct, comite=comite)
    refus.refresh_from_db()
    examen.refresh_from_db()
    assert (refus.etat, refus.motif_decision) == (EtatDemande.REFUSEE, MOTIF)
    assert examen.etat == EtatDemande.EN_COURS
    for demande in (refus, examen):
        recus = [c.message for c in Email.objects.all() if demande.structure.contact_courriel in c.to]
        assert sum(MOTIF in message for message in recus) == 1
    ligne = inscrire_demande(acteur=anct, comite=suivant(comite), demande=examen)
    assert ligne.demande == examen
    with pytest.raises(TransitionInterdite, match="« refusée »"):
        inscrire_demande(acteur=anct, comite=suivant(comite), demande=refus)


def test_une_demande_retiree_bloque_la_cloture(anct, campagne):
    """R26, R29"""
    demande = demande_de(accordee(anct, campagne, 1, activee=True))
    comite = ComiteFactory(campagne=campagne)
    ligne = inscrire_demande(acteur=anct, comite=comite, demande=demande)
    decider(acteur=anct, ligne=ligne, decision="retenue", nb_postes=1, motif="")
    DemandePostes.objects.update(etat=EtatDemande.RETIREE)
    with pytest.raises(RegleNonRespectee, match="demande retirée"):
        cloturer(acteur=anct, comite=comite)


def test_une_demande_d_une_autre_campagne_ne_s_inscrit_pas(anct, campagne):
    """R15, R26"""
    demande = demande_de(accordee(anct, campagne, 1, activee=True))
    with pytest.raises(RegleNonRespectee, match="autre campagne"):
        inscrire_demande(acteur=anct, comite=ComiteFactory(), demande=demande)


def test_une_seule_ligne_en_preparation_par_candidature(anct, campagne):
    """R26: two natures at once would decide on the same posts."""
    demande = demande_de(accordee(anct, campagne, 1, activee=True))
    inscrire_demande(acteur=anct, comite=ComiteFactory(campagne=campagne), demande=demande)
    with pytest.raises(RegleNonRespectee, match="déjà à l’ordre du jour"):
        inscrire_correction(acteur=anct, comite=ComiteFactory(campagne=campagne), candidature=demande.candidature)


def test_les_postes_repris_a_une_structure_ne_prennent_pas_sur_l_enveloppe(anct):
    """R25, R29, R15: with an envelope that is full, two posts change hands."""
    campagne = CampagneFactory(enveloppe_postes=3)
    donneuse = cedante(anct, campagne, 2)
    demande = demande_de(accordee(anct, campagne, 1, activee=True))
    comite = ComiteFactory(campagne=campagne, enveloppe_postes=0)
    ligne = inscrire_demande(acteur=anct, comite=comite, demande=demande)
    with pytest.raises(RegleNonRespectee) as refus:
        decider(acteur=anct, ligne=ligne, decision="retenue", nb_postes=2, motif="")
    assert refus.value.regle == "R15"
    decider(acteur=anct, ligne=ligne, decision="retenue", nb_postes=2, motif="", structure_cedante=donneuse)
    cloturer(acteur=anct, comite=comite)
    ligne.refresh_from_db()
    assert ligne.variation == 0
    assert vivants(demande.candidature).count() == 3
    assert enveloppe.accorde(campagne).postes == 3
    assert {t.comite for p in vivants(demande.candidature) for t in p.transferts.all()} == {comite}
    assert Structure.objects.get(pk=donneuse.pk).participation_fin_le is not None
    assert violations() == []


@pytest.mark.parametrize(
    ("cas", "message"),
    [
        ("trop", "a 1 poste à céder"),
        ("occupe", "aucun poste libre"),
        ("ailleurs", "même département"),
        ("prive", "statut juridique"),
        ("soi", "autre structure"),
    ],
)
def test_une_cedante_a_des_postes_libres_dans_le_departement(anct, campagne, cas, message):
    """R25, R29"""
    candidature = CandidatureFactory(deposee=True, campagne=campagne)
    autre = StructureFactory(**{"ailleurs": {"commune": lieu("63113")}, "prive": {"privee": True}}.get(cas, {}))
    PosteFactory(structure=autre, campagne=campagne, reserve=cas == "occupe")
    comite = ComiteFactory(campagne=campagne)
    ligne = inscrire(acteur=anct, comite=comite, candidature=candidature)
    with pytest.raises(RegleNonRespectee, match=message) as refus:
        decider(
            acteur=anct,
            ligne=ligne,
            decision="retenue",
            nb_postes=2,
            motif="",
            structure_cedante=candidature.structure if cas == "soi" else autre,
        )
    assert refus.value.champ == "structure_cedante"


def test_le_statut_compare_est_celui_des_candidatures(anct, campagne):
    """R6, R25, R29: two structures that describe themselves otherwise, whose applications to this call are of one kind;
    then the other way round."""
    donneuse = StructureFactory(statut_juridique="autre-public")
    pris = PosteFactory(
        structure=donneuse,
        campagne=campagne,
        candidature=candidature_de(donneuse, campagne=campagne, activee=True, statut_juridique="public"),
    )
    comite = ComiteFactory(campagne=campagne)
    ligne = inscrire(acteur=anct, comite=comite, candidature=CandidatureFactory(deposee=True, campagne=campagne))
    assert list(cedantes(completer(comite, comite.lignes.all())[0])) == [donneuse]
    decider(acteur=anct, ligne=ligne, decision="retenue", nb_postes=1, motif="", structure_cedante=donneuse)

    Candidature.objects.filter(pk=pris.candidature_id).update(statut_juridique="autre-public")
    Structure.objects.filter(pk=donneuse.pk).update(statut_juridique="public")
    with pytest.raises(RegleNonRespectee, match="statut juridique"):
        decider(acteur=anct, ligne=ligne, decision="retenue", nb_postes=1, motif="", structure_cedante=donneuse)
    Candidature.objects.filter(pk=pris.candidature_id).update(statut_juridique="public")
    cloturer(acteur=anct, comite=comite)
    pris.refresh_from_db()
    assert pris.structure == ligne.candidature.structure


def test_deux_lignes_ne_prennent_pas_le_meme_poste(anct, campagne):
    """R29: what is promised to one is not promised to the other; what left since prevents the closing."""
    donneuse = cedante(anct, campagne, 2)
    comite = ComiteFactory(campagne=campagne)
    premiere, seconde = (
        inscrire(acteur=anct, comite=comite, candidature=CandidatureFactory(deposee=True, campagne=campagne))
        for _ in range(2)
    )
    decider(acteur=anct, ligne=premiere, decision="retenue", nb_postes=1, motif="", structure_cedante=donneuse)
    with pytest.raises(RegleNonRespectee, match="1 poste à céder"):
        decider(acteur=anct, ligne=seconde, decision="retenue", nb_postes=2, motif="", structure_cedante=donneuse)
    decider(acteur=anct, ligne=seconde, decision="retenue", nb_postes=1, motif="", structure_cedante=donneuse)
    rendre_poste(acteur=anct, poste=donneuse.postes.first(), motif="Plus de budget.")
    with pytest.raises(RegleNonRespectee, match="n’a plus que 1 poste à céder"):
        cloturer(acteur=anct, comite=comite)


# --- corrections (R26) ----------------------------------------------------------------------------------------------


def test_une_refusee_est_retenue_apres_correction(anct, campagne):
    """R26, R27: refused → retained with posts, told to the structure, then activated as any other."""
    candidature = refusee(anct, campagne)
    comite = suivant(campagne=campagne)
    corriger(anct, comite, candidature, "retenue", 2)
    cloturer(acteur=anct, comite=comite)
    candidature.refresh_from_db()
    assert (candidature.etat, candidature.motif_decision) == (EtatCandidature.RETENUE, MOTIF)
    assert vivants(candidature).filter(comite=comite).count() == 2
    assert "elle est retenue, avec 2 postes" in dernier_courriel()
    activer(acteur=anct, candidature=candidature)
    assert violations() == []


def test_une_correction_augmente_ou_diminue(anct, campagne):
    """R26, R15, hard case 9: 3 → 5 → 1; the last granted free posts leave first, and go back to the envelope."""
    candidature = accordee(anct, campagne, 3, activee=True)
    plus, moins = suivant(campagne=campagne), suivant(campagne=campagne)
    corriger(anct, plus, candidature, "retenue", 5)
    cloturer(acteur=anct, comite=plus)
    assert vivants(candidature).count() == 5
    corriger(anct, moins, candidature, "retenue", 1)
    cloturer(acteur=anct, comite=moins)
    (reste,) = vivants(candidature)
    assert reste.numero == min(candidature.postes.values_list("numero", flat=True))
    retires = candidature.postes.filter(etat=EtatPoste.RETIRE)
    assert {p.retire_par for p in retires} == {moins}
    assert {p.motif_fin for p in retires} == {MOTIF}
    assert list(LigneComite.objects.order_by("pk").values_list("variation", flat=True)) == [3, 2, -4]
    assert enveloppe.accorde(campagne).postes == 1
    assert "sont retirés" in dernier_courriel()
    assert violations() == []


def test_un_poste_occupe_n_est_jamais_retire(anct, campagne):
    """R29: refused when decided, and at the closing when the post was taken in between, with a clear sentence."""
    candidature = accordee(anct, campagne, 2, activee=True)
    comite = suivant(campagne=campagne)
    ligne = corriger(anct, comite, candidature, "retenue", 1)
    candidature.postes.update(etat=EtatPoste.RESERVE)
    with pytest.raises(RegleNonRespectee, match="2 postes sont occupés, indiquez au moins 2") as refus:
        cloturer(acteur=anct, comite=comite)
    assert f"n° {candidature.numero}" in refus.value.message
    with pytest.raises(RegleNonRespectee, match="Seuls des postes libres") as refus:
        decider(acteur=anct, ligne=ligne, decision="retenue", nb_postes=1, motif=MOTIF)
    assert refus.value.champ == "nb_postes"
    assert vivants(candidature).count() == 2


def test_une_retenue_non_activee_peut_etre_refusee(anct, campagne):
    """R26, R28: its posts go, and it may ask for its re-examination."""
    candidature = accordee(anct, campagne, 2)
    comite = suivant(campagne=campagne)
    corriger(anct, comite, candidature, "refusee")
    cloturer(acteur=anct, comite=comite)
    candidature.refresh_from_db()
    assert candidature.etat == EtatCandidature.REFUSEE
    assert not vivants(candidature).exists()
    assert candidature.structure.participation_fin_le is None
    assert "les postes accordés sont retirés" in dernier_courriel()
    demander_reexamen(
        acteur=acteur_de_structure(candidature.structure), candidature=candidature, motif="Un nouveau financement."
    )
    assert violations() == []


def test_une_activee_ne_se_refuse_plus(anct, campagne):
    """R26: also when it was activated between the decision and the closing."""
    candidature = accordee(anct, campagne, 1)
    comite = suivant(campagne=campagne)
    corriger(anct, comite, candidature, "refusee")
    activer(acteur=anct, candidature=candidature)
    with pytest.raises(RegleNonRespectee, match="est activée : elle ne peut plus être refusée"):
        cloturer(acteur=anct, comite=comite)


def test_une_correction_a_toujours_un_motif(anct, campagne):
    """R26"""
    candidature = accordee(anct, campagne, 1)
    with pytest.raises(RegleNonRespectee, match="motif de la correction"):
        corriger(anct, suivant(campagne=campagne), candidature, "retenue", 2, motif=" ")


def test_une_correction_peut_prendre_ses_postes_ailleurs(anct):
    """R25, R26, R29: only what is added comes from the structure that gives."""
    campagne = CampagneFactory(enveloppe_postes=4)
    candidature = accordee(anct, campagne, 2, activee=True)
    donneuse = cedante(anct, campagne, 2)
    comite = suivant(campagne=campagne, enveloppe_postes=0)
    corriger(anct, comite, candidature, "retenue", 3, structure_cedante=donneuse)
    cloturer(acteur=anct, comite=comite)
    assert (vivants(candidature).count(), donneuse.postes.comptes().count()) == (3, 1)
    assert violations() == []


def test_un_examen_apres_une_decision_positive_ne_change_pas_le_nombre(anct, campagne):
    """R26, hard case 9: POSITIF then EXAMEN COMPLÉMENTAIRE: the valid figure is the last positive one."""
    candidature = accordee(anct, campagne, 3, activee=True)
    comite = suivant(campagne=campagne)
    corriger(anct, comite, candidature, "examen")
    cloturer(acteur=anct, comite=comite)
    candidature.refresh_from_db()
    assert candidature.etat == EtatCandidature.ACTIVEE
    assert vivants(candidature).count() == 3
    lignes = candidature.lignes_comite.order_by("comite__clos_le").values_list("decision", "nb_postes")
    assert dernier_nombre(lignes) == 3
    assert "reste valable" in dernier_courriel()
    assert violations() == []


def test_une_correction_ne_fait_pas_deux_candidatures_vivantes(anct, campagne):
    """R22: the establishment applied again since its refusal."""
    candidature = refusee(anct, campagne)
    comite = suivant(campagne=campagne)
    corriger(anct, comite, candidature, "retenue", 1)
    nouvelle = candidature_de(candidature.structure, campagne=campagne)
    with pytest.raises(RegleNonRespectee, match=f"n° {nouvelle.numero}, en cours"):
        cloturer(acteur=anct, comite=comite)
    with pytest.raises(RegleNonRespectee, match="existe déjà"):
        inscrire_correction(acteur=anct, comite=suivant(campagne=campagne), candidature=refusee_de(candidature))


def refusee_de(candidature):
    candidature.lignes_comite.filter(decision="retenue").delete()
    return candidature


def test_un_reexamen_demande_depuis_retire_la_correction(anct, campagne):
    """R26, R28: the application is to be examined again, not corrected."""
    candidature = refusee(anct, campagne)
    comite = suivant(campagne=campagne)
    corriger(anct, comite, candidature, "retenue", 1)
    demander_reexamen(
        acteur=acteur_de_structure(candidature.structure), candidature=candidature, motif="Un nouveau financement."
    )
    with pytest.raises(RegleNonRespectee, match="réexamen demandé"):
        cloturer(acteur=anct, comite=comite)


def test_seule_une_decision_se_corrige(anct, campagne):
    """R26"""
    deposee = CandidatureFactory(deposee=True, campagne=campagne)
    with pytest.raises(TransitionInterdite, match="pas de décision à corriger"):
        inscrire_correction(acteur=anct, comite=ComiteFactory(campagne=campagne), candidature=deposee)
    ailleurs = refusee(anct, CampagneFactory())
    with pytest.raises(RegleNonRespectee, match="ni décision ni poste"):
        inscrire_correction(acteur=anct, comite=ComiteFactory(campagne=campagne), candidature=ailleurs)
