"""What both services are written to all day, when the answer gets lost: done once, or a person is asked."""

from collections.abc import Callable
from typing import Any

import pytest

from builder.models import Connection, Run, RunStatus
from tests.runner.conftest import Sandbox, until_over, work
from tests.runner.make import action, make_ghl, make_hooked, make_ninja, only_run, send

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]
ROWS = [{"product_key": "Sail", "quantity": "2", "cost": "12.50"}]
Given = dict[str, Any]
Case = tuple[str, str, str, Callable[[Sandbox], Given]]
"""(method, path, effect, inputs)"""


@pytest.fixture(autouse=True)
def _at_once(ghl: Sandbox, ninja: Sandbox) -> None:
    ghl.set(rate_max=0, search_lag=0, allow_duplicate_opportunities=True)
    ninja.set(guard=0)


def one(box: Sandbox, table: str, **wanted: Any) -> str:
    rows = (row for row in box.records(table) if all(row.get(k) == v for k, v in wanted.items()))
    return str(next(rows)["id"])


def for_client(**more: Any) -> Callable[[Sandbox], Given]:
    return lambda ninja: {"client_id": one(ninja, "clients"), **more}


def of_contact(**more: Any) -> Callable[[Sandbox], Given]:
    return lambda ghl: {"contactId": one(ghl, "contacts"), **more}


def sent(ninja: Sandbox) -> Given:
    return {"invoice_id": one(ninja, "invoices", status_id="2")}


NINJA: dict[str, Case] = {
    "quotes.create": ("POST", "/api/v1/quotes", "quote.created", for_client(items=ROWS)),
    "credits.create": ("POST", "/api/v1/credits", "credit.created", for_client(items=ROWS)),
    "recurring_invoices.create": (
        "POST", "/api/v1/recurring_invoices", "recurring_invoice.created", for_client(items=ROWS, frequency_id="5")
    ),
    "expenses.create": ("POST", "/api/v1/expenses", "expense.created", lambda _: {"amount": "12.50"}),
    "tasks.create": ("POST", "/api/v1/tasks", "task.created", lambda _: {"description": "Sew"}),
    "projects.create": ("POST", "/api/v1/projects", "project.created", for_client(name="Sails")),
    "vendors.create": ("POST", "/api/v1/vendors", "vendor.created", lambda _: {"name": "Sailmaker"}),
    "payments.refund": (
        "POST", "/api/v1/payments/refund", "payment.refunded",
        lambda n: {"payment_id": one(n, "payments", status_id="4"), "date": "2026-11-29", "amount": "1"},
    ),
    "invoices.mark_paid": ("POST", "/api/v1/invoices/bulk", "payment.created", sent),
    "invoices.mark_sent": (
        "POST", "/api/v1/invoices/bulk", "invoice.sent", lambda n: {"invoice_id": one(n, "invoices", status_id="1")}
    ),
    "invoices.email": ("POST", "/api/v1/invoices/bulk", "invoice.emailed", sent),
    "quotes.email": (
        "POST", "/api/v1/quotes/bulk", "quote.emailed", lambda n: {"quote_id": one(n, "quotes")}
    ),
    "credits.email": ("POST", "/api/v1/credits/bulk", "credit.emailed", lambda n: {"credit_id": one(n, "credits")}),
    "purchase_orders.email": (
        "POST", "/api/v1/purchase_orders/bulk", "purchase_order.emailed",
        lambda n: {"purchase_order_id": one(n, "purchase_orders")},
    ),
    "payments.email": (
        "POST", "/api/v1/payments/bulk", "payment.emailed", lambda n: {"payment_id": one(n, "payments")}
    ),
    "emails.send": (
        "POST", "/api/v1/emails", "quote.emailed",
        lambda n: {"entity": "quote", "entity_id": one(n, "quotes"), "template": "email_template_quote"},
    ),
    "statements.email": (
        "POST", "/api/v1/client_statement", "statement.mailed",
        for_client(start_date="2026-01-01", end_date="2026-06-30"),
    ),
    "invoices.archive": ("POST", "/api/v1/invoices/bulk", "invoice.archive", sent),
}  # fmt: skip
GHL: dict[str, Case] = {
    "contacts.add_note": ("POST", "/contacts/*/notes", "note.created", of_contact(body="Called")),
    "contacts.add_task": (
        "POST", "/contacts/*/tasks", "task.created", of_contact(title="Call", dueDate="2026-12-01T09:00:00Z")
    ),
    "contacts.add_tags": ("POST", "/contacts/*/tags", "contact.tagged", of_contact(tags=["sailor"])),
    "contacts.upsert": (
        "POST", "/contacts/upsert", "contact.created", lambda _: {"email": "ida@sails.example", "firstName": "Ida"}
    ),
    "opportunities.create": (
        "POST", "/opportunities/", "opportunity.created",
        lambda ghl: {**of_contact(name="Sails")(ghl), "pipelineId": one(ghl, "pipelines")},
    ),
    "products_store.create_product_collection": (
        "POST", "/products/collections", "collection.created", lambda _: {"name": "Sails", "slug": "sails"}
    ),
    "opportunities.set_status": (
        "PUT", "/opportunities/*/status", "opportunity.status",
        lambda ghl: {"id": one(ghl, "opportunities", status="open"), "status": "won"},
    ),
}  # fmt: skip
MAILS = tuple(name for name in NINJA if name.endswith((".email", "emails.send")))
MAILED = {"before": (RunStatus.HELD, 0), "after": (RunStatus.DONE, 1)}
SET = ("opportunities.set_status",)
"""What is set to the same value twice is set once."""
CASES = [*(("invoice_ninja", name) for name in NINJA), *(("ghl", name) for name in GHL)]


def lost(box: Sandbox, at: Connection, name: str, case: Case, when: str) -> Run:
    method, path, _, inputs = case
    step = action("sonest", f"{at.connector}.{name}", at, **inputs(box))
    recipe = make_hooked(step, workspace=at.workspace)
    box.fail({"method": method, "path": path, "status": 502, "when": when})
    send(recipe, {})
    work()
    return until_over(only_run(recipe))


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("service", "name"), CASES)
def test_lost_answer_leaves_one_effect_or_a_run_on_hold(
    ghl: Sandbox, ninja: Sandbox, service: str, name: str, when: str
) -> None:
    box, at, cases = (ghl, make_ghl(ghl), GHL) if service == "ghl" else (ninja, make_ninja(ninja.url), NINJA)

    run = lost(box, at, name, cases[name], when)

    found = [effect["id"] for effect in box.effects(cases[name][2])]
    happened = len(set(found) if name in SET else found)
    assert (run.status, happened) in ((RunStatus.DONE, 1), (RunStatus.HELD, int(when == "after")))
    assert name not in MAILS or (run.status, happened) == MAILED[when]
    assert "Invoice Ninja shows no e-mail" in run.because or run.status == RunStatus.DONE
