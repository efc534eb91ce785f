"""Expenses, vendors, projects and tasks: what their declarations add to the plain notation."""

import pytest

from connectors.catalogue import CONNECTORS
from connectors.errors import Unclear
from tests.connectors.talk import answer, make_context, talk

NINJA = CONNECTORS["invoice_ninja"]
MARKER = "wf-ABCDEFGHIJKLMNOPQRST"


def perform(key, inputs, *answers, **context):
    return talk(NINJA.operations[f"invoice_ninja.{key}"].perform(inputs, make_context(**context)), *answers)


def find(key, inputs, *answers):
    return talk(NINJA.operations[f"invoice_ninja.{key}"].find(inputs, make_context(marker=MARKER)), *answers)


def test_expense_bears_our_reference():
    made, (request,) = perform(
        "expenses.create", {"amount": "12.50", "date": "2026-11-20"}, answer({"data": {"id": "e1"}}), marker=MARKER
    )

    assert made == {"expense": {"id": "e1"}}
    assert (request.method, request.path) == ("POST", "/api/v1/expenses")
    assert {name: str(value) for name, value in request.json.items()} == {
        "amount": "12.50", "date": "2026-11-20", "custom_value4": MARKER,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("key", "there", "inputs", "sent"),
    [
        ("expenses", {"currency_id": "3"}, {"public_notes": "Paper"}, {"currency_id": "3", "public_notes": "Paper"}),
        (
            "tasks",
            {"time_log": "[[1,2]]", "number": "0007"},
            {"description": "Sew"},
            {"time_log": "[[1,2]]", "number": "0007", "description": "Sew"},
        ),
    ],
)
def test_update_sends_again_what_would_be_lost(key, there, inputs, sent):
    name = key.removesuffix("s")
    record = {"id": "x1", "is_deleted": False, **there}

    _, (_read, request) = perform(
        f"{key}.update", {f"{name}_id": "x1", **inputs}, answer({"data": record}), answer({"data": record | inputs})
    )

    assert (request.method, request.path, request.json) == ("PUT", f"/api/v1/{key}/x1", sent)


def test_what_an_update_would_pass_over_is_not_offered():
    def offered(key):
        return {field.name for field in NINJA.operations[f"invoice_ninja.{key}"].fields}

    assert "client_id" in offered("projects.create") - offered("projects.update")
    assert "contacts" in offered("vendors.create") - offered("vendors.update")


def test_task_without_room_for_our_reference_is_not_taken_for_missing():
    with pytest.raises(Unclear, match="no reference of ours"):
        find("tasks.create", {"description": "Sew", "custom_value4": "mine"})


def test_task_that_was_made_is_found_by_our_reference():
    rows = {"data": [{"id": "t1", "custom_value4": MARKER}, {"id": "t2", "custom_value4": ""}]}

    found, _ = find("tasks.create", {"description": "Sew"}, answer(rows))

    assert found == [{"task": rows["data"][0]}]


def test_timer_that_runs_is_left_running():
    running = {"id": "t1", "is_running": False, "time_log": "[[100,200],[300,0]]", "is_deleted": False}

    given, asked = perform("tasks.start", {"task_id": "t1"}, answer({"data": running}))

    assert (given, [request.method for request in asked]) == ({"task": running}, ["GET"])


def test_timer_that_rests_is_left_resting():
    for log in ("[]", "[[100,200]]", [[100, 200]]):
        resting = {"id": "t1", "is_running": False, "time_log": log, "is_deleted": False}

        _, asked = perform("tasks.stop", {"task_id": "t1"}, answer({"data": resting}))

        assert [request.method for request in asked] == ["GET"]


def test_vendors_are_chosen_by_name():
    rows = {"data": [{"id": "v2", "name": "Zeta", "number": "2"}, {"id": "v1", "name": "alpha", "number": "1"}]}

    found, _ = talk(NINJA.choices["vendors"].load({}, make_context()), answer(rows))

    assert [(one.value, one.label, one.hint) for one in found] == [("v1", "alpha", "1"), ("v2", "Zeta", "2")]
