"""What the agency has billed so far."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from connectors.ghl.sandbox import estimates, invoice_settings, invoices, orders, products, store_front
from connectors.ghl.sandbox.times import iso

Record = dict[str, Any]
DAY = 86_400
BILLS = (
    (0, 34, "paid", "Joinery shop, second half", ("Web shop", 1, 4100)),
    (1, 27, "partially_paid", "Bookshop relaunch", ("Relaunch", 1, 4600)),
    (2, 19, "sent", "Bakery pre-order site, first half", ("Pre-order site", 1, 1975)),
    (3, 12, "sent", "Care plan, Nordlicht Yoga", ("Care plan, a month", 3, 149)),
    (4, 6, "draft", "Care plan, Copperkettle", ("Care plan, a month", 1, 149)),
    (5, 4, "void", "Dental portal, sketch", ("Sketch", 1, 380)),
)
"""Whose, how many days ago, how it stands, what it is called and its one item."""


OFFERS = (
    (9, 21, "accepted", "Physio booking pages", 2900),
    (10, 11, "sent", "Law firm website", 7300),
    (13, 3, "draft", "Kayak hire website", 2450),
)
"""Whose, how many days ago, how it stands, what for and for how much."""
WARES = (
    ("Website", "SERVICE", (("Small", "one_time", 2400), ("Large", "one_time", 5200))),
    ("Care plan", "SERVICE", (("A month", "recurring", 149),)),
    ("Print of the harbour", "PHYSICAL", (("A2", "one_time", "59.5"),)),
)


def plant(box: Any, people: list[Record], users: list[Record]) -> None:
    for name, kind, prices in WARES:
        _ware(box, name, kind, prices)
    store_front.plant(box)
    for who, days, status, name, item in BILLS:
        made = invoices.make(box, bill(box, people[who], days, name, *item))
        if status != "draft" and status != "void":
            made = invoices.send(box, made, {"userId": users[0]["id"], "action": "email"})
        if status in ("paid", "partially_paid"):
            part = {"amount": 2000} if status == "partially_paid" else {}
            made = invoices.pay(box, made, {"mode": "bank_transfer", **part})
        if status == "void":
            made = box.store.put("invoices", made | {"status": "void"}, "_id")
        _aged(box, "invoices", made, days)
    for who, days, status, name, amount in OFFERS:
        data = {
            **bill(box, people[who], days, name, name, 1, amount),
            "frequencySettings": {"enabled": False, "schedule": {}},
        }
        made = estimates.make(box, {**data, "altId": box.location(), "altType": "location"})
        _aged(box, "estimates", made | {"estimateStatus": status}, days)
    _sold(box, people)
    for at, row in enumerate(box.store.rows("transactions")):
        _aged(box, "transactions", row, 20 - 4 * at)


def _sold(box: Any, people: list[Record]) -> None:
    wares = {row["name"]: row for row in box.store.rows("products")}
    prices = {row["product"]: row for row in reversed(box.store.rows("prices"))}
    poster, plan = wares["Print of the harbour"], wares["Care plan"]
    for who, days, paid in ((6, 15, True), (7, 5, True), (8, 2, False)):
        made = orders.make(box, people[who], [(poster, prices[poster["_id"]], 1 + who % 2)])
        if paid:
            made = orders.pay(box, made, {"mode": "card"})
        _aged(box, "orders", made, days)
    for who, days, status in ((3, 50, "active"), (4, 44, "canceled")):
        _aged(box, "subscriptions", orders.subscribe(box, people[who], plan, prices[plan["_id"]], status), days)


def _ware(box: Any, name: str, kind: str, prices: tuple[tuple[str, str, Any], ...]) -> None:
    place = {"locationId": box.location()}
    shown = {"description": f"{name}, from the studio.", "availableInStore": kind == "PHYSICAL"}
    product = products.make(box, {**place, "name": name, "productType": kind, **shown})
    for label, way, amount in prices:
        own = {"name": label, "type": way, "currency": "USD", "amount": Decimal(amount)}
        often = {"recurring": {"interval": "month", "intervalCount": 1}} if way == "recurring" else {}
        counted = {"trackInventory": True, "availableQuantity": 20} if kind == "PHYSICAL" else {}
        made = products.make_price(box, product, {**place, **own, **often, **counted})
        _aged(box, "prices", made, 60)
    _aged(box, "products", product, 60)


def bill(box: Any, person: Record, days: int, name: str, item: str, qty: int, amount: int) -> Record:
    day = (datetime.fromtimestamp(box.clock(), UTC) - timedelta(days=days)).date().isoformat()
    who = {"id": person["id"], "name": person["name"], "phoneNo": person["phone"], "email": person["email"]}
    return {
        "name": name,
        "currency": "USD",
        "issueDate": day,
        "businessDetails": invoice_settings.settings(box)["businessDetails"],
        "contactDetails": who | {"companyName": person.get("companyName", "")},
        "items": [{"name": item, "currency": "USD", "qty": qty, "amount": amount}],
        "discount": {"type": "percentage", "value": 0},
        "sentTo": {"email": [person["email"]]},
        "liveMode": True,
    }


def _aged(box: Any, table: str, record: Record, days: int) -> None:
    then = iso(box.clock() - days * DAY)
    box.store.put(table, record | {name: then for name in record if name.endswith("At")}, "_id")
