"""Values of a step in texts: what a run was given, what a person gives instead, whether that is something else."""

from decimal import Decimal

import pytest

from builder.actions import fix_values
from builder.actions.errors import Invalid
from connectors import fields as f

LINES = f.lines("items", fields=(f.note("notes"), f.money("cost"), f.boolean("taxed"), f.tags("labels")))
PERSON = f.object_("person", fields=(f.text("name"), f.email("email")))


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        (f.text("a"), None, ""),
        (f.money("a"), Decimal("12.50"), "12.50"),
        (f.boolean("a"), True, "true"),
        (f.tags("a"), ["one", "two, three"], ["one", "two, three"]),
        (f.tags("a"), "one, two", ["one", "two"]),
        (f.json("a"), {"b": [1]}, '{"b":[1]}'),
        (PERSON, {"name": "Ada", "email": "", "age": 3}, {"name": "Ada"}),
        (PERSON, "Ada", {}),
        (LINES, [{"cost": Decimal("4.80"), "taxed": False, "labels": ["x"]}, "?"], [
            {"cost": "4.80", "taxed": "false", "labels": ["x"]}
        ]),
        (LINES, None, []),
    ],
)  # fmt: skip
def test_what_a_run_was_given_is_shown_in_texts(field, value, shown):
    assert fix_values.shown(field, value) == shown


@pytest.mark.parametrize(
    ("field", "given", "taken"),
    [
        (f.text("a"), " x ", "x"),
        (f.note("a"), " x\r\n y", " x\n y"),
        (f.number("a"), 12, "12"),
        (f.tags("a"), "one, with a comma\ntwo\n\n", ["one, with a comma", "two"]),
        (f.tags("a"), ["one", " ", "two"], ["one", "two"]),
        (f.json("a"), {"b": 1}, '{"b":1}'),
        (LINES, [{"notes": "A", "cost": 5}, {}, {"notes": " ", "cost": None}], [{"notes": "A", "cost": "5"}]),
        (PERSON, {"name": "Ada", "email": ""}, {"name": "Ada"}),
    ],
)
def test_what_a_person_gives_is_kept_in_texts_without_what_is_empty(field, given, taken):
    assert fix_values.taken(field, given) == taken


@pytest.mark.parametrize(
    ("field", "given", "sentence"),
    [
        (f.text("a"), ["x"], "takes one value, not a list"),
        (f.text("a"), {"b": "x"}, "takes one value, not a list"),
        (f.tags("a"), [{"b": "x"}], "takes a list of texts"),
        (LINES, "two", "takes a list of lines"),
        (LINES, ["two"], "takes a list of lines"),
        (LINES, [{"price": "2"}], "has no part “price”"),
        (LINES, [{"cost": ["2"]}], "takes one value, not a list"),
        (LINES, [{}] * 1001, "too many lines: 1000 at most"),
        (PERSON, [], "takes names and values"),
    ],
)
def test_what_is_no_value_of_the_field_is_refused(field, given, sentence):
    with pytest.raises(Invalid, match=sentence):
        fix_values.taken(field, given)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("a b", " a\r\nb ", True),
        ("a", "b", False),
        ([], "", True),
        (["a"], ["a", "b"], False),
        ([{"cost": "1"}], [{"cost": "1", "notes": ""}], True),
        ([{"cost": "1"}], [{"cost": "1", "notes": "n"}], False),
        ({"a": ["x"]}, {"a": ["x"]}, True),
        ({"a": ["x"]}, {}, False),
    ],
)
def test_blanks_alone_are_no_other_value(one, other, same):
    assert (fix_values.same(one, other), fix_values.same(other, one)) == (same, same)


def test_every_text_inside_has_its_place():
    found = list(fix_values.leaves(LINES, [{"notes": "A"}, {"cost": "5", "labels": ["x", "y"]}]))

    assert [(place, field.name, text) for place, field, text in found] == [
        ("items.0.notes", "notes", "A"),
        ("items.1.cost", "cost", "5"),
        ("items.1.labels", "labels", "x"),
        ("items.1.labels", "labels", "y"),
    ]


def test_names_that_have_no_field_are_told_once():
    rows = [{"cost": "1", "_id": "9"}, {"_id": "8", "old": "", "kept": "x"}]

    assert fix_values.unseen(LINES, rows) == ("_id", "kept")
    assert fix_values.unseen(f.json("a"), {"b": 1}) == ()


def test_choice_that_is_not_among_the_known_ones_stays_chosen():
    field = f.choice("kind", choices=(("a", "First"), ("b", "Second")))

    assert fix_values.offered(field, "z") == (("z", "z"), ("a", "First"), ("b", "Second"))
    assert fix_values.offered(field, "")[0] == ("", "…")
    assert fix_values.offered(field, "b") == field.choices
    assert [value for value, _word in fix_values.offered(f.boolean("sent"), "")] == ["", "true", "false"]
