"""Where a person is signed in, and how that ends from afar."""

from typing import Any

from allauth.usersessions.models import UserSession
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce, Greatest

from builder.actions import second_factor
from builder.models import User


def of(user: User) -> list[UserSession]:
    """Those that still open something, the one used last first."""
    return sorted(UserSession.objects.purge_and_list(user), key=lambda each: each.last_seen_at, reverse=True)


def end(user: User, pk: int, address: str | None = None) -> bool:
    """Whether there was such a one. The next thing that this browser asks for is the sign-in page."""
    found = UserSession.objects.filter(user=user, pk=pk).first()
    if found is None:
        return False
    found.end()
    second_factor.note(user, "member.devices_signed_out", address, number=1)
    return True


def end_others(user: User, session_key: str, address: str | None = None) -> int:
    """How many were ended: all but the one named."""
    others = list(UserSession.objects.filter(user=user).exclude(session_key=session_key))
    for each in others:
        each.end()
    if others:
        second_factor.note(user, "member.devices_signed_out", address, number=len(others))
    return len(others)


def last_seen(user: str) -> Any:
    """A column for rows with a person: when they were last on a page of any workspace, to five minutes, or signed in;
    NULL for who never was."""
    sessions = UserSession.objects.filter(user=OuterRef(user)).order_by("-last_seen_at").values("last_seen_at")
    there, signed_in = Subquery(sessions[:1]), F(f"{user}__last_login")
    return Greatest(Coalesce(there, signed_in), Coalesce(signed_in, there))
