from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from builder.management import backups


class Command(BaseCommand):
    help = "Writes the whole database into one file, while Recette runs. The keys are not in it: keep them elsewhere."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", nargs="?", type=Path, help="default: a new file in var/backups")

    def handle(self, *args: Any, **options: Any) -> None:
        path = options["path"] or settings.VAR_DIR / "backups" / f"recette-{datetime.now(UTC):%Y%m%d-%H%M%S}.zip"
        manifest = backups.write(path)
        self.stdout.write(f"Wrote {path} ({manifest['database']}, {path.stat().st_size:,} bytes).")
        self.stdout.write(f"Not in it: {keys()}, without which the secrets of its connections can't be opened.")
        self.stdout.write("Keep those in another place than the backup. Mails and sandboxes are not in it either.")


def keys() -> str:
    if settings.SECRETS_FILE.exists():
        return f"the keys in {settings.SECRETS_FILE}"
    return "SEAL_KEYS and SECRET_KEY of the environment"
