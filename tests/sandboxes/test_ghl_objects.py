"""Custom objects and records of the HighLevel sandbox."""

import pytest

from tests.sandboxes.bench import PLACE

USAGE = "custom_objects.usage"
RECORDS = f"/objects/{USAGE}/records"


def make(crm, **properties):
    return crm.post(RECORDS, {**PLACE, "properties": {"name": "Marlowe 2026-11", **properties}})["record"]


def search(crm, query="", **more):
    body = {**PLACE, "page": 1, "pageLimit": 10, "query": query, "searchAfter": [], **more}
    return crm.post(f"{RECORDS}/search", body)


def test_objects_are_listed_with_the_standard_ones(crm):
    listed = {one["key"]: one["standard"] for one in crm.get("/objects/", params=PLACE)["objects"]}

    assert listed == {"contact": True, "opportunity": True, "business": True, USAGE: False}


def test_fields_come_only_when_they_are_asked_for(crm):
    bare = crm.get(f"/objects/{USAGE}", params=PLACE)
    whole = crm.get(f"/objects/{USAGE}", params={**PLACE, "fetchProperties": "true"})

    assert "fields" not in bare
    assert [one["fieldKey"] for one in whole["fields"]][:2] == [f"{USAGE}.name", f"{USAGE}.units"]


def test_object_is_set_up_with_its_main_field_and_once(crm):
    main = {"key": "name", "name": "Name", "dataType": "TEXT"}
    told = {**PLACE, "key": "Boats", "labels": {"singular": "Boat", "plural": "Boats"}}

    made = crm.post("/objects/", {**told, "primaryDisplayPropertyDetails": main})["object"]
    again = crm.call("POST", "/objects/", {**told, "primaryDisplayPropertyDetails": main})

    assert (made["key"], made["primaryDisplayProperty"]) == ("custom_objects.boats", "custom_objects.boats.name")
    assert again.status_code == 400
    assert crm.effects() == ["object.created"]


def test_record_is_made_changed_and_deleted_and_each_is_told(crm):
    crm.app.store.put("app", crm.app.store.get("app", "app") | {"webhook_url": "http://us.test/hook"})
    one = make(crm, units=5, plan="basic")
    crm.clock.now += 60

    done = crm.put(f"{RECORDS}/{one['id']}?locationId={PLACE['locationId']}", {"properties": {"units": 6}})["record"]
    gone = crm.call("DELETE", f"{RECORDS}/{one['id']}").json()

    assert done["properties"] == {"name": "Marlowe 2026-11", "units": 6, "plan": "basic"}
    assert done["dateUpdated"] > one["dateUpdated"]
    assert (gone["id"], gone["success"]) == (one["id"], True)
    assert crm.call("GET", f"{RECORDS}/{one['id']}").status_code == 400
    assert crm.effects() == ["record.created", "record.updated", "record.deleted"]


def test_record_is_searched_by_its_searched_fields_newest_first(crm):
    one = make(crm)
    crm.clock.now += 1
    other = make(crm)

    found = search(crm, "name:marlowe")

    assert [row["id"] for row in found["records"]] == [other["id"], one["id"]]
    assert found["total"] == 2
    assert search(crm, "pro")["total"] == 0
    assert search(crm, pageLimit=4)["total"] == 6


@pytest.mark.parametrize(
    "properties",
    [{"units": "5"}, {"plan": "Gold"}, {"extras": ["shop", "cake"]}, {"fee": 5}, {"wings": 2}, {"name": ""}],
)
def test_value_that_its_field_does_not_take_is_refused(crm, properties):
    answer = crm.call("POST", RECORDS, {**PLACE, "properties": {"name": "x", **properties}})

    assert (answer.status_code, crm.effects()) == (400, [])


def test_record_of_another_object_is_not_there(crm):
    one = make(crm)

    assert crm.call("GET", f"/objects/business/records/{one['id']}").status_code == 400
