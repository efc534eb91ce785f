"""Edits, merging, conflicts, undo and redo."""

import itertools
from datetime import timedelta

import pytest

from builder.actions import drafts
from builder.actions.errors import Conflict, Gone, Invalid
from builder.models import AuditEvent, DraftEdit, Recipe
from builder.recipe import tree as trees
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("inside")]
keys = itertools.count(1)


@pytest.fixture
def recipe(workspace):
    ghl = make.make_connection(workspace=workspace, connector="ghl")
    ninja = make.make_connection(workspace=workspace)
    return make.make_recipe(workspace=workspace, tree=make.make_tree(ghl=ghl, ninja=ninja))


def edit(by, recipe, op, rev=None, key=None, **args):
    rev = Recipe.objects.get(pk=recipe.pk).draft_rev if rev is None else rev
    return drafts.edit(by, recipe, op, args, rev, key or f"key-{next(keys)}")


def fill(by, recipe, field, value, step="sclien", **more):
    return edit(by, recipe, "set_field", step=step, field=field, value=value, **more)


def step(recipe, step_id):
    return trees.find(Recipe.objects.get(pk=recipe.pk).draft, step_id)


def order(recipe):
    return [row.step["id"] for row in trees.steps(Recipe.objects.get(pk=recipe.pk).draft)]


def test_field_is_kept(editor, recipe):
    edited = fill(editor, recipe, "name", "{{ trigger.contact.company }}")

    assert step(recipe, "sclien")["inputs"]["name"] == "{{ trigger.contact.company }}"
    assert (edited.rev, edited.changed, edited.structural, edited.merged) == (1, {"sclien"}, False, False)


def test_equal_value_changes_nothing(editor, recipe):
    same = step(recipe, "sclien")["inputs"]["name"]

    edited = fill(editor, recipe, "name", same)

    assert edited.equal
    assert edited.rev == 0


def test_same_key_is_the_same_answer(editor, recipe):
    first = fill(editor, recipe, "name", "A", key="k1")
    fill(editor, recipe, "name", "B")

    again = fill(editor, recipe, "name", "A", rev=0, key="k1")

    assert step(recipe, "sclien")["inputs"]["name"] == "B"
    assert again.changed == first.changed


def test_value_inside_lines(editor, recipe):
    fill(editor, recipe, "line_items", "99.50", step="sinvoi", at="0.cost")
    edit(editor, recipe, "add_line", step="sinvoi", field="line_items", line={"product_key": "Second"})
    edit(editor, recipe, "remove_line", step="sinvoi", field="line_items", index=0)

    assert step(recipe, "sinvoi")["inputs"]["line_items"] == [{"product_key": "Second"}]


def test_value_inside_lines_that_are_not_there_yet(editor, recipe):
    added = edit(editor, recipe, "add_step", after="sinvoi", operation="invoice_ninja.invoices.create").focus

    fill(editor, recipe, "line_items", "10", step=added, at=[0, "cost"])

    assert step(recipe, added)["inputs"]["line_items"] == [{"cost": "10"}]


@pytest.mark.parametrize(
    ("args", "field"),
    [
        ({"step": "sclien", "field": "nonsense", "value": "x"}, "nonsense"),
        ({"step": "sinvoi", "field": "line_items", "at": [0, "nonsense"], "value": "x"}, "line_items"),
        ({"step": "sclien", "field": "name", "value": {"a": "b"}}, "name"),
        ({"step": "sclien", "field": "name", "value": "x" * 70_000}, "name"),
        ({"step": "sclien", "field": "name", "value": "a\x00b"}, "sclien"),
        ({"step": "sonlyi", "field": "name", "value": "x"}, "name"),
    ],
)
def test_values_that_do_not_fit_are_refused(editor, recipe, args, field):
    with pytest.raises(Invalid) as refused:
        edit(editor, recipe, "set_field", **args)

    assert refused.value.field == field
    assert Recipe.objects.get(pk=recipe.pk).draft_rev == 0


@pytest.mark.parametrize(
    ("op", "args"),
    [
        ("explode", {}),
        ("set_field", {"step": "sclien"}),
        ("set_field", {"desk": 1, "step": "sclien", "field": "name", "value": ""}),
        ("add_step", {"kind": "teleport"}),
        ("add_step", {"operation": "ghl.nothing.here"}),
        ("add_step", {"operation": ["x"]}),
        ("add_step", {"inputs": "x", "operation": "invoice_ninja.clients.create"}),
        ("paste_steps", {"steps": "x"}),
        ("paste_steps", {"steps": [{"id": "sxxxxx", "kind": "action", "surprise": 1}]}),
        ("set_connection", {"step": "sclien", "connection": "notours"}),
        ("set_operation", {"step": "trigger", "operation": "ghl.contacts.create"}),
        ("set_policy", {"step": "sclien", "option": "on_error", "value": "explode"}),
        ("set_policy", {"step": "sclien", "option": "surprise", "value": "x"}),
        ("delete_step", {"step": "trigger"}),
        ("set_condition", {"step": "sclien", "conditions": {"match": "all", "rules": []}}),
        ("set_condition", {"step": "sonlyi", "conditions": {"match": "most", "rules": []}}),
        ("set_condition", {"step": "trigger", "where": "only_if", "rule": [0], "value": {}}),
        ("set_condition", {"step": "sclien", "where": "only_if", "rule": [0], "value": "x"}),
        ("set_condition", {"step": "sclien", "where": "only_if", "match": "any"}),
        ("set_policy", {"step": "sclien", "option": "only_if", "value": "x"}),
        ("rename_recipe", {"name": " "}),
        ("rename_recipe", {"name": "x" * 121}),
        ("rename_step", {"step": ["x"], "name": "x"}),
        ("add_path", {"step": "sclien"}),
        ("add_error_path", {"step": "sonlyi"}),
        ("move_step", {"step": "sclien", "after": "snowhe"}),
    ],
)
def test_nonsense_is_refused_and_nothing_changes(editor, recipe, op, args):
    before = recipe.draft

    with pytest.raises((Invalid, Gone)):
        edit(editor, recipe, op, **args)

    assert Recipe.objects.get(pk=recipe.pk).draft == before


def test_connection_of_another_workspace_is_refused(editor, recipe):
    foreign = make.make_connection()

    with pytest.raises(Invalid):
        edit(editor, recipe, "set_connection", step="sclien", connection=foreign.public_id)


def test_new_step_gets_the_only_connection_that_fits(editor, recipe):
    added = edit(editor, recipe, "add_step", after="sonlyi", operation="ghl.contacts.add_note")

    assert added.structural
    assert order(recipe) == ["sonlyi", added.focus, "sclien", "sinvoi"]
    assert step(recipe, added.focus)["connection"] == recipe.draft["trigger"]["connection"]


def test_error_path_is_one_edit_and_one_undo(editor, recipe):
    before = recipe.draft

    added = edit(editor, recipe, "add_error_path", step="sclien")

    fork = step(recipe, added.focus)
    assert order(recipe) == ["sonlyi", "sclien", added.focus, "sinvoi"]
    assert step(recipe, "sclien")["options"]["on_error"] == "go_on"
    assert fork["paths"][0]["conditions"]["rules"] == [{"field": "{{ sclien.went_wrong }}", "op": "yes", "value": ""}]
    drafts.undo(editor, recipe)
    assert Recipe.objects.get(pk=recipe.pk).draft == before


def test_another_operation_keeps_the_inputs_it_knows(editor, recipe):
    edit(editor, recipe, "set_operation", step="sclien", operation="invoice_ninja.clients.create")

    kept = step(recipe, "sclien")
    assert (kept["operation"], kept["inputs"]["name"]) == ("invoice_ninja.clients.create", "{{ trigger.contact.name }}")


def test_steps_move_duplicate_and_go(editor, recipe):
    edit(editor, recipe, "move_step", step="sinvoi", after="trigger")
    copied = edit(editor, recipe, "duplicate_step", step="sclien").focus
    edit(editor, recipe, "delete_step", step="sonlyi")

    assert order(recipe) == ["sinvoi", "sclien", copied]


def test_pasted_steps_have_their_own_ids_and_no_foreign_connection(editor, recipe):
    steps = make.won_steps("stranger1234")

    edited = edit(editor, recipe, "paste_steps", steps=steps, after="sinvoi")

    new = order(recipe)[3:]
    assert len(new) == 3
    assert not set(new) & {"sonlyi", "sclien", "sinvoi"}
    assert step(recipe, new[1])["connection"] == ""
    assert edited.focus == new[0]


def test_paths_come_move_and_go(editor, recipe):
    paths = edit(editor, recipe, "add_step", kind="paths", after="sinvoi").focus
    first = step(recipe, paths)["paths"][0]["id"]
    edit(editor, recipe, "add_path", step=paths, name="Big deals")
    second = step(recipe, paths)["paths"][1]["id"]
    rule = {"field": "{{ trigger.value }}", "op": "gt", "value": "1000"}
    edit(editor, recipe, "set_condition", step=second, conditions={"match": "any", "rules": [rule]})
    inner = edit(editor, recipe, "add_step", kind="stop", path=second, after="").focus
    edit(editor, recipe, "move_path", path=second, index=0)
    edited = edit(editor, recipe, "delete_path", path=first)

    kept = step(recipe, paths)["paths"]
    assert [(p["id"], p["name"]) for p in kept] == [(second, "Big deals")]
    assert kept[0]["conditions"]["rules"][0]["value"] == "1000"
    assert [s["id"] for s in kept[0]["steps"]] == [inner]
    assert edited.structural


def test_rules_one_by_one(editor, recipe):
    rule = {"field": "{{ trigger.status }}", "op": "is", "value": "won"}
    edit(editor, recipe, "set_condition", step="sonlyi", rule=[1], value=rule)
    edit(editor, recipe, "set_condition", step="sonlyi", rule="0", part="value", value="100")
    edit(editor, recipe, "set_condition", step="sonlyi", match="any")
    assert [r["value"] for r in step(recipe, "sonlyi")["conditions"]["rules"]] == ["100", "won"]

    edit(editor, recipe, "set_condition", step="sonlyi", rule=[0], value=None)

    assert step(recipe, "sonlyi")["conditions"] == {"match": "any", "rules": [rule]}


def test_other_fields_merge(editor, other, recipe):
    fill(other, recipe, "website", "https://example.com")

    edited = fill(editor, recipe, "name", "Mine", rev=0)

    assert edited.merged
    inputs = step(recipe, "sclien")["inputs"]
    assert (inputs["website"], inputs["name"]) == ("https://example.com", "Mine")


def test_same_field_conflicts_with_both_values(editor, other, recipe):
    fill(other, recipe, "name", "Theirs")

    with pytest.raises(Conflict) as clash:
        fill(editor, recipe, "name", "Mine", rev=0)

    found = clash.value
    assert (found.mine, found.theirs, found.who) == ("Mine", "Theirs", "Camille Other")
    assert found.key == "sclien.inputs.name"
    assert step(recipe, "sclien")["inputs"]["name"] == "Theirs"


def test_no_conflict_when_both_wrote_the_same_or_it_was_taken_back(editor, other, recipe):
    fill(other, recipe, "name", "Same")
    fill(editor, recipe, "name", "Same", rev=0)
    drafts.undo(other, recipe)

    fill(editor, recipe, "name", "Mine", rev=0)

    assert step(recipe, "sclien")["inputs"]["name"] == "Mine"


def test_two_tabs_of_one_person_never_conflict(editor, recipe):
    fill(editor, recipe, "name", "First tab")

    fill(editor, recipe, "name", "Second tab", rev=0)

    assert step(recipe, "sclien")["inputs"]["name"] == "Second tab"


def test_step_deleted_by_another_is_a_conflict_that_keeps_the_text(editor, other, recipe):
    edit(other, recipe, "delete_step", step="sclien")

    with pytest.raises(Conflict) as clash:
        fill(editor, recipe, "name", "A long text", rev=0)

    assert (clash.value.mine, clash.value.who) == ("A long text", "Camille Other")


def test_deleting_what_another_just_changed_is_a_conflict(editor, other, recipe):
    fill(other, recipe, "name", "Fresh")

    with pytest.raises(Conflict):
        edit(editor, recipe, "delete_step", step="sclien", rev=0)


def test_two_people_add_steps_at_once(editor, other, recipe):
    theirs = edit(other, recipe, "add_step", kind="stop", after="sinvoi", rev=0).focus
    mine = edit(editor, recipe, "add_step", kind="stop", after="sinvoi", rev=0)

    assert order(recipe)[-2:] == [mine.focus, theirs]
    assert mine.changed == {mine.focus, theirs}


def test_undo_and_redo_a_stack_of_edits(editor, recipe):
    first, name = recipe.draft, recipe.name
    fill(editor, recipe, "name", "One")
    edit(editor, recipe, "delete_step", step="sonlyi")
    edit(editor, recipe, "move_step", step="sinvoi", after="trigger")
    edit(editor, recipe, "rename_recipe", name="Renamed")
    last = Recipe.objects.get(pk=recipe.pk)

    for _ in range(4):
        drafts.undo(editor, recipe)
    undone = Recipe.objects.get(pk=recipe.pk)
    for _ in range(4):
        drafts.redo(editor, recipe)
    redone = Recipe.objects.get(pk=recipe.pk)

    assert (undone.draft, undone.name) == (first, name)
    assert (redone.draft, redone.name) == (last.draft, "Renamed")
    with pytest.raises(Gone):
        drafts.redo(editor, recipe)


def test_history_says_what_undo_and_redo_would_do(editor, recipe):
    fill(editor, recipe, "name", "One")
    assert drafts.history(editor, recipe) == drafts.History("fill in “Name”", "")

    drafts.undo(editor, recipe)

    assert drafts.history(editor, recipe) == drafts.History("", "fill in “Name”")


def test_a_burst_of_typing_is_one_entry(editor, recipe):
    before = step(recipe, "sclien")["inputs"]["name"]
    for text in ("A", "Ad", "Ada"):
        fill(editor, recipe, "name", text)

    drafts.undo(editor, recipe)

    assert step(recipe, "sclien")["inputs"]["name"] == before


def test_typing_after_a_pause_is_an_entry_of_its_own(editor, recipe):
    fill(editor, recipe, "name", "A")
    earlier = DraftEdit.objects.get()
    DraftEdit.objects.update(at=earlier.at - timedelta(seconds=6))
    fill(editor, recipe, "name", "Ada")

    drafts.undo(editor, recipe)

    assert step(recipe, "sclien")["inputs"]["name"] == "A"


def test_a_new_edit_drops_the_redo_list(editor, recipe):
    fill(editor, recipe, "name", "A")
    drafts.undo(editor, recipe)
    fill(editor, recipe, "website", "https://example.com")

    with pytest.raises(Gone):
        drafts.redo(editor, recipe)
    drafts.undo(editor, recipe)
    drafts.redo(editor, recipe)
    with pytest.raises(Gone):
        drafts.redo(editor, recipe)


def test_undo_takes_mine_and_leaves_theirs(editor, other, recipe):
    fill(editor, recipe, "name", "Mine")
    fill(other, recipe, "website", "https://example.com")

    drafts.undo(editor, recipe)

    inputs = step(recipe, "sclien")["inputs"]
    assert inputs["name"] == "{{ trigger.contact.name }}"
    assert inputs["website"] == "https://example.com"


def test_undo_is_refused_where_another_built_on_it(editor, other, recipe):
    fill(editor, recipe, "name", "Mine")
    fill(other, recipe, "name", "Theirs")

    with pytest.raises(Conflict) as clash:
        drafts.undo(editor, recipe)

    assert clash.value.who == "Camille Other"
    assert step(recipe, "sclien")["inputs"]["name"] == "Theirs"


def test_undo_of_adding_where_another_filled_it_in(editor, other, recipe):
    added = edit(editor, recipe, "add_step", operation="ghl.contacts.add_note", after="sinvoi").focus
    edit(other, recipe, "rename_step", step=added, name="Tell sales")

    with pytest.raises(Conflict):
        drafts.undo(editor, recipe)

    assert step(recipe, added)["name"] == "Tell sales"


def test_undo_of_deleting_a_step_with_steps_inside(editor, recipe):
    each = edit(editor, recipe, "add_step", kind="each", after="sinvoi").focus
    inner = edit(editor, recipe, "add_step", kind="stop", path=f"{each}-each", after="").focus
    edit(editor, recipe, "move_step", step="sclien", after=inner)
    before = order(recipe)
    edit(editor, recipe, "delete_step", step=each)

    drafts.undo(editor, recipe)

    assert order(recipe) == before


def test_ahead_of_the_draft_is_refused(editor, recipe):
    with pytest.raises(Invalid):
        fill(editor, recipe, "name", "x", rev=7)


def test_what_changed_since_a_revision(editor, other, recipe):
    fill(other, recipe, "name", "Theirs")
    edit(other, recipe, "delete_step", step="sonlyi")

    seen = drafts.since(editor, recipe, 0)

    assert (seen.changed, seen.structural) == ({"sclien", "sonlyi"}, True)


def test_a_sitting_of_edits_is_one_line_in_the_book(editor, other, recipe):
    for text in ("A", "B"):
        fill(editor, recipe, "name", text)
    fill(other, recipe, "website", "https://example.com")

    rows = AuditEvent.objects.filter(verb="recipe.edited").values_list("user__name", "object_id")
    assert sorted(rows) == [("Camille Other", recipe.public_id), ("Eddie Editor", recipe.public_id)]
