"""Where the services' documents are wrong, and how we know.

`TOLERATED` is a table of findings that are no fault of ours; `MISSING` and `WRONG` name the schema that a body is held
against instead. Sources: the facts of the services' own code (5.10.17 for Invoice Ninja) and of live answers, gathered
on 2026-11-22.
"""

from typing import Any

from tests.contract import mistakes_ninja
from tests.contract.mistake import GHL, IN, Mistake
from tests.contract.mistake import answers as _answers
from tests.contract.mistake import unknown as _unknown

Schema = dict[str, Any]
SEARCH = "the schema is empty; the page it links to (ClickUp 87cpx-158396) has them"
RECORD = "the schema is empty; the page it links to (ClickUp 87cpx-376296) has them"
HELD = "a text in the schema, an object in its own example"
EITHER = "page and searchAfter exclude each other"
TEXT = "an object in the schema, a text in its own example"
FILLED = "a type nobody can fill, a status nobody knows yet; most clients send neither (not tried live)"
NESTED = "the page stands below `messages` (issue 54 of HighLevel's API documents)"
ITEMS = "typed as texts, its own example has objects"
ONE_WAY = "no payment is by card and by cheque; an order's payment, of the same making, wants neither"
TOLERATED: tuple[Mistake, ...] = (
    # HighLevel: what we send
    *(
        Mistake(GHL, "* /store/*", "*", f"*/{name}", kind, "a number, out of one list of all countries")
        for name in ("code", "country")
        for kind in ("type", "enum")
    ),
    Mistake(GHL, "GET /store/shipping-zone", "sample", "body", "type", "its countries' codes are numbers there"),
    Mistake(GHL, "GET /locations/*/templates", "sample", "*", "oneOf", "both kinds of templates fit"),
    Mistake(GHL, "POST /opportunities/upsert", "request", "body/monetaryValue", "type", "an object, shown as a number"),
    Mistake(
        GHL, "*", "request", "body/customFields/[*]", "anyOf", "a number is typed as an object, its example is one"
    ),
    Mistake(GHL, "*", "request", "body/dateOfBirth", "anyOf", "typed as an object, its example is a text"),
    *_unknown(GHL, "POST /contacts/search", "body/", "locationId pageLimit page query filters sort", SEARCH),
    *_unknown(GHL, "POST /opportunities/search", "body/", "filters sort", SEARCH.replace("158396", "424216")),
    *_unknown(GHL, "POST /objects/*/records", "body/", "locationId properties owner followers", RECORD),
    *_unknown(GHL, "PUT /objects/*/records/*", "body/", "properties owner followers", RECORD),
    Mistake(GHL, "* /objects/*/records*", "*", "*/properties", "type", HELD),
    _answers(GHL, "POST /objects/*/records/search", "*/searchAfter/[*]", "type", "its own example has an id in it"),
    Mistake(
        GHL, "POST /locations/*/customFields/upload", "request", "body/*.*", "unknown", "files go under their own names"
    ),
    *_unknown(GHL, "POST /conversations/messages/upload", "body/", "fileAttachment", "its description names the part"),
    Mistake(
        GHL,
        "POST /conversations/messages/upload",
        "request",
        "body/attachmentUrls",
        "required",
        "its description says that the file is a part of its own; addresses of others are no file",
    ),
    Mistake(GHL, "POST /opportunities/search", "request", "body/searchAfter", "required", EITHER),
    *_unknown(
        GHL, "POST /opportunities/upsert", "body/", "contactId", "the description speaks of it, the schema lost it"
    ),
    *(
        Mistake(GHL, "* /associations/*", side, f"body/{name}", "type", TEXT)
        for side, name in (("request", "*Object*"), ("sample", "*Object*"), ("sample", "associationType"))
    ),
    Mistake(GHL, "GET /associations/*", "sample", "body", "type", "one record is shown where the name says: a list"),
    Mistake(GHL, "POST /associations/relations", "sample", "*", "required", "shows the association, not the relation"),
    Mistake(
        GHL,
        "* /calendars/events/block-slots*",
        "request",
        "body/calendarId",
        "required",
        "its description says that a calendar or a user is set, not both",
    ),
    Mistake(GHL, "POST /conversations/messages", "request", "body/subType", "required", FILLED),
    Mistake(GHL, "POST /conversations/messages", "request", "body/status", "required", FILLED),
    *(
        Mistake(GHL, "POST /invoices/{invoiceId}/record-payment", "request", f"body/{name}", "required", ONE_WAY)
        for name in ("card", "cheque", "notes")
    ),
    Mistake(
        GHL, "* /invoices/estimate/template*", "request", "body/items/[*]", "type", "lists; see its answer's example"
    ),
    *(
        Mistake(GHL, f"* /invoices/{path}*", "sample", f"*/{name}", "type", ITEMS)
        for path, name in (
            ("schedule", "status"),
            ("schedule", "items/[*]"),
            ("template", "items/[*]"),
            ("estimate/template", "items/[*]"),
            ("estimate/template", "data/[*]"),
        )
    ),
    *(
        Mistake(GHL, "PUT /invoices/*", "request", f"body/{name}", "required", "texts in the answer that is to be kept")
        for name in ("items", "invoiceItems")
    ),
    Mistake(GHL, "POST /products/reviews/bulk-update", "request", "body/status", "type", TEXT),
    Mistake(GHL, "PUT /products/*", "request", "body/productType", "enum", "any text in the answer that is to be kept"),
    Mistake(GHL, "POST /conversations/messages/inbound", "request", "body/direction", "type", TEXT),
    *(
        Mistake(GHL, "* /social-media-posting/*", "*", f"*/{name}", "type", TEXT)
        for name in ("type", "status", "postType", "approvalStatus", "privacyLevel", "actionType")
    ),
    # HighLevel: what it answers
    _answers(GHL, "*", "status 403", "status", "declared nearly nowhere, yet every wrong location gets it"),
    _answers(GHL, "*", "status 429", "status", "declared nowhere, yet the limits are documented"),
    _answers(GHL, "POST /contacts/search", "status 422", "status", "a wrong operator gets it (seen live)"),
    _answers(GHL, "POST /contacts/bulk/tags/*", "body/responses/[*]", "type", "its own example has objects"),
    _answers(GHL, "POST /locations/*/tasks/search", "body/tasks/[*]", "type", "lists of lists; tasks are objects"),
    *(
        _answers(GHL, f"GET /products/{path}", "body/data/[*]", "type", "lists; what they list are objects")
        for path in ("collections", "reviews", "reviews/count")
    ),
    _answers(GHL, "GET /opportunities/search", "*/followers/[*]", "type", "lists of lists; followers are IDs"),
    _answers(GHL, "GET /opportunities/pipelines", "body/pipelines/[*]/stages/[*]", "type", "lists; stages are objects"),
    *(
        _answers(GHL, "* /calendars/*", f"*/{name}", "type", "typed as an object, its example is a text")
        for name in ("startTime", "endTime", "dateAdded", "dateUpdated")
    ),
    *(
        _answers(GHL, f"{method} /invoices/{path}", "*/invoiceItems/[*]", "type", ITEMS)
        for path, methods in {
            "": ("GET", "POST"),
            "text2pay": ("POST",),
            "{invoiceId}": ("GET", "PUT", "DELETE"),
            "{invoiceId}/*": ("POST", "PATCH"),
        }.items()
        for method in methods
    ),
    _answers(GHL, "* /invoices/estimate*", "*/items/[*]", "type", "lists; its own example has objects"),
    _answers(GHL, "* /invoices/estimate*", "*/estimateActionHistory/[*]", "type", ITEMS),
    _answers(GHL, "GET /invoices/estimate/list", "body/estimates/[*]", "type", "texts, of records"),
    _answers(GHL, "* /invoices/estimate/*/invoice", "*/invoiceItems/[*]", "type", ITEMS),
    _answers(GHL, "* /invoices/estimate/*/invoice", "body/estimate/traceId", "required", "it is the whole answer's"),
    *(
        _answers(GHL, f"GET /payments/{path}*", f"*/{name}", "type", "typed as an object, its example is a text")
        for path, name in (("transactions", "status"), ("subscriptions", "status"), ("subscriptions", "altType"))
    ),
    _answers(GHL, "GET /payments/orders/{orderId}", "body/items/[*]", "type", ITEMS),
    _answers(GHL, "* /contacts/*", "*/customFields/[*]/value", "type", "a file's is an object, as FileField shows it"),
    _answers(GHL, "* /opportunities/*", "*/customFields/[*]/fieldValue", "oneOf", "a number is typed as an object"),
    _answers(GHL, "* /medias/*", "status 4*", "status", "declares nothing but 200"),
    Mistake(GHL, "GET /medias/files", "*", "body/files/[*]", "type", "lists; its own example shows an object"),
    Mistake(GHL, "POST /locations/*/upload", "sample", "body/meta/[*]", "type", "lists; its example has objects"),
    _answers(GHL, "GET /conversations/*/messages", "body/messages", "type", NESTED),
    _answers(GHL, "GET /conversations/*/messages", "body/lastMessageId", "required", NESTED),
    _answers(GHL, "GET /conversations/*/messages", "body/nextPage", "required", NESTED),
    *mistakes_ninja.TOLERATED,
)


def body_schema(service: str, operation: str) -> str:
    """Name of the schema to hold a request's body against instead of the declared one; empty to keep that."""
    return (mistakes_ninja.MISSING | mistakes_ninja.WRONG).get(operation, "") if service == IN else ""


def answer_schema(service: str, operation: str, status: int, schema: Schema) -> Schema:
    """Invoice Ninja's document shows the bare record; the service puts it below `data`, and bulk answers a list."""
    if service != IN or status >= 300 or not schema or "data" in schema.get("properties", {}):
        return schema
    data = {"type": "array", "items": schema} if operation.endswith("/bulk") else schema
    return {"type": "object", "required": ["data"], "properties": {"data": data}}
