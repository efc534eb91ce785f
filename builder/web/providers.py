"""Signing in with an account elsewhere: away to a provider of OpenID Connect and back, connected to an account here,
disconnected again, and asked who it is. Without a provider among the settings none of this is there."""

import logging
import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows import reauthentication
from allauth.account.internal.flows.login import record_authentication
from allauth.account.signals import user_logged_in
from allauth.account.utils import get_next_redirect_url, perform_login
from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.dispatch import receiver
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from builder.actions import identities, second_factor, workspaces
from builder.actions.actor import address_of
from builder.actions.errors import ActionError, Forbidden, Gone
from builder.actions.identities import Identity
from builder.models import User
from builder.oidc import Provider
from builder.web import reply
from builder.web.request import Request

log = logging.getLogger(__name__)
View = Callable[..., HttpResponse]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
TRIES = {"provider": "60/m/ip", "provider-back": "60/m/ip"}
"""An office has one address."""
NEWCOMER = "newcomer"
WAITS = 900
"""Seconds in which somebody new founds the workspace."""


def at_provider(view: View) -> View:
    """A view that gets the provider instead of its key; 404 for one that isn't among the settings."""

    @login_not_required
    @wraps(view)
    def inside(request: Request, key: str) -> HttpResponse:
        provider = identities.provider_of(key)
        if provider is None:
            raise Http404
        return view(request, provider)

    return inside


def for_people(view: View) -> View:
    """Inside `at_provider`: for who is signed in."""

    @wraps(view)
    def inside(request: Request, provider: Provider) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(reverse("mfa_index"))
        return view(request, provider)

    return inside


@at_provider
@require_POST
def start(request: Request, provider: Provider) -> HttpResponse:
    """By a form of ours alone, so that nobody is signed in as somebody else by a link. Who looks around in the demo may
    be about to found a workspace."""
    onward = get_next_redirect_url(request) or ""
    if request.user.is_authenticated and not workspaces.sign_up_open():
        return redirect(onward or "web:home")
    return _leave(request, provider, "login", next=onward, invitation=request.POST.get("invitation", "")[:100])


@at_provider
@require_POST
@for_people
def connect(request: Request, provider: Provider) -> HttpResponse:
    reauthentication.raise_if_reauthentication_required(request, app="")
    return _leave(request, provider, "connect", user=request.user.pk, next=reverse("mfa_index"))


@at_provider
@require_POST
@for_people
def disconnect(request: Request, provider: Provider) -> HttpResponse:
    reauthentication.raise_if_reauthentication_required(request, app="")
    words = {"provider": provider.name}
    try:
        if identities.disconnect(request.user, provider, address_of(request)):
            _tell(request.user, "disconnected", provider)
    except ActionError as trouble:
        return reply.go(request, "mfa_index", said=trouble.message, icon="alert-triangle")
    return reply.go(request, "mfa_index", said=_("%(provider)s doesn’t sign you in any more.") % words)


@login_not_required
@require_GET
def again(request: Request) -> HttpResponse:
    """Where who has neither password nor second factor shows who they are."""
    if not settings.OIDC:
        raise Http404
    if not request.user.is_authenticated:
        return redirect_to_login(reverse("web:provider-again"))
    if better := _better_way(request):
        return redirect(better)
    usable = identities.usable(request.user)
    rows = [provider for provider in settings.OIDC if provider.key in usable]
    context = {"rows": rows, "next": get_next_redirect_url(request) or ""}
    return render(request, "account/provider_again.html", context)


@at_provider
@require_POST
@for_people
def ask_again(request: Request, provider: Provider) -> HttpResponse:
    if better := _better_way(request):
        return redirect(better)
    onward = get_next_redirect_url(request) or ""
    return _leave(request, provider, "again", user=request.user.pk, next=onward)


def _better_way(request: Request) -> str:
    """The page of what only the person knows or has, for who has such a thing: that a provider knows the browser shows
    less."""
    ways = get_adapter().get_reauthentication_methods(request.user)
    onward = urlencode({"next": get_next_redirect_url(request) or reverse("web:home")})
    return f"{ways[0]['url']}?{onward}" if ways and ways[0]["id"] != "provider" else ""


@at_provider
@require_GET
def back(request: Request, provider: Provider) -> HttpResponse:
    """With a code, or with the reason why there is none."""
    if not _may_try(request, "provider-back"):
        return render(request, "429.html", status=429)
    from builder.web import oidc  # noqa: PLC0415 -- see there

    state: dict[str, Any] = {}
    try:
        state = oidc.begun(request, provider)
        return ARRIVED[state["process"]](request, oidc.finish(request, provider, state), state)
    except ActionError as trouble:
        return _trouble(request, provider, trouble, state)


def _leave(request: Request, provider: Provider, process: str, **kept: Any) -> HttpResponse:
    """By a page that goes on by itself: a form may only lead to ourselves (see the content policy)."""
    if not _may_try(request, "provider"):
        return render(request, "429.html", status=429)
    from builder.web import oidc  # noqa: PLC0415 -- see there

    try:
        url = oidc.begin(request, provider, process, **kept)
    except ActionError as trouble:
        return _trouble(request, provider, trouble, {"process": process, **kept})
    return render(request, "account/provider_leave.html", {"url": url, "provider": provider})


def _may_try(request: Request, what: str) -> bool:
    return bool(ratelimit.consume(request, app="recette", action=what, config=TRIES, limit_get=True))


def _signed_in(request: Request, identity: Identity, state: dict[str, Any]) -> HttpResponse:
    if user := identities.owner_of(identity):
        if request.user.is_authenticated and request.user != user:
            logout(request)
        more = {"identity": identity.to_keep()}
        return perform_login(request, user, redirect_url=state["next"] or None, signal_kwargs=more)
    if invitation := identities.invitation_for(identity, state["invitation"]):
        member = identities.join(identity, invitation)
        login(request, member.user, backend=BACKEND)
        arrived(request, member.user, identity)
        said = _("You are in “%(name)s” now.") % {"name": member.workspace}
        return reply.go(request, "web:workspace", member.workspace.slug, said=said)
    if workspaces.sign_up_open():
        request.session[NEWCOMER] = {**identity.to_keep(), "at": time.time()}
        return redirect("web:welcome")
    said = _(
        "Nobody here has the address %(email)s. Ask an owner or admin of your workspace to invite it. If you have an "
        "account under another address, sign in with that, then connect %(provider)s under Your account › How you sign "
        "in."
    )
    raise Forbidden(said % identity.words)


def _connected(request: Request, identity: Identity, state: dict[str, Any]) -> HttpResponse:
    _insist_same(request, state)
    words = identity.words
    if not identities.connect(request.user, identity, address_of(request)):
        return reply.go(request, "mfa_index", said=_("%(provider)s was connected already.") % words)
    _tell(request.user, "connected", identity.provider)
    return reply.go(request, "mfa_index", said=_("From now on %(provider)s signs you in, too.") % words)


def _shown(request: Request, identity: Identity, state: dict[str, Any]) -> HttpResponse:
    """They are who they were: what waited for that is done."""
    _insist_same(request, state)
    if not identities.is_theirs(request.user, identity):
        said = _("The account that you chose at %(provider)s is not the one that you sign in with here. Try again.")
        raise Forbidden(said % identity.words)
    facts = {"provider": identity.provider.key, "reauthenticated": True}
    record_authentication(request, request.user, "socialaccount", **facts)
    request.GET = QueryDict(urlencode({"next": state["next"]}))
    return reauthentication.resume_request(request) or redirect("web:home")


ARRIVED = {"login": _signed_in, "connect": _connected, "again": _shown}


def _insist_same(request: Request, state: dict[str, Any]) -> None:
    if request.user.pk != state["user"]:
        raise Gone(_("You were signed out meanwhile, so nothing was done. Sign in, then begin again."))


def newcomer(request: HttpRequest) -> Identity | None:
    """Somebody new who came by a provider while there was no workspace yet, and is about to found it."""
    kept = request.session.get(NEWCOMER)
    return Identity.kept(kept) if kept and time.time() - kept["at"] < WAITS else None


@receiver(user_logged_in)
def came_by(request: HttpRequest, user: User, identity: dict[str, Any] | None = None, **_more: Any) -> None:
    """Past the second factor, where there is one."""
    if found := Identity.kept(identity):
        try:
            if identities.seen(user, found, address_of(request)):
                _tell(user, "connected", found.provider)
        except ActionError as trouble:
            log.warning("could not be connected: %s", trouble.message, extra={"action": "sign_in"})


def arrived(request: HttpRequest, user: User, identity: Identity) -> None:
    """The line of somebody new, who is connected already."""
    second_factor.note(user, "member.signed_in", address_of(request), label=identity.provider.name)


def _tell(user: User, what: str, provider: Provider) -> None:
    get_adapter().send_notification_mail(f"account/email/provider_{what}", user, {"provider": provider.name})


def _trouble(request: Request, provider: Provider, trouble: ActionError, state: dict[str, Any]) -> HttpResponse:
    process, onward = state.get("process", ""), state.get("next", "")
    context = {"provider": provider, "process": process, "text": trouble.message, "next": onward}
    return render(request, "account/provider_trouble.html", context, status=trouble.status)


urlpatterns = [
    path("accounts/oidc/reauthenticate/", again, name="provider-again"),
    path("accounts/oidc/<slug:key>/", start, name="provider-start"),
    path("accounts/oidc/<slug:key>/back/", back, name="provider-back"),
    path("accounts/oidc/<slug:key>/again/", ask_again, name="provider-ask-again"),
    path("accounts/oidc/<slug:key>/connect/", connect, name="provider-connect"),
    path("accounts/oidc/<slug:key>/disconnect/", disconnect, name="provider-disconnect"),
]
