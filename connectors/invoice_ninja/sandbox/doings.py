"""What a person can make happen in Invoice Ninja by hand."""

from collections.abc import Callable
from typing import Any

from connectors.invoice_ninja.sandbox import clients, invoices, quotes
from connectors.invoice_ninja.sandbox.refusals import Refusal
from connectors.sandbox_kit.doings import Doing, Input, Unfit, choice

Record = dict[str, Any]


def _alive(record: Record) -> bool:
    return not record["is_deleted"] and not record["archived_at"]


def _labelled(box: Any, table: str, states: str) -> list[dict[str, str]]:
    rows = [row for row in box.store.rows(table) if _alive(row) and row["status_id"] in states]
    names = {row["id"]: row["display_name"] for row in box.store.rows("clients")}
    return [
        choice(r["id"], f"{r['number'] or 'Draft'} · {names.get(r['client_id'], '')} · {r['amount']}") for r in rows
    ]


def _clients(box: Any) -> list[dict[str, str]]:
    return [choice(row["id"], row["display_name"]) for row in box.store.rows("clients") if _alive(row)]


def _pick(box: Any, table: str, record_id: str) -> Record:
    record = box.store.get(table, record_id)
    if record is None:
        raise Unfit({"id": "Choose one of the list; this one is gone."})
    return record


def _act(table: str, work: Callable[..., Record], sentence: str) -> Callable[[Any, dict[str, str]], Record]:
    def act(box: Any, values: dict[str, str]) -> Record:
        try:
            record = work(box, _pick(box, table, values["id"]), None)
        except Refusal as refusal:
            raise Unfit({"id": refusal.body["message"]}) from None
        return {"done": sentence.format(**record), "record": {"id": record["id"]}}

    return act


def _new_client(box: Any, values: dict[str, str]) -> Record:
    first, _, last = values.get("person", "").partition(" ")
    contact = {"first_name": first, "last_name": last, "email": values["email"]}
    try:
        made = clients.store(box, {"name": values["name"], "contacts": [contact]})
    except Refusal as refusal:
        raise Unfit({"email": next(iter(refusal.body["errors"].values()))[0]}) from None
    return {"done": f"{made['display_name']} is a new client.", "record": {"id": made["id"]}}


def _change_email(box: Any, values: dict[str, str]) -> Record:
    client = _pick(box, "clients", values["id"])
    people = [dict(contact) for contact in client["contacts"]]
    people[0]["email"] = values["email"]
    saved = clients.update(box, client, {"contacts": people, "settings": client["settings"]})
    box.fire(10, "clients", saved["id"])
    return {"done": f"{saved['display_name']} has the address {values['email']} now.", "record": {"id": saved["id"]}}


def _which(label: str, table: str, states: str) -> tuple[Input, ...]:
    return (Input("id", label, "choice", lambda box: _labelled(box, table, states)),)


_EMAIL = Input("email", "E-mail", "email")
DOINGS = {
    one.do: one
    for one in (
        Doing(
            "pay_invoice",
            "Pay an invoice",
            "invoices",
            _which("Invoice", "invoices", "123"),
            _act("invoices", invoices.mark_paid, "Invoice {number} is paid."),
        ),
        Doing(
            "mark_sent",
            "Mark an invoice as sent",
            "invoices",
            _which("Invoice", "invoices", "1"),
            _act("invoices", invoices.mark_sent, "Invoice {number} is sent."),
        ),
        Doing(
            "view_invoice",
            "Look at an invoice as its client",
            "invoices",
            _which("Invoice", "invoices", "234"),
            _act("invoices", invoices.view, "Its client has looked at invoice {number}."),
        ),
        Doing(
            "approve_quote",
            "Approve a quote",
            "quotes",
            _which("Quote", "quotes", "12"),
            _act("quotes", quotes.approve, "Quote {number} is approved."),
        ),
        Doing(
            "new_client",
            "Add a client",
            "clients",
            (Input("name", "Company"), Input("person", "Contact person", required=False), _EMAIL),
            _new_client,
        ),
        Doing(
            "change_email",
            "Change a client's e-mail",
            "clients",
            (Input("id", "Client", "choice", _clients), _EMAIL),
            _change_email,
        ),
    )
}
