"""How something will look: documents that aren't made yet, designs, mails, records set by a template of one's own."""

from connectors import fields as f
from connectors.invoice_ninja.clients import CLIENT
from connectors.invoice_ninja.costs import listed
from connectors.invoice_ninja.documents import DATES, HEAD, LINES, complete
from connectors.invoice_ninja.errands import later
from connectors.invoice_ninja.files import PDF, fetch
from connectors.invoice_ninja.purchase_orders import VENDOR
from connectors.invoice_ninja.service import API, Record, body, call, needed, resource
from connectors.notation import fill, post
from connectors.spec import Context, Conversation

KINDS = (("invoice", "Invoice"), ("quote", "Quote"), ("credit", "Credit"), ("recurring_invoice", "Recurring invoice"))
KIND = f.choice(
    "entity", "What it would be.", choices=KINDS, label="Kind of document", default="invoice", required=True
)
PAPER = (KIND, f.required(CLIENT, help="Who would get it."), *DATES, LINES, *HEAD)
ORDER = (f.required(VENDOR, help="Whom it would be ordered from."), *DATES, LINES, *HEAD)
DRAFT = {"file": {**PDF, "name": "preview.pdf"}}


def _paper(inputs: Record, context: Context) -> Conversation[Record]:
    needed(inputs, PAPER)
    sent = body(PAPER, inputs)
    yield from complete(sent, "preview the document")
    result = yield from fetch("POST", "/live_preview", "preview the document", "preview.pdf", sent)
    return result


def _order(inputs: Record, context: Context) -> Conversation[Record]:
    needed(inputs, ORDER)
    sent = body(ORDER, inputs)
    yield from complete(sent, "preview the purchase order")
    path, what = "/live_preview/purchase_order", "preview the purchase order"
    result = yield from fetch("POST", path, what, "preview.pdf", sent)
    return result


PREVIEWS = resource(
    "previews",
    f"{API}/live_preview",
    post(
        "document", "", "Preview a document", *PAPER, perform=_paper, reads=True, sample=DRAFT, source="live_preview",
        help="A PDF of what isn't made yet: for somebody to approve first.", words=("draft", "pdf", "approve"),
    ),
    post(
        "purchase_order", "/purchase_order", "Preview a purchase order", *ORDER, perform=_order, reads=True,
        sample=DRAFT, source="live_preview/purchase_order", words=("draft", "pdf", "approve"),
        help="A PDF of what isn't made yet: for somebody to approve first.",
    ),
    object="preview",
)  # fmt: skip

SET = (
    "invoice",
    "quote",
    "credit",
    "purchase_order",
    "statement",
    "payment_receipt",
    "payment_refund",
    "delivery_note",
)
LEVELS = (("company", "The company's"), ("group", "A group's"), ("client", "A client's"))
DESIGN = (
    f.choice(
        "entity_type", "What is shown in it.", label="Kind of document", default="invoice", required=True,
        choices=tuple((name, name.replace("_", " ").capitalize()) for name in SET),
    ),
    f.choice(
        "settings_type", "Whose settings hold.", choices=LEVELS, label="Settings", default="company", required=True
    ),
    f.choice("client_id", "For a client's settings.", label="Client", source="clients", more=True),
    f.choice("group_id", "For a group's settings.", label="Group", source="group_settings", more=True),
    f.note("design.design.body", "HTML; left empty, the design that is in use.", label="Body", more=True),
    f.note("design.design.includes", "HTML with the styles.", label="Styles", more=True),
)  # fmt: skip


def _design(inputs: Record, context: Context) -> Conversation[Record]:
    needed(inputs, DESIGN)
    result = yield from fetch("POST", "/live_design", "preview the design", "preview.pdf", body(DESIGN, inputs))
    return result


# Templates

TABLES = (
    "clients", "invoices", "quotes", "credits", "payments", "projects", "tasks", "purchase_orders",
)  # fmt: skip
RUN = (
    f.choice(
        "plural", "What the template is about.", label="Records", required=True, where="none",
        choices=tuple((name, name.replace("_", " ").capitalize()) for name in TABLES),
    ),
    f.tags("ids", "IDs, by commas.", label="Which", required=True, where="none"),
    f.choice("template_id", "A design that is a template.", label="Template", source="designs", required=True),
)  # fmt: skip


def _run(inputs: Record, context: Context) -> Conversation[Record]:
    needed(inputs, RUN)
    what = "run the template"
    sent = {"action": "template", "ids": listed(inputs["ids"]), "template_id": str(inputs["template_id"])}
    said = yield from call("POST", fill("/{plural}/bulk", inputs), what, {**sent, "send_email": False}, reads=True)
    return {"hash": str(said.get("message") or "") if isinstance(said, dict) else ""}


def _fetch_run(inputs: Record, context: Context) -> Conversation[Record]:
    path = fill("/templates/preview/{hash}", inputs)
    result = yield from later("POST", path, "fetch the document", "template.pdf")
    return result


MAIL = (
    f.choice("entity", "What it is about.", choices=KINDS, label="Kind of document"),
    f.text("entity_id", "The document's ID, as an earlier step gives it.", label="Document"),
    f.text("template", "Such as email_template_invoice.", label="Template", example="email_template_invoice"),
    f.text("subject", "Left empty, the template's."),
    f.note("body", "Left empty, the template's."),
)
WORDED = {"mail": {"subject": "Invoice INV-0118", "body": "<p>Dear Odile, …</p>", "wrapper": "<html>…</html>"}}


def _mail(inputs: Record, context: Context) -> Conversation[Record]:
    found = yield from call("POST", "/templates", "preview the e-mail", body(MAIL, inputs), reads=True)
    return {"mail": found if isinstance(found, dict) else {}}


HASH = f.text("hash", "As “Run a template” gives it.", label="Reference", required=True)
TEMPLATES = {
    **resource(
        "designs",
        f"{API}/designs",
        post(
            "preview", "/live_design", "Preview a design", *DESIGN, perform=_design, reads=True, sample=DRAFT,
            source="live_design", help="A PDF with made-up records.", words=("layout", "pdf"),
        ),
        post(
            "run_template", "/bulk", "Run a template on records", *RUN, perform=_run, reads=True,
            sample={"hash": "2c1f8e9a-5d0b-4f7e-9b86-6a1d2f3c4b5e"}, source="bulkInvoices", words=("letter", "pdf"),
            help="One PDF of all of them, made a little later: fetch it in the next step.",
        ),
        post(
            "fetch_template", "/preview/{hash}", "Fetch what a template made", HASH, perform=_fetch_run, reads=True,
        consumes=True,
            sample={"file": {**PDF, "name": "template.pdf"}}, source="templates/preview",
            help="Waits until it is ready; once fetched it is gone.",
        ),
        object="design",
    ),
    **resource(
        "emails",
        f"{API}/templates",
        post(
            "preview", "", "Preview an e-mail", *MAIL, perform=_mail, reads=True, sample=WORDED,
            source="getShowTemplate", help="Subject and text as a client would read them.", words=("template",),
        ),
        object="e-mail",
    ),
}  # fmt: skip
OPERATIONS = {**PREVIEWS, **TEMPLATES}
