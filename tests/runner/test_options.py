"""What a recipe wants for one step: only under a condition, and how long it is tried."""

from typing import Any

import pytest

from builder.models import Approval, RunStatus, StepStatus
from builder.recipe import tree as trees
from tests.runner.conftest import Sandbox, later, work
from tests.runner.make import action, last_step, make_hooked, make_ninja, only_run, send
from tests.runner.test_power_cut import Fuse, cut_short
from tests.runner.test_steps import ran, rules, text, texts, trail

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.once,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning"),
]
PAID = {"options": {"only_if": rules(("{{ trigger.paid }}", "yes", ""))}}


def test_step_is_left_out_with_the_reason_and_the_run_goes_on() -> None:
    run = ran({"paid": False}, text("sfirst", "x", **PAID), text("sdone1", '<{{ sfirst.text | default: "none" }}>'))

    assert (run.status, trail(run)) == (RunStatus.DONE, ["sfirst skipped", "sdone1 done"])
    assert last_step(run, "sfirst").note == "Left out: paid is no, not yes."
    assert texts(run) == ["<none>"]


def test_step_whose_condition_holds_is_done() -> None:
    run = ran({"paid": True}, text("sfirst", "x", **PAID))

    assert trail(run) == ["sfirst done"]


@pytest.mark.parametrize(
    "step",
    [
        {"kind": "wait", "amount": "3", "unit": "days"},
        {"kind": "approval", "people": ["a@example.com"], "timeout": {"amount": "1", "unit": "days"}},
        {"kind": "remember", "values": {"a": "{{ trigger.missing }}"}},
        {"kind": "call", "recipe": "nothing"},
    ],
    ids=lambda step: step["kind"],
)
def test_every_kind_that_a_run_may_do_without_is_left_out(step: dict[str, Any]) -> None:
    run = ran({"paid": False}, {"id": "sthing", **step, **PAID}, text("sdone1", "on"))

    assert (run.status, trail(run), texts(run)) == (RunStatus.DONE, ["sthing skipped", "sdone1 done"], ["on"])
    assert Approval.objects.count() == 0


def test_condition_is_judged_for_each_item_of_a_loop() -> None:
    step = text("sround", "{{ seach1.item }}", options={"only_if": rules(("{{ seach1.item }}", "gt", "1"))})
    each = {"id": "seach1", "kind": "each", "list": "{{ trigger.items }}", "steps": [step]}

    run = ran({"items": [1, 2, 3]}, each)

    assert texts(run) == ["2", "3"]
    assert trail(run) == ["seach1 done", "sround skipped", "sround done", "sround done"]


def test_empty_group_is_no_condition() -> None:
    run = ran({}, text("sfirst", "x", options={"only_if": {"match": "all", "rules": []}}))

    assert trail(run) == ["sfirst done"]


@pytest.mark.parametrize("moment", ["before commit", "after commit"])
@pytest.mark.parametrize("count", range(1, 4))
def test_power_cut_leaves_it_out_just_the_same(moment: str, count: int) -> None:
    recipe = make_hooked(text("sfirst", "a"), text("sleft1", "b", **PAID), text("sdone1", "on"))
    send(recipe, {"paid": False})

    cut_short(Fuse(moment, count))
    for _ in range(3):
        later(100)

    run = only_run(recipe)
    assert (run.status, texts(run)) == (RunStatus.DONE, ["a", "on"])
    assert last_step(run, "sleft1").status == StepStatus.SKIPPED


def error_path() -> tuple[dict[str, Any], ...]:
    """A step that fails when the trigger has no `number`, the path for when it did, and what comes after both."""
    risky = text("srisky", "{{ trigger.number }}", options={"on_error": "go_on"})
    wrong = {"id": "pwrong", "name": "It went wrong", "conditions": rules(("{{ srisky.went_wrong }}", "yes", ""))}
    on_error = {**wrong, "steps": [text("smourn", "sorry: {{ srisky.why_wrong }}")]}
    fork = {"id": "sforks", "kind": "paths", "paths": [on_error], "otherwise": {"steps": [text("scheer", "well")]}}
    return risky, fork, text("safter", "after")


@pytest.mark.parametrize(("given", "path"), [({}, "smourn"), ({"number": "7"}, "scheer")])
def test_error_path_is_taken_when_the_step_went_wrong_and_at_no_other_time(given: dict[str, str], path: str) -> None:
    run = ran(given, *error_path())

    assert run.status == RunStatus.DONE
    assert [line.split()[0] for line in trail(run)] == ["srisky", "sforks", path, "safter"]
    if not given:
        because = last_step(run, "srisky").error["message"]
        assert texts(run, "smourn") == [f"sorry: {because}"]


def test_what_went_wrong_is_a_value_when_nothing_did() -> None:
    risky, *_rest = error_path()

    run = ran({"number": "7"}, risky, text("stells", "<{{ srisky.went_wrong }}{{ srisky.why_wrong }}>"))

    assert (run.status, texts(run, "stells")) == (RunStatus.DONE, ["<false>"])


def test_why_stays_the_same_after_a_wait() -> None:
    risky, *_rest = error_path()
    pause = {"id": "swait1", "kind": "wait", "amount": "1", "unit": "hours"}
    recipe = make_hooked(
        risky, text("sbefor", "{{ srisky.why_wrong }}"), pause, text("safter", "{{ srisky.why_wrong }}")
    )
    send(recipe, {})

    work()
    later(3700)

    run = only_run(recipe)
    assert texts(run, "sbefor") == texts(run, "safter") == [last_step(run, "srisky").error["message"]]


@pytest.mark.parametrize("count", range(1, 6))
def test_power_cut_takes_the_same_error_path(count: int) -> None:
    recipe = make_hooked(*error_path())
    send(recipe, {})

    cut_short(Fuse("after commit", count))
    for _ in range(3):
        later(100)

    run = only_run(recipe)
    assert (run.status, texts(run, "scheer"), len(texts(run, "smourn"))) == (RunStatus.DONE, [], 1)


def test_error_of_an_earlier_round_is_none_of_this_one() -> None:
    each = {"id": "seach1", "kind": "each", "list": "{{ trigger.items }}", "steps": list(error_path())}
    each["steps"][0]["inputs"]["text"] = "{{ seach1.item.number }}"

    run = ran({"items": [{"number": "1"}, {}, {"number": "3"}]}, each)

    assert (len(texts(run, "scheer")), len(texts(run, "smourn"))) == (2, 1)


@pytest.mark.parametrize(("patience", "tries"), [("never", 1), ("quick", 5)])
def test_step_is_tried_no_oftener_than_its_recipe_wants(ninja: Sandbox, patience: str, tries: int) -> None:
    at = make_ninja(ninja.url)
    step = action("sclien", "invoice_ninja.clients.get", at, client_id=ninja.records("clients")[0]["id"])
    recipe = make_hooked(step | {"options": {"retry": patience}}, workspace=at.workspace)
    ninja.fail({"method": "GET", "path": "/api/v1/clients/*", "status": 503, "times": None})
    send(recipe, {})

    work()
    for _ in range(12):
        later(700)

    run = only_run(recipe)
    assert (run.status, run.stopped_at) == (RunStatus.HELD, "sclien")
    assert trail(run) == ["sclien failed"] * tries


def test_condition_of_a_step_survives_being_written_and_read() -> None:
    steps = [{"id": "sfirst", "kind": "remember", "values": {"a": "1"}, **PAID}]
    tree = trees.parse({"format": 1, "trigger": {}, "steps": steps})

    assert trees.parse(trees.dump(tree)) == tree
    assert tree["steps"][0]["options"]["only_if"]["rules"][0]["op"] == "yes"
