"""A run rests until something happens at a service, or its patience is over."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection as database
from django_scopes import scopes_disabled

from builder.models import Arrival, Awaited, Connection, Event, Expectation, Fate, Recipe, Run, RunStatus, Subscription
from builder.recipe import tree as trees
from builder.runner import awaited, keys, listening, prune, replay
from builder.runner.clock import now
from connectors.spec import Sighting
from tests.runner.conftest import Sandbox, later, work
from tests.runner.make import deliver, last_step, make_ghl, make_hooked, make_watching, only_run, overdue, send
from tests.runner.test_power_cut import Fuse, cut_short
from tests.runner.test_reading import deal, told
from tests.runner.test_steps import text, texts, trail

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning"),
]
DAY = 86_400
WON = "ghl.opportunity.won"


@pytest.fixture
def crm(ghl: Sandbox) -> Connection:
    return make_ghl(ghl, "app")


def until(crm: Connection, step_id: str = "swait1", **more: Any) -> dict[str, Any]:
    """A step that waits until a deal is won."""
    given = {"mode": "event", "trigger": WON, "connection": crm.public_id, "about": "{{ trigger.deal }}"}
    return {"id": step_id, "kind": "wait", **given, "timeout": {"amount": "2", "unit": "days"}, **more}


def waiting(crm: Connection, *after: dict[str, Any], body: Any = None, **more: Any) -> Recipe:
    recipe = make_hooked(until(crm, **more), *after, workspace=crm.workspace)
    if body is not None:
        send(recipe, body)
        work()
    return recipe


def win(crm: Connection, record: dict[str, Any], **more: Any) -> Event:
    return deliver(crm, told(record, webhookId=f"won-{Event.objects.count()}", **more))


def test_run_rests_as_a_row_until_the_record_it_is_about_is_told_of(ghl: Sandbox, crm: Connection) -> None:
    deals = [one for one in ghl.records("opportunities") if one["status"] == "open"]
    after = text("sdone1", "{{ swait1.name }} {{ swait1.happened }}")
    recipe = waiting(crm, after, body={"deal": deals[0]["id"]})
    resting = only_run(recipe)

    win(crm, deals[1])
    work()
    other = only_run(recipe).status
    event = win(crm, deals[0])
    work()
    work()

    event.refresh_from_db()
    assert (resting.status, resting.lane) == (RunStatus.WAITING, "")
    assert resting.because == f"It waits until an opportunity is won (about {deals[0]['id']})."
    assert abs((resting.wake_at - now()).total_seconds() - 2 * DAY) < 90
    assert other == RunStatus.WAITING
    assert texts(only_run(recipe)) == [f"{deals[0]['name']} true"]
    assert event.fate == Fate.AWAITED
    assert event.fate_details[-1]["because"].startswith("A run of this recipe waited for it")
    assert Arrival.objects.count() == 2


def test_what_came_while_the_run_was_on_its_way_counts(ghl: Sandbox, crm: Connection) -> None:
    """The deal was won between the run's first step and its waiting for it."""
    record = deal(ghl)
    first = {"id": "sfirst", "kind": "wait", "amount": "1", "unit": "hours"}
    recipe = make_hooked(first, until(crm), text("sdone1", "on"), workspace=crm.workspace)
    send(recipe, {"deal": record["id"]})
    work()
    Run.objects.update(wake_at=overdue())
    win(crm, record)
    work()

    early = trail(only_run(recipe))
    later(7200)

    assert early == ["sfirst waiting"]
    assert only_run(recipe).status == RunStatus.WAITING  # what came before it rested last answers nothing
    win(crm, record, status="open")
    work()
    win(crm, record)
    work()
    work()
    assert texts(only_run(recipe)) == ["on"]


def test_what_came_just_before_it_waits_lets_it_on_at_once(ghl: Sandbox, crm: Connection) -> None:
    record = deal(ghl)
    recipe = waiting(crm, text("sdone1", "on"))
    send(recipe, {"deal": record["id"]})
    win(crm, record)

    work()
    work()

    assert texts(only_run(recipe)) == ["on"]
    assert Expectation.objects.get().event is not None


@pytest.mark.parametrize(
    ("wish", "status", "said"),
    [
        ("go_on", RunStatus.DONE, ["went on: false"]),
        ("stop", RunStatus.FILTERED, []),
        ("hold", RunStatus.HELD, []),
    ],
)
def test_time_answers_as_the_recipe_says(
    ghl: Sandbox, crm: Connection, wish: str, status: RunStatus, said: list[str]
) -> None:
    after = text("sdone1", "went on: {{ swait1.happened }}")
    recipe = waiting(crm, after, body={"deal": deal(ghl)["id"]}, on_timeout=wish)

    later(2 * DAY + 60)

    assert (only_run(recipe).status, texts(only_run(recipe))) == (status, said)
    assert Expectation.objects.get().over
    if wish != "go_on":
        assert only_run(recipe).because.startswith("It did not happen in time that an opportunity is won (about ")


def test_held_for_want_of_it_a_retry_sees_what_came_meanwhile(ghl: Sandbox, crm: Connection) -> None:
    record = deal(ghl)
    recipe = waiting(crm, text("sdone1", "on"), body={"deal": record["id"]}, on_timeout="hold")
    later(2 * DAY + 60)
    win(crm, record)
    work()

    replay.resume(only_run(recipe))
    work()
    work()

    assert texts(only_run(recipe)) == ["on"]


def test_webhooks_are_asked_for_and_called_off_with_the_last_that_waits(ghl: Sandbox, crm: Connection) -> None:
    recipe = waiting(crm, body={"deal": deal(ghl)["id"]})
    watched = Subscription.objects.get(connection=crm)
    assert (watched.active, watched.object) == (True, "opportunity")

    recipe.live.tree = trees.parse({**recipe.live.tree, "steps": [text("sdone1", "now")]})
    recipe.live.save()
    listening.listen(recipe)

    watched.refresh_from_db()
    assert watched.active  # a run still waits
    assert not Awaited.objects.get().current
    win(crm, deal(ghl))
    work()
    work()
    assert only_run(recipe).status == RunStatus.DONE
    prune.prune()
    watched.refresh_from_db()
    assert not watched.active
    assert not Awaited.objects.exists()


def test_recipe_that_starts_from_the_same_thing_starts_as_ever(ghl: Sandbox, crm: Connection) -> None:
    record = deal(ghl)
    starting = make_watching(crm, WON, text("sdone1", "started"))
    recipe = waiting(crm, text("sdone1", "on"), body={"deal": record["id"]})

    event = win(crm, record)
    work()
    work()

    event.refresh_from_db()
    assert (texts(only_run(starting)), texts(only_run(recipe))) == (["started"], ["on"])
    assert (event.fate, [d["fate"] for d in event.fate_details]) == (Fate.RAN, [Fate.RAN, Fate.AWAITED])


def test_own_choice_of_the_event_holds_for_a_wait_too(ghl: Sandbox, crm: Connection) -> None:
    record = deal(ghl)
    recipe = waiting(crm, body={"deal": record["id"]}, inputs={"pipeline": "another"})

    win(crm, record)
    work()

    assert only_run(recipe).status == RunStatus.WAITING


def test_loop_waits_for_each_item(ghl: Sandbox, crm: Connection) -> None:
    deals = [one for one in ghl.records("opportunities") if one["status"] == "open"][:2]
    inside = [until(crm, about="{{ seach1.item }}"), text("sdone1", "{{ swait1.name }}")]
    loop = {"id": "seach1", "kind": "each", "list": "{{ trigger.deals }}", "steps": inside}
    recipe = make_hooked(loop, workspace=crm.workspace)
    send(recipe, {"deals": [one["id"] for one in deals]})
    work()

    for one in deals:
        win(crm, one)
        work()
        work()

    assert only_run(recipe).status == RunStatus.DONE
    assert texts(only_run(recipe)) == [one["name"] for one in deals]


def test_nothing_to_be_about_holds_the_run(crm: Connection) -> None:
    recipe = waiting(crm, body={"deal": ""})

    assert only_run(recipe).status == RunStatus.HELD
    assert "is empty" in only_run(recipe).because
    assert not Expectation.objects.exists()


def test_waits_of_runs_that_are_over_are_forgotten(ghl: Sandbox, crm: Connection) -> None:
    recipe = waiting(crm, body={"deal": deal(ghl)["id"]})
    replay.cancel(only_run(recipe))

    prune.prune()

    assert Expectation.objects.get().over


@pytest.mark.parametrize("moment", ["before commit", "after commit"])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_power_cut_on_the_way_waits_once_and_hears_it(ghl: Sandbox, crm: Connection, moment: str, count: int) -> None:
    record = deal(ghl)
    recipe = waiting(crm, text("sdone1", "on"))
    send(recipe, {"deal": record["id"]})
    cut_short(Fuse(moment, count))
    later(settings.LEASE + 1)
    win(crm, record)
    cut_short(Fuse(moment, count))
    later(settings.LEASE + 1)
    later(61)

    assert (only_run(recipe).status, texts(only_run(recipe))) == (RunStatus.DONE, ["on"])
    assert Expectation.objects.count() == 1


def test_event_and_wait_at_the_same_moment_never_miss_each_other(ghl: Sandbox, crm: Connection) -> None:
    """Runs come to their wait while another worker reads the events they wait for."""
    deals = [one for one in ghl.records("opportunities") if one["status"] == "open"]
    recipe = waiting(crm, text("sdone1", "on"))
    for one in deals:
        send(recipe, {"deal": one["id"]})
    crowd = [threading.Thread(target=_tell, args=(crm, deals)), *(threading.Thread(target=work) for _ in range(2))]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join(60)
    work()
    work()

    runs = Run.objects.filter(recipe=recipe)
    assert [(run.status, run.because) for run in runs] == [(RunStatus.DONE, "")] * len(deals)


def _tell(crm: Connection, deals: list[dict[str, Any]]) -> None:
    with scopes_disabled():
        for one in deals:
            win(crm, one)
    database.close()


@pytest.mark.parametrize(
    ("about", "found"),
    [(" ADA@example.com ", True), ("+49 (30) 123-4567", True), ("con_1", True), ("eve@example.com", False)],
)
def test_it_is_named_as_people_write_it(about: str, found: bool) -> None:
    data = {"contact": {"id": "con_1", "email": "ada@example.com", "phone": "+49301234567"}}
    many = {f"extra_{number:03d}_id": f"a{number}" for number in range(40)}

    told_of = keys.hashes(Sighting("contact", "con_1", {}, {**many, **data}))

    assert (awaited.hashed(about) in told_of) == found


def test_time_that_is_set_back_and_forth_does_not_count_twice(ghl: Sandbox, crm: Connection) -> None:
    """Two waits for the same thing, one after the other, want it to happen twice."""
    record = deal(ghl)
    recipe = make_hooked(until(crm), until(crm, "swait2"), text("sdone1", "twice"), workspace=crm.workspace)
    send(recipe, {"deal": record["id"]})
    work()
    win(crm, record)
    work()
    work()

    once = trail(only_run(recipe))
    win(crm, record, status="open")
    work()
    win(crm, record)
    work()
    work()

    assert once == ["swait1 done", "swait2 waiting"]
    assert texts(only_run(recipe)) == ["twice"]


def test_last_step_shows_what_it_waited_for(ghl: Sandbox, crm: Connection) -> None:
    recipe = waiting(crm, body={"deal": deal(ghl)["id"]})

    row = last_step(only_run(recipe), "swait1")

    assert row.output["about"] == deal(ghl)["id"]
    assert row.started_at + timedelta(days=2) - Expectation.objects.get().until < timedelta(minutes=1)
