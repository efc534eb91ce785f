"""Edits and their undoing, for any draft and any row of edits: no database."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from builder.actions import changes, edits
from builder.recipe import tree as trees
from tests.recipe.strategies import trees as drafts

OPS = ("paste_steps", "duplicate_steps", "delete_steps", "toggle_steps", "move_step", "delete_path", "move_path")


def ids(tree: dict[str, Any]) -> list[str]:
    return [found for step in tree["steps"] for found in changes.ids_in(step)]


def an_edit(draw: Any, tree: dict[str, Any]) -> changes.Change | None:
    """One that this draft allows; None where what was drawn can't be done to it."""
    op = draw(st.sampled_from(OPS))
    steps = [row.step["id"] for row in trees.steps(tree)]
    lists = [of for of, _inner in changes.lists(tree) if of]
    paths = [path["id"] for _of, path in changes.paths(tree)]
    place = draw(
        st.sampled_from([{"after": each} for each in ["trigger", *steps]] + [{"path": each} for each in lists])
    )
    some = draw(st.lists(st.sampled_from(steps or ["sgone0"]), min_size=1, max_size=4))
    args: dict[str, Any] = {
        "paste_steps": {"steps": trees.chosen(tree, set(some)) or [{"id": "snew00", "kind": "stop"}], **place},
        "move_step": {"step": some[0], **place},
        "delete_path": {"path": draw(st.sampled_from(paths or ["pgone0"]))},
        "move_path": {"path": draw(st.sampled_from(paths or ["pgone0"])), "index": draw(st.integers(0, 3))},
    }.get(op, {"steps": some})
    try:
        change = edits.change(edits.Desk(tree, "", {}), op, args)
        changes.apply(tree, change.after)
    except (edits.Gone, edits.Invalid, trees.TreeError):
        return None
    return change


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_row_of_edits_undone_gives_the_start_and_no_id_is_there_twice(data):
    states = [trees.parse(data.draw(drafts()))]
    done = []

    for _turn in range(data.draw(st.integers(1, 6))):
        if change := an_edit(data.draw, states[-1]):
            done.append(change)
            states.append(changes.apply(states[-1], change.after))
            assert len(ids(states[-1])) == len(set(ids(states[-1])))

    for change, start in zip(reversed(done), reversed(states[:-1]), strict=True):
        assert changes.apply(states.pop(), change.before) == start
