"""django-allauth signs people in. Nobody signs up by themselves: one is invited, or founds the first workspace."""

import logging
import time
from smtplib import SMTPException
from typing import Any, ClassVar

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import AddEmailForm, LoginForm, ResetPasswordForm
from allauth.account.internal.flows import reauthentication
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.account.views import EmailView, PasswordSetView
from allauth.core import context
from allauth.core.exceptions import ReauthenticationRequired
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as lazy

from builder.actions import identities
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
        if not ways and user.is_authenticated and identities.usable(user):
            ways = [{"id": "provider", "url": reverse("web:provider-again"), "description": ""}]
        return [{**way, "description": WAYS.get(way["id"], way["description"])} for way in ways]

    def is_reauthentication_required(self, *, app: str, **more: Any) -> bool:
        """Raises ReauthenticationRequired for who has neither password nor second factor: allauth would believe them
        for ever, and here their provider can be asked."""
        required = super().is_reauthentication_required(app=app, **more)
        person = context.request.user
        alone = settings.OIDC and required and not reauthentication.get_reauthentication_flows(person)
        if alone and identities.usable(person) and not shown_lately(context.request):
            raise ReauthenticationRequired
        return required

    def send_notification_mail(self, *args: Any, **options: Any) -> None:
        """That a mail can't be sent undoes nothing of what it tells."""
        try:
            super().send_notification_mail(*args, **options)
        except (SMTPException, OSError) as problem:
            log.warning("a change could not be told by mail: %s", problem, extra={"action": "mail_failed"})


def shown_lately(request: HttpRequest) -> bool:
    """Whether the person has shown in this browser, not long ago, who they are."""
    since = time.time() - app_settings.REAUTHENTICATION_TIMEOUT
    shown = [each for each in get_authentication_records(request, request.user) if each.get("reauthenticated")]
    return bool(shown) and shown[-1]["at"] > since


def reauthentication_needed(request: HttpRequest) -> bool:
    try:
        return reauthentication.is_reauthentication_required(request, app="")
    except ReauthenticationRequired:
        return True


class Elsewhere(DefaultSocialAccountAdapter):
    """Calls to a provider end within seconds and lead nowhere else: the settings alone say whom Recette talks to."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[Any]:
        return []

    def get_requests_session(self) -> Any:
        session = super().get_requests_session()
        session.max_redirects = 0
        return session


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


class FirstPassword(PasswordSetView):
    """For who came by a provider. A browser that was left open is not enough to give them one."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and request.method == "GET":
            reauthentication.raise_if_reauthentication_required(request, app="")
        elif request.user.is_authenticated and reauthentication_needed(request):
            return redirect("account_set_password")  # what was typed is kept nowhere
        return super().dispatch(request, *args, **kwargs)


first_password = FirstPassword.as_view()


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
