"""Tests: stricter than production (undefined variables, naive dates and network access are errors)."""

import os

from portal.settings.base import *  # noqa: F403
from portal.settings.base import DATABASES, POST_OFFICE, STORAGES, TEMPLATES

DEBUG = False
SECRET_KEY = "tests-only-key-0123456789abcdefghijklmnopqrstuvwxyz"  # noqa: S105
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
SITE_URL = "http://testserver"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "http"
ACCOUNT_RATE_LIMITS = False
# A pool per process would hold connections to databases that the test runner drops.
DATABASES["default"]["OPTIONS"].pop("pool", None)
# bin/test keeps a model with the tables and the territories: each test database is a copy of it.
DATABASES["default"]["TEST"] = {"TEMPLATE": os.environ.get("PORTAIL_BASE_MODELE")}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
POST_OFFICE = {**POST_OFFICE, "BACKENDS": {"default": "django.core.mail.backends.locmem.EmailBackend"}}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
WHITENOISE_AUTOREFRESH = True
TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = ""
