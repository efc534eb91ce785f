from datetime import UTC, datetime

import pytest

from builder.recipe import formats, values
from builder.recipe.errors import TooMuch, Wrong

SCOPE = {"people": [{"name": "Ann", "cost": "1.50"}, {"name": "Bo", "cost": "2"}], "big": "x" * 60_000}


def render(text):
    return values.render(text, SCOPE, now=datetime(2026, 11, 22, 12, tzinfo=UTC), zone="Europe/Berlin", currency="EUR")


@pytest.mark.parametrize("known", formats.FILTERS.values(), ids=list(formats.FILTERS))
def test_every_example_gives_what_it_says(known):
    assert render(f"={known.example}") == f"={known.gives}"
    assert all((known.label, known.help)) and known.kind in ("any", "text", "number", "date", "list")


@pytest.mark.parametrize("alias", formats.ALIASES)
def test_every_alias_names_a_formatter(alias):
    assert formats.find(alias).name == formats.ALIASES[alias]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{{ "Ann Maria Lee" | split_name: "first" }}', "Ann Maria"),
        ('{{ "Ann Maria Lee" | split_name: "last" }}', "Lee"),
        ('{{ "Ann" | split_name: "first" }}{{ "Ann" | split_name: "last" }}!', "Ann!"),
        ('{{ "" | first_word }}{{ "" | last_word }}{{ "" | split | count }}', "0"),
        ('{{ "o\'brien von" | title }}', "O'Brien Von"),
        ('{{ "ANN-MARIE don\'t 3x" | title }}', "Ann-Marie Don't 3x"),
        ('{{ people | sum: "cost" }}=', "3.50="),
        ("{{ people | pick: 'name' | last }}=", "Bo="),
        ("{{ 4800 | money }}", "€4,800.00"),
        ('{{ "now" | date: "datetime" }}', "22 Nov 2026, 13:00"),
        ("{{ now | end_of_month }}=", "2026-11-30="),
        ("{{ now | plus_months: 3 | date: '%d.%m.%Y' }}", "22.02.2027"),
        ("{{ nothing | default: 'x' | upper }}", "X"),
    ],
)
def test_formatters_in_use(text, expected):
    assert render(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ 5 | divided_by: 0 }}", "“5” can't be divided by 0. Choose another number."),
        ('{{ "a" | replace: "" }}', "There is nothing to replace."),
        ('{{ "a" | split: "" }}', "There is nothing to split at."),
        ('{{ "a" | split_name: "middle" }}', "“middle” is no part of a name."),
        ("{{ 5 | round: 99 }}", "“99” is no number of decimals. Use 0 to 10."),
        ('{{ "a" | join }}', "“a” isn't a list. Choose a list, or use “split”."),
        ('{{ "a" | plus: 1 }}', "“a” isn't a number."),
        ("{{ 9999999999999999999999 | times: 9999999999999999999999 }}", "too long a number"),
    ],
)
def test_formatters_say_what_is_wrong(text, message):
    with pytest.raises(Wrong) as caught:
        render(text)

    assert message in caught.value.message


@pytest.mark.parametrize(
    "text",
    [
        "{{ big | replace: 'x', 'yy' }}",
        "{{ big | append: big }}",
        "{{ big | split: 'x' }}",
        "{{ 'a,b,c' | split: ',' | join: big }}",
    ],
)
def test_formatters_have_limits(text):
    with pytest.raises(TooMuch):
        render(text)
