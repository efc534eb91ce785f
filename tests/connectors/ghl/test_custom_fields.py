"""Custom fields of objects, of contacts and opportunities, and custom values: chosen from lists, found when lost."""

from connectors.ghl import CONNECTOR
from connectors.spec import Retry
from tests.connectors.talk import answer, make_context, talk

PETS = "custom_objects.pets"
LEGS = {"id": "f1", "fieldKey": f"{PETS}.legs", "name": "Legs", "dataType": "NUMERICAL"}
HOUSE = {"id": "d1", "name": "Pet details", "locationId": "loc1"}
HELD = answer({"fields": [LEGS, {"id": "f2"}], "folders": [HOUSE]})


def operation(key):
    return CONNECTOR.operations[f"ghl.{key}"]


def perform(key, inputs, *answers):
    return talk(operation(key).perform(inputs, make_context()), *answers)


def find(key, inputs, *answers):
    return talk(operation(key).find(inputs, make_context()), *answers)[0]


def load(key, *answers, **inputs):
    return [
        (one.value, one.label, one.hint)
        for one in talk(CONNECTOR.choices[key].load(inputs, make_context()), *answers)[0]
    ]


def test_key_of_a_new_field_is_put_behind_its_object_s():
    inputs = {"objectKey": PETS, "name": "Legs", "dataType": "NUMERICAL", "fieldKey": "legs", "parentId": "d1"}

    for key in ("legs", f"{PETS}.legs"):
        _, (request,) = perform(
            "custom_fields.create_custom_field", {**inputs, "fieldKey": key}, answer({"field": LEGS})
        )
        assert request.json == {**inputs, "fieldKey": f"{PETS}.legs", "locationId": "loc1", "showInForms": True}


def test_what_narrows_a_list_is_not_sent():
    inputs = {"object": PETS, "id": "f1", "name": "Legs", "showInForms": False}

    _, (request,) = perform("custom_fields.update_custom_field", inputs, answer({"field": LEGS}))

    assert (request.path, request.json) == (
        "/custom-fields/f1",
        {"locationId": "loc1", "name": "Legs", "showInForms": False},
    )


def test_lost_field_and_folder_are_found_below_their_object():
    field = {"objectKey": PETS, "fieldKey": "legs"}

    assert find("custom_fields.create_custom_field", field, HELD) == [{"field": LEGS}]
    assert find("custom_fields.create_custom_field", {**field, "fieldKey": "leg"}, HELD) == []
    assert find("custom_fields.create_custom_field_folder", {"objectKey": PETS, "name": "Pet details"}, HELD) == [
        {"objectKey": PETS, **HOUSE}
    ]


def test_lost_field_of_contacts_is_found_by_name_kind_and_owner():
    rows = [
        {"id": "c1", "name": "Size", "dataType": "TEXT", "model": "opportunity"},
        {"id": "c2", "name": "Size", "dataType": "NUMERICAL", "model": "contact"},
        {"id": "c3", "name": "Size", "dataType": "TEXT"},
    ]

    found = find("locations.create_custom_field", {"name": "Size", "dataType": "TEXT"}, answer({"customFields": rows}))

    assert found == [{"customField": rows[2]}]


def test_lost_custom_value_is_found_by_name_and_value():
    rows = [{"id": "v1", "name": "Hours", "value": "9-17"}, {"id": "v2", "name": "Hours", "value": "9-18"}]

    found = find("custom_values.create", {"name": "Hours", "value": "9-18"}, answer({"customValues": rows}))

    assert (found, operation("custom_values.create").retry) == ([{"customValue": rows[1]}], Retry.RECONCILE)


def test_fields_folders_and_values_are_chosen_by_name():
    values = answer({"customValues": [{"id": "v1", "name": "Hours", "value": "9-17"}]})

    assert load("object_field_ids", HELD, object=PETS) == [("f1", "Legs", "number")]
    assert load("object_folders", HELD, objectKey=PETS) == [("d1", "Pet details", "")]
    assert load("custom_values", values) == [("v1", "Hours", "9-17")]
