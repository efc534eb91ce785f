"""The company itself, the server it runs on, and its whole data for a move or a copy. What is secret about it (mail
server, certificates) is passed on to nobody."""

from collections.abc import Mapping
from typing import Any

from connectors import fields as f
from connectors.errors import Refused
from connectors.invoice_ninja.files import PDF, fetch
from connectors.invoice_ninja.odd import overlaid, safe_update
from connectors.invoice_ninja.service import API, Record, body, call, needed, read, resource, samples
from connectors.notation import fill, get, post, put
from connectors.redact import telling
from connectors.spec import Context, Conversation, Retry

SAMPLE = samples("company")
SECRET = ("smtp_", "e_invoice_certificate", "slack_webhook", "has_e_invoice")
OWN = tuple(
    f.text(f"custom_fields.{name}{n}", "A name, and after a | what it is, such as Reference|single_line_text.",
           label=f"Name of {name} field {n}", more=True)
    for name in ("client", "contact", "invoice", "payment", "product", "task", "project", "vendor", "expense")
    for n in (1, 2, 3, 4)
)  # fmt: skip
FIELDS = (
    f.text("settings.name", "As printed on documents.", label="Name"),
    f.text("settings.id_number", "As printed on documents.", label="ID number"),
    f.text("settings.vat_number", "As printed on documents.", label="VAT number"),
    f.email("settings.email", "As printed on documents.", label="E-mail"),
    f.phone("settings.phone", label="Phone"),
    f.url("settings.website", label="Website"),
    f.text("settings.address1", label="Street", more=True),
    f.text("settings.address2", label="Apartment, suite", more=True),
    f.text("settings.city", label="City", more=True),
    f.text("settings.state", label="State or province", more=True),
    f.text("settings.postal_code", label="Postal code", more=True),
    f.text("settings.payment_terms", "Days until invoices are due.", label="Payment terms", more=True),
    f.text("settings.valid_until", "Days that quotes hold.", label="Quotes hold", more=True),
    f.note("settings.invoice_terms", "Printed on invoices.", label="Invoice terms", more=True),
    f.note("settings.invoice_footer", "Printed on invoices.", label="Invoice footer", more=True),
    f.note("settings.quote_terms", "Printed on quotes.", label="Quote terms", more=True),
    f.note("settings.quote_footer", "Printed on quotes.", label="Quote footer", more=True),
    f.note("settings.email_signature", "Below each mail.", label="Signature of mails", more=True),
    f.money("settings.default_task_rate", "Per hour.", label="Hourly rate", more=True),
    f.boolean("track_inventory", label="Watch the stock", more=True),
    f.boolean("stop_on_unpaid_recurring", label="Stop recurring invoices that aren't paid", more=True),
    *OWN,
)
COMPANY = f.text("company_id", "Left empty, the one of the token.", label="Company", where="none", more=True)


def shown(company: Mapping[str, Any]) -> Record:
    """Without what is secret, in its settings too."""
    kept = {name: value for name, value in company.items() if not _secret(name)}
    settings = kept.get("settings")
    inside = settings if isinstance(settings, dict) else {}
    return {**kept, "settings": {name: value for name, value in inside.items() if not _secret(name)}}


def _secret(name: str) -> bool:
    return telling(name) or name.startswith(SECRET)


def _current(inputs: Record, what: str) -> Conversation[Record]:
    if inputs.get("company_id"):
        company = yield from read("companies", inputs["company_id"], what)
    else:
        company = yield from call("POST", "/companies/current", what, reads=True)
    if not isinstance(company, dict) or not company.get("id"):
        raise Refused(f"Couldn't {what}: the token's user may not see the company. An administrator's may.")
    return company


def _get(inputs: Record, context: Context) -> Conversation[Record]:
    company = yield from _current(inputs, "get the company")
    return {"company": shown(company)}


def _list(inputs: Record, context: Context) -> Conversation[Record]:
    found = yield from call("GET", "/companies", "list the companies", query={"per_page": 100})
    rows = [shown(row) for row in found if isinstance(row, dict)] if isinstance(found, list) else []
    return {"companies": rows, "company": rows[0] if rows else {}, "total": len(rows)}


def _update(inputs: Record, context: Context) -> Conversation[Record]:
    """Settings and names of fields are replaced as a whole, so all of both go along."""
    what = "update the company"
    company = yield from _current(inputs, what)
    changed = yield from safe_update("companies", company["id"], overlaid(body(FIELDS, inputs)), what)
    return {"company": shown(changed)}


def _doing(tail: str, what: str) -> Any:
    def perform(inputs: Record, context: Context) -> Conversation[Record]:
        company = yield from _current(inputs, what)
        yield from call("POST", fill(f"/companies/{tail}", {"id": company["id"]}), what)
        return {"done": True}

    return perform


def _logo(inputs: Record, context: Context) -> Conversation[Record]:
    company = yield from _current(inputs, "download the logo")
    result = yield from fetch("GET", fill("/companies/{id}/logo", company), "download the logo", "logo.png")
    return result


COMPANIES = resource(
    "companies",
    f"{API}/companies",
    get(
        "get", "", "Get the company", COMPANY, perform=_get, returns="company", source="showCurrentCompany",
        help="Its settings and the names of its own fields.", words=("settings",),
    ),
    get(
        "list", "", "List the companies", perform=_list, source="getCompanies",
        sample={"companies": [SAMPLE], "company": SAMPLE, "total": 1}, help="Those that the token sees.",
    ),
    put(
        "update", "", "Update the company", COMPANY, *FIELDS, perform=_update, returns="company",
        source="updateCompany", help="Fields left empty stay as they are in Invoice Ninja.", words=("settings",),
    ),
    put(
        "set_default", "", "Make a company the usual one", COMPANY, sample={"done": True},
        perform=_doing("{id}/default", "make it the usual company"), source="setDefaultCompany",
        help="The one that its owner sees after signing in.",
    ),
    put(
        "update_tax_data", "", "Work out the company's tax data again", COMPANY, sample={"done": True},
        perform=_doing("updateOriginTaxData/{id}", "work out the tax data"), source="companies/updateOriginTaxData",
        help="From its address, for taxes by place; three times a minute at most.",
    ),
    get(
        "logo", "", "Download the company's logo", COMPANY, perform=_logo, source="companies/logo",
        sample={"file": {**PDF, "name": "logo.png", "type": "image/png"}}, words=("picture", "image"),
    ),
    object="company",
    sample=SAMPLE,
    words=("business", "account"),
)  # fmt: skip


# The server, and everything at once

MESSAGE = (f.note("message", "What you want to tell them.", required=True),)


def _export(inputs: Record, context: Context) -> Conversation[Record]:
    said = yield from call("POST", "/export", "export the company")
    return {"message": str(said.get("message") or "") if isinstance(said, dict) else ""}


def _support(inputs: Record, context: Context) -> Conversation[Record]:
    needed(inputs, MESSAGE)
    yield from call("POST", "/support/messages/send", "write to the support", {"message": str(inputs["message"])})
    return {"done": True}


def _version(inputs: Record, context: Context) -> Conversation[Record]:
    said = yield from call("POST", "/self-update/check_version", "ask for the newest version", reads=True)
    return {"version": said}


SERVER = {
    **resource(
        "server",
        API,
        get(
            "ping", "/ping", "Ask who the token belongs to", source="getPing", words=("check", "whoami"),
            sample={"company_name": "Northlight Studio", "user_name": "Ines Okafor"},
        ),
        get(
            "health", "/health_check", "Check the server's health", source="getHealthCheck", words=("status",),
            sample={"system_health": True, "api_version": "5.10.17", "queue": "database"},
            help="Of a server of your own: its settings, queue and mail.",
        ),
        post(
            "check_version", "/self-update/check_version", "Ask for the newest version", perform=_version,
            reads=True, sample={"version": "5.10.40"}, source="self-update/check_version", words=("update", "upgrade"),
        ),
        post(
            "write_to_support", "/support/messages/send", "Write to the support", *MESSAGE,
            perform=_support, retry=Retry.ONCE, sample={"done": True}, source="supportMessage", words=("help",),
            help="By mail, with what the server knows about itself.",
        ),
        post(
            "export", "/export", "Mail an export of everything", perform=_export, retry=Retry.ONCE,
            sample={"message": "Processing"}, source="getExport", words=("backup", "copy", "json"),
            help="All data of the company in one file, mailed to the owner of the token.",
        ),
        object="server",
    ),
}  # fmt: skip
OPERATIONS = {**COMPANIES, **SERVER}
