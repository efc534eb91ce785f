"""Who acts: a member at a browser, or a program with a member's token. And what all actions have in common."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.conf import settings
from django.db import models, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_scopes import scope

from builder.actions.errors import Forbidden, not_found
from builder.models import ApiToken, Capability, Membership, Role, User, Workspace
from builder.runner import turn
from builder.runner.clock import clock

P = ParamSpec("P")
R = TypeVar("R")

WHAT = {
    Capability.VIEW: gettext_lazy("look at this workspace"),
    Capability.RUN: gettext_lazy("retry, answer or cancel runs"),
    Capability.EDIT: gettext_lazy("change recipes"),
    Capability.PUBLISH: gettext_lazy("publish, pause or delete recipes"),
    Capability.CONNECT: gettext_lazy("change connections"),
    Capability.MEMBERS: gettext_lazy("change members, tokens and settings"),
    Capability.OWN: gettext_lazy("make owners or delete the workspace"),
}


@dataclass(frozen=True, slots=True)
class Actor:
    workspace: Workspace
    user: User | None = None
    membership: Membership | None = None
    """For a token, its maker's: a token never reaches further than the person behind it."""
    token: ApiToken | None = None
    address: str | None = None
    origin: str = ""
    """`https://host` the request came to: links begin with it where PUBLIC_URL is not set."""

    @property
    def capabilities(self) -> frozenset[Capability]:
        if not (self.membership and self.user and self.user.is_active):
            return frozenset()
        own = Role(self.membership.role).capabilities
        return own & frozenset(self.token.scopes) if self.token else own

    def may(self, capability: Capability) -> bool:
        return capability in self.capabilities

    def require(self, capability: Capability) -> None:
        """Raises Forbidden."""
        if self.may(capability):
            return
        if self.token:
            message = _("The token “%(name)s” may not %(what)s. Make one with the scope “%(scope)s”.")
            raise Forbidden(message % {"name": self.token.name, "what": WHAT[capability], "scope": capability})
        message = _("Your role may not %(what)s. Ask an owner or admin of “%(workspace)s”.")
        raise Forbidden(message % {"what": WHAT[capability], "workspace": self.workspace})

    @property
    def base(self) -> str:
        """Where links that leave the browser begin."""
        return settings.PUBLIC_URL or self.origin


def actor_for(request: HttpRequest, workspace: Workspace) -> Actor | None:
    """The signed-in person as a member of the workspace; None for a stranger."""
    user = request.user
    if not isinstance(user, User):
        return None
    membership = getattr(request, "membership", None)
    if not membership or (membership.workspace_id, membership.user_id) != (workspace.pk, user.pk):
        membership = Membership.objects.filter(workspace=workspace, user=user).first()
    if not membership:
        return None
    origin = f"{request.scheme}://{request.get_host()}"
    return Actor(workspace, user, membership, address=address_of(request), origin=origin)


def address_of(request: HttpRequest) -> str | None:
    """The caller's address, from the header only as far as our own proxies wrote it."""
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    if 0 < settings.TRUSTED_PROXIES <= len(hops):
        return hops[-settings.TRUSTED_PROXIES]
    return request.META.get("REMOTE_ADDR") or None


def action(
    capability: Capability, *, atomic: bool = True
) -> Callable[[Callable[Concatenate[Actor, P], R]], Callable[Concatenate[Actor, P], R]]:
    """Marks a use case: asks for the capability, hides what is another workspace's, enters the scope, and makes it
    one transaction (`atomic=False` for those that talk to a service in between)."""

    def mark(do: Callable[Concatenate[Actor, P], R]) -> Callable[Concatenate[Actor, P], R]:
        @functools.wraps(do)
        def act(by: Actor, *args: P.args, **kwargs: P.kwargs) -> R:
            by.require(capability)
            _all_ours(by, (*args, *kwargs.values()))
            with scope(workspace=by.workspace):
                if not atomic:
                    clock.ask()  # while a service is talked to, the database can't be asked the time
                    return do(by, *args, **kwargs)
                with turn.writing():
                    return do(by, *args, **kwargs)

        return act

    return mark


def after_commit(workspace: Workspace, call: Callable[..., Any], *args: Any) -> None:
    def scoped() -> None:
        with scope(workspace=workspace):
            call(*args)

    transaction.on_commit(scoped)


def _all_ours(by: Actor, things: tuple[Any, ...]) -> None:
    """Raises NotFound for a row of another workspace: not even its existence is told."""
    for thing in things:
        if isinstance(thing, list | tuple):
            _all_ours(by, tuple(thing))
        elif isinstance(thing, models.Model) and getattr(thing, "workspace_id", by.workspace.pk) != by.workspace.pk:
            raise not_found()
