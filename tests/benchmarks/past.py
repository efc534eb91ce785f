"""A long past: finished runs with their events, steps and exchanges, written by the database itself."""

from typing import Any

from django.db import connection

AT_ONCE = 50_000


def invent(recipe: Any, count: int) -> None:
    """Copies one real finished run of the recipe so often; ids follow on, public ids are made unique."""
    pattern = real_run(recipe)
    for start in range(0, count, AT_ONCE):
        copy(pattern, start, min(AT_ONCE, count - start))
    with connection.cursor() as cursor:
        for table in pattern:
            if connection.vendor == "postgresql":
                cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
        cursor.execute("ANALYZE")


def real_run(recipe: Any) -> dict[str, int]:
    """Ids of the rows of one run that was really walked, by table."""
    from builder.models import Exchange, Run, StepRun  # noqa: PLC0415 -- once Django is set up
    from builder.runner import drain  # noqa: PLC0415
    from tests.runner.make import send  # noqa: PLC0415

    send(recipe, {"n": 0, "contact": {"name": "Person 0", "email": "p0@example.com"}})
    drain.work(linger=0.0)
    run = Run.objects.filter(recipe=recipe).latest("pk")
    step = StepRun.objects.get(run=run, kind="action")
    exchange = Exchange.objects.get(step_run=step)
    return {
        "builder_event": run.event_id,
        "builder_run": run.pk,
        "builder_steprun": step.pk,
        "builder_exchange": exchange.pk,
    }


def copy(pattern: dict[str, int], start: int, count: int) -> None:
    with connection.cursor() as cursor:
        for table, pk in pattern.items():
            names = [column.name for column in connection.introspection.get_table_description(cursor, table)]
            chosen = ", ".join(_value(name, pk, pattern, start) for name in names)
            quoted = ", ".join(f'"{name}"' for name in names)
            source = f"{table} AS old, {_numbers(count)} WHERE old.id = {pk}"
            cursor.execute(f"INSERT INTO {table} ({quoted}) SELECT {chosen} FROM {source}")


def _value(name: str, pk: int, pattern: dict[str, int], start: int) -> str:
    number = f"(k.n + {start + 1})"
    follows = {"event_id": "builder_event", "run_id": "builder_run", "step_run_id": "builder_steprun"}
    if name == "id":
        return f"{pk} + {number}"
    if name in follows:
        return f"{pattern[follows[name]]} + {number}"
    if name == "public_id":
        return f"'past' || {number}"
    return "NULL" if name in ("delivery_key", "change_key") else f'old."{name}"'


def _numbers(count: int) -> str:
    if connection.vendor == "postgresql":
        return f"(SELECT generate_series(0, {count - 1}) AS n) AS k"
    series = f"WITH RECURSIVE c(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c WHERE n + 1 < {count})"
    return f"({series} SELECT n FROM c) AS k"
