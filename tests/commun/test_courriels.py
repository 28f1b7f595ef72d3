"""R113: a mail is stored with what happened, or not at all; R112: its secrets are masked for support."""

from __future__ import annotations

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone
from post_office.models import STATUS, Attachment, Email

from portal.commun import courriels
from portal.commun.acteurs import Acteur
from portal.commun.courriels import PieceJointe, en_html, envoyer, lien, masquer_secrets, rediger, relancer
from tests.comptes.factories import OrganisationFactory

pytestmark = pytest.mark.django_db

TEXTE = "Bonjour {{ prenom }} \n\nBonjour {{ prenom }},\n\nSuivez ce lien : {{ adresse }}.\n\n- un\n- deux\n"


@pytest.fixture
def gabarit(tmp_path, settings):
    """A mail template of the test, beside the real wrapper."""
    from django.template import engines

    dossier = tmp_path / "gabarits" / "courriels"
    dossier.mkdir(parents=True)
    (dossier / "essai.txt").write_text(TEXTE)
    moteur = engines["django"].engine
    origine = list(moteur.dirs)
    moteur.dirs = [dossier.parent, *origine]
    for chargeur in moteur.template_loaders:
        chargeur.reset()
    yield dossier
    moteur.dirs = origine
    for chargeur in moteur.template_loaders:
        chargeur.reset()


CONTEXTE = {"prenom": "Zoé & {% now 'Y' %}<b>", "adresse": "https://portail.example/confirmer/abc"}


def test_le_texte_et_le_html_disent_la_meme_chose_sans_rien_interpreter(gabarit):
    message = rediger("essai", CONTEXTE)
    assert message.sujet == "Bonjour Zoé & {% now 'Y' %}<b>"
    assert "Bonjour Zoé & {% now 'Y' %}<b>," in message.texte
    assert "&lt;b&gt;" in message.html
    assert "<b>" not in message.html.split("<body>")[1]
    assert '<a href="https://portail.example/confirmer/abc">https://portail.example/confirmer/abc</a>.' in message.html
    assert "<li>un</li><li>deux</li>" in message.html


def test_ce_que_les_gens_ont_ecrit_n_est_jamais_lu_comme_un_gabarit(gabarit):
    envoyer("essai", destinataires=["a@exemple.fr"], contexte=CONTEXTE)
    courriels.envoyer_en_attente()
    assert "{% now 'Y' %}" in mail.outbox[0].body


def test_un_sujet_sur_une_ligne_meme_si_on_y_glisse_un_retour(gabarit):
    (gabarit / "essai.txt").write_text("Sujet {{ nom }}\n\nTexte\n")
    envoyer("essai", destinataires=["a@exemple.fr"], contexte={"nom": "A\rBcc: x@y.fr"})
    assert Email.objects.get().subject == "Sujet A Bcc: x@y.fr"


def test_un_gabarit_sans_ligne_vide_apres_le_sujet_est_refuse(gabarit):
    (gabarit / "essai.txt").write_text("Sujet\nTexte\n")
    with pytest.raises(ValueError, match="blank line"):
        rediger("essai", {})


def test_un_courriel_par_destinataire_sans_doublon_ni_vide(gabarit):
    organisation = OrganisationFactory()
    envoyer(
        "essai",
        destinataires=["A@exemple.fr", "", "a@EXEMPLE.fr ", "b@exemple.fr"],
        copie=["c@exemple.fr", "b@exemple.fr"],
        contexte=CONTEXTE,
        objet=organisation,
    )
    premier, second = Email.objects.order_by("pk")
    assert (premier.to, premier.cc, second.to, second.cc) == (
        ["a@EXEMPLE.fr"], ["c@exemple.fr"], ["b@exemple.fr"], [],
    )  # fmt: skip
    assert premier.status == STATUS.queued
    assert premier.headers[courriels.ENTETE_MODELE] == "essai"
    assert premier.headers[courriels.ENTETE_OBJET] == f"comptes.organisation:{organisation.uuid}"


def test_une_chaine_n_est_pas_une_liste_de_destinataires(gabarit):
    with pytest.raises(TypeError):
        envoyer("essai", destinataires="a@exemple.fr", contexte=CONTEXTE)


def test_sans_destinataire_rien_n_est_range_et_on_le_sait(gabarit, caplog):
    envoyer("essai", destinataires=[""], contexte=CONTEXTE)
    assert not Email.objects.exists()
    assert "sans destinataire" in caplog.text


def test_le_courriel_d_une_action_annulee_n_existe_pas_R113(gabarit):
    with pytest.raises(RuntimeError, match="annulée"), transaction.atomic():
        envoyer("essai", destinataires=["a@exemple.fr"], contexte=CONTEXTE)
        raise RuntimeError("annulée")
    assert not Email.objects.exists()
    assert courriels.envoyer_en_attente() == {"envoyes": 0, "echecs": 0, "reportes": 0}
    assert not mail.outbox


@pytest.mark.django_db(transaction=True)
def test_envoyer_hors_d_une_transaction_est_refuse_R113(gabarit):
    with pytest.raises(RuntimeError, match="transaction"):
        envoyer("essai", destinataires=["a@exemple.fr"], contexte=CONTEXTE)


def test_l_envoi_part_une_fois_avec_ses_deux_versions_et_sa_piece(gabarit):
    piece = PieceJointe("entretien.ics", b"BEGIN:VCALENDAR", "text/calendar")
    envoyer("essai", destinataires=["a@exemple.fr"], contexte=CONTEXTE, pieces=[piece])
    assert courriels.envoyer_en_attente()["envoyes"] == 1
    assert courriels.envoyer_en_attente()["envoyes"] == 0
    parti = mail.outbox[0]
    assert parti.extra_headers["Reply-To"] == "conseiller-numerique@anct.example"
    assert parti.alternatives[0][1] == "text/html"
    assert parti.attachments[0][:2] == ("entretien.ics", "BEGIN:VCALENDAR")


def test_un_envoi_rate_est_reporte_puis_repart_R113(gabarit, settings, monkeypatch):
    envoyer("essai", destinataires=["a@exemple.fr"], contexte=CONTEXTE)
    with monkeypatch.context() as panne:
        panne.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", _panne)
        assert courriels.envoyer_en_attente() == {"envoyes": 0, "echecs": 0, "reportes": 1}
    courriel = Email.objects.get()
    assert courriel.status == STATUS.requeued
    assert courriel.scheduled_time > timezone.now()
    assert courriel.logs.get().exception_type == "OSError"
    Email.objects.update(scheduled_time=timezone.now())
    assert courriels.envoyer_en_attente()["envoyes"] == 1


def _panne(*args, **kwargs):
    raise OSError("serveur de courriel injoignable")


def test_le_support_relance_ce_qui_a_echoue_et_rien_d_autre_R113(gabarit):
    envoyer("essai", destinataires=["a@exemple.fr", "b@exemple.fr"], contexte=CONTEXTE)
    echec, envoye = Email.objects.order_by("pk")
    Email.objects.filter(pk=echec.pk).update(status=STATUS.failed)
    Email.objects.filter(pk=envoye.pk).update(status=STATUS.sent)
    assert relancer(acteur=Acteur.systeme(), courriels=Email.objects.all()) == 1
    assert list(Email.objects.order_by("pk").values_list("status", flat=True)) == [STATUS.queued, STATUS.sent]


def test_la_purge_efface_les_vieux_courriels_et_leurs_pieces(gabarit):
    piece = PieceJointe("a.ics", b"x", "text/calendar")
    envoyer("essai", destinataires=["a@exemple.fr"], contexte=CONTEXTE, pieces=[piece])
    envoyer("essai", destinataires=["b@exemple.fr"], contexte=CONTEXTE)
    vieux = Email.objects.order_by("pk").first()
    Email.objects.filter(pk=vieux.pk).update(created=timezone.now() - courriels.CONSERVATION * 2, status=STATUS.sent)
    courriels.purger_courriels()
    assert [c.to for c in Email.objects.all()] == [["b@exemple.fr"]]
    assert not Attachment.objects.exists()


SECRET = "k3J9x_Q-7hT0aB4cD8eF2gH6iJ1kL5mN9oP3qR7sT0u"
UUID = "6f1c2f0a-8a55-4c0e-9a52-0a1b2c3d4e5f"


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        (f"Ouvrez https://p.example/i/{SECRET}/ lundi", "Ouvrez https://p.example/i/••••••/ lundi"),
        (f"https://p.example/x?jeton={SECRET}&a=1", "https://p.example/x?jeton=••••••&a=1"),
        (f"https://p.example/candidatures/{UUID}/", f"https://p.example/candidatures/{UUID}/"),
        ("https://p.example/comptes/password/reset/key/1-cabc12-0123456789abcdef0123456789abcdef/",
         "https://p.example/comptes/password/reset/key/••••••/"),
        ("https://p.example/comptes/confirm-email/MQ:1vA2bC:0123456789abcdefABCDEF_-0123456789/",
         "https://p.example/comptes/confirm-email/••••••/"),
        ("https://p.example/accueillir/candidater/", "https://p.example/accueillir/candidater/"),
        ("anticonstitutionnellement_sans_lien", "anticonstitutionnellement_sans_lien"),
    ],
)  # fmt: skip
def test_les_liens_qui_ouvrent_quelque_chose_sont_masques_R112(texte, attendu):
    assert masquer_secrets(texte) == attendu


def test_un_lien_est_une_adresse_entiere(settings):
    settings.SITE_URL = "https://portail.example/"
    assert lien("commun:sante") == "https://portail.example/sante/"
    assert lien("commun:document", UUID) == f"https://portail.example/fichiers/{UUID}/"


def test_le_html_d_un_texte_echappe_tout():
    assert en_html('<script>alert("x")</script>') == "<p>&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;</p>"
    assert (
        en_html('https://a.example/?x="onclick')
        == '<p><a href="https://a.example/?x=">https://a.example/?x=</a>&quot;onclick</p>'
    )
