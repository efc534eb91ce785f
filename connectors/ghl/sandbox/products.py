"""Products and the prices of each."""

from typing import Any

from connectors.ghl.sandbox import events, refusals, sums
from connectors.ghl.sandbox.routes import ROUTES
from connectors.ghl.sandbox.shapes import Shape, checked
from connectors.sandbox_kit.http import Answer, Call

Record = dict[str, Any]
READ, WRITE = "products.readonly", "products.write"
PRICES_READ, PRICES_WRITE = "products/prices.readonly", "products/prices.write"
ONE, PRICES = "/products/{productId}", "/products/{productId}/price"
PRICE = f"{PRICES}/{{priceId}}"
KINDS = ("DIGITAL", "PHYSICAL", "SERVICE", "PHYSICAL/DIGITAL")
PRODUCT: Shape = {
    "locationId": "text*",
    "name": "text*",
    "productType": "text*",
    **dict.fromkeys(("description", "image", "statementDescriptor", "automaticTaxCategoryId", "slug"), "text"),
    **dict.fromkeys(("availableInStore", "isTaxesEnabled", "isLabelEnabled", "taxInclusive"), "flag"),
    **dict.fromkeys(("medias", "variants"), "list"),
    **dict.fromkeys(("collectionIds", "taxes"), "texts"),
    **dict.fromkeys(("label", "seo"), "object"),
}
COST: Shape = {
    "locationId": "text*",
    "name": "text*",
    "type": "text*",
    "currency": "text*",
    "amount": "number*",
    **dict.fromkeys(("description", "userId", "sku"), "text"),
    **dict.fromkeys(("trialPeriod", "totalCycles", "setupFee", "compareAtPrice", "availableQuantity"), "number"),
    **dict.fromkeys(("trackInventory", "allowOutOfStockPurchases", "isDigitalProduct"), "flag"),
    **dict.fromkeys(("recurring", "meta", "shippingOptions"), "object"),
    **dict.fromkeys(("variantOptionIds", "digitalDelivery"), "texts"),
    "membershipOffers": "list",
}
STOCK: Shape = {**sums.PLACE, "items": "list*"}


def make(box: Any, data: Record) -> Record:
    _fit(data, "productType", KINDS)
    record = {"_id": box.new_id("products"), **_blank(data), **data, "createdAt": box.now(), "updatedAt": box.now()}
    box.store.put("products", record, "_id")
    box.effect("product.created", record["_id"], data)
    events.product(box, "ProductCreate", record)
    return record


def _blank(data: Record) -> Record:
    """What an answer has of a product that nothing more was said of."""
    empty = {**dict.fromkeys(("description", "image", "statementDescriptor"), ""), "availableInStore": False}
    lists: Record = {name: [] for name in ("variants", "medias", "collectionIds", "taxes")}
    return {**empty, **lists, "isTaxesEnabled": False, "slug": "-".join(data["name"].lower().split())}


def make_price(box: Any, product: Record, data: Record) -> Record:
    _fit(data, "type", ("one_time", "recurring"))
    stamps = {"createdAt": box.now(), "updatedAt": box.now()}
    record = {"_id": box.new_id("prices"), "product": product["_id"], **data, **stamps}
    box.store.put("prices", record, "_id")
    box.effect("price.created", record["_id"], data)
    events.price(box, "PriceCreate", record)
    return record


def _fit(data: Record, name: str, among: tuple[str, ...]) -> None:
    if data[name] not in among:
        raise refusals.unfit(f"{name} must be one of the following values: {', '.join(among)}")


def _one(box: Any, call: Call) -> Record:
    found: Record = box.find("products", "Product", call.args["productId"])
    return found


def _price(box: Any, call: Call) -> Record:
    found: Record = box.find("prices", "Price", call.args["priceId"])
    if found["product"] != call.args["productId"]:
        raise refusals.not_found("Price", found["_id"])
    return found


def prices_of(box: Any, product: str) -> list[Record]:
    return [row for row in box.store.rows("prices") if row["product"] == product]


@ROUTES.on("GET", "/products/", scope=READ, place="query")
def every(box: Any, call: Call) -> Any:
    rows = sums.said(call, box.store.rows("products"), "name")
    wanted = call.query.get("productIds")
    rows = [row for row in rows if wanted in (None, row["_id"])]
    rows.sort(key=lambda row: (row["createdAt"], row["_id"]), reverse=call.query.get("sortOrder") != "asc")
    return {"products": sums.listed(call, rows, needed=False), "total": [{"total": len(rows)}]}


@ROUTES.on("POST", "/products/", scope=WRITE, place="body")
def create(box: Any, call: Call) -> Answer:
    return Answer(201, make(box, checked(call.fields(), PRODUCT)))


@ROUTES.on("GET", ONE, scope=READ, place="query")
def read(box: Any, call: Call) -> Any:
    return _one(box, call)


@ROUTES.on("PUT", ONE, scope=WRITE, place="body")
def update(box: Any, call: Call) -> Any:
    """What isn't sent along is gone."""
    old, data = _one(box, call), checked(call.fields(), {**PRODUCT, "prices": "texts"})
    _fit(data, "productType", KINDS)
    own = {name: value for name, value in data.items() if name != "prices"}
    new = {"_id": old["_id"], **_blank(data), **own, "createdAt": old["createdAt"], "updatedAt": box.now()}
    box.store.put("products", new, "_id")
    box.effect("product.updated", new["_id"], data)
    events.product(box, "ProductUpdate", new)
    return new


@ROUTES.on("DELETE", ONE, scope=WRITE, place="query")
def delete(box: Any, call: Call) -> Any:
    gone = _one(box, call)
    for row in prices_of(box, gone["_id"]):
        box.store.drop("prices", row["_id"])
    box.store.drop("products", gone["_id"])
    box.effect("product.deleted", gone["_id"], {})
    events.product(box, "ProductDelete", gone)
    return {"status": True}


@ROUTES.on("GET", PRICES, scope=PRICES_READ, place="query")
def prices(box: Any, call: Call) -> Any:
    rows = prices_of(box, _one(box, call)["_id"])
    wanted = [one for one in call.query.get("ids", "").split(",") if one]
    rows = [row for row in rows if not wanted or row["_id"] in wanted]
    return {"prices": sums.listed(call, rows, needed=False), "total": len(rows)}


@ROUTES.on("POST", PRICES, scope=PRICES_WRITE, place="body")
def create_price(box: Any, call: Call) -> Answer:
    return Answer(201, make_price(box, _one(box, call), checked(call.fields(), COST)))


@ROUTES.on("GET", PRICE, scope=PRICES_READ, place="query")
def read_price(box: Any, call: Call) -> Any:
    return _price(box, call)


@ROUTES.on("PUT", PRICE, scope=PRICES_WRITE, place="body")
def update_price(box: Any, call: Call) -> Any:
    old, data = _price(box, call), checked(call.fields(), COST)
    _fit(data, "type", ("one_time", "recurring"))
    kept = {name: old[name] for name in ("_id", "product", "createdAt")}
    new = {**kept, **data, "updatedAt": box.now()}
    box.store.put("prices", new, "_id")
    box.effect("price.updated", new["_id"], data)
    events.price(box, "PriceUpdate", new)
    return new


@ROUTES.on("DELETE", PRICE, scope=PRICES_WRITE, place="query")
def delete_price(box: Any, call: Call) -> Any:
    gone = _price(box, call)
    box.store.drop("prices", gone["_id"])
    box.effect("price.deleted", gone["_id"], {})
    events.price(box, "PriceDelete", gone)
    return {"status": True}


@ROUTES.on("GET", "/products/inventory", scope=PRICES_READ, place="query")
def stock(box: Any, call: Call) -> Any:
    names = {row["_id"]: row["name"] for row in box.store.rows("products")}
    rows = [_stock(row, names) for row in box.store.rows("prices") if row.get("trackInventory")]
    rows = sums.said(call, rows, "name", "productName")
    return {"inventory": sums.listed(call, rows, needed=False), "total": {"total": len(rows)}}


def _stock(row: Record, names: dict[str, str]) -> Record:
    own = {name: row[name] for name in ("_id", "name", "product", "updatedAt")}
    counted = {"availableQuantity": row.get("availableQuantity", 0), "sku": row.get("sku", "")}
    oversell = {"allowOutOfStockPurchases": row.get("allowOutOfStockPurchases", False)}
    return {**own, **counted, **oversell, "productName": names.get(row["product"], "")}


@ROUTES.on("POST", "/products/inventory", scope=PRICES_WRITE, place="body")
def set_stock(box: Any, call: Call) -> Answer:
    data = checked(call.fields(), STOCK)
    rows = [(box.find("prices", "Price", item.get("priceId", "")), item) for item in data["items"]]
    for row, item in rows:
        told = {k: v for k, v in item.items() if k != "priceId"}
        new = row | told | {"trackInventory": True, "updatedAt": box.now()}
        box.store.put("prices", new, "_id")
        box.effect("price.stock_set", new["_id"], item)
        events.price(box, "PriceUpdate", new)
    return Answer(201, {"status": True, "message": "Inventory updated"})
