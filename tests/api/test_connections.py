"""Connecting a service over the API: tested before it is kept, and its secrets never come out again."""

import base64
import contextlib
import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django_scopes import scopes_disabled

from builder.models import Connection, Health, Workspace
from builder.runner import listening, trying
from connectors.errors import ConnectorError
from tests import make
from tests.api.client import Api, Scene, problem
from tests.api.routes import ROUTES
from tests.runner.conftest import Sandbox, running


@pytest.fixture(scope="module")
def _ninja(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running("invoice_ninja", tmp_path_factory.mktemp("ninja")) as sandbox:
        yield sandbox


@pytest.fixture
def ninja(_ninja: Sandbox, db: None) -> Sandbox:
    _ninja.reset()
    with contextlib.suppress(ConnectorError):  # the first call makes the client, on a busy machine too slowly
        trying.identify("invoice_ninja", "token", {"base_url": _ninja.url, "token": token_of(_ninja)})
    return _ninja


@pytest.fixture
def ghl(tmp_path: Path, db: None) -> Iterator[Sandbox]:
    with running("ghl", tmp_path) as sandbox:
        yield sandbox


def token_of(sandbox: Sandbox) -> str:
    return sandbox.get("/_sandbox/state")["settings"]["token"]


def connected(owner: Api, ninja: Sandbox) -> dict:
    fields = {"base_url": ninja.url, "token": token_of(ninja)}
    return owner.post("/connections", {"connector": "invoice_ninja", "method": "token", "fields": fields})


def test_a_connection_is_tested_kept_and_shows_four_characters(owner: Api, ninja: Sandbox):
    secret = token_of(ninja)

    made = connected(owner, ninja)
    tested = owner.post(f"/connections/{made['id']}/test")
    listed = owner.ask("GET", "/connections").content.decode()

    assert (made["health"], made["endings"]) == ("well", {"token": secret[-4:]})
    assert made["identity"]["name"] == tested["name"] != ""
    assert made["name"] == f"Invoice Ninja: {tested['name']}"
    assert secret not in f"{made}{listed}{tested}"


def test_a_connection_tells_its_budget_and_that_its_service_is_away(owner: Api, ninja: Sandbox):
    made = connected(owner, ninja)
    until = timezone.now() + timedelta(minutes=5)
    with scopes_disabled():
        Connection.objects.update(health=Health.TROUBLE, resting_until=until, rests=1)

    away = owner.get(f"/connections/{made['id']}")
    owner.post(f"/connections/{made['id']}/test")
    back = owner.get(f"/connections/{made['id']}")

    assert (made["budget"]["allowed"], made["budget"]["seconds"], made["budget"]["left_today"]) == (2000, 10.0, None)
    assert (away["health"], parse_datetime(away["resting_until"])) == ("trouble", until)
    assert (back["health"], back["resting_until"]) == ("well", None)


def test_live_lists_come_in_pages(owner: Api, ninja: Sandbox):
    made = connected(owner, ninja)

    found = owner.get(f"/connections/{made['id']}/choices/currencies?limit=1&fresh=true")
    rest = owner.get(f"/connections/{made['id']}/choices/currencies?limit=200&cursor={found['next']}")

    assert len(found["items"]) == 1
    assert {"value", "label", "hint"} == found["items"][0].keys()
    assert found["items"][0] not in rest["items"]


def test_a_list_that_the_service_does_not_have_is_404(scene: Scene, owner: Api):
    refused = problem(owner.ask("GET", scene.path("/connections/{ninja}/choices/pipelines")), 404)

    assert refused["code"] == "not_found"


@pytest.mark.parametrize(
    ("fields", "field"),
    [({}, "token"), ({"token": "wrong"}, "token"), ({"token": "x", "base_url": "ftp://x"}, "base_url"),
     ({"token": "x", "colour": "red"}, "colour")],
)  # fmt: skip
def test_what_is_wrong_with_a_connection_is_said_beside_the_field(
    fields: dict[str, str], field: str, owner: Api, ninja: Sandbox
):
    body = {"connector": "invoice_ninja", "method": "token", "fields": {"base_url": ninja.url, **fields}}

    refused = problem(owner.ask("POST", "/connections", body), 422)

    assert list(refused["errors"]) == [field]
    assert owner.get("/connections")["items"] == []


def test_a_new_address_asks_for_the_secret_again(owner: Api, ninja: Sandbox):
    made = connected(owner, ninja)
    elsewhere = {"fields": {"base_url": ninja.url.replace("127.0.0.1", "localhost")}}

    refused = problem(owner.ask("PATCH", f"/connections/{made['id']}", elsewhere), 422)
    renamed = owner.patch(f"/connections/{made['id']}", {"name": "Books"})

    assert list(refused["errors"]) == ["token"]
    assert (renamed["name"], renamed["settings"]["base_url"]) == ("Books", made["settings"]["base_url"])


def test_a_connection_in_use_is_only_deleted_when_its_recipes_may_pause(scene: Scene, owner: Api):
    at = scene.path("/connections/{ninja}")

    refused = problem(owner.ask("DELETE", at), 422)
    deleted = owner.delete(f"{at}?pause=true")

    assert "Won deal to draft invoice" in refused["detail"]
    assert [(one["id"], one["state"]) for one in deleted["paused"]] == [(scene.ids["recipe"], "paused")]
    assert problem(owner.ask("GET", at), 404)
    with scopes_disabled():
        row = Connection.objects.get(public_id=scene.ids["ninja"])
    assert (row.sealed, row.endings) == ("", {})


def test_the_address_to_paste_is_told_to_those_who_may_connect(workspace: Workspace, owner: Api, scoped):
    app = make.make_connection(workspace=workspace, connector="ghl", method="app")
    token = make.make_connection(workspace=workspace, connector="ghl", method="token")

    told = [owner.get(f"/connections/{app.public_id}")["address"] for _ in range(2)]
    lesser = scoped("view", "edit").get(f"/connections/{app.public_id}")
    without = owner.get(f"/connections/{token.public_id}")

    with scopes_disabled():
        assert told == [listening.address(app.hooks.get())] * 2
    assert (lesser["address"], without["address"]) == ("", "")


def test_looking_without_the_scope_makes_no_address(workspace: Workspace, scoped):
    app = make.make_connection(workspace=workspace, connector="ghl", method="app")

    scoped("view").get(f"/connections/{app.public_id}")

    with scopes_disabled():
        assert not app.hooks.exists()


def test_refused_deliveries_are_counted(workspace: Workspace, owner: Api):
    app = make.make_connection(workspace=workspace, connector="ghl", method="app")
    make.make_hook(connection=app, refused=3, refused_at=datetime(2026, 11, 12, 9, 30, tzinfo=UTC))
    other = make.make_connection(workspace=workspace)

    counted = owner.get(f"/connections/{app.public_id}")
    listed = owner.get("/connections")["items"]

    assert (counted["refused"], counted["refused_at"]) == (3, "2026-11-12T09:30:00Z")
    assert [(one["id"], one["refused"], one["refused_at"]) for one in listed] == [
        (other.public_id, 0, None),
        (app.public_id, 3, "2026-11-12T09:30:00Z"),
    ]


HOSTILE = [
    "..%2f..%2fetc", "%00", "1'--", "null", "0", "-1", "9" * 400, "%F0%9F%92%A9", "<script>", "{id}", "%252e",
    "a%0d%0ab", "%ff%fe", "aaaaaaaaaaaa", "AAAAAAAAAAAA", "*", " ",
]  # fmt: skip


@pytest.mark.parametrize("hostile", HOSTILE)
def test_an_id_of_ones_own_making_finds_nothing(hostile: str, workspace: Workspace, owner: Api):
    paths = {(route.method, route.path) for route in ROUTES if "{" in route.path}

    for method, path in paths:
        head, rest = path.split("{", 1)
        address = head + quote(hostile, safe="%") + rest.split("}", 1)[1]
        response = owner.ask(method, address, "{}" if method in ("POST", "PATCH", "PUT") else None)

        refused = problem(response, response.status_code)
        assert refused["status"] in (404, 405, 422), (address, refused)


def test_no_answer_ever_holds_a_secret(owner: Api, ninja: Sandbox):
    """All that can be read, after every way to put a secret in."""
    secret = token_of(ninja)
    made = connected(owner, ninja)
    owner.ask("PATCH", f"/connections/{made['id']}", {"fields": {"token": f"{secret}-replaced"}})
    owner.ask("POST", "/connections", {"connector": "invoice_ninja", "method": "token", "fields": {"token": secret}})
    paths = [route.path for route in ROUTES if route.method == "GET" and "{" not in route.path]
    shapes = (secret, base64.b64encode(secret.encode()).decode(), quote(secret, safe=""))

    bodies = [owner.ask("GET", path).content.decode() for path in [*paths, f"/connections/{made['id']}"]]

    assert [shape for shape, body in itertools.product(shapes, bodies) if shape in body] == []


def test_an_agency_s_locations_are_listed_and_connected(owner: Api, workspace: Workspace, ghl: Sandbox):
    facts = ghl.get("/_sandbox/state")["connect"]
    keys = {name: facts[name] for name in ("client_id", "client_secret")}
    query = f"response_type=code&client_id={keys['client_id']}&redirect_uri=http://us.test/back"
    code = ghl.redirect(f"/v2/oauth/chooselocation?{query}", company="x").rpartition("code=")[2]
    got = ghl.post("/oauth/token", {**keys, "code": code, "grant_type": "authorization_code"})
    tokens = {"access_token": got["access_token"], "company_id": got["companyId"]}
    one = make.make_agency(workspace=workspace, base_url=ghl.url, **keys, **tokens).public_id

    [told] = owner.get("/agencies")["items"]
    rows = owner.get(f"/agencies/{one}/locations?q=port")["rows"]
    taken = owner.post(f"/agencies/{one}/connections", {"locations": [rows[0]["id"], "nowhere"]})
    after = owner.get(f"/agencies/{one}/locations")

    assert (told["id"], told["signed_out"]) == (one, False)
    assert [(row["name"], row["connection"]) for row in rows] == [("Brightwater Portraits", None)]
    assert [row["identity"]["name"] for row in taken["made"]] == ["Brightwater Portraits"]
    assert (list(taken["wrong"]), taken["left"]) == (["nowhere"], [])
    assert [bool(row["connection"]) for row in after["rows"]] == [False, True, False]
