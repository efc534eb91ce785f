"""Which runs a person asked for, as the address says it."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from builder.actions import past, runs
from builder.actions.errors import not_found
from builder.models import Run, RunStatus
from builder.web import days

MOST_COUNTED = 10_000
"""Counts stop there: a list is looked at from its newest end."""
STATES: dict[str, tuple[Any, tuple[str, ...]]] = {
    "held": (_("On hold"), (RunStatus.HELD,)),
    "running": (_("Running"), (RunStatus.QUEUED, RunStatus.RUNNING)),
    "waiting": (_("Waiting"), (RunStatus.WAITING,)),
    "done": (_("Done"), (RunStatus.DONE,)),
    "failed": (_("Failed"), (RunStatus.FAILED,)),
    "filtered": (_("Filtered out"), (RunStatus.FILTERED,)),
    "cancelled": (_("Cancelled"), (RunStatus.CANCELLED,)),
}
REASON = re.compile(r"\w{1,24}\.\w{1,10}\.\w{1,30}\.[\w.\[\]-]{0,100}")
PERIODS: dict[str, tuple[Any, int]] = {
    "1": (_("Last 24 hours"), 1),
    "7": (_("Last 7 days"), 7),
    "30": (_("Last 30 days"), 30),
    "90": (_("Last 90 days"), 90),
}


@dataclass(frozen=True)
class Filters:
    state: str = ""
    recipe: str = ""
    period: str = ""
    """One of PERIODS, or a day: `2026-11-20`."""
    q: str = ""
    why: str = ""
    """What stopped them: the recipe that is asked for, the step, the code of its error and the field, between dots."""

    @classmethod
    def read(cls, query: QueryDict) -> "Filters":
        """What is unknown counts as not asked for."""
        state, period = query.get("state", ""), query.get("period", "")
        recipe, why = query.get("recipe", "")[:24], query.get("why", "")
        return cls(
            state=state if state in STATES else "",
            recipe=recipe,
            period=period if period in PERIODS or _day(period) else "",
            q=query.get("q", "").replace("\x00", "").strip()[:200],
            why=why if REASON.fullmatch(why) and why.startswith(f"{recipe}.") else "",
        )

    def __bool__(self) -> bool:
        return any(self.values().values())

    def query(self, **changes: str) -> str:
        """The address's query with changes; empty values are left out."""
        values = {**self.values(), **changes}
        return urlencode({name: value for name, value in values.items() if value})

    def values(self) -> dict[str, str]:
        return {"q": self.q, "state": self.state, "recipe": self.recipe, "period": self.period, "why": self.why}

    @property
    def day(self) -> date | None:
        """That one alone, in the workspace's zone."""
        return _day(self.period)

    @cached_property
    def found(self) -> "QuerySet[Run]":
        """All but the state, the newest first."""
        rows = Run.objects.order_by("-pk")
        if self.recipe:
            rows = rows.filter(recipe__public_id=self.recipe)
        if self.why:
            rows = runs.stopped_by(rows, runs.Reason(*self.why.split(".", 3)[1:]))
        if self.day:
            rows = rows.filter(pk__gte=_first(self.day), pk__lt=_first(self.day + timedelta(days=1)))
        elif self.period:
            rows = rows.filter(pk__gte=past.first_run(timezone.now() - timedelta(days=PERIODS[self.period][1])))
        if self.q:
            rows = rows.filter(past.saying(self.q))
        return rows

    @cached_property
    def partly(self) -> int:
        """How many titles the search read, when there are older ones; 0: it read all."""
        return past.NAMED_AMONG if self.q and past.titles_read_from() else 0

    @property
    def rows(self) -> "QuerySet[Run]":
        return self.found.filter(Run.has_status(*STATES[self.state][1])) if self.state else self.found

    @cached_property
    def counted(self) -> dict[str, int]:
        """Runs per state, among the newest ten thousand."""
        by_status = Counter(self.found.values_list("status", flat=True)[:MOST_COUNTED])
        return {state: sum(by_status[s] for s in statuses) for state, (_word, statuses) in STATES.items()}

    @property
    def total(self) -> int:
        return self.counted[self.state] if self.state else sum(self.counted.values())

    @property
    def stopped(self) -> int:
        """Those in the list that can be retried."""
        return sum(self.counted[state] for state in ("held", "failed") if self.state in ("", state))

    @property
    def held(self) -> int:
        """Those in the list that can be discarded."""
        return self.counted["held"] if self.state in ("", "held") else 0

    @property
    def any_reason(self) -> str:
        return self.query(why="")

    @property
    def many(self) -> bool:
        return sum(self.counted.values()) >= MOST_COUNTED

    def choices(self) -> "Iterator[Choice]":
        """The states to choose from. The rarer ones are only offered when there are such runs."""
        yield Choice(_("All"), None, self.query(state=""), not self.state)
        for state, (word, _statuses) in STATES.items():
            number = self.counted[state]
            if number or state == self.state or state in ("held", "failed", "waiting", "filtered"):
                yield Choice(word, number, self.query(state=state), state == self.state)


@dataclass(frozen=True)
class Choice:
    label: Any
    number: int | None
    query: str
    chosen: bool


def before(rows: "QuerySet[Any]", public_id: str) -> "tuple[QuerySet[Any], Any]":
    """The rows that come after the one named in a list of the newest first, and that one."""
    if not public_id:
        return rows, None
    last = rows.model.objects.filter(public_id=public_id).first()
    if last is None:
        raise not_found()
    return rows.filter(pk__lt=last.pk), last


def _day(text: str) -> date | None:
    """None for what is no day, and for one that is still to come."""
    found = days.read(text)
    return found if found and found <= timezone.localdate() + timedelta(days=1) else None


def _first(day: date) -> int:
    return past.first_run(days.midnight(day))
