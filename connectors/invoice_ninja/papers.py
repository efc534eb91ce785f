"""What credits, purchase orders and recurring invoices have in common with each other: to be read, found, put away."""

from typing import Any

from connectors import fields as f
from connectors.fields import Field
from connectors.invoice_ninja.documents import FILTERS, alive, changer, deleter, searcher
from connectors.invoice_ninja.odd import is_active, is_archived, name_of, said
from connectors.notation import Draft, delete, get, put


def common(
    plural: str, model: str, which: Field, sample: Any, states: tuple[tuple[str, str], ...], client: bool = True
) -> tuple[Draft, ...]:
    """`model` as the document's operation ids spell it; `states`: empty where a list can't be asked for one; `client`:
    it has one to be searched by."""
    name, one, path = name_of(plural), said(plural), f"/{{{which.name}}}"
    *sought, size = (field for field in FILTERS if client or field.name != "client_id")
    return (
        get("get", path, f"Get a {one}", which, returns=name, source=f"show{model}"),
        get(
            "search", "", f"Search {plural.replace('_', ' ')}", *sought,
            *((f.choice("client_status", choices=states, label="Status"),) if states else ()), size,
            perform=searcher(plural, *(("client_status",) if states else ())),
            sample={plural: [sample], name: sample, "total": 1},
            source=f"get{model}s", help="The newest first; the first one is also given by itself.",
            words=("list", "find"),
        ),
        put(
            "archive", path, f"Archive a {one}", which,
            perform=changer(plural, "archive", f"archive the {one}", is_archived, alive),
            returns=name, source=f"bulk{model}s", help="Takes it off the lists; nothing is lost.", words=("hide",),
        ),
        put(
            "restore", path, f"Restore a {one}", which,
            perform=changer(plural, "restore", f"restore the {one}", is_active),
            returns=name, source=f"bulk{model}s", help="Brings an archived or deleted one back.",
            words=("unarchive", "undelete"),
        ),
        delete(
            "delete", path, f"Delete a {one}", which,
            perform=deleter(plural), returns=name, source=f"delete{model}",
            sample={name: sample | {"is_deleted": True}}, help="It can be restored.", words=("remove",),
        ),
    )  # fmt: skip
