"""The registers and decisions of the Banque des Territoires (R6, R12, R13, R63, R65)."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from portal.commun.roles import Role
from structures.models import Structure
from subventions.enums import EtatConvention, EtatTranche
from subventions.models import Convention, Suspension, Tranche
from tests.comptes.factories import MOT_DE_PASSE
from tests.structures.factories import lieu
from tests.subventions.factories import DossierFactory
from tests.subventions.factories_contrats import (
    ContratFactory,
    ConventionFactory,
    SuspensionFactory,
    mettre_tranche,
)

pytestmark = pytest.mark.django_db
JOUR = dt.timedelta(days=1)


def url(nom, *args):
    return reverse(f"subventions:{nom}", args=args)


def texte(reponse):
    """What a person reads: spaces of any kind are spaces."""
    return " ".join(reponse.content.decode().split())


@pytest.fixture
def bdt(client_de):
    return client_de("bdt", signataire=True)


def numeros(reponse):
    return {ligne.dossier.numero for ligne in reponse.context["lignes"]}


# --- agreements -----------------------------------------------------------------------------------------------------


def test_registre_par_etape(bdt):
    """R63: each agreement under what it waits for, counted."""
    a_etablir = ContratFactory().dossier
    DossierFactory(conforme=True)
    ContratFactory(dossier=DossierFactory(depose=True))
    chez_structure, a_signer = ConventionFactory(), ConventionFactory(signee_structure=True)
    signee, annulee = ConventionFactory(signee=True), ConventionFactory(annulee=True)
    attendu = {
        "": {a_etablir.numero, annulee.dossier.numero},
        "a-signer": {a_signer.dossier.numero},
        "structure": {chez_structure.dossier.numero},
        "signees": {signee.dossier.numero},
        "annulees": {annulee.dossier.numero},
    }
    for vue, dossiers in attendu.items():
        reponse = bdt.get(url("conventions_bdt"), {"vue": vue})
        assert numeros(reponse) == dossiers, vue
    assert [nombre for _, _, nombre in reponse.context["vues"]] == [2, 1, 1, 1, 1]


def test_filtres(bdt):
    """Region of work: call, département, words of the structure, numbers."""
    public = ContratFactory(
        dossier=DossierFactory(conforme=True, mise_en_relation__poste__structure__commune=lieu("97411"))
    ).dossier
    prive = ContratFactory(dossier=DossierFactory(conforme=True, privee=True)).dossier
    Structure.objects.filter(pk=prive.structure_id).update(nom="Médiathèque Éole", nom_normalise="mediatheque eole")
    for filtres, trouve in (
        ({"regime": "ami-prive-2021"}, prive),
        ({"departement": "974"}, public),
        ({"q": "éole médiathèque"}, prive),
        ({"q": str(public.numero)}, public),
        ({"q": public.structure.siret[:9]}, public),
    ):
        assert numeros(bdt.get(url("conventions_bdt"), filtres)) == {trouve.numero}, filtres
    convention = ConventionFactory(signee=True)
    reponse = bdt.get(url("conventions_bdt"), {"vue": "signees", "q": convention.numero.lower()})
    assert numeros(reponse) == {convention.dossier.numero}
    vide = bdt.get(url("conventions_bdt"), {"q": "introuvable"})
    assert "Aucune convention ne correspond" in texte(vide)


def test_filtre_inconnu(bdt):
    ContratFactory()
    reponse = bdt.get(url("conventions_bdt"), {"regime": "ami-2099"})
    assert reponse.status_code == 200
    assert not reponse.context["lignes"]
    assert bdt.get(url("conventions_bdt"), {"vue": "toutes"}).status_code == 200


def test_export_des_conventions(bdt):
    """The same list as the page, amounts as numbers, neither the person nor who signs (R112)."""
    convention = ConventionFactory(signee=True)
    nom = convention.dossier.candidat.utilisateur.nom_complet
    reponse = bdt.get(url("conventions_export", "csv"), {"vue": "signees"})
    lignes = list(csv.DictReader(io.StringIO(reponse.content.decode("utf-8-sig")), delimiter=";"))
    assert lignes[0]["Convention"] == convention.numero
    assert lignes[0]["Montant"] == "50000,00"
    assert nom not in reponse.content.decode()
    feuille = load_workbook(io.BytesIO(bdt.get(url("conventions_export", "xlsx"), {"vue": "signees"}).content)).active
    assert feuille.max_row == 2
    assert bdt.get(url("conventions_export", "pdf")).status_code == 404


def test_requetes_du_registre(bdt, django_assert_max_num_queries, django_assert_num_queries):
    """No query per line: 3 or 13 agreements ask the same questions."""

    def mesurer(vue):
        with django_assert_max_num_queries(40) as capture:
            bdt.get(url("conventions_bdt"), {"vue": vue})
        return len(capture)

    for _ in range(3):
        ConventionFactory(signee=True)
        ContratFactory()
    avant = {vue: mesurer(vue) for vue in ("a-etablir", "signees")}
    for _ in range(10):
        ConventionFactory(signee=True)
        ContratFactory()
    assert {vue: mesurer(vue) for vue in avant} == avant


def test_etablir(bdt):
    """R63: figures and why before the button; nothing on a GET."""
    contrat = ContratFactory(signe=True)
    adresse = url("convention_etablir", contrat.dossier.uuid)
    page = texte(bdt.get(adresse))
    assert "50 000,00" in page
    assert "Pourquoi ce montant" in page
    assert not Convention.objects.exists()
    reponse = bdt.post(adresse, follow=True)
    assert "La convention est établie" in texte(reponse)
    convention = Convention.objects.get()
    assert convention.montant == Decimal("50000.00")
    assert bdt.get(adresse).status_code == 409


def test_etablir_quand_le_bareme_se_tait(bdt):
    """R6: BdT sets the amount with a reason; refused without, nothing typed is lost."""
    dossier = DossierFactory(
        conforme=True,
        coordinateurs=True,
        mise_en_relation__poste__structure__type="gip",
        mise_en_relation__poste__structure__commune=lieu("97411"),
    )
    ContratFactory(dossier=dossier, nature="cdd-public", fin=timezone.localdate() + 300 * JOUR)
    adresse = url("convention_etablir", dossier.uuid)
    assert "La Banque des Territoires fixe le montant" in texte(bdt.get(adresse))
    reponse = bdt.post(adresse, {"montant_fixe": "50 000"})
    assert set(reponse.context["form"].errors) == {"motif_montant"}
    assert 'value="50 000"' in texte(reponse)
    reponse = bdt.post(adresse, {"montant_fixe": "1 000", "motif_montant": "Décision"})
    assert set(reponse.context["form"].errors) == {"montant_fixe"}
    donnees = {"montant_fixe": "50 000", "motif_montant": "Alignement sur les collectivités."}
    apercu = texte(bdt.post(adresse, {**donnees, "calculer": "1"}))
    assert "50 000,00" in apercu
    assert not Convention.objects.exists()
    bdt.post(adresse, donnees)
    convention = Convention.objects.get()
    assert (convention.base, convention.majoration) == (Decimal("37500.00"), Decimal("12500.00"))
    assert "Alignement sur les collectivités." in texte(bdt.get(url("convention_bdt", convention.uuid)))


def test_signer_pour_la_bdt(bdt, client_de):
    """R63: signatory, function, password; then the schedule."""
    convention = ConventionFactory(signee_structure=True)
    page, adresse = url("convention_bdt", convention.uuid), url("convention_signer_bdt", convention.uuid)
    assert adresse in texte(bdt.get(page))
    simple = client_de("bdt")
    assert adresse not in texte(simple.get(page))
    assert "Vous ne faites pas partie des signataires" in texte(simple.get(page))
    assert simple.get(adresse).status_code == 403
    donnees = {"fonction": "Responsable", "habilite": "on", "password": MOT_DE_PASSE}
    reponse = bdt.post(adresse, donnees, follow=True)
    assert "Vous avez signé la convention" in texte(reponse)
    assert Convention.objects.get().etat == EtatConvention.SIGNEE
    assert Tranche.objects.count() == 3


def test_annuler(bdt):
    """R63: with a reason, after a confirmation page."""
    convention = ConventionFactory()
    adresse = url("convention_annuler", convention.uuid)
    assert "Annuler la convention" in texte(bdt.get(adresse))
    assert Convention.objects.get().etat == EtatConvention.A_SIGNER
    assert set(bdt.post(adresse, {"motif": ""}).context["form"].errors) == {"motif"}
    bdt.post(adresse, {"motif": "Le montant était faux."})
    assert Convention.objects.get().etat == EtatConvention.ANNULEE
    assert bdt.get(adresse).status_code == 409
    page = texte(bdt.get(url("convention_bdt", convention.uuid)))
    assert "Cette convention est annulée" in page
    assert "Le montant était faux." in page


# --- tranches -------------------------------------------------------------------------------------------------------


def tranches(reponse):
    return [(ligne.tranche.convention_id, ligne.tranche.rang) for ligne in reponse.context["lignes"]]


def test_registre_des_tranches(bdt):
    """R12: payable with their total, planned by month, held with the reason, not dated yet."""
    exigible, retenue = ConventionFactory(signee=True), ConventionFactory(signee=True)
    prive = ConventionFactory(signee=True, dossier=DossierFactory(conforme=True, privee=True))
    mettre_tranche(exigible.tranches.get(rang=1), EtatTranche.EXIGIBLE)
    retenue.tranches.filter(rang=1).update(prevue_le=timezone.localdate() - JOUR)
    SuspensionFactory(convention=retenue)
    reponse = bdt.get(url("tranches_bdt"))
    assert tranches(reponse) == [(exigible.pk, 1)]
    assert reponse.context["totaux"] == {"nombre": 1, "montant": Decimal("10000.00")}
    reponse = bdt.get(url("tranches_bdt"), {"vue": "prevues"})
    assert len(tranches(reponse)) == 4
    mois = reponse.context["par_mois"]
    assert sum(ligne["montant"] for ligne in mois) == reponse.context["totaux"]["montant"] == Decimal("80000.00")
    un_mois = bdt.get(url("tranches_bdt"), {"vue": "prevues", "mois": mois[0]["cle"]})
    assert un_mois.context["totaux"]["montant"] == mois[0]["montant"]
    assert un_mois.context["par_mois"] == mois
    reponse = bdt.get(url("tranches_bdt"), {"vue": "retenues"})
    assert tranches(reponse) == [(retenue.pk, 1)]
    assert "Le versement est suspendu." in texte(reponse)
    reponse = bdt.get(url("tranches_bdt"), {"vue": "sans-date"})
    assert {convention for convention, _ in tranches(reponse)} == {prive.pk}


def test_mois_inconnu(bdt):
    reponse = bdt.get(url("tranches_bdt"), {"vue": "prevues", "mois": "2026-13"})
    assert reponse.status_code == 200
    assert "Ce mois n’existe pas" in texte(reponse)


def test_export_des_tranches(bdt):
    convention = ConventionFactory(signee=True)
    mettre_tranche(convention.tranches.get(rang=1), EtatTranche.EXIGIBLE)
    contenu = bdt.get(url("tranches_export", "csv")).content.decode("utf-8-sig")
    (ligne,) = csv.DictReader(io.StringIO(contenu), delimiter=";")
    assert (ligne["Convention"], ligne["Tranche"], ligne["Montant"]) == (convention.numero, "1", "10000,00")
    assert ligne["État"] == "Exigible"
    feuille = load_workbook(io.BytesIO(bdt.get(url("tranches_export", "xlsx"), {"vue": "prevues"}).content)).active
    assert feuille.max_row == 3


def test_requetes_des_tranches(bdt, django_assert_max_num_queries):
    def mesurer():
        with django_assert_max_num_queries(40) as capture:
            bdt.get(url("tranches_bdt"), {"vue": "prevues"})
        return len(capture)

    for _ in range(2):
        ConventionFactory(signee=True)
    avant = mesurer()
    for _ in range(5):
        ConventionFactory(signee=True)
    assert mesurer() == avant


def test_suspendre_puis_lever(bdt):
    """R13: with a reason each time, after a confirmation page."""
    convention = ConventionFactory(signee=True)
    adresse = url("convention_suspendre", convention.uuid)
    assert set(bdt.post(adresse, {"motif": ""}).context["form"].errors) == {"motif"}
    assert not Suspension.objects.exists()
    page = texte(bdt.post(adresse, {"motif": "Contrôle en cours."}, follow=True))
    assert "Contrôle en cours." in page
    reponse = bdt.post(adresse, {"motif": "Encore"})
    assert "déjà suspendus" in texte(reponse)
    suspension = Suspension.objects.get()
    lever = url("suspension_lever", suspension.uuid)
    page = texte(bdt.post(lever, {"motif": "Situation réglée."}, follow=True))
    assert "Situation réglée." in page
    assert bdt.get(lever).status_code == 409
    assert bdt.get(url("convention_suspendre", ConventionFactory().uuid)).status_code == 409


# --- access ---------------------------------------------------------------------------------------------------------


def adresses():
    convention = ConventionFactory(signee=True)
    suspension = SuspensionFactory(convention=convention)
    return [
        url("conventions_bdt"),
        url("conventions_export", "csv"),
        url("convention_etablir", ContratFactory().dossier.uuid),
        url("convention_bdt", convention.uuid),
        url("convention_signer_bdt", convention.uuid),
        url("convention_annuler", convention.uuid),
        url("convention_suspendre", convention.uuid),
        url("suspension_lever", suspension.uuid),
        url("tranches_bdt"),
        url("tranches_export", "csv"),
    ]


@pytest.mark.parametrize("role", [Role.STRUCTURE, Role.CANDIDAT, Role.PREFECTURE, Role.SGAR, Role.ANCT, Role.ORGANISME])
def test_reserve_a_la_bdt(client_de, role):
    """DOMAIN §2: the desk is the Banque des Territoires' own."""
    client = client_de(role)
    for adresse in adresses():
        assert client.get(adresse).status_code == 403, adresse
        assert client.post(adresse, {}).status_code in (403, 405), adresse


def test_visiteur(client):
    for adresse in adresses():
        assert client.get(adresse).status_code == 302, adresse


def test_objet_inconnu(bdt):
    uuid = "00000000-0000-4000-8000-000000000000"
    for nom in ("convention_bdt", "convention_etablir", "convention_signer_bdt", "convention_annuler"):
        assert bdt.get(url(nom, uuid)).status_code == 404
