"""Invoices and quotes of the Invoice Ninja sandbox: sums, numbers, states."""

import pytest

API = "/api/v1"
TAXED_SURCHARGE = {"custom_surcharge1": 10, "custom_surcharge_tax1": True, "tax_rate1": 10}


def bill(books, **fields):
    client = fields.pop("client", books.app.store.rows("clients")[6]["id"])
    line = {"quantity": "2", "cost": "100", "notes": "Sail repair"}
    return books.post(f"{API}/invoices", {"client_id": client, "line_items": [line], **fields})["data"]


def client(books, record):
    return books.get(f"{API}/clients/{record['client_id']}")["data"]


@pytest.mark.parametrize(
    ("lines", "fields", "amount", "taxes"),
    [
        ([{"quantity": 3, "cost": "19.99"}], {}, 59.97, 0),
        ([{"quantity": 1, "cost": "0.125"}, {"quantity": 1, "cost": "0.125"}], {}, 0.26, 0),
        ([{"quantity": 2, "cost": 50, "discount": 10}], {}, 90, 0),
        ([{"quantity": 2, "cost": 50}], {"discount": 10}, 90, 0),
        ([{"quantity": 2, "cost": 50}], {"discount": 10, "is_amount_discount": True}, 90, 0),
        ([{"quantity": 1, "cost": 100, "tax_name1": "VAT", "tax_rate1": 20}], {}, 120, 20),
        ([{"quantity": 1, "cost": 100}], {"tax_rate1": 19}, 119, 19),
        ([{"quantity": 1, "cost": 119}], {"tax_rate1": 19, "uses_inclusive_taxes": True}, 119, 19),
        ([{"quantity": 1, "cost": 100}], {"custom_surcharge1": 5}, 105, 0),
        (
            [{"quantity": 1, "cost": 100}],
            {"custom_surcharge1": 10, "custom_surcharge_tax1": True, "tax_rate1": 10},
            121,
            11,
        ),
        ([{"quantity": "many", "cost": "12"}], {}, 0, 0),
        ([], {}, 0, 0),
    ],
)
def test_sums_are_exact_to_the_cent(books, lines, fields, amount, taxes):
    made = bill(books, line_items=lines, **fields)

    assert (made["amount"], made["total_taxes"]) == (amount, taxes)


def test_amounts_in_the_body_are_passed_over(books):
    made = bill(books, amount=9999, balance=9999, status_id="4")

    assert (made["amount"], made["balance"], made["status_id"]) == (200, 0, "1")


def test_yen_have_no_cents(books):
    yen = books.post(f"{API}/clients", {"name": "Tsuki", "settings": {"currency_id": "45"}})["data"]["id"]

    assert bill(books, client=yen, line_items=[{"quantity": 1, "cost": "99.5"}])["amount"] == 100


def test_marking_as_sent_makes_it_owed_once(books):
    made = bill(books)
    before = client(books, made)["balance"]

    done = books.get(f"{API}/invoices/{made['id']}/mark_sent")["data"]
    books.get(f"{API}/invoices/{made['id']}/mark_sent")

    assert (done["status_id"], done["balance"]) == ("2", 200)
    assert client(books, made)["balance"] == before + 200
    assert books.effects().count("invoice.sent") == 1


def test_paying_in_full_makes_a_payment_once(books):
    made = bill(books)

    for _ in range(2):
        books.put(f"{API}/invoices/{made['id']}?paid=true", {})

    done = books.get(f"{API}/invoices/{made['id']}?include=payments")["data"]
    assert (done["status_id"], done["balance"], done["paid_to_date"]) == ("4", 0, 200)
    assert [payment["amount"] for payment in done["payments"]] == [200]
    assert books.call("GET", f"{API}/invoices/{made['id']}/mark_paid").status_code == 400


def test_amount_paid_makes_a_payment_every_time(books):
    made = bill(books)

    for _ in range(2):
        done = books.put(f"{API}/invoices/{made['id']}?amount_paid=50", {})["data"]

    assert (done["status_id"], done["balance"]) == ("3", 100)


def test_each_mail_is_an_effect(books):
    made = bill(books)

    books.post(f"{API}/invoices/bulk", {"action": "email", "ids": [made["id"]]})
    books.post(f"{API}/emails", {"entity": "App\\Models\\Invoice", "entity_id": made["id"], "template": "x"})

    assert books.effects().count("invoice.emailed") == 2
    sent = books.get(f"{API}/invoices/{made['id']}")["data"]
    assert (sent["status_id"], sent["invitations"][0]["email_status"]) == ("2", "delivered")


def test_number_waits_for_sending_when_the_company_says_so(books):
    books.post("/_sandbox/settings", {"counter_number_applied": "when_sent"})
    made = bill(books)

    assert made["number"] == ""
    assert books.get(f"{API}/invoices/{made['id']}/mark_sent")["data"]["number"] == "0006"


def test_deleting_frees_the_number_and_the_balance(books):
    made = bill(books, number="X-1")
    books.get(f"{API}/invoices/{made['id']}/mark_sent")
    owed = client(books, made)["balance"]

    gone = books.call("DELETE", f"{API}/invoices/{made['id']}").json()["data"]

    assert (gone["number"], gone["is_deleted"]) == ("X-1_deleted", True)
    assert client(books, made)["balance"] == owed - 200
    assert bill(books, number="X-1")["number"] == "X-1"
    taken = books.call("POST", f"{API}/invoices", {"client_id": made["client_id"], "number": "X-1"})
    assert taken.json()["errors"] == {"number": ["The number has already been taken."]}


def test_restoring_puts_number_and_balance_back(books):
    made = bill(books, number="X-1")
    books.get(f"{API}/invoices/{made['id']}/mark_sent")
    owed = client(books, made)["balance"]
    books.call("DELETE", f"{API}/invoices/{made['id']}")

    books.post(f"{API}/invoices/bulk", {"action": "restore", "ids": [made["id"]]})

    back = books.get(f"{API}/invoices/{made['id']}")["data"]
    assert (back["number"], back["is_deleted"], client(books, made)["balance"]) == ("X-1", False, owed)


def test_update_replaces_all_lines_and_keeps_the_rest(books):
    made = bill(books, po_number="PO-7")
    books.get(f"{API}/invoices/{made['id']}/mark_sent")

    done = books.put(f"{API}/invoices/{made['id']}", {"line_items": [{"quantity": 1, "cost": 30}]})["data"]

    assert (len(done["line_items"]), done["amount"], done["balance"], done["po_number"]) == (1, 30, 30, "PO-7")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"client_id": ""}, "client_id"),
        ({"client_id": "nobody0000"}, "client_id"),
        ({"date": "soon"}, "date"),
        ({"date": "2026-11-22", "due_date": "2026-11-21"}, "due_date"),
        ({"discount": "half"}, "discount"),
    ],
)
def test_invoice_that_can_not_be_is_refused(books, body, field):
    body = {"client_id": books.app.store.rows("clients")[0]["id"], **body}

    answer = books.call("POST", f"{API}/invoices", body)

    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
    assert books.effects() == []


def test_cancelled_invoice_can_not_be_changed(books):
    made = bill(books)
    books.get(f"{API}/invoices/{made['id']}/mark_sent")

    done = books.get(f"{API}/invoices/{made['id']}/cancel")["data"]

    assert (done["status_id"], done["balance"]) == ("5", 0)
    assert books.call("PUT", f"{API}/invoices/{made['id']}", {"terms": "x"}).status_code == 422
    assert books.call("GET", f"{API}/invoices/{made['id']}/cancel").status_code == 400


def test_same_bulk_within_a_second_is_a_double_click(books):
    made = bill(books)
    body = {"action": "archive", "ids": [made["id"]]}

    books.post(f"{API}/invoices/bulk", body)
    twice = books.call("POST", f"{API}/invoices/bulk", body)
    books.clock.now += 1.1

    assert (twice.status_code, twice.json()) == (400, {"message": "Duplicate request"})
    assert books.call("POST", f"{API}/invoices/bulk", body).status_code == 200


def test_bulk_is_200_whatever_a_row_says(books):
    made = bill(books)

    done = books.post(f"{API}/invoices/bulk", {"action": "cancel", "ids": [made["id"], "nothing000"]})
    odd = books.call("POST", f"{API}/invoices/bulk", {"action": "dance", "ids": [made["id"]]})

    assert [row["status_id"] for row in done["data"]] == ["1"]
    assert odd.status_code == 200
    assert books.call("POST", f"{API}/quotes/bulk", {"action": "dance", "ids": [made["id"]]}).status_code == 422


def quote(books):
    row = books.app.store.rows("clients")[6]["id"]
    line = {"quantity": 1, "cost": 300, "notes": "Mast"}
    return books.post(f"{API}/quotes", {"client_id": row, "line_items": [line]})["data"]


def test_quote_is_approved_once_and_converted_once(books):
    made = quote(books)
    one = f"{API}/quotes/{made['id']}"

    assert books.get(f"{one}/approve")["data"]["status_id"] == "3"
    assert books.call("GET", f"{one}/approve").status_code == 400
    done = books.get(f"{one}/convert_to_invoice")["data"]
    again = books.call("GET", f"{one}/convert_to_invoice")

    invoice = books.get(f"{API}/invoices/{done['invoice_id']}")["data"]
    assert (done["status_id"], invoice["amount"], invoice["status_id"]) == ("4", 300, "1")
    assert (again.status_code, books.effects().count("invoice.created")) == (400, 1)
    assert books.call("PUT", one, {"terms": "x"}).status_code == 422


def test_a_person_pays_sends_and_approves(books):
    draft = next(row for row in books.app.store.rows("invoices") if row["status_id"] == "1")
    offer = books.app.store.rows("quotes")[0]

    books.do("mark_sent", id=draft["id"])
    books.do("pay_invoice", id=draft["id"])
    done = books.do("approve_quote", id=offer["id"])

    assert books.get(f"{API}/invoices/{draft['id']}")["data"]["status_id"] == "4"
    assert done["done"] == "Quote 0001 is approved."
    again = books.call("POST", "/_sandbox/do", {"do": "approve_quote", "id": offer["id"]})
    assert again.json()["errors"] == {"id": "Quote has already been approved or converted"}
