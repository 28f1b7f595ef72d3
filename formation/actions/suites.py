"""What training does when something happens on the floors below; the caller is a subscriber (ARCHITECTURE §2)."""

from __future__ import annotations

from formation.actions.communs import ETATS_ANNULABLES, verrouiller_session
from formation.actions.inscriptions import retirer_de_la_session
from formation.enums import EtatPositionnement
from formation.etats import MACHINE_POSITIONNEMENT
from formation.models import Inscription, Positionnement
from formation.notifications import notifier_formation_sans_objet
from portal.commun.acteurs import Acteur
from portal.commun.verbes import verbe
from subventions.actions.communs import verrouiller
from subventions.models import Dossier


@verbe
def abandonner_formation(*, acteur: Acteur, dossier: Dossier, motif: str) -> Dossier:
    """The person is no longer recruited: the test to come and the seat are given back, the bodies are told.

    Whoever validated may undo it, so it is the portal that crosses the machines of training.
    """
    dossier = verrouiller(dossier)
    organismes = {contact.organisme for contact in dossier.prises_de_contact.select_related("organisme")}
    tests = Positionnement.objects.select_for_update(of=("self",), no_key=True).select_related("organisme")
    for test in tests.filter(dossier=dossier, etat=EtatPositionnement.PROPOSE):
        MACHINE_POSITIONNEMENT.franchir(test, "annuler", acteur=Acteur.systeme())
        test.save()
        organismes.add(test.organisme)
    for inscription in Inscription.objects.filter(dossier=dossier, etat__in=ETATS_ANNULABLES):
        session = verrouiller_session(inscription.session_id)
        retirer_de_la_session(Acteur.systeme(), inscription, session)
        organismes.add(session.organisme)
    notifier_formation_sans_objet(dossier, sorted(organismes, key=lambda organisme: organisme.pk))
    return dossier
