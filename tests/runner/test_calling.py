"""One recipe calls another: once, with its values, and knows how it ended."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction

from builder.models import Event, EventKey, Fate, Recipe, RecipeState, Run, RunStatus, Source, StepRun
from builder.runner import called, journal, replay
from builder.runner.clock import now
from tests.runner.conftest import later, work
from tests.runner.make import last_step, make_hooked, only_run, send
from tests.runner.test_power_cut import Fuse, cut_short
from tests.runner.test_steps import text, texts, trail

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning"),
]


def call(recipe: Recipe | str, **more: Any) -> dict[str, Any]:
    public_id = recipe if isinstance(recipe, str) else recipe.public_id
    given = {"recipe": public_id, "inputs": {"who": "{{ trigger.name }}", "amount": "{{ trigger.amount }}"}}
    return {"id": "scall1", "kind": "call", **given, **more}


def both(*inside: dict[str, Any], after: list[dict[str, Any]] | None = None, **more: Any) -> tuple[Recipe, Recipe]:
    """A live recipe that calls another one."""
    other = make_hooked(*inside)
    return make_hooked(call(other, **more), *(after or []), workspace=other.workspace), other


def remember(step_id: str = "sremem", **kept: str) -> dict[str, Any]:
    return {"id": step_id, "kind": "remember", "values": kept}


def test_called_recipe_gets_values_and_gives_back_what_it_remembers() -> None:
    inside = remember(total="{{ trigger.amount | times: 2 }}", who="{{ trigger.who }}")
    after = text("sdone1", "{{ scall1.values.who }} owes {{ scall1.values.total }}, {{ scall1.status }}")
    caller, other = both(inside, after=[after])

    send(caller, {"name": "Ada", "amount": Decimal("10.50")})
    work()

    run, child = only_run(caller), only_run(other)
    assert (run.status, texts(run)) == (RunStatus.DONE, ["Ada owes 21.00, done"])
    assert (child.parent, child.parent_item, child.chain) == (last_step(run, "scall1"), 0, [caller.name])
    assert last_step(run, "scall1").input == {"who": "Ada", "amount": Decimal("10.50")}
    event = child.event
    assert (event.source, event.fate, event.data) == (Source.CALL, Fate.RAN, {"who": "Ada", "amount": Decimal("10.50")})
    assert event.fate_details[0]["because"] == f"Called by the recipe “{caller.name}”."


def test_message_of_its_stop_comes_back() -> None:
    stop = {"id": "sstops", "kind": "stop", "outcome": "filtered", "message": "Not for {{ trigger.who }}"}
    caller, _other = both(stop, after=[text("sdone1", "{{ scall1.status }}: {{ scall1.message }}")])

    send(caller, {"name": "Ada", "amount": 1})
    work()

    assert texts(only_run(caller)) == ["filtered: Not for Ada"]


def test_caller_rests_as_a_row_until_the_other_is_over() -> None:
    caller, other = both({"id": "swait1", "kind": "wait", "amount": "3", "unit": "days"}, after=[text("sdone1", "on")])
    send(caller, {"name": "Ada", "amount": 1})
    work()

    resting = only_run(caller)
    pause = (resting.wake_at - now()).total_seconds()
    later(86_400)
    still = only_run(caller).status
    later(3 * 86_400)
    work()  # both were due, and the caller may have rested again when the drain had gone home

    assert (resting.status, resting.lane) == (RunStatus.WAITING, "")
    assert resting.because == f"It waits for the recipe “{other.name}” that it called."
    assert 0 < pause < 61
    assert still == RunStatus.WAITING
    assert (only_run(caller).status, only_run(other).status) == (RunStatus.DONE, RunStatus.DONE)


def test_what_ends_while_its_caller_is_awake_keeps_it_from_resting() -> None:
    """The caller has looked, the other ends, and only then the caller's rest is written."""
    caller, other = both({"id": "swait1", "kind": "wait", "amount": "3", "unit": "days"}, after=[text("sdone1", "on")])
    send(caller, {"name": "Ada", "amount": 1})
    work()
    run, step = only_run(caller), last_step(only_run(caller), "scall1")
    Run.objects.filter(pk=run.pk).update(status=RunStatus.RUNNING)
    run.refresh_from_db()
    Run.objects.filter(recipe=other).update(status=RunStatus.DONE, finished_at=now(), wake_at=None)
    with transaction.atomic():
        called.wake([step.pk])
    rest = {"status": RunStatus.WAITING, "place": [0], "wake_at": now() + timedelta(hours=1), "lease_until": None}

    with transaction.atomic():
        journal.write([journal.Save(run, changes=rest, rests_on=step.pk)])
    work()

    assert (only_run(caller).status, texts(only_run(caller))) == (RunStatus.DONE, ["on"])


def test_caller_that_does_not_wait_goes_on_at_once() -> None:
    caller, other = both(
        {"id": "swait1", "kind": "wait", "amount": "3", "unit": "days"}, after=[text("sdone1", "on")], wait=False
    )

    send(caller, {"name": "Ada", "amount": 1})
    work()

    assert (only_run(caller).status, only_run(other).status) == (RunStatus.DONE, RunStatus.WAITING)
    assert last_step(only_run(caller), "scall1").output["run"] == only_run(other).public_id


@pytest.mark.parametrize(
    ("options", "status"),
    [({}, RunStatus.HELD), ({"on_error": "go_on"}, RunStatus.DONE), ({"on_error": "stop"}, RunStatus.FAILED)],
)
def test_failure_of_the_other_is_one_of_the_step(options: dict[str, str], status: RunStatus) -> None:
    stop = {"id": "sstops", "kind": "stop", "outcome": "failed", "message": "No money"}
    caller, other = both(stop, options=options)

    send(caller, {"name": "Ada", "amount": 1})
    work()

    row = last_step(only_run(caller), "scall1")
    assert (only_run(caller).status, row.status) == (status, "failed")
    assert row.error["message"] == f"The run of “{other.name}” that it called failed: No money"


def test_cancelled_run_wakes_its_caller() -> None:
    caller, other = both({"id": "swait1", "kind": "wait", "amount": "3", "unit": "days"})
    send(caller, {"name": "Ada", "amount": 1})
    work()

    replay.cancel(only_run(other))
    work()

    assert only_run(caller).status == RunStatus.HELD
    assert only_run(caller).because == f"The run of “{other.name}” that it called was cancelled: Somebody cancelled it."


def test_retry_calls_once_more() -> None:
    stop = {"id": "sstops", "kind": "stop", "outcome": "failed", "message": "No money"}
    caller, other = both(stop)
    send(caller, {"name": "Ada", "amount": 1})
    work()

    replay.resume(only_run(caller))
    work()

    assert trail(only_run(caller)) == ["scall1 failed", "scall1 failed"]
    assert Run.objects.filter(recipe=other).count() == 2


@pytest.mark.parametrize("done", [True, False])
def test_called_run_that_was_retried_itself_is_not_called_once_more(done: bool) -> None:
    caller, other = both(call("gone"), after=[text("sdone1", "{{ scall1.status }}")])
    send(caller, {"name": "Ada", "amount": 1})
    work()
    replay.cancel(only_run(other))
    work()
    assert only_run(caller).status == RunStatus.HELD
    mended = {"status": RunStatus.DONE} if done else {"status": RunStatus.HELD, "wake_at": None, "finished_at": None}
    Run.objects.filter(recipe=other).update(**mended)

    replay.resume(only_run(caller))
    work()

    child = only_run(other)
    if not done:
        assert only_run(caller).status == RunStatus.WAITING
        replay.resume(child)
        work()
        assert only_run(other).status == RunStatus.HELD  # what it calls is still gone
        Run.objects.filter(recipe=other).update(status=RunStatus.DONE)
        with transaction.atomic():
            called.wake([child.parent_id])
        work()
    assert (only_run(caller).status, texts(only_run(caller))) == (RunStatus.DONE, ["done"])
    assert trail(only_run(caller)) == ["scall1 done", "sdone1 done"]


def test_resting_call_takes_no_answer_and_is_not_made_twice() -> None:
    caller, other = both({"id": "swait1", "kind": "wait", "amount": "3", "unit": "days"})
    send(caller, {"name": "Ada", "amount": 1})
    work()

    for answer in ("done", "skip"):
        with pytest.raises(replay.Late):
            replay.resume(only_run(caller), answer)
    replay.resume(only_run(caller), "again")
    work()

    assert trail(only_run(caller)) == ["scall1 waiting"]
    assert Run.objects.filter(recipe=other).count() == 1


def test_loop_calls_for_each_item() -> None:
    other = make_hooked(remember(twice="{{ trigger.n | times: 2 }}"))
    each = {
        "id": "seach1",
        "kind": "each",
        "list": "{{ trigger.items }}",
        "steps": [call(other, inputs={"n": "{{ seach1.item }}"}), text("sround", "{{ scall1.values.twice }}")],
    }
    caller = make_hooked(each, workspace=other.workspace)

    send(caller, {"items": [1, 2, 3]})
    work()

    assert texts(only_run(caller)) == ["2", "4", "6"]
    assert Run.objects.filter(recipe=other).count() == 3


@pytest.mark.parametrize("change", [{"state": RecipeState.PAUSED}, {"live_trigger": "ghl.opportunity.won"}])
def test_recipe_that_cannot_be_called_now_holds_the_caller(change: dict[str, Any]) -> None:
    caller, other = both(remember(a="1"))
    Recipe.objects.filter(pk=other.pk).update(**change)

    send(caller, {"name": "Ada", "amount": 1})
    work()

    assert (only_run(caller).status, Run.objects.filter(recipe=other).count()) == (RunStatus.HELD, 0)
    assert only_run(caller).because == "The recipe it calls isn't live. Publish or resume it, then retry."


def test_recipe_of_another_workspace_is_never_called() -> None:
    stranger = make_hooked(remember(a="1"))
    caller = make_hooked(call(stranger))

    send(caller, {"name": "Ada", "amount": 1})
    work()

    assert (only_run(caller).status, Run.objects.filter(recipe=stranger).count()) == (RunStatus.HELD, 0)


def test_recipes_that_call_in_a_circle_are_stopped_by_the_number_of_hops() -> None:
    caller = make_hooked(text("sfirst", "x"))
    version = caller.live
    version.tree["steps"] = [{**version.tree["steps"][0], "skip": True}, _whole(call(caller, inputs={"who": "x"}))]
    type(version).objects.filter(pk=version.pk).update(tree=version.tree)

    send(caller, {"name": "Ada", "amount": 1})
    work()

    runs = list(Run.objects.filter(recipe=caller).order_by("pk"))
    assert len(runs) == settings.LOOP_HOPS + 1
    assert [run.status for run in runs] == [*["waiting"] * settings.LOOP_HOPS, "held"]
    assert runs[-1].because.startswith(f"Recipes call each other {settings.LOOP_HOPS + 1} deep here: ")


def _whole(step: dict[str, Any]) -> dict[str, Any]:
    from builder.recipe import tree as trees  # noqa: PLC0415 -- the shape with its defaults

    return trees.parse({"format": 1, "trigger": {}, "steps": [step]})["steps"][0]


def test_values_of_a_call_are_found_by_a_search() -> None:
    caller, other = both(remember(a="1"), inputs={"email": "{{ trigger.email }}"})

    send(caller, {"email": "ada@example.com"})
    work()

    assert EventKey.objects.filter(event=only_run(other).event, kind="email").count() == 1


@pytest.mark.parametrize("wait", [True, False], ids=["waits", "goes-on"])
@pytest.mark.parametrize("moment", ["before commit", "after commit"])
@pytest.mark.parametrize("count", range(1, 6))
def test_power_cut_at_each_write_calls_once_and_hears_the_end(count: int, moment: str, wait: bool) -> None:
    caller, other = both(remember(a="{{ trigger.who }}"), after=[text("sdone1", "on")], wait=wait)
    send(caller, {"name": "Ada", "amount": 1})

    cut_short(Fuse(moment, count))
    for _ in range(4):
        later(settings.LEASE + 61)

    assert (only_run(caller).status, texts(only_run(caller))) == (RunStatus.DONE, ["on"])
    assert only_run(other).status == RunStatus.DONE
    assert Event.objects.filter(source=Source.CALL).count() == 1
    assert StepRun.objects.filter(step_id="scall1").count() == 1
