"""The four lists: filters, sort, pages, cursors, and an index that sees late."""

import pytest

from tests.sandboxes import bench
from tests.sandboxes.bench import PLACE, START

LONG = "filters.value must be shorter than or equal to 75 characters"
AGO = "2026-11-22T11:59:00Z"


def contacts(crm, **body):
    return crm.post("/contacts/search", {**PLACE, "pageLimit": 100, **body})


def deals(crm, **body):
    return crm.post("/opportunities/search", {**PLACE, "limit": 100, **body})


def where(field, operator, value=None):
    return [{"field": field, "operator": operator} | ({} if value is None else {"value": value})]


def wrong(crm, **body):
    answer = crm.call("POST", "/contacts/search", {**PLACE, "pageLimit": 10, **body})
    return answer.status_code, answer.json()["message"]


def test_search_sees_a_new_contact_only_after_the_lag():
    for crm in bench.ghl(search_lag=2.0):
        crm.post("/contacts/", {**PLACE, "email": "late@x.example"})

        assert contacts(crm, filters=where("email", "eq", "late@x.example"))["total"] == 0
        crm.clock.now += 2
        assert contacts(crm, filters=where("email", "eq", "late@x.example"))["total"] == 1


def test_search_shows_the_old_version_until_the_lag_is_over():
    for crm in bench.ghl(search_lag=2.0):
        deal = next(row for row in crm.app.store.rows("opportunities") if row["status"] == "open")
        crm.put(f"/opportunities/{deal['id']}", {"status": "won"})

        early = deals(crm, filters=where("id", "eq", deal["id"]))["opportunities"][0]["status"]
        crm.clock.now += 2
        late = deals(crm, filters=where("id", "eq", deal["id"]))["opportunities"][0]["status"]

        assert (early, late) == ("open", "won")


@pytest.mark.parametrize(
    ("field", "operator", "value", "count"),
    [
        ("tags", "eq", "VIP", 2),
        ("tags", "eq", ["vip", "onboarding"], 2),
        ("tags", "not_exists", None, 2),
        ("companyName", "contains", "mar", 3),
        ("country", "not_eq", "US", 8),
        ("email", "eq", "Ottilie@HarbourPine.example", 1),
        ("assignedTo", "exists", None, 0),
        ("dateAdded", "range", {"gte": "2026-11-01T00:00:00Z"}, 2),
        ("dateAdded", "range", {"lt": str(int((START - 80 * 86_400) * 1000))}, 4),
    ],
)
def test_filters_keep_what_they_say(crm, field, operator, value, count):
    assert contacts(crm, filters=where(field, operator, value))["total"] == count


def test_groups_join_filters(crm):
    both = [{"group": "OR", "filters": where("city", "eq", "Kiel") + where("city", "eq", "Bath")}]

    assert contacts(crm, filters=both)["total"] == 2


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"filters": where("dateUpdated", "gte", AGO)}, "Invalid Operator passed for field date_updated"),
        ({"filters": where("email", "contains", "x")}, "Invalid Operator passed for field email"),
        ({"filters": where("dateAdded", "range", {"since": AGO})}, "Invalid value passed for field date_added"),
        ({"filters": where("dateAdded", "range", {"gte": "soon"})}, "Invalid value passed for field date_added"),
        ({"filters": where("shoeSize", "eq", "40")}, "Invalid field passed for filters: shoeSize"),
        (
            {"filters": where("city", "contains", "x" * 76)},
            "filters.value must be shorter than or equal to 75 characters",
        ),
        ({"sort": [{"field": "city", "direction": "asc"}]}, "Invalid field passed for sort"),
        ({"pageLimit": 501}, "pageLimit must not be greater than 500"),
        ({"page": 1, "searchAfter": [1, "x"]}, "page and searchAfter can not be used together"),
        ({"page": 1001, "pageLimit": 10}, "Cannot fetch more than 10000 records with page, use searchAfter"),
        ({"searchAfter": ["x"]}, "searchAfter is invalid"),
        ({"limit": 10}, "property limit should not exist"),
    ],
)
def test_search_that_can_not_be_is_refused(crm, body, message):
    assert wrong(crm, **body) == (422, [message])


@pytest.mark.parametrize("direction", ["asc", "desc"])
@pytest.mark.parametrize("field", ["dateAdded", "lastNameLowerCase"])
def test_search_after_walks_every_contact_once(crm, field, direction):
    sort = [{"field": field, "direction": direction}]
    seen, after = [], None
    while True:
        part = contacts(crm, pageLimit=7, sort=sort, **({"searchAfter": after} if after else {}))["contacts"]
        seen += [row["id"] for row in part]
        if len(part) < 7:
            break
        after = part[-1]["searchAfter"]

    assert seen == [row["id"] for row in contacts(crm, sort=sort)["contacts"]]
    assert len(seen) == 25


def test_opportunities_walk_by_search_after_as_texts(crm):
    sort = [{"field": "date_updated", "direction": "asc"}]
    first = deals(crm, limit=5, sort=sort)["opportunities"]
    rest = deals(crm, limit=100, sort=sort, searchAfter=first[-1]["searchAfter"])["opportunities"]

    assert all(isinstance(part, str) for part in first[-1]["searchAfter"])
    assert len({row["id"] for row in first + rest}) == 12
    assert len(rest) == 7


def test_pages_count_from_one_and_nought_is_the_first(crm):
    pages = [[row["id"] for row in deals(crm, limit=4, page=page)["opportunities"]] for page in (0, 1, 2)]

    assert pages[0] == pages[1]
    assert not set(pages[1]) & set(pages[2])


def test_opportunities_filter_by_value_contact_and_custom_field(crm):
    deal = crm.app.store.rows("opportunities")[2]
    field = next(row for row in crm.app.store.rows("fields") if row["fieldKey"] == "opportunity.reference")
    crm.put(f"/opportunities/{deal['id']}", {"customFields": [{"id": field["id"], "field_value": "wf-1"}]})

    marked = deals(crm, filters=where(f"custom_fields.{field['id']}", "eq", "wf-1"))["opportunities"]

    assert [row["id"] for row in marked] == [deal["id"]]
    assert deals(crm, filters=where("monetary_value", "range", {"gte": 6000}))["total"] == 3
    assert deals(crm, filters=where("contact_name", "contains", "keene"))["total"] == 1


def test_spoken_query_looks_through_names_and_addresses(crm):
    assert contacts(crm, query="harbour")["total"] == 1
    assert deals(crm, query="ferris")["total"] == 1


def test_old_list_needs_both_halves_of_its_cursor(crm):
    path = f"/contacts/?locationId={PLACE['locationId']}&limit=10"
    first = crm.get(path)
    meta = first["meta"]

    half = crm.get(f"{path}&startAfter={meta['startAfter']}")
    whole = crm.get(f"{path}&startAfter={meta['startAfter']}&startAfterId={meta['startAfterId']}")

    assert half["contacts"] == first["contacts"]
    assert not {row["id"] for row in whole["contacts"]} & {row["id"] for row in first["contacts"]}
    assert first["contacts"][0]["firstName"] == "gideon"


def test_old_opportunity_list_filters_sorts_and_passes_over_dates(crm):
    base = f"/opportunities/search?location_id={PLACE['locationId']}"

    won = crm.get(f"{base}&status=won&date=01-01-2030")["opportunities"]
    named = crm.get(f"{base}&order=name_asc&limit=2")

    assert len(won) == 3
    assert [row["name"] for row in named["opportunities"]] == ["Bakery pre-order site", "Bookshop relaunch"]
    assert named["meta"]["nextPage"] == 2
    assert crm.call("GET", f"{base}&order=newest").status_code == 422
