"""What a company sets up in the Invoice Ninja sandbox, and what the sandbox says it hasn't got."""

API = "/api/v1"


def make(books, table, **fields):
    return books.post(f"{API}/{table}", fields)["data"]


def test_two_groups_of_one_name_are_refused(books):
    make(books, "group_settings", name="Firms")

    answer = books.call("POST", f"{API}/group_settings", {"name": "Firms"})

    assert (answer.status_code, answer.json()["errors"]) == (422, {"name": ["The name has already been taken."]})


def test_tokens_are_records_beside_those_that_let_in(books):
    made = make(books, "tokens", name="Till")

    names = {row["name"] for row in books.call("GET", f"{API}/tokens").json()["data"]}

    assert {"Till", "Recette"} == names
    assert books.call("GET", f"{API}/ping", headers={"X-API-TOKEN": made["token"]}).status_code == 403


def test_stored_payment_method_has_no_bulk_actions(books):
    answer = books.call("POST", f"{API}/client_gateway_tokens/bulk", {"action": "archive", "ids": ["x"]})

    assert answer.status_code == 404


def test_matched_bank_transaction_is_converted_and_unlinked(books):
    booked = {"amount": 5, "base_type": "CREDIT", "date": "2026-11-20", "description": "Sail"}
    booking = make(books, "bank_transactions", **booked)

    def bulk(action):
        sent = {"action": action, "ids": [booking["id"]]}
        return books.call("POST", f"{API}/bank_transactions/bulk", sent).json()["data"][0]["status_id"]

    assert bulk("convert_matched") == "1"
    books.post(f"{API}/bank_transactions/match", {"transactions": [{"id": booking["id"], "invoice_ids": "i1"}]})
    assert bulk("unlink") == "1"


def test_what_is_not_there_says_so(books):
    answer = books.call("POST", f"{API}/stripe/verify")

    assert (answer.status_code, answer.json()) == (
        400,
        {"message": "Stripe is not in this sandbox; Invoice Ninja itself has this call"},
    )


def test_what_is_there_is_not_called_absent(books):
    named = {(one.method, one.template) for one in books.app.routes if "absent" in one.facts}
    there = {(one.method, one.template) for one in books.app.routes if "absent" not in one.facts}

    assert len(named) > 50
    assert named & there == set()


def test_file_is_taken_by_put_alone_and_shown_with_its_record(books):
    bill = books.call("GET", f"{API}/invoices").json()["data"][0]["id"]
    path = f"{API}/invoices/{bill}/upload"
    file = {"documents[]": ("terms.txt", b"Terms")}

    assert books.call("POST", path, files=file).status_code == 404
    assert books.call("POST", path, data={"_method": "PUT"}, files={"documents[]": ("a.exe", b"x")}).status_code == 422
    assert books.call("POST", path, data={"_method": "PUT"}, files=file).status_code == 200
    shown = books.call("GET", f"{API}/invoices/{bill}").json()["data"]["documents"]
    assert [(one["name"], one["size"], one["is_public"]) for one in shown] == [("terms.txt", 5, True)]
