import pytest

from connectors.errors import Duplicate, NotFound, Unclear
from connectors.ghl.contacts import OPERATIONS
from tests.connectors.talk import answer, make_context, talk

DUPLICATE = {
    "statusCode": 400,
    "message": "This location does not allow duplicated contacts.",
    "meta": {"contactId": "c9", "matchingField": "email"},
}
VERSION = {"Version": "2021-07-28"}


def perform(name, inputs, *answers, **context):
    return talk(OPERATIONS[f"ghl.contacts.{name}"].perform(inputs, make_context(**context)), *answers)


def find(name, inputs, *answers, **context):
    return talk(OPERATIONS[f"ghl.contacts.{name}"].find(inputs, make_context(**context)), *answers)


def test_create_sends_location_and_filled_inputs():
    inputs = {
        "firstName": "Nadia",
        "email": "n@x.example",
        "lastName": "",
        "customFields": [{"id": "f1", "value": "7"}],
    }

    known = answer({"customFields": [{"id": "f1", "name": "Size", "dataType": "TEXT"}]})
    made, (_, request) = perform("create", inputs, known, answer({"contact": {"id": "c1"}}, 201))

    assert made == {"contact": {"id": "c1"}, "existing": False}
    assert (request.method, request.path, request.headers) == ("POST", "/contacts/", VERSION)
    assert request.json == {
        "locationId": "loc1",
        "firstName": "Nadia",
        "email": "n@x.example",
        "customFields": [{"id": "f1", "field_value": "7"}],
    }


def test_create_takes_the_contact_that_stands_in_the_way():
    made, asked = perform(
        "create", {"email": "n@x.example"}, answer(DUPLICATE, 400), answer({"contact": {"id": "c9", "firstName": "N"}})
    )

    assert made == {"contact": {"id": "c9", "firstName": "N"}, "existing": True}
    assert asked[1].path == "/contacts/c9"


def test_create_fails_on_a_duplicate_when_told_to():
    with pytest.raises(Duplicate) as caught:
        perform("create", {"email": "n@x.example", "if_exists": "fail"}, answer(DUPLICATE, 400))

    assert caught.value.record_id == "c9"


def test_find_compares_exactly():
    near, _ = find("create", {"email": "n@x.example"}, answer({"contact": {"id": "c1", "email": "nn@x.example"}}))
    exact, (request,) = find(
        "create", {"email": "N@x.example"}, answer({"contact": {"id": "c1", "email": "n@x.example"}})
    )

    assert near == []
    assert exact == [{"contact": {"id": "c1", "email": "n@x.example"}, "existing": True}]
    assert request.query == {"locationId": "loc1", "email": "N@x.example"}


def test_find_does_not_claim_that_a_contact_nobody_can_look_for_is_not_there():
    with pytest.raises(Unclear, match="neither e-mail nor phone"):
        find("create", {"firstName": "Ada"})


def test_find_shows_both_when_email_and_phone_are_of_two():
    found, asked = find(
        "create",
        {"email": "n@x.example", "phone": "+49 151 1"},
        answer({"contact": {"id": "c1", "email": "n@x.example"}}),
        answer({"contact": {"id": "c2", "phone": "+491511"}}),
    )

    assert [hit["contact"]["id"] for hit in found] == ["c1", "c2"]
    assert asked[1].query == {"locationId": "loc1", "number": "+49 151 1"}


def test_upsert_needs_something_to_match_by():
    wanting = [name for name, operation in OPERATIONS.items() if operation.one_of == ("email", "phone")]

    assert wanting == ["ghl.contacts.upsert", "ghl.contacts.find_duplicate"]


def test_upsert_tells_when_a_part_was_dropped():
    inputs = {"email": "n@x.example", "phone": "+49 151 22"}
    given = {"new": False, "contact": {"id": "c1", "email": "n@x.example", "phone": "+49999"}}

    out, (request,) = perform("upsert", inputs, answer(given))

    assert out == {"contact": given["contact"], "new": False, "differs": "phone"}
    assert "tags" not in request.json


def test_update_leaves_out_what_the_service_refuses():
    _, (request,) = perform(
        "update",
        {"contactId": "c1", "city": "Bonn", "companyName": "X", "tags": ["a"]},
        answer({"contact": {"id": "c1"}}),
    )

    assert (request.method, request.path, request.json) == ("PUT", "/contacts/c1", {"city": "Bonn"})


def test_tags_are_removed_with_a_body():
    out, (request,) = perform("remove_tags", {"contactId": "c1", "tags": "vip"}, answer({"tags": []}))

    assert (request.method, request.path, request.json) == ("DELETE", "/contacts/c1/tags", {"tags": ["vip"]})
    assert out == {"tags": []}


def test_search_filters_and_counts():
    out, (request,) = perform("search", {"tag": "vip", "limit": 5}, answer({"contacts": [{"id": "c1"}], "total": 31}))

    assert out == {"contacts": [{"id": "c1"}], "total": 31}
    assert request.effect is False
    assert request.json["filters"] == [{"field": "tags", "operator": "eq", "value": "vip"}]
    assert request.json["pageLimit"] == 5


@pytest.mark.parametrize("nobody", [answer({"contact": None}), answer({}), answer(None, 404)])
def test_looking_for_nobody_is_no_error(nobody):
    out, _ = perform("find_duplicate", {"email": "n@x.example"}, nobody)

    assert out == {"contact": {}, "found": False}


def test_note_bears_our_reference_and_is_found_by_it():
    _, (request,) = perform(
        "add_note", {"contactId": "c1", "body": "Hello"}, answer({"note": {"id": "n1"}}), marker="wf-abc"
    )
    notes = [
        {"id": "n1", "body": "Hello\n\nref wf-abc"},
        {"id": "n2", "body": "Hello\n\nref wf-abcd"},
        {"id": "n3", "body": "ref wf-abc\nand more"},
        {"id": "n4", "body": None},
    ]
    found, (look,) = find("add_note", {"contactId": "c1"}, answer({"notes": notes}), marker="wf-abc")

    assert request.json == {"body": "Hello\n\nref wf-abc"}
    assert look.path == "/contacts/c1/notes"
    assert found == [{"note": notes[0]}]


def test_task_is_open_and_bears_our_reference():
    inputs = {"contactId": "c1", "title": "Call", "dueDate": "2026-11-27T09:00:00Z"}

    _, (request,) = perform("add_task", inputs, answer({"task": {"id": "t1"}}, 201), marker="wf-abc")

    assert request.json == {
        "completed": False,
        "title": "Call",
        "dueDate": "2026-11-27T09:00:00Z",
        "body": "ref wf-abc",
    }


def test_task_is_reopened():
    _, (request,) = perform(
        "complete_task", {"contactId": "c1", "taskId": "t1", "completed": False}, answer({"task": {}})
    )

    assert (request.path, request.json) == ("/contacts/c1/tasks/t1/completed", {"completed": False})


@pytest.mark.parametrize(
    ("name", "method", "kind", "changed", "after"),
    [
        ("add_tags", "POST", "add", {"tagsAdded": ["vip"]}, ["lead", "vip"]),
        ("remove_tags", "DELETE", "remove", {"tagsRemoved": ["vip"]}, ["lead"]),
    ],
)
def test_tags_are_changed_alone_or_for_several_at_once(name, method, kind, changed, after):
    inputs = {"contactId": "c1", "tags": ["vip"]}
    line = {"contactId": "c1", "message": "Tags updated", "type": "success", "tagsAdded": [], "tagsRemoved": []}
    others = [
        line | {"contactId": "c2", "oldTags": []},
        line
        | {"oldTags": sorted({*after, *changed.get("tagsRemoved", [])} - {*changed.get("tagsAdded", [])}), **changed},
    ]

    alone, (request,) = perform(name, inputs, answer({"tags": after, **changed}))
    shared, _ = perform(name, inputs, answer({"succeded": True, "errorCount": 0, "responses": others}, 201))

    assert alone == shared == {"tags": after, **changed}
    assert (request.method, request.path, request.json) == (method, "/contacts/c1/tags", {"tags": ["vip"]})
    bulk = request.many
    assert (bulk.method, bulk.path, bulk.together) == ("POST", f"/contacts/bulk/tags/update/{kind}", "contacts")
    assert bulk.json == {"contacts": ["c1"], "tags": ["vip"], "locationId": "loc1"}


def test_contact_that_was_not_well_among_several_hears_why_alone():
    line = {"contactId": "c1", "message": "contact is deleted", "type": "error"}
    gone = answer({"message": "Contact not found", "statusCode": 404}, 404)

    for among in ([line], []):
        with pytest.raises(NotFound):
            perform("add_tags", {"contactId": "c1", "tags": ["vip"]}, answer({"responses": among}, 201), gone)
