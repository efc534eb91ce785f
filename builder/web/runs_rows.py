"""Runs as the rows of a table: what each was about, how it stands, how far it came."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from builder.actions.actor import Actor
from builder.models import Capability, Run, RunStatus, StepRun, Version
from builder.recipe import tree as trees
from builder.templatetags import look
from builder.web import run_steps

WIDE = 14
"""Squares in the line of steps; longer recipes are shown up to there."""
SQUARES = {
    "done": "b-ok", "skipped": "b-skip", "filtered": "b-skip", "failed": "b-bad", "held": "b-bad",
    "unknown": "b-bad", "waiting": "b-wait", "started": "b-run", "cancelled": "b-skip",
}  # fmt: skip


@dataclass
class Row:
    run: Run
    version: Version
    steps: dict[str, run_steps.Story]
    selectable: bool = False
    currency: str = ""
    day: date | None = None
    """Set on the first row of a day."""
    numbers: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.numbers = run_steps.numbers(self.version.tree)

    @property
    def title(self) -> str:
        return look.called(self.run)

    @property
    def state(self) -> str:
        return str(self.run.status)

    @property
    def headline(self) -> str:
        tries = max((story.tries for story in self.steps.values()), default=1)
        newest = max((row for story in self.steps.values() for row in story.rows), key=lambda r: r.pk, default=None)
        return run_steps.headline(self.run, self.numbers, tries, newest.step_id if newest else "")

    @property
    def about(self) -> str:
        """Why it is not done; else whose it was, and how much money."""
        if self.run.because and self.run.status != RunStatus.DONE:
            return self.run.because
        return subject(self.run.event.data, self.run.title, self.currency)

    @property
    def took(self) -> timedelta | None:
        begun, end = self.run.started_at, self.run.finished_at
        if self.run.status == RunStatus.HELD:
            end = max((r.finished_at for s in self.steps.values() for r in s.rows if r.finished_at), default=None)
        return end - begun if begun and end and end >= begun else None

    @property
    def at(self) -> datetime:
        return self.run.created_at

    @property
    def squares(self) -> "list[Square]":
        """The trigger and each step in reading order; what an ended run did not come to is left out."""
        ended = self.run.status in RunStatus.ended()
        found = ["b-ok"]
        for row in trees.steps(self.version.tree):
            step_id = row.step["id"]
            state = run_steps.state_of(self.run, step_id, self.steps.get(step_id))
            if state or not ended:
                found.append(SQUARES.get(state, "b-none"))
        return [Square(1 + 11 * i, css) for i, css in enumerate(found[:WIDE])]

    @property
    def width(self) -> int:
        return 11 * len(self.squares) - 3

    @property
    def reached(self) -> str:
        """The squares in words."""
        done = sum(1 for square in self.squares if square.css == "b-ok")
        return _("%(done)d of %(total)d steps done") % {"done": done, "total": len(self.numbers)}


@dataclass(frozen=True, slots=True)
class Square:
    x: int
    css: str


def rows(found: "QuerySet[Run]", most: int, by: Actor, last: Run | None = None) -> tuple[list[Row], bool]:
    """Up to `most` of them and whether there are more. `last` is the run shown before."""
    runs = list(found.select_related("recipe", "event").defer(*UNSEEN)[: most + 1])
    shown, versions, steps = runs[:most], _versions(runs[:most]), _steps(runs[:most])
    may_run, currency = by.may(Capability.RUN), by.workspace.currency
    made = [Row(r, versions[r.version_id], steps.get(r.pk, {}), may_run and retriable(r), currency) for r in shown]
    _mark_days(made, last)
    return made, len(runs) > most


UNSEEN = ("event__raw", "event__headers", "event__fate_details", "recipe__draft")


def retriable(run: Run) -> bool:
    return run.status in (RunStatus.HELD, RunStatus.FAILED)


def _versions(runs: Iterable[Run]) -> dict[int, Version]:
    return Version.objects.in_bulk({run.version_id for run in runs})


def _steps(runs: Iterable[Run]) -> dict[int, dict[str, run_steps.Story]]:
    columns = ("run_id", "step_id", "iteration", "attempt", "status", "finished_at")
    by_run: dict[int, list[StepRun]] = defaultdict(list)
    for step in StepRun.objects.filter(run__in=[run.pk for run in runs]).only(*columns).order_by("pk"):
        by_run[step.run_id].append(step)
    return {run_id: run_steps.stories(found) for run_id, found in by_run.items()}


def _mark_days(rows: list[Row], last: Run | None) -> None:
    day = timezone.localdate(last.created_at) if last else None
    for row in rows:
        if (its := timezone.localdate(row.at)) != day:
            row.day = day = its


def subject(data: Any, title: str = "", currency: str = "") -> str:
    """Of a record: the person and the money, as far as they are known. `currency` is for money without one."""
    return ", ".join(part for part in _subject(data, title, currency) if part)


def _subject(data: Any, title: str, currency: str) -> Iterator[str]:
    if not isinstance(data, dict):
        return
    contact = data.get("contact")
    person = contact if isinstance(contact, dict) else data
    name = next((str(person[key]) for key in ("company", "name", "email") if person.get(key)), "")
    yield name if name != title else str(person.get("email") or "")
    if amount := _decimal(data.get("value", data.get("amount"))):
        yield look.money(amount, str(data.get("currency") or currency))


def _decimal(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value)) if value not in (None, "", True, False) else None
    except ArithmeticError:
        return None


def undecided(runs: Iterable[Run]) -> set[int]:
    """Runs whose step has an unknown outcome: each wants an answer of its own."""
    held = {run.pk: run for run in runs if run.status == RunStatus.HELD}
    lasts: dict[int, StepRun] = {}
    for step in StepRun.objects.filter(run__in=held).only("run_id", "step_id", "status").order_by("pk"):
        if step.step_id == held[step.run_id].stopped_at:
            lasts[step.run_id] = step
    return {pk for pk, step in lasts.items() if run_steps.asks(held[pk], step)}
