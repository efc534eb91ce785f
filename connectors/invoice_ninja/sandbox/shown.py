"""What the sandbox's page shows: a list per kind of record."""

from typing import Any

from connectors.invoice_ninja.sandbox import clients
from connectors.sandbox_kit import lists as kit

Record = dict[str, Any]
INVOICE = {"1": "draft", "2": "sent", "3": "partial", "4": "paid", "5": "cancelled", "6": "reversed"}
QUOTE = {"1": "draft", "2": "sent", "3": "approved", "4": "converted"}


def lists(box: Any) -> list[Record]:
    def client(record: Record) -> str:
        found = box.store.get("clients", record["client_id"])
        return found["display_name"] if found else ""

    def coin(record: Record) -> str:
        return clients.currency(box, box.store.get("clients", record["client_id"]))["code"]

    rows = box.store.rows
    return [
        kit.table("invoices", "Invoices", PAPERS, rows("invoices"), lambda r: _paper(r, client(r), coin(r), INVOICE)),
        kit.table("quotes", "Quotes", PAPERS, rows("quotes"), lambda r: _paper(r, client(r), coin(r), QUOTE)),
        kit.table("clients", "Clients", CLIENTS, rows("clients"), _client),
        kit.table("payments", "Payments", PAYMENTS, rows("payments"), lambda r: _payment(r, client(r), coin(r))),
        kit.table("products", "Products", PRODUCTS, rows("products"), _product),
    ]


STATE = ("status", "Status", "status")
WHOSE = (("number", "Number", "text"), ("client", "Client", "text"), ("amount", "Amount", "money"))
PAPERS = (*WHOSE, ("balance", "Balance", "money"), ("due_date", "Due", "date"), STATE)
CLIENTS = (("name", "Name", "text"), ("email", "E-mail", "text"), ("id_number", "ID number", "text"))
PAYMENTS = (
    ("number", "Number", "text"),
    ("client", "Client", "text"),
    ("amount", "Amount", "money"),
    ("date", "Date", "date"),
)
PRODUCTS = (("product_key", "Product", "text"), ("notes", "Description", "text"), ("price", "Price", "money"))


def _paper(record: Record, client: str, coin: str, states: dict[str, str]) -> Record:
    state = "deleted" if record["is_deleted"] else "archived" if record["archived_at"] else states[record["status_id"]]
    own = {name: record[name] for name in ("number", "amount", "balance", "due_date")}
    return {**own, "client": client, "currency": coin, "status": state}


def _client(record: Record) -> Record:
    return {"name": record["display_name"], "email": record["contacts"][0]["email"], "id_number": record["id_number"]}


def _payment(record: Record, client: str, coin: str) -> Record:
    return {
        "number": record["number"],
        "client": client,
        "amount": record["amount"],
        "currency": coin,
        "date": record["date"],
    }


def _product(record: Record) -> Record:
    return {name: record[name] for name in ("product_key", "notes", "price")}
