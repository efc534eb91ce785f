"""Webhooks out: at most once, no signature, no name of the event, the record as it is at the time of delivery."""

from typing import Any

from connectors.invoice_ninja.sandbox import render
from connectors.sandbox_kit.http import dumps

Record = dict[str, Any]
FATAL = (404, 405, 410)
BESIDE = {"invoices": "client", "quotes": "client", "payments": "invoices,client", "purchase_orders": "vendor"}
APPROVED, NEW_CLIENT = 21, 1
LOGGED = 500


async def all_of(box: Any, events: list[tuple[int, str, str]]) -> None:
    """One after the other, each subscription of each event."""
    for event, table, record_id in events:
        hooks = [h for h in box.store.rows("webhooks") if h["event_id"] == str(event) and not h["archived_at"]]
        for hook in hooks:
            await one(box, hook, event, table, record_id)


async def one(box: Any, hook: Record, event: int, table: str, record_id: str) -> None:
    record = box.store.get(table, record_id)
    if record is None:
        return
    content = dumps(payload(box, event, table, record))
    own = {str(k): str(v) for k, v in hook["headers"].items()}
    agent = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "GuzzleHttp/7"}
    outcome = await box.sender.send(hook["rest_method"].upper(), hook["target_url"], content, agent | own, follow=True)
    if outcome.status in FATAL:
        box.save("webhooks", box.store.get("webhooks", hook["id"]) | {"archived_at": int(box.clock())})
    _log(box, hook, event, record_id, outcome)


def payload(box: Any, event: int, table: str, record: Record) -> Record:
    """The bare record; a new client goes out before its contacts and number are there when no queue delays it."""
    include = "" if event == APPROVED else BESIDE.get(table, "")
    body = render.whole(box, table, record, include)
    if event == NEW_CLIENT and box.settings["queue"] == "sync":
        body |= {"contacts": [], "number": ""}
    return body


def _log(box: Any, hook: Record, event: int, record_id: str, outcome: Any) -> None:
    line = {
        "id": str(box.store.next("deliveries")),
        "at": box.clock(),
        "event": str(event),
        "record_id": record_id,
        "url": hook["target_url"],
        "status": outcome.status,
        "detail": outcome.detail,
    }
    box.store.put("deliveries", line)
    if len(box.store.tables["deliveries"]) > LOGGED:
        box.store.drop("deliveries", next(iter(box.store.tables["deliveries"])))
