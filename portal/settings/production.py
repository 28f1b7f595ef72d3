"""Production: everything comes from the environment; a missing compulsory variable stops the start with its name."""

import os

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from portal.settings.base import *  # noqa: F403
from portal.settings.base import DATABASES, INSTALLED_APPS, POST_OFFICE, STORAGES


def _exiger(nom: str) -> str:
    valeur = os.environ.get(nom, "")
    if not valeur:
        raise ImproperlyConfigured(f"La variable d'environnement {nom} est obligatoire en production.")
    return valeur


SECRET_KEY = _exiger("SECRET_KEY")
ALLOWED_HOSTS = [hote.strip() for hote in _exiger("ALLOWED_HOSTS").split(",") if hote.strip()]
CSRF_TRUSTED_ORIGINS = [f"https://{hote}" for hote in ALLOWED_HOSTS]
SITE_URL = os.environ.get("SITE_URL", f"https://{ALLOWED_HOSTS[0]}")
DATABASES["default"] = {
    **DATABASES["default"],
    **dj_database_url.parse(_exiger("DATABASE_URL")),
    "OPTIONS": {"pool": {"min_size": 2, "max_size": 10, "timeout": 10}},
}
REDIS_URL = _exiger("REDIS_URL")

DEBUG = False
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^sante/$"]
SECURE_HSTS_SECONDS = 31536000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True

STORAGES = {
    **STORAGES,
    "prive": {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "endpoint_url": _exiger("S3_ENDPOINT"),
            "bucket_name": _exiger("S3_BUCKET"),
            "access_key": _exiger("S3_KEY"),
            "secret_key": _exiger("S3_SECRET"),
            "default_acl": "private",
            "querystring_auth": True,
            "file_overwrite": False,
        },
    },
}

if os.environ.get("EMAIL_URL"):
    from urllib.parse import unquote, urlsplit

    _url = urlsplit(os.environ["EMAIL_URL"])
    EMAIL_HOST = _url.hostname or "localhost"
    EMAIL_PORT = _url.port or 25
    EMAIL_HOST_USER = unquote(_url.username or "")
    EMAIL_HOST_PASSWORD = unquote(_url.password or "")
    EMAIL_USE_TLS = _url.scheme == "smtp+tls"
    EMAIL_USE_SSL = _url.scheme == "smtps"
elif os.environ.get("ANYMAIL_BACKEND"):
    INSTALLED_APPS = [*INSTALLED_APPS, "anymail"]
    POST_OFFICE = {**POST_OFFICE, "BACKENDS": {"default": os.environ["ANYMAIL_BACKEND"]}}
else:
    raise ImproperlyConfigured(
        "La variable d'environnement EMAIL_URL (ou ANYMAIL_BACKEND) est obligatoire en production."
    )

DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", f"Conseiller numérique <ne-pas-repondre@{ALLOWED_HOSTS[0]}>")

if os.environ.get("SENTRY_DSN"):
    import sentry_sdk

    from portal.commun.secrets_masques import masquer_evenement

    # R112: neither what people typed, nor the values of the program at the time, nor the secret of a link.
    sentry_sdk.init(
        dsn=os.environ["SENTRY_DSN"],
        send_default_pii=False,
        max_request_body_size="never",
        include_local_variables=False,
        before_send=masquer_evenement,
    )
