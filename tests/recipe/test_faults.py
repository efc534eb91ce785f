"""Every problem of a tree that can't be read is told, and none of one that can."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builder.recipe import shape, tree
from builder.recipe.faults import MAX_FOUND, faults
from builder.recipe.tree import TreeError
from tests.recipe.strategies import trees

BROKEN = {
    "format": 1,
    "surprise": True,
    "trigger": {"operation": ["ghl"]},
    "steps": [
        {"id": "s00001", "kind": "teleport"},
        {"id": "s00002", "kind": "stop", "message": {"a": 1}, "outcome": "perhaps", "color": "red"},
        {"id": "<b>", "kind": "stop", "color": "red"},
        {
            "id": "s00003",
            "kind": "paths",
            "paths": [{"id": "p1", "steps": [{"id": "s00002", "kind": "stop"}, 7]}],
            "otherwise": {"steps": [{"id": "s00004", "kind": "each", "batch": 0, "steps": "none"}]},
        },
    ],
}


def test_each_broken_part_of_each_step_is_told():
    told = [(fault.step_id, fault.message) for fault in faults(BROKEN)]

    for where, part in [
        ("", "an unknown part: “surprise”"),
        ("trigger", "“operation” must be text, not a list"),
        ("s00001", "is of kind 'teleport'"),
        ("s00002", "“message” must be text"),
        ("s00002", "“outcome” is 'perhaps'"),
        ("s00002", "Step s00002 has an unknown part: “color”"),
        ("", "A step has the id '<b>'"),
        ("", "A step without a proper id has an unknown part: “color”"),
        ("s00002", "The id s00002 is used twice"),
        ("", "A step has the id None"),
        ("s00004", "“batch” must be a whole number"),
        ("s00004", "“steps” must be a list, not text"),
    ]:
        assert any(where == step and part in message for step, message in told), (where, part, told)
    assert len(told) == len(set(told)) == 12


def nested(levels: int) -> dict:
    step = {"id": "s99999", "kind": "stop"}
    for level in range(levels):
        step = {"id": f"s{level:05}", "kind": "each", "steps": [step]}
    return {"steps": [step]}


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (nested(10), "nested too deep"),
        (nested(400), "nested too deep"),
        ({"steps": [{"id": f"s{n:05}", "kind": "stop"} for n in range(501)]}, "more than 500 steps"),
        ([], "must be an object"),
        ({"format": 2}, "format 2"),
        ({"steps": {}}, "“steps” must be a list"),
    ],
)
def test_what_is_too_much_or_no_recipe_at_all_is_told_once(broken, said):
    assert [said in fault.message for fault in faults(broken)] == [True]


def test_no_more_are_told_than_anybody_reads():
    assert len(faults({"steps": [{"id": n, "kind": "stop"} for n in range(300)]})) == MAX_FOUND


@given(trees())
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_tree_that_can_be_read_has_none(made):
    assert faults(made) == []


NAMES = st.sampled_from(["id", "kind", "steps", "paths", "otherwise", "rules", "inputs", "x"])
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=6,
)
SOUND = tree.parse(
    {
        "steps": [
            {"id": "s00001", "kind": "paths", "paths": [{"id": "p1", "steps": [{"id": "s00002", "kind": "stop"}]}]},
            {"id": "s00003", "kind": "each", "steps": [{"id": "s00004", "kind": "wait"}]},
            {"id": "s00005", "kind": "only_if", "conditions": {"rules": [{"field": "x", "op": "is", "value": "1"}]}},
            {"id": "s00006", "kind": "action", "inputs": {"a": "b"}},
        ]
    }
)


@given(JUNK, st.data())
def test_there_are_some_exactly_where_a_tree_can_not_be_read(junk, data):
    made = tree.parse(SOUND)
    steps = [row.step for row in tree.steps(made)]
    spot = data.draw(st.sampled_from([made, made["trigger"], *steps, steps[0]["paths"][0]]))
    spot[data.draw(st.sampled_from([*sorted(spot), "more"]))] = junk

    try:
        shape.shaped(made)
        readable = True
    except TreeError:
        readable = False

    assert (faults(made) == []) is readable
