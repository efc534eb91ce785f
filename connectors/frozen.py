"""Records that nobody changes: what `dataclass(frozen=True)` makes, at a tenth of its price.

`dataclass` writes the methods of each class as source and compiles it: for forty classes, a fifth of what loading all
declarations took. These inherit theirs. What a record was given is its `__dict__` as it came, and what was left out is
read from its class, so that one of thousands of inputs costs little more than the values it names.
`dataclasses.replace` and `fields` know them as any other dataclass.
"""

from collections.abc import Callable
from dataclasses import MISSING, FrozenInstanceError, dataclass, field, fields
from types import FunctionType
from typing import Any, ClassVar, NoReturn, Self, dataclass_transform

_fill = object.__setattr__


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
class Frozen:
    """`class Part(Frozen)` has Part's annotations as its fields. With `eq=False` each record is itself and equal to no
    other."""

    _names: ClassVar[dict[str, int]]
    """Of the fields, in order."""
    _needed: ClassVar[frozenset[str]]
    _makers: ClassVar[dict[str, Callable[[], Any]]]
    """What makes a value that was left out, where it isn't the same for all."""

    def __init_subclass__(cls, eq: bool = True) -> None:
        cls.__doc__ = cls.__doc__ or cls.__name__  # or `dataclass` spells out the signature, which takes its time
        dataclass(init=False, repr=False, eq=False)(cls)
        declared = fields(cls)  # type: ignore[arg-type]
        cls._names = {one.name: at for at, one in enumerate(declared)}
        cls._makers = {one.name: one.default_factory for one in declared if one.default_factory is not MISSING}
        cls._needed = frozenset(one.name for one in declared if one.default is MISSING) - cls._makers.keys()
        for one in declared:
            if isinstance(one.default, FunctionType):
                setattr(cls, one.name, staticmethod(one.default))  # a value of the record, not a method of its class
        if not eq:
            cls.__eq__, cls.__hash__ = object.__eq__, object.__hash__  # type: ignore[method-assign]

    def __init__(self, *given: Any, **values: Any) -> None:
        count = len(given) + len(values)
        if given:
            values.update(zip(self._names, given, strict=False))
        if len(values) < count or not self._names.keys() >= values.keys() >= self._needed:
            raise TypeError(f"{type(self).__name__} takes each of these once: {', '.join(self._names)}")
        for name, make in self._makers.items():
            if name not in values:
                values[name] = make()
        _fill(self, "__dict__", values)
        self.__post_init__()

    def __post_init__(self) -> None:
        """A class may check here what a record of it was given."""

    def altered(self, **changes: Any) -> Self:
        """The same record but for these. It was checked when it was made: `dataclasses.replace` would do so again."""
        if not self._names.keys() >= changes.keys():
            raise TypeError(f"{type(self).__name__} has only these: {', '.join(self._names)}")
        made = object.__new__(type(self))
        _fill(made, "__dict__", self.__dict__ | changes)
        return made

    def __setattr__(self, name: str, value: Any) -> NoReturn:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> NoReturn:
        raise FrozenInstanceError(f"cannot delete field {name!r}")

    def __repr__(self) -> str:
        return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in self._names)})"

    def __eq__(self, other: object) -> bool:
        return self._values() == other._values() if isinstance(other, type(self)) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._values())

    def _values(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in self._names)
