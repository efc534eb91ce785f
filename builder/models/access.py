"""What somebody sees of a workspace with closed folders: set at the doors of pages and API, kept by every query there.

Owners and admins see everything, so what only they read (the overview, usage, the audit log) counts all folders. So
do the counts of what a service was asked, and alerts to a webhook or to Slack, which an admin sends there."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy as _

from builder.models.workspace import Capability

_C = Capability
FOLDERED = frozenset({_C.VIEW, _C.RUN, _C.EDIT, _C.PUBLISH})
"""What a closed folder decides about; a role is the ceiling of it."""


class Level(models.TextChoices):
    SEE = "see", _("See")
    EDIT = "edit", _("Edit and run")
    PUBLISH = "publish", _("Publish")


LEVELS: dict[str, frozenset[Capability]] = {
    "": frozenset(),
    Level.SEE: frozenset({_C.VIEW}),
    Level.EDIT: frozenset({_C.VIEW, _C.RUN, _C.EDIT}),
    Level.PUBLISH: FOLDERED,
}


@dataclass(frozen=True)
class Sight:
    """Of one member."""

    member: int = 0
    levels: Mapping[int, str] = field(default_factory=dict)
    """Of each closed folder, by its key; empty: it isn't there for them."""

    def may(self, folder: int | None) -> frozenset[Capability]:
        """What it lets them do there, as far as their role reaches."""
        return LEVELS[self.levels[folder]] if folder in self.levels else FOLDERED

    @cached_property
    def unseen(self) -> frozenset[str]:
        """Public ids of the recipes that aren't there for them."""
        rows = apps.get_model("builder", "Recipe")._base_manager.filter(folder__in=self.without(Capability.VIEW))
        return frozenset(rows.values_list("public_id", flat=True))

    def without(self, capability: Capability) -> frozenset[int]:
        """Closed folders in which they may not."""
        return frozenset(pk for pk, level in self.levels.items() if capability not in LEVELS[level])


_sight: ContextVar[Sight | None] = ContextVar("sight", default=None)
_hidden: ContextVar[frozenset[int]] = ContextVar("hidden", default=frozenset())


def current() -> Sight | None:
    """Whose eyes a page or an answer of the API is made for."""
    return _sight.get()


def hidden() -> frozenset[int]:
    return _hidden.get()


@contextmanager
def looking(sight: Sight) -> Iterator[None]:
    """Queries leave out what they may not see."""
    before = _sight.set(sight), _hidden.set(sight.without(Capability.VIEW))
    try:
        yield
    finally:
        _sight.reset(before[0])
        _hidden.reset(before[1])


@contextmanager
def unveiled() -> Iterator[None]:
    """Queries find everything: an action does the whole of what it was asked to, also where one can't look."""
    before = _hidden.set(frozenset())
    try:
        yield
    finally:
        _hidden.reset(before)


@contextmanager
def as_seen() -> Iterator[None]:
    """Inside an action: queries leave out again what whoever asked may not see."""
    sight = _sight.get()
    with looking(sight) if sight else nullcontext():
        yield


def seen(path: str) -> type[models.Manager[Any]]:
    """A manager for rows that lie in a folder, which is found by this path."""

    class Seen(models.Manager[Any]):
        def get_queryset(self) -> "models.QuerySet[Any]":
            rows = super().get_queryset()
            return rows.exclude(**{f"{path}__in": _hidden.get()}) if _hidden.get() else rows

    return Seen
