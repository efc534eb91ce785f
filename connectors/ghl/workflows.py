"""Lists of what people made in HighLevel's automation; contacts.py puts contacts into them."""

from connectors import fields as f
from connectors.ghl.base import DATED, LOCATION_QUERY, resource, sample
from connectors.notation import get

WORKFLOWS = resource(
    "workflows",
    "/workflows",
    get("list", "/", "List workflows", LOCATION_QUERY, returns="workflows", cache=60),
    version=DATED,
    scopes="workflows.readonly",
    source="workflows.json",
    object="workflow",
    sample=[sample("workflow")],
    words=("automation",),
)

CAMPAIGNS = resource(
    "campaigns",
    "/campaigns",
    get(
        "list",
        "/",
        "List campaigns",
        LOCATION_QUERY,
        f.text("status", "Only those that stand so, such as published or draft.", more=True),
        returns="campaigns",
        cache=60,
    ),
    version=DATED,
    scopes="campaigns.readonly",
    source="campaigns.json",
    object="campaign",
    sample=[sample("campaign")],
)

OPERATIONS = {**WORKFLOWS, **CAMPAIGNS}
