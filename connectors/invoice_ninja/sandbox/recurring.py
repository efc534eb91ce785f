"""Recurring invoices: draft 1, active 2, paused 3, completed 4; active before its first day prints -1."""

from typing import Any

from connectors.invoice_ninja.sandbox import documents, invoices
from connectors.invoice_ninja.sandbox.casting import day, numeric
from connectors.invoice_ninja.sandbox.paging import same
from connectors.invoice_ninja.sandbox.refusals import bad, invalid
from connectors.invoice_ninja.sandbox.resource import Resource, body, register
from connectors.sandbox_kit.http import Call
from connectors.sandbox_kit.words import words

Record = dict[str, Any]
DRAFT, ACTIVE, PAUSED, COMPLETED, PENDING = "1", "2", "3", "4", "-1"
BLANK: Record = {
    **documents.BLANK,
    "entity_type": "recurringInvoice",
    "frequency_id": "",
    "remaining_cycles": -1,
    "due_date_days": "terms",
    "auto_bill": "off",
    "auto_bill_enabled": False,
    "recurring_dates": [],
}
COLUMNS = words("number custom_value1 custom_value2 custom_value3 custom_value4")
STATES = {"active": (ACTIVE, PENDING), "paused": (PAUSED,), "completed": (COMPLETED,)}
FREQUENCIES = [str(n) for n in range(1, 13)]


def store(box: Any, data: Record, call: Call | None = None) -> Record:
    if str(data.get("frequency_id", "")) not in FREQUENCIES:
        raise invalid(frequency_id="The frequency id field is required.")
    made = documents.fresh(box, "recurring_invoices", BLANK, data) | rhythm(box, BLANK, data)
    saved = box.save("recurring_invoices", made)
    box.effect("recurring_invoice.created", saved["id"], data)
    return _triggered(box, saved, data)


def update(box: Any, record: Record, data: Record, call: Call | None = None) -> Record:
    """Without a next date it is due today, without a rate of exchange that is 1."""
    done = documents.changed(box, "recurring_invoices", record, data) | rhythm(box, record, data)
    saved = box.save("recurring_invoices", done)
    box.effect("recurring_invoice.updated", saved["id"], data)
    return _triggered(box, saved, data)


def rhythm(box: Any, before: Record, data: Record) -> Record:
    """How often and when next; without a date it is due today."""
    following = day(data.get("next_send_date"), "next_send_date") or box.today()
    if following < box.today():
        raise invalid(next_send_date="The next send date must be a date after yesterday.")
    done = {
        "frequency_id": str(data.get("frequency_id") or before["frequency_id"]),
        "remaining_cycles": int(numeric(data.get("remaining_cycles", before["remaining_cycles"]), "remaining_cycles")),
        "next_send_date": following,
        "exchange_rate": numeric(data.get("exchange_rate") or 1, "exchange_rate"),
    }
    return done | {name: str(data[name]) for name in ("due_date_days", "auto_bill") if name in data}


def _triggered(box: Any, record: Record, data: Record) -> Record:
    acts = {"start": start, "stop": stop, "send_now": send_now}
    for name in documents.flagged(data, acts):
        record = acts[name](box, record, None)
    return record


def start(box: Any, record: Record, call: Call | None) -> Record:
    if record["status_id"] not in (DRAFT, PAUSED):
        return record
    status = PENDING if record["next_send_date"] > box.today() else ACTIVE
    saved = box.save("recurring_invoices", record | {"status_id": status})
    box.effect("recurring_invoice.started", saved["id"], {"number": saved["number"]})
    return saved


def stop(box: Any, record: Record, call: Call | None) -> Record:
    if record["status_id"] not in (ACTIVE, PENDING):
        return record
    saved = box.save("recurring_invoices", record | {"status_id": PAUSED})
    box.effect("recurring_invoice.stopped", saved["id"], {"number": saved["number"]})
    return saved


def send_now(box: Any, record: Record, call: Call | None) -> Record:
    """Only before it has made any."""
    if record["last_sent_date"]:
        raise bad("This recurring invoice has made an invoice already")
    carried = {name: record[name] for name in (*documents.WRITABLE, "client_id", "line_items") if name != "number"}
    made = invoices.store(box, carried)
    box.save("invoices", made | {"recurring_id": record["id"]})
    invoices.email(box, box.store.get("invoices", made["id"]), None)
    return box.save("recurring_invoices", record | {"status_id": ACTIVE, "last_sent_date": box.today()})


def raised(box: Any, record: Record, call: Call | None) -> Record:
    """Dearer by so many percent."""
    percent = numeric((body(call) if call else {}).get("percentage_increase"), "percentage_increase")
    lines = [line | {"cost": line["cost"] * (1 + percent / 100)} for line in record["line_items"]]
    return box.save("recurring_invoices", documents.summed(box, record | {"line_items": lines}))


def repriced(box: Any, record: Record, call: Call | None) -> Record:
    """At what its products cost now."""
    lines = []
    for line in record["line_items"]:
        found = box.holding("products", "product_key", str(line.get("product_key") or ""))
        lines.append(line | {"cost": found[0]["price"]} if found else line)
    return box.save("recurring_invoices", documents.summed(box, record | {"line_items": lines}))


def link(box: Any, record: Record, call: Call | None) -> Record:
    wanted = str((body(call) if call else {}).get("subscription_id") or "")
    return box.save("recurring_invoices", record | {"subscription_id": wanted})


def _status(box: Any, row: Record, value: str) -> bool:
    wanted = [status for one in value.split(",") for status in STATES.get(one, ())]
    return "all" in value.split(",") or row["status_id"] in wanted


RECURRING = register(
    Resource(
        "recurring_invoices",
        "RecurringInvoice",
        lambda box: BLANK,
        store,
        update,
        filters={"number": same("number"), "filter": documents.found(COLUMNS), "client_status": _status},
        actions={
            "start": start,
            "stop": stop,
            "send_now": send_now,
            "increase_prices": raised,
            "update_prices": repriced,
            "set_payment_link": link,
        },
        bulk_only=True,
    )
)
