"""django-allauth signs people in. Nobody signs up by themselves: one is invited, or founds the first workspace."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.account.views import EmailView
from django.http import HttpRequest, HttpResponse


class InvitedOnly(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


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
