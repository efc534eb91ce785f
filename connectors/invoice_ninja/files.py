"""Files that Invoice Ninja makes: PDFs of documents, e-invoices, statements. Each comes with its name, kind, size and
content in base64; how much of that a step may keep, the server's OUTPUT_LIMIT says."""

import base64
import re
from collections.abc import Mapping
from typing import Any

from connectors import fields as f
from connectors.errors import Misconfigured, Refused, Unknown
from connectors.files import is_page
from connectors.invoice_ninja.answers import NO_API, explain
from connectors.invoice_ninja.clients import CLIENT
from connectors.invoice_ninja.costs import listed
from connectors.invoice_ninja.credits import CREDIT
from connectors.invoice_ninja.invoices import INVOICE
from connectors.invoice_ninja.mailed import STATEMENT_MAILED
from connectors.invoice_ninja.odd import name_of, said
from connectors.invoice_ninja.purchase_orders import ORDER
from connectors.invoice_ninja.quotes import QUOTE
from connectors.invoice_ninja.service import API, Record, body, call, needed, read, resource
from connectors.notation import Perform, fill, get, post
from connectors.spec import Context, Conversation, Operation, Request, Response, Retry

NAMED = re.compile(r"filename=\"?([^\";]+)")
PDF = {"name": "INV-0118.pdf", "type": "application/pdf", "size": 24816, "content": "JVBERi0xLjQK"}
XML = {"name": "INV-0118.xml", "type": "application/xml", "size": 9120, "content": "PD94bWwgdmVy"}
RANGE = (
    f.date("start_date", "The first day.", label="From", required=True),
    f.date("end_date", "The last day.", label="Until", required=True),
)


def fetch(method: str, path: str, what: str, name: str, json: Any = None) -> Conversation[Record]:
    """The file that the call answers with. `name`: what it is called where the answer doesn't say."""
    request = Request(method, API + path, json=json, reads=True)
    response = yield request
    return {"file": file_of(request, response, what, name)}


def file_of(request: Request, response: Response, what: str, name: str) -> Record:
    """Raises what is wrong: an answer in words is none of a file, and a web page means a wrong address."""
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if response.status >= 300 or response.json is not None:
        explain(request, response, what)
        told = response.json.get("message") if isinstance(response.json, dict) else ""
        raise Refused(f"Couldn't {what}: Invoice Ninja answered without a file{f' ({told})' if told else ''}.")
    if is_page(kind, response.body):
        raise Misconfigured(NO_API, field="base_url")
    found = NAMED.search(response.headers.get("content-disposition", ""))
    content = base64.b64encode(response.body).decode()
    return {"name": found[1].strip() if found else name, "type": kind, "size": len(response.body), "content": content}


# Documents


def _paper(plural: str, tail: str, ending: str) -> Perform:
    """Invoice Ninja gives it by the key that the client's link has."""
    what = f"download the {said(plural)}"

    def perform(inputs: Record, context: Context) -> Conversation[Record]:
        record = yield from read(plural, inputs.get(f"{name_of(plural)}_id"), what)
        key = next((str(one["key"]) for one in record.get("invitations") or () if one.get("key")), "")
        if not key:
            raise Refused(f"Couldn't {what}: it has no link for a contact yet.")
        path = fill(f"/{name_of(plural)}/{{key}}/{tail}", {"key": key})
        result = yield from fetch("GET", path, what, f"{record.get('number') or name_of(plural)}.{ending}")
        return result

    return perform


def _papers(plural: str, which: f.Field, model: str, electronic: str) -> dict[str, Any]:
    one = said(plural)
    article = "an" if one[0] in "aeiou" else "a"
    return resource(
        plural,
        f"/api/v1/{plural}",
        get(
            "download", f"/{{{which.name}}}", f"Download {article} {one} as a PDF", which, sample={"file": PDF},
            perform=_paper(plural, "download", "pdf"), source=f"download{model}", words=("file", "print"),
            help="As its client gets it.",
        ),
        get(
            electronic, f"/{{{which.name}}}", f"Download {article} {one} as an e-document", which,
            perform=_paper(plural, electronic, "xml"), sample={"file": XML}, source=f"{plural}/{electronic}",
            words=("xml", "zugferd", "facturx", "peppol", "ubl"), help="XML, by the company's settings for e-invoices.",
        ),
        object=one,
    )  # fmt: skip


def _delivery_note(inputs: Record, context: Context) -> Conversation[Record]:
    path = fill("/invoices/{invoice_id}/delivery_note", inputs)
    result = yield from fetch("GET", path, "download the delivery note", "delivery_note.pdf")
    return result


NOTES = resource(
    "invoices",
    "/api/v1/invoices",
    get(
        "delivery_note", "/{invoice_id}/delivery_note", "Download the delivery note of an invoice", INVOICE,
        perform=_delivery_note, sample={"file": PDF}, source="deliveryNote", help="What was delivered, without prices.",
    ),
    object="invoice",
)  # fmt: skip


# Statements

SHOWN = (
    f.boolean("show_payments_table", label="With payments", default=True),
    f.boolean("show_credits_table", label="With credits", default=False),
    f.boolean("show_aging_table", label="With the ages of debts", default=True),
)
STATEMENT = (f.required(CLIENT, help="Whose statement."), *RANGE, *SHOWN)


def _statement(inputs: Record, context: Context) -> Conversation[Record]:
    needed(inputs, STATEMENT)
    sent = _filled(inputs)
    result = yield from fetch("POST", "/client_statement", "make the statement", "statement.pdf", sent)
    return result


def _mail_statement(inputs: Record, context: Context) -> Conversation[Record]:
    needed(inputs, STATEMENT)
    sent = {**_filled(inputs), "send_email": True}
    answer = yield from call("POST", "/client_statement", "e-mail the statement", sent)
    return _taken(answer, "e-mail the statement")


def _taken(answer: Any, what: str) -> Record:
    """What Invoice Ninja says of it. Raises Unknown where it says nothing."""
    said_ = answer.get("message") if isinstance(answer, Mapping) else ""
    if not said_:
        raise Unknown(f"Invoice Ninja answered without a word on it: it may or may not {what}.")
    return {"message": str(said_)}


def _filled(inputs: Record) -> Record:
    usual = {field.name: field.default for field in SHOWN}
    return {**usual, **body(STATEMENT, inputs)}


STATEMENTS = resource(
    "statements",
    "/api/v1/client_statement",
    post(
        "download", "", "Download a statement of a client", *STATEMENT, perform=_statement, reads=True,
        sample={"file": {**PDF, "name": "statement.pdf"}}, source="clientStatement", words=("account", "pdf"),
        help="What was billed and paid between two days.",
    ),
    post(
        "email", "", "E-mail a statement to a client", *STATEMENT, perform=_mail_statement, retry=STATEMENT_MAILED,
        sample={"message": "Emails have been queued"}, source="clientStatement", words=("send", "account"),
        help="To the client's contacts, each time this step runs.",
    ),
    object="statement",
)  # fmt: skip


def _packed(plural: str, action: str) -> Perform:
    what = f"mail the files of the {plural.replace('_', ' ')}"

    def perform(inputs: Record, context: Context) -> Conversation[Record]:
        ids = listed(inputs.get("ids"))
        if not ids:
            raise Refused(f"Couldn't {what}: there is none to take.", field="ids")
        answer = yield from call("POST", f"/{plural}/bulk", what, {"action": action, "ids": ids})
        return _taken(answer, what)

    return perform


def _mailed(plural: str, model: str, label: str, action: str = "bulk_download") -> dict[str, Operation]:
    return resource(
        plural,
        f"{API}/{plural}",
        post(
            "mail_files", "", label, f.tags("ids", "IDs, by commas.", label="Which", required=True, where="none"),
            perform=_packed(plural, action), retry=Retry.ONCE, sample={"message": "Email sent!"},
            source=f"bulk{model}", words=("zip", "download", "pdf"),
            help="As one ZIP, to the owner of the token, each time this step runs.",
        ),
        object=said(plural) if plural != "documents" else "stored file",
    )  # fmt: skip


PACKED = {
    **_mailed("invoices", "Invoices", "Mail the PDFs of invoices to yourself"),
    **_mailed("quotes", "Quotes", "Mail the PDFs of quotes to yourself"),
    **_mailed("credits", "Credits", "Mail the PDFs of credits to yourself"),
    **_mailed("purchase_orders", "PurchaseOrders", "Mail the PDFs of purchase orders to yourself"),
    **_mailed("documents", "Documents", "Mail stored files to yourself", "download"),
}
PAPERS = {
    **_papers("invoices", INVOICE, "Invoice", "download_e_invoice"),
    **_papers("quotes", QUOTE, "Quote", "download_e_quote"),
    **_papers("credits", CREDIT, "Credit", "download_e_credit"),
    **_papers("purchase_orders", ORDER, "PurchaseOrder", "download_e_purchase_order"),
}
OPERATIONS = {**PAPERS, **NOTES, **STATEMENTS, **PACKED}
