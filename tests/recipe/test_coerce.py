from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.recipe.coerce import TYPES, as_json, coerce, text
from builder.recipe.errors import CantRender, Wrong
from tests.recipe.strategies import PLAIN


@pytest.mark.parametrize(
    ("type", "value", "expected"),
    [
        ("text", Decimal("1E+3"), "1000"),
        ("text", Decimal("4800.00"), "4800.00"),
        ("text", True, "true"),
        ("text", None, ""),
        ("text", ["a", 2], "a, 2"),
        ("text", {"a": [Decimal("1.10")]}, '{"a":[1.10]}'),
        ("note", date(2026, 11, 22), "2026-11-22"),
        ("email", " ann@example.com ", "ann@example.com"),
        ("phone", "+49 (0)151 / 123-4567", "+491511234567"),
        ("phone", "0049 151 1234567", "+491511234567"),
        ("phone", "0151 1234567", "01511234567"),
        ("url", "example.com/a", "https://example.com/a"),
        ("url", "http://localhost:8000", "http://localhost:8000"),
        ("number", "1.234,56", Decimal("1234.56")),
        ("integer", "3.0", 3),
        ("integer", Decimal("12"), 12),
        ("money", "$4,800.00", Decimal("4800.00")),
        ("date", "2026-11-21T23:30:00Z", date(2026, 11, 22)),
        ("datetime", "2026-11-22T10:00:00Z", datetime(2026, 11, 22, 10, tzinfo=UTC)),
        ("boolean", "Yes", True),
        ("boolean", "off", False),
        ("boolean", 1, True),
        ("boolean", False, False),
        ("choice", 5, "5"),
        ("choices", "a, b;c\n", ["a", "b", "c"]),
        ("choices", ["a", 2, ""], ["a", "2"]),
        ("tags", "VIP, vip, New", ["VIP", "New"]),
        ("json", '{"a": 1.10}', {"a": Decimal("1.10")}),
        ("json", [1], [1]),
        ("lines", {"a": 1}, [{"a": 1}]),
        ("lines", '[{"a": 1}]', [{"a": 1}]),
        ("object", '{"a": 1}', {"a": 1}),
    ],
)
def test_coerce_gives_the_fields_type(type, value, expected):
    found = coerce(value, type, zone="Europe/Berlin", currency="USD")

    assert found == expected
    assert isinstance(found, expected.__class__)


@pytest.mark.parametrize(
    ("type", "value", "message"),
    [
        ("email", "ann", "“ann” isn't an e-mail address. It needs the form name@example.com."),
        ("email", "a@b.co\r\nBcc: x", "isn't an e-mail address"),
        ("email", ["a@b.co"], "A list of 1 can't be used where one text belongs. Choose a part of it."),
        ("phone", "call me", "“call me” isn't a phone number. Write it with its country, such as +49 151 12345678."),
        ("url", "javascript:alert(1)", "isn't a web address"),
        ("url", "ftp://example.com", "isn't a web address. It needs the form https://example.com/page."),
        ("url", "http://[", "isn't a web address"),
        ("number", "abc", "“abc” isn't a number. Write digits, such as 1250.00."),
        ("integer", "3.5", "“3.5” isn't a whole number. Use “round”, or write it without a fraction."),
        ("money", "€5", "“€5” isn't in USD."),
        ("date", "soon", "“soon” isn't a date. Write it as year-month-day, such as 2026-11-22."),
        ("boolean", "maybe", "“maybe” is neither yes nor no. Write yes or no."),
        ("choices", {"a": 1}, "An object isn't a list of texts"),
        ("json", "{a}", "“{a}” isn't JSON. Put texts in double quotes"),
        ("json", "NaN", "isn't JSON"),
        ("json", "[" * 100_000, "isn't JSON"),
        ("lines", ["a"], "A list of 1 isn't a list of lines. Choose a list of objects."),
        ("object", "[1]", "isn't an object with names and values"),
    ],
)
def test_coerce_says_what_is_wrong(type, value, message):
    with pytest.raises(Wrong) as caught:
        coerce(value, type, zone="UTC", currency="USD")

    assert message in caught.value.message


@given(PLAIN, st.sampled_from(sorted(TYPES)))
def test_coerce_raises_nothing_undocumented(value, type):
    try:
        coerce(value, type, zone="Europe/Berlin", currency="EUR")
    except CantRender as error:
        assert error.message


def test_json_keeps_every_digit():
    assert as_json({"a": [Decimal("1.10"), 3, None, True, 'é"']}) == '{"a":[1.10,3,null,true,"é\\""]}'


def test_text_refuses_what_is_too_deep():
    deep = []
    for _ in range(5000):
        deep = [deep]

    with pytest.raises(CantRender, match="too large to be written"):
        text(deep)
