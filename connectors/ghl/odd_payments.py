"""Orders and coupons of HighLevel: looking for what a lost answer left behind."""

from connectors.ghl.odd import since
from connectors.ghl.paper_lists import every, one, place
from connectors.notation import Values, fill
from connectors.spec import Context, Conversation


def find_fulfilment(values: Values, context: Context) -> Conversation[list[Values]]:
    """Fulfilments of the order since the step began with just these items and parcels."""
    path = fill("/payments/orders/{orderId}/fulfillments", values)
    answer = yield from one(path, "", "look for the fulfilment", place(context))
    rows = [row for row in answer.get("data") or [] if isinstance(row, dict) and since(row, context)]
    return [{"status": True, "data": row} for row in rows if _same(row, values)]


def _same(row: Values, values: Values) -> bool:
    there = sorted((str((item.get("price") or {}).get("_id")), int(item.get("qty") or 0)) for item in row["items"])
    ours = sorted((str(item.get("priceId")), int(item.get("qty") or 1)) for item in values.get("items") or [])
    return there == ours and _numbers(row.get("trackings")) == _numbers(values.get("trackings"))


def _numbers(parcels: list[Values] | None) -> list[str]:
    return sorted(str(parcel.get("trackingNumber") or "") for parcel in parcels or [])


def find_coupon(values: Values, context: Context) -> Conversation[list[Values]]:
    """The coupon with exactly this code, made since the step began."""
    query = {**place(context), "search": str(values.get("code") or "")}
    found = yield from every("/payments/coupon/list", "data", "look for the coupon", query)
    return [row for row in found if row.get("code") == values.get("code") and since(row, context)]
