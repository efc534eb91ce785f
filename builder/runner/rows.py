"""Many rows, one statement, one round trip. Django's bulk_create spends more time on a row than the database does, its
bulk_update builds a CASE of all values, and putting together a query takes it longer than the database takes to answer.
How values get into rows and out of them: `rowforms`.
"""

import threading
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cache, lru_cache
from typing import Any, Generic, NamedTuple, cast

from django.db import DEFAULT_DB_ALIAS, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.base import ModelState

from builder.runner.rowforms import Fields, M, fetched, here, writers, written

MOST_VALUES = 900
"""In one statement; SQLite's oldest limit is 999."""


def fetch(
    model: type[M], where: str, values: Sequence[Any] = (), more: str = "", without: tuple[str, ...] = ()
) -> list[M]:
    """The rows that a condition in SQL holds for, without those they refer to, of whatever workspace the condition lets
    in. `more`: what follows the condition. `without`: fields that are large, and that hardly anybody asks for."""
    named = columns(model, without=without)
    return chosen(model, f'SELECT {named} FROM "{model._meta.db_table}" WHERE {where} {more}', values, without)


def chosen(model: type[M], statement: str, values: Sequence[Any] = (), without: tuple[str, ...] = ()) -> list[M]:
    """What a statement gives that selects just `columns(model, without=…)`."""
    with asking() as cursor:
        cursor.execute(statement, values)
        found = cursor.fetchall()
    return fetched(model, found, without) if found else []


def new(model: type[M], **values: Any) -> M:
    """A row that isn't stored yet, as `model(**values)` makes it, in a fifth of the time: of columns and of rows that
    many may refer to. Raises TypeError for any other name."""
    blank = _blank(model)
    row = model.__new__(model)
    row.__dict__.update(blank.alike, _state=ModelState())
    for name, value in values.items():
        if name in blank.columns:
            row.__dict__[name] = value
        elif field := blank.relations.get(name):
            field.set_cached_value(row, value)
            row.__dict__[field.attname] = value.pk if value else None
        else:
            raise TypeError(f"{model.__name__} has no field {name} that can be given here")
    for name, make in blank.makers.items():
        if name not in values:
            row.__dict__[name] = make()
    return row


class Blank(NamedTuple):
    """What a new row is made with."""

    columns: frozenset[str]
    alike: dict[str, Any]
    """Of every column, what it holds in a new row, or None where that is made for each."""
    makers: dict[str, Callable[[], Any]]
    relations: dict[str, "models.ForeignKey[Any, Any]"]


@cache
def _blank(model: type[models.Model]) -> Blank:
    fields = model._meta.concrete_fields
    makers = {field.attname: field.default for field in fields if callable(field.default) and field.has_default()}
    alike = {field.attname: None if field.attname in makers else field.get_default() for field in fields}
    relations = {field.name: field for field in fields if type(field) is models.ForeignKey}
    return Blank(frozenset(alike), alike, makers, relations)


def asking() -> Any:
    """A cursor, to be used in a `with`, for statements of our own that are asked over and over. It is the driver's,
    kept with its connection: what Django adds to each statement takes longer than SQLite to answer it, and PostgreSQL
    keeps how it answers one that has its values beside it. Who counts or logs queries gets the usual one."""
    database = here()
    if database.execute_wrappers or database.queries_logged:
        return database.cursor()
    database.ensure_connection()
    kept: Asking | None = getattr(_mine, "asking", None)
    if kept is None or kept.link is not database.connection:
        kept = _mine.asking = Asking(database)
    return kept


_mine = threading.local()


class Asking:
    """Of one connection. Errors are Django's, and end a transaction as usual."""

    def __init__(self, database: BaseDatabaseWrapper) -> None:
        self.database, self.link = database, cast(Any, database.connection)
        self.fitted: Callable[[str], str] = _with_marks if database.vendor == "sqlite" else str
        self.cursor = self.link.cursor() if database.vendor == "sqlite" else _beside(self.link)
        told = database.wrap_database_errors  # SQLite reads, and may fail, only as rows are fetched
        self.fetchone, self.fetchall = told(self.cursor.fetchone), told(self.cursor.fetchall)

    def __enter__(self) -> "Asking":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def execute(self, statement: str, values: Sequence[Any] = ()) -> None:
        self.database.validate_no_broken_transaction()
        with self.database.wrap_database_errors:
            self.cursor.execute(self.fitted(statement), values)

    def executemany(self, statement: str, values: Sequence[Sequence[Any]]) -> None:
        self.database.validate_no_broken_transaction()
        with self.database.wrap_database_errors:
            self.cursor.executemany(self.fitted(statement), values)


@lru_cache(1024)
def _with_marks(statement: str) -> str:
    """As SQLite wants its place holders; statements of `asking` hold no other percent sign."""
    return statement.replace("%s", "?")


def _beside(link: Any) -> Any:
    from django.db.backends.postgresql import base  # noqa: PLC0415 -- loads the driver

    cursor: Any = base.ServerBindingCursor
    return cursor(link)


@cache
def columns(model: type[models.Model], table: str = "", without: tuple[str, ...] = ()) -> str:
    """All of a row, in the order `chosen` wants. `table`: its name in the statement."""
    assert {field.name for field in model._meta.concrete_fields} >= {*without}
    place = f"{table}." if table else ""
    return ", ".join(f'{place}"{f.column}"' for f in model._meta.concrete_fields if f.name not in without)


def by_id(model: type[M], ids: set[int]) -> dict[int, M]:
    return {row.pk: row for row in fetch(model, one_of("id", ids), [*ids])} if ids else {}


class Known(Generic[M]):
    """Rows that were fetched before, each believed for so many seconds. Those that were asked for last are kept, until
    together they weigh `most` or more, and up to as many again."""

    def __init__(self, model: type[M], keep: float, most: int = 500, weigh: Callable[[M], int] = lambda row: 1) -> None:
        self.model, self.keep, self.most, self.weigh = model, keep, most, weigh
        self._rows: dict[int, tuple[float, M, int]] = {}
        self._before: dict[int, tuple[float, M, int]] = {}
        self._weight = 0

    def get(self, ids: Collection[int]) -> dict[int, M]:
        """By primary key."""
        at = time.monotonic()
        found: dict[int, M] = {}
        for pk in ids:
            known = self._rows.get(pk)
            if known is None and (known := self._before.get(pk)):
                self._keep(pk, *known)
            if known and at - known[0] < self.keep:
                found[pk] = known[1]
        for pk, row in by_id(self.model, {pk for pk in ids if pk not in found}).items():
            self._keep(pk, at, row, self.weigh(row))
            found[pk] = row
        return found

    def _keep(self, pk: int, at: float, row: M, weight: int) -> None:
        if self._weight >= self.most:
            self._before, self._rows, self._weight = self._rows, {}, 0
        self._weight += weight - (self._rows[pk][2] if pk in self._rows else 0)
        self._rows[pk] = at, row, weight


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
    if not here().features.has_select_for_update:
        return ""
    return "FOR UPDATE SKIP LOCKED" if skip else "FOR UPDATE"


def insert(model: type[models.Model], rows: Iterable[models.Model]) -> None:
    """Writes new rows and gives each its primary key. Raises django.db.IntegrityError like any other way."""
    fields, stamped, head, mark = _insert(model)
    todo, how = list(rows), writers(fields)
    size = max(1, MOST_VALUES // len(fields))
    with asking() as cursor:
        for start in range(0, len(todo), size):
            batch = todo[start : start + size]
            for field in stamped:
                for row in batch:
                    field.pre_save(row, True)
            values = [value for row in batch for value in written(row, how)]
            cursor.execute(f"{head} {', '.join([mark] * len(batch))} RETURNING id", values)
            for row, (pk,) in zip(batch, cursor.fetchall(), strict=True):
                row.pk = pk
                row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def update(model: type[models.Model], columns: Sequence[str], rows: Iterable[models.Model]) -> None:
    """Writes these columns of rows that exist, as they are now."""
    fields, statement = _update(model, tuple(columns))
    how = writers(fields)
    values = [[*written(row, how), row.pk] for row in rows]
    if not values:
        return
    with asking() as cursor:
        cursor.executemany(statement, values)


@cache
def _insert(model: type[models.Model]) -> tuple[Fields, Fields, str, str]:
    """(fields, those that bear the moment they are written, statement up to the values, place holders of one row)."""
    fields = tuple(f for f in model._meta.concrete_fields if not f.primary_key)
    stamped = tuple(f for f in fields if getattr(f, "auto_now", False) or getattr(f, "auto_now_add", False))
    columns = ", ".join(f'"{f.column}"' for f in fields)
    head = f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES'
    return fields, stamped, head, f"({', '.join(['%s'] * len(fields))})"


@cache
def _update(model: type[models.Model], columns: tuple[str, ...]) -> tuple[Fields, str]:
    fields = tuple(f for f in model._meta.concrete_fields if f.name in columns)
    assignments = ", ".join(f'"{f.column}" = %s' for f in fields)
    return fields, f'UPDATE "{model._meta.db_table}" SET {assignments} WHERE "id" = %s'
