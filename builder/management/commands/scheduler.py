import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from builder.runner import schedule


class Command(BaseCommand):
    help = "Rings for what is due: runs, polls, schedules. Any number may run; the database decides who was first."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        schedule.run_forever(stop.is_set)
