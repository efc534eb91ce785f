"""Where in the past a run lies: ids grow with time, so a day's first run is found in twenty steps, however many runs
there are, and no date has to be compared for each of them. And which runs of it say what somebody types."""

from datetime import datetime

from django.db import connection
from django.db.models import Q

from builder.models import EventKey, Run

MOST_FOUND = 10_000
"""Runs that a search comes to, of each way to find them."""
NAMED_AMONG = 20_000
"""The newest runs, whose titles are searched for a part of them: what is older is found by what it says as a whole."""

AFTER = "SELECT id, created_at FROM builder_run WHERE id >= %s ORDER BY id LIMIT 1"
ENDS = "SELECT (SELECT min(id) FROM builder_run), (SELECT max(id) FROM builder_run)"
"""Both at once would have SQLite read the whole table."""


def first_run(since: datetime) -> int:
    """An id that every run has or exceeds that was made since then, of whatever workspace, and no older one."""
    with connection.cursor() as cursor:
        cursor.execute(ENDS)
        oldest, newest = cursor.fetchone()
        low, high = oldest or 1, (newest or 0) + 1
        while low < high:
            middle = (low + high) // 2
            cursor.execute(AFTER, [middle])
            row = cursor.fetchone()
            if row is None or _moment(row[1]) >= since:  # none: they were let go meanwhile
                high = middle
            else:
                low = row[0] + 1
    return low


def saying(text: str) -> Q:
    """A filter for the workspace's runs whose event says this and nothing else in one of its keys – an address, a
    number, a name, an id – however old they are, and for those among the newest whose title has it as a part."""
    events = EventKey.matching(text).values_list("event_id", flat=True)[:MOST_FOUND]
    found = set(Run.objects.filter(event_id__in=list(events)).values_list("pk", flat=True)[:MOST_FOUND])
    found |= set(Run.objects.filter(public_id=text).values_list("pk", flat=True))
    named = Q(pk__gt=titles_read_from(), title__icontains=text)
    if not found:  # ten thousand ids would have to be sent with each question about them
        return named
    rows = Run.objects.filter(named).order_by("-pk").values_list("pk", flat=True)[:MOST_FOUND]
    return Q(pk__in=found | set(rows))


def titles_read_from() -> int:
    """Id of the newest run whose title is too old to be searched for a part of it; 0: each title is searched."""
    return Run.objects.order_by("-pk").values_list("pk", flat=True)[NAMED_AMONG : NAMED_AMONG + 1].first() or 0


def _moment(value: object) -> datetime:
    made = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return made if made.tzinfo else made.replace(tzinfo=connection.timezone)
