"""Many rows, one statement, one round trip. Django's bulk_create spends more time on a row than the database does, its
bulk_update builds a CASE of all values, and putting together a query takes it longer than the database takes to answer;
so does finding out, for each raw query anew, which column of an answer is which field.
"""

import threading
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cache
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

MOST_VALUES = 900
"""In one statement; SQLite's oldest limit is 999."""

M = TypeVar("M", bound=models.Model)


def fetch(model: type[M], where: str, values: Sequence[Any] = (), more: str = "") -> list[M]:
    """The rows that a condition in SQL holds for, without those they refer to, of whatever workspace the condition lets
    in. `more`: what follows the condition."""
    return chosen(model, f'SELECT {columns(model)} FROM "{model._meta.db_table}" WHERE {where} {more}', values)


def chosen(model: type[M], statement: str, values: Sequence[Any] = ()) -> list[M]:
    """What a statement gives that selects just `columns(model)`."""
    database = connections[DEFAULT_DB_ALIAS]
    with database.cursor() as cursor:
        cursor.execute(statement, values)
        found = cursor.fetchall()
    if not found:
        return []
    names, readers = _shape(model, database)
    return [model.from_db(DEFAULT_DB_ALIAS, names, _read(row, readers, database)) for row in found]


@cache
def columns(model: type[models.Model], table: str = "") -> str:
    """All of a row, in the order `chosen` wants. `table`: its name in the statement."""
    place = f"{table}." if table else ""
    return ", ".join(f'{place}"{f.column}"' for f in model._meta.concrete_fields)


Reader = tuple[int, list[Callable[[Any, Any, BaseDatabaseWrapper], Any]], Any]
"""The place of a value in its row, what makes a field's value of it, one after another, and the field's expression."""
_mine = threading.local()


def _shape(model: type[models.Model], database: BaseDatabaseWrapper) -> tuple[list[str], list[Reader]]:
    """Names of the fields, and those that the database holds in another form; a thread knows it of its connection."""
    if getattr(_mine, "database", None) is not database:
        _mine.database, _mine.shapes = database, {}
    shapes: dict[type[models.Model], tuple[list[str], list[Reader]]] = _mine.shapes
    if model not in shapes:
        fields = model._meta.concrete_fields
        cols = [field.get_col(model._meta.db_table) for field in fields]
        found = [[*database.ops.get_db_converters(col), *col.get_db_converters(database)] for col in cols]
        readers = [(i, calls, col) for i, (calls, col) in enumerate(zip(found, cols, strict=True)) if calls]
        shapes[model] = [field.attname for field in fields], readers
    return shapes[model]


def _read(row: Sequence[Any], readers: list[Reader], database: BaseDatabaseWrapper) -> list[Any]:
    values = list(row)
    for place, calls, col in readers:
        value = values[place]
        for call in calls:
            value = call(value, col, database)
        values[place] = value
    return values


def by_id(model: type[M], ids: set[int]) -> dict[int, M]:
    return {row.pk: row for row in fetch(model, one_of("id", ids), [*ids])} if ids else {}


class Known(Generic[M]):
    """Rows that were fetched before, each believed for so many seconds."""

    def __init__(self, model: type[M], keep: float, most: int = 500) -> None:
        self.model, self.keep, self.most = model, keep, most
        self._rows: dict[int, tuple[float, M]] = {}

    def get(self, ids: Collection[int]) -> dict[int, M]:
        """By primary key."""
        at = time.monotonic()
        lacking = {pk for pk in ids if pk not in self._rows or at - self._rows[pk][0] >= self.keep}
        if len(self._rows) + len(lacking) > self.most:
            self._rows, lacking = {}, set(ids)
        self._rows |= {pk: (at, row) for pk, row in by_id(self.model, lacking).items()}
        return {pk: self._rows[pk][1] for pk in ids}


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
def _insert(model: type[models.Model]) -> tuple[list["models.Field[Any, Any]"], str, str]:
    """(fields, statement up to the values, place holders of one row)."""
    fields = [f for f in model._meta.concrete_fields if not f.primary_key]
    columns = ", ".join(f'"{f.column}"' for f in fields)
    return fields, f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES', f"({', '.join(['%s'] * len(fields))})"
