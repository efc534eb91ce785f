"""E35: a fifth of the webhooks never arrives, as from an Invoice Ninja that tells each but once: polls find them."""

import random
import time
from collections import Counter
from datetime import datetime
from typing import Any

import pytest
from django.conf import settings as ours

from builder.models import Event, Fate, Recipe, Source, Subscription
from builder.runner import listening, polling
from connectors.invoice_ninja.events import OVERLAP
from tests.acceptance import processes
from tests.acceptance.chaos import proxy as network
from tests.acceptance.chaos.driver import crew, scaled, serving, slowed, statuses
from tests.acceptance.chaos.proxy import Proxy
from tests.acceptance.chaos.verdict import Verdict, p95
from tests.runner.conftest import Sandbox, wait_for
from tests.runner.make import action, make_ninja, make_watching

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.alone]

SEED = 20261129
FASTER = 300
"""A quarter of an hour between two polls becomes three seconds."""
INTERVAL = polling.SLOWEST * (1 + polling.SPREAD) / FASTER
FRESH = 3.0
SLACK = 2.0
"""Seconds that a busy machine may take for the round."""


def test_e35_missed_webhooks_are_found_by_the_poll(ninja: Sandbox, settings: Any) -> None:
    clients, verdict, dropped = scaled(500), Verdict("E35", SEED), []
    environ = processes.environment(**slowed(FASTER))
    with serving(environ) as port, Proxy(f"http://127.0.0.1:{port}") as proxy:
        settings.SANDBOX_INVOICE_NINJA_URL, settings.LOCAL_URL = ninja.url, proxy.url
        recipe, subscription = watching(ninja)
        proxy.fail(network.lossy(0.2, random.Random(SEED), dropped), times=10**9)
        with processes.running(processes.SCHEDULER, environ), crew(environ, 1):
            wait_for(lambda: Subscription.objects.get(pk=subscription.pk).polled_at, 20)
            began = time.monotonic()
            for number in range(clients):
                time.sleep(max(0.0, began + number / 10 - time.monotonic()))
                ninja.do("new_client", name=f"Company {number}", email=f"ada{number}@nowak.example")
            wait_for(lambda: not Event.objects.filter(read_at=None).exists(), 20)
            time.sleep(INTERVAL + OVERLAP + SLACK)

    made = Counter(row["product_key"] for row in ninja.records("products") if row["product_key"].startswith("for "))
    waits = found_after(ninja)
    verdict.lost, verdict.doubled = clients - len(made), sum(made.values()) - len(made)
    verdict.stuck = clients - statuses(recipe).get("done", 0)
    verdict.more = {"clients": clients, "dropped": len(dropped), "by_poll": len(waits), "p95_found_s": p95(waits)}
    verdict.more |= {
        "slowest_found_s": round(max(waits, default=0.0), 2),
        "duplicates": Event.objects.filter(fate=Fate.DUPLICATE).count(),
    }
    verdict.say()
    assert verdict.clean
    assert len(waits) >= len(dropped) > 0
    assert max(waits) <= INTERVAL + OVERLAP + SLACK


def watching(ninja: Sandbox) -> tuple[Recipe, Subscription]:
    """A recipe that makes a product for each new client, told of them by webhook."""
    at = make_ninja(ninja.url)
    product = action("sprodu", "invoice_ninja.products.create", at, product_key="for {{ trigger.id }}", cost="1")
    time.sleep(FRESH)  # the sandbox made its own records just now
    recipe = make_watching(at, "invoice_ninja.client.created", product)
    subscription = Subscription.objects.get(connection=at)
    listening.subscribe(subscription.pk)
    Subscription.objects.update(poll_seconds=polling.SLOWEST)
    assert ours.LOCAL_URL in ninja.records("webhooks")[0]["target_url"]
    return recipe, subscription


def found_after(ninja: Sandbox) -> list[float]:
    """Seconds from a client's making to its event, of those that a poll saw first."""
    made = {e["id"]: datetime.fromisoformat(e["time"]) for e in ninja.effects("client.created")}
    seen = Event.objects.filter(source=Source.POLL, fate=Fate.RAN).values_list("record_id", "received_at")
    return [(at - made[record_id]).total_seconds() for record_id, at in seen]
