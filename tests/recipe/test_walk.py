from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.recipe import tree, walk
from tests.recipe.make import make_paths, make_step, make_tree
from tests.recipe.strategies import trees


def walked(recipe, branch=0, counts=2):
    """Ids and places of a run that takes `branch` (or the last) everywhere; every each goes round `counts` times."""
    place, seen, known = walk.first(recipe), [], {}
    while place is not None:
        step = walk.step_at(recipe, place)
        seen.append((step["id"], place))
        known[place] = counts
        chosen = min(branch, len(step.get("paths", ())))
        place = walk.after(recipe, place, branch=chosen if step["kind"] == "paths" else None, items=known)
    return seen


def expected(siblings, branch, counts):
    """The same by recursion: ids, and whether a stop was met."""
    seen = []
    for step in (s for s in siblings if not s["skip"]):
        seen.append(step["id"])
        if step["kind"] == "stop":
            return seen, True
        inner = []
        if step["kind"] == "paths":
            inner = [tree.lists(step)[min(branch, len(step["paths"]))][1]]
        if step["kind"] == "each":
            inner = [step["steps"]] * counts
        for steps in inner:
            more, stopped = expected(steps, branch, counts)
            seen += more
            if stopped:
                return seen, True
    return seen, False


@given(trees(), st.integers(0, 3), st.integers(0, 3))
def test_walk_visits_every_reachable_step_once_and_in_order(source, branch, counts):
    recipe = tree.parse(source)

    seen = walked(recipe, branch, counts)

    assert [step_id for step_id, _ in seen] == expected(recipe["steps"], branch, counts)[0]
    assert len({place for _, place in seen}) == len(seen)


def test_first_of_nothing_is_the_end():
    assert walk.first(make_tree()) is None
    assert walk.first(make_tree(make_step(skip=True))) is None


def test_first_passes_over_skipped_steps():
    assert walk.first(make_tree(make_step("saaaaa", skip=True), make_step("sbbbbb"))) == (1,)


def test_after_a_path_the_run_joins_again():
    recipe = make_tree(
        make_paths("saaaaa", [make_step("sbbbbb")], otherwise=[make_step("sccccc")]), make_step("sddddd")
    )

    assert walk.after(recipe, (0,), branch=0) == (0, 0, 0)
    assert walk.after(recipe, (0, 0, 0)) == (1,)
    assert walk.after(recipe, (0,), branch=1) == (0, 1, 0)
    assert walk.after(recipe, (0, 1, 0)) == (1,)


def test_after_paths_without_a_branch_goes_on():
    recipe = make_tree(make_paths("saaaaa", [make_step("sbbbbb")]), make_step("sccccc"))

    assert walk.after(recipe, (0,)) == (1,)
    assert walk.after(recipe, (0,), branch=1) == (1,)


def test_after_goes_round_an_each():
    recipe = make_tree(make_step("saaaaa", "each", steps=[make_step("sbbbbb"), make_step("sccccc")]))

    assert walk.after(recipe, (0,), items=2) == (0, 0, 0)
    assert walk.after(recipe, (0, 0, 1), items=2) == (0, 1, 0)
    assert walk.after(recipe, (0, 1, 1), items=2) is None


def test_after_an_empty_each_goes_on():
    recipe = make_tree(make_step("saaaaa", "each", steps=[make_step("sbbbbb")]), make_step("sccccc"))

    assert walk.after(recipe, (0,), items=0) == (1,)


def test_after_the_last_inner_round_needs_the_outer_count():
    inner = make_step("sbbbbb", "each", steps=[make_step("sccccc")])
    recipe = make_tree(make_step("saaaaa", "each", steps=[inner]))

    assert walk.after(recipe, (0, 0, 0, 0, 0), items={(0,): 2, (0, 0, 0): 1}) == (0, 1, 0)
    with pytest.raises(ValueError, match=r"each at \(0,\)"):
        walk.after(recipe, (0, 0, 0, 0, 0), items=1)
    with pytest.raises(ValueError, match=r"each at \(0,\)"):
        walk.after(recipe, (0, 0, 0), items=0)


def test_leave_gives_up_the_round_or_the_run():
    only_if = make_step("sccccc", "only_if")
    inside = make_step("saaaaa", "each", steps=[make_paths("sbbbbb", [only_if, make_step("sddddd")])])
    recipe = make_tree(inside, make_step("seeeee", "only_if"), make_step("sfffff"))

    assert walk.after(recipe, (0, 0, 0, 0, 0), items=2, leave=True) == (0, 1, 0)
    assert walk.after(recipe, (0, 1, 0, 0, 0), items=2, leave=True) == (1,)
    assert walk.after(recipe, (1,), leave=True) is None


def test_stop_ends_the_run_wherever_it_is():
    recipe = make_tree(make_step("saaaaa", "each", steps=[make_step("sbbbbb", "stop")]), make_step("sccccc"))

    assert walk.after(recipe, (0, 0, 0), items=5) is None


def test_iteration_names_the_rounds():
    inner = make_step("sbbbbb", "each", steps=[make_paths("sccccc", [], [make_step("sddddd")])])
    recipe = make_tree(make_step("saaaaa", "each", steps=[inner]))

    assert walk.iteration(recipe, (0,)) == ()
    assert walk.iteration(recipe, (0, 4, 0)) == (4,)
    assert walk.iteration(recipe, (0, 4, 0, 7, 0, 1, 0)) == (4, 7)


@pytest.mark.parametrize("place", [(), (0, 1), (9,), (-1,), (0, 0, 0)])
def test_step_at_refuses_a_place_that_is_none(place):
    with pytest.raises(LookupError, match="is no place"):
        walk.step_at(make_tree(make_step()), place)


def test_portion_gives_items_or_batches():
    assert [walk.portion("abc", 1, n) for n in range(walk.rounds(3, 1))] == ["a", "b", "c"]
    assert [walk.portion("abc", 2, n) for n in range(walk.rounds(3, 2))] == [["a", "b"], ["c"]]


def test_a_move_takes_microseconds():
    recipe = make_tree(*(make_step(f"s{n:05}") for n in range(500)))

    started = process_time()
    for _ in range(1000):
        walk.after(recipe, (250,))

    assert (process_time() - started) / 1000 < 50e-6
