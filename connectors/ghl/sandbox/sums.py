"""What the sandbox's money has in common: bodies, sums, pages of lists."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from connectors.ghl.sandbox.refusals import bad, unfit
from connectors.ghl.sandbox.shapes import Shape
from connectors.sandbox_kit.http import Call

Record = dict[str, Any]
CENT = Decimal("0.01")
PLACE: Shape = {"altId": "text*", "altType": "text*"}
ITEM = ("name", "currency", "amount", "qty")
WHO = ("id", "name", "phoneNo", "email")


def listed(call: Call, rows: list[Record], needed: bool = True) -> list[Record]:
    """A page; `limit` and `offset` are texts, and most of these lists want both."""
    given = {name: call.query.get(name) for name in ("limit", "offset")}
    wrong = [f"{name} must be a number string" for name, text in given.items() if not (text or "0").isdigit()]
    wrong += [f"{name} should not be empty" for name, text in given.items() if needed and not text]
    if wrong:
        raise unfit(*wrong)
    size, start = int(given["limit"] or 10), int(given["offset"] or 0)
    return rows[start : start + min(size, 100)]


def between(call: Call, rows: list[Record], name: str) -> list[Record]:
    """Those of whole days, both of them inside."""
    first, last = call.query.get("startAt", ""), call.query.get("endAt", "")
    for one in (first, last):
        if one:
            day(one)
    return [row for row in rows if (first or "0") <= str(row[name])[:10] <= (last or "9")]


def day(text: Any) -> date:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise unfit("dates must be in YYYY-MM-DD format") from None


def said(call: Call, rows: list[Record], *names: str) -> list[Record]:
    wanted = call.query.get("search", "").lower()
    return [row for row in rows if wanted in " ".join(str(row.get(name) or "") for name in names).lower()]


def only(call: Call, rows: list[Record], **columns: Callable[[Record], Any]) -> list[Record]:
    for name, get in columns.items():
        wanted = call.query.get(name, "")
        if wanted and wanted != "all":
            rows = [row for row in rows if str(get(row)) == wanted]
    return rows


def mode(call: Call, rows: list[Record]) -> list[Record]:
    wanted = call.query.get("paymentMode", "")
    return [row for row in rows if wanted in ("", "default") or row["liveMode"] == (wanted == "live")]


def lines(box: Any, rows: list[Any], field: str = "items") -> list[Record]:
    """The items with ids of their own. Raises a 422 for one that lacks what it needs."""
    wrong = [] if rows else [f"{field} should not be empty"]
    for at, row in enumerate(rows):
        wrong += [f"{field}.{at}.{name} should not be empty" for name in ITEM if row.get(name) in (None, "")]
    if wrong:
        raise unfit(*wrong)
    return [{"taxes": [], **row, "_id": row.get("_id") or box.new_id("lines")} for row in rows]


def payer(box: Any, details: Mapping[str, Any]) -> None:
    missing = [f"contactDetails.{name} should not be empty" for name in WHO if name not in details]
    if missing:
        raise unfit(*missing)
    if not box.store.get("contacts", details["id"]):
        raise bad("Contact not found")


def summed(items: list[Record], discount: Mapping[str, Any]) -> Record:
    """`subTotal`, `discount` and `tax` of the items."""
    sums = [Decimal(str(row["amount"])) * Decimal(str(row["qty"])) for row in items]
    whole = sum(sums, Decimal(0))
    value = Decimal(str(discount.get("value") or 0))
    off = value if discount.get("type") == "fixed" else whole * value / 100
    left = (whole - off) / whole if whole else Decimal(1)
    rates = [sum(Decimal(str(tax["rate"])) for tax in row["taxes"]) for row in items]
    tax = sum((amount * left * rate / 100 for amount, rate in zip(sums, rates, strict=True)), Decimal(0))
    return {"subTotal": cents(whole), "discount": cents(off), "tax": cents(tax)}


def total(summary: Mapping[str, Any]) -> Decimal:
    return cents(summary["subTotal"] - summary["discount"] + summary["tax"])


def cents(value: Any) -> Decimal:
    return Decimal(str(value)).quantize(CENT, ROUND_HALF_UP)
