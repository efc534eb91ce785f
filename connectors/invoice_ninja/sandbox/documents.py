"""What invoices and quotes share: their fields, their invitations, how they are sent."""

from collections.abc import Iterable, Mapping
from typing import Any

from connectors.invoice_ninja.sandbox import clients
from connectors.invoice_ninja.sandbox.casting import ZERO, cast, day, filled
from connectors.invoice_ninja.sandbox.ids import encode
from connectors.invoice_ninja.sandbox.paging import like
from connectors.invoice_ninja.sandbox.refusals import invalid
from connectors.invoice_ninja.sandbox.resource import unique
from connectors.invoice_ninja.sandbox.times import moment_of
from connectors.invoice_ninja.sandbox.totals import computed
from connectors.sandbox_kit.words import words

Record = dict[str, Any]
TEXTS = words("""number po_number terms public_notes private_notes footer tax_name1 tax_name2 tax_name3 custom_value1
    custom_value2 custom_value3 custom_value4 assigned_user_id design_id project_id vendor_id subscription_id""")
AMOUNTS = words("""discount partial tax_rate1 tax_rate2 tax_rate3 custom_surcharge1 custom_surcharge2 custom_surcharge3
    custom_surcharge4 exchange_rate""")
FLAGS = words("""is_amount_discount uses_inclusive_taxes custom_surcharge_tax1 custom_surcharge_tax2
    custom_surcharge_tax3 custom_surcharge_tax4""")
DAYS = ("date", "due_date", "partial_due_date")
BLANK: Record = {
    **dict.fromkeys(TEXTS, ""),
    **dict.fromkeys(AMOUNTS, ZERO),
    **dict.fromkeys(FLAGS, False),
    **dict.fromkeys(DAYS, ""),
    "user_id": encode(1),
    "client_id": "",
    "status_id": "1",
    "amount": ZERO,
    "balance": ZERO,
    "paid_to_date": ZERO,
    "total_taxes": ZERO,
    "last_sent_date": "",
    "next_send_date": "",
    "reminder1_sent": "",
    "reminder2_sent": "",
    "reminder3_sent": "",
    "reminder_last_sent": "",
    "has_tasks": False,
    "has_expenses": False,
    "line_items": [],
    "invitations": [],
    "tax_info": {},
    "e_invoice": {},
}
WRITABLE = (*TEXTS, *AMOUNTS, *FLAGS)


def filled_in(data: Mapping[str, Any]) -> Record:
    """The writable fields of the input. Raises a 422 for a wrong date or number."""
    done = filled(BLANK, data, WRITABLE) | {name: day(data[name], name) for name in DAYS if name in data}
    if isinstance(data.get("line_items"), list):
        done["line_items"] = [line for line in data["line_items"] if isinstance(line, dict)]
    return done


def fresh(box: Any, table: str, blank: Record, data: Record) -> Record:
    """A new draft with number and totals; not yet saved. Raises a 422."""
    client = customer(box, data)
    unique(box, table, "number", str(data.get("number") or ""))
    made = box.make(table, blank) | {"date": box.today()} | filled_in(data) | {"client_id": client["id"]}
    made["date"] = made["date"] or box.today()
    _in_order(made)
    if not made["number"] and box.settings["counter_number_applied"] == "when_saved":
        made["number"] = box.number(table)
    made["invitations"] = invited(box, made, data.get("invitations"), client)
    return computed(made, clients.currency(box, client)["precision"])


def customer(box: Any, data: Mapping[str, Any]) -> Record:
    if not data.get("client_id"):
        raise invalid(client_id="The client id field is required.")
    client = box.store.get("clients", str(data["client_id"]))
    if client is None or client["is_deleted"]:
        raise invalid(client_id="The selected client id is invalid.")
    return client


def changed(box: Any, table: str, record: Record, data: Record) -> Record:
    """The record after an update; not yet saved. Raises a 422."""
    if data.get("client_id", record["client_id"]) != record["client_id"]:
        raise invalid(client_id="Client cannot be changed")
    unique(box, table, "number", str(data.get("number") or ""), record["id"])
    done = record | filled_in(data)
    _in_order(done)
    client = box.store.get("clients", record["client_id"])
    if isinstance(data.get("invitations"), list):
        done["invitations"] = invited(box, done, data["invitations"], client)
    return computed(done, clients.currency(box, client)["precision"])


def summed(box: Any, record: Record) -> Record:
    """With the totals of its lines as they are now."""
    return computed(record, clients.currency(box, box.store.get("clients", record["client_id"]))["precision"])


def _in_order(record: Record) -> None:
    if record["due_date"] and record["due_date"] < record["date"]:
        raise invalid(due_date="The due date must be a date after or equal to date.")


def invited(box: Any, record: Record, given: Any, client: Record) -> list[Record]:
    """One invitation for each contact named, or for those that get mail when none is named."""
    if isinstance(given, list):
        keys = {one.get("key") for one in given if one.get("key")}
        stay = [one for one in record["invitations"] if one["key"] in keys]
        held = {one["client_contact_id"] for one in stay}
        wanted = [str(one.get("client_contact_id") or "") for one in given]
        return stay + [invitation(box, one) for one in wanted if one and one not in held]
    return [invitation(box, contact["id"]) for contact in client["contacts"] if contact["send_email"]]


def invitation(box: Any, contact_id: str) -> Record:
    now, row = int(box.clock()), encode(box.store.next("invitations"))
    empty = dict.fromkeys(words("sent_date viewed_date opened_date email_status email_error message_id"), "")
    key = f"{row}{encode(box.store.next('keys'))}"
    stamps = {"created_at": now, "updated_at": now, "archived_at": 0}
    return {**empty, **stamps, "id": row, "client_contact_id": contact_id, "key": key, "link": f"/client/invoice/{key}"}


def emailed(box: Any, table: str, record: Record) -> Record:
    """The record with every invitation marked as sent; the effect log has the mail. Each call sends again."""
    now = box.clock()
    sent = {
        "sent_date": moment_of(now),
        "email_status": "delivered",
        "message_id": f"msg-{encode(box.store.next('mails'))}",
        "updated_at": int(now),
    }
    saved = box.save(
        table,
        record | {"last_sent_date": box.today(), "invitations": [one | sent for one in record["invitations"]]},
    )
    box.effect(f"{table[:-1]}.emailed", record["id"], {"number": record["number"]})
    return saved


def viewed(box: Any, table: str, record: Record) -> Record:
    """Everybody who was invited has looked at it: noted in the invitations, and no webhook tells of it."""
    seen = {"viewed_date": moment_of(box.clock())}
    return box.save(table, record | {"invitations": [one | seen for one in record["invitations"]]})


def numbered(box: Any, table: str, record: Record) -> Record:
    return record if record["number"] else record | {"number": box.number(table)}


def flagged(data: Mapping[str, Any], names: Iterable[str]) -> list[str]:
    """Which of the trigger parameters are set."""
    return [name for name in names if cast(data.get(name, ""), False, name)]


def found(columns: Iterable[str]) -> Any:
    """The `filter` parameter: the document's own columns, and its client's name and contacts."""

    def keep(box: Any, row: Record, value: str) -> bool:
        client = box.store.get("clients", row["client_id"]) or {"name": "", "contacts": []}
        people = [c[k] for c in client["contacts"] for k in ("first_name", "last_name", "email")]
        lines = [line["notes"] for line in row.get("line_items", ())]
        return any(map(like(value), [row[c] for c in columns] + [client["name"], *people, *lines]))

    return keep
