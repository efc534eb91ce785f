"""Payments: the one entity with a key, and with a guard against the double click that answers 400."""

from decimal import Decimal
from typing import Any

from connectors.invoice_ninja.sandbox import clients, documents, owing
from connectors.invoice_ninja.sandbox.casting import ZERO, decimal, filled, numeric
from connectors.invoice_ninja.sandbox.ids import encode
from connectors.invoice_ninja.sandbox.paging import same
from connectors.invoice_ninja.sandbox.refusals import BROKEN, TWICE, invalid
from connectors.invoice_ninja.sandbox.resource import Resource, register, unique
from connectors.sandbox_kit.http import Call
from connectors.sandbox_kit.words import words

Record = dict[str, Any]
TEXTS = words("""type_id date transaction_reference number private_notes custom_value1 custom_value2 custom_value3
    custom_value4 assigned_user_id exchange_currency_id""")
BLANK: Record = {
    **dict.fromkeys(TEXTS, ""),
    **dict.fromkeys(
        words("invitation_id client_contact_id company_gateway_id gateway_type_id project_id vendor_id"), ""
    ),
    "user_id": encode(1),
    "client_id": "",
    "amount": ZERO,
    "refunded": ZERO,
    "applied": ZERO,
    "transaction_id": "",
    "is_manual": True,
    "status_id": "4",
    "currency_id": "",
    "exchange_rate": Decimal(1),
    "paymentables": [],
    "idempotency_key": "",
}
WRITABLE = (*TEXTS, "exchange_rate")
COLUMNS = words("amount date number transaction_reference custom_value1 custom_value2 custom_value3 custom_value4")


async def store(box: Any, data: Record, call: Call) -> Record:
    """Guard first, then the rules, then (after the race's gap) the client's total, then the row."""
    amount = numeric(data.get("amount"), "amount")
    if box.locked(f"payment|{call.client}|{amount}|{data.get('client_id')}"):
        raise TWICE
    client = documents.customer(box, data)
    lines = _lines(box, data, client)
    total = sum((line["amount"] for line in lines), ZERO)
    amount = amount or total
    if not data.get("amount") and not lines:
        raise invalid(amount="The amount field is required.")
    if total > amount:
        raise invalid(invoices="Total of invoices exceeds the payment amount.")
    key = str(data.get("idempotency_key") or "")
    if len(key) > 64:
        raise invalid(idempotency_key="The idempotency key may not be greater than 64 characters.")
    unique(box, "payments", "idempotency_key", key)
    unique(box, "payments", "number", str(data.get("number") or ""))
    if box.settings["payment_gap"]:
        await box.pause(box.settings["payment_gap"])
    clients.owe(box, client["id"], paid=amount)
    if key and box.holding("payments", "idempotency_key", key):
        raise BROKEN  # the index on the column: the total above was raised all the same
    return _made(box, client, amount, lines, data)


def settle(box: Any, invoice: Record, amount: Decimal, reference: str) -> Record:
    """A payment made by the service itself for one invoice."""
    client = box.store.get("clients", invoice["client_id"])
    clients.owe(box, client["id"], paid=amount)
    used = min(amount, decimal(invoice["balance"]))
    lines = [{"invoice_id": invoice["id"], "amount": used}] if used > 0 else []
    return _made(box, client, amount, lines, {"transaction_reference": reference})


def _lines(box: Any, data: Record, client: Record) -> list[Record]:
    """Which invoices get how much. Raises a 422."""
    done = []
    for at, line in enumerate(data.get("invoices") or ()):
        invoice = box.store.get("invoices", str(line.get("invoice_id")))
        if invoice is None or invoice["client_id"] != client["id"]:
            raise invalid(**{f"invoices.{at}.invoice_id": f"The selected invoices.{at}.invoice_id is invalid."})
        amount = numeric(line.get("amount"), f"invoices.{at}.amount")
        owed = decimal(invoice["amount"] if invoice["status_id"] == "1" else invoice["balance"])
        if amount <= 0 or amount > owed:
            raise invalid(**{f"invoices.{at}.amount": "Amount is greater than the invoice balance."})
        done.append({"invoice_id": invoice["id"], "amount": amount})
    return done


def _made(box: Any, client: Record, amount: Decimal, lines: list[Record], data: Record) -> Record:
    made = box.make("payments", BLANK) | filled(BLANK, data, WRITABLE)
    made |= {"client_id": client["id"], "amount": amount, "date": made["date"] or box.today()}
    made["idempotency_key"] = str(data.get("idempotency_key") or f"{box.clock()}{made['id']}")
    made["number"] = made["number"] or box.number("payments")
    made["currency_id"] = str(clients.currency(box, client)["id"])
    made["paymentables"] = [owing.applied(box, line) for line in lines]
    used = sum((line["amount"] for line in lines), ZERO)
    clients.owe(box, client["id"], balance=-used, free=amount - used)
    saved = box.save("payments", made | {"applied": used})
    box.effect("payment.created", saved["id"], {**data, "amount": amount, "client_id": client["id"]})
    box.fire(4, "payments", saved["id"])
    box.activity(10, payment=saved["id"], client=client["id"])
    return saved


def update(box: Any, payment: Record, data: Record, call: Call | None = None) -> Record:
    """An amount in the input is passed over, as there."""
    unique(box, "payments", "number", str(data.get("number") or ""), payment["id"])
    saved = box.save("payments", payment | filled(BLANK, data, WRITABLE))
    box.effect("payment.updated", saved["id"], data)
    box.fire(31, "payments", saved["id"])
    box.activity(11, payment=saved["id"], client=saved["client_id"])
    return saved


def email(box: Any, payment: Record, call: Call | None) -> Record:
    box.effect("payment.emailed", payment["id"], {"number": payment["number"]})
    box.activity(138, payment=payment["id"], client=payment["client_id"])
    return payment


def _after(box: Any, action: str, payment: Record) -> Record:
    """Deleting a payment makes its invoices owed again. (Restoring doesn't undo that here.)"""
    if action != "delete":
        return payment
    used = sum((decimal(line["amount"]) for line in payment["paymentables"]), ZERO)
    amount = decimal(payment["amount"])
    clients.owe(box, payment["client_id"], balance=used, paid=-amount, free=used - amount)
    for line in payment["paymentables"]:
        owing.again(box, line)
    return payment | {"status_id": "2"}


STATES = {"1": "pending", "2": "cancelled", "3": "failed", "4": "completed", "5": "partially_refunded", "6": "refunded"}


def _status(box: Any, row: Record, value: str) -> bool:
    return bool({STATES[row["status_id"]], "all"} & set(value.split(",")))


PAYMENTS = register(
    Resource(
        "payments",
        "Payment",
        lambda box: BLANK,
        store,
        update,
        events={"archive": 32, "delete": 12, "restore": 40},
        marks={"archive": 12, "delete": 13, "restore": 27},
        filters={"number": same("number"), "client_status": _status, "filter": documents.found(COLUMNS)},
        actions={"email": email, "email_receipt": email},
        after=_after,
        lenient=True,
    )
)
