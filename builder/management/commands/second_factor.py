from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from builder.actions import identities, second_factor
from builder.models import User


class Command(BaseCommand):
    help = "Takes app, passkeys and recovery codes from a person who has lost them: the password alone signs in then."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--remove", action="store_true", help="do it; without this, only say what there is")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email__iexact=options["email"]).first()
        if user is None:
            raise CommandError(f"Nobody has an account under {options['email']}.")
        if not second_factor.has_one(user):
            self.stdout.write(f"{user.email} has no second factor.")
        elif options["remove"]:
            second_factor.take(user)
            self.stdout.write(f"{user.email} {self._left(user)}")
        else:
            self.stdout.write(f"{user.email} has a second factor. Add --remove to take it.")

    def _left(self, user: User) -> str:
        if user.has_usable_password():
            return "signs in with the password alone now, and can set up a new second factor."
        if names := [each.name for each in settings.OIDC if each.key in identities.usable(user)]:
            return f"signs in with {' or '.join(names)} alone now, and can set up a new second factor."
        return "has nothing to sign in with any more: “Forgot it?” on the sign-in page sets a password."
