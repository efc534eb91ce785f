"""Guards: past a limit a run waits for a person before it writes, and goes on once somebody lets it."""

import asyncio
import threading
from contextlib import closing
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django_scopes import scopes_disabled

from builder.models import (
    Alert,
    AlertKind,
    GuardedWrite,
    HourCount,
    Recipe,
    RecipeState,
    Run,
    RunStatus,
    StepRun,
    StepStatus,
)
from builder.runner import brakes, drain, guards, leases, makeup, prune, replay
from builder.runner.clock import clock, now
from builder.runner.journal import Journal, Save
from tests import make
from tests.runner.conftest import Sandbox, work
from tests.runner.make import action, last_step, make_hooked, make_ninja, only_run, overdue, send

pytestmark = pytest.mark.django_db(transaction=True)


def guarded(*steps: dict[str, Any], workspace: Any, **limits: Any) -> Recipe:
    recipe = make_hooked(*steps, workspace=workspace)
    set_guards(recipe, **limits)
    return recipe


def set_guards(recipe: Recipe, **limits: Any) -> None:
    Recipe.objects.filter(pk=recipe.pk).update(guards=limits or None)


@pytest.fixture
def books(ninja: Sandbox):
    return make_ninja(ninja.url)


@pytest.fixture
def client(books) -> dict[str, Any]:
    return action("sclien", "invoice_ninja.clients.create", books, name="{{ trigger.name }}")


def went(recipe: Recipe, *bodies: Any) -> list[str]:
    """How the runs stand, the oldest first."""
    for body in bodies:
        send(recipe, body)
    work()
    return list(Run.objects.filter(recipe=recipe).order_by("pk").values_list("status", flat=True))


def made(ninja: Sandbox) -> int:
    return len(ninja.effects("client.created"))


def test_first_runs_wait_for_a_look_and_the_rest_go_by_themselves(ninja, books, client) -> None:
    recipe = guarded(client, workspace=books.workspace, first=2)
    before = made(ninja)

    assert went(recipe, *({"name": f"Ada {n}"} for n in range(4))) == [RunStatus.HELD] * 4
    assert made(ninja) == before
    first, second, *_rest = Run.objects.filter(recipe=recipe).order_by("pk")
    assert "wait for a look" in first.because
    step = last_step(first, "sclien")
    assert (step.status, step.error["code"], step.input["name"]) == (StepStatus.FAILED, guards.CODE, "Ada 0")

    replay.resume(first)
    assert went(recipe) == [RunStatus.DONE, *[RunStatus.HELD] * 3]
    replay.resume(second)

    assert went(recipe) == [RunStatus.DONE] * 4
    assert made(ninja) == before + 4
    assert Recipe.objects.get(pk=recipe.pk).guards is None
    assert went(recipe, {"name": "Ada 5"})[-1] == RunStatus.DONE


def test_guard_that_was_set_a_moment_ago_holds(ninja, books, client) -> None:
    """Also for a worker that has just seen to the recipe when it had none, and for a run that began before."""
    recipe, before = make_hooked(client, workspace=books.workspace), made(ninja)

    def walk(hands: drain.Hands, *names: str) -> list[str]:
        for name in names:
            send(recipe, {"name": name})
        drain.work(hands, linger=0.05)
        return list(Run.objects.order_by("pk").values_list("status", flat=True))

    with closing(drain.Hands()) as hands:
        assert walk(hands, "Ada") == ["done"]
        ninja.fail({"method": "POST", "status": 429, "headers": {"Retry-After": "1"}, "times": 1})
        assert walk(hands, "Bea") == ["done", "waiting"]
        set_guards(recipe, first=2)
        clock.offset += timedelta(seconds=90)
        assert walk(hands, "Cleo") == ["done", "held", "held"]

    assert made(ninja) == before + 1


def test_what_only_reads_waits_for_nobody(ninja, books) -> None:
    look = action("slook1", "invoice_ninja.clients.search", books, filter="a")

    assert went(guarded(look, workspace=books.workspace, first=1, writes=1), {}, {}) == [RunStatus.DONE] * 2


def test_writes_of_an_hour_are_counted_and_a_person_lets_one_more(ninja, books, client) -> None:
    recipe = guarded(client, workspace=books.workspace, writes=2)
    before = made(ninja)

    assert went(recipe, {"name": "A"}) + went(recipe, {"name": "B"})[1:] == [RunStatus.DONE] * 2
    assert went(recipe, {"name": "C"})[2] == RunStatus.HELD
    third = Run.objects.order_by("pk").last()
    assert third.because.startswith("This recipe has written 2 times within an hour")
    replay.resume(third)
    assert went(recipe)[2] == RunStatus.DONE
    GuardedWrite.objects.update(at=now() - timedelta(minutes=61))

    assert went(recipe, {"name": "D"})[3] == RunStatus.DONE
    assert made(ninja) == before + 4


def test_many_at_once_take_no_more_than_there_is(ninja, books, client) -> None:
    recipe = guarded(client, workspace=books.workspace, writes=3)
    before = made(ninja)

    ends = went(recipe, *({"name": f"Ada {n}"} for n in range(12)))

    assert sorted(ends) == sorted([RunStatus.DONE] * 3 + [RunStatus.HELD] * 9)
    assert made(ninja) == before + 3


def test_a_step_that_is_tried_again_counts_once(ninja, books, client) -> None:
    recipe = guarded(client, workspace=books.workspace, writes=1)
    ninja.fail({"method": "POST", "path": "/api/v1/clients", "status": 503})

    send(recipe, {"name": "Ada"})
    work()
    run = only_run(recipe)
    if run.status != RunStatus.DONE:
        Run.objects.filter(pk=run.pk).update(wake_at=overdue())
        work()

    run.refresh_from_db()
    assert (run.status, GuardedWrite.objects.count()) == (RunStatus.DONE, 1)
    assert StepRun.objects.filter(run=run).count() > 1


def test_customers_are_told_apart(ninja, books) -> None:
    ids = [row["id"] for row in ninja.records("clients")[:3]]
    change = action("schang", "invoice_ninja.clients.update", books, client_id="{{ trigger.id }}", public_notes="Hi")
    recipe = guarded(change, workspace=books.workspace, customers=2)

    assert went(recipe, {"id": ids[0]}, {"id": ids[1]}) == [RunStatus.DONE] * 2
    assert went(recipe, {"id": ids[0]}, {"id": ids[2]})[2:] == [RunStatus.DONE, RunStatus.HELD]


def test_money_of_a_run_and_of_a_day(ninja, books) -> None:
    of = ninja.records("clients")[0]["id"]
    lines = [{"product_key": "Care", "quantity": "2", "cost": "{{ trigger.cost }}"}]
    bill = action("sbill1", "invoice_ninja.invoices.create", books, client_id=of, line_items=lines)
    recipe = guarded(bill, workspace=books.workspace, money_run="1000", money_day="1500")

    assert went(recipe, {"cost": "500"}) == [RunStatus.DONE]
    assert went(recipe, {"cost": "500.01"})[1:] == [RunStatus.HELD]
    assert went(recipe, {"cost": "250"})[2:] == [RunStatus.DONE]
    assert went(recipe, {"cost": "0.01"})[3:] == [RunStatus.HELD]

    told = list(Run.objects.filter(status=RunStatus.HELD).order_by("pk").values_list("because", flat=True))
    assert told[0].startswith("This run would come to 1,000.02, and its guards allow 1,000.00.")
    assert told[1].startswith("With this step the recipe would come to 1,500.02 today, and its guards allow 1,500.00.")


@pytest.mark.parametrize(
    ("inputs", "sum_"),
    [
        ({}, None),
        ({"amount": "12.50"}, Decimal("12.50")),
        ({"line_items": [{"quantity": 2, "cost": "3.10"}, {"cost": 1}]}, Decimal("7.20")),
        ({"items": [{"qty": 3, "amount": 2}]}, Decimal(6)),
        ({"line_items": "no list"}, None),
        ({"amount": "a lot"}, None),
        ({"amount": "NaN"}, None),
        ({"amount": "1e999999"}, guards.ABSURD),
        ({"amount": "-Infinity"}, 0),
        ({"line_items": [{"cost": 5}, {"cost": -2}]}, 3),
        ({"amount": "9" * 5000}, guards.ABSURD),
        ({"items": [{"qty": "1e999999", "amount": "1e999999"}] * 3}, guards.ABSURD),
    ],
)
def test_money_is_the_amount_or_the_lines(inputs, sum_) -> None:
    assert guards.moved(inputs) == sum_


def test_recipe_without_guards_counts_nothing(ninja, books, client) -> None:
    assert went(make_hooked(client, workspace=books.workspace), {"name": "Ada"}) == [RunStatus.DONE]
    assert not GuardedWrite.objects.exists()


def test_loop_that_goes_on_with_the_next_waits_all_the_same(ninja, books) -> None:
    inner = action("sclien", "invoice_ninja.clients.create", books, name="{{ seach1.item }}")
    loop = {"id": "seach1", "kind": "each", "list": "{{ trigger.names }}", "steps": [inner], "on_error": "go_on"}
    recipe = guarded(loop, workspace=books.workspace, writes=1)
    before = made(ninja)

    assert went(recipe, {"names": ["A", "B", "C"]}) == [RunStatus.HELD]
    replay.resume(only_run(recipe))

    assert went(recipe) == [RunStatus.DONE]
    assert made(ninja) == before + 3


def test_counts_go_after_two_days(ninja, books, client) -> None:
    went(guarded(client, workspace=books.workspace, writes=9), {"name": "Ada"})
    GuardedWrite.objects.update(at=now() - timedelta(days=3))

    prune.prune()

    assert not GuardedWrite.objects.exists()


def test_run_let_past_one_guard_is_counted_and_stopped_by_another(ninja, books) -> None:
    of = ninja.records("clients")[0]["id"]
    lines = [{"product_key": "Care", "quantity": 1, "cost": 900}]
    bill = action("sbill1", "invoice_ninja.invoices.create", books, client_id=of, line_items=lines)
    more = action("sbill2", "invoice_ninja.invoices.create", books, client_id=of, line_items=lines)
    recipe = guarded(bill, more, workspace=books.workspace, first=3, money_run="1000")
    stands = []

    went(recipe, {})
    for _look in range(2):
        replay.resume(only_run(recipe))
        went(recipe)
        run = only_run(recipe)
        stands.append((run.status, run.past_guards, GuardedWrite.objects.filter(run=run).count()))

    assert stands == [(RunStatus.HELD, ["first"], 1), (RunStatus.DONE, ["first", "money_run"], 2)]
    assert Recipe.objects.get(pk=recipe.pk).guards["first"] == 2


def test_text_put_together_waits_for_nobody(ninja, books) -> None:
    words = action("swords", "tools.text.format", text="Hello")

    assert went(guarded(words, workspace=books.workspace, first=1, writes=1), {}, {}) == [RunStatus.DONE] * 2


def test_guard_is_no_reason_to_pause_the_recipe(ninja, books, client) -> None:
    recipe = guarded(client, workspace=books.workspace, writes=1)
    brakes._weighed = 0.0

    went(recipe, *({"name": f"Ada {n}"} for n in range(brakes.FINISHED + 5)))
    paused = brakes.weigh()

    recipe.refresh_from_db()
    assert (paused, recipe.state, HourCount.objects.get(recipe=recipe).held) == (0, RecipeState.LIVE, 0)
    alert = Alert.objects.get(recipe=recipe)
    assert (alert.kind, alert.number) == (AlertKind.HELD, brakes.FINISHED + 4)


def test_all_that_are_retried_have_been_looked_at(ninja, books, client) -> None:
    recipe = guarded(client, workspace=books.workspace, first=4)
    went(recipe, *({"name": f"Ada {n}"} for n in range(3)))

    assert makeup.resume_all(list(Run.objects.values_list("pk", flat=True))) == 3

    assert went(recipe) == [RunStatus.DONE] * 3
    assert Recipe.objects.get(pk=recipe.pk).guards == {"first": 1}


def test_those_behind_the_last_look_went_on_by_it(ninja, books, client) -> None:
    recipe = guarded(client, workspace=books.workspace, first=2)
    went(recipe, *({"name": f"Ada {n}"} for n in range(3)))

    assert makeup.resume_all(list(Run.objects.values_list("pk", flat=True))) == 3

    assert went(recipe) == [RunStatus.DONE] * 3
    assert Recipe.objects.get(pk=recipe.pk).guards is None


def test_retry_of_a_run_that_was_let_is_no_second_look(ninja, books, client) -> None:
    recipe = guarded(client, workspace=books.workspace, first=5)
    went(recipe, {"name": "Ada"})
    run = replay.resume(only_run(recipe))
    Run.objects.filter(pk=run.pk).update(status=RunStatus.WAITING)

    replay.resume(run)
    Run.objects.filter(pk=run.pk).update(status=RunStatus.HELD)
    replay.resume(run)

    assert Recipe.objects.get(pk=recipe.pk).guards == {"first": 4}
    assert only_run(recipe).past_guards == ["first"]


@pytest.mark.parametrize("answer", ["skip", "done"])
def test_step_that_is_not_sent_is_no_look(ninja, books, client, answer) -> None:
    recipe = guarded(client, workspace=books.workspace, first=1)
    before = made(ninja)
    went(recipe, {"name": "Ada"})

    replay.resume(only_run(recipe), answer)

    assert went(recipe) == [RunStatus.DONE]
    assert (Recipe.objects.get(pk=recipe.pk).guards, made(ninja)) == ({"first": 1}, before)


def test_what_may_have_been_sent_is_repeated_and_counted(ninja, books) -> None:
    of = ninja.records("clients")[0]["id"]
    change = action("schang", "invoice_ninja.clients.update", books, client_id=of, public_notes="Hi")
    recipe = make_hooked(change, workspace=books.workspace)
    went(recipe, {})
    done = StepRun.objects.get(step_id="schang")
    StepRun.objects.filter(pk=done.pk).update(status=StepStatus.STARTED, output=None, finished_at=None)
    Run.objects.update(status=RunStatus.QUEUED, place=[0], wake_at=now(), finished_at=None)
    set_guards(recipe, first=1)

    assert went(recipe) == [RunStatus.DONE]
    assert GuardedWrite.objects.count() == 1
    assert Recipe.objects.get(pk=recipe.pk).guards == {"first": 1}


def began(recipe: Recipe, step_id: str, **inputs: Any) -> StepRun:
    """As stored, after the start of a step was committed and before anything else was."""
    run = make.make_run(recipe=recipe, status=RunStatus.RUNNING)
    about = {"workspace": run.workspace, "run": run, "step_id": step_id, "kind": "action", "attempt": 1}
    row, journal = StepRun(**about, status=StepStatus.STARTED, started_at=now()), Journal()
    asyncio.run(journal.save(Save(run, started=[row], guarded=guards.ask(row, run.workspace, inputs))))
    journal.close()
    return StepRun.objects.get(pk=row.pk)


def test_customer_of_any_characters_and_a_sum_of_any_size_are_counted(books, client) -> None:
    recipe = guarded(client, workspace=books.workspace, writes=5)

    first = began(recipe, "sclien", client_id="Ada\x00\ud83d", amount="9" * 30)
    set_guards(recipe, money_day="999999999999")
    second = began(recipe, "sclien", client_id="Bob")
    third = began(recipe, "sclien", client_id="Bob", amount="0.01")

    assert list(GuardedWrite.objects.order_by("pk").values_list("customer", "amount")) == [
        ("Ada\ufffd\ufffd", 10**16), ("Bob", None)]  # fmt: skip
    assert [row.status for row in (first, second, third)] == [
        StepStatus.STARTED, StepStatus.STARTED, StepStatus.FAILED]  # fmt: skip


def test_refused_step_never_looks_sent(books, client) -> None:
    """The power is cut where the refusal was committed, before the run was put on hold."""
    row = began(guarded(client, workspace=books.workspace, first=1), "sclien", name="Ada")

    assert (row.status, row.error["code"], row.error["field"]) == (StepStatus.FAILED, guards.CODE, guards.FIRST)
    assert row.finished_at


def test_patience_begins_when_the_run_was_let(ninja, books, client) -> None:
    recipe = guarded(client, workspace=books.workspace, first=1)
    went(recipe, {"name": "Ada"})
    StepRun.objects.filter(step_id="sclien").update(started_at=now() - timedelta(days=3))

    replay.resume(only_run(recipe))
    [claimed] = leases.claim(1, leases.Shelf())

    assert (claimed.firsts.get(("sclien", "")), claimed.attempts.get(("sclien", ""))) == (None, None)
    assert claimed.last["sclien", ""].error["code"] == guards.CODE


def test_two_who_let_runs_of_one_recipe_go_do_not_wait_for_each_other(ninja, books, client) -> None:
    recipe = guarded(client, workspace=books.workspace)
    error = {"code": guards.CODE, "message": "Look.", "field": guards.FIRST}
    for _round in range(6):
        held = {"recipe": recipe, "status": RunStatus.HELD, "stopped_at": "sclien"}
        runs = [make.make_run(**held) for _ in range(4)]
        for run in runs:
            make.make_step_run(run=run, step_id="sclien", status=StepStatus.FAILED, error=error)
        set_guards(recipe, first=1)

        troubles = _at_once(runs[0], runs[3])

        assert [str(late) for late in troubles if not isinstance(late, replay.Late)] == []
        assert set(Run.objects.values_list("status", flat=True)) == {RunStatus.QUEUED}
        assert Recipe.objects.get(pk=recipe.pk).guards is None


def _at_once(*runs: Run) -> list[Exception]:
    """What kept somebody from letting them go side by side; the second of two may come late."""
    gate, troubles = threading.Barrier(len(runs), timeout=30), []

    def let(run: Run) -> None:
        gate.wait()
        try:
            with scopes_disabled():
                replay.resume(run)
        except Exception as trouble:
            troubles.append(trouble)
        connection.close()

    threads = [threading.Thread(target=let, args=(run,)) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return troubles
