"""Purchase orders: what a company orders from its vendors."""

from connectors import fields as f
from connectors.fields import required
from connectors.invoice_ninja.documents import (
    DATES,
    HEAD,
    LINES,
    UPDATE,
    alive,
    changer,
    creator,
    finder,
    looker,
    mailer,
    status_in,
    updater,
)
from connectors.invoice_ninja.mailed import mailed
from connectors.invoice_ninja.odd import has_status
from connectors.invoice_ninja.papers import common
from connectors.invoice_ninja.service import Record, resource, samples
from connectors.notation import post, put, reconcile

ORDER = f.text("purchase_order_id", "The purchase order's ID, as an earlier step gives it.", label="Purchase order")
VENDOR = f.choice("vendor_id", "Whom it is ordered from.", label="Vendor", source="vendors")
SAMPLE = samples("purchase_order")
NAMES = {"1": "a draft", "2": "sent", "3": "accepted", "4": "received", "5": "cancelled"}
STATES = (("draft", "Draft"), ("sent", "Sent"), ("accepted", "Accepted"), ("cancelled", "Cancelled"))
SENT, RECEIVED, CANCELLED = has_status("2", "3", "4"), has_status("4"), has_status("5")
MADE = (required(VENDOR), *DATES, LINES, *HEAD)


def _sendable(order: Record) -> str:
    return alive(order) or (f"it is {status_in(order, NAMES)}" if str(order.get("status_id")) == "5" else "")


def _spent(order: Record) -> bool:
    return bool(order.get("expense_id"))


OPERATIONS = resource(
    "purchase_orders",
    "/api/v1/purchase_orders",
    post(
        "create", "", "Create a purchase order", *MADE,
        perform=creator("purchase_orders", MADE), retry=reconcile(by=finder("purchase_orders", MADE), doubtful=True),
        returns="purchase_order", source="storePurchaseOrder", help="Makes a draft; nothing is sent.",
    ),
    put(
        "update", "/{purchase_order_id}", "Update a purchase order", ORDER, *UPDATE,
        perform=updater("purchase_orders"), returns="purchase_order", source="updatePurchaseOrder",
        help="Fields left empty stay as they are.",
    ),
    put(
        "mark_sent", "/{purchase_order_id}", "Mark a purchase order as sent", ORDER,
        perform=changer("purchase_orders", "mark_sent", "mark the purchase order as sent", SENT, _sendable),
        returns="purchase_order", source="bulkPurchaseOrders", help="Without mailing it.", words=("order", "issue"),
    ),
    put(
        "cancel", "/{purchase_order_id}", "Cancel a purchase order", ORDER,
        perform=changer("purchase_orders", "cancel", "cancel the purchase order", CANCELLED, alive),
        returns="purchase_order", source="bulkPurchaseOrders", words=("withdraw",),
    ),
    post(
        "email", "/{purchase_order_id}", "E-mail a purchase order", ORDER,
        perform=mailer("purchase_orders", at_once=False, whom="vendor"), retry=mailed("purchase_orders"),
        returns="purchase_order", source="bulkPurchaseOrders", words=("send", "mail"),
        help="Invoice Ninja sends it to the vendor's contacts, each time this step runs.",
    ),
    post(
        "expense", "/{purchase_order_id}", "Make an expense of a purchase order", ORDER,
        perform=changer("purchase_orders", "expense", "make an expense of the purchase order", _spent, alive),
        retry=reconcile(by=looker("purchase_orders", _spent)), returns="purchase_order", source="bulkPurchaseOrders",
        help="Gives the order with the expense's ID; one that has an expense already is left so.", words=("cost",),
    ),
    post(
        "receive", "/{purchase_order_id}", "Add the goods of a purchase order to the stock", ORDER,
        perform=changer("purchase_orders", "add_to_inventory", "add the goods to the stock", RECEIVED, _sendable),
        retry=reconcile(by=looker("purchase_orders", RECEIVED)), returns="purchase_order",
        source="bulkPurchaseOrders", help="Once: it is received from then on.", words=("inventory", "delivery"),
    ),
    *common("purchase_orders", "PurchaseOrder", ORDER, SAMPLE, STATES, client=False),
    object="purchase order",
    sample=SAMPLE,
    words=("po", "supplier", "buy"),
)  # fmt: skip
