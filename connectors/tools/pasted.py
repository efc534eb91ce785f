"""A table with several columns, pasted into the step from a spreadsheet or a CSV file, and a row of it looked up."""

import csv
from typing import Any

from connectors import fields as f
from connectors.errors import Refused
from connectors.fields import required
from connectors.tools.formatter import choices, plain, tool

Values = dict[str, Any]
LONGEST, ROWS, COLUMNS = 50_000, 1_000, 40
"""Characters, rows and columns of one table: it is kept with the step and with each run of it."""
SIGNS = ("\t", ";", ",")
"""What stands between the columns: spreadsheets paste tabs."""


def read(text: str) -> tuple[list[str], list[list[str]]]:
    """The names of the columns and the rows below them. Raises Refused for what is no such table."""
    if len(text) > LONGEST:
        raise _wrong(
            f"The table has {len(text):,} characters; {LONGEST:,} are the limit. Keep only the columns needed."
        )
    lines = text.lstrip("\ufeff").strip().splitlines(keepends=True)
    if len(lines) < 2:
        raise _wrong("The table needs a first line with the names of its columns, and a row below it.")
    sign = max(SIGNS, key=lambda one: (lines[0].count(one) > 0, -SIGNS.index(one)))
    try:
        names, *rows = [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=sign, strict=True) if row]
    except csv.Error:
        raise _wrong("A quotation mark in the table is not closed, so nobody can tell where a value ends.") from None
    _judged(names, rows)
    return names, rows


def _judged(names: list[str], rows: list[list[str]]) -> None:
    if len(names) > COLUMNS or len(rows) > ROWS:
        raise _wrong(
            f"The table has {len(names)} columns and {len(rows):,} rows; {COLUMNS} and {ROWS:,} are the limit. "
            "Ask for a longer one by a web request."
        )
    if "" in names or len({plain(name) for name in names}) < len(names):
        raise _wrong("Each column needs a name of its own in the first line of the table.")
    if longer := next((number for number, row in enumerate(rows, 1) if any(row[len(names) :])), 0):
        raise _wrong(f"Row {longer} of the table has more values than the first line has names.")


def _wrong(message: str) -> Refused:
    return Refused(message, field="table")


def find_row(given: Values) -> Values:
    names, rows = read(str(given["table"]))
    at = _column(names, given.get("column") or names[0], "column")
    gives = _column(names, given.get("give") or names[-1], "give")
    wanted = plain(given["value"])
    found = [row for row in rows if plain(_cell(row, at)) == wanted]
    if not found and given.get("otherwise_do") == "stop":
        raise _wrong(f"“{given['value']}” stands in no row of the table, in its column {names[at]}. Add one.")
    row = {name: _cell(found[0], number) for number, name in enumerate(names)} if found else {}
    result = row[names[gives]] if found else str(given.get("otherwise") or "")
    return {"result": result, "found": bool(found), "row": row, "count": len(found)}


def _column(names: list[str], wanted: str, field: str) -> int:
    for number, name in enumerate(names):
        if plain(name) == plain(wanted):
            return number
    raise Refused(f"The table has no column “{wanted}”, but {', '.join(names)}.", field=field)


def _cell(row: list[str], at: int) -> str:
    """Empty where the row is shorter than the first one."""
    return row[at] if at < len(row) else ""


FIND_ROW = tool(
    "table.find_row", "Find a row in a pasted table", find_row,
    {"result": "19", "found": True, "row": {"Country": "DE", "Name": "Germany", "VAT": "19"}, "count": 1},
    required(f.text("value", "What is looked for, mostly a pill. Capitals and spaces don't matter.")),
    required(
        f.note(
            "table",
            f"Copied from a spreadsheet or a CSV file, with the names of the columns in the first line. Up to {ROWS:,} "
            f"rows, {COLUMNS} columns and {LONGEST:,} characters.",
            example="Country;Name;VAT\nDE;Germany;19\nAT;Austria;20",
        )
    ),
    f.text("column", "By its name in the first line; empty: the first one.", label="Look in the column"),
    f.text("give", "By its name in the first line; empty: the last one. The whole row is given besides.",
           label="Give the column"),
    f.text("otherwise", "When no row fits.", label="Else give"),
    f.choice(
        "otherwise_do", "When no row fits.", label="Else", more=True,
        choices=choices(go_on="Give that", stop="Fail, so that somebody sees"),
    ),
    words=("formatter", "lookup table", "spreadsheet", "csv", "excel", "columns", "vlookup", "mapping"),
    help="The first row that fits counts. A value of another column is a pill below the row, by the column's name.",
)  # fmt: skip
