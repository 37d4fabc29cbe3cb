"""Settings, from the environment alone. Anything secret has no default outside the demo."""

import os
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from coclause.core.papers_settings import PapersAddressError, papers_storage
from coclause.core.smtp import SmtpAddressError, read_smtp_url

ROOT = Path(__file__).resolve().parents[3]
NODE_MODULES = Path(os.environ.get("COCLAUSE_NODE_MODULES", ROOT / "node_modules"))
FONTS = NODE_MODULES / "source-sans/TTF"
STATE = Path(os.environ.get("COCLAUSE_STATE", ROOT / ".state"))

# The demonstration: fictitious data, one click to enter each role. Never on a public host.
DEMO = os.environ.get("COCLAUSE_DEMO") == "1"
DEBUG = False

SECRET_KEY = os.environ.get("COCLAUSE_SECRET_KEY", "demonstration-only" if DEMO else "")
# HMAC keys of identities: "id:secret,id:secret", the first one is used for new persons.
IDENTITY_KEYS = os.environ.get("COCLAUSE_IDENTITY_KEYS", "demo:demonstration-only" if DEMO else "")
if not SECRET_KEY and not os.environ.get("COCLAUSE_TOOLING"):
    raise ImproperlyConfigured(
        "COCLAUSE_SECRET_KEY manque : donnez une longue chaîne aléatoire dans l'environnement."
    )
SECRET_KEY = SECRET_KEY or "tooling-only"

ALLOWED_HOSTS = os.environ.get("COCLAUSE_HOSTS", "127.0.0.1,localhost").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("COCLAUSE_ORIGINS", "").split(",") if o]
SITE_URL = os.environ.get("COCLAUSE_SITE_URL", "http://127.0.0.1:8000")
# How many of our own servers stand in front and add to X-Forwarded-For. Beyond them that header is
# whatever its sender wrote: 0 trusts none of it.
PROXIES = int(os.environ.get("COCLAUSE_PROXIES", "0"))
# The region served when a page names none (INSEE code; 27 = Bourgogne-Franche-Comté).
HOME_REGION = os.environ.get("COCLAUSE_REGION", "27")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "django_cotton",
    "csp",
    "pgtrigger",
    "pghistory",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
    "coclause.core",
    "coclause.reference",
    "coclause.organisations",
    "coclause.clauses",
    "coclause.people",
    "coclause.hours",
    "coclause.watch",
    "coclause.network",
    "coclause.closing",
    "coclause.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "coclause.web.middleware.ActorMiddleware",
    # Login by default: a public page says @login_not_required and is listed in the tests.
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
]

ROOT_URLCONF = "coclause.config.urls"
WSGI_APPLICATION = "coclause.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": False,
        "DIRS": [ROOT / "src/coclause/web/templates"],
        "OPTIONS": {
            "loaders": [
                "django_cotton.cotton_loader.Loader",
                "django.template.loaders.filesystem.Loader",
                "django.template.loaders.app_directories.Loader",
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "coclause.web.templatetags.french",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "coclause.web.context.layout",
            ],
        },
    }
]
COTTON_DIR = "cotton"

# The web, the workers and the tests connect as coclause_app, which owns nothing;
# migrations go through "owner" (coclause migrate does it by itself).
DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("DATABASE_URL", "postgres:///coclause"),
        conn_max_age=60,
        conn_health_checks=True,
    ),
    "owner": dj_database_url.parse(
        os.environ.get("DATABASE_OWNER_URL", os.environ.get("DATABASE_URL", "postgres:///coclause"))
    ),
}
DATABASE_ROUTERS = ["coclause.core.database.OneDatabase"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_ADAPTER = "coclause.web.accounts.NoSignup"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
# A company's contact receives a code (`web/entering/`, `web/accounts.py`): eight digits, three
# tries, a quarter of an hour, and no answer that tells whether an address is known here.
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"numeric": True, "length": 8, "dashed": True}
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_TIMEOUT = 20 * 60
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_FORMS = {"confirm_login_code": "coclause.web.entering.forms.TypedCodeForm"}
# Two weeks: from the opening of a month to its last reminder, one code is enough.
SESSION_COOKIE_AGE = 14 * 24 * 3600

# Mail: a real server, else the demonstration writes files that can be read. Production without a
# server keeps its messages waiting: `coclause worker` refuses to start, and says why.
SMTP_URL = os.environ.get("COCLAUSE_SMTP_URL", "")
MAIL_FROM = os.environ.get("COCLAUSE_MAIL_FROM", "")
MAIL_READY = DEMO or bool(SMTP_URL and MAIL_FROM)
DEFAULT_FROM_EMAIL = MAIL_FROM or "CoClause <ne-pas-repondre@coclause.example>"
EMAIL_TIMEOUT = 15
if SMTP_URL:
    try:
        _smtp = read_smtp_url(SMTP_URL)
    except SmtpAddressError as error:
        raise ImproperlyConfigured(str(error)) from None
    EMAIL_HOST, EMAIL_PORT = _smtp.host, _smtp.port
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _smtp.user, _smtp.password
    EMAIL_USE_TLS, EMAIL_USE_SSL = _smtp.starttls, _smtp.ssl
elif DEMO:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = STATE / "courrier"

# Three jobs at once, so that a long one does not keep messages waiting. What went well leaves.
PROCRASTINATE_WORKER_DEFAULTS = {"concurrency": 3, "delete_jobs": "successful"}

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français")]
TIME_ZONE = "Europe/Paris"
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "static/"
STATIC_ROOT = Path(os.environ.get("COCLAUSE_STATIC_ROOT", STATE / "static"))
STATICFILES_DIRS = [
    ROOT / "src/coclause/web/static",
    ("vendor/bootstrap", NODE_MODULES / "bootstrap/dist"),
    ("vendor/source-sans", NODE_MODULES / "source-sans/WOFF2/TTF"),
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Supporting papers: a folder that no address serves, or an S3-compatible store (ADR 16). An
# antivirus, where one is plugged in: the path of clamd's socket, or "host:port".
try:
    STORAGES["papers"] = papers_storage(os.environ, default=STATE / "pieces")
except PapersAddressError as error:
    raise ImproperlyConfigured(str(error)) from None
CLAMAV = os.environ.get("COCLAUSE_CLAMAV", "")

# The month of an agency is one form: four fields by person and award, of a thousand people at work
# on several sites. Their size stays bounded (2.5 MB).
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

# What exceeds the largest document kept is dropped as it comes, before it fills a disk.
# Files of the pages of a month (payroll, spreadsheets) touch no disk at all.
FILE_UPLOAD_HANDLERS = [
    "coclause.web.uploads.InMemory",
    "coclause.web.uploads.Limited",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_COOKIES = SITE_URL.startswith("https://")
SESSION_COOKIE_SECURE = SECURE_COOKIES
CSRF_COOKIE_SECURE = SECURE_COOKIES
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_COOKIES else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE_COOKIES else None
X_FRAME_OPTIONS = "DENY"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
