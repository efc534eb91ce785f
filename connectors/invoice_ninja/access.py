"""Who and what gets at a company's books: API tokens and webhooks. What is secret about them is passed on to nobody."""

from dataclasses import replace

from connectors import fields as f
from connectors.invoice_ninja.entities import Entity, operations
from connectors.invoice_ninja.service import Record, call, needed
from connectors.notation import fill, post
from connectors.spec import Context, Conversation, Retry

TOKENS = Entity(
    "tokens",
    "Token",
    (f.text("name", "What it is for."),),
    demanded=("name",),
    article="an",
    searched="Part of the name.",
    words=("key", "access"),
    marked=False,
    hidden=("token",),
    called="API token",
)
EVENTS = tuple(
    (str(number), said)
    for number, said in enumerate(
        (
            "Client created", "Invoice created", "Quote created", "Payment created", "Vendor created", "Quote updated",
            "Quote deleted", "Invoice updated", "Invoice deleted", "Client updated", "Client deleted",
            "Payment deleted", "Vendor updated", "Vendor deleted", "Expense created", "Expense updated",
            "Expense deleted", "Task created", "Task updated", "Task deleted", "Quote approved", "Invoice late",
            "Quote expired", "Invoice reminder sent", "Project created", "Project updated", "Credit created",
            "Credit updated", "Credit deleted", "Project deleted", "Payment updated", "Payment archived",
            "Invoice archived", "Quote archived", "Credit archived", "Task archived", "Client archived",
            "Project archived", "Expense archived", "Payment restored", "Invoice restored", "Quote restored",
            "Credit restored", "Task restored", "Client restored", "Project restored", "Expense restored",
            "Vendor archived", "Vendor restored", "Product created", "Product updated", "Product deleted",
            "Product restored", "Product archived", "Purchase order created", "Purchase order updated",
            "Purchase order deleted", "Purchase order restored", "Purchase order archived", "Invoice sent",
            "Quote sent", "Credit sent", "Purchase order sent", "Quote reminder sent", "Purchase order accepted",
        ),
        start=1,
    )
)  # fmt: skip
WEBHOOKS = Entity(
    "webhooks",
    "Webhook",
    (
        f.url("target_url", "What is called.", label="Address"),
        f.choice("event_id", "What it is called about.", choices=EVENTS, label="Event"),
        f.choice(
            "rest_method",
            "How it is called.",
            choices=(("post", "POST"), ("put", "PUT")),
            default="post",
            label="Method",
        ),
        f.json("headers", "Sent along, such as a secret.", more=True, example='{"X-Secret": "s3cret"}'),
    ),
    demanded=("target_url", "event_id", "rest_method"),
    searched="Part of the address.",
    words=("hook", "callback", "subscription"),
    marked=False,
    hidden=("headers",),
)
ABOUT = tuple(
    (name, name.replace("_", " ").capitalize())
    for name in (
        "client",
        "invoice",
        "quote",
        "credit",
        "payment",
        "product",
        "project",
        "task",
        "vendor",
        "expense",
        "purchase_order",
    )
)


def _retry(inputs: Record, context: Context) -> Conversation[Record]:
    needed(inputs, FIELDS)
    sent = {"entity": str(inputs["entity"]), "entity_id": str(inputs["entity_id"])}
    yield from call("POST", fill("/webhooks/{webhook_id}/retry", inputs), "call the webhook again", sent)
    return {"done": True}


FIELDS = (
    f.choice("entity", "What it is told about.", choices=ABOUT, label="Kind of record", required=True),
    f.text("entity_id", "The record's ID, as an earlier step gives it.", label="Record", required=True),
)
AGAIN = (
    post(
        "retry", "/{webhook_id}/retry", "Call a webhook again", WEBHOOKS.id, *FIELDS, perform=_retry,
        retry=Retry.ONCE, sample={"done": True}, source="webhooks/retry", help="With the record as it is now.",
        words=("resend", "deliver"),
    ),
)  # fmt: skip
OPERATIONS = {**operations(TOKENS), **operations(replace(WEBHOOKS, more=AGAIN))}
