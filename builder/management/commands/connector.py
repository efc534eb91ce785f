from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from builder.management import new_connector

NEXT = """
{label} is in the catalogue, with notes as an example. Go on with docs/connectors.md:
    python -m pytest -q tests/connectors/{key}
    python manage.py operations --connector {key} --lint"""


class Command(BaseCommand):
    help = "Begins a connector to another service: `manage.py connector new acme`."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["new"])
        parser.add_argument("name", help="as it stands in recipes for ever: small letters and underscores")
        parser.add_argument("--label", default="", help="what people call the service")
        parser.add_argument("--url", default="", help="where its API is, such as https://api.acme.com/v1")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = new_connector.begin(settings.BASE_DIR, options["name"], options["label"], options["url"])
        except new_connector.Refused as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write("\n".join(made))
        label = options["label"] or options["name"].replace("_", " ").title()
        self.stdout.write(NEXT.format(key=options["name"], label=label))
