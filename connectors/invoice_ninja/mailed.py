"""Whether something was mailed, looked for in its history after the answer was lost. Invoice Ninja mails in the
background: that nothing is there yet proves nothing, so it is never mailed again without a person's word."""

from datetime import UTC, datetime
from typing import Any

from connectors.errors import Forbidden, Misconfigured, Refused, Unclear
from connectors.invoice_ninja.odd import name_of, said
from connectors.invoice_ninja.service import Record, call, read
from connectors.notation import Reconcile, once
from connectors.spec import Context, Conversation

KINDS = {"invoices": "6", "quotes": "20", "purchase_orders": "135", "payments": "138"}
"""Types of activities that tell of a mail; a credit's has none (app/Models/Activity.php of v5.10.17, read 2026-11)."""
STATEMENT, FAILED = "140", "57"
REMINDERS = {"reminder1": "63", "reminder2": "64", "reminder3": "65"}
LAG = 60
"""A server without a worker of its own carries its queue out once a minute."""


def mailed(plural: str) -> Reconcile:
    """Class once, looked for first."""

    def find(inputs: Record, context: Context) -> Conversation[list[Record]]:
        record_id = inputs.get(f"{name_of(plural)}_id")
        record = yield from _mailed_since(plural, record_id, inputs.get("email_type"), context)
        return [{name_of(plural): record}]

    return once(by=find, lag=LAG)


def _find_by_template(inputs: Record, context: Context) -> Conversation[list[Record]]:
    """Of whichever kind the document is."""
    template = str(inputs.get("template")).removeprefix("email_template_")
    record = yield from _mailed_since(f"{inputs['entity']}s", inputs["entity_id"], template, context)
    return [{"document": record}]


MAILED_BY_TEMPLATE = once(by=_find_by_template, lag=LAG)


def _mailed_since(plural: str, record_id: Any, email_type: Any, context: Context) -> Conversation[Record]:
    """The record. Raises Unclear where nothing shows that it was mailed since the step began."""
    what = "receipt of the payment" if plural == "payments" else said(plural)
    look = f"look whether the {what} was e-mailed"
    record = yield from read(plural, record_id, look)
    kinds = {KINDS.get(plural), REMINDERS.get(str(email_type))}
    seen = yield from _kinds_since(name_of(plural), record["id"], look, context)
    if FAILED in seen:
        raise Unclear(_tried(said(plural)))
    if not kinds & seen and not any(_sent(one, context) for one in record.get("invitations") or ()):
        raise Unclear(_not_there(what, said(plural)))
    return record


def _find_statement(inputs: Record, context: Context) -> Conversation[list[Record]]:
    seen = yield from _kinds_since("client", inputs["client_id"], "look whether the statement was e-mailed", context)
    if STATEMENT not in seen:
        raise Unclear(_not_there("statement", "client"))
    return [{"message": "Invoice Ninja notes that a statement was e-mailed."}]


STATEMENT_MAILED = once(by=_find_statement, lag=LAG)


def _kinds_since(entity: str, record_id: Any, what: str, context: Context) -> Conversation[set[str]]:
    """Types of what its history tells since the step began, in whole seconds; none where nobody may read it."""
    sent = {"entity": entity, "entity_id": str(record_id)}
    try:
        found = yield from call("POST", "/activities/entity", what, sent, reads=True)
    except (Forbidden, Misconfigured, Refused):
        return set()
    rows = [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []
    return {str(row.get("activity_type_id")) for row in rows if _number(row, "created_at") >= int(context.since)}


def _sent(invitation: Record, context: Context) -> bool:
    """Whether it went out since the step began. Its time names no zone, so what touched it last has to agree."""
    try:
        at = datetime.fromisoformat(str(invitation.get("sent_date"))).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return False
    young = min(at, _number(invitation, "updated_at")) >= int(context.since)
    return young and bool(invitation.get("message_id"))


def _number(row: Record, name: str) -> float:
    """0 when nobody can read it."""
    try:
        return float(row.get(name) or 0)
    except (TypeError, ValueError):
        return 0.0


def _not_there(what: str, where: str) -> str:
    return (
        f"Invoice Ninja shows no e-mail of the {what} since then, but it mails in the background and one may still be "
        f"on its way: look at the {where}'s history there, then tell Recette."
    )


def _tried(what: str) -> str:
    return (
        f"Invoice Ninja notes that an e-mail of the {what} failed: look at the {what}'s history there, mend the "
        "address, then tell Recette."
    )
