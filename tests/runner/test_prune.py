"""What goes, what stays, and that nobody waits for it."""

import threading
import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from builder.models import (
    Event,
    EventKey,
    Exchange,
    Fate,
    HourCount,
    Kept,
    Recipe,
    Run,
    RunStatus,
    StepRun,
    StrayDelivery,
    Tally,
    Workspace,
)
from builder.runner import counts, prune, turn
from builder.runner.clock import now
from tests import make
from tests.benchmarks import past

pytestmark = pytest.mark.django_db


def make_stray(*, days: int) -> StrayDelivery:
    at = now() - timedelta(days=days)
    return StrayDelivery.objects.create(day=at.date(), key_hash="0" * 64, raw=b"={}", at=at)


def ago(days: float) -> datetime:
    return now() - timedelta(days=days)


def make_old(recipe: Recipe, *, days: float = 100, status: str = RunStatus.DONE, **more: Any) -> Run:
    """A run of that age with a step and its exchange."""
    event = make.make_event(workspace=recipe.workspace, received_at=ago(days), read_at=ago(days))
    ended = ago(days) if status in RunStatus.ended() else None
    moments = {"created_at": ago(days), "finished_at": ended, **more}
    run = make.make_run(recipe=recipe, event=event, status=status, **moments)
    make.make_exchange(step_run=make.make_step_run(run=run), at=ago(days))
    return run


def left() -> tuple[int, int, int, int]:
    return Event.objects.count(), Run.objects.count(), StepRun.objects.count(), Exchange.objects.count()


@pytest.fixture
def recipe() -> Recipe:
    return make.make_recipe(live=True)


def test_prune_lets_go_of_strays_after_a_week():
    make_stray(days=8)
    kept = make_stray(days=6)

    gone = prune.prune()

    assert gone == 1
    assert list(StrayDelivery.objects.all()) == [kept]


def test_prune_goes_on_until_all_that_is_old_is_gone():
    for _ in range(prune.MOST + 1):
        make_stray(days=9)

    assert prune.prune() == prune.MOST + 1


def test_runs_go_with_their_steps_and_their_event_when_they_are_old(recipe):
    old = make_old(recipe)
    EventKey.objects.create(workspace=recipe.workspace, kind="id", value_hash="0", value="x", event=old.event)
    make_old(recipe, days=20)

    prune.prune()

    assert (left(), EventKey.objects.count()) == ((1, 1, 1, 1), 0)


@pytest.mark.parametrize("status", [RunStatus.HELD, RunStatus.WAITING, RunStatus.QUEUED, RunStatus.RUNNING])
def test_what_is_under_way_or_on_hold_stays_however_old(recipe, status):
    make_old(recipe, status=status)

    prune.prune()

    assert left() == (1, 1, 1, 1)


def test_a_run_that_took_long_is_as_old_as_its_end(recipe):
    make_old(recipe, finished_at=ago(3))

    prune.prune()

    assert left()[:3] == (1, 1, 1)


def test_a_called_run_that_is_not_over_keeps_its_caller(recipe):
    caller = make_old(recipe)
    make_old(recipe, status=RunStatus.HELD, parent=caller.steps.get())

    prune.prune()

    assert Run.objects.count() == 2


def test_what_called_a_run_is_found_without_looking_at_all_runs(recipe):
    """Nothing called most of them: by its statistics SQLite took the foreign key's own index for useless, and looked
    through a million runs for each one that was to go, with its turn to write in hand."""
    run = make_old(recipe)
    past.invent(recipe, 3000)
    with CaptureQueriesContext(connection) as asked:
        prune._let_runs_go([run.pk], prune.Bounds(now(), run.pk))
    with connection.cursor() as cursor:
        how = "EXPLAIN QUERY PLAN"
        if connection.vendor == "postgresql":  # which looks through a table that has so few rows, unless told not to
            how = "EXPLAIN"
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"{how} {asked.captured_queries[0]['sql']}")
        plan = " ".join(str(line) for line in cursor.fetchall())

    assert "builder_run" in plan
    assert "SCAN" not in plan and "Seq Scan" not in plan


def test_an_event_nobody_has_read_stays(recipe):
    make.make_event(workspace=recipe.workspace, fate=Fate.WAITING, received_at=ago(100), read_at=None)

    prune.prune()

    assert Event.objects.count() == 1


def test_an_event_that_is_kept_for_a_paused_recipe_stays(recipe):
    event = make.make_event(workspace=recipe.workspace, received_at=ago(100), read_at=ago(100))
    Kept.objects.create(workspace=recipe.workspace, recipe=recipe, event=event)

    prune.prune()

    assert [kept.event for kept in Kept.objects.all()] == [event]


def test_requests_and_answers_go_earlier(recipe):
    make_old(recipe, days=40)
    make_old(recipe, days=40, status=RunStatus.HELD)

    prune.prune()

    assert left() == (2, 2, 2, 1)


def test_each_workspace_keeps_what_it_wants(recipe):
    Workspace.objects.filter(pk=recipe.workspace_id).update(keep_days=10, keep_exchanges_days=5)
    other = make.make_recipe(live=True)
    for each in (recipe, other):
        make_old(each, days=20)
        make_old(each, days=7)

    prune.prune()

    assert Run.objects.filter(recipe=recipe).count() == 1
    assert Exchange.objects.filter(workspace=recipe.workspace).count() == 0
    assert Run.objects.filter(recipe=other).count() == 2


def test_only_the_newest_runs_and_events_stay(recipe):
    Workspace.objects.filter(pk=recipe.workspace_id).update(keep_runs=3)
    runs = [make_old(recipe, days=1) for _ in range(5)]

    prune.prune()

    assert list(Run.objects.order_by("pk")) == runs[2:]
    assert Event.objects.count() == 3


def test_counts_stay_when_their_runs_go(recipe):
    make.make_hour(recipe=recipe, runs=4, done=4)
    make_old(recipe)

    prune.prune()

    assert (Run.objects.count(), HourCount.objects.get().done) == (0, 4)


def test_hours_that_are_long_over_are_added_up():
    for hours in (1, 30, 31, 400):
        Tally.objects.create(name="calls", hour=counts.hour_of(ago(hours / 24)), share=hours % 16, number=hours)

    prune.prune()
    prune.prune()

    assert counts.totals() == {"calls": 462}
    assert Tally.objects.count() == 2


def test_a_tick_keeps_house_for_a_moment_and_the_next_goes_on(recipe, monkeypatch):
    monkeypatch.setattr(prune, "_began", 0.0)
    monkeypatch.setattr(prune, "_round", None)
    monkeypatch.setattr(prune, "SHARE", 0.0)
    for _ in range(60):
        make_old(recipe)

    first = prune.hourly()
    between = Run.objects.count()
    while prune.hourly():
        pass

    assert first > 0
    assert 0 < between < 60
    assert Run.objects.count() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.alone
def test_nobody_who_writes_waits_long_for_it(record_property):
    """The shortest of several longest waits: the others are the machine's."""
    longest = [longest_wait_while_pruning(make.make_recipe(live=True)) for _ in range(4)]

    record_property("longest_wait_ms", [round(wait * 1000) for wait in longest])
    assert left() == (0, 0, 0, 0)
    assert min(longest) < 0.1, longest


def longest_wait_while_pruning(recipe: Recipe) -> float:
    make_many_old(recipe, 800)
    waits: list[float] = []
    over = threading.Event()
    writer = threading.Thread(target=write_all_the_time, args=(over, waits))
    writer.start()
    prune.prune()
    over.set()
    writer.join()
    return max(waits)


def make_many_old(recipe: Recipe, number: int) -> None:
    """With two steps each, and an answer of some kilobytes."""
    plain, columns = make_old(recipe), range(number)
    events = [make_copy(plain.event, public_id=f"e{recipe.pk}x{n}") for n in columns]
    Event.objects.bulk_create(events)
    runs = [
        make_copy(plain, public_id=f"r{recipe.pk}x{n}", event=event) for n, event in zip(columns, events, strict=True)
    ]
    Run.objects.bulk_create(runs)
    more = {"workspace": recipe.workspace, "kind": "action", "status": "done", "started_at": ago(100)}
    steps = [StepRun(run=run, step_id=step, output={"big": list(range(300))}, **more) for run in runs for step in "ab"]
    StepRun.objects.bulk_create(steps)
    body = {
        "method": "GET",
        "url": "https://example.com",
        "position": 1,
        "at": ago(100),
        "response_body": "Ünlike " * 600,
    }
    Exchange.objects.bulk_create(Exchange(workspace=recipe.workspace, step_run=step, **body) for step in steps)


def make_copy(row: Any, **changes: Any) -> Any:
    kept = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if f.name != "id"}
    copy = type(row)(**kept)
    for name, value in changes.items():
        setattr(copy, name, value)
    return copy


def write_all_the_time(over: threading.Event, waits: list[float]) -> None:
    """As the journal and the door do."""
    while not over.is_set():
        began = time.monotonic()
        with turn.writing():
            Tally.objects.update_or_create(name="writer", hour=counts.BEFORE, share=0, defaults={"number": len(waits)})
        waits.append(time.monotonic() - began)
        time.sleep(0.002)
    connection.close()
