"""Any look-up watched: what its answer is compared by, and what it tells."""

import pytest

from connectors import lookups
from connectors.catalogue import CONNECTORS
from connectors.errors import NotFound, Refused
from connectors.spec import Response
from tests.connectors.talk import answer, make_context, talk

GHL = CONNECTORS["ghl"]
TRIGGER, WATCHED = GHL.triggers["ghl.lookup.changed"], GHL.watched["lookup"]
TAGS = {"lookup": "ghl.tags.list"}


def tag(name="vip", **more):
    return {"id": f"id-{name}", "name": name, **more}


def poll(cursor, *rows, **inputs):
    asked = {"lookup": LOOKUP, **inputs}
    page, requests = talk(WATCHED.poll({**cursor, "asked": asked}, make_context()), answer({"tags": list(rows)}))
    return page, requests


LOOKUP = next(
    key for key, one in GHL.operations.items() if one.kind == "lookup" and one.object == "tag" and "list" in key
)


def told(page):
    return [(s.hint, s.record_id, s.gone) for s in page.sightings]


def after(*rows, **inputs):
    return poll({}, *rows, **inputs)[0].cursor


def test_first_answer_is_only_noted():
    page, [asked] = poll({}, tag(), tag("lead"))

    assert (page.baseline, told(page)) == (True, [("", "id-vip", False), ("", "id-lead", False)])
    assert asked.method == "GET"


def test_new_changed_and_gone_are_told_and_nothing_else():
    cursor = after(tag(), tag("lead"), tag("old"))

    page, _ = poll(cursor, tag(), tag("lead", color="red"), tag("new"))

    assert told(page) == [("changed", "id-lead", False), ("new", "id-new", False), ("gone", "id-old", True)]
    assert [s.data["what"] for s in page.sightings] == ["changed", "new", "gone"]
    assert page.sightings[0].data["record"] == tag("lead", color="red")
    assert told(poll(page.cursor, tag(), tag("lead", color="red"), tag("new"))[0]) == []


def test_what_came_back_is_new():
    cursor = poll(after(tag(), tag("lead")), tag())[0].cursor

    assert told(poll(cursor, tag(), tag("lead"))[0]) == [("new", "id-lead", False)]


@pytest.mark.parametrize(
    ("inputs", "change", "seen"),
    [
        ({}, {"updatedAt": "2026-11-23"}, False),
        ({"compare": ["updatedAt"]}, {"updatedAt": "2026-11-23"}, True),
        ({"compare": "name, color"}, {"size": 7}, False),
        ({"compare": ["name", "color"]}, {"color": "red"}, True),
        ({"compare": ["owner.name"]}, {"owner": {"name": "Mara", "seen": 1}}, True),
        ({"compare": ["owner.name"]}, {"owner": {"seen": 1}}, False),
        ({"ignore": ["color"]}, {"color": "red"}, False),
        ({"ignore": ["owner.seen"]}, {"owner": {"seen": 2}}, True),
        ({"ignore": ["owner.seen"]}, {"color": "red"}, True),
    ],
)
def test_only_what_the_recipe_compares_counts(inputs, change, seen):
    page, _ = poll(after(tag(), **inputs), tag(**change), **inputs)

    assert told(page) == ([("changed", "id-vip", False)] if seen else [])


def test_nested_value_that_is_ignored_is_no_change():
    before, now = tag(owner={"name": "Mara", "seen": 1}), tag(owner={"name": "Mara", "seen": 2})

    assert told(poll(after(before, ignore=["owner.seen"]), now, ignore=["owner.seen"])[0]) == []


def test_other_inputs_begin_anew():
    page, _ = poll(after(tag()), tag(), tag("lead"), compare=["name"])

    assert page.baseline is True


def test_what_starts_the_recipe_does_not_begin_it_anew():
    page, _ = poll(after(tag()), tag(), tag("lead"), on=["gone"])

    assert told(page) == [("new", "id-lead", False)]


@pytest.mark.parametrize(
    ("on", "hint", "fired"),
    [([], "new", True), (None, "gone", True), (["gone"], "new", False), (["gone"], "gone", True), (["gone"], "", True)],
)
def test_recipe_starts_from_what_it_wants(on, hint, fired):
    page, _ = poll(after(tag("old")), tag())
    one = next(s for s in page.sightings if s.hint == "new")
    seen = lookups.Sighting(one.object, one.record_id, one.values, one.data, hint=hint)

    assert TRIGGER.fired(None, seen, "", {"on": on}) is fired


def test_inputs_go_to_the_look_up_with_their_types():
    limit = next(
        one for one in GHL.operations.values() if one.kind == "lookup" and any(f.type == "integer" for f in one.fields)
    )
    name = next(f.name for f in limit.fields if f.type == "integer")

    assert lookups._given(limit, [{"name": name, "value": "20"}]) == {name: 20}
    for rows in ([{"name": name, "value": "many"}], [{"name": "nothing", "value": "1"}]):
        with pytest.raises(Refused) as refused:
            lookups._given(limit, rows)
        assert refused.value.field == "asked"


def test_look_up_that_is_none_is_told():
    for key in ("ghl.contacts.create", "ghl.contacts.vanish", ""):
        with pytest.raises(Refused, match="There is no such look-up any more"):
            talk(WATCHED.poll({"asked": {"lookup": key}}, make_context()))


def test_every_look_up_is_offered():
    found, asked = talk(GHL.choices["lookups"].load({}, make_context()))

    assert asked == []
    assert {choice.value for choice in found} == {key for key, one in GHL.operations.items() if one.kind == "lookup"}


@pytest.mark.parametrize(
    ("output", "ids"),
    [
        ({"tags": [{"id": "a"}, {"id": "b"}]}, ["a", "b"]),
        ({"invoices": [{"id": "a"}], "invoice": {"id": "a"}, "total": 1}, ["a"]),
        ({"contact": {"id": "c", "tags": [], "notes": [{"id": "n"}]}}, ["c"]),
        ({"data": {"rows": [{"_id": "r"}]}}, ["r"]),
        ({"id": "one", "name": "x"}, ["one"]),
        ({"tags": [], "total": 0}, []),
        ({"total": 7}, []),
    ],
)
def test_records_are_found_in_whatever_answer(output, ids):
    found = lookups._found(output, {})
    rows = found if isinstance(found, list) else [found]

    assert [one for row in rows if (one := lookups._id(row, {}))] == ids


def test_list_and_id_can_stand_elsewhere():
    rows = [{"key": 7, "id": "x"}, {"key": {"no": "id"}}]
    inputs = {"lookup": LOOKUP, "list_at": "tags", "id_at": "key"}

    page, _ = talk(WATCHED.poll({"asked": inputs}, make_context()), answer({"tags": rows}))

    assert [s.record_id for s in page.sightings] == ["7"]


def test_the_newest_are_offered_as_samples():
    found, _ = talk(TRIGGER.latest({"lookup": LOOKUP}, make_context()), answer({"tags": [tag(), tag("lead")]}))

    assert [s.data["id"] for s in found] == ["id-vip", "id-lead"]


@pytest.mark.parametrize(
    ("output", "ids"),
    [
        ({"contacts": [], "location": {"id": "loc"}}, []),
        ({"errors": [], "data": [{"id": "c1"}]}, ["c1"]),
    ],
)
def test_empty_list_is_an_answer_and_hides_no_other(output, ids):
    found = lookups._found(output, {})

    assert [row["id"] for row in found] == ids


def test_record_that_can_not_be_found_any_more_is_gone():
    one, gone = "ghl.contacts.get", Response(404, {}, b"{}", {"message": "Contact not found"})
    asked = {"lookup": one, "asked": [{"name": "contactId", "value": "c1"}]}
    first, _ = talk(
        WATCHED.poll({"asked": asked}, make_context()), answer({"contact": {"id": "c1", "email": "a@b.co"}})
    )

    page, _ = talk(WATCHED.poll({**first.cursor, "asked": asked}, make_context()), gone)

    assert told(page) == [("gone", "c1", True)]
    with pytest.raises(NotFound):
        talk(WATCHED.poll({"asked": asked}, make_context()), gone)
