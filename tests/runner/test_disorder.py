"""E31: deliveries in any order, some twice; what is known in the end is the newest, and nothing older starts a run."""

import itertools
import json
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builder.models import Connection, Event, Run, Snapshot, Source, Subscription
from builder.runner import intake, reading
from tests import make
from tests.runner.make import make_watching

pytestmark = pytest.mark.django_db(transaction=True)
_numbers = itertools.count(1)
STATUSES = ("open", "won", "lost", "open", "abandoned")
"""Of the versions of a deal, the oldest first: the first makes it, the others change it."""
PLAIN = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

DEALS = 10
"""In each example: a hundred examples are a thousand orders."""
orders = st.tuples(
    st.permutations(range(len(STATUSES))), st.lists(st.sampled_from(range(len(STATUSES))), max_size=2)
).map(lambda drawn: [*drawn[0], *drawn[1]])


def deal(deal_id: str, version: int) -> dict[str, Any]:
    event = "OpportunityStatusUpdate" if version else "OpportunityCreate"
    stamp = f"2026-11-22T10:0{version}:00.000Z"
    plain = {"id": deal_id, "name": f"Version {version}", "status": STATUSES[version], "pipelineId": "p"}
    return {"type": event, "dateAdded": "2026-11-22T10:00:00.000Z", "timestamp": stamp, **plain}


def delivered(connection: Connection, bodies: list[dict[str, Any]]) -> list[Event]:
    """As the door stores them."""
    events = [
        intake.build(connection.workspace_id, Source.HOOK, json.dumps(body).encode(), name="", headers={})
        for body in bodies
    ]
    for event in events:
        event.connection = connection
    return Event.objects.bulk_create(events)


@PLAIN
@given(drawn=st.lists(orders, min_size=DEALS, max_size=DEALS), cut=st.integers(1, 40))
def test_newest_version_is_what_is_known_in_the_end(drawn: list[list[int]], cut: int) -> None:
    connection = shared()
    deals = {f"deal{next(_numbers)}": order for order in drawn}
    turns = itertools.chain.from_iterable(itertools.zip_longest(*([(d, v) for v in o] for d, o in deals.items())))
    bodies = [deal(*turn) for turn in turns if turn]

    for batch in (bodies[:cut], bodies[cut:]):
        with transaction.atomic():
            reading.read(delivered(connection, batch))

    known = Snapshot.objects.filter(record_id__in=deals)
    assert [(s.values["name"], s.values["status"], s.stamp) for s in known] == [
        ("Version 4", "abandoned", "2026-11-22T10:04:00.000Z")
    ] * DEALS
    for deal_id in deals:
        assert_in_order(deal_id)


def assert_in_order(deal_id: str) -> None:
    told = Run.objects.filter(event__record_id=deal_id).order_by("event").values_list("event__data", flat=True)
    started = [int(data["name"].removeprefix("Version ")) for data in told]
    assert started == sorted(set(started)), "no older version starts anything after a newer one"


def shared() -> Connection:
    """The one all examples are delivered to; each has a deal of its own."""
    found = Connection.objects.first()
    if found is None:
        found = make.make_connection(connector="ghl")
        make_watching(found, "ghl.opportunity.status_changed")
        Subscription.objects.update(began_at="2026-11-22T09:00:00+00:00")
    return found


def test_update_before_its_creation_starts_the_right_recipe_once() -> None:
    connection = make.make_connection(connector="ghl")
    make_watching(connection, "ghl.opportunity.status_changed")
    make_watching(connection, "ghl.opportunity.created")

    with transaction.atomic():
        reading.read(delivered(connection, [deal("d1", 1), deal("d1", 0)]))

    assert [run.recipe.live_trigger for run in Run.objects.all()] == ["ghl.opportunity.status_changed"]
