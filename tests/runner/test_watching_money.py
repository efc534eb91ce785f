"""HighLevel's money as it starts recipes: by looking, by webhook, and once where both tell of it."""

from typing import Any

import pytest

from builder.models import Connection, Event, Run, Subscription
from tests.runner.conftest import Sandbox, work
from tests.runner.make import action, deliver, last_step, make_ghl, make_watching, poll

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


def watching(ghl: Sandbox, trigger: str) -> tuple[Connection, Subscription]:
    ghl.set(search_lag=0, rate_max=0)
    connection = make_ghl(ghl)
    make_watching(connection, trigger)
    subscription = Subscription.objects.get(connection=connection)
    poll(subscription)
    work()
    assert Run.objects.count() == 0
    return connection, subscription


def row(ghl: Sandbox, table: str, **wanted: Any) -> dict[str, Any]:
    return next(one for one in ghl.records(table) if all(one.get(k) == v for k, v in wanted.items()))


def ran() -> list[str]:
    return [run.event.record_id for run in Run.objects.order_by("pk")]


def test_invoice_that_is_paid_starts_a_recipe_once_whichever_way_tells_first(ghl: Sandbox) -> None:
    connection, subscription = watching(ghl, "ghl.invoice.paid")
    invoice = row(ghl, "invoices", status="sent")
    ghl.do("pay_invoice", id=invoice["_id"])
    paid = row(ghl, "invoices", _id=invoice["_id"])
    body = {"type": "InvoicePaid", "webhookId": "w1", **paid, "invoiceNumber": f"{paid['invoiceNumber']:04d}"}

    deliver(connection, body)
    work()
    first = ran()
    poll(subscription)
    work()

    assert first == ran() == [invoice["_id"]]
    assert [event.fate for event in Event.objects.all()] == ["ran"]


def test_invoice_found_by_looking_is_no_news_when_its_webhook_comes(ghl: Sandbox) -> None:
    connection, subscription = watching(ghl, "ghl.invoice.partly_paid")
    invoice = row(ghl, "invoices", status="sent")
    ghl.do("pay_invoice", id=invoice["_id"], amount="10")

    poll(subscription)
    work()
    deliver(connection, {"type": "InvoicePartiallyPaid", "webhookId": "w1", **row(ghl, "invoices", _id=invoice["_id"])})
    work()
    ghl.do("pay_invoice", id=invoice["_id"], amount="20")
    poll(subscription)
    work()

    assert ran() == [invoice["_id"]] * 2


@pytest.mark.parametrize(
    ("trigger", "doing"), [("sent", "send_invoice"), ("paid", "pay_invoice"), ("voided", "void_invoice")]
)
def test_invoice_starts_recipes_by_looking(ghl: Sandbox, trigger: str, doing: str) -> None:
    _, subscription = watching(ghl, f"ghl.invoice.{trigger}")
    invoice = row(ghl, "invoices", status="draft" if trigger == "sent" else "partially_paid")

    ghl.do(doing, id=invoice["_id"])
    for _ in range(2):
        poll(subscription)
        work()

    assert ran() == [invoice["_id"]]


def test_invoice_of_our_own_starts_no_recipe_again(ghl: Sandbox) -> None:
    ghl.set(search_lag=0, rate_max=0)
    connection = make_ghl(ghl)
    person, rows = ghl.records("contacts")[0]["id"], [{"name": "Copy", "amount": "12.50"}]
    inputs = {"contactId": person, "name": "A copy", "items": rows, "currency": "USD"}
    make_watching(
        connection, "ghl.invoice.created", action("scopie", "ghl.invoices.create_invoice", connection, **inputs)
    )
    subscription = Subscription.objects.get(connection=connection)
    poll(subscription)
    work()
    estimate = row(ghl, "estimates", estimateStatus="accepted")["_id"]
    facts = ghl.get("/_sandbox/state")["connect"]
    key = {"Authorization": f"Bearer {facts['token']}", "Version": "2021-07-28"}
    bill = {"altId": facts["location_id"], "altType": "location", "markAsInvoiced": True}
    ghl.post(f"/invoices/estimate/{estimate}/invoice", bill, **key)

    for _ in range(4):
        poll(subscription)
        work()

    assert Run.objects.count() == 1
    assert Event.objects.filter(fate="echo").count() == 1


def test_deleted_invoice_is_missed_by_looking(ghl: Sandbox) -> None:
    _, subscription = watching(ghl, "ghl.invoice.deleted")
    facts = ghl.get("/_sandbox/state")["connect"]
    one = row(ghl, "invoices", status="draft")["_id"]
    key = {"Authorization": f"Bearer {facts['token']}", "Version": "2021-07-28"}
    ghl._ask("DELETE", f"/invoices/{one}?altId={facts['location_id']}&altType=location", None, key)

    for _ in range(2):
        poll(subscription)
        work()

    assert ran() == [one]


def test_order_is_read_whole_before_a_recipe_sees_it(ghl: Sandbox) -> None:
    _, subscription = watching(ghl, "ghl.order.created")
    person, price = ghl.records("contacts")[0]["id"], ghl.records("prices")[0]["_id"]

    ghl.do("place_order", contact=person, price=price)
    poll(subscription)
    work()

    seen = last_step(Run.objects.get(), "trigger")
    assert seen.output["items"][0]["price"]["_id"] == price


@pytest.mark.parametrize(
    ("trigger", "doing", "table"),
    [("order.status_changed", "pay_order", "orders"), ("transaction.received", "pay_invoice", "invoices")],
)
def test_payments_start_recipes_by_looking(ghl: Sandbox, trigger: str, doing: str, table: str) -> None:
    _, subscription = watching(ghl, f"ghl.{trigger}")
    status = "pending" if table == "orders" else "sent"

    ghl.do(doing, id=row(ghl, table, status=status)["_id"])
    for _ in range(2):
        poll(subscription)
        work()

    assert len(ran()) == 1
