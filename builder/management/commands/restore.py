from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from builder.management import backups
from builder.management.locks import alone


class Command(BaseCommand):
    help = "Replaces the database by what a backup holds. Stop Recette first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path)
        parser.add_argument("--force", action="store_true", help="even if the database holds something")

    def handle(self, *args: Any, **options: Any) -> None:
        with alone(settings.VAR_DIR / "up.lock"):
            try:
                manifest = backups.restore(options["path"], options["force"])
            except backups.Refused as refusal:
                raise CommandError(str(refusal)) from None
        self.stdout.write(f"Restored what Recette {manifest['version']} held on {manifest['made']}.")
        if missing := backups.missing_keys(manifest):
            self.stderr.write(
                f"SEAL_KEYS lacks the keys {', '.join(missing)} of that time: connections sealed with them can't be "
                "opened until they are added."
            )
