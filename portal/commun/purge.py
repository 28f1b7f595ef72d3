"""What the nightly clean-up deletes: dead tokens, expired private files, old traces of jobs, sessions, mails."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib.sessions.models import Session
from django.utils import timezone

from portal.commun.acteurs import Acteur
from portal.commun.courriels import purger_courriels
from portal.commun.documents import documents_expires, fichiers_orphelins, supprimer_document
from portal.commun.models import Document, ExecutionTache, Jeton

# A dead link is kept a while so that its page can say « expired » or « already used » instead of « unknown ».
JETONS_MORTS = timedelta(days=90)
EXECUTIONS = timedelta(days=60)


def purger(jour: date) -> dict[str, int]:
    """Everything that may go on `jour`; run again, it deletes nothing more."""
    maintenant = timezone.now()
    return {
        "documents": _documents(jour),
        "orphelins": _orphelins(jour),
        "jetons": Jeton.objects.filter(expire_le__lt=maintenant - JETONS_MORTS).delete()[0],
        "executions": ExecutionTache.objects.filter(debut__lt=maintenant - EXECUTIONS).delete()[0],
        "sessions": Session.objects.filter(expire_date__lt=maintenant).delete()[0],
        "courriels": purger_courriels(),
    }


def _documents(jour: date) -> int:
    portail = Acteur.systeme()
    nombre = 0
    for document in documents_expires(jour).iterator():
        supprimer_document(acteur=portail, document=document, motif="Durée de conservation atteinte")
        nombre += 1
    return nombre


def _orphelins(jour: date) -> int:
    """Only files older than a day: the transaction of a younger one may still be open."""
    stockage = Document._meta.get_field("fichier").storage
    mois = {jour.replace(day=1), (jour.replace(day=1) - timedelta(days=1)).replace(day=1)}
    limite = timezone.now() - timedelta(days=1)
    vieux = [chemin for chemin in fichiers_orphelins(sorted(mois)) if stockage.get_modified_time(chemin) < limite]
    for chemin in vieux:
        stockage.delete(chemin)
    return len(vieux)
