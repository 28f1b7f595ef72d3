"""Celery application; the schedule of every job stands here, in code, in one place.

Jobs derive their work from the state of the database: an event or a message only makes one run sooner,
so a lost message loses nothing (ARCHITECTURE §2).
"""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.production")

app = Celery("portail")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

app.conf.beat_schedule = {
    "commun.envoyer_courriels": {"task": "commun.envoyer_courriels", "schedule": 20.0},
    "candidats.apparier": {"task": "candidats.apparier", "schedule": crontab(hour=1, minute=30)},
    "subventions.ouvrir_tranches": {"task": "subventions.ouvrir_tranches", "schedule": crontab(hour=3, minute=0)},
    "formation.cloturer_sessions": {"task": "formation.cloturer_sessions", "schedule": crontab(hour=2, minute=30)},
    "commun.rappels": {"task": "commun.rappels", "schedule": crontab(hour=6, minute=0)},
    "commun.purger": {"task": "commun.purger", "schedule": crontab(hour=4, minute=0)},
}

# R45: only where the portal has the keys of Pix’s interface (the settings read the same variables).
if all(os.environ.get(f"PIX_API_{nom}") for nom in ("URL", "ID", "SECRET", "ORGANISATION")):
    app.conf.beat_schedule["candidats.recevoir_pix"] = {
        "task": "candidats.recevoir_pix",
        "schedule": crontab(hour=0, minute=30),
    }
