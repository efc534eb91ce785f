import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from connectors.errors import Forbidden, NotFound
from connectors.ghl import CONNECTOR, polling
from tests.connectors.talk import answer, make_context, talk
from tests.sandboxes import bench

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DATE = "Sun, 22 Nov 2026 12:00:00 GMT"


def at(seconds: float) -> str:
    return (NOON + timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def person(id: str, changed: float, added: float = -9000, **more):
    return {"id": id, "dateUpdated": at(changed), "dateAdded": at(added), "tags": ["vip"], **more}


def poll(object: str, cursor, *pages, **limits):
    search = replace({"contact": polling.CONTACTS, "opportunity": polling.OPPORTUNITIES}[object], **limits)
    answers = [answer({search.plural: list(page)}, date=DATE) for page in pages]
    return talk(polling.poll(search, sweeps=object == "contact")(cursor, make_context()), *answers)


def bounds(request):
    return [(f["field"], f["operator"], f["value"]) for f in request.json["filters"]]


def test_first_poll_reports_nothing():
    page, (request,) = poll("opportunity", {}, [{"id": "o1", "updatedAt": at(-60)}])

    assert (page.sightings, page.more, page.cursor) == ([], False, {"since": at(0)})
    assert request.effect is False
    assert request.json["limit"] == 1


def test_window_reaches_back_five_minutes():
    page, (request,) = poll("opportunity", {"since": at(0)}, [{"id": "o1", "updatedAt": at(30), "status": "won"}])

    assert bounds(request) == [("date_updated", "range", {"gte": at(-300)})]
    assert request.json["sort"] == [{"field": "date_updated", "direction": "asc"}]
    assert [s.record_id for s in page.sightings] == ["o1"]
    assert (page.cursor, page.more) == ({"since": at(30)}, False)
    assert page.sightings[0].complete is False


def test_cursor_never_passes_what_was_seen():
    page, _ = poll("opportunity", {"since": at(0)}, [])

    assert page.cursor == {"since": at(0)}


def test_bound_moves_along_with_the_pages():
    first = [{"id": "o1", "updatedAt": at(1)}, {"id": "o2", "updatedAt": at(2)}]
    second = [{"id": "o2", "updatedAt": at(2)}]

    page, asked = poll("opportunity", {"since": at(0)}, first, second, size=2)

    assert bounds(asked[1]) == [("date_updated", "range", {"gte": at(2)})]
    assert [s.record_id for s in page.sightings] == ["o1", "o2"]


def test_many_of_one_moment_are_counted_past():
    same = [[{"id": f"o{n}", "updatedAt": at(-300)}, {"id": f"p{n}", "updatedAt": at(-300)}] for n in (1, 2)]

    page, asked = poll("opportunity", {"since": at(0)}, *same, [], size=2)

    assert [request.json["page"] for request in asked] == [1, 2, 3]
    assert len(page.sightings) == 4


def meet(crm, conversation):
    """The conversation's result, with the sandbox on the other side."""
    try:
        request = next(conversation)
        while True:
            got = crm.call(request.method, request.path, request.json)
            request = conversation.send(answer(got.json(), got.status_code, date=DATE))
    except StopIteration as end:
        return end.value


def follow(crm, search, cursor, sweeps=False):
    """All that polls show until nothing waits any more, and the last cursor."""
    found, context = [], make_context(location_id=bench.PLACE["locationId"])
    for _ in range(60):
        page = meet(crm, polling.poll(search, sweeps)(cursor, context))
        found += [s.record_id for s in page.sightings]
        cursor = json.loads(json.dumps(page.cursor))
        if not page.more:
            return found, cursor
    raise AssertionError("it goes round and round")


@pytest.mark.parametrize("search", [polling.CONTACTS, polling.OPPORTUNITIES], ids=["contacts", "opportunities"])
@pytest.mark.parametrize("pages", [1, 10])
def test_more_of_one_moment_than_pages_reach_are_all_seen_and_what_comes_after_too(search, pages):
    search = replace(search, size=2, sweep=2, pages=pages, reach=6)
    sweeps = search.plural == "contacts"
    for crm in bench.ghl(search_reach=6, allow_duplicates=True):
        _, cursor = follow(crm, search, {}, sweeps)
        crm.clock.now += 1000
        first = crm.app.store.rows("opportunities")[0]
        for n in range(11):  # of one moment: the clock stands still
            if sweeps:
                crm.post("/contacts/", {**bench.PLACE, "firstName": f"P{n}"})
            else:
                deal = {**bench.PLACE, "name": f"Deal {n}", "pipelineId": first["pipelineId"], "status": "open"}
                contact = crm.post("/contacts/", {**bench.PLACE, "firstName": f"P{n}"})["contact"]["id"]
                crm.post("/opportunities/", {**deal, "contactId": contact})
        same = {row["id"] for row in crm.app.store.rows(search.plural)[-11:]}

        found, cursor = follow(crm, search, cursor, sweeps)
        crm.clock.now += 1000
        newest = crm.app.store.rows(search.plural)[-1]["id"]
        crm.put(f"/{search.plural}/{newest}", {"firstName": "Late"} if sweeps else {"name": "Late"})
        late, _ = follow(crm, search, cursor, sweeps)

        assert same <= set(found)
        assert newest in late


def test_position_behind_what_pages_reach_names_the_last_record():
    same = [{"id": f"o{n}", "updatedAt": at(-300), "searchAfter": [str(n), f"o{n}"]} for n in range(6)]

    page, _ = poll("opportunity", {"since": at(0)}, same[:2], same[2:4], size=2, pages=2, reach=4)
    after, (request,) = poll("opportunity", page.cursor, same[4:5], size=2, pages=2, reach=4)

    assert page.cursor["window"] == [at(-300), 3, ["3", "o3"]]
    assert (request.json["searchAfter"], "page" in request.json) == (["3", "o3"], False)
    assert (after.more, [s.record_id for s in after.sightings]) == (False, ["o4"])


def test_position_that_no_page_reaches_is_taken_up_again():
    stuck = {"since": at(0), "window": [at(-300), 101]}

    page, (request,) = poll("opportunity", stuck, [])

    assert request.json["page"] == 1
    assert page.cursor == {"since": at(0)}


def test_long_window_goes_on_where_it_stopped():
    page, _ = poll("opportunity", {"since": at(0)}, [{"id": "o1", "updatedAt": at(1)}], size=1, pages=1)
    after, (request,) = poll("opportunity", page.cursor, [], size=1, pages=1)

    assert (page.more, page.cursor) == (True, {"since": at(1), "window": [at(1), 1]})
    assert bounds(request) == [("date_updated", "range", {"gte": at(1)})]
    assert after.cursor == {"since": at(1)}


def test_contacts_begin_with_where_things_stand():
    begun, _ = poll("contact", {}, [person("c1", -60)])
    page, (request,) = poll("contact", begun.cursor, [person("c1", -9000), person("c2", -60)])

    assert (begun.more, begun.cursor) == (True, {"since": at(0), "baseline": True})
    assert request.json["sort"] == [{"field": "dateAdded", "direction": "asc"}]
    assert (page.baseline, page.more, page.cursor) == (True, False, {"since": at(0)})
    assert [s.record_id for s in page.sightings] == ["c1"]


def test_sweep_goes_round():
    first, _ = poll("contact", {"since": at(0)}, [], [person("c1", -9000, added=-500)], sweep=1)
    second, asked = poll("contact", first.cursor, [], [person("c2", -9000, added=-400)], sweep=1)
    third, _ = poll("contact", second.cursor, [], [], sweep=1)

    assert first.cursor == {"since": at(0), "sweep": [at(-500), 1]}
    assert bounds(asked[1]) == [("dateAdded", "range", {"gte": at(-500)})]
    assert [s.record_id for s in second.sightings] == ["c2"]
    assert third.cursor == {"since": at(0)}


def test_newly_changed_contact_is_reported_once():
    page, _ = poll("contact", {"since": at(0)}, [person("c1", 5)], [person("c1", 5)])

    assert [s.record_id for s in page.sightings] == ["c1"]
    assert page.sightings[0].values["tags"] == ["vip"]


DEAL = {
    "id": "o1",
    "name": "Fit-out",
    "status": "won",
    "monetaryValue": 10,
    "pipelineId": "p1",
    "pipelineStageId": "s1",
    "contactId": "c1",
    "contact": {"id": "c1", "name": "Nadia Brandt", "email": "n@x.example"},
    "lastStatusChangeAt": at(1),
    "createdAt": at(-9000),
    "updatedAt": at(2),
    "customFields": [{"id": "f1", "fieldValue": "PO-1"}],
}
PIPELINES = [{"id": "p1", "name": "Sales", "stages": [{"id": "s1", "name": "Offer"}]}]


def reread(*answers):
    return talk(CONNECTOR.watched["opportunity"].reread("o1", make_context()), *answers)


def test_opportunity_read_again_is_whole():
    contact = {"id": "c1", "firstName": "Nadia", "lastName": "Brandt", "companyName": "Brandt", "city": "Bonn"}

    seen, asked = reread(answer({"opportunity": DEAL}), answer({"contact": contact}), answer({"pipelines": PIPELINES}))

    assert [r.path for r in asked] == ["/opportunities/o1", "/contacts/c1", "/opportunities/pipelines"]
    assert seen.complete is True
    assert (seen.stamp, seen.values["status_at"]) == (at(2), at(1))
    assert seen.data["pipeline"] == {"id": "p1", "name": "Sales"}
    assert seen.data["stage"] == {"id": "s1", "name": "Offer"}
    assert (seen.data["contact"]["company"], seen.data["contact"]["city"]) == ("Brandt", "Bonn")
    assert seen.data["won_at"] == at(1)
    assert seen.data["custom"] == {"f1": "PO-1"}


def test_opportunity_does_with_what_it_may_see():
    lacking = {"message": "The token is not authorized for this scope."}

    seen, _ = reread(answer({"opportunity": DEAL}), answer(lacking, 401), answer(lacking, 401))

    assert seen.data["contact"]["email"] == "n@x.example"
    assert seen.data["pipeline"] == {"id": "p1", "name": ""}


def test_record_that_is_gone_says_so():
    with pytest.raises(NotFound):
        reread(answer(None, 404))


def test_lacking_permission_to_read_it_says_so():
    with pytest.raises(Forbidden):
        reread(answer({"message": "not authorized for this scope"}, 401))


def test_sightings_are_shaped_like_the_samples():
    seen, _ = reread(answer({"opportunity": DEAL}), answer({"contact": {"id": "c1"}}), answer({"pipelines": PIPELINES}))
    deal, contact = (CONNECTOR.triggers[f"ghl.{key}"].sample for key in ("opportunity.won", "contact.created"))

    assert seen.data.keys() == deal.keys()
    assert seen.data["contact"].keys() == deal["contact"].keys() == contact.keys()
