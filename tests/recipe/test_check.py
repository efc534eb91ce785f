from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given

from builder.recipe import check, tree
from tests.recipe.make import make_group, make_paths, make_step, make_tree
from tests.recipe.strategies import trees


@dataclass(frozen=True)
class Field:
    name: str
    type: str = "text"
    label: str = ""
    required: bool = False
    default: Any = None
    choices: tuple = ()
    fields: tuple = ()


@dataclass(frozen=True)
class Operation:
    key: str
    label: str
    fields: tuple = ()
    one_of: tuple = ()

    @property
    def connector(self):
        return self.key.split(".")[0]


LINES = Field(
    "lines", "lines", "Lines", fields=(Field("what", label="What", required=True), Field("cost", "money", "Cost"))
)
CATALOGUE = {
    operation.key: operation
    for operation in (
        Operation("ghl.opportunity.won", "An opportunity is won", (Field("pipeline", "choice", "Pipeline"),)),
        Operation("tools.hook.received", "A webhook arrives"),
        Operation("ghl.contacts.create", "Create a contact", (Field("email", "email", "E-mail"),)),
        Operation(
            "ghl.contacts.upsert",
            "Upsert a contact",
            (Field("email", "email", "E-mail"), Field("phone", label="Phone")),
            one_of=("email", "phone"),
        ),
        Operation(
            "invoice_ninja.invoices.create",
            "Create invoice",
            (Field("client_id", label="Client", required=True), Field("date", "date", "Date"), LINES),
        ),
    )
}
ABLE: dict[str, Any] = {"healthy": True, "lacks": lambda item, given: []}
CONNECTIONS: dict[str, dict[str, Any]] = {
    "c1": {"connector": "ghl", **ABLE},
    "c2": {"connector": "invoice_ninja", **ABLE},
    "c3": {"connector": "ghl", **ABLE, "healthy": False},
    "c4": {"connector": "ghl", **ABLE, "lacks": lambda item, given: [f"{item.key.split('.')[1]}.write"]},
}


def problems(recipe):
    return check.problems(recipe, CATALOGUE.get, connections=CONNECTIONS)


def told(*steps, **trigger):
    return [(p.step_id, p.field, p.code, p.text) for p in problems(make_tree(*steps, **trigger))]


def invoice(step_id="sbbbbb", **inputs):
    return make_step(
        step_id,
        operation="invoice_ninja.invoices.create",
        connection="c2",
        inputs={"client_id": "c", **inputs},
    )


def test_a_good_recipe_has_no_problems():
    assert told(make_step(inputs={"email": "{{ trigger.contact.email }}"}), invoice(date="{{ now }}")) == []


def test_a_new_recipe_needs_a_trigger_and_a_step():
    assert [(p.step_id, p.field, p.code, p.text) for p in problems(tree.empty())] == [
        ("trigger", "operation", "no_trigger", "The recipe has no trigger. Choose what starts it."),
        ("", "", "no_steps", "The recipe has no steps. Add one below the trigger."),
    ]


def test_a_tree_out_of_shape_is_one_problem():
    found = problems({"steps": [make_step(), make_step()]})

    assert [(p.step_id, p.code) for p in found] == [("saaaaa", "shape")]
    assert found[0].text == "The id saaaaa is used twice. Duplicate a step by its menu."


@pytest.mark.parametrize(
    ("parts", "field", "code", "text"),
    [
        (
            {"operation": ""},
            "operation",
            "no_operation",
            "2 Do something: nothing is chosen to do. Choose an operation.",
        ),
        (
            {"operation": "ghl.contacts.vanish"},
            "operation",
            "unknown_operation",
            "2 Do something: “ghl.contacts.vanish” isn't known here. Choose another operation.",
        ),
        (
            {"connection": ""},
            "connection",
            "no_connection",
            "2 Create a contact: no account is chosen. Choose or add a connection.",
        ),
        (
            {"connection": "gone"},
            "connection",
            "unknown_connection",
            "2 Create a contact: its connection no longer exists. Choose another one.",
        ),
        (
            {"connection": "c4", "inputs": {"email": "ann@example.com"}},
            "connection",
            "no_permission",
            "2 Create a contact: its account lacks the permission contacts.write, so the service will refuse it. Grant "
            "it there, then test the connection; or choose another account.",
        ),
        (
            {"connection": "c2"},
            "connection",
            "wrong_connection",
            "2 Create a contact: its connection is to another app. Choose one that fits.",
        ),
        (
            {"connection": "c3", "name": "Greet"},
            "connection",
            "unhealthy_connection",
            "2 Greet: its connection doesn't work at the moment. Open it under Connections and test it.",
        ),
        (
            {"inputs": {"email": "ann"}},
            "email",
            "wrong_value",
            "2 Create a contact: “E-mail”: “ann” isn't an e-mail address. It needs the form name@example.com.",
        ),
        (
            {"inputs": {"email": "{{ trigger.x | uper }}"}},
            "email",
            "bad_template",
            "2 Create a contact: “E-mail”: There is no formatter “uper”. Did you mean “upper”?",
        ),
        (
            {"inputs": {"email": "{{ szzzzz.x }}"}},
            "email",
            "unknown_step",
            "2 Create a contact: “E-mail” uses “szzzzz”, which isn't in the recipe. Choose the value again.",
        ),
        (
            {"inputs": {"email": "{{ saaaaa.x }}"}},
            "email",
            "later_step",
            "2 Create a contact: “E-mail” uses a value of 2 Create a contact, which comes later."
            " Move that step up, or choose another value.",
        ),
    ],
)
def test_an_action_is_checked(parts, field, code, text):
    assert told(make_step(**parts)) == [("saaaaa", field, code, text)]


def test_one_of_several_fields_has_to_be_filled():
    def upsert(**inputs):
        return told(make_step("saaaaa", operation="ghl.contacts.upsert", connection="c1", inputs=inputs))

    assert upsert(email=" ") == [
        ("saaaaa", "email", "required", "2 Upsert a contact: fill in at least one of “E-mail”, “Phone”.")
    ]
    assert upsert(phone="{{ trigger.phone }}") == []


def test_a_built_in_trigger_needs_no_connection():
    assert told(make_step(), operation="tools.hook.received", connection="") == []


def test_the_trigger_cannot_use_values_of_steps():
    assert [code for _, _, code, _ in told(make_step(), inputs={"pipeline": "{{ saaaaa.x }}"})] == ["later_step"]


def test_lines_are_checked_cell_by_cell():
    rows = [{"what": "A", "cost": "{{ trigger.value }}"}, {"cost": "x"}]

    assert told(invoice(lines=rows)) == [
        (
            "sbbbbb",
            "lines.1.what",
            "required",
            "2 Create invoice: “What” is empty. Fill it in, or choose a value from an earlier step.",
        ),
        (
            "sbbbbb",
            "lines.1.cost",
            "wrong_value",
            "2 Create invoice: “Cost”: “x” isn't a number. Write digits, such as 1250.00.",
        ),
    ]


def test_a_line_for_each_item_may_use_the_item():
    good = {"each": "{{ trigger.items }}", "line": {"what": "{{ number }} {{ item.name }}"}}

    assert told(invoice(lines=good)) == []
    assert [code for _, _, code, _ in told(invoice(client_id="{{ item.id }}"))] == ["unknown_step"]


def test_a_pill_to_a_skipped_step_is_a_problem():
    found = told(make_step(skip=True, connection=""), invoice(client_id="{{ saaaaa.contact.id }}"))

    assert [(step_id, field, code) for step_id, field, code, _ in found] == [("sbbbbb", "client_id", "skipped_step")]


def test_a_pill_sees_only_what_is_on_the_way():
    inside = make_step("sbbbbb", inputs={"email": "{{ saaaaa.x }}"})
    beside = make_step("sccccc", inputs={"email": "{{ sbbbbb.x }}"})
    after = make_step("seeeee", inputs={"email": "{{ sbbbbb.x }}"})
    recipe = make_tree(make_step(), make_paths("sddddd", [inside], [beside]), after)

    found = [(p.step_id, p.code) for p in problems(recipe)]

    assert found == [("sccccc", "other_path"), ("seeeee", "other_path")]


def test_steps_in_an_each_see_its_item_and_later_ones_do_not():
    inner = make_step("sbbbbb", inputs={"email": "{{ saaaaa.item.email }}"})
    each = make_step("saaaaa", "each", list="{{ trigger.people }}", steps=[inner])

    assert told(each, make_step("sccccc", inputs={"email": "{{ sbbbbb.x }}"})) == [
        (
            "sccccc",
            "email",
            "other_path",
            "4 Create a contact: “E-mail” uses a value of 3 Create a contact, which not every run passes."
            " Choose another value, or move it.",
        )
    ]


@pytest.mark.parametrize(
    ("group", "field", "text"),
    [
        ({"rules": []}, "conditions", "there is no condition. Add one, or delete the step."),
        (make_group(field=""), "conditions.rules.0.field", "a condition has no field. Choose what to look at."),
        (make_group(op=""), "conditions.rules.0.op", "the condition on “value” has no comparison. Choose one."),
        (
            make_group(value=""),
            "conditions.rules.0.value",
            "the condition on “value” has nothing to compare with. Fill it in.",
        ),
        (
            make_group(op="between", value=["1", ""]),
            "conditions.rules.0.value",
            "the condition on “value” has nothing to compare with. Fill it in.",
        ),
        (
            make_group(value="abc"),
            "conditions.rules.0.value",
            "the condition on “value”: “abc” isn't a number. Write digits, such as 1250.00.",
        ),
        (
            {"rules": [make_group(op="before", value="soon")]},
            "conditions.rules.0.rules.0.value",
            "the condition on “value”: “soon” isn't a date. Write it as year-month-day, such as 2026-11-22.",
        ),
    ],
)
def test_a_condition_is_checked(group, field, text):
    found = told(make_step(kind="only_if", conditions=group), make_step("sbbbbb"))

    assert [(place, said) for _, place, _, said in found] == [(field, f"2 Only if: {text}")]


TWO_DAYS = {"amount": "2", "unit": "days"}
ONE_RULE = {"match": "all", "rules": [{"field": "{{ trigger.value }}", "op": "gt", "value": ""}]}


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (make_step(kind="paths"), [("paths", "no_paths")]),
        (make_step(kind="each"), [("list", "required"), ("steps", "no_inner_steps")]),
        (make_step(kind="wait"), [("amount", "required")]),
        (make_step(kind="wait", amount="x", unit="days"), [("amount", "wrong_value")]),
        (make_step(kind="approval", people=["a@example.com"], timeout={"amount": "1"}), [("timeout.unit", "required")]),
        (make_step(kind="approval", people=["a@example.com"]), [("timeout.amount", "required")]),
        (make_step(kind="wait", mode="until", at="soon"), [("at", "wrong_value")]),
        (make_step(kind="wait", mode="event", timeout=TWO_DAYS), [("trigger", "required"), ("about", "required")]),
        (
            make_step(kind="wait", mode="event", trigger="ghl.opportunity.won", timeout=TWO_DAYS),
            [("connection", "no_connection"), ("about", "required")],
        ),
        (
            make_step(kind="wait", mode="event", trigger="tools.hook.received", about="x", timeout=TWO_DAYS),
            [("trigger", "cannot_wait")],
        ),
        (make_step(kind="approval", timeout=TWO_DAYS), [("people", "required")]),
        (make_step(kind="approval", people=["ann"], timeout=TWO_DAYS), [("people.0", "wrong_value")]),
        (make_step(kind="remember"), [("values", "required")]),
        (
            make_step(kind="remember", values={"due date": "{{ sx }}"}),
            [("values.due date", "bad_name"), ("values.due date", "unknown_step")],
        ),
        (make_step(kind="call"), [("recipe", "required")]),
        (make_step(kind="stop", message="{{"), [("message", "bad_template")]),
        (make_step(kind="approval", people=["ann@example.com", "{{ trigger.owner }}"], timeout=TWO_DAYS), []),
        (make_step(kind="wait", mode="until", at="{{ now | plus_days: 3 }}"), []),
        (
            make_step(kind="remember", values={"a": "1"}, options={"only_if": ONE_RULE}),
            [("options.only_if.rules.0.value", "bad_condition")],
        ),
        (make_step(kind="remember", values={"a": "1"}, options={"only_if": {"match": "all", "rules": []}}), []),
    ],
)
def test_every_kind_of_step_is_checked(step, expected):
    assert [(field, code) for _, field, code, _ in told(step)] == expected


def test_problems_come_in_reading_order():
    recipe = make_tree(
        make_paths("saaaaa", [make_step("sbbbbb", connection="")], otherwise=[make_step("sccccc", connection="")]),
        make_step("sddddd", operation=""),
        connection="gone",
    )

    assert [p.step_id for p in problems(recipe)] == ["trigger", "sbbbbb", "sccccc", "sddddd"]
    assert problems(recipe) == problems(recipe)


@given(trees())
def test_problems_never_fail(source):
    for problem in problems(source):
        assert problem.text
