"""The structure's pages of contract and agreement (R62, R63, R64): what is shown, refused, kept, and to whom."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from portal.commun.dates import date_longue, fin_de_periode
from subventions.enums import EtatContrat, EtatConvention, EtatDossier
from subventions.models import Contrat, Convention
from tests.commun.fichiers_exemples import pdf
from tests.comptes.factories import MOT_DE_PASSE, RattachementFactory
from tests.structures.factories import lieu
from tests.subventions.factories import DossierFactory, membre_du_dossier
from tests.subventions.factories_contrats import (
    ContratFactory,
    ConventionFactory,
    SuspensionFactory,
    mettre_tranche,
)

pytestmark = pytest.mark.django_db
JOUR = dt.timedelta(days=1)


def url(nom, dossier):
    return reverse(f"subventions:{nom}", args=[dossier.uuid])


@pytest.fixture
def chez(client_de):
    """`chez(dossier)`: a signed-in member of the structure of this file."""
    return lambda dossier, **droits: client_de(rattachement=membre_du_dossier(dossier, **droits))


def saisie(**champs):
    debut = timezone.localdate() + JOUR
    return {
        "nature": "contrat-projet",
        "debut": debut.isoformat(),
        "fin": fin_de_periode(debut, 24).isoformat(),
        "salaire_brut": "2 100,00",
        "temps_plein": "on",
        **champs,
    }


def texte(reponse):
    """What a person reads: spaces of any kind are spaces."""
    return " ".join(reponse.content.decode().split())


# --- contract -------------------------------------------------------------------------------------------------------


def test_sans_contrat_la_page_dit_quoi_faire(chez):
    dossier = DossierFactory(complet=True)
    reponse = chez(dossier).get(url("contrat", dossier))
    assert "Préparer le contrat" in texte(reponse)
    assert url("contrat_preparer", dossier) in texte(reponse)


def test_calculer_n_enregistre_rien(chez):
    """R6 to R11: amount, why, tranches; nothing is kept until « Enregistrer »."""
    dossier = DossierFactory(conforme=True)
    reponse = chez(dossier).post(url("contrat_preparer", dossier), saisie(calculer="1"))
    page = texte(reponse)
    assert "50 000,00" in page
    assert "10 000,00" in page
    assert "Pourquoi ce montant" in page
    assert "Source : guide de l’employeur des structures publiques (2021)" in page
    assert "S0" not in page
    assert "2 100,00" in page
    assert not Contrat.objects.exists()


def test_enregistrer_puis_lire(chez):
    dossier = DossierFactory(conforme=True)
    client = chez(dossier)
    reponse = client.post(url("contrat_preparer", dossier), saisie(), follow=True)
    page = texte(reponse)
    assert reponse.redirect_chain == [(url("contrat", dossier), 302)]
    assert "Contrat de projet" in page
    assert "50 000,00" in page
    assert url("contrat_signature", dossier) in page
    contrat = Contrat.objects.get()
    formulaire = texte(client.get(url("contrat_preparer", dossier)))
    assert f'value="{contrat.debut.isoformat()}"' in formulaire
    assert 'value="2100,00"' in formulaire


def test_tous_les_refus_d_un_coup(chez):
    """R62: each refusal next to its field and in the summary, in plain words, nothing typed is lost."""
    dossier = DossierFactory(complet=True)
    debut = timezone.localdate() - 5 * JOUR
    donnees = saisie(debut=debut.isoformat(), fin=(debut + 30 * JOUR).isoformat(), salaire_brut="900")
    del donnees["temps_plein"]
    reponse = chez(dossier).post(url("contrat_preparer", dossier), donnees)
    erreurs = reponse.context["form"].errors
    assert set(erreurs) == {"debut", "fin", "salaire_brut", "temps_plein"}
    assert "activation" in erreurs["debut"][0]
    assert "24 mois" in erreurs["fin"][0]
    assert "SMIC" in erreurs["salaire_brut"][0]
    page = texte(reponse)
    assert "4 réponses sont à corriger" in page
    assert 'value="900"' in page
    assert page.index("<title>Erreur (4)") > 0


def test_reponses_vides(chez):
    dossier = DossierFactory(complet=True)
    erreurs = chez(dossier).post(url("contrat_preparer", dossier), {}).context["form"].errors
    assert set(erreurs) == {"nature", "debut", "salaire_brut", "temps_plein"}


def test_les_natures_sont_celles_du_regime(chez):
    """R6, R62: only what the scale knows is offered."""
    public, prive = DossierFactory(complet=True), DossierFactory(complet=True, privee=True)
    assert "cdi-prive" not in texte(chez(public).get(url("contrat_preparer", public)))
    page = texte(chez(prive).get(url("contrat_preparer", prive)))
    assert 'value="cdi-prive"' in page
    assert 'value="titulaire"' not in page


def test_un_avertissement_ne_bloque_pas(chez):
    """R83: a departure more than fifteen days after the start is shown, and the contract is kept."""
    dossier = DossierFactory(conforme=True, depart_formation_le=timezone.localdate() + 60 * JOUR)
    reponse = chez(dossier).post(url("contrat_preparer", dossier), saisie(), follow=True)
    assert Contrat.objects.exists()
    assert "quinze jours après le contrat" in texte(reponse)


def test_montant_que_la_bdt_doit_fixer(chez):
    """R6: said in words, never guessed."""
    dossier = DossierFactory(
        conforme=True,
        coordinateurs=True,
        mise_en_relation__poste__structure__type="gip",
        mise_en_relation__poste__structure__commune=lieu("97411"),
    )
    ContratFactory(dossier=dossier, nature="cdd-public", fin=timezone.localdate() + 300 * JOUR)
    page = texte(chez(dossier).get(url("contrat", dossier)))
    assert "La Banque des Territoires fixe le montant" in page


def test_autre_territoire_signale(chez):
    """R7: base amount, checked by BdT."""
    dossier = DossierFactory(conforme=True, mise_en_relation__poste__structure__commune=lieu("98818"))
    ContratFactory(dossier=dossier)
    page = texte(chez(dossier).get(url("contrat", dossier)))
    assert "la Banque des Territoires vérifie ce montant" in page
    assert "50 000,00" in page


def test_enregistrer_la_signature(chez):
    """R62"""
    contrat = ContratFactory(dossier=DossierFactory(conforme=True, formation_contactee_le=timezone.localdate()))
    client = chez(contrat.dossier)
    fichier = SimpleUploadedFile("contrat.pdf", pdf(), "application/pdf")
    donnees = {"signe_le": timezone.localdate().isoformat(), "fichier": fichier}
    reponse = client.post(url("contrat_signature", contrat.dossier), donnees, follow=True)
    page = texte(reponse)
    assert "La signature du contrat est enregistrée" in page
    assert "Enregistrer la signature" not in page
    signe = Contrat.objects.select_related("document").get()
    assert signe.etat == EtatContrat.SIGNE
    piece = client.get(reverse("commun:document", args=[signe.document.uuid]))
    assert piece.getvalue() == pdf()


def test_refus_de_signature(chez):
    """R62, R3: every rule at once: the file, the advert, the training body."""
    dossier = DossierFactory(conforme=True, annonce_le=timezone.localdate() - 3 * JOUR)
    contrat = ContratFactory(dossier=dossier)
    faux = SimpleUploadedFile("contrat.pdf", b"bonjour", "application/pdf")
    donnees = {"signe_le": timezone.localdate().isoformat(), "fichier": faux}
    reponse = chez(dossier).post(url("contrat_signature", dossier), donnees)
    erreurs = reponse.context["form"].errors
    assert set(erreurs) == {"signe_le", "fichier"}
    messages = " ".join(erreurs["signe_le"])
    assert "organisme de formation" in messages
    assert "publiée un mois avant" in messages
    assert Contrat.objects.get(pk=contrat.pk).etat == EtatContrat.PREPARE


def test_signature_trop_tot(chez):
    """R61: before compliance the page says what is waited for, and the door is closed."""
    contrat = ContratFactory(dossier=DossierFactory(depose=True))
    client = chez(contrat.dossier)
    assert url("contrat_signature", contrat.dossier) not in texte(client.get(url("contrat", contrat.dossier)))
    reponse = client.get(url("contrat_signature", contrat.dossier))
    assert reponse.status_code == 409
    assert "conformité" in texte(reponse)


# --- agreement ------------------------------------------------------------------------------------------------------


def test_convention_absente(chez):
    dossier = DossierFactory(conforme=True)
    client = chez(dossier)
    assert "Préparer le contrat" in texte(client.get(url("convention", dossier)))
    ContratFactory(dossier=dossier)
    assert "vous serez prévenu par courriel" in texte(client.get(url("convention", dossier)))


def test_convention_a_signer(chez):
    """R63: document, hash, amount and why, schedule to come, and the button for who may sign."""
    convention = ConventionFactory()
    dossier = convention.dossier
    page = texte(chez(dossier, signataire=True).get(url("convention", dossier)))
    assert convention.empreinte in page
    assert reverse("commun:document", args=[convention.document.uuid]) in page
    assert "Pourquoi ce montant" in page
    assert "50 000,00" in page
    assert "Tranche 3" in page
    assert url("convention_signer", dossier) in page


def test_qui_peut_signer_est_dit(chez):
    """R63: somebody who may not sign reads who may; nobody: what to do."""
    convention = ConventionFactory()
    dossier = convention.dossier
    client = chez(dossier)
    page = texte(client.get(url("convention", dossier)))
    assert "Votre structure n’a pas encore de signataire" in page
    maire = membre_du_dossier(dossier, signataire=True)
    page = texte(client.get(url("convention", dossier)))
    assert str(maire.utilisateur) in page
    assert url("convention_signer", dossier) not in page
    assert client.get(url("convention_signer", dossier)).status_code == 403


def signature(**champs):
    return {"fonction": "Maire", "habilite": "on", "password": MOT_DE_PASSE, **champs}


def test_signer(chez):
    """R63: confirmed by the password, the function and the statement."""
    convention = ConventionFactory()
    dossier = convention.dossier
    client = chez(dossier, signataire=True)
    page = texte(client.get(url("convention_signer", dossier)))
    assert convention.empreinte in page
    assert f"au nom de : {dossier.structure.organisation.nom}" in page
    reponse = client.post(url("convention_signer", dossier), signature(), follow=True)
    assert Convention.objects.get().etat == EtatConvention.SIGNEE_STRUCTURE
    page = texte(reponse)
    assert "Vous avez signé la convention" in page
    assert "Maire" in page
    assert url("convention_signer", dossier) not in page
    assert client.post(url("convention_signer", dossier), signature()).status_code == 409


@pytest.mark.parametrize(
    ("champs", "erreurs"),
    [
        ({"password": "faux"}, {"password"}),
        ({"password": ""}, {"password"}),
        ({"fonction": " ", "habilite": ""}, {"fonction", "habilite"}),
        ({"fonction": "x" * 151}, {"fonction"}),
    ],
)
def test_signature_refusee(chez, champs, erreurs):
    convention = ConventionFactory()
    reponse = chez(convention.dossier, signataire=True).post(
        url("convention_signer", convention.dossier), signature(**champs)
    )
    trouvees = set(reponse.context["form"].errors) | set(reponse.context["secret"].errors)
    assert trouvees == erreurs
    assert Convention.objects.get().etat == EtatConvention.A_SIGNER


def test_trop_d_essais(chez, settings):
    """A stolen session does not try passwords without end."""
    settings.ACCOUNT_RATE_LIMITS = {"reauthenticate": "2/m/user"}
    convention = ConventionFactory()
    client = chez(convention.dossier, signataire=True)
    for _ in range(2):
        client.post(url("convention_signer", convention.dossier), signature(password="faux"))
    reponse = client.post(url("convention_signer", convention.dossier), signature())
    assert "Trop d’essais" in texte(reponse)
    assert 'value="Maire"' in texte(reponse)
    assert Convention.objects.get().etat == EtatConvention.A_SIGNER


def test_convention_signee(chez):
    """R64, R12: the schedule with its dates, states, and what holds a tranche."""
    convention = ConventionFactory(signee=True)
    dossier = convention.dossier
    tranche = convention.tranches.get(rang=1)
    page = texte(chez(dossier).get(url("convention", dossier)))
    assert date_longue(tranche.prevue_le) in page
    assert f"La tranche n’est due que le {date_longue(tranche.prevue_le)}." in page
    mettre_tranche(tranche, "exigible")
    SuspensionFactory(convention=convention)
    page = texte(chez(dossier).get(url("convention", dossier)))
    assert "Le conseiller n’est plus à temps plein." in page
    assert "depuis le" in page


def test_sur_la_page_du_dossier(chez):
    """The page of the file leads to contract and agreement."""
    convention = ConventionFactory()
    page = texte(chez(convention.dossier).get(url("dossier_structure", convention.dossier)))
    assert "Lire et signer la convention" in page
    assert url("contrat", convention.dossier) in page


# --- access ---------------------------------------------------------------------------------------------------------

PAGES = ("contrat", "contrat_preparer", "contrat_signature", "convention", "convention_signer")


@pytest.mark.parametrize("nom", PAGES)
def test_autre_structure(client_de, nom):
    """DOMAIN §2: another structure's contract and agreement do not exist."""
    convention = ConventionFactory(contrat_signe=False)
    autre = client_de(rattachement=RattachementFactory(signataire=True, administrateur=True))
    assert autre.get(url(nom, convention.dossier)).status_code == 404
    assert autre.post(url(nom, convention.dossier), {}).status_code in (404, 405)


@pytest.mark.parametrize("nom", PAGES)
@pytest.mark.parametrize("role", ["candidat", "prefecture", "anct", "bdt", "organisme"])
def test_autres_roles(client_de, nom, role):
    convention = ConventionFactory(contrat_signe=False)
    assert client_de(role).get(url(nom, convention.dossier)).status_code == 403


@pytest.mark.parametrize("nom", PAGES)
def test_visiteur(client, nom):
    convention = ConventionFactory(contrat_signe=False)
    reponse = client.get(url(nom, convention.dossier))
    assert reponse.status_code == 302
    assert "/connexion" in reponse.url or "login" in reponse.url


def test_dossier_clos(chez):
    """A closed file has no contract to prepare."""
    contrat = ContratFactory()
    type(contrat.dossier).objects.filter(pk=contrat.dossier.pk).update(etat=EtatDossier.CLOS)
    assert chez(contrat.dossier).get(url("contrat_preparer", contrat.dossier)).status_code == 409
