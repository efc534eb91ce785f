"""What Celery carries: thin, ids in, nothing out. Losing a message loses nothing; the sweeper rings again."""

import gc
import threading
from collections.abc import Callable
from typing import Any

from celery import shared_task
from celery.signals import worker_ready, worker_shutdown, worker_shutting_down
from django.conf import settings

import connectors.client  # noqa: F401 -- loaded before the first run waits for it
from builder.runner import drain, letters, listening, makeup, messengers, polling, presence, upkeep

ERRANDS = threading.BoundedSemaphore(settings.ERRANDS)
POLLS, BACKFILLS = threading.BoundedSemaphore(1), threading.BoundedSemaphore(1)
"""A worker's other threads are there for runs, however slow the services are that are polled."""
_asked_to_poll = threading.Event()
"""Since the last round began."""


@shared_task(name="recette.drain", ignore_result=True)
def drain_runs() -> None:
    drain.answer()


@worker_ready.connect
def settle_down(**_: Any) -> None:
    """What a worker has loaded by now stays: the collector need not walk through it again and again."""
    gc.collect()
    gc.freeze()


@worker_shutting_down.connect
def stop(**_: Any) -> None:
    """Told to stop, a worker finishes the steps in hand and puts their runs down for the next one."""
    drain.stopping.set()
    polling.stopping.set()


@worker_shutdown.connect
def let_go(**_: Any) -> None:
    drain.dismiss()


@shared_task(name="recette.poll", ignore_result=True)
def poll(subscription_id: int) -> None:
    """That one is due longest; the others are polled along with it. Who comes while a round is under way is left, and
    may have come for what that round no longer sees: the scheduler does not ask again so soon, so there is another."""
    _asked_to_poll.set()
    while _asked_to_poll.is_set() and _errand(POLLS, _poll_all):
        pass


def _poll_all() -> None:
    _asked_to_poll.clear()
    polling.work()


@shared_task(name="recette.subscribe", ignore_result=True)
def subscribe(subscription_id: int) -> None:
    _errand(ERRANDS, listening.subscribe, subscription_id)


@shared_task(name="recette.look_after", ignore_result=True)
def look_after(connection_id: int) -> None:
    _errand(ERRANDS, upkeep.look_after, connection_id)


@shared_task(name="recette.look_after_agency", ignore_result=True)
def look_after_agency(agency_id: int) -> None:
    _errand(ERRANDS, upkeep.look_after_agency, agency_id)


@shared_task(name="recette.tell", ignore_result=True)
def tell(recipe_id: int) -> None:
    _errand(ERRANDS, letters.tell, recipe_id)


@shared_task(name="recette.ask", ignore_result=True)
def ask(question_id: int) -> None:
    _errand(ERRANDS, letters.ask, question_id)


@shared_task(name="recette.alert", ignore_result=True)
def alert(route_id: int) -> None:
    _errand(ERRANDS, messengers.carry, route_id)


def _errand(place: threading.BoundedSemaphore, do: Callable[..., Any], *given: Any) -> bool:
    """Whether there was a free place. Without one it is left: the scheduler asks again for what is still due."""
    if not place.acquire(blocking=False):
        return False
    try:
        do(*given)
    finally:
        place.release()
    return True


@shared_task(name=makeup.TASK, ignore_result=True)
def backfill(recipe_id: int) -> None:
    _errand(BACKFILLS, makeup.work, recipe_id, drain.stopping.is_set)


@shared_task(name="recette.present", ignore_result=True)
def present(queue: str) -> None:
    """Somebody asks whether the queue is served."""
    presence.here(queue)
