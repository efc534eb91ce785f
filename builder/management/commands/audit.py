from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from builder.models import Workspace
from builder.runner import book


class Command(BaseCommand):
    help = (
        "Looks whether the audit logs are as they were written. Ends with 1 when a line was changed, removed or put in."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--verify", action="store_true", help="go through every line (as it does without this)")
        parser.add_argument("--workspace", metavar="SLUG", help="only this one, as its address has it: /w/<slug>/")
        parser.add_argument(
            "--against",
            metavar="LINE:HASH",
            type=_mark,
            help="also look whether this line still has the hash that an earlier check or export told",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        slug, against = options["workspace"], options["against"]
        rows = Workspace.objects.order_by("slug")
        chosen = list(rows.filter(slug=slug) if slug else rows)
        if slug and not chosen:
            raise CommandError(f"There is no workspace {slug}.")
        if against and not slug:
            raise CommandError("A line is of one workspace: add --workspace.")
        broken = [workspace for workspace in chosen if not self._whole(workspace, against)]
        if broken:
            raise SystemExit(1)

    def _whole(self, workspace: Workspace, against: tuple[int, str] | None) -> bool:
        found = book.check(workspace.pk)
        wrong = list(found.wrong)
        if against and book.hash_at(workspace.pk, against[0]) != against[1]:
            wrong.append(f"Line {against[0]} has not the hash that you gave: the chain was written anew, or cut.")
        lines = f"{found.lines} line{'' if found.lines == 1 else 's'}"
        if not wrong:
            end = f"; it ends with {found.lines}:{found.head}" if found.lines else ""
            waits = f"; {found.waiting} of an older version wait for the next one" if found.waiting else ""
            self.stdout.write(self.style.SUCCESS(f"{workspace.slug}: {lines}, unbroken{end}{waits}"))
            return True
        self.stdout.write(self.style.ERROR(f"{workspace.slug}: {lines}, broken"))
        for problem in wrong:
            self.stdout.write(f"  {problem}")
        return False


def _mark(text: str) -> tuple[int, str]:
    number, _colon, hash_ = text.partition(":")
    if not number.isdecimal() or not hash_:
        raise ArgumentTypeError("Give it as the check told it: 812:9f3c…")
    return int(number), hash_
