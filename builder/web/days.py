"""Days as an address says them."""

from datetime import date, datetime, time

from django.utils import timezone


def read(text: str) -> date | None:
    """`2026-11-20`; None for anything else, and for days beyond which there may be no other."""
    try:
        return date.fromisoformat(text) if len(text) == len("2026-11-20") and text < "9999" else None
    except ValueError:
        return None


def midnight(day: date) -> datetime:
    """When it begins where the workspace is."""
    return datetime.combine(day, time(), timezone.get_current_timezone())
