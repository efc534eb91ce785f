"""Recurring invoices: nothing goes out that nobody asked for."""

import pytest

from connectors.catalogue import CONNECTORS
from connectors.errors import Refused, Unavailable
from tests.connectors.talk import answer, make_context, talk

NINJA = CONNECTORS["invoice_ninja"]
RECORD = {"id": "r1", "status_id": "2", "next_send_date": "2099-01-01", "exchange_rate": 1, "is_deleted": False}


def perform(name, inputs, *answers):
    operation = NINJA.operations[f"invoice_ninja.recurring_invoices.{name}"]
    return talk(operation.perform(inputs, make_context()), *answers)


def data(**changes):
    return answer({"data": RECORD | changes})


def test_update_leaves_the_next_date_as_it_is():
    _, (*_reads, request) = perform(
        "update", {"recurring_invoice_id": "r1", "po_number": "PO-1"}, data(), data(), data(po_number="PO-1")
    )

    assert request.json == {"next_send_date": "2099-01-01", "exchange_rate": 1, "po_number": "PO-1"}


def test_one_that_is_due_is_changed_later():
    with pytest.raises(Unavailable, match="its invoice may be made at any moment"):
        perform("update", {"recurring_invoice_id": "r1", "po_number": "PO-1"}, data(next_send_date="2026-01-01"))


def test_one_that_runs_is_not_started_again():
    for status in ("2", "-1"):
        given, asked = perform("start", {"recurring_invoice_id": "r1"}, data(status_id=status))

        assert (given["recurring_invoice"]["status_id"], len(asked)) == (status, 1)


def test_one_that_has_made_all_its_invoices_is_not_started():
    with pytest.raises(Refused, match="it has made all its invoices"):
        perform("start", {"recurring_invoice_id": "r1"}, data(status_id="4"))


def test_refusal_that_hides_in_a_200_is_found_out():
    with pytest.raises(Refused, match="left the recurring invoice as it was"):
        perform("stop", {"recurring_invoice_id": "r1"}, data(), answer({"data": [RECORD]}))
