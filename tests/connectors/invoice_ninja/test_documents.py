"""Invoices and quotes."""

from datetime import date
from decimal import Decimal

import pytest

from connectors.errors import Duplicate, RateLimited, Refused, Unknown
from connectors.invoice_ninja import CONNECTOR
from connectors.spec import Retry
from tests.connectors.invoice_ninja.records import MARKER, here, invalid, item, listed, make, told
from tests.connectors.talk import answer, talk

LINE = {"notes": "Website", "quantity": Decimal(1), "cost": Decimal("1000.00")}
BOTH = pytest.mark.parametrize("kind", ["invoice", "quote"])


def operation(name):
    return CONNECTOR.operations[f"invoice_ninja.{name}"]


def perform(name, inputs, *answers, context=None):
    return talk(operation(name).perform(inputs, context or here()), *answers)


# Creating


@BOTH
def test_create_makes_a_draft_that_bears_our_reference(kind):
    inputs = {
        "client_id": "VolejRejNm",
        "date": date(2026, 11, 22),
        "due_date": "2026-12-06",
        "line_items": [LINE],
        "po_number": "",
        "discount": Decimal("5"),
        "is_amount_discount": False,
        "partial": Decimal("100.00"),
    }

    output, asked = perform(f"{kind}s.create", inputs, item(make(kind)))

    assert output == {kind: make(kind)}
    assert [told(r) for r in asked] == [("POST", f"/api/v1/{kind}s")]
    assert asked[0].query == {}
    assert asked[0].json == {
        "client_id": "VolejRejNm",
        "date": "2026-11-22",
        "due_date": "2026-12-06",
        "line_items": [LINE],
        "discount": Decimal("5"),
        "is_amount_discount": False,
        "partial": Decimal("100.00"),
        "custom_value4": MARKER,
    }


def test_invoice_needs_a_client():
    with pytest.raises(Refused) as caught:
        perform("invoices.create", {"line_items": [LINE]})

    assert (caught.value.field, caught.value.message[:16]) == ("client_id", "Client is empty:")


def test_line_without_a_price_takes_the_products():
    product = make("product", product_key="Website", price=Decimal("450.00"), notes="Design", tax_name1="")
    lines = [{"product_key": "Website", "quantity": Decimal(2)}]

    _, asked = perform(
        "invoices.create", {"client_id": "x", "line_items": lines}, listed(product), item(make("invoice"))
    )

    assert asked[0].query["product_key"] == "Website"
    assert asked[1].json["line_items"] == [
        {"product_key": "Website", "quantity": Decimal(2), "cost": Decimal("450.00"), "notes": "Design"}
    ]


def test_line_without_a_price_that_is_no_product_is_refused():
    other = make("product", product_key="Website-2")

    with pytest.raises(Refused, match="Line 2 has no price, and no product of yours is called 'Website'"):
        perform("invoices.create", {"client_id": "x", "line_items": [LINE, {"product_key": "Website"}]}, listed(other))


def test_tax_known_by_name_brings_its_rate():
    lines = [{**LINE, "tax_name1": "vat"}]

    _, asked = perform(
        "invoices.create", {"client_id": "x", "line_items": lines}, listed(make("tax")), item(make("invoice"))
    )

    assert asked[1].json["line_items"][0]["tax_rate1"] == Decimal("19.00")


def test_tax_with_its_rate_is_taken_as_it_is():
    lines = [{**LINE, "tax_name1": "Own", "tax_rate1": Decimal("7.5")}]

    _, asked = perform("invoices.create", {"client_id": "x", "line_items": lines}, item(make("invoice")))

    assert len(asked) == 1


def test_unknown_tax_without_rate_is_refused():
    with pytest.raises(Refused, match="knows no tax 'VAT 20'"):
        perform("invoices.create", {"client_id": "x", "line_items": [{**LINE, "tax_name1": "VAT 20"}]}, listed())


@BOTH
def test_number_in_use_by_somebody_else_is_refused(kind):
    taken = invalid(number=["The number has already been taken."])
    inputs = {"client_id": "x", "line_items": [LINE], "number": "A-1"}

    with pytest.raises(Duplicate, match="the number A-1 is used already") as caught:
        perform(f"{kind}s.create", inputs, taken, listed(make(kind, number="A-1")))

    assert caught.value.record_id == make(kind)["id"]


def test_number_in_use_by_our_earlier_attempt_is_adopted():
    taken = invalid(number=["The number has already been taken."])
    ours = make("invoice", number="A-1", custom_value4=MARKER)

    output, _ = perform("invoices.create", {"client_id": "x", "number": "A-1"}, taken, listed(ours))

    assert output == {"invoice": ours}


@BOTH
def test_lost_answer_is_looked_for_among_the_clients_own(kind):
    ours = make(kind, id="ours", custom_value4=MARKER, is_deleted=True)
    elsewhere = make(kind, client_id="other", custom_value4=MARKER)

    found, asked = talk(
        operation(f"{kind}s.create").find({"client_id": "VolejRejNm"}, here()),
        listed(ours, elsewhere, make(kind, custom_value4=f"{MARKER}x")),
    )

    assert found == [{kind: ours}]
    assert asked[0].query["client_id"] == "VolejRejNm"


def test_nothing_is_found_without_a_marker():
    found, asked = talk(operation("invoices.create").find({"client_id": "x"}, here(marker="")))

    assert (found, asked) == ([], [])


# Updating


@BOTH
def test_update_sends_what_is_given_and_nothing_that_would_be_replaced(kind):
    """PUT replaces line items as a whole and deletes the invitations it doesn't list."""
    _, asked = perform(f"{kind}s.update", {f"{kind}_id": "x", "po_number": "77"}, item(make(kind)), item(make(kind)))

    assert [r.method for r in asked] == ["GET", "PUT"]
    assert asked[1].json == {"po_number": "77"}


@BOTH
def test_new_lines_go_behind_those_that_are_there(kind):
    there = make(kind)["line_items"]

    _, asked = perform(f"{kind}s.update", {f"{kind}_id": "x", "line_items": [LINE]}, item(make(kind)), item(make(kind)))

    assert asked[1].json["line_items"] == [*there, {**LINE, "custom_value4": MARKER}]


def test_repeated_update_adds_its_lines_once():
    added = make("invoice")["line_items"] + [{**LINE, "custom_value4": MARKER, "line_total": Decimal("1000.00")}]
    invoice = make("invoice", line_items=added)

    output, asked = perform("invoices.update", {"invoice_id": "x", "line_items": [LINE]}, item(invoice))

    assert output == {"invoice": invoice}
    assert len(asked) == 1


def test_lines_take_the_place_of_the_old_ones_when_the_recipe_says_so():
    inputs = {"invoice_id": "x", "line_items": [LINE], "keep_lines": False}

    _, asked = perform("invoices.update", inputs, item(make("invoice")), item(make("invoice")))

    assert asked[1].json == {"line_items": [LINE]}


def test_deleted_invoice_is_not_updated():
    with pytest.raises(Refused, match="Restore it there first"):
        perform("invoices.update", {"invoice_id": "x", "terms": "t"}, item(make("invoice", is_deleted=True)))


# Changes of state


@pytest.mark.parametrize(
    ("name", "kind", "action", "before", "after"),
    [
        ("invoices.mark_sent", "invoice", "mark_sent", {"status_id": "1"}, {"status_id": "2"}),
        ("invoices.mark_paid", "invoice", "mark_paid", {"status_id": "2"}, {"status_id": "4"}),
        ("invoices.archive", "invoice", "archive", {}, {"archived_at": 1}),
        ("invoices.restore", "invoice", "restore", {"archived_at": 1, "is_deleted": True}, {}),
        ("quotes.mark_sent", "quote", "mark_sent", {"status_id": "1"}, {"status_id": "2"}),
        ("quotes.mark_sent", "quote", "mark_sent", {"status_id": "1"}, {"status_id": "-1"}),
        ("quotes.approve", "quote", "approve", {"status_id": "2"}, {"status_id": "3"}),
        ("quotes.archive", "quote", "archive", {}, {"archived_at": 1}),
        ("quotes.restore", "quote", "restore", {"archived_at": 1}, {}),
    ],
)
def test_change_of_state_looks_acts_and_checks(name, kind, action, before, after):
    record, changed = make(kind, **before), make(kind, **after)

    output, asked = perform(name, {f"{kind}_id": record["id"]}, item(record), listed(changed))

    assert output == {kind: changed}
    assert [told(r) for r in asked] == [
        ("GET", f"/api/v1/{kind}s/{record['id']}"),
        ("POST", f"/api/v1/{kind}s/bulk"),
    ]
    assert asked[1].json == {"action": action, "ids": [record["id"]]}

    _, again = perform(name, {f"{kind}_id": record["id"]}, item(changed))
    assert [r.method for r in again] == ["GET"]


@pytest.mark.parametrize("name", ["invoices.mark_sent", "invoices.mark_paid", "invoices.archive"])
def test_refusal_hidden_in_a_200_is_found_out(name):
    draft = make("invoice", status_id="1")

    with pytest.raises(Refused, match="took the call but left the invoice as it was"):
        perform(name, {"invoice_id": draft["id"]}, item(draft), listed(draft))


def test_bulk_answer_without_the_record_is_checked_by_reading_it():
    draft, sent = make("invoice", status_id="1"), make("invoice", status_id="2")

    output, asked = perform(
        "invoices.mark_sent", {"invoice_id": draft["id"]}, item(draft), answer({"message": "ok"}), item(sent)
    )

    assert (output, len(asked)) == ({"invoice": sent}, 3)


@pytest.mark.parametrize(
    ("changes", "reason"), [({"status_id": "5"}, "it is cancelled"), ({"is_deleted": True}, "it is deleted")]
)
def test_invoice_that_can_not_be_paid_says_why(changes, reason):
    with pytest.raises(Refused, match=reason):
        perform("invoices.mark_paid", {"invoice_id": "x"}, item(make("invoice", **changes)))


def test_same_action_within_a_second_is_tried_again():
    guard = answer({"message": "Duplicate request"}, 400)

    with pytest.raises(RateLimited) as caught:
        perform("invoices.mark_sent", {"invoice_id": "x"}, item(make("invoice")), guard)

    assert caught.value.retry_after == 3


def test_lost_answer_of_mark_paid_is_read_from_the_invoice():
    find = operation("invoices.mark_paid").find

    paid, _ = talk(find({"invoice_id": "x"}, here()), item(make("invoice", status_id="4")))
    open_, _ = talk(find({"invoice_id": "x"}, here()), item(make("invoice", status_id="2")))

    assert [hit["invoice"]["status_id"] for hit in paid] == ["4"]
    assert open_ == []


def test_deleting_gives_the_deleted_invoice():
    deleted = make("invoice", is_deleted=True)

    output, asked = perform("invoices.delete", {"invoice_id": "Opnel5aKBz"}, item(make("invoice")), item(deleted))

    assert output == {"invoice": deleted}
    assert told(asked[1]) == ("DELETE", "/api/v1/invoices/Opnel5aKBz")


def test_deleting_twice_asks_once():
    _, asked = perform("invoices.delete", {"invoice_id": "x"}, item(make("invoice", is_deleted=True)))

    assert [r.method for r in asked] == ["GET"]


# Mail


@BOTH
def test_e_mail_is_sent_once_by_a_bulk_action(kind):
    record = make(kind, client=make("client"))
    sent = make(kind, status_id="2")

    output, asked = perform(f"{kind}s.email", {f"{kind}_id": record["id"]}, item(record), listed(sent))

    assert output == {kind: sent}
    assert asked[0].query == {"include": "client"}
    assert asked[1].json == {"action": "email", "ids": [record["id"]]}
    assert operation(f"{kind}s.email").retry is Retry.ONCE


@BOTH
@pytest.mark.parametrize("said", [[], {"message": "ok"}, [make("invoice", id="another")]])
def test_answer_that_does_not_show_the_record_leaves_open_whether_it_was_mailed(kind, said):
    record = make(kind, status_id="2", client=make("client"))

    with pytest.raises(Unknown, match=f"doesn't show the {kind}: it may have been e-mailed or not"):
        perform(f"{kind}s.email", {f"{kind}_id": record["id"]}, item(record), answer(said))


def test_reminder_goes_out_with_its_template():
    inputs = {"invoice_id": "Opnel5aKBz", "email_type": "reminder1"}

    _, asked = perform("invoices.email", inputs, item(make("invoice")), listed(make("invoice", status_id="2")))

    assert asked[1].json == {"action": "send_email", "ids": ["Opnel5aKBz"], "email_type": "reminder1"}


def test_invoice_of_a_client_without_an_address_is_not_mailed():
    client = make("client")
    client["contacts"][0]["email"] = ""

    with pytest.raises(Refused, match="no contact of the client has an e-mail address"):
        perform("invoices.email", {"invoice_id": "x"}, item(make("invoice", client=client)))


# Quotes to invoices


def test_converted_quote_gives_its_invoice():
    quote, converted = make("quote"), make("quote", status_id="4", invoice_id="Opnel5aKBz")

    output, asked = perform(
        "quotes.convert", {"quote_id": quote["id"]}, item(quote), listed(converted), item(make("invoice"))
    )

    assert output == {"quote": converted, "invoice": make("invoice")}
    assert asked[1].json == {"action": "convert_to_invoice", "ids": [quote["id"]]}
    assert told(asked[2]) == ("GET", "/api/v1/invoices/Opnel5aKBz")


def test_lost_answer_of_convert_is_read_from_the_quote():
    find = operation("quotes.convert").find
    converted = make("quote", status_id="4", invoice_id="Opnel5aKBz")

    done, _ = talk(find({"quote_id": "x"}, here()), item(converted), item(make("invoice")))
    not_done, _ = talk(find({"quote_id": "x"}, here()), item(make("quote")))

    assert done == [{"quote": converted, "invoice": make("invoice")}]
    assert not_done == []


# Searching


@BOTH
def test_search_is_sifted_for_what_was_asked_exactly(kind):
    mine, other = make(kind), make(kind, client_id="other")
    inputs = {"client_id": mine["client_id"], "client_status": "sent", "per_page": 500}

    output, asked = perform(f"{kind}s.search", inputs, listed(other, mine))

    assert output == {f"{kind}s": [mine], kind: mine, "total": 1}
    assert asked[0].query == {
        "per_page": 100,
        "sort": "id|desc",
        "status": "active",
        "client_id": mine["client_id"],
        "client_status": "sent",
    }
