"""The ground floor and the front door of the portal."""

from portal.celery import app as celery_app

__all__ = ["celery_app"]
