"""Purchase orders: draft 1, sent 2, accepted 3, received 4, cancelled 5."""

from typing import Any

from connectors.invoice_ninja.sandbox import costs, documents
from connectors.invoice_ninja.sandbox.paging import holds, same
from connectors.invoice_ninja.sandbox.refusals import bad, invalid
from connectors.invoice_ninja.sandbox.resource import Resource, register, unique
from connectors.invoice_ninja.sandbox.totals import computed
from connectors.sandbox_kit.http import Call
from connectors.sandbox_kit.words import words

Record = dict[str, Any]
DRAFT, SENT, ACCEPTED, RECEIVED, CANCELLED = "12345"
BLANK: Record = {**documents.BLANK, "entity_type": "purchaseOrder", "expense_id": ""}
COLUMNS = words("number custom_value1 custom_value2 custom_value3 custom_value4")
STATES = {"draft": DRAFT, "sent": SENT, "accepted": ACCEPTED, "cancelled": CANCELLED}
PRECISION = 2


def store(box: Any, data: Record, call: Call | None = None) -> Record:
    vendor = box.store.get("vendors", str(data.get("vendor_id") or ""))
    if vendor is None or vendor["is_deleted"]:
        missing = "The selected vendor id is invalid." if data.get("vendor_id") else "The vendor id field is required."
        raise invalid(vendor_id=missing)
    unique(box, "purchase_orders", "number", str(data.get("number") or ""))
    made = box.make("purchase_orders", BLANK) | {"date": box.today()} | documents.filled_in(data)
    made["number"] = made["number"] or box.number("purchase_orders")
    made["invitations"] = [documents.invitation(box, contact["id"]) for contact in vendor["contacts"]]
    saved = box.save("purchase_orders", computed(made, PRECISION))
    box.effect("purchase_order.created", saved["id"], data)
    box.fire(55, "purchase_orders", saved["id"])
    return saved


def update(box: Any, order: Record, data: Record, call: Call | None = None) -> Record:
    unique(box, "purchase_orders", "number", str(data.get("number") or ""), order["id"])
    saved = box.save("purchase_orders", computed(order | documents.filled_in(data), PRECISION))
    box.effect("purchase_order.updated", saved["id"], data)
    box.fire(56, "purchase_orders", saved["id"])
    return saved


def mark_sent(box: Any, order: Record, call: Call | None) -> Record:
    if order["status_id"] != DRAFT:
        return order
    saved = box.save("purchase_orders", order | {"status_id": SENT, "balance": order["amount"]})
    box.effect("purchase_order.sent", saved["id"], {"number": saved["number"]})
    box.fire(63, "purchase_orders", saved["id"])
    return saved


def cancel(box: Any, order: Record, call: Call | None) -> Record:
    if order["status_id"] == RECEIVED:
        raise bad("Purchase order has been received")
    saved = box.save("purchase_orders", order | {"status_id": CANCELLED})
    box.effect("purchase_order.cancelled", saved["id"], {"number": saved["number"]})
    return saved


def email(box: Any, order: Record, call: Call | None) -> Record:
    saved = documents.emailed(box, "purchase_orders", mark_sent(box, order, None))
    box.activity(135, purchase_order=saved["id"], vendor=saved["vendor_id"])
    return saved


def expense(box: Any, order: Record, call: Call | None) -> Record:
    """The order with the new expense's id."""
    if order["expense_id"]:
        return order
    told = {"amount": order["amount"], "vendor_id": order["vendor_id"], "public_notes": order["public_notes"]}
    made = costs.EXPENSES.store(box, told)
    return box.save("purchase_orders", order | {"expense_id": made["id"]})


def receive(box: Any, order: Record, call: Call | None) -> Record:
    """Its goods go to the stock."""
    for line in order["line_items"]:
        for product in box.holding("products", "product_key", str(line.get("product_key") or "")):
            stock = int(product["in_stock_quantity"] + line["quantity"])
            box.save("products", product | {"in_stock_quantity": stock})
    saved = box.save("purchase_orders", order | {"status_id": RECEIVED})
    box.effect("purchase_order.received", saved["id"], {"number": saved["number"]})
    return saved


def _status(box: Any, row: Record, value: str) -> bool:
    return "all" in value.split(",") or row["status_id"] in [STATES.get(one, "") for one in value.split(",")]


ORDERS = register(
    Resource(
        "purchase_orders",
        "PurchaseOrder",
        lambda box: BLANK,
        store,
        update,
        events={"archive": 59, "delete": 57, "restore": 58},
        filters={"number": same("number"), "filter": holds(*COLUMNS), "client_status": _status},
        actions={
            "mark_sent": mark_sent,
            "cancel": cancel,
            "email": email,
            "send_email": email,
            "expense": expense,
            "add_to_inventory": receive,
        },
    )
)
