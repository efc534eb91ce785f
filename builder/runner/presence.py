"""Who was there lately, for whoever looks whether all is well."""

import os
import time

from builder.models import Presence
from builder.runner.clock import now

EVERY = 10.0
_noted: dict[str, float] = {}


def note(name: str) -> None:
    """At most every ten seconds."""
    if time.monotonic() - _noted.get(name, -EVERY) >= EVERY:
        here(name)


def here(name: str) -> None:
    _noted[name] = time.monotonic()
    holder = f"{os.uname().nodename[:40]}, process {os.getpid()}"
    Presence.objects.update_or_create(name=name, defaults={"holder": holder, "at": now()})
