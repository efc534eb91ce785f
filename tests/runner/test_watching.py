"""Every object that recipes can start from, watched in the sandboxes over real HTTP; and which webhooks that takes."""

import time
from typing import Any

import pytest
from django.conf import LazySettings

from builder.actions.publishing import problems
from builder.models import Connection, Event, Hook, Recipe, Run, Snapshot, Subscription
from builder.runner import listening
from builder.runner.clock import now
from connectors import catalogue
from tests.runner.conftest import Sandbox, work
from tests.runner.make import NINJA_TOKEN, action, deliver, make_ghl, make_ninja, make_watching, poll

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


LOOKUPS = {
    "ghl.lookup.changed": {"lookup": "ghl.contacts.search"},
    "invoice_ninja.lookup.changed": {"lookup": "invoice_ninja.clients.search"},
}


def polled(connector: str) -> list[tuple[str, list[str]]]:
    """Every object that is polled, with all that recipes can wait for of it."""
    found: dict[str, list[str]] = {}
    for key, trigger in catalogue.CONNECTORS[connector].triggers.items():
        if not trigger.needs_webhook:
            found.setdefault(trigger.object, []).append(key)
    return sorted(found.items())


def wait_for_each(connection: Connection, triggers: list[str]) -> Subscription:
    """A live recipe for each of the triggers; whatever they ask to be chosen is left out, but for the look-up."""
    for key in triggers:
        make_watching(connection, key, **LOOKUPS.get(key, {}))
    return Subscription.objects.get(connection=connection)


def watching(connection: Connection, trigger: str, **inputs: Any) -> Subscription:
    make_watching(connection, trigger, **inputs)
    return Subscription.objects.get(connection=connection)


@pytest.mark.parametrize(("object_", "triggers"), polled("invoice_ninja"))
def test_invoice_ninja_is_watched_and_what_was_there_starts_nothing(
    ninja: Sandbox, object_: str, triggers: list[str]
) -> None:
    time.sleep(1)  # the service tells whole seconds: what it was seeded with is older
    subscription = wait_for_each(make_ninja(ninja.url), triggers)

    for _ in range(3):
        last = poll(subscription)
        work()

    assert subscription.trouble == ""
    assert (last, Run.objects.count()) == (0, 0)


@pytest.mark.parametrize(("object_", "triggers"), polled("ghl"))
def test_highlevel_is_watched_and_what_was_there_starts_nothing(
    ghl: Sandbox, object_: str, triggers: list[str]
) -> None:
    ghl.set(search_lag=0, rate_max=0)
    subscription = wait_for_each(make_ghl(ghl), triggers)

    for _ in range(3):
        last = poll(subscription)
        work()

    assert subscription.trouble == ""
    assert (last, Run.objects.count()) == (0, 0)


def test_first_round_notes_every_invoice_and_reports_what_came_since(ninja: Sandbox) -> None:
    time.sleep(1)  # the service tells whole seconds: what it was seeded with is older
    subscription = watching(make_ninja(ninja.url), "invoice_ninja.invoice.created")
    client = ninja.records("clients")[0]
    there = len(ninja.records("invoices"))
    token = {"X-Api-Token": NINJA_TOKEN, "X-Requested-With": "XMLHttpRequest"}
    ninja.post("/api/v1/invoices", {"client_id": client["id"], "line_items": []}, **token)

    for _ in range(2):
        poll(subscription)
        work()

    assert Run.objects.count() == 1
    assert Snapshot.objects.filter(subscription=subscription).count() == there + 1


def test_watching_anew_begins_anew(ninja: Sandbox) -> None:
    """What happened while nobody watched starts nothing, also where the list is compared as a whole."""
    time.sleep(1)
    connection = make_ninja(ninja.url)
    recipe = make_watching(connection, "invoice_ninja.invoice.paid")
    subscription = Subscription.objects.get(connection=connection)
    for _ in range(2):
        poll(subscription)
        work()
    _delete(recipe)
    ninja.do("pay_invoice", id=next(r["id"] for r in ninja.records("invoices") if r["status_id"] in "23"))
    time.sleep(1)

    make_watching(connection, "invoice_ninja.invoice.paid")
    assert Snapshot.objects.filter(subscription=subscription).count() == 0
    for _ in range(2):
        poll(subscription)
        work()

    assert Run.objects.count() == 0


def test_message_of_our_own_starts_no_recipe_again(ghl: Sandbox) -> None:
    ghl.set(search_lag=0, rate_max=0)
    connection = make_ghl(ghl)
    person = next(row for row in ghl.records("contacts") if row.get("phone"))
    send = action("smails", "ghl.messages.send", connection, type="SMS", contactId=person["id"], message="A copy")
    make_watching(connection, "ghl.message.sent", send)
    subscription = Subscription.objects.get(connection=connection)
    poll(subscription)
    key = {"Authorization": f"Bearer {ghl.get('/_sandbox/state')['connect']['token']}", "Version": "2021-04-15"}
    ghl.post("/conversations/messages", {"type": "SMS", "contactId": person["id"], "message": "Hi"}, **key)

    for _ in range(4):
        poll(subscription)
        work()

    assert Run.objects.count() == 1
    assert Event.objects.filter(fate="echo").count() == 1


def test_record_of_a_custom_object_starts_a_recipe_and_our_own_copy_of_it_none(ghl: Sandbox) -> None:
    ghl.set(rate_max=0)
    connection = make_ghl(ghl)
    fields = [{"field": "name", "value": "Copy of {{ trigger.properties.name }}"}, {"field": "units", "value": "7"}]
    usage = "custom_objects.usage"
    copy = action("scopys", "ghl.objects.create_object_record", connection, schemaKey=usage, properties=fields)
    make_watching(connection, "ghl.record.added", copy)
    subscription = Subscription.objects.get(connection=connection)
    poll(subscription)
    work()
    connect = ghl.get("/_sandbox/state")["connect"]
    key = {"Authorization": f"Bearer {connect['token']}", "Version": "2021-07-28"}
    body = {"locationId": connect["location_id"], "properties": {"name": "Marlowe"}}
    ghl.post(f"/objects/{usage}/records", body, **key)

    for _ in range(4):
        poll(subscription)
        work()

    assert Run.objects.count() == 1
    assert Event.objects.filter(fate="echo").count() == 1
    assert ghl.records("records")[-1]["properties"] == {"name": "Copy of Marlowe", "units": 7}


def test_invoice_that_its_client_looked_at_starts_a_recipe_by_looking(ninja: Sandbox) -> None:
    ninja.do("mark_sent", id=next(r["id"] for r in ninja.records("invoices") if r["status_id"] == "1"))
    subscription = watching(make_ninja(ninja.url), "invoice_ninja.invoice.viewed")
    for _ in range(2):
        poll(subscription)
        work()
    invoice = next(row for row in ninja.records("invoices") if row["status_id"] in "23" and row["invitations"])
    ninja.do("view_invoice", id=invoice["id"])

    poll(subscription)
    work()

    assert [run.event.record_id for run in Run.objects.all()] == [invoice["id"]]


def test_payment_of_an_old_invoice_is_no_update_of_it(ninja: Sandbox) -> None:
    subscription = watching(make_ninja(ninja.url), "invoice_ninja.invoice.updated")
    for _ in range(2):
        poll(subscription)
        work()
    invoice = next(row for row in ninja.records("invoices") if row["status_id"] in "12")
    ninja.do("pay_invoice", id=invoice["id"])

    found = poll(subscription)
    work()

    assert found >= 1
    assert Run.objects.count() == 0


@pytest.mark.parametrize(
    ("trigger", "table", "doing"),
    [
        ("ghl.appointment.booked", "appointments", {"do": "book", "title": "First talk"}),
        ("ghl.message.received", "messages", {"do": "receive_message", "text": "Hello"}),
    ],
)
def test_highlevels_news_start_a_recipe_by_looking(
    ghl: Sandbox, trigger: str, table: str, doing: dict[str, str]
) -> None:
    ghl.set(search_lag=0, rate_max=0)
    subscription = watching(make_ghl(ghl), trigger)
    poll(subscription)
    before = {row["id"] for row in ghl.records(table)}
    person, calendar = ghl.records("contacts")[0]["id"], ghl.records("calendars")[0]["id"]
    more = {"contact": person, "calendar": calendar} if doing["do"] == "book" else {"id": person}
    ghl.do(doing["do"], **{n: v for n, v in doing.items() if n != "do"}, **more)

    found = poll(subscription)
    work()

    made = {row["id"] for row in ghl.records(table)} - before
    assert (found, {run.event.record_id for run in Run.objects.all()}) == (1, made)


@pytest.mark.parametrize("kind", ["form", "survey"])
def test_form_that_a_contact_fills_in_starts_a_recipe_once(ghl: Sandbox, kind: str) -> None:
    subscription = watching(make_ghl(ghl), f"ghl.{kind}_submission.created")
    poll(subscription)
    form, person = ghl.records(f"{kind}s")[0], ghl.records("contacts")[0]
    made = ghl.do("fill_in", form=f"{kind}/{form['id']}", contact=person["id"], text="Hello")

    found = poll(subscription)
    work()
    again = poll(subscription)

    run = Run.objects.get()
    assert (found, again, run.event.record_id) == (1, 0, made["record"]["id"])


def test_cancelled_appointment_starts_a_recipe_once(ghl: Sandbox) -> None:
    ghl.set(search_lag=0, rate_max=0)
    subscription = watching(make_ghl(ghl), "ghl.appointment.cancelled")
    poll(subscription)
    ahead = [row for row in ghl.records("appointments") if row["appointmentStatus"] == "confirmed"]
    ghl.do("cancel_appointment", id=ahead[-1]["id"])

    found = [poll(subscription) for _ in range(2)]
    work()
    found.append(poll(subscription))

    assert (found[0], found[2], Run.objects.count()) == (1, 0, 1)
    assert Run.objects.get().event.record_id == ahead[-1]["id"]


# Webhooks


def hooks(ninja: Sandbox) -> list[str]:
    return sorted(row["event_id"] for row in ninja.records("webhooks") if not row["archived_at"])


def test_only_the_events_that_recipes_wait_for_are_subscribed(ninja: Sandbox, settings: LazySettings) -> None:
    settings.PUBLIC_URL = "https://recipes.example.com"
    connection = make_ninja(ninja.url)
    sent = make_watching(connection, "invoice_ninja.invoice.sent")
    subscription = Subscription.objects.get(connection=connection)

    listening.subscribe(subscription.pk)
    assert hooks(ninja) == ["60"]

    make_watching(connection, "invoice_ninja.invoice.paid")
    listening.subscribe(subscription.pk)
    assert hooks(ninja) == ["4", "60"]

    _delete(sent)
    listening.subscribe(subscription.pk)
    assert hooks(ninja) == ["4"]


def test_last_recipe_that_goes_takes_its_webhooks_along(ninja: Sandbox, settings: LazySettings) -> None:
    settings.PUBLIC_URL = "https://recipes.example.com"
    connection = make_ninja(ninja.url)
    recipe = make_watching(connection, "invoice_ninja.client.created")
    subscription = Subscription.objects.get(connection=connection)
    listening.subscribe(subscription.pk)
    assert hooks(ninja) == ["1"]

    _delete(recipe)
    listening.subscribe(subscription.pk)

    subscription.refresh_from_db()
    assert (hooks(ninja), subscription.remote_hooks, subscription.active) == ([], [], False)
    assert listening.unchecked() == []


def test_calling_off_that_failed_is_tried_again(ninja: Sandbox, settings: LazySettings) -> None:
    settings.PUBLIC_URL = "https://recipes.example.com"
    connection = make_ninja(ninja.url)
    recipe = make_watching(connection, "invoice_ninja.client.created")
    subscription = Subscription.objects.get(connection=connection)
    listening.subscribe(subscription.pk)
    _delete(recipe)
    ninja.fail({"method": "GET", "path": "/api/v1/webhooks", "status": 500})
    listening.subscribe(subscription.pk)
    assert hooks(ninja) == ["1"]
    ninja.mend()

    Subscription.objects.update(hooks_checked_at=None)
    assert listening.unchecked() == [subscription.pk]
    listening.subscribe(subscription.pk)

    assert hooks(ninja) == []


def _delete(recipe: Recipe) -> None:
    Recipe.objects.filter(pk=recipe.pk).update(deleted_at=now())
    listening.unlisten(recipe)


def test_what_no_webhook_tells_is_looked_for_oftener(ninja: Sandbox, settings: LazySettings) -> None:
    settings.PUBLIC_URL = "https://recipes.example.com"
    connection = make_ninja(ninja.url)
    told, untold = (catalogue.trigger(f"invoice_ninja.invoice.{name}") for name in ("sent", "viewed"))

    assert listening.ways(connection, told) == ["webhook", "poll"]
    assert listening.ways(connection, untold) == ["poll"]
    assert watching(connection, "invoice_ninja.invoice.viewed").poll_seconds == listening.POLL
    assert watching(connection, "invoice_ninja.invoice.sent").poll_seconds == listening.POLL


@pytest.mark.parametrize(("method", "expected"), [("token", ["needs_webhook"]), ("app", [])])
def test_recipe_that_could_never_start_is_not_published(
    ghl: Sandbox, settings: LazySettings, method: str, expected: list[str]
) -> None:
    settings.PUBLIC_URL = "https://recipes.example.com"
    recipe = make_watching(make_ghl(ghl, method=method), "ghl.note.created")

    found = [problem.code for problem in problems(recipe, recipe.live.tree if recipe.live else None)]

    assert [code for code in found if code != "no_steps"] == expected


def test_note_by_webhook_starts_a_recipe_each_time(ghl: Sandbox) -> None:
    connection = make_ghl(ghl)
    make_watching(connection, "ghl.note.created")
    body = {"type": "NoteCreate", "id": "n1", "contactId": "c1", "body": "Hello", "locationId": ""}
    for number in ("1", "2", "2"):
        deliver(connection, {**body, "webhookId": number, "timestamp": now().isoformat()})

    work()

    assert Run.objects.count() == 2
    assert Event.objects.filter(fate="duplicate").count() == 1


def test_app_that_nobody_told_our_address_is_asked_as_often_as_a_token(ghl: Sandbox, settings: LazySettings) -> None:
    settings.PUBLIC_URL = "https://recipes.example.com"
    account = make_ghl(ghl, "app")
    recipe = make_watching(account, "ghl.contact.created")
    hook = listening.hook_for(account.workspace_id, connection=account)
    before = Subscription.objects.get(connection=account).poll_seconds

    Hook.objects.filter(pk=hook.pk).update(last_at=now())
    listening.listen(recipe)

    assert (before, Subscription.objects.get(connection=account).poll_seconds) == (listening.POLL, listening.SWEEP)
