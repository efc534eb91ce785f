from datetime import UTC, datetime

import pytest

from connectors.ghl import CONNECTOR
from connectors.spec import Choice, Context
from tests.connectors.talk import answer, make_account, make_context, talk

CREATE = CONNECTOR.operations["ghl.businesses.create"]
BEGAN = datetime(2026, 11, 22, 12, tzinfo=UTC).timestamp()


def business(id, name="Farrow Sails", at="2026-11-22T12:00:05.000Z"):
    return {"id": id, "name": name, "createdAt": at}


def test_business_is_read_however_its_name_is_spelt():
    for key in ("buiseness", "business"):
        out, (request,) = talk(
            CREATE.perform({"name": "Farrow Sails", "city": ""}, make_context()),
            answer({"success": True, key: business("b1")}, 201),
        )

        assert out == {"business": business("b1")}
        assert request.json == {"locationId": "loc1", "name": "Farrow Sails"}


def test_business_is_found_by_its_name_unless_it_is_older_than_the_step():
    rows = [business("old", at="2026-03-01T09:00:00Z"), business("near", "Farrow"), business("ours")]
    context = Context(make_account(settings={"location_id": "loc1"}), since=BEGAN)

    found, (request,) = talk(CREATE.find({"name": "Farrow Sails"}, context), answer({"businesses": rows}))

    assert [hit["business"]["id"] for hit in found] == ["ours"]
    assert (request.path, request.query["locationId"]) == ("/businesses/", "loc1")


def test_business_of_unknown_age_is_shown_too():
    found, _ = talk(
        CREATE.find({"name": "Farrow Sails"}, make_context()), answer({"businesses": [business("b1", at=None)]})
    )

    assert [hit["business"]["id"] for hit in found] == ["b1"]


def test_choices_of_businesses_are_read_to_the_last_page():
    first = [business(f"b{n}") for n in range(100)]
    pages = [first, [*first[90:], business("last", "Zeal")]]

    chosen, asked = talk(
        CONNECTOR.choices["businesses"].load({}, make_context()), *(answer({"businesses": page}) for page in pages)
    )

    assert (len(chosen), chosen[-1]) == (101, Choice("last", "Zeal"))
    assert [request.query["skip"] for request in asked] == [0, 90]


def test_choices_of_workflows_tell_drafts():
    rows = [{"id": "w1", "name": "Welcome", "status": "draft"}, {"name": "nobody"}]

    chosen, (request,) = talk(CONNECTOR.choices["workflows"].load({}, make_context()), answer({"workflows": rows}))

    assert chosen == [Choice("w1", "Welcome", "draft")]
    assert (request.path, request.query) == ("/workflows/", {"locationId": "loc1"})


@pytest.mark.parametrize(("name", "input"), [("workflow", "workflowId"), ("campaign", "campaignId")])
def test_workflow_and_campaign_are_chosen_from_a_list_and_may_still_be_typed(name, input):
    operation = CONNECTOR.operations[f"ghl.contacts.add_to_{name}"]

    _, (request,) = talk(
        operation.perform({"contactId": "c1", input: "typed-before"}, make_context()), answer({"succeded": True})
    )

    assert operation.field(input).source == f"{name}s"
    assert request.path.endswith("/typed-before")


def test_deprecated_list_of_contacts_gives_the_marks_of_its_next_page():
    meta = {"total": 31, "startAfter": 1603870249758, "startAfterId": "c1", "nextPage": 2}

    out, _ = talk(
        CONNECTOR.operations["ghl.contacts.list_old"].perform({"limit": 1}, make_context()),
        answer({"contacts": [{"id": "c1"}], "meta": meta}),
    )

    assert out == {"contacts": [{"id": "c1"}], "total": 31, "startAfter": 1603870249758, "startAfterId": "c1"}
