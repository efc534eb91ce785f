"""The part of the HighLevel tour that leads through invoices and payments."""

from typing import Any

from connectors.ghl.sandbox import LOCATION
from tests.contract.wire import Wire

ALT = {"altId": LOCATION, "altType": "location"}
HERE = f"locationId={LOCATION}"
AT = f"altId={LOCATION}&altType=location"


async def money(w: Wire) -> None:
    await _products(w)
    await _store(w)
    invoice = await _invoices(w)
    await _transactions(w, invoice)
    await _orders(w)
    await _estimates(w)


async def _products(w: Wire) -> None:
    ware = {"locationId": LOCATION, "name": "Sail", "productType": "PHYSICAL", "description": "Of cotton."}
    made = await w.go("POST", "/products/", 201, ware)
    one = f"/products/{made['_id']}"
    await w.go("POST", "/products/", 422, {**ware, "productType": "DREAM"})
    await w.go("GET", f"/products/?{HERE}&search=sail&limit=5&offset=0&sortOrder=asc")
    await w.go("GET", f"{one}?{HERE}")
    await w.go("GET", f"/products/nowhere?{HERE}", 400)
    await w.go("PUT", one, 200, {**ware, "name": "Main sail"})
    price = {"locationId": LOCATION, "name": "Large", "type": "one_time", "currency": "USD", "amount": 59.5}
    cost = await w.go("POST", f"{one}/price", 201, price)
    at = f"{one}/price/{cost['_id']}"
    await w.go("POST", f"{one}/price", 422, {**price, "type": "never"})
    await w.go("GET", f"{one}/price?{HERE}&ids={cost['_id']}")
    await w.go("GET", f"{at}?{HERE}")
    await w.go("PUT", at, 200, {**price, "amount": 61})
    stock = {"priceId": cost["_id"], "availableQuantity": 4, "allowOutOfStockPurchases": False}
    await w.go("POST", "/products/inventory", 201, {**ALT, "items": [stock]})
    await w.go("GET", f"/products/inventory?{AT}&search=sail&limit=5&offset=0")
    await w.go("DELETE", f"{at}?{HERE}")
    await w.go("DELETE", f"{one}?{HERE}")


async def _store(w: Wire) -> None:
    lists, named = "/products/collections", {**ALT, "name": "Sails", "slug": "sails", "seo": {"title": "Sails"}}
    made = await w.go("POST", lists, 201, named)
    one = f"{lists}/{made['data']['_id']}"
    await w.go("POST", lists, 400, named)
    await w.go("GET", f"{lists}?{AT}&name=sail&limit=5&offset=0")
    await w.go("GET", f"{one}?altId={LOCATION}")
    await w.go("PUT", one, 200, {**ALT, "image": "https://x.example/sails.png"})
    await w.go("DELETE", f"{one}?{AT}")
    said = w.app.store.rows("reviews")[0]
    of = {"productId": said["productId"], "storeId": said["storeId"]}
    at = f"/products/reviews/{said['_id']}"
    await w.go("GET", f"/products/reviews?{AT}&sortField=rating&sortOrder=asc&limit=5&offset=0")
    await w.go("GET", f"/products/reviews?{AT}&sortField=mood", 422)
    await w.go("GET", f"/products/reviews/count?{AT}&productId={said['productId']}")
    await w.go("PUT", at, 200, {**ALT, "productId": said["productId"], "status": "approved", "rating": 4})
    judged = {**ALT, "reviews": [{"reviewId": said["_id"], **of}], "status": "approved"}
    await w.go("POST", "/products/reviews/bulk-update", 201, judged)
    await w.go("DELETE", f"{at}?{AT}&productId={said['productId']}")
    shop, ware = f"/products/store/{said['storeId']}", w.app.store.rows("products")[0]["_id"]
    await w.go("POST", shop, 201, {**ALT, "action": "include", "productIds": [ware]})
    await w.go("POST", shop, 422, {**ALT, "action": "hide", "productIds": [ware]})
    await w.go("GET", f"{shop}/stats?{AT}&search=web")
    await w.go("POST", f"{shop}/priority", 200, {**ALT, "products": [[{"_id": ware}]]})


def bill(w: Wire, **more: Any) -> dict[str, Any]:
    person = w.app.store.rows("contacts")[0]
    who = {"id": person["id"], "name": person["name"], "phoneNo": person["phone"], "email": person["email"]}
    tax = {"_id": "t1", "name": "VAT", "rate": 10}
    item = {"name": "Sail", "currency": "USD", "amount": 12.5, "qty": 2, "taxes": [tax]}
    own = {"name": "Sails", "currency": "USD", "items": [item], "discount": {"type": "fixed", "value": 5}}
    rest = {"businessDetails": {"name": "Loft"}, "sentTo": {"email": [person["email"]]}, "liveMode": True}
    return {**ALT, **own, **rest, "contactDetails": who, "issueDate": "2026-11-22", **more}


async def _invoices(w: Wire) -> str:
    user = w.app.store.rows("users")[0]["id"]
    made = await w.go("POST", "/invoices/", 200, bill(w))
    one = f"/invoices/{made['_id']}"
    await w.go("POST", "/invoices/", 422, {**ALT, "name": "Nothing", "shoeSize": 40})
    await w.go("GET", "/invoices/settings?" + AT)
    await w.go("GET", "/invoices/generate-invoice-number?" + AT)
    await w.go("GET", f"{one}?{AT}")
    await w.go("GET", f"/invoices/nowhere?{AT}", 400)
    await w.go("GET", f"/invoices/?{AT}&limit=3&offset=0&status=sent&search=care&sortField=issueDate&sortOrder=descend")
    await w.go("GET", f"/invoices/?{AT}", 422)
    change = {k: v for k, v in bill(w).items() if k not in ("items", "sentTo")}
    rows = {"invoiceItems": bill(w)["items"], "dueDate": "2026-12-22"}
    await w.go("PUT", one, 200, {**change, **rows, "title": "BILL"})
    fees = {"enable": True, "value": 3, "type": "fixed", "frequency": {"intervalCount": 1, "interval": "week"}}
    await w.go("PATCH", f"{one}/late-fees-configuration", 200, {**ALT, "lateFeesConfiguration": fees})
    await w.go("POST", f"{one}/send", 200, {**ALT, "userId": user, "action": "email", "liveMode": True})
    await w.go("PATCH", "/invoices/stats/last-visited-at", 200, {"invoiceId": made["_id"]})
    paid = f"{one}/record-payment"
    await w.go("POST", paid, 200, {**ALT, "mode": "cheque", "cheque": {"number": "17"}, "notes": "x", "amount": 10})
    await w.go("POST", paid, 400, {**ALT, "mode": "cash", "amount": 1000})
    await w.go("POST", paid, 422, {**ALT, "mode": "shells"})
    asked = {**bill(w), "userId": user, "action": "send"}
    sent = await w.go("POST", "/invoices/text2pay", 200, asked)
    other = f"/invoices/{sent['invoice']['_id']}"
    await w.go("POST", f"{other}/void", 200, ALT)
    await w.go("POST", f"{other}/void", 400, ALT)
    await w.go("DELETE", f"{other}?{AT}")
    return str(made["_id"])


async def _transactions(w: Wire, invoice: str) -> None:
    found = await w.go("GET", f"/payments/transactions?{AT}&entityId={invoice}&limit=5&offset=0&startAt=2020-01-01")
    await w.go("GET", f"/payments/transactions/{found['data'][0]['_id']}?{AT}")


async def _orders(w: Wire) -> None:
    order = next(row for row in w.app.store.rows("orders") if row["status"] == "pending")
    one, price = f"/payments/orders/{order['_id']}", order["items"][0]["price"]["_id"]
    await w.go("GET", f"/payments/orders?altId={LOCATION}&paymentStatus=unpaid&limit=5&offset=0")
    await w.go("GET", f"{one}?altId={LOCATION}")
    await w.go("GET", f"/payments/orders/nowhere?altId={LOCATION}", 400)
    await w.go("POST", f"{one}/record-payment", 200, {**ALT, "mode": "cash", "amount": 10, "isPartialPayment": True})
    await w.go("POST", f"{one}/record-payment", 422, {**ALT, "mode": "shells"})
    sent = {**ALT, "items": [{"priceId": price, "qty": 1}], "trackings": [{"trackingNumber": "J1"}]}
    await w.go("POST", f"{one}/fulfillments", 200, {**sent, "notifyCustomer": False})
    await w.go("POST", f"{one}/fulfillments", 400, {**sent, "items": [], "notifyCustomer": False})
    await w.go("GET", f"{one}/fulfillments?{AT}")
    found = await w.go("GET", f"/payments/subscriptions?{AT}&limit=5&offset=0")
    await w.go("GET", f"/payments/subscriptions/{found['data'][0]['_id']}?{AT}")


async def _estimates(w: Wire) -> None:
    user = w.app.store.rows("users")[0]["id"]
    offer = {**bill(w), "frequencySettings": {"enabled": False, "schedule": {}}, "expiryDate": "2026-12-22"}
    made = await w.go("POST", "/invoices/estimate", 201, offer)
    one = f"/invoices/estimate/{made['_id']}"
    await w.go("POST", "/invoices/estimate", 422, {**offer, "frequencySettings": {"enabled": "no"}})
    await w.go("GET", f"/invoices/estimate/list?{AT}&limit=5&offset=0&status=draft&search=sails")
    await w.go("GET", f"/invoices/estimate/number/generate?{AT}")
    await w.go("PUT", one, 200, {**offer, "title": "OFFER", "estimateStatus": "draft"})
    await w.go("POST", f"{one}/send", 201, {**ALT, "userId": user, "action": "email", "liveMode": True})
    await w.go("PATCH", "/invoices/estimate/stats/last-visited-at", 200, {"estimateId": made["_id"]})
    await w.go("POST", f"{one}/invoice", 200, {**ALT, "markAsInvoiced": True})
    await w.go("DELETE", one, 200, ALT)
    await w.go("DELETE", one, 400, ALT)
