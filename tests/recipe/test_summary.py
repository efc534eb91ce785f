from types import SimpleNamespace

import pytest

from builder.recipe import summary, tree
from tests.recipe.make import make_group, make_paths, make_step, make_tree

LABELS = {"trigger.value": "deal value"}
OPERATIONS = {
    "ghl.contacts.create": SimpleNamespace(label="Create a contact"),
    "ghl.opportunity.won": SimpleNamespace(label="An opportunity is won"),
}


def sentence(step):
    recipe = make_tree(step)
    return summary.sentence(recipe["steps"][0], OPERATIONS.get, LABELS)


def group(*rules, match="all"):
    return {"match": match, "rules": [make_group(*rule)["rules"][0] for rule in rules]}


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (make_step(), ("Then", "create a contact")),
        (make_step(name="Greet"), ("Then", "Greet")),
        (make_step(operation=""), ("Then", "choose what to do")),
        (make_step(kind="only_if", conditions=make_group()), ("Only if", "deal value is more than 0")),
        (make_step(kind="only_if"), ("Only if", "no condition is set yet")),
        (
            make_step(
                kind="only_if",
                conditions=group(
                    ("{{ trigger.value }}", "between", ["1", "5"]),
                    ("{{ trigger.contact.tags }}", "not_includes", "internal"),
                    ("{{ trigger.won_at }}", "within_last", "7"),
                    ("{{ trigger.paid }}", "yes"),
                    match="any",
                ),
            ),
            (
                "Only if",
                "deal value is between 1 and 5 or tags doesn't include “internal”"
                " or won at is within the last 7 days or paid is yes",
            ),
        ),
        (
            make_paths("saaaaa", [], []),
            ("Choose a path", "deal value is more than 0, deal value is more than 0, or anything else"),
        ),
        (make_step(kind="each", list="{{ trigger.line_items }}"), ("For each", "of line items")),
        (make_step(kind="each", list="{{ trigger.line_items }}", batch=10), ("For each", "10 of line items")),
        (make_step(kind="wait", amount="3"), ("Wait", "3 days")),
        (make_step(kind="wait", amount="1", unit="hours"), ("Wait", "1 hour")),
        (make_step(kind="wait", mode="until", at="{{ trigger.due_date }}"), ("Wait until", "[due date]")),
        (make_step(kind="wait", mode="event", trigger="ghl.opportunity.won"), ("Wait until", "an opportunity is won")),
        (make_step(kind="approval", people=["ann@example.com"]), ("Ask", "ann@example.com")),
        (make_step(kind="remember", values={"due_date": "x"}), ("Remember", "due date")),
        (make_step(kind="call", recipe="r1"), ("Call", "another recipe")),
        (make_step(kind="stop"), ("Stop", "the run ends here")),
        (make_step(kind="stop", message="No {{ trigger.contact.email }}"), ("Stop", "No [email]")),
    ],
)
def test_sentence_says_what_a_step_does(step, expected):
    assert sentence(step) == expected


def test_sentence_of_the_trigger_says_when():
    assert summary.sentence(make_tree()["trigger"], OPERATIONS.get) == ("When", "an opportunity is won")
    assert summary.sentence(tree.empty()["trigger"], OPERATIONS.get) == ("When", "something happens")


def test_title_prefers_the_steps_own_name():
    steps = make_tree(make_step(name="Greet"), make_step("sbbbbb"), make_step("sccccc", "stop"))["steps"]

    assert [summary.title(step, OPERATIONS.get) for step in steps] == ["Greet", "Create a contact", "Stop"]


def test_reads_as_names_pills():
    assert summary.reads_as("Deal {{ trigger.value | money }} of {{ trigger.contact.name }}", LABELS) == (
        "Deal [deal value] of [contact name]"
    )
