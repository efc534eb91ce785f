"""What has to be right before Recette serves anyone. Each message says what is wrong, why, and what to set."""

import base64
import binascii
import ipaddress
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured

LEAST_OUTPUT = 10_000
MAX_BODY = 5 * 1_048_576
Check = Callable[[], Iterator[CheckMessage]]


def secret_key() -> Iterator[CheckMessage]:
    key = settings.SECRET_KEY
    if len(key) < 50 or len(set(key)) < 10 or key.startswith("django-insecure"):
        yield Error(
            "SECRET_KEY is missing or easy to guess: with it anyone could sign in as anyone.",
            hint="Set SECRET_KEY (or SECRET_KEY_FILE) to the output of: manage.py secrets",
            id="recette.E001",
        )


def seal_keys() -> Iterator[CheckMessage]:
    if not settings.SEAL_KEYS or not all(is_seal_key(key) for key in settings.SEAL_KEYS):
        yield Error(
            "SEAL_KEYS is missing or malformed: the secrets of connections could be neither sealed nor opened.",
            hint="Set SEAL_KEYS (or SEAL_KEYS_FILE) to the output of: manage.py secrets. Newest key first, "
            "each as <id>:<32 bytes in base64>, separated by commas.",
            id="recette.E002",
        )


def is_seal_key(key: str) -> bool:
    name, colon, value = key.partition(":")
    try:
        return bool(name and colon) and len(base64.b64decode(value, altchars=b"-_", validate=True)) == 32
    except binascii.Error:
        return False


def hosts() -> Iterator[CheckMessage]:
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        yield Error(
            "ALLOWED_HOSTS is empty or holds *: links in mails could be made to point anywhere.",
            hint="Name the hosts that people use, or set PUBLIC_URL, whose host is allowed.",
            id="recette.E003",
        )


def public_url() -> Iterator[CheckMessage]:
    parts = urlsplit(settings.PUBLIC_URL)
    if parts.scheme != "https" or not parts.hostname or parts.path or parts.query:
        yield Error(
            f"PUBLIC_URL is {settings.PUBLIC_URL!r}: webhooks, mails and cookies need the https address of this place.",
            hint="Set it to scheme and host alone, such as https://recipes.example.com",
            id="recette.E004",
        )


def debug() -> Iterator[CheckMessage]:
    if settings.DEBUG:
        yield Error("DEBUG is on: error pages would show data and settings.", hint="Unset DEBUG.", id="recette.E005")


def sandboxes() -> Iterator[CheckMessage]:
    if settings.SANDBOXES or settings.SANDBOX_GHL_URL or settings.SANDBOX_INVOICE_NINJA_URL:
        yield Error(
            "Sandboxes are on: recipes of real people could write into a stand-in and look as if they had worked.",
            hint="Unset SANDBOXES, SANDBOX_GHL_URL and SANDBOX_INVOICE_NINJA_URL.",
            id="recette.E006",
        )


def private_addresses() -> Iterator[CheckMessage]:
    if settings.ALLOW_PRIVATE_ADDRESSES and not settings.ALLOW_PRIVATE_ADDRESSES_REASON:
        yield Error(
            "ALLOW_PRIVATE_ADDRESSES is on without a reason: recipes could reach machines inside your network.",
            hint="Unset it, or say in ALLOW_PRIVATE_ADDRESSES_REASON what it is needed for.",
            id="recette.E007",
        )


def several_hosts() -> Iterator[CheckMessage]:
    sqlite = settings.DATABASE_URL.startswith("sqlite")
    if settings.HOSTS > 1 and (sqlite or settings.BROKER_URL.startswith("recette+file") or not settings.REDIS_URL):
        yield Error(
            f"HOSTS is {settings.HOSTS}, but SQLite, the embedded broker and the file cache serve one host only.",
            hint="Set DATABASE_URL to a PostgreSQL server and REDIS_URL to a Redis server, or HOSTS to 1.",
            id="recette.E008",
        )


def secrets_file() -> Iterator[CheckMessage]:
    path = settings.SECRETS_FILE
    if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
        yield Error(
            f"{path} can be read by others on this machine, and it holds the keys to every connection.",
            hint=f"Run: chmod 600 {path}",
            id="recette.E009",
        )


def body_limit() -> Iterator[CheckMessage]:
    if not 0 < settings.HOOK_BODY_LIMIT <= MAX_BODY:
        yield Error(
            f"HOOK_BODY_LIMIT is {settings.HOOK_BODY_LIMIT}: a webhook may be 1 to {MAX_BODY} bytes long.",
            hint="Leave it unset for 1 MB.",
            id="recette.E010",
        )


def output_limit() -> Iterator[CheckMessage]:
    if settings.OUTPUT_LIMIT < LEAST_OUTPUT:
        yield Error(
            f"OUTPUT_LIMIT is {settings.OUTPUT_LIMIT}: steps could keep next to nothing of what they are given.",
            hint="Leave it unset for 1 MB.",
            id="recette.E016",
        )


def lease() -> Iterator[CheckMessage]:
    if settings.LEASE * 1.001 < settings.READ_TIMEOUT + settings.SETTLE:  # TIME_SCALE leaves fractions
        yield Error(
            "LEASE is shorter than READ_TIMEOUT and SETTLE together: a run could be taken over while its request "
            "is still at work in the other service, and be done twice.",
            hint="Raise LEASE or lower the other two.",
            id="recette.E011",
        )


def collected() -> Iterator[CheckMessage]:
    if not Path(settings.STATIC_ROOT or "", "staticfiles.json").exists():
        yield Error(
            f"{settings.STATIC_ROOT} holds no collected files: pages would have neither style nor script.",
            hint="Run: manage.py collectstatic --no-input",
            id="recette.E012",
        )


def redis_password() -> Iterator[CheckMessage]:
    for url in {settings.REDIS_URL, settings.BROKER_URL}:
        parts = urlsplit(url)
        if parts.scheme in ("redis", "rediss") and not parts.password and not is_loopback(parts.hostname or ""):
            yield Error(
                f"The Redis server at {parts.hostname} is used without a password: who reaches it can start any task.",
                hint="Give it one, and write it into the address: redis://:password@host:6379/0",
                id="recette.E013",
            )


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in ("", "localhost")


def time_scale() -> Iterator[CheckMessage]:
    if settings.TIME_SCALE != 1:
        yield Error(
            "TIME_SCALE is set: it shortens every time-out and lease, which is for tests only.",
            hint="Unset TIME_SCALE.",
            id="recette.E014",
        )


def failpoint() -> Iterator[CheckMessage]:
    if settings.FAILPOINT:
        yield Error(
            f"FAILPOINT is {settings.FAILPOINT!r}: processes would end themselves in the middle of their work, "
            "which is for tests only.",
            hint="Unset FAILPOINT.",
            id="recette.E016",
        )


def proxies() -> Iterator[CheckMessage]:
    if settings.TRUSTED_PROXIES < 1:
        yield Error(
            "TRUSTED_PROXIES is 0: Recette speaks http, so it can't know that people came by https and would send "
            "each of them round in circles.",
            hint="Put a proxy that speaks https and sets X-Forwarded-Proto before it, and set TRUSTED_PROXIES=1.",
            id="recette.E015",
        )


def mail() -> Iterator[CheckMessage]:
    if not settings.EMAIL_HOST:
        yield Warning(
            f"No mail server is named: mails, such as links to a new password, go to {settings.EMAIL_FILE_PATH}.",
            hint="Set SMTP_HOST, SMTP_USER, SMTP_PASSWORD and MAIL_FROM.",
            id="recette.W001",
        )


ALWAYS: tuple[Check, ...] = (seal_keys, secrets_file, body_limit, output_limit, lease)
IN_PRODUCTION: tuple[Check, ...] = (
    *(secret_key, hosts, public_url, debug, sandboxes, private_addresses),
    *(several_hosts, collected, redis_password, time_scale, failpoint, proxies, mail),
)


@register(Tags.security)
def configured(**kwargs: Any) -> list[CheckMessage]:
    asked = ALWAYS + (IN_PRODUCTION if settings.PRODUCTION else ())
    return [message for check in asked for message in check()]


def insist() -> None:
    """For servers, which Django doesn't check: raises ImproperlyConfigured with every error in it."""
    errors = [message for message in configured() if message.is_serious()]
    if errors:
        raise ImproperlyConfigured("\n".join(f"{error.id} {error.msg} {error.hint}" for error in errors))
