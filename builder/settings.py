"""Everything comes from the environment; `.env.example` names each setting and says what it does."""

import tomllib
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _
from kombu import Queue

from builder import env, logs, oidc

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION = tomllib.loads((BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
env.load_dotenv(BASE_DIR / env.text("ENV_FILE", ".env"))

RECETTE_ENV = env.text("RECETTE_ENV", "development")
if RECETTE_ENV not in ("development", "demo", "production", "test"):
    raise env.BadSetting(f"RECETTE_ENV is {RECETTE_ENV!r}. It takes development, demo, production or test.")
PRODUCTION = RECETTE_ENV == "production"
DEBUG = env.flag("DEBUG")
VAR_DIR = BASE_DIR / env.text("VAR_DIR", "var")
VAR_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)

# Secrets: made by the installation itself, except in production where the owner gives and keeps them.

SECRETS_FILE = VAR_DIR / "secrets.json"
_generated = {} if PRODUCTION else env.generated(SECRETS_FILE)
SECRET_KEY = env.secret("SECRET_KEY") or _generated.get("SECRET_KEY", "not-set")
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
SEAL_KEYS = [key.strip() for key in (env.secret("SEAL_KEYS") or _generated.get("SEAL_KEYS", "")).split(",") if key]

# Where the world reaches us

PUBLIC_URL = env.text("PUBLIC_URL").rstrip("/")
_public = urlsplit(PUBLIC_URL)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS") + ([_public.hostname] if _public.hostname else [])
if not PRODUCTION:
    ALLOWED_HOSTS += ["localhost", "127.0.0.1", "[::1]", "testserver"]
CSRF_TRUSTED_ORIGINS = [f"{_public.scheme}://{_public.netloc}"] if PUBLIC_URL else []
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
HOSTS = env.number("HOSTS", 1)
WEB_ADDRESS = env.text("WEB_ADDRESS", "127.0.0.1")
WEB_PORT = env.number("WEB_PORT", 8000)
LOCAL_URL = env.text("LOCAL_URL", f"http://127.0.0.1:{WEB_PORT}")
WEB_THREADS = env.number("WEB_THREADS", 16)
WORKERS = env.number("WORKERS", 1)
METRICS_TOKEN = env.secret("METRICS_TOKEN")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    "rest_framework",
    "drf_spectacular",
    "django_htmx",
    "template_partials",
    "csp",
    "builder",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "builder.headers.security_headers",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "builder.health.watched",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "builder.web.session.signed_out",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "builder.web.devices.watched",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "builder.urls"
WSGI_APPLICATION = "builder.wsgi.application"
ASGI_APPLICATION = "builder.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "builder.web.shell.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "template_partials.templatetags.partials",
            ],
        },
    }
]

# Data

DATABASE_URL = env.secret("DATABASE_URL") or f"sqlite:///{VAR_DIR / 'recette.sqlite3'}"
DATABASES = {"default": env.database(DATABASE_URL, pool=env.number("DATABASE_POOL", 16))}
REDIS_URL = env.secret("REDIS_URL")
BROKER_URL = env.secret("BROKER_URL") or REDIS_URL or "recette+file://"
BROKER_DIR = VAR_DIR / "broker"
CACHES = {"default": env.cache(REDIS_URL, VAR_DIR / "cache")}

# People

AUTH_USER_MODEL = "builder.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "builder.breaches.NotBreached"},
]
BREACH_CHECK_URL = env.text("BREACH_CHECK_URL")
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "builder.web.accounts.InvitedOnly"
ACCOUNT_FORMS = {
    "login": "builder.web.accounts.SignIn",
    "reset_password": "builder.web.accounts.Forgotten",
    "add_email": "builder.web.accounts.AnotherAddress",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _public.scheme or "http"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_RATE_LIMITS = {"login_failed": "20/m/ip,5/5m/key,20/d/key"}
PASSWORD_RESET_TIMEOUT = 3600
MFA_ADAPTER = "builder.web.factors.Factors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "builder.web.factors.CodeAtTheDoor",
    "reauthenticate": "builder.web.factors.CodeAgain",
    "activate_totp": "builder.web.factors.FirstCode",
    "add_webauthn": "builder.web.factors.NewPasskey",
    "edit_webauthn": "builder.web.factors.PasskeyName",
    "authenticate_webauthn": "builder.web.factors.PasskeyAtTheDoor",
    "login_webauthn": "builder.web.factors.PasskeyAlone",
    "reauthenticate_webauthn": "builder.web.factors.PasskeyAgain",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Recette"
MFA_TOTP_TOLERANCE = 1
MFA_ALLOW_UNVERIFIED_EMAIL = True  # accounts are made by invitation, so nobody takes another's address by being first
OIDC = oidc.providers(env.words("OIDC"), plain=not PRODUCTION)
SOCIALACCOUNT_ADAPTER = "builder.web.accounts.Elsewhere"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5

SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_LONGEST = 30 * 24 * 3600
SESSION_COOKIE_NAME = "__Host-recette" if PRODUCTION else "recette"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_USE_SESSIONS = True
CSRF_FAILURE_VIEW = "builder.web.errors.stale_form"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# What a browser may do with our pages

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 63_072_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = FILE_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# Language and time

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = USE_I18N = True

# Files

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / env.text("STATIC_ROOT", "staticfiles") if PRODUCTION else None
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]  # nothing of other apps is served
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = RECETTE_ENV == "development"
WHITENOISE_MAX_AGE = 60 if PRODUCTION else 0  # files whose name carries a hash are kept for ever anyway
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "builder.statics.HashedStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# Mail: into var/mail until a server is named

EMAIL_HOST = env.text("SMTP_HOST")
EMAIL_PORT = env.number("SMTP_PORT", 587)
EMAIL_HOST_USER = env.text("SMTP_USER")
EMAIL_HOST_PASSWORD = env.secret("SMTP_PASSWORD")
EMAIL_USE_SSL = EMAIL_PORT == 465
EMAIL_USE_TLS = env.flag("SMTP_TLS", True) and not EMAIL_USE_SSL
EMAIL_TIMEOUT = 10
EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'filebased'}.EmailBackend"
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("MAIL_FROM", "Recette <recette@localhost>")

# The runner. Tests divide every time by TIME_SCALE.

TIME_SCALE = env.fraction("TIME_SCALE", 1.0)
CONNECT_TIMEOUT = env.fraction("CONNECT_TIMEOUT", 5) / TIME_SCALE
READ_TIMEOUT = env.fraction("READ_TIMEOUT", 30) / TIME_SCALE
LEASE = env.fraction("LEASE", 90) / TIME_SCALE
SETTLE = env.fraction("SETTLE", 60) / TIME_SCALE
AGENCY_LEASE = 2 * READ_TIMEOUT  # one request
REFRESH_LEASE = 5 * READ_TIMEOUT + AGENCY_LEASE  # four, by way of an agency, after one who died renewing that
SWEEP_EVERY = env.fraction("SWEEP_EVERY", 2) / TIME_SCALE
FAILPOINT = env.text("FAILPOINT")
HOOK_BODY_LIMIT = env.number("HOOK_BODY_LIMIT", 1_048_576)
OUTPUT_LIMIT = env.number("OUTPUT_LIMIT", 1_048_576)
KEEP_DAYS = env.number("KEEP_DAYS", 90)
KEEP_EXCHANGES_DAYS = env.number("KEEP_EXCHANGES_DAYS", 30)
KEEP_RUNS = env.number("KEEP_RUNS", 1_000_000)
LOOP_RUNS = env.number("LOOP_RUNS", 20)
LOOP_HOPS = env.number("LOOP_HOPS", 5)
FLOOD_EVENTS = env.number("FLOOD_EVENTS", 1000)
ALLOW_PRIVATE_ADDRESSES = env.flag("ALLOW_PRIVATE_ADDRESSES", not PRODUCTION)
ALLOW_PRIVATE_ADDRESSES_REASON = env.text("ALLOW_PRIVATE_ADDRESSES_REASON")

# The services

SANDBOXES = env.flag("SANDBOXES", not PRODUCTION)
SANDBOX_GHL_URL = env.text("SANDBOX_GHL_URL")
SANDBOX_INVOICE_NINJA_URL = env.text("SANDBOX_INVOICE_NINJA_URL")
GHL_PUBLIC_KEY = env.secret("GHL_PUBLIC_KEY")
GHL_OLD_SIGNATURE = env.flag("GHL_OLD_SIGNATURE")

# Celery carries ids, as JSON, one way

ERRANDS = env.number("ERRANDS", 1)
CELERY_BROKER_URL = BROKER_URL
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"folder": str(BROKER_DIR)}
    if BROKER_URL.startswith("recette+file")
    else {"socket_timeout": 5, "socket_connect_timeout": 2}
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker outlasts any outage
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_SERIALIZER = CELERY_EVENT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_BACKEND = None
CELERY_TASK_DEFAULT_QUEUE = "recette"
CELERY_TASK_QUEUES = [Queue(name) for name in ("recette", "recette.poll", "recette.backfill")]
CELERY_TASK_ROUTES = {
    "recette.poll": {"queue": "recette.poll"},
    "recette.subscribe": {"queue": "recette.poll"},
    "recette.tell": {"queue": "recette.poll"},
    "recette.alert": {"queue": "recette.poll"},
    "recette.backfill*": {"queue": "recette.backfill"},
}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_TIMEZONE = "UTC"

# API

REST_FRAMEWORK = {
    "EXCEPTION_HANDLER": "builder.api.problems.handler",
    "DEFAULT_AUTHENTICATION_CLASSES": ["builder.api.auth.Bearer"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "NUM_PROXIES": TRUSTED_PROXIES,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Recette",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_PATCH": False,
    "SORT_OPERATIONS": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": ["builder.api.document.finish"],
}

LOG_LEVEL = env.text("LOG_LEVEL", "INFO").upper()
LOGGING = logs.config(LOG_LEVEL, as_json=env.flag("LOG_JSON", PRODUCTION))
