import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand
from django_scopes import scopes_disabled

from builder.management import doctor


class Command(BaseCommand):
    help = "Looks at the set-up and says what to mend. Ends with 1 when something fails."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        looks = {doctor.OK: self.style.SUCCESS, doctor.WARN: self.style.WARNING, doctor.FAIL: self.style.ERROR}
        levels = []
        with scopes_disabled():
            for found in doctor.examine():
                levels.append(found.level)
                if options["json"]:
                    self.stdout.write(json.dumps(asdict(found), ensure_ascii=False))
                    continue
                way_out = f" → {found.way_out}" if found.way_out else ""
                self.stdout.write(f"{looks[found.level](f'{found.level:4}')}  {found.about:12} {found.said}{way_out}")
        if doctor.FAIL in levels:
            sys.exit(1)
