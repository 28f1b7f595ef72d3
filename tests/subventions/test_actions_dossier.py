"""The structure's verbs on its file: opened, filled in, filed, completed, closed (R8, R53, R60, R61, R112)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from post_office.models import Email

from candidats.actions import annuler_validation, decliner, valider
from candidats.enums import EtatMiseEnRelation
from candidats.models import MiseEnRelation
from candidats.regles import MotifDeclin
from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite
from portal.commun.models import Document
from portal.commun.roles import Role
from structures.enums import EtatPoste
from structures.regimes import StatutJuridique
from subventions import actions
from subventions.enums import EtatDossier, EtatPiece
from subventions.models import Dossier
from tests.candidats.factories import CandidatFactory, acteur_candidat
from tests.comptes.factories import OrganisationFactory, RattachementFactory, acteur
from tests.structures.factories import PosteFactory, acteur_de_structure
from tests.subventions.factories import (
    IBAN,
    DossierFactory,
    MiseEnRelationValideeFactory,
    PieceFactory,
    acteur_du_dossier,
    fichier_pdf,
    fichier_png,
    piece_de,
)

pytestmark = pytest.mark.django_db
DONNEES = {
    "president_nom": "Dominique Lefort",
    "president_naissance": dt.date(1962, 3, 4),
    "dgs_nom": "Claude Roussel",
    "dgs_naissance": dt.date(1971, 9, 30),
    "iban": "FR76 3000 6000 0112 3456 7890 189",
    "aides": Decimal("0.00"),
    "cofinancement": "",
    "annonce_url": "https://www.emploi-territorial.fr/offre/o0312345",
    "annonce_le": dt.date(2021, 1, 15),
}


def courriels(modele: str) -> list[Email]:
    return [c for c in Email.objects.order_by("pk") if (c.headers or {}).get("X-Portail-Modele") == modele]


def preselection(**poste) -> MiseEnRelation:
    return MiseEnRelation.objects.create(
        poste=PosteFactory(**poste),
        candidat=CandidatFactory(),
        origine="moteur",
        etat=EtatMiseEnRelation.PRESELECTIONNEE,
    )


# --- opening --------------------------------------------------------------------------------------------------------


def test_valider_une_candidature_ouvre_le_dossier_r53():
    paire = preselection()
    agent = acteur_de_structure(paire.poste.structure)
    valider(acteur=agent, mise_en_relation=paire, taille_tenue="M")
    dossier = Dossier.objects.get(mise_en_relation=paire)
    assert dossier.etat == EtatDossier.CONSTITUTION
    assert (dossier.poste, dossier.structure) == (paire.poste, paire.poste.structure)
    assert dossier.statut_juridique == StatutJuridique.PUBLIC
    # R110: opened in the name of whoever validated.
    premiere = dossier.history.earliest()
    assert (premiere.history_user_id, premiere.history_role) == (agent.utilisateur_id, Role.STRUCTURE)
    [courriel] = courriels("subventions/dossier_ouvert")
    assert courriel.to == [agent.courriel]
    assert str(dossier.uuid) in courriel.message


@pytest.mark.parametrize(
    ("traits", "obligatoires", "facultatives"),
    [
        (
            {},
            {"sirene", "identite-president", "identite-dgs", "rib", "deliberation", "contrat"},
            {"cofinancement"},
        ),
        (
            {"privee": True},
            {"sirene", "identite-president", "rib", "statuts", "contrat"},
            {"identite-dgs", "cofinancement"},
        ),
    ],
)
def test_les_pieces_suivent_le_statut_r60(traits, obligatoires, facultatives):
    paire = MiseEnRelationValideeFactory(**{f"poste__{nom}": valeur for nom, valeur in traits.items()})
    dossier = actions.ouvrir_dossier(acteur=Acteur.systeme(), mise_en_relation=paire)
    pieces = dict(dossier.pieces.values_list("nature", "obligatoire"))
    assert {nature for nature, obligatoire in pieces.items() if obligatoire} == obligatoires
    assert {nature for nature, obligatoire in pieces.items() if not obligatoire} == facultatives


def test_le_numero_d_un_dossier_n_est_jamais_donne_deux_fois():
    un = actions.ouvrir_dossier(acteur=Acteur.systeme(), mise_en_relation=MiseEnRelationValideeFactory())
    deux = actions.ouvrir_dossier(acteur=Acteur.systeme(), mise_en_relation=MiseEnRelationValideeFactory())
    assert deux.numero == un.numero + 1


def test_ce_que_la_structure_a_deja_dit_n_est_pas_redemande():
    premier = DossierFactory(complet=True)
    paire = MiseEnRelationValideeFactory(poste__structure=premier.structure)
    second = actions.ouvrir_dossier(acteur=Acteur.systeme(), mise_en_relation=paire)
    assert (second.president_nom, second.iban) == (premier.president_nom, IBAN)
    # What is about the post itself is asked again.
    assert (second.annonce_url, second.annonce_le) == ("", None)
    ailleurs = actions.ouvrir_dossier(acteur=Acteur.systeme(), mise_en_relation=MiseEnRelationValideeFactory())
    assert ailleurs.iban == ""


# --- filling in -----------------------------------------------------------------------------------------------------


def test_completer_garde_ce_qui_est_connu_r60():
    dossier = DossierFactory()
    agent = acteur_du_dossier(dossier)
    actions.completer_dossier(acteur=agent, dossier=dossier, donnees={"president_nom": "  Dominique Lefort "})
    actions.completer_dossier(acteur=agent, dossier=dossier, donnees={"iban": DONNEES["iban"]})
    dossier.refresh_from_db()
    assert (dossier.president_nom, dossier.iban) == ("Dominique Lefort", IBAN)


@pytest.mark.parametrize(
    ("champ", "valeur", "regle"),
    [
        ("iban", "FR76 3000 6000 0112 3456 7890 188", "R60"),
        ("iban", "pas un IBAN", "R60"),
        ("president_naissance", dt.date(2015, 1, 1), "R60"),
        ("dgs_naissance", dt.date(1850, 1, 1), "R60"),
        ("aides", Decimal("-1.00"), "R8"),
        ("annonce_url", "https://exemple.fr/offre", "R3"),
        ("annonce_url", "https://emploi-territorial.fr.exemple.fr/offre", "R3"),
        ("annonce_le", dt.date(2999, 1, 1), "R3"),
    ],
)
def test_ce_qui_ne_peut_pas_etre_est_refuse(champ, valeur, regle):
    dossier = DossierFactory()
    with pytest.raises(RegleNonRespectee) as refus:
        actions.completer_dossier(acteur=acteur_du_dossier(dossier), dossier=dossier, donnees={champ: valeur})
    assert (refus.value.regle, refus.value.champ) == (regle, champ)


def test_une_aide_declaree_demande_son_justificatif_r8():
    dossier = DossierFactory()
    agent = acteur_du_dossier(dossier)
    actions.completer_dossier(acteur=agent, dossier=dossier, donnees={"aides": Decimal("1500.00")})
    assert piece_de(dossier, "autres-aides").obligatoire
    actions.completer_dossier(acteur=agent, dossier=dossier, donnees={"aides": Decimal("0.00")})
    assert not dossier.pieces.filter(nature="autres-aides").exists()


def test_une_piece_deja_deposee_n_est_jamais_perdue_r8():
    dossier = DossierFactory(aides=Decimal("1500.00"))
    agent = acteur_du_dossier(dossier)
    actions.deposer_piece(acteur=agent, piece=piece_de(dossier, "autres-aides"), fichier=fichier_pdf())
    actions.completer_dossier(acteur=agent, dossier=dossier, donnees={"aides": Decimal("0.00")})
    piece = piece_de(dossier, "autres-aides")
    assert (piece.obligatoire, piece.etat) == (False, EtatPiece.RECUE)


def test_un_cofinancement_declare_demande_son_justificatif_r60():
    dossier = DossierFactory()
    agent = acteur_du_dossier(dossier)
    actions.completer_dossier(acteur=agent, dossier=dossier, donnees={"cofinancement": "Région, 5 000 €"})
    assert piece_de(dossier, "cofinancement").obligatoire
    actions.completer_dossier(acteur=agent, dossier=dossier, donnees={"cofinancement": "  "})
    assert not piece_de(dossier, "cofinancement").obligatoire


@pytest.mark.parametrize("etat", ["depose", "conforme", "clos"])
def test_un_dossier_en_instruction_ne_se_modifie_plus_r61(etat):
    dossier = DossierFactory(**{etat: True})
    with pytest.raises(TransitionInterdite):
        actions.completer_dossier(acteur=acteur_du_dossier(dossier), dossier=dossier, donnees={"iban": IBAN})


def test_une_autre_structure_ne_touche_pas_au_dossier():
    dossier = DossierFactory()
    autre = acteur(Role.STRUCTURE)
    for verbe in (
        lambda: actions.completer_dossier(acteur=autre, dossier=dossier, donnees={"iban": IBAN}),
        lambda: actions.deposer_piece(acteur=autre, piece=piece_de(dossier, "rib"), fichier=fichier_pdf()),
        lambda: actions.deposer_dossier(acteur=autre, dossier=dossier),
        lambda: actions.envoyer_message(acteur=autre, dossier=dossier, texte="Bonjour"),
        lambda: actions.marquer_lus(acteur=autre, dossier=dossier),
    ):
        with pytest.raises(AccesRefuse):
            verbe()


# --- pieces ---------------------------------------------------------------------------------------------------------


def test_deposer_une_piece_r60():
    dossier = DossierFactory()
    agent = acteur_du_dossier(dossier)
    piece = actions.deposer_piece(acteur=agent, piece=piece_de(dossier, "rib"), fichier=fichier_pdf("rib.pdf"))
    assert (piece.etat, piece.document.nom, piece.document.depose_par_id) == (
        EtatPiece.RECUE,
        "rib.pdf",
        agent.utilisateur_id,
    )
    piece = actions.deposer_piece(acteur=agent, piece=piece_de(dossier, "identite-president"), fichier=fichier_png())
    assert piece.document.extension == "png"


@pytest.mark.parametrize("contenu", [b"", b"MZ\x90\x00 programme", b"<html>page</html>"])
def test_un_fichier_qui_n_est_pas_une_piece_est_refuse_r60(contenu):
    dossier = DossierFactory()
    fichier = SimpleUploadedFile("piece.pdf", contenu, content_type="application/pdf")
    with pytest.raises(RegleNonRespectee) as refus:
        actions.deposer_piece(acteur=acteur_du_dossier(dossier), piece=piece_de(dossier, "rib"), fichier=fichier)
    assert refus.value.champ == "fichier"
    assert piece_de(dossier, "rib").etat == EtatPiece.ATTENDUE


def test_le_fichier_remplace_est_supprime_r112(django_capture_on_commit_callbacks):
    dossier = DossierFactory()
    agent = acteur_du_dossier(dossier)
    premier = actions.deposer_piece(acteur=agent, piece=piece_de(dossier, "rib"), fichier=fichier_pdf()).document
    with django_capture_on_commit_callbacks(execute=True):
        second = actions.deposer_piece(acteur=agent, piece=piece_de(dossier, "rib"), fichier=fichier_pdf()).document
    assert Document.objects.get(pk=premier.pk).supprime_le is not None
    assert not premier.fichier.storage.exists(premier.fichier.name)
    assert second.fichier.storage.exists(second.fichier.name)


def test_une_piece_acceptee_ne_se_remplace_plus_r60():
    dossier = DossierFactory(complement=True, etat_pieces=EtatPiece.ACCEPTEE)
    with pytest.raises(TransitionInterdite, match="acceptée"):
        actions.deposer_piece(acteur=acteur_du_dossier(dossier), piece=piece_de(dossier, "rib"), fichier=fichier_pdf())


def test_pendant_l_instruction_seule_une_piece_refusee_se_remplace_r61():
    dossier = DossierFactory(depose=True)
    agent = acteur_du_dossier(dossier)
    with pytest.raises(TransitionInterdite, match="examine"):
        actions.deposer_piece(acteur=agent, piece=piece_de(dossier, "rib"), fichier=fichier_pdf())
    gestionnaire = acteur(Role.BDT)
    actions.refuser_piece(acteur=gestionnaire, piece=piece_de(dossier, "rib"), motif="Illisible.")
    piece = actions.deposer_piece(acteur=agent, piece=piece_de(dossier, "rib"), fichier=fichier_pdf())
    assert (piece.etat, piece.motif_refus) == (EtatPiece.RECUE, "")
    [courriel] = courriels("subventions/piece_remplacee")
    assert courriel.to == [gestionnaire.courriel]


# --- filing ---------------------------------------------------------------------------------------------------------


def test_deposer_un_dossier_complet_r2():
    dossier = DossierFactory(complet=True)
    equipe = RattachementFactory(bdt=True).utilisateur
    agent = acteur_du_dossier(dossier)
    dossier = actions.deposer_dossier(acteur=agent, dossier=dossier)
    assert dossier.etat == EtatDossier.DEPOSE
    assert timezone.localdate(dossier.depose_le) == timezone.localdate()
    [a_bdt], [recu] = courriels("subventions/dossier_depose"), courriels("subventions/depot_recu")
    assert (a_bdt.to, recu.to) == ([equipe.email], [agent.courriel])
    assert "Réponse au plus tard le" in recu.message
    # R80: in the public call the training body makes the first move; since 2022 the structure does.
    assert "va prendre contact avec vous" in recu.message
    prive = DossierFactory(privee=True, complet=True)
    actions.deposer_dossier(acteur=acteur_du_dossier(prive), dossier=prive)
    assert "prenez contact avec votre organisme" in courriels("subventions/depot_recu")[1].message


def test_l_adresse_de_l_equipe_bdt_passe_avant_celle_des_agents_r113():
    OrganisationFactory(bdt=True, courriel="subventions@bdt.exemple.fr")
    RattachementFactory(bdt=True)
    dossier = DossierFactory(complet=True)
    actions.deposer_dossier(acteur=acteur_du_dossier(dossier), dossier=dossier)
    [courriel] = courriels("subventions/dossier_depose")
    assert courriel.to == ["subventions@bdt.exemple.fr"]


def test_un_dossier_incomplet_dit_ce_qui_manque_r60_r3():
    dossier = DossierFactory(complet=True, iban="", annonce_le=None)
    dossier.pieces.filter(nature="deliberation").delete()
    PieceFactory(dossier=dossier, nature="deliberation", etat=EtatPiece.REFUSEE)
    dossier.pieces.filter(nature="sirene").delete()
    with pytest.raises(RegleNonRespectee) as refus:
        actions.deposer_dossier(acteur=acteur_du_dossier(dossier), dossier=dossier)
    assert refus.value.regle == "R60"
    for manque in ("IBAN", "date de publication de l’annonce", "délibération", "SIRENE"):
        assert manque in refus.value.message
    dossier.refresh_from_db()
    assert (dossier.etat, dossier.depose_le) == (EtatDossier.CONSTITUTION, None)
    assert not Email.objects.exists()


def test_la_dispense_d_annonce_permet_le_depot_r3():
    dossier = DossierFactory(complet=True, annonce_url="", annonce_le=None)
    agent = acteur_du_dossier(dossier)
    with pytest.raises(RegleNonRespectee):
        actions.deposer_dossier(acteur=agent, dossier=dossier)
    actions.dispenser_annonce(acteur=acteur(Role.ANCT), dossier=dossier, motif="Recrutement par mutation.")
    assert actions.deposer_dossier(acteur=agent, dossier=dossier).etat == EtatDossier.DEPOSE


def test_une_structure_privee_n_a_ni_annonce_ni_directeur_obligatoires_r3():
    dossier = DossierFactory(privee=True, complet=True, annonce_url="", annonce_le=None, dgs_nom="", dgs_naissance=None)
    assert actions.deposer_dossier(acteur=acteur_du_dossier(dossier), dossier=dossier).etat == EtatDossier.DEPOSE


def test_un_dossier_rejete_se_depose_de_nouveau_r61():
    dossier = DossierFactory(rejete=True)
    ancien = timezone.now() - dt.timedelta(days=40)
    Dossier.objects.filter(pk=dossier.pk).update(depose_le=ancien)
    dossier = actions.deposer_dossier(acteur=acteur_du_dossier(dossier), dossier=dossier)
    assert dossier.etat == EtatDossier.DEPOSE
    # R2: the time starts anew, and BdT still reads why it had been rejected.
    assert dossier.depose_le > ancien + dt.timedelta(days=39)
    assert dossier.motif_rejet


# --- closing --------------------------------------------------------------------------------------------------------


def test_annuler_la_validation_clot_le_dossier_r53():
    paire = preselection()
    agent = acteur_de_structure(paire.poste.structure)
    valider(acteur=agent, mise_en_relation=paire, taille_tenue="M")
    paire.refresh_from_db()
    annuler_validation(acteur=agent, mise_en_relation=paire, motif="La personne a changé d’avis.")
    dossier = Dossier.objects.get(mise_en_relation=paire)
    assert dossier.etat == EtatDossier.CLOS
    paire.poste.refresh_from_db()
    assert paire.poste.etat == EtatPoste.A_POURVOIR
    assert len(courriels("subventions/dossier_clos")) == 1
    # BdT had never received it.
    assert courriels("subventions/dossier_clos_bdt") == []


def test_le_candidat_qui_decline_clot_le_dossier_r53():
    dossier = DossierFactory(depose=True)
    RattachementFactory(bdt=True)
    decliner(
        acteur=acteur_candidat(dossier.candidat),
        mise_en_relation=dossier.mise_en_relation,
        motif=MotifDeclin.AUTRE_EMPLOI,
    )
    assert Dossier.objects.get(pk=dossier.pk).etat == EtatDossier.CLOS
    assert len(courriels("subventions/dossier_clos_bdt")) == 1


def test_une_personne_validee_de_nouveau_a_un_nouveau_dossier_r53():
    dossier = DossierFactory(clos=True)
    MiseEnRelation.objects.filter(pk=dossier.mise_en_relation_id).update(etat=EtatMiseEnRelation.VALIDEE)
    nouveau = actions.ouvrir_dossier(acteur=Acteur.systeme(), mise_en_relation=dossier.mise_en_relation)
    assert nouveau.pk != dossier.pk
    assert nouveau.etat == EtatDossier.CONSTITUTION


def test_clore_ferme_la_demande_de_complement_et_previent_bdt():
    dossier = DossierFactory(complement=True)
    RattachementFactory(bdt=True)
    actions.clore_dossier(acteur=Acteur.systeme(), dossier=dossier, motif="Validation annulée")
    assert not dossier.demandes_complement.filter(repondue_le__isnull=True).exists()
    assert len(courriels("subventions/dossier_clos_bdt")) == 1


def test_un_dossier_clos_le_reste():
    dossier = DossierFactory(clos=True)
    with pytest.raises(TransitionInterdite):
        actions.clore_dossier(acteur=Acteur.systeme(), dossier=dossier, motif="Encore")
