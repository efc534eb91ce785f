"""Businesses of the HighLevel sandbox and who belongs to them; the lists of workflows and campaigns."""

import pytest

from tests.sandboxes import bench
from tests.sandboxes.bench import PLACE


def make(crm, **more):
    return crm.post("/businesses/", {**PLACE, "name": "Farrow Sails", **more})["buiseness"]


def members(crm, business):
    return crm.get(f"/contacts/business/{business}", params=PLACE)


def test_business_is_made_changed_and_deleted(crm):
    one = make(crm, city="Lyme")

    crm.clock.now += 60
    done = crm.put(f"/businesses/{one['id']}", {"phone": "+12025550191"})["buiseness"]
    crm.call("DELETE", f"/businesses/{one['id']}")

    assert (done["city"], done["phone"], done["createdAt"]) == ("Lyme", "+12025550191", one["createdAt"])
    assert done["updatedAt"] > one["updatedAt"]
    assert crm.call("GET", f"/businesses/{one['id']}").status_code == 400
    assert crm.effects() == ["business.created", "business.updated", "business.deleted"]


def test_list_has_pages_of_texts(crm):
    page = crm.get("/businesses/", params={**PLACE, "limit": "2", "skip": "3"})["businesses"]

    assert [row["name"] for row in page] == ["Nordlicht Yoga", "Copperkettle Brewing"]
    assert crm.call("GET", "/businesses/", params={**PLACE, "limit": "many"}).status_code == 422


def test_contacts_join_and_leave_and_an_unknown_one_is_left_out(crm):
    business, (one, other) = make(crm)["id"], [row["id"] for row in crm.app.store.rows("contacts")[6:8]]
    body = {**PLACE, "ids": [one, "gone", other], "businessId": business}

    joined = crm.post("/contacts/bulk/business", body)
    crm.post("/contacts/bulk/business", body)
    inside = members(crm, business)
    crm.post("/contacts/bulk/business", {**PLACE, "ids": [one], "businessId": None})

    assert joined["ids"] == [one, other]
    assert (inside["count"], inside["contacts"][0]["businessId"]) == (2, business)
    assert [row["id"] for row in members(crm, business)["contacts"]] == [other]
    assert crm.effects() == ["business.created", *["contact.business_set"] * 3]


@pytest.mark.parametrize(("business", "status"), [({}, 422), ({"businessId": "nowhere"}, 400)])
def test_nobody_joins_what_is_not_there(crm, business, status):
    answer = crm.call("POST", "/contacts/bulk/business", {**PLACE, "ids": ["c1"], **business})

    assert (answer.status_code, crm.effects()) == (status, [])


def test_business_that_goes_lets_its_contacts_go(crm):
    business = crm.get("/businesses/", params=PLACE)["businesses"][0]["id"]
    person = members(crm, business)["contacts"][0]["id"]

    crm.call("DELETE", f"/businesses/{business}")

    assert "businessId" not in crm.get(f"/contacts/{person}")["contact"]


def test_workflows_and_campaigns_are_listed(crm):
    workflows = crm.get("/workflows/", params=PLACE)["workflows"]
    drafts = crm.get("/campaigns/", params={**PLACE, "status": "draft"})["campaigns"]

    assert [row["status"] for row in workflows] == ["published", "published", "draft"]
    assert [row["name"] for row in drafts] == ["Autumn relaunch"]
    assert crm.call("GET", "/workflows/").status_code == 403


def test_token_of_an_older_sandbox_opens_what_was_added_since(tmp_path):
    for crm in bench.ghl(tmp_path):
        token = crm.app.settings["token"]
        crm.app.store.put("tokens", crm.app.store.get("tokens", token) | {"scopes": "contacts.readonly"})

    for crm in bench.ghl(tmp_path):
        assert len(crm.get("/workflows/", params=PLACE)["workflows"]) == 3
