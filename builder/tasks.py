"""What Celery carries: thin, ids in, nothing out. Losing a message loses nothing; the sweeper rings again."""

from typing import Any

from celery import shared_task
from celery.signals import worker_shutting_down

from builder.runner import drain, listening, polling


@shared_task(name="recette.drain", ignore_result=True)
def drain_runs() -> None:
    drain.work()


@worker_shutting_down.connect
def stop(**_: Any) -> None:
    """Told to stop, a worker finishes the steps in hand and puts their runs down for the next one."""
    drain.stopping.set()


@shared_task(name="recette.poll", ignore_result=True)
def poll(subscription_id: int) -> None:
    polling.poll(subscription_id)


@shared_task(name="recette.subscribe", ignore_result=True)
def subscribe(subscription_id: int) -> None:
    listening.subscribe(subscription_id)
