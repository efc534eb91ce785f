"""What is made in the background and fetched later by a reference."""

from typing import Any

from connectors.invoice_ninja.sandbox import refusals

Record = dict[str, Any]


def kept(box: Any, name: str) -> str:
    """The reference under which it can be fetched."""
    row = box.make("errands", {"name": name})
    box.store.put("errands", row)
    return str(row["id"])


def fetched(box: Any, reference: str) -> Record:
    """What was kept; it is gone then. Raises 409 for what isn't ready, or never was."""
    row = box.store.get("errands", reference)
    if row is None:
        raise refusals.Refusal(409, {"message": "Still working....."})
    box.store.drop("errands", reference)
    return dict(row)
