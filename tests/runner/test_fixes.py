"""A run that stopped over a value goes on with another one; its recipe stays as it is, or its draft gets it too."""

from typing import Any

import pytest
from django_scopes import scope

from builder.actions import drafts, fixing
from builder.actions.errors import Conflict, Forbidden, Invalid
from builder.models import AuditEvent, Recipe, Run, RunStatus
from tests import make
from tests.runner.conftest import Sandbox, work
from tests.runner.make import action, last_step, make_hooked, make_ninja, only_run, send

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


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


def invoice(books, **line: Any) -> dict[str, Any]:
    return action("sinvo1", "invoice_ninja.invoices.create", books, client_id="{{ trigger.client }}", line_items=[line])


@pytest.fixture
def priceless(ninja, books) -> Run:
    """It stopped over the price of its only line, which is no number."""
    line = {"product_key": "Care plan", "quantity": "1", "cost": "{{ trigger.price }}"}
    client = ninja.records("clients")[0]["id"]
    return stopped(invoice(books, **line), workspace=books.workspace, client=client, price="a lot")


LINE = {"product_key": "Care plan", "quantity": "1", "cost": "4800.00"}


def test_table_is_given_other_lines(ninja, priceless, by) -> None:
    fixes = fixing.fixable(priceless)
    second = {"product_key": "Hosting", "quantity": "2", "cost": "15"}
    fixing.fix(by, priceless, {"line_items": [LINE, second]})
    work()

    priceless.refresh_from_db()
    assert (fixes[0].field.name, fixes[0].place) == ("line_items", "line_items.0.cost")
    assert fixes[0].value == [{"product_key": "Care plan", "quantity": "1"}]
    assert priceless.status == RunStatus.DONE, priceless.because
    made = ninja.records("invoices")[-1]
    assert [(row["product_key"], float(row["cost"])) for row in made["line_items"]] == [
        ("Care plan", 4800),
        ("Hosting", 15),
    ]


def test_what_is_wrong_inside_a_table_is_named_by_its_place(priceless, by) -> None:
    given = [LINE, {"product_key": "{{ trigger.client }}", "cost": "much"}]

    with pytest.raises(Invalid) as one:
        fixing.fix(by, priceless, {"line_items": given})
    with pytest.raises(Invalid) as other:
        fixing.fix(by, priceless, {"line_items": [LINE, {"cost": "much"}], "po_number": "7", "discount": "x"})

    assert list(one.value.errors) == ["line_items.1.product_key"]
    assert list(other.value.errors) == ["line_items.1.cost"]
    priceless.refresh_from_db()
    assert (priceless.status, priceless.fixes) == (RunStatus.HELD, None)


def test_recipe_gets_the_value_too_and_it_can_be_undone(priceless, by) -> None:
    recipe = Recipe.objects.get(pk=priceless.recipe_id)
    before = recipe.draft_rev

    fixed = fixing.fix(by, priceless, {"line_items": [LINE]}, draft_too=True)
    work()

    recipe.refresh_from_db()
    assert fixed.draft and fixed.draft.changed
    assert "The live version 1 still runs the old one until the draft is published." in fixed.draft.note
    assert (recipe.draft["steps"][0]["inputs"]["line_items"], recipe.draft_rev) == ([LINE], before + 1)
    assert recipe.edits.get().args["at"] == [0, "cost"]
    with scope(workspace=by.workspace):
        assert recipe.live.tree["steps"][0]["inputs"]["line_items"][0]["cost"] == "{{ trigger.price }}"
    assert AuditEvent.objects.filter(verb__in=("run.fixed", "recipe.fixed")).count() == 2
    priceless.refresh_from_db()
    assert priceless.status == RunStatus.DONE, priceless.because

    drafts.undo(by, recipe)
    assert recipe.draft["steps"][0]["inputs"]["line_items"][0]["cost"] == "{{ trigger.price }}"


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (("set_field", {"field": "line_items", "at": "0.cost", "value": "7"}), "another value there meanwhile"),
        (("set_operation", {"operation": "invoice_ninja.quotes.create"}), "does something else there by now"),
        (("delete_step", {}), "no longer in it"),
    ],
)
def test_draft_that_went_on_is_left_alone_and_the_run_goes_on(priceless, by, edit, sentence) -> None:
    op, args = edit
    recipe = Recipe.objects.get(pk=priceless.recipe_id)
    drafts.edit(by, recipe, op, {"step": "sinvo1", **args}, recipe.draft_rev, "other")
    before = (recipe.draft, recipe.draft_rev)

    fixed = fixing.fix(by, priceless, {"line_items": [LINE]}, draft_too=True)

    recipe.refresh_from_db()
    priceless.refresh_from_db()
    assert fixed.draft and not fixed.draft.changed
    assert sentence in fixed.draft.note
    assert (recipe.draft, recipe.draft_rev) == before
    assert priceless.status == RunStatus.QUEUED
    assert AuditEvent.objects.filter(verb="recipe.fixed").count() == 0


@pytest.mark.parametrize(
    ("inputs", "given", "sentence"),
    [
        ({"each": "{{ trigger.rows }}", "line": {"cost": "{{ item.price }}"}}, [LINE], "is filled by earlier steps"),
        ("{{ trigger.rows }}", [LINE], "is filled by earlier steps"),
        ([{"cost": "{{ trigger.price }}"}], [LINE, LINE], "is filled by earlier steps"),
        ([{"cost": "much"}], [LINE, LINE], ""),
    ],
)
def test_lines_that_earlier_steps_make_stay_so_in_the_draft(ninja, books, by, inputs, given, sentence) -> None:
    client = ninja.records("clients")[0]["id"]
    step = action("sinvo1", "invoice_ninja.invoices.create", books, client_id=client, line_items=inputs)
    run = stopped(step, workspace=books.workspace, price="a lot", rows=[{"price": "a lot", "cost": "a lot"}])

    fixed = fixing.fix(by, run, {"line_items": given}, draft_too=True)
    work()

    run.refresh_from_db()
    stands = Recipe.objects.get(pk=run.recipe_id).draft["steps"][0]["inputs"]["line_items"]
    assert run.status == RunStatus.DONE, run.because
    assert fixed.draft and sentence in fixed.draft.note
    assert stands == (inputs if sentence else given)


def test_recipe_is_changed_by_who_may_edit_alone(priceless, by) -> None:
    operator = make.make_actor(workspace=by.workspace, role="operator")

    with pytest.raises(Forbidden):
        fixing.fix(operator, priceless, {"line_items": [LINE]}, draft_too=True)

    priceless.refresh_from_db()
    assert (priceless.status, priceless.fixes) == (RunStatus.HELD, None)


def test_draft_stays_as_it_was_when_somebody_was_quicker(priceless, by) -> None:
    seen = Run.objects.get(pk=priceless.pk)
    fixing.fix(by, priceless, {"line_items": [LINE]})

    with pytest.raises(Conflict):
        fixing.fix(by, seen, {"line_items": [{**LINE, "cost": "1"}]}, draft_too=True)

    assert Recipe.objects.get(pk=seen.recipe_id).draft_rev == 0
