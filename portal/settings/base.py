"""Settings shared by every environment; each other module of this package says what differs and why."""

import os
from pathlib import Path

import dj_database_url
from csp.constants import NONCE, NONE, SELF

BASE_DIR = Path(__file__).resolve().parent.parent.parent
DONNEES = Path(os.environ.get("PORTAIL_DONNEES", BASE_DIR / ".donnees"))

INSTALLED_APPS = [
    "portal.comptes.admin_config.AdminPortailConfig",  # django.contrib.admin with our own site
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "widget_tweaks",
    "dsfr",  # before django.forms: it overrides some of its templates
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_filters",
    "django_htmx",
    "formtools",
    "post_office",
    "simple_history",
    "portal.commun",
    "portal.territoires",
    "portal.comptes",
    "portal.vitrine",
    "structures",
    "candidats",
    "subventions",
    "formation",
    "demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    # Outside everything that may refuse a request: their headers are on every answer, errors included.
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.commun.middleware.DemandeLisibleMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "portal.comptes.middleware.ActeurMiddleware",
    "portal.commun.middleware.ErreurMetierMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
ASGI_APPLICATION = "portal.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "portal.commun.contexte.site",
                "portal.comptes.contexte.acteur",
            ],
            "builtins": ["portal.commun.templatetags.portail"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {
    "default": dj_database_url.config(default="postgres:///portail", conn_max_age=None),
}
DATABASES["default"].setdefault("OPTIONS", {})
DATABASES["default"]["CONN_MAX_AGE"] = 0
DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 8, "timeout": 10}
DATABASES["default"]["ATOMIC_REQUESTS"] = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# One variable serves both clients: Celery wants redis+socket:// for a socket, redis-py wants unix://.
REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL.replace("redis+socket://", "unix://", 1),
        "KEY_PREFIX": "portail",
    }
}
CELERY_BROKER_URL = REDIS_URL
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 30 * 60
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français")]
TIME_ZONE = "Europe/Paris"
CELERY_TIMEZONE = TIME_ZONE
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
# The checksums of django-dsfr do not survive a manifest storage: see docs and ARCHITECTURE.
DSFR_USE_INTEGRITY_CHECKSUMS = False
DSFR_MARK_OPTIONAL_FIELDS = True
# By default django-dsfr trusts the content of its components: what people typed would become HTML.
DSFR_CONTENT_IS_SAFE = False

# Private files: never under MEDIA_URL, served only by a view that checks who asks.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    "prive": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(DONNEES / "prive"), "base_url": None},
    },
}
MEDIA_ROOT = DONNEES / "media"
DOCUMENT_TAILLE_MAX = 5 * 1024 * 1024
# R44: a CV is a few pages.
CV_TAILLE_MAX = 3 * 1024 * 1024
# A text far too long (5 MB, three times that once encoded) comes back next to its field, with its error.
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# A request announced as larger than this is answered 413 before it is read.
REQUETE_TAILLE_MAX = 32 * 1024 * 1024

AUTH_USER_MODEL = "comptes.Utilisateur"
# Unique whatever its case, by a constraint on lower(email) that this check does not see (R43).
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/espace/"
ACCOUNT_ADAPTER = "portal.comptes.adaptateurs.AdaptateurCompte"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Conseiller numérique] "
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_FORMS = {
    "signup": "portal.comptes.forms.compte.Inscription",
    "login": "portal.comptes.forms.compte.Connexion",
    "add_email": "portal.comptes.forms.compte.AjoutAdresse",
    "change_password": "portal.comptes.forms.compte.ChangementMotDePasse",
    "set_password": "portal.comptes.forms.compte.DefinitionMotDePasse",
    "reset_password": "portal.comptes.forms.compte.DemandeReinitialisation",
    "reset_password_from_key": "portal.comptes.forms.compte.Reinitialisation",
    "reauthenticate": "portal.comptes.forms.compte.Reauthentification",
}
MFA_ADAPTER = "portal.comptes.adaptateurs.AdaptateurMFA"
MFA_FORMS = {
    "authenticate": "portal.comptes.forms.second_facteur.Authentification",
    "reauthenticate": "portal.comptes.forms.second_facteur.Reauthentification",
    "activate_totp": "portal.comptes.forms.second_facteur.Activation",
    "deactivate_totp": "portal.comptes.forms.second_facteur.Desactivation",
    "generate_recovery_codes": "portal.comptes.forms.second_facteur.CodesDeSecours",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Conseiller numérique"
# Agents (prefecture, SGAR, ANCT, BdT, support) must hold a second factor; only the demo switches this off.
MFA_OBLIGATOIRE_POUR_AGENTS = True

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "portal.commun.views.erreurs.jeton_de_formulaire"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}

EMAIL_BACKEND = "post_office.EmailBackend"
DEFAULT_FROM_EMAIL = "Conseiller numérique <ne-pas-repondre@conseiller-numerique.example>"
POST_OFFICE = {
    "BACKENDS": {"default": "django.core.mail.backends.smtp.EmailBackend"},
    "DEFAULT_PRIORITY": "medium",
    "MAX_RETRIES": 96,  # every 15 minutes for 24 hours
    "BATCH_SIZE": 50,
    "FILE_STORAGE": "prive",
    "CELERY_ENABLED": False,  # our own task sends, so that one lock and one schedule hold
    "LOG_LEVEL": 1,
}

# Outside services: every base URL is a setting; empty means "not reachable", and the page goes on without it.
SIRENE_API_URL = os.environ.get("SIRENE_API_URL", "")
GEO_API_URL = os.environ.get("GEO_API_URL", "")
GEOCODAGE_URL = os.environ.get("GEOCODAGE_URL", "")
DELAI_SERVICE_EXTERNE_S = 3.0

# R45. The campaign that candidates follow: its site and its code; without them no link is shown. Pix lets a campaign
# name the column of our identifier as it likes: the title is told here when it is not one that the import knows.
PIX_CAMPAGNE_URL = os.environ.get("PIX_CAMPAGNE_URL", "")
PIX_CAMPAGNE_CODE = os.environ.get("PIX_CAMPAGNE_CODE", "")
PIX_COLONNE_IDENTIFIANT = os.environ.get("PIX_COLONNE_IDENTIFIANT", "")
# Results pulled every day from Pix’s partner interface, when all four are given; files are imported either way.
PIX_API_URL = os.environ.get("PIX_API_URL", "")
PIX_API_ID = os.environ.get("PIX_API_ID", "")
PIX_API_SECRET = os.environ.get("PIX_API_SECRET", "")
PIX_API_ORGANISATION = os.environ.get("PIX_API_ORGANISATION", "")
PIX_API_DELAI_S = 20.0

DEMO = False
SITE_URL = os.environ.get("SITE_URL", "http://127.0.0.1:8000")
SUPPORT_COURRIEL = "conseiller-numerique@anct.example"
# Named on the legal page; empty on a machine that only serves for a demo or tests.
HEBERGEUR = os.environ.get("HEBERGEUR", "")

SIMPLE_HISTORY_REVERT_DISABLED = True
FORMAT_MODULE_PATH = None

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        # R112: the address of a refused request may hold the secret of a link.
        "ligne": {
            "class": "portal.commun.secrets_masques.FormateurSansSecrets",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        },
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "ligne"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "fontTools": {"level": "WARNING"},
        # At INFO, a line for each request to a directory or a partner, and whom it was about.
        "httpx": {"level": "WARNING"},
        "pypdf": {"level": "ERROR"},
        "weasyprint": {"level": "ERROR"},
        # With a handler of its own, or it adds one and says everything twice.
        "post_office": {"handlers": ["console"], "level": "WARNING", "propagate": False},
    },
}
