"""What HighLevel's page for granting access brings back, and what an agency's token is good for."""

from datetime import UTC, datetime

import pytest

from connectors import doors
from connectors.errors import Misconfigured, Refused, SignedOut, Unavailable
from connectors.ghl import door, heard
from connectors.spec import Context
from tests.connectors.talk import answer, talk

KEYS = {"client_id": "app1-key", "client_secret": "s3cret"}
TOKENS = {"access_token": "a1", "refresh_token": "r1", "expires_in": 86399, "scope": "x", "companyId": "c1"}
AGENCY = {**KEYS, "base_url": "https://service.example", "company_id": "c1", "access_token": "a1"}
CONTEXT = Context(door.account(AGENCY))


def test_code_is_changed_without_saying_what_kind_of_tokens_come():
    begun, there = (door.exchange(KEYS, "code1", back).form for back in ("https://us.example/back", ""))

    assert there == {**KEYS, "grant_type": "authorization_code", "code": "code1"}
    assert begun == {**there, "redirect_uri": "https://us.example/back"}


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ({"userType": "Location", "locationId": "l1"}, {"location_id": "l1"}),
        ({"userType": "Company", "isBulkInstallation": True}, {"company_id": "c1"}),
        ({"userType": "Company", "locationId": ""}, {"company_id": "c1"}),
    ],
)
def test_answer_says_whose_tokens_they_are(told, kept):
    found = door.entered(answer({**TOKENS, **told}))

    assert {name: found[name] for name in found if name.endswith("_id")} == kept
    assert (found["access_token"], found["refresh_token"], found["granted"]) == ("a1", "r1", "x")


@pytest.mark.parametrize(
    ("given", "error", "field"),
    [
        (answer({"error": "invalid_grant"}, 400), SignedOut, ""),
        (answer({"error": "invalid_client"}, 400), Misconfigured, "client_secret"),
        (
            answer({"message": "Invalid client credentials", "error": "Unauthorized"}, 401),
            Misconfigured,
            "client_secret",
        ),
        (answer({}, 503), Unavailable, ""),
        (answer({"access_token": "a", "expires_in": 1}), Refused, ""),
    ],
)
def test_refused_code_is_told_from_wrong_keys(given, error, field):
    with pytest.raises(error) as caught:
        door.entered(given)

    assert caught.value.field == field


def test_locations_come_in_pages_and_only_those_the_app_is_in():
    rows = [{"_id": "l1", "name": "Astoria", "address": "4 Row"}, {"_id": "l2", "name": "x", "isInstalled": False}]

    found, [asked] = talk(door.places("ast", 100, 2, CONTEXT), answer({"locations": rows, "count": 7}))

    assert found == doors.Places((doors.Place("l1", "Astoria", "4 Row"),), 7, more=True)
    wanted = {"companyId": "c1", "appId": "app1", "isInstalled": "true", "skip": "100", "limit": "2", "query": "ast"}
    assert (asked.path, asked.query, asked.headers) == ("/oauth/installedLocations", wanted, {"Version": "2021-07-28"})


def test_location_s_token_is_asked_for_with_a_form():
    given = answer({"access_token": "b1", "expires_in": 60, "locationId": "l1"})

    fields, [asked] = talk(door.enter("l1", CONTEXT), given)

    assert (asked.path, asked.form) == ("/oauth/locationToken", {"companyId": "c1", "locationId": "l1"})
    assert (fields["access_token"], fields["location_id"], "refresh_token" in fields) == ("b1", "l1", False)


@pytest.mark.parametrize(
    ("status", "error"), [(400, Refused), (422, Refused), (401, SignedOut), (503, Unavailable), (500, Unavailable)]
)
def test_location_that_is_out_of_reach_is_told_from_a_refused_token(status, error):
    with pytest.raises(error):
        talk(door.enter("l1", CONTEXT), answer({"message": "Invalid JWT"}, status))


def test_each_kind_of_token_is_renewed_as_what_it_is():
    fields = {**AGENCY, "refresh_token": "r1"}

    assert door.DOOR.agency.renew(fields).form["user_type"] == "Company"
    with pytest.raises(SignedOut):
        door.DOOR.agency.renew(AGENCY)


HERE = {"client_id": "app1-key", "location_id": "l1", "company_id": "c1"}
MAY, JUNE = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("body", "facts", "since", "meant"),
    [
        ({"locationId": "l1"}, HERE, None, True),
        ({"locationId": "l2"}, HERE, None, False),
        ({"locationId": "l1", "appId": "app2"}, HERE, None, False),
        ({}, HERE, None, True),
        ({}, {"client_id": "app1-key", "company_id": "c2"}, None, False),
        ({"timestamp": "2026-05-12T10:00:00.000Z"}, HERE, MAY, True),
        ({"timestamp": "2026-05-12T10:00:00.000Z"}, HERE, JUNE, False),
        ({"timestamp": 1778580000000}, HERE, JUNE, True),
        ({"timestamp": "2026-05-12T10:00:00"}, HERE, JUNE, True),
        ({"timestamp": "yesterday"}, HERE, JUNE, True),
        ({"timestamp": None}, HERE, JUNE, True),
    ],
)
def test_uninstalled_app_is_told_by_location_agency_and_time(body, facts, since, meant):
    whole = {"type": "UNINSTALL", "appId": "app1", "companyId": "c1", **body}
    sighting = heard.WATCHED["app"].read(whole, "UNINSTALL")

    assert door.DOOR.left(sighting, facts, since) is meant
