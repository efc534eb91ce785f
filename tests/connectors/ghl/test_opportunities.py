from decimal import Decimal

from connectors import catalogue
from connectors.ghl.opportunities import OPERATIONS
from tests.connectors.talk import answer, make_context, talk

DEAL = {"contactId": "c1", "name": "Fit-out", "pipelineId": "p1", "monetaryValue": Decimal("4850.50")}


def perform(name, inputs, *answers):
    return talk(OPERATIONS[f"ghl.opportunities.{name}"].perform(inputs, make_context()), *answers)


def record(id="o1", **values):
    return {"id": id, "contactId": "c1", "pipelineId": "p1", "name": "Fit-out", "status": "open", **values}


def test_create_is_open_unless_said_otherwise():
    out, (request,) = perform("create", DEAL, answer({"opportunity": {"id": "o1"}}, 201))

    assert request.json == {**DEAL, "status": "open", "locationId": "loc1"}
    assert out == {"opportunity": {"id": "o1"}, "existing": False}


def test_create_takes_the_one_that_stands_in_the_way():
    refusal = {"message": "Can not create duplicate opportunity", "meta": {"existingId": "o7"}}

    out, asked = perform("create", DEAL, answer(refusal, 400), answer({"opportunity": {"id": "o7"}}))

    assert asked[1].path == "/opportunities/o7"
    assert out == {"opportunity": {"id": "o7"}, "existing": True}


def test_find_never_trusts_the_filter():
    everything = [record("o1"), record("o2", contactId="c2"), record("o3", pipelineId="p2"), record("o4", name="Fit")]

    found, (request,) = talk(
        OPERATIONS["ghl.opportunities.create"].find(DEAL, make_context()), answer({"opportunities": everything})
    )

    assert [hit["opportunity"]["id"] for hit in found] == ["o1"]
    assert request.query == {"location_id": "loc1", "contact_id": "c1", "pipeline_id": "p1", "limit": 100}


def test_upsert_changes_the_newest_open_one():
    there = [
        record("old", createdAt="2026-01-01T00:00:00Z"),
        record("new", createdAt="2026-05-01T00:00:00Z"),
        record("lost", status="lost", createdAt="2026-06-01T00:00:00Z"),
    ]

    out, asked = perform("upsert", DEAL, answer({"opportunities": there}), answer({"opportunity": {"id": "new"}}))

    assert (asked[1].method, asked[1].path) == ("PUT", "/opportunities/new")
    assert "contactId" not in asked[1].json
    assert out == {"opportunity": {"id": "new"}, "new": False}


def test_upsert_of_unknown_outcome_is_repeated_not_taken_for_done():
    found, asked = talk(OPERATIONS["ghl.opportunities.upsert"].find(DEAL, make_context()))

    assert (found, asked) == ([], [])


def test_upsert_makes_one_where_none_is_open():
    out, asked = perform("upsert", DEAL, answer({"opportunities": []}), answer({"opportunity": {"id": "o1"}}, 201))

    assert (asked[1].method, asked[1].path) == ("POST", "/opportunities/")
    assert out == {"opportunity": {"id": "o1"}, "new": True}


def test_status_is_set_and_told():
    out, (request,) = perform("set_status", {"id": "o1", "status": "won"}, answer({"succeded": True}))

    assert (request.method, request.path, request.json) == ("PUT", "/opportunities/o1/status", {"status": "won"})
    assert out == {"opportunity": {"id": "o1", "status": "won"}}


def test_search_sorts_out_what_the_service_ignored():
    found = [record("o1", status="won"), record("o2", status="lost")]

    out, (request,) = perform("search", {"status": "won", "limit": 3}, answer({"opportunities": found, "total": 2}))

    assert [o["id"] for o in out["opportunities"]] == ["o1"]
    assert request.json["filters"] == [{"field": "status", "operator": "eq", "value": "won"}]
    assert (request.json["query"], request.json["limit"]) == ("", 3)


def test_stages_hang_on_the_pipeline():
    pipelines = [
        {"id": "p1", "name": "Sales", "stages": [{"id": "s1", "name": "New"}, {"id": "s2", "name": "Offer"}]},
        {"id": "p2", "name": "Support", "stages": [{"id": "s3", "name": "Open"}]},
    ]
    stages = catalogue.CONNECTORS["ghl"].choices["stages"]

    of_one, _ = talk(stages.load({"pipeline": "p1"}, make_context()), answer({"pipelines": pipelines}))
    of_all, _ = talk(stages.load({}, make_context()), answer({"pipelines": pipelines}))

    assert [(c.value, c.label, c.hint) for c in of_one] == [("s1", "New", ""), ("s2", "Offer", "")]
    assert [(c.value, c.hint) for c in of_all] == [("s1", "Sales"), ("s2", "Sales"), ("s3", "Support")]
