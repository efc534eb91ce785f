"""Products, prices, orders and subscriptions of the HighLevel sandbox."""

from tests.sandboxes.bench import LOCATION, PLACE

ALT = {"altId": LOCATION, "altType": "location"}
WARE = {**PLACE, "name": "Sail", "productType": "PHYSICAL", "description": "Of cotton."}
COST = {**PLACE, "name": "Large", "type": "one_time", "currency": "USD", "amount": 59.5}


def told(crm):
    crm.quiet()
    return [body["type"] for body in crm.receiver.bodies]


def pending(crm):
    return next(row for row in crm.app.store.rows("orders") if row["status"] == "pending")


def test_product_is_made_changed_and_deleted_with_its_prices(crm):
    product = crm.post("/products/", WARE)
    one = f"/products/{product['_id']}"
    crm.post(f"{one}/price", COST)

    changed = crm.put(one, {**PLACE, "name": "Main sail", "productType": "PHYSICAL"})
    before = crm.get(f"{one}/price", params=PLACE)["total"]
    crm.call("DELETE", one, params=PLACE)

    assert (changed["name"], changed["description"], before) == ("Main sail", "", 1)
    assert crm.call("GET", one, params=PLACE).status_code == 400
    assert [row for row in crm.app.store.rows("prices") if row["product"] == product["_id"]] == []
    assert told(crm) == ["ProductCreate", "PriceCreate", "ProductUpdate", "ProductDelete"]


def test_price_s_own_type_hides_the_event_s_name_once_it_is_changed(crm):
    one = f"/products/{crm.post('/products/', WARE)['_id']}"
    price = crm.post(f"{one}/price", COST)
    at = f"{one}/price/{price['_id']}"

    crm.put(at, {**COST, "amount": 61})
    elsewhere = crm.call("GET", f"/products/other/price/{price['_id']}", params=PLACE)

    assert told(crm)[-2:] == ["PriceCreate", "one_time"]
    assert (crm.get(at, params=PLACE)["amount"], elsewhere.status_code) == (61, 400)


def test_products_are_searched_and_prices_named(crm):
    found = crm.get("/products/", params={**PLACE, "search": "website", "limit": 5})
    (product,) = found["products"]
    path = f"/products/{product['_id']}/price"
    prices = crm.get(path, params=PLACE)["prices"]

    assert found["total"] == [{"total": 1}]
    assert [row["name"] for row in prices] == ["Small", "Large"]
    assert crm.get(path, params={**PLACE, "ids": prices[1]["_id"]})["prices"] == prices[1:]


def test_stock_is_set_and_told(crm):
    price = next(row for row in crm.app.store.rows("prices") if row.get("trackInventory"))

    crm.post("/products/inventory", {**ALT, "items": [{"priceId": price["_id"], "availableQuantity": 3}]})
    (row,) = crm.get("/products/inventory", params={**ALT, "search": "harbour"})["inventory"]

    assert (row["availableQuantity"], row["productName"]) == (3, "Print of the harbour")
    assert crm.effects() == ["price.stock_set"]


def test_order_is_paid_in_part_and_in_full(crm):
    order = pending(crm)
    path = f"/payments/orders/{order['_id']}"

    def state():
        crm_row = next(row for row in listed()["data"] if row["_id"] == order["_id"])
        return crm_row["status"]

    def listed(**more):
        return crm.get("/payments/orders", params={"altId": LOCATION, **more})

    unpaid = listed(paymentStatus="unpaid")["totalCount"]
    crm.post(f"{path}/record-payment", {**ALT, "mode": "cash", "amount": 10})
    part = state(), listed(paymentStatus="partially_paid")["totalCount"]
    crm.post(f"{path}/record-payment", {**ALT, "mode": "cash"})
    more = crm.call("POST", f"{path}/record-payment", {**ALT, "mode": "cash"})

    assert (unpaid, part, state(), more.status_code) == (1, ("partially_paid", 1), "completed", 400)
    assert told(crm) == ["OrderStatusUpdate"] * 2
    assert crm.get("/payments/transactions", params={**ALT, "entityId": order["_id"]})["totalCount"] == 2


def test_order_is_fulfilled_with_its_own_items_only(crm):
    order = pending(crm)
    path, price = f"/payments/orders/{order['_id']}/fulfillments", order["items"][0]["price"]["_id"]
    parcel = {**ALT, "trackings": [{"trackingNumber": "J1"}], "notifyCustomer": False}

    made = crm.post(path, {**parcel, "items": [{"priceId": price, "qty": 1}]})
    wrong = crm.call("POST", path, {**parcel, "items": [{"priceId": "other", "qty": 1}]})

    assert (made["data"]["items"][0]["price"]["_id"], wrong.status_code) == (price, 400)
    assert crm.get(path, params=ALT)["data"] == [made["data"]]
    assert crm.get(path.removesuffix("/fulfillments"), params=ALT)["fulfillmentStatus"] == "fulfilled"


def test_subscriptions_are_listed_and_read(crm):
    found = crm.get("/payments/subscriptions", params=ALT)
    one = crm.get(f"/payments/subscriptions/{found['data'][0]['_id']}", params=ALT)

    assert [row["status"] for row in found["data"]] == ["canceled", "active"]
    assert (one["amount"], one["contactSnapshot"]["name"]) == (149, found["data"][0]["contactName"])


def test_collection_s_address_is_its_own(crm):
    named = {**ALT, "name": "Sails", "slug": "sails"}
    one = f"/products/collections/{crm.post('/products/collections', named)['data']['_id']}"

    again = crm.call("POST", "/products/collections", json=named)
    crm.put(one, {**ALT, "name": "Main sails"})

    assert again.status_code == 400
    assert crm.get(one, params=ALT)["data"]["name"] == "Main sails"
    assert crm.get("/products/collections", params={**ALT, "name": "main"})["total"] == 1


def test_review_is_approved_and_counted(crm):
    waiting = next(row for row in crm.app.store.rows("reviews") if row["status"] == "pending")
    one = f"/products/reviews/{waiting['_id']}"

    crm.put(one, {**ALT, "productId": waiting["productId"], "status": "approved"})
    of_another = crm.call("PUT", one, json={**ALT, "productId": "nothing", "status": "approved"})

    assert crm.get("/products/reviews/count", params=ALT)["data"] == [{"status": "approved", "count": 2}]
    assert of_another.status_code == 400


def test_store_holds_what_is_put_into_it(crm):
    first = crm.app.store.rows("products")[0]["_id"]
    stats, shop = "/products/store/s1/stats", "/products/store/s1"
    before = crm.get(stats, params=ALT)["includedInStore"]

    crm.post(shop, {**ALT, "action": "include", "productIds": [first]})
    crm.post(shop, {**ALT, "action": "include", "productIds": [first]})
    filled = crm.get(stats, params=ALT)["includedInStore"]
    crm.post(shop, {**ALT, "action": "exclude", "productIds": [first]})

    assert (filled, crm.get(stats, params=ALT)["includedInStore"]) == (before + 1, before)
