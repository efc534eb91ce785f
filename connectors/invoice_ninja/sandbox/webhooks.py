"""Webhook subscriptions: one event each, doubles allowed, archived when their target answers 404, 405 or 410."""

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from connectors.invoice_ninja.sandbox import deliver, refusals
from connectors.invoice_ninja.sandbox.ids import encode
from connectors.invoice_ninja.sandbox.paging import holds
from connectors.invoice_ninja.sandbox.resource import Resource, body, register
from connectors.invoice_ninja.sandbox.routes import ROUTES
from connectors.sandbox_kit.http import Answer, Call
from connectors.sandbox_kit.words import words

Record = dict[str, Any]
EVENTS = {str(n) for n in range(1, 66)}
BLANK: Record = {
    "company_id": encode(1),
    "user_id": encode(1),
    "target_url": "",
    "event_id": "",
    "format": "JSON",
    "rest_method": "post",
    "headers": {},
}


def _checked(box: Any, data: Record, old: Record) -> Record:
    url, event = str(data.get("target_url") or ""), str(data.get("event_id") or "")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise refusals.invalid(
            target_url="The target url field is required." if not url else "The target url must be a valid URL."
        )
    if box.settings["refuse_private_targets"] and _private(parts.hostname):
        raise refusals.invalid(target_url="The target url must be a publicly accessible URL.")
    if not event:
        raise refusals.invalid(event_id="The event id field is required.")
    if event not in EVENTS:
        raise refusals.Refusal(400, "Invalid event")
    method = str(data.get("rest_method") or "post")
    if method not in ("post", "put"):
        raise refusals.invalid(rest_method="The selected rest method is invalid.")
    headers = data.get("headers", old["headers"])
    return {
        "target_url": url,
        "event_id": event,
        "rest_method": method,
        "format": str(data.get("format") or "JSON"),
        "headers": headers if isinstance(headers, dict) else {},
    }


def _private(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host == "localhost" or "." not in host


def store(box: Any, data: Record, call: Call | None = None) -> Record:
    made = box.save("webhooks", box.make("webhooks", BLANK) | _checked(box, data, BLANK))
    box.effect("webhook.created", made["id"], data)
    return made


def update(box: Any, hook: Record, data: Record, call: Call | None = None) -> Record:
    saved = box.save("webhooks", hook | _checked(box, data, hook))
    box.effect("webhook.updated", saved["id"], data)
    return saved


WEBHOOKS = register(
    Resource(
        "webhooks", "Webhook", lambda box: BLANK, store, update, filters={"filter": holds("target_url")}, admin=True
    )
)
TABLES = {
    one: one + "s"
    for one in words("client invoice product payment quote credit expense task project vendor purchase_order")
}


@ROUTES.on("POST", "/api/v1/webhooks/{id}/retry", admin=True)
async def retry(box: Any, call: Call) -> Answer:
    """Sends the record as it is now, once more."""
    hook, data = box.find("webhooks", "Webhook", call.args["id"]), body(call)
    table = TABLES.get(str(data.get("entity", "")))
    if not table or not box.store.get(table, str(data.get("entity_id", ""))):
        raise refusals.invalid(entity_id="The selected entity id is invalid.")
    await deliver.one(box, hook, int(hook["event_id"]), table, data["entity_id"])
    return Answer(200, {"message": "Webhook sent"})
