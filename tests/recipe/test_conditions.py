from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.recipe import conditions
from builder.recipe.conditions import OPERATORS, Verdict
from tests.recipe.strategies import PLAIN

SCOPE = {
    "trigger": {
        "value": Decimal("0.00"),
        "count": 5,
        "name": "Website Relaunch",
        "text_number": "1.234,56",
        "nothing": None,
        "blank": " ",
        "tags": ["VIP", "Retainer"],
        "owners": [{"id": "7", "name": "Ann"}],
        "won": date(2026, 11, 20),
        "at": "2026-11-22T11:00:00Z",
        "paid": False,
        "open": "yes",
        "stage": {"id": "s1", "name": "Won"},
    }
}


def judge(group, scope=SCOPE, **more):
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    return conditions.judge(group, scope, now=now, zone="Europe/Berlin", currency="USD", **more)


def rule(field, op, value=""):
    return {"field": f"{{{{ trigger.{field} }}}}", "op": op, "value": value}


def single(field, op, value=""):
    return judge({"match": "all", "rules": [rule(field, op, value)]})


TABLE = [
    ("name", "is", "website RELAUNCH", True, "name is “Website Relaunch”"),
    ("name", "is", "Shop", False, "name is “Website Relaunch”, not “Shop”"),
    ("name", "is_not", "Shop", True, "name is “Website Relaunch”, not “Shop”"),
    ("name", "contains", "LAUNCH", True, "name is “Website Relaunch”, which contains “LAUNCH”"),
    ("name", "not_contains", "web", False, "name is “Website Relaunch”, which contains “web”"),
    ("name", "starts_with", "site", False, "name is “Website Relaunch”, which doesn't start with “site”"),
    ("name", "ends_with", "launch", True, "name is “Website Relaunch”, which ends with “launch”"),
    ("stage.name", "one_of", "won, lost", True, "stage name is “Won”, which is one of “won, lost”"),
    ("stage.name", "one_of", ["Open"], False, "stage name is “Won”, which is none of “Open”"),
    ("nothing", "empty", "", True, "nothing is empty"),
    ("blank", "empty", "", True, "blank is empty"),
    ("name", "empty", "", False, "name is “Website Relaunch”, not empty"),
    ("gone.deeper", "not_empty", "", False, "deeper is empty"),
    ("value", "gt", "0", False, "value is 0.00, not more than 0"),
    ("value", "gte", "0", True, "value is 0.00, at least 0"),
    ("value", "eq", "0", True, "value is 0.00"),
    ("value", "is", "0", True, "value is 0.00"),
    ("value", "ne", "0", False, "value is 0.00, which it must not be"),
    ("count", "lt", "{{ trigger.text_number }}", True, "count is 5, less than 1.234,56"),
    ("count", "lte", "$4", False, "count is 5, not at most $4"),
    ("count", "between", ["1", "5"], True, "count is 5, between 1 and 5"),
    ("count", "between", "6 and 9", False, "count is 5, not between 6 and 9"),
    ("text_number", "gt", "1000", True, "text number is “1.234,56”, more than 1000"),
    ("won", "before", "2026-11-21", True, "won is 20 Nov 2026, before 21 Nov 2026"),
    ("won", "after", "2026-11-21", False, "won is 20 Nov 2026, not after 21 Nov 2026"),
    ("at", "on", "22.11.2026", True, "at is 22 Nov 2026, 12:00"),
    ("at", "before", "2026-11-22T12:30:00", True, "at is 22 Nov 2026, 12:00, before 22 Nov 2026, 12:30"),
    ("won", "within_last", "7", True, "won is 20 Nov 2026, within the last 7 days"),
    ("won", "within_next", "7", False, "won is 20 Nov 2026, not within the next 7 days"),
    ("tags", "includes", "vip", True, "tags is “VIP, Retainer”, which includes “vip”"),
    ("tags", "not_includes", "RETAINER", False, "tags is “VIP, Retainer”, which includes “RETAINER”"),
    ("tags", "includes_any", "a, b", False, "tags is “VIP, Retainer”, which includes none of “a, b”"),
    ("owners", "includes", "ann", True, 'owners is “[{"id":"7","name":"Ann"}]”, which includes “ann”'),
    ("paid", "yes", "", False, "paid is no, not yes"),
    ("paid", "no", "", True, "paid is no"),
    ("open", "yes", "", True, "open is “yes”"),
    ("gone", "no", "", True, "gone is empty"),
]


@pytest.mark.parametrize(("field", "op", "value", "passed", "because"), TABLE)
def test_judge_says_whether_and_why(field, op, value, passed, because):
    verdict = single(field, op, value)

    assert (verdict.passed, verdict.because) == (passed, because)


@pytest.mark.parametrize("op", ["gt", "is", "contains", "before", "includes", "one_of", "between", "within_last"])
def test_a_missing_field_counts_as_empty(op):
    verdict = single("gone", op, "2026-01-01" if op == "before" else "5")

    assert not verdict.passed
    assert verdict.because.startswith("gone is empty")


@pytest.mark.parametrize("op", ["is_not", "ne", "not_contains", "not_includes"])
def test_a_missing_field_is_not_something(op):
    assert single("gone", op, "5").passed


def test_two_missing_values_are_not_the_same():
    verdict = single("gone", "is", "{{ trigger.gone_too }}")

    assert verdict == Verdict(
        False,
        "gone is empty and there is nothing to compare it with",
        [(rule("gone", "is", "{{ trigger.gone_too }}"), False, None, None)],
    )


@pytest.mark.parametrize(
    ("field", "op", "value", "words"),
    [
        ("name", "gt", "0", "name is “Website Relaunch” and can't be compared: “Website Relaunch” isn't a number."),
        ("value", "gt", "€5", "value is 0.00 and can't be compared: “€5” isn't in USD."),
        ("won", "before", "soon", "can't be compared: “soon” isn't a date."),
        ("name", "yes", "", "“Website Relaunch” is neither yes nor no."),
        ("value", "between", "5", "“between” needs two values"),
        ("value", "gt", "{{ trigger.name | nope }}", "There is no formatter “nope”"),
        ("name", "resembles", "x", "the comparison isn't known"),
    ],
)
def test_what_cannot_be_compared_is_not_fulfilled(field, op, value, words):
    verdict = single(field, op, value)

    assert not verdict.passed
    assert words in verdict.because


def test_all_tells_what_failed():
    rules = [rule("value", "gte", "0"), rule("count", "gt", "9"), rule("tags", "includes", "New")]

    verdict = judge({"match": "all", "rules": rules})

    assert verdict.because == "count is 5, not more than 9; tags is “VIP, Retainer”, which doesn't include “New”"
    assert [passed for _, passed, _, _ in verdict.rules] == [True, False, False]


def test_any_tells_what_passed():
    verdict = judge({"match": "any", "rules": [rule("count", "gt", "9"), rule("count", "lt", "9")]})

    assert (verdict.passed, verdict.because) == (True, "count is 5, less than 9")


def test_groups_nest():
    inner = {"match": "any", "rules": [rule("count", "eq", "4"), rule("count", "eq", "5")]}

    verdict = judge({"match": "all", "rules": [rule("name", "not_empty"), inner]})

    assert verdict.because == "name is “Website Relaunch”; count is 5"
    assert len(verdict.rules) == 3


def test_an_empty_group_is_fulfilled():
    assert judge({"match": "all", "rules": []}) == Verdict(True, "there are no conditions", [])


def test_labels_name_fields():
    verdict = judge({"match": "all", "rules": [rule("value", "gt", "0")]}, labels={"trigger.value": "deal value"})

    assert verdict.because == "deal value is 0.00, not more than 0"


def test_every_operator_is_judged_and_described():
    known = {operator.op for group in OPERATORS.values() for operator in group}

    assert known == set(conditions.TESTS)
    assert 20 <= len(known) <= 30


@given(
    st.recursive(
        st.fixed_dictionaries(
            {"field": st.just("{{ x }}") | PLAIN, "op": st.sampled_from(sorted(conditions.TESTS)), "value": PLAIN}
        )
        | PLAIN,
        lambda inner: st.fixed_dictionaries(
            {"match": st.sampled_from(["all", "any"]), "rules": st.lists(inner, max_size=3)}
        ),
        max_leaves=5,
    ),
    PLAIN,
)
def test_judge_is_total(group, value):
    verdict = judge(group, {"x": value})

    assert isinstance(verdict.passed, bool)
    assert verdict.because


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("{{ trigger.stage.name }}", "stage name"),
        ("{{ trigger.name | upcase }}", "name"),
        ("{{ trigger.name }} Ltd", "name Ltd"),
        ("{{- sabcde.client.id -}} / {{ trigger.value }}", "client id / value"),
        ("", "the value"),
    ],
)
def test_field_of_a_condition_is_named_with_the_text_beside_its_pills(field, name):
    assert conditions.field_name(field) == name
