"""Files that are kept with records: what there is, its name, who may see it."""

from connectors import fields as f
from connectors.invoice_ninja.clients import CLIENT
from connectors.invoice_ninja.entities import Entity, operations
from connectors.invoice_ninja.files import PDF, fetch
from connectors.invoice_ninja.service import Record, call, resource, samples
from connectors.notation import fill, get, post
from connectors.spec import Context, Conversation

FILES = Entity(
    "documents",
    "Document",
    (
        f.text("name", "With its ending, such as receipt.pdf."),
        f.boolean("is_public", label="The client may see it"),
    ),
    demanded=(),
    searched="Part of the name.",
    words=("attachment", "file", "upload"),
    marked=False,
    called="stored file",
)
SAMPLE = samples("document")


def _download(inputs: Record, context: Context) -> Conversation[Record]:
    path = fill("/documents/{document_id}/download", inputs)
    result = yield from fetch("GET", path, "download the file", "file")
    return result


def _of_client(inputs: Record, context: Context) -> Conversation[Record]:
    path = fill("/clients/{client_id}/documents", inputs)
    found = yield from call("POST", path, "list the client's files", reads=True)
    rows = [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []
    return {"documents": rows, "total": len(rows)}


BESIDE = {
    **resource(
        "documents",
        "/api/v1/documents",
        get(
            "download", "/{document_id}/download", "Download a stored file", FILES.id, perform=_download,
            sample={"file": {**PDF, "name": "receipt.pdf"}}, source="documents/download", words=("attachment",),
        ),
        object="document",
    ),
    **resource(
        "clients",
        "/api/v1/clients",
        post(
            "documents", "/{client_id}/documents", "List the files of a client", CLIENT, perform=_of_client, reads=True,
            sample={"documents": [SAMPLE], "total": 1}, source="clients/documents", words=("attachments",),
            help="Of the client and of all its documents.",
        ),
        object="client",
    ),
}  # fmt: skip
MADE = {key: one for key, one in operations(FILES).items() if not key.endswith(".create")}
OPERATIONS = {**MADE, **BESIDE}
