from hypothesis import given

from builder.recipe import diff, tree
from builder.recipe.diff import Change
from tests.recipe.make import make_group, make_paths, make_step, make_tree
from tests.recipe.strategies import trees


def test_changes_of_nothing_are_none():
    recipe = make_tree(make_paths("saaaaa", [make_step("sbbbbb")]))

    assert diff.changes(recipe, tree.parse(recipe)) == []


def test_changes_name_the_field():
    old = make_tree(make_step(inputs={"email": "a", "name": "b"}), inputs={"pipeline": "p1"})
    new = make_tree(make_step(inputs={"email": "c", "phone": "d"}, skip=True), inputs={"pipeline": "p2"})

    assert diff.changes(old, new) == [
        Change("changed", "trigger", "inputs.pipeline", "p1", "p2"),
        Change("changed", "saaaaa", "skip", False, True),
        Change("changed", "saaaaa", "inputs.email", "a", "c"),
        Change("changed", "saaaaa", "inputs.phone", None, "d"),
        Change("changed", "saaaaa", "inputs.name", "b", None),
    ]


def test_changes_list_added_and_removed_steps():
    old = make_tree(make_step("saaaaa"), make_step("sbbbbb"))
    new = make_tree(make_step("saaaaa"), make_step("sccccc"))

    found = [(change.kind, change.step_id) for change in diff.changes(old, new)]

    assert found == [("added", "sccccc"), ("removed", "sbbbbb")]


def test_changes_find_the_one_step_that_moved():
    old = make_tree(*(make_step(f"s0000{n}") for n in range(5)))
    new = tree.move(old, "s00000", after="s00003")

    assert diff.changes(old, new) == [Change("moved", "s00000", "", "trigger", "s00003")]


def test_changes_follow_a_step_into_a_path():
    old = make_tree(make_paths("saaaaa", [make_step("sbbbbb")]), make_step("sccccc"))
    new = tree.move(old, "sccccc", path="paaaaa0")

    assert diff.changes(old, new) == [Change("moved", "sccccc", "", "saaaaa", "paaaaa0")]


def test_steps_inside_a_moved_one_did_not_move():
    old = make_tree(make_step("szzzzz", "each", steps=[]), make_paths("saaaaa", [make_step("sbbbbb")]))
    new = tree.move(old, "saaaaa", path="szzzzz-each")

    assert [(change.kind, change.step_id) for change in diff.changes(old, new)] == [("moved", "saaaaa")]


def test_changes_show_a_paths_conditions():
    old = make_tree(make_paths("saaaaa", [make_step("sbbbbb")]))
    new = tree.set_value(old, "paaaaa0", ("conditions", "rules", 0, "value"), "5")

    assert diff.changes(old, new) == [
        Change("changed", "saaaaa", "paths.paaaaa0.conditions", make_group(), make_group(value="5"))
    ]


@given(trees(), trees())
def test_changes_account_for_every_step(old, new):
    old, new = tree.parse(old), tree.parse(new)

    found = {(change.kind, change.step_id) for change in diff.changes(old, new)}
    before, after = ({row.step["id"] for row in tree.steps(version)} for version in (old, new))

    assert {step_id for kind, step_id in found if kind == "added"} == after - before
    assert {step_id for kind, step_id in found if kind == "removed"} == before - after
    assert diff.changes(old, old) == []
