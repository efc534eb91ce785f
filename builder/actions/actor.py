"""Who acts: a member at a browser, or a program with a member's token. And what all actions have in common."""

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.conf import settings
from django.db import models, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_scopes import scope

from builder.actions.errors import Forbidden, not_found
from builder.models import (
    ApiToken,
    Capability,
    Event,
    Folder,
    Membership,
    Recipe,
    Role,
    User,
    Workspace,
    access,
    folder,
)
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
    limit: frozenset[Capability] | None = None
    """What a closed folder lets them do to the thing at hand; None: all that their role does."""

    @property
    def capabilities(self) -> frozenset[Capability]:
        if not (self.membership and self.user and self.user.is_active):
            return frozenset()
        own = Role(self.membership.role).capabilities
        own = own if self.limit is None else own - (access.FOLDERED - self.limit)
        return own & frozenset(self.token.scopes) if self.token else own

    def may(self, capability: Capability) -> bool:
        return capability in self.capabilities

    def require(self, capability: Capability) -> None:
        """Raises Forbidden."""
        if self.may(capability):
            return
        if self.limit is not None and replace(self, limit=None).may(capability):
            message = _("In this folder you may not %(what)s. Ask an owner or admin of “%(workspace)s”.")
            raise Forbidden(message % {"what": WHAT[capability], "workspace": self.workspace})
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
            things = (*args, *kwargs.values())
            _all_ours(by, things)
            _in_sight(by, capability, things)
            with scope(workspace=by.workspace), access.unveiled():
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


def sight_of(by: Actor) -> access.Sight:
    """What they see: as the page or answer has it already, else asked for."""
    now, member = access.current(), by.membership.pk if by.membership else 0
    return now if now and now.member == member else folder.sight_of(by.membership)


def within(by: Actor, folder_id: int | None) -> Actor:
    """Them, as far as that folder lets them."""
    sight = sight_of(by)
    return replace(by, limit=sight.may(folder_id)) if folder_id in sight.levels else by


def _in_sight(by: Actor, capability: Capability, things: tuple[Any, ...]) -> None:
    """Raises NotFound for what lies in a folder that is closed to them, Forbidden where they may not do that there."""
    sight = sight_of(by)
    if not sight.levels:
        return
    for thing in things:
        if isinstance(thing, list | tuple):  # what may be done with each of many, each is asked for itself
            _in_sight(by, Capability.VIEW, tuple(thing))
        elif isinstance(thing, Event):
            with scope(workspace=by.workspace), access.looking(sight):
                if not Event.objects.filter(pk=thing.pk).exists():
                    raise not_found()
        elif isinstance(thing, models.Model) and (place := folder_of(thing)) in sight.levels:
            if Capability.VIEW not in sight.may(place):
                raise not_found()
            within(by, place).require(capability)


def folder_of(thing: models.Model) -> int | None:
    """Key of the folder that a thing lies in, or is."""
    if isinstance(thing, Folder):
        return thing.pk
    if isinstance(thing, Recipe):
        return thing.folder_id
    for name in ("recipe", "run", "step_run"):
        if getattr(thing, f"{name}_id", None):
            return folder_of(getattr(thing, name))
    return None


def _all_ours(by: Actor, things: tuple[Any, ...]) -> None:
    """Raises NotFound for a row of another workspace: not even its existence is told."""
    for thing in things:
        if isinstance(thing, list | tuple):
            _all_ours(by, tuple(thing))
        elif isinstance(thing, models.Model) and getattr(thing, "workspace_id", by.workspace.pk) != by.workspace.pk:
            raise not_found()
