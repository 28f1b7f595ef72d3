"""R63, R64: the agreement generated, signed by both parties, withdrawn; R6 to R9 for what it states."""

from __future__ import annotations

import datetime as dt
import hashlib
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from post_office.models import Email

from portal.commun.dates import ajouter_mois
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite
from portal.commun.roles import Role
from structures.regimes import Horloge, TypeStructure
from subventions.actions import annuler_convention, generer_convention, signer_convention
from subventions.bareme import MontantAFixer
from subventions.enums import EtatConvention, EtatTranche, Partie
from subventions.etats import MACHINE_CONVENTION
from subventions.models import Convention, SignatureConvention, Tranche
from tests.comptes.factories import RattachementFactory, acteur
from tests.outils_machines import verifier_machine
from tests.structures.factories import lieu
from tests.subventions.factories import DossierFactory, acteur_du_dossier
from tests.subventions.factories_contrats import ContratFactory, ConventionFactory, lire, signataire_bdt

pytestmark = pytest.mark.django_db


def test_machine_de_la_convention():
    """R63: the structure signs first, then BdT; withdrawn before that only."""
    verifier_machine(
        MACHINE_CONVENTION,
        {
            "signer_structure": ({"a_signer"}, "signee_structure", {"structure"}),
            "signer_bdt": ({"signee_structure"}, "signee", {"bdt"}),
            "annuler": ({"a_signer", "signee_structure"}, "annulee", {"bdt", "anct"}),
        },
        Convention,
    )


# --- made -----------------------------------------------------------------------------------------------------------


def test_generer():
    """R63: figures of the scale, private file with its hash, mail to those who manage the structure's space."""
    contrat = ContratFactory(signe=True)
    membre = RattachementFactory(organisation=contrat.dossier.structure.organisation, administrateur=True)
    convention = generer_convention(acteur=acteur("bdt"), dossier=contrat.dossier)
    convention = Convention.objects.select_related("document").get(pk=convention.pk)
    assert convention.numero == f"CN-{contrat.dossier.numero:05d}"
    assert (convention.base, convention.majoration, convention.deductions) == (Decimal(50000), 0, 0)
    assert (convention.montant, convention.duree_mois) == (Decimal("50000.00"), 24)
    assert convention.horloge == Horloge.SIGNATURE_CONTRAT
    assert convention.empreinte == hashlib.sha256(lire(convention.document)).hexdigest()
    assert [regle["regle"] for regle in convention.calcul] == ["R6"]
    assert not convention.tranches.exists()
    (mail,) = Email.objects.filter(to=membre.utilisateur.email)
    assert convention.numero in mail.subject


def test_montants_outre_mer_et_aides():
    """R7, R8: the département is that of the structure's commune; aid already paid is deducted."""
    contrat = ContratFactory(
        signe=True,
        dossier=DossierFactory(
            conforme=True,
            aides=Decimal("3000.50"),
            mise_en_relation__poste__structure__commune=lieu("97411"),
            mise_en_relation__poste__structure__code_postal="97400",
        ),
    )
    convention = generer_convention(acteur=acteur("bdt"), dossier=contrat.dossier)
    assert (convention.base, convention.majoration) == (Decimal("50000.00"), Decimal("17500.00"))
    assert (convention.deductions, convention.montant) == (Decimal("3000.50"), Decimal("64499.50"))


def autre_publique_outre_mer():
    """R6: what S2 announces without a figure."""
    dossier = DossierFactory(
        conforme=True,
        coordinateurs=True,
        mise_en_relation__poste__structure__type=TypeStructure.GIP.value,
        mise_en_relation__poste__structure__commune=lieu("97411"),
    )
    fin = timezone.localdate() + dt.timedelta(days=365)
    return ContratFactory(signe=True, dossier=dossier, nature="cdd-public", fin=fin)


def test_montant_a_fixer_par_la_bdt():
    """R6, R9: never guessed; set by BdT with a reason that the agreement states."""
    contrat = autre_publique_outre_mer()
    bdt = acteur("bdt")
    with pytest.raises(MontantAFixer):
        generer_convention(acteur=bdt, dossier=contrat.dossier)
    with pytest.raises(RegleNonRespectee) as refus:
        generer_convention(acteur=bdt, dossier=contrat.dossier, montant_fixe=Decimal(50000))
    assert refus.value.champ == "motif_montant"
    convention = generer_convention(
        acteur=bdt, dossier=contrat.dossier, montant_fixe=Decimal(50000), motif_montant="Décision du 3 mars."
    )
    assert (convention.montant, convention.majoration) == (Decimal("50000.00"), Decimal("12500.00"))
    assert "Décision du 3 mars." in str(convention.calcul)


def test_montant_impose_la_ou_le_bareme_parle():
    """R6: BdT sets an amount only where the scale is silent."""
    contrat = ContratFactory()
    with pytest.raises(RegleNonRespectee, match="barème"):
        generer_convention(
            acteur=acteur("bdt"), dossier=contrat.dossier, montant_fixe=Decimal(60000), motif_montant="Geste"
        )


def test_une_seule_convention_vivante():
    """R63: one at a time; the one made after a withdrawal has a number of its own."""
    contrat = ContratFactory()
    bdt = acteur("bdt")
    premiere = generer_convention(acteur=bdt, dossier=contrat.dossier)
    with pytest.raises(TransitionInterdite, match="existe déjà"):
        generer_convention(acteur=bdt, dossier=contrat.dossier)
    annuler_convention(acteur=bdt, convention=premiere, motif="Montant erroné")
    seconde = generer_convention(acteur=bdt, dossier=contrat.dossier)
    assert seconde.numero == f"{premiere.numero}-2"
    assert seconde.document_id != premiere.document_id


def test_generer_trop_tot_ou_par_un_autre():
    """R63: on a compliant file, with a contract, by BdT."""
    with pytest.raises(TransitionInterdite, match="conforme"):
        generer_convention(acteur=acteur("bdt"), dossier=ContratFactory(dossier=DossierFactory(depose=True)).dossier)
    dossier = DossierFactory(conforme=True)
    with pytest.raises(TransitionInterdite, match="contrat"):
        generer_convention(acteur=acteur("bdt"), dossier=dossier)
    for role in set(Role) - {Role.BDT, Role.SYSTEME, Role.VISITEUR, Role.STRUCTURE}:
        with pytest.raises(AccesRefuse):
            generer_convention(acteur=acteur(role), dossier=dossier)
    with pytest.raises(AccesRefuse):
        generer_convention(acteur=acteur_du_dossier(dossier), dossier=dossier)


# --- signed ---------------------------------------------------------------------------------------------------------


def test_deux_signatures():
    """R63, R64: the structure, then BdT; date, person, function and hash of each; the schedule at the last one."""
    convention = ConventionFactory()
    dossier = convention.dossier
    maire = acteur_du_dossier(dossier)
    RattachementFactory(bdt=True, utilisateur__email="bdt@exemple.fr")
    signer_convention(acteur=maire, convention=convention, fonction="Maire")
    convention = Convention.objects.get(pk=convention.pk)
    assert convention.etat == EtatConvention.SIGNEE_STRUCTURE
    assert not convention.tranches.exists()
    assert Email.objects.filter(to="bdt@exemple.fr", subject__contains=convention.numero).exists()
    agent = signataire_bdt()
    signer_convention(acteur=agent, convention=convention, fonction="Chargée de gestion")
    convention = Convention.objects.get(pk=convention.pk)
    assert convention.etat == EtatConvention.SIGNEE
    signatures = {s.partie: s for s in convention.signatures.all()}
    assert signatures[Partie.STRUCTURE].signataire_id == maire.utilisateur_id
    assert signatures[Partie.STRUCTURE].signataire_fonction == "Maire"
    assert signatures[Partie.BDT].signataire_nom == agent.nom
    assert {s.empreinte for s in signatures.values()} == {convention.empreinte}
    signe_le = dossier.contrat.signe_le
    assert list(convention.tranches.values_list("rang", "montant", "prevue_le", "etat")) == [
        (1, Decimal("10000.00"), ajouter_mois(signe_le, 1), EtatTranche.PREVUE),
        (2, Decimal("15000.00"), ajouter_mois(signe_le, 6), EtatTranche.PREVUE),
        (3, Decimal("25000.00"), ajouter_mois(signe_le, 12), EtatTranche.PREVUE),
    ]
    mail = Email.objects.get(to=maire.courriel, subject__contains="toutes les parties")
    assert "Tranche 3" in mail.message


def test_la_bdt_ne_signe_pas_la_premiere():
    """R63"""
    with pytest.raises(TransitionInterdite):
        signer_convention(acteur=signataire_bdt(), convention=ConventionFactory(), fonction="Responsable")


def test_seuls_les_signataires_signent():
    """R63: named in the team, in force, of this very structure; never the portal itself."""
    convention = ConventionFactory()
    dossier = convention.dossier
    retire = acteur_du_dossier(dossier)
    type(RattachementFactory()).objects.filter(utilisateur=retire.utilisateur_id).update(fin_le=timezone.now())
    ailleurs = acteur(Role.STRUCTURE, signataire=True)
    from portal.commun.acteurs import Acteur

    for qui in (acteur_du_dossier(dossier, signataire=False), retire, ailleurs, Acteur.systeme()):
        with pytest.raises(AccesRefuse):
            signer_convention(acteur=qui, convention=convention, fonction="Maire")
    assert not SignatureConvention.objects.exists()
    envoyee = ConventionFactory(signee_structure=True)
    with pytest.raises(AccesRefuse, match="signataire"):
        signer_convention(acteur=acteur("bdt"), convention=envoyee, fonction="Responsable")


def test_la_fonction_est_demandee():
    """R63"""
    convention = ConventionFactory()
    with pytest.raises(RegleNonRespectee) as refus:
        signer_convention(acteur=acteur_du_dossier(convention.dossier), convention=convention, fonction="  ")
    assert refus.value.champ == "fonction"


def test_un_fichier_remplace_ne_se_signe_pas():
    """R63: what is signed is the file whose hash is kept."""
    convention = ConventionFactory()
    chemin = convention.document.fichier.path
    with open(chemin, "ab") as fichier:
        fichier.write(b"%")
    with pytest.raises(RegleNonRespectee, match="empreinte"):
        signer_convention(acteur=acteur_du_dossier(convention.dossier), convention=convention, fonction="Maire")


def test_signer_ne_remplace_pas_le_fichier():
    """R63: the same file before and after both signatures."""
    convention = generer_convention(acteur=acteur("bdt"), dossier=ContratFactory(signe=True).dossier)
    avant = lire(convention.document)
    signer_convention(acteur=acteur_du_dossier(convention.dossier), convention=convention, fonction="Maire")
    signer_convention(acteur=signataire_bdt(), convention=convention, fonction="Responsable")
    relue = Convention.objects.select_related("document").get(pk=convention.pk)
    assert relue.document_id == convention.document_id
    assert lire(relue.document) == avant
    assert relue.empreinte == convention.empreinte == hashlib.sha256(avant).hexdigest()


def test_une_seule_signature_par_partie():
    """R63, held by the database too."""
    convention = ConventionFactory(signee=True)
    signature = convention.signatures.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        SignatureConvention.objects.create(
            convention=convention,
            partie=signature.partie,
            signataire=signature.signataire,
            signataire_nom="X",
            signataire_fonction="Y",
            signee_le=timezone.now(),
            empreinte=signature.empreinte,
        )


def test_contrat_signe_apres_la_convention():
    """R4, R64: the tranches have no date until the event of the clock."""
    convention = ConventionFactory(signee=True, contrat_signe=False)
    assert convention.evenement_le is None
    assert set(convention.tranches.values_list("prevue_le", flat=True)) == {None}
    assert sum(Tranche.objects.values_list("montant", flat=True)) == convention.montant


# --- withdrawn ------------------------------------------------------------------------------------------------------


def test_annuler_avec_motif():
    """R63: the structure is told why; the signature given stays as a trace."""
    convention = ConventionFactory(signee_structure=True)
    membre = RattachementFactory(organisation=convention.dossier.structure.organisation, administrateur=True)
    with pytest.raises(RegleNonRespectee):
        annuler_convention(acteur=acteur("bdt"), convention=convention, motif=" ")
    annuler_convention(acteur=acteur("bdt"), convention=convention, motif="Le montant était faux.")
    convention = Convention.objects.get(pk=convention.pk)
    assert convention.etat == EtatConvention.ANNULEE
    assert convention.signatures.count() == 1
    assert convention.history.latest().history_change_reason == "Le montant était faux."
    assert "Le montant était faux." in Email.objects.get(to=membre.utilisateur.email).message
    with pytest.raises(TransitionInterdite):
        signer_convention(acteur=signataire_bdt(), convention=convention, fonction="Responsable")


def test_une_convention_signee_ne_s_annule_plus():
    """R63: amended later, never withdrawn."""
    with pytest.raises(TransitionInterdite):
        annuler_convention(acteur=acteur("bdt"), convention=ConventionFactory(signee=True), motif="Erreur")


def test_le_document_reste_protege():
    """R63: the row of the agreement holds its file's line."""
    convention = ConventionFactory(signee=True)
    from django.db.models import ProtectedError

    with pytest.raises(ProtectedError):
        convention.document.delete()
