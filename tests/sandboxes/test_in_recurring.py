"""Recurring invoices and credits of the Invoice Ninja sandbox."""

import pytest

API = "/api/v1"
LATER = "2099-01-01"
LINE = {"product_key": "CARE", "cost": 149, "quantity": 1}


def client(books):
    return books.call("GET", f"{API}/clients").json()["data"][0]["id"]


def make(books, table, **fields):
    return books.post(f"{API}/{table}", {"client_id": client(books), "line_items": [LINE], **fields})["data"]


def act(books, table, record, action):
    return books.post(f"{API}/{table}/bulk", {"action": action, "ids": [record["id"]]})["data"][0]


def test_update_without_the_next_date_sets_it_to_today(books):
    made = make(books, "recurring_invoices", frequency_id=5, next_send_date=LATER)

    today = make(books, "recurring_invoices", frequency_id=5)["next_send_date"]
    changed = books.call("PUT", f"{API}/recurring_invoices/{made['id']}", {"po_number": "PO-1"}).json()["data"]

    assert (made["next_send_date"], changed["next_send_date"]) == (LATER, today)


@pytest.mark.parametrize(("first", "status"), [(LATER, "-1"), ("", "2")])
def test_started_it_waits_for_its_first_day(books, first, status):
    made = make(books, "recurring_invoices", frequency_id="5", next_send_date=first)

    started = act(books, "recurring_invoices", made, "start")
    stopped = act(books, "recurring_invoices", made, "stop")

    assert (made["status_id"], started["status_id"], stopped["status_id"]) == ("1", status, "3")


def test_rhythm_and_a_day_to_come_are_demanded(books):
    whose = {"client_id": client(books)}
    without = books.call("POST", f"{API}/recurring_invoices", whose).json()["errors"]
    past = books.call("POST", f"{API}/recurring_invoices", whose | {"frequency_id": 5, "next_send_date": "2020-01-01"})

    assert without == {"frequency_id": ["The frequency id field is required."]}
    assert past.json()["errors"] == {"next_send_date": ["The next send date must be a date after yesterday."]}


def test_credit_counts_once_it_is_sent(books):
    made = make(books, "credits")

    sent = act(books, "credits", made, "mark_sent")

    assert [(one["status_id"], one["balance"]) for one in (made, sent)] == [("1", 0), ("2", 149)]
