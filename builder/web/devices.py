"""The browsers a person is signed in with: seen now and then, listed, and signed out from afar."""

import re
import time
from collections.abc import Callable
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from builder.actions import devices
from builder.actions.actor import address_of
from builder.web import reply
from builder.web.request import Request

SEEN_EVERY = 300
BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"))
MACHINES = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "Mac"),
    ("CrOS", "Chromebook"), ("Linux", "Linux"),
)  # fmt: skip


@receiver(user_logged_in)
def begun(request: HttpRequest, user: Any, **_more: Any) -> None:
    """Who has signed in just now has shown who they are: what asks for it again does so after some minutes only."""
    request.session["began"] = request.session["seen"] = int(time.time())
    record_authentication(request, user, method="sign_in", reauthenticated=True)
    keep(request)


def watched(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Keeps when and from where a browser was seen last, and ends what goes on for longer than SESSION_LONGEST."""

    def middleware(request: HttpRequest) -> HttpResponse:
        now = int(time.time())
        if now - request.session.get("seen", 0) > SEEN_EVERY and request.user.is_authenticated:
            if now - request.session.setdefault("began", now) > settings.SESSION_LONGEST:
                logout(request)
                return redirect(settings.LOGIN_URL)
            request.session["seen"] = now
            keep(request)
        return get_response(request)

    return middleware


def keep(request: HttpRequest) -> None:
    """A browser without an address (at a local socket, without a proxy that says it) can't be listed."""
    if address_of(request):
        UserSession.objects.create_from_request(request)


@require_http_methods(["GET", "POST"])
def index(request: Request) -> HttpResponse:
    """POST signs all other browsers out."""
    if request.method == "POST":
        number = devices.end_others(request.user, request.session.session_key or "", address_of(request))
        said = ngettext("%(n)d other browser is signed out.", "%(n)d other browsers are signed out.", number)
        return reply.go(request, "usersessions_list", said=said % {"n": number} if number else _("There was no other."))
    keep(request)
    rows = [(each, words(each.user_agent), each.is_current()) for each in devices.of(request.user)]
    return render(request, "usersessions/usersession_list.html", {"rows": rows, "others": len(rows) - 1})


@require_POST
def end(request: Request, pk: int) -> HttpResponse:
    if not devices.end(request.user, pk, address_of(request)):
        raise Http404
    return reply.go(request, "usersessions_list", said=_("That browser is signed out."))


def words(user_agent: str) -> str:
    """`Firefox on Windows`"""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    machine = next((name for mark, name in MACHINES if mark in user_agent), "")
    if browser and machine:
        return _("%(browser)s on %(machine)s") % {"browser": browser, "machine": machine}
    return browser or machine or re.split(r"[/ ]", user_agent)[0] or str(UNKNOWN)


UNKNOWN = lazy("A browser that doesn’t say its name")

urlpatterns = [
    path("accounts/sessions/", index, name="usersessions_list"),
    path("accounts/sessions/<int:pk>/end/", end, name="session-end"),
]
