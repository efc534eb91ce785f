"""A drain hears at once what other processes wrote, and one drain of a process is enough."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.db import connection
from django_scopes import scopes_disabled

from builder.models import Drain, Run, RunStatus
from builder.runner import drain, ear
from builder.runner.clock import now
from tests.runner.conftest import wait_for
from tests.runner.make import action, make_hooked, send

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def somebody_else() -> Iterator[ThreadPoolExecutor]:
    """Whoever runs there has a connection of their own."""
    with ThreadPoolExecutor(1) as thread:
        yield thread
        thread.submit(lambda: connection.close()).result()


def test_hears_what_others_wrote_once_and_nothing_else() -> None:
    recipe, mine = make_hooked(action("snote1", "tools.text.format", text="hello")), ear.Ear()
    mine.heard()

    with somebody_else() as other:
        before = mine.heard()
        other.submit(scopes_disabled()(send), recipe, {}).result()
        wait_for(mine.heard, 5)

    assert not before
    assert not mine.heard()
    mine.rest()


def test_what_came_along_with_the_answer_to_a_query_is_heard() -> None:
    recipe, mine = make_hooked(action("snote1", "tools.text.format", text="hello")), ear.Ear()
    mine.heard()
    mine.heard()

    with somebody_else() as other:
        other.submit(scopes_disabled()(send), recipe, {}).result()
    Run.objects.count()

    assert mine.heard()
    mine.rest()


def test_what_waits_in_line_goes_when_the_one_before_it_is_over() -> None:
    """Not at the next look, which is eight seconds away."""
    recipe = make_hooked(action("snote1", "tools.text.format", text="hello"))
    for number in range(4):
        send(recipe, {"n": number})
    drain.work(linger=0)
    Run.objects.update(status=RunStatus.QUEUED, wake_at=now(), lane=f"{recipe.pk} deal", finished_at=None, place=[0])
    began = now()

    drain.work(linger=1, look=8)

    ended = list(Run.objects.filter(status=RunStatus.DONE).values_list("finished_at", flat=True))
    assert len(ended) == 4
    assert (max(ended) - began).total_seconds() < 5


def test_what_is_written_is_heard_long_before_the_next_look() -> None:
    recipe = make_hooked(action("snote1", "tools.text.format", text="hello"))
    send(recipe, {})
    worker = threading.Thread(target=drain.work, kwargs={"linger": 60, "longest": 60, "look": 30})
    worker.start()
    try:
        wait_for(lambda: Run.objects.filter(status=RunStatus.DONE).count() == 1)
        began = time.monotonic()
        send(recipe, {})
        wait_for(lambda: Run.objects.filter(status=RunStatus.DONE).count() == 2)
        took = time.monotonic() - began
    finally:
        drain.stopping.set()
        send(recipe, {})
        worker.join(60)
        drain.stopping.clear()

    assert took < 5


def test_rings_for_several_drains_wake_one_in_each_process() -> None:
    recipe = make_hooked(action("snote1", "tools.text.format", text="hello"))
    send(recipe, {})
    post, one, other = drain.Post(), object(), object()

    assert (post.take(one), post.take(other), post.take(one)) == (True, False, True)
    post.leave(one)
    assert post.take(other)
    post.leave(other)

    threads = [threading.Thread(target=drain.answer) for _ in range(4)]
    for thread in threads:
        thread.start()
    wait_for(lambda: Run.objects.filter(status=RunStatus.DONE).count() == 1)
    awake = Drain.objects.count()
    for thread in threads:
        thread.join(30)
    drain.dismiss()

    assert awake == 1
