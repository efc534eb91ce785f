"""Many rows, one statement, one round trip. Django's bulk_create spends more time on a row than the database does, its
bulk_update builds a CASE of all values, and putting together a query takes it longer than the database takes to answer.
"""

from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models

MOST_VALUES = 900
"""In one statement; SQLite's oldest limit is 999."""

M = TypeVar("M", bound=models.Model)


def fetch(model: type[M], where: str, values: Sequence[Any] = (), more: str = "") -> list[M]:
    """The rows that a condition in SQL holds for, without those they refer to, of whatever workspace the condition lets
    in. `more`: what follows the condition."""
    return list(model._default_manager.raw(f"{_select(model)} WHERE {where} {more}", list(values)))


def by_id(model: type[M], ids: set[int]) -> dict[int, M]:
    return {row.pk: row for row in fetch(model, one_of("id", ids), [*ids])} if ids else {}


def one_of(column: str, values: Collection[Any]) -> str:
    """The condition that the column holds one of them; of none, that it holds for no row."""
    return f"{column} IN ({', '.join(['%s'] * len(values))})" if values else "FALSE"


def any_of(**columns: Collection[Any]) -> str:
    """The condition that one of the columns holds one of its values. A side that can't be true is left out: SQLite
    would look through the whole table for it."""
    sides = [one_of(column, values) for column, values in columns.items() if values]
    return f"({' OR '.join(sides)})" if sides else "FALSE"


def locked(skip: bool = False) -> str:
    """The clause that locks what is fetched, where the database locks rows. `skip`: what others have locked is left."""
    if not connections[DEFAULT_DB_ALIAS].features.has_select_for_update:
        return ""
    return "FOR UPDATE SKIP LOCKED" if skip else "FOR UPDATE"


def insert(model: type[models.Model], rows: Iterable[models.Model]) -> None:
    """Writes new rows and gives each its primary key. Raises django.db.IntegrityError like any other way."""
    fields, head, mark = _insert(model)
    database, todo = connections[DEFAULT_DB_ALIAS], list(rows)
    size = max(1, MOST_VALUES // len(fields))
    with database.cursor() as cursor:
        for start in range(0, len(todo), size):
            batch = todo[start : start + size]
            values = [f.get_db_prep_save(f.pre_save(row, True), database) for row in batch for f in fields]
            cursor.execute(f"{head} {', '.join([mark] * len(batch))} RETURNING id", values)
            for row, (pk,) in zip(batch, cursor.fetchall(), strict=True):
                row.pk = pk
                row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def update(model: type[models.Model], columns: Sequence[str], rows: Iterable[models.Model]) -> None:
    """Writes these columns of rows that exist, as they are now."""
    fields = [f for f in model._meta.concrete_fields if f.name in columns]
    database = connections[DEFAULT_DB_ALIAS]
    values = [[f.get_db_prep_save(getattr(row, f.attname), database) for f in fields] + [row.pk] for row in rows]
    if not values:
        return
    assignments = ", ".join(f'"{f.column}" = %s' for f in fields)
    with database.cursor() as cursor:
        cursor.executemany(f'UPDATE "{model._meta.db_table}" SET {assignments} WHERE "id" = %s', values)


@cache
def _select(model: type[models.Model]) -> str:
    columns = ", ".join(f'"{f.column}"' for f in model._meta.concrete_fields)
    return f'SELECT {columns} FROM "{model._meta.db_table}"'


@cache
def _insert(model: type[models.Model]) -> tuple[list["models.Field[Any, Any]"], str, str]:
    """(fields, statement up to the values, place holders of one row)."""
    fields = [f for f in model._meta.concrete_fields if not f.primary_key]
    columns = ", ".join(f'"{f.column}"' for f in fields)
    return fields, f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES', f"({', '.join(['%s'] * len(fields))})"
