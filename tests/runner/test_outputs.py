"""What one step keeps of what it was given has an end, and what lies beyond it is said in a sentence."""

import pytest

from builder.models import RunStatus, StepStatus
from builder.recipe.errors import TooMuch
from builder.runner import outputs, replay, trying
from tests.runner.conftest import Sandbox, work
from tests.runner.make import action, last_step, make_hooked, make_ninja, only_run, send

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]

WAY_OUT = "Ask for less of it: fewer fields or a smaller page. Whoever looks after this server can raise OUTPUT_LIMIT."


@pytest.fixture(autouse=True)
def _little(settings) -> None:
    settings.OUTPUT_LIMIT = 300


def fetch(ninja: Sandbox, **options: str):
    step = action("sfetch", "tools.http.request", method="GET", url=f"{ninja.url}/_sandbox/state")
    return make_hooked(step | {"options": options})


@pytest.mark.parametrize("size", [1, 298])
def test_what_fits_is_kept_as_it_is(size: int) -> None:
    assert outputs.kept("x" * size) == "x" * size


@pytest.mark.parametrize(
    ("limit", "size", "said"),
    [(300, 299, "0.3 kB of JSON, and 0.3 kB"), (1_048_576, 3_500_000, "3.3 MB of JSON, and 1.0 MB")],
)
def test_what_does_not_fit_is_refused_with_its_size(settings, limit: int, size: int, said: str) -> None:
    settings.OUTPUT_LIMIT = limit

    with pytest.raises(TooMuch) as problem:
        outputs.kept("x" * size)

    assert problem.value.message == f"This step gives {said} of one step can be kept. {WAY_OUT}"


@pytest.mark.parametrize(
    ("on_error", "status"), [("hold", RunStatus.HELD), ("stop", RunStatus.FAILED), ("go_on", RunStatus.DONE)]
)
def test_read_that_gives_too_much_fails(ninja: Sandbox, on_error: str, status: RunStatus) -> None:
    recipe = fetch(ninja, on_error=on_error)

    send(recipe, {})
    work()

    run, step = only_run(recipe), last_step(only_run(recipe), "sfetch")
    assert (run.status, step.status, step.output) == (status, StepStatus.FAILED, None)
    assert (step.error["code"], step.error["message"][-len(WAY_OUT) :]) == ("too_large", WAY_OUT)
    assert run.because == ("" if on_error == "go_on" else step.error["message"])
    assert step.exchanges.get().status == 200


def test_effect_that_gives_too_much_is_not_repeated_without_an_answer(ninja: Sandbox) -> None:
    at = make_ninja(ninja.url)
    mail = action("sonest", "invoice_ninja.clients.create", at, name="{{ trigger.name }}")
    recipe = make_hooked(mail, workspace=at.workspace)
    send(recipe, {"name": "Ada"})
    work()
    run = only_run(recipe)
    held = (run.status, last_step(run, "sonest").status, run.because[:42])

    replay.resume(run)
    work()
    replay.resume(only_run(recipe), "done", "Vol9")
    work()

    assert held == (RunStatus.HELD, StepStatus.HELD, "It was done, but its answer can't be kept.")
    assert only_run(recipe).status == RunStatus.DONE
    assert [e["kind"] for e in ninja.effects("client")] == ["client.created"]
    assert last_step(run, "sonest").output == {"client": {"id": "Vol9"}}


@pytest.mark.parametrize(
    "step",
    [
        {"id": "seachx", "kind": "each", "list": "{{ trigger.all }}", "steps": []},
        {"id": "seachx", "kind": "remember", "values": {"all": "{{ trigger.all }}"}},
    ],
    ids=["each", "remember"],
)
def test_control_step_that_keeps_too_much_holds_the_run(step) -> None:
    recipe = make_hooked(step)

    send(recipe, {"all": ["x" * 100] * 3})
    work()

    run = only_run(recipe)
    assert (run.status, run.stopped_at, run.because[-len(WAY_OUT) :]) == (RunStatus.HELD, "seachx", WAY_OUT)
    assert not run.steps.exists()


def test_test_of_a_step_says_the_same(ninja: Sandbox) -> None:
    recipe = fetch(ninja)

    test = trying.test_step(recipe, recipe.draft["steps"][0], {}, None)

    assert (test.passed, test.output, test.error["code"]) == (False, None, "too_large")
    assert test.error["message"].endswith(WAY_OUT)
