"""Estimates: drafts, sent ones, accepted ones, and the invoices that are made of them. None can be read by its id."""

from datetime import date, timedelta
from typing import Any

from connectors.ghl.sandbox import invoices, sums
from connectors.ghl.sandbox.refusals import bad, unfit
from connectors.ghl.sandbox.routes import ROUTES
from connectors.ghl.sandbox.shapes import Shape, checked
from connectors.ghl.sandbox.sums import PLACE
from connectors.sandbox_kit.http import Answer, Call

Record = dict[str, Any]
READ, WRITE = "invoices/estimate.readonly", "invoices/estimate.write"
ONE = "/invoices/estimate/{estimateId}"
STATUSES = ("draft", "sent", "accepted", "declined", "invoiced", "viewed")
CREATE: Shape = {
    **PLACE,
    **dict.fromkeys(("name", "currency"), "text*"),
    **dict.fromkeys(("businessDetails", "discount", "contactDetails", "frequencySettings"), "object*"),
    "items": "list*",
    **dict.fromkeys(("liveMode", "automaticTaxesEnabled"), "flag"),
    **dict.fromkeys(("termsNotes", "title", "issueDate", "expiryDate", "estimateNumberPrefix", "userId"), "text"),
    **dict.fromkeys(("sentTo", "meta", "sendEstimateDetails", "autoInvoice"), "object"),
    **dict.fromkeys(("miscellaneousCharges", "paymentScheduleConfig"), "object"),
    "estimateNumber": "number",
    "attachments": "list",
}
SEND: Shape = {
    **PLACE,
    "action": "text*",
    "liveMode": "flag*",
    "userId": "text*",
    "sentFrom": "object",
    "estimateName": "text",
}
STEERING = ("altId", "altType", "userId", "sendEstimateDetails", "estimateStatus")


def make(box: Any, data: Record) -> Record:
    today = box.now()[:10]
    number = int(box.store.next("estimate_numbers"))
    fixed = {"_id": box.new_id("estimates"), "altId": box.location(), "altType": "location", "deleted": False}
    stamps = {"createdAt": box.now(), "updatedAt": box.now(), "lastVisitedAt": "", "__v": 0}
    blank: Record = {"liveMode": True, "title": "ESTIMATE", "issueDate": today, "sentTo": {"email": []}, "meta": {}}
    expiry = date.fromisoformat(data.get("issueDate") or today) + timedelta(days=30)
    blank |= {"termsNotes": "", "expiryDate": expiry.isoformat()}
    record = {**blank, **_own(box, data), **fixed, **stamps, "estimateNumber": data.get("estimateNumber") or number}
    record |= {"estimateStatus": "draft", "estimateActionHistory": [_done(box, "Created")]}
    box.store.put("estimates", record, "_id")
    box.effect("estimate.created", record["_id"], data)
    return record


def _own(box: Any, data: Record) -> Record:
    sums.payer(box, data["contactDetails"])
    if not isinstance(data["frequencySettings"].get("enabled"), bool):
        raise unfit("frequencySettings.enabled must be a boolean value")
    wrong = [f"items.{at}.type must be a valid enum value" for at, row in enumerate(data["items"]) if "type" in row]
    if wrong:
        raise unfit(*wrong)
    items = sums.lines(box, data["items"])
    total = sums.total(sums.summed(items, data["discount"]))
    place = box.store.get("locations", box.location()) or {}
    taxes = {"automaticTaxesEnabled": data.get("automaticTaxesEnabled", False), "automaticTaxesCalculated": False}
    sums_ = {"total": total, "totalamountInUSD": total}
    own = {name: value for name, value in data.items() if name not in STEERING}
    return {**own, **taxes, **sums_, "items": items, "companyId": place.get("companyId", "")}


def _done(box: Any, action: str) -> Record:
    return {"action": action, "timestamp": box.now()}


def change(box: Any, record: Record, status: str, kind: str, payload: Any) -> Record:
    history = [*record["estimateActionHistory"], _done(box, status.title())]
    new = record | {"estimateStatus": status, "updatedAt": box.now(), "estimateActionHistory": history}
    box.store.put("estimates", new, "_id")
    box.effect(kind, new["_id"], payload)
    return new


def _one(box: Any, call: Call) -> Record:
    found: Record = box.find("estimates", "Estimate", call.args["estimateId"])
    return found


@ROUTES.on("POST", "/invoices/estimate", scope=WRITE, place="body")
def create(box: Any, call: Call) -> Answer:
    return Answer(201, make(box, checked(call.fields(), CREATE)))


@ROUTES.on("GET", "/invoices/estimate/list", scope=READ, place="query")
def every(box: Any, call: Call) -> Any:
    rows = sums.between(call, box.store.rows("estimates"), "issueDate")
    rows = sums.only(
        call, rows, status=lambda row: row["estimateStatus"], contactId=lambda row: row["contactDetails"]["id"]
    )
    rows = sums.said(call, [{**row, "who": row["contactDetails"]["name"]} for row in rows], "name", "who")
    rows.sort(key=lambda row: (row["createdAt"], row["_id"]), reverse=True)
    page = [{name: value for name, value in row.items() if name != "who"} for row in sums.listed(call, rows)]
    return {"estimates": page, "total": len(rows)}


@ROUTES.on("PUT", ONE, scope=WRITE, place="body")
def update(box: Any, call: Call) -> Any:
    """What isn't sent along is gone, but for what makes the estimate one."""
    old, data = _one(box, call), checked(call.fields(), {**CREATE, "estimateStatus": "text"})
    status = data.get("estimateStatus") or old["estimateStatus"]
    if status not in STATUSES:
        raise unfit(f"estimateStatus must be one of the following values: {', '.join(STATUSES)}")
    names = ("_id", "altId", "altType", "deleted", "createdAt", "lastVisitedAt", "__v", "estimateNumber", "liveMode")
    kept = {name: old[name] for name in (*names, "issueDate", "expiryDate", "estimateActionHistory")}
    new = {"sentTo": {"email": []}, "meta": {}, "title": "", "termsNotes": "", **kept, **_own(box, data)}
    return change(box, new, status, "estimate.updated", data)


@ROUTES.on("DELETE", ONE, scope=WRITE, place="body")
def delete(box: Any, call: Call) -> Any:
    gone, _ = _one(box, call), checked(call.fields(), PLACE)
    box.store.drop("estimates", gone["_id"])
    box.effect("estimate.deleted", gone["_id"], {})
    return gone | {"deleted": True}


@ROUTES.on("GET", "/invoices/estimate/number/generate", scope=READ, place="query")
def number(box: Any, call: Call) -> Any:
    return {"estimateNumber": box.store.counts["estimate_numbers"] + 1}


@ROUTES.on("POST", f"{ONE}/send", scope=WRITE, place="body")
def send(box: Any, call: Call) -> Answer:
    record, data = _one(box, call), checked(call.fields(), SEND)
    if data["action"] not in invoices.WAYS:
        raise unfit(f"action must be one of the following values: {', '.join(invoices.WAYS)}")
    if not box.store.get("users", data["userId"]):
        raise bad("User not found")
    status = "sent" if record["estimateStatus"] == "draft" else record["estimateStatus"]
    return Answer(201, change(box, record, status, "estimate.sent", data))


@ROUTES.on("POST", f"{ONE}/invoice", scope=WRITE, place="body")
def bill(box: Any, call: Call) -> Any:
    record = _one(box, call)
    data = checked(call.fields(), {**PLACE, "markAsInvoiced": "flag*", "version": "text"})
    names = ("name", "currency", "items", "discount", "contactDetails", "businessDetails", "liveMode", "sentTo")
    made = invoices.make(box, {**{name: record[name] for name in names}, "issueDate": box.now()[:10]})
    status = "invoiced" if data["markAsInvoiced"] else record["estimateStatus"]
    return {"estimate": change(box, record, status, "estimate.billed", data), "invoice": invoices.shown(made)}


@ROUTES.on("PATCH", "/invoices/estimate/stats/last-visited-at")
def visited(box: Any, call: Call) -> Any:
    data = checked(call.fields(), {"estimateId": "text*"})
    record = box.find("estimates", "Estimate", data["estimateId"])
    box.store.put("estimates", record | {"lastVisitedAt": box.now()}, "_id")
    return {}
