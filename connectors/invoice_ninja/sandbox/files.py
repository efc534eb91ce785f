"""Files: a page of a PDF with nothing on it stands for every document; what is stored is a name and a size."""

from typing import Any

from connectors.invoice_ninja.sandbox import errands, paging, refusals, render
from connectors.invoice_ninja.sandbox.casting import filled, flag
from connectors.invoice_ninja.sandbox.ids import encode
from connectors.invoice_ninja.sandbox.paging import holds
from connectors.invoice_ninja.sandbox.resource import Resource, body, register
from connectors.invoice_ninja.sandbox.routes import ROUTES
from connectors.sandbox_kit.http import Answer, Call
from connectors.sandbox_kit.words import words

Record = dict[str, Any]
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"
XML = b'<?xml version="1.0"?><Invoice/>'
PNG = b"\x89PNG\r\n\x1a\n"
STORED: Record = {
    **dict.fromkeys(words("name type hash url preview disk link assigned_user_id project_id vendor_id _of"), ""),
    "user_id": encode(1),
    "size": 0,
    "is_public": True,
    "is_default": False,
}
PAPERS = {"invoice": "invoices", "quote": "quotes", "credit": "credits", "purchase_order": "purchase_orders"}
ELECTRONIC = {
    "invoice": "download_e_invoice",
    "quote": "download_e_quote",
    "credit": "download_e_credit",
    "purchase_order": "download_e_purchase_order",
}


def pdf(name: str, content: bytes = PDF, kind: str = "application/pdf") -> Answer:
    return Answer(200, content, {"Content-Disposition": f'inline; filename="{name}"'}, kind)


def _by_key(box: Any, table: str, key: str) -> Record:
    for row in box.store.rows(table):
        if any(one["key"] == key for one in row["invitations"]):
            return dict(row)
    raise refusals.not_found("Invitation", key)


def _route(one: str, table: str) -> None:
    @ROUTES.on("GET", f"/api/v1/{one}/{{key}}/download")
    def download(box: Any, call: Call) -> Answer:
        row = _by_key(box, table, call.args["key"])
        return pdf(f"{row['number'] or one}.pdf")

    @ROUTES.on("GET", f"/api/v1/{one}/{{key}}/{ELECTRONIC[one]}")
    def electronic(box: Any, call: Call) -> Answer:
        row = _by_key(box, table, call.args["key"])
        return pdf(f"{row['number'] or one}.xml", XML, "application/xml")


for _one, _table in PAPERS.items():
    _route(_one, _table)


@ROUTES.on("GET", "/api/v1/invoices/{id}/delivery_note")
def delivery_note(box: Any, call: Call) -> Answer:
    box.find("invoices", "Invoice", call.args["id"])
    return pdf("delivery_note.pdf")


@ROUTES.on("POST", "/api/v1/client_statement")
def statement(box: Any, call: Call) -> Any:
    """Mailed where that is asked for, else the file itself."""
    data = body(call)
    lacking = [name for name in ("start_date", "end_date") if not data.get(name)]
    if lacking:
        raise refusals.invalid(**{name: f"The {name} field is required." for name in lacking})
    client = box.find("clients", "Client", str(data.get("client_id", "")))
    if flag(data.get("send_email")):
        box.effect("statement.mailed", client["id"], data)
        return {"message": "Emails have been queued"}
    return pdf("statement.pdf")


@ROUTES.on("POST", "/api/v1/live_preview")
def preview(box: Any, call: Call) -> Answer:
    box.find("clients", "Client", str(body(call).get("client_id", "")))
    return pdf("preview.pdf")


@ROUTES.on("POST", "/api/v1/live_preview/purchase_order")
@ROUTES.on("POST", "/api/v1/live_design")
def design(box: Any, call: Call) -> Answer:
    return pdf("preview.pdf")


@ROUTES.on("POST", "/api/v1/templates/preview/{hash}")
def template(box: Any, call: Call) -> Answer:
    return pdf(f"{errands.fetched(box, call.args['hash'])['name']}.pdf")


@ROUTES.on("GET", "/api/v1/activities/download_entity/{id}")
def as_it_was(box: Any, call: Call) -> Answer:
    box.find("activities", "Activity", call.args["id"])
    return pdf("activity.pdf")


@ROUTES.on("GET", "/api/v1/companies/{id}/logo")
def logo(box: Any, call: Call) -> Answer:
    box.find("companies", "Company", call.args["id"])
    return pdf("logo.png", PNG, "image/png")


# What is stored with records


def _update(box: Any, record: Record, data: Record, call: Call | None = None) -> Record:
    saved = box.save("documents", record | filled(STORED, data, ("name", "is_public")))
    box.effect("document.updated", saved["id"], data)
    return box.store.get("documents", saved["id"])


register(
    Resource(
        "documents",
        "Document",
        lambda box: STORED,
        lambda box, data, call: STORED,
        _update,
        filters={"filter": holds("name")},
        made=False,
    )
)


@ROUTES.on("GET", "/api/v1/documents/{id}/download")
def stored(box: Any, call: Call) -> Answer:
    return pdf(box.find("documents", "Document", call.args["id"])["name"])


@ROUTES.on("POST", "/api/v1/clients/{id}/documents")
def of_client(box: Any, call: Call) -> Any:
    client = box.find("clients", "Client", call.args["id"])
    rows = [row for row in box.store.rows("documents") if row["_of"] == client["id"]]
    return paging.page(call, rows, lambda row: render.plain("documents", row))


def plant(box: Any, client: Record) -> None:
    made = box.make("documents", STORED) | {"name": "contract.pdf", "type": "pdf", "size": len(PDF)}
    box.save("documents", made | {"_of": client["id"]})
