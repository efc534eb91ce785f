"""Settings from the environment. A secret `NAME` may also be given as a file's path in `NAME_FILE`."""

import base64
import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

YES = {"1", "true", "yes", "on"}
NO = {"0", "false", "no", "off"}


class BadSetting(Exception):
    """A setting that can't be read; the message names it and what it takes."""


def text(name: str, default: str = "") -> str:
    """Empty is the same as not set, so `.env.example` can be copied as it is."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, default: bool = False) -> bool:
    value = text(name).lower()
    if not value:
        return default
    if value in YES | NO:
        return value in YES
    raise BadSetting(f"{name} is {value!r}. It takes yes or no.")


def number(name: str, default: int) -> int:
    return int(fraction(name, default))


def fraction(name: str, default: float) -> float:
    value = text(name)
    try:
        return float(value) if value else default
    except ValueError:
        raise BadSetting(f"{name} is {value!r}. It takes a number.") from None


def words(name: str, default: str = "") -> list[str]:
    """Comma-separated."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def secret(name: str) -> str:
    """The value of NAME, else what the file named by NAME_FILE holds, else empty."""
    if path := text(f"{name}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise BadSetting(f"{name}_FILE names {path}, which can't be read: {error.strerror}.") from None
    return text(name)


def load_dotenv(path: Path) -> None:
    """Adds the NAME=value lines of a file to the environment; what is set already stays."""
    if not path.is_file():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        name, equals, value = line.partition("=")
        if equals and not name.lstrip().startswith("#"):
            os.environ.setdefault(name.strip(), value.strip().strip("\"'"))


def new_secret_key() -> str:
    return secrets.token_urlsafe(48)


def new_seal_key() -> str:
    """`<id>:<32 bytes in base64>`, as SEAL_KEYS takes it; the id goes into each ciphertext."""
    return f"{secrets.token_hex(4)}:{base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()}"


MAKERS: dict[str, Callable[[], str]] = {"SECRET_KEY": new_secret_key, "SEAL_KEYS": new_seal_key}


def generated(path: Path) -> dict[str, str]:
    """The installation's own secrets, made once and kept in a file that only its owner reads."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = json.dumps({name: make() for name, make in MAKERS.items()}, indent=1)
        _write_new(path, made)
    return json.loads(path.read_text(encoding="utf-8"))


def _write_new(path: Path, content: str) -> None:
    """Several processes may start at once: the first one's file stays."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(content)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


SQLITE = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "cached_statements": 512,
    "init_command": "PRAGMA busy_timeout=20000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL",
}


POOL = {"min_size": 1, "timeout": 10, "reconnect_timeout": 2}
"""Seconds. A pool left to itself tries to reconnect ever more seldom, up to five minutes; this one gives up soon, and
the next who wants a connection tries anew."""


PREPARED = "5"
"""Times that a statement of `rows.asking` is asked before PostgreSQL keeps how it answers it."""


def _threshold(text: str) -> int | None:
    """None: nothing is kept, for what hands out another connection with each transaction. Raises BadSetting."""
    if text and not text.isdecimal():
        raise BadSetting(f"prepare_threshold in DATABASE_URL is {text!r}. It takes a number, or nothing.")
    return int(text) if text else None


def database(url: str, pool: int) -> dict[str, Any]:
    """Django's entry for `sqlite:///path` or `postgres://user:password@host:port/name?sslmode=…`."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": unquote(parts.path[1:]), "OPTIONS": dict(SQLITE)}
    if parts.scheme not in ("postgres", "postgresql"):
        raise BadSetting(f"DATABASE_URL begins with {parts.scheme!r}. It takes sqlite:///path or postgres://…")
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    told = dict(parse_qsl(parts.query, keep_blank_values=True)).get("prepare_threshold", PREPARED)
    options["prepare_threshold"] = _threshold(told)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": options | {"pool": POOL | {"max_size": pool}},
        "CONN_HEALTH_CHECKS": True,  # a restarted server costs nobody an error
    }


def cache(redis_url: str, folder: Path) -> dict[str, Any]:
    """Shared by all processes of a host: the login limits count in it."""
    if redis_url:
        return {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": redis_url,
            "KEY_PREFIX": "recette",
        }
    return {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": folder,
        "OPTIONS": {"MAX_ENTRIES": 5000},  # Django's 300 would soon throw counted logins away
    }
