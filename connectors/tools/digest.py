"""Entries that gather under a name until they are wanted as one list: a daily summary, a batch of ten."""

from collections.abc import Mapping
from typing import Any

from connectors import fields as f
from connectors.errors import Refused
from connectors.notation import Outputs, outputs
from connectors.spec import Operation, Retry
from connectors.tools.text import in_the_runner

NAME = f.required(f.text("name", "The digest's name, the same wherever it is used, such as New leads.", label="Digest"))
PAIR = (f.required(f.text("name", example="Deal")), f.text("value"))
ENTRIES = [{"Deal": "Website", "Value": "1200.00"}, {"Deal": "Logo", "Value": "450.00"}]
ADDED = {"count": 2, "released": False, "entries": [], "left": 0}
RELEASED = {
    "count": 2, "entries": ENTRIES, "left": 0,
    "first_at": "2026-11-23T08:12:00+00:00", "last_at": "2026-11-23T16:40:00+00:00",
}  # fmt: skip


def entry_of(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept: the record, with the named values over it."""
    record = inputs.get("record")
    found = dict(record) if isinstance(record, Mapping) else {} if record in (None, "") else {"record": record}
    rows = inputs.get("values") or ()
    return {**found, **{str(row["name"]): row.get("value") for row in rows if row.get("name")}}


def name_of(inputs: Mapping[str, Any]) -> str:
    """Capitals and spaces around it make no other digest. Raises Refused."""
    name = " ".join(str(inputs.get("name") or "").split()).casefold()
    if not name or len(name) > 80:
        raise Refused("A digest's name has 1 to 80 characters.", field="name")
    return name


ADD = Operation(
    key="tools.digest.add",
    label="Add to a digest",
    kind="action",
    retry=Retry.KEYED,
    perform=in_the_runner,
    fields=(
        NAME,
        f.lines("values", "What is kept, under names of your own.", label="Entry", fields=PAIR),
        f.json("record", "A pill with a whole record, kept along with the values above.", more=True),
        f.text(
            "once", "Of entries with the same, only the newest counts. Mostly an id.", label="Only once for", more=True
        ),
        f.integer("at", "As soon as so many are there, this step gives them all and empties the digest.",
                  label="Release at", more=True),
    ),
    outputs=Outputs(lambda: outputs(ADDED)),
    sample=ADDED,
    object="digest",
    words=("collect", "batch", "summary", "gather", "queue", "later", "bundle"),
    one_of=("values", "record"),
    help="Keeps the entry until the digest is released: by a recipe on a schedule, or by this step once enough are "
    "there.",
)  # fmt: skip
RELEASE = Operation(
    key="tools.digest.release",
    label="Release a digest",
    kind="action",
    retry=Retry.KEYED,
    perform=in_the_runner,
    fields=(
        NAME,
        f.integer("least", "With fewer, nothing is released and they go on gathering.", label="Only from", more=True),
    ),
    outputs=Outputs(lambda: outputs(RELEASED)),
    sample=RELEASED,
    object="digest",
    words=("collect", "batch", "summary", "daily", "weekly", "list", "bundle"),
    help="Gives all that has gathered as one list, the oldest first, and empties the digest. At most 1,000 at once; "
    "the rest is released next time.",
)
