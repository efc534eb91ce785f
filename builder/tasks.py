"""What Celery carries: thin, ids in, nothing out. Losing a message loses nothing; the sweeper rings again."""

from celery import shared_task

from builder.runner import drain, listening, polling


@shared_task(name="recette.drain", ignore_result=True)
def drain_runs() -> None:
    drain.work()


@shared_task(name="recette.poll", ignore_result=True)
def poll(subscription_id: int) -> None:
    polling.poll(subscription_id)


@shared_task(name="recette.subscribe", ignore_result=True)
def subscribe(subscription_id: int) -> None:
    listening.subscribe(subscription_id)
