"""django-allauth signs people in. Nobody signs up by themselves: one is invited, or founds the first workspace."""

import logging
from smtplib import SMTPException
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import AddEmailForm, LoginForm, ResetPasswordForm
from allauth.account.models import EmailAddress
from allauth.account.views import EmailView
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as lazy

from builder.actions.actor import address_of

log = logging.getLogger(__name__)
WAYS = {
    "reauthenticate": lazy("Type the password instead"),
    "mfa_reauthenticate": lazy("Type a code instead"),
    "mfa_reauthenticate:webauthn": lazy("Use a passkey instead"),
}


class InvitedOnly(DefaultAccountAdapter):
    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": lazy(
            "This e-mail address and this password don’t go together. Check both, or choose “Forgot it?” to set a new "
            "password."
        ),
        "too_many_login_attempts": lazy(
            "Too many tries with a wrong password. Wait a while (after many tries, until tomorrow), or choose “Forgot "
            "it?” to set a new password."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return address_of(request) or super().get_client_ip(request)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        ways = super().get_reauthentication_methods(user)
        return [{**way, "description": WAYS.get(way["id"], way["description"])} for way in ways]

    def send_notification_mail(self, *args: Any, **options: Any) -> None:
        """That a mail can't be sent undoes nothing of what it tells."""
        try:
            super().send_notification_mail(*args, **options)
        except (SMTPException, OSError) as problem:
            log.warning("a change could not be told by mail: %s", problem, extra={"action": "mail_failed"})


class _OurWords:
    """What every other page calls an e-mail address, and says of one that is none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in {"login", "email"} & self.fields.keys():
            field = self.fields[name]
            field.label = lazy("E-mail")
            field.error_messages["invalid"] = lazy("This is not an e-mail address. It looks like name@example.com.")
            field.widget.attrs.pop("placeholder", None)


class SignIn(_OurWords, LoginForm):
    pass


class Forgotten(_OurWords, ResetPasswordForm):
    pass


class AnotherAddress(_OurWords, AddEmailForm):
    pass


class Addresses(EmailView):
    """Only a confirmed address becomes the main one: what goes to a wrong one opens the account to whoever has it."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        refused = self._unconfirmed(request) if "action_primary" in request.POST else ""
        if refused:
            return self.render_to_response(self.get_context_data(refused=refused), status=422)
        return super().post(request, *args, **kwargs)

    def _unconfirmed(self, request: HttpRequest) -> str:
        """The address asked for, when it is unconfirmed and there is another."""
        rows = list(EmailAddress.objects.filter(user=request.user))
        asked = (row for row in rows if row.email == request.POST.get("email", "").lower() and not row.verified)
        return next((row.email for row in asked if len(rows) > 1), "")


addresses = Addresses.as_view()
