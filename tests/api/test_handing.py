"""Removing a member and giving recipes another owner, by a program."""

from django_scopes import scope

from builder.models import Membership, Recipe, Role, Workspace
from tests import make
from tests.api.client import Api, member, problem, program


def owners(workspace: Workspace) -> list[str]:
    with scope(workspace=workspace):
        return [str(row.created_by) for row in Recipe.objects.select_related("created_by").order_by("pk")]


def test_what_a_member_has_is_told_and_goes_to_who_is_named(workspace: Workspace):
    api = program(member(workspace))
    lena = make.make_member(workspace=workspace, role=Role.EDITOR, name="Lena Leaver")
    make.make_member(workspace=workspace, role=Role.ADMIN, name="Ada Admin", email="ada@example.com")
    recipe = make.make_recipe(workspace=workspace, live=True, created_by=lena.user, name="Won deal")

    held = api.get(f"/members/{lena.pk}/holdings")
    refused = problem(api.ask("DELETE", f"/members/{lena.pk}?to=stranger@example.com"), 422)
    stayed = Membership.objects.filter(pk=lena.pk).exists()
    api.delete(f"/members/{lena.pk}?to=Ada@example.com")

    assert (held["recipes"], held["live"]) == ([{"id": recipe.public_id, "name": "Won deal"}], 1)
    assert (held["connections"], held["tokens"], held["asking"]) == ([], [], [])
    assert "to" in str(refused["errors"])
    assert stayed
    assert owners(workspace) == ["Ada Admin"]


def test_nobody_named_means_who_made_the_token(workspace: Workspace):
    lena = make.make_member(workspace=workspace, role=Role.EDITOR)
    make.make_recipe(workspace=workspace, created_by=lena.user)

    program(member(workspace, name="Olive Owner")).delete(f"/members/{lena.pk}")

    assert owners(workspace) == ["Olive Owner"]


def test_recipe_gets_another_owner(workspace: Workspace):
    api: Api = program(member(workspace))
    recipe = make.make_recipe(workspace=workspace, name="Won deal")
    make.make_member(workspace=workspace, role=Role.EDITOR, name="Eddie", email="eddie@example.com")
    make.make_member(workspace=workspace, role=Role.VIEWER, name="Vera", email="vera@example.com")
    path = f"/recipes/{recipe.public_id}/owner"

    refused = problem(api.ask("PUT", path, {"to": "vera@example.com"}), 422)
    given = api.ask("PUT", path, {"to": "eddie@example.com"}).json()

    assert refused["detail"] == "Vera may not change recipes. Choose an owner, admin or editor."
    assert (given["created_by"], owners(workspace)) == ("Eddie", ["Eddie"])
