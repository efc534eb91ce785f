"""Tasks of contacts: told by webhooks when they are made, done or deleted, and compared in the list of all of them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from connectors import fields as f
from connectors.ghl import comparing, odd, records
from connectors.ghl.answers import explain
from connectors.ghl.base import CONTACT_OWN, declared
from connectors.ghl.events import payload
from connectors.ghl.sightings import person_of
from connectors.notation import fill
from connectors.pages import ask, lapping
from connectors.spec import Context, Conversation, Request, Sighting, Trigger, Watched

Record = dict[str, Any]
Seen = Mapping[str, Any] | None
EVENTS = ("TaskCreate", "TaskComplete", "TaskDelete")
PAGE, PAGES = 100, 50


def shape(record: Mapping[str, Any], contact: Mapping[str, Any] | None = None) -> Record:
    return {
        "id": str(record.get("id") or record.get("_id") or ""),
        "title": str(record.get("title") or ""),
        "description": str(record.get("body") or ""),
        "done": bool(record.get("completed")),
        "due_at": records.moment(record.get("dueDate")),
        "assigned_to": str(record.get("assignedTo") or ""),
        "contact": records.person(contact or {"id": record.get("contactId")}),
    }


def place(record: Mapping[str, Any]) -> str:
    """A task can be read only below its contact, so both ids name it."""
    task = str(record.get("id") or record.get("_id") or "")
    return f"{record['contactId']}/{task}" if record.get("contactId") else task


def sighting(record: Mapping[str, Any], **more: Any) -> Sighting:
    told = shape(record)
    values = {"done": told["done"], "due": told["due_at"], "user": told["assigned_to"], "title": told["title"]}
    return Sighting(
        "task", place(record), values, told, created=records.created(record), complete=not record.get("contactId"),
        owner=str(record.get("locationId") or ""), **more,
    )  # fmt: skip


def read(body: Mapping[str, Any], event: str) -> Sighting | None:
    """One without its contact, as it sometimes comes, is left to the list: it would be another record there."""
    record = payload(body)
    if event not in EVENTS or not record.get("id") or not record.get("contactId"):
        return None
    if event == "TaskDelete":
        owner = str(record.get("locationId") or "")
        return comparing.gone("task", place(record), shape(record), hint=event, owner=owner)
    if event == "TaskComplete":
        return sighting({**record, "completed": True}, hint=event)
    seen = sighting(record, hint=event)  # it may come late: whether the task is done it doesn't tell
    return replace(seen, values={name: value for name, value in seen.values.items() if name != "done"})


def reread(record_id: str, context: Context) -> Conversation[Sighting]:
    contact, _, task = record_id.partition("/")
    path = fill("/contacts/{contact}/tasks/{task}", {"contact": contact, "task": task})
    record = {**(yield from odd.read(path, "task", context)), "id": task, "contactId": contact}
    person = yield from person_of(record, context)
    return replace(sighting(record), data=shape(record, person), complete=True)


def look(context: Context) -> Conversation[comparing.Look]:
    path = fill("/locations/{location}/tasks/search", {"location": odd.location(context)})

    def page(at: int) -> Conversation[tuple[list[Record], bool]]:
        request = Request("POST", path, json={"limit": PAGE, "skip": at}, headers=odd.VERSION, reads=True)
        response = yield from ask(request, explain, "watch the tasks")
        rows = [row for row in (response.json or {}).get("tasks") or [] if row.get("id") or row.get("_id")]
        return rows, len(rows) >= PAGE

    rows, more = yield from lapping(page, place, PAGES)
    return comparing.Look([sighting(row) for row in rows], cut=more)


def told(inputs: Mapping[str, Any], output: Mapping[str, Any]) -> tuple[str, Record] | None:
    record = output.get("task")
    if not isinstance(record, Mapping) or not record.get("id"):
        return None
    record = {"contactId": inputs.get("contactId"), **record}
    return place(record), dict(sighting(record).values)


WATCHED = Watched(
    "task",
    "Tasks",
    EVENTS,
    read,
    reread,
    comparing.poll("task", look, reread),
    "contacts.readonly locations/tasks.readonly",
    told,
)


# Triggers


def created(before: Seen, now: Sighting, since: str, inputs: Record) -> bool:
    """The list tells no time: what was not there when the watching began is new."""
    return before is None and not now.gone and now.hint in ("", "TaskCreate")


def completed(before: Seen, now: Sighting, since: str, inputs: Record) -> bool:
    if now.gone or not now.values.get("done"):
        return False
    return not before["done"] if before is not None and "done" in before else True


def changed(before: Seen, now: Sighting, since: str, inputs: Record) -> bool:
    if now.gone or before is None:
        return False
    return any(before.get(name) != now.values.get(name) for name in ("due", "user", "title") if name in before)


def deleted(before: Seen, now: Sighting, since: str, inputs: Record) -> bool:
    return now.gone and not (before or {}).get("gone")


def others(inputs: Record, now: Sighting) -> str:
    wanted, user = str(inputs.get("user") or ""), str(now.data.get("assigned_to") or "")
    return f"It is assigned to {user or 'nobody'}, this recipe takes only {wanted}." if wanted not in ("", user) else ""


def latest(inputs: Record, context: Context) -> Conversation[list[Sighting]]:
    """Those that are due last."""
    seen = yield from look(context)
    fit = [one for one in seen.found if not others(inputs, one)]
    return sorted(fit, key=lambda one: str(one.values["due"]), reverse=True)[:10]


USER = f.choice("user", "Only those assigned to this user; empty: to anybody.", source="users")
SAMPLE = {
    "id": "lJpzYrWdpkC2hX6t2yue",
    "title": "Send the quote",
    "description": "Three rooms, oak floor.",
    "done": False,
    "due_at": "2026-11-27T09:00:00.000Z",
    "assigned_to": "0IHuJvc2ofPAAA8GzTRi",
}


def triggers(person: Record) -> tuple[Trigger, ...]:
    """`person`: a contact as triggers give it."""
    sample = {**SAMPLE, "contact": person}
    shown = declared(sample, CONTACT_OWN)

    def made(name: str, label: str, fired: Any, **more: Any) -> Trigger:
        return Trigger(
            f"ghl.task.{name}", label, "task", fired, others, fields=(USER,), outputs=shown, own=CONTACT_OWN,
            sample=sample, latest=latest, **more,
        )  # fmt: skip

    return (
        made("created", "A task is created", created, words=("new", "to do")),
        made("completed", "A task is completed", completed, words=("done", "finished", "to do")),
        made("changed", "A task is changed", changed, words=("updated", "due date", "reassigned", "to do")),
        made("deleted", "A task is deleted", deleted, words=("removed", "to do")),
    )
