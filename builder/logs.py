"""Log lines: readable in development, one JSON object a line in production. Hook keys never get into either, nor
what a service sends people back with."""

import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

SECRET = re.compile(r"(/hooks/)[^/\s?#\"'\\]+|((?:/oauth/callback|/accounts/oidc/[^/\s?]+/back)/?\?)[^\s\"'\\]*")
STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "request", "server_time"}


_about: ContextVar[dict[str, str]] = ContextVar("about")


@contextmanager
def about(**words: str) -> Iterator[None]:
    """Every line that is logged inside carries these words, whoever logs it: the run, its workspace."""
    token = _about.set({**_about.get({}), **words})
    try:
        yield
    finally:
        _about.reset(token)


class About(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        for name, word in _about.get({}).items():
            vars(record).setdefault(name, word)
        return True


def without_keys(text: str) -> str:
    return SECRET.sub(r"\1\2…", text)


class Readable(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        where = [f"{name} {vars(record)[name]}" for name in ("run", "workspace") if name in vars(record)]
        line = super().format(record)
        return without_keys(f"{line}  [{', '.join(where)}]" if where else line)


class JsonLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: value for name, value in vars(record).items() if name not in STANDARD}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return without_keys(json.dumps(line, default=str, ensure_ascii=False))


def config(level: str, as_json: bool) -> dict[str, Any]:
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {"()": JsonLine},
            "readable": {"()": Readable, "format": "%(asctime)s %(levelname)-7s %(name)s: %(message)s"},
        },
        "filters": {"about": {"()": About}},
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": "json" if as_json else "readable",
                "filters": ["about"],
            }
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django": {"level": level},
            "django.server": {"handlers": ["console"], "propagate": False},
            "httpx": {"level": "WARNING"},
            "httpcore": {"level": "WARNING"},
            "asyncio": {"level": "WARNING"},
        },
    }
