"""Schedules and templates of invoices: what is filled in, what stays, and what is found after a lost answer."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from connectors.ghl import CONNECTOR
from tests.connectors.talk import answer, make_context, talk

OPERATIONS = CONNECTOR.operations
MARKER = "wf-ABCDEFGHIJKLMNOPQRST"
CONTEXT = replace(make_context(MARKER), since=datetime(2026, 11, 22, 12, tzinfo=UTC).timestamp())
WHO = {"id": "c1", "name": "Mara", "email": "m@harbour.example", "phoneNo": "+491"}
ROWS = [{"name": "Care", "amount": 149}]
PRICED = [{"name": "Care", "amount": 149, "qty": 1, "currency": "EUR"}]
SETTINGS = answer({"businessDetails": {"name": "B"}, "title": "INVOICE", "dueAfterXDays": 14})
MONTHLY = {"intervalType": "monthly", "interval": 1, "startDate": "2026-12-01"}


def test_schedule_is_made_without_days_of_its_own():
    given = {"contactDetails": WHO, "name": "Care plan", "items": ROWS, "schedule": {"rrule": MONTHLY}}

    _, asked = talk(
        OPERATIONS["ghl.invoice_schedules.create_invoice_schedule"].perform(given, CONTEXT), SETTINGS, answer({})
    )

    assert asked[-1].json == {
        "altId": "loc1", "altType": "location", "name": f"Care plan (ref {MARKER})", "items": PRICED,
        "contactDetails": WHO, "schedule": {"rrule": MONTHLY}, "liveMode": True, "currency": "EUR",
        "businessDetails": {"name": "B"}, "title": "INVOICE", "discount": {"type": "percentage", "value": 0},
    }  # fmt: skip


def test_schedule_keeps_what_is_not_named():
    there = {"_id": "s1", "status": "active", "name": "Care plan", "contactDetails": WHO, "items": PRICED}
    there |= {"schedule": {"rrule": MONTHLY}, "currency": "EUR", "liveMode": True, "total": 149}

    _, (_, put) = talk(
        OPERATIONS["ghl.invoice_schedules.update_invoice_schedule"].perform(
            {"scheduleId": "s1", "items": [{"name": "Care", "amount": 159}]}, CONTEXT
        ),
        answer(there),
        answer(there),
    )  # fmt: skip

    assert put.json["items"] == [{"name": "Care", "amount": 159, "qty": 1, "currency": "EUR"}]
    assert (put.json["schedule"], put.json["contactDetails"]) == ({"rrule": MONTHLY}, WHO)
    assert put.json.keys().isdisjoint(("status", "total", "_id"))


def test_automatic_payment_names_the_schedule_twice():
    given = {"scheduleId": "s1", "autoPayment": {"enable": True}}

    _, (request,) = talk(
        OPERATIONS["ghl.invoice_schedules.auto_payment_invoice_schedule"].perform(given, CONTEXT), answer({})
    )

    assert (request.path, request.json["id"]) == ("/invoices/schedule/s1/auto-payment", "s1")


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("invoice_schedules.create_invoice_schedule", "schedules"),
        ("invoice_templates.create_invoice_template", "data"),
        ("invoice_templates.create_estimate_template", "data"),
    ],
)
def test_made_one_is_found_by_its_reference(key, name):
    ours = {"_id": "x1", "name": f"Care (ref {MARKER})"}

    found, _ = talk(
        OPERATIONS[f"ghl.{key}"].find({"name": "Care"}, CONTEXT), answer({name: [{"name": "Care"}, ours], "total": 2})
    )

    assert found == [ours]


def test_template_needs_nobody_who_pays():
    _, asked = talk(
        OPERATIONS["ghl.invoice_templates.create_invoice_template"].perform({"name": "Care", "items": ROWS}, CONTEXT),
        SETTINGS,
        answer({}),
    )

    assert asked[-1].json.keys() == {
        "altId", "altType", "name", "items", "currency", "businessDetails", "title",
    }  # fmt: skip


def test_template_of_estimates_is_read_by_its_preview():
    there = {"_id": "t1", "name": "Care", "items": PRICED, "currency": "EUR", "businessDetails": {"name": "B"}}

    _, (look, put) = talk(
        OPERATIONS["ghl.invoice_templates.update_estimate_template"].perform(
            {"templateId": "t1", "title": "OFFER"}, CONTEXT
        ),
        answer(there),
        answer(there),
    )

    assert (look.path, look.query["templateId"]) == ("/invoices/estimate/template/preview", "t1")
    assert (put.path, put.json["title"], put.json["items"]) == ("/invoices/estimate/template/t1", "OFFER", PRICED)
