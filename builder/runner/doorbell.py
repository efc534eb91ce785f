"""Wakes a drain when there is something to do and none is awake. A lost ring is found by the sweeper."""

import logging
import time
from datetime import timedelta

from celery import current_app
from django.conf import settings
from django.db import transaction

from builder.models import Drain
from builder.runner import ear
from builder.runner.clock import now

log = logging.getLogger(__name__)

ALIVE = timedelta(seconds=5 / settings.TIME_SCALE)
"""How long a drain's word that it is awake holds; it renews it every second."""
AGAIN = 0.1
"""Seconds in which this process does not ring twice: the drain that was rung for will see it all."""
AWAY = 5.0
"""Seconds for which a broker that could not be reached is left alone: asking one that is down takes seconds, too."""
_rung = _quiet_until = 0.0


def ring() -> None:
    """Rings after the current transaction, if there is one."""
    ear.tell()
    transaction.on_commit(ring_now, robust=True)


def ring_now() -> bool:
    """Whether a message was sent. A broker that is away is not an error: the row is due and will be swept."""
    global _rung
    if time.monotonic() - _rung < AGAIN or someone_awake():
        return False
    _rung = time.monotonic()
    return send("recette.drain")


def send(task: str, *args: int) -> bool:
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return False
    try:
        current_app.send_task(task, args=args, retry=False)
    except Exception as problem:  # whatever the broker's client raises
        _quiet_until = time.monotonic() + AWAY / settings.TIME_SCALE
        log.warning("the doorbell did not ring: %s", problem, extra={"action": "ring_failed"})
        return False
    return True


def someone_awake() -> bool:
    return Drain.objects.filter(alive_until__gt=now(), full=False).exists()


def awake(holder: str, full: bool) -> None:
    Drain.objects.update_or_create(holder=holder, defaults={"alive_until": now() + ALIVE, "full": full})


def asleep(holder: str) -> None:
    Drain.objects.filter(holder=holder).delete()
    Drain.objects.filter(alive_until__lt=now() - ALIVE).delete()
