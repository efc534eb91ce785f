"""Erasing one customer: what is held about them, and the order to take it away."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from builder import seal
from builder.actions import audit
from builder.actions.actor import Actor, action
from builder.actions.errors import Invalid
from builder.models import Capability, Erasure, Event, EventKey, Exchange, Run, RunStatus, StepRun
from builder.runner import erasing, needles
from builder.runner.clock import now

MOST = 10
"""What one person may be known by."""
OFFERED = 8
LOOKED_AT = 200
OURS = ("email", "phone", "id")


@dataclass(frozen=True, slots=True)
class Held:
    """What can be counted at once; the rest is found when it is erased."""

    values: list[str]
    events: int
    runs: int
    under_way: int
    steps: int
    exchanges: int
    also: list[str]
    """Other addresses, numbers and IDs that stand in the newest of the events: perhaps theirs too."""
    members: int
    """People of the workspace itself who are known by it."""


@action(Capability.OWN, atomic=False)
def look(by: Actor, given: Sequence[str]) -> Held:
    """Raises Invalid."""
    values = _values(given)
    events = Event.objects.filter(pk__in=_about(values))
    runs = Run.objects.filter(event__in=events.values("pk"))
    steps = StepRun.objects.filter(run__in=runs.values("pk"))
    return Held(
        values,
        events.count(),
        runs.count(),
        runs.exclude(status__in=RunStatus.ended()).count(),
        steps.count(),
        Exchange.objects.filter(step_run__in=steps.values("pk")).count(),
        _also(events, values),
        erasing.members(by.workspace.pk, values),
    )


@action(Capability.OWN)
def erase(by: Actor, given: Sequence[str]) -> Erasure:
    """Begins it; a scheduler does it within minutes. Raises Invalid."""
    values = _values(given)
    row = Erasure(workspace=by.workspace, asked_by=by.user, created_at=now(), wake_at=now())
    row.stays = {"members": erasing.members(by.workspace.pk, values)}
    row.sealed = seal.seal({str(number): value for number, value in enumerate(values)}, erasing.place(row))
    row.save()
    audit.write(by, "person.erasure_asked", row, row.public_id)
    return row


def _values(given: Sequence[str]) -> list[str]:
    values = list(dict.fromkeys(text for value in given if (text := " ".join(value.split()))))
    if not values:
        raise Invalid(_("Give the customer’s e-mail address, phone number or ID."), "q")
    if len(values) > MOST:
        raise Invalid(_("Give ten at most, and the others afterwards."), "q")
    for value in values:
        if not needles.kind_of(value):
            message = _(
                "“%(value)s” is no e-mail address, phone number or ID. A name alone won’t do: others may bear it too."
            )
            raise Invalid(message % {"value": value[:80]}, "q")
    return values


def _about(values: Sequence[str]) -> "QuerySet[EventKey]":
    ids = EventKey.objects.none().values("event_id")
    for value in values:
        ids = ids | EventKey.matching(value).values("event_id")
    return ids  # type: ignore[return-value]


def _also(events: "QuerySet[Event]", values: Sequence[str]) -> list[str]:
    newest = list(events.order_by("-pk").values_list("pk", flat=True)[:LOOKED_AT])
    keys = EventKey.objects.filter(event__in=newest, kind__in=OURS)
    counted = keys.values("kind", "value").annotate(n=Count("event", distinct=True)).order_by("-n", "value")
    known = {EventKey.hashed(kind, value) for kind in OURS for value in values}
    found = (row["value"] for row in counted if EventKey.hashed(row["kind"], row["value"]) not in known)
    return [value for value in dict.fromkeys(found) if needles.kind_of(value)][:OFFERED]
