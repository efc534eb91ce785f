"""A row of a table with several columns, pasted into the step."""

import pytest

from connectors.errors import Refused
from connectors.tools import CONNECTOR
from tests.connectors.talk import make_context, talk

SHEET = "Country\tName\tVAT\nDE\tGermany\t19\nAT\tAustria\t20\n"


def find(value, table=SHEET, **inputs):
    output, asked = talk(
        CONNECTOR.operations["tools.table.find_row"].perform({"value": value, "table": table, **inputs}, make_context())
    )
    assert asked == []
    return output


def test_row_is_found_by_the_first_column_and_gives_the_last_one():
    assert find(" at ") == {
        "result": "20",
        "found": True,
        "row": {"Country": "AT", "Name": "Austria", "VAT": "20"},
        "count": 1,
    }


def test_any_column_may_be_looked_in_and_given():
    assert find("austria", column="name", give="country")["result"] == "AT"


@pytest.mark.parametrize(
    "table",
    [
        "Country;Name;VAT\nDE;Germany, that is;19",
        'Country,Name,VAT\r\nDE,"Germany, that is",19\r\n',
        "\ufeffCountry\tName\tVAT\nDE\tGermany, that is\t19",
    ],
)
def test_table_may_come_from_a_spreadsheet_or_from_any_csv(table):
    assert find("de", table)["row"] == {"Country": "DE", "Name": "Germany, that is", "VAT": "19"}


def test_first_of_several_rows_counts_and_short_rows_have_empty_ends():
    table = "Plan;Price;Note\nGold;10\nGold;12;new"

    assert find("gold", table, give="Note") == {
        "result": "",
        "found": True,
        "row": {"Plan": "Gold", "Price": "10", "Note": ""},
        "count": 2,
    }


def test_value_that_stands_in_no_row():
    assert find("FR", otherwise="0") == {"result": "0", "found": False, "row": {}, "count": 0}
    with pytest.raises(Refused, match="“FR” stands in no row of the table, in its column Country") as refused:
        find("FR", otherwise_do="stop")
    assert refused.value.field == "table"


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("Country;VAT", "needs a first line with the names of its columns, and a row below it"),
        ("Country;;VAT\nDE;x;19", "Each column needs a name of its own"),
        ("Country;VAT; country\nDE;19;x", "Each column needs a name of its own"),
        ("Country;VAT\nDE;19;0\n", "Row 1 of the table has more values than the first line has names"),
        ('Country;VAT\n"DE;19', "A quotation mark in the table is not closed"),
        ("A;B\n" + "x;y\n" * 1001, "The table has 2 columns and 1,001 rows; 40 and 1,000 are the limit"),
        ("A;B\n" + "x" * 50_000, "characters; 50,000 are the limit"),
    ],
)
def test_what_is_no_table_is_said(table, said):
    with pytest.raises(Refused, match=said):
        find("DE", table)


@pytest.mark.parametrize("field", ["column", "give"])
def test_column_that_is_not_there_is_named_with_those_that_are(field):
    with pytest.raises(Refused, match="The table has no column “Rate”, but Country, Name, VAT") as refused:
        find("DE", **{field: "Rate"})

    assert refused.value.field == field
