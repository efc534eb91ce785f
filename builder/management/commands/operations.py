from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from builder.management import catalogue
from connectors.catalogue import CONNECTORS


class Command(BaseCommand):
    help = "Lists everything a recipe can start with or do."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--connector", default="", help=f"only one of {', '.join(CONNECTORS)}")
        parser.add_argument("--markdown", action="store_true", help="with inputs, outputs, permissions and sources")

        parser.add_argument(
            "--lint", action="store_true", help="what the hand-made ones owe to people; fails if anything"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            homes = catalogue.chosen(options["connector"])
        except KeyError:
            known = ", ".join(CONNECTORS)
            raise CommandError(f"There is no connector {options['connector']}. There are: {known}.") from None
        if options["lint"]:
            owed, good, known = catalogue.lint(homes)
            self.stdout.write("\n".join([*owed, f"{good} of {known} finished."]))
            if owed:
                raise CommandError("The catalogue owes something to people.")
            return
        lines = catalogue.markdown(homes) if options["markdown"] else catalogue.plain(homes)
        self.stdout.write("\n".join(lines))
