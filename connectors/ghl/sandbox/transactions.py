"""Payments that came in, whatever for."""

from decimal import Decimal
from typing import Any

from connectors.ghl.sandbox import sums
from connectors.ghl.sandbox.routes import ROUTES
from connectors.sandbox_kit.http import Call

Record = dict[str, Any]
READ = "payments/transactions.readonly"
SHOWN_ALONE = (
    *("_id", "altId", "altType", "contactId", "currency", "amount", "status", "liveMode", "createdAt", "updatedAt"),
    *("entityType", "entityId", "chargeId", "chargeSnapshot", "subscriptionId", "amountRefunded", "createdBy"),
)


def of_invoice(box: Any, invoice: Record, amount: Decimal, data: Record) -> Record:
    """Of a payment that was recorded by hand."""
    who = invoice["contactDetails"]
    source = {"entitySourceType": "invoice", "entitySourceName": invoice["name"], "entitySourceId": invoice["_id"]}
    own = {"entityType": "invoice", "entityId": invoice["_id"], **source}
    money = {"currency": invoice["currency"], "amount": amount, "liveMode": invoice["liveMode"]}
    return make(box, who["id"], {**own, **money}, data)


def make(box: Any, contact: str, own: Record, data: Record) -> Record:
    person, now = box.store.get("contacts", contact) or {}, box.now()
    way = {"paymentProviderType": "manual", "paymentMethod": {"type": data.get("mode", "card")}}
    record = {
        "_id": box.new_id("transactions"), "altId": box.location(), "altType": "location", "contactId": contact,
        "contactName": person.get("name", ""), "contactEmail": person.get("email", ""), "status": "succeeded",
        "entitySourceMeta": {}, "chargeSnapshot": {"notes": data.get("notes", "")}, "amountRefunded": 0,
        **way, **own, "createdAt": now, "updatedAt": now, "fulfilledAt": data.get("fulfilledAt") or now,
    }  # fmt: skip
    return dict(box.store.put("transactions", record, "_id"))


@ROUTES.on("GET", "/payments/transactions", scope=READ, place="query")
def every(box: Any, call: Call) -> Any:
    names = ("entityId", "contactId", "subscriptionId", "entitySourceType", "entitySourceSubType")
    columns = {name: (lambda row, name=name: row.get(name)) for name in names}
    rows = sums.only(call, sums.mode(call, box.store.rows("transactions")), **columns)
    rows = sums.said(call, sums.between(call, rows, "createdAt"), "contactName", "contactEmail", "entitySourceName")
    rows.sort(key=lambda row: (row["createdAt"], row["_id"]), reverse=True)
    return {"data": sums.listed(call, rows, needed=False), "totalCount": len(rows)}


@ROUTES.on("GET", "/payments/transactions/{transactionId}", scope=READ, place="query")
def read(box: Any, call: Call) -> Any:
    record = box.find("transactions", "Transaction", call.args["transactionId"])
    person = box.store.get("contacts", record["contactId"]) or {}
    who = {name: person.get(name) or "" for name in ("id", "name", "email", "phone")}
    source = {"type": record["entitySourceType"], "id": record["entitySourceId"], "name": record["entitySourceName"]}
    invoice = {"invoiceId": record["entityId"]} if record["entityType"] == "invoice" else {}
    own = {name: record[name] for name in SHOWN_ALONE if name in record}
    return {**own, "contactSnapshot": who, "entitySource": {**source, "meta": {}}, **invoice, "isParent": False}
