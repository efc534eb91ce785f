"""What `manage.py doctor` looks at. A check gives one finding: how it stands and, where it is wrong, the way out."""

import os
import re
import shutil
import smtplib
import ssl
import stat
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit

from celery import current_app
from django.conf import settings
from django.core.checks import run_checks
from django.db import connection
from django.db.models import Q

from builder import health
from builder.checks import is_seal_key
from builder.models import AuditHead, Connection, Health, Presence, Run, RunStatus, StrayCount, Subscription
from builder.runner import figures
from builder.runner.clock import now
from builder.web import oidc

OK, WARN, FAIL = "ok", "warn", "fail"
QUEUES = ("recette", "recette.poll", "recette.backfill")
PATIENCE = 10.0
"""Seconds in which a worker is to answer."""
LITTLE, TOO_LITTLE = 2_000, 300
"""Megabytes free on the disk."""


@dataclass(frozen=True, slots=True)
class Finding:
    about: str
    level: str
    said: str
    way_out: str = ""


Check = Callable[[], Finding]


def examine() -> Iterator[Finding]:
    """One after the other; a check that trips is a finding, too. Without a database the rest can't be asked."""
    for check in ALONE:
        yield _tried(check)
    first = _tried(database)
    yield first
    if first.level == FAIL:
        return
    second = _tried(migrations)
    yield second
    for check in WITH_DATABASE if second.level == OK else ():
        yield _tried(check)


def _tried(check: Check) -> Finding:
    try:
        return check()
    except Exception as problem:  # the doctor has to come to the end of the list
        about = check.__name__.replace("_", " ")
        return Finding(about, FAIL, f"could not be looked at: {type(problem).__name__}: {problem}", "Mend that first.")


def python() -> Finding:
    """And whether the packages are those of the lock."""
    version = ".".join(map(str, sys.version_info[:3]))
    if other := [name for name, wanted in _locked() if _installed(name) not in (wanted, "")]:
        said = f"{version}, but {', '.join(other[:3])} are not as in requirements.txt"
        return Finding("python", WARN, said, "Run: make deps")
    return Finding("python", OK, version)


def _locked() -> list[tuple[str, str]]:
    text = (settings.BASE_DIR / "requirements.txt").read_text(encoding="utf-8")
    return re.findall(r"^([A-Za-z0-9_.-]+)(?:\[[^]]*\])?==([^ ;\\]+)", text, re.MULTILINE)


def _installed(name: str) -> str:
    """Empty for one that this machine doesn't need."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def configuration() -> Finding:
    """What Django's own check would say."""
    found = [message for message in run_checks() if message.level >= 30]
    if not found:
        return Finding("settings", OK, settings.RECETTE_ENV)
    worst = max(found, key=lambda message: message.level)
    more = f" (and {len(found) - 1} more: manage.py check)" if len(found) > 1 else ""
    return Finding("settings", FAIL if worst.level >= 40 else WARN, f"{worst.msg}{more}", str(worst.hint or ""))


def keys() -> Finding:
    path = settings.SECRETS_FILE
    if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
        return Finding("keys", FAIL, f"{path} can be read by others on this machine", f"Run: chmod 600 {path}")
    if not settings.SEAL_KEYS:
        return Finding("keys", FAIL, "there is no seal key", "Set SEAL_KEYS to the output of: manage.py secrets")
    if wrong := [n for n, key in enumerate(settings.SEAL_KEYS, 1) if not is_seal_key(key)]:
        return Finding("keys", FAIL, f"key {wrong[0]} of SEAL_KEYS is malformed", "Make one with: manage.py secrets")
    count = "1 seal key" if len(settings.SEAL_KEYS) == 1 else f"{len(settings.SEAL_KEYS)} seal keys"
    return Finding("keys", OK, f"{count}, read by their owner alone")


def folders() -> Finding:
    for folder in (settings.VAR_DIR, *([settings.BROKER_DIR] if settings.BROKER_DIR.exists() else [])):
        if not os.access(folder, os.W_OK):
            return Finding("folders", FAIL, f"{folder} can't be written", f"Run: chown -R $USER {folder}")
        if stat.S_IMODE(Path(folder).stat().st_mode) & 0o077 and settings.PRODUCTION:
            return Finding("folders", WARN, f"{folder} is open to others here", f"Run: chmod 700 {folder}")
    return Finding("folders", OK, f"{settings.VAR_DIR} can be written")


def disk() -> Finding:
    free = shutil.disk_usage(settings.VAR_DIR).free // 1_000_000
    way_out = "Free some, keep runs for a shorter time (KEEP_DAYS), or move VAR_DIR to a larger disk."
    if free < LITTLE:
        return Finding("disk", FAIL if free < TOO_LITTLE else WARN, f"{free:,} MB free for {settings.VAR_DIR}", way_out)
    return Finding("disk", OK, f"{free:,} MB free")


def sandboxes() -> Finding:
    on = settings.SANDBOXES or settings.SANDBOX_GHL_URL or settings.SANDBOX_INVOICE_NINJA_URL
    if settings.PRODUCTION and on:
        return Finding("sandboxes", FAIL, "they are on in production", "Unset SANDBOXES and SANDBOX_…_URL.")
    return Finding("sandboxes", OK, "on, for looking around" if on else "off")


def public_url() -> Finding:
    """Its shape alone: whether the world gets through can only be seen from outside."""
    url = settings.PUBLIC_URL
    if not url:
        level = FAIL if settings.PRODUCTION else WARN
        return Finding("PUBLIC_URL", level, "not set: webhooks can't arrive, services are polled", "Set PUBLIC_URL.")
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.path or parts.query:
        return Finding(
            "PUBLIC_URL", FAIL, f"{url} is no https address alone", "Write it as https://recipes.example.com"
        )
    if "." not in parts.hostname or parts.hostname.endswith((".local", ".internal", ".test")):
        return Finding("PUBLIC_URL", WARN, f"no service outside can reach {parts.hostname}", "Use a public name.")
    return Finding("PUBLIC_URL", OK, f"{url} (try {url}/healthz from outside)")


def mail() -> Finding:
    if not settings.EMAIL_HOST:
        said = f"no server is named: mails go to {settings.EMAIL_FILE_PATH}"
        return Finding("mail", WARN, said, "Set SMTP_HOST, SMTP_USER, SMTP_PASSWORD and MAIL_FROM.")
    where = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    try:
        _greet()
    except (OSError, smtplib.SMTPException, ssl.SSLError) as problem:
        return Finding("mail", FAIL, f"{where}: {problem}", "Correct SMTP_HOST, SMTP_PORT, SMTP_USER or SMTP_PASSWORD.")
    return Finding("mail", OK, f"{where} answers" + (" and lets us in" if settings.EMAIL_HOST_USER else ""))


def _greet() -> None:
    door = smtplib.SMTP_SSL if settings.EMAIL_USE_SSL else smtplib.SMTP
    with door(settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=5) as server:
        if settings.EMAIL_USE_TLS:
            server.starttls(context=ssl.create_default_context())
        if settings.EMAIL_HOST_USER:
            server.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)


def providers() -> Finding:
    """Whether those who sign people in answer, each as the issuer that the settings name."""
    for provider in settings.OIDC:
        ours = f"OIDC_{provider.key.upper().replace('-', '_')}_ISSUER"
        try:
            oidc.discover(provider)
        except oidc.Unfit as problem:
            way_out = f"Correct {ours}, or tell whoever runs {provider.name}."
            return Finding("sign-in", FAIL, f"{provider.name}: {problem}", way_out)
        except (oidc.RequestException, ValueError) as problem:
            said = f"{provider.name}: {provider.discovery} can't be read: {type(problem).__name__}"
            return Finding("sign-in", FAIL, said, f"Correct {ours}, or let this machine reach it.")
    told = [f"{each.name} answers, and is to send back to {oidc.redirect_address(each)}" for each in settings.OIDC]
    return Finding("sign-in", OK, "; ".join(told) or "with what people set here; OIDC names nobody else")


def database() -> Finding:
    if trouble := health.database_trouble():
        way_out = "Start it, or correct DATABASE_URL. Webhooks are answered 429 meanwhile and come again."
        return Finding("database", FAIL, trouble, way_out)
    with connection.cursor() as cursor:
        cursor.execute("SELECT sqlite_version()" if connection.vendor == "sqlite" else "SHOW server_version")
        version = cursor.fetchone()[0]
    return Finding("database", OK, f"{connection.display_name} {version} answers")


def migrations() -> Finding:
    trouble = health.migrations_trouble()
    return (
        Finding("tables", FAIL, trouble, "Run: manage.py migrate") if trouble else Finding("tables", OK, "up to date")
    )


def durability() -> Finding:
    """Whether a commit is on the disk when the database says so."""
    way_out = "Leave it on: without it a power cut loses what was answered for."
    with connection.cursor() as cursor:
        if connection.vendor != "sqlite":
            cursor.execute("SELECT current_setting('synchronous_commit'), current_setting('fsync')")
            found = cursor.fetchone()
            if "off" in found:
                return Finding("durability", FAIL, "synchronous_commit {}, fsync {}".format(*found), way_out)
            return Finding("durability", OK, "synchronous_commit {}, fsync {}".format(*found))
        cursor.execute("PRAGMA journal_mode")
        mode = cursor.fetchone()[0]
        cursor.execute("PRAGMA synchronous")
        level = cursor.fetchone()[0]
    said = f"journal_mode {mode}, synchronous {['OFF', 'NORMAL', 'FULL', 'EXTRA'][level]}"
    if mode != "wal":
        return Finding("durability", FAIL, said, "Put VAR_DIR on a local disk: WAL doesn't work over a network.")
    return Finding("durability", OK if level >= 2 else FAIL, said, "" if level >= 2 else way_out)


def clock_skew() -> Finding:
    skew = abs((datetime.now(UTC) - now()).total_seconds())
    if skew > 2:
        said = f"this machine's clock and the database's differ by {skew:.1f} s"
        way_out = "Set both by NTP. Runs go by the database's; signatures and logs by this machine's."
        return Finding("clock", FAIL if skew > 60 else WARN, said, way_out)
    return Finding("clock", OK, f"{skew * 1000:.0f} ms from the database's")


def broker() -> Finding:
    if trouble := health.broker_trouble():
        return Finding("broker", FAIL, trouble, "Start it, or correct BROKER_URL or REDIS_URL.")
    return Finding("broker", OK, urlsplit(settings.BROKER_URL).scheme.replace("recette+file", "the embedded one"))


def worker() -> Finding:
    """Sends a task to each queue and waits for who takes it."""
    asked = now()
    for queue in QUEUES:
        current_app.send_task("recette.present", args=[queue], queue=queue, retry=False, expires=PATIENCE)
    end, heard = time.monotonic() + PATIENCE, set[str]()
    while heard != set(QUEUES) and time.monotonic() < end:
        time.sleep(0.1)
        heard = set(Presence.objects.filter(name__in=QUEUES, at__gte=asked).values_list("name", flat=True))
    missing = [queue for queue in QUEUES if queue not in heard]
    if "recette" in missing:
        return Finding(
            "worker", FAIL, "none took a task within 10 s: runs stand still", "Start one: make up, or see README."
        )
    if missing:
        said = f"nobody serves the queue {' and '.join(missing)}"
        return Finding("worker", WARN, said, f"Start a worker with --queues {','.join(missing)}")
    return Finding("worker", OK, "every queue is served")


def scheduler() -> Finding:
    last = Presence.objects.filter(name="scheduler").first()
    if last is None or now() - last.at > timedelta(seconds=60):
        said = f"not heard since {last.at:%Y-%m-%d %H:%M} UTC" if last else "was never heard"
        return Finding(
            "scheduler", FAIL, f"{said}: nothing wakes, polls or keeps time", "Start it: manage.py scheduler"
        )
    return Finding("scheduler", OK, f"heard {(now() - last.at).total_seconds():.0f} s ago ({last.holder})")


def arrivals() -> Finding:
    lost = figures.runs_lost()
    if lost:
        said = f"{lost} events wait for more than a minute to be read"
        return Finding("arrivals", FAIL, said, "Look at the worker's log for what stops it; they are kept.")
    return Finding("arrivals", OK, "none is left lying")


def runs() -> Finding:
    stuck, age = figures.runs_stuck(), figures.queue_age()
    asleep = Run.objects.filter(status__in=RunStatus.open(), wake_at=None).count()
    if stuck or asleep:
        said = f"{stuck + asleep} runs that are due stand still"
        return Finding("runs", FAIL, said, "Look at the worker's log. Restarting the worker takes them up again.")
    stand = figures.runs_by_status()
    said = ", ".join(f"{number} {status}" for status, number in stand.items() if number) or "none under way"
    if age > 60:
        return Finding("runs", WARN, f"{said}; the queue is {age:.0f} s behind", "Start more workers: see README.")
    return Finding("runs", OK, said)


def unknown() -> Finding:
    number = figures.effects_unknown()
    if number:
        said = f"of {number} steps nobody knows whether they were done"
        return Finding("outcomes", WARN, said, "Runs on hold ask it on their page; the others look by themselves.")
    return Finding("outcomes", OK, "all are known")


def connections() -> Finding:
    broken = Connection.objects.filter(deleted_at=None).exclude(health__in=(Health.WELL, Health.UNTESTED))
    number = broken.count()
    if number:
        said = f"{number} of them can't be used"
        return Finding("connections", WARN, said, "Open Connections in their workspaces and sign in again.")
    return Finding("connections", OK, "none is broken")


def watching() -> Finding:
    troubled = Subscription.objects.filter(~Q(trouble=""), active=True).order_by("pk")
    if number := troubled.count():
        first = troubled.values_list("trouble", flat=True)[0]
        return Finding("watching", WARN, f"{number} kinds of records can't be watched: {first}", "See Connections.")
    return Finding("watching", OK, "all that live recipes watch is heard")


def audit_logs() -> Finding:
    """As the last daily look at each left it."""
    broken = AuditHead.objects.exclude(trouble="").select_related("workspace").order_by("pk")
    if number := broken.count():
        first = broken[0]
        said = f"{number} audit logs were changed past Recette, first that of {first.workspace.slug}: {first.trouble}"
        return Finding("audit logs", FAIL, said, "Run: manage.py audit --verify. Ask who can write to the database.")
    return Finding("audit logs", OK, "each is whole, as far as it was looked at")


def strays() -> Finding:
    week = StrayCount.objects.filter(day__gte=(now() - timedelta(days=7)).date())
    number = sum(week.values_list("deliveries", flat=True))
    if number:
        said = f"{number} deliveries in a week came to addresses that nobody knows"
        return Finding(
            "strays", WARN, said, "A service still calls the address of a connection or recipe that is gone."
        )
    return Finding("strays", OK, "none")


ALONE: tuple[Check, ...] = (python, configuration, keys, folders, disk, sandboxes, public_url, mail, providers)
WITH_DATABASE: tuple[Check, ...] = (
    *(durability, clock_skew, broker, worker, scheduler, arrivals, runs, unknown, connections, watching),
    strays,
    audit_logs,
)
