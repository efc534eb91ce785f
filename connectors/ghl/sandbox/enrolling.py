"""Putting a contact into a workflow or a campaign; nothing can be read back, only the effect log knows."""

from typing import Any

from connectors.ghl.sandbox.routes import ROUTES
from connectors.ghl.sandbox.shapes import checked
from connectors.sandbox_kit.http import Answer, Call

WORKFLOW, CAMPAIGN = "/contacts/{contactId}/workflow/{workflowId}", "/contacts/{contactId}/campaigns/{campaignId}"
WRITE = "contacts.write"
START = {"eventStartTime": "text"}


def _done(box: Any, call: Call, kind: str, payload: dict[str, Any]) -> dict[str, Any]:
    contact = box.find("contacts", "Contact", call.args["contactId"])
    box.effect(kind, contact["id"], {**call.args, **payload})
    return {"succeded": True}


@ROUTES.on("POST", WORKFLOW, scope=WRITE)
def add_to_workflow(box: Any, call: Call) -> Any:
    return _done(box, call, "contact.workflow_added", checked(call.fields(), START))


@ROUTES.on("DELETE", WORKFLOW, scope=WRITE)
def remove_from_workflow(box: Any, call: Call) -> Any:
    return _done(box, call, "contact.workflow_removed", checked(call.fields(), START))


@ROUTES.on("POST", CAMPAIGN, scope=WRITE)
def add_to_campaign(box: Any, call: Call) -> Answer:
    return Answer(201, _done(box, call, "contact.campaign_added", checked(call.fields(), {})))


@ROUTES.on("DELETE", CAMPAIGN, scope=WRITE)
def remove_from_campaign(box: Any, call: Call) -> Any:
    return _done(box, call, "contact.campaign_removed", {})


@ROUTES.on("DELETE", "/contacts/{contactId}/campaigns/removeAll", scope=WRITE)
def remove_from_campaigns(box: Any, call: Call) -> Any:
    return _done(box, call, "contact.campaigns_removed", {})
