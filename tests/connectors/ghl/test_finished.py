"""What was derived from the documents before: what is found after a lost answer, and what answers are read as."""

from dataclasses import replace

import pytest

from connectors.ghl import CONNECTOR
from tests.connectors.talk import answer, make_context, talk

CONTEXT = replace(make_context(), since=1_795_000_000)
NOW, LONG_AGO = "2026-11-18T11:07:00.000Z", "2026-03-01T09:00:00.000Z"
PROVIDER = {"name": "Harbor Pay", "paymentsUrl": "https://p.example/pay", "queryUrl": "https://p.example/ask"}


def find(key, values, *answers):
    return talk(CONNECTOR.operations[f"ghl.{key}"].find(values, CONTEXT), *answers)[0]


def perform(key, values, *answers):
    return talk(CONNECTOR.operations[f"ghl.{key}"].perform(values, CONTEXT), *answers)


def test_collection_is_found_by_name_and_address_unless_it_is_older_than_the_step():
    named = {"name": "Sails", "slug": "sails"}
    rows = [{**named, "_id": "old", "createdAt": LONG_AGO}, {**named, "_id": "ours", "createdAt": NOW}]
    rows.append({**named, "_id": "near", "slug": "sails-2", "createdAt": NOW})

    found = find("products_store.create_product_collection", named, answer({"data": rows, "total": 3}))

    assert [one["data"]["_id"] for one in found] == ["ours"]


@pytest.mark.parametrize(
    ("reply", "count"),
    [
        (answer({**PROVIDER, "deleted": False}), 1),
        (answer({**PROVIDER, "deleted": True}), 0),
        (answer({**PROVIDER, "name": "Another", "deleted": False}), 0),
        (answer({"message": "not found"}, 404), 0),
    ],
)
def test_payment_provider_is_found_where_it_is_the_same(reply, count):
    assert len(find("payments.create_integration", PROVIDER, reply)) == count


@pytest.mark.parametrize("several", [True, False])
def test_provider_under_a_name_of_one_s_own_is_found_however_the_list_comes(several):
    row = {"title": "Harbor Pay", "provider": "nmi", "createdAt": NOW}

    found = find("payments.create_integration_provider", row, answer({"providers": [row] if several else row}))

    assert found == [row]


@pytest.mark.parametrize(("status", "count"), [("won", 1), ("open", 0)])
def test_upserted_opportunity_is_found_when_it_is_as_it_was_to_become(status, count):
    wanted = {"contactId": "c1", "pipelineId": "p1", "name": "Sails", "status": "won", "monetaryValue": "12"}
    deal = {**wanted, "id": "o1", "status": status, "monetaryValue": 12}

    assert len(find("opportunities.upsert_opportunity", wanted, answer({"opportunities": [deal]}))) == count


def test_days_of_the_older_search_have_the_month_first():
    _, (request,) = perform(
        "opportunities.search_opportunity", {"date": "2026-11-28", "q": "sail"}, answer({"opportunities": []})
    )

    assert (request.query["date"], request.query["q"]) == ("11-28-2026", "sail")


@pytest.mark.parametrize("told", [["Europe/Berlin"], {"timeZones": ["Europe/Berlin"]}, {}])
def test_time_zones_are_read_whatever_they_are_called(told):
    out, _ = perform("locations.get_timezones", {}, answer(told))

    assert out["timezones"] == (["Europe/Berlin"] if told else [])


def test_stages_of_the_older_search_are_those_of_its_pipeline():
    pipelines = [{"id": "p1", "stages": [{"id": "s1", "name": "New"}]}, {"id": "p2", "stages": [{"id": "s2"}]}]

    found, _ = talk(CONNECTOR.choices["stages"].load({"pipeline_id": "p1"}, CONTEXT), answer({"pipelines": pipelines}))

    assert [one.value for one in found] == ["s1"]
