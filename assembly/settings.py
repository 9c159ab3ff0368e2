"""All settings, from the environment alone, safe by default: a missing or bad value stops the start."""

import secrets
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.dateparse import parse_datetime
from environs import Env, EnvError

from assembly import processes

env = Env()


def read_secret(debug: bool, folder: Path) -> str:
    """The key of this installation; a machine in DEBUG makes and keeps its own."""
    key = env.str("SECRET_KEY", "")
    if key:
        if not debug and len(key) < 40:
            raise ImproperlyConfigured("SECRET_KEY is too short: give at least 40 random characters.")
        return key
    if not debug:
        raise ImproperlyConfigured("SECRET_KEY is missing: give at least 40 random characters.")
    path = folder / "secret-key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(secrets.token_urlsafe(50))
        path.chmod(0o600)
    return path.read_text()


def read_moment(text: str, debug: bool) -> datetime | None:
    """Where ASSEMBLY_NOW puts the clock; only demonstrations may move it."""
    if not text:
        return None
    moment = parse_datetime(text)
    if moment is None or moment.tzinfo is None:
        raise ImproperlyConfigured(f"ASSEMBLY_NOW must be like 2022-05-27T09:30:00+01:00, and it is {text!r}.")
    if not debug:
        raise ImproperlyConfigured("ASSEMBLY_NOW moves the clock, so it needs DEBUG=true.")
    return moment


def read_janus(url: str, secret: str, admin_key: str) -> tuple[str, str, str]:
    """Where the media server is, with its two secrets: all three, or none."""
    if url and not url.startswith(("ws://", "wss://")):
        raise ImproperlyConfigured("JANUS_URL must begin with ws:// or wss://.")
    if bool(url) != bool(secret and admin_key) or (not url and (secret or admin_key)):
        raise ImproperlyConfigured("JANUS_URL, JANUS_SECRET and JANUS_ADMIN_KEY go together: give all or none.")
    return url, secret, admin_key


def read_turn(urls: list[str], secret: str) -> tuple[list[str], str]:
    """Relays and the secret they share with us, from which each caller's own credentials are made."""
    if not all(url.startswith(("turn:", "turns:")) for url in urls):
        raise ImproperlyConfigured("TURN_URLS must each begin with turn: or turns:.")
    if bool(urls) != bool(secret):
        raise ImproperlyConfigured("TURN_URLS and TURN_SECRET go together: give both or none.")
    return urls, secret


def read_directory(server: str, client: str, secret: str, name: str, debug: bool) -> list[dict[str, object]]:
    """The organisation's own directory to sign in with (OpenID Connect); none unless all of it is given."""
    if not (server or client or secret):
        return []
    if not (server and client and secret):
        raise ImproperlyConfigured("OIDC_SERVER_URL, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET belong together.")
    if not (server.startswith("https://") or debug):
        raise ImproperlyConfigured("OIDC_SERVER_URL must begin with https://: who signs in is taken from it.")
    found = {"provider_id": "organisation", "name": name, "client_id": client, "secret": secret}
    return [{**found, "settings": {"server_url": server}}]


try:
    DEBUG = env.bool("DEBUG", False)
    BASE_DIR = Path(__file__).resolve().parent.parent
    DATA_DIR = env.path("DATA_DIR", BASE_DIR / "var")
    SECRET_KEY = read_secret(DEBUG, DATA_DIR)
    ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1"] if DEBUG else [])
    PORT = env.int("PORT", 8000)
    # Full origins (scheme, host, port) that may open a socket.
    ORIGINS = env.list("ORIGINS", [f"http://localhost:{PORT}", f"http://127.0.0.1:{PORT}"] if DEBUG else [])
    DATABASE_URL = env.str("DATABASE_URL", f"sqlite:///{DATA_DIR}/assembly.sqlite3")
    DATABASES = {"default": env.dj_db_url("DATABASE_URL", DATABASE_URL)}
    REDIS_URL = env.str("REDIS_URL", "") or processes.redis_url(DATA_DIR)
    EMAIL = env.dj_email_url("EMAIL_URL", f"file://{DATA_DIR}/mail" if DEBUG else "smtp://localhost:25")
    DEFAULT_FROM_EMAIL = env.str("FROM_EMAIL", "Assembly <assembly@localhost>")
    ASSEMBLY_NOW = read_moment(env.str("ASSEMBLY_NOW", ""), DEBUG)
    TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0)
    OIDC_SERVER_URL = env.str("OIDC_SERVER_URL", "")
    OIDC_APPS = read_directory(
        OIDC_SERVER_URL,
        env.str("OIDC_CLIENT_ID", ""),
        env.str("OIDC_CLIENT_SECRET", ""),
        env.str("OIDC_NAME", "your organisation's account"),
        DEBUG,
    )
    # nginx's internal location for protected files; empty, Django streams them itself.
    ACCEL_PREFIX = env.str("ACCEL_PREFIX", "")
    # Voice and video in rooms; without Janus up to four people speak directly (docs/voice.md).
    JANUS_URL, JANUS_SECRET, JANUS_ADMIN_KEY = read_janus(
        env.str("JANUS_URL", ""), env.str("JANUS_SECRET", ""), env.str("JANUS_ADMIN_KEY", "")
    )
    # The folder into which Janus records rooms, which both may write; empty, no room is recorded.
    JANUS_RECORDINGS = env.str("JANUS_RECORDINGS", "")
    STUN_URLS: list[str] = env.list("STUN_URLS", [])
    TURN_URLS, TURN_SECRET = read_turn(env.list("TURN_URLS", []), env.str("TURN_SECRET", ""))
except EnvError as error:
    raise ImproperlyConfigured(f"A setting in the environment is wrong: {error}") from None

if "EMAIL_BACKEND" not in EMAIL:
    raise ImproperlyConfigured("EMAIL_URL must begin with smtp://, smtp+tls://, smtp+ssl:// or file://.")
if "*" in ALLOWED_HOSTS or "*" in ORIGINS:
    raise ImproperlyConfigured("ALLOWED_HOSTS and ORIGINS must name hosts; * lets anyone in.")

INSTALLED_APPS = [
    "daphne",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "channels",
    "import_export",
    "portal",
    "networking",
    "breakouts",
    "library",
    "assembly",
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
    "portal.people.middleware.SecondFactorMiddleware",
    "portal.events.middleware.BusyMiddleware",
]

ROOT_URLCONF = "assembly.urls"
ASGI_APPLICATION = "assembly.asgi.application"
WSGI_APPLICATION = "assembly.wsgi.application"

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
                "portal.programme.context.event_context",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES["default"] |= {"CONN_HEALTH_CHECKS": True}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    # Opening the file anew for each request costs as much as four queries, and few threads ask it.
    DATABASES["default"]["CONN_MAX_AGE"] = None
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 10,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
    # A file too: threads that share a database in memory lock each other out as no installation does.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
else:
    # A database that was away is tried each second: left to itself the pool waits 1, 2, 4, 8 and more.
    pool = {"min_size": 2, "max_size": 16, "timeout": 10, "reconnect_timeout": 2}
    # Statements that come again are planned once a connection, and not each time.
    DATABASES["default"]["OPTIONS"] = {"pool": pool, "server_side_binding": True, "prepare_threshold": 3}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "assembly",
    }
}

# Mail
EMAIL_BACKEND = EMAIL["EMAIL_BACKEND"]
EMAIL_FILE_PATH = EMAIL.get("EMAIL_FILE_PATH") and str(DATA_DIR / "mail")
EMAIL_HOST, EMAIL_PORT = EMAIL.get("EMAIL_HOST", "localhost"), EMAIL.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = EMAIL.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = EMAIL.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS, EMAIL_USE_SSL = EMAIL.get("EMAIL_USE_TLS", False), EMAIL.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10

# People
AUTH_USER_MODEL = "portal.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_request_login_code"
LOGIN_REDIRECT_URL = "/"
SESSION_ENGINE = "portal.people.sessions"
SESSION_COOKIE_AGE = 14 * 24 * 60 * 60
ACCOUNT_ADAPTER = "portal.people.adapter.PortalAccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
# Typed by hand on a ward: ten minutes, three tries.
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
# Hundreds of delegates share one hospital proxy: strict by account, generous by address.
ACCOUNT_RATE_LIMITS = {
    "login": "600/m/ip",
    "login_failed": "300/m/ip,5/5m/key",
    "request_login_code": "600/m/ip,5/5m/key",
    "signup": "600/m/ip",
    "confirm_email": "5/5m/key",
}
# Only an address that the directory has proved signs in, and to whoever registered with it.
SOCIALACCOUNT_ADAPTER = "portal.people.adapter.PortalSocialAdapter"
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": OIDC_APPS}}
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG

# Work: intervals only, no task carries a date.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 60 * 60
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 5, "socket_connect_timeout": 2, "max_retries": 1}
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "portal.sweep", "schedule": 15.0},
}

# Language and time
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = True

# Files
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "assembly.storage.StaticStorage"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 9 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# Security
SECURE_SSL_REDIRECT = not DEBUG
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY_COUNT else None
SECURE_HSTS_SECONDS = 0 if DEBUG else 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
SESSION_COOKIE_NAME = "sessionid" if DEBUG else "__Host-sessionid"
CSRF_COOKIE_NAME = "csrftoken" if DEBUG else "__Host-csrftoken"
CSRF_TRUSTED_ORIGINS = ORIGINS
CSRF_FAILURE_VIEW = "portal.events.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
# Preloading is the host's own decision.
SILENCED_SYSTEM_CHECKS = ["security.W021"]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "media-src": ["'self'", "blob:"],
        "connect-src": ["'self'", *(origin.replace("http", "ws", 1) for origin in ORIGINS)],
        "font-src": ["'self'"],
        "frame-src": ["https://www.youtube-nocookie.com", "https://player.vimeo.com"],
        # A form that begins signing in elsewhere is followed there.
        "form-action": ["'self'", *(["{0.scheme}://{0.netloc}".format(urlsplit(OIDC_SERVER_URL))] * bool(OIDC_APPS))],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "INFO"},
}
