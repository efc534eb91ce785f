"""What HighLevel tells by webhook and no list shows again: what the delivery says is all there is.

Every delivery counts once, by its own id; one that is lost stays lost, so a connection that nobody calls us over can't
be used. The bodies are as the documents of the events have them (read 2026-11-22).
"""

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from connectors import fields as f
from connectors.frozen import Frozen
from connectors.ghl import records
from connectors.notation import Outputs, outputs
from connectors.spec import ANY, Context, Conversation, Page, Sighting, Trigger, Watched

Record = dict[str, Any]
Seen = Mapping[str, Any] | None
SAMPLES: dict[str, Record] = json.loads((Path(__file__).parent / "samples" / "heard.json").read_text("utf-8"))
ENVELOPE = frozenset(("type", "webhookId", "appId", "versionId", "timestamp", "locationId", "altType"))
MONEY = frozenset(("amount", "total", "amountPaid", "amountDue", "subTotal", "discount", "compareAtPrice", "tax"))
IDS = ("id", "_id", "messageId")
OWNERS = ("locationId", "altId")
NEEDS = (
    "It takes an account connected by the HighLevel app, since HighLevel tells of this by webhook alone. Over a token, "
    "let a HighLevel workflow call the trigger “A webhook comes in”, whose page says how."
)


def record_of(body: Mapping[str, Any]) -> Record:
    """What a delivery tells of, with its envelope; the record may lie below `data`."""
    inner = body.get("data")
    return {**body, **inner} if isinstance(inner, Mapping) else dict(body)


class Event(Frozen, eq=False):
    """Something that deliveries tell of an object."""

    name: str
    """Last part of the trigger's key."""
    label: str
    types: tuple[str, ...]
    """What deliveries call it."""
    words: tuple[str, ...] = ()
    help: str = ""
    fields: tuple[f.Field, ...] = ()
    why_not: Callable[[Record, Sighting], str] = lambda inputs, now: ""


class Heard(Frozen, eq=False):
    """An object of which deliveries alone tell."""

    object: str
    label: str
    events: tuple[Event, ...]
    permission: str = ""
    of_location: bool = True
    """The delivery names the location it is about, which is ours or not."""
    keep: frozenset[str] = frozenset()
    """Parts of the envelope that are the record's own here."""
    id: Callable[[Mapping[str, Any]], Any] = lambda body: next((body[name] for name in IDS if body.get(name)), "")

    @property
    def types(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one for event in self.events for one in event.types))

    def read(self, body: Mapping[str, Any], event: str) -> Sighting | None:
        record = record_of(body)
        if event not in self.types:
            return None
        owner = next((str(record[name]) for name in OWNERS if record.get(name)), "") if self.of_location else ""
        data = {name: value for name, value in record.items() if name not in ENVELOPE - self.keep}
        created = records.moment(record.get("createdAt") or record.get("dateAdded"))
        values = {"event": event, "told_at": f"{record.get('timestamp', '')} {record.get('webhookId', '')}"}
        return Sighting(self.object, str(self.id(record) or ""), values, data, created=created, hint=event, owner=owner)

    def told(self, inputs: Mapping[str, Any], output: Mapping[str, Any]) -> tuple[str, Record] | None:
        """Whatever our own write of a new record brings about is an echo of it."""
        inner = output.get(self.object)
        record = inner if isinstance(inner, Mapping) else output
        found = self.id(record)
        return (str(found), {"event": ANY}) if found else None


def _never(record_id: str, context: Context) -> Conversation[Sighting]:
    raise AssertionError("what a webhook tells alone is never read again")


def _nothing(cursor: Record, context: Context) -> Conversation[Page]:
    """There is no list to look at."""
    yield from ()
    return Page([], {"told": "by webhook alone"})


def _three(what: str, created: str, updated: str, deleted: str, *words: str) -> tuple[Event, ...]:
    """`what` with its article."""
    return (
        Event("created", f"{what} is created", (created,), ("new", *words)),
        Event("updated", f"{what} is updated", (updated,), ("changed", *words)),
        Event("deleted", f"{what} is deleted", (deleted,), ("removed", *words)),
    )


MAIL = f.choice(
    "event",
    "Only this; empty: all of them.",
    choices=(
        ("accepted", "Taken for sending"), ("delivered", "Delivered"), ("opened", "Opened"), ("clicked", "Clicked"),
        ("failed", "Failed"), ("complained", "Marked as spam"), ("unsubscribed", "Unsubscribed"),
    ),
    label="What happened",
)  # fmt: skip


def _other_mail(inputs: Record, now: Sighting) -> str:
    wanted, came = str(inputs.get("event") or ""), str((now.data.get("webhookPayload") or {}).get("event") or "")
    return f"The e-mail was {came or '?'}, this recipe takes only {wanted}." if wanted not in ("", came) else ""


ALL = (
    Heard("note", "Notes", (
        Event("created", "A note is added to a contact", ("NoteCreate",), ("new", "comment")),
        Event("updated", "A contact's note is changed", ("NoteUpdate",), ("edited", "comment")),
        Event("deleted", "A contact's note is deleted", ("NoteDelete",), ("removed", "comment")),
    ), "contacts.readonly"),
    Heard("record", "Records of custom objects",
          _three("A record of a custom object", "RecordCreate", "RecordUpdate", "RecordDelete", "custom object"),
          "objects/record.readonly"),
    Heard("custom_object", "Custom objects", (
        Event("created", "A custom object is set up", ("ObjectSchemaCreate",), ("new", "schema")),
        Event("updated", "A custom object's set-up is changed", ("ObjectSchemaUpdate",), ("schema",)),
    ), "objects/schema.readonly"),
    Heard("association", "Associations",
          _three("An association", "AssociationCreate", "AssociationUpdate", "AssociationDelete", "link", "relation"),
          "associations.readonly"),
    Heard("relation", "Relations", (
        Event("created", "Two records are linked", ("RelationCreate",), ("relation", "association")),
        Event("deleted", "The link of two records is removed", ("RelationDelete",), ("relation", "association")),
    ), "associations/relation.readonly"),
    Heard("user", "Users", (
        Event("created", "A user is added", ("UserCreate",), ("new", "staff", "team member")),
        Event("updated", "A user is changed", ("UserUpdate",), ("staff", "team member")),
        Event("deleted", "A user is removed", ("UserDelete",), ("staff", "team member", "deleted")),
    ), "users.readonly"),
    Heard("location", "Locations", (
        Event("created", "A location is created", ("LocationCreate",), ("new", "sub-account", "agency")),
        Event("updated", "A location is updated", ("LocationUpdate",), ("changed", "sub-account", "agency")),
    ), "locations.readonly"),
    Heard("conversation", "Conversations", (
        Event("unread_changed", "A conversation gets unread messages, or is read", ("ConversationUnreadUpdate",),
              ("inbox", "unread")),
    ), "conversations.readonly"),
    Heard("campaign", "Campaigns", (
        Event("status_changed", "A contact's campaign changes its status", ("CampaignStatusUpdate",), ("replied",)),
    ), "campaigns.readonly"),
    Heard("email_event", "What becomes of e-mails", (
        Event("happened", "An e-mail is delivered, opened, clicked or fails", ("LCEmailStats",),
              ("bounce", "spam", "statistics"), fields=(MAIL,), why_not=_other_mail),
    ), id=lambda body: (body.get("webhookPayload") or {}).get("id")),
    Heard("provider_message", "Messages of one's own provider", (
        Event("sent", "A message is to go out by one's own provider", ("Email", "SMS"),
              ("conversation provider", "sms", "e-mail")),
    ), "conversations/message.write", keep=frozenset(("type",))),
    Heard("app", "The app itself", (
        Event("installed", "The app is installed", ("INSTALL",), ("marketplace",)),
        Event("uninstalled", "The app is uninstalled", ("UNINSTALL",), ("marketplace", "removed")),
        Event("plan_changed", "The app's plan is changed", ("PLAN_CHANGE",), ("marketplace", "subscription")),
    ), id=lambda body: body.get("locationId") or body.get("companyId"), keep=frozenset(("appId", "locationId")),
          of_location=False),
)  # fmt: skip

WATCHED = {
    one.object: Watched(one.object, one.label, one.types, one.read, _never, _nothing, one.permission, one.told)
    for one in ALL
}


def _fired(types: tuple[str, ...]) -> Callable[[Seen, Sighting, str, Record], bool]:
    return lambda before, now, since, inputs: now.hint in types


def _triggers(heard: Heard) -> Iterable[Trigger]:
    sample = SAMPLES[heard.object]
    shown = Outputs(lambda: outputs(sample, MONEY))
    for event in heard.events:
        yield Trigger(
            f"ghl.{heard.object}.{event.name}", event.label, heard.object, _fired(event.types), event.why_not,
            fields=event.fields, outputs=shown, sample=sample, words=event.words, events=event.types,
            help=f"{event.help} {NEEDS}".strip(), needs_webhook=True,
        )  # fmt: skip


TRIGGERS = tuple(trigger for heard in ALL for trigger in _triggers(heard))
