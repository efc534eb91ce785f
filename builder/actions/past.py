"""Where in the past a run lies: ids grow with time, so a day's first run is found in twenty steps, however many runs
there are, and no date has to be compared for each of them."""

from datetime import datetime

from django.db import connection

AFTER = "SELECT id, created_at FROM builder_run WHERE id >= %s ORDER BY id LIMIT 1"
ENDS = "SELECT min(id), max(id) FROM builder_run"


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


def _moment(value: object) -> datetime:
    made = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return made if made.tzinfo else made.replace(tzinfo=connection.timezone)
