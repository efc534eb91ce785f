"""Who may come into the HighLevel sandbox: tokens, scopes, versions, limits, signing in."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from connectors.ghl.sandbox import COMPANY
from tests.sandboxes import bench
from tests.sandboxes.bench import LOCATION, PLACE

HERE = f"/locations/{LOCATION}"
HOLE = re.compile(r"{\w+}")
BACK = "https://us.example/back"


def said(answer):
    return answer.status_code, answer.json()["message"]


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({"Authorization": None}, "Invalid JWT"),
        ({"Authorization": "Bearer wrong"}, "Invalid JWT"),
        ({"Version": None}, "version header was not found."),
        ({"Version": "1999-01-01"}, "version header is invalid"),
    ],
)
def test_without_token_or_version_there_is_no_way_in(crm, headers, message):
    assert said(crm.call("GET", HERE, headers=headers)) == (401, message)


@pytest.mark.parametrize("path", ["/Contacts/", "/contacts", "/webhooks", f"{HERE}/webhooks"])
def test_unknown_path_is_a_401(crm, path):
    status, message = said(crm.call("GET", path))

    assert status == 401
    assert message.startswith("This route is not yet supported by the IAM Service")


def test_what_is_there_is_not_called_absent(crm):
    bare = [(one.method, HOLE.sub("{}", one.template), "absent" in one.facts) for one in crm.app.routes]
    named = {(method, path) for method, path, absent in bare if absent}

    assert len(named) > 200
    assert named & {(method, path) for method, path, absent in bare if not absent} == set()


@pytest.mark.parametrize("path", ["/payments/coupon/list", "/payments/orders/o1/notes"])
def test_what_is_not_there_says_so(crm, path):
    said_so = "These parts of payments are not in this sandbox; HighLevel itself has this call"

    assert said_so in str(said(crm.call("GET", path))[1])


def test_missing_scope_is_a_401_and_wrong_location_a_403(crm):
    narrow = crm.post("/_sandbox/tokens", {"scopes": "contacts.readonly"})["token"]

    assert said(crm.call("GET", HERE, headers={"Authorization": f"Bearer {narrow}"})) == (
        401,
        "The token is not authorized for this scope.",
    )
    assert said(crm.call("GET", "/locations/elsewhere")) == (403, "The token does not have access to this location.")
    assert crm.call("POST", "/contacts/search", {"pageLimit": 1}).status_code == 403
    assert crm.call("GET", "/users/").status_code == 403


def test_agency_routes_and_missing_company_are_refused_in_their_own_words(crm):
    assert said(crm.call("POST", "/locations/", {"name": "x"})) == (403, "Forbidden resource")
    assert said(crm.call("GET", "/users/search")) == (401, "E01 - Unauthorized request")


def test_every_answer_has_its_own_trace(crm):
    traces = {crm.get(HERE)["traceId"] for _ in range(3)}

    assert len(traces) == 3


def test_bad_json_is_a_400(crm):
    answer = crm.call("POST", "/contacts/", content=b'{"a": NaN}', headers={"Content-Type": "application/json"})

    assert answer.status_code == 400


def test_limit_counts_down_answers_429_and_opens_again():
    for crm in bench.ghl(rate_max=2, rate_daily=1000):
        first, second, third = (crm.call("GET", HERE) for _ in range(3))

        assert first.headers["x-ratelimit-remaining"] == "1"
        assert second.headers["x-ratelimit-remaining"] == "0"
        assert (third.status_code, third.json()["message"]) == (429, "Too Many Requests")
        assert {k: third.headers[k] for k in ("x-ratelimit-interval-milliseconds", "x-ratelimit-max")} == {
            "x-ratelimit-interval-milliseconds": "10000",
            "x-ratelimit-max": "2",
        }
        assert "retry-after" not in third.headers
        crm.clock.now += 10
        assert crm.call("GET", HERE).headers["x-ratelimit-daily-remaining"] == "997"


def test_daily_limit_lasts_for_the_day():
    for crm in bench.ghl(rate_max=10, rate_daily=1):
        crm.get(HERE)
        crm.clock.now += 3600
        assert crm.call("GET", HERE).status_code == 429
        crm.clock.now += 86_400
        assert crm.call("GET", HERE).status_code == 200


def keys(crm):
    app = crm.get("/_sandbox/app")["app"]
    return {"client_id": app["client_id"], "client_secret": app["client_secret"]}


def code(crm, scope="contacts.readonly"):
    query = {"response_type": "code", "client_id": keys(crm)["client_id"], "redirect_uri": BACK, "scope": scope}
    page = crm.call("GET", "/v2/oauth/chooselocation", params={**query, "state": "s1"}, headers={"Version": None})
    assert "Brightwater Studio" in page.text
    answer = crm.call("POST", "/v2/oauth/chooselocation", params={**query, "state": "s1"})
    back = urlsplit(answer.headers["location"])
    given = parse_qs(back.query)
    assert (answer.status_code, f"{back.scheme}://{back.netloc}{back.path}", given["state"]) == (302, BACK, ["s1"])
    return given["code"][0]


def token(crm, **form):
    return crm.call("POST", "/oauth/token", data={**keys(crm), **form})


def test_code_is_good_once_and_opens_what_was_asked_for(crm):
    form = {"grant_type": "authorization_code", "code": code(crm), "redirect_uri": BACK}

    given = token(crm, **form).json()

    assert (given["locationId"], given["scope"], given["expires_in"]) == (LOCATION, "contacts.readonly", 86_399)
    mine = {"Authorization": f"Bearer {given['access_token']}"}
    assert crm.call("POST", "/contacts/search", {**PLACE, "pageLimit": 1}, headers=mine).status_code == 200
    assert crm.call("GET", HERE, headers=mine).status_code == 401
    assert token(crm, **form).json()["error"] == "invalid_grant"


def test_access_ends_after_a_day_and_a_refresh_token_works_once(crm):
    given = token(crm, grant_type="authorization_code", code=code(crm)).json()
    crm.clock.now += 86_400
    mine = {"Authorization": f"Bearer {given['access_token']}"}

    gone = crm.call("POST", "/contacts/search", {**PLACE, "pageLimit": 1}, headers=mine)
    fresh = token(crm, grant_type="refresh_token", refresh_token=given["refresh_token"])
    again = token(crm, grant_type="refresh_token", refresh_token=given["refresh_token"])

    assert said(gone) == (401, "Invalid token: access token is expired")
    assert fresh.status_code == 200
    assert fresh.json()["refresh_token"] != given["refresh_token"]
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


def agency(crm):
    """What an install of the whole agency, begun in the marketplace, gives."""
    page = crm.call("GET", "/_sandbox/install", params={"redirect_uri": BACK})
    back = crm.call("POST", page.headers["location"], data={"company": COMPANY}).headers["location"]
    given = parse_qs(urlsplit(back).query)
    assert list(given) == ["code"]
    return token(crm, grant_type="authorization_code", code=given["code"][0]).json()


def installed(crm, token, **query):
    query = {"companyId": COMPANY, "appId": keys(crm)["client_id"].split("-")[0], **query}
    mine = {"Authorization": f"Bearer {token}"}
    return crm.call("GET", "/oauth/installedLocations", params=query, headers=mine).json()


def test_agency_s_token_opens_no_location_but_gets_a_token_for_each(crm):
    given = agency(crm)
    mine = {"Authorization": f"Bearer {given['access_token']}"}
    listed = installed(crm, given["access_token"], limit="2")
    last = installed(crm, given["access_token"], skip="2")["locations"]
    searched = installed(crm, given["access_token"], query="wed")

    [other] = last
    form = {"companyId": COMPANY, "locationId": other["_id"]}
    one = crm.call("POST", "/oauth/locationToken", data=form, headers=mine).json()

    assert (given["userType"], given["isBulkInstallation"], "locationId" in given) == ("Company", True, False)
    assert (listed["count"], len(listed["locations"])) == (3, 2)
    assert [row["name"] for row in searched["locations"]] == ["Brightwater Weddings"]
    assert crm.call("GET", HERE, headers=mine).status_code == 403
    theirs = {"Authorization": f"Bearer {one['access_token']}"}
    assert crm.get(f"/locations/{other['_id']}", headers=theirs)["location"]["name"] == other["name"]
    assert crm.call("GET", HERE, headers=theirs).status_code == 403
    fresh = token(crm, grant_type="refresh_token", refresh_token=one["refresh_token"], user_type="Location").json()
    assert (fresh["userType"], fresh["locationId"]) == ("Location", other["_id"])
    assert token(crm, grant_type="refresh_token", refresh_token=given["refresh_token"], user_type="Location").is_error
    assert token(crm, grant_type="refresh_token", refresh_token=given["refresh_token"], user_type="Company").is_success


def test_uninstalled_app_loses_its_tokens_and_is_told(crm):
    given = agency(crm)

    crm.post("/_sandbox/uninstall", {"location_id": LOCATION})
    crm.quiet()
    some = installed(crm, given["access_token"], isInstalled="true")["locations"]
    crm.post("/_sandbox/uninstall", {})
    crm.quiet()

    told = [(body["type"], body["companyId"], body.get("locationId")) for body in crm.receiver.bodies]
    assert len(some) == 2
    assert token(crm, grant_type="refresh_token", refresh_token=given["refresh_token"]).status_code == 400
    assert told == [("UNINSTALL", COMPANY, LOCATION), ("UNINSTALL", COMPANY, None)]


def test_expire_ends_the_tokens_given_so_far(crm):
    given = token(crm, grant_type="authorization_code", code=code(crm)).json()

    assert crm.post("/_sandbox/expire", {}) == {"expired": 1}
    mine = {"Authorization": f"Bearer {given['access_token']}"}
    assert crm.call("POST", "/contacts/search", {**PLACE, "pageLimit": 1}, headers=mine).status_code == 401


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ({"client_id": "draft"}, "error.noAppVersionIdFound"),
        ({"redirect_uri": "https://highlevel.example/back"}, "Invalid redirect URL"),
        ({"redirect_uri": "javascript:alert(1)"}, "Invalid redirect URL"),
        ({"response_type": "token"}, "response_type must be code"),
    ],
)
def test_sign_in_page_says_what_is_wrong(crm, query, text):
    good = {"response_type": "code", "client_id": keys(crm)["client_id"], "redirect_uri": BACK}

    page = crm.call("GET", "/v2/oauth/chooselocation", params=good | query)

    assert page.status_code == 400
    assert text in page.text


def test_wrong_secret_is_a_401(crm):
    answer = crm.call("POST", "/oauth/token", data={**keys(crm), "client_secret": "x", "grant_type": "refresh_token"})

    assert answer.status_code == 401


@pytest.mark.parametrize("path", ["/blogs/authors", "/associations/a1", f"/social-media-posting/{LOCATION}/csv"])
def test_what_is_not_simulated_says_so(crm, path):
    status, (message,) = said(crm.call("GET", path))

    assert status == 422
    assert message.endswith("not in this sandbox; HighLevel itself has this call")
