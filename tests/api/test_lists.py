"""Lists: the same number of queries however long, and pages that stay true while rows come and go."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_scopes import scope

from builder.models import EventKey, Fate, Run, Workspace
from tests import make
from tests.api.client import Api, Scene, member, problem

SIGN_IN = 2
"""The token with its workspace and maker, and the membership."""


def a_member(w: Workspace) -> Any:
    return make.make_member(workspace=w, name="Robin Weber")


def a_run(w: Workspace) -> Any:
    return make.make_run(recipe=make.make_recipe(workspace=w, live=True))


LISTS: dict[str, Callable[[Workspace], Any]] = {
    "/connections": lambda w: make.make_connection(workspace=w, created_by=member(w).user),
    "/recipes": lambda w: make.make_recipe(
        workspace=w,
        live=True,
        folder=make.make_folder(workspace=w, name=str(timezone.now())),
        created_by=member(w).user,
    ),
    "/folders": lambda w: make.make_folder(workspace=w, name=str(timezone.now())),
    "/events": lambda w: make.make_event(workspace=w, connection=make.make_connection(workspace=w)),
    "/runs": a_run,
    "/members": a_member,
    "/invitations": lambda w: make.make_invitation(workspace=w, invited_by=member(w).user),
    "/tokens": lambda w: make.make_token(by=member(w)),
    "/audit": lambda w: make.make_audit(workspace=w, user=member(w).user),
}


@pytest.mark.parametrize("path", LISTS)
def test_a_list_takes_one_query_with_one_row_and_with_three(
    path: str, workspace: Workspace, owner: Api, django_assert_num_queries
):
    owner.get("/me")
    before = len(owner.get(path)["items"])

    for rows in (1, 3):
        while len(owner.get(path)["items"]) < before + rows:
            LISTS[path](workspace)
        with django_assert_num_queries(SIGN_IN + 1):
            owner.get(path)


def test_the_versions_of_a_recipe_take_one_query_more(workspace: Workspace, owner: Api, django_assert_num_queries):
    recipe = make.make_recipe(workspace=workspace, live=True)
    owner.get("/me")

    for number in (2, 4):
        make.make_version(recipe=recipe, number=number, published_by=member(workspace).user)
        make.make_version(recipe=recipe, number=number + 1)
        with django_assert_num_queries(SIGN_IN + 2):
            owner.get(f"/recipes/{recipe.public_id}/versions")


@pytest.mark.parametrize("path", ["/connectors", "/operations"])
def test_the_catalogue_asks_the_database_nothing(path: str, owner: Api, django_assert_num_queries):
    owner.get("/me")

    with django_assert_num_queries(SIGN_IN):
        owner.get(path)


def test_templates_ask_the_database_once_for_those_of_the_team(
    workspace: Workspace, owner: Api, django_assert_num_queries
):
    owner.get("/me")

    for _n in range(2):
        make.make_team_template(workspace=workspace)
        with django_assert_num_queries(SIGN_IN + 1):
            owner.get("/templates")


def test_a_run_takes_as_many_queries_with_one_step_as_with_three(
    workspace: Workspace, owner: Api, django_assert_num_queries
):
    run = make.make_run(recipe=make.make_recipe(workspace=workspace, live=True))
    owner.get("/me")

    for step in ("sonlyi", "sclien", "sinvoi"):
        make.make_exchange(step_run=make.make_step_run(run=run, step_id=step))
        with django_assert_num_queries(SIGN_IN + 3):
            owner.get(f"/runs/{run.public_id}")


def pages(api: Api, path: str, limit: int) -> list[list[str]]:
    found, cursor = [], ""
    while cursor is not None:
        page = api.get(f"{path}{'&' if '?' in path else '?'}limit={limit}&cursor={cursor}")
        found.append([one.get("id") or one["key"] for one in page["items"]])
        cursor = page["next"]
    return found


def test_pages_go_from_the_newest_to_the_oldest_and_meet_every_row_once(workspace: Workspace, owner: Api):
    ids = [make.make_folder(workspace=workspace, name=f"F{n}").public_id for n in range(5)]

    assert pages(owner, "/folders", 2) == [[ids[4], ids[3]], [ids[2], ids[1]], [ids[0]]]
    assert pages(owner, "/folders", 5) == [ids[::-1]]


def test_a_row_that_comes_or_goes_between_pages_moves_no_other(workspace: Workspace, owner: Api):
    ids = [make.make_folder(workspace=workspace, name=f"F{n}") for n in range(4)]
    first = owner.get("/folders?limit=2")

    make.make_folder(workspace=workspace, name="Newer")
    with scope(workspace=workspace):
        ids[2].delete()
    second = owner.get(f"/folders?limit=2&cursor={first['next']}")

    assert [one["name"] for one in first["items"]] == ["F3", "F2"]
    assert [one["name"] for one in second["items"]] == ["F1", "F0"]
    assert second["next"] is None


def test_the_catalogue_comes_in_pages_too(owner: Api):
    whole = pages(owner, "/operations", 200)
    small = pages(owner, "/operations?q=client", 3)

    assert sum(map(len, whole)) == len({key for page in whole for key in page}) > 50
    assert small[0] == [one["key"] for one in owner.get("/operations?q=client")["items"][:3]]


@pytest.mark.parametrize("cursor", ["x", "MQ", "1", "0", "-1", "a:b", "%00", "' OR 1=1", "é", "W10:1abc:xyz"])
def test_a_cursor_of_ones_own_making_is_refused(cursor: str, owner: Api):
    refused = problem(owner.ask("GET", f"/folders?cursor={cursor}"), 422)

    assert list(refused["errors"]) == ["cursor"]


def test_a_cursor_of_another_list_or_workspace_is_refused(workspace: Workspace, owner: Api, stranger: Api):
    for n in range(3):
        make.make_folder(workspace=workspace, name=f"F{n}")
    cursor = owner.get("/folders?limit=1")["next"]

    assert list(problem(owner.ask("GET", f"/recipes?cursor={cursor}"), 422)["errors"]) == ["cursor"]
    assert list(problem(stranger.ask("GET", f"/folders?cursor={cursor}"), 422)["errors"]) == ["cursor"]


def ids(api: Api, path: str) -> list[str]:
    return [one["id"] for one in api.get(path)["items"]]


def test_runs_are_found_by_status_recipe_event_time_and_what_was_in_them(scene: Scene, owner: Api):
    held, done = scene.ids["run"], scene.ids["done"]
    with scope(workspace=scene.workspace):
        run = Run.objects.get(public_id=done)
        Run.objects.filter(pk=run.pk).update(created_at=timezone.now() - timedelta(days=3))
        kind, value = "phone", "+49 30 123456"
        EventKey.objects.create(
            workspace=scene.workspace, event=run.event, kind=kind, value=value, value_hash=EventKey.hashed(kind, value)
        )
    day = (timezone.now() - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")

    assert ids(owner, "/runs") == [done, held]
    assert ids(owner, "/runs?status=held") == [held]
    assert ids(owner, f"/runs?recipe={scene.ids['recipe']}&status=done") == [done]
    assert ids(owner, f"/runs?recipe={scene.ids['gone']}") == []
    assert ids(owner, f"/runs?event={scene.ids['event']}") == [held]
    assert (ids(owner, f"/runs?since={day}"), ids(owner, f"/runs?until={day}")) == ([held], [done])
    assert ids(owner, "/runs?key=%2B4930123456") == [done]
    assert ids(owner, "/runs?key=4930") == []


def test_events_are_found_by_fate_connection_and_key(scene: Scene, owner: Api):
    waiting = make.make_event(workspace=scene.workspace, fate=Fate.WAITING, read_at=None)

    found = owner.get("/events?fate=waiting")["items"]

    assert [(one["id"], one["fate"], one["connection"]) for one in found] == [(waiting.public_id, "waiting", None)]
    assert len(ids(owner, f"/events?connection={scene.ids['ghl']}&fate=ran")) == 2
    assert ids(owner, "/events?key=nobody@example.com") == []


def test_recipes_and_connections_are_filtered(scene: Scene, owner: Api):
    recipe, folder = scene.ids["recipe"], scene.ids["folder"]

    assert ids(owner, "/recipes?q=WON&state=live") == [recipe]
    assert ids(owner, f"/recipes?folder={folder}") == [recipe]
    assert ids(owner, "/recipes?state=paused") == ids(owner, "/recipes?q=nothing") == []
    assert ids(owner, "/connections?connector=ghl&health=well") == [scene.ids["ghl"]]
