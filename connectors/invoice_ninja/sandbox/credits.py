"""Credits: draft 1, sent 2, partly used 3, used up 4."""

from typing import Any

from connectors.invoice_ninja.sandbox import documents
from connectors.invoice_ninja.sandbox.casting import ZERO
from connectors.invoice_ninja.sandbox.paging import same
from connectors.invoice_ninja.sandbox.resource import Resource, register
from connectors.sandbox_kit.http import Call
from connectors.sandbox_kit.words import words

Record = dict[str, Any]
DRAFT, SENT, APPLIED = "124"
BLANK: Record = {**documents.BLANK, "entity_type": "credit", "invoice_id": ""}
COLUMNS = words("number custom_value1 custom_value2 custom_value3 custom_value4")
STATES = {"draft": "1", "sent": "2", "partial": "3", "applied": "4"}


def store(box: Any, data: Record, call: Call | None = None) -> Record:
    made = box.save("credits", documents.fresh(box, "credits", BLANK, data))
    box.effect("credit.created", made["id"], data)
    box.fire(27, "credits", made["id"])
    return _triggered(box, made, data)


def update(box: Any, credit: Record, data: Record, call: Call | None = None) -> Record:
    saved = box.save("credits", documents.changed(box, "credits", credit, data))
    box.effect("credit.updated", saved["id"], data)
    box.fire(28, "credits", saved["id"])
    return _triggered(box, saved, data)


def _triggered(box: Any, credit: Record, data: Record) -> Record:
    acts = {"mark_sent": mark_sent, "send_email": email}
    for name in documents.flagged(data, acts):
        credit = acts[name](box, credit, None)
    return credit


def mark_sent(box: Any, credit: Record, call: Call | None) -> Record:
    if credit["status_id"] != DRAFT:
        return credit
    numbered = documents.numbered(box, "credits", credit)
    saved = box.save("credits", numbered | {"status_id": SENT, "balance": numbered["amount"]})
    box.effect("credit.sent", saved["id"], {"number": saved["number"]})
    box.fire(62, "credits", saved["id"])
    return saved


def mark_paid(box: Any, credit: Record, call: Call | None) -> Record:
    saved = box.save("credits", mark_sent(box, credit, None) | {"status_id": APPLIED, "balance": ZERO})
    box.effect("credit.paid", saved["id"], {"number": saved["number"]})
    return saved


def email(box: Any, credit: Record, call: Call | None) -> Record:
    """By bulk it fires no webhook, as in 5.10.17."""
    return documents.emailed(box, "credits", mark_sent(box, credit, None))


def _status(box: Any, row: Record, value: str) -> bool:
    return "all" in value.split(",") or row["status_id"] in [STATES.get(one, "") for one in value.split(",")]


CREDITS = register(
    Resource(
        "credits",
        "Credit",
        lambda box: BLANK,
        store,
        update,
        events={"archive": 35, "delete": 29, "restore": 43},
        filters={"number": same("number"), "filter": documents.found(COLUMNS), "client_status": _status},
        actions={"mark_sent": mark_sent, "mark_paid": mark_paid, "email": email, "send_email": email},
    )
)
