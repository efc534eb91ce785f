"""A long past: finished runs with their events, steps and exchanges, written by the database itself."""

from typing import Any

from django.db import connection

from builder.models import Connection, Event, EventKey, Exchange, Run, RunStatus, StepRun
from builder.models.columns import write_json

AT_ONCE = 50_000


def invent(recipe: Any, count: int) -> None:
    """Copies the recipe's newest finished run so often, with its event, action and exchange; public ids stay unique."""
    pattern = newest(recipe)
    with connection.cursor() as cursor:
        base = {table: _greatest(cursor, table) for table in pattern}
        for start in range(0, count, AT_ONCE):
            copy(cursor, pattern, base, start, min(AT_ONCE, count - start))
        for table in pattern if connection.vendor == "postgresql" else ():
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
        cursor.execute("ANALYZE")


def spread(days: int) -> None:
    """The invented runs lie in as many days, evenly over all recipes; one of a hundred failed. What each recipe did in
    each hour is counted."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(id), count(*) FROM builder_recipe")
        first, recipes = cursor.fetchone()
        cursor.execute("SELECT min(id), max(id) FROM builder_run")
        oldest, newest_id = cursor.fetchone()
        step = days * 86_400 / (newest_id - oldest)
        age = f"({newest_id} - id) * {step}"
        if connection.vendor == "postgresql":
            made, hour = f"now() - ({age}) * interval '1 second'", "date_trunc('hour', created_at)"
        else:
            made = f"strftime('%Y-%m-%d %H:%M:%S', 'now', '-' || ({age}) || ' seconds')"
            hour = "strftime('%Y-%m-%d %H:00:00', created_at)"
        failed = "CASE WHEN id % 100 = 0 THEN 'failed' ELSE status END"
        because = "CASE WHEN id % 100 = 0 THEN 'The number ' || id || ' is taken.' ELSE '' END"
        cursor.execute(
            f"UPDATE builder_run SET created_at = {made}, recipe_id = {first} + id % {recipes}, "
            f"status = {failed}, because = {because}"
        )
        bad = "SUM(CASE WHEN status = 'failed' THEN 1 ELSE 0 END)"
        cursor.execute("UPDATE builder_run SET title = 'Deal ' || id, stopped_at = 'stheir' WHERE status = 'failed'")
        cursor.execute("UPDATE builder_run SET title = 'Order ' || id WHERE status <> 'failed'")
        failed_ones = "SELECT id FROM builder_run WHERE status = 'failed'"
        error = write_json({"code": "bad_input", "field": "body"})
        cursor.execute(f"UPDATE builder_steprun SET error = %s WHERE run_id IN ({failed_ones})", [error])
        cursor.execute("DELETE FROM builder_hourcount")
        columns = "workspace_id, recipe_id, hour, runs, done, filtered, failed, cancelled, held, calls"
        chosen = f"workspace_id, recipe_id, {hour}, count(*), count(*) - {bad}, 0, {bad}, 0, 0, count(*)"
        of_each = f"FROM builder_run GROUP BY workspace_id, recipe_id, {hour}"
        cursor.execute(f"INSERT INTO builder_hourcount ({columns}) SELECT {chosen} {of_each}")
        cursor.execute("UPDATE builder_hourcount SET writes = done")
        _count_calls_and_money(cursor)
        cursor.execute("ANALYZE")


def _count_calls_and_money(cursor: Any) -> None:
    """All calls went over one connection; each hour a document was made in two currencies."""
    cursor.execute("SELECT min(workspace_id) FROM builder_hourcount")
    (workspace,) = cursor.fetchone()
    given = {"connector": "invoice_ninja", "method": "token", "name": "Books"}
    home = Connection.objects.create(workspace_id=workspace, **given)
    calls = f"SELECT workspace_id, {home.pk}, recipe_id, hour, calls FROM builder_hourcount"
    cursor.execute(f"INSERT INTO builder_hourcalls (workspace_id, connection_id, recipe_id, hour, calls) {calls}")
    for currency in ("USD", "EUR"):
        sums = f"SELECT workspace_id, hour, 'invoiced', '{currency}', 48000000, 1 FROM builder_hourcount"
        money = "INSERT INTO builder_hourmoney (workspace_id, hour, flow, currency, parts, documents)"
        cursor.execute(f"{money} {sums} GROUP BY workspace_id, hour")


def name() -> None:
    """Each event can be found by a number of its own: its id."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, workspace_id FROM builder_event ORDER BY id")
        events = cursor.fetchall()
    for start in range(0, len(events), AT_ONCE):
        EventKey.objects.bulk_create(_key(*event) for event in events[start : start + AT_ONCE])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def settle() -> None:
    """As a database is that has grown for weeks: what was written is tidied up behind it all the time."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE)")


def _key(event: int, workspace: int) -> EventKey:
    value, kind = str(event), "number"
    its = {"value": value, "value_hash": EventKey.hashed(kind, value)}
    return EventKey(workspace_id=workspace, event_id=event, kind=kind, **its)


def newest(recipe: Any) -> dict[str, int]:
    """Ids of the rows of one run, by table."""
    run = Run.objects.filter(recipe=recipe, status=RunStatus.DONE).latest("pk")
    step = StepRun.objects.get(run=run, kind="action")
    exchange = Exchange.objects.get(step_run=step)
    models = {Event: run.event_id, Run: run.pk, StepRun: step.pk, Exchange: exchange.pk}
    return {model._meta.db_table: pk for model, pk in models.items()}


def copy(cursor: Any, pattern: dict[str, int], base: dict[str, int], start: int, count: int) -> None:
    for table, pk in pattern.items():
        names = [column.name for column in connection.introspection.get_table_description(cursor, table)]
        chosen = ", ".join(_value(name, table, base, start) for name in names)
        quoted = ", ".join(f'"{name}"' for name in names)
        source = f"{table} AS old, {_numbers(count)} WHERE old.id = {pk}"
        cursor.execute(f"INSERT INTO {table} ({quoted}) SELECT {chosen} FROM {source}")


def _value(name: str, table: str, base: dict[str, int], start: int) -> str:
    number = f"(k.n + {start + 1})"
    follows = {"id": table, "event_id": "builder_event", "run_id": "builder_run", "step_run_id": "builder_steprun"}
    if name in follows:
        return f"{base[follows[name]]} + {number}"
    if name == "public_id":
        return f"'past' || {number}"
    return "NULL" if name in ("delivery_key", "change_key") else f'old."{name}"'


def _greatest(cursor: Any, table: str) -> int:
    cursor.execute(f"SELECT max(id) FROM {table}")
    return int(cursor.fetchone()[0])


def _numbers(count: int) -> str:
    if connection.vendor == "postgresql":
        return f"(SELECT generate_series(0, {count - 1}) AS n) AS k"
    series = f"WITH RECURSIVE c(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c WHERE n + 1 < {count})"
    return f"({series} SELECT n FROM c) AS k"
