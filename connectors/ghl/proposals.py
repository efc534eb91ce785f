"""Documents and contracts that people sign, and the templates they are made from."""

from typing import Any

from connectors import fields as f
from connectors.fields import required
from connectors.ghl import odd
from connectors.ghl.answers import explain
from connectors.ghl.base import CONTACT, DATED, LOCATION, LOCATION_QUERY, resource, samples
from connectors.notation import Values, get, once, post
from connectors.pages import ask
from connectors.spec import Choice, Choices, Context, Conversation, Request, Retry

S = samples("proposals")
READ, WRITE = "documents_contracts/list.readonly", "documents_contracts/sendLink.write"
TEMPLATES_READ = "documents_contracts_template/list.readonly"
TEMPLATES_WRITE = "documents_contracts_template/sendLink.write"
STATES = (
    ("draft", "Draft"), ("sent", "Sent"), ("viewed", "Seen"), ("completed", "Signed by all"), ("accepted", "Accepted"),
)  # fmt: skip
OUT = ("sent", "viewed", "completed", "accepted")
PAID = (("waiting_for_payment", "Waiting for payment"), ("paid", "Paid"), ("no_payment", "Nothing to pay"))
SENDER = f.choice("sentBy", "The user in whose name it goes.", source="users", label="Sent by", required=True)
COPIES = f.lines(
    "ccRecipients",
    "Contacts who get a copy.",
    label="Copies to",
    fields=(
        f.text("id", label="Contact ID", required=True),
        f.email("email", required=True),
        f.text("firstName", required=True),
        f.text("lastName", required=True),
        f.text("contactName", "Left empty, first and last name."),
        f.url("imageUrl", label="Picture"),
    ),
    more=True,
)
MAIL = f.object_(
    "notificationSettings",
    "Of the e-mail; left empty, as HighLevel usually does.",
    label="The e-mail",
    fields=(
        f.text("receive.templateId", label="Template ID", required=True),
        f.text("receive.subject", label="Subject", required=True),
        f.email("sender.fromEmail", label="From", required=True),
        f.text("sender.fromName", label="Sender's name", required=True),
    ),
    more=True,
)


def sent(body: Values) -> Values:
    """HighLevel wants a whole name and a picture of everybody who gets a copy, if only an empty one."""
    for row in body.get("ccRecipients") or ():
        row.setdefault("contactName", f"{row.get('firstName', '')} {row.get('lastName', '')}".strip())
        row.setdefault("imageUrl", "")
    return body


def find_sent(values: Values, context: Context) -> Conversation[list[Values]]:
    """The document, when it has gone out since the step began."""
    rows = yield from documents(context, str(values.get("documentName") or ""))
    wanted = str(values["documentId"])
    gone = [one for one in rows if wanted in (one.get("documentId"), one.get("_id")) and set(OUT) & set(_states(one))]
    young = [one for one in gone if odd.since(one, context, "updatedAt")]
    return [{"success": True, "links": one.get("links") or []} for one in young]


def _states(document: Values) -> list[str]:
    """A list by the document's type, one text by its example."""
    status = document.get("status") or []
    return [str(one) for one in status] if isinstance(status, list) else [str(status)]


def documents(context: Context, query: str = "") -> Conversation[list[Values]]:
    """The newest hundred."""
    asked = {"locationId": odd.location(context), "limit": 100, "skip": 0, **({"query": query} if query else {})}
    request = Request("GET", "/proposals/document", query=asked, headers=odd.VERSION)
    response = yield from ask(request, explain, "list the documents")
    return [one for one in (response.json or {}).get("documents") or [] if isinstance(one, dict)]


DOCUMENTS = resource(
    "proposals",
    "/proposals/document",
    get(
        "list_documents_contracts", "", "List documents and contracts", LOCATION_QUERY,
        f.text("query", "A part of the name.", label="Search"),
        f.choice("status", "Only those that stand so.", choices=STATES, label="State"),
        f.choice("paymentStatus", "Only those that stand so.", choices=PAID, label="Payment"),
        f.datetime("dateFrom", "Only those since; then the end is needed too.", label="Since", more=True),
        f.datetime("dateTo", "Only those until then; then the beginning is needed too.", label="Until", more=True),
        f.integer("limit", "At most so many.", default=20, more=True),
        f.integer("skip", "Leave out so many from the start.", more=True),
        sample=S["documents"], scopes=READ, words=("find", "proposal", "quote", "signature"),
    ),
    post(
        "send_documents_contracts", "/send", "Send a document or contract", LOCATION,
        f.choice("documentId", "Which document.", source="documents", label="Document", required=True), SENDER,
        f.choice("medium", "Left empty, HighLevel chooses.", label="How", choices=(
            ("email", "By e-mail"), ("link", "As links only, which this step gives"),
        )),
        f.text("documentName", "Another name than it has.", label="Name", more=True), COPIES, MAIL,
        sample=S["sent"], shape=sent, retry=once(by=find_sent, lag=10), scopes=WRITE,
        words=("proposal", "signature", "sign"), help="Gives the links by which each one signs.",
    ),
    version=DATED,
    source="proposals.json",
    object="document",
)  # fmt: skip

TEMPLATES = resource(
    "proposals",
    "/proposals/templates",
    get(
        "list_documents_contracts_templates", "", "List templates of documents and contracts", LOCATION_QUERY,
        f.text("name", "A part of the name.", label="Search"),
        f.choice("type", "What is made from them.", label="Kind", choices=(
            ("proposal", "Proposals"), ("estimate", "Estimates"), ("contentLibrary", "Parts of documents"),
        )),
        f.datetime("dateFrom", "Only those since.", label="Since", more=True),
        f.datetime("dateTo", "Only those until then.", label="Until", more=True),
        f.boolean("isPublicDocument", "Yes: those that anybody may fill in; then a user is needed.", label="Public",
                  more=True),
        f.choice("userId", "For public ones.", source="users", label="User", more=True),
        f.integer("limit", "At most so many.", more=True),
        f.integer("skip", "Leave out so many from the start.", more=True),
        sample=S["templates"], scopes=TEMPLATES_READ, words=("find", "proposal"),
    ),
    post(
        "send_documents_contracts_template", "/send", "Send a document or contract from a template", LOCATION,
        f.choice("templateId", "Which template.", source="document_templates", label="Template", required=True),
        required(CONTACT),
        f.choice("userId", "The user in whose name it goes.", source="users", label="Sent by", required=True),
        f.boolean("sendDocument", "Yes: it is sent. No: it stays a draft.", label="Send it"),
        f.text("opportunityId", "The opportunity it is about.", label="Opportunity ID", more=True),
        sample=S["sent"], retry=Retry.ONCE, scopes=TEMPLATES_WRITE,
        words=("proposal", "signature", "sign", "agreement"), help="Makes a document for the contact, and sends it.",
    ),
    version=DATED,
    source="proposals.json",
    object="document",
)  # fmt: skip

OPERATIONS = {**DOCUMENTS, **TEMPLATES}


def _documents(inputs: dict[str, Any], context: Context) -> Conversation[list[Choice]]:
    found = yield from documents(context)
    names = dict(STATES)
    pairs = ((str(one.get("documentId") or one.get("_id") or ""), one) for one in found)
    return [
        Choice(key, str(one.get("name") or key), ", ".join(names.get(state, state) for state in _states(one)))
        for key, one in pairs
        if key
    ]


def _templates(inputs: dict[str, Any], context: Context) -> Conversation[list[Choice]]:
    asked = {"locationId": odd.location(context), "limit": "100"}
    request = Request("GET", "/proposals/templates", query=asked, headers=odd.VERSION)
    response = yield from ask(request, explain, "list the templates")
    found = [one for one in (response.json or {}).get("data") or [] if one.get("id") or one.get("_id")]
    return [Choice(str(one.get("id") or one["_id"]), str(one.get("name") or "")) for one in found]


CHOICES = {one.key: one for one in (Choices("documents", _documents), Choices("document_templates", _templates))}
