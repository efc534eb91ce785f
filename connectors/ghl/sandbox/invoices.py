"""Invoices: drafts, sent ones, payments of them. A payment that is recorded is a transaction too."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from connectors.ghl.sandbox import events, sums, transactions
from connectors.ghl.sandbox.refusals import bad, unfit
from connectors.ghl.sandbox.routes import ROUTES
from connectors.ghl.sandbox.shapes import Shape, checked
from connectors.ghl.sandbox.sums import PLACE
from connectors.sandbox_kit.http import Call

Record = dict[str, Any]
READ, WRITE = "invoices.readonly", "invoices.write"
ONE = "/invoices/{invoiceId}"
SETTLED = ("paid", "void")
COMMON: Shape = {
    **PLACE,
    **dict.fromkeys(("title", "termsNotes", "invoiceNumber", "invoiceNumberPrefix", "dueDate"), "text"),
    **dict.fromkeys(("paymentSchedule", "tipsConfiguration", "paymentMethods", "miscellaneousCharges"), "object"),
    "attachments": "list",
    "automaticTaxesEnabled": "flag",
    "name": "text*",
    "currency": "text*",
    "issueDate": "text*",
}
CREATE: Shape = {
    **COMMON,
    "businessDetails": "object*",
    "items": "list*",
    "discount": "object*",
    "contactDetails": "object*",
    "sentTo": "object*",
    "liveMode": "flag*",
    "lateFeesConfiguration": "object",
}
TEXT_TO_PAY: Shape = {
    **CREATE,
    "businessDetails": "object",
    "discount": "object",
    "action": "text*",
    "userId": "text*",
    "id": "text",
    "includeTermsNote": "flag",
}
UPDATE: Shape = {
    **COMMON,
    "dueDate": "text*",
    "description": "text",
    "businessDetails": "object",
    "contactId": "text",
    "contactDetails": "object",
    "discount": "object",
    "invoiceItems": "list*",
    "liveMode": "flag",
    "xeroDetails": "object",
}
SEND: Shape = {
    **PLACE,
    "userId": "text*",
    "action": "text*",
    "liveMode": "flag*",
    "sentFrom": "object",
    "autoPayment": "object",
}
PAYMENT: Shape = {
    **PLACE,
    "mode": "text*",
    "card": "object",
    "cheque": "object",
    "notes": "text",
    "amount": "number",
    "meta": "object",
    "paymentScheduleIds": "texts",
    "fulfilledAt": "text",
}
MODES = ("cash", "card", "cheque", "bank_transfer", "other")
WAYS = ("sms_and_email", "send_manually", "email", "sms")
STEERING = ("altId", "altType", "items", "contactId", "action", "userId", "id", "includeTermsNote", "sentTo")


def make(box: Any, data: Record) -> Record:
    sums.payer(box, data["contactDetails"])
    now, items = box.now(), sums.lines(box, data["items"])
    sums.day(data["issueDate"])
    number = int(box.store.next("invoice_numbers"))
    own = {k: v for k, v in data.items() if k not in STEERING}
    due = data.get("dueDate") or (date.fromisoformat(data["issueDate"]) + timedelta(days=14)).isoformat()
    blank = {"title": "INVOICE", "discount": {"type": "percentage", "value": 0}, "businessDetails": {}}
    record = {
        **blank, **own, "_id": box.new_id("invoices"), "status": "draft", "amountPaid": 0, **_place(box),
        "invoiceNumber": _number(data, number), "dueDate": due, "invoiceItems": items,
        "sentTo": data.get("sentTo", {}), "automaticTaxesEnabled": data.get("automaticTaxesEnabled", False),
        "automaticTaxesCalculated": False, "createdAt": now, "updatedAt": now,
    }  # fmt: skip
    box.store.put("invoices", _counted(record), "_id")
    box.effect("invoice.created", record["_id"], data)
    return _told(box, "InvoiceCreate", record["_id"])


def _place(box: Any) -> Record:
    return {"altId": box.location(), "altType": "location"}


def _number(data: Record, number: int) -> int:
    given = str(data.get("invoiceNumber") or "").lstrip("0")
    return int(given) if given.isdigit() else number


def _counted(record: Record) -> Record:
    """With its sums as the items are now."""
    summary = sums.summed(record["invoiceItems"], record["discount"])
    whole = sums.total(summary)
    return record | {
        "totalSummary": summary,
        "total": whole,
        "amountDue": sums.cents(whole - Decimal(str(record["amountPaid"]))),
    }


def _told(box: Any, event: str, invoice_id: str) -> Record:
    record: Record = box.store.get("invoices", invoice_id)
    events.invoice(box, event, record)
    return record


def shown(record: Record) -> Record:
    return {k: v for k, v in record.items() if k not in ("sentTo", "totalSummary", "payments")}


def _one(box: Any, call: Call, name: str = "invoiceId") -> Record:
    found: Record = box.find("invoices", "Invoice", call.args[name])
    return found


def _save(box: Any, record: Record, kind: str, payload: Any, event: str) -> Record:
    box.store.put("invoices", record | {"updatedAt": box.now()}, "_id")
    box.effect(kind, record["_id"], payload)
    return _told(box, event, record["_id"])


def send(box: Any, record: Record, data: Record) -> Record:
    if record["status"] in SETTLED:
        raise bad(f"Invoice is already {record['status']}")
    if not box.store.get("users", data["userId"]):
        raise bad("User not found")
    status = "sent" if record["status"] == "draft" else record["status"]
    return _save(box, record | {"status": status}, "invoice.sent", data, "InvoiceSent")


def pay(box: Any, record: Record, data: Record) -> Record:
    """A payment by hand, of all that is due unless an amount is named."""
    due = Decimal(str(record["amountDue"]))
    amount = sums.cents(data.get("amount", due))
    if record["status"] in SETTLED:
        raise bad(f"Invoice is already {record['status']}")
    if not 0 < amount <= due:
        raise bad("Amount must be greater than zero and not more than the amount due")
    done = sums.cents(Decimal(str(record["amountPaid"])) + amount)
    status = "paid" if done >= record["total"] else "partially_paid"
    after = record | {"amountPaid": done, "amountDue": sums.cents(due - amount), "status": status}
    transactions.of_invoice(box, record, amount, data)
    event = "InvoicePaid" if status == "paid" else "InvoicePartiallyPaid"
    return _save(box, after, "invoice.paid", data, event)


def void(box: Any, record: Record, data: Record) -> Record:
    if record["status"] in SETTLED:
        raise bad(f"Invoice is already {record['status']}")
    return _save(box, record | {"status": "void"}, "invoice.voided", data, "InvoiceVoid")


@ROUTES.on("POST", "/invoices/", scope=WRITE, place="body")
def create(box: Any, call: Call) -> Any:
    return shown(make(box, checked(call.fields(), CREATE)))


@ROUTES.on("GET", "/invoices/", scope=READ, place="query")
def every(box: Any, call: Call) -> Any:
    rows = sums.only(
        call,
        box.store.rows("invoices"),
        status=lambda row: row["status"],
        contactId=lambda row: row["contactDetails"]["id"],
    )
    rows = sums.between(call, sums.mode(call, rows), "issueDate")
    people = [{**row, "who": row["contactDetails"]["name"], "mail": row["contactDetails"]["email"]} for row in rows]
    found = {row["_id"] for row in sums.said(call, people, "name", "invoiceNumber", "who", "mail")}
    rows = [row for row in rows if row["_id"] in found]
    rows.sort(key=lambda row: (row["issueDate"], row["createdAt"]), reverse=call.query.get("sortOrder") != "ascend")
    page = [{**shown(row), "totalSummary": row["totalSummary"]} for row in sums.listed(call, rows)]
    return {"invoices": page, "total": len(rows)}


@ROUTES.on("GET", ONE, scope=READ, place="query")
def read(box: Any, call: Call) -> Any:
    record = _one(box, call)
    return {**shown(record), "totalSummary": record["totalSummary"]}


@ROUTES.on("PUT", ONE, scope=WRITE, place="body")
def update(box: Any, call: Call) -> Any:
    """Everything that isn't sent along is gone, but for what makes the invoice one."""
    old, data = _one(box, call), checked(call.fields(), UPDATE)
    if old["status"] in SETTLED:
        raise bad(f"Invoice is already {old['status']}")
    details = data.get("contactDetails") or old["contactDetails"]
    sums.payer(box, details)
    kept = ("_id", "status", "amountPaid", "altId", "altType", "createdAt", "invoiceNumber", "liveMode", "sentTo")
    own = {k: v for k, v in data.items() if k not in (*STEERING, "invoiceNumber")}
    taxes = {"automaticTaxesEnabled": False, "automaticTaxesCalculated": False}
    blank = {**taxes, "title": "", "discount": {"type": "percentage", "value": 0}, "businessDetails": {}}
    new = {**blank, **{k: old[k] for k in kept}, **own, "contactDetails": details}
    new |= {"invoiceItems": sums.lines(box, data["invoiceItems"], "invoiceItems")}
    new |= {"invoiceNumber": _number(data, old["invoiceNumber"])}
    return shown(_save(box, _counted(new), "invoice.updated", data, "InvoiceUpdate"))


@ROUTES.on("DELETE", ONE, scope=WRITE, place="query")
def delete(box: Any, call: Call) -> Any:
    gone = _one(box, call)
    box.store.drop("invoices", gone["_id"])
    box.effect("invoice.deleted", gone["_id"], {})
    events.invoice(box, "InvoiceDelete", gone)
    return shown(gone)


@ROUTES.on("PATCH", f"{ONE}/late-fees-configuration", scope=WRITE, place="body")
def late_fees(box: Any, call: Call) -> Any:
    data = checked(call.fields(), {**PLACE, "lateFeesConfiguration": "object*"})
    new = _one(box, call) | {"lateFeesConfiguration": data["lateFeesConfiguration"]}
    return shown(_save(box, new, "invoice.late_fees", data, "InvoiceUpdate"))


@ROUTES.on("POST", f"{ONE}/void", scope=WRITE, place="body")
def void_one(box: Any, call: Call) -> Any:
    return shown(void(box, _one(box, call), checked(call.fields(), PLACE)))


@ROUTES.on("POST", f"{ONE}/send", scope=WRITE, place="body")
def send_one(box: Any, call: Call) -> Any:
    data = checked(call.fields(), SEND)
    if data["action"] not in WAYS:
        raise unfit(f"action must be one of the following values: {', '.join(WAYS)}")
    return {"invoice": shown(send(box, _one(box, call), data)), "smsData": {}, "emailData": {}}


@ROUTES.on("POST", f"{ONE}/record-payment", scope=WRITE, place="body")
def record_payment(box: Any, call: Call) -> Any:
    data = checked(call.fields(), PAYMENT)
    if data["mode"] not in MODES:
        raise unfit(f"mode must be one of the following values: {', '.join(MODES)}")
    return {"success": True, "invoice": shown(pay(box, _one(box, call), data))}


@ROUTES.on("POST", "/invoices/text2pay", scope=WRITE, place="body")
def text_to_pay(box: Any, call: Call) -> Any:
    data = checked(call.fields(), TEXT_TO_PAY)
    if data["action"] not in ("draft", "send"):
        raise unfit("action must be one of the following values: draft, send")
    record = box.find("invoices", "Invoice", data["id"]) if data.get("id") else make(box, data)
    if data["action"] == "send":
        record = send(box, record, data)
    return {"invoice": shown(record), "invoiceUrl": f"https://link.sandbox.example/invoice/{record['_id']}"}


@ROUTES.on("PATCH", "/invoices/stats/last-visited-at")
def visited(box: Any, call: Call) -> Any:
    data = checked(call.fields(), {"invoiceId": "text*"})
    record = box.find("invoices", "Invoice", data["invoiceId"])
    box.store.put("invoices", record | {"lastVisitedAt": box.now()}, "_id")
    return {}
