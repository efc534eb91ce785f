"""Opportunities of the HighLevel sandbox, and the webhooks that their changes set off."""

import pytest

from tests.sandboxes.bench import PLACE


def pipelines(crm):
    return crm.get(f"/opportunities/pipelines?locationId={PLACE['locationId']}")["pipelines"]


def body(crm, **fields):
    contact = crm.app.store.rows("contacts")[20]
    return {
        **PLACE,
        "pipelineId": pipelines(crm)[0]["id"],
        "contactId": contact["id"],
        "name": "Quay signs",
        "status": "open",
        **fields,
    }


def make(crm, **fields):
    return crm.post("/opportunities/", body(crm, **fields))["opportunity"]


def told(crm):
    crm.quiet()
    types = [one["type"] for one in crm.receiver.bodies]
    crm.receiver.got.clear()
    return types


def test_opportunity_begins_in_the_first_stage_and_carries_its_contact(crm):
    made = make(crm, monetaryValue=1250.5)

    assert made["pipelineStageId"] == pipelines(crm)[0]["stages"][0]["id"]
    assert (made["monetaryValue"], made["contact"]["email"]) == (1250.5, "ivo@thackerayaudio.example")
    assert told(crm) == ["OpportunityCreate"]


def test_second_opportunity_of_a_contact_in_a_pipeline_is_refused(crm):
    made = make(crm)

    answer = crm.call("POST", "/opportunities/", body(crm))

    assert answer.status_code == 400
    assert {k: answer.json()[k] for k in ("code", "meta")} == {
        "code": "OPPORTUNITY_NO_DUPLICATE",
        "meta": {"existingId": made["id"]},
    }
    assert make(crm, pipelineId=pipelines(crm)[1]["id"])["id"] != made["id"]


def test_second_opportunity_is_made_where_the_location_allows_it(crm):
    crm.post("/_sandbox/settings", {"allow_duplicate_opportunities": True})

    assert make(crm)["id"] != make(crm)["id"]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"status": "all"}, 422),
        ({"source": "web"}, 422),
        ({"monetaryValue": "12"}, 422),
        ({"name": ""}, 422),
        ({"pipelineStageId": "nowhere"}, 400),
        ({"contactId": "nobody"}, 400),
        ({"assignedTo": "nobody"}, 400),
        ({"pipelineId": "nowhere"}, 400),
    ],
)
def test_opportunity_that_can_not_be_is_refused(crm, fields, status):
    assert crm.call("POST", "/opportunities/", body(crm, **fields)).status_code == status
    assert crm.effects() == []


@pytest.mark.parametrize(
    ("change", "events"),
    [
        ({"status": "won"}, ["OpportunityStatusUpdate", "OpportunityUpdate"]),
        ({"monetaryValue": 9}, ["OpportunityMonetaryValueUpdate", "OpportunityUpdate"]),
        ({"name": "Quay boards"}, ["OpportunityUpdate"]),
        ({"status": "open"}, []),
    ],
)
def test_one_change_is_told_more_than_once(crm, change, events):
    made = make(crm)
    told(crm)

    crm.put(f"/opportunities/{made['id']}", change)

    assert told(crm) == events


def test_stage_and_status_have_their_own_stamps(crm):
    made = make(crm)
    stage = pipelines(crm)[0]["stages"][2]["id"]
    crm.clock.now += 60
    moved = crm.put(f"/opportunities/{made['id']}", {"pipelineStageId": stage})["opportunity"]
    crm.clock.now += 60
    crm.put(f"/opportunities/{made['id']}/status", {"status": "lost"})

    done = crm.get(f"/opportunities/{made['id']}")["opportunity"]

    assert moved["lastStageChangeAt"] == "2026-11-22T12:01:00.000Z"
    assert (done["lastStageChangeAt"], done["lastStatusChangeAt"]) == (moved["lastStageChangeAt"], done["updatedAt"])
    assert (done["status"], done["pipelineStageId"]) == ("lost", stage)


def test_another_pipeline_begins_at_its_first_stage(crm):
    made = make(crm)
    other = pipelines(crm)[1]

    done = crm.put(f"/opportunities/{made['id']}", {"pipelineId": other["id"]})["opportunity"]

    assert done["pipelineStageId"] == other["stages"][0]["id"]


def test_upsert_meets_the_contact_in_the_pipeline(crm):
    first = crm.post("/opportunities/upsert", {k: v for k, v in body(crm).items() if k != "status"})
    again = crm.post("/opportunities/upsert", {**body(crm), "monetaryValue": 7})

    assert (first["new"], again["new"]) == (True, False)
    assert (again["opportunity"]["id"], again["opportunity"]["monetaryValue"]) == (first["opportunity"]["id"], 7)


def test_deleted_opportunity_is_gone(crm):
    made = make(crm)

    crm.call("DELETE", f"/opportunities/{made['id']}")

    assert crm.call("GET", f"/opportunities/{made['id']}").status_code == 400
    assert told(crm) == ["OpportunityCreate", "OpportunityDelete"]


def test_a_person_wins_moves_and_prices_a_deal(crm):
    deal = next(row for row in crm.app.store.rows("opportunities") if row["status"] == "open")
    pipeline = pipelines(crm)[0]

    won = crm.do("win_deal", id=deal["id"])
    crm.do("change_value", id=deal["id"], value="1250.50")
    crm.do("move_stage", id=deal["id"], stage=f"{pipeline['id']}/{pipeline['stages'][4]['id']}")

    assert won == {"done": f"{deal['name']} is won.", "record": {"id": deal["id"]}}
    done = crm.get(f"/opportunities/{deal['id']}")["opportunity"]
    assert (done["status"], done["monetaryValue"]) == ("won", 1250.5)
    assert {line["by"] for line in crm.app.effects.lines} == {"person"}


def test_a_person_is_told_what_is_wrong_with_the_inputs(crm):
    deal = crm.app.store.rows("opportunities")[0]["id"]

    answer = crm.call("POST", "/_sandbox/do", {"do": "change_value", "id": deal, "value": "a lot"})
    empty = crm.call("POST", "/_sandbox/do", {"do": "new_contact", "name": "Vera"})
    taken = crm.call(
        "POST", "/_sandbox/do", {"do": "new_contact", "name": "Vera", "email": "ottilie@harbourpine.example"}
    )

    assert answer.json()["errors"] == {"value": "The value must be a number such as 1250.50."}
    assert empty.json()["errors"] == {"email": "E-mail is needed."}
    assert taken.json()["errors"] == {"email": "Ottilie Brandvold has this email already."}
