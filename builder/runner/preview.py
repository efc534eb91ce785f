"""A whole draft on one record, with nothing changed anywhere. What judges, branches, counts and remembers is the code
of a run; what reads is really asked; what would change something is written down, see `captured`."""

import logging
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from asgiref.sync import async_to_sync

from builder.models import Connection, Event, Exchange, Recipe, RecipeState, RecordLink, Run, RunStatus, StepStatus
from builder.models.columns import plain, read_json, write_json
from builder.recipe import values, walk
from builder.recipe.errors import CantRender, TooMuch
from builder.runner import (
    accounts,
    approvals,
    attempt,
    calls,
    captured,
    durations,
    handlers,
    offline,
    outputs,
    scope,
    steps,
    unfit,
    waits,
)
from builder.runner.clock import clock, now
from builder.runner.desk import Sheet, Step, operation_of
from builder.runner.leases import Claimed, Outline
from builder.runner.ledger import Rank
from builder.runner.links import hidden_too
from builder.runner.outcome import End, Go, Hold, Outcome
from connectors import catalogue, redact
from connectors.errors import ConnectorError
from connectors.spec import Operation, dig
from connectors.tools import links

log = logging.getLogger(__name__)

Place = tuple[int, ...]
ROUNDS = 3
"""A loop is gone round so often at most: what comes after is alike."""
MOST = 200
"""Steps."""
SECONDS = 40.0
"""After which it is cut: somebody is waiting for it."""
MARKER = "wf-" + "0" * 20
"""Where a run's own mark would stand."""
KEPT = 20_000
"""Characters of a body."""


@dataclass
class Taken:
    """What one step did, or would do."""

    step: str
    round: str
    kind: str
    status: str
    note: str = ""
    error: str = ""
    about: str = ""
    """Name of the input that the error is about."""
    input: dict[str, Any] = field(default_factory=dict)
    calls: list[dict[str, Any]] = field(default_factory=list)
    """Exchanges; with `sent`, and for what was not sent `changes` of the live record."""
    writes: bool = False
    """It would change something, send something, or ask somebody."""
    guessed: bool = False
    """What it gave was made up: a real run learns it from the service."""
    leans: list[str] = field(default_factory=list)
    """Steps whose made-up values it takes."""


@dataclass
class Shown:
    """How the whole went."""

    status: str
    """That of a run; empty where it was cut."""
    because: str
    stopped_at: str
    taken: list[Taken]


def of(recipe: Recipe, data: Mapping[str, Any]) -> Shown:
    """The recipe's draft, begun with what the trigger gives."""
    clock.ask()  # the loop must not
    sheet = PreviewSheet(_claimed(recipe, dict(data)))
    return async_to_sync(sheet.walk)()


def _claimed(recipe: Recipe, data: dict[str, Any]) -> Claimed:
    """As of a run that is in no table."""
    run = Run(workspace_id=recipe.workspace_id, recipe=recipe, public_id="preview", created_at=now())
    found = Connection.objects.filter(workspace_id=recipe.workspace_id, deleted_at=None)
    return Claimed(
        run=run,
        outline=Outline(recipe.draft),
        workspace=recipe.workspace,
        event=Event(workspace_id=recipe.workspace_id, data=read_json(write_json(data)), received_at=now()),
        outputs={},
        last={},
        firsts={},
        attempts={},
        connections={one.public_id: _opened(one) for one in found},
    )


def _opened(connection: Connection) -> accounts.Opened | ConnectorError:
    try:
        return accounts.open(connection)
    except ConnectorError as problem:
        return problem


@dataclass(frozen=True, slots=True)
class Tie:
    """This record there would be that record here."""

    kind: str
    local: str
    remote: str
    account: str


class PreviewSheet(Sheet):
    def __init__(self, claimed: Claimed) -> None:
        super().__init__(claimed)
        self.taken: list[Taken] = []
        self.guessed: set[str] = set()
        """Steps whose values were made up."""
        self.made: dict[str, dict[str, Any]] = {}
        """Records that were made up, by ID."""
        self.links: list[Tie] = []
        """What its steps would tie together, the newest first."""

    async def walk(self) -> Shown:
        end, tree = time.monotonic() + SECONDS, self.claimed.tree
        place = walk.first(tree)
        while place is not None:
            step = walk.step_at(tree, place)
            if time.monotonic() > end or len(self.taken) >= MOST:
                return Shown("", "The preview ends here: it has become too long.", step["id"], self.taken)
            outcome = await self._take(step, place)
            if not isinstance(outcome, Go):
                return self._over(outcome, step["id"])
            place = walk.after(tree, place, outcome.branch, self.rounds(place), outcome.leave)
        return self._over(steps.ended(self), "")

    async def _take(self, step: Step, place: Place) -> Outcome:
        before = len(self.taken)
        try:
            outcome = await steps.take(self, step, place, KINDS)
        except CantRender as problem:
            outcome = Hold(problem.message)
        except Exception as mistake:
            log.exception("a preview failed", extra={"action": "preview_mistake", "step": step["id"]})
            outcome = Hold(f"That was a mistake of Recette's own ({type(mistake).__name__}).")
        if len(self.taken) == before:  # it left no row of its own: it was what couldn't be read
            self.new_row(step, self.round_of(place), StepStatus.FAILED)
        last = self.taken[-1]
        last.leans = sorted(self._leaned_on(step))
        if last.leans and last.kind in ("remember", "each"):  # it passes them on
            self.guessed.add(last.step)
        if isinstance(outcome, Hold) and not last.error:
            last.error = outcome.because
        if last.kind == "each":
            self._count(step, last)
        return outcome

    def new_row(self, step: Step, round_: str, status: str, **columns: Any) -> Any:
        row = super().new_row(step, round_, status, **columns)
        error = row.error or {}
        told = Taken(row.step_id, round_, row.kind, str(status), row.note, error.get("message", ""))
        told.about, told.input = error.get("field", ""), dict(row.input or {})
        self.taken.append(told)
        return row

    def gave(
        self,
        step: Step,
        round_: str,
        output: Mapping[str, Any],
        note: str,
        guessed: bool = True,
        writes: bool = False,
    ) -> Go:
        """A step that only a run carries out, with what it would give."""
        row = self.new_row(step, round_, StepStatus.DONE, note=note, output=outputs.kept(dict(output)))
        self.taken[-1].guessed, self.taken[-1].writes = guessed, writes
        if guessed:
            self.guessed.add(row.step_id)
        return Go()

    def tie(self, operation: Operation, opened: accounts.Opened, inputs: dict[str, Any], output: Any) -> None:
        """As the link table would learn it when the step is done."""
        wish = attempt.wish_of(operation, opened, inputs)
        remote = dig(output, operation.link.id) if wish and operation.link else None
        if wish and remote:
            self.links.insert(0, Tie(wish.kind, wish.local_key, str(remote), opened.name))

    def tied(self, inputs: dict[str, Any]) -> dict[str, Any] | None:
        """What a look for a linked record would find of those."""
        given, kind = str(inputs.get("id") or "").strip(), inputs.get("kind")
        fitting = [one for one in self.links if one.kind == kind and given in (one.local, one.remote)]
        if not fitting:
            return None
        first = fitting[0]
        pair = (first.remote, first.local) if first.local == given else (first.local, first.remote)
        told = {"kind": kind, "account": first.account, "count": len(fitting)}
        return {"found": True, "id": pair[0], "other_id": pair[1], **told}

    def _over(self, outcome: Outcome, step_id: str) -> Shown:
        if isinstance(outcome, End):
            return Shown(str(outcome.status), outcome.because, step_id, self.taken)
        assert isinstance(outcome, Hold)
        return Shown(str(RunStatus.HELD), outcome.because, step_id, self.taken)

    def _leaned_on(self, step: Step) -> set[str]:
        return {root for root, _path in values.refs_of(step)} & self.guessed

    def _count(self, step: Step, told: Taken) -> None:
        """The first rounds stand for all."""
        output = self.claimed.outputs.get(step["id"]) or {"items": [], "count": 0}
        all_, most = output["count"], ROUNDS * scope.batch_of(step)
        told.note = "1 item." if all_ == 1 else f"{all_} items."
        if all_ > most:
            told.note += f" The preview goes through the first {most}."

    def rounds(self, place: Place) -> dict[Place, int]:
        return {each: min(count, ROUNDS) for each, count in steps.rounds(self, place).items()}


async def action(sheet: PreviewSheet, step: Step, place: Place) -> Outcome:
    round_, operation = sheet.round_of(place), operation_of(step)
    if operation is None:
        return Hold("Choose what this step does first.")
    inputs, troubles = sheet.resolved(step, operation, place)
    shown = handlers.shown(operation, plain(inputs))
    if troubles:
        sentence = unfit.told(sheet.claimed.tree, operation, troubles)
        error = {"code": "inputs", "message": sentence, "field": troubles[0].field}
        sheet.new_row(step, round_, StepStatus.FAILED, input=shown, error=error)
        return attempt.settled(sheet, step, sentence, "inputs")
    kept: list[Exchange] = []
    home = catalogue.connector(operation.connector)
    assert home
    rehearsal = captured.Rehearsal(operation, home, step["id"] + round_.replace(".", ""), sheet.made)
    try:
        opened = sheet.opened(step, operation.connector, handlers.account(operation, plain(inputs)))
        output = await _rehearsed(sheet, operation, opened, plain(inputs), rehearsal, kept)
        row = sheet.new_row(step, round_, StepStatus.DONE, input=shown, output=outputs.kept(output))
    except (ConnectorError, TooMuch) as problem:
        error = _error(problem)
        sheet.new_row(step, round_, StepStatus.FAILED, input=shown, error=error)
        sheet.taken[-1].calls = [_asked(one) for one in kept]
        return attempt.settled(sheet, step, problem.message, error["code"])
    told = sheet.taken[-1]
    told.calls = [*(_asked(one) for one in kept), *_unsent(sheet, opened, rehearsal)]
    told.writes = bool(rehearsal.writes) or _writes_here(operation)
    told.guessed = rehearsal.guessed or told.writes
    sheet.tie(operation, opened, plain(inputs), output)
    if told.guessed:
        sheet.guessed.add(row.step_id)
    return Go()


def _error(problem: ConnectorError | TooMuch) -> dict[str, str]:
    if isinstance(problem, TooMuch):
        return outputs.error(problem)
    return {"code": problem.code, "message": problem.message, "field": problem.field}


async def _rehearsed(
    sheet: PreviewSheet,
    operation: Operation,
    opened: accounts.Opened,
    inputs: dict[str, Any],
    rehearsal: captured.Rehearsal,
    kept: list[Exchange],
) -> dict[str, Any]:
    if handler := handlers.HANDLERS.get(operation.key):
        if _writes_here(operation):
            return {**operation.sample, **_own(operation, inputs)}
        if operation.key == links.FIND.key and (known := sheet.tied(inputs)):
            return known
        return await handler(handlers.Spot(sheet.run.workspace_id, "", offline.in_transaction), inputs)
    linked = await offline.in_thread(lambda: _linked(sheet, operation, opened, inputs))
    return await offline.holding(
        opened,
        lambda context: rehearsal.of(operation.perform(inputs, context)),
        marker=MARKER,
        currency=sheet.claimed.workspace.currency,
        kept=kept,
        rank=Rank.PERSON,
        linked=linked,
        reads_only=True,
    )


def _writes_here(operation: Operation) -> bool:
    """Whether it reaches no service, and does something all the same: a mail, an entry of a digest."""
    return operation.key in handlers.HANDLERS and operation.kind == "action"


def _own(operation: Operation, inputs: dict[str, Any]) -> dict[str, Any]:
    """What such an operation says again of what it was given."""
    name, sampled = next(iter(operation.sample.items()), ("", None))
    if not isinstance(sampled, Mapping):
        return {}
    return {name: {**sampled, **{key: value for key, value in inputs.items() if key in sampled}}}


def _linked(sheet: PreviewSheet, operation: Operation, opened: accounts.Opened, inputs: dict[str, Any]) -> str:
    """What the link table knows, as a run would find it."""
    wish = attempt.wish_of(operation, opened, inputs)
    if wish is None:
        return ""
    if known := next((one.remote for one in sheet.links if (one.kind, one.local) == (wish.kind, wish.local_key)), ""):
        return known
    rows = RecordLink.objects.filter(connection_id=wish.connection_id, kind=wish.kind, local_key=wish.local_key)
    rows |= hidden_too(wish)
    return rows.values_list("remote_id", flat=True).first() or ""


def _asked(exchange: Exchange) -> dict[str, Any]:
    return _told(exchange) | {
        "sent": True,
        "status": exchange.status,
        "answer": exchange.response_body[:KEPT],
        "took_ms": exchange.took_ms,
        "trouble": exchange.trouble,
    }


def _unsent(sheet: PreviewSheet, opened: accounts.Opened, rehearsal: captured.Rehearsal) -> Iterator[dict[str, Any]]:
    for number, write in enumerate(rehearsal.writes):
        exchange = calls.record_of(opened, write.request, sheet.run.workspace_id, number, "call")
        secrets = opened.account.secrets
        before, after = (
            redact.redact({one.name: getattr(one, side) for one in write.changes}, secrets)
            for side in ("before", "after")
        )
        changes = [{"name": name, "before": before[name], "after": after[name]} for name in after]
        told = {"sent": False, "live": write.before is not None, "trouble": redact.redact(write.trouble, secrets)}
        yield _told(exchange) | told | {"changes": plain(changes)}


def _told(exchange: Exchange) -> dict[str, Any]:
    return {"method": exchange.method, "url": exchange.url, "body": exchange.request_body[:KEPT]}


async def wait(sheet: PreviewSheet, step: Step, place: Place) -> Outcome:
    if step["mode"] != "event":
        until = waits.until_when(sheet, step, place)
        moment = until.astimezone(sheet.reading()["zone"])
        return sheet.gave(step, sheet.round_of(place), {}, f"It would wait until {moment:%-d %b %Y, %H:%M}.", False)
    trigger = catalogue.trigger(step["trigger"])
    if trigger is None:
        return Hold("Choose what this step waits for first.")
    about = str(values.render(step["about"], sheet.scope(place), **sheet.reading()) or "").strip()
    if not about:
        raise CantRender("What the event must be about is empty. Look at the step that gives it.")
    longest = now() + durations.of(step["timeout"], sheet.scope(place), sheet.reading())
    moment = longest.astimezone(sheet.reading()["zone"])
    note = f"It would wait until {waits.in_words(trigger)}, {moment:%-d %b %Y, %H:%M} at the latest."
    given = {**trigger.sample, "happened": True, "happened_at": now().isoformat()}
    return sheet.gave(step, sheet.round_of(place), given, f"{note} Here it goes on as if that had happened.")


async def approval(sheet: PreviewSheet, step: Step, place: Place) -> Outcome:
    found, reading = sheet.scope(place), sheet.reading()
    people = approvals.addresses(values.render(one, found, **reading) for one in step["people"])
    if not people:
        return Hold("Nobody is named who could approve this.")
    note = f"It would ask {' or '.join(people)}. Here it goes on as if that had been approved."
    given = approvals.ASSUMED | {"email": people[0], "at": now().isoformat()}
    return sheet.gave(step, sheet.round_of(place), given, note, writes=True)


async def call(sheet: PreviewSheet, step: Step, place: Place) -> Outcome:
    found, reading = sheet.scope(place), sheet.reading()
    given = plain({name: values.render(text, found, **reading) for name, text in step["inputs"].items()})
    wanted = Recipe.objects.filter(workspace_id=sheet.run.workspace_id, public_id=step["recipe"], deleted_at=None)
    recipe = await offline.in_thread(wanted.first)
    if recipe is None or recipe.state != RecipeState.LIVE:
        return Hold("The recipe it calls isn't live.")
    result: dict[str, Any] = {"run": "", "status": "done" if step["wait"] else "", "message": "", "values": {}}
    went = sheet.gave(step, sheet.round_of(place), result, f"It would call the recipe “{recipe.name}”.", writes=True)
    sheet.taken[-1].input = given
    return went


KINDS: dict[str, steps.Kind] = {**steps.THOUGHT, "action": action, "wait": wait, "approval": approval, "call": call}
