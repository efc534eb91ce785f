"""Custom objects: values become what their fields take, records are found again and compared."""

from decimal import Decimal

import pytest

from connectors.errors import NotFound, Refused
from connectors.ghl import CONNECTOR, seen_records
from connectors.spec import Retry
from tests.connectors.talk import answer, make_context, talk

PETS = "custom_objects.pets"
SINCE = "2026-11-22T10:00:00+00:00"


def field(name, kind, options=(), **more):
    listed = [{"key": one.lower(), "label": one} for one in options]
    return {"fieldKey": f"{PETS}.{name}", "name": name.title(), "dataType": kind, "options": listed, **more}


FIELDS = (
    field("name", "TEXT"),
    field("legs", "NUMERICAL"),
    field("price", "MONETORY"),
    field("born", "DATE"),
    field("kind", "SINGLE_OPTIONS", ("Cat", "Dog")),
    field("likes", "MULTIPLE_OPTIONS", ("Fish", "Milk, warm")),
    field("photo", "FILE_UPLOAD"),
    field("vet", "TEXTBOX_LIST", ("Name", "Phone")),
    field("toy", "RADIO", ("Ball",), allowCustomOption=True),
)
OBJECTS = {"objects": [{"key": "contact", "standard": True, "labels": {"plural": "Contacts"}}]}
OBJECTS["objects"].append({"key": PETS, "standard": False, "labels": {"singular": "Pet", "plural": "Pets"}})
SCHEMA = answer({"object": OBJECTS["objects"][1], "cache": True, "fields": list(FIELDS)})


def record(number=1, **properties):
    stamps = {"createdAt": "2026-11-22T11:00:00.000Z", "updatedAt": "2026-11-22T11:00:00.000Z"}
    return {"id": f"r{number}", "owner": [], "followers": [], "properties": {"name": "Rex", **properties}, **stamps}


def create(*rows, **more):
    inputs = {"schemaKey": PETS, "properties": [{"field": name, "value": value} for name, value in rows], **more}
    made = answer({"record": {"id": "r1"}}, 201)
    return talk(CONNECTOR.operations["ghl.objects.create_object_record"].perform(inputs, make_context()), SCHEMA, made)


@pytest.mark.parametrize(
    ("name", "text", "sent"),
    [
        ("name", "Rex", "Rex"),
        ("legs", "4", 4),
        ("legs", "3.5", Decimal("3.5")),
        ("price", "12.50", {"currency": "default", "value": Decimal("12.50")}),
        ("born", "2026-03-04T10:00:00Z", "2026-03-04"),
        ("kind", "cat", "cat"),
        ("kind", "Dog ", "dog"),
        ("likes", "fish, Milk, warm", ["fish", "milk, warm"]),
        ("likes", "milk, warm", ["milk, warm"]),
        ("likes", ["Fish"], ["fish"]),
        ("photo", "https://x.example/a.jpg, https://x.example/b.jpg",
         [{"url": "https://x.example/a.jpg"}, {"url": "https://x.example/b.jpg"}]),
        ("vet.name", "Ida", "Ida"),
        ("toy", "Bone", "Bone"),
        ("toy", "ball", "ball"),
    ],
)  # fmt: skip
def test_value_becomes_what_its_field_takes(name, text, sent):
    _, asked = create((name, text))

    assert asked[1].json["properties"] == {name: sent}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("legs", "four", "Legs takes a number, such as 1250.50, not “four”."),
        ("price", "NaN", "Price takes a number, such as 1250.50, not “NaN”."),
        ("born", "soon", "Born takes a date, such as 2026-11-22, not “soon”."),
        ("kind", "Cow", "Kind takes one of Cat, Dog, not “Cow”."),
        ("likes", "Fish, Bones", "Likes takes one of Fish, Milk, warm, not “Bones”."),
        ("wings", "2", "The object has no field wings: choose one of its list."),
    ],
)
def test_value_that_its_field_can_not_take_is_told_before_anything_is_sent(name, text, said):
    inputs = {"schemaKey": PETS, "properties": [{"field": name, "value": text}]}

    with pytest.raises(Refused) as refused:
        talk(CONNECTOR.operations["ghl.objects.create_object_record"].perform(inputs, make_context()), SCHEMA)

    assert (refused.value.message, refused.value.field) == (said, "properties")


def test_record_is_made_in_the_location_with_its_people():
    made, (_, request) = create(("name", "Rex"), owner=["u1"])

    assert made == {"record": {"id": "r1"}}
    assert (request.method, request.path) == ("POST", "/objects/custom_objects.pets/records")
    assert request.json == {"locationId": "loc1", "properties": {"name": "Rex"}, "owner": ["u1"]}


def test_update_names_the_location_behind_the_question_mark():
    inputs = {"schemaKey": PETS, "id": "r1", "properties": [{"field": "legs", "value": "3"}]}
    perform = CONNECTOR.operations["ghl.objects.update_object_record"].perform

    _, (_, request) = talk(perform(inputs, make_context()), SCHEMA, answer({"record": {"id": "r1"}}))

    assert (request.method, request.path) == ("PUT", "/objects/custom_objects.pets/records/r1")
    assert (request.query, request.json) == ({"locationId": "loc1"}, {"properties": {"legs": 3}})


def test_lost_record_is_found_by_all_that_was_written():
    operation = CONNECTOR.operations["ghl.objects.create_object_record"]
    inputs = {"schemaKey": PETS, "properties": [{"field": "legs", "value": "4"}, {"field": "price", "value": "9"}]}
    ours = record(1, legs=4, price={"currency": "EUR", "value": Decimal("9")})
    rows = [ours, record(2, legs=4), record(3, legs=4, price={"value": 10})]

    found, asked = talk(operation.find(inputs, make_context()), SCHEMA, answer({"records": rows, "total": 3}))

    assert operation.retry is Retry.ONCE  # HighLevel may write values otherwise: what isn't found is not made again
    assert [one["record"]["id"] for one in found] == ["r1"]
    assert found[0]["record"].keys() == operation.sample["record"].keys()
    assert not asked[1].effect


def test_record_that_was_there_before_is_not_taken_for_ours():
    operation = CONNECTOR.operations["ghl.objects.create_object_record"]
    inputs = {"schemaKey": PETS, "properties": [{"field": "name", "value": "Rex"}]}
    context = make_context()
    late = type(context)(context.account, since=1_795_348_800.0 + 7200)

    found, _ = talk(operation.find(inputs, late), SCHEMA, answer({"records": [record()], "total": 1}))

    assert found == []


def test_lost_object_is_found_by_its_key():
    find = CONNECTOR.operations["ghl.objects.create_custom_object_schema"].find

    for key in ("pets", PETS):
        found, _ = talk(find({"key": key}, make_context()), answer(OBJECTS))
        assert [one["object"]["key"] for one in found] == [PETS]


def test_search_sends_what_the_document_demands_and_nothing_is_chosen():
    perform = CONNECTOR.operations["ghl.objects.search_object_records"].perform

    found, (request,) = talk(perform({"schemaKey": PETS}, make_context()), answer({"records": [record()], "total": 1}))

    assert request.json == {"locationId": "loc1", "page": 1, "pageLimit": 20, "query": "", "searchAfter": []}
    assert (found["total"], request.effect) == (1, False)


# Lists


def load(source, *answers, **inputs):
    return talk(CONNECTOR.choices[source].load(inputs, make_context()), *answers)[0]


def test_fields_are_listed_with_what_they_take():
    found = {one.value: (one.label, one.hint) for one in load("object_fields", SCHEMA, schemaKey=PETS)}

    assert found["legs"] == ("Legs", "number")
    assert found["kind"] == ("Kind", "one of Cat, Dog")
    assert found["vet.phone"] == ("Vet: Phone", "texts")


def test_own_objects_come_before_the_standard_ones():
    assert [one.label for one in load("objects", answer(OBJECTS))] == ["Pets", "Contacts"]
    assert [one.value for one in load("custom_objects", answer(OBJECTS))] == [PETS]


def test_search_looks_into_fields_by_their_whole_key():
    assert load("object_field_keys", SCHEMA, key=PETS)[0].value == f"{PETS}.name"


def test_fields_of_all_own_objects_name_what_a_trigger_gives():
    found = load("record_fields", answer(OBJECTS), SCHEMA)

    assert [one.value for one in found][:3] == ["name", "legs", "price"]


# What is seen


WATCHED = CONNECTOR.watched["record"]


def poll(cursor, *answers):
    return talk(WATCHED.poll(cursor, make_context()), *answers)


def fires(name, before, now, **inputs):
    return CONNECTOR.triggers[f"ghl.record.{name}"].fired(before, now, SINCE, inputs)


def test_records_of_own_objects_are_read_page_by_page_and_standard_ones_left_alone():
    many = [record(n) for n in range(seen_records.SIZE)]

    found, asked = poll({}, answer(OBJECTS), answer({"records": many}), answer({"records": [record(500)]}))

    assert (len(found.sightings), found.baseline) == (101, True)
    assert [one.json["page"] for one in asked[1:]] == [1, 2]


def test_more_records_than_are_read_never_make_one_gone():
    many = answer({"records": [record(n) for n in range(seen_records.SIZE)]})

    found, asked = poll({"held": {"r-old": "9999"}}, answer(OBJECTS), *[many] * seen_records.PAGES)

    assert len(asked) == seen_records.PAGES + 1
    assert not any(one.gone for one in found.sightings)


def test_record_that_left_the_list_is_asked_for_below_each_object():
    found, asked = poll(
        {"held": {"r1": "9999", "r2": "9999"}},
        answer(OBJECTS), answer({"records": []}),
        answer(OBJECTS), answer({"record": record(1)}),
        answer(OBJECTS), answer({"message": "Record not found"}, 400),
    )  # fmt: skip

    assert [(one.record_id, one.gone) for one in found.sightings] == [("r1", False), ("r2", True)]
    assert asked[3].path == "/objects/custom_objects.pets/records/r1"
    assert len(asked) == 6


def test_record_nobody_has_is_not_there():
    with pytest.raises(NotFound, match="No custom object has a record"):
        talk(WATCHED.reread("r9", make_context()), answer(OBJECTS), answer({"message": "no"}, 404))


def test_new_changed_and_removed_records_are_told_apart():
    one, other = seen_records.sighting(record(1), PETS), seen_records.sighting(record(1, legs=3), PETS)
    old = seen_records.sighting({**record(1), "createdAt": "2026-11-01T00:00:00Z"}, PETS)
    gone = poll({"held": {"r1": "9999"}}, answer(OBJECTS), answer({"records": []}), answer({"objects": []}))[
        0
    ].sightings[0]

    assert [fires("added", None, now) for now in (one, old)] == [True, False]
    assert fires("added", {"event": "RecordCreate"}, one)
    assert [fires("changed", one.values, now) for now in (one, other)] == [False, True]
    assert [fires("removed", one.values, gone), fires("removed", {"gone": True}, gone)] == [True, False]
    assert [fires("removed", one.values, gone, object=o) for o in (PETS, "custom_objects.cars")] == [True, False]
    assert not any(fires(name, one.values, gone) for name in ("added", "changed"))


def test_webhook_of_a_record_starts_only_what_waits_for_it():
    heard = WATCHED.read({"type": "RecordUpdate", "id": "r1", "locationId": "loc1", "properties": []}, "RecordUpdate")
    before = dict(seen_records.sighting(record(1), PETS).values)

    assert fires("updated", before, heard)
    assert not any(fires(name, before, heard) for name in ("added", "changed", "removed", "created"))


def test_other_objects_are_left_out():
    why_not = CONNECTOR.triggers["ghl.record.added"].why_not
    now = seen_records.sighting(record(1), PETS)

    assert why_not({"object": PETS}, now) == why_not({}, now) == ""
    assert (
        why_not({"object": "custom_objects.cars"}, now)
        == f"It is of {PETS}, this recipe takes only custom_objects.cars."
    )


def test_own_write_is_known_again_by_poll_and_by_webhook():
    place, values = WATCHED.told({"schemaKey": PETS}, {"record": {**record(1), "dateAdded": "2026-11-22T11:00:00Z"}})

    assert place == "r1"
    assert values == {**seen_records.sighting(record(1), PETS).values, "event": "*"}
    assert WATCHED.told({}, {"record": record(1)}) is None
