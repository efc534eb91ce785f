"""What stands in pointed brackets in a template's samples.

`<clients: Sundial Bakery>` is the id of that record, `<clients.number: Sundial Bakery>` another value of it;
`<today+14>` is a day, `<short today>` the same as people write it; `<month-1>` is the month before as 2026-10, `<ym-1>`
as 202610; `<any>` is what has another value each time.
"""

import re
from datetime import date, timedelta
from typing import Any

from builder.recipe import dates
from tests.runner.conftest import Sandbox

RECORD = re.compile(r"<([a-z_]+)(?:\.(\w+))?: ([^<>]+)>")
DAY = re.compile(r"<(short )?today([+-]\d+)?>")
MONTH = re.compile(r"<(month|ym)([+-]\d+)?>")
MARKER = re.compile(r"\s*(?:\bref )?\bwf-[A-Za-z0-9]{20}\b")
NINJA = ("clients", "invoices", "quotes", "payments", "recurring_invoices", "products", "projects", "credits")
NAMES = ("name", "display_name", "title", "number", "po_number", "tag", "product_key", "key", "body", "description")


class Whatever:
    """Equal to everything: `<any>` in a file, for what is another value each time."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0


class Words:
    def __init__(self, ghl: Sandbox, ninja: Sandbox, today: date) -> None:
        self.ghl, self.ninja, self.today = ghl, ninja, today

    def put(self, value: Any) -> Any:
        """The value with what is meant in place of what stands in brackets."""
        if value == "<any>":
            return Whatever()
        if isinstance(value, str):
            text = MONTH.sub(self._month, DAY.sub(self._day, value))
            while RECORD.search(text):
                text = RECORD.sub(lambda found: str(self._record(*found.groups())), text)
            return text
        if isinstance(value, list):
            return [self.put(one) for one in value]
        if isinstance(value, dict):
            return {self.put(name): self.put(one) for name, one in value.items()}
        return value

    def _day(self, found: re.Match[str]) -> str:
        day = self.today + timedelta(days=int(found[2] or 0))
        return dates.written(day, "short") if found[1] else day.isoformat()

    def _month(self, found: re.Match[str]) -> str:
        day = dates.plus_months(self.today, int(found[2] or 0))
        return f"{day:%Y-%m}" if found[1] == "month" else f"{day:%Y%m}"

    def _record(self, table: str, field: str | None, name: str) -> Any:
        fitting = [row for row in self._rows(table) if name in (row.get(key) for key in NAMES)]
        assert len(fitting) == 1, f"<{table}: {name}> is {len(fitting)} records"
        return fitting[0][field] if field else fitting[0].get("id") or fitting[0]["_id"]

    def _rows(self, table: str) -> list[dict[str, Any]]:
        if table == "stages":
            pipelines = self.ghl.records("pipelines")
            return [{**stage, "name": f"{p['name']} / {stage['name']}"} for p in pipelines for stage in p["stages"]]
        if table == "orders":  # they have no name: each is known by who ordered
            return [{**row, "name": row["contactSnapshot"]["name"]} for row in self.ghl.records(table)]
        return self.ghl.records(table[4:]) if table[:4] == "ghl_" else self._home(table).records(table)

    def _home(self, table: str) -> Sandbox:
        return self.ninja if table in NINJA else self.ghl


def pattern(text: str) -> str:
    """For a fault: any record of that kind."""
    text = MONTH.sub("*", text)
    while RECORD.search(text):
        text = RECORD.sub("*", text)
    return text


def plain(value: Any) -> Any:
    """For comparing: numbers as their text, and without our reference, which is another one each time."""
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items() if not (isinstance(one, str) and MARKER.fullmatch(one))}
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, str):
        return MARKER.sub("", value)
    if value is None or isinstance(value, bool | Whatever):
        return value
    text = f"{value}"
    return text.rstrip("0").rstrip(".") if "." in text else text
