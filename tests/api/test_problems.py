"""What goes wrong is said in one way, whatever it is."""

import logging
import re

import pytest
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client

from builder.actions import tokens
from builder.api import limits
from builder.api.recipes import Recipes
from tests.api.client import Api, Scene, problem, told
from tests.api.routes import ROUTES


def test_an_unknown_address_is_a_problem_and_says_where_to_look(owner: Api):
    refused = problem(owner.ask("GET", "/nonsense"), 404)

    assert refused["type"] == "/api/#problem-not_found"
    assert "/api/" in refused["detail"]


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
def test_an_address_with_a_slash_at_its_end_is_named(method: str, owner: Api):
    refused = problem(owner.ask(method, "/recipes/"), 404)

    assert "slash" in refused["detail"]


def test_a_method_that_is_not_there_is_answered_with_those_there_are(scene: Scene, owner: Api):
    found, wanted = {}, {}
    for path in sorted({route.path for route in ROUTES}):
        same = re.compile(re.sub("{.*?}", r"\\{[^/]+\\}", path))
        known = {route.method for route in ROUTES if same.fullmatch(route.path)}
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "NONSENSE"} - known:
            cache.clear()
            response = owner.ask(method, scene.path(path))

            named = [name for name in response.headers if name.startswith("Access-Control")]
            found[path, method] = problem(response, 405)["code"], set(response["Allow"].split(", ")), named
            wanted[path, method] = "method_not_allowed", known | ({"HEAD"} & {"HEAD" if "GET" in known else ""}), []

    assert found == wanted


def test_head_is_get_without_a_body(owner: Api):
    response = owner.ask("HEAD", "/recipes")

    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_anything_but_json_is_415(kind: str, owner: Api):
    headers = {"Authorization": f"Bearer {owner.token}"}

    response = Client().generic("POST", "/api/v1/recipes", b"name=x", kind, headers=headers)

    assert problem(response, 415)["code"] == "unsupported_media_type"


DEEP = "[" * 70 + "]" * 70


@pytest.mark.parametrize(
    "body",
    ["{", "", " ", "nonsense", '{"name": NaN}', '{"name": Infinity}', b'{"name": "\xff"}', "\x00", '{"name": "a"} x',
     f'{{"name": {DEEP}}}', '{"a":' * 5000 + "1" + "}" * 5000, "[" * 200_000, '{"limit": ' + "9" * 5000 + "}",
     "\ufeff{}"],
    ids=str,
)  # fmt: skip
def test_json_that_cannot_be_read_is_400_with_the_reason(body: str | bytes, owner: Api):
    refused = problem(owner.ask("POST", "/recipes", body or " "), 400)

    assert refused["code"] == "malformed"
    assert "JSON" in refused["detail"]


@pytest.mark.parametrize("body", ["[]", "1", '"text"', "null", "true", "[[1]]"])
def test_json_that_is_no_object_is_422(body: str, owner: Api):
    refused = problem(owner.ask("POST", "/recipes", body), 422)

    assert list(refused["errors"]) == [""]


def test_a_body_over_the_limit_is_413(owner: Api):
    refused = problem(owner.ask("POST", "/recipes", b'{"name": "' + b"x" * 1_048_576 + b'"}'), 413)

    assert "1 MB" in refused["detail"]


def test_every_wrong_field_is_named_with_a_sentence(owner: Api):
    refused = problem(owner.ask("POST", "/tokens", {"scopes": ["fly"], "colour": "red"}), 422)

    assert refused["errors"] == {"colour": ["There is no “colour” here."]}

    refused = problem(owner.ask("POST", "/tokens", {"scopes": ["view", "fly"]}), 422)

    assert refused["errors"] == {
        "name": ["This field is required."],
        "scopes.1": ['"fly" is not a valid choice.'],
    }
    assert "“name”" in refused["detail"] and "“scopes.1”" in refused["detail"]


@pytest.mark.parametrize("query", ["statsu=held", "status=odd", "limit=0", "limit=201", "limit=x", "since=yesterday"])
def test_a_filter_that_does_not_exist_is_refused_and_not_passed_over(query: str, owner: Api):
    refused = problem(owner.ask("GET", f"/runs?{query}"), 422)

    assert list(refused["errors"]) == [query.split("=")[0]]


def test_a_text_the_database_cannot_hold_is_422(owner: Api):
    for name in ("a\x00b", "\ud800"):
        assert list(problem(owner.ask("POST", "/folders", {"name": name}), 422)["errors"]) == ["name"]


def test_an_action_that_refuses_says_why_by_field(scene: Scene, owner: Api):
    refused = problem(owner.ask("POST", "/invitations", {"email": "nonsense", "role": "viewer"}), 422)

    assert refused["detail"] == "This is not an e-mail address. It looks like name@example.com."
    assert refused["errors"] == {"email": [refused["detail"]]}


def test_a_token_that_asks_too_often_waits(owner: Api, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(limits, "WINDOW", 86_400)
    first = owner.ask("GET", "/me")
    for _ in range(limits.PER_MINUTE - 1):
        limits.spend(*spender(owner))

    response = owner.ask("GET", "/me")

    assert (first["RateLimit-Limit"], first["RateLimit-Remaining"]) == ("600", "599")
    assert problem(response, 429)["code"] == "too_many_requests"
    assert int(response["Retry-After"]) >= 1


def spender(api: Api) -> tuple[str]:
    by = tokens.actor_of(api.token)
    assert by and by.token
    return (f"{by.workspace.pk}|{by.token.pk}",)


def test_each_token_has_its_own_allowance(owner: Api, stranger: Api, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(limits, "WINDOW", 86_400)
    limits.spend(*spender(owner), cost=limits.PER_MINUTE)

    assert problem(owner.ask("GET", "/me"), 429)
    assert told(stranger.ask("GET", "/me"))


def test_what_asks_a_service_counts_as_ten(scene: Scene, owner: Api):
    response = owner.ask("POST", scene.path("/connections/{ninja}/test"))

    assert response["RateLimit-Remaining"] == "590"


def test_our_own_mistake_is_named_by_a_reference_that_stands_in_the_log(
    owner: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(Recipes, "list", broken(ZeroDivisionError("secret words")))

    with caplog.at_level(logging.ERROR):
        refused = problem(owner.ask("GET", "/recipes"), 500)

    assert "secret words" not in str(refused)
    assert refused["reference"] in refused["detail"]
    assert refused["reference"] in caplog.text


def test_a_database_that_is_away_is_503(owner: Api, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Recipes, "list", broken(OperationalError("no")))

    response = owner.ask("GET", "/recipes")

    assert problem(response, 503)["code"] == "unavailable"
    assert response["Retry-After"] == "5"


def broken(problem: Exception):
    def fail(self: Recipes, request: object) -> None:
        raise problem

    return fail
