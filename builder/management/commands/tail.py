import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django_scopes import scopes_disabled

from builder.management.tail import Line, Tail
from builder.models import Fate, RunStatus, Workspace

EVERY = 0.5


class Command(BaseCommand):
    help = "Shows events and runs as they change, a line each, until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--workspace", default="", help="its short name, as in addresses")
        parser.add_argument("--recipe", default="", help="a part of its name, or its id; leaves events out")
        parser.add_argument("--status", action="append", default=[], help="such as failed, held, duplicate; repeatable")
        parser.add_argument("--back", type=int, default=0, help="begin with so many earlier ones")

    def handle(self, *args: Any, **options: Any) -> None:
        tail = Tail(options["workspace"], options["recipe"], tuple(options["status"]))
        with scopes_disabled():
            self.insist(tail)
            tail.begin(options["back"])
            try:
                while True:
                    for line in tail.glance():
                        self.stdout.write(self.written(line))
                    self.stdout.flush()
                    time.sleep(EVERY)
            except (KeyboardInterrupt, BrokenPipeError):
                return

    def insist(self, tail: Tail) -> None:
        known = {*RunStatus.values, *Fate.values} - {""}
        if wrong := set(tail.statuses) - known:
            raise CommandError(f"There is no status {', '.join(sorted(wrong))}. There are: {', '.join(sorted(known))}.")
        if tail.workspace and not Workspace.objects.filter(slug=tail.workspace).exists():
            raise CommandError(f"There is no workspace {tail.workspace}.")

    def written(self, line: Line) -> str:
        looks = {
            **dict.fromkeys((RunStatus.DONE, Fate.RAN), self.style.SUCCESS),
            **dict.fromkeys((RunStatus.FAILED, Fate.UNREADABLE), self.style.ERROR),
            **dict.fromkeys((RunStatus.HELD, RunStatus.WAITING, Fate.PAUSED), self.style.WARNING),
        }
        status = looks.get(line.status, str)(f"{line.status:10}")
        return f"{line.at:%H:%M:%S}  {line.workspace:16} {status} {line.said}"
