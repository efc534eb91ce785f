"""Products and their prices: told by webhooks, and read from their lists and compared. Prices are listed for one
product at a time, so each look asks for those of a few, the changed ones first and the others by turns."""

from collections.abc import Iterable, Mapping
from typing import Any

from connectors import fields as f
from connectors.errors import NotFound
from connectors.ghl import comparing, heard, looking, records
from connectors.ghl.base import samples
from connectors.ghl.looking import Record, amount, edit, owner, shown, text, trigger
from connectors.ghl.paper_lists import here, one
from connectors.notation import fill
from connectors.spec import ANY, Context, Conversation, Page, Sighting, Watched

S = samples("seen_money")
BY_LOCATION = {"altId": None, "altType": None}
"""These lists know it by its own name."""
AT_ONCE = 25
"""Products whose prices are listed in one look."""


def _listed(path: str, key: str, context: Context, **more: Any) -> Conversation[tuple[list[Record], Any, bool]]:
    return (yield from looking.part(path, key, context, **{**BY_LOCATION, **here(context), **more}))


# Products

PRODUCTS = "/products/"
PRODUCT_EVENTS = ("ProductCreate", "ProductUpdate", "ProductDelete")
SOLD = ("name", "description", "productType", "image", "statementDescriptor")


def product(record: Mapping[str, Any], **more: Any) -> Sighting:
    values = {
        "edit": edit([record.get(name) or "" for name in SOLD], bool(record.get("availableInStore")), _variants(record))
    }
    return Sighting(
        "product", str(record["_id"]), values, shown(record), stamp=records.moment(record.get("updatedAt")),
        created=records.moment(record.get("createdAt")), owner=owner(record), **more,
    )  # fmt: skip


def _variants(record: Mapping[str, Any]) -> list[Any]:
    rows = [row for row in record.get("variants") or [] if isinstance(row, Mapping)]
    return [(row.get("name"), [each.get("name") for each in _rows(row.get("options"))]) for row in rows]


def _rows(listed: Any) -> list[Mapping[str, Any]]:
    return [row for row in listed or [] if isinstance(row, Mapping)]


def read_product(body: Mapping[str, Any], event: str) -> Sighting | None:
    record = heard.record_of(body)
    if event not in PRODUCT_EVENTS or not record.get("_id"):
        return None
    if event == "ProductDelete":
        return comparing.gone("product", str(record["_id"]), shown(record), hint=event, owner=owner(record))
    return product(record, hint=event)


def reread_product(record_id: str, context: Context) -> Conversation[Sighting]:
    path = fill("/products/{id}", {"id": record_id})
    return product({**(yield from one(path, "", "look at the product", here(context))), "_id": record_id})


def look_at_products(context: Context) -> Conversation[comparing.Look]:
    rows, _, cut = yield from _listed(PRODUCTS, "products", context)
    return comparing.Look([product(row) for row in rows], cut=cut)


def told_product(inputs: Mapping[str, Any], output: Mapping[str, Any]) -> tuple[str, Record] | None:
    found = str(output.get("_id") or inputs.get("productId") or "")
    return (found, _left_by_us(output)) if found else None


def _left_by_us(output: Mapping[str, Any]) -> Record:
    return {"edit": ANY} if output.get("_id") else {"edit": ANY, "gone": True}


# Prices

PRICES = "/products/{productId}/price"
KINDS = ("one_time", "recurring")
PRICE_EVENTS = ("PriceCreate", "PriceUpdate", "PriceDelete", *KINDS)
"""Of most deliveries the price's own kind hides what happened; then it is judged by what the price was before."""


def price(record: Mapping[str, Any], **more: Any) -> Sighting:
    """Known by product and price, since it can be read by both alone. What is left in stock is no edit of it."""
    kind = next((record[name] for name in ("priceType", "type") if record.get(name) in KINDS), "")
    often = record.get("recurring") if isinstance(record.get("recurring"), Mapping) else {}
    rhythm = (often.get("interval"), amount(often.get("intervalCount"))) if often else ()
    sums = [amount(record.get(name)) for name in ("amount", "compareAtPrice")]
    values = {"edit": edit(record.get("name"), kind, text(record.get("currency")), sums, rhythm)}
    return Sighting(
        "price", f"{record.get('product')}/{record['_id']}", values, {**shown(record), "type": kind},
        stamp=records.moment(record.get("updatedAt")), created=records.moment(record.get("createdAt")),
        owner=owner(record), **more,
    )  # fmt: skip


def gone_price(product_id: str, price_id: str, **more: Any) -> Sighting:
    return comparing.gone("price", f"{product_id}/{price_id}", {"_id": price_id, "product": product_id}, **more)


def read_price(body: Mapping[str, Any], event: str) -> Sighting | None:
    record = heard.record_of(body)
    if event not in PRICE_EVENTS or not record.get("_id") or not record.get("product"):
        return None
    if event == "PriceDelete":
        return gone_price(str(record["product"]), str(record["_id"]), hint=event, owner=owner(record))
    return price(record, hint=event)


def reread_price(record_id: str, context: Context) -> Conversation[Sighting]:
    product_id, _, price_id = record_id.partition("/")
    path = fill(f"{PRICES}/{{priceId}}", {"productId": product_id, "priceId": price_id})
    record = yield from one(path, "", "look at the price", here(context))
    return price({**record, "_id": price_id, "product": product_id})


def poll_prices(cursor: Record, context: Context) -> Conversation[Page]:
    """The first round goes through all products, some at a time, and only notes what stands there."""
    rows, _, cut = yield from _listed(PRODUCTS, "products", context)
    stamps = {row["_id"]: records.moment(row.get("updatedAt")) for row in rows}
    held: dict[str, Record] = dict(cursor.get("held", {}))
    last, first = str(cursor.get("last", "")), not cursor.get("whole")
    turn = sorted(stamps, key=lambda each: (held.get(each, {}).get("at") == stamps[each], each <= last, each))
    turn = [each for each in turn if each not in held] if first else turn
    seen: list[Sighting] = []
    for each in turn[:AT_ONCE]:
        last = each if held.get(each, {}).get("at") == stamps[each] else last
        found, held[each] = yield from _prices_of(each, held.get(each, {}).get("ids", ()), context)
        held[each]["at"] = stamps[each]
        seen += found
    for each in [known for known in held if known not in stamps and not cut][: comparing.ASKED]:
        if (yield from _is_gone(each, context)):
            seen += [gone_price(each, price_id) for price_id in held.pop(each)["ids"]]
    more = first and len(turn) > AT_ONCE
    return Page(seen, {"held": held, "last": last, "whole": not more}, more=more, baseline=first)


def _prices_of(product_id: str, known: Iterable[str], context: Context) -> Conversation[tuple[list[Sighting], Record]]:
    """Those it has, those it has no longer, and what is to be kept in mind of it."""
    path = fill(PRICES, {"productId": product_id})
    try:
        rows, _, cut = yield from _listed(path, "prices", context)
    except NotFound:  # the product is only just gone: the next look finds it out
        return [], {"ids": list(known)}
    found = [price({**row, "product": product_id}) for row in rows]
    there = [row["_id"] for row in rows]
    missing = [each for each in known if each not in there]
    for each in missing[: comparing.ASKED] if not cut else ():
        found.append((yield from comparing.asked("price", f"{product_id}/{each}", reread_price, context)))
    gone = {one.record_id.partition("/")[2] for one in found if one.gone}
    found = [gone_price(product_id, one.record_id.partition("/")[2]) if one.gone else one for one in found]
    return found, {"ids": [*there, *(each for each in missing if each not in gone)]}


def _is_gone(product_id: str, context: Context) -> Conversation[bool]:
    return (yield from comparing.asked("product", product_id, reread_product, context)).gone


def told_price(inputs: Mapping[str, Any], output: Mapping[str, Any]) -> tuple[str, Record] | None:
    product_id = str(output.get("product") or inputs.get("productId") or "")
    price_id = str(output.get("_id") or inputs.get("priceId") or "")
    return (f"{product_id}/{price_id}", _left_by_us(output)) if product_id and price_id else None


WATCHED = (
    Watched(
        "product", "Products", PRODUCT_EVENTS, read_product, reread_product,
        comparing.poll("product", look_at_products, reread_product), "products.readonly", told_product,
    ),
    Watched(
        "price", "Prices", PRICE_EVENTS, read_price, reread_price, poll_prices,
        "products.readonly products/prices.readonly", told_price,
    ),
)  # fmt: skip


# Triggers

ONLY = f.choice("product", "Only prices of this product; empty: of any.", source="products")
PRODUCT_HELP = (
    "Where no webhook tells of it, Recette reads all products every 1 to 15 minutes and compares, up to 2,000."
)
PRICE_HELP = (
    f"Where no webhook tells of it, Recette looks every 1 to 15 minutes at the prices of {AT_ONCE} products, those "
    "that changed first, the others by turns. What is left in stock is no change of a price."
)


def of_another(inputs: Record, now: Sighting) -> str:
    wanted, got = str(inputs.get("product") or ""), str(now.data.get("product") or "")
    return (
        f"It is a price of the product {got}, this recipe takes only those of {wanted}."
        if wanted not in ("", got)
        else ""
    )


def latest_products(inputs: Record, context: Context) -> Conversation[list[Sighting]]:
    rows, _, _ = yield from _listed(PRODUCTS, "products", context, pages=1, sortOrder="desc")
    return sorted((product(row) for row in rows), key=lambda now: now.created, reverse=True)[:10]


def latest_prices(inputs: Record, context: Context) -> Conversation[list[Sighting]]:
    """Of the product that is chosen, else of the five newest."""
    chosen = [str(inputs["product"])] if inputs.get("product") else []
    if not chosen:
        chosen = [now.record_id for now in (yield from latest_products(inputs, context))[:5]]
    found: list[Sighting] = []
    for each in chosen:
        found += (yield from _prices_of(each, (), context))[0]
    return sorted(found, key=lambda now: now.created, reverse=True)[:10]


def _three(what: str, label: str, help: str, **more: Any) -> tuple[Any, ...]:
    """`what` is watched; `label` with its article."""
    begins = what.capitalize()
    return tuple(
        trigger(what, name, f"{label} is {name}", fired, S[what], help=help, words=words, **more)
        for name, fired, words in (
            ("created", looking.created(f"{begins}Create"), ("new", "item", "catalogue")),
            ("updated", looking.edited("edit", f"{begins}Update", *KINDS), ("changed", "item", "catalogue")),
            ("deleted", looking.deleted, ("removed", "item", "catalogue")),
        )
    )


TRIGGERS = (
    *_three("product", "A product", PRODUCT_HELP, latest=latest_products),
    *_three("price", "A price", PRICE_HELP, latest=latest_prices, fields=(ONLY,), why_not=of_another),
)
