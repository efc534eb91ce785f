"""Asking what changed: nothing old is reported, nothing new is missed, trouble loses no ground."""

from datetime import timedelta
from threading import Thread
from time import monotonic, sleep
from typing import Any

import pytest
from django.conf import settings
from django.db import connection as database

from builder import seal, tasks
from builder.models import Connection, Event, Fate, Health, Recipe, RecipeState, Run, Snapshot, Subscription
from builder.runner import accounts, listening, polling
from builder.runner.clock import clock, now
from tests.runner.conftest import Sandbox, work
from tests.runner.make import deliver, make_ghl, make_ninja, make_watching, poll

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _at_once(ghl: Sandbox) -> None:
    ghl.set(search_lag=0, rate_max=0)


def watching(ghl: Sandbox, trigger: str, **inputs: Any) -> Subscription:
    connection = make_ghl(ghl)
    make_watching(connection, trigger, **inputs)
    return Subscription.objects.get(connection=connection)


def test_first_poll_learns_how_things_stand_and_reports_nothing(ghl: Sandbox) -> None:
    subscription = watching(ghl, "ghl.contact.tagged", tag="vip")

    found = [poll(subscription) for _ in range(3)]

    assert found == [0, 0, 0]
    assert Event.objects.count() == 0
    assert Snapshot.objects.filter(subscription=subscription).count() == len(ghl.records("contacts"))


def test_news_become_events_once(ghl: Sandbox) -> None:
    subscription = watching(ghl, "ghl.contact.tagged", tag="vip")
    poll(subscription)
    person = next(row for row in ghl.records("contacts") if "vip" not in row["tags"])
    ghl.do("add_tag", id=person["id"], tag="vip")

    found = [poll(subscription) for _ in range(2)]
    work()
    found.append(poll(subscription))

    assert found[0] == 1
    assert sum(found[1:]) <= 1, "the overlap may show it once more before it was read"
    assert Run.objects.count() == 1
    assert Run.objects.get().event.record_id == person["id"]
    assert {e.fate for e in Event.objects.all()} <= {Fate.RAN, Fate.DUPLICATE}


def test_overlap_repeats_nothing_once_it_was_read(ghl: Sandbox) -> None:
    subscription = watching(ghl, "ghl.opportunity.won")
    poll(subscription)
    for row in [r for r in ghl.records("opportunities") if r["status"] == "open"][:3]:
        ghl.do("win_deal", id=row["id"])

    first = poll(subscription)
    work()
    again = [poll(subscription) for _ in range(3)]

    assert (first, again) == (3, [0, 0, 0])
    assert Run.objects.count() == 3


def test_polls_of_two_processes_are_one(ghl: Sandbox) -> None:
    subscription = watching(ghl, "ghl.opportunity.won")
    poll(subscription)
    before = len(ghl.calls())

    assert polling.poll(subscription.pk) == 0
    assert len(ghl.calls()) == before
    assert polling.due() == []
    clock.offset += timedelta(seconds=subscription.poll_seconds * (1 + polling.SPREAD))
    assert polling.due() == [subscription.pk]


@pytest.mark.parametrize("status", [500, 503, 422])
def test_trouble_keeps_the_ground_that_was_gained(ghl: Sandbox, status: int) -> None:
    subscription = watching(ghl, "ghl.opportunity.won")
    poll(subscription)
    cursor = subscription.cursor
    won = next(r for r in ghl.records("opportunities") if r["status"] == "open")
    ghl.do("win_deal", id=won["id"])
    ghl.fail({"method": "POST", "path": "/opportunities/search", "status": status})

    failed = poll(subscription)
    trouble = (subscription.cursor, bool(subscription.trouble), subscription.poll_at > now())
    found = poll(subscription)

    assert (failed, trouble) == (0, (cursor, True, True))
    assert (found, subscription.trouble) == (1, "")


def test_signed_out_is_said_on_the_connection(ghl: Sandbox) -> None:
    subscription = watching(ghl, "ghl.opportunity.won")
    ghl.fail({"path": "/opportunities/search", "status": 401, "body": {"message": "Invalid JWT"}})

    poll(subscription)

    connection = Connection.objects.get()
    assert connection.health == Health.SIGNED_OUT
    assert subscription.trouble == connection.trouble
    assert subscription.trouble.startswith("HighLevel no longer accepts this token")


def test_connection_that_is_gone_is_said_on_the_subscription(ghl: Sandbox) -> None:
    subscription = watching(ghl, "ghl.opportunity.won")
    Connection.objects.update(deleted_at=now())

    poll(subscription)

    assert subscription.trouble == "The connection HighLevel is gone: choose another one in the recipe."


def test_polls_come_sooner_after_news_and_later_when_nothing_happens(ghl: Sandbox) -> None:
    subscription = watching(ghl, "ghl.opportunity.won")
    poll(subscription)
    quiet = []
    for _ in range(12):
        poll(subscription)
        quiet.append(subscription.poll_seconds)
    ghl.do("win_deal", id=next(r["id"] for r in ghl.records("opportunities") if r["status"] == "open"))

    poll(subscription)

    assert quiet == sorted(quiet)
    assert (quiet[0] < quiet[3], quiet[-1], subscription.poll_seconds) == (True, polling.SLOWEST, polling.FASTEST)


def test_polls_are_few_when_the_day_s_calls_run_out(ghl: Sandbox) -> None:
    subscription = watching(ghl, "ghl.opportunity.won")
    Connection.objects.update(budget={"daily_remaining": 19_999})

    poll(subscription)

    assert subscription.poll_seconds == polling.SLOWEST


def test_polls_spread_over_time(ghl: Sandbox) -> None:
    waits = {round(polling._soon(600).total_seconds() * settings.TIME_SCALE, 3) for _ in range(200)}

    assert len(waits) > 100
    assert 540 <= min(waits) < 560 < 640 < max(waits) <= 660


def test_one_poll_serves_every_recipe_that_watches(ghl: Sandbox) -> None:
    connection = make_ghl(ghl)
    recipes = [make_watching(connection, "ghl.opportunity.won") for _ in range(3)]
    subscription = Subscription.objects.get(connection=connection)
    poll(subscription)
    before = len(ghl.calls())
    ghl.do("win_deal", id=next(r["id"] for r in ghl.records("opportunities") if r["status"] == "open"))

    poll(subscription)
    asked = len(ghl.calls()) - before
    work()

    assert asked == 1
    assert Event.objects.count() == 1
    assert {run.recipe for run in Run.objects.all()} == set(recipes)


def test_polls_of_many_connections_are_one_errand(ghl: Sandbox) -> None:
    for _ in range(30):
        make_watching(make_ghl(ghl), "ghl.opportunity.won")

    polling.work()

    assert Subscription.objects.exclude(polled_at=None).count() == 30
    assert polling.due() == []


def test_slow_service_keeps_none_of_the_others_waiting(ghl: Sandbox) -> None:
    for _ in range(2):
        make_watching(make_ghl(ghl), "ghl.opportunity.won")
    slow, late = Subscription.objects.order_by("pk")
    Subscription.objects.filter(pk=late.pk).update(poll_at=now() + timedelta(seconds=0.5))
    ghl.fail({"path": "/opportunities/search", "delay": 2.2})

    polling.work()

    times = dict(Subscription.objects.values_list("pk", "polled_at"))
    assert times[late.pk] < times[slow.pk]


def test_poll_that_fails_keeps_none_of_the_others(ghl: Sandbox) -> None:
    for _ in range(3):
        make_watching(make_ghl(ghl), "ghl.opportunity.won")
    broken = Subscription.objects.first()
    broken.connection.sealed = "nonsense"
    broken.connection.save()

    polling.work()

    assert list(Subscription.objects.exclude(trouble="")) == [broken]
    assert Subscription.objects.exclude(polled_at=None).count() == 2


def test_invoice_ninja_s_changes_are_found_by_asking(ninja: Sandbox) -> None:
    connection = make_ninja(ninja.url)
    make_watching(connection, "invoice_ninja.invoice.paid")
    subscription = Subscription.objects.get(connection=connection)
    Subscription.objects.update(began_at=now() + timedelta(seconds=3))  # the sandbox made its records just now
    first = poll(subscription)
    poll(subscription)
    work()
    before = Run.objects.count()
    invoice = next(row for row in ninja.records("invoices") if row["status_id"] == "2")
    ninja.do("pay_invoice", id=invoice["id"])

    poll(subscription)
    work()
    again = poll(subscription)

    assert (first, before, again) == (0, 0, 0)
    assert Run.objects.get().event.record_id == invoice["id"]


TEN_MINUTES = timedelta(minutes=10)


def settle(*sandboxes: Sandbox) -> None:
    """What is there was made a minute before."""
    for sandbox in sandboxes:
        sandbox.post("/_sandbox/reset", {"ahead": -60})
        sandbox.set(ahead=0)


def make_record(connection: Connection, ghl: Sandbox, ninja: Sandbox) -> str:
    """Somebody new at the service, as a person writes them down there."""
    if connection.connector == "ghl":
        return str(ghl.do("new_contact", name="Ida Falk", email="ida.falk@example.org")["record"]["id"])
    return str(ninja.do("new_client", name="Falk & Partners", email="ida.falk@example.org")["record"]["id"])


@pytest.mark.parametrize("offset", [-TEN_MINUTES, timedelta(), TEN_MINUTES])
@pytest.mark.parametrize("trigger", ["ghl.contact.created", "invoice_ninja.client.created"])
def test_beginning_is_told_by_the_service_s_clock(
    ghl: Sandbox, ninja: Sandbox, trigger: str, offset: timedelta
) -> None:
    settle(ghl, ninja)
    ghl.set(search_lag=0, rate_max=0)
    clock.offset += offset
    connection = make_ghl(ghl) if trigger.startswith("ghl") else make_ninja(ninja.url)
    make_watching(connection, trigger)
    made = make_record(connection, ghl, ninja)
    subscription = Subscription.objects.get(connection=connection)

    for _ in range(3):
        poll(subscription)
        work()

    assert [run.event.record_id for run in Run.objects.all()] == [made]


def test_beginning_is_moved_once_and_anew_when_the_watching_begins_anew(ghl: Sandbox) -> None:
    real = now()
    clock.offset += TEN_MINUTES
    subscription = watching(ghl, "ghl.contact.created")
    recipe = Recipe.objects.get()
    begun = []
    for _ in range(2):
        poll(subscription)
        begun.append(subscription.began_at)
    Recipe.objects.update(state=RecipeState.DRAFT)
    listening.retire(subscription.connection)
    Recipe.objects.update(state=RecipeState.LIVE)
    listening.listen(recipe)
    poll(subscription)

    assert begun[0] == begun[1]
    assert begun[0] - timedelta(seconds=2) < subscription.began_at < real + timedelta(seconds=60)


def test_recipe_that_joins_takes_over_the_beginning_there_is(ghl: Sandbox) -> None:
    clock.offset -= TEN_MINUTES
    subscription = watching(ghl, "ghl.contact.created")
    poll(subscription)
    began = subscription.began_at

    make_watching(subscription.connection, "ghl.contact.created")
    poll(subscription)

    assert subscription.began_at == began


def test_beginning_stays_where_the_first_answer_was_none(ghl: Sandbox) -> None:
    clock.offset += TEN_MINUTES
    subscription = watching(ghl, "ghl.contact.created")
    ours = subscription.began_at
    ghl.fail({"path": "/contacts/search", "status": 503})

    poll(subscription)
    failed = subscription.began_at
    poll(subscription)

    assert failed == ours
    assert abs(ours - TEN_MINUTES - subscription.began_at) < timedelta(seconds=5)


def test_webhook_before_the_first_poll_loses_nothing_to_a_clock_that_is_ahead(ghl: Sandbox) -> None:
    settle(ghl)
    ghl.set(search_lag=0, rate_max=0)
    clock.offset += TEN_MINUTES
    subscription = watching(ghl, "ghl.appointment.booked")
    wish = {"contact": ghl.records("contacts")[0]["id"], "calendar": ghl.records("calendars")[0]["id"]}
    made = ghl.do("book", title="First talk", **wish)["record"]["id"]
    booked = next(row for row in ghl.records("appointments") if row["id"] == made)
    told = {"type": "AppointmentCreate", "locationId": booked["locationId"], "appointment": booked}
    deliver(subscription.connection, told)
    work()

    poll(subscription)
    work()

    assert [run.event.record_id for run in Run.objects.all()] == [made]


def test_what_becomes_due_as_a_round_ends_is_polled_at_once(ghl: Sandbox) -> None:
    """The scheduler asks for the one that waits longest, once in a while; while a round is under way that is left."""
    first, number = make_ghl(ghl), 60
    copied = ("workspace", "connector", "method", "name", "settings", "identity")
    plain = {name: getattr(first, name) for name in copied}
    secret, begin = seal.unseal(first.sealed, accounts.place(first)), now()
    for place in range(number):
        connection = Connection(**plain)
        connection.sealed = seal.seal(secret, accounts.place(connection))
        connection.save()
        due = begin + timedelta(seconds=0.5 + 0.03 * place + 0.011 * (place % 5))
        Subscription.objects.create(
            workspace=first.workspace, connection=connection, object="opportunity", began_at=begin, poll_at=due
        )
    asked, threads = set[int](), list[Thread]()

    def ask(pk: int) -> None:
        tasks.poll(pk)
        database.close()

    end = monotonic() + 6
    while monotonic() < end and Subscription.objects.filter(polled_at=None).exists():
        for pk in polling.due()[:1]:
            if pk not in asked:
                asked.add(pk)
                threads.append(Thread(target=ask, args=[pk]))
                threads[-1].start()
        sleep(0.005)
    for thread in threads:
        thread.join(20)

    assert Subscription.objects.filter(polled_at=None).count() == 0
