"""The formatters: each shape by example, and what can't be done told beside the input."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import Refused
from connectors.spec import Retry
from connectors.tools import CONNECTOR
from connectors.tools.formatter import OPERATIONS
from tests.connectors.talk import make_context, talk


def tool(key, **inputs):
    output, asked = talk(CONNECTOR.operations[f"tools.{key}"].perform(inputs, make_context()))
    assert asked == []
    return output


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.key)
def test_formatter_asks_nobody_and_may_be_tried(operation):
    assert (operation.kind, operation.retry) == ("lookup", Retry.READ)


@pytest.mark.parametrize(
    ("how", "text", "made"),
    [
        ("upper", "Straße 7", "STRASSE 7"),
        ("lower", "ÄB", "äb"),
        ("capital", "ada nowak", "Ada nowak"),
        ("title", "ada o'neil", "Ada O'neil"),
        ("trim", "  a b ", "a b"),
        ("one_line", "a\n  b\tc", "a b c"),
        ("digits", "+49 (30) 12-3", "4930123"),
        ("slug", "Größe & Farbe: Rot!", "grosse-farbe-rot"),
        ("email", "Write to ada@example.com, please", "ada@example.com"),
        ("email", "nobody", ""),
        ("number", "Total: -1.234,50 EUR", "-1.234,50"),
        ("number", "INV-2026-7", "2026"),
        ("plain", "<p>Hello <b>you</b></p>", "Hello  you"),
    ],
)
def test_text_is_changed(how, text, made):
    assert tool("text.change", how=how, text=text) == {"text": made}


def test_words_are_replaced_and_counted():
    assert tool("text.replace", text="a-b-c", what="-", by="/") == {"text": "a/b/c", "count": 2}
    assert tool("text.replace", text="a-b", what="x") == {"text": "a-b", "count": 0}


@pytest.mark.parametrize(
    ("at", "text", "parts"),
    [
        ("comma", "a, b,,c", ["a", "b", "c"]),
        ("space", "a  b", ["a", "b"]),
        ("line", "a\n\nb", ["a", "b"]),
        ("comma", "", []),
    ],
)
def test_text_is_split(at, text, parts):
    found = tool("text.split", text=text, at=at)

    assert (found["parts"], found["count"]) == (parts, len(parts))
    assert (found["first"], found["last"]) == ((parts[0], parts[-1]) if parts else ("", ""))


def test_text_is_split_at_a_sign_of_ones_own():
    assert tool("text.split", text="a|b", at="other", other="|")["parts"] == ["a", "b"]


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("Mara Lindqvist", "Mara", "Lindqvist"),
        ("Anna Maria Okafor", "Anna Maria", "Okafor"),
        ("Ludwig van den Berg", "Ludwig", "van den Berg"),
        ("Prince", "Prince", ""),
        ("  Ada   Nowak ", "Ada", "Nowak"),
    ],
)
def test_name_is_split_where_the_familys_begins(name, first, last):
    assert tool("text.split_name", name=name) == {"first_name": first, "last_name": last}


@pytest.mark.parametrize(
    ("how", "one", "other", "places", "result"),
    [
        ("add", "0.1", "0.2", None, "0.3"),
        ("subtract", "1", "3", None, "-2"),
        ("multiply", "2.5", "3", 0, "8"),
        ("divide", "10", "3", 2, "3.33"),
        ("percent", "200", "7.5", 2, "15.00"),
        ("smaller", "2", "-2", None, "-2"),
        ("larger", "2", "-2", None, "2"),
        ("add", "0.005", "0", 2, "0.01"),
    ],
)
def test_numbers_are_reckoned_exactly(how, one, other, places, result):
    found = tool("number.calculate", how=how, first=Decimal(one), second=Decimal(other), places=places)

    assert str(found["result"]) == result


def test_nothing_is_divided_by_nothing():
    with pytest.raises(Refused, match="divided by 0") as refused:
        tool("number.calculate", how="divide", first=Decimal(1), second=Decimal(0))

    assert refused.value.field == "second"


def test_choice_that_a_pill_filled_in_wrongly_is_told_beside_it():
    with pytest.raises(Refused, match="“times” is none of the choices") as refused:
        tool("number.calculate", how="times", first=Decimal(1), second=Decimal(1))

    assert refused.value.field == "how"


def test_tax_on_top_and_tax_inside():
    assert tool("money.tax", amount=Decimal(1000), rate=Decimal(19), **{"is": "net"}) == {
        "net": Decimal("1000.00"),
        "tax": Decimal("190.00"),
        "gross": Decimal("1190.00"),
    }
    assert tool("money.tax", amount=Decimal("9.99"), rate=Decimal("7"), **{"is": "gross"})["net"] == Decimal("9.34")


@given(
    st.decimals("-1000000", "1000000", places=2), st.decimals("0", "100", places=2), st.sampled_from(["net", "gross"])
)
def test_net_and_tax_always_come_to_the_gross(amount, rate, which):
    found = tool("money.tax", amount=amount, rate=rate, **{"is": which})

    assert found["net"] + found["tax"] == found["gross"]
    assert found[which] == amount


@pytest.mark.parametrize(
    ("start", "count", "unit", "moved"),
    [
        ("2026-11-22", 14, "days", "2026-12-06"),
        ("2026-11-22", -1, "weeks", "2026-11-15"),
        ("2026-01-31", 1, "months", "2026-02-28"),
        ("2028-02-29", 1, "years", "2029-02-28"),
        ("2026-12-31", -13, "months", "2025-11-30"),
        ("2026-11-20", 0, "month_end", "2026-11-30"),
        ("2026-11-20", 1, "month_end", "2026-12-31"),
        ("2026-11-20", 1, "workdays", "2026-11-23"),
        ("2026-11-23", -1, "workdays", "2026-11-20"),
    ],
)
def test_dates_are_moved_as_a_calendar_does_it(start, count, unit, moved):
    assert tool("date.move", date=date.fromisoformat(start), count=count, unit=unit)["date"] == moved


def test_weekend_may_be_left_for_monday():
    found = tool("date.move", date=date(2026, 11, 27), count=1, unit="days", weekend="later")

    assert found == {"date": "2026-11-30", "weekday": "Monday"}


@pytest.mark.parametrize("count", [10**9, 10**6 * -1])
def test_day_that_is_in_no_calendar_is_refused(count):
    with pytest.raises(Refused):
        tool("date.move", date=date(2026, 11, 27), count=count, unit="years")
    with pytest.raises(Refused, match="in no calendar"):
        tool("date.move", date=date(2026, 11, 27), count=30_000, unit="years")


@given(st.dates(date(1990, 1, 1), date(2060, 1, 1)), st.dates(date(1990, 1, 1), date(2060, 1, 1)))
def test_days_between_lead_back(one, other):
    found = tool("date.between", **{"from": one, "until": other})

    assert tool("date.move", date=one, count=found["days"], unit="days")["date"] == other.isoformat()
    turned = tool("date.between", **{"from": other, "until": one})
    assert {name: -value for name, value in turned.items()} == found


def test_workdays_between_are_those_that_moving_counts():
    found = tool("date.between", **{"from": date(2026, 11, 20), "until": datetime(2026, 12, 4, 9, tzinfo=UTC)})

    assert found == {"days": 14, "workdays": 10, "weeks": 2, "months": 0}


LINES = [{"name": "Website", "cost": 1000}, {"name": "Hosting", "cost": "190.50"}, {"name": "Care", "cost": ""}]


@pytest.mark.parametrize(
    ("which", "more", "name"),
    [
        ("first", {}, "Website"),
        ("last", {}, "Care"),
        ("place", {"place": 2}, "Hosting"),
        ("first", {"where": "name", "equals": " hosting"}, "Hosting"),
    ],
)
def test_item_is_picked(which, more, name):
    found = tool("list.pick", list=LINES, which=which, **more)

    assert (found["item"]["name"], found["found"]) == (name, True)


@pytest.mark.parametrize(
    ("value", "equals"), [(0, "0"), (Decimal("5.00"), "5"), (False, "false"), (None, ""), ("Ab", "AB ")]
)
def test_item_is_picked_by_what_its_value_is_worth(value, equals):
    found = tool("list.pick", list=[{"v": "other"}, {"v": value}], which="first", where="v", equals=equals)

    assert (found["found"], found["count"]) == (True, 1)


@pytest.mark.parametrize(
    ("items", "more"), [([], {"which": "first"}), (LINES, {"which": "place", "place": 9}), (None, {"which": "last"})]
)
def test_item_that_is_not_there_is_no_error(items, more):
    assert tool("list.pick", list=items, **more)["found"] is False


@pytest.mark.parametrize(
    ("between", "text"),
    [("comma", "a, b, c"), ("and", "a, b and c"), ("line", "a\nb\nc"), ("space", "a b c")],
)
def test_list_becomes_a_text(between, text):
    assert tool("list.join", list=["a", "", "b", "c"], between=between) == {"text": text, "count": 3}
    assert tool("list.join", list=LINES, between="comma", name="name")["text"] == "Website, Hosting, Care"
    assert tool("list.join", list=[], between="and") == {"text": "", "count": 0}


def test_list_is_added_up():
    found = tool("list.sum", list=LINES, name="cost")

    assert (found["total"], found["count"], found["largest"]) == (Decimal("1190.50"), 3, Decimal(1000))
    with pytest.raises(Refused, match=r"Item 1 is no number: Website\."):
        tool("list.sum", list=LINES, name="name")
    with pytest.raises(Refused, match=r"Item 2 is no number: NaN\."):
        tool("list.sum", list=["1", "NaN", "2"])
    assert tool("list.sum", list=[])["average"] == 0


ROWS = [{"from": "Gold", "to": "10"}, {"from": "Silver  Plus", "to": "5"}]


@pytest.mark.parametrize(
    ("value", "result"), [("gold", {"result": "10", "found": True}), (" silver plus", {"result": "5", "found": True})]
)
def test_value_is_looked_up_whatever_its_capitals_and_spaces(value, result):
    assert tool("table.look_up", value=value, rows=ROWS) == result


def test_value_that_stands_in_no_row():
    assert tool("table.look_up", value="x", rows=ROWS, otherwise="0") == {"result": "0", "found": False}
    with pytest.raises(Refused, match="“x” stands in no row") as refused:
        tool("table.look_up", value="x", rows=ROWS, otherwise_do="stop")
    assert refused.value.field == "rows"
