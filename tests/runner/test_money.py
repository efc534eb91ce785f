"""What recipes changed, the money in it and the calls for it, hour by hour: exact to the effect the service saw."""

from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Sum

from builder.models import Connection, Exchange, HourCalls, HourCount, HourMoney, Recipe, StepRun, StepStatus
from builder.runner import counts, money
from connectors import catalogue
from tests.runner.conftest import Sandbox, until_over, work
from tests.runner.make import action, make_ghl, make_hooked, make_ninja, only_run, send

pytestmark = pytest.mark.django_db(transaction=True)
LINES = [{"product_key": "Sail", "quantity": "2", "cost": "12.50"}]


def billing(at: Connection, ninja: Sandbox, **more: Any) -> Recipe:
    client = ninja.records("clients")[0]["id"]
    create = action("sinvoi", "invoice_ninja.invoices.create", at, client_id=client, line_items=LINES, **more)
    look = action("slooks", "invoice_ninja.clients.get", at, client_id=client)
    return make_hooked(look, create, workspace=at.workspace)


def moved() -> dict[tuple[str, str], tuple[Decimal, int]]:
    rows = HourMoney.objects.values_list("flow", "currency").annotate(parts=Sum("parts"), n=Sum("documents"))
    return {(flow, currency): (Decimal(parts) / 10_000, n) for flow, currency, parts, n in rows}


def writes() -> int:
    return HourCount.objects.aggregate(n=Sum("writes"))["n"] or 0


def test_what_was_invoiced_is_what_the_service_answered(ninja: Sandbox) -> None:
    at = make_ninja(ninja.url)
    before = {row["id"] for row in ninja.records("invoices")}
    recipe = billing(at, ninja)
    for number in range(3):
        send(recipe, {"n": number})
    work()

    made = [row for row in ninja.records("invoices") if row["id"] not in before]
    total = sum(Decimal(str(row["amount"])) for row in made)
    assert (len(made), total > 0) == (3, True)
    assert [(flow, sums) for (flow, _currency), sums in moved().items()] == [("invoiced", (total, 3))]
    assert writes() == 3


def test_calls_are_counted_by_recipe_and_connection(ninja: Sandbox) -> None:
    at = make_ninja(ninja.url)
    other = make_ninja(ninja.url, at.workspace, name="Second")
    first, second = billing(at, ninja), billing(other, ninja)
    for recipe in (first, first, second):
        send(recipe, {})
    work()

    found = dict(
        HourCalls.objects.values_list("recipe", "connection").annotate(n=Sum("calls")).values_list("recipe", "n")
    )
    told = {recipe.pk: Exchange.objects.filter(step_run__run__recipe=recipe).count() for recipe in (first, second)}
    assert found == told
    assert set(HourCalls.objects.values_list("recipe", "connection")) == {(first.pk, at.pk), (second.pk, other.pk)}


def test_lost_answer_is_counted_once_when_it_was_done(ninja: Sandbox) -> None:
    at = make_ninja(ninja.url)
    ninja.fail({"method": "POST", "path": "/api/v1/invoices", "cut": True, "when": "after", "times": 1})
    recipe = billing(at, ninja)
    send(recipe, {})
    work()
    assert until_over(only_run(recipe)).status == "done"

    assert StepRun.objects.filter(step_id="sinvoi", status=StepStatus.DONE).count() == 1
    assert writes() == 1
    assert [n for _amount, n in moved().values()] == [1]


def test_what_is_refused_moves_nothing(ninja: Sandbox) -> None:
    at = make_ninja(ninja.url)
    ninja.fail({"method": "POST", "path": "/api/v1/invoices", "status": 422, "times": 1, "body": {"message": "No."}})
    send(billing(at, ninja), {})
    work()

    assert (writes(), moved()) == (0, {})
    assert HourCalls.objects.aggregate(n=Sum("calls"))["n"] == Exchange.objects.count()


def test_each_currency_stands_by_itself(ghl: Sandbox) -> None:
    at = make_ghl(ghl)
    person = ghl.records("contacts")[0]["id"]
    rows = [{"name": "Sail", "amount": "12.50", "qty": "2"}]
    for currency in ("USD", "EUR"):
        given = {"contactId": person, "name": "Sails", "currency": currency, "items": rows}
        send(make_hooked(action("sinvoi", "ghl.invoices.create_invoice", at, **given), workspace=at.workspace), {})
    work()

    assert moved() == {("invoiced", "USD"): (Decimal("25"), 1), ("invoiced", "EUR"): (Decimal("25"), 1)}


@pytest.mark.parametrize("key", sorted(key for home in catalogue.CONNECTORS.values() for key in home.moves))
def test_every_operation_that_moves_money_tells_how_much_by_its_own_sample(key: str) -> None:
    operation = catalogue.operation(key)
    assert operation is not None and operation.retry not in ("read", "idempotent")

    found = money.of(operation, {"amount": "80.10"}, operation.sample, "CHF")

    assert found is not None
    assert found.parts > 0
    assert len(found.currency) == 3


@pytest.mark.parametrize("amount", [None, "", "-5", "0", "much", "NaN", [], {"a": 1}])
def test_what_is_no_amount_moves_nothing(amount: Any) -> None:
    refund = catalogue.operation("invoice_ninja.payments.refund")
    assert refund is not None

    assert money.of(refund, {"amount": amount}, {}, "USD") is None


def test_strange_currencies_are_the_workspaces() -> None:
    create = catalogue.operation("ghl.invoices.create_invoice")
    ninja = catalogue.operation("invoice_ninja.invoices.create")
    assert create is not None and ninja is not None

    for code in ("", "US", "dollars", "12€"):
        assert money.of(create, {}, {"total": 5, "currency": code}, "CAD") == ("invoiced", "CAD", 50_000, 1)
    for id in ("", None, "0", "999", "²", "3"):
        output = {"invoice": {"amount": "1.00", "client": {"settings": {"currency_id": id}}}}
        assert money.of(ninja, {}, output, "CAD") == ("invoiced", "EUR" if id == "3" else "CAD", 10_000, 1)
    assert {"writes"} <= counts.COLUMNS
