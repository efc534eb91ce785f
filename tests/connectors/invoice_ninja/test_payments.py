import hashlib
from decimal import Decimal

import pytest

from connectors.errors import RateLimited, Refused, Unknown
from connectors.invoice_ninja import CONNECTOR
from connectors.spec import Retry
from tests.connectors.invoice_ninja.records import MARKER, here, invalid, item, listed, make, told
from tests.connectors.talk import answer, talk

KEY = hashlib.sha256(MARKER.encode()).hexdigest()
INPUTS = {"client_id": "VolejRejNm", "amount": Decimal("1190.00"), "invoice_id": "Opnel5aKBz"}
NOTE = f"{MARKER} refunded before: 0"


def operation(name):
    return CONNECTOR.operations[f"invoice_ninja.payments.{name}"]


def perform(name, inputs, *answers, context=None):
    return talk(operation(name).perform(inputs, context or here()), *answers)


def test_payment_carries_the_key_and_the_marker():
    _, asked = perform("create", {**INPUTS, "type_id": "1", "email_receipt": "false"}, item(make("payment")))

    assert told(asked[0]) == ("POST", "/api/v1/payments")
    assert asked[0].json == {
        "client_id": "VolejRejNm",
        "amount": Decimal("1190.00"),
        "type_id": "1",
        "invoices": [{"invoice_id": "Opnel5aKBz", "amount": "1190.00"}],
        "email_receipt": "false",
        "idempotency_key": KEY,
        "transaction_reference": MARKER,
    }
    assert len(KEY) == 64
    assert operation("create").retry is Retry.KEYED


def test_bank_reference_stays_and_the_marker_goes_elsewhere():
    _, asked = perform("create", {**INPUTS, "transaction_reference": "SEPA 1"}, item(make("payment")))

    assert asked[0].json["transaction_reference"] == "SEPA 1"
    assert asked[0].json["custom_value4"] == MARKER


def test_payment_without_invoice_is_the_clients_credit():
    _, asked = perform("create", {"client_id": "x", "amount": Decimal(5)}, item(make("payment")))

    assert "invoices" not in asked[0].json


def test_payment_for_several_invoices_names_each_share():
    shares = [{"invoice_id": "a", "amount": Decimal("2.50")}, {"invoice_id": "b", "amount": Decimal("1.00")}]
    inputs = {"client_id": "x", "amount": Decimal("3.50"), "invoices": shares}

    _, asked = perform("create", inputs, item(make("payment")))

    assert asked[0].json["invoices"] == [{"invoice_id": "a", "amount": "2.50"}, {"invoice_id": "b", "amount": "1.00"}]


def test_used_key_means_made_before_and_is_adopted():
    taken = invalid(idempotency_key=["The idempotency key has already been taken."])
    ours = make("payment", transaction_reference=MARKER, is_deleted=True)

    output, asked = perform("create", INPUTS, taken, listed(make("payment"), ours))

    assert output == {"payment": ours}
    assert (asked[1].query["filter"], asked[1].query["client_id"]) == (MARKER, "VolejRejNm")


def test_used_key_without_a_payment_to_see_asks_a_person():
    taken = invalid(idempotency_key=["The idempotency key has already been taken."])

    with pytest.raises(Unknown, match="none can be found by it"):
        perform("create", INPUTS, taken, listed(make("payment")), listed())


def test_equal_payments_within_a_second_wait():
    with pytest.raises(RateLimited) as caught:
        perform("create", INPUTS, answer({"message": "Duplicate request"}, 400))

    assert caught.value.retry_after == 3


def test_payment_needs_client_and_amount():
    with pytest.raises(Refused) as caught:
        perform("create", {"client_id": "x"})

    assert caught.value.field == "amount"


# Refunds

REFUND = {"payment_id": "Rb3kQ9ezLp", "date": "2026-11-22"}


def test_refund_notes_first_what_was_refunded_before():
    noted = make("payment", private_notes=NOTE)
    refunded = make("payment", refunded=Decimal("100.00"))

    output, asked = perform(
        "refund", {**REFUND, "amount": Decimal("100.00")},
        item(make("payment")), item(make("payment")), item(noted), item(refunded),
    )  # fmt: skip

    assert output == {"payment": refunded}
    assert [told(r) for r in asked[2:]] == [
        ("PUT", "/api/v1/payments/Rb3kQ9ezLp"),
        ("POST", "/api/v1/payments/refund"),
    ]
    assert asked[2].json == {"private_notes": NOTE}
    assert asked[3].json == {
        "date": "2026-11-22",
        "id": "Rb3kQ9ezLp",
        "amount": Decimal("100.00"),
        "gateway_refund": False,
        "invoices": [{"invoice_id": "Opnel5aKBz", "amount": "100.00"}],
    }


def test_refund_of_all_takes_what_is_left_from_every_invoice():
    parts = [
        {"id": "1", "invoice_id": "a", "amount": Decimal("10.00"), "refunded": Decimal("4.00")},
        {"id": "2", "invoice_id": "b", "amount": Decimal("5.00"), "refunded": Decimal(0)},
    ]
    noted = make(
        "payment", amount=Decimal("20.00"), refunded=Decimal("4.00"), paymentables=parts,
        private_notes=f"{MARKER} refunded before: 4.00",
    )  # fmt: skip

    _, asked = perform("refund", REFUND, item(noted), item(noted))

    assert asked[1].json["amount"] == Decimal("16.00")
    assert asked[1].json["invoices"] == [
        {"invoice_id": "a", "amount": "6.00"},
        {"invoice_id": "b", "amount": "5.00"},
    ]


def test_refund_that_happened_is_not_made_again():
    done = make("payment", private_notes=NOTE, refunded=Decimal("100.00"))

    output, asked = perform("refund", {**REFUND, "amount": Decimal("100.00")}, item(done))

    assert output == {"payment": done}
    assert len(asked) == 1


def test_more_than_is_left_can_not_be_refunded():
    noted = make("payment", private_notes=NOTE)

    with pytest.raises(Refused, match=r"1190\.00 is left to refund"):
        perform("refund", {**REFUND, "amount": Decimal("1190.01")}, item(noted))


@pytest.mark.parametrize(("refunded", "hits"), [("0", 0), ("100.00", 1)])
def test_lost_answer_of_a_refund_is_read_from_the_payment(refunded, hits):
    payment = make("payment", private_notes=NOTE, refunded=Decimal(refunded))

    found, _ = talk(operation("refund").find({**REFUND, "amount": Decimal("100.00")}, here()), item(payment))

    assert len(found) == hits


def test_refund_by_somebody_else_meanwhile_asks_a_person():
    payment = make("payment", private_notes=NOTE, refunded=Decimal("150.00"))

    with pytest.raises(Unknown, match="this step alone doesn't explain"):
        talk(operation("refund").find({**REFUND, "amount": Decimal("100.00")}, here()), item(payment))
