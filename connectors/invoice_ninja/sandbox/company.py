"""The company around the records: who is who, taxes, the fixed lists, the feed of activities."""

from decimal import Decimal
from typing import Any

from connectors.invoice_ninja.sandbox import (
    clients,
    credits,
    invoices,
    paging,
    purchase_orders,
    quotes,
    refusals,
    render,
)
from connectors.invoice_ninja.sandbox.casting import filled
from connectors.invoice_ninja.sandbox.paging import holds
from connectors.invoice_ninja.sandbox.resource import Resource, register, unique
from connectors.invoice_ninja.sandbox.routes import ROUTES
from connectors.sandbox_kit.http import Answer, Call

Record = dict[str, Any]
RATE: Record = {"name": "", "rate": Decimal(0)}


def _rate(box: Any, data: Record, call: Call | None = None) -> Record:
    if not data.get("name"):
        raise refusals.invalid(name="The name field is required.")
    unique(box, "tax_rates", "name", str(data["name"]))
    made = box.save("tax_rates", box.make("tax_rates", RATE) | filled(RATE, data, RATE))
    box.effect("tax_rate.created", made["id"], data)
    return made


def _rerate(box: Any, rate: Record, data: Record, call: Call | None = None) -> Record:
    unique(box, "tax_rates", "name", str(data.get("name") or ""), rate["id"])
    saved = box.save("tax_rates", rate | filled(RATE, data, RATE))
    box.effect("tax_rate.updated", saved["id"], data)
    return saved


TAX_RATES = register(
    Resource("tax_rates", "TaxRate", lambda box: RATE, _rate, _rerate, filters={"filter": holds("name")})
)


@ROUTES.on("GET", "/api/v1/companies")
def companies(box: Any, call: Call) -> Any:
    return paging.page(call, box.store.rows("companies"), lambda row: render.plain("companies", row))


@ROUTES.on("POST", "/api/v1/companies/current")
def current(box: Any, call: Call) -> Any:
    return {"data": render.plain("companies", box.company())}


@ROUTES.on("GET", "/api/v1/companies/{id}")
def company(box: Any, call: Call) -> Any:
    return {"data": render.plain("companies", box.find("companies", "Company", call.args["id"]))}


@ROUTES.on("PUT", "/api/v1/companies/{id}", admin=True)
def change(box: Any, call: Call) -> Any:
    old, data = box.find("companies", "Company", call.args["id"]), call.fields()
    settings = {**old["settings"], **(data.get("settings") or {})}
    saved = box.save(
        "companies", old | {"settings": settings, "custom_fields": data.get("custom_fields", old["custom_fields"])}
    )
    box.effect("company.updated", saved["id"], data)
    return {"data": render.plain("companies", saved)}


@ROUTES.on("GET", "/api/v1/ping")
def ping(box: Any, call: Call) -> Any:
    owner = box.store.get("users", call.token["user_id"]) or {"first_name": "", "last_name": ""}
    name = f"{owner['first_name']} {owner['last_name']}".strip()
    return {"company_name": box.company()["settings"]["name"], "user_name": name}


ZONES = [{"id": "1", "name": "America/New_York"}, {"id": "2", "name": "Europe/Berlin"}, {"id": "3", "name": "UTC"}]
"""A few; the service has 113, numbered otherwise."""

GATEWAYS = [{"id": "20", "name": "Stripe", "key": "d14dd26a37cecc30fdd65700bfb55b23"}]


@ROUTES.on("GET", "/api/v1/statics")
def statics(box: Any, call: Call) -> Any:
    """Without the lists that no operation needs: templates, formats."""
    own = {k: v for k, v in clients.statics().items() if k != "frequencies"}
    return {
        **own,
        "timezones": ZONES,
        "date_formats": [],
        "datetime_formats": [],
        "gateways": GATEWAYS,
        "templates": {},
    }


@ROUTES.on("GET", "/api/v1/activities")
def activities(box: Any, call: Call) -> Any:
    rows = paging.kept(box, box.store.rows("activities"), call.query, {})
    return paging.page(call, rows[::-1], lambda row: render.plain("activities", row))


@ROUTES.on("POST", "/api/v1/activities/entity")
def about(box: Any, call: Call) -> Any:
    data = call.fields()
    key = f"{data.get('entity')}_id"
    rows = [row for row in box.store.rows("activities") if row.get(key) == data.get("entity_id")]
    return paging.page(call, rows[::-1], lambda row: render.plain("activities", row))


MAILERS = {
    "invoice": (invoices.INVOICES, invoices.email),
    "quote": (quotes.QUOTES, quotes.email),
    "credit": (credits.CREDITS, credits.email),
    "purchase_order": (purchase_orders.ORDERS, purchase_orders.email),
}


@ROUTES.on("POST", "/api/v1/emails")
def emails(box: Any, call: Call) -> Any:
    """Sends a document; `entity` is its name, with or without the PHP name around it."""
    data = call.fields()
    name = str(data.get("entity", "")).rsplit("\\", 1)[-1].lower().replace("purchaseorder", "purchase_order")
    if name not in MAILERS:
        raise refusals.invalid(entity="The selected entity is invalid.")
    resource, mail = MAILERS[name]
    record = box.find(resource.table, resource.model, str(data.get("entity_id", "")))
    return resource.show(box, mail(box, record, call), call)


@ROUTES.on("GET", "/api/v1/health_check")
def health(box: Any, call: Call) -> Answer:
    return Answer(200, {"system_health": True, "api_version": box.version, "queue": box.settings["queue"]})
