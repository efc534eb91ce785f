"""A record as the API prints it, with the relations that come always and those that were asked for."""

from collections.abc import Mapping
from typing import Any

from connectors.invoice_ninja.sandbox.refusals import bad

Record = dict[str, Any]
HIDDEN = {"payments": ("idempotency_key",)}
"""Fields that are stored and never printed, besides those that begin with an underscore."""
INCLUDES: dict[str, tuple[str, ...]] = {
    "clients": ("contacts", "documents", "gateway_tokens", "activities", "ledger", "system_logs", "group_settings"),
    "invoices": ("invitations", "documents", "payments", "client", "activities"),
    "quotes": ("invitations", "documents", "client", "activities"),
    "credits": ("invitations", "documents", "client", "activities"),
    "recurring_invoices": ("invitations", "documents", "client", "activities"),
    "purchase_orders": ("invitations", "documents", "vendor", "expense", "activities"),
    "payments": ("paymentables", "documents", "client", "invoices", "type", "credits"),
    "products": ("documents", "company", "user"),
    "users": ("companies", "company_users", "company_user"),
    "activities": ("history", "user", "client", "contact", "invoice", "quote", "payment"),
}
ALWAYS: dict[str, Record] = {
    "clients": {"documents": [], "gateway_tokens": []},
    "invoices": {"documents": []},
    "quotes": {"documents": []},
    "credits": {"documents": []},
    "recurring_invoices": {"documents": []},
    "purchase_orders": {"documents": []},
    "payments": {"documents": []},
    "products": {"documents": []},
}

FILED = frozenset((*ALWAYS, "expenses", "vendors", "projects", "tasks", "recurring_expenses", "group_settings"))
"""Tables whose records are shown with the files that were put to them."""


def plain(table: str, record: Mapping[str, Any]) -> Record:
    hidden = HIDDEN.get(table, ())
    own = {k: v for k, v in record.items() if k[0] != "_" and k not in hidden}
    return own | ALWAYS.get(table, {})


def whole(box: Any, table: str, record: Mapping[str, Any], include: str = "") -> Record:
    """Raises a 400 for a relation that isn't there."""
    done = plain(table, record)
    if table == "quotes" and done["status_id"] == "2" and "" < done["due_date"] <= box.today():
        done["status_id"] = "-1"  # computed when it is shown: its last day is over
    if table in FILED:
        done["documents"] = _documents(box, table, done["id"])
    for name in filter(None, include.split(",")):
        if name not in INCLUDES.get(table, ()):
            raise bad(f"Relation `{name}` is not a valid include.")
        done |= _related(box, table, record, name)
    return done


def _documents(box: Any, table: str, record_id: str) -> list[Record]:
    own = [row for row in box.store.rows("documents") if row["_of"] == f"{table}/{record_id}" and not row["is_deleted"]]
    return [plain("documents", row) for row in own]


def _related(box: Any, table: str, record: Mapping[str, Any], name: str) -> Record:
    if name == "client":
        client = box.store.get("clients", record["client_id"])
        return {"client": plain("clients", client)} if client else {}
    if name == "vendor":
        vendor = box.store.get("vendors", record["vendor_id"])
        return {"vendor": plain("vendors", vendor)} if vendor else {}
    if name == "invoices":
        ids = [line["invoice_id"] for line in record["paymentables"]]
        rows = [box.store.get("invoices", one) for one in ids]
        return {"invoices": [plain("invoices", row) for row in rows if row]}
    if name == "payments":
        rows = [p for p in box.store.rows("payments") if _pays(p, record["id"])]
        return {"payments": [plain("payments", row) for row in rows]}
    if name == "activities":
        key = f"{table[:-1]}_id"
        return {"activities": [plain("activities", a) for a in box.store.rows("activities") if a[key] == record["id"]]}
    return {}


def _pays(payment: Mapping[str, Any], invoice_id: str) -> bool:
    return any(line["invoice_id"] == invoice_id for line in payment["paymentables"])
