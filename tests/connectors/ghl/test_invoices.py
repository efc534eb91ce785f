"""Invoices: what is filled in before they are made, what stays when they change, and what is found after a lost
answer."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from connectors.errors import Refused, Unclear
from connectors.ghl import CONNECTOR
from connectors.spec import Retry
from tests.connectors.talk import answer, make_context, talk

OPERATIONS = CONNECTOR.operations
CREATE, UPDATE = OPERATIONS["ghl.invoices.create_invoice"], OPERATIONS["ghl.invoices.update_invoice"]
SEND, RECORD = OPERATIONS["ghl.invoices.send_invoice"], OPERATIONS["ghl.invoices.record_invoice"]
VOID, TEXT = OPERATIONS["ghl.invoices.void_invoice"], OPERATIONS["ghl.invoices.textpay_invoice"]
BEGAN = datetime(2026, 11, 22, 12, tzinfo=UTC).timestamp()
MARKER = "wf-ABCDEFGHIJKLMNOPQRST"
PERSON = {
    "id": "c1", "firstName": "Mara", "lastName": "Lindqvist", "email": "mara@harbour.example", "phone": "+4940123456",
    "companyName": "Harbour Studio", "city": "Hamburg", "country": "DE",
}  # fmt: skip
SETTINGS = {"title": "INVOICE", "termsNote": "Within 14 days.", "dueAfterXDays": 14, "businessDetails": {"name": "B"}}
ROW = {"name": "Relaunch", "amount": Decimal("1190.50"), "qty": 2}
INVOICE = {"_id": "i1", "status": "draft", "updatedAt": "2026-11-22T11:00:00.000Z"}


def context(**more):
    return replace(make_context(timezone="America/Los_Angeles"), since=BEGAN, **more)


def create(values, *answers, **more):
    given = {"contactId": "c1", "name": "Website", "items": [ROW], **values}
    return talk(CREATE.perform(given, context(**more)), *answers)


def made(values, *answers, **more):
    _, asked = create(values, *answers, answer(INVOICE), **more)
    return asked[-1].json


def at(text="Sun, 22 Nov 2026 05:30:00 GMT", **body):
    return answer({**SETTINGS, **body}, date=text)


def test_invoice_is_filled_in_from_the_contact_and_the_settings():
    body = made({}, answer({"contact": PERSON}), at(), marker=MARKER)

    assert body["contactDetails"] == {
        "id": "c1", "name": "Mara Lindqvist", "phoneNo": "+4940123456", "email": "mara@harbour.example",
        "companyName": "Harbour Studio", "address": {"city": "Hamburg", "countryCode": "DE"},
    }  # fmt: skip
    assert body["sentTo"] == {"email": ["mara@harbour.example"], "phoneNo": ["+4940123456"]}
    assert (body["altId"], body["altType"], body["currency"], body["liveMode"]) == ("loc1", "location", "EUR", True)
    assert (body["title"], body["termsNotes"]) == ("INVOICE", "Within 14 days.")
    assert body["name"] == f"Website (ref {MARKER})"
    assert body["items"] == [{"name": "Relaunch", "qty": 2, "amount": Decimal("1190.50"), "currency": "EUR"}]
    assert body["discount"] == {"type": "percentage", "value": 0}
    assert "contactId" not in body


def test_day_is_that_of_the_location_and_the_due_day_follows():
    body = made({}, answer({"contact": PERSON}), at())
    chosen = made({"issueDate": "2026-12-24"}, answer({"contact": PERSON}), at())

    assert (body["issueDate"], body["dueDate"]) == ("2026-11-21", "2026-12-05")
    assert (chosen["issueDate"], chosen["dueDate"]) == ("2026-12-24", "2027-01-07")


def test_what_is_given_is_not_read():
    details = {"id": "c9", "name": "Firm", "email": "a@firm.example", "phoneNo": "+491"}
    own = {"issueDate": "2026-11-22", "dueDate": "2026-12-01", "title": "BILL", "termsNotes": "Now."}
    business = {"businessDetails": {"name": "Us"}, "sentTo": {"email": ["b@firm.example"]}, "currency": "usd"}

    body = made({"contactDetails": details, **own, **business})

    assert (body["contactDetails"], body["businessDetails"]) == (details, {"name": "Us"})
    assert (body["currency"], body["items"][0]["currency"]) == ("USD", "USD")
    assert body["sentTo"] == {"email": ["b@firm.example"], "phoneNo": ["+491"]}


def test_settings_that_may_not_be_read_keep_no_invoice_from_being_made():
    forbidden = answer(
        {"message": "The token is not authorized for this scope."}, 401, date="Sun, 22 Nov 2026 12:00:00 GMT"
    )
    body = made({}, answer({"contact": PERSON}), forbidden)

    assert (body["issueDate"], body["businessDetails"], "dueDate" in body) == ("2026-11-22", {}, False)


def test_price_is_taken_from_the_product():
    prices = [{"_id": "p1", "name": "A", "amount": 5, "currency": "USD"}]
    prices += [{"_id": "p2", "name": "B", "amount": Decimal("59.5"), "currency": "EUR"}]
    found = answer({"prices": prices, "total": 2})
    body = made(
        {"items": [{"productId": "w1"}]},
        answer({"_id": "w1", "name": "Print"}),
        found,
        answer({"contact": PERSON}),
        at(),
    )

    assert body["items"] == [
        {"name": "Print", "productId": "w1", "priceId": "p2", "qty": 1, "amount": Decimal("59.5"), "currency": "EUR"}
    ]


@pytest.mark.parametrize(
    ("values", "answers", "message"),
    [
        ({"contactId": ""}, (), "Nobody is to pay it"),
        ({"items": []}, (), "It has no items"),
        ({"items": [{"name": "x"}]}, (), "Row 1 of the items has no price and no product"),
        (
            {"items": [ROW, {"name": "x", "productId": "w1"}]},
            (answer({"prices": [], "total": 0}),),
            r"Row 2 of the items has no price, and its product has not exactly one in EUR \(none\)",
        ),
    ],
)
def test_what_can_not_be_billed_is_refused_before_anything_is_sent(values, answers, message):
    with pytest.raises(Refused, match=message):
        create(values, *answers)


def test_invoice_without_any_currency_is_refused():
    with pytest.raises(Refused, match="No currency"):
        create({}, currency="")


def test_made_invoice_is_found_by_its_reference_whatever_the_list_gives():
    ours = {**INVOICE, "name": f"Website (ref {MARKER})"}
    near = {**INVOICE, "name": f"Website (ref {MARKER}) copy"}
    others = [{**near, "_id": f"near{n}"} for n in range(50)]
    pages = [answer({"invoices": part, "total": 51}) for part in (others, [*others[44:], ours])]

    found, asked = talk(CREATE.find({"contactId": "c1", "name": "Website"}, context(marker=MARKER)), *pages)

    assert found == [ours]
    assert [(one.query["contactId"], one.query["offset"]) for one in asked] == [("c1", 0), ("c1", 44)]


def test_update_sends_what_stays_and_leaves_out_what_can_not_be_written():
    there = {
        **INVOICE, "name": "Website", "currency": "EUR", "issueDate": "2026-11-20", "dueDate": "2026-12-04",
        "invoiceNumber": 19, "contactDetails": {"id": "c1", "name": "M", "phoneNo": "", "email": ""},
        "businessDetails": {"name": "B", "address": "Pier 2"}, "total": 10, "title": "INVOICE", "liveMode": False,
        "invoiceItems": [{"_id": "l1", "name": "Old", "qty": 1, "amount": 10, "currency": "EUR"}],
    }  # fmt: skip

    _, (look, put) = talk(
        UPDATE.perform({"invoiceId": "i1", "dueDate": "2026-12-24"}, context()), answer(there), answer(INVOICE)
    )

    assert (look.path, put.method, put.path) == ("/invoices/i1", "PUT", "/invoices/i1")
    assert put.json == {
        "altId": "loc1", "altType": "location", "name": "Website", "currency": "EUR", "issueDate": "2026-11-20",
        "dueDate": "2026-12-24", "invoiceNumber": "19", "title": "INVOICE", "businessDetails": {"name": "B"},
        "contactDetails": {"id": "c1", "name": "M", "phoneNo": "", "email": ""}, "liveMode": False,
        "invoiceItems": [{"name": "Old", "qty": 1, "amount": 10, "currency": "EUR"}],
    }  # fmt: skip


def test_update_with_another_contact_reads_it():
    there = {**INVOICE, "name": "W", "currency": "EUR", "contactDetails": {"id": "c0", "name": "Old"}}
    there |= {"issueDate": "2026-11-20", "dueDate": "2026-12-04", "invoiceItems": [ROW]}

    _, asked = talk(
        UPDATE.perform({"invoiceId": "i1", "contactId": "c1"}, context()),
        answer(there), answer({"contact": PERSON}), answer(INVOICE),
    )  # fmt: skip

    assert (asked[-1].json["contactId"], asked[-1].json["contactDetails"]["name"]) == ("c1", "Mara Lindqvist")


@pytest.mark.parametrize(
    ("status", "touched", "count"),
    [("draft", "2026-11-22T12:00:05.000Z", 0), ("sent", "2026-11-22T12:00:05.000Z", 1)],
)
def test_draft_was_not_sent_and_one_touched_since_was(status, touched, count):
    invoice = {**INVOICE, "status": status, "updatedAt": touched}

    found, _ = talk(SEND.find({"invoiceId": "i1"}, context()), answer(invoice))

    assert SEND.retry is Retry.RECONCILE
    assert found == [{"invoice": invoice, "smsData": {}, "emailData": {}}] * count


def test_sent_before_or_by_this_step_is_put_to_a_person():
    with pytest.raises(Unclear, match="HighLevel doesn't tell"):
        talk(SEND.find({"invoiceId": "i1"}, context()), answer({**INVOICE, "status": "sent"}))


@pytest.mark.parametrize(("status", "count"), [("void", 1), ("sent", 0)])
def test_voided_invoice_is_known_by_its_status(status, count):
    found, _ = talk(VOID.find({"invoiceId": "i1"}, context()), answer({**INVOICE, "status": status}))

    assert len(found) == count


def payment(amount, **more):
    return {"entityId": "i1", "amount": amount, "createdAt": "2026-11-22T12:00:05.000Z", **more}


def test_payment_is_found_among_the_transactions_of_the_invoice():
    rows = [payment(10), payment(20), payment(10, entityId="i2"), payment(10, createdAt="2026-11-01T12:00:00.000Z")]
    listed = answer({"data": rows, "totalCount": 4})

    found, asked = talk(
        RECORD.find({"invoiceId": "i1", "amount": Decimal("10.00")}, context()), listed, answer(INVOICE)
    )

    assert RECORD.retry is Retry.ONCE
    assert found == [{"success": True, "invoice": INVOICE}]
    assert (asked[0].path, asked[0].query["entityId"]) == ("/payments/transactions", "i1")


def test_no_payment_of_the_amount_is_no_payment_of_ours():
    found, _ = talk(
        RECORD.find({"invoiceId": "i1", "amount": 5}, context()), answer({"data": [payment(10)], "totalCount": 1})
    )

    assert found == []


def test_details_of_another_way_to_pay_are_left_out():
    given = {
        "invoiceId": "i1",
        "mode": "cheque",
        "cheque": {"number": "17"},
        "card": {"brand": "visa", "last4": "4242"},
    }

    _, (request,) = talk(RECORD.perform(given, context()), answer({"success": True, "invoice": INVOICE}))

    assert request.json == {"altId": "loc1", "altType": "location", "mode": "cheque", "cheque": {"number": "17"}}


def test_invoice_to_pay_by_text_that_was_made_and_not_sent_is_put_to_a_person():
    ours = {**INVOICE, "name": f"Website (ref {MARKER})"}
    look = TEXT.find({"contactId": "c1", "action": "send"}, context(marker=MARKER))

    with pytest.raises(Refused, match="still a draft"):
        talk(look, answer({"invoices": [ours], "total": 1}))


def test_choices_of_invoices_tell_number_name_and_who_pays():
    row = {**INVOICE, "invoiceNumber": 19, "name": "Website", "contactDetails": {"name": "Mara"}}

    (chosen,), (request,) = talk(
        CONNECTOR.choices["invoices"].load({}, context()), answer({"invoices": [row, {"name": "no id"}]})
    )

    assert (chosen.value, chosen.label, chosen.hint) == ("i1", "19 · Website · Mara", "draft")
    assert (request.query["altId"], request.query["altType"]) == ("loc1", "location")
