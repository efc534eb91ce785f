"""E27: a service is away for six hours while events come in; what it makes of the hours is seen by its own log."""

import time
from collections import defaultdict

import pytest

from builder.models import Connection, Health, Run, RunStatus, StepRun
from tests.acceptance import processes
from tests.acceptance.chaos import proxy as network
from tests.acceptance.chaos.driver import crew, scaled, slowed
from tests.acceptance.chaos.proxy import Proxy
from tests.acceptance.chaos.verdict import Verdict
from tests.runner.conftest import Sandbox
from tests.runner.make import action, deliver, make_ghl, make_watching
from tests.runner.test_reading import told

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.alone]

SIX_HOURS, FASTER = 30.0, 720
"""Seconds, and by how much time is compressed for them."""
DEALS, TURNS, STATUSES = scaled(200), 10, ("won", "lost", "open")
"""More turns of one record within the hour are taken for a recipe that goes round in a loop."""
CALLS, MOST, WINDOW = 2, 300, 10.0
"""A run makes so many calls, and the service allows so many in so many seconds."""


def test_e27_service_is_away_for_six_hours(ghl: Sandbox) -> None:
    events, verdict = DEALS * TURNS, Verdict("E27")
    with Proxy(ghl.url) as proxy:
        ghl.set(rate_max=MOST)
        source = make_ghl(Sandbox(proxy.url))
        person = ghl.records("contacts")[0]["id"]
        note = action("snotes", "ghl.contacts.add_note", source, contactId=person, body="changed")
        make_watching(source, "ghl.opportunity.status_changed", note)
        environ = processes.environment(**slowed(FASTER))
        proxy.fail(network.away, times=10**9)
        with processes.running(processes.SCHEDULER, environ), crew(environ):
            began = time.monotonic()
            change_deals(ghl, source, events)
            time.sleep(max(0.0, SIX_HOURS - (time.monotonic() - began)))
            asked, health = len(proxy.calls), Connection.objects.get(pk=source.pk).health
            proxy.faults.clear()
            back = time.monotonic()
            end = back + 180 + 6 * CALLS * events * WINDOW / MOST
            while Run.objects.filter(status=RunStatus.DONE).count() < events and time.monotonic() < end:
                time.sleep(0.2)
            took = time.monotonic() - back
        calls = [at for at in proxy.times if at >= back]

    notes = [marker for effect in ghl.effects("note.created") for marker in effect["markers"]]
    verdict.lost, verdict.doubled = events - len(set(notes)), len(notes) - len(set(notes))
    verdict.stuck = Run.objects.filter(status__in=RunStatus.open()).count()
    most = max(sum(at <= other < at + WINDOW for other in calls) for at in calls)
    verdict.more = {"events": events, "asked_while_away": asked, "most_in_window": most, "drained_s": round(took, 1)}
    verdict.more["refused"] = sum(call["status"] == 429 for call in ghl.calls())
    verdict.say()
    assert verdict.clean
    assert out_of_order(notes) == []
    assert health == Health.TROUBLE
    assert asked <= 0.1 * events + 100
    assert most <= 1.2 * MOST


def change_deals(ghl: Sandbox, source: Connection, events: int) -> None:
    """One deal after the other, then each of them again."""
    deals = [make_deal(ghl, number) for number in range(DEALS)]
    for number in range(events):
        turn, deal = divmod(number, DEALS)
        deliver(source, told(deals[deal], webhookId=f"change-{number}") | {"status": STATUSES[turn % len(STATUSES)]})


def make_deal(ghl: Sandbox, number: int) -> dict[str, str]:
    person = ghl.do("new_contact", name="Ada", email=f"ada{number}@nowak.example")["record"]["id"]
    pipeline = ghl.records("pipelines")[0]["id"]
    deal = ghl.do("new_deal", name=f"Deal {number}", contact=person, pipeline=pipeline, value="100")["record"]["id"]
    return next(row for row in ghl.records("opportunities") if row["id"] == deal)


def out_of_order(notes: list[str]) -> list[str]:
    """Deals whose changes were not carried over in their order."""
    steps = StepRun.objects.exclude(marker="").values_list("marker", "run__event__record_id", "run__event_id")
    known = {marker: (deal, event) for marker, deal, event in steps}
    of_deal: dict[str, list[int]] = defaultdict(list)
    for deal, event in map(known.__getitem__, notes):
        of_deal[deal].append(event)
    return [deal for deal, changes in of_deal.items() if changes != sorted(changes)]
