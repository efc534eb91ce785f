"""Whose runs are taken when more are due than there is room for: workspaces in turn, and recipes in turn in each."""

import time

from django.db import connection as database

from builder.models import Recipe
from builder.runner import due

KEEP = 0.5
"""Seconds for which it is remembered which recipes have something due."""
AT_ONCE = 40
"""Recipes in one claim."""

DUE = """
WITH RECURSIVE one(id) AS (
    SELECT min(recipe_id) FROM builder_run WHERE wake_at IS NOT NULL
    UNION ALL
    SELECT (SELECT min(recipe_id) FROM builder_run WHERE wake_at IS NOT NULL AND recipe_id > one.id)
    FROM one WHERE one.id IS NOT NULL
)
SELECT id FROM one WHERE id IS NOT NULL AND (
    SELECT 1 FROM builder_run WHERE recipe_id = one.id AND wake_at IS NOT NULL AND wake_at <= %s LIMIT 1
) = 1
"""
"""Jumps from recipe to recipe in the index of what is to come; history is not looked at."""
OLDEST = """
SELECT * FROM (
    SELECT run.id, run.recipe_id, run.wake_at FROM builder_run AS run
    WHERE run.recipe_id = {recipe} AND {ready} AND {more} ORDER BY run.wake_at LIMIT {most}
) AS oldest
"""


class Turns:
    """One drain's memory of who came last."""

    def __init__(self) -> None:
        self.asked = -KEEP
        self.keep = KEEP
        self.due: dict[int, list[int]] = {}
        self.last: dict[int, int] = {}
        self.workspace = 0

    def pick(self, room: int, more: str) -> list[int] | None:
        """Ids of due runs, fairly chosen; None when one recipe alone has any, so that it makes no difference."""
        if not self._fresh:
            began = time.monotonic()
            self.due, self.asked = _due_recipes(), time.monotonic()
            self.keep = max(KEEP, 20 * (self.asked - began))
        if sum(map(len, self.due.values())) < 2:
            return None
        return _oldest(self._shares(room), room, more)

    @property
    def many(self) -> bool:
        """Whether several recipes had something due a moment ago."""
        return self._fresh and sum(map(len, self.due.values())) > 1

    @property
    def _fresh(self) -> bool:
        return time.monotonic() - self.asked < self.keep

    def _shares(self, room: int) -> dict[int, int]:
        """How many runs of which recipe."""
        order = _after(sorted(self.due), self.workspace)
        chosen: list[int] = []
        queues = [_after(self.due[w], self.last.get(w, 0)) for w in order]
        most = min(room, AT_ONCE)
        for position in range(max(map(len, queues))):
            for workspace, queue in zip(order, queues, strict=True):
                if position < len(queue) and len(chosen) < most:
                    chosen.append(queue[position])
                    self.last[workspace], self.workspace = queue[position], workspace
        each, more = divmod(room, len(chosen))
        return {recipe: each + (index < more) for index, recipe in enumerate(chosen)}


def _after(ids: list[int], last: int) -> list[int]:
    """In a circle, beginning behind the last one."""
    return [i for i in ids if i > last] + [i for i in ids if i <= last]


def _due_recipes() -> dict[int, list[int]]:
    """By workspace, each in order."""
    with database.cursor() as cursor:
        cursor.execute(DUE, [due.moment()])
        ids = [row[0] for row in cursor.fetchall()]
    found: dict[int, list[int]] = {}
    for batch in (ids[i : i + 500] for i in range(0, len(ids), 500)):
        for pk, workspace in Recipe.objects.filter(pk__in=batch).order_by("pk").values_list("pk", "workspace_id"):
            found.setdefault(workspace, []).append(pk)
    return found


def _oldest(shares: dict[int, int], room: int, more: str) -> list[int]:
    """Each recipe's share of its oldest due runs; what one leaves free is filled up with more of the others. `more`: a
    further condition on `run`."""
    parts = (
        OLDEST.format(recipe=recipe, ready=due.READY, more=more, most=min(room, 2 * n + 2))
        for recipe, n in shares.items()
    )
    with database.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), [due.moment()] * len(shares))
        rows = sorted(cursor.fetchall(), key=lambda row: (row[2], row[0]))
    first: list[int] = []
    others: list[int] = []
    left = dict(shares)
    for pk, recipe, _wake_at in rows:
        (first if left[recipe] > 0 else others).append(pk)
        left[recipe] -= 1
    return (first + others)[:room]
