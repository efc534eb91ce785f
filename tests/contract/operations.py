"""Every request that our connectors build: operations, look-ups, live lists, polls, subscriptions, connection tests."""

import string
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

from builder.recipe import values
from connectors import catalogue
from connectors.client import build
from connectors.errors import ConnectorError, Refused, Unclear
from connectors.invoice_ninja import attachments
from connectors.invoice_ninja.odd import name_of
from connectors.invoice_ninja.sandbox import errands
from connectors.outgoing import converse
from connectors.sandbox_kit.words import words
from connectors.spec import Connector, Context, Conversation, Operation, Request, Response
from connectors.wire import decode
from tests.contract import inputs, tour_calendars, tour_ghl, tour_invoice_ninja
from tests.contract.check import Finding
from tests.contract.documents import Service
from tests.contract.wire import BASE, Wire

TOURS: dict[str, ModuleType] = {"ghl": tour_ghl, "invoice_ninja": tour_invoice_ninja}
MARKER = "wf-" + string.ascii_uppercase[:20]
COSTS = words(
    """expenses vendors projects tasks credits purchase_orders recurring_invoices expense_categories task_statuses
    payment_terms tax_rates bank_transactions recurring_expenses subscriptions group_settings designs recurring_quotes
    company_gateways client_gateway_tokens bank_integrations bank_transaction_rules task_schedulers"""
)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SIGNED_IN = {"user_password": "not a real one"}
"""For the calls that Invoice Ninja wants it with."""
HOOK = "https://recette.example/hooks/abc"
ROOMS = "/calendars/resources/rooms"
NOTE_OF = "noteId of an appointment"
OF_MATCHED = [f"invoice_ninja.bank_transactions.{name}" for name in ("convert_matched", "unlink")]
UPLOADS = words(
    """medias.upload_media_content forms.upload_to_custom_fields locations.upload_file_custom_fields
    conversations.upload_file_attachments social_posts.upload_csv"""
)
ALONE = dict.fromkeys(("ghl.blocked_slots.create", "ghl.blocked_slots.update"), ("calendarId",))
ALONE |= {"ghl.invoices.textpay_invoice": ("id",)}
OTHERWISE = ("file_text", "file_content")
ALONE |= {f"ghl.{name}": OTHERWISE for name in UPLOADS}
ALONE |= {f"invoice_ninja.{table}.upload": OTHERWISE for table in (*attachments.OBJECTS, "companies")}
ALONE |= {"invoice_ninja.imports.prepare": OTHERWISE}
"""Inputs that exclude another one; they stay empty where that is filled."""
BLIND = ("ghl.associations.relate",)
"""Looks that the document's answer leaves in the dark: it shows another record than the service gives."""


@dataclass
class Driven:
    findings: list[Finding] = field(default_factory=list)
    operations: int = 0
    requests: int = 0
    made_up: int = 0
    """Answers that came from the document, since the sandbox hasn't the call."""
    broken: list[str] = field(default_factory=list)
    """What raised, a line each."""
    used: dict[str, list[str]] = field(default_factory=dict)
    """Name of the document's operation to the keys of those of ours that call it."""


async def drive(key: str, service: Service) -> Driven:
    done = Driven()
    connector, planted = catalogue.CONNECTORS[key], TOURS[key].wire(service)
    known = await _known(key, planted)
    done.findings += planted.findings
    for operation in connector.operations.values():
        done.operations += 1
        for every in (False, True):
            bench = _bench(connector, planted, known)
            await _run(done, bench, operation.key, _performing(connector, operation, every))
    for name, talk in _beside(connector):
        await _run(done, _bench(connector, planted, known), f"{key} {name}", talk)
    return done


@dataclass
class Bench:
    """One fresh sandbox and the connection to it."""

    wire: Wire
    context: Context
    known: dict[str, str]

    async def say(self, conversation: Conversation[Any]) -> Any:
        return await converse(conversation, self._send)

    async def _send(self, request: Request) -> Response:
        if request.many:  # sent instead of it when others wait for the same
            await self._send(request.many)
        if request.url:  # a file from elsewhere
            return Response(200, {"content-type": "application/pdf"}, b"%PDF-1.7 a file")
        answer = await self.wire.send(build(self.context.account, request), outgoing=True)
        headers = {name.lower(): value for name, value in answer.headers.items()}
        body = decode(answer.content) if "json" in headers.get("content-type", "") and answer.content else None
        return Response(answer.status_code, headers, answer.content, body)


Talk = Callable[[Bench], Any]


def _bench(connector: Connector, planted: Wire, known: dict[str, str]) -> Bench:
    wire = planted.again()
    return Bench(wire, _context(connector, wire), known)


async def _run(done: Driven, bench: Bench, name: str, talk: Talk) -> None:
    wire = bench.wire
    try:
        await talk(bench)
    except ConnectorError as problem:
        done.broken.append(f"{name}: {type(problem).__name__}: {problem}")
    done.findings += wire.findings
    done.requests += wire.count
    done.made_up += wire.made_up
    for asked in wire.asked:
        done.used.setdefault(asked, []).append(name)


def _context(connector: Connector, wire: Wire) -> Context:
    opening = wire.app.connect() | {"base_url": BASE, "company_id": "5DP4iH6HLkQsiKESj6rh"}
    return Context(connector.account("token", opening | SIGNED_IN), marker=MARKER, currency="USD")


async def _known(key: str, wire: Wire) -> dict[str, str]:
    """Ids of records that are there, by the names that fields have for them."""
    rows = wire.app.store.rows
    if key == "invoice_ninja":
        bill = next(row for row in rows("invoices") if row["status_id"] == "2")
        quote, payment = rows("quotes")[0], rows("payments")[0]
        own = {"client_id": bill["client_id"], "invoice_id": bill["id"], "quote_id": quote["id"]}
        costs = {f"{name_of(table)}_id": rows(table)[0]["id"] for table in COSTS}
        costs["entity_id"] = bill["id"]
        hook = await wire.go(
            "POST", "/api/v1/webhooks", 200, {"target_url": HOOK, "event_id": "2", "rest_method": "post"}
        )
        own |= {
            "user_id": rows("users")[1]["id"],
            "other_id": next(c["id"] for c in rows("clients") if c["id"] != bill["client_id"]),
        }
        own |= {"document_id": rows("documents")[0]["id"], "activity_id": rows("activities")[0]["id"]}
        own |= {"company_id": rows("companies")[0]["id"], "hash": errands.kept(wire.app, "clients")}
        own |= {"token_id": rows("api_tokens")[0]["id"], "webhook_id": hook["data"]["id"]}
        return {**own, **costs, "payment_id": payment["id"], "product_id": rows("products")[0]["id"]}
    contact = rows("contacts")[20]["id"]
    note = await wire.go("POST", f"/contacts/{contact}/notes", 201, {"body": "x"})
    todo = {"title": "x", "dueDate": "2026-12-01T09:00:00Z", "completed": False}
    task = await wire.go("POST", f"/contacts/{contact}/tasks", 201, todo)
    own = {"contactId": contact, "noteId": note["note"]["id"], "taskId": task["task"]["id"], "workflowId": "w1"}
    rest = {"tagId": rows("tags")[0]["id"], "valueId": rows("values")[0]["id"], "fieldId": rows("fields")[0]["id"]}
    booked = await _booked(wire)
    booked |= _billed(rows)
    more = {"workflowId": "w1", "campaignId": "c1", "userId": rows("users")[0]["id"], "contacts": contact}
    return {**own, **rest, **booked, **_talked(rows), **more, "businessId": rows("businesses")[0]["id"]}


def _talked(rows: Callable[[str], list[Any]]) -> dict[str, str]:
    call = next(row for row in rows("messages") if row["messageType"] == "TYPE_CALL")
    ids = {"conversationId": call["conversationId"], "messageId": call["id"]}
    return {**ids, "emailMessageId": rows("emails")[0]["id"]}


def _billed(rows: Callable[[str], list[Any]]) -> dict[str, str]:
    order = next(row for row in rows("orders") if row["status"] == "pending")
    price = order["items"][0]["price"]
    sold = {"orderId": order["_id"], "transactionId": rows("transactions")[0]["_id"]}
    sold |= {"subscriptionId": rows("subscriptions")[0]["_id"]}
    wares = {"productId": price["product"], "priceId": price["_id"], "productIds": price["product"]}
    sold |= {"scheduleId": "sc1", "templateId": "te1"}
    sold |= {"estimateId": rows("estimates")[-1]["_id"]}
    return {"invoiceId": next(row["_id"] for row in rows("invoices") if row["status"] == "sent"), **wares, **sold}


async def _booked(wire: Wire) -> dict[str, str]:
    """What stands in HighLevel's calendars, and a slot where more can stand."""
    rows = wire.app.store.rows
    calendar, user = rows("calendars")[0]["id"], rows("users")[0]["id"]
    place = {"locationId": wire.app.location()}
    start = await tour_calendars.free_slot(wire, calendar)
    end = (datetime.fromisoformat(start) + timedelta(minutes=30)).isoformat()
    holiday = {**place, "calendarId": calendar, "startTime": "2020-12-24T09:00:00Z", "endTime": "2020-12-25T09:00:00Z"}
    block = await wire.go("POST", "/calendars/events/block-slots", 201, holiday)
    told = {**place, "name": "Room", "description": "x", "calendarIds": [calendar]}
    room = await wire.go("POST", ROOMS, 201, {**told, "quantity": 1, "outOfService": 0, "capacity": 1})
    alert = {"receiverType": "contact", "channel": "sms", "notificationType": "booked"}
    sent = await wire.go("POST", f"/calendars/{calendar}/notifications", 200, [alert])
    visit = next(row["id"] for row in rows("appointments") if row["calendarId"] == calendar)
    note = await wire.go("POST", f"/calendars/appointments/{visit}/notes", 201, {"body": "x"})
    ids = {"appointmentId": visit, "eventId": visit, "blockedSlotId": block["id"], "resourceId": room["id"]}
    times = {"startTime": start, "endTime": end, "resourceType": "rooms"}
    return {**ids, **times, "notificationId": sent[0]["_id"], NOTE_OF: note["note"]["id"], "assignedUserId": user}


def _performing(connector: Connector, operation: Operation, every: bool) -> Talk:
    async def talk(bench: Bench) -> None:
        known = bench.known
        if connector.key == "ghl" and operation.field("id"):
            known = known | {"id": bench.wire.app.store.rows("opportunities")[2]["id"]}

        if operation.field("contactDetails"):
            known = known | {"id": known["contactId"]}

        if operation.key.startswith("ghl.locations.") and operation.field("id"):
            known = known | {"id": known["valueId" if "value" in operation.key else "fieldId"]}

        if operation.key.startswith("ghl.objects.") and operation.field("id"):
            known = known | {"id": bench.wire.app.store.rows("records")[0]["id"]}

        if operation.key.startswith("ghl.medias."):
            known = known | dict.fromkeys(("id", "_id"), bench.wire.app.store.rows("medias")[1]["_id"])

        if operation.key.startswith("ghl.proposals."):
            known = known | {"templateId": bench.wire.app.store.rows("document_templates")[0]["id"]}

        if operation.object == "appointment note":
            known = known | {"noteId": known[NOTE_OF]}

        if operation.key == "invoice_ninja.recurring_invoices.send_now":
            draft = {"client_id": known["client_id"], "frequency_id": 5, "line_items": []}
            made = await bench.wire.go("POST", "/api/v1/recurring_invoices", 200, draft)
            known = known | {"recurring_invoice_id": made["data"]["id"]}

        if operation.key in OF_MATCHED:
            known = known | {"bank_transaction_id": bench.wire.app.store.rows("bank_transactions")[1]["id"]}

        if operation.key == "invoice_ninja.users.find":
            known = known | {"email": bench.wire.app.store.rows("users")[0]["email"]}

        async def load(source: str, so_far: dict[str, Any]) -> str:
            rows = await bench.say(connector.choices[source].load(so_far, bench.context))
            return rows[0].value

        left_out = ALONE.get(operation.key, ()) if every else ()
        fields = [one for one in operation.fields if one.name not in left_out]
        texts = await inputs.filled(fields, known, load, every, operation.one_of)
        if "customFields" in texts and operation.object in KINDS:
            texts["customFields"] = _of_each_kind(bench, operation.object)
        typed, troubles = values.resolve(texts, operation.fields, {}, now=NOW, zone="UTC", currency="USD")
        assert not troubles, (operation.key, troubles)
        given = await bench.say(operation.perform(typed, bench.context))
        assert operation.sample.keys() <= given.keys(), (operation.key, sorted(operation.sample.keys() - given.keys()))
        bench.wire.hold(dict(operation.sample))
        if operation.find:
            await _looking(bench, operation.find(typed, bench.context), every or operation.key in BLIND)

    return talk


async def _looking(bench: Bench, look: Conversation[Any], every: bool) -> None:
    """With every field filled in there may be no place left for our reference: then it must say that it can't look."""
    try:
        await bench.say(look)
    except (Refused, Unclear):
        if not every:
            raise


def _beside(connector: Connector) -> list[tuple[str, Talk]]:
    """What is said without an operation."""
    talks: list[tuple[str, Talk]] = [("test", lambda b: b.say(connector.test(b.context)))]
    talks += [(f"choices {key}", _choosing(connector, key)) for key in connector.choices]
    triggers = [one for one in connector.triggers.values() if not one.per_recipe]  # those ask what a recipe says
    polled = {trigger.object for trigger in triggers if not trigger.needs_webhook}
    talks += [(f"poll {key}", _polling(connector, key)) for key in connector.watched if key in polled]
    for trigger in triggers:
        if latest := trigger.latest:
            talks.append((f"latest {trigger.key}", lambda b, latest=latest: b.say(latest({}, b.context))))
    if send := connector.operations.get("ghl.messages.send"):
        talks.append(("an e-mail for later", _mailing(send)))
    if connector.subscribe:
        talks.append(("subscribe", _subscribing(connector)))
    return talks


KINDS = {
    "contact": {"Interests": "Photos, film, Print", "Employees": "12", "Customer since": "2026-11-22"},
    "opportunity": {"Billing": "monthly", "Running costs": "12.50", "Start date": "2026-11-22"},
}
"""Custom fields of the sandbox that take something else than a text, and what a recipe brings."""


def _of_each_kind(bench: Bench, model: str) -> list[dict[str, str]]:
    ids = {row["name"]: row["id"] for row in bench.wire.app.store.rows("fields") if row["model"] == model}
    return [{"id": ids[name], "value": value} for name, value in KINDS[model].items()]


def _mailing(send: Operation) -> Talk:
    """Nothing else that an operation sends hangs so much on one of its choices."""

    async def talk(bench: Bench) -> None:
        words = {"type": "Email", "subject": "Offer", "message": "See below.", "emailCc": ["a@contract.example"]}
        inputs = {**words, "contactId": bench.known["contactId"], "scheduledTimestamp": "2026-12-01T09:00:00Z"}
        await bench.say(send.perform(inputs, bench.context))

    return talk


def _choosing(connector: Connector, key: str) -> Talk:
    async def talk(bench: Bench) -> None:
        pipelines = bench.wire.app.store.rows("pipelines")
        so_far = {"pipelineId": pipelines[0]["id"], "pipeline": pipelines[0]["id"]} if pipelines else {}
        names = ("key", "schemaKey", "object")
        so_far |= {name: one["key"] for one in bench.wire.app.store.rows("objects") for name in names}
        await bench.say(connector.choices[key].load(so_far, bench.context))

    return talk


def _polling(connector: Connector, key: str) -> Talk:
    async def talk(bench: Bench) -> None:
        watched = connector.watched[key]
        seen, cursor, again = [], {}, True
        while again:
            page = await bench.say(watched.poll(cursor, bench.context))
            seen, cursor, again = [*seen, *page.sightings], page.cursor, page.more or not cursor
        await bench.say(watched.reread(seen[0].record_id if seen else _first(bench, key), bench.context))

    return talk


def _first(bench: Bench, key: str) -> str:
    """The id of a record that no poll has shown."""
    name = key.removesuffix("_due")
    plural = {"opportunity": "opportunities"}.get(name, f"{name}s")
    row = bench.wire.app.store.rows(plural)[0]
    return str(row.get("id") or row["_id"])


def _subscribing(connector: Connector) -> Talk:
    async def talk(bench: Bench) -> None:
        assert connector.subscribe and connector.unsubscribe
        events = next(iter(connector.watched.values())).events
        made = await bench.say(connector.subscribe(events, (), HOOK, "secret", bench.context))
        await bench.say(connector.subscribe(events[:1], events[1:], HOOK, "secret", bench.context))
        await bench.say(connector.unsubscribe(made[0], bench.context))

    return talk
