"""Which record there is which record here, as far as a recipe has found out."""

from connectors import fields as f
from connectors.notation import Outputs, outputs
from connectors.spec import Operation, Retry
from connectors.tools.text import in_the_runner

SAMPLE = {
    "found": True,
    "id": "VolejRejNm",
    "other_id": "ocQHyuzHvysMo5N5VsXc",
    "kind": "client",
    "account": "Invoice Ninja: Northlight Studio",
    "count": 1,
}
KINDS = (("client", "Invoice Ninja client and HighLevel contact"),)

FIND = Operation(
    key="tools.links.find",
    label="Find a linked record",
    kind="lookup",
    retry=Retry.READ,
    perform=in_the_runner,
    fields=(
        f.required(f.choice("kind", label="Link of", choices=KINDS, default="client")),
        f.required(f.text("id", "A HighLevel contact’s, or an Invoice Ninja client’s.", label="Known ID")),
        f.choice(
            "otherwise", "When no link is known.", label="Else", default="go_on", more=True,
            choices=(("go_on", "Go on, with “found” no"), ("stop", "Fail, so that somebody sees")),
        ),
    ),
    outputs=Outputs(lambda: outputs(SAMPLE)),
    sample=SAMPLE,
    object="record link",
    words=("link", "match", "mapping", "same record", "contact", "client", "twin", "id"),
    help="Given a contact’s ID, the client that recipes made or found for it; given a client’s, the contact. Asks no "
    "service.",
)  # fmt: skip
