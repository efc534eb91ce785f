"""Limits that a team sets a recipe, so that a mistake in it does little before somebody looks: the run is put on hold
before it writes, and goes on when a person lets it."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection as database
from django.db.models import Sum

from builder.models import GuardedWrite, Recipe, Run, RunStatus, StepRun, Workspace
from builder.runner.clock import now

FIRST, WRITES, CUSTOMERS, PER_RUN, PER_DAY = "first", "writes", "customers", "money_run", "money_day"
CODE = "guard"
"""Code of the error of a step that a guard stopped; its field says which."""
KEEP = 5.0
"""Seconds for which a process believes which recipes have guards; what they are is read when one of them writes."""
PARTS = 10_000
PEOPLE = ("client_id", "contactId", "contact_id", "vendor_id", "email", "to")
"""Inputs that say whom a write is about, the first that is filled."""
LINES, PRICES, COUNTS = ("line_items", "items"), ("cost", "amount", "price"), ("quantity", "qty")
TOLD = {
    FIRST: "The next {limit} runs of this recipe that write wait for a look, as its guards say.",
    WRITES: "This recipe has written {limit} times within an hour, as often as its guards allow.",
    CUSTOMERS: "This recipe was about {limit} customers within an hour, as many as its guards allow.",
    PER_RUN: "This run would come to {sum}, and its guards allow {limit}.",
    PER_DAY: "With this step the recipe would come to {sum} today, and its guards allow {limit}.",
}
ONE = {FIRST: "The next run of this recipe that writes waits for a look, as its guards say."}
WAY_OUT = "Look at what the step would send, then let the run go on or cancel it."


@dataclass(slots=True)
class Ask:
    """Whether one step may write; answered when its start is written down."""

    run: Run
    workspace: Workspace
    step_id: str
    iteration: str
    customer: str
    amount: Decimal | None
    which: str = ""
    """The guard that says no; empty: it may."""
    because: str = ""


class Known:
    """Recipes of this installation that have guards, read anew every few seconds."""

    def __init__(self) -> None:
        self._at, self._ids = 0.0, frozenset[int]()

    def has(self, recipe_id: int) -> bool:
        if time.monotonic() - self._at > KEEP or not self._at:
            guarded = Recipe.objects.filter(guards__isnull=False)
            self._at, self._ids = time.monotonic(), frozenset(guarded.values_list("pk", flat=True))
        return recipe_id in self._ids


def ask(run: Run, workspace: Workspace, step_id: str, iteration: str, inputs: Mapping[str, Any]) -> Ask:
    told = (str(inputs[name]) for name in PEOPLE if inputs.get(name))
    return Ask(run, workspace, step_id, iteration, next(told, "")[:100], moved(inputs))


def moved(inputs: Mapping[str, Any]) -> Decimal | None:
    """The money in what a step is given: its amount, or the sum of its lines before tax."""
    if (amount := _number(inputs.get("amount"))) is not None:
        return amount
    lines = next((inputs[name] for name in LINES if isinstance(inputs.get(name), list)), None)
    if lines is None:
        return None
    return sum((_line(line) for line in lines if isinstance(line, Mapping)), Decimal(0))


def _line(line: Mapping[str, Any]) -> Decimal:
    price = next((found for name in PRICES if (found := _number(line.get(name))) is not None), Decimal(0))
    count = next((found for name in COUNTS if (found := _number(line.get(name))) is not None), Decimal(1))
    return price * count


def _number(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value)) if value not in (None, "") else None
    except InvalidOperation:
        return None


def judge(asked: Ask) -> None:
    """Inside the transaction that writes the step's start. What may go is counted at once, each step of a run once, so
    that no two at the same time take the last place."""
    asked.which = asked.because = ""
    limits = _locked(asked.run.recipe_id).guards or {}
    same = {"run_id": asked.run.pk, "step_id": asked.step_id, "iteration": asked.iteration}
    if not limits or GuardedWrite.objects.filter(**same).exists():
        return
    for name, limit in limits.items():
        if sentence := _over(asked, name, limit):
            asked.which, asked.because = name, f"{sentence} {WAY_OUT}"
            return
    amount = None if asked.amount is None else int(asked.amount * PARTS)
    GuardedWrite.objects.create(
        workspace_id=asked.run.workspace_id,
        recipe_id=asked.run.recipe_id,
        at=now(),
        customer=asked.customer,
        amount=amount,
        **same,
    )


def _over(asked: Ask, name: str, limit: Any) -> str:
    """The sentence when the step goes past it."""
    if name == FIRST:
        return ONE[FIRST] if limit == 1 else TOLD[FIRST].format(limit=limit)
    rows = GuardedWrite.objects.filter(recipe_id=asked.run.recipe_id)
    lately = rows.filter(at__gt=now() - timedelta(hours=1))
    if name == WRITES and lately.count() >= int(limit):
        return TOLD[name].format(limit=f"{int(limit):,}")
    if name == CUSTOMERS and asked.customer and _others(lately, asked.customer) >= int(limit):
        return TOLD[name].format(limit=f"{int(limit):,}")
    if name in (PER_RUN, PER_DAY) and asked.amount:
        counted = rows.filter(run=asked.run) if name == PER_RUN else rows.filter(at__gte=_midnight(asked.workspace))
        total = Decimal(counted.aggregate(all=Sum("amount"))["all"] or 0) / PARTS + asked.amount
        if total > Decimal(str(limit)):
            return TOLD[name].format(sum=f"{total:,.2f}", limit=f"{Decimal(str(limit)):,.2f}")
    return ""


def _others(lately: Any, customer: str) -> int:
    """How many customers there were, unless this is one of them."""
    known = set(lately.exclude(customer="").values_list("customer", flat=True).distinct())
    return 0 if customer in known else len(known)


def _midnight(workspace: Workspace) -> Any:
    return now().astimezone(ZoneInfo(workspace.zone)).replace(hour=0, minute=0, second=0, microsecond=0)


def let(run: Run, step: StepRun) -> list[Run]:
    """A person lets a run go on that a guard stopped: from now on none stops it. Those of the first runs that still
    wait when the last look was taken; they are to go on as well. Inside a transaction."""
    run.past_guards = True
    run.save(update_fields=["past_guards"])
    if (step.error or {}).get("field") != FIRST:
        return []
    recipe = _locked(run.recipe_id)
    guards = dict(recipe.guards or {})
    left = int(guards.get(FIRST) or 0) - 1
    if FIRST not in guards:
        return []
    guards = {**guards, FIRST: left} if left > 0 else {name: v for name, v in guards.items() if name != FIRST}
    Recipe.objects.filter(pk=recipe.pk).update(guards=guards or None)
    return [] if left > 0 else [one for one in _waiting(recipe) if one.pk != run.pk]


def _waiting(recipe: Recipe) -> list[Run]:
    held = Run.objects.filter(recipe=recipe, status=RunStatus.HELD).order_by("pk")
    return [run for run in held if stopped(run) == FIRST]


def stopped(run: Run) -> str:
    """Name of the guard that stopped a run; empty: none did."""
    last = StepRun.objects.filter(run=run, step_id=run.stopped_at).order_by("pk").last() if run.stopped_at else None
    error = (last.error if last else None) or {}
    return str(error.get("field", "")) if error.get("code") == CODE else ""


def _locked(recipe_id: int) -> Recipe:
    rows = Recipe.objects.filter(pk=recipe_id)
    return (rows.select_for_update() if database.features.has_select_for_update else rows).only("guards").get()
