"""Payments of the Invoice Ninja sandbox: the key, the double click, what they do to what is owed."""

import asyncio

import pytest

from tests.sandboxes import bench

API = "/api/v1"


def owed(books):
    return next(row for row in books.app.store.rows("invoices") if row["status_id"] == "2")


def pay(books, amount, **fields):
    bill = owed(books)
    body = {"client_id": bill["client_id"], "amount": amount, **fields}
    return books.call("POST", f"{API}/payments", body)


def on(books, amount):
    return [{"invoice_id": owed(books)["id"], "amount": amount}]


def client(books):
    return books.get(f"{API}/clients/{owed(books)['client_id']}")["data"]


def test_payment_is_applied_and_the_rest_stays_free(books):
    bill = owed(books)

    made = pay(books, 500, invoices=on(books, 400)).json()["data"]

    invoice = books.get(f"{API}/invoices/{bill['id']}")["data"]
    assert (invoice["status_id"], invoice["balance"], invoice["paid_to_date"]) == ("3", 2000, 400)
    assert (made["applied"], made["status_id"], made["paymentables"][0]["amount"]) == (400, "4", 400)
    holder = books.get(f"{API}/clients/{bill['client_id']}")["data"]
    assert (holder["paid_to_date"], holder["balance"], holder["payment_balance"]) == (500, 2000, 100)


def test_paying_the_whole_balance_makes_the_invoice_paid(books):
    bill = owed(books)

    pay(books, 2400, invoices=on(books, 2400))

    invoice = books.get(f"{API}/invoices/{bill['id']}")["data"]
    assert (invoice["status_id"], invoice["balance"]) == ("4", 0)
    kinds = [row["activity_type_id"] for row in books.get(f"{API}/activities?per_page=2")["data"]]
    assert kinds == ["10", "54"]


def test_draft_is_sent_by_its_payment(books):
    draft = next(row for row in books.app.store.rows("invoices") if row["status_id"] == "1")
    line = {"invoice_id": draft["id"], "amount": float(draft["amount"])}

    books.post(f"{API}/payments", {"client_id": draft["client_id"], "invoices": [line]})

    assert books.get(f"{API}/invoices/{draft['id']}")["data"]["status_id"] == "4"


def test_key_is_unique_for_ever_and_never_shown(books):
    first = pay(books, 5, idempotency_key="k1").json()["data"]
    books.call("DELETE", f"{API}/payments/{first['id']}")
    books.clock.now += 5

    again = pay(books, 5, idempotency_key="k1")

    assert "idempotency_key" not in first
    assert (again.status_code, again.json()["errors"]) == (
        422,
        {"idempotency_key": ["The idempotency key has already been taken."]},
    )
    assert books.effects().count("payment.created") == 1


def test_equal_amounts_within_a_second_are_a_double_click(books):
    first = pay(books, 5, idempotency_key="k1")
    twice = pay(books, 5, idempotency_key="k2")
    other = pay(books, 6, idempotency_key="k3")
    books.clock.now += 1.1
    later = pay(books, 5, idempotency_key="k4")

    assert [one.status_code for one in (first, twice, other, later)] == [200, 400, 200, 200]
    assert twice.json() == {"message": "Duplicate request"}


def test_refused_payment_locks_all_the_same(books):
    wrong = pay(books, 5, invoices=[{"invoice_id": "nothing000", "amount": 5}])
    right = pay(books, 5)

    assert (wrong.status_code, right.status_code) == (422, 400)


@pytest.mark.parametrize(
    ("amount", "fields", "field"),
    [
        (5000, {"invoices": 5000}, "invoices.0.amount"),
        (5, {"invoices": 10}, "invoices"),
        (5, {"invoices": 0}, "invoices.0.amount"),
        ("", {}, "amount"),
        ("much", {}, "amount"),
        (5, {"idempotency_key": "x" * 65}, "idempotency_key"),
        (5, {"number": "0001"}, "number"),
    ],
)
def test_payment_that_can_not_be_is_refused(books, amount, fields, field):
    if "invoices" in fields:
        fields = {"invoices": on(books, fields["invoices"])}

    answer = pay(books, amount, **fields)

    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
    assert client(books)["paid_to_date"] == 0


def test_two_equal_keys_at_once_raise_the_client_s_total_twice():
    for books in bench.invoice_ninja(guard=0.0, payment_gap=0.01):
        bill = owed(books)
        body = {"client_id": bill["client_id"], "amount": 7, "idempotency_key": "k1"}

        async def both(books=books, body=body):
            calls = [books._call("POST", f"{API}/payments", body, books.headers, {}) for _ in range(2)]
            return await asyncio.gather(*calls)

        answers = books.loop.run_until_complete(both())

        assert sorted(one.status_code for one in answers) == [200, 500]
        assert books.effects().count("payment.created") == 1
        assert books.get(f"{API}/clients/{bill['client_id']}")["data"]["paid_to_date"] == 14


def test_deleting_a_payment_makes_the_invoice_owed_again(books):
    bill = owed(books)
    made = pay(books, 2400, invoices=on(books, 2400)).json()["data"]

    books.call("DELETE", f"{API}/payments/{made['id']}")

    invoice = books.get(f"{API}/invoices/{bill['id']}")["data"]
    holder = books.get(f"{API}/clients/{bill['client_id']}")["data"]
    assert (invoice["status_id"], invoice["balance"]) == ("2", 2400)
    assert (holder["paid_to_date"], holder["balance"]) == (0, 2400)


def test_refund_opens_the_invoice_by_its_part(books):
    bill = owed(books)
    made = pay(books, 2400, invoices=on(books, 2400)).json()["data"]
    line = {"invoice_id": bill["id"], "amount": 400}
    body = {"id": made["id"], "date": "2026-11-22", "invoices": [line]}

    part = books.post(f"{API}/payments/refund", body)["data"]
    rest = books.post(f"{API}/payments/refund", {**body, "invoices": [{**line, "amount": 2000}]})["data"]

    assert [(one["refunded"], one["status_id"]) for one in (part, rest)] == [(400, "5"), (2400, "6")]
    assert books.get(f"{API}/invoices/{bill['id']}")["data"]["balance"] == 2400
    assert books.call("POST", f"{API}/payments/refund", body).status_code == 422


def test_update_passes_over_an_amount(books):
    made = pay(books, 5).json()["data"]

    done = books.put(f"{API}/payments/{made['id']}", {"amount": 9, "private_notes": "cheque"})["data"]

    assert (done["amount"], done["private_notes"]) == (5, "cheque")
