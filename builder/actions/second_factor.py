"""The second proof of who somebody is: a code of their phone, or a passkey. Who has one, and where one is wanted."""

from collections.abc import Iterable
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django_scopes import scope

from builder.actions import audit
from builder.actions.actor import Actor, action
from builder.actions.errors import Forbidden, Invalid
from builder.models import Capability, Membership, User, Workspace

KINDS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""Recovery codes only stand in for one of these."""


def has_one(user: User) -> bool:
    return Authenticator.objects.filter(user=user, type__in=KINDS).exists()


def of(user: OuterRef) -> Exists:
    """The same, for a column of a query."""
    return Exists(Authenticator.objects.filter(user=user, type__in=KINDS))


def among(users: Iterable[int]) -> set[int]:
    """Ids of those who have one."""
    return set(Authenticator.objects.filter(user__in=list(users), type__in=KINDS).values_list("user_id", flat=True))


def demanded_by(user: User) -> list[Workspace]:
    """The person's workspaces that want one."""
    found = Membership.objects.filter(user=user, workspace__two_factor=True).select_related("workspace")
    return [member.workspace for member in found.order_by("workspace__name")]


@action(Capability.MEMBERS)
def require(by: Actor, wanted: bool) -> Workspace:
    """Whether everybody who comes into the workspace needs a second factor. Programs with a token go on as they are."""
    if wanted and not (by.user and has_one(by.user)):
        message = _("Set up a second factor for yourself first: without one you would be kept out, too.")
        raise Invalid(message, "two_factor")
    workspace = Workspace.objects.select_for_update().get(pk=by.workspace.pk)
    if workspace.two_factor != wanted:
        Workspace.objects.filter(pk=workspace.pk).update(two_factor=wanted)
        audit.write(by, "workspace.two_factor_required" if wanted else "workspace.two_factor_optional", workspace)
    workspace.refresh_from_db()
    return workspace


def demand(by: Actor) -> None:
    """Raises Forbidden for who has none where the workspace wants one."""
    if by.workspace.two_factor and by.user and not has_one(by.user):
        message = _("“%(name)s” wants a second factor of everybody who makes a token. Set one up for yourself first.")
        raise Forbidden(message % {"name": by.workspace})


def take(user: User) -> None:
    """For who has lost all of them. Browsers that are signed in stay so."""
    Authenticator.objects.filter(user=user).delete()
    note(user, "member.factors_taken")


def note(user: User, verb: str, address: str | None = None, label: str = "", **details: Any) -> None:
    """Into the book of each workspace the person is in: how safely they sign in is a matter of all of these. `label`:
    what it is about, when that isn't the person."""
    for member in Membership.objects.filter(user=user).select_related("workspace"):
        with scope(workspace=member.workspace):
            by = Actor(member.workspace, user, member, address=address)
            audit.write(by, verb, user, label or user.email, **details)
