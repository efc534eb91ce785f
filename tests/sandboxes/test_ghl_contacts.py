"""Contacts of the HighLevel sandbox: duplicates, upsert, tags, custom fields, notes and tasks."""

import pytest

from tests.sandboxes import bench
from tests.sandboxes.bench import PLACE

OTTILIE = "ottilie@harbourpine.example"


def make(crm, **fields):
    return crm.post("/contacts/", {**PLACE, **fields})["contact"]


def message(answer):
    return answer.status_code, answer.json()["message"]


def test_contact_is_read_back_with_its_names_in_small_letters(crm):
    made = make(crm, firstName="Odile", lastName="Farrow", email="Odile@Farrow.example", phone="(202) 555-0190")

    read = crm.get(f"/contacts/{made['id']}")["contact"]

    assert (read["name"], read["firstNameLowerCase"], read["emailLowerCase"]) == (
        "Odile Farrow",
        "odile",
        "odile@farrow.example",
    )
    assert read["phone"] == "+12025550190"
    assert crm.effects() == ["contact.created"]


@pytest.mark.parametrize(("field", "value"), [("email", OTTILIE.upper()), ("phone", "202-555-0101")])
def test_contact_that_is_there_is_refused_and_named(crm, field, value):
    answer = crm.call("POST", "/contacts/", {**PLACE, field: value})

    assert message(answer) == (400, "This location does not allow duplicated contacts.")
    assert answer.json()["meta"] == {
        "contactId": crm.app.store.rows("contacts")[0]["id"],
        "contactName": "Ottilie Brandvold",
        "matchingField": field,
    }
    assert crm.effects() == []


def test_contact_may_be_doubled_where_the_location_allows_it(crm):
    crm.post("/_sandbox/settings", {"allow_duplicates": True})

    make(crm, email=OTTILIE)

    assert len(crm.app.store.rows("contacts")) == 26
    assert crm.get(f"/locations/{PLACE['locationId']}")["location"]["settings"]["allowDuplicateContact"] is True


def test_custom_field_takes_what_its_kind_takes_and_nothing_else(crm):
    listed = crm.get(f"/locations/{PLACE['locationId']}/customFields?model=contact")["customFields"]
    kinds = {one["name"]: one for one in listed}
    sent = [{"id": kinds["Interests"]["id"], "field_value": ["Print"]}, {"key": "employees", "field_value": 12}]

    made = make(crm, email="a@b.example", customFields=sent)
    wrong = [{"id": kinds["Interests"]["id"], "field_value": "Print"}, {"key": "employees", "field_value": "a dozen"}]
    first, second = (
        crm.call("PUT", f"/contacts/{made['id']}", {"customFields": [one]}).json()["message"] for one in wrong
    )

    assert kinds["Interests"]["picklistOptions"] == ["Web design", "Care plan", "Photos, film", "Print"]
    assert [one["value"] for one in made["customFields"]] == [["Print"], 12]
    assert first == ["customFields.0.field_value must be an array"]
    assert second == ["customFields.0.field_value must be a number"]


def test_unknown_keys_and_wrong_types_are_all_named(crm):
    answer = crm.call("POST", "/contacts/", {**PLACE, "shoeSize": 40, "dnd": "no", "tags": "lead", "lastName": None})

    assert message(answer) == (
        422,
        ["property shoeSize should not exist", "dnd must be a boolean value", "tags must be an array"],
    )


def test_upsert_changes_the_contact_that_is_there_and_replaces_its_tags(crm):
    done = crm.post("/contacts/upsert", {**PLACE, "email": OTTILIE, "city": "Salem", "tags": ["VIP"]})

    assert done["new"] is False
    assert (done["contact"]["city"], done["contact"]["tags"]) == ("Salem", ["vip"])
    assert done["contact"]["companyName"] == "Harbour & Pine Joinery"


def test_upsert_with_mail_and_phone_of_two_contacts_passes_over_the_phone(crm):
    desmond = crm.app.store.rows("contacts")[1]["phone"]

    done = crm.post("/contacts/upsert", {**PLACE, "email": OTTILIE, "phone": desmond})

    assert done["contact"]["phone"] == "+12025550101"


def test_upsert_makes_a_new_one_each_time_when_told_to_and_allowed(crm):
    crm.post("/_sandbox/settings", {"allow_duplicates": True})
    body = {**PLACE, "email": OTTILIE, "createNewIfDuplicateAllowed": True}

    assert [crm.post("/contacts/upsert", body)["new"] for _ in range(2)] == [True, True]


def test_update_keeps_what_is_left_out_and_refuses_the_company(crm):
    made = make(crm, email="a@b.example", companyName="Old Firm")

    done = crm.put(f"/contacts/{made['id']}", {"city": "Lyme"})["contact"]

    assert (done["companyName"], done["city"]) == ("Old Firm", "Lyme")
    answer = crm.call("PUT", f"/contacts/{made['id']}", {"companyName": "New Firm"})
    assert message(answer) == (422, ["property companyName should not exist"])


def test_duplicate_search_finds_by_mail_or_number_at_once(crm):
    make(crm, email="fresh@x.example")

    found = crm.get("/contacts/search/duplicate", params={**PLACE, "email": "fresh@x.example"})
    number = crm.get("/contacts/search/duplicate", params={**PLACE, "number": "+12025550101"})
    nobody = crm.get("/contacts/search/duplicate", params={**PLACE, "email": "no@x.example"})

    assert found["contact"]["email"] == "fresh@x.example"
    assert number["contact"]["email"] == OTTILIE
    assert nobody["contact"] is None


def test_tags_are_a_set_in_small_letters_and_new_ones_become_known(crm):
    one = f"/contacts/{make(crm, email='a@b.example', tags=['Lead'])['id']}/tags"

    added = crm.post(one, {"tags": ["Sailor", "lead", "sailor"]})
    again = crm.post(one, {"tags": ["sailor"]})
    removed = crm.call("DELETE", one, {"tags": ["LEAD", "never"]}).json()

    assert (added["tags"], added["tagsAdded"]) == (["lead", "sailor"], ["sailor"])
    assert again["tagsAdded"] == []
    assert (removed["tags"], removed["tagsRemoved"]) == (["sailor"], ["lead"])
    assert "sailor" in [tag["name"] for tag in crm.get(f"/locations/{PLACE['locationId']}/tags")["tags"]]
    assert crm.effects() == ["contact.created", "contact.tagged", "contact.untagged"]


def test_custom_fields_are_written_by_id_or_key_and_read_by_id(crm):
    field = next(row for row in crm.app.store.rows("fields") if row["fieldKey"] == "contact.industry")
    made = make(crm, email="a@b.example", customFields=[{"key": "industry", "field_value": "Sails"}])

    done = crm.put(f"/contacts/{made['id']}", {"customFields": [{"id": field["id"], "field_value": "Ropes"}]})

    assert made["customFields"] == [{"id": field["id"], "value": "Sails"}]
    assert done["contact"]["customFields"] == [{"id": field["id"], "value": "Ropes"}]


def test_notes_and_tasks_belong_to_their_contact(crm):
    ours, other = (row["id"] for row in crm.app.store.rows("contacts")[:2])
    note = crm.post(f"/contacts/{ours}/notes", {"body": "Called back."})["note"]
    task = crm.post(f"/contacts/{ours}/tasks", {"title": "Offer", "dueDate": "2026-12-01", "completed": False})["task"]

    crm.put(f"/contacts/{ours}/tasks/{task['id']}/completed", {"completed": True})

    assert [one["body"] for one in crm.get(f"/contacts/{ours}/notes")["notes"]] == ["Called back."]
    assert crm.get(f"/contacts/{ours}/tasks/{task['id']}")["task"]["completed"] is True
    assert crm.call("GET", f"/contacts/{other}/notes/{note['id']}").status_code == 400
    crm.quiet()
    assert [body["type"] for body in crm.receiver.bodies] == ["NoteCreate", "TaskCreate", "TaskComplete"]


def test_deleted_contact_is_gone_and_told(crm):
    made = make(crm, email="a@b.example")

    crm.call("DELETE", f"/contacts/{made['id']}")

    assert message(crm.call("GET", f"/contacts/{made['id']}")) == (400, f"Contact with id {made['id']} not found")
    crm.quiet()
    assert [body["type"] for body in crm.receiver.bodies] == ["ContactCreate", "ContactDelete"]


def test_workflow_enrolment_leaves_only_an_effect(crm):
    one = crm.app.store.rows("contacts")[0]["id"]

    done = crm.post(f"/contacts/{one}/workflow/w1", {"eventStartTime": "2026-12-01T09:00:00+00:00"})

    assert done["succeded"] is True
    assert crm.effects() == ["contact.workflow_added"]


def test_bulk_tags_answer_for_each_contact():
    for crm in bench.ghl():
        one = crm.app.store.rows("contacts")[0]["id"]
        body = {**PLACE, "contacts": [one, "gone"], "tags": ["season"]}

        done = crm.post("/contacts/bulk/tags/update/add", body)

        assert done["errorCount"] == 1
        assert [line["type"] for line in done["responses"]] == ["success", "error"]
