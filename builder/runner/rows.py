"""Many rows, one statement, one round trip. Django's bulk_create spends more time on a row than the database does, its
bulk_update builds a CASE of all values, and putting together a query takes it longer than the database takes to answer;
so does finding out, for each raw query anew, which column of an answer is which field, and asking each field what the
database makes of a value that it takes as it is.
"""

import threading
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC
from functools import cache, lru_cache
from typing import Any, Generic, TypeVar, cast

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
    with asking() as cursor:
        cursor.execute(statement, values)
        found = cursor.fetchall()
    if not found:
        return []
    names, readers = _shape(model, database)
    return [model.from_db(DEFAULT_DB_ALIAS, names, _read(row, readers, database)) for row in found]


def asking() -> Any:
    """A cursor, to be used in a `with`, for statements of our own that are asked over and over. It is the driver's,
    kept with its connection: what Django adds to each statement takes longer than SQLite to answer it, and PostgreSQL
    keeps how it answers one that has its values beside it. Who counts or logs queries gets the usual one."""
    database = connections[DEFAULT_DB_ALIAS]
    if database.execute_wrappers or database.queries_logged:
        return database.cursor()
    database.ensure_connection()
    known = _known(database)
    if known.asking is None or known.asking.link is not database.connection:
        known.asking = Asking(database)
    return known.asking


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
def columns(model: type[models.Model], table: str = "") -> str:
    """All of a row, in the order `chosen` wants. `table`: its name in the statement."""
    place = f"{table}." if table else ""
    return ", ".join(f'{place}"{f.column}"' for f in model._meta.concrete_fields)


Reader = tuple[int, list[Callable[[Any, Any, BaseDatabaseWrapper], Any]], Any]
"""The place of a value in its row, what makes a field's value of it, one after another, and the field's expression."""
_mine = threading.local()


def _shape(model: type[models.Model], database: BaseDatabaseWrapper) -> tuple[list[str], list[Reader]]:
    """Names of the fields, and those that the database holds in another form; a thread knows it of its connection."""
    shapes: dict[type[models.Model], tuple[list[str], list[Reader]]] = _known(database).shapes
    if model not in shapes:
        fields = model._meta.concrete_fields
        cols = [field.get_col(model._meta.db_table) for field in fields]
        found = [[*database.ops.get_db_converters(col), *col.get_db_converters(database)] for col in cols]
        readers = [(i, calls, col) for i, (calls, col) in enumerate(zip(found, cols, strict=True)) if calls]
        shapes[model] = [field.attname for field in fields], readers
    return shapes[model]


def _known(database: BaseDatabaseWrapper) -> threading.local:
    """What this thread has found out about its connection."""
    if getattr(_mine, "database", None) is not database:
        _mine.database, _mine.shapes, _mine.writers, _mine.asking = database, {}, {}, None
    return _mine


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
    fields, stamped, head, mark = _insert(model)
    database, todo = connections[DEFAULT_DB_ALIAS], list(rows)
    writers = _writers(fields, database)
    size = max(1, MOST_VALUES // len(fields))
    with asking() as cursor:
        for start in range(0, len(todo), size):
            batch = todo[start : start + size]
            for field in stamped:
                for row in batch:
                    field.pre_save(row, True)
            values = [value for row in batch for value in _written(row, writers)]
            cursor.execute(f"{head} {', '.join([mark] * len(batch))} RETURNING id", values)
            for row, (pk,) in zip(batch, cursor.fetchall(), strict=True):
                row.pk = pk
                row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def update(model: type[models.Model], columns: Sequence[str], rows: Iterable[models.Model]) -> None:
    """Writes these columns of rows that exist, as they are now."""
    fields, statement = _update(model, tuple(columns))
    database = connections[DEFAULT_DB_ALIAS]
    writers = _writers(fields, database)
    values = [[*_written(row, writers), row.pk] for row in rows]
    if not values:
        return
    with asking() as cursor:
        cursor.executemany(statement, values)


Fields = tuple["models.Field[Any, Any]", ...]


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


Writer = tuple[str, frozenset[type], Callable[[Any], Any]]
"""The attribute, types of values that go as they are, and what is made of all others."""
NOTHING = type(None)
AS_THEY_ARE: dict[type["models.Field[Any, Any]"], frozenset[type]] = {
    models.CharField: frozenset((str, NOTHING)),
    models.TextField: frozenset((str, NOTHING)),
    models.IntegerField: frozenset((int, NOTHING)),
    models.ForeignKey: frozenset((int, NOTHING)),
    models.BooleanField: frozenset((bool, NOTHING)),
    models.BinaryField: frozenset((bytes, NOTHING)),
}
MAKING = ("to_python", "get_prep_value", "get_db_prep_value", "get_db_prep_save")
"""Methods of a field in which one of ours may see to its values differently."""


def _writers(fields: Fields, database: BaseDatabaseWrapper) -> list[Writer]:
    known: dict[Fields, list[Writer]] = _known(database).writers
    if fields not in known:
        known[fields] = [_writer(field, database) for field in fields]
    return known[fields]


def _writer(field: "models.Field[Any, Any]", database: BaseDatabaseWrapper) -> Writer:
    def usual(value: Any) -> Any:
        return field.get_db_prep_save(value, database)

    def moment(value: Any) -> Any:
        return str(value)[: -len("+00:00")] if getattr(value, "tzinfo", None) is UTC else usual(value)

    if type(field) is models.DateTimeField and database.vendor == "sqlite":
        return field.attname, frozenset((NOTHING,)), moment
    return field.attname, _as_they_are(type(field)), usual


def _as_they_are(kind: type["models.Field[Any, Any]"]) -> frozenset[type]:
    base = next((base for base in AS_THEY_ARE if issubclass(kind, base)), None)
    if base is None or any(getattr(kind, name) is not getattr(base, name) for name in MAKING):
        return frozenset((NOTHING,))
    return AS_THEY_ARE[base]


def _written(row: models.Model, writers: list[Writer]) -> list[Any]:
    return [
        value if type(value := getattr(row, name)) in as_it_is else change(value) for name, as_it_is, change in writers
    ]
