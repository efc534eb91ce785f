"""Invoices, orders, payments, subscriptions and estimates: told by webhook or found by looking, the same either way."""

from dataclasses import replace

import pytest

from connectors.errors import Refused
from connectors.ghl import CONNECTOR, comparing, seen_estimates, seen_invoices, seen_sales
from tests.connectors.talk import answer, make_context, talk

SINCE = "2026-11-22T10:00:00+00:00"
OLD, NEW = "2026-10-01T09:00:00.000Z", "2026-11-22T11:00:00.000Z"
DATE = "Sun, 22 Nov 2026 12:00:00 GMT"
CONTEXT = make_context()
SAMPLES = {name: dict(CONNECTOR.triggers[f"ghl.{name}.created"].sample) for name in ("invoice", "order", "estimate")}


def invoice(**more):
    return {**SAMPLES["invoice"], "altType": "location", "createdAt": OLD, **more}


def fires(key, before, now, **inputs):
    return CONNECTOR.triggers[f"ghl.{key}"].fired(before and before.values, now, SINCE, inputs)


def heard(event, **more):
    return CONNECTOR.watched["invoice"].read({"type": event, "webhookId": "w1", **invoice(**more)}, event)


def test_webhook_and_list_show_the_same_invoice_alike():
    row = {"_id": "l1", "name": "Sail", "qty": 1, "amount": 12.5, "currency": "EUR"}
    by_hook = heard("InvoiceSent", invoiceNumber="0019", invoiceItems=[{**row, "amount": "12.50"}], amountPaid=0)
    by_list = seen_invoices.sighting(invoice(invoiceNumber=19, invoiceItems=[{**row, "taxes": []}], amountPaid=0.0))

    assert by_hook.values == by_list.values
    assert (by_hook.data["invoiceNumber"], by_list.data["invoiceNumber"]) == ("19", "19")
    assert by_hook.data.keys() == by_list.data.keys()
    assert by_hook.data.keys() >= SAMPLES["invoice"].keys()


@pytest.mark.parametrize(
    ("before", "after", "fired"),
    [
        ({"status": "draft"}, {"status": "sent"}, {"sent"}),
        ({"status": "sent"}, {"status": "partially_paid", "amountPaid": 10}, {"partly_paid"}),
        (
            {"status": "partially_paid", "amountPaid": 10},
            {"status": "partially_paid", "amountPaid": 20},
            {"partly_paid"},
        ),
        ({"status": "partially_paid", "amountPaid": 10}, {"status": "paid", "amountPaid": 1190}, {"paid"}),
        ({"status": "draft"}, {"status": "paid", "amountPaid": 1190}, {"paid", "sent"}),
        ({"status": "sent"}, {"status": "void"}, {"voided"}),
        ({"status": "sent"}, {"status": "sent", "dueDate": "2027-01-01"}, {"updated"}),
        ({"status": "sent"}, {"status": "sent", "updatedAt": NEW, "lastVisitedAt": NEW}, set()),
    ],
)
def test_what_became_of_an_invoice_is_told_by_what_it_was(before, after, fired):
    was, now = seen_invoices.sighting(invoice(**before)), seen_invoices.sighting(invoice(**after))

    names = {key.rsplit(".", 1)[1] for key in CONNECTOR.triggers if key.startswith("ghl.invoice.")}
    assert {name for name in names if fires(f"invoice.{name}", was, now)} == fired


@pytest.mark.parametrize(
    ("event", "status", "name"),
    [
        ("InvoiceCreate", "draft", "created"), ("InvoiceSent", "sent", "sent"), ("InvoicePaid", "paid", "paid"),
        ("InvoicePartiallyPaid", "partially_paid", "partly_paid"), ("InvoiceVoid", "void", "voided"),
        ("InvoiceUpdate", "draft", "updated"), ("InvoiceDelete", "draft", "deleted"),
    ],
)  # fmt: skip
def test_invoice_that_nobody_saw_before_is_judged_by_what_its_webhook_says(event, status, name):
    now = heard(event, status=status, amountPaid=10 if "aid" in event else 0)

    assert fires(f"invoice.{name}", None, now)
    assert not fires(f"invoice.{name}", None, seen_invoices.sighting(invoice(status=status))) or name == "deleted"


def test_new_invoice_is_created_and_what_it_is_already():
    now = seen_invoices.sighting(invoice(status="paid", amountPaid=1190, createdAt=NEW))

    assert [fires(f"invoice.{name}", None, now) for name in ("created", "sent", "paid", "partly_paid", "updated")] == [
        True, True, True, False, False,
    ]  # fmt: skip


def test_look_reads_the_open_ones_and_the_newest_and_asks_for_what_left():
    poll = CONNECTOR.watched["invoice"].poll
    empty = answer({"invoices": [], "total": 0})
    pages = [answer({"invoices": [invoice()], "total": 1}), *[empty] * 4]

    first, asked = talk(poll({}, CONTEXT), *pages)
    second, again = talk(poll(first.cursor, CONTEXT), *[empty] * 5, answer(invoice(status="paid", amountPaid=1190)))

    assert [one.query.get("status") for one in asked] == [*seen_invoices.OPEN, None]
    assert (first.baseline, second.baseline) == (True, False)
    assert again[-1].path == f"/invoices/{invoice()['_id']}"
    assert fires("invoice.paid", first.sightings[0], second.sightings[0])
    assert second.cursor == {"held": {}}


@pytest.mark.parametrize("status", [400, 404])
def test_invoice_that_is_nowhere_is_deleted(status):
    lost = answer({"message": "Invoice with id x not found"}, status)
    page, _ = talk(
        CONNECTOR.watched["invoice"].poll({"held": {"i9": comparing.ALWAYS}}, CONTEXT),
        *[answer({"invoices": [], "total": 0})] * 5, lost,
    )  # fmt: skip

    assert [(now.record_id, now.gone) for now in page.sightings] == [("i9", True)]
    assert fires("invoice.deleted", None, page.sightings[0])


def test_other_refusals_are_no_deletion():
    refused = answer({"message": "altId is invalid"}, 400)

    with pytest.raises(Refused):
        talk(
            CONNECTOR.watched["invoice"].poll({"held": {"i9": comparing.ALWAYS}}, CONTEXT),
            *[answer({"invoices": [], "total": 0})] * 5, refused,
        )  # fmt: skip


def test_our_own_write_of_an_invoice_is_known_again():
    told = CONNECTOR.watched["invoice"].told

    made = told({}, invoice(status="draft"))
    gone = told({"invoiceId": "i1"}, {"deleted": True})

    assert made == (invoice()["_id"], {"status": "draft", "paid": "0", "edit": "*"})
    assert gone == ("i1", {"edit": "*", "gone": True})
    assert told({}, {"deleted": True}) is None


# Orders, payments, subscriptions


def order(**more):
    return {**SAMPLES["order"], "createdAt": OLD, **more}


def test_order_by_webhook_is_whole_and_by_list_it_is_read_again():
    by_hook = CONNECTOR.watched["order"].read({"type": "OrderCreate", **order()}, "OrderCreate")
    by_list = seen_sales.order(order(), complete=False)

    assert by_hook.values == by_list.values == {"status": "completed", "fulfilment": "unfulfilled"}
    assert (by_hook.complete, by_list.complete) == (True, False)


def test_order_changes_its_status_and_is_fulfilled():
    was, now = (seen_sales.order(order(status=status)) for status in ("pending", "completed"))
    sent = seen_sales.order(order(fulfillmentStatus="fulfilled"))
    why_not = CONNECTOR.triggers["ghl.order.status_changed"].why_not

    assert fires("order.status_changed", was, now)
    assert not fires("order.status_changed", now, sent)
    assert fires("order.fulfilled", now, sent)
    assert why_not({"status": "refunded"}, now) == "Its status is completed, this recipe takes only refunded."
    assert not why_not({"status": "Completed"}, now)


def test_orders_are_asked_for_without_the_kind_of_place_that_their_list_does_not_know():
    empty = answer({"data": [], "totalCount": 0}, date=DATE)

    _, asked = talk(seen_sales.look_at_orders(CONTEXT), empty, empty, empty)

    assert [one.query.get("paymentStatus") or one.query["startAt"] for one in asked] == [
        "unpaid", "partially_paid", "2026-11-21",
    ]  # fmt: skip
    assert all("altType" not in one.query for one in asked)


def payment(**more):
    return {"_id": "t1", "altId": "loc1", "status": "succeeded", "amountRefunded": 0, "createdAt": NEW, **more}


def test_payment_comes_in_fails_and_is_refunded():
    pending, paid = seen_sales.payment(payment(status="pending")), seen_sales.payment(payment())
    back, failed = seen_sales.payment(payment(amountRefunded=5)), seen_sales.payment(payment(status="failed"))

    assert fires("transaction.received", None, paid) and fires("transaction.received", pending, paid)
    assert not fires("transaction.received", None, seen_sales.payment(payment(createdAt=OLD)))
    assert not fires("transaction.received", paid, back)
    assert fires("transaction.refunded", paid, back)
    assert fires("transaction.failed", pending, failed) and not fires("transaction.failed", pending, paid)


def test_payment_older_than_a_week_has_left_the_list_and_is_not_gone():
    page = answer({"data": [payment(), payment(_id="t0", createdAt=OLD)], "totalCount": 2}, date=DATE)
    held = {"held": {"t8": "2026-11-10T09:00:00.000Z"}}

    seen, asked = talk(CONNECTOR.watched["transaction"].poll(held, CONTEXT), page)

    assert ([now.record_id for now in seen.sightings], len(asked)) == (["t1"], 1)


def test_payment_read_by_itself_is_as_the_list_has_it():
    alone = {**payment(), "contactSnapshot": {"name": "Mara", "email": "m@x.example"}}
    alone |= {"entitySource": {"type": "invoice", "id": "i1", "name": "Website"}}

    now, _ = talk(CONNECTOR.watched["transaction"].reread("t1", CONTEXT), answer(alone))

    assert (now.data["entitySourceType"], now.data["entitySourceId"], now.data["contactName"]) == (
        "invoice", "i1", "Mara",
    )  # fmt: skip


def test_subscription_begins_changes_and_is_cancelled():
    row = {"_id": "s1", "altId": "loc1", "status": "active", "amount": 149, "createdAt": OLD}
    active, ended = seen_sales.subscription(row), seen_sales.subscription(row | {"status": "canceled"})

    assert fires("subscription.created", None, seen_sales.subscription(row | {"createdAt": NEW}))
    assert not fires("subscription.created", None, active)
    assert fires("subscription.status_changed", active, ended) and fires("subscription.cancelled", active, ended)
    assert not fires("subscription.cancelled", ended, ended)


# Estimates


def listed(*rows):
    return answer({"estimates": list(rows), "total": len(rows)})


def estimate(**more):
    own = {name: value for name, value in SAMPLES["estimate"].items() if name != "estimateStatus"}
    return {**own, "createdAt": OLD, **more}


def test_estimate_stands_where_its_list_says_unless_it_says_so_itself():
    mine, other = estimate(_id="e1"), estimate(_id="e2", estimateStatus="declined")
    lists = {"sent": [mine], "accepted": [other]}

    seen, asked = talk(seen_estimates.look(CONTEXT), *(listed(*lists.get(s, ())) for s in seen_estimates.ORDER))

    assert [one.query["status"] for one in asked] == list(seen_estimates.ORDER)
    assert {now.record_id: now.values["status"] for now in seen.found} == {"e1": "sent", "e2": "declined"}


def test_lists_that_pass_over_the_status_tell_none():
    seen, _ = talk(seen_estimates.look(CONTEXT), *[listed(estimate(_id="e1"))] * len(seen_estimates.ORDER))

    assert [now.values.keys() for now in seen.found] == [{"edit"}]


def test_estimate_is_accepted_declined_and_changed():
    sent, accepted = seen_estimates.sighting(estimate(), "sent"), seen_estimates.sighting(estimate(), "accepted")
    why_not = CONNECTOR.triggers["ghl.estimate.status_changed"].why_not

    assert fires("estimate.accepted", sent, accepted) and fires("estimate.status_changed", sent, accepted)
    assert not fires("estimate.declined", sent, accepted) and not fires("estimate.updated", sent, accepted)
    assert fires("estimate.updated", sent, seen_estimates.sighting(estimate(total=5), "sent"))
    assert not fires("estimate.accepted", None, accepted)
    assert fires("estimate.deleted", sent, replace(comparing.gone("estimate", "e1", {}), hint=""))
    assert why_not({"status": "declined"}, accepted) == "Its status is accepted, this recipe takes only declined."
