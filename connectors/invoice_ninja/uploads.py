"""Files that are kept with records: what there is, its name, who may see it."""

from connectors import fields as f
from connectors.errors import NotFound, Refused
from connectors.invoice_ninja.clients import CLIENT
from connectors.invoice_ninja.entities import Entity, operations
from connectors.invoice_ninja.files import PDF, fetch
from connectors.invoice_ninja.odd import safe_update
from connectors.invoice_ninja.service import Record, body, call, read, resource, samples
from connectors.notation import fill, get, post, put
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


def _update(inputs: Record, context: Context) -> Conversation[Record]:
    """Some versions answer as if they had saved it."""
    what, sent = "update the stored file", body(FILES.fields, inputs)
    record = yield from safe_update("documents", inputs.get("document_id"), sent, what)
    if any(record.get(name) != value for name, value in sent.items()):
        raise Refused(f"Couldn't {what}: Invoice Ninja took the call but left the file as it was.")
    return {"document": record}


def _delete(inputs: Record, context: Context) -> Conversation[Record]:
    """By the bulk call: the other one asks for a password."""
    what = "delete the stored file"
    key = str(inputs.get("document_id") or "")
    yield from read("documents", key, what)
    yield from call("POST", "/documents/bulk", what, {"action": "delete", "ids": [key]})
    try:
        document = yield from read("documents", key, what)
    except NotFound:
        return {"deleted": True, "found": True}
    if not document.get("is_deleted"):
        raise Refused(f"Couldn't {what}: Invoice Ninja took the call but kept the file.")
    return {"deleted": True, "found": True}


BESIDE = {
    **resource(
        "documents",
        "/api/v1/documents",
        put(
            "update", "/{document_id}", "Update a stored file", FILES.id, *FILES.fields, perform=_update,
            returns="document", sample={"document": SAMPLE}, source="documents/update", words=("rename", "share"),
            help="Its name, and who may see it. What is left empty stays.",
        ),
        put(
            "delete", "/{document_id}", "Delete a stored file", FILES.id, perform=_delete, words=("remove",),
            sample={"deleted": True, "found": True}, source="documents/bulk", help="For good: it can't be restored.",
        ),
        get(
            "download", "/{document_id}/download", "Download a stored file", FILES.id, perform=_download,
            sample={"file": {**PDF, "name": "receipt.pdf"}}, source="documents/download", words=("attachment",),
        ),
        object=FILES.called,
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
OWN = ("create", "update", "delete")
"""What differs from other entities: files come by an upload, and go for good."""
MADE = {key: one for key, one in operations(FILES).items() if not key.endswith(OWN)}
OPERATIONS = {**MADE, **BESIDE}
