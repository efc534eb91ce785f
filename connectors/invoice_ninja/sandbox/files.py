"""Files: a page of a PDF with nothing on it stands for every document; what is stored is a name and a size."""

from typing import Any

from connectors.invoice_ninja.sandbox import errands, refusals, render
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
        box.activity(140, client=client["id"])
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
        for_good=True,
    )
)


@ROUTES.on("GET", "/api/v1/documents/{id}/download")
def stored(box: Any, call: Call) -> Answer:
    return pdf(box.find("documents", "Document", call.args["id"])["name"])


@ROUTES.on("POST", "/api/v1/clients/{id}/documents")
def of_client(box: Any, call: Call) -> Any:
    client = box.find("clients", "Client", call.args["id"])
    return {"data": kept(box, "clients", client["id"])}


def kept(box: Any, table: str, record_id: str) -> list[Record]:
    rows = (row for row in box.store.rows("documents") if row["_of"] == f"{table}/{record_id}")
    return [render.plain("documents", row) for row in rows if not row["is_deleted"]]


def _upload(table: str) -> Any:
    def upload(box: Any, call: Call) -> Any:
        """By PUT alone, which a form says in a part of its own."""
        parts = {part.name: part for part in call.parts()}
        if "_method" not in parts or parts["_method"].content.upper() != b"PUT":
            raise refusals.Refusal(404, {"message": "Method not supported for this route"})
        record = box.find(table, table, call.args["id"])
        file = parts.get("documents[]")
        if file is None or file.filename.rpartition(".")[2].lower() not in ENDINGS:
            raise refusals.invalid(**{"documents.0": "The documents.0 must be a file of an allowed type."})
        seen = flag(parts["is_public"].content.decode()) if "is_public" in parts else True
        made = box.make("documents", STORED) | {"name": file.filename, "type": file.filename.rpartition(".")[2]}
        more = {"size": len(file.content), "is_public": seen, "_of": f"{table}/{record['id']}"}
        box.save("documents", made | more)
        box.effect("document.uploaded", made["id"], {"name": file.filename, "size": len(file.content)})
        return {"data": render.plain(table, record) | {"documents": kept(box, table, record["id"])}}

    return upload


ENDINGS = words("png ai jpg jpeg tiff pdf gif psd txt doc xls ppt xlsx docx pptx webp xml zip csv ods odt odp")
TAKING = words(
    """clients invoices quotes credits payments products expenses vendors projects tasks purchase_orders
    recurring_invoices recurring_expenses group_settings companies"""
)
for _table in TAKING:
    ROUTES.on("POST", f"/api/v1/{_table}/{{id}}/upload")(_upload(_table))


@ROUTES.on("POST", "/api/v1/preimport")
def preimport(box: Any, call: Call) -> Any:
    """The rows aren't kept: the import that follows makes none here."""
    mappings = {}
    for part in call.parts():
        if part.name.startswith("files["):
            lines = part.content.decode("utf-8", "replace").splitlines()[:2]
            kind = part.name[6:-1]
            known = [f"{kind}.name", "contact.email"]
            mappings[kind] = {"headers": [line.split(",") for line in lines], "available": known}
    if not mappings:
        raise refusals.invalid(files="The files field is required.")
    return {"hash": errands.kept(box, "import"), "mappings": mappings}


@ROUTES.on("POST", "/api/v1/import")
def imported(box: Any, call: Call) -> Any:
    data = call.fields()
    if not data.get("hash") or not data.get("column_map"):
        raise refusals.invalid(column_map="The column map field is required when hash is present.")
    box.effect("import.started", str(data["hash"]), data["column_map"])
    return {"message": "Importing data, email will be sent on completion"}


def plant(box: Any, client: Record) -> None:
    made = box.make("documents", STORED) | {"name": "contract.pdf", "type": "pdf", "size": len(PDF)}
    box.save("documents", made | {"_of": f"clients/{client['id']}"})
