"""E21: what the network does to a call. Whether it can have arrived is told apart, for each class of operation."""

from collections.abc import Iterator
from typing import Any

import pytest

from builder.models import Connection, Run, RunStatus
from tests.acceptance.chaos import proxy as network
from tests.acceptance.chaos.classes import CLASSES, came_of, case_of
from tests.acceptance.chaos.proxy import Act, Proxy
from tests.acceptance.chaos.verdict import Verdict, doubled
from tests.runner.conftest import Sandbox, until_over, work
from tests.runner.make import make_hooked, make_ninja, send

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]

DONE = {
    "read": (RunStatus.DONE, 0),
    "idempotent": (RunStatus.DONE, 1),
    "keyed": (RunStatus.DONE, 1),
    "reconcile": (RunStatus.DONE, 1),
}
DOUBTED = {
    network.reset_before: 0,
    network.reset_after: 1,
    network.hang_up_after: 1,
    network.silent: 0,
    network.silent_after: 1,
}
"""Whether the effect had happened. Nobody on our side can know, so a mail is asked about in all of them."""


@pytest.fixture
def proxy(ninja: Sandbox) -> Iterator[Proxy]:
    ninja.set(guard=0)
    with Proxy(ninja.url) as proxy:
        yield proxy


@pytest.mark.parametrize(("act", "happened"), DOUBTED.items(), ids=lambda value: getattr(value, "__name__", ""))
def test_call_that_may_have_arrived_is_looked_after(
    ninja: Sandbox, proxy: Proxy, act: Act, happened: int, settings: Any
) -> None:
    settings.READ_TIMEOUT = 0.6
    verdict = Verdict(f"E21 {act.__name__}")

    came = {k: came_of(k, ninja, proxy.url, lambda c: proxy.fail(act, c.method, c.path)) for k in CLASSES}

    verdict.doubled, verdict.held = doubled(ninja), sum(c.run.status == RunStatus.HELD for c in came.values())
    verdict.say()
    assert {kind: one.short for kind, one in came.items()} == {**DONE, "once": (RunStatus.HELD, happened)}
    assert came["once"].run.because.startswith("Nobody knows whether “Mail the PDFs of invoices to yourself” was done")
    assert verdict.doubled == 0


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://127.0.0.1:9", "127.0.0.1 refused the connection"),
        ("http://nowhere.invalid", "There is no host named nowhere.invalid"),
        ("https://127.0.0.1:{port}", "127.0.0.1 answers without encryption"),
    ],
    ids=["refused", "dns", "tls"],
)
def test_call_that_never_left_is_made_again_whatever_its_class(
    ninja: Sandbox, proxy: Proxy, url: str, sentence: str
) -> None:
    verdict = Verdict(f"E21 {sentence}")
    runs, cases = {}, {kind: case_of(kind, ninja) for kind in CLASSES}
    for kind, case in cases.items():
        at = make_ninja(url.format(port=proxy.port))
        recipe = make_hooked(case.step(at), workspace=at.workspace)
        send(recipe, {})
        work()
        runs[kind] = Run.objects.get(recipe=recipe)
    waited = {kind: (run.status, run.because.startswith(sentence)) for kind, run in runs.items()}

    Connection.objects.update(settings={"base_url": ninja.url})
    ends = {kind: until_over(run).status for kind, run in runs.items()}

    kinds = [e["kind"] for e in ninja.effects()]
    verdict.doubled = doubled(ninja)
    verdict.say()
    assert waited == dict.fromkeys(CLASSES, (RunStatus.WAITING, True))
    assert ends == dict.fromkeys(CLASSES, RunStatus.DONE)
    assert {kind: kinds.count(case.effect) for kind, case in cases.items()} == {**dict.fromkeys(CLASSES, 1), "read": 0}
