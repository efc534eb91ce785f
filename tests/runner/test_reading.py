"""One change is one run, by whichever way and however often it is told; and every event can say what became of it."""

import threading
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest

from builder.models import Connection, Event, EventKey, Fate, Recipe, RecipeState, Run, Subscription
from builder.runner import intake, listening, polling
from builder.runner.clock import now
from connectors.ghl import CONNECTOR as GHL
from tests import doors, make
from tests.runner.conftest import Sandbox, work
from tests.runner.make import deliver, make_ghl, make_hooked, make_watching, overdue, send

pytestmark = pytest.mark.django_db(transaction=True)

WON = "ghl.opportunity.won"


@pytest.fixture(autouse=True)
def _at_once(ghl: Sandbox) -> None:
    ghl.set(search_lag=0, rate_max=0)


def deal(ghl: Sandbox) -> dict[str, Any]:
    return next(row for row in ghl.records("opportunities") if row["status"] == "open")


def told(record: dict[str, Any], event: str = "OpportunityStatusUpdate", **more: Any) -> dict[str, Any]:
    """The delivery that tells of a record."""
    names = ("id", "name", "status", "monetaryValue", "pipelineId", "pipelineStageId", "contactId", "locationId")
    body = {name: record[name] for name in names} | {"dateAdded": record["createdAt"]}
    stamp = {"timestamp": now().isoformat()}
    return {"type": event, "webhookId": f"{event}-{record['id']}", **stamp, **body, "status": "won", **more}


def poll(connection: Connection) -> int:
    subscription = Subscription.objects.get(connection=connection)
    Subscription.objects.update(poll_at=overdue())
    return polling.poll(subscription.pk)


def fates() -> list[str]:
    work()
    return [event.fate for event in Event.objects.order_by("pk")]


def because(event: Event) -> str:
    event.refresh_from_db()
    return event.fate_details[0]["because"]


def test_replayed_delivery_is_one_run(ghl: Sandbox) -> None:
    signer = doors.Signer()
    hook = doors.make_ghl_hook(signer)
    make_watching(hook.connection, WON)
    body = doors.envelope(name="Kayak hire website")
    answers = []
    for knock in doors.knocking():
        path = f"/hooks/{doors.key_of(hook)}/"
        call = lambda: answers.append(knock(path, body, x_ghl_signature=signer(body)).status)  # noqa: E731, B023
        threads = [threading.Thread(target=call) for _ in range(100)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert answers == [200] * 100
    assert sorted(fates()) == [Fate.DUPLICATE] * 99 + [Fate.RAN]
    assert [run.title for run in Run.objects.all()] == ["Kayak hire website"]
    assert because(Event.objects.last()) == "The same delivery came before."


def test_replay_of_days_ago_is_a_duplicate(ghl: Sandbox) -> None:
    connection = make_ghl(ghl)
    make_watching(connection, WON)
    deliver(connection, told(deal(ghl)))
    first = fates()

    deliver(connection, told(deal(ghl)))

    assert (first, fates()) == ([Fate.RAN], [Fate.RAN, Fate.DUPLICATE])


@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize("but", [{"type": "NoteCreate"}, {"type": "ContactCreate"}, {"locationId": "elsewhere"}])
def test_replay_of_what_starts_nothing_keeps_nobody_waiting(ghl: Sandbox, but: dict[str, str], apart: bool) -> None:
    connection = make_ghl(ghl)
    make_watching(connection, WON)
    body = told(deal(ghl), webhookId="twice") | but
    deliver(connection, body)
    if apart:
        work()
    deliver(connection, body)
    deliver(connection, told(deal(ghl)))

    assert fates() == [Fate.NO_RECIPE, Fate.DUPLICATE, Fate.RAN]


@pytest.mark.parametrize("apart", [False, True])
def test_two_events_of_one_change_are_one_run(ghl: Sandbox, apart: bool) -> None:
    connection = make_ghl(ghl)
    make_watching(connection, WON)
    deliver(connection, told(deal(ghl), "OpportunityStatusUpdate"))
    if apart:
        work()

    deliver(connection, told(deal(ghl), "OpportunityUpdate"))

    assert fates() == [Fate.RAN, Fate.DUPLICATE]
    assert Run.objects.count() == 1
    assert because(Event.objects.last()) == "This change was seen before, by another delivery."


@pytest.mark.parametrize("first", ["webhook", "poll"])
def test_webhook_and_poll_of_one_change_are_one_run(ghl: Sandbox, first: str) -> None:
    connection = make_ghl(ghl)
    make_watching(connection, WON)
    won = deal(ghl)
    poll(connection)
    ghl.do("win_deal", id=won["id"])
    ways = [lambda: deliver(connection, told(won)), lambda: poll(connection)]

    for way in ways if first == "webhook" else reversed(ways):
        way()
        work()

    assert Run.objects.count() == 1
    assert Event.objects.order_by("pk").first().fate == Fate.RAN
    poll(connection)
    work()
    assert Run.objects.count() == 1


def test_both_ways_read_together_are_one_run(ghl: Sandbox) -> None:
    connection = make_ghl(ghl)
    make_watching(connection, WON)
    won = deal(ghl)
    poll(connection)
    ghl.do("win_deal", id=won["id"])
    poll(connection)
    deliver(connection, told(won))

    work()

    assert Run.objects.count() == 1


@pytest.mark.parametrize("apart", [False, True])
def test_a_change_that_came_by_another_way_says_so(ghl: Sandbox, apart: bool) -> None:
    connection = make_ghl(ghl)
    make_watching(connection, WON)
    won = told(deal(ghl))
    seen = GHL.watched["opportunity"].read(won, won["type"])
    assert seen
    where = {"connection": connection, "subscription": Subscription.objects.get()}
    intake.accept_value(asdict(seen), workspace_id=connection.workspace_id, source="poll", **where)
    if apart:
        work()

    deliver(connection, won)

    assert fates() == [Fate.RAN, Fate.DUPLICATE]
    assert because(Event.objects.last()) == "This change was seen before, by another way in."


def test_older_news_after_newer_is_passed_over(ghl: Sandbox) -> None:
    connection = make_ghl(ghl)
    make_watching(connection, "ghl.opportunity.status_changed")
    deliver(connection, told(deal(ghl), webhookId="b", timestamp="2026-11-22T10:00:00Z", status="won"))
    deliver(connection, told(deal(ghl), webhookId="a", timestamp="2026-11-22T09:00:00Z", status="lost"))

    assert fates() == [Fate.RAN, Fate.DUPLICATE]
    assert Run.objects.get().event.data["status"] == "won"


def test_change_and_change_back_are_three_runs(ghl: Sandbox) -> None:
    connection = make_ghl(ghl)
    make_watching(connection, "ghl.opportunity.status_changed")
    for hour, status in enumerate(["won", "lost", "won"]):
        stamp = f"2026-11-22T1{hour}:00:00Z"
        deliver(connection, told(deal(ghl), webhookId=str(hour), timestamp=stamp, status=status))

    assert fates() == [Fate.RAN] * 3


def test_other_pipeline_is_filtered_with_the_values(ghl: Sandbox) -> None:
    connection = make_ghl(ghl)
    make_watching(connection, WON, pipeline="another")
    event = deliver(connection, told(deal(ghl)))

    assert fates() == [Fate.FILTERED]
    assert because(event) == f"Its pipeline is {deal(ghl)['pipelineId']}, this recipe takes only another."


def test_event_for_several_recipes_tells_what_each_did(ghl: Sandbox) -> None:
    connection = make_ghl(ghl)
    make_watching(connection, WON)
    make_watching(connection, WON, pipeline="another")
    make_watching(connection, "ghl.contact.created")
    event = deliver(connection, told(deal(ghl)))

    assert fates() == [Fate.RAN]
    event.refresh_from_db()
    assert [d["because"][:20] for d in event.fate_details] == [
        "",
        "Its pipeline is " + deal(ghl)["pipelineId"][:4],
        "It listens to someth",
    ]
    assert Run.objects.count() == 1


def test_paused_recipe_keeps_its_events(ghl: Sandbox) -> None:
    connection = make_ghl(ghl)
    make_watching(connection, WON)
    Recipe.objects.update(state=RecipeState.PAUSED)
    event = deliver(connection, told(deal(ghl)))

    assert fates() == [Fate.PAUSED]
    assert because(event) == "The recipe is paused. The event is kept."
    assert Run.objects.count() == 0


def test_event_nobody_waits_for_says_so(ghl: Sandbox) -> None:
    connection = make_ghl(ghl)
    unwatched = deliver(connection, told(deal(ghl)))
    work()
    make_watching(connection, WON)
    lost = deliver(connection, told(deal(ghl), webhookId="2", status="lost"))
    strange = deliver(connection, told(deal(ghl), "NothingKnown", webhookId="3"))

    assert fates() == [Fate.NO_RECIPE] * 3
    assert because(unwatched) == "No recipe listens to this connection's records of this kind."
    assert because(lost) == "It starts when: An opportunity is won. That is not what happened."
    assert because(strange) == "This kind of event is not one that recipes can start from."


def test_event_of_another_location_starts_nothing(ghl: Sandbox) -> None:
    connection = make_ghl(ghl)
    make_watching(connection, WON)
    event = deliver(connection, told(deal(ghl), locationId="somebody else's"))

    assert fates() == [Fate.NO_RECIPE]
    assert because(event) == "It belongs to another location of the same app."


def test_event_of_another_connection_starts_nothing(ghl: Sandbox) -> None:
    make_watching(make_ghl(ghl), WON)
    deliver(make_ghl(ghl), told(deal(ghl)))

    assert fates() == [Fate.NO_RECIPE]


def test_event_sent_in_by_hand_may_be_sent_again(ghl: Sandbox) -> None:
    connection = make_ghl(ghl)
    recipe = make_watching(connection, WON)
    body = {
        "object": "opportunity",
        "record_id": "o1",
        "values": {"status": "won"},
        "data": make.WON,
        "hint": "OpportunityStatusUpdate",
    }
    for _ in range(2):
        intake.accept_value(body, workspace_id=recipe.workspace_id, connection=connection)
    intake.accept_value({"odd": 1}, workspace_id=recipe.workspace_id, connection=connection)
    intake.accept_value("odd", workspace_id=recipe.workspace_id, connection=connection)

    assert fates() == [Fate.RAN, Fate.RAN, Fate.UNREADABLE, Fate.UNREADABLE]
    assert {run.title for run in Run.objects.all()} == {"Autumn campaign"}


@pytest.mark.parametrize("typed", ["ADA@Example.com", " ada@example.com ", "+49 (30) 123-456", "4930123456", "con_1"])
def test_event_is_found_by_how_people_write_it(ghl: Sandbox, typed: str) -> None:
    connection = make_ghl(ghl)
    make_watching(connection, "ghl.contact.created")
    body = {"type": "ContactCreate", "id": "con_1", "email": "Ada@example.com", "phone": "+4930123456"}
    event = deliver(connection, {**body, "name": "Ada Nowak", "webhookId": "1", "timestamp": now().isoformat()})
    work()

    assert {key.event for key in EventKey.matching(typed)} == {event}
    assert EventKey.matching("somebody@example.com").count() == 0
    assert Run.objects.get().title == "Ada Nowak"


def test_delivery_to_a_recipe_that_was_stopped_meanwhile_says_so() -> None:
    recipe = make_hooked()
    event = send(recipe, {"n": 1})
    listening.unlisten(recipe)

    found = fates()

    assert found == [Fate.NO_RECIPE]
    assert because(event) == "The recipe it was for had been stopped when it was read."


def test_when_the_last_event_came_is_kept_to_the_second() -> None:
    recipe, began = make_hooked(), overdue() - timedelta(minutes=1)

    kept = []
    for seconds in (0.0, 0.4, 2.0, 1.5):
        event = send(recipe, {"n": 1})
        Event.objects.filter(pk=event.pk).update(received_at=began + timedelta(seconds=seconds))
        fates()
        kept.append((recipe.subscriptions.get().last_event_at - began).total_seconds())

    assert kept == [0, 0, 2, 2]
