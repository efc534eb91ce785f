"""What becomes of a client as a whole: put away, brought back, grouped, merged, erased."""

from collections.abc import Callable
from typing import Any

from connectors import fields as f
from connectors.invoice_ninja.clients import CLIENT, SAMPLE
from connectors.invoice_ninja.odd import delete, is_active, is_archived, state_change
from connectors.invoice_ninja.service import Record, call, resource, write
from connectors.notation import fill, put
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
    object="client",
    sample=SAMPLE,
    words=("customer", "company", "buyer"),
)  # fmt: skip
