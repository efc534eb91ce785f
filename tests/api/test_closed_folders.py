"""Every endpoint about a thing in a closed folder, as members whom it lets in to different degrees."""

from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django_scopes import scope, scopes_disabled

from builder.actions.actor import Actor
from builder.models import Folder, FolderAccess, Level, Recipe, Role
from tests import make
from tests.api.client import Api, Scene, member, problem, program
from tests.api.routes import ROUTES
from tests.api.test_matrix import rows

ABOUT = ("{recipe}", "{run}", "{done}", "{event}", "{folder}", "{gone}")
"""What lies in the folder, or is it."""
HEIR = {"PUT /recipes/{recipe}/owner": 422}
"""Whom the route's body names isn't let in."""
INSIDE = [route for route in ROUTES if any(name in route.path for name in ABOUT)]


@pytest.fixture
def closed(scene: Scene) -> Scene:
    with scope(workspace=scene.workspace):
        folder = Folder.objects.get(public_id=scene.ids["folder"])
        Folder.objects.update(closed=True)
        Recipe.objects.update(folder=folder)
    return scene


def let_in(scene: Scene, who: Actor, level: str) -> Api:
    with scopes_disabled():
        folder = Folder.objects.get(public_id=scene.ids["folder"])
        FolderAccess.objects.create(workspace=scene.workspace, folder=folder, member=who.membership, level=level)
    return program(who)


def answers(scene: Scene, api: Api, routes: Any = INSIDE) -> dict[str, int]:
    """What each gives; all that it did is taken back."""
    found = {}
    for route in routes:
        cache.clear()
        with transaction.atomic():
            found[str(route)] = api.ask(route.method, scene.path(route.path), scene.body(route.body)).status_code
            transaction.set_rollback(True)
    return found


def expected(may: set[str]) -> dict[str, int]:
    """As the route answers where the folder lets them; else 403."""
    return {str(route): route.status if route.needs in may else 403 for route in INSIDE}


@pytest.mark.parametrize("role", [Role.EDITOR, Role.OPERATOR, Role.VIEWER])
def test_who_is_not_let_in_finds_nothing_and_changes_nothing(closed: Scene, role: str):
    api, before = program(member(closed.workspace, role)), rows(closed.workspace)
    able = [route for route in INSIDE if route.needs in Role(role).capabilities]

    found = answers(closed, api, able)

    assert found == dict.fromkeys(map(str, able), 404)
    for lost in ("ApiToken",):
        after = rows(closed.workspace)
        assert {k: v for k, v in after.items() if k != lost} == {k: v for k, v in before.items() if k != lost}


@pytest.mark.parametrize("role", [Role.EDITOR, Role.OPERATOR, Role.VIEWER])
def test_nothing_of_it_counts_in_lists(closed: Scene, role: str):
    api = program(member(closed.workspace, role))
    lists = [r for r in ROUTES if r.method == "GET" and r.open and r.needs == "view" and "{" not in r.path]

    texts = {str(route): api.ask("GET", closed.path(route.path)).content.decode() for route in lists}

    hidden = [str(closed.ids[name]) for name in ("recipe", "run", "done", "event", "folder", "gone")]
    assert [(name, one) for name, text in texts.items() for one in hidden if one in text] == []
    assert all('"items":[]' in texts[f"GET /{name}"] for name in ("recipes", "runs", "folders", "alerts"))


def test_who_sees_reads_alone(closed: Scene):
    api = let_in(closed, member(closed.workspace, Role.EDITOR), Level.SEE)

    assert answers(closed, api) == expected({"view"})


def test_who_edits_does_not_publish(closed: Scene):
    api = let_in(closed, member(closed.workspace, Role.EDITOR), Level.EDIT)
    found, wanted = answers(closed, api), expected({"view", "edit", "run"})

    for_all = ["PATCH /recipes/{recipe}", "DELETE /folders/{folder}"]
    for_all += ["GET /recipes/{recipe}/template", "POST /recipes/{recipe}/template"]
    assert found == {**wanted, **dict.fromkeys(for_all, 403)}


def test_who_publishes_does_all_but_open_it(closed: Scene):
    api = let_in(closed, member(closed.workspace, Role.EDITOR), Level.PUBLISH)

    wanted = {**expected({"view", "edit", "run", "publish"}), "DELETE /folders/{folder}": 403}
    assert answers(closed, api) == {**wanted, **HEIR}


def test_role_is_the_ceiling(closed: Scene):
    api = let_in(closed, member(closed.workspace, Role.VIEWER), Level.PUBLISH)

    assert answers(closed, api) == expected({"view"})


@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN])
def test_owners_and_admins_come_in_everywhere(closed: Scene, role: str):
    api = program(member(closed.workspace, role))

    assert answers(closed, api) == {**{str(route): route.status for route in INSIDE}, **HEIR}


def test_runs_of_a_list_go_on_without_those_one_may_not_touch(closed: Scene):
    outside = program(member(closed.workspace, Role.OPERATOR))
    seeing = let_in(closed, member(closed.workspace, Role.OPERATOR), Level.SEE)
    both = {"runs": [closed.ids["run"], closed.ids["done"]]}

    assert outside.post("/runs/retry", both) == {"done": [], "refused": []}
    assert outside.post("/runs/retry-all", {"status": "held"})["runs"] == 0
    assert seeing.post("/runs/retry-all", {"status": "held"})["runs"] == 0
    refused = seeing.post("/runs/retry", both)
    assert (refused["done"], len(refused["refused"])) == ([], 2)
    assert "In this folder you may not" in refused["refused"][0]["because"]


def test_access_is_set_and_told(scene: Scene, owner: Api):
    who = member(scene.workspace, Role.VIEWER)
    wanted = {
        "closed": True,
        "roles": [{"role": "editor", "level": "edit"}],
        "members": [{"member": str(who.membership.pk), "level": "see"}],
    }
    path = f"/folders/{scene.ids['folder']}/access"

    assert owner.ask("PUT", path, wanted).json() == wanted
    assert owner.get(path) == wanted
    for id in ("999999", "9" * 30, "²", "x", str(make.make_member().pk)):
        stranger = {**wanted, "members": [{"member": id, "level": "see"}]}
        assert "no longer a member" in problem(owner.ask("PUT", path, stranger), 422)["detail"]
    assert owner.get(path) == wanted
    assert owner.ask("PUT", path, {"closed": False, "roles": [], "members": []}).json()["roles"] == []
