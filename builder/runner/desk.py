"""What a run's steps see and leave, and one claimed run at work."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import dropwhile, takewhile
from typing import TYPE_CHECKING, Any

from builder.models import Run, StepRun, StepStatus
from builder.models.columns import storable
from builder.recipe import tree, values
from builder.runner import accounts, calls, circuits, failpoints, leases, limits, links, retry, rows, scope
from builder.runner.clock import now
from builder.runner.journal import Fenced, Journal, Save
from builder.runner.leases import Claimed, remember
from builder.runner.ledger import Rank
from builder.runner.outcome import Rest
from builder.runner.wagons import Wagons
from connectors import catalogue
from connectors.errors import ConnectorError, SignedOut
from connectors.spec import Account, Operation

if TYPE_CHECKING:
    from connectors.client import Client

Step = dict[str, Any]
STRAIGHT = ("action", "remember")
"""Steps after which the next one comes, whatever they came to."""
STALE = 1.0
"""Seconds after which it is looked again whether a run is still this worker's, before it changes something."""
NOBODY = Account(base_url="", headers={})


@dataclass
class Tools:
    """What all runs of a drain share."""

    journal: Journal
    http: "Client"
    services: circuits.Circuits = field(default_factory=circuits.Circuits)
    wagons: Wagons = field(default_factory=Wagons)
    said: dict[int, dict[str, int]] = field(default_factory=dict)
    """By connection: the newest rate headers that nobody has written down yet."""
    chance: random.Random = field(default_factory=random.Random)
    stopping: threading.Event = field(default_factory=threading.Event)
    """Set: finish the step in hand, then put the run down."""

    def __post_init__(self) -> None:
        self.refresh = calls.Refresher(self.http, self.journal.do)
        self.lines = limits.Limits(self.journal.do)

    def heard(self) -> dict[int, dict[str, int]]:
        """What the services said of their budgets since the last call, by connection."""
        heard, self.said = self.said, {}
        return heard


class Sheet:
    """What the steps of a run see, and the rows they leave."""

    def __init__(self, claimed: Claimed) -> None:
        self.claimed, self.run = claimed, claimed.run

    def new_row(self, step: Step, round_: str, status: str, **columns: Any) -> StepRun:
        """A row for the next attempt."""
        last = self.claimed.last.get((step["id"], round_))
        row = rows.new(
            StepRun,
            workspace_id=self.run.workspace_id,
            run=self.run,
            step_id=step["id"],
            iteration=round_,
            attempt=last.attempt + 1 if last else 1,
            kind=step.get("kind", "trigger"),
            operation=step.get("operation", ""),
            status=status,
            started_at=now(),
            finished_at=None if status in (StepStatus.STARTED, StepStatus.WAITING) else now(),
            **_storable(columns),
        )
        remember(self.claimed, row)
        return row

    def opened(self, step: Step, operation_connector: str, account: Account | None = None) -> accounts.Opened:
        """The step's connection; a built-in operation brings its own account. Raises the error with the sentence."""
        home = catalogue.connector(operation_connector)
        if home and not home.methods:
            return accounts.Opened(0, "", home.label, home, account or NOBODY, {})
        found = self.claimed.connections.get(step.get("connection", ""))
        if found is None:
            raise SignedOut("This step has no connection: choose one in the recipe and publish it again.")
        if isinstance(found, ConnectorError):
            raise found
        if found.connector.key != operation_connector:
            raise SignedOut(f"The connection {found.name} belongs to {found.connector.label}: choose another one.")
        return found

    def round_of(self, place: tuple[int, ...]) -> str:
        return scope.iteration(self.claimed, place)

    def scope(self, place: tuple[int, ...]) -> dict[str, Any]:
        return scope.values(self.claimed, place)

    def reading(self) -> dict[str, Any]:
        return scope.settings_of(self.claimed)

    def fixes(self, step: Step, round_: str) -> dict[str, Any]:
        """What a person gave the step for this run alone."""
        return dict((self.run.fixes or {}).get(scope.fix_key(step["id"], round_), {}))

    def resolved(
        self, step: Step, operation: Operation, place: tuple[int, ...]
    ) -> tuple[dict[str, Any], list[values.Trouble]]:
        """What the operation is given there, and what is wrong with the rest."""
        given = {**step.get("inputs", {}), **self.fixes(step, self.round_of(place))}
        fields, one_of = operation.fields, operation.one_of
        return values.resolve(given, fields, self.scope(place), one_of=one_of, **self.reading())

    def option(self, step: Step, name: str, default: str) -> str:
        return str(step.get("options", {}).get(name) or default)


class Desk(Sheet):
    """One claimed run at work: what it may use, and what it has not yet written down."""

    def __init__(self, claimed: Claimed, tools: Tools) -> None:
        super().__init__(claimed)
        self.tools = tools
        self.pending = Save(self.run)
        self.step_id = ""
        """Of the step in hand; empty before the first."""
        self._admitted: set[int] = set()
        """Connections that this claim has made calls over."""
        self._fresh: set[int] = set()
        self._durable = time.monotonic()
        """When it was last seen in the database that the run is this claim's."""
        self.frees = bool(self.run.lane or self.run.parent_id)
        """Whether another run may go once this one rests or is over."""

    def new_row(self, step: Step, round_: str, status: str, **columns: Any) -> StepRun:
        """Written with the next flush."""
        row = super().new_row(step, round_, status, **columns)
        self.pending.started.append(row)
        self._fresh.add(id(row))
        return row

    def close(self, row: StepRun, status: str, **columns: Any) -> None:
        """How an attempt ended; written with the next flush."""
        row.status = status
        row.finished_at = None if status in (StepStatus.WAITING, StepStatus.UNKNOWN) else now()
        for name, value in _storable(columns).items():
            setattr(row, name, value)
        if id(row) not in self._fresh and row not in self.pending.finished:
            self.pending.finished.append(row)
        if status == StepStatus.DONE and row.output is not None:
            self.claimed.outputs[row.step_id] = row.output

    def since(self, row: StepRun) -> float:
        """When the first attempt at this step began."""
        return self.claimed.firsts[row.step_id, row.iteration].started_at.timestamp()

    def keep(self, line: calls.Line, row: StepRun) -> None:
        """The exchanges of a line, under the attempt they belong to."""
        for exchange in line.exchanges:
            exchange.step_run = row
        self.pending.exchanges += line.exchanges
        if calls := len(line.exchanges) - line.rides:
            self.pending.counted["calls"] += calls
            self.pending.calls_over[line.opened.id] += calls
        if line.permit:  # nothing was asked of the service after all
            self.spare(line.opened, line.permit)
            line.permit = None

    async def flush(self, **changes: Any) -> links.Answer | None:
        """All that is pending, durable. Raises journal.Fenced."""
        self.pending.changes |= _storable(changes)
        save, self.pending = self.pending, Save(self.run)
        self.frees = self.frees or bool(save.calls)
        self._reach("step.before_done", save)
        answer = await self.tools.journal.save(save)
        self._durable = time.monotonic()
        self._reach("step.after_done", save)
        self._fresh.clear()
        return answer

    def _reach(self, name: str, save: Save) -> None:
        for row in (*save.started, *save.finished):
            if row.status == StepStatus.DONE:
                failpoints.reach(name, row.step_id)

    async def admit(self, opened: accounts.Opened) -> limits.Permit | Rest:
        """A permit for the next call, or how long the run waits for its turn, as a row."""
        circuit = self.tools.services.of(opened)
        if circuit and (seconds := await circuit.rests(self.do)):
            return self._rest(
                seconds, f"{opened.connector.label} is not answering. This run goes on by itself at about"
            )
        found = await self.tools.lines.of(opened).enter(self.errand(opened))
        if isinstance(found, limits.Permit):
            self._admitted.add(opened.id)
            return found
        return self._rest(found, f"{opened.connector.label}'s budget is used up for now. This run goes on at about")

    def spare(self, opened: accounts.Opened, permit: limits.Permit) -> None:
        """It was not needed."""
        self.tools.lines.of(opened).share.give_back(permit, now().timestamp())

    def errand(self, opened: accounts.Opened) -> limits.Errand:
        return limits.Errand(
            rank(self.run),
            self.run.recipe_id,
            goes_on=opened.id in self._admitted,
            calls=self._calls_left(opened),
        )

    def _calls_left(self, opened: accounts.Opened) -> int:
        """The step in hand and those that surely follow it, up to the first that may lead elsewhere or the end of its
        path, as far as they go over the same connection."""
        key = self.step_id, opened.public_id
        ahead = self.claimed.outline.ahead
        if key not in ahead:
            ahead[key] = self._counted_ahead(opened.public_id)
        return ahead[key]

    def _counted_ahead(self, connection: str) -> int:
        rest = list(dropwhile(lambda row: self.step_id not in ("", row.step["id"]), tree.steps(self.claimed.tree)))
        sure = takewhile(lambda row: row.step["kind"] in STRAIGHT and row.parents == rest[0].parents, rest)
        theirs = (row.step.get("connection") for row in sure if not row.step["skip"])
        return max(1, sum(public_id == connection for public_id in theirs))

    def _rest(self, seconds: float, sentence: str) -> Rest:
        until = retry.after(seconds)
        here = until.astimezone(self.reading()["zone"])
        return Rest(until, f"{sentence} {here:%H:%M:%S}.")

    def line(
        self,
        opened: accounts.Opened,
        step_id: str,
        purpose: str = "call",
        permit: limits.Permit | None = None,
        shared: bool = False,
        seconds: float = 0,
    ) -> calls.Line:
        """`shared`: its calls may go together with those of other runs, since repeating them does no harm. `seconds`:
        an answer is waited for so long."""
        return calls.Line(
            client=self.tools.http,
            opened=opened,
            turnstile=self.tools.lines.of(opened),
            workspace_id=self.run.workspace_id,
            do=self.do,
            errand=limits.Errand(Rank.LIVE, self.run.recipe_id, begun=True),
            circuit=self.tools.services.of(opened),
            permit=permit,
            said=self.tools.said,
            refresh=self.tools.refresh,
            purpose=purpose,
            step_id=step_id,
            wagons=self.tools.wagons if shared else None,
            sure=self.sure,
            seconds=seconds,
        )

    async def do(self, work: Callable[[], Any]) -> Any:
        return await self.tools.journal.do(work)

    async def sure(self, seconds: float = 0) -> None:
        """Before something is changed elsewhere, in a call with such a time-out. Raises journal.Fenced when the run is
        somebody else's by now, or was cancelled."""
        tries = 0
        while time.monotonic() - self._durable > STALE or not leases.lasts(
            self.run, seconds, leases.SLACK if tries < leases.PUNCTUAL else leases.BUSY
        ):
            until = await self.do(lambda: leases.keep(self.run, seconds))
            if until is None:
                raise Fenced
            self.run.lease_until, self._durable = until, time.monotonic()
            tries += 1


def _storable(columns: dict[str, Any]) -> dict[str, Any]:
    """Texts about values that a service sent may hold what a column can't."""
    return {name: storable(value) if isinstance(value, str) else value for name, value in columns.items()}


def operation_of(step: Step) -> Operation | None:
    return catalogue.operation(step.get("operation", ""))


def rank(run: Run) -> Rank:
    """Of a claimed run, among all who want to call a service."""
    if run.backfill:
        return Rank.BACKFILL
    return Rank.RETRY if run.token > 1 else Rank.LIVE  # claimed before: it waited, or was tried
