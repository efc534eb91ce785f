from typing import Any

from django.core.management.base import BaseCommand

from builder import env


class Command(BaseCommand):
    help = "Prints a new SECRET_KEY and a new SEAL_KEYS, ready for the environment. Stores nothing."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        for name, make in env.MAKERS.items():
            self.stdout.write(f"{name}={make()}")
