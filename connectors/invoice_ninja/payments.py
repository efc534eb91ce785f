"""Payments: money that has arrived. Each is made under a key that Invoice Ninja accepts once."""

import hashlib
from collections.abc import Iterator
from decimal import Decimal

from connectors import fields as f
from connectors.errors import Duplicate, Refused, Unknown
from connectors.invoice_ninja.clients import CLIENT
from connectors.invoice_ninja.documents import alive, changer, deleter
from connectors.invoice_ninja.mailed import mailed
from connectors.invoice_ninja.odd import bulk, find_marked, is_active, is_archived, marked, safe_update
from connectors.invoice_ninja.service import (
    Record,
    body,
    given,
    needed,
    read,
    resource,
    rows,
    samples,
    write,
    yes,
)
from connectors.notation import get, post, put, reconcile
from connectors.spec import Context, Conversation, Retry

PAYMENT = f.text("payment_id", "The payment's id, as an earlier step gives it.", label="Payment")
INVOICE = f.text("invoice_id", "Leave empty to keep it as the client's credit.", label="Invoice", where="none")
FIELDS = (
    f.required(CLIENT, help="Who paid."),
    f.required(f.money("amount", "How much arrived.")),
    f.date("date", "Leave empty for today."),
    f.choice("type_id", label="Paid by", source="payment_types"),
    f.text("transaction_reference", "The bank's or the payment provider's.", label="Reference"),
    f.text("number", "Leave empty to let Invoice Ninja count.", label="Payment number", more=True),
    f.note("private_notes", "Never shown to the client.", more=True),
    *(f.text(f"custom_value{n}", label=f"Custom field {n}", more=True) for n in (1, 2, 3, 4)),
)
CHANGED = FIELDS[2:]
SEVERAL = f.lines(
    "invoices",
    "When one payment covers several invoices: how much goes to each.",
    label="Several invoices",
    fields=(
        f.required(f.text("invoice_id", "The invoice's id.", label="Invoice")),
        f.required(f.money("amount", "How much of the payment is for it.")),
    ),
    more=True,
    where="none",
)
RECEIPT = f.choice(
    "email_receipt",
    "Leave empty to do as the company's settings say.",
    label="Receipt by e-mail",
    choices=(("true", "Send it"), ("false", "Don't send it")),
    where="none",
    more=True,
)
REFUND = (
    f.required(f.date("date", "The day of the refund.")),
    f.money("amount", "Leave empty to refund all of it."),
    f.boolean("gateway_refund", "Otherwise it is only entered.", label="Send the money back too", default=False),
    RECEIPT,
)
SAMPLE = samples("payment")
NOTE = "refunded before"


# Creating


def _create(inputs: Record, context: Context) -> Conversation[Record]:
    what = "create the payment"
    needed(inputs, FIELDS)
    sent = _keyed(_payment(inputs), context)
    try:
        payment = yield from write("POST", "/payments", what, sent)
    except Duplicate as taken:
        if taken.field != "idempotency_key":
            raise
        payment = yield from _made_before(sent["client_id"], context, what)
    return {"payment": payment}


def _payment(inputs: Record) -> Record:
    sent = body(FIELDS, inputs)
    lines = inputs.get("invoices") or ()
    if given(inputs, "invoice_id"):
        lines = [{"invoice_id": inputs["invoice_id"], "amount": sent["amount"]}]
    sent["invoices"] = [{"invoice_id": str(i["invoice_id"]), "amount": str(i["amount"])} for i in lines]
    if given(inputs, "email_receipt"):
        sent["email_receipt"] = "true" if yes(inputs["email_receipt"]) else "false"
    return sent if sent["invoices"] else {n: v for n, v in sent.items() if n != "invoices"}


def _keyed(sent: Record, context: Context) -> Record:
    """With the key, which Invoice Ninja never shows again, and the marker, by which the payment can be found."""
    if not context.marker:
        return sent
    keyed = {**sent, "idempotency_key": hashlib.sha256(context.marker.encode()).hexdigest()}
    if not keyed.get("transaction_reference"):
        return {**keyed, "transaction_reference": context.marker}
    return marked(keyed, context)


def _made_before(client_id: str, context: Context, what: str) -> Conversation[Record]:
    found = yield from find_marked("payments", context, what, client_id=client_id)
    if len(found) == 1:
        return found[0]
    raise Unknown(
        f"Invoice Ninja has a payment with this step's key, but {len(found) or 'none'} can be found by it: look there "
        "whether the payment is right."
    )


# Refunding


def _refund(inputs: Record, context: Context) -> Conversation[Record]:
    """Notes down first, in the payment, what had been refunded before: afterwards that tells whether we did it."""
    what = "refund the payment"
    needed(inputs, REFUND)
    payment = yield from read("payments", inputs.get("payment_id"), what)
    if reason := alive(payment):
        raise Refused(f"Couldn't {what}: {reason}.")
    before = _noted(payment, context)
    if before is None:
        before = _number(payment, "refunded")
        payment = yield from _note(payment, before, context, what)
    amount = _amount(inputs, payment, before)
    if _number(payment, "refunded") == before + amount:
        return {"payment": payment}
    payment = yield from write("POST", "/payments/refund", what, _refunded(inputs, payment, amount))
    return {"payment": payment}


def _note(payment: Record, before: Decimal, context: Context, what: str) -> Conversation[Record]:
    if not context.marker:
        return payment
    note = f"{context.marker} {NOTE}: {before}"
    notes = "\n".join([*filter(None, [payment.get("private_notes")]), note])
    noted = yield from safe_update("payments", payment["id"], {"private_notes": notes}, what)
    return {**payment, **noted}


def _noted(payment: Record, context: Context) -> Decimal | None:
    """What had been refunded when an earlier attempt of this step began; None when there was none."""
    for line in str(payment.get("private_notes") or "").splitlines():
        if context.marker and line.startswith(f"{context.marker} {NOTE}: "):
            return Decimal(line.rsplit(" ", 1)[1])
    return None


def _amount(inputs: Record, payment: Record, before: Decimal) -> Decimal:
    left = _number(payment, "amount") - before
    amount = Decimal(str(inputs["amount"])) if given(inputs, "amount") else left
    if amount <= 0 or amount > left:
        raise Refused(f"Couldn't refund {amount}: of this payment {left} is left to refund.", field="amount")
    return amount


def _refunded(inputs: Record, payment: Record, amount: Decimal) -> Record:
    sent = body(REFUND[:1], inputs)
    shares = list(_shares(payment, amount))
    sent |= {"id": payment["id"], "amount": amount, "gateway_refund": yes(inputs.get("gateway_refund"))}
    if shares:
        sent["invoices"] = shares
    if given(inputs, "email_receipt"):
        sent["email_receipt"] = "true" if yes(inputs["email_receipt"]) else "false"
    return sent


def _shares(payment: Record, amount: Decimal) -> Iterator[Record]:
    """Invoice Ninja wants every invoice of the payment named, with its share: the first ones are filled first."""
    for part in payment.get("paymentables") or ():
        if part.get("invoice_id"):
            share = min(amount, _number(part, "amount") - _number(part, "refunded"))
            amount -= share
            yield {"invoice_id": part["invoice_id"], "amount": str(share)}


def _number(record: Record, name: str) -> Decimal:
    return Decimal(str(record.get(name) or 0))


def _find_refund(inputs: Record, context: Context) -> Conversation[list[Record]]:
    payment = yield from read("payments", inputs.get("payment_id"), "look at the payment")
    before = _noted(payment, context)
    now = _number(payment, "refunded")
    if before is None or now == before:
        return []
    if now == before + _amount(inputs, payment, before):
        return [{"payment": payment}]
    raise Unknown(f"{now} of the payment is refunded, which this step alone doesn't explain: look at it there.")


def _search(inputs: Record, context: Context) -> Conversation[Record]:
    asked = {n: inputs[n] for n in ("filter", "client_id", "number") if given(inputs, n)}
    size = min(int(inputs.get("per_page") or 20), 100)
    found = yield from rows("payments", "search the payments", per_page=size, sort="id|desc", status="active", **asked)
    found = [p for p in found if all(p.get(n) == str(asked[n]) for n in ("client_id", "number") if n in asked)]
    return {"payments": found, "payment": found[0] if found else {}, "total": len(found)}


def _update(inputs: Record, context: Context) -> Conversation[Record]:
    payment = yield from safe_update("payments", inputs.get("payment_id"), body(CHANGED, inputs), "update the payment")
    return {"payment": payment}


def _email(inputs: Record, context: Context) -> Conversation[Record]:
    """The answer looks the same whether anything was mailed or not."""
    what = "e-mail the receipt"
    payment = yield from read("payments", inputs.get("payment_id"), what)
    if reason := alive(payment):
        raise Refused(f"Couldn't {what}: {reason}.")
    payment = yield from bulk("payments", payment["id"], "email", what)
    return {"payment": payment}


PAYMENTS = resource(
    "payments",
    "/api/v1/payments",
    post(
        "create", "", "Create a payment", FIELDS[0], INVOICE, *FIELDS[1:], SEVERAL, RECEIPT,
        perform=_create, retry=Retry.KEYED, returns="payment", source="storePayment",
        help="Enters money that has arrived, and pays the invoice with it.", words=("record", "enter", "pay"),
    ),
    get("get", "/{payment_id}", "Get a payment", PAYMENT, returns="payment", source="showPayment"),
    get(
        "search", "", "Search payments",
        f.text("filter", "Part of an amount, number, reference, client's name or e-mail.", label="Search for"),
        f.choice("client_id", "Only this client's.", label="Client", source="clients"),
        f.text("number", "Exactly this number.", label="Payment number"),
        f.integer("per_page", "At most 100.", label="How many", default=20, more=True),
        perform=_search, sample={"payments": [SAMPLE], "payment": SAMPLE, "total": 1}, source="getPayments",
        help="The newest first; the first one is also given by itself.", words=("list", "find"),
    ),
    post(
        "refund", "/{payment_id}", "Refund a payment", PAYMENT, *REFUND,
        perform=_refund, retry=reconcile(by=_find_refund), returns="payment", source="storeRefund",
        help="Recette notes in the payment's private notes what had been refunded before, so that it never refunds "
        "twice.",
        words=("return", "pay back", "chargeback"),
    ),
    put(
        "update", "/{payment_id}", "Update a payment", PAYMENT, *CHANGED,
        perform=_update, returns="payment", source="updatePayment",
        help="Fields left empty stay as they are. The amount of a payment can't be changed: delete it, or refund it.",
    ),
    post(
        "email", "/{payment_id}", "E-mail the receipt of a payment", PAYMENT,
        perform=_email, retry=mailed("payments"), returns="payment", source="bulkPayments",
        help="Invoice Ninja sends it to the client's contacts, each time this step runs.", words=("send", "mail"),
    ),
    put(
        "archive", "/{payment_id}", "Archive a payment", PAYMENT,
        perform=changer("payments", "archive", "archive the payment", is_archived, alive), returns="payment",
        source="bulkPayments", help="Takes it off the lists; nothing is lost.", words=("hide",),
    ),
    put(
        "restore", "/{payment_id}", "Restore a payment", PAYMENT,
        perform=changer("payments", "restore", "restore the payment", is_active), returns="payment",
        source="bulkPayments", help="Brings an archived or deleted one back.", words=("unarchive", "undelete"),
    ),
    put(
        "delete", "/{payment_id}", "Delete a payment", PAYMENT,
        perform=deleter("payments"), returns="payment", source="deletePayment", words=("remove", "undo"),
        help="The invoices it paid are open again. No money is sent back: for that, refund it.",
    ),
    object="payment",
    sample=SAMPLE,
    words=("money", "paid", "receipt"),
)  # fmt: skip
