"""HighLevel's invoices, payments, products and orders, when the answer gets lost: done once, or a person is asked."""

from collections.abc import Callable
from typing import Any

import pytest

from builder.models import Run, RunStatus
from tests.runner.conftest import Sandbox, until_over, work
from tests.runner.make import action, make_ghl, make_hooked, only_run, send

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]
ROWS = [{"name": "Sail", "amount": "12.50", "qty": "2"}]
Given = dict[str, Any]


def row(ghl: Sandbox, table: str, **wanted: Any) -> Given:
    return next(one for one in ghl.records(table) if all(one.get(k) == v for k, v in wanted.items()))


def user(ghl: Sandbox) -> str:
    return str(ghl.records("users")[0]["id"])


def invoice(ghl: Sandbox, status: str = "sent") -> Given:
    return {"invoiceId": row(ghl, "invoices", status=status)["_id"]}


def price(ghl: Sandbox) -> Given:
    return {"productId": ghl.records("products")[0]["_id"], "name": "Huge", "type": "one_time"}


def order(ghl: Sandbox) -> Given:
    return row(ghl, "orders", status="pending")


def parcel(ghl: Sandbox) -> Given:
    one = order(ghl)
    items = [{"priceId": one["items"][0]["price"]["_id"], "qty": "1"}]
    return {"orderId": one["_id"], "items": items, "trackings": [{"trackingNumber": "J1"}]}


def person(ghl: Sandbox) -> Given:
    return {"contactId": ghl.records("contacts")[0]["id"], "name": "Sails", "currency": "USD", "items": ROWS}


CASES: dict[str, tuple[str, str, str, Callable[[Sandbox], Given]]] = {
    "create_invoice": ("invoices", "/invoices/", "invoice.created", person),
    "textpay_invoice": (
        "invoices", "/invoices/text2pay", "invoice.created",
        lambda ghl: {**person(ghl), "action": "send", "userId": user(ghl)},
    ),
    "send_invoice": (
        "invoices", "/invoices/*/send", "invoice.sent", lambda ghl: {**invoice(ghl, "draft"), "userId": user(ghl)}
    ),
    "void_invoice": ("invoices", "/invoices/*/void", "invoice.voided", invoice),
    "record_invoice": (
        "invoices", "/invoices/*/record-payment", "invoice.paid",
        lambda ghl: {**invoice(ghl), "mode": "cash", "amount": "12.50"},
    ),
    "create_new_estimate": ("estimates", "/invoices/estimate", "estimate.created", person),
    "send_estimate": (
        "estimates", "/invoices/estimate/*/send", "estimate.sent",
        lambda ghl: {"estimateId": row(ghl, "estimates", estimateStatus="draft")["_id"], "userId": user(ghl)},
    ),
    "create_invoice_from_estimate": (
        "estimates", "/invoices/estimate/*/invoice", "invoice.created",
        lambda ghl: {"estimateId": row(ghl, "estimates", estimateStatus="accepted")["_id"]},
    ),
    "create_product": (
        "products", "/products/", "product.created", lambda ghl: {"name": "Sail", "productType": "PHYSICAL"}
    ),
    "create_price_for_product": (
        "products", "/products/*/price", "price.created", lambda ghl: {**price(ghl), "amount": "9", "currency": "USD"}
    ),
    "record_order_payment": (
        "payments", "/payments/orders/*/record-payment", "order.paid",
        lambda ghl: {"orderId": order(ghl)["_id"], "mode": "cash", "amount": "10"},
    ),
    "create_order_fulfillment": ("payments", "/payments/orders/*/fulfillments", "order.fulfilled", parcel),
}  # fmt: skip
ASKED = ("record_invoice", "record_order_payment", "create_invoice_from_estimate")
"""Whose absence in a list proves nothing: a person says whether they are done again."""


def lost(ghl: Sandbox, name: str, when: str) -> Any:
    ghl.set(rate_max=0, search_lag=0)
    home, path, _, inputs = CASES[name]
    at = make_ghl(ghl)
    recipe = make_hooked(action("sonest", f"ghl.{home}.{name}", at, **inputs(ghl)), workspace=at.workspace)
    ghl.fail({"method": "POST", "path": path, "status": 502, "when": when})
    send(recipe, {})
    work()
    return until_over(only_run(recipe))


@pytest.mark.parametrize("name", CASES)
def test_lost_answer_is_looked_for_and_nothing_is_done_twice(ghl: Sandbox, name: str) -> None:
    run = lost(ghl, name, "after")

    assert (run.status, run.because) == (RunStatus.DONE, "")
    assert len(ghl.effects(CASES[name][2])) == 1


@pytest.mark.parametrize("name", [name for name in CASES if name not in ASKED])
def test_what_never_arrived_is_done_after_looking(ghl: Sandbox, name: str) -> None:
    run = lost(ghl, name, "before")

    assert (run.status, run.because) == (RunStatus.DONE, "")
    assert len(ghl.effects(CASES[name][2])) == 1


@pytest.mark.parametrize("name", ASKED)
def test_what_can_not_be_told_from_a_list_is_put_to_a_person(ghl: Sandbox, name: str) -> None:
    run = lost(ghl, name, "before")

    assert run.status == RunStatus.HELD
    assert "Look there, then tell Recette." in run.because
    assert ghl.effects(CASES[name][2]) == []


def sent_before(ghl: Sandbox, **options: str) -> Run:
    """Of an invoice that had gone out already, the answer to its sending got lost."""
    at = make_ghl(ghl)
    inputs = {**invoice(ghl), "userId": user(ghl), "action": "email"}
    step = action("sonest", "ghl.invoices.send_invoice", at, **inputs) | {"options": options}
    recipe = make_hooked(step, workspace=at.workspace)
    ghl.fail({"method": "POST", "path": "/invoices/*/send", "status": 502, "when": "before"})
    send(recipe, {})
    work()
    return until_over(only_run(recipe))


def test_invoice_that_was_sent_before_is_not_sent_again_unasked(ghl: Sandbox) -> None:
    run = sent_before(ghl)

    assert (run.status, ghl.effects("invoice.sent")) == (RunStatus.HELD, [])
    assert run.because.startswith("Nobody knows whether “Send an invoice” was done: the answer got lost. It was sent")


@pytest.mark.parametrize(("rule", "count"), [("skip", 0), ("again", 1)])
def test_recipe_s_own_rule_answers_where_the_look_can_not_tell(ghl: Sandbox, rule: str, count: int) -> None:
    run = sent_before(ghl, on_unknown=rule)

    assert (run.status, len(ghl.effects("invoice.sent"))) == (RunStatus.DONE, count)
