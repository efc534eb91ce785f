from decimal import Decimal

import pytest

from builder.recipe import money
from builder.recipe.errors import Wrong
from builder.recipe.money import Money

SPELLINGS = {
    "1.234,56": "1234.56",
    "1,234.56": "1234.56",
    "$4,800.00": "4800.00",
    "4800": "4800",
    "1,234": "1234",
    "1.234": "1.234",
    "0,125": "0.125",
    "12,5": "12.5",
    "1.234.567": "1234567",
    "1 234,56": "1234.56",
    "1\u00a0234,56": "1234.56",
    "1’234.56": "1234.56",
    "1,23,456.7": "123456.7",
    "(1,234.00)": "-1234.00",
    "-3": "-3",
    "−3": "-3",
    "5-": "-5",
    "+7": "7",
    "-$5": "-5",
    "€ 12,50": "12.50",
    "12,50 €": "12.50",
    "CHF 1'000": "1000",
    "19 %": "19",
    ".5": "0.5",
    "5.": "5",
}


@pytest.mark.parametrize(("spelling", "expected"), SPELLINGS.items())
def test_number_reads_what_people_write(spelling, expected):
    assert money.number(spelling) == Decimal(expected)


@pytest.mark.parametrize(
    "text", ["", "abc", "1e5", "1,234,56", "1.2.3", "12 34", "--5", "(5", "٣", "12 pcs", "$5 USD", "NaN", "1" * 100]
)
def test_number_refuses_what_is_none(text):
    with pytest.raises(Wrong, match=r"isn't a number\. Write digits, such as 1250\.00\."):
        money.number(text)


@pytest.mark.parametrize("value", [True, None, [], {}, Decimal("NaN"), Decimal("Infinity"), float("nan")])
def test_number_refuses_other_types(value):
    with pytest.raises(Wrong, match="isn't a number"):
        money.number(value)


@pytest.mark.parametrize(
    "value",
    ["9" * 31, 10**30, 10**5000, Decimal("1E+999999"), Decimal("1E-999999")],
    ids=["text", "int", "long int", "big", "small"],
)
def test_number_has_a_limit(value):
    with pytest.raises(Wrong, match="too long a number; 30 digits are the limit"):
        money.number(value)


def test_number_never_gives_a_float():
    assert money.number(0.1) == Decimal("0.1")
    assert type(money.number(3)) is Decimal


@pytest.mark.parametrize(("text", "currency"), [("$5", "USD"), ("$5", "CAD"), ("5 €", "EUR"), ("5", "JPY"), ("€5", "")])
def test_amount_takes_what_may_be_in_the_currency(text, currency):
    assert money.amount(text, currency) == 5


def test_amount_refuses_another_currency():
    with pytest.raises(Wrong, match="“€5” isn't in USD"):
        money.amount("€5", "USD")


@pytest.mark.parametrize(
    ("value", "currency", "expected"),
    [
        ("4800", "USD", "$4,800.00"),
        ("1210", "EUR", "€1,210.00"),
        ("1210", "CHF", "CHF 1,210.00"),
        ("1210.5", "JPY", "¥1,211"),
        ("1.2345", "KWD", "KWD 1.235"),
        ("-3", "USD", "−$3.00"),
        ("-0.001", "USD", "$0.00"),
        ("3", "", "3.00"),
    ],
)
def test_written_shows_the_currency(value, currency, expected):
    assert money.written(Decimal(value), currency) == expected


def test_rounded_rounds_half_away_from_zero():
    assert [money.rounded(Decimal(v), 2) for v in ("2.345", "-2.345")] == [Decimal("2.35"), Decimal("-2.35")]


def test_money_never_adds_two_currencies():
    with pytest.raises(Wrong, match="different currencies"):
        Money(Decimal(1), "EUR") + Money(Decimal(1), "USD")


def test_totals_keep_currencies_apart():
    sums = [Money(Decimal("1.10"), "EUR"), Money(Decimal(5), "USD"), Money(Decimal("2.20"), "EUR")]

    assert money.totals(sums) == [Money(Decimal("3.30"), "EUR"), Money(Decimal(5), "USD")]


def test_money_rounds_to_its_cents():
    assert str(Money(Decimal("10.555"), "EUR").rounded()) == "€10.56"
