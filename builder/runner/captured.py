"""A conversation that changes nothing: what only reads is asked, what would change something is written down and
answered as the service might. What it made up can be told from what is real by the IDs of records that aren't there."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from connectors import wire
from connectors.errors import ConnectorError
from connectors.spec import Conversation, Operation, Request, Response

T = TypeVar("T")
Record = dict[str, Any]
Foresees = Callable[[str, Mapping[str, Any]], Mapping[str, Any]]
NEW = "recette-new-"
"""What the ID of a record begins with that only a real run would make; the step's own ID follows."""
IDS = ("id", "_id")


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

    @property
    def changes(self) -> list[Change]:
        body = self.request.json
        if self.before is None or not isinstance(body, Mapping):
            return []
        differing = ((name, self.before.get(name), after) for name, after in body.items())
        return [Change(name, before, after) for name, before, after in differing if not _same(before, after)]


class Rehearsal:
    """One step's. `known`: records that earlier steps of the preview made up, by ID."""

    def __init__(self, operation: Operation, foresees: Foresees, step_id: str, known: dict[str, Record]) -> None:
        self.operation, self.foresees, self.id, self.known = operation, foresees, NEW + step_id, known
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
            return end.value
        except Exception:
            if not self.guessed:
                raise
            return self._guess
        finally:
            conversation.close()

    def _answer(self, request: Request) -> Conversation[Response]:
        if request.effect:
            return (yield from self._write(request))
        if made_up := next(mentioned(request), ""):
            return self._made_up(self.known.get(made_up, {}))
        response = yield request
        self._seen[request.path] = response.json
        return response

    def _write(self, request: Request) -> Conversation[Response]:
        body = request.json if isinstance(request.json, Mapping) else {}
        before = (yield from self._before(request, body)) if request.method in ("PUT", "PATCH") else None
        self.writes.append(Write(request, before))
        sampled = next((part for part in self.operation.sample.values() if isinstance(part, Mapping)), None)
        record = {**(before or sampled or self.operation.sample)}
        if before is None:
            record |= {name: value for name, value in self.foresees(request.path, body).items() if name in record}
        record |= {name: value for name, value in body.items() if name in record or before is not None}
        ids = body.get("ids")
        if before is None:
            own = ids[0] if isinstance(ids, list) and ids else self.id
            record |= {name: own for name in IDS if name in record}
            self.known[str(own)] = record
        return self._made_up(record, isinstance(ids, list))

    def _before(self, request: Request, body: Mapping[str, Any]) -> Conversation[Record | None]:
        """What the record is now: as the conversation has read it, else from where it would be written to."""
        if next(mentioned(request), ""):
            return None
        if request.path not in self._seen:
            asked = Request("GET", request.path, query=request.query, headers=request.headers)
            try:
                response = yield asked
            except ConnectorError:
                return None
            self._seen[request.path] = response.json if response.status == 200 else None
        return _record_in(self._seen[request.path], body)

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
