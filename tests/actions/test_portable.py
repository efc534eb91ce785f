"""Recipes as files, out and in."""

import json

import pytest

from builder.actions import portable
from builder.actions.errors import Invalid
from builder.models import AuditEvent, Recipe
from builder.recipe import tree as trees
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("inside")]


def file(**more):
    tree = make.make_tree(ghl="theirs123456", ninja="theirs654321")
    return {"format": 1, "kind": "recette.recipe", "name": "Imported", "recipe": tree, **more}


def test_export_holds_nothing_that_is_ours_alone(owner, workspace):
    ghl = make.make_connection(workspace=workspace, connector="ghl")
    steps = [
        {"id": "sweb11", "kind": "action", "operation": "tools.http.request", "inputs": {
            "url": "https://canary.internal.example/path", "method": "POST",
            "headers": [{"name": "Authorization", "value": "Bearer canary-one"}, {"name": "X-Plain", "value": "kept"}],
            "body": '{"to": "canary@example.com"}',
        }},
        {"id": "sapp11", "kind": "approval", "people": ["canary@example.com"], "message": "Ask canary@example.com"},
        {"id": "scall1", "kind": "call", "recipe": "canaryrecipe", "inputs": {}},
    ]  # fmt: skip
    recipe = make.make_recipe(workspace=workspace, tree=make.make_tree(ghl=ghl, steps=steps))

    data = portable.export(owner, recipe)

    text = json.dumps(data)
    assert "canary" not in text
    assert ghl.public_id not in text
    assert "kept" in text
    assert (data["format"], data["kind"], data["apps"]) == (1, "recette.recipe", ["ghl"])
    assert AuditEvent.objects.get().verb == "recipe.exported"


def test_export_comes_in_again(owner, workspace):
    ghl, ninja = make.make_connection(workspace=workspace, connector="ghl"), make.make_connection(workspace=workspace)
    recipe = make.make_recipe(workspace=workspace, tree=make.make_tree(ghl=ghl, ninja=ninja))

    imported = portable.import_(owner, json.dumps(portable.export(owner, recipe)))

    assert (imported.draft, imported.name, imported.state) == (recipe.draft, recipe.name, "draft")


def test_import_leaves_connections_open_where_there_is_no_single_one(owner, workspace):
    make.make_connection(workspace=workspace, connector="ghl")
    ghl = make.make_connection(workspace=workspace, connector="ghl")
    ninja = make.make_connection(workspace=workspace)

    imported = portable.import_(owner, file(recipe=make.make_tree(ghl=ghl, ninja="theirs654321")))

    assert imported.draft["trigger"]["connection"] == ""
    assert trees.find(imported.draft, "sclien")["connection"] == ninja.public_id


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ('{"format": 1, \n "kind" "x"}', "line 2 can't be read from around character 9 on"),
        (b"\xff\xfe\x00", "it can't be read as text"),
        (" \n", "This file is empty."),
    ],
)
def test_file_that_is_no_json_is_explained_in_plain_words(owner, data, said):
    with pytest.raises(Invalid) as refused:
        portable.import_(owner, data)

    assert said in refused.value.message
    assert "Recette exported" in refused.value.message


DEEP = {"field": "x", "op": "is", "value": ""}
for _ in range(60):
    DEEP = {"match": "all", "rules": [DEEP]}


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        "",
        "{",
        b"\xff\xfe",
        "[" * 100_000,
        {"format": 1},
        file(format=2),
        file(format=True),
        file(name=7),
        file(name="x" * 500),
        file(recipe=None),
        file(recipe={"format": 1, "surprise": 1}),
        file(recipe={"format": 1, "trigger": {"operation": "ghl.nothing.here"}, "steps": []}),
        file(recipe={"format": 1, "trigger": {"operation": "ghl.contacts.create"}, "steps": []}),
        file(recipe={"format": 1, "steps": [{"id": "s00001", "kind": "teleport"}]}),
        file(recipe={"format": 1, "steps": [{"id": "s00001", "kind": "stop"}, {"id": "s00001", "kind": "stop"}]}),
        file(recipe={"format": 1, "steps": [{"id": "s00001", "kind": "only_if", "conditions": DEEP}]}),
        file(recipe={"format": 1, "steps": [{"id": "s00001", "kind": "stop", "message": "a\x00b"}]}),
        file(recipe={"format": 1, "steps": [
            {"id": "s00001", "kind": "action", "operation": "invoice_ninja.clients.create", "inputs": {"evil": "x"}}
        ]}),
        file(recipe={"format": 1, "steps": [{"id": f"s{n:05}", "kind": "stop"} for n in range(600)]}),
        file(recipe={"format": 1, "steps": [{"id": "s00001", "kind": "stop", "message": "x" * 600_000}]}),
    ],
)  # fmt: skip
def test_hostile_files_are_refused_and_leave_nothing(owner, data):
    with pytest.raises(Invalid) as refused:
        portable.import_(owner, data)

    assert refused.value.message
    assert not Recipe.objects.exists()
