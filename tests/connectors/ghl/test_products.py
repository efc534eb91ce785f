"""Products, prices, orders and coupons: what stays when one changes, and what is found after a lost answer."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from connectors.errors import Refused
from connectors.ghl import CONNECTOR
from tests.connectors.talk import answer, make_context, talk

OPERATIONS = CONNECTOR.operations
BEGAN = datetime(2026, 11, 22, 12, tzinfo=UTC).timestamp()
CONTEXT = replace(make_context(), since=BEGAN)
NOW, LONG_AGO = "2026-11-22T12:00:05.000Z", "2026-03-01T09:00:00.000Z"
PRICE = {"_id": "p1", "name": "Large", "type": "one_time", "currency": "EUR", "amount": 59.5, "createdAt": NOW}


def find(key, values, *answers):
    return talk(OPERATIONS[key].find(values, CONTEXT), *answers)


def test_product_is_found_by_its_name_unless_it_is_older_than_the_step():
    rows = [{"_id": at, "name": name, "createdAt": made} for at, name, made in (
        ("old", "Print", LONG_AGO), ("near", "Prints", NOW), ("ours", "Print", NOW),
    )]  # fmt: skip

    found, (request,) = find(
        "ghl.products.create_product", {"name": "Print"}, answer({"products": rows, "total": [{"total": 3}]})
    )

    assert [row["_id"] for row in found] == ["ours"]
    assert request.query == {"locationId": "loc1", "search": "Print", "limit": 100, "offset": 0}


@pytest.mark.parametrize(
    ("change", "count"),
    [({}, 1), ({"amount": 60}, 0), ({"name": "Small"}, 0), ({"currency": "USD"}, 0), ({"createdAt": LONG_AGO}, 0)],
)
def test_price_is_found_by_name_amount_and_currency(change, count):
    values = {"productId": "w1", "name": "Large", "type": "one_time", "currency": "eur", "amount": Decimal("59.50")}

    found, _ = find("ghl.products.create_price_for_product", values, answer({"prices": [PRICE | change], "total": 1}))

    assert len(found) == count


def test_update_of_a_product_sends_what_stays():
    there = {"_id": "w1", "name": "Print", "productType": "PHYSICAL", "description": "Matt.", "updatedAt": NOW}

    _, (look, put) = talk(
        OPERATIONS["ghl.products.update_product"].perform({"productId": "w1", "name": "Poster"}, CONTEXT),
        answer(there), answer(there),
    )  # fmt: skip

    assert look.query == {"locationId": "loc1"}
    assert put.json == {"locationId": "loc1", "name": "Poster", "productType": "PHYSICAL", "description": "Matt."}


def test_update_of_a_price_sends_what_stays():
    _, (_, put) = talk(
        OPERATIONS["ghl.products.update_price"].perform({"productId": "w1", "priceId": "p1", "amount": 61}, CONTEXT),
        answer(PRICE | {"compareAtPrice": 70}), answer(PRICE),
    )  # fmt: skip

    assert put.path == "/products/w1/price/p1"
    assert put.json == {
        "locationId": "loc1", "name": "Large", "type": "one_time", "currency": "EUR", "amount": 61, "compareAtPrice": 70
    }  # fmt: skip


def test_choices_of_prices_are_those_of_the_product():
    chosen, (request,) = talk(
        CONNECTOR.choices["prices"].load({"productId": "w1"}, CONTEXT), answer({"prices": [PRICE]})
    )
    none, asked = talk(CONNECTOR.choices["prices"].load({}, CONTEXT))

    assert ([one.label for one in chosen], request.path) == (["Large: 59.5 EUR"], "/products/w1/price")
    assert (none, asked) == ([], [])


@pytest.mark.parametrize(
    ("change", "count"),
    [
        ({}, 1),
        ({"createdAt": LONG_AGO}, 0),
        ({"trackings": []}, 0),
        ({"items": [{"price": {"_id": "p1"}, "qty": 2}]}, 0),
    ],
)
def test_fulfilment_is_found_by_its_items_and_parcels(change, count):
    row = {"_id": "f1", "items": [{"price": {"_id": "p1"}, "qty": 1}], "trackings": [{"trackingNumber": "J1"}]}
    values = {"orderId": "o1", "items": [{"priceId": "p1", "qty": 1}], "trackings": [{"trackingNumber": "J1"}]}

    found, _ = find(
        "ghl.payments.create_order_fulfillment", values, answer({"data": [{**row, "createdAt": NOW} | change]})
    )

    assert len(found) == count


@pytest.mark.parametrize(("status", "hits"), [("paid", [{"success": True}]), ("partially_paid", [])])
def test_payment_of_an_order_is_found_among_the_transactions(status, hits):
    row = {"entityId": "o1", "amount": 20, "createdAt": NOW}

    found, _ = find(
        "ghl.payments.record_order_payment",
        {"orderId": "o1"},
        answer({"data": [row], "totalCount": 1}),
        answer({"_id": "o1", "paymentStatus": status}),
    )

    assert found == hits


def test_coupon_is_found_by_its_code():
    rows = [{"_id": "k1", "code": "SPRING20", "createdAt": NOW}, {"_id": "k2", "code": "SPRING2", "createdAt": NOW}]

    found, _ = find("ghl.payments.create_coupon", {"code": "SPRING20"}, answer({"data": rows, "totalCount": 2}))

    assert [row["_id"] for row in found] == ["k1"]


@pytest.mark.parametrize("said", [{"success": False}, {"succeded": False}, {"status": False, "message": "Not now."}])
def test_write_that_says_of_itself_that_it_was_not_done_is_refused(said):
    operation = CONNECTOR.operations["ghl.payments.delete_coupon"]
    inputs = {"id": "k1"}

    with pytest.raises(Refused, match="HighLevel refused to delete"):
        talk(operation.perform(inputs, make_context()), answer(said))
