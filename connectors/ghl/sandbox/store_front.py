"""The online store: collections of products, what buyers say of them, what stands in it and in what order."""

from typing import Any

from connectors.ghl.sandbox import refusals, sums
from connectors.ghl.sandbox.routes import ROUTES
from connectors.ghl.sandbox.shapes import Shape, checked
from connectors.ghl.sandbox.times import iso
from connectors.sandbox_kit.http import Answer, Call

Record = dict[str, Any]
READ, WRITE = "products.readonly", "products.write"
LISTS_READ, LISTS_WRITE = "products/collection.readonly", "products/collection.write"
DAY = 86_400
STORE = "Jk3nlfk4lxlelVEwcW"
LISTS, ONE_LIST = "/products/collections", "/products/collections/{collectionId}"
REVIEWS, REVIEW, SHOP = "/products/reviews", "/products/reviews/{reviewId}", "/products/store/{storeId}"
NAMED: Shape = {**sums.PLACE, "name": "text", "slug": "text", "image": "text", "seo": "object"}
NEW: Shape = {**NAMED, "name": "text*", "slug": "text*", "collectionId": "text"}
JUDGED: Shape = {
    **sums.PLACE, "productId": "text*", "status": "text*", "reply": "list", "rating": "number", "headline": "text",
    "detail": "text",
}  # fmt: skip
MANY_JUDGED: Shape = {**sums.PLACE, "reviews": "list*", "status": "any*"}
SHELVED: Shape = {**sums.PLACE, "action": "text*", "productIds": "texts*"}
ORDERED: Shape = {**sums.PLACE, "products": "list*"}
SAID = (
    ("Sharp and true", "Looks just as it did on the screen.", 5, "approved"),
    ("A crease", "It came with a crease in one corner.", 2, "pending"),
)
WELL = {"status": True, "message": "Successfully updated"}


def plant(box: Any) -> None:
    """A collection, and two reviews of the first thing that is sent."""
    place = {"altId": box.location(), "altType": "location"}
    make(box, {**place, "name": "Prints", "slug": "prints"})
    poster = next(row for row in box.store.rows("products") if row["productType"] == "PHYSICAL")
    for days, (headline, detail, rating, status) in enumerate(SAID, start=3):
        then = iso(box.clock() - days * DAY)
        own = {"headline": headline, "detail": detail, "rating": rating, "status": status, "reply": []}
        of = {"altId": box.location(), "productId": poster["_id"], "storeId": STORE, "createdAt": then}
        box.store.put("reviews", {"_id": box.new_id("reviews"), **of, **own, "updatedAt": then}, "_id")


def make(box: Any, data: Record) -> Record:
    if any(row["slug"] == data["slug"] for row in box.store.rows("collections")):
        raise refusals.bad("A collection with this slug exists already")
    blank = {"image": "", "seo": {"title": data["name"], "description": ""}, "createdAt": box.now()}
    own = {name: value for name, value in data.items() if name not in ("altType", "collectionId")}
    record = {"_id": data.get("collectionId") or box.new_id("collections"), **blank, **own}
    box.store.put("collections", record, "_id")
    box.effect("collection.created", record["_id"], data)
    return record


def _list(box: Any, call: Call) -> Record:
    found: Record = box.find("collections", "Collection", call.args["collectionId"])
    return found


def _review(box: Any, review: str, product: str) -> Record:
    found: Record = box.find("reviews", "Review", review)
    if found["productId"] != product:
        raise refusals.not_found("Review", review)
    return found


@ROUTES.on("GET", LISTS, scope=LISTS_READ, place="query")
def collections(box: Any, call: Call) -> Any:
    wanted = [one for one in call.query.get("collectionIds", "").split(",") if one]
    name = call.query.get("name", "").lower()
    rows = [row for row in box.store.rows("collections") if name in row["name"].lower()]
    rows = [row for row in rows if not wanted or row["_id"] in wanted]
    return {"data": sums.listed(call, rows, needed=False), "total": len(rows)}


@ROUTES.on("POST", LISTS, scope=LISTS_WRITE, place="body")
def create(box: Any, call: Call) -> Answer:
    return Answer(201, {"data": make(box, checked(call.fields(), NEW))})


@ROUTES.on("GET", ONE_LIST, scope=LISTS_READ, place="query")
def read(box: Any, call: Call) -> Any:
    return {"data": _list(box, call), "status": True}


@ROUTES.on("PUT", ONE_LIST, scope=LISTS_WRITE, place="body")
def update(box: Any, call: Call) -> Any:
    data = checked(call.fields(), NAMED)
    told = {name: value for name, value in data.items() if name not in sums.PLACE}
    done = box.store.put("collections", _list(box, call) | told, "_id")
    box.effect("collection.updated", done["_id"], data)
    return WELL


@ROUTES.on("DELETE", ONE_LIST, scope=LISTS_WRITE, place="query")
def delete(box: Any, call: Call) -> Any:
    gone = _list(box, call)
    box.store.drop("collections", gone["_id"])
    box.effect("collection.deleted", gone["_id"], {})
    return WELL


def _said(box: Any, call: Call) -> list[Record]:
    since, until = call.query.get("startDate", ""), call.query.get("endDate", "9999")
    stars = call.query.get("rating", "")
    rows = [row for row in box.store.rows("reviews") if since <= row["createdAt"] <= until]
    rows = [row for row in rows if stars in ("", str(row["rating"]))]
    for name in ("productId", "storeId"):
        wanted = [one for one in call.query.get(name, "").split(",") if one]
        rows = [row for row in rows if not wanted or row[name] in wanted]
    return rows


@ROUTES.on("GET", REVIEWS, scope=READ, place="query")
def reviews(box: Any, call: Call) -> Any:
    rows, name = _said(box, call), call.query.get("sortField", "createdAt")
    if name not in ("createdAt", "rating"):
        raise refusals.unfit("sortField must be one of the following values: createdAt, rating")
    rows.sort(key=lambda row: (row[name], row["_id"]), reverse=call.query.get("sortOrder") != "asc")
    return {"data": sums.listed(call, rows, needed=False), "total": len(rows)}


@ROUTES.on("GET", f"{REVIEWS}/count", scope=READ, place="query")
def count(box: Any, call: Call) -> Any:
    states = [row["status"] for row in _said(box, call)]
    return {"data": [{"status": state, "count": states.count(state)} for state in dict.fromkeys(states)]}


@ROUTES.on("PUT", REVIEW, scope=WRITE, place="body")
def judge(box: Any, call: Call) -> Any:
    data = checked(call.fields(), JUDGED)
    told = {name: value for name, value in data.items() if name not in sums.PLACE}
    old = _review(box, call.args["reviewId"], data["productId"])
    done = box.store.put("reviews", old | told | {"updatedAt": box.now()}, "_id")
    box.effect("review.updated", done["_id"], data)
    return WELL


@ROUTES.on("DELETE", REVIEW, scope=WRITE, place="query")
def drop(box: Any, call: Call) -> Any:
    gone = _review(box, call.args["reviewId"], call.query.get("productId", ""))
    box.store.drop("reviews", gone["_id"])
    box.effect("review.deleted", gone["_id"], {})
    return WELL


@ROUTES.on("POST", f"{REVIEWS}/bulk-update", scope=WRITE, place="body")
def judge_many(box: Any, call: Call) -> Answer:
    data = checked(call.fields(), MANY_JUDGED)
    rows = [_review(box, one.get("reviewId", ""), one.get("productId", "")) for one in data["reviews"]]
    for row in rows:
        box.store.put("reviews", row | {"status": data["status"], "updatedAt": box.now()}, "_id")
        box.effect("review.updated", row["_id"], data)
    return Answer(201, WELL)


def _shelf(box: Any, store: str) -> Record:
    """What the store holds: at first what is for sale at all."""
    shown = [row["_id"] for row in box.store.rows("products") if row.get("availableInStore")]
    return box.store.get("shelves", store) or {"id": store, "holds": shown}


@ROUTES.on("GET", f"{SHOP}/stats", scope=READ, place="query")
def stats(box: Any, call: Call) -> Any:
    wanted = {one for one in call.query.get("collectionIds", "").split(",") if one}
    rows = sums.said(call, box.store.rows("products"), "name")
    rows = [row for row in rows if not wanted or wanted & set(row["collectionIds"])]
    holds = _shelf(box, call.args["storeId"])["holds"]
    inside = sum(row["_id"] in holds for row in rows)
    return {"totalProducts": len(rows), "includedInStore": inside, "excludedFromStore": len(rows) - inside}


@ROUTES.on("POST", SHOP, scope=WRITE, place="body")
def shelve(box: Any, call: Call) -> Answer:
    data = checked(call.fields(), SHELVED)
    if data["action"] not in ("include", "exclude"):
        raise refusals.unfit("action must be one of the following values: include, exclude")
    ids = [box.find("products", "Product", one)["_id"] for one in data["productIds"]]
    shelf = _shelf(box, call.args["storeId"])
    others = [one for one in shelf["holds"] if one not in ids]
    box.store.put("shelves", shelf | {"holds": others + ids * (data["action"] == "include")})
    box.effect("store.products_set", call.args["storeId"], data)
    return Answer(201, WELL)


@ROUTES.on("POST", f"{SHOP}/priority", scope=WRITE, place="body")
def order(box: Any, call: Call) -> Any:
    box.effect("store.order_set", call.args["storeId"], checked(call.fields(), ORDERED))
    return {}
