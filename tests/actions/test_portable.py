"""Recipes as files, out and in."""

import json

import pytest

from builder.actions import drafts, portable, publishing
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


def test_every_problem_of_a_file_is_told(owner):
    steps = [
        {"id": "s00001", "kind": "teleport"},
        {"id": "s00002", "kind": "stop", "outcome": "perhaps", "color": "red"},
        {"id": "s00002", "kind": "stop"},
    ]
    with pytest.raises(Invalid) as refused:
        portable.import_(owner, file(name=7, recipe={"format": 1, "steps": steps}))

    assert {where: len(found) for where, found in refused.value.errors.items()} == {"name": 1, "s00001": 1, "s00002": 3}
    assert not Recipe.objects.exists()


def test_file_with_secrets_is_refused_and_says_where_each_is(owner):
    header = {"name": "Authorization", "value": "Bearer something-secret"}
    web = {
        "url": "https://anna:secret@shop.example/in",
        "method": "POST",
        "headers": [header],
        "body": "sk_live_abcdefgh1",
    }
    plain = {"url": "https://shop.example/0123456789abcdef0123456789abcdef", "method": "GET"}
    steps = [
        {"id": at, "kind": "action", "operation": "tools.http.request", "inputs": given}
        for at, given in (("sweb11", web), ("sweb22", plain))
    ]
    tree = {**make.make_tree(), "steps": steps}

    with pytest.raises(Invalid) as refused:
        portable.import_(owner, file(recipe=tree))

    assert list(refused.value.errors) == ["sweb11"]
    told = " ".join(refused.value.errors["sweb11"])
    assert (told.count("Looks like a secret"), "Authorization" in told) == (3, True)
    assert "something-secret" not in told
    assert Recipe.objects.count() == 0


def test_every_step_with_a_value_for_no_field_is_told(owner):
    of = "invoice_ninja.clients.create"
    steps = [
        {"id": "s00001", "kind": "action", "operation": of, "inputs": {"name": "x" * 100_000, "evil": "y" * 100_000}},
        {"id": "s00002", "kind": "action", "operation": "nobody.nothing.here"},
    ]
    with pytest.raises(Invalid) as refused:
        portable.import_(owner, file(recipe={"format": 1, "steps": steps}))

    assert {where: len(found) for where, found in refused.value.errors.items()} == {"s00001": 2, "s00002": 1}
    assert not Recipe.objects.exists()


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
        file(recipe={"format": 1, "trigger": {"operation": "nobody.nothing.here"}, "steps": []}),
        file(recipe={"format": 1, "trigger": {"operation": "ghl"}, "steps": []}),
        file(recipe={"format": 1, "trigger": {"operation": "ghl.<script>.here"}, "steps": []}),
        file(recipe={"format": 1, "trigger": {"operation": "ghl.contacts.create"}, "steps": []}),
        file(recipe={"format": 1, "steps": [{"id": "s00001", "kind": "teleport"}]}),
        file(recipe={"format": 1, "steps": [{"id": "s00001", "kind": "stop"}, {"id": "s00001", "kind": "stop"}]}),
        file(recipe={"format": 1, "steps": [{"id": "s00001", "kind": "only_if", "conditions": DEEP}]}),
        file(recipe={"format": 1, "steps": [{"id": "s00001", "kind": "stop", "message": "a\x00b"}]}),
        file(recipe={"format": 1, "steps": [
            {"id": "s00001", "kind": "action", "operation": "invoice_ninja.clients.create",
             "inputs": {"evil": "x" * 100_000}}
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


UNKNOWN = {
    "id": "snote1",
    "kind": "action",
    "operation": "ghl.contacts.enchant",
    "inputs": {"contactId": "{{ trigger.contact.id }}", "spell": ["a", {"b": "1"}]},
}
OLD = {
    "id": "sclie1",
    "kind": "action",
    "operation": "invoice_ninja.invoices.create",
    "inputs": {"client_id": "Vol1", "fax_number": "+49 30 1", "line_items": [{"product_key": "Deal", "pager": "7"}]},
}
MOVED = {
    "id": "sdeal1",
    "kind": "action",
    "operation": "ghl.opportunities.update",
    "inputs": {"id": "{{ trigger.id }}", "status": "mislaid"},
}


def test_what_this_version_does_not_know_is_kept_and_named_in_checks(owner, workspace):
    tree = make.make_tree(steps=[UNKNOWN, OLD, MOVED])
    make.make_connection(workspace=workspace)
    make.make_connection(workspace=workspace, connector="ghl")

    recipe = portable.import_(owner, file(recipe=tree))

    kept = {row.step["id"]: row.step for row in trees.steps(recipe.draft)}
    assert [kept[step["id"]]["inputs"] for step in (UNKNOWN, OLD, MOVED)] == [
        s["inputs"] for s in (UNKNOWN, OLD, MOVED)
    ]
    told = {(p.step_id, p.field, p.code): p.text for p in publishing.problems(recipe)}
    assert told["snote1", "operation", "unknown_operation"] == (
        "2 Do something: “ghl.contacts.enchant” isn't known here. Choose another operation."
    )
    assert told["sclie1", "fax_number", "lost_field"] == (
        "3 Create an invoice: there is no field “fax_number” any more; its value is kept, but never sent. Take it out."
    )
    assert told["sclie1", "line_items.0.pager", "lost_field"] == (
        "3 Create an invoice: there is no “pager” any more in a line; its value is kept, but never sent. "
        "Add the line anew."
    )
    assert "“Status”: “mislaid” is none of the choices here." in told["sdeal1", "status", "wrong_value"]


def test_what_no_field_is_there_for_can_be_taken_out_and_nothing_else_be_put_there(owner, workspace):
    recipe = portable.import_(owner, file(recipe=make.make_tree(steps=[OLD])))

    def put(field, value):
        drafts.edit(
            owner,
            recipe,
            "set_field",
            {"step": "sclie1", "field": field, "value": value},
            recipe.draft_rev,
            f"k{field}{value}",
        )
        recipe.refresh_from_db()

    put("fax_number", "")
    with pytest.raises(Invalid, match="has no field “fax_number”"):
        put("fax_number", "again")
    with pytest.raises(Invalid, match="has no field “telex”"):
        put("telex", "")

    assert not trees.find(recipe.draft, "sclie1")["inputs"].get("fax_number")
    assert "fax_number" not in {problem.field for problem in publishing.problems(recipe)}
