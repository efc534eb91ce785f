import pytest

from connectors.errors import Refused
from connectors.ghl import CONNECTOR
from tests.connectors.talk import answer, make_context, talk

GONE = {"contactId": "c2", "message": "contact is deleted", "type": "error"}


def perform(name, inputs, *answers):
    return talk(CONNECTOR.operations[f"ghl.contacts.{name}"].perform(inputs, make_context()), *answers)


def fine(contact):
    return {"contactId": contact, "message": "Tags updated", "type": "success", "oldTags": [], "tagsAdded": ["vip"]}


def told(*lines):
    """HighLevel says that it succeeded even when nobody was changed."""
    wrong = sum(line["type"] == "error" for line in lines)
    return answer({"succeded": True, "errorCount": wrong, "responses": list(lines)}, 201)


def tags(*contacts, **more):
    return {"type": "add", "contacts": list(contacts), "tags": ["vip"], **more}


def test_tags_of_several_contacts_go_in_one_call():
    out, (request,) = perform("change_tags", tags("c1", "c3", "c1"), told(fine("c1"), fine("c3")))

    assert out == {"changed": ["c1", "c3"], "failed": [], "count": 2}
    assert (request.method, request.path) == ("POST", "/contacts/bulk/tags/update/add")
    assert request.json == {"contacts": ["c1", "c3"], "locationId": "loc1", "tags": ["vip"]}


def test_contact_that_failed_stops_the_step_and_is_named():
    with pytest.raises(Refused) as caught:
        perform("change_tags", tags("c1", "c2"), told(fine("c1"), GONE))

    assert caught.value.message == "HighLevel changed 1 of 2 contacts. Not changed: c2: contact is deleted."
    assert caught.value.field == "contacts"


def test_contact_that_failed_is_told_apart_where_the_recipe_goes_on():
    out, _ = perform("change_tags", tags("c1", "c2", if_some_fail="go_on"), told(fine("c1"), GONE))

    assert out == {"changed": ["c1"], "failed": [{"contactId": "c2", "message": "contact is deleted"}], "count": 1}


@pytest.mark.parametrize("silent", [told(fine("c1")), told({"contactId": "c2", "type": ""}, fine("c1"))])
def test_contact_that_nothing_is_said_of_was_not_changed(silent):
    out, _ = perform("change_tags", tags("c1", "c2", if_some_fail="go_on"), silent)

    assert out["changed"] == ["c1"]
    assert [one["contactId"] for one in out["failed"]] == ["c2"]


def test_texts_in_place_of_lines_are_no_success():
    """As the document has them."""
    with pytest.raises(Refused, match="changed 0 of 1"):
        perform("change_tags", tags("c1"), answer({"succeded": True, "errorCount": 0, "responses": ["c1"]}, 201))


def test_many_contacts_go_in_several_calls_and_a_long_list_of_failures_is_cut():
    everyone = [f"c{n}" for n in range(230)]
    answers = [told(*map(fine, everyone[at : at + 100])) for at in (0, 100)]

    with pytest.raises(Refused) as caught:
        perform("change_tags", tags(*everyone), *answers, told())

    assert caught.value.message.startswith("HighLevel changed 200 of 230 contacts. Not changed: c200: ")
    assert caught.value.message.endswith("; and 25 more.")


def test_contacts_are_put_into_a_business_and_taken_out():
    inputs = {"contacts": ["c1"], "businessId": "b1"}

    out, (put,) = perform("set_business", inputs, answer({"success": True, "ids": ["c1"]}))
    _, (taken,) = perform("leave_business", inputs, answer({"success": True, "ids": ["c1"]}))

    assert out == {"changed": ["c1"], "failed": [], "count": 1}
    assert put.json == {"ids": ["c1"], "locationId": "loc1", "businessId": "b1"}
    assert taken.json == {"ids": ["c1"], "locationId": "loc1", "businessId": None}


@pytest.mark.parametrize("said", [{"success": True, "ids": ["c1"]}, {"success": False, "ids": ["c1", "c2"]}])
def test_contact_left_out_of_the_answer_is_not_in_the_business(said):
    with pytest.raises(Refused, match="c2: HighLevel did not say that it was changed"):
        perform("set_business", {"contacts": ["c1", "c2"], "businessId": "b1"}, answer(said))
