"""A conversation that changes nothing: what only reads is asked, what would change something is written down and
answered as the service might. What it made up can be told from what is real by the IDs of records that aren't there."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from connectors import wire
from connectors.errors import ConnectorError, SignedOut
from connectors.spec import Connector, Conversation, Operation, Request, Response

T = TypeVar("T")
Record = dict[str, Any]
NEW = "recette-new-"
"""What the ID of a record begins with that only a real run would make; the step's own ID follows."""
IDS = ("id", "_id")
CHANGES = ("PUT", "PATCH")
"""Methods that change the record at their address."""


@dataclass(frozen=True, slots=True)
class Change:
    """One value of a record, as it is and as it would be."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Write:
    """A request that was not sent."""

    request: Request
    before: Record | None
    """The live record that it would change; None where there is none, or none could be read."""
    trouble: str = ""
    """Why the record could not be read."""

    @property
    def changes(self) -> list[Change]:
        body = self.request.json
        if self.before is None or not isinstance(body, Mapping):
            return []
        differing = ((name, self.before.get(name), after) for name, after in body.items())
        return [Change(name, before, after) for name, before, after in differing if not _same(before, after)]


class Rehearsal:
    """One step's. `known`: records that earlier steps of the preview made up, by ID."""

    def __init__(self, operation: Operation, home: Connector, step_id: str, known: dict[str, Record]) -> None:
        self.operation, self.home, self.id, self.known = operation, home, NEW + step_id, known
        self.writes: list[Write] = []
        self.guessed = False
        """An answer was made up on the way."""
        self._seen: dict[str, Any] = {}
        self._guess: Record = dict(operation.sample)

    def of(self, conversation: Conversation[T]) -> Conversation[T | Record]:
        """Only what reads is yielded. The result is what the operation makes of the answers; where it can make nothing
        of one that was made up, that answer itself."""
        try:
            request = next(conversation)
            while True:
                try:
                    response = yield from self._answer(request)
                except ConnectorError as problem:
                    request = conversation.throw(problem)
                else:
                    request = conversation.send(response)
        except StopIteration as end:
            return dict(self.operation.sample) if self.writes and not self.home.methods else end.value
        except Exception:
            if not self.guessed:
                raise
            return self._guess
        finally:
            conversation.close()

    def _answer(self, request: Request) -> Conversation[Response]:
        if request.effect or self.operation.consumes:
            return (yield from self._write(request))
        if made_up := next(mentioned(request), ""):
            return self._made_up(self.known.get(made_up, {}))
        response = yield request
        self._seen[request.path] = response.json
        return response

    def _write(self, request: Request) -> Conversation[Response]:
        body = request.json if isinstance(request.json, Mapping) else {}
        trouble = ""
        try:
            before = yield from self._before(request, body)
        except SignedOut:
            raise
        except ConnectorError as problem:
            before, trouble = None, problem.message
        self.writes.append(Write(request, before if request.method in CHANGES else None, trouble))
        if not self.home.methods:  # an address of whoever it may be: nobody knows what it answers
            return self._sampled()
        ids = body.get("ids")
        record = {**(before or self._sample())}
        if before is None:
            foreseen = self.home.foresees(request.path, body)
            record |= {name: value for name, value in foreseen.items() if name in record}
            own = ids[0] if isinstance(ids, list) and ids else self.id
            record |= {name: own for name in IDS if name in record}
            self.known[str(own)] = record
        if request.method in CHANGES or before is None:
            record |= {name: value for name, value in body.items() if name in record or before is not None}
        return self._made_up(record, isinstance(ids, list))

    def _before(self, request: Request, body: Mapping[str, Any]) -> Conversation[Record | None]:
        """What the record is now: as the conversation has read it, else from where it would be written to. Raises what
        kept it from being read."""
        if not self.home.methods or next(mentioned(request), ""):
            return None
        ids = body.get("ids")
        if isinstance(ids, list) and ids:
            seen = (_named(answer, str(ids[0])) for answer in self._seen.values())
            return next((record for record in seen if record), None)
        if request.method not in CHANGES:
            return None
        if request.path not in self._seen:
            asked = Request("GET", request.path, query=request.query, headers=request.headers)
            response = yield asked
            if response.status == 401:
                self.home.explain(asked, response, "read the record that it would change")
            self._seen[request.path] = response.json if response.status == 200 else None
        return _record_in(self._seen[request.path], body)

    def _sample(self) -> Mapping[str, Any]:
        return next(
            (part for part in self.operation.sample.values() if isinstance(part, Mapping)), self.operation.sample
        )

    def _sampled(self) -> Response:
        """Nothing is known of the answer: what the step gives is the catalogue's."""
        self.guessed = True
        return Response(200, {"content-type": "application/json"}, b"", None)

    def _made_up(self, record: Record, as_list: bool = False) -> Response:
        """In each of the shapes that services answer in: the record itself, under its name, under `data`."""
        self.guessed = True
        named = next((name for name, part in self.operation.sample.items() if isinstance(part, Mapping)), "")
        self._guess = {**self.operation.sample, **({named: record} if named else record)}
        answer = {**record, **self._guess, "data": [record] if as_list else record}
        return Response(200, {"content-type": "application/json"}, wire.encode(answer).encode(), answer)


def mentioned(request: Request) -> Iterator[str]:
    """The made-up IDs that a request names."""
    told = f"{request.path} {request.url} {json.dumps(dict(request.query), default=str)} {wire.encode(request.json)}"
    start = told.find(NEW)
    while start >= 0:
        end = start + len(NEW)
        while end < len(told) and told[end].isalnum():
            end += 1
        yield told[start:end]
        start = told.find(NEW, end)


def _named(answer: Any, own: str) -> Record | None:
    """The record with that ID in an answer, at its top, under its name, or in its list."""
    if not isinstance(answer, Mapping):
        return None
    parts = [answer, *answer.values()]
    records = [one for part in parts for one in (part if isinstance(part, list) else [part])]
    return next((dict(one) for one in records if isinstance(one, Mapping) and str(one.get("id")) == own), None)


def _record_in(answer: Any, body: Mapping[str, Any]) -> Record | None:
    """The part of an answer that has most of the names that would be written."""
    if not isinstance(answer, Mapping):
        return None
    parts = [answer, *(part for part in answer.values() if isinstance(part, Mapping))]
    best = max(parts, key=lambda part: len(part.keys() & body.keys()))
    return dict(best) if best.keys() & body.keys() else None


def _same(before: Any, after: Any) -> bool:
    """Whether the service would see no difference: 5 and "5.00" are one, and so are nothing and an empty text."""
    if before in (None, "") and after in (None, ""):
        return True
    try:
        return before == after or Decimal(str(before)) == Decimal(str(after))
    except InvalidOperation:
        return (
            wire.encode(before) == wire.encode(after) if isinstance(after, list | dict) else str(before) == str(after)
        )
