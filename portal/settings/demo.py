"""Demo on one machine: everything real but the outside mail server and the compulsory second factor."""

import os

from portal.settings.base import *  # noqa: F403
from portal.settings.base import DATABASES, POST_OFFICE, STORAGES

DEMO = True
DEBUG = False
SECRET_KEY = os.environ.get("SECRET_KEY", "demo-only-key-never-used-in-production-0123456789abcdef")  # noqa: S105
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
MFA_OBLIGATOIRE_POUR_AGENTS = False
# Shows the personal link; nothing answers at this address.
PIX_CAMPAGNE_URL = os.environ.get("PIX_CAMPAGNE_URL", "https://pix.example")
PIX_CAMPAGNE_CODE = os.environ.get("PIX_CAMPAGNE_CODE", "CONUM2026")
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "http"
# Served from where they are: collecting and compressing them takes half a minute that a first start does not have.
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
# Mails stay in the outbox, readable at /demo/courriels/.
POST_OFFICE = {**POST_OFFICE, "BACKENDS": {"default": "django.core.mail.backends.dummy.EmailBackend"}}
# People try the same account many times in a demo.
ACCOUNT_RATE_LIMITS = False
DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 6, "timeout": 10}
