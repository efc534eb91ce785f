"""Estimates: none can be read by its ID, so each is looked for in the list."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from connectors.errors import NotFound, Unclear
from connectors.ghl import CONNECTOR
from tests.connectors.talk import answer, make_context, talk

OPERATIONS = CONNECTOR.operations
BEGAN = datetime(2026, 11, 22, 12, tzinfo=UTC).timestamp()
CONTEXT = replace(make_context(), since=BEGAN)
NOW, BEFORE = "2026-11-22T12:00:05.000Z", "2026-11-22T11:00:00.000Z"
WHO = {"id": "c1", "name": "Mara", "email": "m@harbour.example", "phoneNo": "+491"}
ESTIMATE = {
    "_id": "e1", "name": "Website", "currency": "EUR", "contactDetails": WHO, "updatedAt": BEFORE, "title": "OFFER",
    "items": [{"_id": "l1", "name": "Old", "qty": 1, "amount": 10, "currency": "EUR", "type": "one_time"}],
    "discount": {"type": "fixed", "value": 5}, "frequencySettings": {"enabled": False, "schedule": {}},
    "businessDetails": {"name": "B"}, "total": 5,
}  # fmt: skip


def listed(*rows):
    return answer({"estimates": list(rows), "total": len(rows)})


def test_estimate_is_made_with_what_highlevel_demands():
    own = {"issueDate": "2026-11-22", "expiryDate": "2026-12-22", "title": "OFFER", "termsNotes": "x"}
    given = {"contactDetails": WHO, "name": "Website", "items": [{"name": "New", "amount": 10}], **own}
    sending = {"sendEstimateDetails": {"action": "email", "liveMode": True, "userId": "u1"}}

    _, (request,) = talk(
        OPERATIONS["ghl.estimates.create_new_estimate"].perform(
            {**given, **sending, "businessDetails": {"name": "B"}}, CONTEXT
        ),
        answer(ESTIMATE, 201),
    )

    assert request.json["frequencySettings"] == {"enabled": False, "schedule": {}}
    assert request.json["sendEstimateDetails"]["altId"] == "loc1"
    assert request.json["items"] == [{"name": "New", "qty": 1, "amount": 10, "currency": "EUR"}]
    assert request.json["sentTo"] == {"email": ["m@harbour.example"], "phoneNo": ["+491"]}


def test_update_sends_what_stays_without_what_highlevel_refuses():
    _, (_, put) = talk(
        OPERATIONS["ghl.estimates.update_estimate"].perform(
            {"estimateId": "e1", "estimateStatus": "accepted"}, CONTEXT
        ),
        listed(ESTIMATE),
        answer(ESTIMATE),
    )

    assert put.json["items"] == [{"name": "Old", "qty": 1, "amount": 10, "currency": "EUR"}]
    assert (put.json["estimateStatus"], put.json["discount"]) == ("accepted", {"type": "fixed", "value": 5})
    assert "total" not in put.json


def test_estimate_that_is_in_no_list_is_not_found():
    with pytest.raises(NotFound, match="no estimate with this ID"):
        talk(OPERATIONS["ghl.estimates.update_estimate"].perform({"estimateId": "e9"}, CONTEXT), listed(ESTIMATE))


def test_draft_was_not_sent_and_one_touched_since_was():
    find = OPERATIONS["ghl.estimates.send_estimate"].find
    touched = ESTIMATE | {"updatedAt": NOW}

    draft, _ = talk(find({"estimateId": "e1"}, CONTEXT), listed(ESTIMATE), listed())
    sent, _ = talk(find({"estimateId": "e1"}, CONTEXT), listed(), listed(touched), listed(touched))

    assert (draft, sent) == ([], [touched])


@pytest.mark.parametrize("lists", [(listed(), listed(ESTIMATE)), (listed(ESTIMATE), listed(ESTIMATE))])
def test_sent_before_or_in_lists_that_pass_over_the_status_is_put_to_a_person(lists):
    find = OPERATIONS["ghl.estimates.send_estimate"].find

    with pytest.raises(Unclear, match="HighLevel doesn't tell"):
        talk(find({"estimateId": "e1"}, CONTEXT), *lists, listed(ESTIMATE))


def test_invoice_of_an_estimate_is_found_by_its_name_and_contact():
    rows = [
        {"_id": at, "name": name, "contactDetails": {"id": who}, "createdAt": made}
        for at, name, who, made in (
            ("i1", "Website", "c1", NOW), ("i2", "Website", "c2", NOW), ("i3", "Other", "c1", NOW),
            ("i4", "Website", "c1", "2026-03-01T12:00:00.000Z"),
        )
    ]  # fmt: skip

    found, _ = talk(
        OPERATIONS["ghl.estimates.create_invoice_from_estimate"].find({"estimateId": "e1"}, CONTEXT),
        listed(ESTIMATE),
        answer({"invoices": rows, "total": 4}),
    )

    assert [(hit["estimate"]["_id"], hit["invoice"]["_id"]) for hit in found] == [("e1", "i1")]
