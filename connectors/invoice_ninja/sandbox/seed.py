"""The books of a small agency on the first day. All names and addresses are made up."""

from typing import Any

from connectors.invoice_ninja.sandbox import (
    clients,
    company,
    costs,
    credits,
    files,
    invoices,
    products,
    purchase_orders,
    quotes,
    recurring,
    setup,
)
from connectors.invoice_ninja.sandbox.times import day_of
from connectors.sandbox_kit.words import words

PEOPLE = (
    ("Maren", "Holtby", "maren@brightwater-studio.example"),
    ("Jonas", "Fell", "jonas@brightwater-studio.example"),
)
GOODS = (
    ("WEB-DESIGN", "Website design, per page", "420"),
    ("WEB-BUILD", "Website build, per day", "680"),
    ("BRAND", "Brand identity package", "2400"),
    ("COPY", "Copywriting, per page", "95"),
    ("CARE", "Care plan, per month", "149"),
    ("SEO", "Search review", "750"),
)
FIRMS = (
    ("Harbour & Pine Joinery", "Ottilie", "Brandvold", "ottilie@harbourpine.example", "840", "1"),
    ("Quillfeather Books", "Desmond", "Aroyo", "desmond@quillfeather.example", "826", "2"),
    ("Sundial Bakery", "Rosalba", "Keene", "rosalba@sundialbakery.example", "840", "1"),
    ("Nordlicht Yoga", "Friederike", "Amsel", "friederike@nordlicht-yoga.example", "276", "3"),
    ("Copperkettle Brewing", "Tobias", "Wren", "tobias@copperkettle.example", "840", "1"),
    ("Marlowe Dental", "Ingrid", "Marlowe", "ingrid@marlowedental.example", "840", "1"),
    ("Tidewise Surveyors", "Callum", "Ferris", "callum@tidewise.example", "826", "2"),
    ("Fernhollow Kennels", "Beatrix", "Lund", "beatrix@fernhollow.example", "840", "1"),
)


def plant(box: Any) -> None:
    _company(box)
    for name, rate in (("Sales tax", 8), ("VAT", 20), ("USt", 19)):
        box.save("tax_rates", box.make("tax_rates", company.RATE) | {"name": name, "rate": rate})
    for key, notes, price in GOODS:
        products.store(box, {"product_key": key, "notes": notes, "price": price, "cost": price})
    firms = [_firm(box, *firm) for firm in FIRMS]
    _papers(box, firms)
    care = {"client_id": firms[2]["id"], "line_items": [_line("CARE", 1)]}
    rhythm = {"frequency_id": "5", "next_send_date": day_of(box.clock() + 20 * 86_400)}
    recurring.start(box, recurring.store(box, care | rhythm), None)
    credits.store(box, {"client_id": firms[4]["id"], "line_items": [_line("COPY", 1)]})
    vendor = costs.plant(box, firms)
    flyers = {"notes": "Flyers", "cost": "90", "quantity": 1}
    purchase_orders.store(box, {"vendor_id": vendor["id"], "line_items": [flyers]})
    setup.plant(box, firms[0])
    files.plant(box, firms[0])
    box.pending.clear()
    box.effects.clear()


def _company(box: Any) -> None:
    settings = {"name": "Brightwater Studio", "currency_id": "1", "timezone_id": "1", "language_id": "1"}
    blank = {"custom_fields": {}, "company_key": "brightwater", "size_id": "1", "industry_id": "2"}
    box.save("companies", box.make("companies", blank) | {"settings": settings | {"country_id": "840"}})
    for first, last, mail in PEOPLE:
        texts = dict.fromkeys(words("phone signature custom_value1 custom_value2 custom_value3 custom_value4"), "")
        person = {"first_name": first, "last_name": last, "email": mail, "language_id": "1", "has_password": True}
        box.save("users", box.make("users", texts | person))


def _firm(box: Any, name: str, first: str, last: str, mail: str, country: str, currency: str) -> dict[str, Any]:
    person = {"first_name": first, "last_name": last, "email": mail}
    return clients.store(
        box, {"name": name, "country_id": country, "settings": {"currency_id": currency}, "contacts": [person]}
    )


def _line(key: str, quantity: int) -> dict[str, Any]:
    _, notes, price = next(row for row in GOODS if row[0] == key)
    return {"product_key": key, "notes": notes, "cost": price, "quantity": quantity}


def _papers(box: Any, firms: list[dict[str, Any]]) -> None:
    def bill(at: int, *lines: dict[str, Any]) -> dict[str, Any]:
        return invoices.store(box, {"client_id": firms[at]["id"], "line_items": list(lines)})

    invoices.mark_paid(box, bill(0, _line("WEB-DESIGN", 6), _line("COPY", 6)), None)
    invoices.mark_paid(box, bill(2, _line("CARE", 3)), None)
    invoices.mark_sent(box, bill(1, _line("BRAND", 1)), None)
    invoices.mark_sent(box, bill(4, _line("WEB-BUILD", 4)), None)
    bill(5, _line("SEO", 1), _line("CARE", 12))
    for at, key in ((3, "BRAND"), (6, "WEB-BUILD"), (7, "SEO")):
        quote = quotes.store(box, {"client_id": firms[at]["id"], "line_items": [_line(key, 2)]})
        quotes.mark_sent(box, quote, None)
