"""Every endpoint as every kind of caller. Each answer is held against the document."""

import base64
import re
from collections.abc import Callable, Iterable

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django_scopes import scopes_disabled

from builder.api.document import document
from builder.models import Capability, Role, Workspace
from builder.models.workspace import CAPABILITIES
from tests.api import schemas
from tests.api.client import CANARY, Api, Scene, make_scene, member, problem, program
from tests.api.routes import ROUTES, Route

LESSER = [Role.EDITOR, Role.OPERATOR, Role.VIEWER]


def wrong(judge: Callable[[Route], None], routes: Iterable[Route] = ROUTES) -> list[str]:
    """What is amiss, route by route. One scene serves them all: what each of them did is taken back."""
    found = []
    for route in routes:
        cache.clear()
        with transaction.atomic():
            try:
                judge(route)
            except Exception as amiss:  # told with those of all the other routes
                found.append(f"{route}: {amiss!r}")
            transaction.set_rollback(True)
    return found


def call(api: Api, route: Route, scene: Scene):
    response = api.ask(route.method, scene.path(route.path), scene.body(route.body))
    assert_no_secret(response.content)
    assert_documented(route, response)
    return response


def assert_documented(route: Route, response: HttpResponse) -> None:
    answers = next(m for p, m in document()["paths"].items() if f"{route.method} {bare(p)}" == shaped(route))
    assert answers[route.method.lower()]["responses"].keys() >= {str(response.status_code)}
    content = schemas.resolved(answers[route.method.lower()]["responses"][str(response.status_code)]).get("content")
    if content:
        media, body = next(iter(content.items()))
        assert response["Content-Type"] == media
        schemas.check(response.json(), body["schema"])
    else:
        assert response.content == b""


def assert_no_secret(content: bytes) -> None:
    text = content.decode()
    hidden = [CANARY, base64.b64encode(CANARY.encode()).decode()[:16], '"sealed"', '"key_hash"', '"password"']
    assert [one for one in hidden if one in text] == []


def test_the_owner_may(scene: Scene, owner: Api):
    def judge(route: Route) -> None:
        response = call(owner, route, scene)

        assert response.status_code == route.status, response.content
        assert "Access-Control-Allow-Origin" not in response.headers

    assert wrong(judge) == []


@pytest.mark.parametrize("role", LESSER)
def test_a_member_may_what_the_role_says(role: str, scene: Scene):
    api = program(member(scene.workspace, role))

    def judge(route: Route) -> None:
        response = call(api, route, scene)

        if not route.needs or Capability(route.needs) in CAPABILITIES[role]:
            assert response.status_code == route.status, response.content
        else:
            assert f"“{route.needs}”" in problem(response, 403)["detail"]

    assert wrong(judge) == []


def test_a_token_without_the_scope_is_told_which(scene: Scene):
    def judge(route: Route) -> None:
        others = [str(c) for c in Capability if c != route.needs]
        api = program(member(scene.workspace), *others)

        refused = problem(call(api, route, scene), 403)

        assert refused["code"] == "forbidden"
        assert f"scope “{route.needs}”" in refused["detail"]

    assert wrong(judge, [route for route in ROUTES if route.needs]) == []


def test_a_stranger_finds_nothing_of_ours(scene: Scene, stranger: Api):
    before = rows(scene.workspace)

    def judge(route: Route) -> None:
        response = call(stranger, route, scene)

        assert response.status_code == 404 or route.open or b"connection_invoice_ninja" in response.content
        assert not [
            name for name in scene.ids.values() if str(name) in response.content.decode() and len(str(name)) > 6
        ]
        assert rows(scene.workspace) == before

    assert wrong(judge) == []


def test_nobody_is_asked_for_a_token(scene: Scene):
    def judge(route: Route) -> None:
        response = call(Api(), route, scene)

        assert problem(response, 401)["code"] == "signed_out"
        assert response["WWW-Authenticate"].startswith("Bearer")

    assert wrong(judge) == []


def test_every_endpoint_of_the_document_is_tried():
    documented = {
        f"{method.upper()} {bare(path)}" for path, methods in document()["paths"].items() for method in methods
    }

    assert {shaped(route) for route in ROUTES} == documented
    assert len(ROUTES) == len(documented)


def test_the_document_says_the_scope_that_is_asked_for():
    scopes = {
        (method.upper(), bare(path)): operation.get("x-scope", "")
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
    }

    assert {tuple(shaped(route).split(" ")): route.needs for route in ROUTES} == scopes


def test_two_workspaces_share_nothing_but_the_catalogue(scene: Scene, stranger: Api):
    theirs = [route for route in ROUTES if route.method == "GET" and route.open]

    found = {str(route): call(stranger, route, scene).json().get("items") for route in theirs}

    ours = ("GET /connections", "GET /recipes", "GET /events", "GET /runs", "GET /folders", "GET /invitations")
    assert {name: found[name] for name in ours} == {name: [] for name in ours}


def bare(path: str) -> str:
    return re.sub("{.*?}", "{}", path.removeprefix("/api/v1"))


def shaped(route: Route) -> str:
    """As the document writes the address."""
    path = re.sub("{.*?}", "{}", route.path)
    path = re.sub(r"/versions/1\b", "/versions/{}", path)
    path = re.sub(r"^/(operations|templates|connectors)/[^/]+", r"/\1/{}", path)
    path = re.sub(r"/steps/\w+/", "/steps/{}/", path)
    path = re.sub(r"/choices/\w+", "/choices/{}", path)
    return f"{route.method} {path}"


def rows(workspace: Workspace) -> dict[str, list[object]]:
    """What the workspace holds, row by row."""
    with scopes_disabled():
        return {
            model.__name__: list(model.objects.filter(workspace=workspace).order_by("pk").values())
            for model in apps.get_app_config("builder").get_models()
            if any(f.name == "workspace" for f in model._meta.fields)
        }


def test_a_scene_of_another_workspace_has_the_same_shape(db: None):
    one, other = make_scene(), make_scene()

    assert one.ids.keys() == other.ids.keys()
    assert not set(one.ids.values()) & set(other.ids.values())
