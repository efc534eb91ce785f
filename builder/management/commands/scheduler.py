import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from builder import checks
from builder.runner import schedule


class Command(BaseCommand):
    help = "Rings for what is due: runs, polls, schedules. Any number may run; the database decides who was first."

    requires_system_checks: list[str] = []  # they would load every page; ours are asked below

    def handle(self, *args: Any, **options: Any) -> None:
        checks.insist()
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        schedule.run_forever(stop.is_set)
