"""Three versions of a recipe: what it was made of, what became of it, and what its template is by now."""

import pytest

from builder.recipe import merge
from builder.recipe import tree as trees


def action(step_id, **inputs):
    return {"id": step_id, "kind": "action", "operation": "ghl.contacts.add_note", "inputs": inputs}


def recipe(*steps, **inputs):
    return trees.parse(
        {"format": 1, "trigger": {"operation": "ghl.contact.tagged", "inputs": inputs}, "steps": list(steps)}
    )


BASE = recipe(action("saaaaa", body="a"), action("sbbbbb", body="b"), tag="x")


def told(owns):
    return [(own.change.kind, own.change.step_id, own.change.field, own.fate) for own in owns]


def ids(found):
    return [step["id"] for step in found["steps"]]


def test_without_own_changes_it_is_the_newer_version():
    new = recipe(action("saaaaa", body="A"), action("sccccc"), tag="x")

    assert merge.merged(BASE, BASE, new) == (new, [])


def test_own_values_stay_where_the_newer_version_changed_others():
    mine = recipe(action("saaaaa", body="mine"), action("sbbbbb", body="b"), tag="x")
    new = recipe(action("saaaaa", body="a"), action("sbbbbb", body="new"), tag="y")

    found, owns = merge.merged(BASE, mine, new)

    assert found == recipe(action("saaaaa", body="mine"), action("sbbbbb", body="new"), tag="y")
    assert told(owns) == [("changed", "saaaaa", "inputs.body", "kept")]


@pytest.mark.parametrize(("prefer", "body"), [((), "new"), (("saaaaa|changed|inputs.body",), "mine")])
def test_what_both_changed_is_a_choice(prefer, body):
    mine = recipe(action("saaaaa", body="mine"), action("sbbbbb", body="b"), tag="x")
    new = recipe(action("saaaaa", body="new"), action("sbbbbb", body="b"), tag="x")

    found, owns = merge.merged(BASE, mine, new, frozenset(prefer))

    assert found["steps"][0]["inputs"] == {"body": body}
    assert told(owns) == [("changed", "saaaaa", "inputs.body", "clash")]


def test_what_both_changed_alike_is_nothing_to_speak_of():
    new = recipe(action("saaaaa", body="same"), action("sbbbbb", body="b"), tag="x")

    assert merge.merged(BASE, new, new) == (new, [])


def test_own_steps_come_in_behind_their_neighbour():
    mine = recipe(action("sown01"), action("saaaaa", body="a"), action("sown02"), action("sbbbbb", body="b"), tag="x")
    new = recipe(action("snew01"), action("saaaaa", body="a"), action("sbbbbb", body="b"), tag="x")

    found, owns = merge.merged(BASE, mine, new)

    assert ids(found) == ["sown01", "snew01", "saaaaa", "sown02", "sbbbbb"]
    assert [own.fate for own in owns] == ["kept", "kept"]


def test_an_own_step_whose_place_is_gone_is_lost_and_named():
    mine = recipe(action("saaaaa", body="a"), action("sbbbbb", body="b"), action("sown01"), tag="x")
    new = recipe(action("saaaaa", body="a"), tag="x")

    found, owns = merge.merged(BASE, mine, new)

    assert ids(found) == ["saaaaa"]
    assert told(owns) == [("added", "sown01", "", "lost")]


def test_a_value_of_a_step_that_is_gone_is_lost_and_named():
    mine = recipe(action("saaaaa", body="a"), action("sbbbbb", body="mine"), tag="x")
    new = recipe(action("saaaaa", body="a"), tag="x")

    assert told(merge.merged(BASE, mine, new)[1]) == [("changed", "sbbbbb", "inputs.body", "lost")]


def test_a_step_taken_out_stays_out_unless_the_newer_version_changed_it():
    mine = recipe(action("saaaaa", body="a"), tag="x")
    calm = recipe(action("saaaaa", body="A"), action("sbbbbb", body="b"), tag="x")
    changed = recipe(action("saaaaa", body="a"), action("sbbbbb", body="B"), tag="x")

    assert ids(merge.merged(BASE, mine, calm)[0]) == ["saaaaa"]
    found, owns = merge.merged(BASE, mine, changed)
    assert ids(found) == ["saaaaa", "sbbbbb"]
    assert told(owns) == [("removed", "sbbbbb", "", "clash")]
    assert ids(merge.merged(BASE, mine, changed, frozenset({owns[0].key}))[0]) == ["saaaaa"]


def test_own_order_stays():
    mine = recipe(action("sbbbbb", body="b"), action("saaaaa", body="a"), tag="x")
    new = recipe(action("saaaaa", body="a"), action("sbbbbb", body="b"), action("sccccc"), tag="x")

    assert ids(merge.merged(BASE, mine, new)[0])[:2] == ["sbbbbb", "saaaaa"]


def test_an_own_step_with_steps_inside_comes_in_whole():
    inner = {"id": "seach1", "kind": "each", "list": "{{ trigger.tags }}", "steps": [action("sinner")]}
    mine = recipe(action("saaaaa", body="a"), inner, action("sbbbbb", body="b"), tag="x")
    new = recipe(action("saaaaa", body="A"), action("sbbbbb", body="b"), tag="x")

    found, owns = merge.merged(BASE, mine, new)

    assert [row.step["id"] for row in trees.steps(found)] == ["saaaaa", "seach1", "sinner", "sbbbbb"]
    assert len(owns) == 1


def test_another_account_is_no_change():
    mine = recipe({**action("saaaaa", body="a"), "connection": "mine"}, action("sbbbbb", body="b"), tag="x")

    assert merge.merged(BASE, mine, BASE) == (BASE, [])
