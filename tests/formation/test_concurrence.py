"""Two people at the same moment: one seat, one departure, never more than the session holds (R82, R54)."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection
from django.utils import timezone

from formation import actions
from formation.enums import EtatInscription, EtatSession
from formation.models import Inscription, SessionFormation
from portal.commun.acteurs import Acteur
from portal.commun.erreurs import ErreurMetier
from subventions.models import Dossier
from tests.formation.factories import (
    InscriptionFactory,
    PositionnementFactory,
    SessionFactory,
    acteur_de,
    avec_contrat_signe,
    dans,
    remplir,
)
from tests.subventions.factories import DossierFactory, acteur_du_dossier

pytestmark = pytest.mark.django_db(transaction=True)


def en_meme_temps(*verbes: Callable[[], object]) -> list[ErreurMetier]:
    """Run the verbs at once, each with its own connection; what each refused says. Anything else is a failure."""
    barriere, refus, pannes = threading.Barrier(len(verbes)), [], []

    def lancer(verbe: Callable[[], object]) -> None:
        try:
            barriere.wait(timeout=10)
            verbe()
        except ErreurMetier as erreur:
            refus.append(erreur)
        except Exception as erreur:
            pannes.append(erreur)
        finally:
            connection.close()

    fils = [threading.Thread(target=lancer, args=[verbe]) for verbe in verbes]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join(timeout=30)
    assert not pannes
    return refus


def pret(session: SessionFormation) -> Dossier:
    return PositionnementFactory(organisme=session.organisme, passe=True, heures=session.heures).dossier


def test_la_derniere_place_va_a_une_seule_personne_r82():
    session = SessionFactory(capacite=8, confirmee=True)
    remplir(session, 7)
    dossiers = [pret(session) for _ in range(3)]
    acteurs = [acteur_du_dossier(dossier) for dossier in dossiers]
    refus = en_meme_temps(
        *(
            lambda qui=qui, dossier=dossier: actions.inscrire(acteur=qui, session=session, dossier=dossier)
            for qui, dossier in zip(acteurs, dossiers, strict=True)
        )
    )
    assert not refus
    etats = sorted(Inscription.objects.filter(dossier__in=dossiers).values_list("etat", flat=True))
    assert etats == [EtatInscription.ATTENTE, EtatInscription.ATTENTE, EtatInscription.INSCRITE]


def test_la_meme_personne_inscrite_par_deux_collegues_r82():
    session = SessionFactory()
    autre = SessionFactory(organisme=session.organisme)
    dossier = pret(session)
    un, deux = acteur_du_dossier(dossier), acteur_de(session.organisme)
    refus = en_meme_temps(
        lambda: actions.inscrire(acteur=un, session=session, dossier=dossier),
        lambda: actions.inscrire(acteur=deux, session=autre, dossier=dossier),
    )
    assert len(refus) == 1 and "déjà inscrite" in refus[0].message
    assert Inscription.objects.filter(dossier=dossier).count() == 1


def test_le_huitieme_arrive_pendant_la_cloture_r82():
    session = SessionFactory(a_clore=True)
    remplir(session, 8)
    partante = session.inscriptions.first()
    refus = en_meme_temps(
        lambda: actions.cloturer_inscriptions(acteur=Acteur.systeme(), session=session, le=timezone.localdate()),
        lambda: actions.annuler_inscription(acteur=acteur_de(session.organisme), inscription=partante),
    )
    session.refresh_from_db()
    restantes = session.inscriptions.exclude(etat=EtatInscription.ANNULEE)
    assert not refus
    # Whoever came first, the session and its enrolments say the same thing.
    if session.etat == EtatSession.CONFIRMEE:
        assert set(restantes.values_list("etat", flat=True)) == {EtatInscription.INSCRITE}
    else:
        assert session.etat == EtatSession.REPORTEE
        assert set(restantes.values_list("etat", flat=True)) == {EtatInscription.PROPOSEE}


def test_une_place_rendue_deux_fois_n_admet_qu_une_personne_r82():
    session = SessionFactory(capacite=8, confirmee=True)
    occupants = remplir(session, 8)
    remplir(session, 2, attente=True)
    refus = en_meme_temps(
        *(
            lambda qui=qui: actions.annuler_inscription(acteur=qui, inscription=occupants[0])
            for qui in (acteur_de(session.organisme), acteur_du_dossier(occupants[0].dossier))
        )
    )
    assert len(refus) == 1
    assert session.inscriptions.filter(etat=EtatInscription.INSCRITE).count() == 8
    assert session.inscriptions.filter(etat=EtatInscription.ATTENTE).count() == 1


def test_deux_departs_de_la_meme_personne_r54():
    dossier = DossierFactory(conforme=True)
    inscription = InscriptionFactory(dossier=dossier, session=SessionFactory(commencee=True))
    avec_contrat_signe(Dossier.objects.get(pk=dossier.pk))
    centre = [acteur_de(inscription.session.organisme) for _ in range(2)]
    refus = en_meme_temps(
        *(
            lambda qui=qui: actions.enregistrer_depart(acteur=qui, inscription=inscription, le=dans(-2))
            for qui in centre
        )
    )
    assert len(refus) == 1
    assert Inscription.objects.get(pk=inscription.pk).history.filter(etat=EtatInscription.PARTIE).count() == 1
