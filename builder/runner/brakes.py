"""When a recipe does harm by going on: it fails all the time, goes round in a loop, or is flooded. Then it is paused,
its events are kept, and its owner is told."""

import time
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, Max, Q, Sum
from django.utils.translation import gettext as _

from builder.models import AuditEvent, Brake, HourCount, Kept, Recipe, RecipeState, Run, Snapshot, Way
from builder.runner import book, turn
from builder.runner.clock import now

FINISHED, BAD = 20, 0.95
"""Runs that ended within a week, and the share of them that failed or were held, from which on a recipe is paused."""
WEEK, HOUR = timedelta(days=7), timedelta(hours=1)
CALM = HOUR
"""After somebody resumed it no brake is put on for so long."""
LOOP_SECONDS = 300
TIMES = 10
"""So many times the usual number of events are a flood."""
WEIGH_EVERY = 60.0
_weighed = 0.0
SHARES = 10
"""A flood is looked for each time this process has read a tenth of one: so many workers may read it side by side."""
_minutes: dict[int, tuple[int, int]] = {}
"""Recipe to the minute and its events so far, as this process reads them."""


def pause(recipe: Recipe, brake: Brake, because: str) -> bool:
    """Whether it was live until now; whoever comes first pauses it, writes that down and has the owner told."""
    live = Recipe.objects.filter(pk=recipe.pk, state=RecipeState.LIVE, deleted_at=None)
    why = {"state": RecipeState.PAUSED, "paused_by": brake, "paused_because": because}
    if not live.update(**why, paused_at=now(), mail_due=True):
        return False
    recipe.state, recipe.paused_by, recipe.paused_because = RecipeState.PAUSED, brake, because
    keep(recipe)
    line = AuditEvent(
        workspace_id=recipe.workspace_id,
        verb="recipe.braked",
        object_kind="recipe",
        object_id=recipe.public_id,
        label=recipe.name,
        details={"brake": str(brake), "because": because},
        way=Way.RECETTE,
    )
    book.enter(line)
    return True


def keep(recipe: Recipe) -> None:
    """What it kept in an earlier pause and has not run yet is kept along with what comes now: resumed, it is asked
    about again."""
    Kept.objects.filter(recipe=recipe, wanted=True).update(wanted=False)


def is_off(recipe: Recipe) -> bool:
    return recipe.never_pause or bool(recipe.resumed_at and recipe.resumed_at > now() - CALM)


# A loop, a flood: judged as the events are read


def on_event(recipe: Recipe, snapshot: Snapshot | None, unsaved: int) -> str:
    """The sentence when this event was one too many and the recipe has been paused; else nothing. `unsaved`: runs of
    it that are yet to be written."""
    fast, due = _comes_back(recipe, snapshot), _is_due(recipe)
    if is_off(recipe):
        return ""
    if settings.LOOP_RUNS and fast > settings.LOOP_RUNS:
        because = _(
            "It came back to one and the same record %(n)d times within five minutes. That looks like a loop: "
            "something it changes seems to start it again."
        )
        return _paused(recipe, Brake.LOOP, because % {"n": fast})
    most = max(settings.FLOOD_EVENTS, int(TIMES * usual(recipe))) if due else 0
    if due and (many := unsaved + 1 + _within_a_minute(recipe, most)) > most:
        because = _(
            "%(n)d events came within a minute, far more than usual. Look whether they are wanted, then resume it: "
            "those that come meanwhile are kept."
        )
        return _paused(recipe, Brake.FLOOD, because % {"n": many})
    return ""


def _paused(recipe: Recipe, brake: Brake, because: str) -> str:
    pause(recipe, brake, because)
    return because


def _comes_back(recipe: Recipe, snapshot: Snapshot | None) -> int:
    """How often it has run for this record within the last minutes, this time included."""
    if snapshot is None:
        return 0
    moment = int(now().timestamp())
    since, runs = snapshot.pace.get(str(recipe.pk), (moment, 0))
    if moment - since > LOOP_SECONDS:
        since, runs = moment, 0
    snapshot.pace = {**snapshot.pace, str(recipe.pk): [since, runs + 1]}
    return runs + 1


def _is_due(recipe: Recipe) -> bool:
    """Whether to look for a flood: each time this process read a share of one, and when it read a whole one."""
    if not settings.FLOOD_EVENTS:
        return False
    this = int(now().timestamp()) // 60
    minute, events = _minutes.get(recipe.pk, (this, 0))
    events = events + 1 if minute == this else 1
    _minutes[recipe.pk] = (this, events)
    return events % max(1, settings.FLOOD_EVENTS // SHARES) == 0 or events == settings.FLOOD_EVENTS + 1


def _within_a_minute(recipe: Recipe, most: int) -> int:
    """Runs that all workers together wrote in this minute, at most one more than `most`; what makes up for the past is
    none of the flood."""
    minute = now().replace(second=0, microsecond=0)
    live = Run.objects.filter(recipe=recipe, replay=0, backfill=False).order_by("-pk")
    newest = live.values_list("created_at", flat=True)[: most + 1]
    return sum(made >= minute for made in newest)


def usual(recipe: Recipe) -> float:
    """Runs a minute in the busiest hour of the last week; the hour that is under way doesn't count."""
    hour = now().replace(minute=0, second=0, microsecond=0)
    rows = HourCount.objects.filter(recipe=recipe, hour__gte=hour - WEEK, hour__lt=hour)
    return (rows.aggregate(most=Max("runs"))["most"] or 0) / 60


# Errors: weighed now and then, from the counts alone


def weigh() -> int:
    """How many recipes were paused because nearly all their runs fail; once a minute."""
    global _weighed
    if _weighed and time.monotonic() - _weighed < WEIGH_EVERY / settings.TIME_SCALE:
        return 0
    _weighed = time.monotonic()
    return sum(_judge(recipe) for recipe in _suspects())


def _suspects() -> list[Recipe]:
    """Those with something bad within the last two hours."""
    recent = HourCount.objects.filter(Q(failed__gt=0) | Q(held__gt=0), hour__gte=now() - 2 * HOUR)
    rows = Recipe.objects.filter(state=RecipeState.LIVE, deleted_at=None, never_pause=False)
    return list(rows.filter(pk__in=recent.values("recipe")))


def _judge(recipe: Recipe) -> bool:
    since = max(now() - WEEK, recipe.resumed_at or now() - WEEK)
    finished, bad = ended(recipe, since)
    if finished < FINISHED or bad < BAD * finished:
        return False
    because = _("%(bad)d of its last %(all)d runs failed or are on hold. Mend the cause, then resume it.")
    with turn.writing():
        return pause(recipe, Brake.ERRORS, because % {"bad": bad, "all": finished})


def ended(recipe: Recipe, since: Any) -> tuple[int, int]:
    """(runs that ended, those of them that failed or were held) in the hours since."""
    rows = HourCount.objects.filter(recipe=recipe, hour__gte=since)
    bad = F("failed") + F("held")
    found = rows.aggregate(all=Sum(F("done") + F("filtered") + bad), bad=Sum(bad))
    return found["all"] or 0, found["bad"] or 0
