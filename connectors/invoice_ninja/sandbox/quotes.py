"""Quotes: draft 1, sent 2, approved 3, converted 4."""

from typing import Any

from connectors.invoice_ninja.sandbox import costs, documents, invoices
from connectors.invoice_ninja.sandbox.paging import same
from connectors.invoice_ninja.sandbox.refusals import bad, invalid
from connectors.invoice_ninja.sandbox.resource import Resource, register
from connectors.sandbox_kit.http import Call
from connectors.sandbox_kit.words import words

Record = dict[str, Any]
DRAFT, SENT, APPROVED, CONVERTED = "1234"
BLANK: Record = {**documents.BLANK, "entity_type": "quote", "invoice_id": ""}
COLUMNS = words("number custom_value1 custom_value2 custom_value3 custom_value4")
CARRIED = (*documents.WRITABLE, "client_id", "line_items")


def store(box: Any, data: Record, call: Call | None = None) -> Record:
    made = box.save("quotes", documents.fresh(box, "quotes", BLANK, data))
    box.effect("quote.created", made["id"], data)
    box.fire(3, "quotes", made["id"])
    box.activity(18, quote=made["id"], client=made["client_id"])
    return _triggered(box, made, data)


def update(box: Any, quote: Record, data: Record, call: Call | None = None) -> Record:
    if quote["status_id"] == CONVERTED:
        raise invalid(id="Quote has been converted and cannot be updated")
    saved = box.save("quotes", documents.changed(box, "quotes", quote, data))
    box.effect("quote.updated", saved["id"], data)
    box.fire(6, "quotes", saved["id"])
    box.activity(19, quote=saved["id"], client=saved["client_id"])
    return _triggered(box, saved, data)


def _triggered(box: Any, quote: Record, data: Record) -> Record:
    acts = {"mark_sent": mark_sent, "send_email": email, "approve": approve, "convert": convert}
    for name in documents.flagged(data, acts):
        quote = acts[name](box, quote, None)
    return quote


def _sent(box: Any, quote: Record) -> Record:
    if quote["status_id"] != DRAFT:
        return quote
    quote = documents.numbered(box, "quotes", quote)
    return box.save("quotes", quote | {"status_id": SENT, "balance": quote["amount"], "last_sent_date": box.today()})


def mark_sent(box: Any, quote: Record, call: Call | None) -> Record:
    if quote["status_id"] != DRAFT:
        return quote
    saved = _sent(box, quote)
    box.effect("quote.sent", saved["id"], {"number": saved["number"]})
    box.fire(6, "quotes", saved["id"])
    box.fire(61, "quotes", saved["id"])
    return saved


def email(box: Any, quote: Record, call: Call | None) -> Record:
    saved = documents.emailed(box, "quotes", _sent(box, quote))
    box.fire(61, "quotes", saved["id"])
    box.activity(20, quote=saved["id"], client=saved["client_id"])
    return saved


def approve(box: Any, quote: Record, call: Call | None) -> Record:
    if quote["status_id"] not in (DRAFT, SENT):
        raise bad("Quote has already been approved or converted")
    quote = documents.numbered(box, "quotes", quote)
    saved = box.save("quotes", quote | {"status_id": APPROVED})
    box.effect("quote.approved", saved["id"], {"number": saved["number"]})
    box.fire(6, "quotes", saved["id"])
    box.fire(21, "quotes", saved["id"])
    box.activity(29, quote=saved["id"], client=saved["client_id"])
    return saved


def convert(box: Any, quote: Record, call: Call | None) -> Record:
    """The quote, converted; the new draft invoice is named in its `invoice_id`."""
    if quote["status_id"] == CONVERTED:
        raise bad("Quote has already been converted")
    carried = {name: quote[name] for name in CARRIED if name != "number"}
    invoice = invoices.store(box, carried)
    saved = box.save("quotes", quote | {"status_id": CONVERTED, "invoice_id": invoice["id"]})
    box.effect("quote.converted", saved["id"], {"invoice_id": invoice["id"]})
    box.fire(6, "quotes", saved["id"])
    return saved


def project(box: Any, quote: Record, call: Call | None) -> Record:
    """The quote with the new project's id."""
    if quote["project_id"]:
        raise bad("Quote has already been converted to a project")
    made = costs.PROJECTS.store(box, {"name": f"Quote {quote['number']}", "client_id": quote["client_id"]})
    return box.save("quotes", quote | {"project_id": made["id"]})


def _status(box: Any, row: Record, value: str) -> bool:
    over = row["status_id"] in (DRAFT, SENT) and "" < row["due_date"] < box.today()
    ahead = row["status_id"] == SENT and row["due_date"] >= box.today()
    held = [{DRAFT: "draft", SENT: "sent", APPROVED: "approved", CONVERTED: "converted"}[row["status_id"]], "all"]
    held += ["expired"] * over + ["upcoming"] * ahead
    return bool(set(held) & set(value.split(",")))


QUOTES = register(
    Resource(
        "quotes",
        "Quote",
        lambda box: BLANK,
        store,
        update,
        events={"archive": 34, "delete": 7, "restore": 42},
        marks={"archive": 22, "delete": 23, "restore": 24},
        filters={"number": same("number"), "client_status": _status, "filter": documents.found(COLUMNS)},
        actions={
            "mark_sent": mark_sent,
            "email": email,
            "send_email": email,
            "approve": approve,
            "convert": convert,
            "convert_to_invoice": convert,
            "convert_to_project": project,
        },
    )
)
