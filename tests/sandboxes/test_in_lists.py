"""Lists of the Invoice Ninja sandbox, whose filters are not what they seem."""

import pytest

from connectors.invoice_ninja.sandbox.ids import encode
from tests.sandboxes.bench import START

API = "/api/v1"


def names(books, query):
    return [row["name"] for row in books.get(f"{API}/clients?per_page=100&{query}")["data"]]


def test_ids_are_those_of_a_default_install():
    assert [encode(n) for n in (1, 3)] == ["VolejRejNm", "Opnel5aKBz"]
    assert len({encode(n) for n in range(1, 5000)}) == 4999


def test_unknown_filter_brings_everything(books):
    assert len(names(books, "shoe_size=40&emial=nobody")) == 8


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("email=OTTILIE@harbourpine.example", 1),
        ("email=ottilie", 0),
        ("filter=ottilie", 1),
        ("filter=", 8),
        ("filter=%25", 8),
        ("filter=t_dew", 1),
        ("name=books", 1),
        ("number=0003", 1),
        ("balance=gt:10", 6),
        ("balance=10:gt", 2),
        ("between_balance=1:2500", 1),
        ("is_deleted=true", 0),
        (f"updated_at={int(START)}", 8),
        (f"updated_at={int(START) + 1}", 0),
        ("created_at=2026-11-22", 8),
    ],
)
def test_filters_keep_what_they_say(books, query, count):
    assert len(names(books, query)) == count


def test_lists_hold_archived_and_deleted_rows_unless_told(books):
    first, second = (row["id"] for row in books.app.store.rows("clients")[:2])
    books.post(f"{API}/clients/bulk", {"action": "archive", "ids": [first]})
    books.call("DELETE", f"{API}/clients/{second}")

    assert [len(names(books, q)) for q in ("", "status=active", "status=archived", "status=archived,deleted")] == [
        8,
        6,
        1,
        2,
    ]


def test_sort_orders_and_an_unknown_column_breaks(books):
    up, down = names(books, "sort=name|asc"), names(books, "sort=name|desc")

    assert up == sorted(up)
    assert down == up[::-1]
    assert books.call("GET", f"{API}/clients?sort=shoe|asc").status_code == 500
    assert books.call("GET", f"{API}/clients?created_at=soon").status_code == 500


def test_pages_have_a_next_link_that_forgets_the_question(books):
    page = books.get(f"{API}/clients?per_page=3&filter=e&page=1")

    meta = page["meta"]["pagination"]
    assert (meta["total"], meta["count"], meta["per_page"], meta["total_pages"]) == (8, 3, 3, 3)
    assert meta["links"] == {"next": "http://sandbox.test/api/v1/clients?page=2"}
    last = books.get(f"{API}/clients?per_page=3&page=3")["meta"]["pagination"]
    assert (last["count"], list(last["links"])) == (2, ["previous"])


def test_page_size_is_twenty_and_at_most_5000(books):
    assert books.get(f"{API}/clients")["meta"]["pagination"]["per_page"] == 20
    assert books.get(f"{API}/clients?per_page=9999")["meta"]["pagination"]["per_page"] == 5000
    assert books.get(f"{API}/clients?per_page=-3")["meta"]["pagination"]["per_page"] == 3


def test_change_is_seen_by_updated_at_in_order(books):
    rows = [row["id"] for row in books.app.store.rows("clients")]
    for at, one in enumerate((rows[4], rows[2])):
        books.clock.now = START + 10 + at
        books.put(f"{API}/clients/{one}", {"city": "Lyme"})

    query = f"{API}/clients?updated_at={int(START) + 10}&sort=updated_at|asc"
    found = books.get(query)["data"]

    assert [row["id"] for row in found] == [rows[4], rows[2]]
    assert found[0]["updated_at"] == int(START) + 10


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("client_status=paid", 2),
        ("client_status=unpaid", 2),
        ("client_status=draft,paid", 3),
        ("client_status=all", 5),
        ("status_id=2,3", 2),
        ("number=0001", 1),
        ("overdue=true", 0),
        ("filter=keene", 1),
        ("filter=brand identity", 1),
    ],
)
def test_invoice_filters_keep_what_they_say(books, query, count):
    assert len(books.get(f"{API}/invoices?{query}")["data"]) == count


def test_overdue_and_payable_look_at_what_is_owed(books):
    bill = next(row for row in books.app.store.rows("invoices") if row["status_id"] == "2")
    books.put(f"{API}/invoices/{bill['id']}", {"date": "2026-10-01", "due_date": "2026-11-01"})

    assert [row["id"] for row in books.get(f"{API}/invoices?overdue=true")["data"]] == [bill["id"]]
    payable = books.get(f"{API}/invoices?payable={bill['client_id']}")["data"]
    assert [row["id"] for row in payable] == [bill["id"]]


def test_includes_bring_relations_and_wrong_ones_a_400(books):
    invoice = books.app.store.rows("invoices")[0]["id"]

    done = books.get(f"{API}/invoices/{invoice}?include=client,payments")["data"]
    wrong = books.call("GET", f"{API}/invoices?include=clients")

    assert (done["client"]["name"], len(done["payments"])) == ("Harbour & Pine Joinery", 1)
    assert (wrong.status_code, wrong.json()["message"]) == (400, "Relation `clients` is not a valid include.")


def test_product_update_forgets_the_quantity_and_keeps_the_stock(books):
    made = books.post(f"{API}/products", {"product_key": "ROPE", "quantity": 5, "in_stock_quantity": 9})["data"]
    one = f"{API}/products/{made['id']}"

    done = books.put(one, {"price": 3, "in_stock_quantity": 4})["data"]
    stock = books.put(f"{one}?update_in_stock_quantity=true", {"quantity": 5, "in_stock_quantity": 4})["data"]

    assert (made["quantity"], done["quantity"], done["in_stock_quantity"]) == (5, 1, 9)
    assert (stock["quantity"], stock["in_stock_quantity"]) == (5, 4)
    assert len(books.get(f"{API}/products?product_key=rope")["data"]) == 1


def test_activities_come_newest_first(books):
    made = books.post(f"{API}/clients", {"name": "New"})["data"]["id"]

    first = books.get(f"{API}/activities?per_page=1")["data"][0]

    assert (first["activity_type_id"], first["client_id"], first["invoice_id"]) == ("1", made, "")


def test_statics_and_ping_have_no_envelope(books):
    statics = books.get(f"{API}/statics")

    assert statics["currencies"][0] == {"id": 1, "name": "US Dollar", "code": "USD", "precision": 2}
    assert books.get(f"{API}/ping") == {"company_name": "Brightwater Studio", "user_name": "Maren Holtby"}


def test_reference_is_found_where_the_filter_looks_and_nowhere_else(books):
    mark = "wf-ABCDEFGHIJKLMNOPQRST"
    for name, where in (("In a field", {"custom_value4": mark}), ("In the notes", {"private_notes": mark})):
        books.post("/api/v1/clients", {"name": name, **where})

    found = books.call("GET", f"/api/v1/clients?filter={mark}").json()["data"]
    part = books.call("GET", f"/api/v1/clients?filter={mark[:9]}").json()["data"]

    assert [row["name"] for row in found] == [row["name"] for row in part] == ["In a field"]
