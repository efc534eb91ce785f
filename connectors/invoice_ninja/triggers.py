"""What people can wait for in Invoice Ninja, told from two looks at a record or, where there was no earlier look, from
its times and from the webhook that brought it."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from connectors.invoice_ninja import due
from connectors.invoice_ninja.events import KINDS, PLURALS, changed, iso, sighting, status
from connectors.invoice_ninja.service import MONEY, Record, samples
from connectors.notation import Outputs, outputs
from connectors.spec import Context, Conversation, Sighting, Trigger

Seen = Mapping[str, Any] | None
Fired = Callable[[Seen, Sighting, str, dict[str, Any]], bool]
Proof = Callable[[Sighting, str], bool]
"""(a record first seen as it is now, ISO time the watching began) to whether it came to be so since then."""

SENT, APPROVED = ("2", "3", "4"), ("3", "4")
SEEN_BY_LOOKING = "Invoice Ninja tells nobody of this: Recette looks for it every 1 to 15 minutes."


# Times


def is_new(now: Sighting, since: str) -> bool:
    return later(now.created, since)


def later(moment: str, since: str) -> bool:
    """Whether an ISO time is not before another; an unknown one is. The server tells whole seconds."""
    return bool(moment) and _time(moment) >= _time(since).replace(microsecond=0)


def _time(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def changed_since(now: Sighting, since: str) -> bool:
    return later(now.stamp, since)


def never(now: Sighting, since: str) -> bool:
    """Nothing in such a record says since when."""
    return False


# Proofs


def _sent_since(now: Sighting, since: str) -> bool:
    """E-mailing notes the day in the invoice, marking as sent only in its invitations."""
    invitations = now.data.get("invitations") or ()
    days = [now.data.get("last_sent_date"), *(i.get("sent_date") for i in invitations)]
    return changed_since(now, since) and any(str(day or "")[:10] >= since[:10] for day in days)


def _paid_since(now: Sighting, since: str) -> bool:
    payments = now.data.get("payments") or ()
    return changed_since(now, since) and any(later(iso(p.get("created_at")), since) for p in payments)


def _just_approved(now: Sighting, since: str) -> bool:
    """Nothing in a quote says when it was approved; a converted one may have been approved long ago."""
    return changed_since(now, since) and now.values["status_id"] == "3"


def _archived_since(now: Sighting, since: str) -> bool:
    return later(iso(now.data.get("archived_at")), since)


def _on_that_day(name: str) -> Proof:
    """One of the values compared is a day or a moment, of since then."""

    def proof(now: Sighting, since: str) -> bool:
        at = str(now.values.get(name) or "")
        fits = later(at, since) if len(at) > 10 else at >= since[:10]
        return fits and changed_since(now, since)

    return proof


# What happened


def _created(seen: Seen, now: Sighting, since: str, inputs: dict[str, Any]) -> bool:
    if now.gone or seen is not None:
        return False
    return _told_new(now) or is_new(now, since)


def _told_new(now: Sighting) -> bool:
    return bool(now.hint) and now.hint == KINDS[now.object].created


def _recurred(seen: Seen, now: Sighting, since: str, inputs: dict[str, Any]) -> bool:
    return bool(now.data.get("recurring_id")) and _created(seen, now, since, inputs)


def _updated(seen: Seen, now: Sighting, since: str, inputs: dict[str, Any]) -> bool:
    """A record first seen is one that changed, unless it is new: what it was before nobody noted. Of those that change
    by themselves as well, only a webhook is believed then."""
    if now.gone:
        return False
    if seen is not None:
        before, after = seen.get("edit"), now.values.get("edit")
        return bool(before and after and before != after)
    if is_new(now, since) or _told_new(now):
        return False
    by_itself = "status_id" in now.values
    told = bool(now.hint) and now.hint == KINDS[now.object].updated
    return told if by_itself else changed_since(now, since)


def reaches(name: str, wanted: tuple[str, ...], events: tuple[str, ...] = (), proof: Proof = changed_since) -> Fired:
    """Fires when a value comes to be one of these."""

    def fired(seen: Seen, now: Sighting, since: str, inputs: dict[str, Any]) -> bool:
        if now.values.get(name) not in wanted or (now.gone and name != "state"):
            return False
        if seen is not None:
            return seen[name] not in wanted if name in seen else now.hint in events
        return now.hint in events or (name != "state" and is_new(now, since)) or proof(now, since)

    return fired


def _restored(seen: Seen, now: Sighting, since: str, inputs: dict[str, Any]) -> bool:
    if now.values.get("state") != "active":
        return False
    if seen is not None and "state" in seen:
        return bool(seen["state"] != "active")
    return bool(now.hint) and now.hint == KINDS[now.object].restored


def comes(name: str, events: tuple[str, ...] = (), proof: Proof = never, again: bool = False) -> Fired:
    """Fires when a value that was empty no longer is; with `again` at every other value as well."""

    def fired(seen: Seen, now: Sighting, since: str, inputs: dict[str, Any]) -> bool:
        value = now.values.get(name)
        if not value or value == "0" or now.gone:
            return False
        if seen is not None:
            told = name in seen and seen[name] != value
            return bool(told and (again or not seen[name] or seen[name] == "0")) or (
                name not in seen and now.hint in events
            )
        return now.hint in events or proof(now, since)

    return fired


def _partly_paid(seen: Seen, now: Sighting, since: str, inputs: dict[str, Any]) -> bool:
    """Each part counts, the last one is *paid*."""
    if now.values.get("status_id") != "3" or now.gone:
        return False
    if seen is not None:
        if "paid" not in seen:
            return now.hint == "4-invoice"
        return float(now.values.get("paid") or 0) > float(seen["paid"] or 0)
    return now.hint == "4-invoice" or is_new(now, since) or _paid_since(now, since)


def _refunded(seen: Seen, now: Sighting, since: str, inputs: dict[str, Any]) -> bool:
    amount = float(now.values.get("refunded") or 0)
    if not amount or now.gone:
        return False
    return amount > float(seen.get("refunded") or 0) if seen is not None else changed_since(now, since)


def _met(seen: Seen, now: Sighting, since: str, inputs: dict[str, Any]) -> bool:
    """A client got a person more."""
    if seen is None or "contacts" not in seen or now.gone:
        return False
    return bool(set(now.values.get("contacts", ())) - set(seen["contacts"]))


def _stopped(seen: Seen, now: Sighting, since: str, inputs: dict[str, Any]) -> bool:
    return now.values.get("running") is False and seen is not None and seen.get("running") is True and not now.gone


# Trying


def _latest(object: str, **only: str) -> Callable[[dict[str, Any], Context], Conversation[list[Sighting]]]:
    """The newest ones; those that fit come first because the answer is sifted, not the question trusted."""

    asked = only if object in ("invoice", "quote") else {}  # other lists have no such filter

    def latest(inputs: dict[str, Any], context: Context) -> Conversation[list[Sighting]]:
        query = {"sort": "updated_at|desc", "per_page": 50, "status": "active,archived", **asked}
        found = yield from changed(object, **query)
        return [sighting(object, row) for row in found if _fits(row, only)][:10]

    return latest


def _fits(row: Record, only: Mapping[str, str]) -> bool:
    return "status_id" not in only or status(row) in only["status_id"].split(",")


def _samples() -> dict[str, Record]:
    """Records as a poll brings them: with their client."""
    client, found = samples("client"), {name: samples(name) for name in PLURALS}
    payment = {name: found["payment"][name] for name in found["payment"] if name != "paymentables"}
    found["invoice"] |= {"client": client, "payments": [payment]}
    for name in ("quote", "credit", "recurring_invoice"):
        found[name] |= {"client": client}
    found["purchase_order"] |= {"vendor": found["vendor"]}
    invoice = {name: value for name, value in found["invoice"].items() if name not in ("client", "payments")}
    found["payment"] |= {"client": client, "invoices": [invoice]}
    return found


SAMPLES = _samples()
OUTPUTS = {name: Outputs(partial(outputs, one, MONEY)) for name, one in SAMPLES.items()}


# Declared

WORDS = {
    "client": ("customer",),
    "invoice": ("bill",),
    "quote": ("estimate", "offer"),
    "credit": ("credit note",),
    "payment": ("money", "received"),
    "product": ("item", "article"),
    "recurring_invoice": ("subscription", "repeating"),
    "purchase_order": ("po",),
    "expense": ("cost", "receipt"),
    "vendor": ("supplier",),
    "task": ("time", "hours"),
}
ARTICLES = {"invoice": "An", "expense": "An"}


def _trigger(
    object: str,
    name: str,
    happens: str,
    fired: Fired,
    events: tuple[str, ...] = (),
    only: Mapping[str, str] | None = None,
    **more: Any,
) -> Trigger:
    """`happens` ends the sentence "When an invoice …"."""
    words = (*more.pop("words", ()), *WORDS.get(object, ()))
    return Trigger(
        key=f"invoice_ninja.{object}.{name}",
        label=f"{ARTICLES.get(object, 'A')} {object.replace('_', ' ')} {happens}",
        object=object,
        fired=fired,
        events=events,
        outputs=OUTPUTS[object],
        sample=SAMPLES[object],
        latest=_latest(object, **(only or {})),
        words=words,
        **more,
    )


UPDATED = {
    "client": "When something of the client or its contacts is changed; a new balance alone doesn't count.",
    "task": "Starting and stopping its timer counts as well.",
}
CHANGED = "When somebody changes something in it; sending, payments and reminders alone don't count."


def _everywhere(object: str) -> list[Trigger]:
    """What can happen to a record of any kind."""
    kind = KINDS[object]
    about = UPDATED.get(object) or (CHANGED if "status_id" in kind.compared else "")
    becomes = {
        "archived": (reaches("state", ("archived",), _some(kind.archived), _archived_since), kind.archived),
        "deleted": (reaches("state", ("deleted",), _some(kind.deleted)), kind.deleted),
        "restored": (_restored, kind.restored),
    }
    aside: dict[str, dict[str, Any]] = {
        "archived": {"words": ("hidden", "put away")},
        "deleted": {"words": ("removed", "trash")},
        "restored": {"words": ("undeleted", "unarchived"), "help": "Brought back after it was archived or deleted."},
    }
    return [
        _trigger(object, "created", "is created", _created, _some(kind.created), words=("new",)),
        _trigger(
            object, "updated", "is updated", _updated, _some(kind.updated), words=("changed", "edited"), help=about
        ),
        *(
            _trigger(object, name, f"is {name}", fired, _some(event), **aside[name])
            for name, (fired, event) in becomes.items()
        ),
    ]


def _some(event: str) -> tuple[str, ...]:
    return (event,) if event else ()


def _viewed(object: str) -> Trigger:
    return _trigger(
        object, "viewed", "is viewed", comes("viewed", proof=_on_that_day("viewed")), help=SEEN_BY_LOOKING,
        words=("opened", "looked at", "read"),
    )  # fmt: skip


def _sent(object: str, event: str, **more: Any) -> Trigger:
    return _trigger(
        object, "sent", "is sent", reaches("status_id", SENT, (event,), _sent_since), (event,), {"status_id": "2,3,4"},
        words=("issued", "mailed"), help="The first time, by mail or marked as sent.", **more,
    )  # fmt: skip


def _reminded(object: str, event: str) -> Trigger:
    fired = comes("reminded", (event,), _on_that_day("reminded"), again=True)
    return _trigger(object, "reminded", "is reminded of", fired, (event,), words=("dunning", "reminder sent", "nudge"))


SPECIAL = (
    _trigger("client", "contact_added", "gets a new contact", _met, ("10",), words=("person", "people")),
    _sent("invoice", "60"),
    _viewed("invoice"),
    _trigger(
        "invoice", "paid", "is paid", reaches("status_id", ("4",), ("4-invoice",), _paid_since), ("4-invoice",),
        {"status_id": "4"}, words=("settled", "bill payment"), help="In full: a part doesn't count.",
    ),
    _trigger(
        "invoice", "partly_paid", "is paid in part", _partly_paid, ("4-invoice",), {"status_id": "3"},
        words=("deposit", "partial", "instalment"), help="Each time a part comes in, but not the last one.",
    ),
    _reminded("invoice", "24"),
    _trigger(
        "invoice", "cancelled", "is cancelled", reaches("status_id", ("5",)), ("8",), {"status_id": "5"},
        words=("void",),
    ),
    _trigger(
        "invoice", "reversed", "is reversed", reaches("status_id", ("6",)), ("8",), {"status_id": "6"},
        words=("credited",),
    ),
    _trigger(
        "invoice", "recurred", "is made by a recurring one", _recurred, ("2",),
        words=("subscription", "generated", "repeating"),
    ),
    _sent("quote", "61"),
    _viewed("quote"),
    _trigger(
        "quote", "approved", "is approved", reaches("status_id", APPROVED, ("21",), _just_approved), ("21",),
        {"status_id": "3,4"}, words=("accepted",),
        help="By the client or by you; a quote made into an invoice counts as approved.",
    ),
    _trigger(
        "quote", "converted", "is made into an invoice", reaches("status_id", ("4",), (), never), ("6",),
        {"status_id": "4"}, words=("converted", "won"),
    ),
    _reminded("quote", "64"),
    _sent("credit", "62"),
    _viewed("credit"),
    _trigger(
        "payment", "completed", "is completed", reaches("status_id", ("4",), ("4",)), ("4", "31"), {"status_id": "4"},
        words=("cleared", "booked"), help="When the money is there: at once, or after the payment was pending.",
    ),
    _trigger(
        "payment", "failed", "fails", reaches("status_id", ("3",)), (), {"status_id": "3"},
        words=("declined", "bounced"), help=SEEN_BY_LOOKING,
    ),
    _trigger(
        "payment", "refunded", "is refunded", _refunded, ("31",), {"status_id": "5,6"}, words=("paid back", "returned"),
        help="In whole or in part, each time.",
    ),
    _trigger(
        "recurring_invoice", "started", "is started", reaches("status_id", ("2",), (), never), (), {"status_id": "2"},
        words=("active",), help=SEEN_BY_LOOKING,
    ),
    _trigger(
        "recurring_invoice", "paused", "is stopped", reaches("status_id", ("3",), (), never), (), {"status_id": "3"},
        words=("paused", "on hold"), help=SEEN_BY_LOOKING,
    ),
    _trigger(
        "recurring_invoice", "completed", "has run its course", reaches("status_id", ("4",), (), never), (),
        {"status_id": "4"}, words=("ended", "finished"), help=SEEN_BY_LOOKING,
    ),
    _sent("purchase_order", "63"),
    _viewed("purchase_order"),
    _trigger(
        "purchase_order", "accepted", "is accepted", reaches("status_id", ("3", "4"), ("65",)), ("65",),
        {"status_id": "3,4"}, words=("confirmed",),
    ),
    _trigger(
        "expense", "invoiced", "is put on an invoice", comes("invoiced"), ("16",), words=("billed", "passed on"),
    ),
    _trigger("task", "timer_started", "has its timer started", comes("running"), ("19",), words=("clock", "begun")),
    _trigger("task", "timer_stopped", "has its timer stopped", _stopped, ("19",), words=("clock", "ended")),
    _trigger("task", "invoiced", "is put on an invoice", comes("invoiced"), ("19",), words=("billed",)),
)  # fmt: skip

TRIGGERS = {
    trigger.key: trigger
    for trigger in (*(t for object in KINDS for t in _everywhere(object)), *SPECIAL, *due.triggers(SAMPLES, OUTPUTS))
}
