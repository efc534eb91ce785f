"""Webhooks of the Invoice Ninja sandbox: at most once, and dead after a 404."""

import pytest

from tests.sandboxes import bench

API = "/api/v1"
HOOK = "http://us.test/in"


def subscribe(books, event, **fields):
    body = {"target_url": HOOK, "event_id": str(event), "headers": {"X-Webhook-Secret": "s3"}, **fields}
    return books.post(f"{API}/webhooks", body)["data"]


def new_client(books):
    return books.post(f"{API}/clients", {"name": "Farrow", "contacts": [{"email": "a@b.example"}]})["data"]


def test_delivery_is_the_bare_record_with_the_stored_headers(books):
    subscribe(books, 2)
    client = books.app.store.rows("clients")[0]["id"]

    made = books.post(f"{API}/invoices", {"client_id": client, "line_items": [{"quantity": 1, "cost": 5}]})["data"]

    sent, body = books.receiver.got[0], books.receiver.bodies[0]
    assert (sent.method, sent.headers["x-webhook-secret"]) == ("POST", "s3")
    assert (body["id"], body["amount"], body["client"]["id"]) == (made["id"], 5, client)
    assert "data" not in body


def test_new_client_goes_out_before_its_contacts_inside_the_call(books):
    subscribe(books, 1)

    made = new_client(books)

    assert (books.receiver.bodies[0]["contacts"], books.receiver.bodies[0]["number"]) == ([], "")
    assert len(made["contacts"]) == 1


def test_queue_worker_sends_after_the_call_and_with_contacts():
    for books in bench.invoice_ninja(queue="worker"):
        subscribe(books, 1)
        new_client(books)
        books.quiet()

        assert books.receiver.bodies[0]["contacts"][0]["email"] == "a@b.example"


def test_every_subscription_of_an_event_is_told_doubles_too(books):
    for _ in range(2):
        subscribe(books, 1)
    subscribe(books, 2)

    new_client(books)

    assert len(books.receiver.got) == 2


@pytest.mark.parametrize("status", [404, 405, 410])
def test_gone_target_ends_the_subscription(books, status):
    hook = subscribe(books, 1)
    books.receiver.statuses = [status]

    new_client(books)
    new_client(books)

    assert len(books.receiver.got) == 1
    assert books.get(f"{API}/webhooks/{hook['id']}")["data"]["archived_at"] > 0
    assert books.get(f"{API}/webhooks?status=active")["data"] == []


@pytest.mark.parametrize("status", [400, 401, 429, 500])
def test_other_errors_lose_the_delivery_and_nothing_else(books, status):
    subscribe(books, 1)
    books.receiver.statuses = [status]

    new_client(books)
    books.quiet()
    lost = len(books.receiver.got)
    new_client(books)

    assert (lost, len(books.receiver.got)) == (1, 2)
    log = books.get("/_sandbox/deliveries")["deliveries"]
    assert [line["status"] for line in log] == [200, status]


def test_payment_brings_its_invoices_and_approval_no_client(books):
    subscribe(books, 4)
    subscribe(books, 21)
    bill = next(row for row in books.app.store.rows("invoices") if row["status_id"] == "2")

    books.do("pay_invoice", id=bill["id"])
    books.do("approve_quote", id=books.app.store.rows("quotes")[0]["id"])

    payment, quote = books.receiver.bodies
    assert [(one["id"], one["status_id"]) for one in payment["invoices"]] == [(bill["id"], "4")]
    assert payment["client"]["id"] == bill["client_id"]
    assert (quote["status_id"], "client" in quote) == ("3", False)


def test_payment_by_api_tells_nothing_of_the_invoice(books):
    subscribe(books, 8)
    bill = next(row for row in books.app.store.rows("invoices") if row["status_id"] == "2")
    line = {"invoice_id": bill["id"], "amount": 5}

    books.post(f"{API}/payments", {"client_id": bill["client_id"], "amount": 5, "invoices": [line]})

    assert books.receiver.got == []


def test_contact_only_change_tells_nothing(books):
    subscribe(books, 10)
    made = new_client(books)

    contacts = [{"id": made["contacts"][0]["id"], "phone": "1"}]
    books.put(f"{API}/clients/{made['id']}", {"contacts": contacts, "settings": made["settings"]})
    books.put(f"{API}/clients/{made['id']}", {"city": "Lyme", "settings": made["settings"]})

    assert len(books.receiver.got) == 1


def test_retry_sends_the_record_as_it_is_now(books):
    hook = subscribe(books, 2)
    bill = books.app.store.rows("invoices")[0]["id"]

    books.post(f"{API}/webhooks/{hook['id']}/retry", {"entity": "invoice", "entity_id": bill})

    assert books.receiver.bodies[0]["id"] == bill


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"target_url": "", "event_id": "1"}, 422),
        ({"target_url": "no address", "event_id": "1"}, 422),
        ({"target_url": HOOK, "event_id": ""}, 422),
        ({"target_url": HOOK, "event_id": "99"}, 400),
        ({"target_url": HOOK, "event_id": "1", "rest_method": "get"}, 422),
    ],
)
def test_subscription_that_can_not_be_is_refused(books, body, status):
    answer = books.call("POST", f"{API}/webhooks", body)

    assert answer.status_code == status
    assert status == 422 or answer.json() == "Invalid event"


def test_newer_installs_refuse_private_targets():
    for books in bench.invoice_ninja(refuse_private_targets=True):
        body = {"event_id": "1", "target_url": "http://192.168.1.4/hook"}

        assert books.call("POST", f"{API}/webhooks", body).status_code == 422
        assert books.call("POST", f"{API}/webhooks", {**body, "target_url": "https://us.example/h"}).status_code == 200


def test_deleted_subscription_is_silent_and_still_listed(books):
    hook = subscribe(books, 1)

    books.call("DELETE", f"{API}/webhooks/{hook['id']}")
    new_client(books)

    assert books.receiver.got == []
    assert len(books.get(f"{API}/webhooks")["data"]) == 1
