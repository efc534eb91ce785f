"""Values on their way between the columns of a row and the fields of a model. Django finds out for each query anew
which column is which field, asks each field what it makes of a value that goes as it is, and looks up each time which
connection is this thread's.
"""

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.base import ModelState
from django.utils.asyncio import async_unsafe

from builder.models.columns import JsonText, PackedText

M = TypeVar("M", bound=models.Model)
Fields = tuple["models.Field[Any, Any]", ...]


class Mine(threading.local):
    """What a thread has found out about its connection."""

    def __init__(self) -> None:
        self.database: BaseDatabaseWrapper | None = None
        self.shapes: dict[tuple[type[models.Model], tuple[str, ...]], tuple[list[str], list[Reader]]] = {}
        self.writers: dict[int, tuple[Fields, list[Writer]]] = {}


_mine = Mine()


def here() -> BaseDatabaseWrapper:
    """This thread's connection. Raises SynchronousOnlyOperation when it is first asked for inside an event loop."""
    return _mine.database or _found()


@async_unsafe
def _found() -> BaseDatabaseWrapper:
    """Inside an event loop Django gives another one, which must not be taken for the thread's."""
    _mine.database = connections[DEFAULT_DB_ALIAS]
    return _mine.database


Reader = tuple[int, Callable[[Any], Any]]
"""The place of a value in its row, and what makes a field's value of it."""


def fetched(model: type[M], found: Sequence[Sequence[Any]], without: tuple[str, ...] = ()) -> list[M]:
    """Rows as `model.from_db` makes them, of all its columns in their order but some. What it is `without` Django
    fetches when somebody asks for it."""
    names, readers = _shape(model, without)
    made = []
    for told in found:
        values, row, state = list(told), model.__new__(model), ModelState()
        for place, read in readers:
            values[place] = read(values[place])
        state.adding, state.db = False, DEFAULT_DB_ALIAS
        row.__dict__.update(zip(names, values, strict=True), _state=state)
        made.append(row)
    return made


def _shape(model: type[models.Model], without: tuple[str, ...]) -> tuple[list[str], list[Reader]]:
    """Names of the fields, and those that the database holds in another form."""
    key = model, without
    if key not in _mine.shapes:
        fields = [field for field in model._meta.concrete_fields if field.name not in without]
        readers = [(place, read) for place, field in enumerate(fields) if (read := _reader(field))]
        _mine.shapes[key] = [field.attname for field in fields], readers
    return _mine.shapes[key]


def _reader(field: "models.Field[Any, Any]") -> Callable[[Any], Any] | None:
    database, col = here(), field.get_col(field.model._meta.db_table)
    if isinstance(field, JsonText | PackedText):
        return _reader_of_ours(field, database)
    if type(field) is models.DateTimeField and _keeps_utc(database):
        return _moment_of
    calls = [*database.ops.get_db_converters(col), *col.get_db_converters(database)]

    def converted(value: Any) -> Any:
        for call in calls:
            value = call(value, col, database)
        return value

    return converted if calls else None


def _reader_of_ours(field: JsonText | PackedText, database: BaseDatabaseWrapper) -> Callable[[Any], Any]:
    return lambda value: None if value is None else field.from_db_value(value, None, database)


def _keeps_utc(database: BaseDatabaseWrapper) -> bool:
    """Whether moments are texts in UTC that don't say so."""
    return database.vendor == "sqlite" and database.timezone is UTC


def _moment_of(value: Any) -> Any:
    at = datetime.fromisoformat(value) if type(value) is str else value
    return at.replace(tzinfo=UTC) if at and not at.tzinfo else at


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


def writers(fields: Fields) -> list[Writer]:
    known = _mine.writers.get(id(fields))  # as a key, the tuple would ask each field for its hash
    if known is None:
        known = _mine.writers[id(fields)] = fields, [_writer(field) for field in fields]
    return known[1]


def written(row: models.Model, how: list[Writer]) -> list[Any]:
    """The values as the database takes them."""
    return [value if type(value := getattr(row, name)) in as_it_is else change(value) for name, as_it_is, change in how]


def moment(at: datetime) -> Any:
    """As a column holds it."""
    database = here()
    if at.tzinfo is UTC and _keeps_utc(database):
        return _text_of(at)
    return database.ops.adapt_datetimefield_value(at)


def _text_of(at: datetime) -> str:
    return str(at)[: -len("+00:00")]


def _writer(field: "models.Field[Any, Any]") -> Writer:
    database = here()

    def usual(value: Any) -> Any:
        return field.get_db_prep_save(value, database)

    def utc_as_text(value: Any) -> Any:
        return _text_of(value) if getattr(value, "tzinfo", None) is UTC else usual(value)

    def any_text(value: Any) -> Any:
        return value if isinstance(value, str) else usual(value)

    if type(field) is models.DateTimeField and _keeps_utc(database):
        return field.attname, frozenset((NOTHING,)), utc_as_text
    if isinstance(field, JsonText | PackedText):
        return field.attname, frozenset((NOTHING,)), field.get_prep_value
    as_they_are = _as_they_are(type(field))
    return field.attname, as_they_are, any_text if str in as_they_are else usual


def _as_they_are(kind: type["models.Field[Any, Any]"]) -> frozenset[type]:
    base = next((base for base in AS_THEY_ARE if issubclass(kind, base)), None)
    if base is None or any(getattr(kind, name) is not getattr(base, name) for name in MAKING):
        return frozenset((NOTHING,))
    return AS_THEY_ARE[base]
