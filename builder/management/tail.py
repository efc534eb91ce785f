"""What changes, as lines: events that come in, runs that begin, come to rest or end."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, QuerySet

from builder.models import Event, Fate, Run, RunStatus

AT_ONCE = 500
"""Rows in one glance; what is more comes with the next."""


@dataclass(frozen=True, slots=True)
class Line:
    at: datetime
    workspace: str
    status: str
    """A run's, or an event's fate."""
    said: str


@dataclass
class Tail:
    """Call `glance` again and again: it gives what is new since the last call."""

    workspace: str = ""
    recipe: str = ""
    """Public id, or a part of the name."""
    statuses: tuple[str, ...] = ()
    runs: dict[int, tuple[str, str]] = field(default_factory=dict)
    """Those under way, as they were seen last."""
    unread: set[int] = field(default_factory=set)
    run_pk: int = -1
    event_pk: int = -1

    def begin(self, back: int = 0) -> None:
        """From now on, or from so many rows back."""
        self.run_pk, self.event_pk = _newest(Run.objects.all(), back), _newest(Event.objects.all(), back)
        self.runs = {run.pk: _stand(run) for run in self._runs().filter(_open())[:AT_ONCE]}

    def glance(self) -> Iterator[Line]:
        lines = [*self._events(), *self._changes()]
        yield from sorted((line for line in lines if self._wanted(line)), key=lambda line: line.at)

    def _events(self) -> Iterator[Line]:
        rows = Event.objects.filter(Q(pk__gt=self.event_pk) | Q(pk__in=self.unread)).select_related("workspace")
        for event in rows.defer("raw", "headers", "data").order_by("pk")[:AT_ONCE]:
            self.event_pk = max(self.event_pk, event.pk)
            if event.fate == Fate.WAITING:
                self.unread.add(event.pk)
                continue
            self.unread.discard(event.pk)
            if not self.recipe:
                yield _of_event(event)

    def _changes(self) -> Iterator[Line]:
        found = self._runs().filter(Q(pk__gt=self.run_pk) | Q(pk__in=list(self.runs)) | _open())
        for run in found.order_by("pk")[:AT_ONCE]:
            self.run_pk = max(self.run_pk, run.pk)
            before, stand = self.runs.pop(run.pk, None), _stand(run)
            if run.status not in RunStatus.ended() and run.status != RunStatus.HELD:
                self.runs[run.pk] = stand
            if stand != before:
                yield _of_run(run)

    def _runs(self) -> QuerySet[Run]:
        rows = Run.objects.select_related("workspace", "recipe").defer("recipe__draft")
        if self.recipe:
            rows = rows.filter(Q(recipe__public_id=self.recipe) | Q(recipe__name__icontains=self.recipe))
        return rows

    def _wanted(self, line: Line) -> bool:
        right_place = not self.workspace or line.workspace == self.workspace
        return right_place and (not self.statuses or line.status in self.statuses)


def _open() -> Q:
    return Q(wake_at__isnull=False, status__in=RunStatus.open())


def _stand(run: Run) -> tuple[str, str]:
    return run.status, run.because


def _newest(rows: QuerySet, back: int) -> int:  # type: ignore[type-arg]
    return rows.order_by("-pk").values_list("pk", flat=True)[back : back + 1].first() or 0


def _of_event(event: Event) -> Line:
    because = " ".join(detail.get("because", "") for detail in event.fate_details or []).strip()
    name = event.name or event.object or "something"
    said = f"event {event.public_id}  {name}" + (f": {because}" if because else "")
    return Line(event.read_at or event.received_at, event.workspace.slug, event.fate, said)


def _of_run(run: Run) -> Line:
    about = f"  {run.title}" if run.title else ""
    because = f": {run.because}" if run.because else ""
    took = f" in {(run.finished_at - run.started_at).total_seconds():.1f} s" if _both(run) else ""
    said = f"run   {run.public_id}  {run.recipe.name}{about}{took}{because}"
    return Line(run.finished_at or run.started_at or run.created_at, run.workspace.slug, run.status, said)


def _both(run: Run) -> bool:
    return bool(run.finished_at and run.started_at and run.status in RunStatus.ended())
