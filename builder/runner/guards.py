"""Limits that a team sets a recipe, so that a mistake in it does little before somebody looks: the run is put on hold
before it writes, and goes on when a person lets it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection as database
from django.db.models import F, QuerySet, Sum

from builder.models import GuardedWrite, Recipe, Run, RunStatus, StepRun, StepStatus, Workspace
from builder.models.columns import read_json, storable
from builder.runner import rows
from builder.runner.clock import now

FIRST, WRITES, CUSTOMERS, PER_RUN, PER_DAY = "first", "writes", "customers", "money_run", "money_day"
CODE = "guard"
"""Code of the error of a step that a guard stopped; its field says which."""
DELETED = "deleted"
NO_ATTEMPT = (CODE, DELETED)
"""Codes of errors of steps that were stopped before anything was sent."""
GONE = "Its recipe was deleted, so it was stopped here. Restore the recipe and retry the run, or discard it."
PARTS = 10_000
ABSURD = Decimal(10**12)
"""More than any guard allows; what is beyond it is counted as this, so that it can be written and added up."""
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
WAY_OUT = "Look at what the step would send, then let the run go on or discard it."


@dataclass(slots=True)
class Ask:
    """Whether one step may write; answered when its start is written down."""

    row: StepRun
    """The attempt; one that may not is written as failed at once, so that no crash makes it look sent."""
    workspace: Workspace
    customer: str
    amount: Decimal | None
    again: bool = False
    """It repeats what may have been sent: that is counted, and never stopped."""
    which: str = ""
    """The guard that says no, or that the recipe was deleted; empty: it may."""
    because: str = ""


def ask(row: StepRun, workspace: Workspace, inputs: Mapping[str, Any], again: bool = False) -> Ask:
    told = (storable(str(inputs[name])) for name in PEOPLE if inputs.get(name))
    return Ask(row, workspace, next(told, "")[:100], moved(inputs), again)


def moved(inputs: Mapping[str, Any]) -> Decimal | None:
    """The money in what a step is given: its amount, or the sum of its lines before tax. A credit is none: it makes no
    room for more."""
    if (amount := number(inputs.get("amount"))) is not None:
        return max(amount, Decimal(0))
    lines = next((inputs[name] for name in LINES if isinstance(inputs.get(name), list)), None)
    if lines is None:
        return None
    total = sum((_line(line) for line in lines if isinstance(line, Mapping)), Decimal(0))
    return max(_capped(total), Decimal(0))


def _line(line: Mapping[str, Any]) -> Decimal:
    price = next((found for name in PRICES if (found := number(line.get(name))) is not None), Decimal(0))
    count = next((found for name in COUNTS if (found := number(line.get(name))) is not None), Decimal(1))
    return price * count


def number(value: Any) -> Decimal | None:
    """None for what is no figure, and for nothing."""
    try:
        found = Decimal(str(value)) if value not in (None, "") else None
    except (InvalidOperation, ValueError):
        return None
    return _capped(found) if found is not None and not found.is_nan() else None


def _capped(amount: Decimal) -> Decimal:
    return max(-ABSURD, min(ABSURD, amount))


def locked(recipe_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """What keeps each from writing at this moment: its guards, and that it was deleted; those alone that have one.
    Inside a transaction, and before any run of theirs is locked there: who writes and who lets runs go lock in one
    order. Runs of them can be made meanwhile."""
    if not recipe_ids:
        return {}
    kept = "guards IS NOT NULL OR deleted_at IS NOT NULL"
    lock = "FOR NO KEY UPDATE" if database.features.has_select_for_update else ""
    wanted = f"SELECT id, guards, deleted_at FROM builder_recipe WHERE {rows.one_of('id', recipe_ids)} AND ({kept})"
    with rows.asking() as cursor:
        cursor.execute(f"{wanted} ORDER BY id {lock}", [*recipe_ids])
        found = cursor.fetchall()
    return {pk: (read_json(told) if told else {}) | ({DELETED: True} if gone else {}) for pk, told, gone in found}


def deleted(recipe_ids: Collection[int]) -> set[int]:
    """Those of them that somebody deleted."""
    if not recipe_ids:
        return set()
    wanted = f"SELECT id FROM builder_recipe WHERE {rows.one_of('id', recipe_ids)} AND deleted_at IS NOT NULL"
    with rows.asking() as cursor:
        cursor.execute(wanted, [*recipe_ids])
        return {pk for (pk,) in cursor.fetchall()}


def judge(asked: Ask, limits: Mapping[str, Any]) -> None:
    """Inside the transaction that writes the step's start, with the recipe locked. What may go is counted at once, each
    step of a run once, so that no two at the same time take the last place."""
    row, run = asked.row, asked.row.run
    asked.which = asked.because = ""
    row.status, row.error, row.finished_at = StepStatus.STARTED, None, None  # a commit before this one may have failed
    same = {"run_id": run.pk, "step_id": row.step_id, "iteration": row.iteration}
    if DELETED in limits:
        _stop(asked, DELETED, GONE)
        return
    if not limits or GuardedWrite.objects.filter(**same).exists():
        return
    past = limits if asked.again else run.past_guards or ()
    for name, limit in limits.items():
        if name not in past and (sentence := _over(asked, name, limit)):
            _stop(asked, name, f"{sentence} {WAY_OUT}")
            return
    amount = None if asked.amount is None else int(asked.amount * PARTS)
    GuardedWrite.objects.create(
        workspace_id=run.workspace_id,
        recipe_id=run.recipe_id,
        at=now(),
        customer=asked.customer,
        amount=amount,
        **same,
    )


def _stop(asked: Ask, which: str, because: str) -> None:
    asked.which, asked.because, row = which, because, asked.row
    row.status, row.finished_at = StepStatus.FAILED, now()
    row.error = {"code": DELETED if which == DELETED else CODE, "message": because, "field": which}


def _over(asked: Ask, name: str, limit: Any) -> str:
    """The sentence when the step goes past it."""
    if name == FIRST:
        return ONE[FIRST] if limit == 1 else TOLD[FIRST].format(limit=limit)
    run = asked.row.run
    rows = GuardedWrite.objects.filter(recipe_id=run.recipe_id)
    lately = rows.filter(at__gt=now() - timedelta(hours=1))
    if name == WRITES and lately.count() >= int(limit):
        return TOLD[name].format(limit=f"{int(limit):,}")
    if name == CUSTOMERS and asked.customer and _others(lately, asked.customer) >= int(limit):
        return TOLD[name].format(limit=f"{int(limit):,}")
    if name in (PER_RUN, PER_DAY) and asked.amount:
        counted = rows.filter(run=run) if name == PER_RUN else rows.filter(at__gte=_midnight(asked.workspace))
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


def let(run: Run, which: str) -> list[int]:
    """A person lets a run go on that a guard stopped: that one doesn't stop it any more, the others still may. Those of
    the first runs that wait when the last look was taken; they are to go on as well. Inside a transaction, with the
    recipe locked."""
    run.past_guards = [*(run.past_guards or ()), which]
    run.save(update_fields=["past_guards"])
    guards = {name: v for name, v in locked([run.recipe_id]).get(run.recipe_id, {}).items() if name != DELETED}
    if which != FIRST or FIRST not in guards:
        return []
    left = int(guards[FIRST]) - 1
    guards = {**guards, FIRST: left} if left > 0 else {name: v for name, v in guards.items() if name != FIRST}
    Recipe.objects.filter(pk=run.recipe_id).update(guards=guards or None)
    waiting = {} if left > 0 else stopped(Run.objects.filter(recipe=run.recipe_id, status=RunStatus.HELD))
    return [pk for pk, name in waiting.items() if name == FIRST and pk != run.pk]


def stopped(runs: "Collection[int] | QuerySet[Run]") -> dict[int, str]:
    """Those of the runs that are on hold because of a guard that nobody has let them past, with its name."""
    rows = StepRun.objects.filter(run__in=runs, run__status=RunStatus.HELD, step_id=F("run__stopped_at"))
    lasts = {pk: more for pk, *more in rows.order_by("pk").values_list("run", "error", "run__past_guards")}
    found = ((pk, error or {}, past or ()) for pk, (error, past) in lasts.items())
    return {pk: error["field"] for pk, error, past in found if error.get("code") == CODE and error["field"] not in past}
