"""Several people at the same moment, each with a database connection of their own."""

import threading

import pytest
from django.db import connection
from django_scopes import scope

from builder.actions import agencies, drafts, members, starting, workspaces
from builder.actions.errors import ActionError
from builder.models import Event, Membership, Recipe, Workspace
from builder.recipe import tree as trees
from connectors import catalogue
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls):
    """What each gave, or the ActionError it raised."""
    ready, outcomes = threading.Barrier(len(calls)), {}

    def run(number, call):
        try:
            ready.wait(10)
            outcomes[number] = call()
        except ActionError as refused:
            outcomes[number] = refused
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return [outcomes[number] for number in range(len(calls))]


def test_two_clicks_start_a_recipe_once():
    by = make.make_actor()
    tree = trees.parse({"format": 1, "trigger": {"operation": "tools.hook.received", "inputs": {}}})
    recipe = make.make_recipe(workspace=by.workspace, tree=tree, live=True)

    clicks = [lambda: starting.by_hand(by, _own(by.workspace, recipe), {"id": 7}, "one-form")] * 4
    events = at_once(*clicks)

    with scope(workspace=by.workspace):
        assert Event.objects.count() == 1
        assert {event.pk for event in events} == {Event.objects.get().pk}


def test_two_confirmations_of_an_agency_keep_it_once():
    by = make.make_actor()
    keys = {"client_id": "app1-key", "client_secret": "made-up", "base_url": "https://example.com"}

    def confirm():
        with scope(workspace=by.workspace):
            given = {**keys, "company_id": "agency1", "access_token": "made-up"}
            return agencies.arrived(by, catalogue.CONNECTORS["ghl"], given)

    rows = at_once(*[confirm] * 4)

    assert len({row.pk for row in rows}) == 1


def test_no_edit_is_lost():
    people = [make.make_actor()]
    workspace = people[0].workspace
    people += [make.make_actor(workspace=workspace) for _ in range(3)]
    recipe = make.make_recipe(workspace=workspace)
    fields = ("website", "phone", "city", "vat_number")

    def write(by, field):
        for n in range(5):
            mine = _own(workspace, recipe)
            args = {"step": "sclien", "field": field, "value": f"{field} {n}"}
            drafts.edit(by, mine, "set_field", args, 0, f"{field}-{n}")

    outcomes = at_once(*(lambda by=by, field=field: write(by, field) for by, field in zip(people, fields, strict=True)))

    now = _own(workspace, recipe)
    inputs = trees.find(now.draft, "sclien")["inputs"]
    assert outcomes == [None] * 4
    assert {field: inputs[field] for field in fields} == {field: f"{field} 4" for field in fields}
    assert now.draft_rev == 20


def test_same_edit_sent_twice_at_once_is_done_once():
    by = make.make_actor()
    recipe = make.make_recipe(workspace=by.workspace)

    def add():
        own = _own(by.workspace, recipe)
        return drafts.edit(by, own, "add_step", {"kind": "stop", "after": "sinvoi"}, 0, "one-key").focus

    first, second = at_once(add, add)

    assert first == second
    assert len(list(trees.steps(_own(by.workspace, recipe).draft))) == 4


def test_two_owners_cannot_leave_at_once():
    first = make.make_actor()
    second = make.make_actor(workspace=first.workspace)

    at_once(lambda: members.leave(first), lambda: members.leave(second))

    assert Membership.objects.filter(workspace=first.workspace, role="owner").count() == 1


def test_two_first_workspaces_cannot_be_made_at_once():
    given = {"name": "A", "password": "seven green bottles", "workspace_name": "First"}

    at_once(*(lambda n=n: workspaces.create_first(email=f"p{n}@example.com", **given) for n in range(3)))

    assert Workspace.objects.count() == 1


def _own(workspace, recipe):
    with scope(workspace=workspace):
        return Recipe.objects.get(pk=recipe.pk)
