"""Changes of state by bulk actions: looked at first, believed only when the record shows them."""

from decimal import Decimal

import pytest

from connectors.catalogue import CONNECTORS
from connectors.errors import Refused
from connectors.spec import Retry
from tests.connectors.talk import answer, make_context, talk

NINJA = CONNECTORS["invoice_ninja"]


def perform(key, inputs, *answers, **context):
    return talk(NINJA.operations[f"invoice_ninja.{key}"].perform(inputs, make_context(**context)), *answers)


def find(key, inputs, *answers):
    return talk(NINJA.operations[f"invoice_ninja.{key}"].find(inputs, make_context(marker="wf-x")), *answers)


def data(record):
    return answer({"data": record})


def several(*records):
    return answer({"data": list(records)})


CHANGES = [
    ("invoices.cancel", "invoice", {"status_id": "2"}, {"status_id": "5"}, "cancel", {}),
    ("invoices.set_payment_link", "invoice", {}, {"subscription_id": "s1"}, "set_payment_link",
     {"subscription_id": "s1"}),
    ("credits.mark_paid", "credit", {"status_id": "2"}, {"status_id": "4"}, "mark_paid", {}),
    ("purchase_orders.expense", "purchase_order", {"status_id": "2"}, {"expense_id": "e1"}, "expense", {}),
    ("purchase_orders.receive", "purchase_order", {"status_id": "2"}, {"status_id": "4"}, "add_to_inventory", {}),
    ("payments.archive", "payment", {}, {"archived_at": 5}, "archive", {}),
    ("payments.restore", "payment", {"archived_at": 5}, {"archived_at": 0}, "restore", {}),
    ("products.set_tax_category", "product", {"tax_id": "1"}, {"tax_id": "5"}, "set_tax_id", {"tax_id": "5"}),
    ("clients.assign_group", "client", {}, {"group_settings_id": "g1"}, "assign_group", {"group_settings_id": "g1"}),
    ("expenses.categorize", "expense", {}, {"category_id": "c1"}, "bulk_categorize", {"category_id": "c1"}),
    ("recurring_invoices.send_now", "recurring_invoice", {"status_id": "1"}, {"last_sent_date": "2026-11-22"},
     "send_now", {}),
    ("recurring_expenses.start", "recurring_expense", {"status_id": "1"}, {"status_id": "2"}, "start", {}),
    ("recurring_expenses.stop", "recurring_expense", {"status_id": "2"}, {"status_id": "3"}, "stop", {}),
    ("bank_transactions.convert_matched", "bank_transaction", {"status_id": "2"}, {"status_id": "3"},
     "convert_matched", {}),
    ("bank_transactions.unlink", "bank_transaction", {"status_id": "3"}, {"status_id": "1"}, "unlink", {}),
]  # fmt: skip


@pytest.mark.parametrize(("key", "name", "before", "after", "action", "more"), CHANGES)
def test_change_is_one_bulk_action_on_one_record(key, name, before, after, action, more):
    record = {"id": "x1", "is_deleted": False, "archived_at": 0, **before}
    done = record | after

    given, (_read, sent) = perform(key, {f"{name}_id": "x1", **more}, data(record), several(done))

    assert given == {name: done}
    assert sent.json == {"action": action, "ids": ["x1"], **more}


@pytest.mark.parametrize(("key", "name", "before", "after", "action", "more"), CHANGES)
def test_change_that_is_made_already_asks_for_nothing(key, name, before, after, action, more):
    record = {"id": "x1", "is_deleted": False, "archived_at": 0, **before, **after}

    given, asked = perform(key, {f"{name}_id": "x1", **more}, data(record))

    assert (given, [one.method for one in asked]) == ({name: record}, ["GET"])


@pytest.mark.parametrize(("key", "name", "before", "after", "action", "more"), CHANGES)
def test_change_that_a_200_passed_over_is_a_refusal(key, name, before, after, action, more):
    record = {"id": "x1", "is_deleted": False, "archived_at": 0, **before}

    with pytest.raises(Refused, match="took the call but left"):
        perform(key, {f"{name}_id": "x1", **more}, data(record), several(record))


@pytest.mark.parametrize(
    ("key", "name", "state", "why"),
    [
        ("invoices.cancel", "invoice", {"status_id": "4"}, "it is paid"),
        ("invoices.cancel", "invoice", {"status_id": "1"}, "it is a draft"),
        ("invoices.auto_bill", "invoice", {"status_id": "5"}, "it is cancelled"),
        ("purchase_orders.receive", "purchase_order", {"status_id": "5"}, "it is cancelled"),
        ("recurring_invoices.send_now", "recurring_invoice", {"status_id": "2"}, "only a draft can be"),
        ("payments.email", "payment", {"is_deleted": True}, "it is deleted"),
    ],
)
def test_what_can_t_be_done_is_refused_before_it_is_asked(key, name, state, why):
    with pytest.raises(Refused, match=why):
        perform(key, {f"{name}_id": "x1"}, data({"id": "x1", **state}))


def test_quote_becomes_a_project_once():
    quote = {"id": "q1", "project_id": "p1", "is_deleted": False}

    found, _ = find("quotes.convert_to_project", {"quote_id": "q1"}, data(quote), data({"id": "p1"}))
    none, _ = find("quotes.convert_to_project", {"quote_id": "q1"}, data({"id": "q1", "project_id": ""}))

    assert (found, none) == ([{"quote": quote, "project": {"id": "p1"}}], [])


def test_prices_that_did_not_rise_are_a_refusal():
    record = {"id": "r1", "line_items": [{"cost": Decimal("149")}]}

    with pytest.raises(Refused, match="left them as they were"):
        perform(
            "recurring_invoices.increase_prices",
            {"recurring_invoice_id": "r1", "percentage_increase": Decimal(5)},
            data(record),
            several(record),
        )


def test_prices_rise_by_a_call_that_is_never_repeated():
    record = {"id": "r1", "line_items": [{"cost": Decimal("100")}]}
    dearer = {"id": "r1", "line_items": [{"cost": Decimal("105")}]}

    given, (_read, sent) = perform(
        "recurring_invoices.increase_prices",
        {"recurring_invoice_id": "r1", "percentage_increase": Decimal(5)},
        data(record),
        several(dearer),
    )

    assert given == {"recurring_invoice": dearer}
    assert sent.json == {"action": "increase_prices", "ids": ["r1"], "percentage_increase": Decimal(5)}
    assert NINJA.operations["invoice_ninja.recurring_invoices.increase_prices"].retry is Retry.ONCE


def test_purchase_order_without_an_address_is_not_mailed():
    order = {"id": "o1", "vendor": {"contacts": [{"email": ""}]}}

    with pytest.raises(Refused, match="no contact of the vendor"):
        perform("purchase_orders.email", {"purchase_order_id": "o1"}, data(order))


def test_payment_link_that_the_document_does_not_bear_was_not_assigned():
    inputs = {"subscription_id": "s1", "entity": "invoice", "entity_id": "i1"}

    with pytest.raises(Refused, match="left the document as it was"):
        perform("subscriptions.assign", inputs, data({"id": "s1"}), several({"id": "s1"}), data({"id": "i1"}))


def test_board_is_sorted_by_its_columns():
    columns = [{"status_id": "a", "task_ids": "t1, t2"}, {"status_id": "b", "task_ids": []}]

    _, (sent,) = perform("tasks.sort", {"columns": columns}, answer({}))

    assert sent.json == {"status_ids": ["a", "b"], "task_ids": [["t1", "t2"], []]}


def test_payment_s_amount_is_not_offered_for_change():
    offered = {field.name for field in NINJA.operations["invoice_ninja.payments.update"].fields}

    assert "amount" not in offered
    assert "date" in offered
