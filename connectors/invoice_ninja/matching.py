"""Which client is meant: by the link that Recette remembers, by ID number, by e-mail address."""

from connectors.errors import Duplicate, NotFound
from connectors.invoice_ninja.service import Record, given, read, rows, yes
from connectors.spec import Context, Conversation


def look(inputs: Record, context: Context, what: str) -> Conversation[tuple[list[Record], str]]:
    """(the clients that fit, the best first; what they were found by)."""
    if context.linked:
        client = yield from _linked(context.linked, what)
        if client:
            return [client], "link"
    for name, looked in (("id_number", True), ("email", yes(inputs.get("match_email", True)))):
        if looked and given(inputs, name):
            clients = yield from clients_by(name, str(inputs[name]).strip(), what)
            if clients:
                return clients, name
    return [], ""


def _linked(client_id: str, what: str) -> Conversation[Record | None]:
    """A client that was purged or deleted since is looked for again by its other traits."""
    try:
        client = yield from read("clients", client_id, what)
    except NotFound:
        return None
    return None if client.get("is_deleted") else client


def clients_by(name: str, value: str, what: str, status: str = "active,archived") -> Conversation[list[Record]]:
    found = yield from rows("clients", what, **{name: value, "sort": "created_at|asc", "status": status})
    fits = has_email if name == "email" else _has_number
    return sorted((c for c in found if fits(c, value)), key=lambda c: bool(c.get("archived_at")))


def has_email(client: Record, email: str) -> bool:
    return any(str(c.get("email") or "").casefold() == email.casefold() for c in client.get("contacts") or ())


def _has_number(client: Record, number: str) -> bool:
    return str(client.get("id_number") or "") == number


def taken_by(inputs: Record, taken: Duplicate, what: str) -> Conversation[list[Record]]:
    """Who got there first. Raises what was raised when it is nobody we can see."""
    number = str(inputs.get("id_number") or "").strip()
    if taken.field != "id_number" or not number:
        raise taken
    everybody = yield from clients_by("id_number", number, what, "active,archived,deleted")
    alive = [client for client in everybody if not client.get("is_deleted")]
    if everybody and not alive:
        message = f"The ID number {number} belongs to a deleted client: restore that client, or use another number."
        raise Duplicate(message, field="id_number", record_id=everybody[0]["id"])
    if not alive:
        raise taken
    return alive
