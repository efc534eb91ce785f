"""When each attempt of a run began and ended, as geometry for a drawing: no style, no script."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from django.utils import timezone
from django.utils.translation import gettext as _

from builder.models import Run, RunStatus, StepRun, StepStatus
from builder.templatetags import look

LEFT, RIGHT, TOP, LINE = 170, 800, 14, 21
MOST_LINES = 24
BARS = {
    StepStatus.DONE: "b-ok",
    StepStatus.SKIPPED: "b-skip",
    StepStatus.FILTERED: "b-skip",
    StepStatus.STARTED: "b-run",
}
SQUEEZED = 60
"""Width of a pause that is much longer than the work."""


@dataclass(frozen=True)
class Bar:
    x: float
    y: int
    width: float
    css: str


@dataclass(frozen=True)
class Wait:
    x1: float
    x2: float
    y: int


@dataclass(frozen=True)
class Words:
    x: float
    y: int
    text: str


@dataclass
class Timeline:
    height: int
    labels: list[Words] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)
    notes: list[Words] = field(default_factory=list)
    ticks: list[Words] = field(default_factory=list)
    said: str = ""
    work: float = 0
    """Milliseconds of work, pauses left out."""


@dataclass(frozen=True)
class _Span:
    begin: float
    """Seconds since the run began."""
    end: float
    css: str


def draw(run: Run, rows: Iterable[StepRun], titles: dict[str, str], numbers: dict[str, str]) -> Timeline | None:
    """None while nothing has happened."""
    spans = _spans(run, rows)
    if not spans:
        return None
    scale = _Scale([span for found in spans.values() for span in found])
    shown = list(spans.items())[:MOST_LINES]
    made = Timeline(height=TOP + LINE * len(shown) + 6, work=scale.work * 1000)
    said = []
    for index, (step_id, found) in enumerate(shown):
        y = TOP + 9 + LINE * index
        made.labels.append(Words(0, y + 9, f"{numbers.get(step_id, '')} {_short(titles.get(step_id, ''))}".strip()))
        _draw_line(made, scale, found, y)
        said.append(_sentence(numbers.get(step_id, "?"), found))
    made.ticks = [Words(x, TOP - 4, text) for x, text in scale.ticks()]
    made.said = " ".join(said)
    return made


def _spans(run: Run, rows: Iterable[StepRun]) -> dict[str, list[_Span]]:
    zero, found = run.started_at or run.created_at, dict[str, list[_Span]]()
    for row in rows:
        end = row.finished_at or (_now(run) if row.status == StepStatus.STARTED else row.started_at)
        css = BARS.get(StepStatus(row.status), "b-wait" if row.status == StepStatus.WAITING else "b-bad")
        begin = max(0.0, (row.started_at - zero).total_seconds())
        span = _Span(begin, max(begin, (end - zero).total_seconds()), css)
        found.setdefault(row.step_id, []).append(span)
    return found


def _now(run: Run) -> datetime:
    return timezone.now() if run.status in RunStatus.open() else run.finished_at or run.created_at


def _draw_line(made: Timeline, scale: "_Scale", spans: list[_Span], y: int) -> None:
    for span in spans:
        x = scale.x(span.begin)
        made.bars.append(Bar(x, y, max(3.0, round(scale.x(span.end) - x, 1)), span.css))
    for one, next_ in pairwise(spans):
        made.waits.append(Wait(scale.x(one.end), scale.x(next_.begin), y + 6))
    last = made.bars[-1]
    made.notes.append(Words(last.x + last.width + 6, y + 10, look.took((spans[-1].end - spans[-1].begin) * 1000)))


def _sentence(number: str, spans: list[_Span]) -> str:
    lengths = ", ".join(look.took((span.end - span.begin) * 1000) for span in spans[:5])
    if len(spans) == 1:
        return _("Step %(n)s took %(lengths)s.") % {"n": number, "lengths": lengths}
    return _("Step %(n)s was tried %(tries)d times: %(lengths)s.") % {
        "n": number,
        "tries": len(spans),
        "lengths": lengths,
    }


def _short(title: str) -> str:
    return title if len(title) <= 24 else f"{title[:23]}…"


class _Scale:
    """Seconds to pixels. A pause much longer than the work is squeezed, and then the axis bears no figures."""

    def __init__(self, spans: list[_Span]) -> None:
        busy = _merged(spans)
        self.work = sum(end - begin for begin, end in busy)
        gaps = [(one[1], next_[0]) for one, next_ in pairwise([(0.0, 0.0), *busy])]
        bound = max(self.work, 0.05)
        self.squeezed = [(a, b) for a, b in gaps if b - a > bound]
        lost = sum(b - a for a, b in self.squeezed)
        room = max(RIGHT - LEFT - SQUEEZED * len(self.squeezed), 100)
        self.end = max(end for _begin, end in busy)
        self.rate = room / max(self.end - lost, 0.001)

    def x(self, second: float) -> float:
        before = [(a, min(b, second)) for a, b in self.squeezed if a < second]
        lost = sum(b - a for a, b in before)
        kept = sum(SQUEEZED * (b - a) / (whole - a) for (a, b), (_a, whole) in zip(before, self.squeezed, strict=False))
        return round(LEFT + (second - lost) * self.rate + kept, 1)

    def ticks(self) -> list[tuple[float, str]]:
        if self.squeezed:
            return []
        step = _nice(self.end / 4)
        count = int(self.end / step) + 1 if step else 1
        return [(self.x(i * step), look.took(i * step * 1000) if i else "0") for i in range(count)]


def _merged(spans: list[_Span]) -> list[tuple[float, float]]:
    merged: list[tuple[float, float]] = []
    for span in sorted(spans, key=lambda s: s.begin):
        if merged and span.begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], span.end))
        else:
            merged.append((span.begin, span.end))
    return merged


def _nice(step: float) -> float:
    """The next of 1, 2, 5 × 10ⁿ, from a millisecond up."""
    size = 0.001
    while True:
        for factor in (1, 2, 5):
            if size * factor >= step:
                return size * factor
        size *= 10
