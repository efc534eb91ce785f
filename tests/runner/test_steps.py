"""What each kind of step does to a run."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from builder.models import HourCount, Run, RunStatus, StepRun, StepStatus, Version
from builder.runner.clock import clock, now
from tests.runner.conftest import Sandbox, later, until_over, work
from tests.runner.make import action, last_step, make_hooked, only_run, send

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


def text(step_id: str, template: str, **more: Any) -> dict[str, Any]:
    return action(step_id, "tools.text.format", text=template) | more


def rules(*given: tuple[str, str, str]) -> dict[str, Any]:
    return {"match": "all", "rules": [{"field": field, "op": op, "value": value} for field, op, value in given]}


def ran(body: Any, *steps: dict[str, Any]) -> Run:
    recipe = make_hooked(*steps)
    send(recipe, body)
    work()
    return only_run(recipe)


def texts(run: Run, step_id: str = "") -> list[str]:
    rows = StepRun.objects.filter(run=run, operation="tools.text.format", status=StepStatus.DONE).order_by("pk")
    return [row.output["text"] for row in rows if step_id in ("", row.step_id)]


def trail(run: Run) -> list[str]:
    return [f"{s.step_id} {s.status}" for s in StepRun.objects.filter(run=run).order_by("pk")]


def test_condition_that_fits_lets_on() -> None:
    only_if = {"id": "sonlyi", "kind": "only_if", "conditions": rules(("{{ trigger.value }}", "gt", "0"))}

    run = ran({"value": 12.5}, only_if, text("sdone1", "{{ trigger.value }}"))

    assert (run.status, texts(run)) == (RunStatus.DONE, ["12.5"])


def test_condition_that_does_not_fit_filters_with_the_values() -> None:
    only_if = {"id": "sonlyi", "kind": "only_if", "conditions": rules(("{{ trigger.value }}", "gt", "0"))}

    run = ran({"value": 0}, only_if, text("sdone1", "never"))

    assert (run.status, run.because, run.stopped_at) == (RunStatus.FILTERED, "value is 0, not more than 0", "sonlyi")
    assert trail(run) == ["sonlyi filtered"]


def test_paths_take_the_first_that_fits_or_otherwise() -> None:
    def path(name: str, least: str) -> dict[str, Any]:
        steps = [text(f"s{name}00", f"{name} {{{{ trigger.value }}}}")]
        return {
            "id": f"p{name}",
            "name": name,
            "conditions": rules(("{{ trigger.value }}", "gte", least)),
            "steps": steps,
        }

    paths = {
        "id": "spaths",
        "kind": "paths",
        "paths": [path("big", "100"), path("mid", "10")],
        "otherwise": {"steps": [text("ssmall", "small")]},
    }
    recipe = make_hooked(paths, text("safter", "after"))
    for value in (100, 10, 1):
        send(recipe, {"value": value})

    work()

    runs = recipe.runs.order_by("pk")
    assert [texts(run) for run in runs] == [["big 100", "after"], ["mid 10", "after"], ["small", "after"]]
    assert last_step(runs[2], "spaths").note == "None of the conditions fits."


def test_each_goes_round_for_every_item_and_nested_too() -> None:
    inner = {
        "id": "sinner",
        "kind": "each",
        "list": "{{ souter.item.parts }}",
        "steps": [text("sparts", "{{ souter.item.name }}{{ souter.number }}{{ sinner.item }}")],
    }
    outer = {"id": "souter", "kind": "each", "list": "{{ trigger.rows }}", "steps": [inner, text("srowen", "-")]}
    rows = [{"name": "a", "parts": ["x", "y"]}, {"name": "b", "parts": []}, {"name": "c", "parts": ["z"]}]

    run = ran({"rows": rows}, outer, text("safter", "end"))

    assert texts(run) == ["a1x", "a1y", "-", "-", "c3z", "-", "end"]
    parts = StepRun.objects.filter(run=run, step_id="sparts").order_by("pk")
    assert [part.iteration for part in parts] == ["0.0", "0.1", "2.0"]


@pytest.mark.parametrize(("items", "portions"), [([], []), ([1], ["1"]), ([1, 2, 3, 4, 5], ["1,2", "3,4", "5"])])
def test_each_takes_batches(items: list[int], portions: list[str]) -> None:
    each = {
        "id": "seach1",
        "kind": "each",
        "list": "{{ trigger.items }}",
        "batch": 2,
        "steps": [text("sbatch", '{{ seach1.item | join: "," }}')],
    }

    run = ran({"items": items}, each)

    assert (run.status, texts(run)) == (RunStatus.DONE, portions)


def test_condition_inside_a_loop_leaves_only_the_round() -> None:
    only_if = {"id": "sonlyi", "kind": "only_if", "conditions": rules(("{{ seach1.item }}", "gt", "1"))}
    each = {
        "id": "seach1",
        "kind": "each",
        "list": "{{ trigger.items }}",
        "steps": [only_if, text("sround", "{{ seach1.item }}")],
    }

    run = ran({"items": [1, 2, 3]}, each, text("safter", "end"))

    assert (run.status, texts(run)) == (RunStatus.DONE, ["2", "3", "end"])


def loop(*steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": "seach1", "kind": "each", "list": "{{ trigger.items }}", "steps": list(steps)} | more


def test_loop_passes_over_an_item_that_fails_and_says_so() -> None:
    each = loop(text("sround", "{{ seach1.item.name }}"), text("sagain", "{{ sround.text }}!"), on_error="go_on")

    run = ran({"items": [{"name": "a"}, {}, {"name": "c"}]}, each, text("safter", "end"))

    assert (run.status, run.because) == (RunStatus.DONE, "1 item of a loop failed and was passed over.")
    assert texts(run) == ["a", "a!", "c", "c!", "end"]
    assert trail(run)[3:5] == ["sround failed", "sround done"]


def test_loop_passes_over_an_item_that_a_control_step_cant_read() -> None:
    remember = {"id": "sremem", "kind": "remember", "values": {"n": "{{ seach1.item.n | plus: 1 }}"}}

    run = ran({"items": [{"n": 1}, {"n": "x"}]}, loop(remember, text("sround", "{{ sremem.n }}"), on_error="go_on"))

    assert (run.status, texts(run)) == (RunStatus.DONE, ["2"])
    assert trail(run)[-1] == "sremem failed"


def test_loop_without_that_wish_holds_the_run_at_the_item() -> None:
    run = ran({"items": [{"name": "a"}, {}]}, loop(text("sround", "{{ seach1.item.name }}")))

    assert (run.status, run.stopped_at, run.place) == (RunStatus.HELD, "sround", [0, 1, 0])


def test_step_that_is_to_stop_the_run_does_so_in_a_loop_too() -> None:
    step = text("sround", "{{ seach1.item.name }}", options={"on_error": "stop"})

    run = ran({"items": [{}, {"name": "b"}]}, loop(step, on_error="go_on"), text("safter", "end"))

    assert (run.status, texts(run)) == (RunStatus.FAILED, [])


def test_loop_never_passes_over_all_items_because_of_the_account() -> None:
    step = action("sround", "invoice_ninja.clients.create", name="{{ seach1.item }}")

    run = ran({"items": ["a", "b"]}, loop(step, on_error="go_on"))

    assert (run.status, run.stopped_at) == (RunStatus.HELD, "sround")


def test_value_of_an_earlier_round_is_none_of_this_one() -> None:
    first = text("sround", "{{ seach1.item.name }}", options={"on_error": "go_on"})

    run = ran({"items": [{"name": "a"}, {}]}, loop(first, text("sagain", '<{{ sround.text | default: "none" }}>')))

    assert texts(run, "sagain") == ["<a>", "<none>"]


def test_remembered_values_keep_their_type() -> None:
    remember = {
        "id": "sremem",
        "kind": "remember",
        "values": {"total": "{{ trigger.value }}", "words": "is {{ trigger.value }}"},
    }

    run = ran({"value": Decimal("10.50")}, remember, text("sdone1", "{{ sremem.total | plus: 1 }} {{ sremem.words }}"))

    assert last_step(run, "sremem").output == {"total": Decimal("10.50"), "words": "is 10.50"}
    assert texts(run) == ["11.50 is 10.50"]


def test_wait_for_a_while_is_a_row_that_becomes_due() -> None:
    run = ran(
        {"h": 2}, {"id": "swait1", "kind": "wait", "amount": "{{ trigger.h }}", "unit": "hours"}, text("sdone1", "on")
    )
    waiting = (run.status, run.because, round((run.wake_at - now()).total_seconds() / 60))

    later(3600)
    early = texts(run)
    later(3601)

    run.refresh_from_db()
    assert waiting == (RunStatus.WAITING, "It waits, as the recipe says.", 120)
    assert (early, run.status, texts(run)) == ([], RunStatus.DONE, ["on"])
    assert trail(run) == ["swait1 done", "sdone1 done"]


def test_wait_until_a_time_that_is_past_goes_on_at_once() -> None:
    past = {"id": "swait1", "kind": "wait", "mode": "until", "at": "2020-01-01T00:00:00Z"}
    soon = {"id": "swait2", "kind": "wait", "mode": "until", "at": "{{ trigger.at }}"}

    run = ran({"at": (now() + timedelta(hours=1)).isoformat()}, past, soon)
    waiting = (run.status, run.stopped_at)
    later(3700)

    run.refresh_from_db()
    assert waiting == (RunStatus.WAITING, "swait2")
    assert run.status == RunStatus.DONE


@pytest.mark.parametrize(
    "wait",
    [
        {"amount": "soon", "unit": "days"},
        {"amount": "{{ trigger.nothing }}", "unit": "days"},
        {"mode": "until", "at": "whenever"},
    ],
)
def test_wait_that_can_not_be_read_holds_with_a_sentence(wait: dict[str, str]) -> None:
    run = ran({}, {"id": "swait1", "kind": "wait", **wait})

    assert (run.status, run.stopped_at) == (RunStatus.HELD, "swait1")
    assert "soon" in run.because or "nothing" in run.because or "whenever" in run.because


@pytest.mark.parametrize("outcome", ["done", "failed", "filtered"])
def test_stop_ends_the_run_as_it_says(outcome: str) -> None:
    stop = {"id": "sstop1", "kind": "stop", "message": "No more for {{ trigger.name }}.", "outcome": outcome}

    run = ran({"name": "Ada"}, stop, text("snever", "never"))

    assert (run.status, run.because, run.stopped_at) == (outcome, "No more for Ada.", "sstop1")
    assert trail(run) == ["sstop1 done"]


def test_skipped_steps_are_passed_over() -> None:
    run = ran({}, text("sskip1", "no", skip=True), text("sdone1", "yes"), text("sskip2", "no", skip=True))

    assert trail(run) == ["sdone1 done"]
    assert run.status == RunStatus.DONE


def test_recipe_without_steps_is_done_at_once() -> None:
    run = ran({"name": "Ada"})

    assert (run.status, run.title, run.place) == (RunStatus.DONE, "Ada", None)


def test_kind_this_version_can_not_carry_out_holds() -> None:
    recipe = make_hooked(text("sfirst", "x"))
    newer = {**recipe.live.tree, "steps": [{**recipe.live.tree["steps"][0], "kind": "dance"}]}
    Version.objects.filter(pk=recipe.live.pk).update(tree=newer)
    send(recipe, {})
    work()

    run = only_run(recipe)
    assert run.status == RunStatus.HELD
    assert run.because == "This version of Recette can't carry out a step of the kind “dance”."


def test_run_keeps_its_version_while_the_recipe_moves_on() -> None:
    recipe = make_hooked({"id": "swait1", "kind": "wait", "amount": "1", "unit": "days"}, text("sdone1", "old"))
    send(recipe, {})
    work()
    recipe.live.pk, recipe.live.number = None, 2
    recipe.live.tree = {**recipe.live.tree, "steps": [text("snews1", "new")]}
    recipe.live.save()
    recipe.save()

    run = until_over(only_run(recipe))

    assert texts(run) == ["old"]


def test_hours_are_counted_as_they_happen(ninja: Sandbox) -> None:
    only_if = {"id": "sonlyi", "kind": "only_if", "conditions": rules(("{{ trigger.value }}", "gt", "0"))}
    get = action("sfetch", "tools.http.request", method="GET", url=f"{ninja.url}/_sandbox/state")
    recipe = make_hooked(only_if, get)
    for value in (0, 1, 2):
        send(recipe, {"value": value})

    work()

    hour = HourCount.objects.get(recipe=recipe)
    assert (hour.runs, hour.done, hour.filtered, hour.failed, hour.calls) == (3, 2, 1, 0, 2)
    assert hour.hour == clock.now().replace(minute=0, second=0, microsecond=0)


def test_step_statuses_are_all_known_to_the_table() -> None:
    assert {"started", "done", "failed", "unknown", "held", "waiting", "skipped", "filtered"} == set(StepStatus.values)
