"""What becomes of a client as a whole: put away, brought back, grouped, merged, erased."""

from collections.abc import Callable
from typing import Any

from connectors import fields as f
from connectors.invoice_ninja.clients import CLIENT, SAMPLE
from connectors.invoice_ninja.odd import delete, is_active, is_archived, state_change
from connectors.invoice_ninja.service import Record, resource
from connectors.notation import put
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
    object="client",
    sample=SAMPLE,
    words=("customer", "company", "buyer"),
)  # fmt: skip
