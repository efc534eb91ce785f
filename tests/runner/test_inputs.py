"""What a step was given and can't use is told in the run, in a sentence that names the field."""

from typing import Any

import pytest

from builder.models import Connection, Run, RunStatus, StepRun, StepStatus
from builder.recipe.values import Trouble
from builder.runner import unfit
from builder.runner.clock import now
from connectors import catalogue
from tests import make
from tests.runner.conftest import Sandbox, work
from tests.runner.make import action, last_step, make_hooked, make_ninja, only_run, send

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


def ran(*steps: dict[str, Any], body: Any = None, **more: Any) -> Run:
    recipe = make_hooked(*steps, **more)
    send(recipe, body or {})
    work()
    return only_run(recipe)


@pytest.mark.parametrize(
    ("inputs", "field", "sentence"),
    [
        ({}, "client_id", "“Client” must not be empty."),
        ({"client_id": "{{ trigger.client }}"}, "client_id", "Client: “Client” of step 1 has no value in this run."),
        (
            {"client_id": "{{ trigger.empty }}"},
            "client_id",
            "“Client” must not be empty, and “Empty” of step 1 is empty",
        ),
        ({"client_id": "c", "amount": "a lot"}, "amount", "Amount: “a lot”"),
        ({"client_id": "c", "amount": "5", "date": "someday"}, "date", "Date: “someday”"),
        ({"client_id": "c", "amount": "{{ nonsense", "date": ""}, "amount", "Amount: “{{ nonsense” opens"),
    ],
)
def test_value_that_does_not_fit_holds_the_run_with_its_field(
    ninja: Sandbox, inputs: dict[str, str], field: str, sentence: str
) -> None:
    at = make_ninja(ninja.url)
    inputs = {"amount": "5", **inputs} if "client_id" in inputs else {"amount": "5"}

    run = ran(
        action("spayme", "invoice_ninja.payments.create", at, **inputs), body={"empty": ""}, workspace=at.workspace
    )

    step = last_step(run, "spayme")
    assert (run.status, run.because, run.stopped_at) == (RunStatus.HELD, step.error["message"], "spayme")
    assert run.because.startswith(sentence)
    assert (step.status, step.error["field"], step.error["code"]) == (StepStatus.FAILED, field, "inputs")
    assert ninja.calls("POST") == []


def test_place_in_a_line_and_the_names_of_values_are_those_of_the_editor() -> None:
    tree = make.make_tree()
    operation = catalogue.operation("invoice_ninja.invoices.create")
    cost = Trouble("line_items.1.cost", "trigger.contact.email has no value in this run.", "trigger.contact.email")
    gone = Trouble("client_id", "sgoneb.client.id has no value in this run.", "sgoneb.client.id")
    made = Trouble("number", "sclien.client.id_number has no value in this run.", "sclien.client.id_number")

    assert operation
    assert [unfit.told(tree, operation, [trouble]) for trouble in (cost, gone, made)] == [
        "Line items › 2 › Price each: “Contact e-mail” of step 1 has no value in this run.",
        "Client: sgoneb.client.id has no value in this run.",
        "Number: “Client ID number” of step 3 has no value in this run.",
    ]


def test_fallback_fills_what_is_missing(ninja: Sandbox) -> None:
    at = make_ninja(ninja.url)
    name = '{{ trigger.company | default: "Somebody" }}'

    run = ran(action("sclien", "invoice_ninja.clients.create", at, name=name), workspace=at.workspace)

    assert run.status == RunStatus.DONE
    assert ninja.records("clients")[-1]["name"] == "Somebody"


@pytest.mark.parametrize(
    ("rule", "status", "after"),
    [("hold", RunStatus.HELD, 0), ("stop", RunStatus.FAILED, 0), ("go_on", RunStatus.DONE, 1)],
)
def test_recipe_says_what_a_failed_step_means(rule: str, status: str, after: int) -> None:
    bad = action("sbad01", "tools.text.format", text="{{ trigger.nothing }}") | {"options": {"on_error": rule}}

    run = ran(bad, action("sgood1", "tools.text.format", text="on"))

    assert run.status == status
    assert StepRun.objects.filter(step_id="sgood1", status=StepStatus.DONE).count() == after
    assert last_step(run, "sbad01").status == StepStatus.FAILED


def test_unknown_operation_holds() -> None:
    run = ran(action("sodd01", "invoice_ninja.clients.enchant"))

    assert run.status == RunStatus.HELD
    assert "doesn't know the operation invoice_ninja.clients.enchant" in run.because


NONE = "This step has no connection: choose one in the recipe and publish it again."


def test_step_without_a_connection_holds() -> None:
    run = ran(action("sclien", "invoice_ninja.clients.create", name="Ada"))

    assert (run.status, run.because) == (RunStatus.HELD, NONE)


def test_connection_of_another_workspace_is_never_opened(ninja: Sandbox) -> None:
    theirs = make_ninja(ninja.url)

    run = ran(action("sclien", "invoice_ninja.clients.create", theirs, name="Ada"), workspace=make.make_workspace())

    assert (run.status, run.because) == (RunStatus.HELD, NONE)
    assert ninja.calls() == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"deleted_at": now}, "The connection Invoice Ninja is gone: choose another one in the recipe."),
        ({"sealed": lambda: "other.AAAA.AAAA"}, "The secret of Invoice Ninja can't be opened with this server's keys"),
        ({"settings": lambda: {"base_url": "http://["}}, ""),
        ({"connector": lambda: "gone"}, "The connection Invoice Ninja is gone"),
    ],
)
def test_connection_that_can_not_be_used_holds_and_stops_nobody_else(
    ninja: Sandbox, change: dict[str, Any], sentence: str
) -> None:
    at = make_ninja(ninja.url)
    Connection.objects.update(**{name: value() for name, value in change.items()})
    other = make_hooked(action("sgood1", "tools.text.format", text="on"))
    send(other, {})

    run = ran(action("sclien", "invoice_ninja.clients.create", at, name="Ada"), workspace=at.workspace)

    assert run.status == RunStatus.HELD
    assert run.because.startswith(sentence)
    assert run.because
    assert only_run(other).status == RunStatus.DONE


def test_connection_of_another_service_is_named(ninja: Sandbox) -> None:
    at = make_ninja(ninja.url)

    run = ran(action("scrm01", "ghl.contacts.get", at, contactId="c"), workspace=at.workspace)

    assert run.because == "The connection Invoice Ninja belongs to Invoice Ninja: choose another one."


def test_mistake_of_our_own_holds_the_run_and_no_other(ninja: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    recipe = make_hooked({"id": "swait1", "kind": "wait", "amount": "1", "unit": "days"})
    recipe.live.tree = {**recipe.live.tree, "steps": [{"id": "swait1", "kind": "wait", "skip": False}]}
    recipe.live.save()
    other = make_hooked(action("sgood1", "tools.text.format", text="on"))
    for one in (recipe, other):
        send(one, {})

    work()

    run = only_run(recipe)
    assert (run.status, run.because[:44]) == (RunStatus.HELD, "That was a mistake of Recette's own (KeyErro")
    assert only_run(other).status == RunStatus.DONE
    assert "a step failed" in caplog.text
