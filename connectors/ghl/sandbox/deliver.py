"""Webhooks out: signed, repeated with growing pauses until a 2xx, each attempt written down."""

import asyncio
import random
import uuid
from typing import Any

from connectors.sandbox_kit.http import dumps

Record = dict[str, Any]
SCOPES = {
    **dict.fromkeys(("Contact", "Note", "Task"), "contacts.readonly"),
    "Appointment": "calendars/events.readonly",
    "Invoice": "invoices.readonly",
    "Order": "payments/orders.readonly",
    "Product": "products.readonly",
    "Price": "products/prices.readonly",
    **dict.fromkeys(("Inbound", "Outbound"), "conversations/message.readonly"),
}
LOGGED = 1000


def start(box: Any, event: str, body: Record) -> None:
    """Sends the event if the app is installed and has ticked it, and a scope covers it."""
    app = box.store.get("app", "app")
    if not app["webhook_url"] or not app["installed"] or not _wanted(app, event):
        return
    webhook_id = str(uuid.uuid4())
    place = {"locationId": body["locationId"]} if "locationId" in body else {}
    outer = {**place, "versionId": app["version_id"], "appId": app["client_id"].split("-")[0]}
    whole = {"type": event, **outer, **body, "timestamp": box.now(), "webhookId": webhook_id}
    line = {
        "id": webhook_id,
        "at": box.clock(),
        "event": event,
        "record_id": _record_id(body),
        "url": app["webhook_url"],
    }
    box.store.put("deliveries", {**line, "body": dumps(whole).decode(), "state": "pending", "attempts": []})
    _trim(box)
    box.sender.later(_carried(box, webhook_id))


def _record_id(body: Record) -> str:
    return str(
        body.get("id") or body.get("_id") or body.get("messageId") or body.get("appointment", {}).get("id") or ""
    )


def resume(box: Any) -> None:
    """Takes up what a restart broke off."""
    for line in box.store.rows("deliveries"):
        if line["state"] == "pending":
            box.sender.later(_carried(box, line["id"]))


def again(box: Any, webhook_id: str) -> None:
    """Sends a delivery once more, as the log's Resend does: same body, same id."""
    line = box.store.get("deliveries", webhook_id)
    if line is None:
        raise ValueError(f"There is no delivery {webhook_id}.")
    box.store.put("deliveries", line | {"state": "pending"})
    box.sender.later(_carried(box, webhook_id))


def _wanted(app: Record, event: str) -> bool:
    if app["events"] is not None and event not in app["events"]:
        return False
    if event == "UNINSTALL":  # it goes to every app's default address
        return True
    family = next((scope for name, scope in SCOPES.items() if event.startswith(name)), "opportunities.readonly")
    return family in app["scopes"].split()


async def _carried(box: Any, webhook_id: str) -> None:
    attempt = 0
    while line := box.store.get("deliveries", webhook_id):
        attempt += 1
        outcome = await _attempt(box, line)
        good = outcome.status is not None and 200 <= outcome.status < 300
        state = "delivered" if good else "failed" if attempt >= box.settings["retry_max"] else "pending"
        tried = {"at": box.clock(), "status": outcome.status, "detail": outcome.detail}
        if box.store.get("deliveries", webhook_id) is None:
            return
        box.store.put("deliveries", line | {"state": state, "attempts": [*line["attempts"], tried]})
        if state != "pending":
            return
        await asyncio.sleep(_pause(box, attempt))


async def _attempt(box: Any, line: Record) -> Any:
    raw = line["body"].encode()
    headers = {"Content-Type": "application/json", "X-GHL-Signature": box.keys.sign(raw)}
    if box.settings["old_signature"]:
        headers["x-wh-signature"] = box.keys.old_sign(raw)
    return await box.sender.send("POST", line["url"], raw, headers, follow=False)


def _pause(box: Any, attempt: int) -> float:
    pause = min(box.settings["retry_base"] * 2 ** (attempt - 1), box.settings["retry_longest"])
    return pause * random.uniform(1, 1.25)


def _trim(box: Any) -> None:
    table = box.store.tables["deliveries"]
    if len(table) > LOGGED:
        oldest = next((key for key, line in table.items() if line["state"] != "pending"), None)
        if oldest:
            box.store.drop("deliveries", oldest)
