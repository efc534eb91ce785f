"""Orders of the online store and of funnels, how they are paid and sent; subscriptions."""

from decimal import Decimal
from typing import Any

from connectors.ghl.sandbox import events, refusals, sums, transactions
from connectors.ghl.sandbox.routes import ROUTES
from connectors.ghl.sandbox.shapes import Shape, checked
from connectors.ghl.sandbox.sums import PLACE
from connectors.sandbox_kit.http import Call

Record = dict[str, Any]
READ, WRITE, COLLECT = "payments/orders.readonly", "payments/orders.write", "payments/orders.collectPayment"
SUBSCRIPTIONS = "payments/subscriptions.readonly"
ONE = "/payments/orders/{orderId}"
PAYMENT: Shape = {
    **PLACE,
    "mode": "text*",
    "card": "object",
    "cheque": "object",
    "notes": "text",
    "amount": "number",
    "meta": "object",
    "isPartialPayment": "flag",
}
FULFILMENT: Shape = {**PLACE, "trackings": "list*", "items": "list*", "notifyCustomer": "flag*"}
LISTED = ("_id", "altId", "altType", "contactId", "currency", "amount", "status", "liveMode", "fulfillmentStatus")


def make(box: Any, person: Record, wares: list[tuple[Record, Record, int]], **more: Any) -> Record:
    """`wares`: product, price and how many."""
    whole = sum((Decimal(str(price["amount"])) * qty for _, price, qty in wares), Decimal(0))
    items = [{"name": product["name"], "qty": qty, "product": product, "price": price} for product, price, qty in wares]
    names = ("id", "name", "firstName", "lastName", "email", "phone", "companyName", "address1", "city", "postalCode")
    record = {
        "_id": box.new_id("orders"), "altId": box.location(), "altType": "location", "contactId": person["id"],
        "contactSnapshot": {name: person.get(name) or "" for name in (*names, "country")}, "currency": "USD",
        "amount": whole, "status": "pending", "liveMode": True, "fulfillmentStatus": "unfulfilled", "items": items,
        "amountSummary": {"subtotal": whole, "discount": 0, "tax": 0, "shipping": 0}, "amountPaid": Decimal(0),
        "source": {"type": "website", "subType": "store", "id": "store-1", "name": "Studio store", "meta": {}},
        "createdAt": box.now(), "updatedAt": box.now(), **more,
    }  # fmt: skip
    box.store.put("orders", record, "_id")
    box.effect("order.created", record["_id"], {})
    events.order(box, "OrderCreate", record)
    return record


def pay(box: Any, order: Record, data: Record) -> Record:
    left = order["amount"] - order["amountPaid"]
    amount = sums.cents(data.get("amount", left))
    if not 0 < amount <= left:
        raise refusals.bad("Amount must be greater than zero and not more than the amount due")
    source = {"entitySourceType": order["source"]["type"], "entitySourceName": order["source"]["name"]}
    own = {"entityType": "order", "entityId": order["_id"], **source, "entitySourceId": order["source"]["id"]}
    money = {"currency": order["currency"], "amount": amount, "liveMode": order["liveMode"]}
    transactions.make(box, order["contactId"], {**own, **money}, data)
    new = order | {"amountPaid": order["amountPaid"] + amount, "updatedAt": box.now()}
    new["status"] = "completed" if new["amountPaid"] >= new["amount"] else "partially_paid"
    box.store.put("orders", new, "_id")
    box.effect("order.paid", new["_id"], data)
    events.order(box, "OrderStatusUpdate", new)
    return new


def payment(order: Record) -> str:
    if order["status"] == "refunded":
        return "refunded"
    done = order["amountPaid"]
    return "paid" if done >= order["amount"] else "partially_paid" if done else "unpaid"


def shown(order: Record) -> Record:
    return {k: v for k, v in order.items() if k != "amountPaid"}


def row(order: Record) -> Record:
    """As the list has it: flat, without items."""
    who, source, amounts = order["contactSnapshot"], order["source"], order["amountSummary"]
    kinds = [item["price"]["type"] for item in order["items"]]
    return {
        **{name: order[name] for name in (*LISTED, "createdAt", "updatedAt")},
        "contactName": who["name"], "contactEmail": who["email"], "subtotal": amounts["subtotal"],
        "discount": amounts["discount"], "totalProducts": len(kinds), "sourceType": source["type"],
        "sourceName": source["name"], "sourceId": source["id"], "sourceMeta": source["meta"],
        "sourceSubType": source["subType"], "onetimeProducts": kinds.count("one_time"),
        "recurringProducts": kinds.count("recurring"),
    }  # fmt: skip


def _one(box: Any, call: Call) -> Record:
    found: Record = box.find("orders", "Order", call.args["orderId"])
    return found


@ROUTES.on("GET", "/payments/orders", scope=READ, place="query")
def every(box: Any, call: Call) -> Any:
    rows = sums.between(call, sums.mode(call, box.store.rows("orders")), "createdAt")
    rows = sums.only(
        call,
        rows,
        status=lambda one: one["status"],
        paymentStatus=payment,
        contactId=lambda one: one["contactId"],
        sourceId=lambda one: one["source"]["id"],
    )
    flat = sums.said(call, [row(one) for one in rows], "contactName", "contactEmail", "sourceName")
    flat.sort(key=lambda one: (one["createdAt"], one["_id"]), reverse=True)
    return {"data": sums.listed(call, flat, needed=False), "totalCount": len(flat)}


@ROUTES.on("GET", ONE, scope=READ, place="query")
def read(box: Any, call: Call) -> Any:
    return shown(_one(box, call))


@ROUTES.on("POST", f"{ONE}/record-payment", scope=COLLECT, place="body")
def record_payment(box: Any, call: Call) -> Any:
    data = checked(call.fields(), PAYMENT)
    if data["mode"] not in ("cash", "card", "cheque", "bank_transfer", "other"):
        raise refusals.unfit("mode must be one of the following values: cash, card, cheque, bank_transfer, other")
    pay(box, _one(box, call), data)
    return {"success": True}


@ROUTES.on("GET", f"{ONE}/fulfillments", scope=READ, place="query")
def fulfilments(box: Any, call: Call) -> Any:
    order = _one(box, call)["_id"]
    rows = [one for one in box.store.rows("fulfilments") if one["order"] == order]
    return {"status": True, "data": [{k: v for k, v in one.items() if k != "order"} for one in rows]}


@ROUTES.on("POST", f"{ONE}/fulfillments", scope=WRITE, place="body")
def fulfil(box: Any, call: Call) -> Any:
    order, data = _one(box, call), checked(call.fields(), FULFILMENT)
    there = {item["price"]["_id"]: item for item in order["items"]}
    wrong = [item.get("priceId") for item in data["items"] if item.get("priceId") not in there]
    if wrong or not data["items"]:
        raise refusals.bad("Invalid items to fulfil")
    items = [{**there[one["priceId"]], "qty": one["qty"], "_id": box.new_id("lines")} for one in data["items"]]
    own = {"_id": box.new_id("fulfilments"), "trackings": data["trackings"], "items": items, "order": order["_id"]}
    stamps = {"createdAt": box.now(), "updatedAt": box.now()}
    made = box.store.put("fulfilments", {**own, "altId": box.location(), "altType": "location", **stamps}, "_id")
    box.effect("order.fulfilled", order["_id"], data)
    new = order | {"fulfillmentStatus": "fulfilled", "updatedAt": box.now()}
    events.order(box, "OrderStatusUpdate", box.store.put("orders", new, "_id"))
    return {"status": True, "data": {k: v for k, v in made.items() if k != "order"}}


def subscribe(box: Any, person: Record, product: Record, price: Record, status: str = "active") -> Record:
    own = {"contactId": person["id"], "contactName": person["name"], "contactEmail": person["email"]}
    source = {"entitySourceType": "website", "entitySourceName": "Studio store", "entitySourceId": "store-1"}
    record = {
        "_id": box.new_id("subscriptions"), "altId": box.location(), "altType": "location", **own, **source,
        "currency": price["currency"], "amount": price["amount"], "status": status, "liveMode": True,
        "entityType": "order", "entityId": "", "entitySourceMeta": {}, "paymentProviderType": "stripe",
        "subscriptionId": f"sub_{product['_id'][:8]}", "subscriptionSnapshot": {"name": product["name"]},
        "createdAt": box.now(), "updatedAt": box.now(),
    }  # fmt: skip
    return dict(box.store.put("subscriptions", record, "_id"))


@ROUTES.on("GET", "/payments/subscriptions", scope=SUBSCRIPTIONS, place="query")
def subscriptions(box: Any, call: Call) -> Any:
    rows = sums.between(call, sums.mode(call, box.store.rows("subscriptions")), "createdAt")
    names = ("contactId", "entityId", "entitySourceType")
    columns = {name: (lambda one, name=name: one[name]) for name in names}
    rows = sums.only(call, rows, id=lambda one: one["_id"], **columns)
    rows = sums.said(call, rows, "contactName", "contactEmail", "entitySourceName")
    rows.sort(key=lambda one: (one["createdAt"], one["_id"]), reverse=True)
    return {"data": sums.listed(call, rows, needed=False), "totalCount": len(rows)}


@ROUTES.on("GET", "/payments/subscriptions/{subscriptionId}", scope=SUBSCRIPTIONS, place="query")
def subscription(box: Any, call: Call) -> Any:
    one = box.find("subscriptions", "Subscription", call.args["subscriptionId"])
    who = {"id": one["contactId"], "name": one["contactName"], "email": one["contactEmail"]}
    source = {"type": one["entitySourceType"], "id": one["entitySourceId"], "name": one["entitySourceName"]}
    own = {
        k: v for k, v in one.items() if not k.startswith(("entitySource", "contactN", "contactE", "paymentProvider"))
    }
    return {**own, "contactSnapshot": who, "entitySource": {**source, "meta": {}}}
