"""Where a person is signed in, and how that ends from afar."""

from allauth.usersessions.models import UserSession

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
