"""What becomes of a client as a whole: put away, brought back, grouped, merged, erased."""

from collections.abc import Callable
from typing import Any

from connectors import fields as f
from connectors.errors import NotFound, Refused
from connectors.invoice_ninja.clients import CLIENT, SAMPLE
from connectors.invoice_ninja.odd import delete, is_active, is_archived, state_change
from connectors.invoice_ninja.service import Record, call, read, resource, write
from connectors.notation import fill, post, put, reconcile
from connectors.spec import Context, Conversation


def _state(action: str, what: str, reached: Callable[[Record], bool]) -> Any:
    def perform(inputs: Record, context: Context) -> Conversation[Record]:
        client = yield from state_change("clients", inputs.get("client_id"), action, what, reached)
        return {"client": client}

    return perform


def _delete(inputs: Record, context: Context) -> Conversation[Record]:
    client = yield from delete("clients", inputs.get("client_id"), "delete the client")
    return {"client": client}


def _assign_group(inputs: Record, context: Context) -> Conversation[Record]:
    wanted = str(inputs.get("group_settings_id") or "")

    def reached(client: Record) -> bool:
        return str(client.get("group_settings_id") or "") == wanted

    found, more = inputs.get("client_id"), {"group_settings_id": wanted}
    what = "put the client into the group"
    client = yield from state_change("clients", found, "assign_group", what, reached, more=more)
    return {"client": client}


def _tax(inputs: Record, context: Context) -> Conversation[Record]:
    path = fill("/clients/{client_id}/updateTaxData", inputs)
    client = yield from write("POST", path, "work out the client's tax data", None)
    return {"client": client}


def _reactivate(inputs: Record, context: Context) -> Conversation[Record]:
    path = fill("/reactivate_email/{bounce_id}", inputs)
    yield from call("POST", path, "let the address have mail again")
    return {"done": True}


# For good: Invoice Ninja asks for a password

ASKS = "The connection needs the password of the token's user for it."
OTHER = f.choice("other_id", "Whose records go over to the client above; it is gone then.", source="clients")


def _merge(inputs: Record, context: Context) -> Conversation[Record]:
    what = "merge the clients"
    client, other = str(inputs.get("client_id") or ""), str(inputs.get("other_id") or "")
    if not other or client == other:
        raise Refused(f"Couldn't {what}: choose two.", field="other_id")
    path = fill("/clients/{client}/{other}/merge", {"client": client, "other": other})
    yield from call("POST", path, what, proof=True)
    record = yield from read("clients", client, what)
    return {"client": record}


def _find_merged(inputs: Record, context: Context) -> Conversation[list[Record]]:
    if not (yield from _gone(inputs.get("other_id"))):
        return []
    record = yield from read("clients", inputs.get("client_id"), "look at the client")
    return [{"client": record}]


def _purge(inputs: Record, context: Context) -> Conversation[Record]:
    path = fill("/clients/{client_id}/purge", inputs)
    try:
        yield from call("POST", path, "erase the client", proof=True)
    except NotFound:
        return {"deleted": True, "found": False}
    return {"deleted": True, "found": True}


def _find_purged(inputs: Record, context: Context) -> Conversation[list[Record]]:
    gone = yield from _gone(inputs.get("client_id"))
    return [{"deleted": True, "found": True}] if gone else []


def _gone(client_id: Any) -> Conversation[bool]:
    try:
        yield from read("clients", client_id, "look at the client")
    except NotFound:
        return True
    return False


OPERATIONS = resource(
    "clients",
    "/api/v1/clients",
    put(
        "archive", "/{client_id}", "Archive a client", CLIENT,
        perform=_state("archive", "archive the client", is_archived), returns="client", source="bulkClients",
        help="Takes the client off the lists; nothing is lost.", words=("hide",),
    ),
    put(
        "restore", "/{client_id}", "Restore a client", CLIENT,
        perform=_state("restore", "restore the client", is_active), returns="client", source="bulkClients",
        help="Brings an archived or deleted client back.", words=("unarchive", "undelete"),
    ),
    put(
        "delete", "/{client_id}", "Delete a client", CLIENT,
        perform=_delete, returns="client", source="deleteClient", words=("remove",),
        help="It can be restored. Its invoices stay, but off the lists.",
    ),
    put(
        "assign_group", "/{client_id}", "Put a client into a group", CLIENT,
        f.choice("group_settings_id", "Which one.", label="Group", source="group_settings", required=True),
        perform=_assign_group, returns="client", source="bulkClients", words=("segment", "tier"),
        help="The group's settings hold for it from then on: currency, terms, designs.",
    ),
    put(
        "update_tax_data", "/{client_id}", "Work out a client's tax data again", CLIENT, perform=_tax, returns="client",
        source="updateClientTaxData", words=("vat", "sales tax"),
        help="From its address, for taxes by place; three times a minute at most.",
    ),
    put(
        "reactivate_email", "", "Let an address have mail again",
        f.text("bounce_id", "ID of the bounce, or of the document's invitation.", label="Bounce", required=True),
        perform=_reactivate, sample={"done": True}, source="reactivateEmail", words=("bounce", "blocked"),
        help="After a mail came back and the mail service blocked the address.",
    ),
    post(
        "merge", "/{client_id}", "Merge two clients", CLIENT, f.required(OTHER, label="The other client"),
        perform=_merge, retry=reconcile(by=_find_merged), returns="client", source="mergeClient",
        help=f"Invoices, payments and all else of the other one become this one's. {ASKS}", words=("duplicate", "join"),
    ),
    post(
        "purge", "/{client_id}", "Erase a client for good", CLIENT, perform=_purge,
        retry=reconcile(by=_find_purged), sample={"deleted": True, "found": True}, source="purgeClient",
        help=f"With all its invoices, payments and files: nobody can bring them back. {ASKS}", words=("gdpr", "delete"),
    ),
    object="client",
    sample=SAMPLE,
    words=("customer", "company", "buyer"),
)  # fmt: skip
