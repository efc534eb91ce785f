"""What a person can make happen to invoices and orders by hand."""

from typing import Any

from connectors.ghl.sandbox import invoices, orders
from connectors.ghl.sandbox.refusals import Refusal
from connectors.sandbox_kit.doings import Doing, Input, Unfit, choice

Record = dict[str, Any]


def _open(box: Any) -> list[dict[str, str]]:
    rows = [row for row in box.store.rows("invoices") if row["status"] not in invoices.SETTLED]
    return [choice(row["_id"], f"{row['name']} · {row['status']} · {row['amountDue']}") for row in rows]


def _ordered(box: Any) -> list[dict[str, str]]:
    rows = [row for row in box.store.rows("orders") if orders.payment(row) not in ("paid", "refunded")]
    return [choice(row["_id"], f"{row['contactSnapshot']['name']} · {row['amount']}") for row in rows]


def _people(box: Any) -> list[dict[str, str]]:
    return [choice(row["id"], row["name"]) for row in box.store.rows("contacts")]


def _wares(box: Any) -> list[dict[str, str]]:
    names = {row["_id"]: row["name"] for row in box.store.rows("products")}
    return [choice(row["_id"], f"{names[row['product']]}, {row['name']}") for row in box.store.rows("prices")]


def _pick(box: Any, table: str, values: dict[str, str], name: str = "id") -> Record:
    record = box.store.get(table, values[name])
    if record is None:
        raise Unfit({name: "Choose one of the list; this one is gone."})
    return dict(record)


def _send(box: Any, values: dict[str, str]) -> Record:
    user = box.store.rows("users")[0]["id"]
    try:
        done = invoices.send(box, _pick(box, "invoices", values), {"userId": user, "action": "email"})
    except Refusal as refusal:
        raise Unfit({"id": str(refusal)}) from None
    return {"done": f"{done['name']} is sent.", "record": {"id": done["_id"]}}


def _pay(box: Any, values: dict[str, str]) -> Record:
    amount = {"amount": values["amount"]} if values.get("amount") else {}
    try:
        done = invoices.pay(box, _pick(box, "invoices", values), {"mode": "card", **amount})
    except (Refusal, ArithmeticError):
        raise Unfit({"amount": "Pay more than nothing, and not more than is due."}) from None
    return {"done": f"{done['name']} is {done['status'].replace('_', ' ')}.", "record": {"id": done["_id"]}}


def _void(box: Any, values: dict[str, str]) -> Record:
    try:
        done = invoices.void(box, _pick(box, "invoices", values), {})
    except Refusal as refusal:
        raise Unfit({"id": str(refusal)}) from None
    return {"done": f"{done['name']} is void.", "record": {"id": done["_id"]}}


def _order(box: Any, values: dict[str, str]) -> Record:
    price = _pick(box, "prices", values, "price")
    person, product = _pick(box, "contacts", values, "contact"), box.store.get("products", price["product"])
    done = orders.make(box, person, [(product, price, 1)])
    return {"done": f"{person['name']} has ordered.", "record": {"id": done["_id"]}}


def _pay_order(box: Any, values: dict[str, str]) -> Record:
    done = orders.pay(box, _pick(box, "orders", values), {"mode": "card"})
    return {"done": "The order is paid.", "record": {"id": done["_id"]}}


BILL, SALE = Input("id", "Invoice", "choice", _open), Input("id", "Order", "choice", _ordered)
BUYER, WARE = Input("contact", "Contact", "choice", _people), Input("price", "What", "choice", _wares)
DOINGS = (
    Doing("send_invoice", "Send an invoice", "invoices", (BILL,), _send),
    Doing(
        "pay_invoice", "Pay an invoice", "invoices", (BILL, Input("amount", "Amount", "money", required=False)), _pay
    ),
    Doing("void_invoice", "Void an invoice", "invoices", (BILL,), _void),
    Doing("place_order", "Order something", "orders", (BUYER, WARE), _order),
    Doing("pay_order", "Pay an order", "orders", (SALE,), _pay_order),
)
