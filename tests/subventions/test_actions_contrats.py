"""R62, R3, R41: the verbs of the labour contract."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from post_office.models import Email

from portal.commun import evenements
from portal.commun.dates import fin_de_periode
from portal.commun.erreurs import AccesRefuse, RegleNonRespectee, TransitionInterdite
from structures.enums import EtatPoste
from subventions.actions import clore_dossier, preparer_contrat, signer_contrat
from subventions.enums import EtatContrat, EtatConvention
from subventions.etats import MACHINE_CONTRAT
from subventions.models import Contrat
from tests.commun.fichiers_exemples import pdf as pdf_exemple
from tests.comptes.factories import RattachementFactory, acteur
from tests.outils_machines import verifier_machine
from tests.subventions.factories import DossierFactory, acteur_du_dossier
from tests.subventions.factories_contrats import ContratFactory, ConventionFactory, lire

pytestmark = pytest.mark.django_db
UN_JOUR = dt.timedelta(days=1)
CONTENU = pdf_exemple()


def projet(**champs):
    debut = champs.pop("debut", timezone.localdate() + UN_JOUR)
    return {
        "nature": "contrat-projet",
        "debut": debut,
        "fin": fin_de_periode(debut, 24),
        "salaire_brut": Decimal("2100.00"),
        "temps_plein": True,
        **champs,
    }


def pdf():
    return SimpleUploadedFile("contrat signé.pdf", CONTENU, "application/pdf")


def pret_a_signer(**champs):
    """A draft whose file is compliant, the training body contacted."""
    dossier = DossierFactory(conforme=True, formation_contactee_le=timezone.localdate() - UN_JOUR, **champs)
    return ContratFactory(dossier=dossier)


def test_machine_du_contrat():
    """The table of ARCHITECTURE §3, every state × transition × role."""
    verifier_machine(
        MACHINE_CONTRAT,
        {
            "signer": ({"prepare"}, "signe", {"structure"}),
            "abandonner": ({"prepare"}, "abandonne", {"structure", "bdt", "anct"}),
            "rompre": ({"signe"}, "rompu", {"bdt"}),
            "terminer": ({"signe"}, "termine", {"bdt"}),
        },
        Contrat,
    )


# --- the draft ------------------------------------------------------------------------------------------------------


def test_preparer_puis_corriger():
    """R62: one contract per file, corrected as long as it is not signed; the history keeps both."""
    dossier = DossierFactory(complet=True)
    qui = acteur_du_dossier(dossier)
    contrat = preparer_contrat(acteur=qui, dossier=dossier, **projet())
    corrige = preparer_contrat(acteur=qui, dossier=dossier, **projet(salaire_brut=Decimal("2200.00")))
    assert corrige.pk == contrat.pk
    assert corrige.salaire_brut == Decimal("2200.00")
    assert corrige.etat == EtatContrat.PREPARE
    assert [ligne.history_role for ligne in corrige.history.all()] == ["structure", "structure"]


@pytest.mark.parametrize(
    ("champs", "champ", "regle"),
    [
        ({"nature": "cdi-prive", "fin": None}, "nature", "R62"),
        ({"fin": None}, "fin", "R62"),
        ({"salaire_brut": Decimal("1000.00")}, "salaire_brut", "R62"),
        ({"temps_plein": False}, "temps_plein", "R62"),
    ],
)
def test_projet_refuse(champs, champ, regle):
    """R62: what does not need the signature is refused at once, next to its field."""
    dossier = DossierFactory(complet=True)
    with pytest.raises(RegleNonRespectee) as refus:
        preparer_contrat(acteur=acteur_du_dossier(dossier), dossier=dossier, **projet(**champs))
    assert (refus.value.champ, refus.value.regle) == (champ, regle)
    assert not Contrat.objects.exists()


def test_duree_de_la_periode_publique():
    """R62: 24 to 36 months in the public call, the last day included."""
    dossier = DossierFactory(complet=True)
    qui = acteur_du_dossier(dossier)
    debut = timezone.localdate() + UN_JOUR
    for fin in (fin_de_periode(debut, 24) - UN_JOUR, fin_de_periode(debut, 36) + UN_JOUR):
        with pytest.raises(RegleNonRespectee) as refus:
            preparer_contrat(acteur=qui, dossier=dossier, **projet(debut=debut, fin=fin))
        assert refus.value.champ == "fin"
    preparer_contrat(acteur=qui, dossier=dossier, **projet(debut=debut, fin=fin_de_periode(debut, 36)))


def test_cdd_prive_de_dix_huit_mois():
    """R62: a private CDD lasts at most 18 months; a CDI has no end."""
    dossier = DossierFactory(complet=True, privee=True)
    qui = acteur_du_dossier(dossier)
    debut = timezone.localdate() + UN_JOUR
    with pytest.raises(RegleNonRespectee) as refus:
        donnees = projet(nature="cdd-prive", debut=debut, fin=fin_de_periode(debut, 18) + UN_JOUR)
        preparer_contrat(acteur=qui, dossier=dossier, **donnees)
    assert "18 mois" in refus.value.message
    with pytest.raises(RegleNonRespectee):
        preparer_contrat(acteur=qui, dossier=dossier, **projet(nature="cdi-prive", debut=debut))
    contrat = preparer_contrat(acteur=qui, dossier=dossier, **projet(nature="cdi-prive", debut=debut, fin=None))
    assert contrat.fin is None


def test_debut_avant_l_activation():
    """R62: the contract starts after the structure was activated, the same day included."""
    dossier = DossierFactory(complet=True)
    qui = acteur_du_dossier(dossier)
    aujourdhui = timezone.localdate()
    with pytest.raises(RegleNonRespectee) as refus:
        preparer_contrat(acteur=qui, dossier=dossier, **projet(debut=aujourdhui - UN_JOUR))
    assert refus.value.champ == "debut"
    preparer_contrat(acteur=qui, dossier=dossier, **projet(debut=aujourdhui))


def test_age_au_premier_jour():
    """R41, R62: 16 to 64 on the first day of the contract."""
    aujourdhui = timezone.localdate()
    dossier = DossierFactory(
        complet=True, mise_en_relation__candidat__date_naissance=dt.date(aujourdhui.year - 70, 1, 1)
    )
    with pytest.raises(RegleNonRespectee) as refus:
        preparer_contrat(acteur=acteur_du_dossier(dossier), dossier=dossier, **projet())
    assert refus.value.champ == "debut"


def test_preparer_pour_une_autre_structure():
    """DOMAIN §2: the contract is the structure's own."""
    dossier = DossierFactory(complet=True)
    for qui in (RattachementFactory(), None):
        intrus = acteur("structure") if qui else acteur("bdt")
        with pytest.raises(AccesRefuse):
            preparer_contrat(acteur=intrus, dossier=dossier, **projet())


def test_preparer_sur_un_dossier_rejete():
    dossier = DossierFactory(rejete=True)
    with pytest.raises(TransitionInterdite, match="rejeté"):
        preparer_contrat(acteur=acteur_du_dossier(dossier), dossier=dossier, **projet())


def test_la_cloture_abandonne_le_projet():
    """R62: a validation that is undone closes the file with its draft, which is then no longer written."""
    contrat = ContratFactory()
    clore_dossier(acteur=acteur("anct"), dossier=contrat.dossier, motif="Désistement")
    contrat = Contrat.objects.get(pk=contrat.pk)
    assert contrat.etat == EtatContrat.ABANDONNE


def test_avec_une_convention_la_nature_et_le_montant_ne_changent_plus():
    """R63: dates may still move; what the agreement states may not, unless it is withdrawn."""
    convention = ConventionFactory(contrat_signe=False)
    dossier = convention.dossier
    qui = acteur_du_dossier(dossier)
    debut = timezone.localdate() + 10 * UN_JOUR
    contrat = preparer_contrat(acteur=qui, dossier=dossier, **projet(debut=debut))
    assert contrat.debut == debut
    with pytest.raises(TransitionInterdite, match="messagerie"):
        preparer_contrat(acteur=qui, dossier=dossier, **projet(nature="cdi-public", fin=None))
    type(convention).objects.filter(pk=convention.pk).update(etat=EtatConvention.ANNULEE)
    preparer_contrat(acteur=qui, dossier=dossier, **projet(nature="cdi-public", fin=None))


# --- the signature --------------------------------------------------------------------------------------------------


def test_signer():
    """R62: state, file, post filled, mails to BdT and to the person, event for the upper floors."""
    RattachementFactory(bdt=True, utilisateur__email="bdt@exemple.fr")
    contrat = pret_a_signer()
    recus = []
    evenements.abonner("contrat.signe", abonne := lambda contrat: recus.append(contrat))
    try:
        signe = signer_contrat(
            acteur=acteur_du_dossier(contrat.dossier), contrat=contrat, signe_le=timezone.localdate(), fichier=pdf()
        )
    finally:
        evenements._abonnes["contrat.signe"].remove(abonne)
    signe = Contrat.objects.select_related("poste", "document").get(pk=signe.pk)
    assert signe.etat == EtatContrat.SIGNE
    assert signe.signe_le == timezone.localdate()
    assert signe.poste.etat == EtatPoste.POURVU
    assert lire(signe.document) == CONTENU
    assert [c.pk for c in recus] == [signe.pk]
    mails = {mail.to[0]: mail for mail in Email.objects.all()}
    assert set(mails) == {"bdt@exemple.fr", contrat.candidat.utilisateur.email}
    assert str(signe.document.uuid) in mails[contrat.candidat.utilisateur.email].message


def test_signature_dans_le_futur():
    """R62"""
    contrat = pret_a_signer()
    qui = acteur_du_dossier(contrat.dossier)
    with pytest.raises(RegleNonRespectee, match="futur"):
        signer_contrat(acteur=qui, contrat=contrat, signe_le=timezone.localdate() + UN_JOUR, fichier=pdf())


def test_signature_avant_le_contact_avec_l_organisme():
    """R62, S4: the training body is contacted first, the same day included."""
    contrat = pret_a_signer()
    contrat.dossier.formation_contactee_le = None
    contrat.dossier.save()
    qui = acteur_du_dossier(contrat.dossier)
    with pytest.raises(RegleNonRespectee, match="organisme de formation") as refus:
        signer_contrat(acteur=qui, contrat=contrat, signe_le=timezone.localdate(), fichier=pdf())
    assert refus.value.champ == "signe_le"
    assert not Email.objects.exists()
    contrat.dossier.formation_contactee_le = timezone.localdate()
    contrat.dossier.save()
    signer_contrat(acteur=qui, contrat=contrat, signe_le=timezone.localdate(), fichier=pdf())


def test_signature_un_mois_apres_l_annonce():
    """R3: one month at least, unless ANCT waived the advert; the private call asks nothing."""
    contrat = pret_a_signer(annonce_le=timezone.localdate() - 20 * UN_JOUR)
    qui = acteur_du_dossier(contrat.dossier)
    with pytest.raises(RegleNonRespectee) as refus:
        signer_contrat(acteur=qui, contrat=contrat, signe_le=timezone.localdate(), fichier=pdf())
    assert refus.value.regle == "R3"
    contrat.dossier.annonce_dispense_motif = "Poste déjà publié par le centre de gestion."
    contrat.dossier.save()
    signer_contrat(acteur=qui, contrat=contrat, signe_le=timezone.localdate(), fichier=pdf())
    prive = pret_a_signer(privee=True, annonce_url="", annonce_le=None)
    signer_contrat(acteur=acteur_du_dossier(prive.dossier), contrat=prive, signe_le=timezone.localdate(), fichier=pdf())


def test_signature_sur_un_dossier_non_conforme():
    """R61: the file is instructed first."""
    contrat = ContratFactory(dossier=DossierFactory(depose=True, formation_contactee_le=timezone.localdate()))
    with pytest.raises(TransitionInterdite, match="conformité"):
        signer_contrat(
            acteur=acteur_du_dossier(contrat.dossier), contrat=contrat, signe_le=timezone.localdate(), fichier=pdf()
        )


def test_fichier_qui_n_est_pas_un_pdf():
    """R60: the content is checked; nothing is kept of a refused signature."""
    contrat = pret_a_signer()
    faux = SimpleUploadedFile("contrat.pdf", b"pas un PDF", "application/pdf")
    with pytest.raises(RegleNonRespectee) as refus:
        signer_contrat(
            acteur=acteur_du_dossier(contrat.dossier), contrat=contrat, signe_le=timezone.localdate(), fichier=faux
        )
    assert refus.value.champ == "fichier"
    assert Contrat.objects.get(pk=contrat.pk).etat == EtatContrat.PREPARE


def test_signer_deux_fois():
    contrat = pret_a_signer()
    qui = acteur_du_dossier(contrat.dossier)
    signer_contrat(acteur=qui, contrat=contrat, signe_le=timezone.localdate(), fichier=pdf())
    with pytest.raises(TransitionInterdite):
        signer_contrat(acteur=qui, contrat=contrat, signe_le=timezone.localdate(), fichier=pdf())
    with pytest.raises(TransitionInterdite, match="signé"):
        preparer_contrat(acteur=qui, dossier=contrat.dossier, **projet())
