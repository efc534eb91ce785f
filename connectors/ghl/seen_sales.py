"""Orders, payments and subscriptions. Of orders webhooks tell, too; of the others nothing does."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from connectors import fields as f
from connectors.auth import sent_at
from connectors.frozen import Frozen
from connectors.ghl import comparing, looking, records
from connectors.ghl.base import samples
from connectors.ghl.looking import Record, amount, owner, shown, text, trigger
from connectors.ghl.paper_lists import one, place
from connectors.ghl.payments import SOURCES
from connectors.notation import fill
from connectors.spec import ANY, Context, Conversation, Sighting, Watched

S = samples("seen_money")
DAY = timedelta(days=1)
WEEK = timedelta(days=7)


# Orders

ORDER_EVENTS = ("OrderCreate", "OrderStatusUpdate")
ORDERS = "/payments/orders"
UNPAID = ("unpaid", "partially_paid")


def order(record: Mapping[str, Any], **more: Any) -> Sighting:
    values = {"status": text(record.get("status")), "fulfilment": text(record.get("fulfillmentStatus"))}
    return Sighting(
        "order", str(record["_id"]), {name: value for name, value in values.items() if value}, shown(record),
        stamp=records.moment(record.get("updatedAt")), created=records.moment(record.get("createdAt")),
        owner=owner(record), **more,
    )  # fmt: skip


def read_order(body: Mapping[str, Any], event: str) -> Sighting | None:
    return order(body, hint=event) if event in ORDER_EVENTS and body.get("_id") else None


def reread_order(record_id: str, context: Context) -> Conversation[Sighting]:
    path = fill(f"{ORDERS}/{{id}}", {"id": record_id})
    query = {"altId": place(context)["altId"]}
    return order({**(yield from one(path, "", "look at the order", query)), "_id": record_id})


def look_at_orders(context: Context) -> Conversation[comparing.Look]:
    """Those not paid yet, and all that came since yesterday. The list has no items: they are read when one is used."""
    found: dict[str, Sighting] = {}
    cut = False
    for status in UNPAID:
        rows, response, more = yield from looking.part(ORDERS, "data", context, altType=None, paymentStatus=status)
        found |= {row["_id"]: order(row, complete=False) for row in rows}
        cut = cut or more
    since = (sent_at(response) - DAY).date().isoformat()
    rows, _, more = yield from looking.part(ORDERS, "data", context, altType=None, startAt=since)
    found |= {row["_id"]: order(row, complete=False) for row in rows}
    return comparing.Look(list(found.values()), cut=cut or more)


def told_order(inputs: Mapping[str, Any], output: Mapping[str, Any]) -> tuple[str, Record] | None:
    found = str(inputs.get("orderId") or "")
    return (found, {"status": ANY, "fulfilment": ANY}) if found else None


# Payments

PAYMENTS = "/payments/transactions"


def payment(record: Mapping[str, Any], **more: Any) -> Sighting:
    values = {"status": text(record.get("status")), "refunded": amount(record.get("amountRefunded"))}
    return Sighting(
        "transaction", str(record["_id"]), values, shown(record), stamp=records.moment(record.get("updatedAt")),
        created=records.moment(record.get("createdAt")), owner=owner(record), **more,
    )  # fmt: skip


def reread_payment(record_id: str, context: Context) -> Conversation[Sighting]:
    path = fill(f"{PAYMENTS}/{{id}}", {"id": record_id})
    record = yield from one(path, "", "look at the payment", place(context))
    return payment({**flat(record), "_id": record_id})


def flat(record: Record) -> Record:
    """One that was read by itself, as the list has it."""
    source, who = record.pop("entitySource", None) or {}, record.get("contactSnapshot") or {}
    ways = {"entitySourceType": "type", "entitySourceName": "name", "entitySourceId": "id"}
    told = {theirs: source[ours] for theirs, ours in ways.items() if source.get(ours)}
    people = {f"contact{name.title()}": who[name] for name in ("name", "email") if who.get(name)}
    return {**record, **told, **people}


def look_at_payments(context: Context) -> Conversation[comparing.Look]:
    """Those of the last week: a failed one may still succeed, a paid one be refunded."""
    rows, response, cut = yield from looking.part(PAYMENTS, "data", context, pages=1)
    since = (sent_at(response) - WEEK).date().isoformat()
    if cut:
        rows, _, cut = yield from looking.part(PAYMENTS, "data", context, startAt=since)
    found = [payment(row) for row in rows if records.moment(row.get("createdAt")) >= since]
    return comparing.Look(found, since, cut)


# Subscriptions

SUBSCRIPTIONS = "/payments/subscriptions"


def subscription(record: Mapping[str, Any], **more: Any) -> Sighting:
    values = {"status": text(record.get("status")), "amount": amount(record.get("amount"))}
    return Sighting(
        "subscription", str(record["_id"]), values, shown(record), stamp=records.moment(record.get("updatedAt")),
        created=records.moment(record.get("createdAt")), owner=owner(record), **more,
    )  # fmt: skip


def reread_subscription(record_id: str, context: Context) -> Conversation[Sighting]:
    path = fill(f"{SUBSCRIPTIONS}/{{id}}", {"id": record_id})
    record = yield from one(path, "", "look at the subscription", place(context))
    return subscription({**flat(record), "_id": record_id})


def look_at_subscriptions(context: Context) -> Conversation[comparing.Look]:
    rows, _, cut = yield from looking.part(SUBSCRIPTIONS, "data", context)
    return comparing.Look([subscription(row) for row in rows], cut=cut)


def _nothing(body: Mapping[str, Any], event: str) -> Sighting | None:
    return None


def _seen_until(seen: Sighting) -> str:
    """What was made before the window begins has left the list, and is not gone."""
    return seen.created or comparing.ALWAYS


WATCHED = (
    Watched(
        "order", "Orders", ORDER_EVENTS, read_order, reread_order,
        comparing.poll("order", look_at_orders, reread_order), "payments/orders.readonly", told_order,
    ),
    Watched(
        "transaction", "Payments", (), _nothing, reread_payment,
        comparing.poll("transaction", look_at_payments, reread_payment, _seen_until), "payments/transactions.readonly",
    ),
    Watched(
        "subscription", "Subscriptions", (), _nothing, reread_subscription,
        comparing.poll("subscription", look_at_subscriptions, reread_subscription), "payments/subscriptions.readonly",
    ),
)  # fmt: skip


# Triggers

STATUS = f.text("status", "Only when it becomes this, as HighLevel spells it, such as completed; empty: any.")
SOURCE = f.choice("source", "Only what was paid for this; empty: anything.", choices=SOURCES, label="From")
CANCELLED = ("canceled", "cancelled")
LOOKED_FOR = "No webhook tells of it: Recette looks every 1 to 15 minutes."


def elsewhere(inputs: Record, now: Sighting) -> str:
    wanted, got = str(inputs.get("status") or "").lower(), str(now.values.get("status") or "")
    if wanted and wanted != got:
        return f"Its status is {got or 'not known'}, this recipe takes only {wanted}."
    source, came = str(inputs.get("source") or ""), str(now.data.get("entitySourceType") or "")
    if source and source != came:
        return f"It was paid for {came or 'something unknown'}, this recipe takes only {source}."
    return ""


def _latest(look: Callable[[Context], Conversation[comparing.Look]], reread: Any = None) -> Any:
    def load(inputs: Record, context: Context) -> Conversation[list[Sighting]]:
        seen = yield from look(context)
        fit = sorted((now for now in seen.found if not elsewhere(inputs, now)), key=lambda now: now.created)[-5:]
        if reread is None:
            return fit[::-1]
        whole = []
        for now in fit[::-1]:
            whole.append((yield from reread(now.record_id, context)))
        return whole

    return load


class Kind(Frozen, eq=False):
    object: str
    latest: Any
    help: str


ORDER = Kind(
    "order",
    _latest(look_at_orders, reread_order),
    "Where no webhook tells of it, Recette looks every 1 to 15 minutes, at what isn't paid yet and at the last day.",
)
PAYMENT = Kind("transaction", _latest(look_at_payments), f"{LOOKED_FOR} It sees what is at most a week old.")
SUBSCRIPTION = Kind("subscription", _latest(look_at_subscriptions), LOOKED_FOR)


def _made(
    kind: Kind, name: str, label: str, fired: looking.Fired, *words: str, fields: tuple[f.Field, ...] = ()
) -> Any:
    return trigger(
        kind.object, name, label, fired, S[kind.object], latest=kind.latest, why_not=elsewhere, fields=fields,
        words=words, help=kind.help,
    )  # fmt: skip


TRIGGERS = (
    _made(ORDER, "created", "An order is placed", looking.created("OrderCreate"), "new", "shop", "sale", "purchase"),
    _made(
        ORDER, "status_changed", "An order changes its status", looking.turned("status", None, "OrderStatusUpdate"),
        "shop", "paid", "completed", fields=(STATUS,),
    ),
    _made(
        ORDER, "fulfilled", "An order is fulfilled", looking.turned("fulfilment", ("fulfilled",)), "shop", "shipped",
    ),
    _made(
        PAYMENT, "received", "A payment comes in", looking.turned("status", ("succeeded", "paid")), "paid", "money",
        "charge", fields=(SOURCE,),
    ),
    _made(PAYMENT, "failed", "A payment fails", looking.turned("status", ("failed",)), "declined", fields=(SOURCE,)),
    _made(PAYMENT, "refunded", "A payment is refunded", looking.grew("refunded"), "money back", fields=(SOURCE,)),
    _made(SUBSCRIPTION, "created", "A subscription begins", looking.created(), "new", "recurring", "plan"),
    _made(
        SUBSCRIPTION, "status_changed", "A subscription changes its status", looking.turned("status", None),
        "recurring", "plan", "past due", fields=(replace(STATUS, help=STATUS.help.replace("completed", "past_due")),),
    ),
    _made(
        SUBSCRIPTION, "cancelled", "A subscription is cancelled", looking.turned("status", CANCELLED), "ended", "churn",
        "plan",
    ),
)  # fmt: skip
