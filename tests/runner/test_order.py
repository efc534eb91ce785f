"""What happens to one record is carried over in its order; other records don't wait for it."""

import threading
from typing import Any

import pytest
from django.db import connection as database
from django.db import transaction
from django_scopes import scopes_disabled

from builder.models import ENGINE, Event, Run, RunStatus
from builder.runner import due, leases
from tests.runner.conftest import Sandbox, until_over, work
from tests.runner.make import action, deliver, make_ghl, make_hooked, make_ninja, make_watching, send
from tests.runner.test_reading import told

pytestmark = pytest.mark.django_db(transaction=True)

CHANGED = "ghl.opportunity.status_changed"
DOINGS = {"won": "win_deal", "lost": "lose_deal", "open": "reopen_deal"}


@pytest.fixture(autouse=True)
def _at_once(ghl: Sandbox) -> None:
    ghl.set(search_lag=0, rate_max=0)


def watch(ghl: Sandbox, ninja: Sandbox, *before: dict[str, Any]) -> tuple[Any, list[dict[str, Any]]]:
    """A recipe that makes a product of every change of a deal's status; (connection, two open deals)."""
    connection = make_ghl(ghl)
    at = make_ninja(ninja.url, connection.workspace)
    product = action("sprodu", "invoice_ninja.products.create", at, product_key="{{ trigger.name }}")
    make_watching(connection, CHANGED, *before, product)
    return connection, [row for row in ghl.records("opportunities") if row["status"] == "open"][:2]


def change(ghl: Sandbox, connection: Any, deal: dict[str, Any], status: str) -> None:
    """Happens there, and is told."""
    ghl.do(DOINGS[status], id=deal["id"])
    deliver(connection, told(deal, webhookId=f"{deal['id']}-{status}") | {"status": status})


def done() -> list[int]:
    """Which runs came to their end, in the order they did; the first that began is 0."""
    began = list(Run.objects.order_by("pk").values_list("pk", flat=True))
    return [
        began.index(pk)
        for pk in Run.objects.exclude(finished_at=None).order_by("finished_at").values_list("pk", flat=True)
    ]


def test_later_change_of_a_record_waits_for_the_earlier_one(ghl: Sandbox, ninja: Sandbox) -> None:
    connection, (first, second) = watch(ghl, ninja)
    ninja.fail({"method": "POST", "path": "/api/v1/products", "status": 503, "times": 1, "when": "before"})
    change(ghl, connection, first, "won")
    work()

    change(ghl, connection, first, "lost")
    change(ghl, connection, second, "won")
    work()
    meanwhile = done()
    for run in Run.objects.order_by("pk"):
        until_over(run)

    assert meanwhile == [2]
    assert done() == [2, 0, 1]


def test_changes_read_together_go_one_after_another(ghl: Sandbox, ninja: Sandbox) -> None:
    connection, (deal, _) = watch(ghl, ninja)
    for status in ("won", "lost", "open"):
        change(ghl, connection, deal, status)

    work()

    assert done() == [0, 1, 2]


def test_wait_that_the_recipe_wants_lets_later_changes_pass(ghl: Sandbox, ninja: Sandbox) -> None:
    only_won = {"match": "all", "rules": [{"field": "{{ trigger.status }}", "op": "is", "value": "won"}]}
    wait = {"id": "swaiti", "kind": "wait", "mode": "for", "amount": "2", "unit": "days"}
    path = {"id": "pwonxx", "conditions": only_won, "steps": [wait]}
    paths = {"id": "spaths", "kind": "paths", "paths": [path], "otherwise": {"steps": []}}
    connection, (deal, _) = watch(ghl, ninja, paths)
    change(ghl, connection, deal, "won")
    work()

    change(ghl, connection, deal, "lost")
    work()
    meanwhile = done()
    until_over(Run.objects.earliest("pk"))

    assert (meanwhile, done()) == ([1], [1, 0])


def test_run_on_hold_keeps_no_later_change_waiting(ghl: Sandbox, ninja: Sandbox) -> None:
    connection, (deal, _) = watch(ghl, ninja)
    ninja.fail({"method": "POST", "path": "/api/v1/products", "status": 422, "times": 1, "body": {"message": "No."}})
    change(ghl, connection, deal, "won")
    work()

    change(ghl, connection, deal, "lost")
    work()

    statuses = Run.objects.order_by("pk").values_list("status", flat=True)
    assert list(statuses) == [RunStatus.HELD, RunStatus.DONE]


def test_run_of_a_newer_engine_is_left_alone(ninja: Sandbox) -> None:
    recipe = make_hooked(action("sshown", "tools.text.show", text="x"))
    send(recipe, {"n": 1})
    with transaction.atomic():
        leases.read_events()
    Run.objects.update(engine=ENGINE + 1)

    work()

    assert Run.objects.get().status == RunStatus.QUEUED
    assert due.anything() is False


def test_second_worker_reads_nothing_while_another_reads(ghl: Sandbox, ninja: Sandbox) -> None:
    """It would read later changes of the same records first, and the earlier ones would pass for old."""
    if database.vendor != "postgresql":
        return  # one process writes at a time
    connection, (deal, other) = watch(ghl, ninja)
    for number in range(leases.EVENTS_AT_ONCE):
        which, status = (deal, "won") if number == 0 else (other, "won")
        deliver(connection, told(which, webhookId=f"early-{number}") | {"status": status})
    deliver(connection, told(deal, webhookId="late") | {"status": "lost"})
    reading, may_end = threading.Event(), threading.Event()

    def first() -> None:
        with scopes_disabled(), transaction.atomic():
            leases.read_events()
            reading.set()
            may_end.wait(30)
        database.close()

    worker = threading.Thread(target=first)
    worker.start()
    reading.wait(30)
    with transaction.atomic():
        leases.read_events()
    unread = Event.objects.filter(read_at=None).count()
    may_end.set()
    worker.join()
    work()

    assert unread == leases.EVENTS_AT_ONCE + 1
    assert list(Event.objects.filter(record_id=deal["id"]).order_by("pk").values_list("fate", flat=True)) == ["ran"] * 2
