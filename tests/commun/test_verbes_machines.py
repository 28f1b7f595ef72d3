"""Verbs, machines, signed history: the pattern that every floor follows (ARCHITECTURE §3, R110)."""

from __future__ import annotations

import pytest
from django.db import connection

from portal.commun import evenements
from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, Manquement, RegleNonRespectee, TransitionInterdite, bloquants, exiger
from portal.commun.journal import contexte_courant, journal
from portal.commun.roles import Role
from portal.commun.verbes import verbe
from portal.comptes.models import Organisation
from structures.enums import EtatCampagne
from structures.etats import MACHINE_CAMPAGNE
from structures.models import Campagne
from tests.comptes.factories import OrganisationFactory, UtilisateurFactory
from tests.outils_machines import verifier_machine

ATTENDU = {
    "ouvrir": ({"preparee", "fermee"}, "ouverte", {"anct"}),
    "fermer": ({"ouverte"}, "fermee", {"anct"}),
}


def campagne(**champs) -> Campagne:
    return Campagne(code="essai", nom="Essai", regime="ami-public-2020", ouvre_le="2021-01-01", enveloppe_postes=1,
                    enveloppe_montant=1, **champs)  # fmt: skip


# --- machines --------------------------------------------------------------------------------------------------------


def test_l_outil_exhaustif_accepte_la_vraie_table():
    verifier_machine(MACHINE_CAMPAGNE, ATTENDU, Campagne)


@pytest.mark.parametrize(
    "fausse",
    [
        {**ATTENDU, "ouvrir": ({"preparee"}, "ouverte", {"anct"})},
        {**ATTENDU, "ouvrir": ({"preparee", "fermee"}, "fermee", {"anct"})},
        {**ATTENDU, "ouvrir": ({"preparee", "fermee"}, "ouverte", {"anct", "bdt"})},
        {"ouvrir": ATTENDU["ouvrir"]},
    ],
    ids=["source", "cible", "role", "transition"],
)
def test_l_outil_exhaustif_voit_chaque_ecart(fausse):
    with pytest.raises((AssertionError, TransitionInterdite, AccesRefuse, pytest.fail.Exception)):
        verifier_machine(MACHINE_CAMPAGNE, fausse, Campagne)


def test_franchir_date_et_signe_l_etat_R110():
    objet = campagne()
    avant = objet.etat_le
    MACHINE_CAMPAGNE.franchir(objet, "ouvrir", acteur=Acteur(Role.ANCT, utilisateur_id=7))
    assert (objet.etat, objet.etat_par_id, objet.etat_role) == ("ouverte", 7, "anct")
    assert objet.etat_le > avant


def test_un_refus_se_dit_en_francais():
    objet = campagne()
    with pytest.raises(TransitionInterdite, match="l’état actuel est « Préparée »"):
        MACHINE_CAMPAGNE.verifier(objet, "fermer", Acteur(Role.ANCT))
    with pytest.raises(AccesRefuse, match="Votre rôle \\(Structure\\)"):
        MACHINE_CAMPAGNE.verifier(objet, "ouvrir", Acteur(Role.STRUCTURE))


def test_les_boutons_suivent_la_table():
    objet = campagne()
    assert [ligne.nom for ligne in objet.actions_permises(Acteur(Role.ANCT))] == ["ouvrir"]
    assert objet.actions_permises(Acteur(Role.BDT)) == []


def test_un_etat_ne_s_ecrit_pas_a_la_main():
    objet = campagne()
    with pytest.raises(AttributeError):
        objet.etat = EtatCampagne.OUVERTE


@pytest.mark.django_db
def test_l_historique_d_un_objet_a_etat_porte_l_etat_l_auteur_le_role_et_la_raison_R110():
    personne = UtilisateurFactory()
    acteur = Acteur(Role.ANCT, utilisateur_id=personne.pk)
    objet = campagne()
    objet.save()
    with journal(acteur, "Ouverture nationale"):
        MACHINE_CAMPAGNE.franchir(objet, "ouvrir", acteur=acteur)
        objet.save()
    objet.refresh_from_db()
    assert objet.etat == "ouverte"
    derniere, premiere = objet.history.all()
    assert (premiere.etat, premiere.history_role, premiere.history_user_id) == ("preparee", "systeme", None)
    assert (derniere.etat, derniere.history_role, derniere.history_user_id) == ("ouverte", "anct", personne.pk)
    assert derniere.history_change_reason == "Ouverture nationale"


@pytest.mark.django_db
def test_signer_l_historique_ne_relit_pas_la_personne(django_assert_num_queries):
    personne, organisation = UtilisateurFactory(), OrganisationFactory()
    # The line, the new row of the history.
    with journal(Acteur(Role.ANCT, utilisateur_id=personne.pk)), django_assert_num_queries(2):
        organisation.nom = "Autre"
        organisation.save()


# --- verbs -----------------------------------------------------------------------------------------------------------


@verbe
def renommer(*, acteur: Acteur, organisation: Organisation, nom: str, motif: str = "") -> Organisation:
    organisation.nom = nom
    organisation.save()
    if nom == "interdit":
        raise RegleNonRespectee("R0", "Ce nom est interdit.")
    return organisation


@pytest.mark.django_db
def test_un_verbe_rend_l_objet_et_signe_son_historique_R110():
    personne, organisation = UtilisateurFactory(), OrganisationFactory()
    acteur = Acteur(Role.ANCT, utilisateur_id=personne.pk)
    assert renommer(acteur=acteur, organisation=organisation, nom="Neuf", motif="Erreur de saisie") is organisation
    ligne = organisation.history.first()
    assert (ligne.history_role, ligne.history_user_id, ligne.history_change_reason) == (
        "anct",
        personne.pk,
        "Erreur de saisie",
    )


@pytest.mark.django_db
def test_un_verbe_refuse_ne_laisse_rien():
    organisation = OrganisationFactory(nom="Avant")
    with pytest.raises(RegleNonRespectee):
        renommer(acteur=Acteur.systeme(), organisation=organisation, nom="interdit")
    organisation.refresh_from_db()
    assert organisation.nom == "Avant"
    assert organisation.history.count() == 1


@pytest.mark.django_db
def test_un_verbe_appele_par_un_autre_garde_la_raison_du_premier():
    organisation = OrganisationFactory()

    @verbe
    def deux_fois(*, acteur: Acteur, motif: str) -> None:
        renommer(acteur=acteur, organisation=organisation, nom="Un")
        renommer(acteur=acteur, organisation=organisation, nom="Deux", motif="La sienne")

    deux_fois(acteur=Acteur.systeme(), motif="Celle du premier")
    raisons = list(organisation.history.values_list("history_change_reason", flat=True))[:2]
    assert raisons == ["La sienne", "Celle du premier"]
    assert contexte_courant() is None


@pytest.mark.django_db(transaction=True)
def test_un_verbe_tourne_dans_une_transaction():
    @verbe
    def voir(*, acteur: Acteur) -> bool:
        return connection.in_atomic_block

    assert voir(acteur=Acteur.systeme())
    assert not connection.in_atomic_block


def test_un_verbe_ne_prend_que_des_arguments_nommes_et_l_acteur_d_abord():
    with pytest.raises(TypeError):
        verbe(lambda acteur: None)
    with pytest.raises(TypeError):
        verbe(lambda *, objet, acteur: None)
    with pytest.raises(TypeError, match="keyword"):
        renommer(Acteur.systeme(), OrganisationFactory.build(), "x")


# --- events and broken rules -----------------------------------------------------------------------------------------


def test_un_evenement_appelle_ses_abonnes_une_fois_dans_l_ordre(monkeypatch):
    from collections import defaultdict

    monkeypatch.setattr(evenements, "_abonnes", defaultdict(list))
    recus = []

    def premier(poste):
        recus.append(("premier", poste))

    def second(poste):
        recus.append(("second", poste))

    for fonction in (premier, second, premier):
        evenements.abonner("poste.libere", fonction)
    evenements.emettre("poste.libere", poste=1)
    assert recus == [("premier", 1), ("second", 1)]
    with pytest.raises(KeyError):
        evenements.emettre("poste.inconnu")
    with pytest.raises(KeyError):
        evenements.abonner("poste.inconnu", premier)


def test_un_avertissement_n_arrete_pas_un_verbe():
    avertissement = Manquement("R83", "Pensez-y.", bloquant=False)
    exiger([avertissement])
    assert bloquants([avertissement]) == []
    with pytest.raises(RegleNonRespectee) as erreur:
        exiger([avertissement, Manquement("R62", "Non.", "debut"), Manquement("R62", "Non plus.")])
    assert (erreur.value.regle, erreur.value.champ, str(erreur.value)) == ("R62", "debut", "Non.")
