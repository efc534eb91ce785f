"""POST /hooks/<key>/: the door for the world, in front of Django's request handling.

Reads the body up to its limit, hands it to one writer thread and answers when the writer has committed. Many deliveries
share a commit. Whatever the method and with or without the slash it never answers 404, 405, 410 or a redirect: Invoice
Ninja deletes a webhook that is answered so.
"""

import json
import logging
import queue
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection
from django_scopes import scopes_disabled

from builder.runner import deliveries, doorbell, failpoints, intake_times, turn

log = logging.getLogger(__name__)

PATH = re.compile(r"^/hooks(?:/([^/]*)(?:/(.*?))?)?/?\Z", re.DOTALL)
STATUS = {
    200: "200 OK",
    202: "202 Accepted",
    400: "400 Bad Request",
    401: "401 Unauthorized",
    413: "413 Content Too Large",
    429: "429 Too Many Requests",
}
SAY = {
    200: "Received.",
    202: "Received. No recipe knows this address.",
    400: "The body broke off. Please send it again.",
    401: "The signature is missing or wrong.",
    413: "The body is larger than this server takes.",
    429: "It could not be stored just now. Please send it again.",
}
MOST = 100
PATIENCE = 20.0
"""Seconds after which a delivery is answered as not stored, and not stored."""

Wsgi = Callable[[Mapping[str, Any], Callable[..., Any]], Iterable[bytes]]


class Door:
    """A WSGI application in front of another one."""

    def __init__(self, inside: Wsgi) -> None:
        self.inside, self.writer = inside, Writer()

    def __call__(self, environ: Mapping[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        match = PATH.match(environ.get("PATH_INFO", ""))
        if match is None:
            return self.inside(environ, start_response)
        status = self._answer(match[1] or "", match[2] or "", environ)
        return _say(start_response, status, environ["REQUEST_METHOD"])

    def _answer(self, key: str, tail: str, environ: Mapping[str, Any]) -> int:
        try:
            body = read_body(environ, settings.HOOK_BODY_LIMIT)
        except Cut:
            return 400
        query = environ.get("QUERY_STRING", "").encode("latin-1", "replace")
        if body is None or len(body) + len(query) > settings.HOOK_BODY_LIMIT:
            return 413
        return self.writer.store(deliveries.Delivery(key, tail.strip("/"), headers_of(environ), body, query))


class Cut(Exception):
    """The sender hung up before the body was whole."""


def read_body(environ: Mapping[str, Any], limit: int) -> bytes | None:
    """None when it is over the limit; no more than the limit is read. Raises Cut."""
    try:
        length = max(0, int(environ.get("CONTENT_LENGTH") or 0))
    except ValueError:
        length = 0
    if length > limit:
        return None
    stream = environ["wsgi.input"]
    try:
        body = stream.read(length) if length else stream.read(limit + 1) if _chunked(environ) else b""
    except OSError:
        raise Cut from None
    if len(body) < length:
        raise Cut
    return body if len(body) <= limit else None


def _chunked(environ: Mapping[str, Any]) -> bool:
    return "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()


def headers_of(environ: Mapping[str, Any]) -> dict[str, str]:
    """Names in lower case."""
    found = {k[5:].replace("_", "-").lower(): str(v) for k, v in environ.items() if k.startswith("HTTP_")}
    return found | {"content-type": str(environ.get("CONTENT_TYPE", ""))}


def _say(start_response: Callable[..., Any], status: int, method: str) -> list[bytes]:
    body = json.dumps({"message": SAY[status]}).encode()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")]
    if status == 429:
        headers.append(("Retry-After", "10"))
    start_response(STATUS[status], headers)
    return [] if method == "HEAD" else [body]


class GivenUp(Exception):
    """Some of a batch were answered as not stored while it was written: so they must not be."""


@dataclass(eq=False)
class _Waiting:
    delivery: deliveries.Delivery
    since: float = field(default_factory=time.monotonic)
    done: threading.Event = field(default_factory=threading.Event)
    status: int = 429
    given_up: bool = False
    """It was answered as not stored."""


class Writer:
    """One thread with one database connection; started by the first delivery."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._start = threading.Lock()
        self._times = intake_times.Times()
        self._thread: threading.Thread | None = None

    def store(self, delivery: deliveries.Delivery) -> int:
        """The HTTP status to answer with; 429 when it is not durable."""
        self._ensure_started()
        waiting = _Waiting(delivery)
        self._queue.put(waiting)
        waiting.given_up = not waiting.done.wait(PATIENCE / settings.TIME_SCALE)
        return waiting.status

    def close(self) -> None:
        """What was handed in is still written."""
        with self._start:
            if self._thread:
                self._queue.put(None)
                self._thread.join()

    def _ensure_started(self) -> None:
        with self._start:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="intake", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        desk, self._ringer = deliveries.Registrar(), Ringer()
        try:
            while batch := self._batch():
                self._write(desk, batch)
            self._tell()
        finally:
            self._ringer.close()
            connection.close()

    def _batch(self) -> list[_Waiting]:
        batch: list[_Waiting] = []
        while not batch or (len(batch) < MOST and not self._queue.empty()):
            waiting = self._next()
            if waiting is None:
                if batch:
                    self._queue.put(None)
                break
            batch.append(waiting)
        return batch

    def _next(self) -> _Waiting | None:
        """When it has become quiet, what was measured is written down first."""
        try:
            return self._queue.get(timeout=intake_times.EVERY if self._times.unsaid else None)
        except queue.Empty:
            self._tell()
            return self._queue.get()

    def _tell(self) -> None:
        try:
            with turn.writing():
                told = self._times.tell()
            self._times.forget(told)
        except Exception as problem:
            log.warning("how long deliveries took was not written: %s", problem, extra={"action": "intake_untold"})
            connection.close()
            self._times.forget(self._times.unsaid.copy())

    def _write(self, desk: deliveries.Registrar, batch: list[_Waiting]) -> None:
        """One that can't be stored keeps none of the others out."""
        try:
            with scopes_disabled(), turn.writing():
                statuses = desk.register([w.delivery for w in batch])
                told = self._times.tell() if self._times.due() else Counter()
                if any(w.given_up for w in batch):
                    raise GivenUp
                failpoints.reach("intake.before_commit")
            failpoints.reach("intake.after_commit")
        except GivenUp:
            if rest := [w for w in batch if not w.given_up]:
                self._write(desk, rest)
            return
        except Exception as problem:  # whatever keeps it from being durable
            log.error("deliveries were not stored", exc_info=problem, extra={"action": "intake_failed"})
            connection.close()
            if len(batch) > 1 and not isinstance(problem, OperationalError):
                return self._each(desk, batch)
            statuses = [429] * len(batch)
        else:
            self._times.forget(told)
        for waiting, status in zip(batch, statuses, strict=True):
            self._times.took(time.monotonic() - waiting.since)
            waiting.status = status
            waiting.done.set()
        if 200 in statuses:
            self._ringer.ring()

    def _each(self, desk: deliveries.Registrar, batch: list[_Waiting]) -> None:
        for waiting in batch:
            self._write(desk, [waiting])


class Ringer:
    """Rings on a thread of its own: a broker that is away or silent costs seconds, which no delivery waits for."""

    def __init__(self) -> None:
        self._wanted, self._over = threading.Event(), False
        self._thread = threading.Thread(target=self._run, name="ringer", daemon=True)
        self._thread.start()

    def ring(self) -> None:
        self._wanted.set()

    def close(self) -> None:
        self._over = True
        self._wanted.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over:
            self._wanted.wait()
            self._wanted.clear()
            _ring()
        connection.close()


def _ring() -> None:
    try:
        doorbell.ring_now()
    except Exception as problem:  # the sweeper rings for what is stored
        log.warning("the doorbell did not ring: %s", problem, extra={"action": "ring_failed"})
        connection.close()
