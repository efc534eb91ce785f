import copy
from collections.abc import Callable, Mapping
from dataclasses import FrozenInstanceError, field, replace
from typing import Any

import pytest

from connectors.frozen import Frozen


class Paper(Frozen):
    number: str
    lines: tuple[str, ...] = ()
    named: Callable[[str], str] = lambda number: f"No. {number}"
    extra: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.number:
            raise ValueError("A paper has a number")


class Itself(Frozen, eq=False):
    name: str = ""


def test_frozen_takes_values_by_place_and_by_name_and_the_rest_from_its_class():
    paper = Paper("7", named=str.upper)

    assert (paper.number, paper.lines, paper.named("a"), paper.extra) == ("7", (), "A", {})
    assert Paper("7").named("7") == "No. 7"
    assert Paper("7").extra is not Paper("7").extra


@pytest.mark.parametrize(
    ("given", "named"),
    [((), {}), (("7",), {"number": "7"}), (("7", (), str, {}, "more"), {}), (("7",), {"unknown": 1})],
)
def test_frozen_refuses_values_that_are_missing_doubled_or_unknown(given: tuple[Any, ...], named: dict[str, Any]):
    with pytest.raises(TypeError, match="Paper takes each of these once: number, lines, named, extra"):
        Paper(*given, **named)


def test_frozen_cannot_be_changed():
    paper = Paper("7")

    with pytest.raises(FrozenInstanceError):
        paper.number = "8"  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del paper.number
    assert paper == Paper("7")


def test_frozen_is_altered_without_being_checked_again_and_replaced_with():
    paper = Paper("7", ("a",))

    assert paper.altered(number="8") == replace(paper, number="8") == Paper("8", ("a",))
    assert paper.altered(number="").number == ""
    with pytest.raises(ValueError, match="has a number"):
        replace(paper, number="")


def test_frozen_is_equal_by_its_values_unless_each_is_itself():
    assert Paper("7") == copy.deepcopy(Paper("7", ())) != Paper("8")
    assert Paper("7") != "7"
    assert Itself("a") != Itself("a")
    assert len({Itself("a"), Itself("a")}) == 2


def test_frozen_shows_its_values():
    assert repr(Itself("a")) == "Itself(name='a')"
