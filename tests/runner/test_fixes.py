"""A run that stopped over a value goes on with another one; its recipe stays as it is."""

from typing import Any

import pytest
from django_scopes import scope

from builder.actions import fixing
from builder.actions.errors import Conflict, Invalid
from builder.models import AuditEvent, Recipe, Run, RunStatus
from connectors import fields as f
from tests import make
from tests.runner.conftest import Sandbox, work
from tests.runner.make import action, last_step, make_hooked, make_ninja, only_run, send

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def books(ninja: Sandbox):
    return make_ninja(ninja.url)


@pytest.fixture
def by(books):
    return make.make_actor(workspace=books.workspace)


def stopped(*steps: dict[str, Any], workspace: Any, **body: Any) -> Run:
    recipe = make_hooked(*steps, workspace=workspace)
    send(recipe, body)
    work()
    run = only_run(recipe)
    assert run.status == RunStatus.HELD, run.because
    return run


def payment(books, **inputs: Any) -> dict[str, Any]:
    return action("spaid1", "invoice_ninja.payments.create", books, client_id="{{ trigger.client }}", **inputs)


def test_field_that_was_empty_is_filled_for_this_run(ninja, books, by) -> None:
    client = ninja.records("clients")[0]["id"]
    run = stopped(payment(books, amount="{{ trigger.amount }}"), workspace=books.workspace, client=client)

    fixes = fixing.fixable(run)
    fixing.fix(by, run, {"amount": "12.50"})
    work()

    run.refresh_from_db()
    assert (fixes[0].field.name, fixes[0].wrong, fixes[0].value) == ("amount", True, "")
    assert run.status == RunStatus.DONE, run.because
    assert str(last_step(run, "spaid1").input["amount"]) == "12.50"
    assert Recipe.objects.get(pk=run.recipe_id).draft["steps"][0]["inputs"]["amount"] == "{{ trigger.amount }}"
    assert AuditEvent.objects.filter(verb="run.fixed").count() == 1


def test_what_the_service_refused_is_corrected(ninja, books, by) -> None:
    change = action(
        "schang", "invoice_ninja.clients.update", books, client_id="{{ trigger.client }}", website="https://a.example"
    )
    client = ninja.records("clients")[0]["id"]
    run = stopped(change, workspace=books.workspace, client="nobody")

    fixing.fix(by, run, {"client_id": client, "website": "https://a.example"})
    work()

    run.refresh_from_db()
    assert run.status == RunStatus.DONE, run.because
    assert run.fixes == {"schang": {"client_id": client}}


def test_item_of_a_loop_is_fixed_by_itself(ninja, books, by) -> None:
    inner = action(
        "schang", "invoice_ninja.clients.update", books, client_id="{{ seach1.item }}", website="https://x.example"
    )
    loop = {"id": "seach1", "kind": "each", "list": "{{ trigger.ids }}", "steps": [inner]}
    good, other, third = (row["id"] for row in ninja.records("clients")[:3])
    run = stopped(loop, workspace=books.workspace, ids=[good, "nobody", third])

    fixing.fix(by, run, {"client_id": other})
    work()

    run.refresh_from_db()
    assert run.status == RunStatus.DONE, run.because
    assert run.fixes == {"schang.1": {"client_id": other}}
    with scope(workspace=books.workspace):
        given = [row.input["client_id"] for row in run.steps.filter(step_id="schang", status="done").order_by("pk")]
    assert given == [good, other, third]


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"amount": "a lot"}, "amount", "isn't a number"),
        ({"amount": "{{ trigger.client }}"}, "amount", "Give the value itself"),
        ({"amount": ""}, "", "No value is another one yet"),
        ({"nothing": "x"}, "", "No value is another one yet"),
        ({"transaction_reference": "x" * 5001}, "transaction_reference", "too long"),
    ],
)
def test_what_does_not_fit_is_refused_beside_its_field(ninja, books, by, given, field, sentence) -> None:
    client = ninja.records("clients")[0]["id"]
    step = payment(books, amount="{{ trigger.amount }}", private_notes="n", transaction_reference="t")
    run = stopped(step, workspace=books.workspace, client=client)

    with pytest.raises(Invalid) as refused:
        fixing.fix(by, run, given)

    assert (refused.value.field or "", sentence in refused.value.message) == (field, True), refused.value.message
    run.refresh_from_db()
    assert (run.status, run.fixes) == (RunStatus.HELD, None)


def test_second_click_hears_that_it_went_on(ninja, books, by) -> None:
    client = ninja.records("clients")[0]["id"]
    run = stopped(payment(books, amount="{{ trigger.amount }}"), workspace=books.workspace, client=client)
    fixing.fix(by, run, {"amount": "5"})

    with pytest.raises(Conflict):
        fixing.fix(by, Run.objects.get(pk=run.pk), {"amount": "6"})


def test_open_outcome_and_secrets_are_nothing_to_fix(ninja, books) -> None:
    web = action("spost1", "tools.http.request", url="{{ trigger.url }}", method="POST")

    assert fixing.fixable(stopped(web, workspace=books.workspace, url="no address")) == []
    ninja.fail({"method": "POST", "path": "/api/v1/payments", "status": 504, "when": "after"})
    client = ninja.records("clients")[0]["id"]
    recipe = make_hooked(payment(books, amount="5"), workspace=books.workspace)
    send(recipe, {"client": client})
    work()
    assert fixing.fixable(only_run(recipe)) == []


def test_what_a_form_sends_in_a_way_of_its_own_is_no_change(ninja, books, by) -> None:
    lines = action("schang", "invoice_ninja.clients.update", books, client_id="nobody", public_notes="One\n two ")
    run = stopped(lines, workspace=books.workspace)

    with pytest.raises(Invalid, match="No value is another one yet"):
        fixing.fix(by, run, {"client_id": "nobody", "public_notes": "One\r\n two"})


def test_choice_that_is_not_among_the_known_ones_stays_chosen() -> None:
    field = f.choice("kind", choices=(("a", "First"), ("b", "Second")))

    assert fixing.Fix(field, "z").choices == (("z", "z"), ("a", "First"), ("b", "Second"))
    assert fixing.Fix(field, "").choices[0] == ("", "…")
    assert fixing.Fix(field, "b").choices == field.choices
